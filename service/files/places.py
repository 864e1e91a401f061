"""Where a command may write, asked before it computes: what cannot be written is told at once."""

from collections.abc import Iterable
from pathlib import Path

from service.errors import OutputError
from service.files.write import output_format


def demand_tables(outputs: Iterable[Path | None], inputs: Iterable[Path | None]) -> None:
    """Raise unless every output that is named can be a table, beside the inputs and each other.

    Raises
    ------
    OutputError
        As for `demand_place`; or the extension is of no table, or a file is named twice.
    """
    read, taken = list(inputs), set[Path]()
    for output in filter(None, outputs):
        demand_place(output, read)
        output_format(output)
        if output.resolve() in taken:
            raise OutputError(
                f"{output} is named for two outputs; name another file for one of them",
                f"{output} 同时用于两个输出；请为其中之一另取文件名",
            )
        taken.add(output.resolve())


def demand_place(output: Path, inputs: Iterable[Path | None]) -> None:
    """Raise where a file name is one of the inputs, is a folder, or lies in none.

    Raises
    ------
    OutputError
        Names the file and the remedy.
    """
    if output.exists() and any(path.exists() and output.samefile(path) for path in inputs if path):
        raise OutputError(
            f"{output} is one of the inputs; name another file for the output",
            f"{output} 是输入文件之一；请为输出另取文件名",
        )
    if output.is_dir():
        raise OutputError(
            f"{output} is a folder; name a file in it for the output",
            f"{output} 是文件夹；请指定其中的文件名作为输出",
        )
    if not output.absolute().parent.is_dir():
        raise OutputError(
            f"{output}: its folder does not exist; make it first",
            f"{output}：所在文件夹不存在；请先创建",
        )

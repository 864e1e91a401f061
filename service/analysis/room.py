"""Whether an output has room for the signals of a run, told while it runs and not at its end."""

from collections.abc import Callable
from pathlib import Path
from shlex import quote

from service.analysis.parts import Progress
from service.errors import TooManyRowsError
from service.files.work_folder import SIGNALS, WorkFolder, work_path
from service.files.write import output_format
from service.files.writers import MOST_ROWS

Report = Callable[[Progress], None]


def within_room(output: Path, work: WorkFolder, report: Report) -> Report:
    """Return a report that ends the run once it has more signals than its output can hold.

    Parameters
    ----------
    output
        Its extension says how many rows it holds.
    work
        The parts of earlier runs, whose signals count too.
    report
        Is told of the progress first: what is finished stays finished.
    """
    most = MOST_ROWS.get(output_format(output))
    if most is None:
        return report
    earlier = sum(1 for _ in work.rows(SIGNALS))

    def checked(progress: Progress) -> None:
        report(progress)
        if earlier + progress.new_rows - progress.rejects > most:
            raise _no_room(output, most)

    return checked


def _no_room(output: Path, most: int) -> TooManyRowsError:
    """Return the error with the way out: the parts are found by the name of the output."""
    other = output.with_suffix(".csv")
    move = f"mv {quote(str(work_path(output)))} {quote(str(work_path(other)))}"
    return TooManyRowsError(
        f"{output}: there are more than {most:,} signals, and an Excel sheet holds no more rows; to"
        f" go on with what is finished: {move}, then the same command with -o {quote(str(other))}",
        f"{output}：信号超过 {most:,} 条，Excel 工作表容纳不下；要保留已完成的部分并继续：{move}，"
        f"然后用 -o {quote(str(other))} 运行同一命令",
    )

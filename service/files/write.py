"""Tables to files, atomically, in the format that the file name asks for."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.errors import OutputError
from service.files.format import EXTENSIONS, Format
from service.files.replacing import replacing
from service.files.writers import WRITERS

if TYPE_CHECKING:
    import pyarrow as pa


def output_format(path: Path) -> Format:
    """Return the format that a file name asks for.

    Raises
    ------
    OutputError
        The extension is none of those that Tingyin writes.
    """
    kind = EXTENSIONS.get(path.suffix.lower())
    if kind in WRITERS and kind is not None:
        return kind
    allowed = " ".join(sorted(name for name, known in EXTENSIONS.items() if known in WRITERS))
    raise OutputError(
        f"{path}: extension {path.suffix!r} is not known for output; use one of {allowed}",
        f"{path}：不支持输出扩展名 {path.suffix!r}；可用：{allowed}",
    )


def write_rows(
    path: Path | str, rows: Iterable[Mapping[str, Any]], schema: "pa.Schema | None" = None
) -> int:
    """Write rows to a file named by its extension and return how many there were.

    JSON Lines and Parquet keep lists and dicts; CSV (UTF-8 with a mark, so that Excel opens it)
    and Excel hold them as JSON text. In CSV a text that a spreadsheet would run as a formula gets
    a quote before it, which `read_rows` takes off again. Excel holds 32,767 characters a cell:
    longer text is cut, with an ellipsis.

    Parameters
    ----------
    path
        The file; it appears, or is replaced, only when everything is written.
    rows
        Mappings by column name; columns are those of `schema`, else of the first rows.
    schema
        Column types for Parquet; without it they are inferred from the first rows.

    Raises
    ------
    OutputError
        The file cannot be written, the format cannot hold the rows, or a later row has a column
        or a type that the first ones had not.
    """
    path = Path(path)
    writer = WRITERS[output_format(path)]
    with replacing(path) as stream:
        return writer(stream, iter(rows), schema)

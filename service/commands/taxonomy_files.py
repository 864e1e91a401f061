"""The files of `tingyin taxonomy`: where a classifier may go, and feedback as it is read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from service.errors import OutputError
from service.files import Table, open_table
from service.files.contract import Contract, map_columns, parse_mapping, require_columns
from service.files.parquet import narrowed
from service.files.places import demand_tables

READ = ("id", "text")
NO_TIME_NEEDED = datetime(1970, 1, 1, tzinfo=UTC)


def check_folder(folder: Path, *, overwrite: bool) -> None:
    """Raise unless a classifier may be written into a folder.

    Raises
    ------
    OutputError
        A file is in the way, or a folder that holds something else, or a classifier already.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OutputError(
            f"{folder} is a file; name a folder for the classifier",
            f"{folder} 是文件；请给出分类器的文件夹",
        )
    holds = {path.name for path in folder.iterdir()}
    if holds - {"classifier.json", "weights.npz"}:
        raise OutputError(
            f"{folder} holds other files; name a new folder",
            f"{folder} 中有其他文件；请使用新的文件夹",
        )
    if holds and not overwrite:
        raise OutputError(
            f"{folder} holds a classifier already; replace it with --overwrite, or name another",
            f"{folder} 已有分类器；请用 --overwrite 覆盖或更换文件夹",
        )


def check_output(source: Path, output: Path, *, overwrite: bool) -> None:
    """Raise unless the answers may be written.

    Raises
    ------
    OutputError
        The extension is not known, the folder is missing, or a file is in the way.
    """
    demand_tables([output], [source])
    if output.exists() and not overwrite:
        raise OutputError(
            f"{output} exists already; replace it with --overwrite, or choose another output",
            f"{output} 已存在；请用 --overwrite 覆盖或更换输出文件",
        )


@dataclass(frozen=True, slots=True)
class FeedbackFile:
    """A table whose rows have an id and a text; nothing else of them is read."""

    table: Table
    contract: Contract


def open_feedback(
    source: Path, pairs: Sequence[str], sheet: str | None, *, make_ids: bool
) -> FeedbackFile:
    """Return a feedback file of any format, its columns found by name, synonym or `--map`.

    Raises
    ------
    InputError
        The file is no table, or has no column for the text or for the id.
    """
    table = open_table(source, sheet)
    columns = map_columns(table.columns, parse_mapping(pairs))
    sources = {name: columns.sources[name] for name in READ if name in columns.sources}
    recognised = {name: found for name, found in columns.recognised.items() if name in READ}
    narrow = replace(
        columns,
        sources=MappingProxyType(sources),
        recognised=MappingProxyType(recognised),
        unused=(),
    )
    contract = Contract(narrow, UTC, default_at=NO_TIME_NEEDED, make_ids=make_ids)
    require_columns(source, table.columns, contract)
    remarks = (*table.remarks, *narrow.remarks())
    return FeedbackFile(replace(narrowed(table, sources.values()), remarks=remarks), contract)

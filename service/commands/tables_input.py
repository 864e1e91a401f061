"""The contract tables that several commands read: frames as of a day, and what was rejected."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.commands.score_files import newest, read_tables, rejected
from service.files import Reject

if TYPE_CHECKING:
    import pyarrow as pa

    from tiering import RefusedRow


@dataclass(frozen=True, slots=True)
class Opened:
    """The tables of a run by name: frames of one engine as of a day, and where each stands."""

    files: Mapping[str, Path]
    frames: Mapping[str, Any]
    unread: tuple[Reject, ...]
    as_of: str

    def rejects(self, refused: "Iterable[RefusedRow]") -> list[Reject]:
        """Return what no reader could make a row of, then the rows that a run refused."""
        return [*self.unread, *rejected(refused, self.files)]


def given_files(**files: Path | None) -> dict[str, Path]:
    """Return the files that were named, by the name of their contract."""
    return {name: path for name, path in files.items() if path is not None}


def open_tables(
    files: Mapping[str, Path],
    as_of: str | None,
    engine: str = "pandas",
    beside: "Mapping[str, pa.Table] | None" = None,
) -> Opened:
    """Return the tables of the files and those `beside`; as of their newest row where no day is.

    Raises
    ------
    InputError
        A file is no table, lacks a column, or the engine is not installed; no row has a time.
    """
    tables = read_tables(files, engine, beside=beside)
    return Opened(files, tables.frames, tables.unread, as_of or newest(tables))

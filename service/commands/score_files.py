"""What `tingyin score` reads: tables by line, from files and databases, and who breaks them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from service.commands.score_frames import Opener, opener, without_null_types
from service.commands.score_source import DatabaseTable, Source, read_database
from service.errors import InputError
from service.files import Reject, Unreadable, open_table
from service.files.cells import unguarded
from service.files.rows import TEXT_FORMATS

if TYPE_CHECKING:
    import pyarrow as pa

    from service.files import Table
    from service.files.format import Format
    from tiering import Contract, RefusedRow


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that were read: frames of one engine, and what no reader could make a row of."""

    frames: Mapping[str, object]
    unread: tuple[Reject, ...]


def read_tables(
    sources: Mapping[str, Source],
    engine: str,
    previous: Path | None = None,
    beside: "Mapping[str, pa.Table] | None" = None,
) -> Tables:
    """Return the sources (by the name of their contract) as frames of the engine, with `line`.

    The tiers of the run before, where given, are the frame `previous`; the tables `beside` come
    as they are.

    Raises
    ------
    InputError
        A file is no table, a table of a database cannot be read, a column is lacking, or the engine
        is not installed.
    """
    import tiering

    opening, unread = opener(engine), list[Reject]()
    frames = {
        name: _frame(source, tiering.CONTRACTS[name], opening, unread)
        for name, source in sources.items()
    }
    if previous is not None:
        frames["previous"] = opening.of_arrow(_previous(previous))
    for name, table in (beside or {}).items():
        frames[name] = opening.of_arrow(table)
    return Tables(frames, tuple(unread))


def newest(tables: Tables) -> str:
    """Return the day of the newest row up to now.

    Raises
    ------
    InputError
        No table has a row with a time up to now.
    """
    import tiering

    timed = {n: f for n, f in tables.frames.items() if n in ("orders", "signals", "engagement")}
    day = tiering.newest_day(timed, datetime.now(UTC))
    if day is None:
        raise InputError(
            "no order, signal or event has a time up to now; check the times, or give --as-of",
            "订单、信号和行为中都没有截至当前的时间；请检查时间，或指定 --as-of",
        )
    return day.isoformat()


def rejected(refused: "Iterable[RefusedRow]", sources: Mapping[str, Source]) -> Iterator[Reject]:
    """Yield refused rows as rejects, with the source that each stands in."""
    for row in refused:
        yield Reject(
            file=sources[row.table].name,
            line=row.line or 0,
            column=row.column,
            value=row.value,
            reason=row.reason(),
        )


def _frame(source: Source, contract: "Contract", opening: Opener, unread: list[Reject]) -> object:
    if isinstance(source, DatabaseTable):
        read = read_database(source, contract)
        _demand_columns(source.name, read.column_names, contract)
        return opening.of_arrow(read)
    table = open_table(source)
    if table.format == "parquet":
        present = [name for name in contract.names() if name in table.columns and name != "line"]
        _demand_columns(source, present, contract)
        return opening.scan(table.path, present)
    read = _from_records(table, contract, unread)
    _demand_columns(source, read.column_names, contract)
    return opening.of_arrow(without_null_types(read))


def _previous(path: Path) -> "pa.Table":
    """Return the tiers of the run before: customers, tiers, runs beyond, and as of when."""
    import pyarrow as pa

    from service.commands.tiers_input import read_runs

    rows = read_runs(path)
    kinds = {"customer_id": pa.string(), "tier": pa.string()}
    kinds |= {"runs_beyond": pa.int64(), "as_of": pa.string(), "uncapped_tier": pa.string()}
    return pa.table({name: pa.array(rows[name], kind) for name, kind in kinds.items()})


def _demand_columns(source: Path | str, columns: Sequence[str], contract: "Contract") -> None:
    from tiering.errors import ContractError

    try:
        contract.demand([name for name in columns if name != "line"])
    except ContractError as error:
        raise InputError(f"{source}: {error}", f"{source}：{error.text('zh')}") from error


def _from_records(table: "Table", contract: "Contract", unread: list[Reject]) -> "pa.Table":
    """Return the contract's columns that at least one record has, with the line of each record."""
    import pyarrow as pa

    cells: dict[str, list[object]] = {name: [] for name in contract.names()}
    seen = set(table.columns)
    for record in table.records():
        if isinstance(record, Unreadable):
            unread.append(record.reject)
            continue
        seen.update(record.values)
        for name, column in cells.items():
            cell = record.values.get(name)
            column.append(record.line if name == "line" else _bare(cell, table.format))
    present = {name: _column(cells[name]) for name in cells if name in seen or name == "line"}
    return pa.table(present)


def _bare(cell: object, kind: "Format") -> object:
    """Return a cell without the quote that guards it in text formats: ids must meet their like."""
    return unguarded(cell) if isinstance(cell, str) and kind in TEXT_FORMATS else cell


def _column(cells: list[object]) -> "pa.Array":
    """Return cells as one Arrow type; as text where they are of several."""
    import pyarrow as pa

    try:
        return pa.array(cells)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())

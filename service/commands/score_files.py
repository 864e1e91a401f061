"""The files of `tingyin score`: tables in by line, scores, accounts and rejects out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.commands.beside import keep_rejects
from service.errors import InputError, OutputError
from service.files import Reject, Unreadable, open_table, write_rows
from service.files.cells import unguarded
from service.files.rows import TEXT_FORMATS

if TYPE_CHECKING:
    import pyarrow as pa

    from service.files import Table
    from service.files.format import Format
    from tiering import Contract, RefusedRow, ScoreRun

BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that were read: frames of one engine, and what no reader could make a row of."""

    frames: Mapping[str, object]
    unread: tuple[Reject, ...]


def read_tables(
    files: Mapping[str, Path],
    engine: str,
    previous: Path | None = None,
    beside: "Mapping[str, pa.Table] | None" = None,
) -> Tables:
    """Return the files (by the name of their contract) as frames of the engine, with `line`.

    The tiers of the run before, where given, are the frame `previous`; the tables `beside` come
    as they are.

    Raises
    ------
    InputError
        A file is no table, lacks a column, or the engine is not installed.
    """
    import tiering

    unread: list[Reject] = []
    tables = {
        name: _read(open_table(path), tiering.CONTRACTS[name], unread)
        for name, path in files.items()
    }
    if previous is not None:
        tables["previous"] = _previous(previous)
    return Tables(_frames(tables | dict(beside or {}), engine), tuple(unread))


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


def rejected(refused: "Iterable[RefusedRow]", files: Mapping[str, Path]) -> Iterator[Reject]:
    """Yield refused rows as rejects, with the file that each stands in."""
    for row in refused:
        yield Reject(
            file=files[row.table].name,
            line=row.line or 0,
            column=row.column,
            value=row.value,
            reason=row.reason(),
        )


def write_run(
    run: "ScoreRun[object]", rejects: Sequence[Reject], output: Path, authors: Path | None
) -> None:
    """Write scores and rejects, and the accounts where a file is named for them.

    Raises
    ------
    OutputError
        A file cannot be written.
    """
    keep_rejects(output, rejects)
    if authors is not None:
        write_table(authors, run.authors)
    write_table(output, run.scores)


def demand_output(output: Path, inputs: Iterable[Path]) -> None:
    """Raise where a file name is no output, is a folder, or is one of the inputs.

    Raises
    ------
    OutputError
        Names the file and the remedy.
    """
    if any(path.exists() and output.resolve() == path.resolve() for path in inputs):
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


def arrow_of(frame: Any) -> "pa.Table":  # noqa: ANN401  # a frame of any engine
    """Return a native frame as an Arrow table."""
    import pandas as pd
    import pyarrow as pa

    if isinstance(frame, pd.DataFrame):
        return pa.Table.from_pandas(frame, preserve_index=False)
    return frame.to_arrow_table() if hasattr(frame, "to_arrow_table") else frame.to_arrow()


def _read(table: "Table", contract: "Contract", unread: list[Reject]) -> "pa.Table":
    import pyarrow.parquet as pq

    if table.format == "parquet":
        present = [n for n in contract.names() if n in table.columns and n != "line"]
        read = pq.read_table(table.path, columns=present)
        read = read.append_column("line", _numbered(read.num_rows))
    else:
        read = _from_records(table, contract, unread)
    _demand_columns(table.path, read.column_names, contract)
    return _without_null_types(read)


def _previous(path: Path) -> "pa.Table":
    """Return the tiers of the run before: customers, tiers, runs beyond, and as of when."""
    import pyarrow as pa

    from service.commands.tiers_input import read_runs

    rows = read_runs(path)
    kinds = {"customer_id": pa.string(), "tier": pa.string()}
    kinds |= {"runs_beyond": pa.int64(), "as_of": pa.string(), "uncapped_tier": pa.string()}
    return pa.table({name: pa.array(rows[name], kind) for name, kind in kinds.items()})


def _demand_columns(path: Path, columns: Sequence[str], contract: "Contract") -> None:
    from tiering.errors import ContractError

    try:
        contract.demand([name for name in columns if name != "line"])
    except ContractError as error:
        raise InputError(f"{path}: {error}", f"{path}：{error.text('zh')}") from error


def _without_null_types(table: "pa.Table") -> "pa.Table":
    """Return the table with columns of nothing but null as text, which every engine has."""
    import pyarrow as pa

    fields = [f.with_type(pa.string()) if pa.types.is_null(f.type) else f for f in table.schema]
    return table.cast(pa.schema(fields))


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


def _numbered(rows: int) -> "pa.Array":
    import pyarrow as pa

    return pa.array(range(1, rows + 1), pa.int64())


def _frames(tables: Mapping[str, "pa.Table"], engine: str) -> dict[str, object]:
    import pandas as pd

    if engine == "pandas":
        return {n: table.to_pandas(types_mapper=pd.ArrowDtype) for n, table in tables.items()}
    try:
        module = import_module(engine)
    except ImportError as error:
        raise InputError(
            f"--engine {engine}: {engine} is not installed; run `pip install {engine}`, "
            "or use --engine pandas",
            f"--engine {engine}：未安装 {engine}；请运行 `pip install {engine}`，"
            "或使用 --engine pandas",
        ) from error
    if engine == "duckdb":  # its progress bar would write into the report
        module = module.connect()
        module.execute("SET enable_progress_bar = false")
    return {name: module.from_arrow(table) for name, table in tables.items()}


def write_table(path: Path, frame: object) -> None:
    """Write a native frame, in the format of the file's name.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    table = arrow_of(frame)
    rows = (row for batch in table.to_batches(BATCH) for row in batch.to_pylist())
    write_rows(path, rows, _plain_schema(table.schema))


def _plain_schema(schema: "pa.Schema") -> "pa.Schema":
    """Return the schema with plain strings and no engine's notes, alike for every engine."""
    import pyarrow as pa

    def plain(kind: "pa.DataType") -> "pa.DataType":
        if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
            return pa.string()
        if pa.types.is_large_list(kind) or pa.types.is_list(kind):
            return pa.list_(plain(kind.value_type))
        if pa.types.is_struct(kind):
            return pa.struct([(field.name, plain(field.type)) for field in kind])
        return kind

    return pa.schema([(field.name, plain(field.type)) for field in schema])

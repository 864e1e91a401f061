"""The check at the edge: good rows typed, refused rows with their reason, none lost.

Every row that came in ends as exactly one of: used, refused (with the code of its fault), later
(after the moment of scoring), or superseded (the same thing is known better from a later row).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import pyarrow as pa

from tiering import spark
from tiering.cells import Reading, empty_cells, read_cells, text_of
from tiering.faults import RefusedRow
from tiering.frames import (
    Frame,
    attach,
    collect,
    columns_of,
    engine_of,
    open_frame,
    settle,
)
from tiering.schema import CONTRACTS, MOST_FEN, Contract
from tiering.times import Moment, microseconds_of
from tiering.written_times import parse_times

FATE = "fate"
"""Per row: null when used, `later`, `superseded`, or `column:code` of the fault."""
VALUE = "value_at_fault"


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What became of the rows: `rows == used + later + superseded + sum(refused.values())`."""

    rows: int
    used: int
    later: int
    superseded: int
    refused: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Checked:
    """A table after its check: the good rows, typed, and the unused ones with their fate.

    `earlier` are superseded rows, typed, of a table of snapshots; None where there are none.
    """

    contract: Contract
    good: Frame
    unused: Frame
    earlier: Frame | None = None

    def history(self) -> Frame | None:
        """Return the rows of all snapshots, the newest included; None where each key has one."""
        return None if self.earlier is None else nw.concat([self.good, self.earlier])

    def counts(self) -> RowCounts:
        """Return how many rows had which fate; faults by their code."""
        found = collect(self.unused.group_by(FATE).agg(nw.len().alias("n"))).to_pylist()
        fates = {str(row[FATE]): int(row["n"]) for row in found}
        used = int(collect(self.good.select(nw.len().alias("n")))["n"][0].as_py())
        later, superseded = (fates.pop(key, 0) for key in ("later", "superseded"))
        refused: dict[str, int] = {}
        for fate, number in sorted(fates.items()):
            code = fate.partition(":")[2]
            refused[code] = refused.get(code, 0) + number
        rows = used + later + superseded + sum(refused.values())
        return RowCounts(rows, used, later, superseded, refused)

    def refused(self) -> list[RefusedRow]:
        """Return the refused rows, by line where lines are known."""
        rows = collect(self.unused.filter(nw.col(FATE).str.contains(":"))).to_pylist()
        made = [_refused_row(self.contract.table, row) for row in rows]
        return sorted(made, key=lambda row: (row.line or 0, row.column, row.value, row.code))


def check(native: object, table: str, moment: Moment) -> Checked:
    """Check a native frame against the contract of `table`, as known at `moment`.

    Raises
    ------
    ContractError
        A required column is missing altogether.
    EngineError
        The frame is of an engine that cannot be used.
    """
    contract = CONTRACTS[table]
    present = columns_of(native)
    contract.demand(present)
    times = [c.name for c in contract.columns if c.kind == "time" and c.name in present]
    raw = with_microseconds(open_frame(native, contract.names()), times)
    readings = _readings(raw, contract, present)
    judged = settle(raw.with_columns(_fate(readings, contract, moment).alias(FATE)))
    good = settle(_typed(judged.filter(nw.col(FATE).is_null()), readings, moment))
    unused = _with_values(judged.filter(~nw.col(FATE).is_null()), contract)
    if contract.key and _repeats(good, contract.key):
        return _one_row_a_key(good, unused, contract)
    return Checked(contract, good, settle(unused))


def _refused_row(table: str, row: dict[str, object]) -> RefusedRow:
    column, _, code = str(row[FATE]).partition(":")
    line = row["line"]
    return RefusedRow(
        table, line if isinstance(line, int) else None, column, str(row[VALUE] or ""), code
    )


def with_microseconds(raw: Frame, names: Sequence[str]) -> Frame:
    """Put `<name>_us` beside each time column; written times are read once per different text."""
    schema, engine = raw.collect_schema(), engine_of(raw.to_native())
    for name in names:
        dtype, at = schema[name], nw.col(name)
        if engine == "pyspark" and isinstance(dtype, nw.Datetime | nw.Date):
            zoned = isinstance(dtype, nw.Datetime) and dtype.time_zone is not None
            raw = spark.microseconds(raw, name, zoned=zoned)
        elif isinstance(dtype, nw.Datetime):
            read = microseconds_of(at, dtype.time_zone, engine)
            raw = raw.with_columns(read.alias(f"{name}_us"))
        elif dtype == nw.Date:
            midnight = microseconds_of(at.cast(nw.Datetime("us")), None, engine)
            raw = raw.with_columns(midnight.alias(f"{name}_us"))
        else:
            raw = _read_written(raw, name)
    return raw


def _read_written(raw: Frame, name: str) -> Frame:
    """Put `<name>_us` beside a column of written times, numbers such as 20260301 included."""
    text = text_of(name, raw.collect_schema()[name])
    raw = raw.with_columns(text.alias("written"))
    different = collect(raw.select("written").unique())["written"]
    if different.null_count == len(different):
        return raw.with_columns(nw.col("written").cast(nw.Int64).alias(f"{name}_us")).drop(
            "written"
        )
    read = pa.table({"written": different, f"{name}_us": parse_times(different)})
    return raw.join(attach(read, raw), on="written", how="left").drop("written")


def _readings(raw: Frame, contract: Contract, present: Sequence[str]) -> dict[str, Reading]:
    schema = raw.collect_schema()
    return {
        column.name: read_cells(column, schema[column.name])
        if column.name in present
        else empty_cells(column)
        for column in contract.columns
    }


def _fate(readings: Mapping[str, Reading], contract: Contract, moment: Moment) -> nw.Expr:
    """Return `column:code` of the first fault of a row, `later`, or null for a good row."""
    faults = [(name, code, at) for name, each in readings.items() for code, at in each.faults]
    if contract.table == "orders":
        names = ("amount", "refunded_fen", "refunded")
        amount, fen, either = (readings[name].values[name] for name in names)
        refunded = nw.coalesce(fen, either)
        above = (refunded > amount) & (refunded != MOST_FEN)
        faults.append(("refunded", "refund_above_amount", above))
    if contract.table == "edges":
        source, target = (readings[name].values[name] for name in ("source", "target"))
        faults.append(("target", "self_loop", source == target))
    fates = [nw.when(at).then(nw.lit(f"{name}:{code}")) for name, code, at in faults]
    happened, known = (readings[n].values[n] for n in (contract.event, "known_at"))
    late = (happened > moment.us).fill_null(value=False) | (known > moment.us).fill_null(
        value=False
    )
    return nw.coalesce(*fates, nw.when(late).then(nw.lit("later")))


def _typed(rows: Frame, readings: Mapping[str, Reading], moment: Moment) -> Frame:
    """Return good rows in the types of the contract; refunds of later are taken back."""
    values = {name: at for each in readings.values() for name, at in each.values.items()}
    typed = rows.select(line=nw.col("line").cast(nw.Int64), **values)
    if "refunded" not in values:
        return typed
    refunded = nw.coalesce("refunded_fen", "refunded")
    whole = nw.when(refunded == MOST_FEN).then(nw.col("amount"))
    paid_back = whole.otherwise(refunded)
    known = nw.when(nw.col("refunded_at") > moment.us).then(0).otherwise(paid_back)
    return typed.with_columns(refunded=known).drop("refunded_fen")


def _with_values(rows: Frame, contract: Contract) -> Frame:
    """Return `line`, fate and the cell at fault as text."""
    names = [column.name for column in contract.columns if column.kind != "labels"]
    cells = [
        nw.when(nw.col(FATE).str.starts_with(f"{name}:")).then(nw.col(name).cast(nw.String))
        for name in names
    ]
    return rows.select(nw.col("line").cast(nw.Int64), FATE, nw.coalesce(*cells).alias(VALUE))


def _repeats(good: Frame, key: str) -> bool:
    counted = collect(good.select(nw.len().alias("rows"), nw.col(key).n_unique().alias("keys")))
    return bool(counted["rows"][0].as_py() != counted["keys"][0].as_py())


def _one_row_a_key(good: Frame, unused: Frame, contract: Contract) -> Checked:
    """Keep one row a key: the last known; of equally known ones the first by content."""
    counted = good.group_by(contract.key).agg(nw.len().alias("n"))
    repeated = settle(counted.filter(nw.col("n") > 1).select(contract.key))
    single = good.join(repeated, on=contract.key, how="anti")
    ranked = settle(_ranked(good.join(repeated, on=contract.key, how="semi"), contract.key))
    names = good.collect_schema().names()
    kept = ranked.filter(nw.col(FATE).is_null()).select(names)
    earlier = ranked.filter(nw.col(FATE) == "superseded").select(names)
    dropped = ranked.filter(~nw.col(FATE).is_null())
    dropped = dropped.select("line", FATE, nw.col(contract.key).alias(VALUE))
    return Checked(
        contract,
        settle(nw.concat([single, kept])),
        settle(nw.concat([unused, dropped])),
        settle(earlier) if contract.snapshots else None,
    )


def _ranked(several: Frame, key: str) -> Frame:
    """Return the rows that share their key with others, with the fate of each."""
    names = [name for name in several.collect_schema().names() if name != "line"]
    cells = [nw.col(name).cast(nw.String).fill_null("") for name in names]
    ranked = several.with_columns(
        content=nw.concat_str(cells, separator="\x1f"), known=nw.col("known_at").fill_null(0)
    ).with_columns(last=nw.col("known").max().over(key))
    ranked = ranked.with_columns(old=(nw.col("known") < nw.col("last")).cast(nw.Int64))
    place = nw.col("content").cum_count().over(key, order_by=["old", "content", "line"])
    ranked = ranked.with_columns(place=place)
    first = nw.when(nw.col("place") == 1).then(nw.col("content")).max().over(key)
    ranked = ranked.with_columns(same=nw.col("content") == first)
    return ranked.with_columns(
        nw.coalesce(
            nw.when((nw.col("place") > 1) & (nw.col("old") == 1)).then(nw.lit("superseded")),
            nw.when((nw.col("place") > 1) & nw.col("same")).then(nw.lit(f"{key}:duplicate")),
            nw.when(nw.col("place") > 1).then(nw.lit(f"{key}:conflict")),
        ).alias(FATE)
    )

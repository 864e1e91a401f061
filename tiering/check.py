"""The check at the edge: good rows typed, refused rows with their reason, none lost.

Every row that came in ends as exactly one of: used, refused (with the code of its fault), later
(after the moment of scoring), or superseded (the same thing is known better from a later row).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import pyarrow as pa

from tiering.cells import Reading, read_cells, text_of
from tiering.faults import RefusedRow
from tiering.frames import Frame, attach, collect, columns_of, engine_of, open_frame, settle
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
    """A table after its check: the good rows, and all rows with their fate."""

    contract: Contract
    good: Frame
    fates: Frame

    def counts(self) -> RowCounts:
        """Return how many rows had which fate; faults by their code."""
        found = collect(self.fates.group_by(FATE).agg(nw.len().alias("n"))).to_pylist()
        fates = {row[FATE]: int(row["n"]) for row in found}
        used, later, superseded = (fates.pop(key, 0) for key in (None, "later", "superseded"))
        refused: dict[str, int] = {}
        for fate, number in sorted(fates.items()):
            code = fate.partition(":")[2]
            refused[code] = refused.get(code, 0) + number
        rows = used + later + superseded + sum(refused.values())
        return RowCounts(rows, used, later, superseded, refused)

    def refused(self) -> list[RefusedRow]:
        """Return the refused rows, by line where lines are known."""
        faulty = self.fates.filter(nw.col(FATE).str.contains(":"))
        rows = collect(faulty.select("line", FATE, VALUE)).to_pylist()
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
    contract.demand(columns_of(native))
    raw = open_frame(native, contract.names())
    times = [column.name for column in contract.columns if column.kind == "time"]
    typed = settle(_typed(with_microseconds(raw, times), contract, moment))
    fates = settle(_one_row_a_key(typed, contract)) if contract.key else typed
    return Checked(contract, fates.filter(nw.col(FATE).is_null()).drop(FATE, VALUE), fates)


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
        if isinstance(dtype, nw.Datetime):
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


def _typed(raw: Frame, contract: Contract, moment: Moment) -> Frame:
    schema = raw.collect_schema()
    readings = {column.name: read_cells(column, schema[column.name]) for column in contract.columns}
    values = [
        value.alias(name) for each in readings.values() for name, value in each.values.items()
    ]
    typed = raw.select(*values, nw.col("line").cast(nw.Int64), *_first_fault(readings))
    if contract.table == "orders":
        typed = _with_refunds(typed, moment)
    if contract.table == "edges":
        typed = _without_loops(typed)
    return typed.with_columns(nw.coalesce(FATE, _later(contract, moment)).alias(FATE))


def _first_fault(readings: Mapping[str, Reading]) -> tuple[nw.Expr, nw.Expr]:
    """Return the fate `column:code` of the first fault of a row, and the cell at fault as text."""
    faults = [(name, code, at) for name, each in readings.items() for code, at in each.faults]
    fates = [nw.when(at).then(nw.lit(f"{name}:{code}")) for name, code, at in faults]
    cells = [nw.when(at).then(nw.col(name).cast(nw.String)) for name, _, at in faults]
    return nw.coalesce(*fates).alias(FATE), nw.coalesce(*cells).alias(VALUE)


def _with_refunds(orders: Frame, moment: Moment) -> Frame:
    """Put the amount where the whole order is refunded, and 0 where that happens later."""
    amount, refunded = nw.col("amount"), nw.col("refunded")
    whole = nw.when(refunded == MOST_FEN).then(amount).otherwise(refunded)
    above = nw.when(whole > amount).then(nw.lit("refunded:refund_above_amount"))
    known = nw.when(nw.col("refunded_at") > moment.us).then(0).otherwise(whole)
    cell = nw.when(whole > amount).then(refunded.cast(nw.String))
    return orders.with_columns(
        known.alias("refunded"),
        nw.coalesce(FATE, above).alias(FATE),
        nw.coalesce(VALUE, cell).alias(VALUE),
    )


def _without_loops(edges: Frame) -> Frame:
    loop = nw.when(nw.col("source") == nw.col("target"))
    fate = nw.coalesce(FATE, loop.then(nw.lit("target:self_loop"))).alias(FATE)
    return edges.with_columns(fate, nw.coalesce(VALUE, loop.then(nw.col("target"))).alias(VALUE))


def _later(contract: Contract, moment: Moment) -> nw.Expr:
    late = (nw.col(contract.event) > moment.us).fill_null(value=False)
    unknown = (nw.col("known_at") > moment.us).fill_null(value=False)
    return nw.when(late | unknown).then(nw.lit("later"))


def _one_row_a_key(typed: Frame, contract: Contract) -> Frame:
    """Keep one usable row a key: the last known; of equally known ones the first by content."""
    usable = typed.filter(nw.col(FATE).is_null())
    repeated = settle(
        usable.group_by(contract.key).agg(nw.len().alias("n")).filter(nw.col("n") > 1)
    )
    if collect(repeated).num_rows == 0:
        return typed
    single = usable.join(repeated, on=contract.key, how="anti")
    several = usable.join(repeated.select(contract.key), on=contract.key, how="semi")
    faulty = typed.filter(~nw.col(FATE).is_null())
    return nw.concat([faulty, single, _ranked(several, contract)])


def _ranked(several: Frame, contract: Contract) -> Frame:
    columns = [
        name for name in several.collect_schema().names() if name not in (FATE, VALUE, "line")
    ]
    cells = [nw.col(name).cast(nw.String).fill_null("") for name in columns]
    ranked = several.with_columns(
        nw.concat_str(cells, separator="\x1f").alias("content"),
        nw.col("known_at").fill_null(0).alias("known"),
    )
    ranked = ranked.with_columns(nw.col("known").max().over(contract.key).alias("last"))
    ranked = ranked.with_columns((nw.col("known") < nw.col("last")).cast(nw.Int64).alias("old"))
    place = nw.col("content").cum_count().over(contract.key, order_by=["old", "content", "line"])
    ranked = ranked.with_columns(place.alias("place"))
    kept = nw.when(nw.col("place") == 1).then(nw.col("content"))
    ranked = ranked.with_columns(kept.max().over(contract.key).alias("kept"))
    same = nw.col("content") == nw.col("kept")
    fate = (
        nw.when(nw.col("place") == 1)
        .then(nw.lit(None, dtype=nw.String))
        .otherwise(
            nw.when(nw.col("old") == 1)
            .then(nw.lit("superseded"))
            .otherwise(
                nw.when(same)
                .then(nw.lit(f"{contract.key}:duplicate"))
                .otherwise(nw.lit(f"{contract.key}:conflict"))
            )
        )
    )
    value = nw.when(nw.col("place") > 1).then(nw.col(contract.key))
    return ranked.with_columns(fate.alias(FATE), value.alias(VALUE)).select(several.columns)

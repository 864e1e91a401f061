"""The figures that rules compare, for every customer at once: one pass over each table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import narwhals as nw

from tiering.frames import Frame, null_like, settle
from tiering.tags.expression import Condition, Count, DaysSince, Figure, Profile, Rows, Sum
from tiering.tags.vocabulary import SOURCES
from tiering.times import Moment, day_of

TIMES = {"orders": "ordered_at", "signals": "created_at", "events": "at"}
IDS = {"orders": "order_id", "signals": "id"}
TOLD = "_such_as"
"""Behind the name of a figure: the id of one row that it rests on."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The checked tables that rules read, on the merged identities; None where not given."""

    orders: Frame | None = None
    signals: Frame | None = None
    events: Frame | None = None
    profile: Frame | None = None

    def of(self, source: str) -> Frame | None:
        """Return the rows of a source that have a customer."""
        frame: Frame | None = getattr(self, source)
        return None if frame is None else frame.filter(~nw.col("customer_id").is_null())


def with_facts(
    customers: Frame, tables: Tables, names: Mapping[Figure, str], moment: Moment
) -> Frame:
    """Return the customers with each figure under its name.

    Counts and sums are 0 without rows; days since are null without any, and so is what the profile
    does not say. Beside figures of orders and signals stands the id of one row, `<name>_such_as`.
    """
    for source in SOURCES:
        wanted: dict[Figure, str] = {
            f: n for f, n in names.items() if not isinstance(f, Profile) and f.rows.source == source
        }
        if wanted:
            customers = _joined(customers, tables.of(source), wanted, moment)
    columns = {figure.name: name for figure, name in names.items() if isinstance(figure, Profile)}
    if columns and tables.profile is not None:
        part = tables.profile.select("customer_id", **{n: nw.col(c) for c, n in columns.items()})
        customers = customers.join(part, on="customer_id", how="left")
    return settle(customers)


def _joined(
    customers: Frame, rows: Frame | None, names: Mapping[Figure, str], moment: Moment
) -> Frame:
    counted = [name for figure, name in names.items() if not isinstance(figure, DaysSince)]
    if rows is None:
        nothing = {n: null_like("customer_id").cast(nw.Int64) for n in names.values()}
        told = {f"{n}{TOLD}": null_like("customer_id") for n in names.values()}
        customers = customers.with_columns(**nothing, **told)
    else:
        customers = customers.join(_measured(rows, names, moment), on="customer_id", how="left")
    if counted:
        customers = customers.with_columns(nw.col(*counted).fill_null(0))
    whole = [name for figure, name in names.items() if isinstance(figure, Count)]
    if whole:  # pandas makes floats of counts that a join leaves out
        customers = customers.with_columns(nw.col(*whole).cast(nw.Int64))
    return customers


def _measured(rows: Frame, names: Mapping[Figure, str], moment: Moment) -> Frame:
    """Return one row a customer with every figure of one table."""
    cells: dict[str, nw.Expr] = {}
    for figure, name in names.items():
        cells |= _cells(figure, name, moment)
    latest = [n for f, n in names.items() if isinstance(f, DaysSince)]
    summed = [n for f, n in names.items() if not isinstance(f, DaysSince)]
    told = [name for name in cells if name.endswith(TOLD)]
    found = (
        rows.select("customer_id", **cells)
        .group_by("customer_id")
        .agg(
            *([nw.col(*summed).sum()] if summed else []),
            *([nw.col(*latest, *told).max()] if latest or told else []),
        )
    )
    absent = {
        f"{n}{TOLD}": null_like("customer_id") for n in names.values() if f"{n}{TOLD}" not in told
    }
    more = {name: moment.day - nw.col(name) for name in latest} | absent
    return found.with_columns(**more) if more else found


def _cells(figure: Figure, name: str, moment: Moment) -> dict[str, nw.Expr]:
    if isinstance(figure, Profile):
        return {}
    source = figure.rows.source
    day = day_of(nw.col(TIMES[source]))
    days = None if isinstance(figure, DaysSince) else figure.days
    holds = holding(figure.rows) if figure.rows.where else ~nw.col("customer_id").is_null()
    if days is not None:
        holds = holds & (day > moment.day - days)
    told = {f"{name}{TOLD}": nw.when(holds).then(nw.col(IDS[source]))} if source in IDS else {}
    match figure:
        case Count():
            return {name: holds.cast(nw.Int64), **told}
        case Sum():
            number = nw.col(figure.field)
            return {name: nw.when(holds).then(number).otherwise(number * 0), **told}
        case DaysSince():
            return {name: nw.when(holds).then(day), **told}


def holding(rows: Rows) -> nw.Expr:
    """Return where all conditions of rows hold; what is not known holds for nothing."""
    parts = [_condition(rows.source, each) for each in rows.where]
    return reduce(and_, parts)


def _condition(source: str, condition: Condition) -> nw.Expr:
    kind = SOURCES[source][condition.field].kind
    if kind == "labels":
        found = _any(nw.col(f"{condition.field}_{each}") == 1 for each in condition.values)
        return ~found if condition.op == "!=" else found
    column, values = nw.col(condition.field), condition.values
    if source == "events" and condition.field == "event":
        column = column.str.to_lowercase()
        values = tuple(str(each).lower() for each in values)
    if kind == "flag":
        values = tuple(int(bool(each)) for each in values)
    return compared(column, condition.op, values)


def compared(column: nw.Expr, op: str, values: Sequence[object]) -> nw.Expr:
    """Return where a column compares so with values; never null."""
    first = values[0]
    match op:
        case "in":
            found = _any(column == each for each in values)
        case "=":
            found = column == first
        case "!=":
            found = column != first
        case "<":
            found = column < first
        case "<=":
            found = column <= first
        case ">":
            found = column > first
        case _:
            found = column >= first
    return found.fill_null(value=False)


def _any(parts: Iterable[nw.Expr]) -> nw.Expr:
    return reduce(or_, parts)

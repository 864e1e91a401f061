"""From rows to customers in one pass a table: facts by day and band of age, bands to windows.

The windows lie within each other, so they are sums of bands of age: the rows are grouped once,
by customer and day, and the much fewer days by customer and band. That is what keeps hundreds of
features from taking hundreds of group-bys.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from types import MappingProxyType

import narwhals as nw

from tiering.features.feature import EVER, WINDOWS, Fact, How
from tiering.features.measures import figure
from tiering.frames import Frame, one_integer, settle

ADDING = MappingProxyType({"sum": nw.Expr.sum, "max": nw.Expr.max, "min": nw.Expr.min})

Needs = Mapping[str, Sequence[int | None]]
Window = int | None


def by_customer(rows: Frame, facts: Sequence[Fact], needs: Needs) -> Frame:
    """Return one row a customer that has any row: the figures `needs`, as `figure` names them.

    Parameters
    ----------
    rows
        `customer_id`, `age` in days (null where it is not known: only `EVER` counts it), and one
        whole number per fact.
    facts
        The columns of `rows`.
    needs
        The windows of each fact.
    """
    used = {window for windows in needs.values() for window in windows}
    ends = tuple(window for window in (*WINDOWS, EVER) if window in used)
    banded = settle(_by_band(_by_day(_young(rows, ends), facts), facts, ends))
    customers = banded.select("customer_id").unique()
    for place in range(len(ends)):
        customers = customers.join(_band(banded, facts, place), on="customer_id", how="left")
    wanted = [
        _window(fact, ends.index(window)).alias(figure(fact.name, window))
        for fact in facts
        for window in needs[fact.name]
    ]
    return settle(customers.select("customer_id", *wanted))


def _young(rows: Frame, ends: tuple[Window, ...]) -> Frame:
    oldest = ends[-1]
    return rows if oldest is None else rows.filter(nw.col("age") < oldest)


def _by_day(rows: Frame, facts: Sequence[Fact]) -> Frame:
    """Return one row a customer and day, where days are counted at all."""
    if not any(fact.how == "days" for fact in facts):
        return rows
    return _grouped(rows, ("customer_id", "age"), facts, {"days": "max"})


def _by_band(days: Frame, facts: Sequence[Fact], ends: tuple[Window, ...]) -> Frame:
    """Return one row a customer and band: 0 ends with the first of `ends`, and so on."""
    band: nw.Expr = nw.lit(len(ends) - 1)
    for place in range(len(ends) - 2, -1, -1):
        band = nw.when(nw.col("age") < ends[place]).then(place).otherwise(band)
    return _grouped(days.with_columns(band=band), ("customer_id", "band"), facts, {"days": "sum"})


def _grouped(
    rows: Frame, keys: tuple[str, str], facts: Sequence[Fact], how_days: Mapping[How, How]
) -> Frame:
    """Return the facts added up by the keys; days as `how_days` says."""
    hows = {fact.name: how_days.get(fact.how, fact.how) for fact in facts}
    added = [
        add_up(nw.col(*names))
        for how, add_up in ADDING.items()
        if (names := [name for name, each in hows.items() if each == how])
    ]
    grouped = rows.group_by(*keys).agg(*added)
    return one_integer(grouped.with_columns(nw.col(*hows).cast(nw.Int64)), list(hows))


def _band(banded: Frame, facts: Sequence[Fact], place: int) -> Frame:
    cells = {_cell(fact, place): nw.col(fact.name) for fact in facts}
    return banded.filter(nw.col("band") == place).select("customer_id", **cells)


def _cell(fact: Fact, place: int) -> str:
    return f"{fact.name}#{place}"


def _window(fact: Fact, last: int) -> nw.Expr:
    """Return a fact over the bands up to the last one of its window."""
    cells = [nw.col(_cell(fact, place)) for place in range(last + 1)]
    if fact.how == "max":
        value = nw.max_horizontal(cells[0], *cells)  # Spark wants two columns, however few bands
    elif fact.how == "min":
        value = nw.min_horizontal(cells[0], *cells)
    else:
        value = reduce(add, (cell.fill_null(0) for cell in cells))
    return value if fact.scale == 1 else value / fact.scale

"""The measures: one expression each over facts that are already added up by window.

`figure(fact, window)` is the column of a fact in a window. Only `+ - * /` are used, each on the
same whole numbers, so that every engine gives the same to the last bit.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import narwhals as nw

from tiering.features.feature import Feature, Measure


def figure(fact: str, window: int | None) -> str:
    """Return the name of the column of a fact in a window.

    >>> figure("orders", 30), figure("orders", None)
    ('orders@30', 'orders@ever')
    """
    return f"{fact}@{'ever' if window is None else window}"


def expression(feature: Feature) -> nw.Expr:
    """Return the feature as an expression over the columns that it `needs`."""
    value = MEASURES[feature.measure](feature)
    return value.cast(nw.Int64 if feature.whole else nw.Float64).alias(feature.name)


def _column(feature: Feature, place: int = 0) -> nw.Expr:
    return nw.col(figure(feature.facts[place], feature.window))


def _alone(feature: Feature) -> nw.Expr:
    return _column(feature)


def _part(feature: Feature) -> nw.Expr:
    """Return the first fact by the second; null where the second is 0."""
    whole = _column(feature, 1)
    return _column(feature) / nw.when(whole > 0).then(whole)


def _balance(feature: Feature) -> nw.Expr:
    """Return (first - second) / (first + second); null where there is none of both."""
    first, second = _column(feature), _column(feature, 1)
    both = first + second
    return (first - second) / nw.when(both > 0).then(both)


def _trend(feature: Feature) -> nw.Expr:
    """Return the balance of the daily rate in the window and in the days before it.

    The days before are the rest of the next longer window: (a - b) / (a + b), both rates times
    the days of both.
    """
    days, more = feature.course()
    late = nw.col(figure(feature.facts[0], days))
    early = nw.col(figure(feature.facts[0], more)) - late
    # As floats: fen times days could leave 64 bits.
    now = late.cast(nw.Float64) * (more - days)
    before = early.cast(nw.Float64) * days
    both = now + before
    return (now - before) / nw.when(both > 0).then(both)


def _gap(feature: Feature) -> nw.Expr:
    """Return the mean days from one day to the next: facts are first age, last age, days."""
    first, last, days = (_column(feature, place) for place in range(3))
    return (first - last) / nw.when(days > 1).then(days - 1)


def _lateness(feature: Feature) -> nw.Expr:
    """Return the days since the last in mean gaps: last * (days - 1) / (first - last)."""
    first, last, days = (_column(feature, place) for place in range(3))
    span = nw.when((days > 1) & (first > last)).then(first - last)
    return (last * (days - 1)) / span


MEASURES: Mapping[Measure, Callable[[Feature], nw.Expr]] = MappingProxyType(
    {
        "total": _alone,
        "largest": _alone,
        "smallest": _alone,
        "since": _alone,
        "mean": _part,
        "share": _part,
        "balance": _balance,
        "trend": _trend,
        "gap": _gap,
        "lateness": _lateness,
    }
)

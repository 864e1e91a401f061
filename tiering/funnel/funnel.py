"""The conversion path: how many customers come to each step, and how long it takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite

import numpy as np
import pyarrow as pa

from tiering.check import RowCounts
from tiering.errors import JourneyError
from tiering.faults import RefusedRow
from tiering.frames import collect
from tiering.funnel.codes import codes_of
from tiering.funnel.steps import NUMBER, ORDER, arrivals, events_of
from tiering.migration import Interval, wilson
from tiering.tables import check_tables, counts_of, refused_of
from tiering.times import DAY_US, moment_of

STEPS = ("view", "click", "add_to_cart", "order")
WINDOW_DAYS = 7.0
HOUR_US = DAY_US // 24
QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: how many customers came to it, and how long the way from the step before took.

    `of_first` and `of_before` are shares with Wilson's interval. `hours` are the quartiles of the
    hours since the step before, at each customer's first time here; None for the first step, and
    where nobody came.
    """

    name: str
    customers: int
    of_first: Interval
    of_before: Interval
    hours: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True, eq=False)
class Funnel:
    """The steps with their customers.

    `reached` is one row a customer who took the first step, sorted: `customer_id`, `steps` (how
    many in order), `step` (the last of them), and `hours_<step>` since the step before, null where
    not reached. `unrecorded` are steps that stand nowhere in the tables, in order or not; they are
    left out, for every funnel would end there. `rows` and `refused` say what became of the rows.
    """

    steps: tuple[Step, ...]
    reached: pa.Table
    unrecorded: tuple[str, ...]
    window_days: float
    rows: Mapping[str, RowCounts]
    refused: tuple[RefusedRow, ...]


def funnel(
    engagement: object,
    orders: object | None = None,
    *,
    as_of: date | datetime | str,
    steps: Sequence[str] = STEPS,
    window_days: float = WINDOW_DAYS,
    last_days: int | None = None,
) -> Funnel:
    """Return how far customers came along the steps.

    Parameters
    ----------
    engagement, orders
        Frames of one engine (pandas, Polars, DuckDB, PySpark) by their contracts. Orders make the
        step `order` when they are placed, whatever was paid back later. In memory come who reached
        which step and when.
    as_of
        Nothing later is used.
    steps
        Events in their order, two at least.
    window_days
        Within which a chain must end, from its first step on.
    last_days
        Count only chains that began in the last so many days; None for all.

    Raises
    ------
    JourneyError
        Fewer than two steps, one twice, a window that is not above 0, or orders are missing.
    ContractError, EngineError, AsOfError
        See `tiering.score_run`.
    """
    moment, wanted = moment_of(as_of), [name.strip().lower() for name in steps]
    _demand_steps(wanted, window_days, last_days, has_orders=orders is not None)
    bought = orders if ORDER in wanted else None
    checked = check_tables({"engagement": engagement, "orders": bought}, moment)
    good = {name: each.good for name, each in checked.items()}
    events = events_of(good, wanted)
    seen = set(collect(events.select(NUMBER).unique())[NUMBER].to_pylist())
    used = [name for place, name in enumerate(wanted) if place in seen]
    if len(used) < len(wanted):
        events = events_of(good, used or wanted)
    since = None if last_days is None else moment.us + 1 - last_days * DAY_US
    came = collect(arrivals(events, len(used), window_days, since))
    reached, hours = _reached(came, used)
    return Funnel(
        tuple(_steps(reached, hours, used)),
        reached,
        tuple(name for name in wanted if name not in used),
        window_days,
        counts_of(checked),
        refused_of(checked),
    )


def _reached(came: pa.Table, names: Sequence[str]) -> tuple[pa.Table, list[np.ndarray]]:
    """Return one row a customer, and by step the hours since the step before (nan: not reached)."""
    place, ids = codes_of(came["customer_id"])
    step, at, before = (came[name].to_numpy() for name in (NUMBER, "at", "before"))
    hours = [np.full(len(ids), np.nan) for _ in names]
    deepest = np.zeros(len(ids), dtype=np.int64)
    np.maximum.at(deepest, place, step + 1)
    first_come = np.lexsort((before, at))[::-1]  # reversed: the first time is written last
    for number in range(len(names)):
        rows = first_come[step[first_come] == number]
        hours[number][place[rows]] = (at[rows] - before[rows]) / HOUR_US
    columns: dict[str, object] = {
        "customer_id": pa.array(ids, pa.string()),
        "steps": pa.array(deepest),
        "step": pa.array([names[number - 1] for number in deepest.tolist()], pa.string()),
    }
    for name, cells in list(zip(names, hours, strict=True))[1:]:
        columns[f"hours_{name}"] = pa.array(cells, pa.float64(), from_pandas=True)
    return pa.table(columns), hours


def _steps(reached: pa.Table, hours: Sequence[np.ndarray], names: Sequence[str]) -> list[Step]:
    deepest = reached["steps"].to_numpy()
    counts = [int((deepest > number).sum()) for number in range(len(names))]
    return [
        Step(
            name,
            counts[number],
            wilson(counts[number], counts[0]),
            wilson(counts[number], counts[max(0, number - 1)]),
            _quartiles(hours[number]) if number else None,
        )
        for number, name in enumerate(names)
    ]


def _quartiles(hours: np.ndarray) -> tuple[float, float, float] | None:
    known = hours[~np.isnan(hours)]
    if not len(known):
        return None
    low, middle, high = np.quantile(known, QUARTILES)
    return float(low), float(middle), float(high)


def _demand_steps(
    steps: Sequence[str], window_days: float, last_days: int | None, *, has_orders: bool
) -> None:
    if len(steps) < 2 or len(set(steps)) < len(steps) or not all(steps):
        raise JourneyError(
            f"steps {list(steps)}: name at least two that differ, such as view, add_to_cart, order",
            f"步骤 {list(steps)}：至少两个且互不相同，例如 view、add_to_cart、order",
        )
    if not (isfinite(window_days) and window_days > 0) or (last_days or 1) < 1:
        raise JourneyError(
            f"window of {window_days:g} days, last {last_days} days: both must be above 0",
            f"窗口 {window_days:g} 天、最近 {last_days} 天：均须大于 0",
        )
    if ORDER in steps and not has_orders:
        raise JourneyError(
            "the step order needs the orders; give them, or leave the step out",
            "步骤 order 需要订单表；请提供订单，或去掉该步骤",
        )

"""Who is active by day, week and month (DAU, WAU, MAU), and how much they stick."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import narwhals as nw
import numpy as np
import numpy.typing as npt

from tiering.check import RowCounts, check
from tiering.errors import JourneyError
from tiering.faults import RefusedRow
from tiering.frames import collect
from tiering.funnel.codes import codes_of
from tiering.times import day_of, moment_of

WEEK, MONTH = 7, 30
FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class ActiveDay:
    """One day in China: customers active on it, and in the 7 and 30 days that end with it."""

    day: date
    dau: int
    wau: int
    mau: int


@dataclass(frozen=True, slots=True)
class Activity:
    """Activity up to a day.

    `days` are the last 30 with their counts, the newest last. `stickiness` is the mean of their
    dau over the last mau: on what share of the 30 days an active customer came; nan where nobody
    did. `whole` is whether the table reaches back 59 days, so that every mau of `days` is of 30
    days that were recorded.
    """

    days: tuple[ActiveDay, ...]
    stickiness: float
    whole: bool
    rows: RowCounts
    refused: tuple[RefusedRow, ...]


def activity(
    engagement: object, *, as_of: date | datetime | str, events: Sequence[str] | None = None
) -> Activity:
    """Return how many customers were active.

    Parameters
    ----------
    engagement
        A pandas, Polars, DuckDB or PySpark frame by its contract. In memory comes each day of each
        customer, once.
    as_of
        The last day, in China; nothing later is used.
    events
        Those that make a customer active; None for any.

    Raises
    ------
    JourneyError
        `events` is empty.
    ContractError, EngineError, AsOfError
        See `tiering.score_run`.
    """
    if events is not None and not events:
        raise JourneyError(
            "no event makes a customer active; name one, or leave the choice out",
            "没有指定任何活跃行为；请至少指定一个，或不指定",
        )
    moment = moment_of(as_of)
    checked = check(engagement, "engagement", moment)
    rows = checked.good
    if events is not None:
        named = [name.strip().lower() for name in events]
        rows = rows.filter(nw.col("event").str.to_lowercase().is_in(named))
    seen = collect(rows.select("customer_id", day=day_of(nw.col("at"))).unique())
    days, customers = seen["day"].to_numpy(), codes_of(seen["customer_id"])[0]
    last = range(moment.day - MONTH + 1, moment.day + 1)
    counts = [_active(customers, days, last, width) for width in (1, WEEK, MONTH)]
    counted = [
        ActiveDay(FIRST_DAY + timedelta(days=day), *(int(each[number]) for each in counts))
        for number, day in enumerate(last)
    ]
    mau = counted[-1].mau
    mean = sum(each.dau for each in counted) / MONTH
    return Activity(
        tuple(counted),
        mean / mau if mau else float("nan"),
        bool(len(days)) and int(days.min()) <= moment.day - 2 * MONTH + 2,
        checked.counts(),
        tuple(checked.refused()),
    )


def _active(
    customers: npt.NDArray[np.int64], days: npt.NDArray[np.int64], last: range, width: int
) -> npt.NDArray[np.int64]:
    """Return for each day of `last` how many customers were active in the `width` days to it.

    Each (customer, day), no pair twice, counts for the days on which it is the customer's latest,
    at most `width` of them: one comes in on its first and goes out after its last.
    """
    order = np.lexsort((days, customers))
    who, day = customers[order], days[order]
    following = np.append(day[1:], 0)[: len(day)]
    following[np.append(who[1:] != who[:-1], True)[: len(who)]] = last.stop + width
    change = np.zeros(len(last) + 1, dtype=np.int64)
    comes = np.clip(day, last.start, last.stop) - last.start
    goes = np.clip(np.minimum(day + width, following), last.start, last.stop) - last.start
    np.add.at(change, comes, 1)
    np.add.at(change, goes, -1)
    return np.cumsum(change)[:-1]

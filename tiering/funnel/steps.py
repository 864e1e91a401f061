"""How far each customer came along ordered steps, such as view, click, add_to_cart, order.

A chain starts with the first step; each further step comes at or after the one before, and the
last within a window from the first. Of the chains that are still open the one that started last
has the most time left, so that it alone has to be followed: two running maxima a step, which
every engine has. Steps of one moment count in their order.
"""

from collections.abc import Mapping, Sequence

import narwhals as nw

from tiering.frames import Frame, settle
from tiering.times import DAY_US

ORDER = "order"
"""The step that orders make; the others are events of the engagement table."""
NEVER = -(2**62)
"""Before any time: what a running maximum holds until there is one."""
NUMBER = "step"


def events_of(tables: Mapping[str, Frame], steps: Sequence[str]) -> Frame:
    """Return `customer_id`, `at` and `step` (its number from 0) of checked rows that are a step."""
    events = tables["engagement"].select(
        "customer_id", "at", event=nw.col("event").str.to_lowercase()
    )
    events = events.filter(nw.col("event").is_in([name for name in steps if name != ORDER]))
    if "orders" in tables:
        bought = tables["orders"].select(
            "customer_id", at=nw.col("ordered_at"), event=nw.lit(ORDER)
        )
        events = nw.concat([events, bought])
    number = nw.coalesce(
        *(nw.when(nw.col("event") == name).then(place) for place, name in enumerate(steps))
    )
    return settle(events.select("customer_id", "at", number.cast(nw.Int64).alias(NUMBER)))


def arrivals(events: Frame, steps: int, window_days: float, since: int | None) -> Frame:
    """Return one row for each time that a customer came to a step in order.

    Columns: `customer_id`, `at`, `step` (number), `began` (when its chain did) and `before` (when
    it came to the step before), in microseconds.

    Parameters
    ----------
    events
        From `events_of`.
    since
        Chains that began earlier do not count; None for all.
    """
    number, at, window = nw.col(NUMBER), nw.col("at"), round(window_days * DAY_US)
    first = number == 0 if since is None else (number == 0) & (at >= since)
    found = events.with_columns(began=nw.when(first).then(at).otherwise(NEVER), before=at)
    for step in range(1, steps):
        # the latest chain that stood at the step before, when this event happened
        open_chain = nw.when(number == step - 1).then(nw.col("began")).otherwise(NEVER)
        came = (number == step - 1) & (nw.col("began") > NEVER)
        found = found.with_columns(chain=open_chain, last=nw.when(came).then(at).otherwise(NEVER))
        found = found.with_columns(
            nw.col("chain", "last").cum_max().over("customer_id", order_by=["at", NUMBER])
        )
        alive = (nw.col("chain") > NEVER) & (at - nw.col("chain") <= window)
        here = number == step
        found = settle(
            found.with_columns(
                began=nw.when(here & alive)
                .then(nw.col("chain"))
                .otherwise(nw.when(here).then(NEVER).otherwise(nw.col("began"))),
                before=nw.when(here & alive).then(nw.col("last")).otherwise(nw.col("before")),
            ).drop("chain", "last")
        )
    return found.filter(nw.col("began") > NEVER)

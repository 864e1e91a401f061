"""How often a customer deals with us: active days, and what they do on them."""

from collections.abc import Mapping
from functools import reduce
from operator import add
from types import MappingProxyType

import narwhals as nw

from tiering.curves import UNIT, decayed, settled, weighted
from tiering.frames import Frame, settle
from tiering.policy import EngagementPolicy
from tiering.times import Moment, day_of

ENGLISH = "in the window active days {}, views {}, carts {}, shares {}"
CHINESE = "近期活跃 {} 天，浏览 {} 次，加购 {} 次，分享 {} 次"
COUNTED = ("view", "add_to_cart", "share", "login")


def measure_engagement(
    events: Frame,
    moment: Moment,
    policy: EngagementPolicy,
    decay: Mapping[str, float] = MappingProxyType({}),
) -> Frame:
    """Return one row a customer from checked engagement.

    Columns, all over the window: `active_days` (days in China with any event that the policy
    names), `actions` (events weighted by the policy), `counted_actions` (the same, each event
    fading by the half-life in days that `decay` has for its kind), `views`, `add_to_carts`,
    `shares`, `logins`,
    `engagement` from 0 to 100, and the figures as a sentence, `engagement_en`, `engagement_zh`.
    A customer whose events all lie before the window has 0 everywhere.
    """
    named = events.filter(nw.col("event").str.to_lowercase().is_in(list(policy.events)))
    rows = _rows(named, moment, policy, decay)
    sums = rows.group_by("customer_id").agg(
        nw.col("active_day").n_unique(),
        nw.col("old").max(),
        nw.col("actions", "counted_actions", *COUNTED).sum(),
    )
    # The days before the window are all one day, the day null would be: it is not counted.
    customers = sums.with_columns(
        active_days=(nw.col("active_day") - nw.col("old")).cast(nw.Int64),
        counted_actions=nw.col("counted_actions").cast(nw.Int64) / UNIT,
        **{name: nw.col(name).cast(nw.Int64) for name in ("actions", *COUNTED)},
    ).drop("active_day", "old")
    return _told(settle(_scored(customers, policy))).rename({name: f"{name}s" for name in COUNTED})


def _rows(
    events: Frame, moment: Moment, policy: EngagementPolicy, decay: Mapping[str, float]
) -> Frame:
    day = day_of(nw.col("at"))
    recent = day > moment.day - policy.window_days
    event = nw.col("event").str.to_lowercase()
    counts = {name: ((event == name) & recent).cast(nw.Int64) for name in policy.events}
    age = moment.day - day
    fresh = {name: decayed(age, decay[name]) if name in decay else UNIT for name in policy.events}
    worth = policy.events
    return events.select(
        "customer_id",
        active_day=nw.when(recent).then(day).otherwise(-1),
        old=(~recent).cast(nw.Int64),
        actions=reduce(add, (counts[name] * worth[name] for name in worth)),
        counted_actions=reduce(add, (counts[name] * worth[name] * fresh[name] for name in worth)),
        **{name: ((event == name) & recent).cast(nw.Int64) for name in COUNTED},
    )


def _scored(customers: Frame, policy: EngagementPolicy) -> Frame:
    customers = customers.with_columns(
        days_points=policy.days.at(nw.col("active_days")),
        actions_points=policy.actions.at(nw.col("counted_actions")),
    )
    total = weighted({"days_points": policy.weights.days, "actions_points": policy.weights.actions})
    return customers.with_columns(engagement=settled(total))


def _told(customers: Frame) -> Frame:
    figures = [nw.col(name) for name in ("active_days", "view", "add_to_cart", "share")]
    return customers.with_columns(
        engagement_en=nw.format(ENGLISH, *figures), engagement_zh=nw.format(CHINESE, *figures)
    )

"""Every customer's stage with its reasons."""

from datetime import date, datetime

import narwhals as nw

from tiering.frames import Frame, Native, give_back, settle
from tiering.lifecycle.course import COURSE, measure_course
from tiering.lifecycle.policy import LifecyclePolicy, load_lifecycle_policy
from tiering.lifecycle.rules import STAGES, in_cycles, points, rules, signs
from tiering.lifecycle.sources import open_sources
from tiering.reasons import Notice, Reason, with_reasons, word_of
from tiering.times import moment_of

LIFECYCLE_COLUMNS = ("customer_id", "stage", "stage_zh", *COURSE[1:], "decline_points", "reasons")
"""Columns of `with_stage`: stage, what it was told by, and why."""


def lifecycle(
    orders: Native,
    signals: Native | None = None,
    *,
    as_of: date | datetime | str,
    engagement: Native | None = None,
    accounts: Native | None = None,
    policy: LifecyclePolicy | None = None,
) -> Native:
    """Return every customer's stage in the lifecycle, by customer_id.

    Parameters
    ----------
    orders, signals, engagement, accounts
        pandas, Polars, DuckDB or PySpark frames of one engine by their contracts; all but orders
        may be missing. Orders and events that happened or became known after `as_of` are not
        used. No table is collected: DuckDB and PySpark keep their rows.
    as_of
        Day (to its end in China) or moment.
    policy
        The shipped thresholds when None.

    Returns
    -------
    Native
        Frame of the same engine with `LIFECYCLE_COLUMNS`: `stage` is one of `STAGES`, `stage_zh`
        its Chinese name, `reasons` a list of {en, zh}; the counts between them are described in
        `measure_course`, `decline_points` are those of the signs of decline. Who has neither
        order, event nor text is not in it.

    Raises
    ------
    ContractError, EngineError, AsOfError
        See there.
    """
    tables = {"orders": orders, "signals": signals, "engagement": engagement, "accounts": accounts}
    rules_of = policy or load_lifecycle_policy()
    course = measure_course(open_sources(tables, moment_of(as_of)), rules_of)
    return give_back(with_stage(course, rules_of).sort("customer_id"), orders)


def with_stage(course: Frame, policy: LifecyclePolicy) -> Frame:
    """Return `LIFECYCLE_COLUMNS` from `measure_course`."""
    course = settle(course.with_columns(decline_points=points(policy).cast(nw.Int64)))
    stages = [nw.when(rule.holds).then(nw.lit(rule.stage)) for rule in reversed(rules(policy))]
    staged = settle(course.with_columns(stage=nw.coalesce(*stages)))
    # the signs explain decline; of who is still growing or long gone they say nothing new
    shown = nw.col("stage") == "decline"
    notices = [Notice(nw.col("stage") == rule.stage, rule.reason) for rule in rules(policy)]
    notices += [Notice(shown & sign.shows, sign.reason) for sign in signs(policy)]
    told = with_reasons(staged, notices, [_cycle()], len(notices) + 1)
    return told.with_columns(stage_zh=word_of(nw.col("stage"), STAGES)).select(*LIFECYCLE_COLUMNS)


def _cycle() -> Reason:
    """Say which cycle was used, and how far the customer is in it."""
    own, days = nw.col("own_cycle") == 1, nw.col("cycle_days")
    en = nw.when(own).then(nw.lit("own")).otherwise(nw.lit("the industry's"))
    zh = nw.when(own).then(nw.lit("本人")).otherwise(nw.lit("行业"))
    sign = in_cycles("since_sign_days")
    return Reason(
        nw.format("cycle of {} days ({}), {} of it since the last sign of life", days, en, sign),
        nw.format("购买周期 {} 天（{}），距最近动静 {} 个周期", days, zh, sign),
    )

"""Learning from the history itself: figures as of T - H, and who ordered in (T - H, T]."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tiering.churn.figures import (
    GROUPS,
    Figures,
    bought,
    first_purchase_day,
    measure_figures,
    usable,
)
from tiering.churn.measures import Quality, quality
from tiering.churn.model import ChurnModel, Flags, Learned, Strictness, learn
from tiering.churn.settings import ChurnSettings
from tiering.errors import ChurnError
from tiering.lifecycle import LifecyclePolicy, Sources, open_sources
from tiering.times import DAY_US, Moment


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Customers as they were known at a moment, and whether they then left."""

    figures: Figures
    left: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """The model, which tables it reads, and how good it is.

    `held_out` is measured on customers that the fit did not see, in the window that it learned
    from; `ahead` on a later window than the fit knew, where the history is long enough, with
    `recency`, the same learned from days since the last purchase alone.
    """

    model: ChurnModel
    tables: tuple[str, ...]
    held_out: Quality
    ahead: Quality | None
    recency: Quality | None


def teach(
    tables: Mapping[str, object],
    sources: Sources,
    policy: LifecyclePolicy,
    settings: ChurnSettings,
) -> Taught:
    """Return what the history up to the moment of `sources` teaches.

    `tables` are the native ones: they are checked again as of the earlier moments, so that a row
    which became known later is not seen there.

    Raises
    ------
    ChurnError
        The history is shorter than two horizons; too few customers, or too few of one outcome.
    """
    horizon = settings.horizon_days
    _demand_history(sources, horizon)
    cut = earlier(sources.moment, horizon)
    before = open_sources(tables, cut)
    known = usable(before, cut.day)
    lesson = _lesson(before, sources, policy, horizon, known)
    _demand_outcomes(lesson, settings)
    learned = _learned(lesson, names_of(lesson.figures), settings)
    ahead, recency = _ahead(tables, before, lesson, policy, settings)
    held_out = quality(learned.held_out, lesson.left)
    return Taught(learned.model, known, held_out, ahead, recency)


def earlier(moment: Moment, days: int) -> Moment:
    """Return the moment so many days before."""
    return Moment(moment.us - days * DAY_US, moment.day - days, f"{moment.text}-{days}d")


def names_of(figures: Figures) -> tuple[str, ...]:
    """Return the figures that are there, in the order of `GROUPS`."""
    return tuple(n for names in GROUPS.values() for n in names if n in figures.columns)


def _lesson(
    before: Sources,
    after: Sources,
    policy: LifecyclePolicy,
    horizon: int,
    tables: tuple[str, ...],
) -> Lesson:
    figures = measure_figures(before, policy, horizon, tables)
    came = pc.is_in(figures.ids, value_set=_like(bought(after, before.moment), figures.ids))
    return Lesson(figures, ~np.asarray(came.to_numpy(zero_copy_only=False), dtype=bool))


def _like(ids: pa.Array, other: pa.Array) -> pa.Array:
    return ids.cast(other.type)


def _learned(lesson: Lesson, names: tuple[str, ...], settings: ChurnSettings) -> Learned:
    how = Strictness(settings.strength, settings.folds, settings.seed)
    return learn(lesson.figures.matrix(names), lesson.left, names, how)


def _ahead(
    tables: Mapping[str, object],
    before: Sources,
    lesson: Lesson,
    policy: LifecyclePolicy,
    settings: ChurnSettings,
) -> tuple[Quality | None, Quality | None]:
    """Return how good a model learned one horizon earlier is on this lesson, where there is one."""
    try:
        _demand_history(before, settings.horizon_days)
        cut = earlier(before.moment, settings.horizon_days)
        first = open_sources(tables, cut)
        known = usable(first, cut.day)
        past = _lesson(first, before, policy, settings.horizon_days, known)
        _demand_outcomes(past, settings)
    except ChurnError:
        return None, None
    names = tuple(n for n in names_of(past.figures) if n in lesson.figures.columns)
    qualities = (
        quality(_learned(past, each, settings).model.p(lesson.figures.matrix(each)), lesson.left)
        for each in (names, ("since_order_days",))
    )
    ahead, recency = qualities
    return ahead, recency


def _demand_history(sources: Sources, horizon: int) -> None:
    first = first_purchase_day(sources)
    days = 0 if first is None else sources.moment.day - first + 1
    if days < 2 * horizon:
        raise ChurnError(
            f"the orders reach back {days} days; to learn who leaves within {horizon} days, "
            f"{2 * horizon} are needed: take a shorter horizon or a longer history",
            f"订单仅覆盖 {days} 天；要学习 {horizon} 天内的流失，至少须 {2 * horizon} 天："
            "请缩短预测期或提供更长的历史",
        )


def _demand_outcomes(lesson: Lesson, settings: ChurnSettings) -> None:
    customers, left = lesson.left.size, int(lesson.left.sum())
    if customers < settings.least_customers:
        raise ChurnError(
            f"{customers} customers had bought before the split, {settings.least_customers} are "
            "needed; take a shorter horizon or more customers",
            f"切分日之前仅 {customers} 位顾客有购买，至少须 {settings.least_customers} 位；"
            "请缩短预测期或增加顾客",
        )
    if min(left, customers - left) < settings.least_each:
        raise ChurnError(
            f"of {customers} customers {left} left and {customers - left} stayed; at least "
            f"{settings.least_each} of each are needed: take another horizon",
            f"{customers} 位顾客中 {left} 位流失、{customers - left} 位留存；"
            f"每类至少须 {settings.least_each} 位：请换一个预测期",
        )

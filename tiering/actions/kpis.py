"""KPIs of each tier held against their thresholds, with intervals: what is off, and since when.

An alarm is raised only where the whole interval lies beyond the threshold; with `judge: strict`
where the figure itself does. With fewer customers than the policy asks for nothing is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tiering.actions.conditions import Condition, condition_of
from tiering.actions.customers import Customers, customers_of, one_tier
from tiering.actions.inputs import Inputs
from tiering.actions.kpi_measures import MEASURES
from tiering.actions.kpi_row import KpiRow, Since
from tiering.actions.kpi_verdicts import Judged, verdict_of
from tiering.actions.matching import every
from tiering.actions.policy import ActionsPolicy, Kpi
from tiering.actions.tally import Counts, tally
from tiering.errors import ActionsError
from tiering.frames import Frame, collect, columns_of, open_frame
from tiering.migration import Interval
from tiering.policy import Tier
from tiering.times import Moment

DIGITS = 6
"""Behind the point, so that no processor's last bit stands in a file."""


def kpis(
    scores: object,
    policy: ActionsPolicy,
    *,
    tiers: Sequence[Tier],
    inputs: Inputs,
    tables: Mapping[str, object] | None = None,
    previous: Since | None = None,
) -> list[KpiRow]:
    """Return every KPI of every tier that has a threshold for it, in the order of the policy.

    Parameters
    ----------
    scores
        What `tiering.score` returned. Its tiers may be older than the inputs, and better are: a
        tier of today already knows who came back. Collected are `customer_id` and the columns that
        KPIs name, here and of `tables`.
    inputs
        Orders and signals, and the moment: what happened later is not used.
    tables
        Further frames by the name that conditions use, `tables_of` the inputs among them.
    previous
        `alarms_of` the rows of an earlier run, so that an alarm knows since when.

    Raises
    ------
    ActionsError
        As for `next_actions`.
    """
    moment = inputs.moment
    columns = [each.column for kpi in policy.kpis.list for each in _conditions(kpi)]
    customers = customers_of(scores, tables or {}, columns, moment)
    one_tier(customers, [tier.name for tier in tiers])
    frames = _frames(inputs)
    stand = _Standing(moment.text, _tiers_as_of(scores), policy.label(), previous or {})
    found: list[KpiRow] = []
    for kpi in policy.kpis.list:
        counted = _counted(kpi, customers, frames, moment)
        judged = [tier for tier in tiers if tier.name in kpi.thresholds]
        found += [_row(kpi, tier, counted, customers, policy, stand) for tier in judged]
    return found


def alarms_of(rows: Sequence[Mapping[str, object]]) -> Since:
    """Return by KPI and tier since when it is in alarm, from rows that an earlier run gave."""
    return {
        (str(row["kpi"]), str(row["tier"])): str(row.get("since") or row["as_of"])
        for row in rows
        if row.get("state") == "alarm"
    }


@dataclass(frozen=True, slots=True)
class _Standing:
    """What all rows of a run share."""

    as_of: str
    tiers_as_of: str
    policy_version: str
    previous: Since


def _conditions(kpi: Kpi) -> Iterator[Condition]:
    return (condition_of(text, kpi.name) for text in (*kpi.of, *kpi.among))


def _frames(inputs: Inputs) -> dict[str, Frame]:
    given = {"orders": inputs.orders, "signals": inputs.said}
    return {name: frame for name, frame in given.items() if frame is not None}


def _counted(
    kpi: Kpi, customers: Customers, frames: Mapping[str, Frame], moment: Moment
) -> tuple[Counts, Counts] | str:
    """Return successes and trials, one cell a customer; the name of a table that is not given."""
    if kpi.measure == "share":
        return customers.missing(_conditions(kpi)) or _shares(kpi, customers)
    table, measure = MEASURES[kpi.measure]
    if table not in frames:
        return table
    rows = measure(frames[table], moment, kpi.window_days)
    places = pc.index_in(customers.ids, rows["customer_id"].combine_chunks().cast(pa.string()))
    successes, trials = (
        pc.coalesce(rows[name].combine_chunks().take(places), 0).to_numpy()
        for name in ("successes", "trials")
    )
    return successes, trials


def _shares(kpi: Kpi, customers: Customers) -> tuple[Counts, Counts]:
    of, among = ([condition_of(t, kpi.name) for t in texts] for texts in (kpi.of, kpi.among))
    counted = every(customers, among)
    for each in of:
        # Who is not known is counted neither among the good nor among the bad.
        counted &= customers.columns[each.column].is_valid().to_numpy(zero_copy_only=False)
    holds = counted & every(customers, of)
    return holds.astype(np.int64), counted.astype(np.int64)


def _row(
    kpi: Kpi,
    tier: Tier,
    counted: tuple[Counts, Counts] | str,
    customers: Customers,
    policy: ActionsPolicy,
    stand: _Standing,
) -> KpiRow:
    own = pc.equal(customers.tiers, tier.name).to_numpy(zero_copy_only=False)
    nothing = np.zeros(len(own), dtype=np.int64)
    successes, trials = (nothing, nothing) if isinstance(counted, str) else counted
    found = tally(successes[own], trials[own])
    interval = _scaled(kpi, found.interval(policy.kpis.level))
    judged = Judged(
        kpi, tier, kpi.thresholds[tier.name], interval, found.customers, policy.kpis.judge
    )
    state, verdict = verdict_of(judged, counted if isinstance(counted, str) else "")
    since = stand.previous.get((kpi.name, tier.name), stand.as_of) if state == "alarm" else ""
    return KpiRow(
        kpi=kpi.name,
        tier=tier.name,
        state=state,
        value=round(interval.share, DIGITS),
        low=round(interval.low, DIGITS),
        high=round(interval.high, DIGITS),
        threshold=kpi.thresholds[tier.name],
        worse=kpi.worse,
        n=found.trials,
        customers=found.customers,
        effective=round(found.effective, 1),
        window_days=kpi.window_days,
        since=since,
        verdict=verdict,
        as_of=stand.as_of,
        tiers_as_of=stand.tiers_as_of,
        policy_version=stand.policy_version,
    )


def _scaled(kpi: Kpi, interval: Interval) -> Interval:
    """Return the interval of the figure itself: for NSR twice the share, less 1."""
    if kpi.measure != "nsr" or isnan(interval.share):
        return interval
    return Interval(*(2 * end - 1 for end in (interval.share, interval.low, interval.high)))


def _tiers_as_of(scores: object) -> str:
    """Return as of when the scores are; empty where they do not say."""
    if "as_of" not in columns_of(scores):
        return ""
    found = pc.unique(collect(open_frame(scores, ["as_of"]))["as_of"]).to_pylist()
    if len(found) > 1:
        raise ActionsError(
            f"the scores are as of several days ({', '.join(map(str, found[:3]))}); give one run",
            f"得分来自多个日期（{'、'.join(map(str, found[:3]))}）；请只提供一次运行的结果",
        )
    return str(found[0]) if found and found[0] is not None else ""

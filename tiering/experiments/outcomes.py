"""From exposures and events to one row a customer: what each did after and before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import narwhals as nw
import numpy as np
import pyarrow as pa

from tiering.check import RowCounts, check
from tiering.errors import ExperimentError
from tiering.experiments.experiment import Outcome
from tiering.experiments.plan import Plan
from tiering.faults import RefusedRow
from tiering.frames import Frame, attach, collect
from tiering.times import DAY_US, EPOCH, MICROSECOND, Moment, moment_of

ORDER_MEASURES = ("orders", "order_fen")


@dataclass(frozen=True, slots=True)
class Exposure:
    """One customer met one group at a time (with its zone)."""

    customer_id: str
    group: str
    at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Customers of an experiment with what they did.

    `several` were in more than one group and `unfinished` have days of observation left (or were
    exposed after the moment): both are left out. `found` have a row in the tables; the others did
    nothing, or have other ids there. `rows` and `refused` say what became of the tables.
    """

    customers: tuple[str, ...]
    groups: tuple[str, ...]
    outcomes: Mapping[str, Outcome]
    several: int
    unfinished: int
    found: int
    rows: Mapping[str, RowCounts]
    refused: tuple[RefusedRow, ...]


def observe(
    exposures: Sequence[Exposure],
    plan: Plan,
    *,
    as_of: date | datetime | str,
    orders: object | None = None,
    engagement: object | None = None,
) -> Observed:
    """Return what the customers of an experiment did after their first exposure and before it.

    Parameters
    ----------
    exposures
        In any order; of a customer's exposures to one group the first counts.
    orders, engagement
        Frames by their contracts, of any engine; those of them that the plan's measures need. In
        memory comes one row an exposed customer.
    as_of
        Nothing later is used.

    Raises
    ------
    ExperimentError
        The plan needs a table that was not given, or nobody is left.
    """
    moment = moment_of(as_of)
    first, several = _first_exposures(exposures)
    kept = {c: e for c, e in first.items() if _finished(e, plan, moment)}
    if not kept:
        raise ExperimentError(
            f"of {len(first)} customers exposed to one group none can be observed to {moment.text} "
            f"({several} were exposed to several groups); wait, or name fewer days in the plan",
            f"只曝光于一组的 {len(first)} 位顾客均无法观察至 {moment.text}"
            f"（另有 {several} 位曝光于多组）；请等待，或在计划中减少天数",
        )
    table = pa.table(
        {
            "customer_id": list(kept),
            "exposed": pa.array([_us(each.at) for each in kept.values()], pa.int64()),
        }
    )
    place = {customer: number for number, customer in enumerate(kept)}
    sums, rows, refused = _measured(
        table, plan, moment, {"orders": orders, "engagement": engagement}
    )
    outcomes = {name: _outcome(sums, name, place, plan) for name in _measures(plan)}
    return Observed(
        tuple(kept),
        tuple(each.group for each in kept.values()),
        outcomes,
        several,
        len(first) - len(kept),
        len({row["customer_id"] for row in sums}),
        rows,
        refused,
    )


def _first_exposures(exposures: Sequence[Exposure]) -> tuple[dict[str, Exposure], int]:
    """Return the first exposure by customer, sorted, without those who were in several groups."""
    first: dict[str, Exposure] = {}
    several: set[str] = set()
    for each in exposures:
        known = first.setdefault(each.customer_id, each)
        if known.group != each.group:
            several.add(each.customer_id)
        elif each.at < known.at:
            first[each.customer_id] = each
    return {c: first[c] for c in sorted(first) if c not in several}, len(several)


def _finished(exposure: Exposure, plan: Plan, moment: Moment) -> bool:
    return _us(exposure.at) + (plan.days or 0) * DAY_US <= moment.us + 1


def _us(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def _measures(plan: Plan) -> list[str]:
    return sorted({name for metric in plan.metrics for name in metric.measures()})


def _measured(
    table: pa.Table, plan: Plan, moment: Moment, given: Mapping[str, object | None]
) -> tuple[list[dict[str, object]], dict[str, RowCounts], tuple[RefusedRow, ...]]:
    needed = {
        "orders": [name for name in _measures(plan) if name in ORDER_MEASURES],
        "engagement": [name for name in _measures(plan) if name not in ORDER_MEASURES],
    }
    sums: list[dict[str, object]] = []
    rows: dict[str, RowCounts] = {}
    refused: list[RefusedRow] = []
    for name, measures in needed.items():
        if not measures:
            continue
        if given[name] is None:
            _missing(name, measures)
        checked = check(given[name], name, moment)
        rows[name] = checked.counts()
        refused += checked.refused()
        amounts = _order_amounts if name == "orders" else _event_amounts
        sums += _sums(amounts(checked.good, measures), table, measures, plan)
    return sums, rows, tuple(refused)


def _missing(table: str, measures: list[str]) -> None:
    raise ExperimentError(
        f"the plan measures {', '.join(measures)}: give --{table}",
        f"计划中用到 {'、'.join(measures)}：请提供 --{table}",
    )


def _order_amounts(orders: Frame, measures: list[str]) -> Frame:
    """Return customer, time and what each order adds to each measure."""
    paid = nw.col("amount") - nw.col("refunded")
    kept = (nw.col("refunded") < nw.col("amount")) | (nw.col("amount") == 0)
    amounts = {"orders": kept.cast(nw.Int64), "order_fen": paid}
    return orders.select(
        "customer_id",
        nw.col("ordered_at").alias("at"),
        **{name: amounts[name] for name in measures},
    )


def _event_amounts(events: Frame, measures: list[str]) -> Frame:
    event = nw.col("event").str.to_lowercase()
    counts = {name: (event == name.lower()).cast(nw.Int64) for name in measures}
    return events.select("customer_id", "at", **counts)


def _sums(
    amounts: Frame, table: pa.Table, measures: list[str], plan: Plan
) -> list[dict[str, object]]:
    """Return the sums after and before the exposure by customer, in plain rows."""
    joined = amounts.join(attach(table, amounts), on="customer_id", how="inner")
    passed = nw.col("at") - nw.col("exposed")
    after = passed >= 0
    if plan.days is not None:
        after = after & (passed < plan.days * DAY_US)
    before = (passed < 0) & (passed >= -plan.pre_days * DAY_US)
    parts = joined.select(
        "customer_id",
        **{f"{n}_after": nw.when(after).then(nw.col(n)).otherwise(0) for n in measures},
        **{f"{n}_before": nw.when(before).then(nw.col(n)).otherwise(0) for n in measures},
    )
    names = [f"{name}_{when}" for name in measures for when in ("after", "before")]
    summed = parts.group_by("customer_id").agg(nw.col(names).sum())
    whole = summed.with_columns(nw.col(names).cast(nw.Int64))
    rows: list[dict[str, object]] = collect(whole).to_pylist()
    return rows


def _outcome(
    sums: list[dict[str, object]], name: str, place: Mapping[str, int], plan: Plan
) -> Outcome:
    """Return one measure by customer: who is in no row did nothing, which is 0."""
    after, before = np.zeros(len(place)), np.zeros(len(place))
    for row in sums:
        if f"{name}_after" in row:
            number = place[str(row["customer_id"])]
            after[number] = float(str(row[f"{name}_after"]))
            before[number] = float(str(row[f"{name}_before"]))
    return Outcome(after, before if plan.pre_days else None)

"""From tables to every customer's stage and probability of leaving, with the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic

import narwhals as nw
import numpy as np
import pyarrow as pa

from nlp.evaluation import Floats
from tiering.check import RowCounts
from tiering.churn.figures import Figures, measure_figures
from tiering.churn.learning import Taught, teach
from tiering.churn.reasons import learned_reasons, lifetime_reasons
from tiering.churn.settings import ChurnSettings
from tiering.errors import ChurnError, FitError
from tiering.faults import RefusedRow
from tiering.frames import Frame, Native, attach, give_back, settle
from tiering.lifecycle import (
    LIFECYCLE_COLUMNS,
    LifecyclePolicy,
    Sources,
    load_lifecycle_policy,
    measure_course,
    open_sources,
    with_stage,
)
from tiering.lifetime import LifetimeSettings, customers_of, fit_purchases, measure_purchases
from tiering.tables import counts_of, refused_of
from tiering.times import moment_of

CHURN_COLUMNS = (
    "customer_id",
    "as_of",
    "stage",
    "stage_zh",
    "p_churn",
    "churn_method",
    "horizon_days",
    "churn_reasons",
    "stage_reasons",
    *(name for name in LIFECYCLE_COLUMNS[3:] if name != "reasons"),
    "policy_version",
)
"""Columns of `ChurnRun.table`."""


@dataclass(frozen=True, slots=True, eq=False)
class ChurnRun(Generic[Native]):
    """What `churn` gives: the table, how it was told, and what became of the rows.

    `method` is `learned` or `lifetime`; `taught` is the learned model with its figures, None for
    the lifetime model, and `why_not` then says why nothing was learned (None: it was asked for).
    """

    as_of: str
    table: Native
    method: str
    taught: Taught | None
    why_not: ChurnError | None
    rows: Mapping[str, RowCounts]
    refused: tuple[RefusedRow, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """Probabilities and reasons in the order of the figures."""

    method: str
    p: Floats
    reasons: list[list[dict[str, str]]]
    taught: Taught | None = None
    why_not: ChurnError | None = None


def churn(
    orders: Native,
    signals: Native | None = None,
    *,
    as_of: date | datetime | str,
    engagement: Native | None = None,
    accounts: Native | None = None,
    settings: ChurnSettings | None = None,
    policy: LifecyclePolicy | None = None,
) -> ChurnRun[Native]:
    """Return stage and probability of leaving of every customer, by customer_id.

    Parameters
    ----------
    orders, signals, engagement, accounts
        pandas, Polars, DuckDB or PySpark frames of one engine by their contracts; all but orders
        may be missing. Nothing that happened or became known after `as_of` is used. In memory
        come the figures of every customer with a purchase (at most 15 of 8 bytes, at T and at
        T - H); the rows of the tables stay with the engine.
    as_of
        Day T (to its end in China) or moment.
    settings
        Horizon and method; the defaults of `ChurnSettings` when None.
    policy
        Thresholds of the lifecycle; the shipped ones when None.

    Returns
    -------
    ChurnRun
        `table` has `CHURN_COLUMNS`: stage as in `tiering.lifecycle`, `p_churn`, the calibrated
        probability from 0 to 1 of no order in the `horizon_days` after T that is kept (null for
        who never kept one), `churn_method`, and up to three `churn_reasons` {en, zh}, the
        strongest first. The model is learned at T - H: figures as they were known then, outcome
        in (T - H, T]. The lifetime model gives the same probability by Pareto/NBD: gone already,
        or only not yet back.

    Raises
    ------
    ChurnError
        The history does not allow the method asked for; of `auto`, neither method.
    ContractError, EngineError, AsOfError, PolicyError
        See there.
    """
    chosen, thresholds = settings or ChurnSettings(), policy or load_lifecycle_policy()
    tables = {"orders": orders, "signals": signals, "engagement": engagement, "accounts": accounts}
    sources = open_sources(tables, moment_of(as_of))
    told_of, told = _told(tables, sources, thresholds, chosen)
    stages = with_stage(measure_course(sources, thresholds), thresholds)
    joined = stages.rename({"reasons": "stage_reasons"}).join(
        _attached(told_of, told, sources.orders), on="customer_id", how="left"
    )
    table = settle(
        joined.with_columns(
            as_of=nw.lit(sources.moment.text),
            horizon_days=nw.lit(chosen.horizon_days),
            policy_version=nw.lit(thresholds.version),
        ).select(*CHURN_COLUMNS)
    )
    return ChurnRun(
        as_of=sources.moment.text,
        table=give_back(table.sort("customer_id"), orders),
        method=told.method,
        taught=told.taught,
        why_not=told.why_not,
        rows=counts_of(sources.checked),
        refused=refused_of(sources.checked),
    )


def _told(
    tables: Mapping[str, object],
    sources: Sources,
    policy: LifecyclePolicy,
    settings: ChurnSettings,
) -> tuple[Figures, _Told]:
    if settings.method == "lifetime":
        return _by_lifetime(sources, policy, settings, None)
    try:
        taught = teach(tables, sources, policy, settings)
    except ChurnError as error:
        if settings.method == "learned":
            raise
        return _by_lifetime(sources, policy, settings, error)
    figures = measure_figures(sources, policy, settings.horizon_days, taught.tables)
    model = taught.model
    p = model.p(figures.matrix(model.names))
    return figures, _Told("learned", p, learned_reasons(figures, model), taught)


def _by_lifetime(
    sources: Sources,
    policy: LifecyclePolicy,
    settings: ChurnSettings,
    why_not: ChurnError | None,
) -> tuple[Figures, _Told]:
    figures = measure_figures(sources, policy, settings.horizon_days, ())
    known = LifetimeSettings()
    customers = customers_of(measure_purchases(sources.orders, sources.moment))
    try:
        model = fit_purchases(
            known.model, customers.rows, pull=known.pull, least_repeaters=known.least_repeaters
        ).model
    except FitError as error:
        first = f"{why_not}; " if why_not else ""
        zh = f"{why_not.text('zh')}；" if why_not else ""
        raise ChurnError(
            f"{first}the lifetime model cannot stand in: {error}",
            f"{zh}生命周期价值模型也无法代替：{error.text('zh')}",
        ) from error
    rows = customers.rows
    p, reasons = (
        model.p_no_purchase(rows, settings.horizon_days),
        lifetime_reasons(figures, model.p_alive(rows)),
    )
    return figures, _Told("lifetime", p, reasons, None, why_not)


def _attached(figures: Figures, told: _Told, like: Frame) -> Frame:
    said = pa.list_(pa.struct([("en", pa.string()), ("zh", pa.string())]))
    columns: dict[str, Any] = {
        "customer_id": figures.ids,
        "p_churn": np.asarray(told.p, dtype=float),
        "churn_method": pa.array([told.method] * len(figures.ids), pa.string()),
        "churn_reasons": pa.array(told.reasons, said),
    }
    return attach(pa.table(columns), like)

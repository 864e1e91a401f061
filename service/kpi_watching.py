"""After a run of the tiering job: the KPIs of each tier, and the alerts of missed thresholds.

What customers did in a window is judged by the tiers of its start, where a run as of then or
before is stored: the tiers of today already know who came back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nlp.message import Message
from service.alerts.kpis import Figure, absorb
from service.api.metrics import Metrics
from service.database.tables import Account, CustomerScore, Feedback, Order
from service.stored_frames import (
    ACCOUNTS,
    ORDERS,
    SIGNALS,
    frame_of,
    frame_of_scores,
    frame_or_none,
)

if TYPE_CHECKING:
    import pandas as pd

    from tiering import Tier
    from tiering.actions import ActionsPolicy, Inputs, KpiRow


@dataclass(frozen=True, slots=True)
class KpiWatcher:
    """Holds the figures of a run against the thresholds of a policy, and moves alerts by them.

    `own` gives alerts that nobody owns to somebody; `tell` is called where alerts have changed.
    """

    policy: "ActionsPolicy"
    ladder: "Sequence[Tier]"
    metrics: Metrics
    now: Callable[[], datetime]
    zone: ZoneInfo
    own: Callable[[Session, str], None] | None = None
    tell: Callable[[], None] | None = None

    def look(self, session: Session, as_of: datetime) -> None:
        """Look at the run as of a moment, in the given transaction."""
        figures = [self._figure(row, as_of) for row in self.rows(session, as_of)]
        events = absorb(session, figures, self.now())
        for event in events:
            self.metrics.alerts.labels(event).inc()
        if self.own is not None and events:
            for name in sorted({figure.name for figure in figures}):
                self.own(session, name)
        if self.tell is not None and events:
            self.tell()

    def rows(self, session: Session, as_of: datetime) -> "list[KpiRow]":
        """Return every KPI of every tier as of a run that is done, in the order of the policy."""
        inputs = stored_inputs(session, as_of)
        today = self._kpis(scores_of(session, as_of), inputs)
        windows = [kpi.window_days for kpi in self.policy.kpis.list if kpi.measure != "share"]
        before = _run_before(session, as_of - timedelta(days=max(windows, default=0)))
        if before is None or before == as_of:
            return today
        fair = self._kpis(scores_of(session, before), inputs)
        measures = {kpi.name: kpi.measure for kpi in self.policy.kpis.list}
        return [
            old if measures[new.kpi] != "share" else new
            for new, old in zip(today, fair, strict=True)
        ]

    def _kpis(self, scores: "pd.DataFrame", inputs: "Inputs") -> "list[KpiRow]":
        from tiering.actions import kpis, tables_of

        tables = tables_of(inputs, self.policy)
        return kpis(scores, self.policy, tiers=self.ladder, inputs=inputs, tables=tables)

    def _figure(self, row: "KpiRow", as_of: datetime) -> Figure:
        from tiering.actions import chance_of, shares_of

        (kpi,) = (each for each in self.policy.kpis.list if each.name == row.kpi)
        share, line = shares_of(row, kpi.measure)
        return Figure(
            kpi=row.kpi,
            tier=row.tier,
            state=row.state,
            level=kpi.alert_level,
            at=as_of,
            observed=round(share * row.n) if row.n else 0,
            expected=line * row.n,
            p=chance_of(row, kpi.measure),
            verdict=_told(row, self.zone),
        )


def stored_inputs(session: Session, as_of: datetime) -> "Inputs":
    """Return orders and signals of everybody as of a moment, checked."""
    from tiering.actions import inputs_of

    return inputs_of(
        as_of=as_of,
        orders=frame_of(session, ORDERS, Order),
        signals=frame_of(session, SIGNALS, Feedback),
        accounts=frame_or_none(session, ACCOUNTS, Account),
    )


def scores_of(session: Session, as_of: datetime) -> "pd.DataFrame":
    """Return the scores of a run, as `tiering.score` names columns."""
    wanted = select(CustomerScore).where(CustomerScore.as_of == as_of)
    return frame_of_scores(session.scalars(wanted.order_by(CustomerScore.customer_id)))


def _run_before(session: Session, latest: datetime) -> datetime | None:
    return session.scalar(
        select(func.max(CustomerScore.as_of)).where(CustomerScore.as_of <= latest)
    )


def _told(row: "KpiRow", zone: ZoneInfo) -> Message:
    tiers = f"{datetime.fromisoformat(row.tiers_as_of).astimezone(zone):%Y-%m-%d %H:%M}"
    return Message(
        f"{row.verdict['en']}; tiers as of {tiers}, policy {row.policy_version}",
        f"{row.verdict['zh']}；分层截至 {tiers}，策略 {row.policy_version}",
    )

"""From KPIs to alerts: a missed threshold raises one, and one that nobody touched ends with it.

An alert has one fingerprint for each KPI and tier. What people resolved comes back where a later
run still finds the figure beyond its threshold.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from nlp.message import Message
from service.alerts import store
from service.alerts.service import transition
from service.alerts.state import Event, State
from service.database.tables import Alert, JsonObject
from service.trail import KPI, RAISE, SERVICE, Entry

HOLDS = Message("the figure is no longer beyond its threshold", "数值已不再越线")


@dataclass(frozen=True, slots=True)
class Figure:
    """One KPI of one tier as of a moment; `state` is one of `tiering.actions.STATES`.

    `observed` successes were counted where `expected` would stand on the threshold; `p` says how
    likely chance looks as bad.
    """

    kpi: str
    tier: str
    state: str
    level: int
    at: datetime
    observed: int
    expected: float
    p: float
    verdict: Message

    @property
    def name(self) -> str:
        """What routes, silences and owners know it by, in place of a product."""
        return f"{KPI}{self.kpi}:{self.tier}"


def absorb(session: Session, figures: Sequence[Figure], now: datetime) -> list[str]:
    """Bring figures into the alerts; return what happened, `raise`, `return` and `withdraw`."""
    events = (_absorb(session, figure, now) for figure in figures)
    return [event for event in events if event]


def _absorb(session: Session, figure: Figure, now: datetime) -> str | None:
    alert = store.last_of(session, figure.name)
    if figure.state == "alarm":
        return _missed(session, figure, alert, now)
    if figure.state == "fine" and alert is not None and alert.state != State.RESOLVED:
        return _held(session, figure, alert, now)
    return None


def _missed(session: Session, figure: Figure, alert: Alert | None, now: datetime) -> str | None:
    if alert is None or _withdrawn(alert):
        _raise(session, figure, 1 if alert is None else alert.incident + 1, now)
        return RAISE
    if alert.last_evidence_at >= figure.at:  # a run as of an earlier day knows nothing new
        return None
    _set(alert, figure)
    if alert.state == State.RESOLVED:
        transition(session, alert, Entry(Event.RETURN, SERVICE, now, figure.verdict))
        return Event.RETURN
    return None


def _held(session: Session, figure: Figure, alert: Alert, now: datetime) -> str | None:
    """End what nobody touched; what somebody is on is theirs to resolve, and shows the figure."""
    if alert.last_evidence_at >= figure.at:
        return None
    _set(alert, figure)
    if alert.state != State.FIRING or alert.version != 1:
        return None
    transition(session, alert, Entry(Event.WITHDRAW, SERVICE, now, HOLDS))
    return Event.WITHDRAW


def _withdrawn(alert: Alert) -> bool:
    """Whether the service ended it by itself: what comes then is a new incident."""
    return alert.state == State.RESOLVED and alert.resolve_point is None


def _raise(session: Session, figure: Figure, incident: int, now: datetime) -> None:
    alert = Alert(
        id=uuid.uuid4().hex,
        fingerprint=figure.name,
        incident=incident,
        product=figure.name,
        category=None,
        state=State.FIRING,
        version=1,
        severity=0,
        onset=figure.at,
        bins=[],
        categories=[],
        authors=[],
        coordinated_share=0.0,
        coordinated_ids=[],
        suspected_coordination=False,
        keyphrases=[],
        quotes=[],
        raised_at=now,
        changed_at=now,
        **_shown(figure),
    )
    session.add(alert)
    session.flush()
    store.record(session, alert, Entry(RAISE, SERVICE, now), None)


def _set(alert: Alert, figure: Figure) -> None:
    for name, value in _shown(figure).items():
        setattr(alert, name, value)


def _shown(figure: Figure) -> JsonObject:
    return {
        "level": figure.level,
        "until": figure.at,
        "last_evidence_at": figure.at,
        "observed": figure.observed,
        "expected": figure.expected,
        "upper": round(figure.expected),
        "p": figure.p,
        "reasons": [{"en": figure.verdict.en, "zh": figure.verdict.zh}],
    }

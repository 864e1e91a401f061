"""From surges to alerts: the same incident grows, a new one is raised, a mistaken one ends.

A surge is the present reading of all the evidence. It belongs to the alert of its product whose
time it overlaps or lies within the gap of; of several, to the one that shares most evidence.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from nlp.message import Message
from nlp.surveillance import LEVELS, Surge
from service.alerts import store
from service.alerts.service import transition
from service.alerts.state import Event, State
from service.database.tables import Alert
from service.trail import RAISE, SERVICE, Entry

GONE = Message("no longer more than expected, by what is known now", "依现有数据已不超出预期")
FIGURES = (
    "category",
    "bins",
    "level",
    "severity",
    "onset",
    "until",
    "observed",
    "expected",
    "upper",
    "p",
    "categories",
    "authors",
    "coordinated_share",
    "coordinated_ids",
    "suspected_coordination",
    "keyphrases",
    "quotes",
    "reasons",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """All surges that surveillance sees in one product now.

    Attributes
    ----------
    surges
        In any order.
    times
        When each piece of evidence was said, by its id.
    judged_since
        What lies before this was not judged: an alert of that time is neither seen nor gone.
    gap
        A quiet of this length or less does not end an incident.
    """

    product: str
    surges: Sequence[Surge]
    times: Mapping[str, datetime]
    judged_since: datetime
    gap: timedelta


class Absorption:
    """One reading, brought into the alerts of its product in one transaction."""

    def __init__(self, session: Session, reading: Reading, now: datetime) -> None:
        self._session = session
        self._reading = reading
        self._now = now
        self._alerts = list(store.of_product(session, reading.product))
        met = [alert.id for alert in self._alerts if self._met(alert)]
        self._known = store.evidence_of(session, met)

    def run(self) -> list[str]:
        """Do it; return what happened: `raise`, `evidence`, `return` and `withdraw`, one each."""
        events: list[str] = []
        seen: set[str] = set()
        for surge in sorted(self._reading.surges, key=lambda surge: surge.onset):
            alert = self._alert_of(surge)
            event = "raise" if alert is None else self._grow(alert, surge)
            alert = self._raise(surge) if alert is None else alert
            seen.add(alert.id)
            events += [event] if event else []
        for alert in self._alerts:
            if alert.id not in seen and self._mistaken(alert):
                self._withdraw(alert)
                events.append(Event.WITHDRAW)
        return events

    def _met(self, alert: Alert) -> bool:
        return any(self._near(alert, surge) for surge in self._reading.surges)

    def _near(self, alert: Alert, surge: Surge) -> bool:
        gap = self._reading.gap
        return surge.onset - alert.until <= gap and alert.onset - surge.until <= gap

    def _alert_of(self, surge: Surge) -> Alert | None:
        proof = frozenset(surge.ids)
        near = [alert for alert in self._alerts if self._near(alert, surge)]
        return max(near, key=lambda alert: len(self._known[alert.id] & proof), default=None)

    def _raise(self, surge: Surge) -> Alert:
        alert = Alert(
            id=uuid.uuid4().hex,
            fingerprint=surge.fingerprint,
            product=surge.product,
            incident=1 + max((alert.incident for alert in self._alerts), default=0),
            state=State.FIRING,
            version=1,
            last_evidence_at=self._latest(surge.ids),
            raised_at=self._now,
            changed_at=self._now,
            **figures_of(surge),
        )
        self._session.add(alert)
        self._session.flush()
        store.set_evidence(self._session, alert.id, surge.ids, self._now)
        store.record(self._session, alert, Entry(RAISE, SERVICE, self._now), None)
        self._alerts.append(alert)
        self._known[alert.id] = frozenset(surge.ids)
        return alert

    def _grow(self, alert: Alert, surge: Surge) -> Event | None:
        fresh = frozenset(surge.ids) - self._known[alert.id]
        event = self._event(alert, fresh)
        level = alert.level
        for name, value in figures_of(surge).items():
            setattr(alert, name, value)
        store.set_evidence(self._session, alert.id, surge.ids, self._now)
        alert.last_evidence_at = self._latest(surge.ids)
        if event is Event.RETURN or alert.level != level:
            note = _moved(level, alert.level) if alert.level != level else None
            entry = Entry(event or Event.EVIDENCE, SERVICE, self._now, note)
            transition(self._session, alert, entry)
        return event

    def _event(self, alert: Alert, fresh: frozenset[str]) -> Event | None:
        """Return what new evidence means to an alert; None where there is none.

        A resolved alert comes back by evidence later than all that was known when it was
        resolved. One that the service itself withdrew comes back by being seen again.
        """
        if alert.state == State.RESOLVED:
            point = alert.resolve_point
            if point is None or any(self._reading.times[i] > point for i in fresh):
                return Event.RETURN
        return Event.EVIDENCE if fresh else None

    def _mistaken(self, alert: Alert) -> bool:
        """Nobody has touched it, its whole time was judged again, and no surge is there."""
        untouched = alert.state == State.FIRING and alert.version == 1
        return untouched and alert.onset >= self._reading.judged_since

    def _withdraw(self, alert: Alert) -> None:
        transition(self._session, alert, Entry(Event.WITHDRAW, SERVICE, self._now, GONE))

    def _latest(self, ids: Sequence[str]) -> datetime:
        return max(self._reading.times[i] for i in ids)


def _moved(before: int, after: int) -> Message:
    old, new = LEVELS[before], LEVELS[after]
    return Message(f"level {old.en} → {new.en}", f"{old.zh} → {new.zh}")


def figures_of(surge: Surge) -> dict[str, object]:
    """Return the columns of an alert that a surge gives."""
    row = surge.as_row()
    return {name: row[name] for name in FIGURES} | {"onset": surge.onset, "until": surge.until}

"""What keeps alerts quiet now: silences that cover them, and graver alerts that speak for them.

Whoever is about to tell somebody of an alert asks here first.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from nlp.message import Message
from service import untold
from service.alerts.inhibition import Inhibition
from service.alerts.showing import inhibitions
from service.alerts.state import State
from service.database.tables import Alert
from service.delivery.happened import SUPPRESSED, Happened
from service.responding import record
from service.silences import AlertLabels, silenced_by
from service.silences.store import active
from service.trail import SERVICE, SPEAK, Entry

KEPT_QUIET = Message(
    "told late: nothing was sent while it was kept quiet", "补发：此前处于静默，未发送通知"
)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Why an alert must tell nobody: ids of silences, and what inhibits it."""

    silenced: tuple[str, ...] = ()
    inhibited_by: tuple[Inhibition, ...] = ()

    @property
    def speaks(self) -> bool:
        """Whether nothing keeps it quiet."""
        return not (self.silenced or self.inhibited_by)


def quiet(session: Session, alerts: Sequence[Alert], now: datetime) -> Mapping[str, Quiet]:
    """Return what keeps each of these alerts quiet at `now`, by its id."""
    silenced, inhibited = silenced_alerts(session, alerts, now), inhibitions(session, alerts)
    return {alert.id: Quiet(silenced[alert.id], inhibited[alert.id]) for alert in alerts}


def kept_quiet(session: Session, alert_ids: Collection[str], now: datetime) -> Collection[str]:
    """Return those of these alerts of whose clocks nobody may be told at `now`.

    Suppressed ones too, and those of which people still have to be told that they fire: who hears
    that a clock ran out must have heard of the alert.
    """
    waiting = untold.owed(session, alert_ids)
    alerts = session.scalars(select(Alert).where(Alert.id.in_(alert_ids))).all()
    reasons = quiet(session, alerts, now)
    return {
        alert.id
        for alert in alerts
        if alert.state == State.SUPPRESSED or alert.id in waiting or not reasons[alert.id].speaks
    }


def may_tell(now: Callable[[], datetime], session: Session, event: Happened) -> bool:
    """Return whether somebody may be told of what happened to an alert.

    Not while the alert is kept quiet or suppressed (of which itself may be told), nor where it is
    there no more.
    """
    alert = session.get(Alert, event.alert_id)
    if alert is None or (alert.state == State.SUPPRESSED and event.event != SUPPRESSED):
        return False
    return quiet(session, [alert], now())[alert.id].speaks


def speak(session: Session, now: datetime) -> int:
    """Tell of the alerts that fire, were kept quiet, and no longer are; return how many.

    Each once, as the news that nobody heard, with the alert as it now is.
    """
    alerts = untold.firing_alerts(session)
    reasons = quiet(session, alerts, now)
    speaking = [alert for alert in alerts if reasons[alert.id].speaks]
    events = [(alert, untold.take(session, alert.id)) for alert in speaking]
    late = [(alert, event) for alert, event in events if event is not None]
    for alert, event in late:
        record(session, alert, Entry(SPEAK, SERVICE, now, KEPT_QUIET, told_as=event))
    return len(late)


def silenced_alerts(
    session: Session, alerts: Sequence[Alert], now: datetime
) -> Mapping[str, tuple[str, ...]]:
    """Return the ids of the silences that cover each of these alerts at `now`, by its id."""
    silences = active(session, now)
    return {
        alert.id: silenced_by(
            AlertLabels(alert.product, alert.category, alert.level), silences, now
        )
        for alert in alerts
    }

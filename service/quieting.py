"""What keeps alerts quiet now: silences that cover them, and graver alerts that speak for them.

Whoever is about to tell somebody of an alert asks here first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.alerts.inhibition import Inhibition
from service.alerts.showing import inhibitions
from service.database.tables import Alert
from service.delivery.happened import Happened
from service.silences import AlertLabels, silenced_by
from service.silences.store import active


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


def may_tell(now: Callable[[], datetime], session: Session, event: Happened) -> bool:
    """Return whether somebody may be told of what happened to an alert.

    Not while the alert is kept quiet, nor where it is there no more.
    """
    alert = session.get(Alert, event.alert_id)
    return alert is not None and quiet(session, [alert], now())[alert.id].speaks


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

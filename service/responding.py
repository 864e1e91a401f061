"""Alerts and their response, joined: clocks and owners write into the audit trail of alerts."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from service.alerts import store as alerts
from service.alerts.state import State
from service.api.metrics import Metrics
from service.database import Database
from service.database.tables import Alert
from service.response.policy import Policy
from service.response.service import Frame, assign_by_rules
from service.response.telling import Quiet, Seen, Teller, tell_all
from service.trail import Entry


def record(session: Session, alert: Alert, entry: Entry) -> None:
    """Write an entry into the audit trail of an alert, which stays in its state."""
    alert.changed_at = entry.at
    alerts.record(session, alert, entry, State(alert.state))


def _nothing(_session: Session, _alerts: Collection[str], _now: datetime) -> Collection[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Responder:
    """What the service does by itself about the response to alerts.

    `quiet` says of which alerts nobody may be told; `seen` is the memory of the rounds before.
    """

    database: Database
    policy: Policy
    metrics: Metrics
    now: Callable[[], datetime]
    zone: tzinfo
    quiet: Quiet = _nothing
    seen: dict[str, Seen] = field(default_factory=dict)

    def tell(self) -> None:
        """Tell of the clocks that ran out."""
        teller = Teller(self.database, record, self.quiet, self.seen)
        for event in tell_all(teller, Frame(self.policy, self.now(), self.zone)):
            self.metrics.alerts.labels(event).inc()

    def own(self, session: Session, product: str) -> None:
        """Give the alerts of a product that nobody owns to whom the policy says."""
        assign_by_rules(session, product, record, Frame(self.policy, self.now(), self.zone))

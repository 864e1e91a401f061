"""A message that was claimed, and what it rests on."""

from dataclasses import dataclass, field
from datetime import datetime

from service.delivery.letters import Letter, Part
from service.delivery.rates import Limit
from service.delivery.routes import Addressed


@dataclass(frozen=True, slots=True)
class Job:
    """One message of one route, claimed; shown without where it goes and what it says."""

    route_id: int
    lease: str
    message_id: str
    deliveries: tuple[int, ...]
    attempts: int
    parts_sent: int
    bucket: str
    limits: tuple[Limit, ...]
    parts: tuple[Part, ...] = field(repr=False)
    addressed: Addressed = field(repr=False)

    def letter(self, index: int, at: datetime) -> Letter:
        """Return one part, ready to be sent; parts after the first have an id of their own."""
        own = self.message_id if index == 0 else f"{self.message_id}-{index + 1}"
        to = self.addressed
        return Letter(to.kind, own, self.parts[index], at, to.target, to.secrets)

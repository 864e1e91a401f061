"""One part on its way, whatever the channel."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from service.delivery.channels import channel
from service.delivery.letters import Letter, Outcome
from service.delivery.mail import MailServer, hand_over
from service.delivery.posting import Wire, post

_LOGGER = structlog.get_logger("tingyin.delivery")
Send = Callable[[Letter], Outcome]


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends letters by HTTP and by mail."""

    wire: Wire
    mail: MailServer | None = None

    def __call__(self, letter: Letter) -> Outcome:
        """Try once, and return what came of it."""
        try:
            return self._tried(letter)
        except Exception:
            _LOGGER.exception("a letter cannot be written", channel=letter.kind)
            return Outcome("cannot be written")

    def _tried(self, letter: Letter) -> Outcome:
        kind = channel(letter.kind)
        if kind.request is None or kind.verdict is None:
            return hand_over(letter, self.mail) if self.mail else Outcome("no mail server is set")
        reply = post(kind.request(letter), self.wire)
        return reply if isinstance(reply, Outcome) else kind.verdict(reply)

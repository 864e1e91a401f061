"""Try out a route: a message in which nothing happened, sent now."""

import time
import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service.api.said import said_or_none
from service.delivery.channels import channel
from service.delivery.happened import TEST, Happened
from service.delivery.hints import hint_for
from service.delivery.letters import Letter
from service.delivery.routes import addressed, limits_of, style_of
from service.delivery.schemas import TestResult
from service.delivery.sending import Send
from service.delivery.service import Act, found_route
from service.delivery.windows import take
from service.errors import ConflictError


def trial(session: Session, route_id: int, zone: ZoneInfo, act: Act) -> Letter:
    """Return the message that tries out a route, counted towards the limit of its channel.

    Raises
    ------
    NotFoundError, ConflictError
        No such route; its channel takes no more messages now.
    """
    row = found_route(session, route_id)
    free = take(session, row.bucket, limits_of(row), act.now)
    if free is not None:
        seconds = max(1, round((free - act.now).total_seconds()))
        raise ConflictError(
            f"The channel takes no more messages now; try again in {seconds} s.",
            f"该渠道已达限速，请 {seconds} 秒后再试。",
        )
    to = addressed(row, act.vault, act.now)
    (part, *_) = channel(row.kind).parts([_sample(act.now)], style_of(row, zone))
    own = f"test_{uuid.uuid4().hex}"
    return Letter(row.kind, own, part, act.now, to.target, to.secrets)


def tried(send: Send, letter: Letter) -> TestResult:
    """Send a test message and return what came of it."""
    begun = time.monotonic()
    outcome = send(letter)
    return TestResult(
        delivered=outcome.delivered,
        status=outcome.status,
        error=outcome.error,
        hint=said_or_none(hint_for(outcome.error)),
        seconds=round(time.monotonic() - begun, 3),
        message_id=letter.message_id,
    )


def _sample(now: datetime) -> Happened:
    """Return an event in which nothing happened, for trying out a route."""
    return Happened(
        number=0,
        event=TEST,
        at=now,
        alert_id="test",
        fingerprint="test",
        incident=1,
        product="Tingyin 听音",
        category=None,
        state="resolved",
        version=1,
        level=4,
        severity=0,
        observed=0,
        expected=0.0,
        upper=0,
        p=1.0,
        onset=now,
        until=now,
        raised_at=now,
        who="tingyin",
        note=None,
        suspected_coordination=False,
        keyphrases=(),
        quotes=(),
        reasons=(),
        evidence=(),
        evidence_count=0,
    )

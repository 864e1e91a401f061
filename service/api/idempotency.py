"""Idempotency-Key: the same request sent again gets the first answer, and does nothing.

The key is claimed inside the transaction that does the work, so a second request that comes while
the first still runs waits for it, and a first one that fails leaves no trace.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Header
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.api.bodies import BulkResult
from service.api.rights import Caller
from service.database.tables import RememberedReply
from service.errors import InputError

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="A retry with the same key is done once 用同一个键重试，只执行一次",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
]

Claim = tuple[Caller, str | None, str]
"""Who calls, the Idempotency-Key (None: do it whatever was done before), the hash of the body."""


def once(
    session: Session,
    claim: Claim,
    now: datetime,
    work: Callable[[], BulkResult],
) -> tuple[BulkResult, bool]:
    """Return the reply to a request, and whether it is a remembered one.

    Parameters
    ----------
    claim
        Who calls, with which key, and the hash of the body.

    Raises
    ------
    InputError
        The key was used before, with another body.
    """
    caller, key, digest = claim
    if key is None:
        return work(), False
    remembered = _claimed(session, caller, key, digest, now)
    if remembered.reply is not None:
        return BulkResult.model_validate(remembered.reply), True
    reply = work()
    remembered.reply = reply.model_dump(mode="json")
    return reply, False


def _claimed(
    session: Session, caller: Caller, key: str, digest: str, now: datetime
) -> RememberedReply:
    mine = insert(RememberedReply).values(
        key_id=caller.key_id, idempotency_key=key, request_hash=digest, created_at=now
    )
    session.execute(mine.on_conflict_do_nothing())
    found = session.get_one(RememberedReply, (caller.key_id, key))
    if found.request_hash != digest:
        raise InputError(
            "This Idempotency-Key was used with another body; take a new key.",
            "该 Idempotency-Key 已用于不同的请求体，请换一个新键。",
        )
    return found


def forget(session: Session, now: datetime, hours: int) -> None:
    """Forget the replies older than `hours`."""
    old = RememberedReply.created_at < now - timedelta(hours=hours)
    session.execute(delete(RememberedReply).where(old))

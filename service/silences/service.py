"""Silences: asked for, shown, ended."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from nlp import COMPLAINTS
from service.api.cursors import Slice
from service.database.tables import Silence
from service.errors import InputError, NotFoundError
from service.silences.matching import Matchers
from service.silences.schemas import (
    MatchersIn,
    SilenceIn,
    SilenceOut,
    SilencePage,
    SilenceState,
)

LONGEST = timedelta(days=366)
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A silence that somebody asks for, read and checked."""

    matchers: Matchers
    starts_at: datetime
    ends_at: datetime
    comment: str


def matchers_of(asked: SilenceIn) -> Matchers:
    """Return the matchers that are asked for.

    Raises
    ------
    InputError
        There are none, and `all` does not say that this is meant; or there are some, and `all`;
        or no alert is ever about the category.
    """
    category = asked.matchers.category
    if category is not None and category not in COMPLAINTS:
        raise InputError(
            f"matchers.category is not known; known are {', '.join(COMPLAINTS)}.",
            f"matchers.category 不是已知类别；已知的有 {'、'.join(COMPLAINTS)}。",
        )
    if (asked.matchers == MatchersIn()) != asked.all:
        raise InputError(
            "Give at least one matcher (product, product_glob, category, level); without any it "
            "would silence every alert, and only `all: true` does that.",
            "请至少给出一个匹配条件（product、product_glob、category、level）；没有条件会静默全部"
            "告警，须以 `all: true` 明示，且不与条件并用。",
        )
    return Matchers(**asked.matchers.model_dump())


def check_span(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raise InputError unless a silence from one time to the other may be made now."""
    if starts_at < now - CLOCKS_DIFFER:
        raise InputError(
            "starts_at lies in the past; leave it out to begin now.",
            "starts_at 已过去；省略它即从现在开始。",
        )
    if ends_at <= max(now, starts_at):
        raise InputError(
            "ends_at must be later than now and than starts_at.",
            "ends_at 须晚于现在，也须晚于 starts_at。",
        )
    if ends_at > now + LONGEST:
        raise InputError(
            f"ends_at may be at most {LONGEST.days} days from now.",
            f"ends_at 距今最多 {LONGEST.days} 天。",
        )


def make(session: Session, wanted: Wanted, who: str, now: datetime) -> SilenceOut:
    """Store a silence and return it.

    Raises
    ------
    InputError
        Its time lies in the past, or too far ahead.
    """
    check_span(wanted.starts_at, wanted.ends_at, now)
    row = Silence(
        id=uuid.uuid4().hex,
        product=wanted.matchers.product,
        product_glob=wanted.matchers.product_glob,
        category=wanted.matchers.category,
        level=wanted.matchers.level,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        who=who,
        comment=wanted.comment,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return shown(row, now)


def show(session: Session, silence_id: str, now: datetime) -> SilenceOut:
    """Return one silence.

    Raises
    ------
    NotFoundError
        There is none with this id.
    """
    return shown(_get(session, silence_id), now)


def end(session: Session, silence_id: str, who: str, now: datetime) -> SilenceOut:
    """End a silence now and return it; one that is over already stays as it is.

    Raises
    ------
    NotFoundError
        There is none with this id.
    """
    row = _get(session, silence_id, lock=True)
    if state_of(row, now) != "expired":
        row.ended_at, row.ended_by = now, who
        session.flush()
    return shown(row, now)


def show_page(found: Slice, now: datetime) -> SilencePage:
    """Return one page of silences."""
    items = [shown(row[0], now) for row in found.rows]
    return SilencePage(items=items, next_cursor=found.next_cursor)


def state_of(row: Silence, now: datetime) -> SilenceState:
    """Return whether a silence has not begun, holds, or is over."""
    if row.ended_at is not None or row.ends_at <= now:
        return "expired"
    return "pending" if row.starts_at > now else "active"


def shown(row: Silence, now: datetime) -> SilenceOut:
    """Return a silence as people see it."""
    fields = {name: getattr(row, name, None) for name in SilenceOut.model_fields}
    matchers = {name: getattr(row, name) for name in MatchersIn.model_fields}
    return SilenceOut.model_validate(fields | {"state": state_of(row, now), "matchers": matchers})


def _get(session: Session, silence_id: str, *, lock: bool = False) -> Silence:
    row = session.get(Silence, silence_id, with_for_update=lock)
    if row is None:
        raise NotFoundError("There is no silence with this id.", "没有此编号的静默。")
    return row

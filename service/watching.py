"""Look again at a product that has new signals: surveillance over its history, then its alerts.

Time here is event time, when people wrote: what came late, or all at once, leads to the same
alerts as if it had come as it was written.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nlp.surveillance import Mention, WatchSettings, mentions_from_rows, surveil
from service.alerts.incidents import Absorption, Reading
from service.api.metrics import Metrics
from service.database import Database, keep_off_erasures
from service.database.tables import Feedback, Signal, WatchMark
from service.feedback.waiting import count_marked

LEAST_RATE = 0.0001
COLUMNS = {
    "id": Feedback.id,
    "created_at": Feedback.created_at,
    "product": Feedback.product,
    "author_id": Feedback.author_id,
    "role": Feedback.role,
    "channel": Feedback.channel,
    "region": Feedback.region,
    "likes": Feedback.likes,
    "reposts": Feedback.reposts,
    "saves": Feedback.saves,
    "replies": Feedback.replies,
    "author_followers": Feedback.author_followers,
    "masked_text": Feedback.masked_text,
    "sentiment": Signal.sentiment,
    "intents": Signal.intents,
    "complaint": Signal.complaint,
    "severity": Signal.severity,
    "spam": Signal.spam,
}


def watch_one(
    database: Database,
    settings: WatchSettings,
    metrics: Metrics,
    now: Callable[[], datetime],
) -> bool:
    """Look at one marked product and take its mark away; return whether there was one."""
    with database.transaction() as session:
        keep_off_erasures(session)
        mark = _next_mark(session)
        if mark is None:
            return False
        reading = read(session, mark.product, settings)
        events = [] if reading is None else Absorption(session, reading, now()).run()
        session.delete(mark)
        session.flush()
        metrics.marked.set(count_marked(session))
    for event in events:
        metrics.alerts.labels(event).inc()
    return True


def read(session: Session, product: str, settings: WatchSettings) -> Reading | None:
    """Return all surges of a product, as of its last mention; None where nobody mentions it.

    The whole history is read again each time. So it does not matter in which order it came: the
    reading is a function of what is known, and of nothing else.
    """
    mentions = mentions_of(session, product, settings.memory)
    if not mentions:
        return None
    as_of = max(mention.at for mention in mentions)
    return Reading(
        product=product,
        surges=surveil(mentions, as_of=as_of, settings=_shared(session, settings)),
        times={mention.id: mention.at for mention in mentions},
        judged_since=min(mention.at for mention in mentions),
        gap=settings.gap,
    )


def mentions_of(session: Session, product: str, memory: timedelta) -> list[Mention]:
    """Return the analysed mentions of a product, back to `memory` before the last one."""
    own = Feedback.product == product if product else Feedback.product.is_(None)
    last = select(func.max(Feedback.created_at)).where(own).scalar_subquery()
    wanted = (
        select(*(column.label(name) for name, column in COLUMNS.items()))
        .join(Signal, Signal.feedback_id == Feedback.id)
        .where(own, Feedback.created_at >= last - memory)
    )
    return mentions_from_rows(
        dict(zip(COLUMNS, row, strict=True)) for row in session.execute(wanted)
    )


def _next_mark(session: Session) -> WatchMark | None:
    """Return and lock a mark that nobody else is looking at, the earliest time first."""
    first = select(WatchMark).order_by(WatchMark.until, WatchMark.product).limit(1)
    return session.scalars(first.with_for_update(skip_locked=True)).one_or_none()


def _shared(session: Session, settings: WatchSettings) -> WatchSettings:
    """Give one product its share of the false alarms that are accepted over all products.

    Surveillance does this itself for products that it sees together; here it sees one alone.
    """
    products = session.scalars(select(func.count(func.distinct(Feedback.product)))).one()
    share = settings.false_alarms_per_month / max(products, 1)
    budget = max(min(settings.false_alarms_per_series_month, share), LEAST_RATE)
    return replace(settings, false_alarms_per_series_month=budget)

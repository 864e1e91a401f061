"""Look again at a product that has new signals: surveillance over its history, then its alerts.

Time here is event time, when people wrote: what came late, or all at once, leads to the same
alerts as if it had come as it was written.

A product that fails stops no other: its mark stays and rests by the clock, longer each time.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from nlp.surveillance import WatchSettings, judge
from service.alerts.incidents import Absorption, Reading
from service.api.metrics import Metrics
from service.database import Database, keep_off_erasures
from service.database.tables import Feedback, WatchMark
from service.feedback.waiting import count_marked
from service.logs import where
from service.mentions import mentions_of

LEAST_RATE = 0.0001
SHORTEST_REST = timedelta(seconds=30)
MOST_DOUBLINGS = 7
_LOG = structlog.get_logger("tingyin.watching")


def watch_one(
    database: Database,
    settings: WatchSettings,
    metrics: Metrics,
    now: Callable[[], datetime],
    own: Callable[[Session, str], None] | None = None,
) -> bool:
    """Look at one marked product and take its mark away; return whether there was one.

    `own` gives the product's alerts that nobody owns to somebody, in the same transaction.

    Where the look fails its error is logged, nothing else of it remains, and the mark stays: it
    is passed over until its rest is over.
    """
    with database.transaction() as session:
        keep_off_erasures(session)
        mark = _next_mark(session, now())
        if mark is None:
            return False
        events = _look(session, mark, settings, now, own)
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
    judged = judge(mentions, as_of=as_of, settings=_shared(session, settings))
    return Reading(
        product=product,
        surges=judged.surges,
        times={mention.id: mention.at for mention in mentions},
        judged_since=judged.since,
        gap=settings.gap,
    )


def rest(failures: int) -> timedelta:
    """Return how long a mark rests after so many failed looks: from 30 seconds to about an hour.

    The shortest is over when the next sweep calls. A product that goes on failing costs less and
    less, so that a round ends in which many fail.

    >>> [str(rest(failures)) for failures in (1, 2, 3, 8, 100)]
    ['0:00:30', '0:01:00', '0:02:00', '1:04:00', '1:04:00']
    """
    return SHORTEST_REST * 2.0 ** min(failures - 1, MOST_DOUBLINGS)


def count_products(session: Session) -> int:
    """Return how many products feedback names.

    Steps from each product to the next through their index (PostgreSQL has no such scan of its
    own): the cost is that of the number of products, not of all the feedback.
    """
    found = select(func.min(Feedback.product).label("product")).cte("found", recursive=True)
    following = select(func.min(Feedback.product)).where(Feedback.product > found.c.product)
    steps = select(following.scalar_subquery()).where(found.c.product.is_not(None))
    return session.scalars(select(func.count(found.union_all(steps).c.product))).one()


def _look(
    session: Session,
    mark: WatchMark,
    settings: WatchSettings,
    now: Callable[[], datetime],
    own: Callable[[Session, str], None] | None,
) -> list[str]:
    """Bring the alerts of a marked product up to date; return what happened to them.

    A lost connection is no fault of the product: it is raised, and ends the round.
    """
    try:
        with session.begin_nested():
            reading = read(session, mark.product, settings)
            events = [] if reading is None else Absorption(session, reading, now()).run()
            if own is not None:
                own(session, mark.product)
            session.delete(mark)
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        _LOG.warning("product not looked at, its mark rests", **where(error))
        mark.failures += 1
        mark.rests_until = now() + rest(mark.failures)
        return []
    return events


def _next_mark(session: Session, now: datetime) -> WatchMark | None:
    """Return and lock a mark that neither rests nor is looked at by somebody else.

    Those that never failed come first, then the earliest time.
    """
    awake = WatchMark.rests_until.is_(None) | (WatchMark.rests_until <= now)
    order = (WatchMark.failures, WatchMark.until, WatchMark.product)
    first = select(WatchMark).where(awake).order_by(*order).limit(1)
    return session.scalars(first.with_for_update(skip_locked=True)).one_or_none()


def _shared(session: Session, settings: WatchSettings) -> WatchSettings:
    """Give one product its share of the false alarms that are accepted over all products.

    Surveillance does this itself for products that it sees together; here it sees one alone.
    """
    share = settings.false_alarms_per_month / max(count_products(session), 1)
    budget = max(min(settings.false_alarms_per_series_month, share), LEAST_RATE)
    return replace(settings, false_alarms_per_series_month=budget)

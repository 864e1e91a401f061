"""Look again at a product that has new signals: surveillance over its history, then its alerts.

Time here is event time, when people wrote: what came late, or all at once, leads to the same
alerts as if it had come as it was written.

A product that fails stops no other: its mark stays and rests by the clock, longer each time.

A look costs what is new: what a process remembers of a product goes on with the mentions between
the times of its mark. Where posts stream in, a product is not looked at for each of them: after a
look it rests for twenty times as long as that took, one to five seconds.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from nlp.surveillance import Listener, WatchSettings
from service.alerts.incidents import Absorption
from service.api.metrics import Metrics
from service.database import Database, keep_off_erasures
from service.database.tables import Feedback, WatchLook, WatchMark
from service.feedback.waiting import count_marked
from service.logs import where
from service.mentions import mentions_of
from service.watch_memory import Known, WatchMemory

LEAST_RATE = 0.0001
SHORTEST_REST = timedelta(seconds=30)
MOST_DOUBLINGS = 7
SHORTEST_CALM, LONGEST_CALM, CALM_PER_LOOK = 1.0, 5.0, 20.0
_LOG = structlog.get_logger("tingyin.watching")


@dataclass(frozen=True, slots=True)
class Watcher:
    """Looks at marked products, one at a time.

    `own` gives the product's alerts that nobody owns to somebody, in the transaction of the look;
    `tell` is called after a look that changed alerts.
    """

    database: Database
    settings: WatchSettings
    metrics: Metrics
    now: Callable[[], datetime]
    own: Callable[[Session, str], None] | None = None
    tell: Callable[[], None] | None = None
    memory: WatchMemory = field(default_factory=WatchMemory)
    calm_until: dict[str, float] = field(default_factory=dict)

    def look(self) -> float | None:
        """Look at one marked product and take its mark away.

        Returns 0 where there was one; the seconds until the next may be looked at where all that
        are marked were looked at just now; None where none is marked.

        Where the look fails its error is logged, nothing else of it remains, and the mark stays:
        it is passed over until its rest is over.
        """
        begun = time.monotonic()
        calm = self._calm(begun)
        with self.database.transaction() as session:
            keep_off_erasures(session)
            mark = _next_mark(session, self.now(), calm)
            if mark is None:
                self.memory.keep_only(_numbers(session, self.memory.products))
                return _soonest(session, self.now(), calm)
            looked = self._look(session, mark)
            session.flush()
            self.metrics.marked.set(count_marked(session))
        if looked is not None:
            self._looked(mark.product, looked, time.monotonic() - begun)
        return 0.0

    def _look(self, session: Session, mark: WatchMark) -> "_Looked | None":
        """Bring the alerts of a marked product up to date; None where that fails.

        A lost connection is no fault of the product: it is raised, and ends the round.
        """
        try:
            with session.begin_nested():
                known = known_of(session, mark, self.settings, self.memory)
                reading = known.reading(mark.product)
                absorbed = reading and Absorption(session, reading, self.now()).run()
                if self.own is not None:
                    self.own(session, mark.product)
                session.delete(mark)
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            _LOG.warning("product not looked at, its mark rests", **where(error))
            mark.failures += 1
            mark.rests_until = self.now() + rest(mark.failures)
            return None
        return _Looked(known, absorbed or [])

    def _looked(self, product: str, looked: "_Looked", seconds: float) -> None:
        """Remember a look that is committed."""
        self.memory.keep(product, looked.known)
        self.calm_until[product] = time.monotonic() + calm_after(seconds)
        for event in looked.events:
            self.metrics.alerts.labels(event).inc()
        if looked.events and self.tell is not None:
            self.tell()

    def _calm(self, moment: float) -> Mapping[str, float]:
        """Return the products that were looked at just now, with the seconds that they rest."""
        for product in [one for one, until in self.calm_until.items() if until <= moment]:
            del self.calm_until[product]
        return {product: until - moment for product, until in self.calm_until.items()}


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a look found: the product as it now is known, and what happened to its alerts."""

    known: Known
    events: list[str]


def known_of(
    session: Session, mark: WatchMark, settings: WatchSettings, memory: WatchMemory
) -> Known:
    """Return all that is known of a marked product, and count this look.

    What was analysed since the last look was written between the times of the mark, so no more is
    read where the last look is remembered. It does not matter in which order it came: the reading
    is a function of what is known, and of nothing else.
    """
    number = _count_look(session, mark.product)
    shared = _shared(session, settings)
    known = memory.take(mark.product, number, shared)
    between = None if known is None else (mark.since, mark.until)
    known = known or Known(number, shared, Listener(shared))
    known.hear(mentions_of(session, mark.product, settings.memory, between))
    return known


def calm_after(seconds: float) -> float:
    """Return how long a product rests after a look that took so many seconds.

    >>> [calm_after(seconds) for seconds in (0.01, 0.1, 3.0)]
    [1.0, 2.0, 5.0]
    """
    return min(max(CALM_PER_LOOK * seconds, SHORTEST_CALM), LONGEST_CALM)


def rest(failures: int) -> timedelta:
    """Return how long a mark rests after so many failed looks: from 30 seconds to about an hour.

    The shortest is over when the next sweep calls. A product that goes on failing costs less and
    less, so that a round ends in which many fail.

    >>> [str(rest(failures)) for failures in (1, 2, 3, 8, 100)]
    ['0:00:30', '0:01:00', '0:02:00', '1:04:00', '1:04:00']
    """
    return SHORTEST_REST * 2.0 ** min(failures - 1, MOST_DOUBLINGS)


def two_digits(count: int) -> int:
    """Return a count as two digits and zeros, rounded up.

    Where products are many, a new one then does not change at once what all others are held to.

    >>> [two_digits(count) for count in (0, 7, 99, 100, 101, 12_345)]
    [0, 7, 99, 100, 110, 13000]
    """
    step = int(10 ** max(len(str(count)) - 2, 0))
    return -(-count // step) * step


def count_products(session: Session) -> int:
    """Return how many products feedback names.

    Steps from each product to the next through their index (PostgreSQL has no such scan of its
    own): the cost is that of the number of products, not of all the feedback.
    """
    found = select(func.min(Feedback.product).label("product")).cte("found", recursive=True)
    following = select(func.min(Feedback.product)).where(Feedback.product > found.c.product)
    steps = select(following.scalar_subquery()).where(found.c.product.is_not(None))
    return session.scalars(select(func.count(found.union_all(steps).c.product))).one()


def _numbers(session: Session, products: Collection[str]) -> dict[str, int]:
    """Return the number of the last look at each of these products."""
    wanted = select(WatchLook.product, WatchLook.number).where(WatchLook.product.in_(products))
    found = session.execute(wanted).all()
    return {row.product: row.number for row in found}


def _count_look(session: Session, product: str) -> int:
    """Return the number of this look."""
    first = insert(WatchLook).values(product=product, number=1)
    next_one = first.on_conflict_do_update(
        index_elements=["product"], set_={"number": WatchLook.number + 1}
    )
    number: int = session.scalars(next_one.returning(WatchLook.number)).one()
    return number


def _next_mark(session: Session, now: datetime, calm: Collection[str]) -> WatchMark | None:
    """Return and lock a mark that neither rests nor is looked at by somebody else.

    Those that never failed come first, then the earliest time.
    """
    order = (WatchMark.failures, WatchMark.until, WatchMark.product)
    wanted = select(WatchMark).where(_awake(now), WatchMark.product.not_in(calm))
    first = wanted.order_by(*order).limit(1)
    return session.scalars(first.with_for_update(skip_locked=True)).one_or_none()


def _soonest(session: Session, now: datetime, calm: Mapping[str, float]) -> float | None:
    """Return in how many seconds the first of the marked products that were just seen is due."""
    wanted = select(WatchMark.product).where(_awake(now), WatchMark.product.in_(calm))
    return min((calm[product] for product in session.scalars(wanted)), default=None)


def _awake(now: datetime) -> ColumnElement[bool]:
    return WatchMark.rests_until.is_(None) | (WatchMark.rests_until <= now)


def _shared(session: Session, settings: WatchSettings) -> WatchSettings:
    """Give one product its share of the false alarms that are accepted over all products.

    Surveillance does this itself for products that it sees together; here it sees one alone.
    """
    share = settings.false_alarms_per_month / max(two_digits(count_products(session)), 1)
    budget = max(min(settings.false_alarms_per_series_month, share), LEAST_RATE)
    return replace(settings, false_alarms_per_series_month=budget)

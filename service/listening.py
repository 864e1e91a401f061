"""From feedback to alerts: analyse what waits, then look again at the products it touched.

Each step is one transaction that leaves the next one written down: signals with marks, alerts
with the marks taken away. A process killed anywhere goes on where it was.

A failure counts against a text only where the model, asked right after, reads a text that it must
be able to read, and only once in each round. So a model that is broken for a while (its files do
not open, memory is short) costs no text its attempts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from nlp.schema import Signals
from service.api.metrics import Metrics
from service.database import Database
from service.database.tables import Feedback
from service.feedback import waiting
from service.logs import where

Analyse = Callable[[Sequence[str]], Iterable[Signals]]
Watch = Callable[[], bool]

TURN = timedelta(seconds=30)
# Longer than the model reads of any text, so that it needs as much memory as any does.
READABLE = "这款水壶用起来很方便，做工也不错，客服回复得很快。" * 20

_LOG = structlog.get_logger("tingyin.listening")


@dataclass(frozen=True, slots=True)
class Listener:
    """Analyses and watches one database.

    `analyse` says what texts say, in their order; `watch` looks at one marked product and returns
    whether there was one; `batch` is how many texts are analysed at a time.
    """

    database: Database
    analyse: Analyse
    watch: Watch
    metrics: Metrics
    now: Callable[[], datetime]
    batch: int = 256

    def listen(self, stop: Callable[[], bool]) -> None:
        """Analyse and watch by turns until there is nothing for either, or until `stop` says so.

        No turn is much longer than `TURN`, so neither a flow of feedback that never ends nor a
        model that fails keeps anybody from looking at marked products.
        """
        failed: set[str] = set()
        found = True
        while found and not stop():
            try:
                found = self._turn(partial(self.analyse_some, failed), stop)
            finally:
                found |= self._turn(self.watch, stop)

    def analyse_some(self, failed: set[str]) -> bool:
        """Analyse one batch without the rows in `failed`; return whether there was one.

        The ids of rows that fail are added to `failed`.
        """
        with self.database.transaction() as session:
            rows = waiting.waiting(session, self.batch, failed)
            found = self._understood(rows)
            waiting.store_signals(session, found, self.now())
            self.metrics.waiting.set(waiting.count_waiting(session))
            self.metrics.marked.set(waiting.count_marked(session))
        failed |= {row.id for row in rows} - {row.id for row, _ in found}
        self.metrics.analysed.labels("done").inc(len(found))
        self.metrics.analysed.labels("failed").inc(len(rows) - len(found))
        return bool(rows)

    def _turn(self, step: Callable[[], bool], stop: Callable[[], bool]) -> bool:
        """Step until there is nothing or the turn is over; return whether there was anything."""
        end = self.now() + TURN
        found = False
        while not stop() and self.now() < end and step():
            found = True
        return found

    def _understood(self, rows: Sequence[Feedback]) -> list[tuple[Feedback, Signals]]:
        try:
            signals = self.analyse([row.masked_text for row in rows])
            return list(zip(rows, signals, strict=True))
        except Exception as error:  # noqa: BLE001 - one text that breaks the model stops no other
            _LOG.warning("batch failed, going on row by row", rows=len(rows), **where(error))
            return [pair for row in rows for pair in self._understood_alone(row)]

    def _understood_alone(self, row: Feedback) -> list[tuple[Feedback, Signals]]:
        try:
            (signals,) = self.analyse([row.masked_text])
        except Exception as error:  # noqa: BLE001 - see above; the row keeps the kind of error
            self._require_model()
            _LOG.warning("text not analysed", **where(error))
            waiting.note_failure(row, error, self.now())
            return []
        return [(row, signals)]

    def _require_model(self) -> None:
        """Raise what the model raises on a text that it must be able to read."""
        list(self.analyse([READABLE]))

"""From feedback to alerts: analyse what waits, then look again at the products it touched.

Each step is one transaction that leaves the next one written down: signals with marks, alerts
with the marks taken away. A process killed anywhere goes on where it was.

A failure counts against a text only where the model, asked right after, reads a text that it must
be able to read, and only once in each round. So a model that is broken for a while (its files do
not open, memory is short) costs no text its attempts.

While more texts wait than the settings say, they are read in a hurry: by the fast way, without the
words that made the verdicts. Those are found when nothing waits.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from nlp.schema import Signals
from service.api.metrics import Metrics
from service.database import Database
from service.database.tables import Feedback
from service.feedback import waiting
from service.logs import where

Analyse = Callable[[Sequence[str]], Iterable[Signals]]
Watch = Callable[[], float | None]

TURN = 1.0
"""Seconds, of a clock that nobody sets."""
LONGEST_PAUSE = 0.1
MOST_FULLY = 64
"""Texts read fully at a time: half a second on two cores, for so long whatever comes in waits."""
# Longer than the model reads of any text, so that it needs as much memory as any does.
READABLE = "这款水壶用起来很方便，做工也不错，客服回复得很快。" * 20

_LOG = structlog.get_logger("tingyin.listening")


@dataclass(frozen=True, slots=True)
class Hurry:
    """How texts are read while more than `above` wait, and how their words are found later."""

    above: int
    analyse: Analyse
    explain_some: Callable[[set[str]], bool]


@dataclass(frozen=True, slots=True)
class Listener:
    """Analyses and watches one database.

    `analyse` says what texts say, in their order; `watch` looks at one marked product as
    `Watcher.look` does; `batch` is how many texts are analysed at a time.
    """

    database: Database
    analyse: Analyse
    watch: Watch
    metrics: Metrics
    now: Callable[[], datetime]
    batch: int = 256
    hurry: Hurry | None = None

    def listen(self, stop: Callable[[], bool]) -> None:
        """Analyse and watch by turns until there is nothing for either, or until `stop` says so.

        No turn is much longer than `TURN`, so neither a flow of feedback that never ends nor a
        model that fails keeps anybody from looking at marked products.
        """
        failed: set[str] = set()
        wordless: set[str] = set()
        while not stop():
            try:
                found = self._analyse(failed, stop)
            finally:
                wait = self._watch(stop)
            if found or wait == 0.0 or self._explain_some(wordless):
                continue
            if wait is None:
                return
            time.sleep(min(wait, LONGEST_PAUSE))

    def analyse_some(self, failed: set[str]) -> bool:
        """Analyse one batch without the rows in `failed`; return whether there was one.

        The ids of rows that fail are added to `failed`.
        """
        with self.database.transaction() as session:
            behind = waiting.count_waiting(session)
            hurry = self.hurry if self.hurry and behind > self.hurry.above else None
            most = self.batch if hurry else min(self.batch, MOST_FULLY)
            rows = waiting.waiting(session, most, failed)
            found, explained = self._read(rows, hurry)
            waiting.store_signals(session, found, self.now(), explained=explained)
            self.metrics.waiting.set(max(behind - len(found), 0))
            self.metrics.marked.set(waiting.count_marked(session))
        failed |= {row.id for row in rows} - {row.id for row, _ in found}
        self.metrics.analysed.labels("done").inc(len(found))
        self.metrics.analysed.labels("failed").inc(len(rows) - len(found))
        return bool(rows)

    def _analyse(self, failed: set[str], stop: Callable[[], bool]) -> bool:
        """Analyse until there is nothing or the turn is over; return whether there was anything."""
        end = time.monotonic() + TURN
        found = False
        while not stop() and self.analyse_some(failed):
            found = True
            if time.monotonic() >= end:
                break
        return found

    def _watch(self, stop: Callable[[], bool]) -> float | None:
        """Look until there is nothing or the turn is over; return what `watch` said last."""
        end = time.monotonic() + TURN
        wait: float | None = 0.0
        while wait == 0.0 and not stop():
            wait = self.watch()
            if time.monotonic() >= end:
                break
        return wait

    def _explain_some(self, failed: set[str]) -> bool:
        return self.hurry is not None and self.hurry.explain_some(failed)

    def _read(
        self, rows: Sequence[Feedback], hurry: Hurry | None
    ) -> tuple[list[tuple[Feedback, Signals]], bool]:
        """Return what the rows say, and whether with words."""
        if not rows:
            return [], True
        if hurry is not None:
            try:
                with self.metrics.analysis.labels("fast").time():
                    signals = hurry.analyse([row.masked_text for row in rows])
                return list(zip(rows, signals, strict=True)), False
            except Exception as error:  # noqa: BLE001 - the full reading tells whose fault it is
                _LOG.warning("batch failed in a hurry, reading it fully", **where(error))
        with self.metrics.analysis.labels("full").time():
            return self._understood(rows), True

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

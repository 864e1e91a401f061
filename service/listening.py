"""From feedback to alerts: analyse what waits, then look again at the products it touched.

Each step is one transaction that leaves the next one written down: signals with marks, alerts
with the marks taken away. A process killed anywhere goes on where it was.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from nlp.errors import ArtifactError
from nlp.schema import Signals
from service.api.metrics import Metrics
from service.database import Database
from service.database.tables import Feedback
from service.feedback import waiting
from service.logs import where

Analyse = Callable[[Sequence[str]], Iterable[Signals]]
Watch = Callable[[], bool]

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
        """Go on until nothing waits and no product is marked, or until `stop` says so."""
        while not stop() and (self.analyse_some() or self.watch()):
            pass

    def analyse_some(self) -> bool:
        """Analyse one batch; return whether there was one."""
        with self.database.transaction() as session:
            rows = waiting.waiting(session, self.batch)
            found = self._understood(rows)
            waiting.store_signals(session, found, self.now())
            self.metrics.waiting.set(waiting.count_waiting(session))
            self.metrics.marked.set(waiting.count_marked(session))
        self.metrics.analysed.labels("done").inc(len(found))
        self.metrics.analysed.labels("failed").inc(len(rows) - len(found))
        return bool(rows)

    def _understood(self, rows: Sequence[Feedback]) -> list[tuple[Feedback, Signals]]:
        try:
            signals = self.analyse([row.masked_text for row in rows])
            return list(zip(rows, signals, strict=True))
        except ArtifactError:
            raise
        except Exception as error:  # noqa: BLE001 - one text that breaks the model stops no other
            _LOG.warning("batch failed, going on row by row", rows=len(rows), **where(error))
            return [pair for row in rows for pair in self._understood_alone(row)]

    def _understood_alone(self, row: Feedback) -> list[tuple[Feedback, Signals]]:
        try:
            return [(row, signals) for signals in self.analyse([row.masked_text])]
        except Exception as error:  # noqa: BLE001 - see above; the row keeps the kind of error
            _LOG.warning("text not analysed", **where(error))
            waiting.note_failure(row, error, self.now())
            return []

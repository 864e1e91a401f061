"""The words of texts that were read in a hurry, found when nothing else is to be done.

Only the words are written: what a text says stays as it was read, and so do the alerts on it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from nlp.schema import Signals
from service.database import Database, keep_off_erasures
from service.database.tables import Signal
from service.feedback import waiting
from service.logs import where

Analyse = Callable[[Sequence[str]], Iterable[Signals]]

AT_ONCE = 32
"""Texts: what comes in meanwhile waits for them, a third of a second or so."""
_LOG = structlog.get_logger("tingyin.explaining")


@dataclass(frozen=True, slots=True)
class Explainer:
    """Finds words; `explain` reads as the texts were read, and says the words as well."""

    database: Database
    explain: Analyse

    def explain_some(self, failed: set[str]) -> bool:
        """Find the words of some texts but those in `failed`; return whether there were any.

        The ids of texts that fail are added to `failed`.
        """
        with self.database.transaction() as session:
            keep_off_erasures(session)
            rows = waiting.unexplained(session, AT_ONCE, failed)
            found = self._explained(rows)
            waiting.explain(found)
            failed |= {signal.feedback_id for signal, _ in rows}
            failed -= {signal.feedback_id for signal, _ in found}
        return bool(rows)

    def _explained(self, rows: Sequence[tuple[Signal, str]]) -> list[tuple[Signal, Signals]]:
        try:
            found = self.explain([text for _, text in rows])
            return [(signal, one) for (signal, _), one in zip(rows, found, strict=True)]
        except Exception as error:  # noqa: BLE001 - one text that breaks the model stops no other
            if len(rows) == 1:
                _LOG.warning("words not found", **where(error))
                return []
            return [pair for row in rows for pair in self._explained([row])]

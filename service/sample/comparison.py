"""What was found against what was planted: recall and precision of the ids behind an alert."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOUND_RECALL = 0.5


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one alert's ids and the planted ids overlap.

    Attributes
    ----------
    alert
        The row of the alert that proves most planted ids; None where no alert proves one.
    planted, proven, shared
        How many ids were planted, stand behind the alert, and are in both.
    """

    alert: Mapping[str, Any] | None
    planted: int
    proven: int
    shared: int

    @property
    def recall(self) -> float:
        """Share of the planted ids that stand behind the alert, 0 to 1."""
        return self.shared / self.planted if self.planted else 0.0

    @property
    def precision(self) -> float:
        """Share of the alert's ids that were planted, 0 to 1."""
        return self.shared / self.proven if self.proven else 0.0

    @property
    def found(self) -> bool:
        """Whether the alert proves at least half of what was planted."""
        return self.alert is not None and self.recall >= FOUND_RECALL


def compare(alerts: Iterable[Mapping[str, Any]], planted: Sequence[str]) -> Comparison:
    """Return how the alert that proves most of `planted` compares with it.

    >>> made = compare([{"ids": ["a", "b", "x"]}, {"ids": ["y"]}], ["a", "b", "c", "d"])
    >>> made.recall, round(made.precision, 2), made.found
    (0.5, 0.67, True)
    """
    wanted = set(planted)
    best: Mapping[str, Any] | None = None
    shared = 0
    for alert in alerts:
        both = len(wanted.intersection(alert["ids"]))
        if both > shared:
            best, shared = alert, both
    return Comparison(best, len(wanted), len(best["ids"]) if best else 0, shared)


def read_truth(path: Path) -> dict[str, Any]:
    """Return what `write_sample` wrote about what it planted."""
    truth: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return truth

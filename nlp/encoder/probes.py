"""Texts with the scores that the network gave them in float, to test an engine where it runs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
SCORES = 4


@dataclass(frozen=True, slots=True)
class Probes:
    """Batches of piece ids, the logits (texts, 26) that belong to them, and how far is too far.

    Logits are those of sentiment, intents, complaint and severity. `tolerance` is a mean
    difference of probabilities, 0 to 1.
    """

    batches: list[Integers]
    logits: Floats
    tolerance: float

    def distance(self, outputs: Sequence[tuple[Floats, ...]]) -> float:
        """Return the mean difference of probabilities between an engine's answers and these."""
        found = np.concatenate([np.concatenate(batch[:SCORES], axis=1) for batch in outputs])
        return float(np.abs(_probabilities(found) - _probabilities(self.logits)).mean())


def read_probes(path: Path) -> Probes:
    """Return the probes of a model."""
    content = json.loads(path.read_text(encoding="ascii"))
    return Probes(
        batches=[np.array(batch, dtype=np.int64) for batch in content["batches"]],
        logits=np.array(content["logits"], dtype=np.float32),
        tolerance=content["tolerance"],
    )


def write_probes(path: Path, probes: Probes) -> None:
    """Write probes as JSON."""
    content = {
        "tolerance": probes.tolerance,
        "batches": [batch.tolist() for batch in probes.batches],
        "logits": [[round(float(value), 4) for value in row] for row in probes.logits],
    }
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="ascii")


def _probabilities(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)

"""The Taobao service dialogues (songkaisong/ssa): who spoke, and the sentiment of each turn.

The words are ids without a vocabulary and are not read. Codes 1, 2, 3 of turns are taken to be
negative, neutral, positive, those of dialogues unsatisfied, met, satisfied.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.labels import SENTIMENTS, Sentiment
from nlp.transcripts import SATISFACTION
from nlp.transcripts.model import Verdict

DOMAINS = ("clothes", "makeup")
NAMES = tuple(SENTIMENTS)
VERDICTS = tuple(SATISFACTION)

CONFUSION = np.array([[276, 19, 6], [24, 92, 11], [5, 18, 149]], dtype=np.float64)
"""Counts by true and answered sentiment of tingyin-small-22b1ba139678 on gold dev (accuracy .862).

Rows and columns: negative, neutral, positive. `nlp.evaluate(DATA/gold/dev.jsonl)`.
"""
FLIPPED = np.full((3, 3), 0.07) + np.eye(3) * 0.79
"""Every label right with .86, each of the other two with .07."""


@dataclass(frozen=True, slots=True)
class Rated:
    """Dialogues of one split: sentiments of the customer's and the agent's turns, and verdicts."""

    customer: list[list[Sentiment]]
    agent: list[list[Sentiment]]
    verdicts: list[Verdict]

    @property
    def truth(self) -> NDArray[np.int64]:
        """The verdicts as places in `VERDICTS`."""
        return np.array([VERDICTS.index(verdict) for verdict in self.verdicts])


def read_split(data: Path, domain: str, split: str) -> Rated:
    """Return the dialogues of `train`, `dev` or `test`."""
    with zipfile.ZipFile(data / "taobao-ssa" / f"{domain}.zip") as archive:
        text = archive.read(f"{domain}/text_{split}.txt").decode("utf-8")
    rated = Rated([], [], [])
    for block in text.replace("\r", "").split("\n\n"):
        if lines := block.strip("\n").splitlines():
            turns = [line.split("\t") for line in lines[1:]]
            rated.verdicts.append(VERDICTS[int(lines[0]) - 1])
            rated.customer.append([NAMES[int(t[3]) - 1] for t in turns if t[1] == "c:"])
            rated.agent.append([NAMES[int(t[3]) - 1] for t in turns if t[1] != "c:"])
    return rated


def misread(
    dialogues: Sequence[Sequence[Sentiment]], counts: NDArray[np.float64], seed: int
) -> list[list[Sentiment]]:
    """Return the sentiments as a model with this confusion would read them."""
    rng = np.random.default_rng(seed)
    reached = np.cumsum(counts / counts.sum(axis=1, keepdims=True), axis=1)
    return [
        [NAMES[min(int(np.searchsorted(reached[NAMES.index(s)], rng.random())), 2)] for s in one]
        for one in dialogues
    ]

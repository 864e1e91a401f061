"""Run the network: texts in, scores out, on ONNX Runtime."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from nlp.encoder.artifact import Artifact
from nlp.encoder.cutting import Pieces, cut, pad

Floats = npt.NDArray[np.float32]
OUTPUTS = ("sentiment", "intents", "complaint", "severity", "targets", "evidence")
BATCH_PIECES = 4_096


@dataclass(frozen=True, slots=True)
class TextScores:
    """The logits of one text.

    `sentiment` (3,), `intents` (8,), `complaint` (12,), `severity` (3,); per piece of the text
    `targets` (pieces, 4) and `evidence` (pieces, 3), the parts that sum to the sentiment logits;
    `offsets` (pieces, 2) are character offsets into the normalised text.
    """

    sentiment: Floats
    intents: Floats
    complaint: Floats
    severity: Floats
    targets: Floats
    evidence: Floats
    offsets: npt.NDArray[np.int32]


class Runtime:
    """The network of an artifact, ready to run; loads on first use, survives pickling and fork."""

    def __init__(self, artifact: Artifact) -> None:
        self.artifact = artifact

    def __getstate__(self) -> dict[str, Artifact]:
        return {"artifact": self.artifact}

    @cached_property
    def _session(self) -> tuple[int, onnxruntime.InferenceSession]:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = len(os.sched_getaffinity(0)) if _has_affinity() else 0
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            self.artifact.model, options, providers=["CPUExecutionProvider"]
        )
        return os.getpid(), session

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return Tokenizer.from_file(str(self.artifact.tokenizer))

    def session(self) -> onnxruntime.InferenceSession:
        """Return the session of this process; a fork's child opens its own, threads do not pass."""
        owner, session = self._session
        if owner != os.getpid():
            del self._session
            _, session = self._session
        return session

    def scores(self, texts: Sequence[str]) -> list[TextScores]:
        """Return the scores of normalised texts, in order."""
        pieces = cut(self._tokenizer, list(texts))
        found: list[TextScores | None] = [None] * len(pieces)
        for group in length_groups(pieces):
            for index, scores in zip(
                group, self._group_scores([pieces[i] for i in group]), strict=True
            ):
                found[index] = scores
        return [scores for scores in found if scores is not None]

    def _group_scores(self, pieces: list[Pieces]) -> list[TextScores]:
        outputs = self.session().run(OUTPUTS, {"ids": pad(pieces, multiple=8)})
        sentiment, intents, complaint, severity, targets, evidence = outputs
        return [
            TextScores(
                sentiment=sentiment[row],
                intents=intents[row],
                complaint=complaint[row],
                severity=severity[row],
                targets=targets[row, : len(piece)],
                evidence=evidence[row, : len(piece)],
                offsets=piece.offsets,
            )
            for row, piece in enumerate(pieces)
        ]


def length_groups(pieces: Sequence[Pieces]) -> list[list[int]]:
    """Return groups of indices of texts of like length, each within `BATCH_PIECES` when padded."""
    order = sorted(range(len(pieces)), key=lambda index: len(pieces[index]))
    groups: list[list[int]] = []
    for index in order:
        width = len(pieces[index])
        if not groups or width * (len(groups[-1]) + 1) > BATCH_PIECES:
            groups.append([])
        groups[-1].append(index)
    return groups


def _has_affinity() -> bool:
    return hasattr(os, "sched_getaffinity")

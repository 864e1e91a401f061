"""What a network says of one text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp.encoder.cutting import Pieces
from nlp.encoder.engine import Floats, Outputs


@dataclass(frozen=True, slots=True)
class TextScores:
    """The logits of one text.

    `sentiment` (3,), `intents` (8,), `complaint` (12,), `severity` (3,); per piece of the text
    `targets` (pieces, 4) and `evidence` (pieces, 3), the parts that sum to the sentiment logits;
    `pooled` (width,) is the text as one vector; `offsets` (pieces, 2) are character offsets into
    the normalised text.
    """

    sentiment: Floats
    intents: Floats
    complaint: Floats
    severity: Floats
    targets: Floats
    evidence: Floats
    pooled: Floats
    offsets: npt.NDArray[np.int32]


def split(outputs: Outputs, pieces: Sequence[Pieces]) -> Iterator[TextScores]:
    """Yield the scores of each text of a batch, padding left out."""
    for piece, *row in zip(pieces, *outputs, strict=True):
        sentiment, intents, complaint, severity, targets, evidence, pooled = row
        size = len(piece)
        yield TextScores(
            sentiment=sentiment,
            intents=intents,
            complaint=complaint,
            severity=severity,
            targets=targets[:size],
            evidence=evidence[:size],
            pooled=pooled,
            offsets=piece.offsets,
        )

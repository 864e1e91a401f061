"""The joint objective: one loss per question, over the texts whose source answers it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nlp.training.batches import UNKNOWN, Batch, Encoded
from nlp.training.network import TARGET_TAGS, Scores

RAREST_WEIGHT = 6.0
NEGATIVE, POSITIVE = 0, 2
SHARES = {
    "sentiment": 1.0,
    "polarity": 1.0,
    "intents": 0.5,
    "complaint": 0.6,
    "severity": 0.4,
    "targets": 1.0,
    "taught": 1.0,
    "taught_tags": 1.0,
}
# A softer question tells how the teacher ranks what it rejects (Hinton et al. 2015).
TEMPERATURE = 2.0


@dataclass(frozen=True, slots=True)
class RareWeights:
    """How much a positive label counts, per label: the square root of its odds against."""

    intents: Tensor
    complaint: Tensor
    severity: Tensor


def rare_weights(encoded: Sequence[Encoded], device: torch.device) -> RareWeights:
    """Return the weights of rare labels, between 1 and `RAREST_WEIGHT`."""

    def weight(name: str) -> Tensor:
        marks = np.stack([getattr(item, name) for item in encoded])
        share = np.nanmean(marks, axis=0).clip(1e-4, 1)
        weights = np.sqrt((1 - share) / share).clip(1, RAREST_WEIGHT)
        return torch.tensor(weights, dtype=torch.float32, device=device)

    return RareWeights(weight("intents"), weight("complaint"), weight("severity"))


def loss(scores: Scores, batch: Batch, rare: RareWeights, smoothing: float) -> Tensor:
    """Return the weighted sum of the losses of one batch, a scalar."""
    parts = {
        "sentiment": _sentiment_loss(scores.sentiment, batch.sentiment, smoothing),
        "polarity": _polarity_loss(scores.sentiment, batch.polarity),
        "intents": _labels_loss(scores.intents, batch.intents, rare.intents),
        "complaint": _labels_loss(scores.complaint, batch.complaint, rare.complaint),
        "severity": _labels_loss(scores.severity, batch.severity, rare.severity),
        "targets": _targets_loss(scores.targets, batch.tags),
        "taught": _taught_loss(scores, batch.taught),
        "taught_tags": _taught_tags_loss(scores.targets, batch.taught_tags),
    }
    return torch.stack([SHARES[name] * part for name, part in parts.items()]).sum()


def _sentiment_loss(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    losses = functional.cross_entropy(
        logits, labels, ignore_index=UNKNOWN, label_smoothing=smoothing, reduction="none"
    )
    return losses.sum() / len(labels)


def _polarity_loss(logits: Tensor, positive: Tensor) -> Tensor:
    """Return the loss of two-class labels: only positive against negative is asked."""
    known = ~positive.isnan()
    margin = logits[:, POSITIVE] - logits[:, NEGATIVE]
    losses = functional.binary_cross_entropy_with_logits(
        margin, positive.nan_to_num(), reduction="none"
    )
    return (losses * known).sum() / len(positive)


def _labels_loss(logits: Tensor, marks: Tensor, weight: Tensor) -> Tensor:
    known = ~marks.isnan()
    losses = functional.binary_cross_entropy_with_logits(
        logits, marks.nan_to_num(), pos_weight=weight, reduction="none"
    )
    return (losses * known).sum() / len(marks)


def _taught_loss(scores: Scores, taught: Tensor) -> Tensor:
    """Return how far the scores are from a teacher's, over the texts that it answered."""
    known = ~taught[:, 0].isnan()
    names = ("sentiment", "intents", "complaint", "severity")
    sizes = [scores.sentiment.shape[1], scores.intents.shape[1], scores.complaint.shape[1]]
    answers = torch.split(taught.nan_to_num(), [*sizes, scores.severity.shape[1]], dim=1)
    wanted = dict(zip(names, answers, strict=True))
    sentiment = (
        functional.kl_div(
            (scores.sentiment / TEMPERATURE).log_softmax(dim=1),
            (wanted["sentiment"] / TEMPERATURE).softmax(dim=1),
            reduction="none",
        ).sum(dim=1)
        * TEMPERATURE**2
    )
    labels = [
        SHARES[name]
        * functional.binary_cross_entropy_with_logits(
            getattr(scores, name), wanted[name].sigmoid(), reduction="none"
        ).sum(dim=1)
        for name in names[1:]
    ]
    losses = torch.stack([sentiment, *labels]).sum(dim=0)
    return (losses * known).sum() / len(taught)


def _targets_loss(logits: Tensor, tags: Tensor) -> Tensor:
    losses = functional.cross_entropy(
        logits.reshape(-1, TARGET_TAGS), tags.reshape(-1), ignore_index=UNKNOWN, reduction="none"
    )
    return losses.sum() / (tags != UNKNOWN).sum().clamp(min=1)


def _taught_tags_loss(logits: Tensor, taught: Tensor) -> Tensor:
    """Return how far the tags are from a teacher's, over the pieces that it tagged."""
    known = ~taught[..., 0].isnan()
    wanted = taught.nan_to_num().softmax(dim=-1)
    losses = -(wanted * logits.float().log_softmax(dim=-1)).sum(dim=-1)
    return (losses * known).sum() / known.sum().clamp(min=1)

"""From examples to batches of tensors, bucketed by length, the same for the same seed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import Tensor

from nlp.encoder.cutting import Pieces, cut, pad
from nlp.gold import Example, TargetSpan
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS, SEVERITIES, Sentiment
from nlp.text import normalise
from nlp.training.network import TARGET_TAGS
from nlp.training.recipe import Recipe

UNKNOWN = -100
WIDTH_STEP = 16
TAUGHT = len(SENTIMENTS) + len(INTENTS) + len(COMPLAINTS) + len(SEVERITIES) - 1
Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Halves = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Encoded:
    """One example as numbers; `UNKNOWN` or NaN where its source does not say."""

    pieces: Pieces
    sentiment: int
    polarity: float
    intents: Floats
    complaint: Floats
    severity: Floats
    taught: Floats
    taught_tags: Halves | None
    tags: Integers


@dataclass(frozen=True, slots=True)
class Batch:
    """Encoded examples stacked: ids and tags (texts, pieces), the others (texts, ...).

    `taught_tags` is (texts, pieces, tags), NaN where no teacher has answered.
    """

    ids: Tensor
    sentiment: Tensor
    polarity: Tensor
    intents: Tensor
    complaint: Tensor
    severity: Tensor
    taught: Tensor
    taught_tags: Tensor
    tags: Tensor

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on a device."""
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))


def encode(examples: Sequence[Example], tokenizer: Tokenizer) -> list[Encoded]:
    """Return the examples as numbers, in order."""
    texts = [normalise(example.text) for example in examples]
    pieces = cut(tokenizer, [text.text for text in texts])
    return [
        Encoded(
            pieces=piece,
            sentiment=_index(example.sentiment),
            polarity=np.nan if example.positive is None else float(example.positive),
            intents=_several_hot(example.intents, INTENTS),
            complaint=_several_hot(example.complaint or None, COMPLAINTS),
            severity=_at_least(example.severity),
            taught=_taught(example.taught),
            taught_tags=_taught_tags(example.taught_tags),
            tags=_tags(piece, text.offsets, example.targets),
        )
        for example, text, piece in zip(examples, texts, pieces, strict=True)
    ]


def _index(sentiment: Sentiment | None) -> int:
    return UNKNOWN if sentiment is None else list(SENTIMENTS).index(sentiment)


def _several_hot(values: tuple[str, ...] | None, labels: Iterable[str]) -> Floats:
    marks = [np.nan if values is None else float(label in values) for label in labels]
    return np.array(marks, dtype=np.float32)


def _at_least(severity: int | None) -> Floats:
    marks = [np.nan if severity is None else float(severity >= level) for level in (1, 2, 3)]
    return np.array(marks, dtype=np.float32)


def _taught(logits: tuple[float, ...] | None) -> Floats:
    return np.array(logits or (np.nan,) * TAUGHT, dtype=np.float32)


def _taught_tags(halves: bytes | None) -> Halves | None:
    return None if halves is None else np.frombuffer(halves, np.float16).reshape(-1, TARGET_TAGS)


def _tags(
    pieces: Pieces, offsets: npt.NDArray[np.int32], spans: tuple[TargetSpan, ...] | None
) -> Integers:
    """Return a tag per piece: 0 outside targets, 1-3 inside one by polarity."""
    if spans is None:
        return np.full(len(pieces), UNKNOWN, dtype=np.int64)
    starts, ends = offsets[pieces.offsets[:, 0]], offsets[pieces.offsets[:, 1]]
    tags = np.zeros(len(pieces), dtype=np.int64)
    for span in spans:
        inside = (starts < span.end) & (ends > span.start) & (ends > starts)
        tags[inside] = 1 + _index(span.polarity)
    return tags


def batches(encoded: Sequence[Encoded], recipe: Recipe, epoch: int) -> Iterator[Batch]:
    """Yield the batches of one epoch: examples of like length together, in random order."""
    chance = np.random.default_rng((recipe.seed, epoch))
    widths = np.array([-(-len(item.pieces) // WIDTH_STEP) * WIDTH_STEP for item in encoded])
    order = np.lexsort((chance.random(len(encoded)), widths))
    groups = list(_groups(order, widths, recipe.batch_pieces))
    for number in chance.permutation(len(groups)):
        yield stack([encoded[index] for index in groups[number]])


def _groups(order: Integers, widths: Integers, budget: int) -> Iterator[Integers]:
    start = 0
    while start < len(order):
        size = max(1, budget // int(widths[order[start]]))
        group = order[start : start + size]
        group = group[widths[group] == widths[group[0]]]
        yield group
        start += len(group)


def stack(items: Sequence[Encoded]) -> Batch:
    """Return the examples as one padded batch."""
    ids = pad([item.pieces for item in items], WIDTH_STEP)
    tags = np.full(ids.shape, UNKNOWN, dtype=np.int64)
    taught_tags = np.full((*ids.shape, TARGET_TAGS), np.nan, dtype=np.float32)
    for row, told, item in zip(tags, taught_tags, items, strict=True):
        row[: len(item.tags)] = item.tags
        if item.taught_tags is not None:
            told[: len(item.tags)] = item.taught_tags
    return Batch(
        ids=torch.from_numpy(ids),
        sentiment=torch.tensor([item.sentiment for item in items]),
        polarity=torch.tensor([item.polarity for item in items], dtype=torch.float32),
        intents=torch.from_numpy(np.stack([item.intents for item in items])),
        complaint=torch.from_numpy(np.stack([item.complaint for item in items])),
        severity=torch.from_numpy(np.stack([item.severity for item in items])),
        taught=torch.from_numpy(np.stack([item.taught for item in items])),
        taught_tags=torch.from_numpy(taught_tags),
        tags=torch.from_numpy(tags),
    )

"""A trained network teaches a smaller one: its answers to every text, and its lower layers."""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertModel

from nlp.encoder.cutting import cut, pad
from nlp.errors import TrainingError
from nlp.gold import Example
from nlp.text import normalise
from nlp.training.batches import TAUGHT, WIDTH_STEP, Floats, Halves, Integers
from nlp.training.collection import Collection, digest_of
from nlp.training.loop import Progress, pick_device, reduced_precision
from nlp.training.network import TARGET_TAGS, SignalNetwork
from nlp.training.pairs import PairedEncoder

BATCH = 32


@dataclass(frozen=True, slots=True)
class Answers:
    """What a network says of texts, in order.

    `logits` (texts, 26) are those of sentiment, intents, complaint and severity; `tags` those of
    the target tags, as half floats (pieces, 4) for the pieces of all texts, one after the other;
    `pieces` (texts,) tells how many each text has.
    """

    logits: Floats
    tags: Halves
    pieces: Integers

    def save(self, path: Path) -> None:
        """Write the answers to an `npz` file."""
        np.savez(path, logits=self.logits, tags=self.tags, pieces=self.pieces)

    @classmethod
    def load(cls, path: Path) -> "Answers":
        """Return the answers of a file that `save` wrote."""
        with np.load(path) as held:
            return cls(held["logits"], held["tags"], held["pieces"])

    def each(self) -> Iterator[tuple[tuple[float, ...], bytes]]:
        """Yield what an `Example` keeps of each text: its logits, and its tags in bytes."""
        ends = np.cumsum(self.pieces)
        for row, end, pieces in zip(self.logits, ends, self.pieces, strict=True):
            yield tuple(row.tolist()), self.tags[end - pieces : end].tobytes()


def teach(
    teacher: SignalNetwork,
    tokenizer: Tokenizer,
    collection: Collection,
    folder: Path,
    report: Callable[[Progress], None],
) -> Collection:
    """Return the collection with the teacher's answers to every text that is not labelled in full.

    The labels by the guide stand for themselves: there the teacher's own errors are not learnt.
    Only where they name no targets, the teacher's are. The answers are kept in `folder`, so that a
    stopped run does not ask again.
    """
    parts = (collection.gold, collection.polarity, collection.unlabelled, collection.fragments)
    path = folder / f"answers-{digest_of(collection)[:16]}.npz"
    if not path.is_file():
        texts = [example.text for part in parts for example in part]
        answers(teacher, tokenizer, texts, report).save(path)
    given = Answers.load(path).each()
    gold, polarity, unlabelled, fragments = (
        [_taught(example, *next(given)) for example in part] for part in parts
    )
    return replace(
        collection, gold=gold, polarity=polarity, unlabelled=unlabelled, fragments=fragments
    )


def _taught(example: Example, logits: tuple[float, ...], tags: bytes) -> Example:
    return replace(
        example,
        taught=logits if example.sentiment is None else None,
        taught_tags=tags if example.targets is None else None,
    )


def answers(
    network: SignalNetwork,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    report: Callable[[Progress], None],
) -> Answers:
    """Return what a network says of texts, in order."""
    device = pick_device()
    pieces = cut(tokenizer, [normalise(text).text for text in texts])
    order = sorted(range(len(pieces)), key=lambda index: len(pieces[index]))
    groups = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    logits = np.zeros((len(texts), TAUGHT), dtype=np.float32)
    tags: dict[int, Halves] = {}
    network.to(device).eval()
    for number, group in enumerate(groups, start=1):
        ids = torch.from_numpy(pad([pieces[index] for index in group], WIDTH_STEP)).to(device)
        with torch.inference_mode(), reduced_precision(device):
            scores = network(ids)
        parts = (scores.sentiment, scores.intents, scores.complaint, scores.severity)
        logits[group] = torch.cat([part.float() for part in parts], dim=1).cpu().numpy()
        halves = scores.targets.half().cpu().numpy()
        tags |= {index: row[: len(pieces[index])] for index, row in zip(group, halves, strict=True)}
        report(Progress(number, len(groups), 0.0))
    none = np.zeros((0, TARGET_TAGS), np.float16)
    return Answers(
        logits,
        np.concatenate([tags[index] for index in range(len(texts))] or [none]),
        np.array([len(one) for one in pieces], dtype=np.int64),
    )


def student_of(
    teacher: SignalNetwork, layers: int, width: int, *, paired: bool = False
) -> SignalNetwork:
    """Return a student that starts from its teacher.

    As wide as the teacher, it takes over the lowest layers, the embeddings and the heads: so it
    learns in a fraction of the steps (Sanh et al. 2019). Narrower, it takes over the principal
    components of the embeddings, and the rest is new; so too where it reads pieces in pairs.

    Raises
    ------
    TrainingError
        When it would be larger than its teacher.
    """
    config = copy.deepcopy(cast("BertModel", teacher.encoder).config)
    if layers > config.num_hidden_layers or width > config.hidden_size:
        raise TrainingError(
            f"a student of {layers} layers, {width} wide, is larger than its teacher of "
            f"{config.num_hidden_layers} layers, {config.hidden_size} wide; make it smaller",
            f"{layers} 层、宽 {width} 的学生大于 {config.num_hidden_layers} 层、宽 "
            f"{config.hidden_size} 的教师；请缩小学生",
        )
    shrink = width / config.hidden_size
    config.num_hidden_layers = layers
    config.num_attention_heads = round(config.num_attention_heads * shrink)
    config.intermediate_size = round(config.intermediate_size * shrink)
    config.hidden_size = width
    encoder = PairedEncoder(config) if paired else BertModel(config, add_pooling_layer=False)
    student = SignalNetwork(encoder, width)
    learnt = teacher.state_dict()
    whole = shrink == 1 and not paired
    start = learnt if whole else _projected(learnt, width)
    known = {name: start[name] for name in student.state_dict() if name in start}
    student.load_state_dict(known, strict=whole)
    return student


def _projected(learnt: dict[str, Tensor], width: int) -> dict[str, Tensor]:
    """Return the embeddings on the main axes of the word embeddings."""
    prefix = "encoder.embeddings."
    words = learnt[f"{prefix}word_embeddings.weight"].float()
    axes = torch.linalg.eigh(words.T @ words).eigenvectors[:, -width:]
    names = [f"{prefix}{kind}_embeddings.weight" for kind in ("word", "position", "token_type")]
    return {name: learnt[name].float() @ axes for name in names}

"""A trained network teaches a smaller one: its answers to every text, and its lower layers."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertModel

from nlp.encoder.cutting import cut, pad
from nlp.errors import TrainingError
from nlp.text import normalise
from nlp.training.batches import TAUGHT, WIDTH_STEP, Floats
from nlp.training.collection import Collection, digest_of
from nlp.training.loop import Progress, pick_device, reduced_precision
from nlp.training.network import SignalNetwork

BATCH = 32


def teach(
    teacher: SignalNetwork,
    tokenizer: Tokenizer,
    collection: Collection,
    folder: Path,
    report: Callable[[Progress], None],
) -> Collection:
    """Return the collection with the teacher's answers to every text that is not labelled in full.

    The labels by the guide stand for themselves: there the teacher's own errors are not learnt.
    The answers are kept in `folder`, so that a stopped run does not ask again.
    """
    parts = (collection.polarity, collection.unlabelled)
    path = folder / f"answers-{digest_of(collection)[:16]}.npy"
    if not path.is_file():
        texts = [example.text for part in parts for example in part]
        np.save(path, answers(teacher, tokenizer, texts, report))
    rows = iter(np.load(path))
    polarity, unlabelled = (
        [replace(example, taught=tuple(next(rows).tolist())) for example in part] for part in parts
    )
    return replace(collection, polarity=polarity, unlabelled=unlabelled)


def answers(
    network: SignalNetwork,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    report: Callable[[Progress], None],
) -> Floats:
    """Return the logits (texts, 26) of sentiment, intents, complaint and severity, in order."""
    device = pick_device()
    pieces = cut(tokenizer, [normalise(text).text for text in texts])
    order = sorted(range(len(pieces)), key=lambda index: len(pieces[index]))
    groups = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    found = np.zeros((len(texts), TAUGHT), dtype=np.float32)
    network.to(device).eval()
    for number, group in enumerate(groups, start=1):
        ids = torch.from_numpy(pad([pieces[index] for index in group], WIDTH_STEP)).to(device)
        with torch.inference_mode(), reduced_precision(device):
            scores = network(ids)
        logits = (scores.sentiment, scores.intents, scores.complaint, scores.severity)
        found[group] = torch.cat([part.float() for part in logits], dim=1).cpu().numpy()
        report(Progress(number, len(groups), 0.0))
    return found


def student_of(teacher: SignalNetwork, layers: int, width: int) -> SignalNetwork:
    """Return a student that starts from its teacher.

    As wide as the teacher, it takes over the lowest layers, the embeddings and the heads: so it
    learns in a fraction of the steps (Sanh et al. 2019). Narrower, it takes over the principal
    components of the embeddings, and the rest is new.

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
    student = SignalNetwork(BertModel(config, add_pooling_layer=False), width)
    learnt = teacher.state_dict()
    start = _projected(learnt, width) if shrink < 1 else learnt
    known = {name: start[name] for name in student.state_dict() if name in start}
    student.load_state_dict(known, strict=shrink == 1)
    return student


def _projected(learnt: dict[str, Tensor], width: int) -> dict[str, Tensor]:
    """Return the embeddings on the main axes of the word embeddings."""
    prefix = "encoder.embeddings."
    words = learnt[f"{prefix}word_embeddings.weight"].float()
    axes = torch.linalg.eigh(words.T @ words).eigenvectors[:, -width:]
    names = [f"{prefix}{kind}_embeddings.weight" for kind in ("word", "position", "token_type")]
    return {name: learnt[name].float() @ axes for name in names}

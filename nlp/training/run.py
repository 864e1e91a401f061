"""A whole run: starting weights, training, calibration, export, manifest, model card."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from nlp.encoder.artifact import (
    FAST_MODEL,
    FAST_PROBES,
    MODEL,
    PROBES,
    TOKENIZER,
    Calibration,
    FastPath,
    write_manifest,
)
from nlp.encoder.cutting import Pieces, cut
from nlp.encoder.decide import read_all
from nlp.encoder.probes import write_probes
from nlp.encoder.runtime import Network
from nlp.encoder.scores import TextScores
from nlp.text import prepared
from nlp.training.calibration import calibrate
from nlp.training.collection import Collection, collect
from nlp.training.export import export, make_probes
from nlp.training.loop import Progress, train
from nlp.training.model_card import measure_all, write_card
from nlp.training.network import SignalNetwork, build_encoder
from nlp.training.probe_texts import PROBE_TEXTS
from nlp.training.recipe import Plan, Recipe
from nlp.training.starting_weights import read_tokenizer, read_weights, weights_path
from nlp.training.teaching import student_of, teach
from nlp.training.vocabulary import kept_ids, prune

# The share of the held-out texts, which are harder than most, that the large network reads too.
ASKED_AGAIN = 0.15


def train_model(
    data: Path, output: Path, run: Path, plan: Plan, report: Callable[[Progress], None]
) -> str:
    """Train a teacher and its students, write the students to `output`; return the version.

    Parameters
    ----------
    data
        Folder with the gold labels and the public sets.
    output
        Folder of the artifact, with its model card.
    run
        Folder of the checkpoints; the same command goes on from them.
    plan
        Sizes, schedules and seeds.
    report
        Called after every step.

    Raises
    ------
    TrainingError
        When data or starting weights are missing, a checkpoint is of another recipe, or a student
        is larger than its teacher.
    """
    collection = collect(data, plan.student)
    teacher, tokenizer = starting_network(plan.teacher)
    train(teacher, tokenizer, collection, plan.teacher, run / "teacher", report)
    taught = teach(teacher, tokenizer, collection, run / "teacher", report)
    networks = []
    for name, recipe in (("student", plan.student), ("fast", plan.fast)):
        student = student_of(teacher, recipe.layers, recipe.width, paired=recipe.paired)
        networks.append(train(student, tokenizer, taught, recipe, run / name, report))
    version = write_artifact(networks[0], networks[1], tokenizer, collection, output)
    write_card(output, version, plan, collection, measure_all(data, output))
    return version


def starting_network(recipe: Recipe) -> tuple[SignalNetwork, Tokenizer]:
    """Return the untrained network on the starting encoder, and its pruned tokenizer."""
    torch.manual_seed(recipe.seed)
    shape, weights = read_weights(weights_path())
    tokenizer = read_tokenizer()
    kept = kept_ids(tokenizer["model"]["vocab"])
    pruned = Tokenizer.from_str(json.dumps(prune(tokenizer, kept), ensure_ascii=False))
    encoder = build_encoder(shape, weights, kept, recipe.layers)
    return SignalNetwork(encoder, shape.hidden), pruned


def write_artifact(
    network: SignalNetwork,
    fast: SignalNetwork | None,
    tokenizer: Tokenizer,
    collection: Collection,
    output: Path,
) -> str:
    """Export the networks, calibrate what was exported, write the manifest; return the version."""
    output.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(output / TOKENIZER), pretty=False)
    texts = [prepared(example.text).text for example in collection.calibration]
    pieces = cut(tokenizer, texts)
    scores = _exported(network, output / MODEL, output / PROBES, tokenizer, pieces)
    full = calibrate(scores, collection.calibration)
    if fast is None:
        return write_manifest(output, full)
    scores = _exported(fast, output / FAST_MODEL, output / FAST_PROBES, tokenizer, pieces)
    small = calibrate(scores, collection.calibration)
    return write_manifest(output, full, FastPath(small, sure_from(scores, small)))


def _exported(
    network: SignalNetwork, model: Path, probes: Path, tokenizer: Tokenizer, pieces: list[Pieces]
) -> list[TextScores]:
    """Export a network; return the scores that it gives these texts as it was exported."""
    export(network, model, pieces)
    write_probes(probes, make_probes(network, cut(tokenizer, PROBE_TEXTS)))
    return Network(model, probes).scores(pieces)


def sure_from(scores: Sequence[TextScores], calibration: Calibration) -> float:
    """Return the certainty below which `ASKED_AGAIN` of these texts lie."""
    certain = [reading.certainty for reading in read_all(scores, calibration)]
    return round(float(np.quantile(certain, ASKED_AGAIN)), 4)

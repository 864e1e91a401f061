"""A whole run: starting weights, training, calibration, export, manifest, model card."""

import json
from collections.abc import Callable
from pathlib import Path

import torch
from tokenizers import Tokenizer

from nlp.encoder.artifact import MODEL, TOKENIZER, Artifact, Calibration, write_manifest
from nlp.encoder.runtime import Runtime
from nlp.text import mask, normalise
from nlp.training.calibration import calibrate
from nlp.training.collection import Collection, collect
from nlp.training.export import export
from nlp.training.loop import Progress, train
from nlp.training.model_card import measure_all, write_card
from nlp.training.network import SignalNetwork, build_encoder
from nlp.training.recipe import Recipe
from nlp.training.starting_weights import read_tokenizer, read_weights, weights_path
from nlp.training.vocabulary import kept_ids, prune

UNCALIBRATED = Calibration(1.0, (0.0,) * 3, (0.5,) * 8, (0.5,) * 12, (0.5,) * 3, 0.5, 0.0)


def train_model(
    data: Path, output: Path, run: Path, recipe: Recipe, report: Callable[[Progress], None]
) -> str:
    """Train by the recipe and write the artifact to `output`; return its version.

    Parameters
    ----------
    data
        Folder with the gold labels and the public sets.
    output
        Folder of the artifact: `model.onnx`, `tokenizer.json`, `manifest.json`, `MODEL_CARD.md`.
    run
        Folder of the checkpoint; the same command goes on from it.
    recipe
        Sizes, schedule and seed.
    report
        Called after every step.

    Raises
    ------
    TrainingError
        When data or starting weights are missing, or the checkpoint is of another recipe.
    """
    collection = collect(data, recipe)
    network, tokenizer = starting_network(recipe)
    train(network, tokenizer, collection, recipe, run, report)
    version = write_artifact(network, tokenizer, collection, output)
    write_card(output, version, recipe, collection, measure_all(data, output))
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
    network: SignalNetwork, tokenizer: Tokenizer, collection: Collection, output: Path
) -> str:
    """Export the network, calibrate what was exported, write the manifest; return the version."""
    output.mkdir(parents=True, exist_ok=True)
    export(network, output / MODEL)
    tokenizer.save(str(output / TOKENIZER), pretty=False)
    runtime = Runtime(Artifact(output, "uncalibrated", UNCALIBRATED))
    texts = [normalise(mask(example.text)).text for example in collection.calibration]
    return write_manifest(output, calibrate(runtime.scores(texts), collection.calibration))

"""Training learns, goes on where it was stopped, and exports what it learnt."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from nlp.encoder.artifact import SHIPPED, TOKENIZER
from nlp.encoder.cutting import PAD_ID, cut, pad
from nlp.encoder.engine import OUTPUTS, ExactEngine, Int8Engine
from nlp.encoder.torch_engine import TorchEngine
from nlp.errors import TrainingError
from nlp.gold import Example
from nlp.training.collection import Collection
from nlp.training.export import export, make_probes
from nlp.training.loop import CHECKPOINT, train
from nlp.training.network import SignalNetwork
from nlp.training.pairs import PairedEncoder
from nlp.training.recipe import Recipe

HIDDEN = 48
BAD, GOOD = "太差了，坏了，不好用", "非常好用，很满意，推荐"
RECIPE = Recipe(
    epochs=3, polarity_passes=2, batch_pieces=128, checkpoint_every=5, learning_rate=2e-3
)


class StoppedError(Exception):
    pass


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.from_file(str(SHIPPED / TOKENIZER))


def small_network(tokenizer, *, paired=False):
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=HIDDEN,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
        pad_token_id=PAD_ID,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    config._attn_implementation = "eager"
    encoder = PairedEncoder(config) if paired else BertModel(config, add_pooling_layer=False)
    return SignalNetwork(encoder, HIDDEN)


def labelled(number):
    bad = number % 2 == 0
    return Example(
        text=f"{BAD if bad else GOOD}{number}",
        source="gold",
        sentiment="negative" if bad else "positive",
        intents=("complaint",) if bad else ("praise",),
        complaint=("quality",) if bad else (),
        severity=2 if bad else 0,
    )


def small_collection():
    polar = [
        Example(f"{GOOD}{n}" if n % 2 else f"{BAD}{n}", "a", positive=n % 2) for n in range(40)
    ]
    return Collection([labelled(n) for n in range(40)], [], polar, [])


def trained(tokenizer, folder, recipe=RECIPE, collection=None, stop_at=None, *, paired=False):
    seen = []

    def report(progress):
        seen.append(progress)
        if progress.step == stop_at:
            raise StoppedError

    found = small_collection() if collection is None else collection
    network = small_network(tokenizer, paired=paired)
    return train(network, tokenizer, found, recipe, folder, report), seen


def test_a_stopped_run_ends_as_if_it_had_not_been_stopped(tokenizer, tmp_path):
    whole, steps = trained(tokenizer, tmp_path / "whole")
    with pytest.raises(StoppedError):
        trained(tokenizer, tmp_path / "stopped", stop_at=13)
    resumed, later = trained(tokenizer, tmp_path / "stopped")
    assert [progress.step for progress in later] == list(range(11, steps[-1].steps + 1))
    for name, value in whole.state_dict().items():
        assert torch.allclose(value, resumed.state_dict()[name], atol=1e-5), name


def test_it_learns_what_the_labels_say(tokenizer, tmp_path):
    network, steps = trained(tokenizer, tmp_path)
    assert np.mean([s.loss for s in steps[-3:]]) < 0.7 * np.mean([s.loss for s in steps[:3]])
    ids = torch.from_numpy(pad(cut(tokenizer, [BAD, GOOD])))
    scores = network(ids)
    assert scores.sentiment.argmax(dim=1).tolist() == [0, 2]
    assert (scores.severity[0, :2] > scores.severity[1, :2]).all()


@pytest.mark.parametrize("changed", ["recipe", "data"])
def test_a_checkpoint_of_another_run_is_refused(tokenizer, tmp_path, changed):
    with pytest.raises(StoppedError):
        trained(tokenizer, tmp_path, stop_at=6)
    recipe, collection = RECIPE, small_collection()
    if changed == "recipe":
        recipe = replace(RECIPE, seed=1)
    else:
        collection.gold[0] = replace(collection.gold[0], severity=3)
    with pytest.raises(TrainingError, match=CHECKPOINT):
        trained(tokenizer, tmp_path, recipe, collection)


@pytest.fixture(scope="module", params=[False, True], ids=["single", "paired"])
def exported(request, tokenizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    network, _ = trained(tokenizer, folder / "run", paired=request.param)
    texts = [example.text for example in small_collection().gold]
    export(network, folder / "model.onnx", cut(tokenizer, texts))
    return network, folder / "model.onnx"


@pytest.mark.parametrize(
    "engine", [Int8Engine, ExactEngine, partial(TorchEngine, device="cpu")], ids=str
)
def test_the_exported_graph_scores_as_the_network_does(tokenizer, exported, engine):
    network, path = exported
    batches = [pad(cut(tokenizer, texts)) for texts in ([BAD, GOOD], ["快递三天才到"])]
    for ids, outputs in zip(batches, engine(path).run(batches), strict=True):
        with torch.no_grad():
            wanted = network(torch.from_numpy(ids))
        for name, found in zip(OUTPUTS, outputs, strict=True):
            expected = getattr(wanted, name).numpy()
            assert found.shape == expected.shape, name
            assert np.abs(found - expected).max() < 0.3, name


def test_probes_tell_a_right_engine_from_a_wrong_one(tokenizer, exported):
    network, path = exported
    probes = make_probes(network, cut(tokenizer, [BAD, GOOD, "一般"]))
    outputs = Int8Engine(path).run(probes.batches)
    assert probes.distance(outputs) < probes.tolerance
    spoilt = [tuple(-part for part in batch) for batch in outputs]
    assert probes.distance(spoilt) > probes.tolerance

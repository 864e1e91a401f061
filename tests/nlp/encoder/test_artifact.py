"""The artifact: whole, unaltered, of this version; or refused by name."""

import json
import pickle
import shutil

import pytest

from nlp.encoder import Runtime, read_artifact
from nlp.encoder.artifact import MANIFEST, MODEL, PROBES, SHIPPED, TOKENIZER, digest
from nlp.errors import ArtifactError, InexactEngineWarning

MEGABYTE = 2**20


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(SHIPPED, tmp_path / "model")


def change(folder, **fields):
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, **fields}), encoding="utf-8")


def test_the_shipped_model_is_small():
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 40 * MEGABYTE


def test_a_copy_reads_like_the_shipped_one(copy):
    assert read_artifact(copy).version == read_artifact().version


@pytest.mark.parametrize("name", [MODEL, TOKENIZER, PROBES])
def test_an_altered_file_is_named(copy, name):
    path = copy / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ArtifactError, match=f"{name} is altered"):
        read_artifact(copy)


@pytest.mark.parametrize("name", [MODEL, TOKENIZER, PROBES, MANIFEST])
def test_a_missing_file_is_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(ArtifactError, match=rf"{name} is missing"):
        read_artifact(copy)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param(
            {"format": 3}, "has format 3; this version of tingyin reads format 2", id="newer"
        ),
        pytest.param({"labels": {"sentiment": ["bad", "good"]}}, "other labels", id="other labels"),
    ],
)
def test_another_kind_of_model_is_refused(copy, fields, said):
    change(copy, **fields)
    with pytest.raises(ArtifactError, match=said):
        read_artifact(copy)


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_broken_manifest_is_refused(copy, text):
    (copy / MANIFEST).write_text(text)
    with pytest.raises(ArtifactError, match=MANIFEST):
        read_artifact(copy)


def test_a_runtime_survives_pickling():
    runtime = Runtime(read_artifact())
    texts = ["客服太差了", "很好吃"]
    before = [scores.sentiment.tolist() for scores in runtime.scores(texts)]
    again = [
        scores.sentiment.tolist() for scores in pickle.loads(pickle.dumps(runtime)).scores(texts)
    ]
    assert before == again


def test_an_engine_that_answers_otherwise_gives_way_to_the_exact_one(copy):
    path = copy / PROBES
    probes = json.loads(path.read_text())
    spoilt = [[-value for value in row] for row in probes["logits"]]
    path.write_text(json.dumps({**probes, "logits": spoilt}))
    change(copy, files=digests(copy))
    runtime = Runtime(read_artifact(copy))
    with pytest.warns(InexactEngineWarning, match="runs in float"):
        assert runtime.engines == ("float",)
    expected = Runtime(read_artifact()).scores(["客服太差了，等了三天"])[0].sentiment
    found = runtime.scores(["客服太差了，等了三天"])[0].sentiment
    assert found == pytest.approx(expected, abs=0.2)


def test_a_model_without_a_small_network_says_so(copy):
    change(copy, fast=None)
    with pytest.raises(ArtifactError, match=r"has no fast\.onnx; read without `fast`"):
        Runtime(read_artifact(copy), fast=True)


def digests(folder):
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return {name: digest(folder / name) for name in manifest["files"]}

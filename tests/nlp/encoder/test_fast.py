"""A small network reads first; the large one reads what the small one is unsure of.

Here the same network stands for both, told apart by their calibrations: the small one is read as
less sure of everything.
"""

import json
import shutil

import pytest

import nlp
from nlp.encoder import Runtime, read_all, read_artifact
from nlp.encoder.artifact import (
    FAST_MODEL,
    FAST_PROBES,
    MANIFEST,
    MODEL,
    PROBES,
    SHIPPED,
    digest,
)

TEXTS = ["很好吃,下次还来", "客服太差了", "还行吧", "用了两天就坏了", "请问多少钱"]
FLAT = 3.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    copy = shutil.copytree(SHIPPED, tmp_path_factory.mktemp("fast") / "model")
    for whole, small in ((MODEL, FAST_MODEL), (PROBES, FAST_PROBES)):
        shutil.copy(copy / whole, copy / small)
    return copy


def with_sure_from(folder, sure_from):
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    flat = {**manifest["calibration"]}
    flat["sentiment_scale"] *= FLAT
    manifest["fast"] = {"calibration": flat, "sure_from": sure_from}
    names = {*manifest["files"], FAST_MODEL, FAST_PROBES}
    manifest["files"] = {name: digest(folder / name) for name in sorted(names)}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return read_artifact(folder)


def confidences(runtime):
    return [float(reading.sentiment.max()) for _, reading in runtime.read(TEXTS)]


def test_what_the_small_network_is_sure_of_is_not_read_again(folder):
    runtime = Runtime(with_sure_from(folder, 0.0), fast=True)
    small = confidences(runtime)
    large = confidences(Runtime(with_sure_from(folder, 0.0)))
    sure = [reading.certainty for _, reading in runtime.read(TEXTS)]
    line = sorted(sure)[2]
    mixed = confidences(Runtime(with_sure_from(folder, line), fast=True))
    expected = [
        kept if chance >= line else again
        for kept, chance, again in zip(small, sure, large, strict=True)
    ]
    assert mixed == pytest.approx(expected, abs=1e-3)
    assert sum(a < b - 0.05 for a, b in zip(small, mixed, strict=True)) == 2
    calibration = runtime.artifact.fast_path().calibration
    for either in (runtime, Runtime(read_artifact(folder))):
        clauses = read_all(either.clause_scores(TEXTS), calibration)
        found = [float(each.sentiment.max()) for each in clauses]
        assert found == pytest.approx(small, abs=1e-3)


def test_all_may_be_read_again_and_an_empty_batch_is_none(folder):
    runtime = Runtime(with_sure_from(folder, 1.1), fast=True)
    assert confidences(runtime) == pytest.approx(
        confidences(Runtime(read_artifact(folder))), abs=1e-3
    )
    assert runtime.read([]) == []
    assert runtime.engines == ("int8", "int8")


def test_signals_tell_how_they_were_read(folder):
    with_sure_from(folder, 0.5)
    (fast,) = nlp.analyze(nlp.load(folder, fast=True), TEXTS[:1])
    (slow,) = nlp.analyze(nlp.load(folder), TEXTS[:1])
    assert fast.model_version == f"{slow.model_version}-fast"

"""A device that is asked for: torch runs there, or it is told at once why not."""

import pickle

import numpy as np
import pytest
import torch

import nlp
from nlp.encoder import EngineError, Runtime, read_artifact

TEXTS = ["客服太差了，等了三天", "很好吃，下次还来", "请问什么时候发货", "一般般吧"]
NO_CUDA = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device here")


@pytest.fixture(scope="module")
def runtime():
    return Runtime(read_artifact(), device="cpu")


def verdicts(runtime):
    return np.array([reading.sentiment for _, reading in runtime.read(TEXTS)])


def test_torch_runs_the_model_and_reads_the_same(runtime):
    assert runtime.engines == ("torch-cpu",)
    assert runtime.version == Runtime(read_artifact()).version
    assert verdicts(runtime) == pytest.approx(verdicts(Runtime(read_artifact())), abs=0.1)


def test_the_device_survives_pickling(runtime):
    again = pickle.loads(pickle.dumps(runtime))
    assert again.engines == ("torch-cpu",)
    assert np.array_equal(verdicts(again), verdicts(runtime))


def test_a_pipeline_runs_on_the_device():
    pipeline = nlp.load(device="cpu")
    found = [signals.sentiment for signals in nlp.analyze(pipeline, TEXTS)]
    assert found == [signals.sentiment for signals in nlp.analyze(nlp.load(), TEXTS)]


@pytest.mark.parametrize("device", ["tpu", pytest.param("cuda", marks=NO_CUDA)])
def test_a_device_that_is_not_here_is_told_before_the_first_text(device):
    with pytest.raises(EngineError, match=device):
        nlp.load(device=device)

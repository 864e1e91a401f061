"""The torch engine: the answers of the exact one, on the device that was asked for."""

import multiprocessing
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import pytest
import torch
from onnx import helper
from transformers import BertConfig, BertModel

from nlp.encoder.artifact import MODEL, PROBES, SHIPPED
from nlp.encoder.cutting import PAD_ID
from nlp.encoder.engine import OUTPUTS, ExactEngine
from nlp.encoder.errors import EngineError
from nlp.encoder.onnx_graph import read_graph
from nlp.encoder.probes import SCORES, read_probes
from nlp.encoder.torch_engine import DEVICES, TorchEngine
from nlp.encoder.torch_plan import Plan
from nlp.errors import ArtifactError
from nlp.training.export import _trace
from nlp.training.network import SignalNetwork

NETWORKS = [
    (model, model.with_name(PROBES if model.name == MODEL else f"{model.stem}-{PROBES}"))
    for model in sorted(SHIPPED.glob("*.onnx"))
]
HERE = [name for name in DEVICES if name == "cpu" or torch.cuda.is_available()]
VOCABULARY = 128

each_network = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network[0].stem)
each_device = pytest.mark.parametrize("device", HERE)


@pytest.fixture(scope="module", params=NETWORKS, ids=lambda network: network[0].stem)
def shipped(request):
    model, probes = request.param
    return model, read_probes(probes), TorchEngine(model, "cpu")


@pytest.fixture(scope="module")
def untrained():
    """A network that no int8 rounds, so that torch must give its own numbers again."""
    config = BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=64,
        pad_token_id=PAD_ID,
    )
    config._attn_implementation = "eager"
    torch.manual_seed(3)
    return SignalNetwork(BertModel(config, add_pooling_layer=False), 32).eval()


@pytest.fixture(scope="module")
def traced(untrained, tmp_path_factory):
    path = tmp_path_factory.mktemp("traced") / "model.onnx"
    _trace(untrained, path)
    return path


@pytest.fixture
def restore_threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def batch(texts, pieces, padded=0):
    ids = np.random.default_rng(pieces).integers(4, VOCABULARY, (texts, pieces))
    ids[0, pieces - padded :] = PAD_ID
    return ids


def altered(path, folder, change):
    model = onnx.load(path)
    change(model)
    target = folder / "altered.onnx"
    onnx.save(model, target)
    return target


@each_network
@each_device
def test_the_probes_are_answered_rightly(network, device):
    model, probes = network[0], read_probes(network[1])
    engine = TorchEngine(model, device)
    assert engine.name == f"torch-{device}"
    assert probes.distance(engine.run(probes.batches)) <= probes.tolerance


def test_the_answers_are_those_of_the_exact_engine(shipped):
    model, probes, engine = shipped
    found, expected = engine.run(probes.batches), ExactEngine(model).run(probes.batches)
    for ours, theirs in zip(found, expected, strict=True):
        assert len(ours) == len(OUTPUTS)
        for name, one, other in zip(OUTPUTS, ours, theirs, strict=True):
            assert one.dtype == other.dtype == np.float32, name
            assert one.shape == other.shape, name
        for one, other in zip(ours[:SCORES], theirs[:SCORES], strict=True):
            # One rounding that falls otherwise moves what follows: equal on the whole, not by bits.
            assert np.abs(1 / (1 + np.exp(-one)) - 1 / (1 + np.exp(-other))).mean() < 0.01


@pytest.mark.parametrize(
    "ids",
    [
        pytest.param(batch(1, 1), id="one piece"),
        pytest.param(batch(1, 64), id="the longest"),
        pytest.param(batch(5, 12, padded=7), id="padded"),
        pytest.param(batch(300, 3, padded=1), id="many"),
    ],
)
def test_a_traced_network_gives_its_own_numbers(untrained, traced, ids):
    (found,) = TorchEngine(traced, "cpu").run([ids])
    with torch.inference_mode():
        expected = untrained(torch.from_numpy(ids))
    for name, value in zip(OUTPUTS, found, strict=True):
        assert value == pytest.approx(getattr(expected, name).numpy(), abs=1e-4), name


@pytest.mark.parametrize("pieces", [8, 24])
def test_nothing_waits_for_the_device(shipped, pieces):
    """`meta` holds no numbers: who reads one, or brings one of another device, fails."""
    model = shipped[0]
    meta = torch.device("meta")
    with torch.inference_mode():
        found = Plan(model, read_graph(model), meta).run(
            torch.empty(3, pieces, dtype=torch.int64, device=meta)
        )
    (expected,) = shipped[2].run([np.full((3, pieces), 5)])
    assert [tuple(value.shape) for value in found] == [value.shape for value in expected]
    assert {value.device for value in found} == {meta}


def test_the_same_batch_has_the_same_answers_in_any_order_and_thread(shipped):
    _, probes, engine = shipped
    batches = probes.batches[:2]
    before = [ids.copy() for ids in batches]
    expected = engine.run(batches)
    with ThreadPoolExecutor(2) as threads:
        runs = list(threads.map(engine.run, [batches, batches[::-1]]))
    for found in (runs[0], runs[1][::-1]):
        for one, other in zip(found, expected, strict=True):
            assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert all(np.array_equal(ids, old) for ids, old in zip(batches, before, strict=True))


def end_well_if_the_same(path, ids, expected):
    (found,) = TorchEngine(path, "cpu").run([ids])
    sys.exit(0 if np.allclose(found[0], expected, atol=1e-5) else 1)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork here")
def test_the_child_of_a_fork_opens_its_own_and_does_not_wait_for_threads(traced, restore_threads):
    torch.set_num_threads(2)
    ids = batch(300, 48)
    (expected,) = TorchEngine(traced, "cpu").run([ids])
    child = multiprocessing.get_context("fork").Process(
        target=end_well_if_the_same, args=(traced, ids, expected[0])
    )
    child.start()
    child.join(120)
    child.kill()
    child.join()
    assert child.exitcode == 0


def test_no_batches_have_no_answers(traced):
    assert TorchEngine(traced, "cpu").run([]) == []


def test_ids_that_must_not_be_written_are_read(traced):
    ids = batch(2, 4)
    ids.flags.writeable = False
    assert TorchEngine(traced, "cpu").run([ids])[0][0].shape == (2, 3)


@pytest.mark.parametrize("name", ["tpu", "", "CUDA", "meta"])
def test_an_unknown_device_is_refused(traced, name):
    with pytest.raises(EngineError, match=f"the device '{name}' is unknown; choose cpu or cuda"):
        TorchEngine(traced, name)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device here")
def test_a_device_that_is_not_here_is_told_with_torch_s_own_reason(traced):
    with pytest.raises(EngineError, match=r"cannot use the device 'cuda' here \(.+CUDA") as caught:
        TorchEngine(traced, "cuda")
    assert "无法使用设备 'cuda'" in caught.value.text("zh")


def test_where_onnx_is_not_installed_the_remedy_is_told(traced, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(EngineError, match=r'pip install "tingyin\[gpu\]"') as caught:
        TorchEngine(traced, "cpu")
    assert "尚未安装" in caught.value.text("zh")


def rename(model):
    next(node for node in model.graph.node if node.op_type == "Erf").op_type = "Gelu"


def of_others(model):
    next(node for node in model.graph.node if node.op_type == "Erf").domain = "com.microsoft"


def with_attribute(model):
    node = next(node for node in model.graph.node if node.op_type == "Softmax")
    node.attribute.append(helper.make_attribute("temperature", 2.0))


def with_two_outputs(model):
    next(node for node in model.graph.node if node.op_type == "Erf").output.append("second")


def of_a_later_opset(model):
    model.opset_import[0].version = 18


def without_pooled(model):
    del model.graph.output[-1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(rename, r"needs the operator Gelu \(1 inputs; -\)", id="operator"),
        pytest.param(of_others, r"needs the operator com\.microsoft\.Erf", id="domain"),
        pytest.param(with_attribute, r"Softmax \(1 inputs; axis, temperature\)", id="attribute"),
        pytest.param(with_two_outputs, "Erf gives 2 outputs", id="two outputs"),
        pytest.param(of_a_later_opset, "is of ONNX opset 18; .+ runs opset 17", id="opset"),
        pytest.param(without_pooled, r"gives \['sentiment'.+: train again", id="no pooled"),
    ],
)
def test_a_graph_that_cannot_be_run_is_refused_by_name(traced, tmp_path, change, said):
    path = altered(traced, tmp_path, change)
    with pytest.raises(ArtifactError, match=said) as caught:
        TorchEngine(path, "cpu")
    assert str(path) in str(caught.value)
    assert str(path) in caught.value.text("zh")


@pytest.mark.parametrize("content", [b"", b"{}", b"\x00" * 64, None])
def test_what_is_no_graph_is_refused(tmp_path, content):
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ArtifactError, match=r"model\.onnx"):
        TorchEngine(path, "cpu")

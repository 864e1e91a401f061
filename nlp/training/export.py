"""Write the trained network as an int8 ONNX file, with the probes that test it where it runs."""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import onnx
import torch
from torch import Tensor, nn

from nlp.encoder.cutting import Pieces, pad
from nlp.encoder.engine import OUTPUTS
from nlp.encoder.probes import SCORES, Probes
from nlp.training.network import SignalNetwork

OPSET = 17
PER_PIECE = ("targets", "evidence")
CALIBRATION_TEXTS = 300
# A network that reads pieces in pairs needs an even number of them.
CALIBRATION_STEP = 2
# The heads are a thousandth of the work, and all of the answer: they stay in float.
HEADS = [".*/network/heads.*", ".*/network/targets.*"]
PROBE_BATCH = 8
# Well above what int8 differs on processors that compute it rightly, well below what overflow does.
TOLERANCE = 0.05


class _Exported(nn.Module):
    """The network as a graph: piece ids in, a tuple of outputs in the order of `OUTPUTS`."""

    def __init__(self, network: SignalNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor) -> tuple[Tensor, ...]:
        scores = self.network(ids)
        return tuple(getattr(scores, name) for name in OUTPUTS)


def export(network: SignalNetwork, path: Path, texts: Sequence[Pieces]) -> None:
    """Write `network` to `path`: traced, weights and activations in int8.

    The ranges of the activations are read off `texts`. Seven bits of the weights are used: on
    processors without VNNI, eight overflow and spoil the scores.
    """
    with TemporaryDirectory() as folder:
        traced = Path(folder) / "traced.onnx"
        _trace(network.cpu().eval(), traced)
        onnx.save(_quantized(onnx.load(traced), texts[:CALIBRATION_TEXTS]), path)


def make_probes(network: SignalNetwork, texts: Sequence[Pieces]) -> Probes:
    """Return probes of these texts, with the scores that the network gives them in float."""
    ordered = sorted(texts, key=len)
    batches = [
        pad(ordered[start : start + PROBE_BATCH], 8)
        for start in range(0, len(ordered), PROBE_BATCH)
    ]
    return Probes(batches, np.concatenate([_logits(network, ids) for ids in batches]), TOLERANCE)


def _logits(network: SignalNetwork, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    with torch.inference_mode():
        scores = network.cpu().eval()(torch.from_numpy(ids))
    parts = [getattr(scores, name) for name in OUTPUTS[:SCORES]]
    return np.asarray(torch.cat(parts, dim=1).numpy(), dtype=np.float32)


def _quantized(model: onnx.ModelProto, texts: Sequence[Pieces]) -> onnx.ModelProto:
    os.environ["NNCF_CI"] = "1"  # it would report its use to its makers
    import nncf
    from nncf.quantization.advanced_parameters import (
        AdvancedQuantizationParameters,
        OverflowFix,
    )

    samples = [{"ids": pad([pieces], CALIBRATION_STEP)} for pieces in texts]
    quantized: onnx.ModelProto = nncf.quantize(
        model,
        nncf.Dataset(samples),
        model_type=nncf.ModelType.TRANSFORMER,
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(samples),
        ignored_scope=nncf.IgnoredScope(patterns=HEADS, validate=False),
        advanced_parameters=AdvancedQuantizationParameters(overflow_fix=OverflowFix.ENABLE),
    )
    return quantized


def _trace(network: SignalNetwork, path: Path) -> None:
    axes = {name: {0: "texts"} for name in OUTPUTS}
    axes |= {name: {0: "texts", 1: "pieces"} for name in (*PER_PIECE, "ids")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of every shape it makes constant
        torch.onnx.export(
            _Exported(network).eval(),
            (torch.randint(4, 99, (2, 32)),),
            str(path),
            input_names=["ids"],
            output_names=list(OUTPUTS),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )

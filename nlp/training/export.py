"""Write the trained network as a fused int8 ONNX file."""

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.optimizer import optimize_model
from torch import Tensor, nn
from transformers import PretrainedConfig, PreTrainedModel

from nlp.encoder.runtime import OUTPUTS
from nlp.training.network import SignalNetwork

OPSET = 17
PER_PIECE = ("targets", "evidence")


class _Exported(nn.Module):
    """The network as a graph: piece ids in, a tuple of outputs in the order of `OUTPUTS`."""

    def __init__(self, network: SignalNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor) -> tuple[Tensor, ...]:
        scores = self.network(ids)
        return tuple(getattr(scores, name) for name in OUTPUTS)


def export(network: SignalNetwork, path: Path) -> None:
    """Write `network` to `path`: traced, attention and layer norms fused, weights in int8.

    `reduce_range` keeps 7 bits of the weights: on processors without VNNI, 8 bits overflow and
    spoil the scores.
    """
    with TemporaryDirectory() as folder:
        traced, fused = Path(folder) / "traced.onnx", Path(folder) / "fused.onnx"
        _trace(network.cpu().eval(), traced)
        config = encoder_config(network)
        optimised = optimize_model(
            str(traced),
            model_type="bert",
            num_heads=config.num_attention_heads,
            hidden_size=config.hidden_size,
            opt_level=1,
        )
        optimised.save_model_to_file(str(fused))
        quantize_dynamic(
            fused,
            path,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )


def encoder_config(network: SignalNetwork) -> PretrainedConfig:
    """Return the sizes of the encoder inside the network."""
    encoder = cast("PreTrainedModel", network.encoder)
    return encoder.config


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

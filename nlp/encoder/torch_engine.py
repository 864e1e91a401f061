"""The network on a GPU: its ONNX graph, operator by operator, in torch.

The same graph and the same rounding as the int8 engine: weights are dequantised once, and what
flows between the layers is rounded to int8 wherever the graph says so.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from nlp.encoder.engine import Integers, Outputs
from nlp.encoder.errors import EngineError
from nlp.encoder.onnx_graph import read_graph
from nlp.encoder.torch_plan import Plan

# How many pieces a batch should hold, padded. One takes 24 KiB at the peak (measured on a
# processor), so that a GPU needs about 0.8 GB; its number was not tuned on one.
DEVICES: Mapping[str, int] = {"cpu": 1_280, "cuda": 32_768}


class TorchEngine:
    """Runs a network with torch. Threads may share it.

    Parameters
    ----------
    model
        An ONNX file that `tingyin train` wrote.
    device
        One of `DEVICES`.

    Raises
    ------
    EngineError
        When torch has no such device here, or the package `onnx` is not installed.
    ArtifactError
        When the file is no ONNX, or needs an operator that torch is not told how to run.
    """

    def __init__(self, model: Path, device: str) -> None:
        self._device = usable_device(device)
        self.name = f"torch-{device}"
        self.batch_pieces = DEVICES[device]
        self._plan = Plan(model, read_graph(model), self._device)

    def run(self, batches: Sequence[Integers]) -> list[Outputs]:
        """Return the outputs of each batch, in order."""
        with torch.inference_mode():
            # All are queued before the first is fetched: fetching waits for the device.
            found = [self._plan.run(torch.tensor(ids, device=self._device)) for ids in batches]
            return [tuple(np.asarray(value.cpu()) for value in outputs) for outputs in found]


def usable_device(name: str) -> torch.device:
    """Return a device of torch after a try of it.

    Raises
    ------
    EngineError
        When it is none of `DEVICES`, or torch cannot use it in this process.
    """
    if name not in DEVICES:
        raise EngineError(
            f"the device {name!r} is unknown; choose {' or '.join(DEVICES)}",
            f"未知设备 {name!r}；请选择 {' 或 '.join(DEVICES)}",
        )
    try:
        return torch.empty(1, device=name).device
    except (AssertionError, RuntimeError) as error:  # which one depends on what is missing
        reason = str(error).partition("\n")[0].rstrip(".")
        raise EngineError(
            f"torch {torch.__version__} cannot use the device {name!r} here ({reason}); install "
            "its driver and a torch built for it (https://pytorch.org/get-started/locally), or "
            "run without --device",
            f"torch {torch.__version__} 在此无法使用设备 {name!r}（{reason}）；请安装其驱动及对应的"
            " torch 版本（https://pytorch.org/get-started/locally），或去掉 --device",
        ) from error


def _run_alone() -> None:
    torch.set_num_threads(1)


# The threads of OpenMP are not in the child of a fork, and it would wait for them without end.
os.register_at_fork(after_in_child=_run_alone)

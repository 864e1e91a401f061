"""What runs the network: int8 on OpenVINO, torch where a device is named, float on ONNX Runtime.

Some processors lose points in int8. So the model brings texts with the scores that the network
gave them in float; where an engine answers them otherwise, the exact one takes its place.
"""

import os
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from nlp.encoder.probes import Probes
from nlp.errors import InexactEngineWarning

if TYPE_CHECKING:
    from openvino import AsyncInferQueue, InferRequest

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
OUTPUTS = ("sentiment", "intents", "complaint", "severity", "targets", "evidence", "pooled")
Outputs = tuple[Floats, ...]
BATCH_PIECES = 1_280
# OpenVINO keeps code for every shape of batch that it met: without a bound, memory grows for hours.
REMEMBERED_SHAPES = 200


class Engine(Protocol):
    """Runs batches of padded piece ids; `batch_pieces` is how many of them a batch should hold."""

    name: str
    batch_pieces: int

    def run(self, batches: Sequence[Integers]) -> list[Outputs]:
        """Return the outputs of each batch, in order; each in the order of `OUTPUTS`."""
        ...


class Int8Engine:
    """OpenVINO: one stream per processor, each on a batch of its own. Threads may share it."""

    name = "int8"
    batch_pieces = BATCH_PIECES

    def __init__(self, model: Path) -> None:
        from openvino import Core

        settings = {
            "PERFORMANCE_HINT": "THROUGHPUT",
            "INFERENCE_NUM_THREADS": processors(),
            "CPU_RUNTIME_CACHE_CAPACITY": REMEMBERED_SHAPES,
        }
        self._model = Core().compile_model(model, "CPU", settings)
        self._thread = threading.local()

    def run(self, batches: Sequence[Integers]) -> list[Outputs]:
        """Return the outputs of each batch, in order."""
        found: dict[int, Outputs] = {}
        queue = self._own_queue()
        queue.set_callback(lambda request, number: found.update({number: _outputs(request)}))
        for number, ids in enumerate(batches):
            queue.start_async({"ids": ids}, number)
        queue.wait_all()
        return [found[number] for number in range(len(batches))]

    def _own_queue(self) -> "AsyncInferQueue":
        from openvino import AsyncInferQueue

        if not hasattr(self._thread, "queue"):
            self._thread.queue = AsyncInferQueue(self._model)
        queue: AsyncInferQueue = self._thread.queue
        return queue


class ExactEngine:
    """ONNX Runtime with integer arithmetic turned off: slower, and right on every processor."""

    name = "float"
    batch_pieces = BATCH_PIECES

    def __init__(self, model: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = processors()
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        self._session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )

    def run(self, batches: Sequence[Integers]) -> list[Outputs]:
        """Return the outputs of each batch, in order."""
        return [tuple(self._session.run(OUTPUTS, {"ids": ids})) for ids in batches]


def open_engine(model: Path, probes: Probes, device: str | None = None) -> Engine:
    """Return an engine that answers the probes rightly here, else the exact one.

    It is the int8 engine; torch where a device of `torch_engine.DEVICES` is named.

    Raises
    ------
    EngineError
        When torch has no such device here, or the package `onnx` is not installed.
    """
    engine = _engine(model, device)
    distance = probes.distance(engine.run(probes.batches))
    if distance <= probes.tolerance:
        return engine
    warnings.warn(
        f"{engine.name} is inexact here (off by {distance:.3f}, allowed: {probes.tolerance:.3f}), "
        "so the model runs in float, which is slower. "
        f"{engine.name} 在此计算不准（偏差 {distance:.3f}，容许 {probes.tolerance:.3f}），"
        "改用浮点运行，速度较慢。",
        InexactEngineWarning,
        stacklevel=2,
    )
    return ExactEngine(model)


def _engine(model: Path, device: str | None) -> Engine:
    if device is None:
        return Int8Engine(model)
    from nlp.encoder.torch_engine import TorchEngine

    return TorchEngine(model, device)


def processors() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _outputs(request: "InferRequest") -> Outputs:
    return tuple(request.get_tensor(name).data.copy() for name in OUTPUTS)

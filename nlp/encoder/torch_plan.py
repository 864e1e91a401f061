"""A graph as calls of torch on one device: what can be computed beforehand is computed.

The network's numbers are on the device; shapes, axes and bounds stay with the processor, so that
nothing in a run waits for the device.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from nlp.encoder.engine import OUTPUTS
from nlp.encoder.onnx_graph import INPUT, Graph, Node
from nlp.encoder.torch_operators import OPERATORS, Operator
from nlp.errors import ArtifactError

Compute = Callable[..., Tensor]
LEFT_OUT = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One call: values by name in, one out. `spent` are the values that no later step asks for."""

    compute: Compute
    inputs: tuple[str, ...]
    output: str
    spent: tuple[str, ...] = ()


class Plan:
    """The steps of a graph on a device. Threads may share it.

    Parameters
    ----------
    path
        Where the graph is from, for messages.
    graph
        What to run.
    device
        Where to run it.

    Raises
    ------
    ArtifactError
        When the graph has an operator, or a form of one, that is not in `OPERATORS`.
    """

    def __init__(self, path: Path, graph: Graph, device: torch.device) -> None:
        self._device = device
        self._known: dict[str, Tensor | None] = {LEFT_OUT: None, **graph.weights}
        self._on_device = {INPUT}
        self._sent: dict[str, str] = {}
        steps: list[Step] = []
        with torch.inference_mode():
            for node in graph.nodes:
                steps += self._planned(node, operator_of(path, node))
        self._steps = _with_spent(steps)
        asked = {name for step in steps for name in step.inputs}
        self._known = {name: value for name, value in self._known.items() if name in asked}

    def run(self, ids: Tensor) -> list[Tensor]:
        """Return the outputs of a batch of ids, on the device, in the order of `OUTPUTS`."""
        values = {**self._known, INPUT: ids}
        for step in self._steps:
            values[step.output] = step.compute(*[values[name] for name in step.inputs])
            for name in step.spent:
                del values[name]
        return [value for name in OUTPUTS if (value := values[name]) is not None]

    def _planned(self, node: Node, operator: Operator) -> list[Step]:
        compute = _with_attributes(operator.compute, node)
        if all(name in self._known for name in node.inputs):
            self._known[node.output] = compute(*[self._known[name] for name in node.inputs])
            return []
        numbers = operator.numbers
        tensors = [name for place, name in enumerate(node.inputs) if place not in numbers]
        if operator.to_host or self._on_device.isdisjoint(tensors):
            return [Step(compute, node.inputs, node.output)]
        moves = [step for name in tensors for step in self._sending(name)]
        inputs = (
            name if place in numbers else self._sent.get(name, name)
            for place, name in enumerate(node.inputs)
        )
        self._on_device.add(node.output)
        return [*moves, Step(compute, tuple(inputs), node.output)]

    def _sending(self, name: str) -> list[Step]:
        """Put a value of the processor on the device, once: now if it is known, else in a run."""
        if name in self._on_device or name in self._sent or name == LEFT_OUT:
            return []
        self._sent[name] = there = f"{name} on {self._device}"
        value = self._known.get(name)
        if value is None:
            return [Step(lambda found: found.to(self._device), (name,), there)]
        self._known[there] = value.to(self._device)
        return []


def operator_of(path: Path, node: Node) -> Operator:
    """Return what computes a node.

    Raises
    ------
    ArtifactError
        When no operator has this name, these attributes and so many inputs.
    """
    operator = OPERATORS.get(node.operator)
    if operator is not None and _takes(operator.compute, node):
        return operator
    form = f"{node.operator} ({len(node.inputs)} inputs; {', '.join(node.attributes) or '-'})"
    known = ", ".join(OPERATORS)
    raise ArtifactError(
        f"{path} needs the operator {form} for {node.output!r}, and the torch engine cannot run "
        f"it; run without --device. It runs {known}",
        f"{path} 的 {node.output!r} 需要算子 {form}，torch 引擎无法运行；请去掉 --device。"
        f"支持的算子：{known}",
    )


def _takes(compute: Compute, node: Node) -> bool:
    try:
        inspect.signature(compute).bind(*node.inputs, **node.attributes)
    except TypeError:
        return False
    return True


def _with_attributes(compute: Compute, node: Node) -> Compute:
    attributes = dict(node.attributes)
    return (lambda *inputs: compute(*inputs, **attributes)) if attributes else compute


def _with_spent(steps: Sequence[Step]) -> list[Step]:
    asked_later: set[str] = set(OUTPUTS)
    found: list[Step] = []
    for step in reversed(steps):
        touched = dict.fromkeys((*step.inputs, step.output))
        spent = tuple(name for name in touched if name not in asked_later)
        found.append(Step(step.compute, step.inputs, step.output, spent))
        asked_later |= set(step.inputs)
    return found[::-1]

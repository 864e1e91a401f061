"""What an ONNX file says: its operators in order, and its weights, as torch tensors."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from nlp.encoder.engine import OUTPUTS
from nlp.encoder.errors import EngineError
from nlp.errors import ArtifactError

if TYPE_CHECKING:
    from onnx import AttributeProto, ModelProto, NodeProto, TensorProto

INPUT = "ids"
OPSET = 17


@dataclass(frozen=True, slots=True)
class Node:
    """One use of an operator. An input that is left out is an empty string."""

    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes, each after those it needs, and the weights by name, on the CPU."""

    nodes: tuple[Node, ...]
    weights: Mapping[str, Tensor]


def read_graph(path: Path) -> Graph:
    """Return the graph in an ONNX file.

    Raises
    ------
    ArtifactError
        When the file is no ONNX, of another opset than `OPSET`, or lacks an input or an output.
    EngineError
        When the package `onnx` is not installed.
    """
    model = _load(path)
    _check_opset(path, model)
    _check_ends(path, model)
    return Graph(
        tuple(_node(path, node) for node in model.graph.node),
        {tensor.name: _tensor(tensor) for tensor in model.graph.initializer},
    )


def _load(path: Path) -> "ModelProto":
    try:
        import onnx
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # no stubs
    except ModuleNotFoundError as error:
        raise EngineError(
            "to run the model with torch, the package onnx is needed and not installed: "
            'pip install "tingyin[gpu]"',
            '用 torch 运行模型需要 onnx，但尚未安装：请运行 pip install "tingyin[gpu]"',
        ) from error
    try:
        return onnx.load(path)
    except (OSError, DecodeError) as error:
        raise ArtifactError(
            f"{path} cannot be read as ONNX ({error}); reinstall tingyin or run `tingyin train`",
            f"{path} 无法作为 ONNX 读取（{error}）；请重新安装 tingyin 或运行 `tingyin train`",
        ) from error


def _check_opset(path: Path, model: "ModelProto") -> None:
    found = {domain.domain: domain.version for domain in model.opset_import}.get("")
    if found != OPSET:
        raise ArtifactError(
            f"{path} is of ONNX opset {found}; the torch engine runs opset {OPSET}: run without "
            "--device, or train again with `tingyin train`",
            f"{path} 的 ONNX opset 为 {found}，torch 引擎只支持 {OPSET}：请去掉 --device，"
            "或用 `tingyin train` 重新训练",
        )


def _check_ends(path: Path, model: "ModelProto") -> None:
    inputs = [value.name for value in model.graph.input]
    outputs = [value.name for value in model.graph.output]
    if inputs != [INPUT] or not set(OUTPUTS) <= set(outputs):
        raise ArtifactError(
            f"{path} takes {inputs} and gives {outputs}; a network of tingyin takes {[INPUT]} and "
            f"gives {list(OUTPUTS)}: train again with `tingyin train`",
            f"{path} 的输入为 {inputs}，输出为 {outputs}；tingyin 的网络输入应为 {[INPUT]}，"
            f"输出应为 {list(OUTPUTS)}：请用 `tingyin train` 重新训练",
        )


def _node(path: Path, node: "NodeProto") -> Node:
    operator = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
    if len(node.output) != 1:
        raise ArtifactError(
            f"{path}: {operator} gives {len(node.output)} outputs at {node.name!r}; the torch "
            "engine runs operators of one output: run without --device",
            f"{path}：{node.name!r} 处的 {operator} 有 {len(node.output)} 个输出，torch 引擎只支持"
            "单输出算子：请去掉 --device",
        )
    attributes = {attribute.name: _value(attribute) for attribute in node.attribute}
    return Node(operator, tuple(node.input), node.output[0], attributes)


def _value(attribute: "AttributeProto") -> object:
    from onnx.helper import get_attribute_value

    if attribute.type == attribute.TENSOR:
        return _tensor(attribute.t)
    found: object = get_attribute_value(attribute)
    return found


def _tensor(tensor: "TensorProto") -> Tensor:
    from onnx.numpy_helper import to_array

    return torch.tensor(to_array(tensor))

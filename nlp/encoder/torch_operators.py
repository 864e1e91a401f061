"""What each operator of an exported network computes, in torch; one written-out table.

A function takes an operator's inputs in order, None for one that is left out, and its attributes
by name, as ONNX defines them in opset 17 (https://onnx.ai/onnx/operators). What a function does
not take is refused when the network is read, so no attribute is passed over in silence.
"""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nlp.errors import ArtifactError

# TensorProto.DataType
TYPES = {
    1: torch.float32,
    2: torch.uint8,
    3: torch.int8,
    6: torch.int32,
    7: torch.int64,
    9: torch.bool,
    11: torch.float64,
}


@dataclass(frozen=True, slots=True)
class Operator:
    """A function, and which of its inputs are numbers that it reads: shapes, axes and bounds.

    Those stay in the processor's memory: a device would have to be waited for. `to_host` tells
    that the result stays there too, whatever it is made of.
    """

    compute: Callable[..., Tensor]
    numbers: frozenset[int] = frozenset()
    to_host: bool = False


def _along(values: Tensor, like: Tensor, axis: int) -> Tensor:
    if values.numel() == 1:
        return values.reshape(())
    shape = [1] * like.ndim
    shape[axis] = -1
    return values.reshape(shape)


def _quantize(x: Tensor, scale: Tensor, zero: Tensor | None = None, *, axis: int = 1) -> Tensor:
    whole = torch.round(x / _along(scale, x, axis))
    if zero is None:
        return whole.clamp(0, 255).to(torch.uint8)
    limits = torch.iinfo(zero.dtype)
    return (whole + _along(zero, x, axis)).clamp(limits.min, limits.max).to(zero.dtype)


def _dequantize(x: Tensor, scale: Tensor, zero: Tensor | None = None, *, axis: int = 1) -> Tensor:
    whole = x.to(scale.dtype)
    shifted = whole if zero is None else whole - _along(zero, x, axis)
    return shifted * _along(scale, x, axis)


def _cast(x: Tensor, *, to: int) -> Tensor:
    if to not in TYPES:
        raise ArtifactError(
            f"the model casts to ONNX type {to}, and the torch engine knows {sorted(TYPES)}: run "
            "without --device",
            f"模型要转换到 ONNX 类型 {to}，torch 引擎只支持 {sorted(TYPES)}：请去掉 --device",
        )
    return x.to(TYPES[to])


def _clip(x: Tensor, low: Tensor | None = None, high: Tensor | None = None) -> Tensor:
    return x if low is None and high is None else torch.clamp(x, low, high)


def _constant_of_shape(shape: Tensor, *, value: Tensor | None = None) -> Tensor:
    filling = torch.zeros(1) if value is None else value
    return torch.full(shape.tolist(), filling.item(), dtype=filling.dtype)


def _divide(left: Tensor, right: Tensor) -> Tensor:
    whole = not left.is_floating_point()
    return torch.div(left, right, rounding_mode="trunc" if whole else None)


def _expand(x: Tensor, shape: Tensor) -> Tensor:
    return x.expand(np.broadcast_shapes(x.shape, shape.tolist()))


def _flatten(x: Tensor, *, axis: int = 1) -> Tensor:
    return x.reshape(math.prod(x.shape[:axis]), math.prod(x.shape[axis:]))


def _gather(x: Tensor, index: Tensor, *, axis: int = 0) -> Tensor:
    place = axis % x.ndim
    # A single index would be fetched from the device; a row of one is not.
    picked = x[(slice(None),) * place + (index.reshape(-1),)]
    return picked.reshape((*x.shape[:place], *index.shape, *x.shape[place + 1 :]))


def _layer_normalization(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    axis: int = -1,
    epsilon: float = 1e-5,
) -> Tensor:
    return functional.layer_norm(x, x.shape[axis:], weight, bias, epsilon)


def _reduce_l2(x: Tensor, *, axes: Sequence[int], keepdims: int = 1) -> Tensor:
    length: Tensor = torch.linalg.vector_norm(x, dim=tuple(axes), keepdim=bool(keepdims))
    return length


def _reduce_sum(x: Tensor, axes: Tensor, *, keepdims: int = 1) -> Tensor:
    return x.sum(dim=axes.tolist(), keepdim=bool(keepdims))


def _reshape(x: Tensor, shape: Tensor, *, allowzero: int = 0) -> Tensor:
    sizes = shape.tolist()
    if not allowzero:
        sizes = [size or x.shape[axis] for axis, size in enumerate(sizes)]
    return x.reshape(sizes)


def _shape(x: Tensor) -> Tensor:
    return torch.tensor(x.shape, dtype=torch.int64)


def _slice(x: Tensor, starts: Tensor, ends: Tensor, axes: Tensor, steps: Tensor) -> Tensor:
    picked = [slice(None)] * x.ndim
    bounds = (starts.tolist(), ends.tolist(), steps.tolist())
    for axis, start, end, step in zip(axes.tolist(), *bounds, strict=True):
        picked[axis] = slice(start, end, step)
    return x[tuple(picked)]


def _unsqueeze(x: Tensor, axes: Tensor) -> Tensor:
    rank = x.ndim + axes.numel()
    for axis in sorted(axis % rank for axis in axes.tolist()):
        x = x.unsqueeze(axis)
    return x


def _numbers(*positions: int) -> frozenset[int]:
    return frozenset(positions)


OPERATORS: Mapping[str, Operator] = {
    "Add": Operator(operator.add),
    "And": Operator(lambda left, right: torch.logical_and(left, right)),
    "Cast": Operator(_cast),
    "Clip": Operator(_clip),
    "Concat": Operator(lambda *parts, axis: torch.cat(parts, dim=axis)),
    "Constant": Operator(lambda *, value: value, to_host=True),
    "ConstantOfShape": Operator(_constant_of_shape, _numbers(0), to_host=True),
    "DequantizeLinear": Operator(_dequantize),
    "Div": Operator(_divide),
    "Equal": Operator(operator.eq),
    "Erf": Operator(lambda x: torch.erf(x)),
    "Expand": Operator(_expand, _numbers(1)),
    "Flatten": Operator(_flatten),
    "Gather": Operator(_gather),
    "GatherElements": Operator(lambda x, index, *, axis=0: torch.gather(x, axis, index)),
    "GreaterOrEqual": Operator(operator.ge),
    "Identity": Operator(lambda x: x),
    "LayerNormalization": Operator(_layer_normalization),
    "MatMul": Operator(operator.matmul),
    "Mul": Operator(operator.mul),
    "Not": Operator(lambda x: torch.logical_not(x)),
    "QuantizeLinear": Operator(_quantize),
    "Range": Operator(
        lambda start, end, step: torch.arange(start.item(), end.item(), step.item()),
        _numbers(0, 1, 2),
        to_host=True,
    ),
    "ReduceL2": Operator(_reduce_l2),
    "ReduceSum": Operator(_reduce_sum, _numbers(1)),
    "Reshape": Operator(_reshape, _numbers(1)),
    "Shape": Operator(_shape, to_host=True),
    "Slice": Operator(_slice, _numbers(1, 2, 3, 4)),
    "Softmax": Operator(lambda x, *, axis=-1: torch.softmax(x, dim=axis)),
    "Sub": Operator(operator.sub),
    "Transpose": Operator(lambda x, *, perm: x.permute(perm)),
    "Unsqueeze": Operator(_unsqueeze, _numbers(1)),
    "Where": Operator(lambda asked, yes, no: torch.where(asked, yes, no)),
}

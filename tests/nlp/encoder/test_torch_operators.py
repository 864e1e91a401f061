"""Every operator that torch runs, beside the reference implementation of ONNX itself."""

import numpy as np
import onnx
import pytest
import torch
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from nlp.encoder.onnx_graph import OPSET
from nlp.encoder.torch_operators import OPERATORS, TYPES
from nlp.errors import ArtifactError


def floats(*shape):
    return np.random.default_rng(len(shape)).normal(0, 3, shape).astype(np.float32)


def integers(*values):
    return np.array(values, dtype=np.int64)


HALVES = np.float32([-0.75, -0.25, 0.25, 0.75, 1.25, -900, 900])
X = floats(2, 3, 4)
SEVEN = numpy_helper.from_array(integers(7))
YES = numpy_helper.from_array(np.array([True]))
SCALE, SCALES = np.float32(0.5), np.float32([0.5, 0.25, 2, 0.01])
ROWS = {
    "sums that broadcast": ("Add", [X, floats(4)], {}),
    "and": ("And", [X > 0, X > 1], {}),
    "numbers of a mask": ("Cast", [X > 0], {"to": 7}),
    "a mask of numbers": ("Cast", [integers(0, 2, -1)], {"to": 9}),
    "floats cut to whole": ("Cast", [X], {"to": 7}),
    "clipped below": ("Clip", [X, np.float32(0.5), None], {}),
    "clipped on both sides": ("Clip", [X, np.float32(-1), np.float32(1)], {}),
    "not clipped": ("Clip", [X, None, None], {}),
    "side by side": ("Concat", [X, X[:, :1]], {"axis": 1}),
    "of one part": ("Concat", [X], {"axis": -1}),
    "constant": ("Constant", [], {"value": numpy_helper.from_array(X)}),
    "filled": (
        "ConstantOfShape",
        [integers(2, 3)],
        {"value": numpy_helper.from_array(integers(7))},
    ),
    "filled with nothing": ("ConstantOfShape", [integers(2, 3)], {}),
    "a single one": ("ConstantOfShape", [integers()], {"value": YES}),
    "dequantised": ("DequantizeLinear", [np.int8([-128, 0, 127]), SCALE, np.int8(-3)], {}),
    "dequantised by column": (
        "DequantizeLinear",
        [np.arange(-4, 4, dtype=np.int8).reshape(2, 4), SCALES, np.int8([0, 1, -1, 5])],
        {"axis": -1},
    ),
    "dequantised by row": (
        "DequantizeLinear",
        [np.arange(-4, 4, dtype=np.int8).reshape(4, 2), SCALES, np.int8([0, 0, 0, 0])],
        {"axis": 0},
    ),
    "dequantised without a zero": ("DequantizeLinear", [np.uint8([0, 200, 255]), SCALE], {}),
    "divided": ("Div", [X, floats(4)], {}),
    "whole numbers divided": ("Div", [integers(7, -7, 9), integers(2, 2, -4)], {}),
    "equal": ("Equal", [integers(1, 2, 3), integers(1)], {}),
    "error function": ("Erf", [X], {}),
    "expanded": ("Expand", [X[:, :1], integers(2, 3, 1)], {}),
    "expanded by new axes": ("Expand", [floats(4), integers(5, 1, 4)], {}),
    "flat": ("Flatten", [X], {"axis": 1}),
    "flat to one column": ("Flatten", [X], {"axis": 3}),
    "rows of a table": ("Gather", [X, np.array([[0, 1], [1, -1]])], {}),
    "one size of a shape": ("Gather", [integers(5, 6, 7), np.array(-1)], {"axis": 0}),
    "columns of a table": ("Gather", [X, integers(2, 0)], {"axis": -1}),
    "one element a row": ("GatherElements", [X, np.zeros((2, 3, 1), np.int64)], {"axis": 2}),
    "not less": ("GreaterOrEqual", [X, np.float32(0.5)], {}),
    "identity": ("Identity", [X], {}),
    "layer normalisation": (
        "LayerNormalization",
        [X, floats(4), np.float32([1, 2, 3, 4])],
        {"axis": -1, "epsilon": 1e-3},
    ),
    "layer normalisation without a bias": ("LayerNormalization", [X, floats(4)], {}),
    "products of matrices": ("MatMul", [X, floats(2, 4, 5)], {}),
    "products with one matrix": ("MatMul", [X, floats(4, 5)], {}),
    "products": ("Mul", [X, X], {}),
    "differences": ("Sub", [X, X[:, :1]], {}),
    "not": ("Not", [X > 0], {}),
    "halves go to the even": ("QuantizeLinear", [HALVES, SCALE, np.int8(0)], {}),
    "a zero that shifts": ("QuantizeLinear", [HALVES, SCALE, np.uint8(7)], {}),
    "quantised without a zero": ("QuantizeLinear", [HALVES, SCALE], {}),
    "quantised by column": ("QuantizeLinear", [X, SCALES, np.int8([0, 1, -1, 5])], {"axis": 2}),
    "range": ("Range", [np.array(2), np.array(11), np.array(3)], {}),
    "range of nothing": ("Range", [np.array(0), np.array(0), np.array(1)], {}),
    "lengths": ("ReduceL2", [X], {"axes": [1], "keepdims": 1}),
    "sums over pieces": ("ReduceSum", [X, integers(1)], {"keepdims": 0}),
    "sums of whole numbers": ("ReduceSum", [integers(1, 2, 3), integers(0)], {"keepdims": 1}),
    "the rest": ("Reshape", [X, integers(2, -1)], {}),
    "as before": ("Reshape", [X, integers(0, 2, -1)], {"allowzero": 0}),
    "no rows": ("Reshape", [X[:0], integers(0, 12)], {"allowzero": 1}),
    "shape": ("Shape", [X], {}),
    "shape of one number": ("Shape", [np.float32(1)], {}),
    "part": ("Slice", [X, integers(0), integers(2), integers(1), integers(1)], {}),
    "past the end": ("Slice", [X, integers(-2), integers(2**62), integers(2), integers(1)], {}),
    "softmax": ("Softmax", [X], {"axis": 1}),
    "softmax over the last": ("Softmax", [X * 50], {}),
    "transposed": ("Transpose", [X], {"perm": [0, 2, 1]}),
    "new axes": ("Unsqueeze", [X, integers(-1, 0)], {}),
    "an axis for one number": ("Unsqueeze", [np.array(3), integers(0)], {}),
    "where": ("Where", [X > 0, X, np.float32(-1e4)], {}),
}

# The reference has no older one; what opset 19 adds is floats of eight bits.
OPSETS = {"DequantizeLinear": 19}


def by_the_reference(name, inputs, attributes):
    names = [f"in{place}" if value is not None else "" for place, value in enumerate(inputs)]
    given = dict(zip(names, inputs, strict=True))
    given.pop("", None)
    node = helper.make_node(name, names, ["out"], **attributes)
    value = helper.make_empty_tensor_value_info
    graph = helper.make_graph([node], "one", [value(each) for each in given], [value("out")])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSETS.get(name, OPSET))]
    )
    (found,) = ReferenceEvaluator(model).run(None, given)
    return np.asarray(found)


def by_torch(name, inputs, attributes):
    tensors = [None if value is None else torch.tensor(value) for value in inputs]
    settings = {
        key: torch.tensor(numpy_helper.to_array(value))
        if isinstance(value, onnx.TensorProto)
        else value
        for key, value in attributes.items()
    }
    return OPERATORS[name].compute(*tensors, **settings).numpy()


@pytest.mark.parametrize(("name", "inputs", "attributes"), ROWS.values(), ids=ROWS.keys())
def test_torch_computes_what_onnx_defines(name, inputs, attributes):
    expected = by_the_reference(name, inputs, attributes)
    found = by_torch(name, inputs, attributes)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_every_operator_is_compared():
    assert {name for name, _, _ in ROWS.values()} == set(OPERATORS)


@pytest.mark.parametrize(("number", "kind"), TYPES.items())
def test_types_have_the_numbers_of_onnx(number, kind):
    assert torch.empty(0, dtype=kind).numpy().dtype == helper.tensor_dtype_to_np_dtype(number)


def test_a_type_that_is_not_known_is_named():
    with pytest.raises(ArtifactError, match="casts to ONNX type 16") as caught:
        OPERATORS["Cast"].compute(torch.ones(1), to=16)
    assert "ONNX 类型 16" in caught.value.text("zh")

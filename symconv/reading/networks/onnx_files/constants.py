"""Nodes that depend on nothing, computed by the evaluator that comes with the format.

It runs for operators of which is known beforehand how large their results are: no more than what
is in the file, or a million entries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from symconv.arithmetic.limits import MOST_ENTRIES_OF_CONSTANT
from symconv.errors import SymconvError
from symconv.reading.networks.onnx_files.graphs import package
from symconv.reading.networks.onnx_files.numbers import Numbers, known
from symconv.reading.networks.onnx_files.values import Call

__all__ = ["computed"]

Arrays = Sequence[Any]


def _broadcast(arrays: Arrays) -> int:
    return prod(np.broadcast_shapes(*(array.shape for array in arrays)))


def _all(arrays: Arrays) -> int:
    return sum(array.size for array in arrays)


def _expanded(arrays: Arrays) -> int:
    shape = tuple(int(n) for n in arrays[1].reshape(-1))
    return prod(np.broadcast_shapes(arrays[0].shape, shape))


def _ranged(arrays: Arrays) -> int:
    start, limit, delta = (float(array.reshape(-1)[0]) for array in arrays)
    return max(0, int((limit - start) / delta) + 1) if delta else 0


def _gathered(arrays: Arrays) -> int:
    data, places = arrays
    return int(data.size * max(1, places.size))


def _multiplied(arrays: Arrays) -> int:
    one, other = arrays[:2]
    batch = np.broadcast_shapes(one.shape[:-2], other.shape[:-2])
    rows = one.shape[-2] if one.ndim > 1 else 1
    columns = other.shape[-1] if other.ndim > 1 else 1
    return prod(batch) * rows * columns


_SIZES: dict[str, Callable[[Arrays], int]] = {
    **dict.fromkeys(
        (
            *("Abs", "Cast", "Ceil", "Clip", "Cos", "Elu", "Erf", "Exp", "Floor", "HardSigmoid"),
            *("HardSwish", "IsInf", "IsNaN", "LeakyRelu", "Log", "Neg", "Not", "Reciprocal"),
            *("Relu", "Round", "Selu", "Sigmoid", "Sign", "Sin", "Softplus", "Softsign", "Sqrt"),
            *("Tanh", "Gelu", "Identity", "Transpose", "Reshape", "Flatten", "Squeeze"),
            *("Unsqueeze", "Slice", "Split", "Concat", "ReduceL1", "ReduceL2", "ReduceMax"),
            *("ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare"),
            *("ReduceLogSum", "ReduceLogSumExp", "ArgMax", "ArgMin", "CumSum", "Softmax"),
            *("LogSoftmax", "Trilu", "TopK", "Compress", "ScatterND", "ScatterElements"),
            *("GatherElements", "BatchNormalization", "DepthToSpace", "SpaceToDepth"),
        ),
        _all,
    ),
    **dict.fromkeys(
        (
            *("Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"),
            *("Max", "Mean", "Min", "Mod", "Mul", "Or", "Pow", "PRelu", "Sub", "Sum", "Where"),
            "Xor",
        ),
        _broadcast,
    ),
    "Expand": _expanded,
    "Gather": _gathered,
    "Gemm": _multiplied,
    "MatMul": _multiplied,
    "NonZero": lambda arrays: arrays[0].size * max(1, arrays[0].ndim),
    "Range": _ranged,
    "Tile": lambda arrays: arrays[0].size * prod(int(n) for n in arrays[1].reshape(-1)),
}
"""How many entries a result has at most, by the operator."""


def computed(call: Call, constants: Sequence[Numbers | None]) -> list[Any]:
    """The arrays that a node gives.

    Args:
        call: the node.
        constants: what it is applied to.

    Raises:
        SymconvError: it is not known how large they are, or they are too large.
    """
    operator = call.node.operator
    if call.node.domain or operator not in _SIZES:
        raise SymconvError("is not computed of constants")
    arrays = [None if one is None else one.array() for one in constants]
    given = [array for array in arrays if array is not None]
    try:
        count = _SIZES[operator](given)
    except (ValueError, IndexError, TypeError) as error:
        raise SymconvError(f"the shapes of constants do not fit: {error}") from error
    most = max(MOST_ENTRIES_OF_CONSTANT, _all(given))
    if count > most:
        raise SymconvError(f"would compute {count} entries of constants, and {most} are the most")
    return _run(call, arrays)


def _run(call: Call, arrays: Sequence[Any]) -> list[Any]:
    package()
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    names = ["" if array is None else f"i{place}" for place, array in enumerate(arrays)]
    outputs = [f"o{place}" if name else "" for place, name in enumerate(call.node.outputs)]
    node = helper.make_node(call.node.operator, names, outputs, **call.plain_attributes())
    kinds = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), None)
        for name, array in zip(names, arrays, strict=True)
        if name
    ]
    ends = [helper.make_empty_tensor_value_info(name) for name in outputs if name]
    graph = helper.make_graph([node], "constant", kinds, ends)
    opset = helper.make_opsetid("", call.opset)
    feeds = {name: array for name, array in zip(names, arrays, strict=True) if name}
    try:
        with np.errstate(all="ignore"):
            model = helper.make_model(graph, opset_imports=[opset])
            found = ReferenceEvaluator(model).run(None, feeds)
    except Exception as error:  # whatever it raises, the node does not fit its constants
        raise SymconvError(f"cannot be computed of its constants: {error}") from error
    given = iter(found)
    results = [np.asarray(next(given)) if name else None for name in outputs]
    return [
        None if array is None else known(name, array)
        for name, array in zip(call.node.outputs, results, strict=True)
    ]

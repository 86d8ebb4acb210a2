"""Small ONNX models, as ONNX computes them itself, beside what symconv reads in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from symconv.language.double_precision import doubles
from symconv.reading.networks import Reading, read_onnx

NEWEST = 23
"""The opset of models, where a test is not about another one."""


def installed() -> Any:
    """The package onnx, which is not a dependency of the other tests."""
    return pytest.importorskip("onnx", reason="the package onnx is not installed")


def node(operator: str, inputs: str, outputs: str = "y", **attributes: Any) -> Any:
    """A node; the names of its inputs and outputs are separated by blanks, and - is left out."""
    from onnx import helper

    names = ["" if name == "-" else name for name in inputs.split()]
    return helper.make_node(
        operator, names, outputs.split(), name=f"{operator}_{outputs.split()[0]}", **attributes
    )


def model(
    nodes: Sequence[Any],
    inputs: Mapping[str, Sequence[Any] | None],
    constants: Mapping[str, Any],
    outputs: Sequence[str] = ("y",),
    opset: int = NEWEST,
    **others: Any,
) -> Any:
    """A model.

    Args:
        nodes: in their order.
        inputs: the shapes of the inputs, in which a name is a size that is not said.
        constants: arrays by name.
        outputs: their names.
        opset: the version of the operators.
        others: what else is given to ONNX's own function, as functions and imports of opsets.
    """
    from onnx import TensorProto, helper, numpy_helper

    real = TensorProto.DOUBLE
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(name, real, shape) for name, shape in inputs.items()],
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        [numpy_helper.from_array(np.asarray(one), name) for name, one in constants.items()],
    )
    imports = [helper.make_opsetid("", opset), *others.pop("opset_imports", [])]
    return helper.make_model(graph, opset_imports=imports, **others)


def read_model(made: Any, **arguments: Any) -> Reading:
    """What symconv reads of a model."""
    return read_onnx(made.SerializeToString(), **arguments)


def values(
    reading: Reading, data: Mapping[str, Any], sizes: Mapping[str, int] | None = None
) -> list[Any]:
    """The numbers of what was read, for the data of its inputs and its own weights."""
    entries = {name: weight.values for name, weight in reading.weights.items()}
    symbols = {s.name: s for one in reading.outputs for s in one.names[1].values()}
    at = {symbols[name]: n for name, n in (sizes or {}).items() if name in symbols}
    return list(doubles(reading.outputs, {**entries, **data}, at))


def computed(made: Any, data: Mapping[str, Any]) -> list[Any]:
    """What ONNX's evaluator gives."""
    from onnx.reference import ReferenceEvaluator

    found = ReferenceEvaluator(made).run(None, dict(data))
    assert isinstance(found, list)
    return found


def agree(
    nodes: Sequence[Any],
    shape: Sequence[Any],
    constants: Mapping[str, Any] | None = None,
    sizes: Sequence[Mapping[str, int]] = ({},),
    opset: int = NEWEST,
    seed: int = 1,
    **others: Any,
) -> Reading:
    """Check that what is read has the evaluator's numbers at each of some sizes; the input is x."""
    made = model(nodes, {"x": shape}, constants or {}, opset=opset, **others)
    reading = read_model(made)
    random = np.random.default_rng(seed)
    for at in sizes:
        x = random.normal(size=[at.get(one, one) for one in shape])
        found = values(reading, {"x": x}, at)
        for ours, theirs in zip(found, computed(made, {"x": x}), strict=True):
            assert ours.shape == theirs.shape
            assert np.allclose(ours, theirs, rtol=1e-6, atol=1e-6)
    return reading

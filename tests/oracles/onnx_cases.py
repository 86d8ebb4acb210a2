"""The cases that come with ONNX: a model of one operator, what is put in, and what comes out.

Their outputs were computed by ONNX's own definitions, of which symconv uses none here.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from symconv.errors import SymconvError
from symconv.language.double_precision import doubles
from symconv.reading.networks import Reading, read_onnx

TOLERANCES = {"float64": 1e-7, "float32": 1e-4, "float16": 1e-2, "bfloat16": 4e-2}
"""How far apart numbers may be, which the cases have rounded in their precision."""


def cases() -> Iterator[Any]:
    """The cases of single operators with data."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of them divide by 0 on purpose
        found = collect_testcases(None)
    yield from found


def operators(case: Any) -> list[str]:
    """The operators in it."""
    return sorted({node.op_type for node in case.model.graph.node})


def is_real(array: Any) -> bool:
    """Whether entries are real numbers of a kind that is read."""
    return isinstance(array, np.ndarray) and array.dtype.name in TOLERANCES


def reading_of(case: Any) -> tuple[Reading, Mapping[str, Any]]:
    """What is read of a case, and what is put in.

    Integers, as those of shapes, are constant; and where that is needed, all inputs but the first.

    Raises:
        SymconvError: it is not read.
    """
    inputs = [np.asarray(a) if isinstance(a, np.generic) else a for a in case.data_sets[0][0]]
    graph = case.model.graph
    if not all(isinstance(array, np.ndarray) for array in inputs):
        raise SymconvError("lists of tensors are not read")
    data = dict(zip((one.name for one in graph.input), inputs, strict=False))
    real = [name for name, array in data.items() if is_real(array)]
    content = case.model.SerializeToString()
    first: SymconvError | None = None
    for symbolic in (real, real[:1]):
        constants = {name: array for name, array in data.items() if name not in symbolic}
        for outputs in ((), (graph.output[0].name,)):
            try:
                return read_onnx(content, constants=constants, outputs=outputs), data
            except SymconvError as error:
                first = first or error
    assert first is not None
    raise first


def disagreement(case: Any) -> str:
    """In what the numbers of a reading differ from those of the case; empty if in nothing.

    Raises:
        SymconvError: it is not read.
    """
    reading, data = reading_of(case)
    named = {tensor.name: tensor for tensor in reading.inputs}
    entries: dict[str, Any] = {name: weight.values for name, weight in reading.weights.items()}
    for name, array in data.items():
        plain = "".join(c if c.isalnum() or c == "_" else "_" for c in name)
        plain = plain if plain in named else f"w_{plain}"
        if plain in named:
            entries[plain] = array.astype(float).reshape(array.shape or (1,))
    try:
        found = doubles(reading.outputs, entries, {})
    except SymconvError as error:
        return f"cannot be computed: {error}"
    return differences(found, case.data_sets[0][1])


def differences(found: Sequence[Any], wanted: Sequence[Any]) -> str:
    """In what arrays differ, more than by rounding; empty if in nothing."""
    for place, (ours, theirs) in enumerate(zip(found, wanted, strict=False)):
        if ours.shape != theirs.shape:
            return f"output {place} has the shape {ours.shape}, and not {theirs.shape}"
        near = TOLERANCES[theirs.dtype.name]
        expected = theirs.astype(float)
        if not np.allclose(ours, expected, rtol=near, atol=near, equal_nan=True):
            return f"output {place} is off by {np.nanmax(np.abs(ours - expected))}"
    return ""

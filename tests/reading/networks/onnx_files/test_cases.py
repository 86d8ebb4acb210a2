"""The cases that come with ONNX: what is read has the numbers that they say come out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symconv.errors import SymconvError
from tests.oracles.onnx_cases import cases, differences, disagreement, operators
from tests.oracles.onnx_models import installed

installed()

SLIDING = ("AveragePool", "Conv", "ConvTranspose", "MaxPool")
REFUSED = {
    "test_maxpool_2d_uint8": "not computed of constants",  # its entries are no real numbers
}
"""The cases of these operators that are not read, and why."""

OTHERS = (
    *("Add", "BatchNormalization", "Clip", "Concat", "DepthToSpace", "Einsum", "Expand", "Flatten"),
    *("Gemm", "GlobalAveragePool", "GlobalMaxPool", "HardSigmoid", "HardSwish", "LRN"),
    *("InstanceNormalization", "LayerNormalization", "LpPool", "MatMul", "PRelu", "Relu"),
    *("ReduceMax", "ReduceMean", "Reshape", "Slice", "Softmax", "SpaceToDepth", "Split"),
    *("Squeeze", "Transpose", "Unsqueeze", "Upsample"),
)
KNOWN = {
    **dict.fromkeys(
        ("test_lppool_1d_default", "test_lppool_3d_default", "test_lppool_2d_pads"), "got p=3"
    ),
    "test_reduce_max_empty_set": "no largest one",
    "test_reshape_allowzero_reordered": "not plain",
    "test_batchnorm_epsilon_training_mode": "as in training",
    "test_batchnorm_example_training_mode": "as in training",
    "test_softmax_large_number": "differs",  # exp(10000) is no number in double precision
}

_ALL = list(cases())


def of(names: tuple[str, ...]) -> list[Any]:
    """The cases of one of these operators alone, in real numbers."""
    return [
        pytest.param(case, id=case.name)
        for case in _ALL
        if len(found := operators(case)) == 1 and found[0] in names
    ]


@pytest.mark.parametrize("case", of(SLIDING))
def test_convolutions_and_pools(case: Any) -> None:
    if case.name in REFUSED:
        with pytest.raises(SymconvError, match=REFUSED[case.name]):
            disagreement(case)
    else:
        assert disagreement(case) == ""


def test_there_are_as_many_of_them_as_there_should_be() -> None:
    assert len(of(SLIDING)) >= 50


@pytest.mark.parametrize("case", of(OTHERS))
def test_other_operators(case: Any) -> None:
    try:
        story = disagreement(case)
    except SymconvError as error:
        story = str(error)
    wanted = KNOWN.get(case.name, "")
    integers = case.data_sets[0][0][0].dtype.kind != "f"
    if wanted == "differs":
        assert story.startswith("output 0")
    elif wanted:
        assert wanted in story
    else:
        assert story == "" or (integers and "real numbers are expected" in story)


def test_a_wrong_number_is_seen() -> None:
    right = np.ones((2, 2), np.float32)
    assert differences([right.astype(float)], [right]) == ""
    assert "off by" in differences([right * 1.01], [right])
    assert "shape" in differences([right[:1]], [right])

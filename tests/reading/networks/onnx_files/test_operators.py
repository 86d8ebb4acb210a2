"""Operators read at sizes that are symbols, against what ONNX's evaluator computes at some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from symconv.errors import SymconvError
from tests.oracles.onnx_models import agree, installed, model, node, read_model, values

installed()

IMAGES = ("N", 4, "H", "W")
SIZES = ({"N": 1, "H": 5, "W": 4}, {"N": 2, "H": 4, "W": 7})
_random = np.random.default_rng(3)
one = _random.uniform(0.5, 2, size=4)
w = _random.normal(size=(6, 2, 3, 2))
v = _random.normal(size=(4, 3, 2, 3))
far = 2**63 - 1


def ints(*numbers: int) -> Any:
    return np.array(numbers, np.int64)


NODES: Sequence[tuple[int, Any, dict[str, Any]]] = [
    # the opset, the nodes, and the constants
    (9, [node("Conv", "x w", group=2, pads=[1, 0, 2, 1], strides=[2, 1])], {"w": w}),
    (
        22,
        [node("Conv", "x w b", group=2, dilations=[1, 2])],
        {"w": w, "b": one[[0, 1, 2, 3, 0, 1]]},
    ),
    (11, [node("ConvTranspose", "x w", strides=[2, 3], pads=[1, 0, 0, 2])], {"w": v}),
    (22, [node("ConvTranspose", "x w", strides=[2, 1], output_padding=[1, 0])], {"w": v}),
    (11, [node("ConvTranspose", "x w", strides=[2, 2], auto_pad="SAME_UPPER")], {"w": v}),
    (11, [node("ConvTranspose", "x w", strides=[2, 2], auto_pad="SAME_LOWER")], {"w": v}),
    (10, [node("AveragePool", "x", kernel_shape=[2, 3], pads=[1, 0, 1, 2])], {}),
    (
        22,
        [node("AveragePool", "x", kernel_shape=[2, 2], pads=[0, 1, 1, 0], count_include_pad=1)],
        {},
    ),
    (22, [node("AveragePool", "x", kernel_shape=[2, 2], dilations=[2, 1], strides=[1, 2])], {}),
    (9, [node("MaxPool", "x", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2])], {}),
    (12, [node("MaxPool", "x", kernel_shape=[2, 2], strides=[2, 3], ceil_mode=1)], {}),
    (9, [node("GlobalAveragePool", "x")], {}),
    (9, [node("GlobalMaxPool", "x")], {}),
    (18, [node("LpPool", "x", kernel_shape=[2, 2], p=2)], {}),
    (15, [node("BatchNormalization", "x a b c d", epsilon=0.1)], dict.fromkeys("abcd", one)),
    (18, [node("Pad", "x p")], {"p": ints(0, 0, 1, 3, 0, 1, 2, 0)}),
    (18, [node("Pad", "x p c")], {"p": ints(0, 0, 1, 0, 0, 0, 0, 1), "c": np.array(0.5)}),
    (18, [node("Pad", "x p - a", mode="reflect")], {"p": ints(1, 2), "a": ints(-1)}),
    (18, [node("Pad", "x p - a", mode="edge")], {"p": ints(3, 1, 0, 2), "a": ints(2, 3)}),
    (19, [node("Pad", "x p - a", mode="wrap")], {"p": ints(2, 3), "a": ints(3)}),
    (13, [node("Add", "x b")], {"b": one.reshape(4, 1, 1)}),
    (13, [node("Sub", "b x")], {"b": np.array(0.3)}),
    (13, [node("Mul", "x x")], {}),
    (13, [node("Div", "x b")], {"b": one.reshape(1, 4, 1, 1)}),
    (13, [node("Div", "x b")], {"b": np.array([[[[[3.0]]]]])}),
    (13, [node("Sum", "x x x")], {}),
    (13, [node("Mean", "x b")], {"b": one.reshape(4, 1, 1)}),
    (13, [node("Max", "x b c")], {"b": one.reshape(4, 1, 1), "c": np.array(0.2)}),
    (13, [node("Min", "x b")], {"b": np.array([0.2])}),
    (13, [node("Pow", "x b")], {"b": np.array(3.0)}),
    (13, [node("Pow", "x b")], {"b": ints(0)}),
    (13, [node("Neg", "x")], {}),
    (13, [node("Abs", "x")], {}),
    (13, [node("Exp", "x")], {}),
    (13, [node("Erf", "x")], {}),
    (13, [node("Relu", "x")], {}),
    (13, [node("Sigmoid", "x")], {}),
    (13, [node("Tanh", "x")], {}),
    (16, [node("LeakyRelu", "x", alpha=0.3)], {}),
    (16, [node("PRelu", "x b")], {"b": one.reshape(4, 1, 1)}),
    (9, [node("Clip", "x", min=-0.5, max=0.75)], {}),
    (9, [node("Clip", "x", max=0.75)], {}),
    (13, [node("Clip", "x - b")], {"b": np.array(0.75)}),
    (14, [node("HardSwish", "x")], {}),
    (13, [node("HardSigmoid", "x", alpha=0.4, beta=0.3)], {}),
    (13, [node("HardSigmoid", "x", alpha=1 / 6)], {}),
    (13, [node("Elu", "x", alpha=0.5)], {}),
    (13, [node("Selu", "x")], {}),
    (13, [node("Selu", "x", alpha=2.0, gamma=0.5)], {}),
    (13, [node("Celu", "x", alpha=0.5)], {}),
    (20, [node("Gelu", "x")], {}),
    (24, [node("Swish", "x", alpha=0.5)], {}),
    (13, [node("ThresholdedRelu", "a", "b"), node("Relu", "x")], {"a": one}),
    (13, [node("Softmax", "x", axis=1)], {}),
    (11, [node("Softmax", "x", axis=3)], {}),
    (13, [node("LogSoftmax", "x", axis=1)], {}),
    (9, [node("InstanceNormalization", "x a b")], {"a": one, "b": one}),
    (13, [node("ReduceMean", "x", axes=[2, 3], keepdims=0)], {}),
    (18, [node("ReduceMean", "x a")], {"a": ints(-1)}),
    (13, [node("ReduceSum", "x a", keepdims=0)], {"a": ints(1, 2)}),
    (13, [node("ReduceSum", "x", noop_with_empty_axes=1)], {}),
    (13, [node("ReduceMax", "x", axes=[-2])], {}),
    (13, [node("ReduceL1", "x", axes=[1])], {}),
    (13, [node("ReduceL2", "x", axes=[1])], {}),
    (13, [node("ReduceSumSquare", "x", axes=[1])], {}),
    (13, [node("Concat", "x x", axis=-3)], {}),
    (13, [node("Split", "x", "y z", axis=1)], {}),
    (13, [node("Split", "x s", "z y", axis=1)], {"s": ints(1, 3)}),
    (18, [node("Split", "x", "y z", axis=1, num_outputs=2)], {}),
    (9, [node("Slice", "x", axes=[1, 2], starts=[1, 0], ends=[-1, far])], {}),
    (
        13,
        [node("Slice", "x a b c d")],
        {"a": ints(-1, 1), "b": ints(-far, far), "c": ints(1, 2), "d": ints(-1, 2)},
    ),
    (13, [node("Slice", "x a b c d")], {"a": ints(3), "b": ints(0), "c": ints(1), "d": ints(-2)}),
    (
        13,
        [node("Slice", "x a b c d")],
        {"a": ints(far), "b": ints(-far), "c": ints(3), "d": ints(-1)},
    ),
    (13, [node("Transpose", "x")], {}),
    (13, [node("Transpose", "x", perm=[0, 2, 3, 1])], {}),
    (13, [node("Reshape", "x s")], {"s": ints(0, 2, 2, 0, -1)}),
    (14, [node("Reshape", "x s")], {"s": ints(0, -1)}),
    (13, [node("Flatten", "x")], {}),
    (13, [node("Flatten", "x", axis=-1)], {}),
    (13, [node("Unsqueeze", "x a", "z"), node("Squeeze", "z b")], {"a": ints(0, -1), "b": ints(0)}),
    (9, [node("Unsqueeze", "x", "z", axes=[1]), node("Squeeze", "z", axes=[1])], {}),
    (13, [node("Expand", "x s")], {"s": ints(3, 1, 1, 1, 1)}),
    (13, [node("Tile", "x s")], {"s": ints(1, 2, 1, 3)}),
    (13, [node("DepthToSpace", "x", blocksize=2)], {}),
    (13, [node("DepthToSpace", "x", blocksize=2, mode="CRD")], {}),
    (13, [node("Gather", "x i", axis=1)], {"i": np.array(2)}),
    (13, [node("Gather", "x i", axis=1)], {"i": ints(3, 0, 0, -1)}),
    (13, [node("Gather", "x i", axis=1)], {"i": ints(0, 1, 2, 3).reshape(2, 2)}),
    (
        13,
        [
            node(
                "Resize",
                "x - s",
                mode="nearest",
                coordinate_transformation_mode="asymmetric",
                nearest_mode="floor",
            )
        ],
        {"s": np.array([1, 1, 2, 3], np.float32)},
    ),
    (13, [node("Resize", "x - s", mode="nearest")], {"s": np.array([1, 1, 2, 3], np.float32)}),
    (13, [node("Resize", "x - s", mode="linear")], {"s": np.array([1, 1, 2, 1], np.float32)}),
    (13, [node("Identity", "x", "z"), node("Dropout", "z")], {}),
    (13, [node("Cast", "x", to=11)], {}),
    (13, [node("Einsum", "x m", equation="nchw,cd->ndhw")], {"m": one.reshape(4, 1)}),
]


@pytest.mark.parametrize("number", range(len(NODES)))
def test_numbers(number: int) -> None:
    opset, nodes, constants = NODES[number]
    agree(nodes, IMAGES, constants, SIZES, opset=opset)


LINES: Sequence[tuple[Any, Sequence[Any], dict[str, Any]]] = [
    (node("LayerNormalization", "x a b", axis=-1), ("N", 4), {"a": one, "b": one}),
    (node("LayerNormalization", "x a", axis=1), ("N", 2, 4), {"a": one}),
    (node("RMSNormalization", "x a"), ("N", 4), {"a": one}),
    (node("GroupNormalization", "x a b", num_groups=2), ("N", 4, "H"), {"a": one, "b": one}),
    (
        node("Gemm", "x m c", alpha=0.5, beta=0.25, transB=1),
        ("N", 4),
        {"m": one[None] * one[:3, None], "c": one[:3]},
    ),
    (node("Gemm", "x m", transA=1), (4, "N"), {"m": one.reshape(4, 1)}),
    (node("MatMul", "x m"), ("N", 2, 4), {"m": one[:, None] * one[:3]}),
    (node("MatMul", "m x"), ("N", 4, "H"), {"m": one[:3, None] * one}),
    (node("SpaceToDepth", "x", blocksize=2), ("N", 3, 4, 6), {}),
    (node("Resize", "x - - s", mode="linear"), (2, 1, 5), {"s": ints(2, 1, 7)}),
    (
        node("Resize", "x - - s", mode="linear", coordinate_transformation_mode="align_corners"),
        (2, 1, 5),
        {"s": ints(2, 1, 3)},
    ),
    (
        node("Resize", "x - s", mode="cubic"),
        (1, 1, 5, 4),
        {"s": np.array([1, 1, 2, 0.5], np.float32)},
    ),
    (
        node("Resize", "x - s", mode="cubic", exclude_outside=1, cubic_coeff_a=-0.5),
        (1, 1, 5, 4),
        {"s": np.array([1, 1, 1.5, 2], np.float32)},
    ),
    (node("Resize", "x - - s", nearest_mode="ceil"), (2, 1, 5), {"s": ints(2, 1, 3)}),
]


@pytest.mark.parametrize("number", range(len(LINES)))
def test_numbers_of_other_shapes(number: int) -> None:
    nodes, shape, constants = LINES[number]
    agree([nodes], shape, constants, ({"N": 2, "H": 3},))


# --- where ONNX's evaluator is not right ----------------------------------------------


def by_hand(made: Any, constants: dict[str, Any], opset: int = 13) -> tuple[Any, Any]:
    """What is put in and what comes out of a node, at some sizes."""
    reading = read_model(model([made], {"x": IMAGES}, constants, opset=opset))
    x = np.random.default_rng(5).normal(size=(2, 4, 3, 5))
    (found,) = values(reading, {"x": x}, {"N": 2, "H": 3, "W": 5})
    return x, found


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_weights_are_as_they_are_held(kind: Any) -> None:
    kernel = np.random.default_rng(3).normal(size=(2, 4, 1, 1)).astype(kind)
    reading = read_model(model([node("Conv", "x w")], {"x": IMAGES}, {"w": kernel}))
    (weight,) = reading.weights.values()
    assert weight.numbers.dtype == kind
    assert np.array_equal(weight.numbers, kernel)
    assert weight.values.dtype == np.float64
    assert weight.precision == np.finfo(kind).eps


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_response_norms(size: int) -> None:
    # It takes the number of images for that of channels.
    x, found = by_hand(node("LRN", "x", size=size, alpha=0.5, beta=0.5, bias=2.0), {})
    for c in range(4):
        first, last = max(0, c - (size - 1) // 2), min(3, c + size // 2)
        squares = (x[:, first : last + 1] ** 2).sum(1)
        assert np.allclose(found[:, c], x[:, c] / (2 + 0.5 / size * squares) ** 0.5)


def test_batch_norms_of_old_opsets() -> None:
    # It takes them for those of training.
    x, found = by_hand(
        node("BatchNormalization", "x a b c d", epsilon=0.1), dict.fromkeys("abcd", one), opset=9
    )
    s = one.reshape(4, 1, 1)
    assert np.allclose(found, (x - s) / np.sqrt(s + 0.1) * s + s)


def test_negative_paddings() -> None:
    # NumPy, by which it pads, has none.
    x, found = by_hand(node("Pad", "x p"), {"p": ints(0, 0, 1, -1, 0, 1, 0, -2)})
    assert np.array_equal(found, np.pad(x[..., 1:-2], ((0, 0), (0, 1), (1, 0), (0, 0))))


def test_transposed_layers_in_groups() -> None:
    # It puts each group where one channel belongs.
    x, found = by_hand(node("ConvTranspose", "x w", group=2, strides=[2, 1]), {"w": v})
    wanted = np.zeros((2, 6, 2 * 2 + 2, 5 + 2))
    for c, u, t, i, j in np.ndindex(4, 3, 5, 2, 3):
        at = np.s_[:, c // 2 * 3 : c // 2 * 3 + 3, 2 * u + i, t + j]
        wanted[at] += x[:, c, u, t, None] * v[c, :, i, j]
    assert np.allclose(found, wanted)


# --- paddings that follow from sizes -------------------------------------------------


def windows(n: int, c: int, s: int, d: int, lower: bool) -> list[list[int]]:
    """The places of each window with SAME padding, by the specification."""
    count = -(-n // s)
    total = max((count - 1) * s + d * (c - 1) + 1 - n, 0)
    before = total - total // 2 if lower else total // 2
    return [[u * s - before + d * j for j in range(c)] for u in range(count)]


@pytest.mark.parametrize("auto_pad", ["SAME_UPPER", "SAME_LOWER"])
@pytest.mark.parametrize(("c", "s", "d"), [(3, 2, 1), (2, 1, 3), (3, 2, 2), (4, 3, 1), (1, 2, 1)])
@pytest.mark.parametrize("operator", ["Conv", "MaxPool", "AveragePool"])
def test_the_same_size(operator: str, c: int, s: int, d: int, auto_pad: str) -> None:
    # ONNX's evaluator and ONNX Runtime forget dilations here, so that this is by hand.
    kernel = np.arange(1.0, c + 1)
    given: dict[str, Any] = {"auto_pad": auto_pad, "strides": [s], "dilations": [d]}
    made = (
        node("Conv", "x w", **given)
        if operator == "Conv"
        else node(operator, "x", kernel_shape=[c], **given)
    )
    constants = {"w": kernel[None, None]} if operator == "Conv" else {}
    reading = read_model(model([made], {"x": ("N", 1, "L")}, constants), given=_enough(operator, d))
    for n in (4, 5, 6, 7, 11):
        x = np.random.default_rng(n).normal(size=n)
        wanted = []
        for places in windows(n, c, s, d, auto_pad == "SAME_LOWER"):
            inside = [(x[v], kernel[j]) for j, v in enumerate(places) if 0 <= v < n]
            entries = [a for a, _ in inside]
            wanted.append(
                sum(a * k for a, k in inside)
                if operator == "Conv"
                else max(entries)
                if operator == "MaxPool"
                else np.mean(entries)
            )
        (found,) = values(reading, {"x": x[None, None]}, {"N": 1, "L": n})
        assert np.allclose(found, np.array(wanted)[None, None])


def _enough(operator: str, d: int) -> Any:
    """That no window lies in the padding alone, of which a mean has to be told."""
    from symconv import integers

    needed = operator == "AveragePool" and d > 1
    return integers("L", positive=True) >= d if needed else ()


def test_paddings_below_0_are_not_read() -> None:
    made = node("Conv", "x w", auto_pad="SAME_UPPER", strides=[3])
    with pytest.raises(SymconvError, match=r"Conv_y \(Conv\): auto_pad=SAME_UPPER .* below 0"):
        read_model(model([made], {"x": ("N", 1, "L")}, {"w": np.ones((1, 1, 1))}))


REFUSED = [
    (node("Conv", "x w", pads=[1]), "two numbers for each"),
    (node("Conv", "x w", pads=[1, 1, 1, 1], auto_pad="SAME_UPPER"), "contradict"),
    (node("Conv", "x w", pads=[-1, 0, 0, 0]), "not negative"),
    (node("Conv", "x w", strides=[0, 1]), "positive number"),
    (node("Conv", "x w", kernel_shape=[5, 5]), "kernel_shape is"),
    (node("Conv", "x w", auto_pad="SAME"), "auto_pad='SAME'"),
    (node("AveragePool", "x", kernel_shape=[2, 2], pads=[2, 0, 0, 0]), "padding alone"),
    (node("MaxPool", "x", kernel_shape=[2, 2], auto_pad="VALID", ceil_mode=1), "auto_pad=VALID"),
    (node("MaxPool", "x", "largest y", kernel_shape=[2, 2]), "beside its result"),
    (node("BatchNormalization", "x b b b b", training_mode=1), "as in training"),
    (node("BatchNormalization", "x b b b x"), "where it is constant"),
    (node("Dropout", "x - t"), "at random"),
    (node("Gelu", "x", approximate="tanh"), "approximation"),
    (node("Reshape", "x s"), "not plain"),
    (node("Slice", "x i i i z"), "other than 0"),
    (node("Squeeze", "x i"), "left out"),
    (node("Transpose", "x", perm=[0, 0, 1, 2]), "each of 4 axes once"),
    (node("Gather", "x far", axis=1), "position"),
    (node("Expand", "x s"), r"asks whether Eq\(H, 1\)"),
    (node("Resize", "x - half", mode="linear"), "read where these are numbers"),
    (node("Resize", "x - half", antialias=1), "antialias=1"),
    (
        node("Resize", "x b ones", coordinate_transformation_mode="tf_crop_and_resize"),
        "tf_crop_and_resize",
    ),
    (node("LSTM", "x x x"), "is not read"),
    (node("Less", "x x"), "is not read"),
    (node("Cast", "x", to=7), "INT64"),
    (node("Add", "x i"), "real numbers are expected"),
]
GIVEN = {
    "w": np.ones((1, 4, 3, 3)),
    "b": one,
    "t": np.array(True),
    "s": ints(5, 5),
    "i": ints(1),
    "z": ints(0),
    "far": ints(7),
    "half": np.array([1, 1, 0.7, 1], np.float32),
    "ones": np.ones(4, np.float32),
}


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_what_is_not_read_says_so_with_its_node(number: int) -> None:
    made, reason = REFUSED[number]
    with pytest.raises(SymconvError, match=reason) as error:
        read_model(model([made], {"x": IMAGES}, GIVEN))
    assert made.name in str(error.value) or "output y" in str(error.value)

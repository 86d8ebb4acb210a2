"""Random small ONNX models of what optimizers rewrite: paddings, pools, convolutions, batch norms.

Attributes are drawn from all that the operators have, as unequal paddings, `auto_pad` with
dilations, and pools that do not count their padding, as what is rare is where rewriting goes wrong.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

__all__ = ["onnx_network"]

_OPSETS = (11, 13, 17, 18, 19, 21)


def onnx_network(seed: int) -> Any:
    """A model of the input x and the output y; the same one for the same seed."""
    return _Builder(seed).model()


class _Builder:
    """A chain of nodes: each layer is put behind what was made before it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.numbers = np.random.default_rng(seed)
        self.opset = self.random.choice(_OPSETS)
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}
        self.axes = self.random.choices((2, 1), (4, 1))[0]
        self.channels = self.random.randint(1, 4)
        self.last = "x"

    def model(self) -> Any:
        """The model."""
        from onnx import TensorProto, helper, numpy_helper

        shape: list[Any] = ["N", self.channels, *("HW"[: self.axes])]
        fixed = self.random.choice(("none", "batch", "image", "all"))
        if fixed in ("batch", "all"):
            shape[0] = self.random.randint(1, 2)
        if fixed in ("image", "all"):
            shape[2:] = [self.random.randint(5, 9) for _ in range(self.axes)]
        for layer in self.layers():
            layer(self)
        if self.random.random() < 0.25:
            self.random.choice(_HEADS)(self)
        if not self.nodes:  # a layer that there is not in this opset
            _conv(self)
        self.nodes[-1].output[0] = "y"
        graph = helper.make_graph(
            self.nodes,
            "random",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
            [helper.make_empty_tensor_value_info("y")],
            [numpy_helper.from_array(one, name) for name, one in self.constants.items()],
        )
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)])
        made.ir_version = 8
        from onnx import shape_inference

        return shape_inference.infer_shapes(made)  # outputs need a type

    def layers(self) -> Sequence[Callable[[_Builder], None]]:
        """The layers: mostly two that are rewritten together, and some before or behind them."""
        some = self.random.choices(_LAYERS, k=self.random.randint(0, 2))
        if self.random.random() < 0.75:
            place = self.random.randint(0, len(some))
            some[place:place] = self.random.choice(_TOGETHER)
        return some or [_conv]

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node of what was made last, and of further inputs."""
        from onnx import helper

        made = f"t{len(self.nodes)}"
        given = [self.last, *inputs]
        self.nodes.append(helper.make_node(operator, given, [made], **attributes))
        self.last = made
        return made

    def constant(self, array: Any) -> str:
        """A constant of the graph."""
        name = f"c{len(self.constants)}"
        self.constants[name] = array
        return name

    def reals(self, *shape: int) -> str:
        """A constant of random numbers."""
        return self.constant(self.numbers.standard_normal(shape).astype(np.float32))

    def integers(self, numbers: Sequence[int]) -> str:
        """A constant of integers."""
        return self.constant(np.array(numbers, np.int64))

    def some(self, most: int, least: int = 1) -> list[int]:
        """A number for each axis, mostly a small one."""
        return [self.random.randint(least, self.random.randint(least, most)) for _ in self.each()]

    def each(self) -> range:
        """The axes of an image."""
        return range(self.axes)

    def often(self, probability: float) -> bool:
        """Whether something is done, by chance."""
        return self.random.random() < probability

    def moves(self, kernel: Sequence[int], most_padded: int) -> dict[str, Any]:
        """Strides, dilations and paddings, some of them left out."""
        found: dict[str, Any] = {"kernel_shape": list(kernel)}
        if self.often(0.6):
            found["strides"] = self.some(3)
        kind = self.random.choice(("none", "pads", "pads", "auto"))
        if kind == "pads":
            found["pads"] = [self.random.randint(0, most_padded) for _ in range(2 * self.axes)]
        if kind == "auto":
            found["auto_pad"] = self.random.choice(("SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"))
        return found


Layer = Callable[[_Builder], None]


def _conv(b: _Builder) -> None:
    kernel = b.some(3)
    attributes = b.moves(kernel, 2)
    if b.often(0.4):
        attributes["dilations"] = b.some(3)
    group = b.random.choice([g for g in range(1, b.channels + 1) if b.channels % g == 0])
    more = group * b.random.randint(1, 3)
    inputs = [b.reals(more, b.channels // group, *kernel)]
    if b.often(0.5):
        inputs.append(b.reals(more))
    if b.often(0.3):
        del attributes["kernel_shape"]
    b.add("Conv", *inputs, group=group, **attributes)
    b.channels = more


def _conv_transpose(b: _Builder) -> None:
    kernel, more = b.some(3), b.random.randint(1, 3)
    attributes = b.moves(kernel, 0)
    if attributes.get("auto_pad", "").startswith("SAME"):
        del attributes["auto_pad"]
    group = b.random.choice([g for g in range(1, b.channels + 1) if b.channels % g == 0])
    inputs = [b.reals(b.channels, more, *kernel)]
    if b.often(0.5):
        inputs.append(b.reals(more * group))
    b.add("ConvTranspose", *inputs, group=group, **attributes)
    b.channels = more * group


def _average_pool(b: _Builder) -> None:
    kernel = b.some(3)
    attributes = b.moves(kernel, min(kernel) - 1)
    if b.often(0.5):
        attributes["count_include_pad"] = b.random.randint(0, 1)
    if b.often(0.2):
        attributes["ceil_mode"] = 1
    if b.opset >= 19 and b.often(0.2):
        attributes["dilations"] = b.some(2)
    b.add("AveragePool", **attributes)


def _max_pool(b: _Builder) -> None:
    kernel = b.some(3)
    attributes = b.moves(kernel, min(kernel) - 1)
    if b.often(0.2):
        attributes["ceil_mode"] = 1
    if b.often(0.3) and "auto_pad" not in attributes:
        attributes["dilations"] = b.some(2)
    b.add("MaxPool", **attributes)


def _pad(b: _Builder) -> None:
    mode = b.random.choices(("constant", "reflect", "edge"), (6, 1, 1))[0]
    image = [b.random.randint(0, 2) for _ in range(2 * b.axes)]
    if b.often(0.1):
        image = [0] * (2 * b.axes)
    others = [b.random.randint(0, 1) if b.often(0.05) else 0 for _ in range(4)]
    pads = [*others[:2], *image[: b.axes], *others[2:], *image[b.axes :]]
    inputs = [b.integers(pads)]
    b.channels += others[1] + others[3]
    if mode == "constant" and b.often(0.4):
        inputs.append(b.constant(np.array(b.random.choice((0, 0, 1.5)), np.float32)))
    b.add("Pad", *inputs, mode=mode)


def _batch_norm(b: _Builder) -> None:
    c = b.channels
    statistics = [b.reals(c), b.reals(c), b.reals(c)]
    positive = np.abs(b.numbers.standard_normal(c)).astype(np.float32) + np.float32(0.3)
    b.add("BatchNormalization", *statistics, b.constant(positive), epsilon=b.random.choice(_EPS))


_EPS = (1e-5, 1e-3, 0.1)


def _function(b: _Builder) -> None:
    b.add(b.random.choice(("Relu", "Sigmoid", "Tanh", "LeakyRelu", "Abs", "Neg", "Identity")))


def _clip(b: _Builder) -> None:
    low, high = (b.constant(np.array(v, np.float32)) for v in (b.random.choice((-1, 0)), 1.5))
    b.add("Clip", low, high)


def _with_numbers(b: _Builder) -> None:
    """Add or multiply by one number, or one for each channel; or by numbers that do nothing."""
    operator = b.random.choice(("Add", "Mul", "Sub", "Div"))
    shape = b.random.choice(((), (1,), (1,) * b.axes, None, None, None, (1, None), (0,)))
    if shape == (0,):
        shape = (b.random.randint(1, 2),)  # along the last axis: broadcast, or an error
    elif shape is None:
        shape = (b.channels, *[1] * b.axes)
    elif len(shape) == 2 and shape[1] is None:
        shape = (1, b.channels, *[1] * b.axes)
    if b.often(0.15):
        unit = 0.0 if operator in ("Add", "Sub") else 1.0
        name = b.constant(np.full(shape, unit, np.float32))
    else:
        array = b.numbers.uniform(0.5, 2.0, shape).astype(np.float32)
        name = b.constant(np.asarray(array))
    before = b.last
    b.add(operator, name)
    if b.often(0.2):
        b.nodes[-1].input[:] = [name, before]


def _residual(b: _Builder) -> None:
    before = b.last
    _function(b)
    b.add(b.random.choice(("Add", "Mul", "Sub", "Max")), before)


def _two_users(b: _Builder) -> None:
    """The last node is read twice: what is fused with it must not change the other reader."""
    before = b.last
    if before == "x":
        return
    b.random.choice((_batch_norm, _with_numbers, _function))(b)
    b.add("Concat", before, axis=1)
    b.channels *= 2


def _transposes(b: _Builder) -> None:
    order = list(range(2 + b.axes))
    b.random.shuffle(order)
    back = [order.index(axis) for axis in range(len(order))]
    b.add("Transpose", perm=order)
    if b.often(0.3):
        _function(b)
    b.add("Transpose", perm=back)


def _slices(b: _Builder) -> None:
    for _ in range(b.random.randint(1, 2)):
        axis = b.random.randint(2, 1 + b.axes)
        start = b.random.choice((0, 1, -3))
        end = b.random.choice((2, 4, -1, 2**31 - 1, 2**63 - 1))
        inputs = [
            b.integers([n]) for n in (start, end, axis if b.often(0.8) else axis - 2 - b.axes)
        ]
        if b.often(0.4):
            inputs.append(b.integers([b.random.choice((1, 2))]))
        b.add("Slice", *inputs)


def _reshapes(b: _Builder) -> None:
    b.add("Reshape", b.integers([0, -1, 1] if b.axes == 1 else [0, b.channels, -1]))
    b.add("Unsqueeze" if b.axes == 2 else "Identity", *_axes(b, [3] if b.axes == 2 else None))


def _axes(b: _Builder, axes: list[int] | None) -> list[str]:
    return [] if axes is None else [b.integers(axes)]


def _unsqueezed(b: _Builder) -> None:
    """Unsqueeze and squeeze, which are nodes with a constant from opset 13 on."""
    if b.opset < 13:
        return
    b.add("Unsqueeze", b.integers([b.random.choice((0, 1))]))
    b.add("Unsqueeze", b.integers([0]))
    b.add("Squeeze", b.integers([0]))
    b.add("Squeeze", b.integers([b.random.choice((0, 1))]))


def _concat_twice(b: _Builder) -> None:
    before = b.last
    axis = b.random.choice((1, 1, 2))
    middle = b.add("Concat", before, axis=axis)
    b.last = middle
    b.add("Concat", before, axis=b.random.choice((axis, axis, 1)))
    outer = b.nodes[-1].attribute[0].i
    if axis == 1:
        b.channels = b.channels * 2 + (b.channels if outer == 1 else 0)


def _means(b: _Builder) -> None:
    """A mean over the image, and a matrix: what networks end with."""
    b.add(b.random.choice(("GlobalAveragePool", "GlobalMaxPool")))
    b.add("Flatten", axis=1)
    _matrix(b)


def _matrix(b: _Builder) -> None:
    more = b.random.randint(1, 3)
    if b.often(0.5):
        is_turned = b.often(0.5)
        shape = (more, b.channels) if is_turned else (b.channels, more)
        b.add("Gemm", b.reals(*shape), b.reals(more), transB=int(is_turned))
    else:
        b.add("MatMul", b.reals(b.channels, more))
        b.add("Add", b.reals(*b.random.choice(((more,), (1, more), (1,), ()))))
    b.channels = more


def _log_softmax(b: _Builder) -> None:
    b.add("Softmax", axis=1)
    b.add("Log")


def _reduced(b: _Builder) -> None:
    operator = b.random.choice(("ReduceSum", "ReduceMean", "ReduceMax"))
    axis = b.random.choice((2, 1 + b.axes))
    if (operator == "ReduceSum" and b.opset >= 13) or b.opset >= 18:
        b.add(operator, b.integers([axis]), keepdims=0)
    else:
        b.add(operator, axes=[axis], keepdims=0)
    if b.opset >= 13:
        b.add("Unsqueeze", b.integers([axis if b.often(0.7) else 1]))


_LAYERS: Sequence[Layer] = (
    *(_conv, _conv, _conv_transpose, _average_pool, _max_pool, _pad, _batch_norm, _function),
    *(_clip, _with_numbers, _residual, _two_users, _transposes, _slices, _reshapes, _unsqueezed),
    _concat_twice,
)

_TOGETHER: Sequence[tuple[Layer, ...]] = (
    *(
        (_pad, _conv),
        (_pad, _conv),
        (_pad, _average_pool),
        (_pad, _average_pool),
        (_pad, _max_pool),
    ),
    *((_conv, _batch_norm), (_conv_transpose, _batch_norm), (_batch_norm, _conv)),
    *((_conv, _with_numbers), (_with_numbers, _conv), (_conv_transpose, _with_numbers)),
    *((_pad, _pad), (_pad, _conv, _batch_norm), (_slices, _slices), (_transposes, _transposes)),
    *((_function, _clip), (_clip, _clip), (_conv, _two_users), (_pad, _two_users), (_conv,)),
    *((_concat_twice, _conv), (_conv, _batch_norm, _with_numbers), (_reshapes, _reshapes)),
)

_HEADS: Sequence[Layer] = (_means, _log_softmax, _reduced)

"""Every argument of every layer in several axes, in a table with data."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sympy import Expr, sympify

from symconv import integers
from tests.oracles import layers_by_loops as loops
from tests.oracles.layers_by_loops import Array

__all__ = [
    "CASES",
    "CHANGED",
    "REFUSED",
    "Arguments",
    "LayerCase",
    "Shapes",
    "TableCase",
    "by_name",
]

Arguments = dict[str, Any]
Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class LayerCase:
    """A layer by the name that it has in symconv, its tensors, x first, and its arguments."""

    name: str
    layer: str
    shapes: Shapes
    arguments: Arguments = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def arrays(self) -> dict[str, Array]:
        """Integers that depend on nothing but the name of the case."""
        rng = random.Random(self.name)
        arrays = {}
        for name, shape in self.shapes.items():
            arrays[name] = loops.zeros(shape)
            for at in np.ndindex(*shape):
                power_of_two = name == "inverse_deviation"
                arrays[name][at] = 2 ** rng.randrange(3) if power_of_two else rng.randint(-9, 9)
        return arrays

    def by(self, oracle: Any) -> Array:
        """What the layer of that name in a module of oracles makes of the arrays."""
        made: Array = getattr(oracle, self.layer)(**self.arrays, **self.arguments)
        return made


SIZES = {"N": 2, "C": 2, "O": 2, "D": 3, "H": 4, "W": 5, "I": 2, "J": 3, "K": 2}
"""Images, channels, features, the sizes of an image and of a kernel: the letters of a shape."""

ONES = dict.fromkeys(SIZES, 1)

LETTERS = dict(zip(SIZES, integers(" ".join(SIZES), positive=True), strict=True))


Row = tuple[str, str, dict[str, str], Arguments]
"""What a case is about, the shape of x, the shapes of the others, and the arguments."""


@dataclass(frozen=True)
class TableCase(LayerCase):
    """A layer whose sizes are letters too, for the reading at any size."""

    letters: Mapping[str, tuple[Expr, ...]] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    refused: str = ""  # what PyTorch says where it refuses the layer


def row(
    layer: str,
    name: str,
    x: str,
    tensors: Mapping[str, str],
    arguments: Arguments,
    at: Mapping[str, int] = SIZES,
    refused: str = "",
) -> TableCase:
    """A case whose shapes are written in letters."""
    sizes = {**SIZES, **at}
    letters = {
        tensor: tuple(sympify(size, locals=LETTERS) for size in shape.split())
        for tensor, shape in {"x": x, **tensors}.items()
    }
    numbers = {LETTERS[letter]: size for letter, size in sizes.items()}
    shapes = {
        tensor: tuple(int(size.xreplace(numbers)) for size in shape)
        for tensor, shape in letters.items()
    }
    return TableCase(f"{layer}: {name}", layer, shapes, arguments, letters, sizes, refused)


def convs() -> Iterator[TableCase]:
    one = {"weight": "O C I"}
    two = {"weight": "O C I J"}
    three = {"weight": "O C I J K"}
    rows: list[Row] = [
        ("one axis", "C W", one, {}),
        ("one axis, images", "N C W", one, {}),
        ("one axis, bias, stride", "N C W", {**one, "bias": "O"}, {"stride": 2}),
        ("one axis, dilation", "C W", one, {"dilation": 3, "padding": 1}),
        ("two axes", "C H W", two, {}),
        ("two axes, images, bias", "N C H W", {**two, "bias": "O"}, {}),
        ("two axes, stride and padding for all", "C H W", two, {"stride": 2, "padding": 1}),
        ("two axes, stride for each", "C H W", two, {"stride": (1, 2)}),
        ("two axes, stride larger than the kernel", "C H W", two, {"stride": (3, 4)}),
        ("two axes, padding for each", "C H W", two, {"padding": (2, 1)}),
        ("two axes, pairs", "C H W", two, {"padding": ((2, 0), (1, 3)), "stride": (2, 3)}),
        ("two axes, dilation", "C H W", two, {"dilation": (3, 2)}),
        ("two axes, same", "C H W", two, {"padding": "same"}),
        ("two axes, same, dilation", "C H W", two, {"padding": "same", "dilation": (3, 2)}),
        ("two axes, valid", "C H W", two, {"padding": "valid", "stride": 2}),
        ("two groups", "2*C H W", {"weight": "2*O C I J"}, {"groups": 2}),
        ("two groups, bias", "2*C W", {"weight": "2*O C I", "bias": "2*O"}, {"groups": 2}),
        ("three groups", "3*C W", {"weight": "3*O C I"}, {"groups": 3, "stride": 2}),
        ("depthwise", "3 H W", {"weight": "3 1 I J"}, {"groups": 3, "padding": 1}),
        ("depthwise, two features each", "3 W", {"weight": "6 1 I"}, {"groups": 3}),
        ("pointwise", "C H W", {"weight": "O C 1 1", "bias": "O"}, {}),
        ("three axes", "C D H W", three, {}),
        (
            "three axes, all arguments",
            "N 2*C D H W",
            {"weight": "2*O C I J K", "bias": "2*O"},
            {
                "stride": (1, 2, 3),
                "padding": ((0, 1), (2, 1), (1, 0)),
                "dilation": (2, 1, 3),
                "groups": 2,
            },
        ),
    ]
    for name, x, tensors, arguments in rows:
        yield row("conv", name, x, tensors, arguments)
    for mode in ("reflect", "replicate", "circular"):
        extended: list[Row] = [
            ("one axis", "C W", one, {"padding": 2}),
            ("two axes", "C H W", two, {"padding": (1, 2)}),
            ("two axes, pairs", "C H W", two, {"padding": ((0, 2), (3, 1))}),
        ]
        for name, x, tensors, arguments in extended:
            yield row("conv", f"{mode}, {name}", x, tensors, {**arguments, "padding_mode": mode})
    same = {"padding": "same", "padding_mode": "circular", "dilation": 2}
    yield row("conv", "circular, same", "C W", one, same)
    yield row("conv", "all sizes 1", "C H W", {**two, "bias": "O"}, {}, ONES)
    yield row("conv", "as large as the image", "C W", one, {}, {"W": 3, "I": 3})
    large = "can't be greater than actual input size"
    yield row("conv", "larger than the image", "C H W", two, {"stride": 3}, {"I": 6}, large)
    yield row("conv", "much larger than the image", "C H W", two, {"stride": 3}, {"J": 9}, large)


def transposed_convs() -> Iterator[TableCase]:
    one = {"weight": "C O I"}
    two = {"weight": "C O I J"}
    less = {"D": 2, "H": 2, "W": 3}
    rows: list[Row] = [
        ("one axis", "C W", one, {}),
        ("one axis, images, bias", "N C W", {**one, "bias": "O"}, {"stride": 2}),
        ("one axis, output padding", "C W", one, {"stride": 3, "output_padding": 2}),
        ("one axis, padding", "C W", one, {"stride": 2, "padding": 1, "output_padding": 1}),
        ("one axis, dilation", "C W", one, {"dilation": 3, "output_padding": 2}),
        ("two axes", "C H W", two, {}),
        ("two axes, bias", "C H W", {**two, "bias": "O"}, {"stride": 2, "padding": 1}),
        ("two axes, stride for each", "C H W", two, {"stride": (1, 3), "padding": (1, 0)}),
        (
            "two axes, output padding for each",
            "C H W",
            {**two, "bias": "O"},
            {"stride": (2, 3), "output_padding": (1, 2), "padding": (0, 1)},
        ),
        ("two groups", "2*C H W", {"weight": "2*C O I J"}, {"groups": 2, "stride": 2}),
        ("two groups, bias", "2*C W", {"weight": "2*C O I", "bias": "2*O"}, {"groups": 2}),
        ("depthwise", "3 W", {"weight": "3 1 I"}, {"groups": 3, "stride": 2}),
        (
            "three axes, all arguments",
            "N 2*C D H W",
            {"weight": "2*C O I J K", "bias": "2*O"},
            {
                "stride": (1, 2, 3),
                "padding": (0, 1, 2),
                "output_padding": (1, 1, 2),
                "dilation": (2, 1, 3),
                "groups": 2,
            },
        ),
    ]
    for name, x, tensors, arguments in rows:
        yield row("conv_transpose", name, x, tensors, arguments, less)
    yield row("conv_transpose", "all sizes 1", "C H W", two, {}, ONES)
    small = "Output size is too small"
    yield row("conv_transpose", "all is cropped", "C W", one, {"padding": 1}, {"W": 1}, small)


def pools() -> Iterator[TableCase]:
    rows: list[tuple[str, str, Arguments]] = [
        ("one axis", "C W", {"size": (2,)}),
        ("one axis, stride", "C W", {"size": (3,), "stride": 1}),
        ("one axis, padding", "N C W", {"size": (3,), "stride": 2, "padding": 1}),
        ("one axis, ceil", "C W", {"size": (2,), "ceil_mode": True}),
        ("two axes", "C H W", {"size": (2, 2)}),
        ("two axes, images", "N C H W", {"size": (2, 3), "stride": 1}),
        ("two axes, stride for each", "C H W", {"size": (2, 3), "stride": (1, 2)}),
        ("two axes, stride larger than the size", "C H W", {"size": (1, 2), "stride": 3}),
        ("two axes, padding for each", "C H W", {"size": (2, 3), "padding": (1, 0)}),
        ("two axes, ceil", "C H W", {"size": (3, 2), "ceil_mode": True}),
        ("three axes", "C D H W", {"size": (2, 3, 2), "stride": (1, 1, 3)}),
    ]
    for size, stride, padding in [(3, 2, 1), (2, 3, 1), (4, 3, 2), (5, 4, 0)]:
        name = f"ceil, size {size}, stride {stride}, padding {padding}"
        arguments = {"size": (size,), "stride": stride, "padding": padding, "ceil_mode": True}
        rows.append((name, "C W", arguments))
    for name, x, arguments in rows:
        yield row("avg_pool", name, x, {}, arguments)
        without = {**arguments, "count_include_pad": False}
        yield row("avg_pool", f"{name}, without the padding", x, {}, without)
    divisor = {"size": (2, 3), "divisor_override": 5}
    yield row("avg_pool", "two axes, divisor", "C H W", {}, divisor)
    all_of_them = {
        **{"size": (2, 3), "stride": (2, 2), "padding": 1, "ceil_mode": True},
        **{"count_include_pad": False, "divisor_override": 7},
    }
    yield row("avg_pool", "all arguments", "N C H W", {}, all_of_them)
    small, wide = "Output size is too small", "pad should be at most half"
    yield row("avg_pool", "larger than the image", "C W", {}, {"size": (6,)}, refused=small)
    zeros = {"size": (2,), "padding": 3}
    yield row("avg_pool", "windows of zeros", "C W", {}, zeros, refused=wide)
    nothing = {**zeros, "count_include_pad": False}
    yield row("avg_pool", "windows of nothing", "C W", {}, nothing, refused=wide)


def others() -> Iterator[TableCase]:
    rows: list[tuple[str, str, dict[str, str]]] = [
        ("a vector", "C", {"weight": "O C"}),
        ("bias", "C", {"weight": "O C", "bias": "O"}),
        ("rows", "H C", {"weight": "O C", "bias": "O"}),
        ("three axes", "N H C", {"weight": "O C"}),
        ("all sizes 1", "1", {"weight": "1 1", "bias": "1"}),
    ]
    for name, x, tensors in rows:
        yield row("linear", name, x, tensors, {}, {"C": 3})
    plain = {"running_mean": "C", "inverse_deviation": "C"}
    rows = [
        ("vectors", "N C", plain),
        ("one axis", "N C W", plain),
        ("weight", "N C W", {**plain, "weight": "C"}),
        ("bias", "N C W", {**plain, "bias": "C"}),
        ("two axes", "N C H W", {**plain, "weight": "C", "bias": "C"}),
    ]
    for name, x, tensors in rows:
        yield row("batch_norm", name, x, tensors, {}, {"C": 3})
    for r in (1, 2, 3):
        yield row("pixel_shuffle", f"by {r}", f"{r * r}*C H W", {}, {"factor": r})
        yield row("pixel_unshuffle", f"by {r}", f"C {r}*H {r}*W", {}, {"factor": r})
    yield row("pixel_shuffle", "images", "N 4*C H W", {}, {"factor": 2})
    yield row("pixel_unshuffle", "images", "N C 2*H 2*W", {}, {"factor": 2})
    by: list[tuple[str, str, tuple[int, ...]]] = [
        ("one axis", "N C W", (3,)),
        ("two axes", "N C H W", (2, 3)),
        ("two axes, by 1", "N C H W", (1, 1)),
        ("three axes", "N C D H W", (2, 1, 3)),
    ]
    for name, x, factor in by:
        yield row("upsample", name, x, {}, {"factor": factor})
    windows: list[tuple[str, str, Arguments]] = [
        # Columns of which there is at least one: those of none have no formula that divides them.
        ("an image", "C H+1 W+2", {"size": (2, 3)}),
        ("images", "N C 2*H 2*W", {"size": (2, 2), "stride": 2}),
        ("padding", "C H W", {"size": (3, 2), "padding": 1, "stride": (2, 1)}),
        (
            "all arguments",
            "N C H W+2",
            {"size": (2, 3), "dilation": (2, 1), "padding": (0, 1), "stride": (1, 2)},
        ),
    ]
    for name, x, arguments in windows:
        case = row("unfold", name, x, {}, arguments)
        yield case
        # The columns that are folded are counted, so that these sizes are numbers.
        columns = " ".join(map(str, case.by(loops).shape))
        image = {"output_size": case.shapes["x"][-2:]}
        yield row("fold", name, columns, {}, {**image, **arguments})
    same: list[tuple[str, str, Arguments]] = [
        ("one axis", "W", {"size": (3,)}),
        ("one axis, the odd zero", "C W", {"size": (4,)}),
        ("two axes", "C H W", {"size": (3, 2), "stride": (2, 3)}),
        ("two axes, dilation", "N C H W", {"size": (2, 3), "stride": 2, "dilation": (3, 1)}),
    ]
    for name, x, arguments in same:
        yield row("pad_same", name, x, {}, arguments)


def adaptive_pools() -> Iterator[TableCase]:
    rows: list[tuple[str, str, tuple[int | None, ...]]] = [
        ("one axis", "C W", (3,)),
        ("one axis, one output", "N C W", (1,)),
        ("one axis, more outputs than entries", "C W", (7,)),
        ("two axes", "C H W", (3, 2)),
        ("two axes, means", "N C H W", (1, 1)),
        ("two axes, one of them as it is", "C H W", (None, 4)),
        ("two axes, sizes that are divided", "C 2*H 3*W", (2, 3)),
        ("two axes, one of which is divided", "C 2*H W", (2, 3)),
        ("three axes", "C D H W", (2, 1, 3)),
    ]
    for name, x, size in rows:
        yield row("adaptive_avg_pool", name, x, {}, {"output_size": size})
    yield row("adaptive_avg_pool", "all sizes 1", "C H W", {}, {"output_size": (2, 3)}, ONES)


CASES = [*convs(), *transposed_convs(), *pools(), *adaptive_pools(), *others()]
"""Every argument of every layer."""

REFUSED = [case for case in CASES if case.refused]
"""What PyTorch refuses and symconv does not."""


def by_name(name: str) -> TableCase:
    (case,) = (case for case in CASES if case.name == name)
    return case


CHANGED: dict[str, list[Arguments]] = {
    "conv: two axes, pairs": [
        {"stride": (3, 2)},
        {"padding": ((0, 2), (1, 3))},
        {"padding": ((2, 0), (3, 1))},
        {"padding": ((1, 3), (2, 0))},
        {"dilation": 2},
        {"padding_mode": "replicate"},
    ],
    "conv: two axes, dilation": [{"dilation": (2, 3)}, {"dilation": 1}],
    "conv: two axes, same": [{"padding": 1}, {"padding": ((1, 0), (1, 1))}],
    "conv: reflect, two axes": [{"padding_mode": "replicate"}, {"padding_mode": "circular"}],
    "conv_transpose: two axes, output padding for each": [
        {"output_padding": 0},
        {"output_padding": (1, 1)},
        {"padding": (1, 0)},
        {"stride": (3, 2)},
    ],
    "avg_pool: one axis, padding": [{"count_include_pad": False}, {"padding": 0}, {"stride": 1}],
    "avg_pool: one axis, ceil": [{"ceil_mode": False}],
    "avg_pool: ceil, size 3, stride 2, padding 1": [{"count_include_pad": False}],
    "avg_pool: two axes, divisor": [{"divisor_override": None}, {"divisor_override": 6}],
    "adaptive_avg_pool: two axes": [{"output_size": (2, 3)}, {"output_size": (None, 2)}],
    "upsample: two axes": [{"factor": (3, 2)}],
    "unfold: all arguments": [{"dilation": 1}, {"padding": 0}, {"padding": (1, 0)}, {"stride": 1}],
    "pad_same: two axes, dilation": [{"stride": 1}, {"dilation": 1}, {"size": (3, 2)}],
}
"""Arguments that other layers than those of the table have."""

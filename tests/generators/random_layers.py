"""Layers in several axes with data, drawn at random."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.generators.layer_cases import Arguments, LayerCase, Shapes
from tests.oracles import layers_by_loops as loops

__all__ = ["DRAWN", "drawn"]

LARGEST = {1: 9, 2: 6, 3: 4}
"""The largest size of an image of so many axes: loops are slow."""


class Draw:
    """Sizes and arguments, from one source of random numbers."""

    def __init__(self, rng: random.Random, axes: int) -> None:
        self.rng = rng
        self.axes = axes
        self.most = LARGEST[axes]

    def numbers(self, least: int, most: int) -> tuple[int, ...]:
        return tuple(self.rng.randint(least, most) for _ in range(self.axes))

    def each(self, least: int, most: int) -> int | tuple[int, ...]:
        """One number for all axes, or one for each."""
        numbers = self.numbers(least, most)
        return numbers[0] if self.rng.random() < 0.5 else numbers

    def chance(self) -> bool:
        return self.rng.random() < 0.5

    def images(self) -> tuple[int, ...]:
        """The axis of the images, which may not be there."""
        return self.rng.choice([(), (1,), (2,)])

    def bias(self, features: int) -> Shapes:
        return {"bias": (features,)} if self.chance() else {}


def conv(draw: Draw) -> tuple[Shapes, Arguments]:
    groups, taken, made = (draw.rng.randint(1, 3) for _ in range(3))
    sizes, kernel = draw.numbers(1, draw.most), draw.numbers(1, 3)
    arguments: Arguments = {
        "stride": draw.each(1, 3),
        "dilation": draw.each(1, 2),
        "groups": groups,
    }
    match draw.rng.choice(["numbers", "pairs", "same", "valid", "mode"]):
        case "numbers":
            arguments["padding"] = draw.each(0, 2)
        case "pairs":
            arguments["padding"] = [tuple(draw.rng.randint(0, 2) for _ in "lr") for _ in sizes]
        case "same":
            arguments |= {"padding": "same", "stride": 1}
        case "valid":
            arguments["padding"] = "valid"
        case "mode":
            mode = draw.rng.choice(["reflect", "replicate", "circular"])
            most = {"reflect": [n - 1 for n in sizes], "circular": sizes}.get(mode, [2] * draw.axes)
            arguments["padding_mode"] = mode
            arguments["padding"] = [
                (draw.rng.randint(0, min(n, 2)), draw.rng.randint(0, min(n, 2))) for n in most
            ]
            if draw.chance():
                arguments["padding"] = [min(pair) for pair in arguments["padding"]]
    shapes = {
        "x": (*draw.images(), groups * taken, *sizes),
        "weight": (groups * made, taken, *kernel),
        **draw.bias(groups * made),
    }
    return shapes, arguments


def conv_transpose(draw: Draw) -> tuple[Shapes, Arguments]:
    groups, taken, made = (draw.rng.randint(1, 2) for _ in range(3))
    stride, dilation = draw.numbers(1, 3), draw.numbers(1, 2)
    # PyTorch wants the output padding to be smaller than the stride or the dilation.
    most = [max(s, d) - 1 for s, d in zip(stride, dilation, strict=True)]
    arguments: Arguments = {
        "stride": stride,
        "padding": draw.each(0, 2),
        "output_padding": tuple(draw.rng.randint(0, m) for m in most),
        "groups": groups,
        "dilation": dilation,
    }
    shapes = {
        "x": (*draw.images(), groups * taken, *draw.numbers(1, 3)),
        "weight": (groups * taken, made, *draw.numbers(1, 3)),
        **draw.bias(groups * made),
    }
    return shapes, arguments


def avg_pool(draw: Draw) -> tuple[Shapes, Arguments]:
    size = draw.numbers(1, 4)
    # PyTorch wants the padding to be at most half of the size.
    arguments: Arguments = {
        "size": size,
        "padding": tuple(draw.rng.randint(0, c // 2) for c in size),
        "ceil_mode": draw.chance(),
        "count_include_pad": draw.chance(),
    }
    if draw.chance():
        arguments["stride"] = draw.each(1, 4)
    if draw.axes > 1 and draw.chance():
        arguments["divisor_override"] = draw.rng.randint(1, 5)
    return {"x": (*draw.images(), 2, *draw.numbers(1, draw.most))}, arguments


def adaptive_avg_pool(draw: Draw) -> tuple[Shapes, Arguments]:
    wanted: list[int | None] = [*draw.numbers(1, 5)]
    if draw.axes > 1 and draw.chance():
        wanted[0] = None
    return {"x": (*draw.images(), 2, *draw.numbers(1, draw.most))}, {"output_size": tuple(wanted)}


def linear(draw: Draw) -> tuple[Shapes, Arguments]:
    taken, made = draw.rng.randint(1, 4), draw.rng.randint(1, 4)
    before = draw.numbers(1, 3)[1:]
    return {"x": (*before, taken), "weight": (made, taken), **draw.bias(made)}, {}


def batch_norm(draw: Draw) -> tuple[Shapes, Arguments]:
    channels = draw.rng.randint(1, 3)
    names = ["running_mean", "inverse_deviation"]
    names += ["weight"] * draw.chance()
    names += ["bias"] * draw.chance()
    # As many images as channels would leave open which axis is that of the channels.
    images = draw.rng.choice([n for n in (1, 2, 3) if n != channels])
    x = (images, channels, *draw.numbers(1, 3))
    return {"x": x, **dict.fromkeys(names, (channels,))}, {}


def pixel_shuffle(draw: Draw) -> tuple[Shapes, Arguments]:
    r = draw.rng.randint(1, 3)
    height, width, channels = (draw.rng.randint(1, 3) for _ in range(3))
    return {"x": (*draw.images(), channels * r * r, height, width)}, {"factor": r}


def pixel_unshuffle(draw: Draw) -> tuple[Shapes, Arguments]:
    r = draw.rng.randint(1, 3)
    height, width, channels = (draw.rng.randint(1, 3) for _ in range(3))
    return {"x": (*draw.images(), channels, height * r, width * r)}, {"factor": r}


def upsample(draw: Draw) -> tuple[Shapes, Arguments]:
    return {"x": (2, 2, *draw.numbers(1, 4))}, {"factor": draw.numbers(1, 3)}


def unfold(draw: Draw) -> tuple[Shapes, Arguments]:
    arguments = {
        "size": draw.numbers(1, 3),
        "dilation": draw.each(1, 2),
        "padding": draw.each(0, 2),
        "stride": draw.each(1, 3),
    }
    return {"x": (*draw.images(), 2, *draw.numbers(1, 5))}, arguments


def fold(draw: Draw) -> tuple[Shapes, Arguments]:
    """The folding of what the unfolding of the same arguments has made."""
    while True:
        shapes, arguments = unfold(draw)
        *images, channels, height, width = shapes["x"]
        case = LayerCase("", "unfold", {"x": (1, channels, height, width)}, arguments)
        _, rows, columns = case.by(loops).shape
        if columns:
            return {"x": (*images, rows, columns)}, {"output_size": (height, width), **arguments}


DRAWN: dict[str, tuple[Callable[[Draw], tuple[Shapes, Arguments]], tuple[int, ...]]] = {
    "conv": (conv, (1, 2, 3)),
    "conv_transpose": (conv_transpose, (1, 2, 3)),
    "avg_pool": (avg_pool, (1, 2, 3)),
    "adaptive_avg_pool": (adaptive_avg_pool, (1, 2, 3)),
    "linear": (linear, (1, 2, 3)),
    "batch_norm": (batch_norm, (1, 2)),
    "pixel_shuffle": (pixel_shuffle, (2,)),
    "pixel_unshuffle": (pixel_unshuffle, (2,)),
    "upsample": (upsample, (1, 2, 3)),
    "unfold": (unfold, (2,)),
    "fold": (fold, (2,)),
}
"""For each layer what draws it, and the numbers of axes that it may have."""


def drawn(layer: str, axes: int, number: int) -> Iterator[LayerCase]:
    """So many layers of that name, the same ones each time."""
    make, _ = DRAWN[layer]
    for seed in range(number):
        name = f"{layer} in {axes} axes, number {seed}"
        shapes, arguments = make(Draw(random.Random(name), axes))
        yield LayerCase(name, layer, shapes, arguments)

"""Random chains of linear layers, of one channel and of many."""

from __future__ import annotations

import random

from sympy import Expr

from symconv import Signal, SignalExpr, Tensor, integers

__all__ = ["image_chain", "signal_chain", "symbolic_chain"]


def signal_chain(rng: random.Random, length: Expr | int, *, pads_between: bool) -> SignalExpr:
    """A chain on the signal x; padding behind the first layer where that is asked for."""
    result: SignalExpr = Signal("x", length)
    result = result.pad(rng.randint(0, 2), rng.randint(0, 3))
    if rng.random() < 0.2:
        result = result.flip()
    strided = False
    for number in range(rng.randint(1, 4)):
        kernel = Signal(f"k{number}", rng.randint(1, 3))
        step = rng.choice(["layer", "layer", "strided", "pool", "crop", "scale", "bias", "flip"])
        if pads_between and rng.random() < 0.5:
            result = result.pad(rng.randint(0, 2), rng.randint(0, 2))
        match step:
            case "layer":
                result = result.correlate(kernel, dilation=rng.randint(1, 2))
            case "strided":
                strided = True
                result = result.correlate(kernel, stride=2, dilation=rng.randint(1, 3))
            case "pool":
                result = result.avg_pool(2, stride=1)
            case "crop":
                result = result.downsample(rng.randint(1, 2), offset=1)
                strided = True
            case "scale":
                result = 3 * result
            case "bias":
                result = result.add_bias(Signal(f"b{number}", 1))
            case "flip" if not strided:
                result = result.flip()
    return result


def image_chain(rng: random.Random, size: Expr | int, *, pads_between: bool) -> SignalExpr:
    """A chain over channels, along two axes, on the tensor x."""
    channels = rng.choice([1, 2, 4])
    result: SignalExpr = Tensor("x", (channels, size, 5))
    for number in range(rng.randint(1, 3)):
        padding = rng.randint(0, 1) if pads_between or not number else 0
        outputs = rng.choice([2, 4])
        step = rng.choice(["conv", "conv", "grouped", "norm", "pool", "branches", "flip"])
        bias = Signal(f"b{number}", outputs) if rng.random() < 0.5 else None
        match step:
            case "conv":
                kernel = Tensor(f"k{number}", (outputs, channels, rng.randint(1, 2), 2))
                strides = (rng.randint(1, 2), 1)
                result = result.conv(
                    kernel, bias, stride=strides, padding=padding, dilation=(1, rng.randint(1, 2))
                )
                channels = outputs
            case "grouped":
                kernel = Tensor(f"k{number}", (4, 1, 1, 2))
                result = result.conv(kernel, groups=channels, padding=padding)
                channels = 4
            case "norm":
                result = result.batch_norm(
                    Signal(f"m{number}", channels), Signal(f"r{number}", channels), axis=0
                )
            case "pool":
                result = result.avg_pool((2, 2), stride=1)
            case "branches":
                kernel = Tensor(f"k{number}", (channels, channels, 3, 1))
                small = Tensor(f"w{number}", (channels, channels, 1, 1))
                cropped = result[:, 1:-1]
                result = result.conv(kernel) + cropped.conv(small) + cropped
            case "flip":
                result = result.flip(axis=2)
    return result


def symbolic_chain(rng: random.Random) -> SignalExpr:
    """A chain on the signal x whose sizes, strides, dilations and paddings may be symbols."""
    n, c, e, s, d = integers("n c e s d", positive=True)
    p, q = integers("p q", nonnegative=True)
    result: SignalExpr = Signal("x", n)
    kernels = [Signal("k", c), Signal("h", e), Signal("g", 3), Signal("f", 2)]
    for number in range(rng.randint(1, 3)):
        kernel = kernels[number]
        match rng.choice(["layer", "layer", "up", "pool", "full", "slice", "bias", "sum", "pad"]):
            case "layer":
                stride, dilation = rng.choice([1, 2, s, 3]), rng.choice([1, 2, d])
                result = result.correlate(kernel, stride=stride, dilation=dilation)
            case "up":
                padding = rng.choice([0, 0, 1])
                result = result.conv_transpose(kernel, stride=1, padding=padding, dilation=2)
            case "pool":
                result = result.avg_pool(rng.choice([2, c]), stride=rng.choice([None, 1]))
            case "full":
                result = result.convolve(kernel)
            case "slice":
                result = result[1:] if rng.random() < 0.5 else result[:-2]
            case "bias":
                result = result.add_bias(Signal(f"b{number}", 1))
            case "sum":
                result = result / 3 + 2 * result
            case "pad":
                result = result.pad(rng.choice([0, 1, p]), rng.choice([0, 1, q]))
    return result

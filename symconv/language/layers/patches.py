"""Patches as columns, and columns added up again: im2col and col2im."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from sympy import Eq, Expr, Mod, Piecewise

from symconv.arithmetic.symbols import IntegerSymbol
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.layers.arguments import each_axis, small_number, steps
from symconv.language.layers.convolutions import conv_transpose
from symconv.language.layers.paddings import padded, pads_along
from symconv.language.operators import Windows
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr, Tensor

__all__ = ["fold", "unfold"]


def _two(size: Any) -> list[Any]:
    """A size for each of the two axes, as PyTorch takes one number for both."""
    return list(size) if isinstance(size, Sequence) else [size, size]


def _check_batched(signal: SignalExpr, without: int, call: str, form: str) -> bool:
    """Whether there is an axis for the batch."""
    if signal.ndim not in (without, without + 1):
        raise SymconvError(
            f"{call} takes a tensor {form}, with or without N, and {signal} has {signal.ndim} axes"
        )
    return signal.ndim > without


def unfold(
    signal: SignalExpr, size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> SignalExpr:
    """The patches as columns: (N, C, H, W) becomes (N, C·c·c', L), one column for each patch.

    Row (q, j, j') and column (u, u') of it, by rows, are x[q, s·u + d·j − p, s·u' + d·j' − p].
    One size is for two axes, and a tuple for the last axes.

    References:
        `torch.nn.functional.unfold`.
    """
    sizes = _two(size)
    count = len(sizes)
    batched = _check_batched(signal, count + 1, "x.unfold(c)", "(N, C, H, W)")
    first = signal.ndim - count
    windows = each_axis(sizes, count, "the size of the patches", signal, positive=True)
    strides, dilations = steps(stride, dilation, count, signal)
    pads = pads_along(padding, count, signal)
    result = padded(signal, range(first, signal.ndim), pads)
    for axis, (c, s, d) in enumerate(zip(windows, strides, dilations, strict=True)):
        result = result.apply(Windows(c, s, d, first + axis))
    outputs = " ".join(f"u{axis}" for axis in range(count))
    taps = " ".join(f"j{axis}" for axis in range(count))
    n = "n " * batched
    return result.rearrange(f"{n}c {outputs} {taps} -> {n}(c {taps}) ({outputs})")


def fold(
    signal: SignalExpr,
    output_size: Any,
    size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> SignalExpr:
    """The columns of `unfold` added up where they came from: (N, C·c·c', L) becomes (N, C, H, W).

    Entry (q, m, m') is the sum of all entries that `unfold` takes from there.  It is a
    transposed layer whose kernel is 1 where an input channel stands for a tap.

    Args:
        signal: the columns.
        output_size: H and W, or one for both.
        size: of the patches, numbers.
        dilation: of the patches.
        padding: how much was padded, for all axes or for each.
        stride: from patch to patch.

    References:
        `torch.nn.functional.fold`.
    """
    taps = [small_number(one, "the size of the patches of fold") for one in _two(size)]
    count = len(taps)
    batched = _check_batched(signal, 2, "x.fold((H, W), c)", "(N, C·c·c, L)")
    outputs = each_axis(output_size, count, "the output size", signal)
    strides, dilations = steps(stride, dilation, count, signal)
    crops = each_axis(padding, count, "the padding", signal)
    places = [
        ((n + p * 2 - d * (c - 1) - 1) // s + 1).or_at_least(0)
        for n, p, d, c, s in zip(outputs, crops, dilations, taps, strides, strict=True)
    ]
    names = [f"u{axis}" for axis in range(count)]
    n = "n " * batched
    sizes: dict[str, Amount] = dict(zip(names, places, strict=True))
    listed = " ".join(names)
    # What the channels are made of is said too, since a rest of them would be left out.
    images = signal.rearrange(f"{n}(c j) ({listed}) -> {n}(c j) {listed}", j=prod(taps), **sizes)
    channels = size_along(signal, int(batched))
    outputs_ = channels // prod(taps)
    # Where it is plain that there are channels, each is a group of its own.
    groups = outputs_ if outputs_.is_at_least(1) else Amount.of(1)
    kernel = _identity(channels, outputs_ if groups == 1 else Amount.of(1), taps)
    # As far beyond the last patch as the output goes.
    more = [
        total - ((u - 1) * s + d * (c - 1) + 1 - p * 2)
        for total, u, s, d, c, p in zip(
            outputs, places, strides, dilations, taps, crops, strict=True
        )
    ]
    return conv_transpose(images, kernel, None, strides, crops, more, groups, dilations)


def _identity(inputs: Amount, outputs: Amount, taps: Sequence[int]) -> SignalExpr:
    """The kernel that sends channel (q, j, j') to channel q at tap (j, j').

    Of one output channel, it is that of any group.
    """
    i, q, *js = (IntegerSymbol(name) for name in ("i", "q", *(f"j{a}" for a in range(len(taps)))))
    position: Expr = q
    for j, size in zip(js, taps, strict=True):
        position = position * size + j
    # Of a group of its own, q is 0, and i is counted from where the group begins.
    channel = Mod(i, prod(taps)) if outputs == 1 else i
    entry = Piecewise((1, Eq(channel, position)), (0, True))
    return Tensor.from_formula((i, q, *js), entry, shape=(inputs, outputs, *taps))

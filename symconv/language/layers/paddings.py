"""TensorFlow's SAME padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symconv.language.layers.arguments import each_axis, sliding_axes
from symconv.language.operators import Pad
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr

__all__ = ["pad_same"]


def pad_same(
    signal: SignalExpr,
    size: Any,
    stride: Any = 1,
    dilation: Any = 1,
    axes: int | Sequence[int] | None = None,
) -> SignalExpr:
    """TensorFlow's SAME padding for a kernel of `size` taps: a layer then has ⌈n/s⌉ outputs.

    The total is max((⌈n/s⌉ − 1)s + d(c − 1) + 1 − n, 0), of which the smaller half goes
    before.  Of several axes, a tuple of sizes is for the last ones.

    References:
        TensorFlow, `tf.nn.convolution`, section on padding.

    >>> from symconv import Signal
    >>> Signal("x", 5).pad_same(3, stride=2)
    x.pad(1, 1)
    """
    along = sliding_axes(signal, size, axes, "x.pad_same(c)")
    count = len(along)
    sizes = each_axis(size, count, "the number of taps for SAME padding", signal, positive=True)
    strides = each_axis(stride, count, "the stride", signal, positive=True)
    dilations = each_axis(dilation, count, "the dilation", signal, positive=True)
    result = signal
    for axis, c, s, d in zip(along, sizes, strides, dilations, strict=True):
        n = size_along(signal, axis)
        total = ((n.divided_up(s) - 1) * s + d * (c - 1) + 1 - n).or_at_least(0)
        left = total // 2
        result = result.apply(Pad(left, total - left, axis))
    return result

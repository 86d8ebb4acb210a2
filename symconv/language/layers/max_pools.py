"""Max pooling, and maxima along axes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.layers.arguments import each_axis, sliding_axes, steps
from symconv.language.layers.paddings import pads_along
from symconv.language.operators import MaxPool
from symconv.language.operators.base import axes_of, size_along
from symconv.language.signals import SignalExpr

__all__ = ["max_along", "max_pool"]


def max_pool(
    signal: SignalExpr,
    size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    axes: int | Sequence[int] | None = None,
) -> SignalExpr:
    """Max pooling: the largest of those entries of each window that exist.

    Entry u is the largest x[s·u + d·j − p] with 0 ≤ j < c and 0 ≤ s·u + d·j − p < n, along each
    axis: the padding does not count, as if it were −∞.  There are max(0, ⌊(n + 2p − d(c − 1) −
    1)/s⌋ + 1) windows.  Sizes may be symbols, and the stride is the size unless it is given.

    Args:
        signal: the input.
        size: of the windows; of several axes a tuple, for the last ones.
        stride: for all axes or for each.
        padding: on both sides, for all axes or for each; or a pair for each.
        dilation: d, for all axes or for each.
        ceil_mode: whether a window that goes beyond the padded input counts; none does that
            begins in the padding after the input.
        axes: along which, where there are several and no tuple of sizes.

    Raises:
        SymconvError: an argument is none, or a window would have no entry.

    References:
        `torch.nn.functional.max_pool1d`, `max_pool2d`, `max_pool3d`.

    >>> from symconv import Signal
    >>> Signal("x", 3).max_pool(3, stride=2, padding=1).evaluate(x=[-5, -1, -3])
    [-1, -1]
    """
    along = sliding_axes(signal, size, axes, "x.max_pool(c)")
    count = len(along)
    sizes = each_axis(size, count, "the size of a max pool", signal, positive=True)
    strides, dilations = steps(1 if stride is None else stride, dilation, count, signal)
    if stride is None:
        strides = sizes
    pads = pads_along(padding, count, signal)
    for axis, c, s, d, (left, right) in zip(along, sizes, strides, dilations, pads, strict=True):
        if ceil_mode:
            right = _to_the_last(size_along(signal, axis), (c - 1) * d + 1, s, left, right)
        signal = signal.apply(MaxPool(c, s, d, left, right, axis))
    return signal


def _to_the_last(n: Amount, reach: Amount, s: Amount, left: Amount, right: Amount) -> Amount:
    """The padding on the right, with which there are as many windows as may begin."""
    windows = (n + left + right - reach).divided_up(s) + 1
    begun = (n + left - 1) // s + 1
    fewest = -(-windows).or_at_least(-begun)
    return (fewest - 1) * s + reach - n - left


def max_along(signal: SignalExpr, axis: int | Sequence[int] | None = None) -> SignalExpr:
    """The largest entry along axes, which are left out; along all unless they are given.

    Raises:
        SymconvError: there is no such axis, or no entry along it.

    References:
        `numpy.max`, `torch.amax`.

    >>> from symconv import Tensor
    >>> Tensor("x", (2, 2)).max(axis=1).evaluate(x=[[1, 2], [4, 3]])
    [2, 4]
    """
    if axis is None:
        along: tuple[int, ...] = tuple(range(signal.ndim))
    else:
        along = axes_of(signal, axis)
    if not along:
        raise SymconvError(f"{signal} has no axes, and so it is its largest entry")
    one, zero = Amount.of(1), Amount.of(0)

    def largest(inner: SignalExpr, axis: int) -> SignalExpr:
        size = size_along(inner, axis)
        if size.number == 0:
            raise SymconvError(f"{inner} has no entry along axis {axis}, and so no largest one")
        pooled = inner.apply(MaxPool(size, one, one, zero, zero, axis))
        names = [f"a{i}" for i in range(inner.ndim)]
        source = " ".join("1" if i == axis else name for i, name in enumerate(names))
        target = " ".join(name for i, name in enumerate(names) if i != axis)
        return pooled.rearrange(f"{source} -> {target}")

    return reduce(largest, sorted(along, reverse=True), signal)

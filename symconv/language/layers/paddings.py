"""The padding of layers: as PyTorch has it, and TensorFlow's SAME."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from symconv.errors import SymconvError, as_given
from symconv.language.amounts import Amount, integer_argument
from symconv.language.layers.arguments import each_axis, sliding_axes, steps
from symconv.language.operators import Extension, Pad
from symconv.language.operators.base import size_along
from symconv.language.operators.pad import padding_along
from symconv.language.signals import SignalExpr

__all__ = ["pad_same", "padded", "pads_along", "same_padding"]


def pads_along(
    padding: Any, count: int, signal: SignalExpr, reaches: Sequence[Amount] | None = None
) -> list[tuple[Amount, Amount]]:
    """The padding before and after, for each axis.

    Args:
        padding: a number, one for each axis, a pair for each axis, "valid", or "same", which
            keeps the sizes where the stride is 1: the smaller half of d(c − 1) goes before.
        count: how many axes there are.
        signal: what is padded, for errors.
        reaches: d(c − 1) for each axis, for "same"; None where that has no meaning.
    """
    if isinstance(padding, str):
        if padding == "valid":
            return [(Amount.of(0), Amount.of(0))] * count
        if padding == "same" and reaches is not None:
            return [(reach // 2, reach - reach // 2) for reach in reaches]
        raise SymconvError(
            f"the padding is a number, one for each axis, pairs, 'valid' or 'same', "
            f"got {as_given(padding)}"
            + "; TensorFlow's SAME is x.pad_same(…)"
            * (padding.lower() == "same")
        )
    if not isinstance(padding, Sequence):
        amount = integer_argument(padding, "the padding", signal)
        return [(amount, amount)] * count
    if len(padding) != count:
        raise SymconvError(
            f"the padding of {signal} is one number, or one or a pair for each of the {count} "
            f"axes, got {padding}; a pair for one axis is ((l, r),)"
        )
    result = []
    for one in padding:
        if isinstance(one, Sequence) and not isinstance(one, str):
            if len(one) != 2:
                raise SymconvError(f"a padding before and after is a pair, got {one}")
            before, after = (integer_argument(p, "the padding", signal) for p in one)
        else:
            before = after = integer_argument(one, "the padding", signal)
        result.append((before, after))
    return result


def padded(
    signal: SignalExpr,
    axes: Sequence[int],
    pads: Sequence[tuple[Amount, Amount]],
    mode: Extension | Literal["zeros"] = "zeros",
) -> SignalExpr:
    """The tensor padded along axes; by nothing where it is nothing."""
    for axis, (before, after) in zip(axes, pads, strict=True):
        if before != 0 or after != 0:
            signal = signal.apply(padding_along(before, after, mode, axis))
    return signal


def same_padding(
    n: Amount, c: Amount, s: Amount, d: Amount, larger_first: bool = False
) -> tuple[Amount, Amount]:
    """What SAME padding puts before and after an axis of n entries, for a kernel of c taps.

    The total is max((⌈n/s⌉ − 1)s + d(c − 1) + 1 − n, 0), of which the smaller half goes before,
    or the larger one: SAME_UPPER and SAME_LOWER of ONNX.
    """
    total = ((n.divided_up(s) - 1) * s + d * (c - 1) + 1 - n).or_at_least(0)
    half = total // 2
    return (total - half, half) if larger_first else (half, total - half)


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
    strides, dilations = steps(stride, dilation, count, signal)
    result = signal
    for axis, c, s, d in zip(along, sizes, strides, dilations, strict=True):
        left, right = same_padding(size_along(signal, axis), c, s, d)
        result = result.apply(Pad(left, right, axis))
    return result

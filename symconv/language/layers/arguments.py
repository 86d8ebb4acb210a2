"""The arguments that layers of several axes have in common: one amount or several, and which axes.

The axes along which a layer slides are the last ones, as PyTorch has them; where there is no
kernel that says how many these are, a tuple of sizes does, or `axes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symconv.errors import SymconvError
from symconv.language.amounts import Amount, integer_argument, positive_argument
from symconv.language.operators import Extension, Pad
from symconv.language.operators.base import axes_of
from symconv.language.operators.extend import Extend
from symconv.language.signals import SignalExpr

__all__ = ["channel_axis", "each_axis", "padded", "pads_along", "sliding_axes"]


def each_axis(
    value: Any, count: int, what: str, of: SignalExpr, *, positive: bool = False
) -> list[Amount]:
    """One amount for each of so many axes: a tuple, or one for all.

    Raises:
        SymconvError: there are more or fewer, or one is no integer.
    """
    check = positive_argument if positive else integer_argument
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != count:
            raise SymconvError(
                f"{what} of {of} is one number, or one for each of the {count} axes, got {value}"
            )
        return [check(one, what, of) for one in value]
    return [check(value, what, of)] * count


def sliding_axes(
    signal: SignalExpr, size: Any, axes: int | Sequence[int] | None, call: str
) -> tuple[int, ...]:
    """The axes along which a layer without a kernel slides.

    Raises:
        SymconvError: that is open, as for one number and three axes: (N, C, L) or (C, H, W)?
    """
    if axes is not None:
        return axes_of(signal, axes)
    rank = signal.ndim
    if isinstance(size, Sequence) and not isinstance(size, str):
        count = len(size)
        if not 0 < count <= rank or rank > count + 2:
            raise SymconvError(
                f"{call}: {signal} has {rank} axes, and {count} sizes are for {count} to "
                f"{count + 2} axes; say which with axes=…"
            )
        return tuple(range(rank - count, rank))
    count = {1: 1, 2: 1, 5: 3}.get(rank, 0)
    if not count:
        both = {3: "(N, C, L) or (C, H, W)", 4: "(N, C, H, W) or (C, D, H, W)"}.get(
            rank, "anything"
        )
        raise SymconvError(
            f"{call}: {signal} has {rank} axes, which may be {both}; give a tuple of sizes, such "
            "as (2, 2) for the last two axes, or axes=…"
        )
    return tuple(range(rank - count, rank))


def channel_axis(signal: SignalExpr, parameter: SignalExpr, axis: int | None, call: str) -> int:
    """The axis of the channels, for which there is one parameter each.

    It is axis 1 of four and more axes and of two, (N, C, …); of three axes, (N, C, L) or
    (C, H, W), the size of the parameter has to tell.

    Raises:
        SymconvError: it does not.
    """
    if axis is not None:
        (found,) = axes_of(signal, axis)
        return found
    if parameter.ndim != 1:
        raise SymconvError(
            f"{call} takes one number for each channel, a signal, and {parameter} has "
            f"{parameter.ndim} axes"
        )
    if not signal.ndim:
        raise SymconvError(
            f"{call} takes an input with an axis for channels, and {signal} has none"
        )
    if signal.ndim == 1:
        return 0
    (size,) = parameter.lengths
    fitting = [one for one in (1, 0) if signal.lengths[one] == size]
    if signal.ndim != 3 and 1 in fitting:
        return 1
    if len(fitting) == 1:
        return fitting[0]
    if signal.ndim != 3 and not fitting:
        return 1  # and the error about the sizes says what has to be equal
    raise SymconvError(
        f"{call}: {signal} may be (N, C, L) or (C, H, W), and the size {parameter.shape[0]} of "
        f"{parameter} does not tell which axis the channels have; say axis=1 or axis=0"
    )


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
            f"the padding is a number, one for each axis, pairs, 'valid' or 'same', got {padding!r}"
            + "; TensorFlow's SAME is x.pad_same(…)" * (padding.lower() == "same")
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
    mode: Extension | str = "zeros",
) -> SignalExpr:
    """The tensor padded along axes; by nothing where it is nothing."""
    for axis, (before, after) in zip(axes, pads, strict=True):
        if before == 0 and after == 0:
            continue
        if mode == "zeros":
            signal = signal.apply(Pad(before, after, axis))
        else:
            signal = signal.apply(Extend(before, after, mode, axis))  # type: ignore[arg-type]
    return signal

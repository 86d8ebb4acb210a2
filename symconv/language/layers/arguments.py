"""The arguments that layers have in common: one amount or several, and along which axes.

The axes along which a layer slides are the last ones, as PyTorch has them; where there is no
kernel that says how many these are, a tuple of sizes does, or `axes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symconv.arithmetic.limits import MOST_PHASES
from symconv.errors import SymconvError
from symconv.language.amounts import Amount, integer_argument, positive_argument
from symconv.language.operators.base import axes_of
from symconv.language.signals import SignalExpr

__all__ = ["each_axis", "sliding_axes", "small_number", "steps"]


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


def steps(
    stride: Any, dilation: Any, count: int, of: SignalExpr
) -> tuple[list[Amount], list[Amount]]:
    """The strides and the dilations along so many axes; see `each_axis`."""
    strides = each_axis(stride, count, "the stride", of, positive=True)
    return strides, each_axis(dilation, count, "the dilation", of, positive=True)


def small_number(value: Any, what: str) -> int:
    """A number from 1 to as many as can be told apart.

    Raises:
        SymconvError: it is a symbol, or larger.
    """
    number = integer_argument(value, what).number
    if number is None or not 1 <= number <= MOST_PHASES:
        raise SymconvError(f"{what} must be a number from 1 to {MOST_PHASES}, got {value}")
    return number

"""Sliding windows: what lies within each is along a new axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from symconv.arithmetic.polynomials import (
    Polynomial,
    floor,
    within,
    without_nonnegative_part,
)
from symconv.language.amounts import Amount, Whole, positive_argument
from symconv.language.arrays import Array, Doubles, Place, indices
from symconv.language.assignments import Point
from symconv.language.operators.base import (
    ATOM,
    Code,
    Fixed,
    Index,
    InDoubles,
    Mathematics,
    NumPy,
    Operand,
    Operator,
    Rule,
    Shape,
    along,
    axes_of,
    guarded,
    not_negative,
    positive_at,
    signal_of,
    worded,
)

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = [
    "Windows",
    "WindowsMethod",
    "count_of_windows",
    "count_of_windows_at",
    "sliding_windows",
]


@dataclass(frozen=True, slots=True)
class Windows(Operator):
    """See `WindowsMethod.windows`."""

    size: Amount
    stride: Amount
    dilation: Amount
    axis: int

    moves = True
    is_drawn = False
    method = "windows"

    def rank(self, operands: Sequence[SignalExpr]) -> int:
        """One more than the operand has."""
        return operands[0].ndim + 1

    def shape(self, node: SignalExpr) -> Shape:
        """max(0, ⌊(n − d(c − 1) − 1)/s⌋ + 1) windows, and c."""
        (signal,) = node.operands
        n, c = signal.lengths[self.axis], self.size.polynomial
        count = not_negative(count_of_windows(n, c, self.stride, self.dilation), node)
        return (*along(signal.lengths, self.axis, count), c)

    def shows_an_entry(self, node: SignalExpr) -> bool:
        """Never: the input may be too short."""
        return False

    def _position(self, u: Polynomial, j: Polynomial) -> Polynomial:
        return self.stride.polynomial * u + self.dilation.polynomial * j

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """x[…, s·u + d·j, …], which lies inside where u and j do."""
        *rest, j = index
        u = rest[self.axis]
        source = yield node.operands[0], along(tuple(rest), self.axis, self._position(u, j)), inside
        if inside:
            return source
        count, size = node.lengths[self.axis], node.lengths[-1]
        return guarded(source, (*within(u, count), *within(j, size)))

    def shape_at(
        self, at: Point, node: SignalExpr, shapes: Sequence[tuple[int, ...]]
    ) -> tuple[int, ...]:
        """max(0, ⌊(n − d(c − 1) − 1)/s⌋ + 1) windows, and c."""
        size = positive_at(self.size, at, "size of a window")
        (shape,) = shapes
        count = count_of_windows_at(at, shape[self.axis], size, self.stride, self.dilation)
        return (*shape[: self.axis], count, *shape[self.axis + 1 :], size)

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """Each entry of each window."""
        (x,) = operands
        s, d = self.stride.at(fixed.at), self.dilation.at(fixed.at)

        def place(index: Place) -> Place:
            rest = list(index[:-1])
            rest[self.axis] = s * rest[self.axis] + d * index[-1]
            return tuple(rest)

        return [x.at(place(index)) for index in indices(shape)]

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """A view of the operand, in which an entry stands in each of its windows."""
        import numpy as np
        from numpy.lib.stride_tricks import sliding_window_view

        (x,) = operands
        if 0 in shape:
            return np.zeros(shape)
        s, d = self.stride.at(given.at), self.dilation.at(given.at)
        view = sliding_window_view(x, d * (shape[-1] - 1) + 1, self.axis)
        steps = (slice(None),) * self.axis + (slice(None, None, s),)
        return view[(*steps, ..., slice(None, None, d))]

    def work(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """Each entry is copied."""
        return prod(shape)

    def arguments(self, write: Code, node: SignalExpr) -> list[str]:
        """The size, and what is not 1."""
        found = [write.argument(self.size)]
        found += write.unless_one(stride=self.stride, dilation=self.dilation)
        return [*found, *[f"axis={self.axis}"] * (node.operands[0].ndim > 1)]

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The size, the stride and the dilation."""
        (inner,) = node.operands
        told = [f"{write.number(self.size)}"]
        told += [worded(write, "stride", write.number(self.stride))] * (self.stride != 1)
        told += [worded(write, "dilation", write.number(self.dilation))] * (self.dilation != 1)
        told += [worded(write, "axis", str(self.axis))] * (inner.ndim > 1)
        operand, listed = write.operand(inner, 0), ", ".join(told)
        if write.is_latex:
            return rf"\operatorname{{windows}}\left({operand};\, {listed}\right)", ATOM
        return f"windows({operand}; {listed})", ATOM

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """NumPy's sliding windows, of which some are taken; it refuses windows that do not fit."""
        (inner,) = node.operands
        shape = write.shape(node)
        if 0 in shape:
            return f"np.zeros({shape}, int)"
        s, d = self.stride.at(write.at), self.dilation.at(write.at)
        return sliding_windows(
            write.text(inner), inner.ndim, [(self.axis, self.size.at(write.at), s, d)]
        )


def count_of_windows(n: Polynomial, c: Polynomial, stride: Amount, dilation: Amount) -> Polynomial:
    """How many windows of c entries there are, ⌊(n − d(c − 1) − 1)/s⌋ + 1; if negative, none.

    Args:
        n: how many entries there are; a max(0, …) about that makes no difference, and is dropped.
        c: how many are in a window.
        stride: s, from one window to the next.
        dilation: d, from one entry of a window to the next.
    """
    last = without_nonnegative_part(n) - dilation.polynomial * (c - 1) - 1
    return floor(last, stride.polynomial) + 1


def count_of_windows_at(at: Point, n: int, c: int, stride: Amount, dilation: Amount) -> int:
    """The same at fixed sizes, and 0 where there are none.

    Raises:
        SymconvError: the stride or the dilation is not positive there.
    """
    step, apart = positive_at(stride, at, "stride"), positive_at(dilation, at, "dilation")
    return len(range(0, n - apart * (c - 1), step))


def sliding_windows(text: str, ndim: int, windows: Sequence[tuple[int, int, int, int]]) -> str:
    """NumPy's sliding windows along axes, each with a size, a stride and a dilation."""
    reaches = tuple(d * (c - 1) + 1 for _, c, _, d in windows)
    axes = tuple(axis for axis, _, _, _ in windows)
    shown_axes = str(axes[0]) if len(axes) == 1 else str(axes)
    shown_reaches = str(reaches[0]) if len(axes) == 1 else str(reaches)
    text = f"np.lib.stride_tricks.sliding_window_view({text}, {shown_reaches}, axis={shown_axes})"
    strides = {axis: s for axis, _, s, _ in windows}
    steps = [strides.get(axis, 1) for axis in range(ndim)] + [d for _, _, _, d in windows]
    if all(step == 1 for step in steps):
        return text
    return f"{text}[{', '.join(':' if step == 1 else f'::{step}' for step in steps)}]"


class WindowsMethod(Operand):
    """The method of signals."""

    __slots__ = ()

    def windows(
        self, size: Whole, *, stride: Whole = 1, dilation: Whole = 1, axis: int | None = None
    ) -> SignalExpr:
        """The windows of c entries along an axis, which lie along a new last axis.

        Entry (…, u, …, j) is x[…, s·u + d·j, …]; there are max(0, ⌊(n − d(c − 1) − 1)/s⌋ + 1).

        Raises:
            SymconvError: the size, the stride or the dilation is not a positive integer.

        References:
            `numpy.lib.stride_tricks.sliding_window_view`, `torch.Tensor.unfold`.
        """
        this = signal_of(self)
        (along_,) = axes_of(this, axis)
        return self.apply(
            Windows(
                positive_argument(size, "the size of the windows", this),
                positive_argument(stride, "the stride", this),
                positive_argument(dilation, "the dilation", this),
                along_,
            )
        )

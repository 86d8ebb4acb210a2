"""The full convolution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from symconv.arithmetic.polynomials import Guarded, Polynomial, at_least
from symconv.language.arrays import Doubles
from symconv.language.assignments import Point
from symconv.language.operators.base import (
    POSTFIX,
    PRODUCT,
    AlongAxis,
    Code,
    Fixed,
    Index,
    InDoubles,
    NumPy,
    Operand,
    Requirement,
    Rule,
    along,
    axes_of,
    check_operand,
    products,
    signal_of,
    summed,
)
from symconv.language.operators.dilate import Dilate
from symconv.language.operators.kernels import check_kernel, check_kernel_at, is_no_empty_kernel

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Convolve", "ConvolveMethod"]


@dataclass(frozen=True, slots=True)
class Convolve(AlongAxis):
    """See `ConvolveMethod.convolve`.

    Attributes:
        is_layer: whether the second operand is the kernel of a layer, which is never empty.
    """

    is_layer: bool = False
    axis: int = 0

    method = "convolve"
    call = "x.convolve(h)"
    plain = "{0} ∗{along} {1}"
    latex = "{0} *{along} {1}"
    binding = PRODUCT
    least = POSTFIX
    multiplies = True
    empty_by_operands_alone = True
    checked_as_kernel = True
    kernel_operand = 1
    names_entries = True
    arity = 2

    def check(self, node: SignalExpr) -> None:
        """Refuse an empty kernel of a layer."""
        if self.is_layer:
            check_kernel(node.operands[1])

    def size(self, node: SignalExpr) -> Polynomial:
        """N + c − 1, and 0 when either operand is empty."""
        left, right = node.operands
        sizes = left.lengths[self.axis], right.lengths[0]
        doubtful = [
            at_least(size, 1)
            for part, size in zip(node.operands, sizes, strict=True)
            if not part.is_nonempty and not (self.is_layer and part is right)
        ]
        value = sizes[0] + sizes[1] - 1
        return Polynomial.of(Guarded(value, tuple(doubtful))) if doubtful else value

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """The kernel of a layer is not empty."""
        return is_no_empty_kernel(node.operands[1]) if self.is_layer else iter(())

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """Σ x[m]·h[u − m] over m."""
        one, other = node.operands
        m = next(fresh)
        rest = index[self.axis] - Polynomial.of(m)
        left = yield one, along(index, self.axis, Polynomial.of(m)), False
        right = yield other, (rest,), False
        return summed(products(left, right, fresh), m, one.lengths[self.axis])

    def size_at(self, at: Point, node: SignalExpr, sizes: Sequence[int]) -> int:
        """N + c − 1, and 0 when either operand is empty."""
        if self.is_layer:
            check_kernel_at(node.operands[1], sizes[1])
        return sum(sizes) - 1 if all(sizes) else 0

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """Each entry a sum of products."""
        x, h = entries
        if not x or not h:
            return []
        return [
            sum(
                (x[m] * h[u - m] for m in range(max(0, u - len(h) + 1), min(u + 1, len(x)))),
                start=fixed.zero,
            )
            for u in range(len(x) + len(h) - 1)
        ]

    def fill(self, given: InDoubles, into: Doubles, *operands: Doubles) -> None:
        """A sum over the shorter operand of multiples of the other one."""
        import numpy as np

        x, h = operands
        if len(h) <= len(x):
            for m, tap in enumerate(h):
                into[m : m + len(x)] += tap * x
            return
        for m, row in enumerate(x):
            into[m : m + len(h)] += np.multiply.outer(h, row)

    def work(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """Each entry times each."""
        return prod(shapes[0]) * prod(shapes[1])

    def count_products(
        self, each: Sequence[int], size: int, sizes: Sequence[int]
    ) -> tuple[int, int]:
        """Each entry times each; in one entry as many as the shorter operand has."""
        both = each[0] * each[1]
        return both * min(sizes), both * sizes[0] * sizes[1]

    def code(self, write: Code, node: SignalExpr) -> str:
        """The transposed layer that it is a part of, or the call of the method."""
        left, right = node.operands
        match left.operator, right.operator:
            case Dilate(stride), Dilate(dilation) if self.is_layer:
                arguments = [write.text(right.operands[0])]
                arguments += write.unless_one(stride=stride, dilation=dilation)
                receiver = write.receiver(left.operands[0])
                if left.ndim == 1:
                    return f"{receiver}.conv_transpose({', '.join(arguments)})"
        arguments = [write.text(right), *self.named_axis(node)]
        return f"{write.receiver(left)}.convolve({', '.join(arguments)})"

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """np.convolve, which refuses empty operands."""
        if not all(size for operand in node.operands for size in write.shape(operand)):
            return f"np.zeros({write.shape(node) if node.ndim > 1 else 0}, int)"
        signal, kernel = map(write.text, node.operands)
        if node.ndim == 1:
            return f"np.convolve({signal}, {kernel})"
        return f"np.apply_along_axis(np.convolve, {self.axis}, {signal}, {kernel})"

    def label(self, kernel: str) -> tuple[str, ...]:
        """The sign and the kernel."""
        return (f"… ∗ {kernel}",)

    def place(self, taps: int) -> tuple[Fraction, Fraction]:
        """The row is longer by taps − 1, on both sides alike."""
        return Fraction(1 - taps, 2), Fraction(1)

    def wires(self, size: int, taps: int) -> Iterator[tuple[int, int, int]]:
        """x[t − j] with tap j."""
        return ((t - j, t, j) for t in range(size) for j in range(taps))


class ConvolveMethod(Operand):
    """The method of signals."""

    __slots__ = ()

    def convolve(self, other: SignalExpr, *, axis: int | None = None) -> SignalExpr:
        """The full convolution: entry u is Σ_m x[m]·h[u − m].

        The length is n + c − 1, and 0 when either signal is empty.  Of several axes, `axis` says
        along which each line is convolved with the one-dimensional signal h.
        """
        check_operand(other, Convolve.call)
        (along_,) = axes_of(signal_of(self), axis)
        return self.apply(Convolve(axis=along_), other)

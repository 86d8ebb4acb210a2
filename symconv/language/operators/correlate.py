"""The convolution layer, "valid" cross-correlation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from symconv.arithmetic.polynomials import Polynomial, nonnegative_part
from symconv.language.amounts import Amount, Whole, integer_argument, positive_argument
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
    Mathematics,
    NumPy,
    Operand,
    Requirement,
    Rule,
    along,
    axes_of,
    check_operand,
    guarded,
    inside_of,
    products,
    signal_of,
    summed,
)
from symconv.language.operators.dilate import spread_code
from symconv.language.operators.downsample import arrow
from symconv.language.operators.kernels import check_kernel, check_kernel_at, is_no_empty_kernel
from symconv.language.operators.windows import count_of_windows, count_of_windows_at

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Correlate", "CorrelateMethod"]


@dataclass(frozen=True, slots=True)
class Correlate(AlongAxis):
    """See `CorrelateMethod.correlate`; the operands are the signal and the kernel."""

    stride: Amount
    dilation: Amount
    axis: int = 0

    method = "correlate"
    call = "x.correlate(k)"
    multiplies = True
    kernel_operand = 1
    names_entries = True
    arity = 2

    def check(self, node: SignalExpr) -> None:
        """Refuse strides that could be 0 or less, and an empty kernel."""
        positive_argument(self.stride, "the stride", node.operands[0])
        positive_argument(self.dilation, "the dilation", node.operands[0])
        check_kernel(node.operands[1])

    def size(self, node: SignalExpr) -> Polynomial:
        """max(0, ⌊(n − d(c − 1) − 1)/s⌋ + 1)."""
        signal, kernel = node.operands
        n, c = signal.lengths[self.axis], kernel.lengths[0]
        return nonnegative_part(count_of_windows(n, c, self.stride, self.dilation))

    def shows_an_entry(self, node: SignalExpr) -> bool:
        """Never: the input may be too short."""
        return False

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """The kernel is not empty."""
        return is_no_empty_kernel(node.operands[1])

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """Σ k[j]·x[s·u + d·j] over j, which reads inside the signal where u is inside."""
        signal, kernel = node.operands
        j, u = next(fresh), index[self.axis]
        position = self.stride.polynomial * u + self.dilation.polynomial * Polynomial.of(j)
        taps = yield kernel, (Polynomial.of(j),), False
        source = yield signal, along(index, self.axis, position), True
        terms = summed(products(taps, source, fresh), j, kernel.lengths[0])
        # The signal was read as if inside along all its axes.
        return guarded(terms, () if inside else inside_of(index, node.lengths))

    def size_at(self, at: Point, node: SignalExpr, sizes: Sequence[int]) -> int:
        """max(0, ⌊(n − d(c − 1) − 1)/s⌋ + 1)."""
        check_kernel_at(node.operands[1], sizes[1])
        n, c = sizes
        return count_of_windows_at(at, n, c, self.stride, self.dilation)

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """Each entry a sum over the taps."""
        x, k = entries
        stride, dilation = self.stride.at(fixed.at), self.dilation.at(fixed.at)
        starts = range(0, len(x) - dilation * (len(k) - 1), stride)
        return [
            sum((k[j] * x[start + dilation * j] for j in range(len(k))), start=fixed.zero)
            for start in starts
        ]

    def fill(self, given: InDoubles, into: Doubles, *operands: Doubles) -> None:
        """A sum over the taps of whole rows; where these are fewer, each entry is a product."""
        import numpy as np

        x, k = operands
        stride, dilation = self.stride.at(given.at), self.dilation.at(given.at)
        reach = dilation * (len(k) - 1) + 1
        if len(k) <= len(into):
            end = stride * (len(into) - 1) + 1
            for first, tap in zip(range(0, reach, dilation), k, strict=True):
                into += tap * x[first : first + end : stride]
            return
        for u in range(len(into)):
            into[u] = np.tensordot(k, x[stride * u : stride * u + reach : dilation], axes=(0, 0))

    def work(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """Each output with each tap."""
        return prod(shape) * prod(shapes[1])

    def terms(self, sizes: Sequence[int]) -> int:
        """One for each tap."""
        return sizes[1]

    def code(self, write: Code, node: SignalExpr) -> str:
        """The call of the method, with what is not 1."""
        signal, kernel = node.operands
        arguments = [write.text(kernel)]
        arguments += write.unless_one(stride=self.stride, dilation=self.dilation)
        arguments += self.named_axis(node)
        return f"{write.receiver(signal)}.correlate({', '.join(arguments)})"

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """A star, with arrows for the dilation of the kernel and the stride."""
        signal, kernel = node.operands
        taps = write.operand(kernel, POSTFIX)
        if self.dilation != 1:
            taps, _ = arrow(write, "↑", r"\uparrow", taps, self.dilation)
        sign = r"\star" if write.is_latex else "⋆"
        sign += self.along(write, node)
        layer = f"{write.operand(signal, POSTFIX)} {sign} {taps}"
        if self.stride == 1:
            return layer, PRODUCT
        return arrow(write, "↓", r"\downarrow", write.parenthesised(layer), self.stride)

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """np.correlate, which swaps its operands where the kernel is longer."""
        signal, kernel = node.operands
        stride, dilation = self.stride.at(write.at), self.dilation.at(write.at)
        if 0 in write.shape(node):
            return f"np.zeros({write.shape(node) if node.ndim > 1 else 0}, int)"
        taps = spread_code(write, kernel, dilation)
        if node.ndim == 1:
            layer = f'np.correlate({write.text(signal)}, {taps}, "valid")'
        else:
            layer = (
                f"np.apply_along_axis(np.correlate, {self.axis}, {write.text(signal)}, {taps}, "
                '"valid")'
            )
        return layer if stride == 1 else f"{layer}[{self.selected(f'::{stride}')}]"

    def label(self, kernel: str) -> tuple[str, ...]:
        """The sign and the kernel, and below them what is not 1."""
        s, d = int(self.stride), int(self.dilation)
        return (
            f"… ⋆ {kernel}",
            *(f"stride {s}",) * (s > 1),
            *(f"dilation {d}",) * (d > 1),
        )

    def place(self, taps: int) -> tuple[Fraction, Fraction]:
        """Each output stands in the middle of what it reads."""
        return Fraction(int(self.dilation) * (taps - 1), 2), Fraction(int(self.stride))

    def wires(self, size: int, taps: int) -> Iterator[tuple[int, int, int]]:
        """x[s·u + d·j] with tap j."""
        s, d = int(self.stride), int(self.dilation)
        return ((s * u + d * j, u, j) for u in range(size) for j in range(taps))


class CorrelateMethod(Operand):
    """The method of signals."""

    __slots__ = ()

    def correlate(
        self,
        kernel: SignalExpr,
        *,
        stride: Whole = 1,
        dilation: Whole = 1,
        axis: int | None = None,
    ) -> SignalExpr:
        """A convolution layer: "valid" cross-correlation, the kernel not flipped.

        Entry u is Σ_j k[j]·x[s·u + d·j]; the length is max(0, ⌊(n − d(c − 1) − 1)/s⌋ + 1).
        An input shorter than the dilated kernel gives an empty output.  Of several axes, `axis`
        says along which; each line is a layer with the one kernel, of one axis.

        Raises:
            SymconvError: the stride or the dilation is not a positive integer, or the
                kernel is empty or could be.

        References:
            V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*,
            arXiv:1603.07285, relations 1–6.
        """
        check_operand(kernel, Correlate.call)
        step = integer_argument(stride, "the stride", self)
        apart = integer_argument(dilation, "the dilation", self)
        (along_,) = axes_of(signal_of(self), axis)
        return self.apply(Correlate(step, apart, along_), kernel)

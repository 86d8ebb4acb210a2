"""Zeros between neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symconv.arithmetic.polynomials import (
    Polynomial,
    equal,
    nonnegative_part,
    without_nonnegative_part,
)
from symconv.language.amounts import Amount, Whole, integer_argument, positive_argument
from symconv.language.arrays import Doubles
from symconv.language.assignments import Point
from symconv.language.operators.base import (
    POSTFIX,
    AlongAxis,
    Fixed,
    Index,
    InDoubles,
    Mathematics,
    NumPy,
    Operand,
    Rule,
    along,
    applied_along,
    guarded,
    positive_at,
    summed,
)
from symconv.language.operators.downsample import arrow

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Dilate", "DilateMethod", "spread", "spread_code"]


@dataclass(frozen=True, slots=True)
class Dilate(AlongAxis):
    """See `DilateMethod.dilate`."""

    factor: Amount
    axis: int = 0

    moves = True
    method = "dilate"
    empty_by_operands_alone = True
    checked_as_kernel = True
    absent = "inserted"

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing between neighbours."""
        return self.factor == 1

    def check(self, node: SignalExpr) -> None:
        """Refuse a factor that could be 0 or less."""
        positive_argument(self.factor, "the dilation", node.operands[0])

    def size(self, node: SignalExpr) -> Polynomial:
        """d(c − 1) + 1, and 0 when the operand is empty."""
        (signal,) = node.operands
        inner = without_nonnegative_part(signal.lengths[self.axis])
        value = self.factor.polynomial * (inner - 1) + 1
        return value if signal.is_nonempty else nonnegative_part(value)

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """k[q] where u = d·q, for a q that is summed over."""
        (signal,) = node.operands
        q = next(fresh)
        source = yield signal, along(index, self.axis, Polynomial.of(q)), inside
        multiple = equal(index[self.axis], self.factor.polynomial * Polynomial.of(q))
        return summed(guarded(source, (multiple,)), q, signal.lengths[self.axis])

    def size_at(self, at: Point, node: SignalExpr, sizes: Sequence[int]) -> int:
        """d(c − 1) + 1, and 0 when the operand is empty."""
        factor = positive_at(self.factor, at, "dilation")
        return factor * (sizes[0] - 1) + 1 if sizes[0] else 0

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """The entries with d − 1 zeros between neighbours."""
        return spread(entries[0], self.factor.at(fixed.at), fixed.zero)

    def fill(self, given: InDoubles, into: Doubles, *operands: Doubles) -> None:
        """The entries, between which zeros stay."""
        into[:: self.factor.at(given.at)] = operands[0]

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """An arrow up."""
        _, inner = self.alike(node)
        operand = write.operand(inner, POSTFIX)
        return arrow(write, "↑", r"\uparrow", operand, self.factor, self.along(write, node))

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """np.kron with a one and zeros, of which the last are cut off."""
        return spread_code(write, node.operands[0], self.factor.at(write.at), self.axis)

    def label(self, kernel: str) -> tuple[str, ...]:
        """The arrow."""
        return (f"↑{self.factor}",)

    def place(self, taps: int) -> tuple[Fraction, Fraction]:
        """The cells are nearer to each other."""
        return Fraction(0), Fraction(1, int(self.factor))


def spread(entries: list[Any], factor: int, zero: Any) -> list[Any]:
    """Entries with zeros between neighbours."""
    result = [zero] * max(0, factor * (len(entries) - 1) + 1)
    result[::factor] = entries
    return result


def spread_code(write: NumPy, signal: SignalExpr, factor: int, axis: int = 0) -> str:
    """The same in NumPy."""
    size = write.shape(signal)[axis]
    if factor == 1 or not size:
        return write.operand(signal)
    one = f"[1{', 0' * (factor - 1)}]"
    if signal.ndim > 1:
        shape = [factor if other == axis else 1 for other in range(signal.ndim)]
        one = f"np.reshape({one}, {tuple(shape)})"
    text = f"np.kron({write.text(signal)}, {one})"
    return f"{text}[{':, ' * axis}:{factor * (size - 1) + 1}]"


class DilateMethod(Operand):
    """The method of signals."""

    __slots__ = ()

    def dilate(self, factor: Whole, *, axis: int | Sequence[int] | None = None) -> SignalExpr:
        """↑d, put d − 1 zeros between neighbours.

        Entry u is k[u/d] where d divides u, else 0; the length is d(c − 1) + 1, and 0
        when the signal is empty.
        """
        times = integer_argument(factor, "the dilation", self)
        return applied_along(self, axis, lambda one: Dilate(times, one))

"""Keeping every s-th entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symconv.arithmetic.polynomials import (
    Polynomial,
    ceiling,
    nonnegative_part,
    without_nonnegative_part,
)
from symconv.errors import SymconvError
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
    positive_at,
    signal_of,
)
from symconv.language.operators.pad import Pad

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Downsample", "DownsampleMethod"]


@dataclass(frozen=True, slots=True)
class Downsample(AlongAxis):
    """See `DownsampleMethod.downsample`."""

    factor: Amount
    axis: int = 0

    moves = True
    method = "downsample"
    empty_by_operands_alone = True

    @property
    def is_idle(self) -> bool:
        """Whether every entry is kept."""
        return self.factor == 1

    def check(self, node: SignalExpr) -> None:
        """Refuse a factor that could be 0 or less."""
        positive_argument(self.factor, "the downsampling factor", node.operands[0])

    def size(self, node: SignalExpr) -> Polynomial:
        """⌈n/s⌉, and 0 when n is negative."""
        inner = node.operands[0].lengths[self.axis]
        clear = without_nonnegative_part(inner)
        value = ceiling(clear, self.factor.polynomial)
        return value if clear == inner else nonnegative_part(value)

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """x[s·u]."""
        position = self.factor.polynomial * index[self.axis]
        return (yield node.operands[0], along(index, self.axis, position), inside)

    def size_at(self, at: Point, node: SignalExpr, sizes: Sequence[int]) -> int:
        """⌈n/s⌉."""
        return len(range(0, sizes[0], positive_at(self.factor, at, "downsampling factor")))

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """Every s-th entry."""
        return entries[0][:: self.factor.at(fixed.at)]

    def fill(self, given: InDoubles, into: Doubles, *operands: Doubles) -> None:
        """Every s-th entry."""
        into[:] = operands[0][:: self.factor.at(given.at)]

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """An arrow down."""
        _, inner = self.alike(node)
        operand = write.operand(inner, POSTFIX)
        return arrow(write, "↓", r"\downarrow", operand, self.factor, self.along(write, node))

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """A slice with a step."""
        steps = self.selected(f"::{self.factor.at(write.at)}")
        return f"{write.operand(node.operands[0])}[{steps}]"

    def label(self, kernel: str) -> tuple[str, ...]:
        """The arrow."""
        return (f"↓{self.factor}",)

    def place(self, taps: int) -> tuple[Fraction, Fraction]:
        """The cells are farther apart."""
        return Fraction(0), Fraction(int(self.factor))


def arrow(
    write: Mathematics, plain: str, latex: str, operand: str, factor: Amount, along_: str = ""
) -> tuple[str, int]:
    """An operand with an arrow and a factor behind it, and along which axis it is."""
    sign = f"{latex}_{{{write.factor(factor)}}}" if write.is_latex else plain + write.factor(factor)
    return operand + sign + along_, POSTFIX


class DownsampleMethod(Operand):
    """The method of signals."""

    __slots__ = ()

    def downsample(
        self,
        factor: Whole,
        *,
        offset: Whole = 0,
        axis: int | Sequence[int] | None = None,
    ) -> SignalExpr:
        """↓s, keep every s-th entry from `offset` on, which is 0 or more.

        Entry u is x[s·u + offset]; the length is ⌈(n − offset)/s⌉, and 0 when that is negative.
        """
        first = integer_argument(offset, "the offset", self)
        if not first.is_at_least(0):
            raise SymconvError(
                f"the offset of {self} must not be negative, got {first}; declare its symbols "
                "nonnegative=True, or pad on the left"
            )
        step = integer_argument(factor, "the downsampling factor", self)
        rest = signal_of(self)
        if first != 0:
            rest = applied_along(rest, axis, lambda one: Pad(-first, Amount.of(0), one))
        return applied_along(rest, axis, lambda one: Downsample(step, one))

"""The cyclic shift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symconv.arithmetic.polynomials import at_least, within
from symconv.errors import SymconvError
from symconv.language.amounts import Amount, Whole, integer_argument
from symconv.language.arrays import Doubles
from symconv.language.assignments import Point
from symconv.language.operators.base import (
    AlongAxis,
    Fixed,
    Index,
    InDoubles,
    NumPy,
    Operand,
    Requirement,
    Rule,
    along,
    applied_along,
    guarded,
)

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Roll", "RollMethod"]


@dataclass(frozen=True, slots=True)
class Roll(AlongAxis):
    """See `RollMethod.roll`."""

    shift: Amount
    axis: int = 0

    moves = True
    method = "roll"
    plain = "roll{along}({0}; {shift})"
    latex = r"\operatorname{{roll}}{along}\left({0};\, {shift}\right)"
    empty_by_operands_alone = True

    @property
    def is_idle(self) -> bool:
        """Whether nothing is shifted."""
        return self.shift == 0

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """|a| ≤ n, so that the remainder is one of three positions."""
        (signal,) = node.operands
        size, a = signal.lengths[self.axis], self.shift.polynomial
        yield Requirement(
            (at_least(size, a), at_least(size, -a)),
            lambda: (
                f"rolling {signal} by {self.shift} goes round more than once where that is more "
                f"than its length {signal.shape[self.axis]}; add a hypothesis on it"
            ),
        )

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """x[u − a] + x[u − a + n] + x[u − a − n], of which two lie outside x, where it is 0."""
        (signal,) = node.operands
        size, u = signal.lengths[self.axis], index[self.axis]
        v = u - self.shift.polynomial
        terms = yield signal, along(index, self.axis, v), False
        if not (-self.shift).is_at_least(0):  # else nothing comes back at the left end
            terms += yield signal, along(index, self.axis, v + size), False
        if not self.shift.is_at_least(0):
            terms += yield signal, along(index, self.axis, v - size), False
        return terms if inside else guarded(terms, within(u, size))

    def size_at(self, at: Point, node: SignalExpr, sizes: Sequence[int]) -> int:
        """As many as there are; it goes round once at most."""
        shift = self.shift.at(at)
        if abs(shift) > sizes[0]:
            raise SymconvError(f"{node} would roll {sizes[0]} entries by {shift}, more than once")
        return sizes[0]

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """The last a entries before the others."""
        (x,) = entries
        a = self.shift.at(fixed.at)
        return [x[(u - a) % len(x)] for u in range(len(x))]

    def fill(self, given: InDoubles, into: Doubles, *operands: Doubles) -> None:
        """The last a entries before the others."""
        (x,) = operands
        if not len(x):
            return
        a = self.shift.at(given.at) % len(x)
        into[:a], into[a:] = x[len(x) - a :], x[: len(x) - a]

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """np.roll, which without an axis would go through all entries."""
        (inner,) = node.operands
        along_ = f", axis={self.axis}" * (inner.ndim > 1)
        return f"np.roll({write.text(inner)}, {self.shift.at(write.at)}{along_})"


class RollMethod(Operand):
    """The method of signals."""

    __slots__ = ()

    def roll(self, shift: Whole, *, axis: int | Sequence[int] | None = None) -> SignalExpr:
        """Shift the entries cyclically along an axis, to the right where the shift is positive.

        Entry u is x[(u − a) mod n], for a shift a of −n ≤ a ≤ n; the length stays.

        Raises:
            SymconvError: the shift is no integer.  One that may be larger than the length is
                refused when a claim is decided; a hypothesis such as a <= n excludes it.

        References:
            `numpy.roll`, `torch.roll`.
        """
        amount = integer_argument(shift, "the shift", self)
        return applied_along(self, axis, lambda one: Roll(amount, one))

"""The cyclic shift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symconv.arithmetic.polynomials import at_least, within
from symconv.errors import SymconvError
from symconv.language.amounts import Amount, Whole, integer_argument
from symconv.language.assignments import Point
from symconv.language.operators.base import (
    Fixed,
    Index,
    Operand,
    Operator,
    Requirement,
    Rule,
    along,
    guarded,
)

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Roll", "RollMethod"]


@dataclass(frozen=True, slots=True)
class Roll(Operator):
    """See `RollMethod.roll`."""

    amount: Amount

    method = "roll"
    plain = "roll({0}; {amount})"
    latex = r"\operatorname{{roll}}\left({0};\, {amount}\right)"
    numpy = "np.roll({0}, {amount})"
    empty_by_operands_alone = True

    @property
    def is_idle(self) -> bool:
        """Whether nothing is shifted."""
        return self.amount == 0

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """|a| ≤ n, so that the remainder is one of three positions."""
        (signal,) = node.operands
        size, a = signal.lengths[self.axis], self.amount.polynomial
        yield Requirement(
            (at_least(size, a), at_least(size, -a)),
            f"rolling {signal} by {self.amount} goes round more than once where that is more "
            f"than its length {signal.length}; add a hypothesis on it",
        )

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """x[u − a] + x[u − a + n] + x[u − a − n], of which two lie outside x, where it is 0."""
        (signal,) = node.operands
        size, u = signal.lengths[self.axis], index[self.axis]
        v = u - self.amount.polynomial
        here = yield signal, along(index, self.axis, v), False
        before = yield signal, along(index, self.axis, v + size), False
        after = yield signal, along(index, self.axis, v - size), False
        terms = (*here, *before, *after)
        return terms if inside else guarded(terms, within(u, size))

    def size_at(self, at: Point, node: SignalExpr, sizes: Sequence[int]) -> int:
        """As many as there are."""
        amount = self.amount.at(at)
        if abs(amount) > sizes[0]:
            raise SymconvError(f"{node} would roll {sizes[0]} entries by {amount}, more than once")
        return sizes[0]

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """The last a entries before the others."""
        (x,) = entries
        a = self.amount.at(fixed.at)
        return [x[(u - a) % len(x)] for u in range(len(x))]


class RollMethod(Operand):
    """The method of signals."""

    __slots__ = ()

    def roll(self, amount: Whole) -> SignalExpr:
        """Shift the entries cyclically, to the right where the amount is positive.

        Entry u is x[(u − a) mod n], for −n ≤ a ≤ n; the length stays.

        References:
            `numpy.roll`, `torch.roll`.
        """
        return self.apply(Roll(integer_argument(amount, "the amount of a roll", self)))

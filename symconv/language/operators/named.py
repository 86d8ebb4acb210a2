"""Named signals, all of whose entries are free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symconv.arithmetic.polynomials import at_least
from symconv.arithmetic.terms import Factor, Term
from symconv.language.amounts import Amount
from symconv.language.assignments import Point
from symconv.language.operators.base import (
    ATOM,
    Code,
    Fixed,
    Index,
    Mathematics,
    NumPy,
    Operator,
    Requirement,
    Rule,
    Shape,
)

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Named", "not_negative"]


@dataclass(frozen=True, slots=True)
class Named(Operator):
    """The signal of a name, applied to nothing; see `Signal`."""

    name: str
    size: Amount

    is_source = True
    arity = 0

    def shape(self, node: SignalExpr) -> Shape:
        """One axis, of the given length."""
        return (self.size.polynomial,)

    def shows_an_entry(self, node: SignalExpr) -> bool:
        """Whether the length is plainly positive."""
        return self.size.is_at_least(1)

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """A length is not negative."""
        return not_negative(node, self.size)

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """Itself: an entry of a named signal is zero outside by definition."""
        yield from ()
        return (Term(factors=(Factor(self.name, index),)),)

    def size_at(self, at: Point, node: SignalExpr, sizes: Sequence[int]) -> int:
        """The length."""
        return self.size.at(at)

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """The entries that are given."""
        return list(fixed.vectors[self.name])

    def code(self, write: Code, node: SignalExpr) -> str:
        """The name."""
        return self.name

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The name."""
        return write.name(self.name), ATOM

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """The name."""
        return write.name(self.name)


def not_negative(node: SignalExpr, size: Amount) -> Iterator[Requirement]:
    """That a length is not negative, where the signs of its symbols leave it open."""
    if not size.is_at_least(0):
        yield Requirement(
            (at_least(size.polynomial, 0),),
            lambda: (
                f"the length of {node}, {size}, could be negative; add the hypothesis {size} >= 0"
            ),
        )

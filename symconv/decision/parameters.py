"""For which values of its symbols a claim is decided."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from symconv.arithmetic.integer_sets import IntegerSets, Set
from symconv.arithmetic.linearisation import impossible
from symconv.arithmetic.polynomials import Conjunction, Guard, Polynomial, at_least

__all__ = ["Parameters", "differing"]


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the hypotheses allow, and where that is looked up.

    Attributes:
        sets: where the integer sets live.
        among: the values that the linear hypotheses allow.
        positive: the symbols that are at least 1.
        assumed: the other hypotheses, with products.
    """

    sets: IntegerSets
    among: Set
    positive: AbstractSet[str]
    assumed: Conjunction

    def never(self, alternatives: Iterable[Conjunction]) -> bool:
        """Whether none of these holds anywhere; False says nothing about products."""
        alone = ((*self.assumed, *guards) for guards in alternatives)
        return impossible(alone, self.sets, self.among, self.positive)

    def are_equal(self, one: Polynomial, other: Polynomial) -> bool:
        """Whether two sizes are equal for all values; False says nothing about products."""
        return one == other or self.never((guard,) for guard in differing(one, other))


def differing(one: Polynomial, other: Polynomial) -> tuple[Guard, Guard]:
    """The guards of which one holds where two integers differ."""
    return at_least(one, other + 1), at_least(other, one + 1)

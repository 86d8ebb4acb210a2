"""Sums of products of entries, monomial by monomial, by going through all small indices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from symconv.arithmetic.polynomials import Conjunction
from symconv.arithmetic.terms import GuardedSum, Term
from tests.generators.polynomials import holds

__all__ = ["coefficients", "entry"]

Monomial = tuple[tuple[str, int], ...]


def coefficients(term: Term, at: Mapping[str, int], u: int, reach: int) -> Counter[Monomial]:
    """What the term has at output u, with indices from −reach to reach."""
    found: Counter[Monomial] = Counter()
    numbers = [index.number for index in term.indices]
    for values in product(range(-reach, reach + 1), repeat=len(numbers)):
        there: dict[Any, int] = {**at, 0: u, **dict(zip(numbers, values, strict=True))}
        if _all(term.guards, there):
            read = sorted((f.name, f.position[0].value(there)) for f in term.factors)
            found[tuple(read)] += term.coefficient  # type: ignore[assignment]
    return found


def entry(sum_: GuardedSum, at: Mapping[str, int], u: int, reach: int) -> dict[Monomial, Fraction]:
    """The monomials of an entry, without those that read outside of a signal."""
    found: Counter[Monomial] = Counter()
    if not 0 <= u < sum_.shape[0].value(at):
        return {}
    for term in sum_.terms:
        found.update(coefficients(term, at, u, reach))
    sizes = {name: size.value(at) for name, (size,) in sum_.shapes.items()}
    return {
        monomial: Fraction(c)
        for monomial, c in found.items()
        if c and all(0 <= position < sizes[name] for name, position in monomial)
    }


def _all(guards: Conjunction, at: Mapping[object, int]) -> bool:
    return all(holds(guard, at) for guard in guards)

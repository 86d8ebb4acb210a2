"""Which inequalities have to be multiplied by strides, for linear arithmetic to do the rest.

Rocq's `lia` takes a product of symbols for an unknown of its own: from j ≤ c − 1 it does not find
s·j ≤ s·(c − 1).  Multiples of known inequalities, by strides and products of them, make up for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from typing import TypeAlias

from symconv.arithmetic.integer_sets import IntegerSets
from symconv.arithmetic.limits import ATTEMPT_OPERATIONS
from symconv.arithmetic.polynomials import Atom, Monomial, Polynomial, at_least

__all__ = ["Product", "contradict", "is_linear", "needed", "products"]

Product: TypeAlias = tuple[Polynomial, Polynomial]
"""An amount that is positive and one that is not negative."""


def is_linear(polynomials: Iterable[Polynomial]) -> bool:
    """Whether no symbols or integers are multiplied with one another."""
    return not any(_nonlinear(p) for p in polynomials)


def products(
    goal: Iterable[Polynomial], known: Sequence[Polynomial], positive: Set[str]
) -> list[Product]:
    """Products of an amount that is positive and one that is not negative, which may be of use.

    A product is of use only if each product of symbols in it is in the goal, in what is known, or
    in another such product; otherwise it could not be got rid of.

    Args:
        goal: what the goal compares.
        known: what is not negative.
        positive: the symbols that are positive.

    >>> s, j, c = map(Polynomial.of, ("s", 1, "c"))
    >>> for q, p in products([s * c - s * j - s], [j, c - 1 - j], {"s"}): print(q, "*", f"({p})")
    s * (#1)
    s * (-#1 + c - 1)
    """
    there = {m for p in (*goal, *known) for m in _nonlinear(p)}
    multipliers = dict.fromkeys(
        part for monomial in there for part in _parts(monomial, positive)
    )
    candidates = [
        (Polynomial({q: 1}), p, _nonlinear(p * Polynomial({q: 1})))
        for q in multipliers
        for p in known
        if p.as_integer() is None
    ]
    while True:
        counts = Counter(m for _, _, found in candidates for m in found)
        kept = [c for c in candidates if all(m in there or counts[m] > 1 for m in c[2])]
        if len(kept) == len(candidates):
            return [(q, p) for q, p, found in kept if found]
        candidates = kept


def _nonlinear(polynomial: Polynomial) -> set[Monomial]:
    return {monomial for monomial in polynomial.terms if len(monomial) > 1}


def _parts(monomial: Monomial, positive: Set[str]) -> list[Monomial]:
    """The products of positive symbols by which something in the monomial is multiplied."""
    symbols: list[Atom] = [a for a in monomial if isinstance(a, str) and a in positive]
    most = len(monomial) - 1
    found: list[Monomial] = [()]
    for symbol in symbols:
        found += [(*part, symbol) for part in found]
    return [part for part in found if 0 < len(part) <= most]


def needed(known: Sequence[Polynomial], candidates: Sequence[Product]) -> list[Product] | None:
    """The fewest of the products, as far as is easily found, that contradict what is known.

    None if all of them do not, as far as linear arithmetic over products of symbols can tell.

    Args:
        known: what is not negative.
        candidates: the products.
    """
    kept = list(candidates)
    if not contradict(known, kept):
        return None
    size = max(1, len(kept) // 2)
    while True:
        start = 0
        while start < len(kept):
            fewer = kept[:start] + kept[start + size :]
            if contradict(known, fewer):
                kept = fewer
            else:
                start += size
        if size == 1:
            return kept
        size //= 2


def contradict(known: Sequence[Polynomial], added: Sequence[Product]) -> bool:
    """Whether no integers, products of symbols taken for integers too, make all not negative."""
    amounts = [*known, *(q * p for q, p in added)]
    monomials = dict.fromkeys(m for p in amounts for m in p.terms if m)
    names: dict[Monomial, str] = {m: f"m{i}" for i, m in enumerate(monomials)}
    names[()] = ""
    guards = tuple(
        at_least(
            Polynomial({(names[m],) if m else (): c for m, c in p.terms.items()}), 0
        )
        for p in amounts
    )
    sets = IntegerSets([name for name in names.values() if name], ATTEMPT_OPERATIONS)
    return sets.attempt(lambda: bool(sets.where([guards]).is_empty()))

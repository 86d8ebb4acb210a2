"""Quotients of indices that are left out of sums: what splits an axis undoes what has merged it.

An axis that holds pairs (h, i), of which i runs fastest, has them at r·h + i, and splitting it
reads at ⌊u/r⌋ and u − r·⌊u/r⌋.  So ⌊(r·h + i)/r⌋ is h, where 0 ≤ i < r; and where a sum over u
is read at both, it is one over h and i.  Then positions are linear again, for symbols r too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from typing import TypeAlias

from symconv.arithmetic.limits import MOST_QUOTIENTS_LEFT_OUT
from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import (
    Floor,
    Guard,
    Guarded,
    Polynomial,
    Relation,
    divided,
    floor,
    within,
)
from symconv.arithmetic.symbols import Sign
from symconv.arithmetic.terms import SummationIndex, Term
from symconv.arithmetic.work import spend

__all__ = ["has_quotients", "without_quotients"]

Ranges: TypeAlias = Mapping[int, tuple[Polynomial, Polynomial]]
"""Between which numbers indices lie, both ends included."""

_ZERO = Polynomial({})


def has_quotients(term: Term) -> bool:
    """Whether something that is read at an index is divided."""
    return any(isinstance(a, Floor) for p in _polynomials(term) for a in p.atoms() if p.indices())


def without_quotients(term: Term, shape: Sequence[Polynomial], signs: Mapping[str, Sign]) -> Term:
    """The same sum with fewer quotients in it.

    Args:
        term: the sum.
        shape: the sizes below which the free indices are, which are numbered from 0.
        signs: what is known of the symbols.

    Where a quotient is left out because of the range of a summation index, a guard says that
    range from then on: outside of it, the summand was 0 for another reason.
    """
    for _ in range(MOST_QUOTIENTS_LEFT_OUT):
        spend(10)
        ranges = dict(enumerate((_ZERO, size - 1) for size in shape))
        ranges |= {index.number: (index.lower, index.upper) for index in term.indices}
        changed = next(_simpler(term, ranges, signs), None)
        if changed is None:
            break
        term = changed
    term = _counted(term)
    kept = (g for g in term.guards if not _always_holds(g, shape, signs))
    return replace(term, guards=tuple(kept))


def _always_holds(guard: Guard, shape: Sequence[Polynomial], signs: Mapping[str, Sign]) -> bool:
    """Whether the range of a free index says at once what a guard says of its quotients."""
    p = guard.polynomial
    numbers = p.indices()
    if (
        guard.relation is not Relation.AT_LEAST_ZERO
        or len(numbers) != 1
        or not any(isinstance(atom, Floor) for atom in p.atoms())
    ):
        return False
    (number,) = numbers
    if number >= len(shape):
        return False
    index = Polynomial.of("#")  # no symbol is called so
    least = {**signs, "#": Sign(negative=False)}
    if is_at_least(p.substitute({number: index}), 0, least):
        return True
    # It falls as the index rises, so that it is smallest where that ends.
    return _rises(-p, signs) and is_at_least(p.substitute({number: shape[number] - 1}), 0, signs)


def _rises(polynomial: Polynomial, signs: Mapping[str, Sign]) -> bool:
    """Whether a polynomial grows with the index in it, or stays as it is."""
    for monomial, c in polynomial.terms.items():
        for atom in monomial:
            if isinstance(atom, str):
                sign = signs.get(atom, Sign())
                moves = any(not isinstance(other, str) for other in monomial)
                if moves and (sign.least is None or sign.least < 0):
                    return False
            elif isinstance(atom, Floor):
                if atom.divisor.indices() or not _rises(atom.numerator, signs):
                    return False
            elif not isinstance(atom, int):
                return False
        moving = [atom for atom in monomial if not isinstance(atom, str)]
        if moving and (c < 0 or len(moving) > 1):
            return False
    return True


def _polynomials(term: Term) -> list[Polynomial]:
    positions = chain(*(factor.position for factor in term.factors))
    return [*positions, *(guard.polynomial for guard in term.guards)]


def _simpler(term: Term, ranges: Ranges, signs: Mapping[str, Sign]) -> Iterator[Term]:
    """The term with one quotient less, or with a simpler one."""
    atoms = dict.fromkeys(a for p in _polynomials(term) for a in p.every_atom())
    quotients = [a for a in atoms if isinstance(a, Floor) and a.numerator.indices()]
    for atom in sorted(quotients, key=str):
        whole, rest = divided(atom.numerator, atom.divisor)
        if whole.terms:
            yield term.substitute({atom: whole + floor(rest, atom.divisor)})
        for part in _factors(atom):
            above, below = divided(atom.numerator, part)
            if above.terms and (not below.terms or _is_within(below, part, ranges, signs)):
                quotient = floor(above, divided(atom.divisor, part)[0])
                if quotient != Polynomial.of(atom):
                    yield _said(term.substitute({atom: quotient}), below, ranges)
        if set(within(rest, atom.divisor)) <= set(term.guards):
            yield term.substitute({atom: _ZERO})
        if _is_within(rest, atom.divisor, ranges, signs):
            yield _said(term.substitute({atom: _ZERO}), rest, ranges)
    read = {a for f in term.factors for p in f.position for a in p.every_atom()}
    for atom in sorted(quotients, key=str):
        # What a condition divides, as an even index, is left as it is.
        for index in term.indices if atom in read else ():
            if atom.numerator == Polynomial.of(index.number) and index.lower == _ZERO:
                yield _split(term, index, atom.divisor)


def _factors(atom: Floor) -> list[Polynomial]:
    """Divisors of the divisor by which a part of the numerator may be divided first.

    ⌊(a·h + i)/(a·b)⌋ = ⌊h/b⌋ for 0 ≤ i < a.
    """
    number = atom.divisor.as_integer()
    if number is not None:
        sizes = {abs(c) for m, c in atom.numerator.terms.items() if m}
        return [Polynomial.constant(c) for c in sorted(sizes) if 1 < c < number and not number % c]
    if len(atom.divisor.terms) != 1:
        return []
    ((monomial, c),) = atom.divisor.terms.items()
    parts = [Polynomial.of(a) for a in dict.fromkeys(monomial)]
    parts += [Polynomial.constant(c)] * (c > 1)
    return [part for part in parts if part != atom.divisor]


def _said(term: Term, read: Polynomial, ranges: Ranges) -> Term:
    """The term with guards for the ranges of the summation indices that were made use of."""
    summed = read.indices() & {index.number for index in term.indices}
    known = [
        guard
        for number in sorted(summed)
        for guard in within(Polynomial.of(number), ranges[number][1] + 1)
    ]
    return term.guarded(*(guard for guard in known if guard not in term.guards))


def _is_within(
    polynomial: Polynomial, divisor: Polynomial, ranges: Ranges, signs: Mapping[str, Sign]
) -> bool:
    """Whether the ranges of the indices say that 0 ≤ polynomial < divisor."""
    least = most = polynomial
    for atom in dict.fromkeys(polynomial.atoms()):
        # A value under a condition lies between 0 and the value.
        if isinstance(atom, Guarded) and not atom.is_nonnegative_part:
            slope = polynomial.cofactor(atom)
            if not is_at_least(slope, 0, signs) or not is_at_least(atom.value, 0, signs):
                return False
            least = least.substitute({atom: _ZERO})
            most = most.substitute({atom: atom.value})
    inside = {a for a in most.atoms() if isinstance(a, int)}
    if inside != most.indices() or not inside <= ranges.keys():
        return False
    for number in inside:
        low, high = ranges[number]
        slope = polynomial.cofactor(number)
        if low != _ZERO or slope.indices() or not is_at_least(slope, 0, signs):
            return False
        least, most = least.substitute({number: low}), most.substitute({number: high})
    return is_at_least(least, 0, signs) and is_at_least(divisor - 1 - most, 0, signs)


def _split(term: Term, index: SummationIndex, divisor: Polynomial) -> Term:
    """A sum over u as one over h and i, with u = d·h + i and 0 ≤ i < d."""
    last = max(i.number for i in term.indices)
    h, i = last + 1, last + 2
    new = (
        SummationIndex(h, _ZERO, _last_block(index.upper, divisor)),
        SummationIndex(i, _ZERO, divisor - 1),
    )
    indices = tuple(
        one for old in term.indices for one in (new if old.number == index.number else (old,))
    )
    moved = term.substitute({index.number: divisor * Polynomial.of(h) + Polynomial.of(i)})
    kept = {one.number: one for one in moved.indices}
    ordered = tuple(kept.get(one.number, one) for one in indices)
    return replace(moved, indices=ordered).guarded(*within(Polynomial.of(i), divisor))


def _last_block(upper: Polynomial, divisor: Polynomial) -> Polynomial:
    """⌊upper/d⌋, which is a − 1 for the upper end d·a − 1."""
    whole, rest = divided(upper + 1, divisor)
    return floor(upper, divisor) if rest.terms else whole - 1


def _counted(term: Term) -> Term:
    """The term without indices on which nothing depends but a range of so many numbers."""
    for index in term.indices:
        u = Polynomial.of(index.number)
        about = [guard for guard in term.guards if guard.polynomial.mentions(index.number)]
        size = (index.upper + 1).as_integer()
        others = [i for i in term.indices if i is not index]
        if (
            size is None
            or set(about) != set(within(u, Polynomial.constant(size)))
            or any(p.mentions(index.number) for f in term.factors for p in f.position)
            or any(p.mentions(index.number) for i in others for p in (i.lower, i.upper))
        ):
            continue
        rest = tuple(guard for guard in term.guards if guard not in about)
        return _counted(replace(term, indices=tuple(others), guards=rest).scaled(Fraction(size)))
    return term

"""Guarded sums as monomials: which coefficient does each monomial of an entry have?

An entry is a sum of monomials such as k[i]·k[j]·x[t].  Two signals agree for every input
over every commutative ring exactly when every monomial has the same coefficient in both.
For one *kind* of monomial (the names in it: k, k, x), the tuples (u, i, j, t) of its
occurrences form an integer set, with a weight: the coefficient.  The kinds are compared
one by one, as sums of weighted sets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, permutations
from math import factorial

import flint

from symconv.errors import Undecided
from symconv.integer_sets import IntegerSets, Set
from symconv.polynomials import (
    Atom,
    Conjunction,
    Floor,
    Guarded,
    Polynomial,
    Relation,
    at_least,
    equal,
    within,
)
from symconv.sums import FREE, Factor, GuardedSum, Term

__all__ = ["Comparison", "compare"]

Kind = tuple[str, ...]
Weighted = list[tuple[Fraction, Set]]

_MOST_ORDERS = 720  # of equal names in one monomial: 6!


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where the coefficients of one kind of monomial differ.

    Attributes:
        names: the names in the monomial, sorted.
        different: the points (u, position of each name) at which they differ.
        ordered: whether the equal names could be told apart, so that nothing had to be
            summed over their permutations.
    """

    names: Kind
    different: Set
    ordered: bool


def compare(lhs: GuardedSum, rhs: GuardedSum, sets: IntegerSets, among: Set) -> list[Comparison]:
    """Compare two signals, kind by kind, for the parameters in `among`.

    Raises:
        Undecided: a term lies beyond Presburger arithmetic, or a coefficient has to be counted.
    """
    families: dict[Kind, Weighted] = defaultdict(list)
    for side, sign in ((lhs, 1), (rhs, -1)):
        for term in side.terms:
            names, part = _occurrences(term, side, sets)
            families[names].append((sign * term.coefficient, part.intersect_params(among)))
    return [
        _compared(names, _without_opposites(families[names]), sets) for names in sorted(families)
    ]


def _occurrences(term: Term, side: GuardedSum, sets: IntegerSets) -> tuple[Kind, Set]:
    """The kind of a term, and the set of points (u, positions) at which its monomials stand.

    Raises:
        Undecided: one monomial may occur several times, so that it has to be counted.
    """
    linear = _Positions(term)
    factors = [term.factors[i] for i in linear.order]
    support = tuple(guard for f in factors for guard in within(f.position[0], side.lengths[f.name]))
    u = Polynomial.of(FREE)
    guards = term.guards + support + within(u, side.length)
    if not linear.determine_indices:
        _check_single(term, factors, guards, sets)
    first = max((index.number for index in term.indices), default=FREE) + 1
    positions = range(first, first + len(factors))
    placed = tuple(
        equal(Polynomial.of(p), f.position[0]) for p, f in zip(positions, factors, strict=True)
    )
    hidden = [index.number for index in term.indices]
    points = sets.points([FREE, *positions], guards + placed, hidden)
    return tuple(f.name for f in factors), points


class _Positions:
    """The positions of a term's entries as a linear map M of its summation indices.

    Where M has full column rank, the positions determine the indices.  The projection
    M(MᵀM)⁻¹Mᵀ onto its columns does not depend on the choice of indices, so its rows tell
    equal names apart in the same way on both sides of a claim.
    """

    def __init__(self, term: Term) -> None:
        columns = [index.number for index in term.indices]
        equations = [g.polynomial for g in term.guards if g.relation is Relation.ZERO]
        positions = [f.position[0] for f in term.factors]
        rows = [
            [0 if _is_piecewise(p) else p.coefficient(c) for c in columns]
            for p in [*positions, *equations]
        ]
        size = len(term.factors)
        self.determine_indices = True
        signatures: list[tuple[Fraction, ...]] = [()] * size
        if columns:
            m = flint.fmpq_mat(len(rows), len(columns), [c for row in rows for c in row])
            gram = m.transpose() * m
            self.determine_indices = gram.det() != 0
            if self.determine_indices:
                projection = m * gram.inv() * m.transpose()
                table = [[Fraction(int(c.p), int(c.q)) for c in row] for row in projection.tolist()]
                signatures = [_signature(i, term.factors, table[i]) for i in range(size)]
        self.order = sorted(range(size), key=lambda i: (term.factors[i].name, signatures[i]))


def _is_piecewise(polynomial: Polynomial) -> bool:
    """Whether it is not linear in the indices; it then determines none of them by itself."""
    return any(
        isinstance(a, Floor | Guarded) or (len(monomial) > 1)
        for monomial in polynomial.terms
        for a in monomial
    )


def _signature(
    row: int, factors: Sequence[Factor], values: Sequence[Fraction]
) -> tuple[Fraction, ...]:
    by_name: dict[str, list[Fraction]] = defaultdict(list)
    for factor, value in zip(factors, values, strict=False):
        by_name[factor.name].append(value)
    return (values[row], *(value for name in sorted(by_name) for value in sorted(by_name[name])))


def _check_single(
    term: Term, factors: Sequence[Factor], guards: Conjunction, sets: IntegerSets
) -> None:
    """Raise `Undecided` unless each monomial stands at most once in the sum.

    Looks for two different values of the indices that give the same positions.
    """
    numbers = [index.number for index in term.indices]
    shift = max(numbers) + 1
    other: dict[Atom, Polynomial] = {number: Polynomial.of(number + shift) for number in numbers}
    same = tuple(equal(f.position[0], f.position[0].substitute(other)) for f in factors)
    again = tuple(g.map(lambda p: p.substitute(other)) for g in guards)
    for number in numbers:
        differ = at_least(other[number], Polynomial.of(number) + 1)
        pairs = [FREE, *numbers, *(number + shift for number in numbers)]
        if not sets.points(pairs, guards + again + same + (differ,)).is_empty():
            names = "·".join(sorted(f.name for f in factors)) or "1"
            raise Undecided(
                f"a summation index drops out of the monomials {names}, so that their "
                "coefficients have to be counted, which is not supported"
            )


def _without_opposites(family: Weighted) -> Weighted:
    """The family without pairs of equal sets whose weights cancel."""
    rest: Weighted = []
    for weight, part in family:
        for i, (other, present) in enumerate(rest):
            if other == -weight and part.is_equal(present):
                del rest[i]
                break
        else:
            rest.append((weight, part))
    return rest


def _compared(names: Kind, family: Weighted, sets: IntegerSets) -> Comparison:
    ordered = not family or len(set(names)) == len(names)
    if not ordered:
        family = _unordered(names, family, sets)
    return Comparison(names, _nonzero(family, len(names), sets), ordered)


def _unordered(names: Kind, family: Weighted, sets: IntegerSets) -> Weighted:
    """The family summed over the permutations of equal names, at sorted positions only.

    k[i]·k[j] and k[j]·k[i] are one monomial; its representative has i ≤ j.
    """
    blocks = [[i for i, name in enumerate(names) if name == one] for one in dict.fromkeys(names)]
    orders = _orders(blocks)
    positions = range(FREE + 1, FREE + 1 + len(names))
    rising = tuple(
        at_least(Polynomial.of(positions[b]), Polynomial.of(positions[a]))
        for block in blocks
        for a, b in pairwise(block)
    )
    sorted_points = sets.points([FREE, *positions], rising)
    return [
        (weight, sets.permuted(part, (0, *(1 + i for i in order))).intersect(sorted_points))
        for weight, part in family
        for order in orders
    ]


def _orders(blocks: Iterable[Sequence[int]]) -> list[tuple[int, ...]]:
    """The permutations of all positions that only exchange positions within a block."""
    count = 1
    for block in blocks:
        count *= factorial(len(block))
    if count > _MOST_ORDERS:
        raise Undecided(
            f"equal names would have to be compared in {count} orders; the limit is {_MOST_ORDERS}"
        )
    result: list[tuple[int, ...]] = [()]
    for block in blocks:
        result = [done + order for done in result for order in permutations(block)]
    return result


def _nonzero(family: Weighted, width: int, sets: IntegerSets) -> Set:
    """The points at which the weights of the sets that hold them do not add up to 0."""
    pieces: list[tuple[Set, Fraction]] = []  # disjoint
    for weight, part in family:
        split: list[tuple[Set, Fraction]] = []
        for piece, sum_ in pieces:
            split += [(piece.intersect(part), sum_ + weight), (piece - part, sum_)]
            part = part - piece
        pieces = [(piece, sum_) for piece, sum_ in [*split, (part, weight)] if not piece.is_empty()]
    result = sets.nothing(1 + width)
    for piece, sum_ in pieces:
        if sum_:
            result = result | piece
    return result

"""Guarded sums as monomials: which coefficient does each monomial of an entry have?

An entry is a sum of monomials such as k[i]·k[j]·x[t].  Two tensors agree for every input
over every commutative ring exactly when every monomial has the same coefficient in both.
For one *kind* of monomial (the names in it: k, k, x), the tuples (u, i, j, t) of its
occurrences form an integer set, with a weight: the coefficient.  The kinds are compared
one by one, as sums of weighted sets.

Where something is divided by sizes, a weight is multiplied by all that it is divided by, which is
not 0 wherever the tensors are defined: then it is a polynomial in the sizes, and the coefficients
differ where that is not 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, chain, pairwise
from math import factorial, prod

import flint

from symconv.arithmetic.counting import counted_alike, nonzero_count
from symconv.arithmetic.divisors import Weight, added, factored, numerators
from symconv.arithmetic.integer_sets import IntegerSets, Set
from symconv.arithmetic.limits import MOST_ORDERS_COMPARED, STEPS_PER_GUARD
from symconv.arithmetic.plain_bounds import is_at_least, positive_signs
from symconv.arithmetic.polynomials import (
    Atom,
    Conjunction,
    Floor,
    Guarded,
    Polynomial,
    Relation,
    at_least,
    conjoined,
    equal,
    negated,
    within,
)
from symconv.arithmetic.terms import GuardedSum, Term, free_index, without_counts
from symconv.arithmetic.work import spend
from symconv.decision.index_changes import (
    Change,
    Coordinates,
    Orders,
    changes,
    orders_of,
    spread,
)
from symconv.decision.parameters import Parameters
from symconv.errors import NonlinearError, Undecided

__all__ = ["Comparison", "compare"]

Kind = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where the coefficients of one kind of monomial differ.

    Attributes:
        names: the names in the monomial, sorted.
        changes: the changes of indices by which sums are the same.
        doubtful: points (output index, position of each name) outside of which the
            coefficients are the same; None where all sums are, by changes of indices.
        exactly: computes the points at which they differ; None if these are the doubtful ones.
        how: how the coefficients are compared, where changes of indices do not suffice.
    """

    names: Kind
    changes: tuple[Change, ...]
    doubtful: Set | None
    exactly: Callable[[], Set] | None
    how: str


def compare(lhs: GuardedSum, rhs: GuardedSum, parameters: Parameters) -> list[Comparison]:
    """Compare two tensors, kind by kind, at the output indices that both have.

    Args:
        lhs: the one tensor.
        rhs: the other one.
        parameters: the values of the symbols to compare them for.

    Raises:
        Undecided: a term lies beyond Presburger arithmetic, or a coefficient cannot be counted.
    """
    comparer = _Comparer(lhs, rhs, parameters)
    for side, sign in ((lhs, 1), (rhs, -1)):
        for term in side.terms:
            comparer.add(term, sign)
    return [comparer.compared(names) for names in sorted(comparer.sums)]


@dataclass(slots=True)
class _Sum:
    """One of the sums that are the same, and the coefficient of all of them together."""

    coordinates: Coordinates
    weight: Weight
    about_outputs: Conjunction
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """The points (output index, positions, hidden indices) at which the monomials of a sum stand.

    Each stands there once for every value of the hidden indices.
    """

    weight: Weight
    points: Set
    hidden: int


class _Comparer:
    """The sums of two tensors by their kinds; equal ones are put together as they come."""

    def __init__(self, lhs: GuardedSum, rhs: GuardedSum, parameters: Parameters) -> None:
        self.parameters = parameters
        self.sets = parameters.sets
        self.axes = lhs.axes
        self.outputs = tuple(
            dict.fromkeys(
                guard
                for shape in (lhs.shape, rhs.shape)
                for u, size in zip(free_index(self.axes), shape, strict=True)
                for guard in within(u, size)
            )
        )
        self.shapes = {**lhs.shapes, **rhs.shapes}
        self.sums: dict[Kind, list[_Sum]] = defaultdict(list)
        # By their coordinates as these stand: what is written alike is mostly the same.
        self._present: dict[Hashable, _Sum] = {}

    def add(self, term: Term, sign: int) -> None:
        """Add a sum, to one that is the same by a change of indices if there is one."""
        term = without_counts(term, self.parameters.positive)
        weight = {term.divisors: sign * term.coefficient}
        coordinates = Coordinates.of(term, self.shapes, self.parameters.positive, self.axes)
        present = self.sums[coordinates.names]
        orders = coordinates.orders() if present else {}
        about_outputs = coordinates.about_outputs()
        as_it_stands = (coordinates.names, coordinates.positions, coordinates.guards)
        likely = self._present.get(as_it_stands)
        for sum_ in present if likely is None else (likely, *present):
            both = (*sum_.about_outputs, *about_outputs)
            spend(STEPS_PER_GUARD * len(both))
            if conjoined(both) is None:
                continue  # other outputs, as those of two windows of an adaptive pool
            change = self._same(sum_.coordinates, coordinates, orders)
            if change is not None:
                sum_.weight = added(sum_.weight, weight)
                sum_.changes += (change,)
                self._present.setdefault(as_it_stands, sum_)
                return
        new = self._present[as_it_stands] = _Sum(coordinates, weight, about_outputs)
        present.append(new)

    def compared(self, names: Kind) -> Comparison:
        """The comparison of one kind."""
        found = tuple(change for sum_ in self.sums[names] for change in sum_.changes)
        left = [sum_ for sum_ in self.sums[names] if self._numerator(sum_.weight).terms]
        if not left:
            return Comparison(names, found, None, None, "")
        parts = _without_opposites(_united([self._occurrences(sum_) for sum_ in left]))
        ranks = left[0].coordinates.ranks
        width = self.axes + sum(ranks)
        hidden = max((part.hidden for part in parts), default=0)
        if hidden:
            together = self._together(left, hidden)
            numbers = {part.hidden for part in together}
            if numbers <= {0}:
                parts = together
            elif len(numbers) == 1 and self._weighted(together, width + max(numbers)).is_empty():
                nowhere = self.sets.nothing(width)
                return Comparison(names, found, nowhere, None, "the same summands")
        counted = any(part.hidden for part in parts)
        if counted:
            doubtful = self.sets.nothing(width)
            for part in parts:
                doubtful = doubtful | self.sets.shown(part.points, width)
        else:
            doubtful = self._nonzero(parts, width)
        if doubtful.is_empty() or (not counted and len(set(names)) == len(names)):
            how = "the same coefficients, counted" if hidden else "the same integer set"
            return Comparison(names, found, doubtful, None, how)

        def exactly() -> Set:
            unordered = self._unordered(names, ranks, parts) if repeat else parts
            return self._nonzero(unordered, width)

        repeat = len(set(names)) < len(names)
        how = "counted" if counted else "equal names exchanged"
        return Comparison(names, found, doubtful, exactly, f"the same coefficients, {how}")

    def _numerator(self, weight: Weight) -> Polynomial:
        """A weight times all that it is divided by; 0 if the hypotheses say that it is."""
        (numerator,) = numerators([weight])
        if numerator.as_integer() is not None:
            return numerator
        is_zero = self.parameters.never(_nonzero_cases(numerator))
        return Polynomial({}) if is_zero else numerator

    def _same(self, ours: Coordinates, others: Coordinates, orders: Orders) -> Change | None:
        for change, one, other in changes(ours, others, orders, self.parameters.positive):
            if one == other:
                return change()
            base = (*self.outputs, *self._support(ours))
            differ = (
                (*base, *guards, opposite)
                for guards, more in ((one, other), (other, one))
                for guard in more
                if guard not in guards
                for opposite in negated(guard)
                # Most of them contradict what is said of a position as it stands.
                if conjoined((*self.parameters.assumed, *base, *guards, opposite)) is not None
            )
            if self.parameters.never(differ):
                return change()
        return None

    def _support(self, coordinates: Coordinates) -> Conjunction:
        """The guards that say that every position is inside its tensor."""
        sizes = chain(*(self.shapes[name] for name in coordinates.names))
        return tuple(
            guard
            for position, size in zip(coordinates.positions, sizes, strict=True)
            for guard in within(position, size)
        )

    def _occurrences(self, sum_: _Sum, least: int = 0) -> _Part:
        """The points at which the monomials of a sum stand, and how often.

        Args:
            sum_: the sum.
            least: how many indices are hidden, where there are as many.
        """
        term = sum_.coordinates.term
        linear = _Positions(term)
        factors = [term.factors[i] for i in linear.order]
        places = list(chain(*(f.position for f in factors)))
        sizes = chain(*(self.shapes[f.name] for f in factors))
        support = tuple(
            guard for p, size in zip(places, sizes, strict=True) for guard in within(p, size)
        )
        guards = term.guards + support + self.outputs
        numbers = [index.number for index in term.indices]
        hidden = [] if linear.determine_indices else self._repeating(numbers, places, guards)
        more = [number for number in numbers if number not in hidden]
        hidden = [*hidden, *more[: max(0, least - len(hidden))]]
        if least:
            hidden.sort()
        first = max(numbers, default=self.axes - 1) + 1
        positions = range(first, first + len(places))
        placed = tuple(
            equal(Polynomial.of(p), place) for p, place in zip(positions, places, strict=True)
        )
        determined = [number for number in numbers if number not in hidden]
        points = self.sets.points(
            [*range(self.axes), *positions, *hidden], guards + placed, determined
        )
        return _Part(sum_.weight, points.intersect_params(self.parameters.among), len(hidden))

    def _repeating(
        self, numbers: Sequence[int], places: Sequence[Polynomial], guards: Conjunction
    ) -> list[int]:
        """The indices of a sum in which a monomial may stand more than once.

        That is, as few of them as possible: with these, the positions determine the others.
        """
        hidden: list[int] = []
        while True:
            repeating = self._first_repeating(numbers, hidden, places, guards)
            if repeating is None:
                return hidden
            hidden.append(repeating)

    def _first_repeating(
        self,
        numbers: Sequence[int],
        known: Sequence[int],
        places: Sequence[Polynomial],
        guards: Conjunction,
    ) -> int | None:
        """An index with two values at the same positions and known indices, if there is one."""
        shift = max(numbers) + 1
        moved = [number for number in numbers if number not in known]
        other: dict[Atom, Polynomial] = {number: Polynomial.of(number + shift) for number in moved}
        same = tuple(equal(place, place.substitute(other)) for place in places)
        again = tuple(g.map(lambda p: p.substitute(other)) for g in guards)
        pairs = [*range(self.axes), *numbers, *(number + shift for number in moved)]
        for number in moved:
            differ = at_least(other[number], Polynomial.of(number) + 1)
            points = self.sets.points(pairs, (*guards, *again, *same, differ))
            if not points.intersect_params(self.parameters.among).is_empty():
                return number
        return None

    def _unordered(self, names: Kind, ranks: Sequence[int], parts: Sequence[_Part]) -> list[_Part]:
        """The parts summed over the permutations of equal names, at sorted positions only.

        k[i]·k[j] and k[j]·k[i] are one monomial; its representative has i ≤ j, where
        positions along several axes are compared lexicographically.
        """
        count = prod(factorial(names.count(name)) for name in set(names))
        if count > MOST_ORDERS_COMPARED:
            raise Undecided(
                f"equal names would have to be compared in {count} orders; the limit is "
                f"{MOST_ORDERS_COMPARED}"
            )
        rising = {
            hidden: _rising(names, ranks, self.axes, self.sets, hidden)
            for hidden in {part.hidden for part in parts}
        }
        return [
            _Part(
                part.weight,
                _arranged(part, spread(order, ranks), self.axes, self.sets, rising[part.hidden]),
                part.hidden,
            )
            for part in parts
            for order in orders_of(names)
        ]

    def _together(self, sums: Sequence[_Sum], hidden: int) -> list[_Part]:
        """The parts of sums, put together where one was cut into pieces.

        Those of them that are left may be equal for all values of their hidden indices, each by
        itself; or these have the same values everywhere.  Then nothing has to be counted.
        """
        united = _united([self._occurrences(sum_, hidden) for sum_ in sums])
        return _without_opposites(_united([_with_counts_alike(part) for part in united]))

    def _nonzero(self, parts: Sequence[_Part], width: int) -> Set:
        """The points at which the weights of the parts do not add up to 0."""
        if any(part.hidden for part in parts):
            weights = numerators([part.weight for part in parts])
            counted = [
                (self.sets.value(weight), part.points)
                for weight, part in zip(weights, parts, strict=True)
            ]
            return nonzero_count(counted, width)
        return self._weighted(parts, width)

    def _weighted(self, parts: Sequence[_Part], width: int) -> Set:
        """The points at which the weights do not add up to 0, hidden indices being coordinates."""
        pieces: list[tuple[Set, Weight]] = []  # disjoint
        for part in parts:
            split: list[tuple[Set, Weight]] = []
            points = part.points
            spend(10 * len(pieces))
            for piece, sum_ in pieces:
                split.append((piece.intersect(points), added(sum_, part.weight)))
                split.append((piece - points, sum_))
                points = points - piece
            split.append((points, part.weight))
            pieces = [(piece, sum_) for piece, sum_ in split if not piece.is_empty()]
        result = self.sets.nothing(width)
        for piece, sum_ in pieces:
            result = result | self._where_nonzero(piece, sum_)
        return result

    def _where_nonzero(self, piece: Set, weight: Weight) -> Set:
        """The points of a set at whose parameters a weight is not 0.

        Raises:
            NonlinearError: a product of sizes would have to be compared.
        """
        numerator = self._numerator(weight)
        signs = positive_signs(self.parameters.positive)
        if not numerator.terms:
            return piece - piece
        if is_at_least(numerator, 1, signs) or is_at_least(-numerator, 1, signs):
            return piece
        result = piece
        try:
            for part in factored(numerator)[1]:  # a product is 0 where one of them is
                result = result.intersect_params(self.sets.where(_nonzero_cases(part)))
        except NonlinearError:
            unified = self._unified(piece, weight)
            if unified == weight:
                raise NonlinearError(
                    "whether coefficients are equal is a question about products of sizes"
                ) from None
            return self._where_nonzero(piece, unified)
        return result

    def _unified(self, piece: Set, weight: Weight) -> Weight:
        """The weight with one name for divisors that are equal wherever the set has points."""
        known: dict[Polynomial, Polynomial] = {}
        for divisor in sorted({d for divisors in weight for d in divisors}, key=str):
            equals = (d for d in known.values() if self._are_equal(piece, d, divisor))
            known[divisor] = next(equals, divisor)
        result: Weight = {}
        for divisors, c in weight.items():
            renamed = tuple(sorted((known[d] for d in divisors), key=str))
            result = added(result, {renamed: c})
        return result

    def _are_equal(self, piece: Set, one: Polynomial, other: Polynomial) -> bool:
        with suppress(NonlinearError):
            differ = self.sets.where(_nonzero_cases(one - other))
            return bool(piece.intersect_params(differ).is_empty())
        return False


def _nonzero_cases(value: Polynomial) -> list[Conjunction]:
    """The cases in which a value is not 0."""
    return [(at_least(value, 1),), (at_least(-value, 1),)]


class _Positions:
    """The positions of a term's entries as a linear map M of its summation indices.

    Where M has full column rank, the positions determine the indices.  The projection
    M(MᵀM)⁻¹Mᵀ onto its columns does not depend on the choice of indices, so its rows tell
    equal names apart in the same way on both sides of a claim.
    """

    def __init__(self, term: Term) -> None:
        columns = [index.number for index in term.indices]
        equations = [g.polynomial for g in term.guards if g.relation is Relation.ZERO]
        positions = [p for f in term.factors for p in f.position]
        rows = [
            [0 if _is_piecewise(p) else p.coefficient(c) for c in columns]
            for p in [*positions, *equations]
        ]
        size = len(positions)
        axes = [f"{f.name}?{axis}" for f in term.factors for axis in range(len(f.position))]
        self.determine_indices = True
        signatures: list[tuple[Fraction, ...]] = [()] * size
        if columns:
            m = flint.fmpq_mat(len(rows), len(columns), [c for row in rows for c in row])
            gram = m.transpose() * m
            self.determine_indices = gram.det() != 0
            if self.determine_indices:
                projection = m * gram.inv() * m.transpose()
                table = [[Fraction(int(c.p), int(c.q)) for c in row] for row in projection.tolist()]
                signatures = [_signature(i, axes, table[i]) for i in range(size)]
        ranks = [len(f.position) for f in term.factors]

        def key(i: int) -> tuple[str, list[tuple[Fraction, ...]]]:
            return term.factors[i].name, [signatures[p] for p in spread((i,), ranks)]

        self.order = sorted(range(len(ranks)), key=key)


def _is_piecewise(polynomial: Polynomial) -> bool:
    """Whether it is not linear in the indices; it then determines none of them by itself."""
    return any(
        isinstance(a, Floor | Guarded) or (len(monomial) > 1)
        for monomial in polynomial.terms
        for a in monomial
    )


def _signature(row: int, axes: Sequence[str], values: Sequence[Fraction]) -> tuple[Fraction, ...]:
    by_name: dict[str, list[Fraction]] = defaultdict(list)
    for axis, value in zip(axes, values, strict=False):
        by_name[axis].append(value)
    return (values[row], *(value for name in sorted(by_name) for value in sorted(by_name[name])))


def _with_counts_alike(part: _Part) -> _Part:
    """The part with a number in the place of a hidden index that has the same values everywhere."""
    while part.hidden:
        found = counted_alike(part.points)
        if found is None:
            break
        count, points = found
        weight = {divisors: count * c for divisors, c in part.weight.items()}
        part = _Part(weight, points, part.hidden - 1)
    return part


def _united(parts: Sequence[_Part]) -> list[_Part]:
    """The parts, in which disjoint ones of equal weights are one: what was cut becomes whole."""
    rest: list[_Part] = []
    for part in parts:
        for i, other in enumerate(rest):
            is_alike = other.weight == part.weight and other.hidden == part.hidden
            if is_alike and part.points.is_disjoint(other.points):
                rest[i] = replace(other, points=other.points.union(part.points))
                break
        else:
            rest.append(part)
    return [replace(part, points=part.points.coalesce()) for part in rest]


def _without_opposites(parts: Sequence[_Part]) -> list[_Part]:
    """The parts without pairs of equal sets whose weights cancel."""
    rest: list[_Part] = []
    for part in parts:
        for i, other in enumerate(rest):
            opposite = not added(other.weight, part.weight) and other.hidden == part.hidden
            if opposite and part.points.is_equal(other.points):
                del rest[i]
                break
        else:
            rest.append(part)
    return rest


def _rising(names: Kind, ranks: Sequence[int], axes: int, sets: IntegerSets, hidden: int) -> Set:
    """The points at which equal names stand in the lexicographic order of their positions."""
    starts = list(accumulate(ranks, initial=axes))
    coordinates = range(starts[-1] + hidden)
    result = sets.points(coordinates, ())
    for i, (one, other) in enumerate(pairwise(names)):
        if one != other:
            continue
        pairs = [
            (Polynomial.of(starts[i] + axis), Polynomial.of(starts[i + 1] + axis))
            for axis in range(ranks[i])
        ]
        rises = sets.nothing(len(coordinates))
        for axis, (a, b) in enumerate(pairs):
            least = 0 if axis == len(pairs) - 1 else 1
            alike = tuple(equal(c, d) for c, d in pairs[:axis])
            rises = rises | sets.points(coordinates, (*alike, at_least(b, a + least)))
        result = result.intersect(rises)
    return result


def _arranged(part: _Part, order: Sequence[int], axes: int, sets: IntegerSets, rising: Set) -> Set:
    """The points of a part with the positions in another order, where they then rise."""
    width = axes + len(order)
    hidden = range(width, width + part.hidden)
    moved = sets.permuted(part.points, (*range(axes), *(axes + i for i in order), *hidden))
    return moved.intersect(rising)

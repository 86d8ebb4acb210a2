"""Changes of the summation indices: two sums that are one and the same sum.

In Σ_j k[j]·x[2u + j] the index j is the position in k.  Where positions determine a
summation index, by a coefficient of ±1, the position takes its place: a unimodular change
of indices, over polynomials in the symbols, so that strides may be symbols.  In these
coordinates two sums are the same if their positions are and their guards agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate, chain, islice, permutations, product
from typing import TypeAlias

from symconv.arithmetic.limits import MOST_ORDERS_TRIED
from symconv.arithmetic.polynomials import (
    Atom,
    Conjunction,
    Guard,
    Polynomial,
    Relation,
    at_least,
    equal,
    floor,
)
from symconv.arithmetic.terms import Factor, Term

__all__ = [
    "Change",
    "Coordinates",
    "Orders",
    "by_positions",
    "changes",
    "is_unit",
    "orders_of",
    "solved_for",
    "spread",
]

Orders: TypeAlias = Mapping[tuple[Polynomial, ...], Sequence[tuple[int, ...]]]
"""Orders of the factors of a term, by the positions that they give."""

_ONE = Polynomial.constant(1)


def orders_of(names: Sequence[str]) -> Iterator[tuple[int, ...]]:
    """The orders that only exchange equal names, which stand side by side; as they are first.

    >>> list(orders_of(("h", "k", "k")))
    [(0, 1, 2), (0, 2, 1)]
    """
    if not names:
        yield ()
        return
    last = names.index(names[-1])  # where the last block begins
    for order in orders_of(names[:last]):
        for block in permutations(range(last, len(names))):
            yield order + block


def spread(order: Sequence[int], ranks: Sequence[int]) -> list[int]:
    """The order of the axes of all factors, by an order of the factors.

    >>> spread((1, 0), (2, 2))
    [2, 3, 0, 1]
    """
    if all(rank == 1 for rank in ranks):
        return list(order)
    starts = list(accumulate(ranks, initial=0))
    return [starts[i] + axis for i in order for axis in range(ranks[i])]


class _Unsolved:
    """The positions and guards of a term, while its summation indices are replaced one by one.

    Attributes:
        indices: the summation indices that are still there.
        positions: the positions of the factors.
        guards: the guards.
        old: what each summation index is by now.
    """

    def __init__(self, term: Term, positions: Sequence[Polynomial]) -> None:
        self.indices = [i.number for i in term.indices]
        self.positions = list(positions)
        self.guards = term.guards
        self.old = {number: Polynomial.of(number) for number in self.indices}

    def put(self, index: int, value: Polynomial) -> None:
        """Puts a value in the place of an index, which is none any more."""
        values: dict[Atom, Polynomial] = {index: value}
        self.indices.remove(index)
        self.positions = [p.substitute(values) for p in self.positions]
        self.guards = tuple(_moved(g, values) for g in self.guards)
        self.old = {j: p.substitute(values) for j, p in self.old.items()}

    def reduce(self, positive: Set[str]) -> None:
        """Puts the guards in their simplest form."""
        self.guards = tuple(g.reduced(positive) for g in self.guards)


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A term whose summation indices are positions of its factors as far as possible.

    Attributes:
        term: the term.
        axes: how many free indices there are; the numbers of the coordinates follow theirs.
        names: the names in it, sorted.
        ranks: how many axes each of these has.
        positions: the positions of all of them, axis by axis, in the coordinates; one that is
            a coordinate is its own number.
        guards: the other conditions.
        rest: the summation indices that no position determines; their numbers come last.
        old: each summation index of the term in the coordinates.
        new: each coordinate in the summation indices of the term.
        is_divided: whether a summation index is a quotient, because of the guards alone.
    """

    term: Term
    axes: int
    names: tuple[str, ...]
    ranks: tuple[int, ...]
    positions: tuple[Polynomial, ...]
    guards: frozenset[Guard]
    rest: tuple[int, ...]
    old: Mapping[int, Polynomial]
    new: Mapping[int, Polynomial]
    is_divided: bool

    def about_outputs(self) -> Conjunction:
        """The guards in which nothing but output indices stand."""
        outputs = set(range(self.axes))
        return tuple(g for g in self.guards if g.polynomial.indices() <= outputs)

    @classmethod
    def of(
        cls,
        term: Term,
        shapes: Mapping[str, tuple[Polynomial, ...]],
        positive: Set[str],
        axes: int,
    ) -> Coordinates:
        """The coordinates of a term.

        Args:
            term: the term.
            shapes: the shapes of the named tensors.
            positive: the symbols that are at least 1.
            axes: how many free indices there are.
        """
        # An axis of one entry is read at 0 alone, and what its position is, is 0 then.
        alone = [
            equal(p, 0)
            for f in term.factors
            for p, size in zip(f.position, shapes[f.name], strict=True)
            if size == _ONE
        ]
        if alone:
            term = replace(term, factors=tuple(_at_only(f, shapes) for f in term.factors))
        term = _reduced(term.guarded(*alone), positive)
        order = sorted(range(len(term.factors)), key=lambda i: term.factors[i].name)
        factors = [term.factors[i] for i in order]
        # Numbers for the coordinates, beyond those of the indices.
        start = 1 + max((i.number for i in term.indices), default=axes - 1)
        positions = list(chain(*(f.position for f in factors)))
        slots = [start + i for i in range(len(positions))]
        unsolved = _Unsolved(term, positions)
        new: dict[int, Polynomial] = {}
        for i, slot in enumerate(slots):
            position = unsolved.positions[i]
            index = next((j for j in unsolved.indices if is_unit(position, j)), None)
            if index is not None:
                new[slot] = positions[i]
                unsolved.put(index, solved_for(position, index, Polynomial.of(slot)))
        unsolved.reduce(positive)
        is_divided = False
        for index in list(unsolved.indices):
            quotient = _quotient(index, unsolved.guards, positive)
            if quotient is not None:
                is_divided = True
                unsolved.put(index, quotient)
                unsolved.reduce(positive)
        new |= {j: Polynomial.of(j) for j in unsolved.indices}
        found = cls(
            term,
            axes,
            tuple(f.name for f in factors),
            tuple(len(f.position) for f in factors),
            tuple(unsolved.positions),
            frozenset(unsolved.guards),
            tuple(unsolved.indices),
            unsolved.old,
            new,
            is_divided,
        )
        return found._reordered(sorted(range(len(factors)), key=found._signatures(slots)), slots)

    def reordered(self, order: Sequence[int]) -> Coordinates:
        """The same with the factors in another order: new factor i is the old order[i]."""
        return self._reordered(order, range(self.axes, self.axes + len(self.positions)))

    def orders(self) -> Orders:
        """Orders of the factors that keep their names, by the positions that they give."""
        found: dict[tuple[Polynomial, ...], list[tuple[int, ...]]] = {}
        for order in islice(orders_of(self.names), MOST_ORDERS_TRIED):
            every = spread(order, self.ranks)
            values: dict[Atom, Polynomial] = {
                self.axes + old: Polynomial.of(self.axes + new) for new, old in enumerate(every)
            }
            positions = tuple(self.positions[i].substitute(values) for i in every)
            found.setdefault(positions, []).append(order)
        return found

    def _signatures(self, slots: Sequence[int]) -> Callable[[int], tuple[str, ...]]:
        """What tells equal names apart: how their coordinates enter the other positions."""
        axes = [
            f"{name}?{axis}"
            for name, rank in zip(self.names, self.ranks, strict=True)
            for axis in range(rank)
        ]
        names: dict[Atom, Polynomial] = {
            slot: Polynomial.of(axis) for slot, axis in zip(slots, axes, strict=True)
        }
        dependent = [
            (axis, p)
            for axis, p, slot in zip(axes, self.positions, slots, strict=True)
            if p != Polynomial.of(slot)
        ]

        def along(i: int) -> tuple[str, ...]:
            def coefficient(p: Polynomial) -> str:
                return str(p.cofactor(slots[i]).substitute(names))

            if self.positions[i] != Polynomial.of(slots[i]):
                return ("dependent", str(self.positions[i].substitute(names)))
            entering = sorted(f"{axis}: {coefficient(p)}" for axis, p in dependent)
            guarding = sorted(coefficient(g.polynomial) for g in self.guards)
            return ("coordinate", *entering, *guarding)

        def signature(i: int) -> tuple[str, ...]:
            # One of a kind is where it belongs, whatever tells it apart.
            if self.names.count(self.names[i]) == 1:
                return (self.names[i],)
            return (self.names[i], *chain(*map(along, spread((i,), self.ranks))))

        return signature

    def _ordered_rest(self, keys: Mapping[int, int]) -> list[int]:
        """The undetermined indices by the coordinates with which guards bring them together."""
        if len(self.rest) < 2:
            return list(self.rest)

        def beside(index: int) -> list[int]:
            about = (g.polynomial.indices() for g in self.guards if g.polynomial.mentions(index))
            return sorted({keys.get(other, -1) for numbers in about for other in numbers})

        return sorted(self.rest, key=beside)

    def _reordered(self, order: Sequence[int], slots: Sequence[int]) -> Coordinates:
        every = spread(order, self.ranks)
        numbers = range(self.axes, self.axes + len(slots))
        after = range(self.axes + len(slots), self.axes + len(slots) + len(self.rest))
        keys = {slots[old]: number for number, old in zip(numbers, every, strict=True)}
        keys |= dict(zip(self._ordered_rest(keys), after, strict=True))
        values: dict[Atom, Polynomial] = {old: Polynomial.of(new) for old, new in keys.items()}
        return Coordinates(
            self.term,
            self.axes,
            tuple(self.names[i] for i in order),
            tuple(self.ranks[i] for i in order),
            tuple(self.positions[i].substitute(values) for i in every),
            frozenset(_moved(g, values) for g in self.guards),
            tuple(after),
            {j: p.substitute(values) for j, p in self.old.items()},
            {keys[slot]: p for slot, p in self.new.items()},
            self.is_divided,
        )


@dataclass(frozen=True, slots=True)
class Change:
    """A change of summation indices that makes one sum of another.

    Attributes:
        left: the one sum.
        right: the other sum.
        forward: each index of the right sum in the indices of the left one.
        backward: each index of the left sum in the indices of the right one.
        is_identical: whether the summands become the same as they stand, and not only where
            the guards say that an index is a quotient.
    """

    left: Term
    right: Term
    forward: Mapping[int, Polynomial]
    backward: Mapping[int, Polynomial]
    is_identical: bool


def changes(
    ours: Coordinates, others: Coordinates, orders: Orders, positive: Set[str]
) -> Iterator[tuple[Callable[[], Change], Conjunction, Conjunction]]:
    """The changes of indices that make one term of another, up to the guards.

    Yields each with the guards of both, in our coordinates: where these agree, the sums
    are the same.  If a change gives the very same guards, it is the only one.

    Args:
        ours: the coordinates of the one.
        others: the coordinates of the other.
        orders: `others.orders()`.
        positive: the symbols that are at least 1.
    """
    if ours.names != others.names or len(ours.rest) != len(others.rest):
        return
    later = []
    for order in orders.get(ours.positions, ()):
        candidate = others.reordered(order)
        for values in _rests(ours, candidate):
            if tuple(p.substitute(values) for p in candidate.positions) != ours.positions:
                continue  # a position depends on the index that is moved
            guards = frozenset(_moved(g, values).reduced(positive) for g in candidate.guards)
            change = partial(_change, ours, candidate, values)
            if ours.guards == guards:
                yield change, (), ()
                return
            # In one order always: what isl does, and what it costs, depends on it.
            later.append((change, _in_order(ours.guards), _in_order(guards)))
    yield from later


def by_positions(ours: Coordinates, others: Coordinates) -> Change | None:
    """The change of indices that leaves the position of each name as it is.

    None unless all names differ and their positions determine the indices.  Whether the
    positions and the guards agree is not looked at.
    """
    if ours.names != others.names or len(set(ours.names)) < len(ours.names):
        return None
    return None if ours.rest or others.rest else _change(ours, others, {})


def _in_order(guards: Set[Guard]) -> Conjunction:
    return tuple(sorted(guards, key=str))


def _moved(guard: Guard, values: Mapping[Atom, Polynomial]) -> Guard:
    return guard.map(lambda p: p.substitute(values))


def _change(ours: Coordinates, others: Coordinates, values: Mapping[Atom, Polynomial]) -> Change:
    """The change of indices; `values` has the other's undetermined index in our coordinates."""
    there: dict[Atom, Polynomial] = dict(ours.new.items())
    back: dict[Atom, Polynomial] = dict(others.new.items())
    for number in ours.rest:
        value = values.get(number, Polynomial.of(number))
        inverse = solved_for(value, number, Polynomial.of(number))
        back[number] = inverse.substitute(dict(others.new.items()))
    return Change(
        ours.term,
        others.term,
        {j: p.substitute(values).substitute(there) for j, p in others.old.items()},
        {j: p.substitute(back) for j, p in ours.old.items()},
        not (ours.is_divided or others.is_divided),
    )


def _rests(ours: Coordinates, others: Coordinates) -> Iterator[dict[Atom, Polynomial]]:
    """Ways to express the indices that no position determines in one another.

    Each such index may be moved or reversed, as m → u − m, so that a guard on it alone becomes
    one of ours.
    """
    yield {}
    ways = [[None, *_moves(ours, others, number)] for number in ours.rest]
    for chosen in islice(product(*ways), 1, MOST_ORDERS_TRIED):
        yield {
            number: value
            for number, value in zip(ours.rest, chosen, strict=True)
            if value is not None
        }


def _moves(ours: Coordinates, others: Coordinates, number: int) -> list[Polynomial]:
    """What may be put in the place of an index that no position determines."""
    rest = set(ours.rest) - {number}
    found: dict[Polynomial, None] = {}
    for one in sorted(ours.guards, key=str):
        for other in sorted(others.guards, key=str):
            p, q = one.polynomial, other.polynomial
            alone = not (p.indices() | q.indices()) & rest
            if alone and is_unit(p, number) and is_unit(q, number):
                found[solved_for(q, number, p)] = None
    moves = [value for value in found if value != Polynomial.of(number)]
    about = [guard for guard in others.guards if guard.polynomial.mentions(number)]
    fitting = [
        value
        for value in moves
        if all(_moved(guard, {number: value}) in ours.guards for guard in about)
    ]
    return fitting or moves


def solved_for(polynomial: Polynomial, index: int, value: Polynomial) -> Polynomial:
    """What the index is where the polynomial, in which it is a unit, has the value."""
    c = polynomial.coefficient(index)
    return c * (value + c * Polynomial.of(index) - polynomial)


def _quotient(index: int, guards: Conjunction, positive: Set[str]) -> Polynomial | None:
    """⌊a/d⌋, where guards say 0 ≤ a − d·index < d, so that the index can be nothing else."""
    for guard in guards:
        remainder = guard.polynomial
        d = -remainder.cofactor(index)
        a = remainder + d * Polynomial.of(index)
        if (
            guard.relation is Relation.AT_LEAST_ZERO
            and _is_positive(d, positive)
            and not a.mentions(index)
            and at_least(d - 1, remainder) in guards
        ):
            return floor(a, d)
    return None


def _is_positive(d: Polynomial, positive: Set[str]) -> bool:
    """Whether it is one product of a positive number and positive symbols."""
    return len(d.terms) == 1 and all(
        c > 0 and all(a in positive for a in monomial) for monomial, c in d.terms.items()
    )


def is_unit(polynomial: Polynomial, index: int) -> bool:
    """Whether the polynomial is ± the index and something without it."""
    c = polynomial.coefficient(index)
    return abs(c) == 1 and not (polynomial - c * Polynomial.of(index)).mentions(index)


def _at_only(factor: Factor, shapes: Mapping[str, tuple[Polynomial, ...]]) -> Factor:
    """The factor with 0 for its position along every axis of one entry."""
    return Factor(
        factor.name,
        tuple(
            Polynomial({}) if size == _ONE else p
            for p, size in zip(factor.position, shapes[factor.name], strict=True)
        ),
    )


def _reduced(term: Term, positive: Set[str]) -> Term:
    """The term with its guards reduced, and the indices removed that equations then give."""
    guards = tuple(g.reduced(positive) for g in term.guards)
    return replace(term, guards=guards).solved()

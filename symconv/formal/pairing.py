"""Which sums of two sides are equal, where the sides have several.

A sum of one side may be several of the other: then it is taken into pieces, by conditions on the
integers that it runs over.  A sum may be nothing.  Nothing here has to be right: Rocq checks it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, permutations
from typing import TypeAlias

from symconv.arithmetic.limits import MOST_ORDERS_TRIED, MOST_VALUES_TOLD_APART
from symconv.arithmetic.polynomials import Polynomial
from symconv.errors import Uncertified
from symconv.formal.expansions import Axes
from symconv.formal.index_maps import Comparison, Map, Side, maps_between, possible_maps
from symconv.formal.rocq_syntax import scalar_text

__all__ = ["Pair", "Plan", "Sides", "plan"]

Contradict: TypeAlias = Callable[[Side, Sequence[Polynomial]], bool]
"""Whether what is known of a side says that not all of these are nonnegative."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sums that are equal, and the changes of indices between them."""

    one: Side
    other: Side
    forth: Axes
    back: Axes


@dataclass(slots=True)
class Sides:
    """The sums of one side, as they are paired.

    Attributes:
        sums: all sums, or all pieces of them, in the order in which they come.
        rounds: the conditions that took them into pieces: each time, those for every sum.
        empty: the numbers of the sums that are nothing.
    """

    sums: list[Side]
    rounds: list[list[list[Comparison]]] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)

    @property
    def rest(self) -> list[int]:
        """The numbers of the sums that are not known to be nothing."""
        return [n for n in range(len(self.sums)) if n not in self.empty]

    def leave_out_empty(self, contradict: Contradict) -> None:
        """Find the sums that are nothing."""
        self.empty = [
            n
            for n, side in enumerate(self.sums)
            if _is_zero(side) or n in self.empty or contradict(side, [])
        ]

    def in_pieces(self, decisions: Sequence[Sequence[Comparison]]) -> Sides:
        """The same in pieces."""
        found = Sides([], [*self.rounds, list(map(list, decisions))])
        for number, (side, cases) in enumerate(zip(self.sums, decisions, strict=True)):
            for piece in range(len(cases) + 1):
                if number in self.empty:
                    found.empty.append(len(found.sums))
                known = [case.opposite for case in cases[:piece]]
                known += cases[piece : piece + 1]
                found.sums.append(side.in_piece(known) if known else side)
        return found


@dataclass(frozen=True, slots=True)
class Plan:
    """How the sums of both sides are paired.

    Attributes:
        one: the one side.
        other: the other side.
        pairs: the sums that are equal, by their numbers.
    """

    one: Sides
    other: Sides
    pairs: list[tuple[int, int, Pair]]

    def order(self, second: bool) -> list[int]:
        """The order of the sums of a side: those that are nothing first, then pair after pair."""
        if second:
            return [*self.other.empty, *(theirs for _, theirs, _ in self.pairs)]
        return [*self.one.empty, *(ours for ours, _, _ in self.pairs)]


def plan(
    one: Sequence[Side], other: Sequence[Side], contradict: Contradict, *, is_sure: bool = False
) -> Plan:
    """The pairs of two sides.

    Args:
        one: the sums of one side.
        other: those of the other.
        contradict: whether some polynomials cannot all be nonnegative in a sum.
        is_sure: whether each pair is to be seen to be equal, as nothing says that there are any.

    Raises:
        Uncertified: none are found.
    """
    sides = Sides(list(one)), Sides(list(other))
    if (found := _one_by_one(*sides)) is not None:
        return found
    for side in sides:
        side.leave_out_empty(contradict)
    if (found := _one_by_one(*sides)) is not None:
        return found
    try:
        return _piece_by_piece(*sides, contradict, is_sure=is_sure)
    except Uncertified:
        if is_sure:
            raise
        cases = [[_values_of(side) for side in part.sums] for part in sides]
        if not any(any(part) for part in cases):
            raise
        left, right = (part.in_pieces(c) for part, c in zip(sides, cases, strict=True))
        for part in (left, right):
            part.leave_out_empty(contradict)
        whole = _one_by_one(left, right)
        return whole or _piece_by_piece(left, right, contradict, is_sure=False)


def _is_zero(side: Side) -> bool:
    return scalar_text(Fraction(0)) in side.sum.scalars


def _one_by_one(one: Sides, other: Sides) -> Plan | None:
    """Pairs of whole sums."""
    left = list(other.rest)
    pairs = []
    for number in one.rest:
        found = (
            (n, Pair(one.sums[number], other.sums[n], forth, back))
            for n in left
            for forth, back in maps_between(one.sums[number], other.sums[n])
        )
        first = next(found, None)
        if first is None:
            return None
        left.remove(first[0])
        pairs.append((number, first[0], first[1]))
    return None if left else Plan(one, other, pairs)


def _piece_by_piece(one: Sides, other: Sides, contradict: Contradict, *, is_sure: bool) -> Plan:
    """Pairs of pieces of sums."""
    forth = {
        (a, b): possible
        for a in one.rest
        for b in other.rest
        if (possible := _possible(one.sums[a], other.sums[b], contradict)) is not None
    }
    back = {
        (b, a): possible
        for a, b in forth
        if (possible := _possible(other.sums[b], one.sums[a], contradict)) is not None
    }
    links = [(a, b) for a, b in forth if (b, a) in back]
    orders = [
        _decided(side, {n: _linked(n, links, place) for n in side.rest}, maps, contradict)
        for place, (side, maps) in enumerate(((one, forth), (other, back)))
    ]
    (left, lefts), (right, rights) = (
        _in_pieces(side, order) for side, order in zip((one, other), orders, strict=True)
    )
    pairs = []
    for a, b in links:
        ours, theirs = lefts[a, b], rights[b, a]
        there, again = forth[a, b], back[b, a]
        if is_sure and not (
            _is_everywhere(left.sums[ours], there, contradict)
            and _is_everywhere(right.sums[theirs], again, contradict)
        ):
            raise Uncertified("the summation indices are not seen to change into each other")
        pairs.append(
            (ours, theirs, Pair(left.sums[ours], right.sums[theirs], there.forth, again.forth))
        )
    return Plan(left, right, pairs)


def _is_everywhere(side: Side, there: Map, contradict: Contradict) -> bool:
    """Whether the conditions of a map are seen to hold for all integers of a sum."""
    wanted = (p for case in there.conditions for p in case.nonnegative)
    return all(contradict(side, [-side.value(p) - 1]) for p in wanted)


_Order: TypeAlias = list[tuple[int, Comparison | None]]
"""The sums of the other side that a sum is made of, each with the condition for it."""


def _possible(one: Side, other: Side, contradict: Contradict) -> Map | None:
    for found in possible_maps(one, other):
        if not contradict(one, [p for case in found.conditions for p in case.nonnegative]):
            return found
    return None


def _linked(number: int, links: Iterable[tuple[int, int]], place: int) -> list[int]:
    return [link[1 - place] for link in links if link[place] == number]


def _decided(
    side: Sides,
    linked: dict[int, list[int]],
    maps: dict[tuple[int, int], Map],
    contradict: Contradict,
) -> dict[int, _Order]:
    """For each sum, the sums of the other side and the conditions that lead to them.

    Raises:
        Uncertified: no condition tells two of them apart.
    """
    result = {}
    for number, there in linked.items():
        if not there:
            raise Uncertified("no change of the summation indices makes one side of the other")
        sum_ = side.sums[number]
        orders = islice(permutations(there), MOST_ORDERS_TRIED)
        found = (_conditions(sum_, [maps[number, n] for n in o], contradict) for o in orders)
        orders_again = islice(permutations(there), MOST_ORDERS_TRIED)
        for order, conditions in zip(orders_again, found, strict=True):
            if conditions is not None:
                result[number] = list(zip(order, conditions, strict=True))
                break
        else:
            raise Uncertified("no condition tells the summands of one sum from those of another")
    return result


def _conditions(
    side: Side, maps: Sequence[Map], contradict: Contradict
) -> list[Comparison | None] | None:
    """Conditions that lead to one after the other of the maps."""
    found: list[Comparison | None] = []
    passed: list[Polynomial] = []
    for number, there in enumerate(maps[:-1]):
        others = maps[number + 1 :]
        telling = (c for c in there.conditions if _tells(side, c, passed, others, contradict))
        condition = next(telling, None)
        if condition is None:
            return None
        found.append(condition)
        passed += condition.opposite.nonnegative
    return [*found, None]


def _tells(
    side: Side,
    condition: Comparison,
    passed: Sequence[Polynomial],
    others: Sequence[Map],
    contradict: Contradict,
) -> bool:
    """Whether where a condition holds none of the maps is possible."""
    known = [*passed, *condition.nonnegative]
    return all(
        contradict(side, [*known, *(p for case in other.conditions for p in case.nonnegative)])
        for other in others
    )


def _in_pieces(side: Sides, orders: dict[int, _Order]) -> tuple[Sides, dict[tuple[int, int], int]]:
    """A side in pieces, and the number of the piece for each pair."""
    decisions = [
        [case for _, case in orders.get(number, []) if case is not None]
        for number in range(len(side.sums))
    ]
    numbers: dict[tuple[int, int], int] = {}
    start = 0
    for number, cases in enumerate(decisions):
        for place, (there, _) in enumerate(orders.get(number, [])):
            numbers[number, there] = start + place
        start += len(cases) + 1
    return (side.in_pieces(decisions) if any(decisions) else side), numbers


def _values_of(side: Side) -> list[Comparison]:
    """Conditions that leave one value to an integer with few values that is multiplied."""
    for variable in side.basis:
        size = side.sum.sizes[variable - side.variables[0]].as_integer()
        if size is None or not 1 < size <= MOST_VALUES_TOLD_APART:
            continue
        if any(variable in m and len(m) > 1 for p in _read(side) for m in p.terms):
            return [
                Comparison(Polynomial.of(variable), Polynomial.constant(value), False)
                for value in range(size - 1)
            ]
    return []


def _read(side: Side) -> Iterator[Polynomial]:
    yield from side.positions()
    yield from (side.value(Polynomial.of(variable)) for variable in side.variables)

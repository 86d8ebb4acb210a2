"""Which sums of two sides are equal, where the sides have several.

A sum of one side may be several of the other: then it is taken into pieces, by conditions on the
integers that it runs over.  A sum may be nothing.  Nothing here has to be right: Rocq checks it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, permutations, product
from typing import TypeAlias

from symconv.arithmetic.limits import MOST_ORDERS_TRIED, MOST_VALUES_TOLD_APART
from symconv.arithmetic.polynomials import Polynomial
from symconv.errors import Uncertified
from symconv.formal.expansions import Axes
from symconv.formal.index_maps import Comparison, Map, Side, maps_between, possible_maps
from symconv.formal.rocq_syntax import scalar_text

__all__ = ["Ends", "Mirror", "Pair", "Plan", "Sides", "plan"]

Contradict: TypeAlias = Callable[[Side, Sequence[Polynomial]], bool]
"""Whether what is known of a side says that not all of these are nonnegative."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sums that are equal, and the changes of indices between them.

    Attributes:
        one: the one sum.
        other: the other.
        forth: the integers of the other in those of the one.
        back: the same the other way round.
        mirrored: the tensors that one of them reads from the other end.
    """

    one: Side
    other: Side
    forth: Axes
    back: Axes
    mirrored: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mirror:
    """That a tensor is the same from both ends of an axis.

    Attributes:
        axis: the axis.
        size: its size.
        hypothesis: the name of the hypothesis that says so.
    """

    axis: int
    size: Polynomial
    hypothesis: str


@dataclass(frozen=True, slots=True)
class Ends:
    """What is to be seen where tensors continue beyond their ends.

    The sums for an end and for what lies between the ends read the same tensors, and differ in
    their ranges.  So a change of integers is one only if it stays inside them.

    Attributes:
        mirrors: the tensors that are the same from both ends, by their names.
    """

    mirrors: Mapping[str, Mirror]

    def ways(self, one: Side, other: Side) -> Iterator[dict[str, tuple[int, Polynomial]]]:
        """Which tensors one of two sums may read from the other end.

        They do if they read a tensor in different directions, seen from the index.
        """
        choices: list[list[str]] = [[]]
        for name, mirror in self.mirrors.items():
            here, there = (_direction(side, name, mirror.axis) for side in (one, other))
            if here != there:
                choices = [[*some, name] for some in choices]
            elif here is None and any(name == named for named, _ in one.factors):
                choices += [[*some, name] for some in choices]
        for some in choices:
            yield {name: (self.mirrors[name].axis, self.mirrors[name].size) for name in some}


def _direction(side: Side, name: str, axis: int) -> int | None:
    """The sign with which an index of a tensor grows where that of the result does; None if none.

    It is that of the entries that are read together with it.
    """
    read = [(named, [side.value(p) for p in index]) for named, index in side.factors]
    for _, index in (one for one in read if one[0] == name):
        for v in index[axis].indices():
            for other in (p for named, place in read if named != name for p in place):
                for u in side.outputs:
                    signs = index[axis].coefficient(v) * other.coefficient(v) * other.coefficient(u)
                    if signs:
                        return 1 if signs > 0 else -1
    return None


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
    one: Sequence[Side],
    other: Sequence[Side],
    contradict: Contradict,
    ends: Ends | None = None,
    *,
    is_sure: bool = False,
) -> Plan:
    """The pairs of two sides.

    Args:
        one: the sums of one side.
        other: those of the other.
        contradict: whether some polynomials cannot all be nonnegative in a sum.
        ends: what is to be seen where tensors continue beyond their ends.
        is_sure: whether each pair is to be seen to be equal, as nothing says that there are any.

    Raises:
        Uncertified: none are found.
    """
    sides = Sides(list(one)), Sides(list(other))
    if ends is not None:
        for side in sides:
            side.leave_out_empty(contradict)
        return _piece_by_piece(*sides, contradict, ends, is_sure=is_sure)
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


def _piece_by_piece(
    one: Sides, other: Sides, contradict: Contradict, ends: Ends | None = None, *, is_sure: bool
) -> Plan:
    """Pairs of pieces of sums."""
    forth: dict[tuple[int, int], Map] = {}
    back: dict[tuple[int, int], Map] = {}
    mirrored: dict[tuple[int, int], frozenset[str]] = {}
    for a, b in product(one.rest, other.rest):
        for way in ({},) if ends is None else ends.ways(one.sums[a], other.sums[b]):
            ours, theirs = one.sums[a], other.sums[b]
            theirs = theirs.mirrored(way) if way else theirs
            there = _possible(ours, theirs, contradict)
            again = there and _possible(theirs, ours, contradict)
            if there is not None and again is not None:
                forth[a, b], back[b, a], mirrored[a, b] = there, again, frozenset(way)
                break
    links = [(a, b) for a, b in forth if (b, a) in back]
    split = _in_pieces if ends is None else _in_halves
    (left, lefts), (right, rights) = (
        split(side, {n: _linked(n, links, place) for n in side.rest}, maps, contradict)
        for place, (side, maps) in enumerate(((one, forth), (other, back)))
    )
    pairs = []
    for a, b in links:
        our, their = lefts[a, b], rights[b, a]
        there, again = forth[a, b], back[b, a]
        if is_sure and not (
            _is_everywhere(left.sums[our], there, contradict)
            and _is_everywhere(right.sums[their], again, contradict)
        ):
            raise Uncertified("the summation indices are not seen to change into each other")
        changes = there.forth, again.forth
        pair = Pair(left.sums[our], right.sums[their], *changes, mirrored[a, b])
        pairs.append((our, their, pair))
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


def _in_pieces(
    side: Sides,
    linked: dict[int, list[int]],
    maps: dict[tuple[int, int], Map],
    contradict: Contradict,
) -> tuple[Sides, dict[tuple[int, int], int]]:
    """A side in pieces, and the number of the piece for each pair."""
    orders = _decided(side, linked, maps, contradict)
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


def _in_halves(
    side: Sides,
    linked: dict[int, list[int]],
    maps: dict[tuple[int, int], Map],
    contradict: Contradict,
) -> tuple[Sides, dict[tuple[int, int], int]]:
    """The same, where each time a condition takes a sum into two, as often as needed.

    Raises:
        Uncertified: no condition does.
    """
    if not all(linked.values()):
        raise Uncertified("no change of the summation indices makes one side of the other")
    left = {number: (number, there) for number, there in linked.items()}
    while any(len(there) > 1 for _, there in left.values()):
        decisions: list[list[Comparison]] = []
        found: dict[int, tuple[int, list[int]]] = {}
        for number, sum_ in enumerate(side.sums):
            place = number + sum(map(len, decisions))
            first, there = left.get(number, (number, []))
            decisions.append([])
            if len(there) > 1:
                halves = _halves(sum_, {n: maps[first, n] for n in there}, contradict)
                decisions[-1].append(halves[0])
                found |= {place + n: (first, half) for n, half in enumerate(halves[1:])}
            elif there:
                found[place] = first, there
        side, left = side.in_pieces(decisions), found
    return side, {(first, there[0]): number for number, (first, there) in left.items()}


def _halves(
    side: Side, maps: Mapping[int, Map], contradict: Contradict
) -> tuple[Comparison, list[int], list[int]]:
    """A condition, the maps that are possible where it holds, and those where it does not."""
    needed = {
        n: [p for case in one.conditions for p in case.nonnegative] for n, one in maps.items()
    }
    conditions = dict.fromkeys(c for one in maps.values() for c in one.conditions)
    for condition in conditions:
        if condition.is_equation:
            continue
        halves: tuple[list[int], list[int]] = [], []
        for n, known in needed.items():
            if condition not in maps[n].conditions and not contradict(
                side, [*condition.opposite.nonnegative, *known]
            ):
                if not contradict(side, [*condition.nonnegative, *known]):
                    break
                halves[1].append(n)
            else:
                halves[0].append(n)
        else:
            if all(halves):
                return condition, *halves
    raise Uncertified("no condition tells the summands of one sum from those of another")


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

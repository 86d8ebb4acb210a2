"""Changes of the integers that two sums run over, found from what both sums read.

Equal sums read the same entries.  The conditions of a sum give most of its integers in the others;
what is left of them, on either side, is found from the positions that the other side reads.
Nothing here has to be right: Rocq checks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, islice, permutations, product

from symconv.arithmetic.limits import MOST_ORDERS_TRIED
from symconv.arithmetic.polynomials import Atom, Floor, Polynomial, divided, floor
from symconv.errors import Uncertified
from symconv.formal.expansions import AtMost, Axes, Condition, Factor, Sum
from symconv.language.operators.radix import digits

__all__ = [
    "Comparison",
    "Elimination",
    "Map",
    "Position",
    "SameQuotient",
    "Side",
    "Split",
    "maps_between",
    "possible_maps",
]


@dataclass(frozen=True, slots=True)
class Comparison:
    """That one integer is another, or at most that; or that it is not.

    Attributes:
        one: the one.
        other: the other.
        is_equation: whether it says that they are equal.
        holds: whether that is so.
    """

    one: Polynomial
    other: Polynomial
    is_equation: bool
    holds: bool = True

    @classmethod
    def of(cls, condition: Condition) -> Comparison:
        """What a condition of a sum says."""
        return cls(condition[0], condition[1], not isinstance(condition, AtMost))

    @property
    def opposite(self) -> Comparison:
        """That it is not so."""
        return replace(self, holds=not self.holds)

    def changed(self, values: Mapping[Atom, Polynomial]) -> Comparison:
        """The same of other integers."""
        return replace(self, one=self.one.substitute(values), other=self.other.substitute(values))

    @property
    def nonnegative(self) -> list[Polynomial]:
        """What is not negative because of it."""
        difference = self.other - self.one
        if self.is_equation:
            return [difference, -difference] if self.holds else []
        return [difference] if self.holds else [-difference - 1]


@dataclass(frozen=True, slots=True)
class Elimination:
    """An integer that a condition, or its range, gives in the others.

    Attributes:
        condition: which condition; None if the range has one value.
        variable: the number of the integer.
        value: what it is.
        is_written: whether the condition is written as that.
    """

    condition: int | None
    variable: int
    value: Polynomial
    is_written: bool


@dataclass(frozen=True, slots=True)
class Split:
    """A condition q·a + b = q·c + d with 0 ≤ b, d < q, which says that a = c and b = d.

    Attributes:
        condition: which condition.
        radix: q.
        quotients: a and c.
        remainders: b and d.
        first: the number of the condition a = c; that of b = d follows.
    """

    condition: int
    first: int
    radix: Polynomial
    quotients: Condition
    remainders: Condition


@dataclass(frozen=True, slots=True)
class Position:
    """An integer below a size, as far as digits make it one.

    Attributes:
        digits: the numbers of the integers; the first one runs fastest.
        value: what they are together.
        size: the product of their sizes.
    """

    digits: tuple[int, ...]
    value: Polynomial
    size: Polynomial


@dataclass(frozen=True, slots=True)
class SameQuotient:
    """An integer that is another because a + q·x = b + q·y with 0 ≤ a, b < q.

    Attributes:
        variable: the number of x.
        value: what it is: y.
        one: a.
        other: b.
        difference: (a − b)/q.
    """

    variable: int
    value: Polynomial
    one: Position
    other: Position
    difference: Polynomial


@dataclass(slots=True)
class Side:
    """A sum for the entry at an index, with numbers for the integers that it runs over.

    Attributes:
        sum: the sum.
        shape: the sizes that the index lies inside.
        outputs: the numbers of the index.
        variables: the numbers of the integers.
        conditions: its conditions in these.
        factors: the entries that it multiplies.
        steps: which integers are given by conditions, and what else is made of these, in order.
        values: these integers in those that are left.
        left: the conditions that give none, in what is left.
        cases: the conditions of which it is a piece, the last one first.
        keeps_ranges: whether an integer of one value is given by a condition if one has it, so
            that its range says something of others.
    """

    sum: Sum
    shape: Axes
    outputs: list[int]
    variables: list[int]
    conditions: list[Condition]
    factors: list[Factor]
    steps: list[Elimination | Split | SameQuotient] = field(default_factory=list)
    values: dict[Atom, Polynomial] = field(default_factory=dict)
    left: dict[int, Condition] = field(default_factory=dict)
    cases: tuple[Comparison, ...] = ()
    keeps_ranges: bool = False

    @classmethod
    def of(
        cls,
        sum_: Sum,
        shape: Axes,
        start: int,
        cases: tuple[Comparison, ...] = (),
        *,
        keeps_ranges: bool = False,
    ) -> Side:
        """A sum whose integers are numbered from `start` on, and the index from 0 on."""
        outputs, variables = list(range(len(shape))), list(range(start, start + len(sum_.sizes)))
        i, v = ([Polynomial.of(number) for number in numbers] for numbers in (outputs, variables))
        side = cls(sum_, shape, outputs, variables, sum_.conditions(i, v), sum_.factors(i, v))
        side.cases = cases
        side.keeps_ranges = keeps_ranges
        side._eliminate()
        return side

    def _eliminate(self) -> None:
        written = {_atom(one) for one, _ in self.conditions} if self.keeps_ranges else set()
        given = written & {*self.variables}
        for number, size in zip(
            (*self.outputs, *self.variables), (*self.shape, *self.sum.sizes), strict=True
        ):
            if number in given:
                continue
            if size == Polynomial.constant(1):
                self._put(Elimination(None, number, Polynomial({}), False))
            elif (only := self._only_value(number, size)) is not None:
                self._put(Elimination(None, number, Polynomial.constant(only), False))
        self.left = dict(enumerate(self.conditions))
        while (
            self._solve_one(only_written=True)
            or self._solve_one(only_written=False)
            or self._compare_positions()
        ):
            pass
        self.left = {number: self._in_what_is_left(one) for number, one in self.left.items()}

    def _only_value(self, number: int, size: Polynomial) -> int | None:
        """The value that cases leave to an integer of which the size is a number."""
        values = list(range(size.as_integer() or 0))
        for case in self.cases:
            if case.one == Polynomial.of(number):
                known = [p for p in case.nonnegative if p.indices() == {number}]
                values = [v for v in values if all(p.value({number: v}) >= 0 for p in known)]
        return values[0] if self.cases and len(values) == 1 else None

    def _solve_one(self, *, only_written: bool) -> bool:
        """Whether a condition gives an integer, or is two."""
        for number, condition in list(self.left.items()):
            one, other = map(self.value, condition)
            if one == other:
                del self.left[number]
                continue
            if isinstance(condition, AtMost):
                continue
            solved = self._solved(condition, one, other, only_written)
            if solved is not None:
                self._put(Elimination(number, *solved))
                del self.left[number]
                return True
            split = None if only_written else self._split(number, one - other)
            if split is not None:
                self.steps.append(split)
                del self.left[number]
                self.left |= {split.first: split.quotients, split.first + 1: split.remainders}
                return True
        return False

    def _in_what_is_left(self, condition: Condition) -> Condition:
        one, other = map(self.value, condition)
        return AtMost(one, other) if isinstance(condition, AtMost) else (one, other)

    def known_positions(self) -> list[Position]:
        """The integers, and the positions that two of them make, with their ranges."""
        sizes = dict(zip(self.variables, self.sum.sizes, strict=True))
        sizes |= dict(zip(self.outputs, self.shape, strict=True))
        found: dict[tuple[Polynomial, Polynomial], Position] = {}
        for v, size in sizes.items():
            value = self.value(Polynomial.of(v))
            if value.terms and size.as_integer() not in (0, 1):
                found.setdefault((value, size), Position((v,), value, size))
        free = [*self.outputs, *self.basis]
        first = [p for p in found.values() if len(p.value.terms) > 1 or p.digits[0] in self.outputs]
        for position in first:
            for v in free:
                more = Position(
                    (*position.digits, v),
                    position.value + position.size * Polynomial.of(v),
                    position.size * sizes[v],
                )
                found.setdefault((more.value, more.size), more)
        return list(found.values())

    def _compare_positions(self) -> bool:
        """Whether two positions of which only multiples of their size differ give an integer."""
        for one, other in combinations(self.known_positions(), 2):
            if one.size != other.size or len(one.value.terms) == len(other.value.terms) == 1:
                continue
            difference, rest = divided(one.value - other.value, one.size)
            if rest.terms:
                continue
            for variable in sorted(difference.indices() - set(self.outputs), reverse=True):
                c = difference.coefficient(variable)
                value = (difference - Polynomial.of(variable) * c) * -c
                if abs(c) == 1 and not value.mentions(variable):
                    self._put(SameQuotient(variable, value, one, other, difference))
                    return True
        return False

    def _put(self, step: Elimination | SameQuotient) -> None:
        self.steps.append(step)
        new: dict[Atom, Polynomial] = {step.variable: step.value}
        self.values = {v: p.substitute(new) for v, p in self.values.items()} | new

    def _split(self, number: int, difference: Polynomial) -> Split | None:
        """The condition as two, where the remainders are integers with one range."""
        sizes = dict(zip(self.variables, self.sum.sizes, strict=True))
        sizes |= dict(zip(self.outputs, self.shape, strict=True))
        ones = [v for v in sorted(difference.indices()) if difference.coefficient(v) == 1]
        others = [v for v in sorted(difference.indices()) if difference.coefficient(v) == -1]
        for b, d in product(ones, others):
            if sizes[b] != sizes[d] or b in self.values or d in self.values:
                continue
            remainders = Polynomial.of(b), Polynomial.of(d)
            quotient, rest = divided(difference - remainders[0] + remainders[1], sizes[b])
            if rest.terms or not quotient.terms:
                continue
            positive = Polynomial({m: c for m, c in quotient.terms.items() if c > 0})
            first = len(self.conditions) + 2 * sum(isinstance(s, Split) for s in self.steps)
            return Split(number, first, sizes[b], (positive, positive - quotient), remainders)
        return None

    def _solved(
        self, condition: Condition, one: Polynomial, other: Polynomial, only_written: bool
    ) -> tuple[int, Polynomial, bool] | None:
        # What stands on the left is an integer by itself; on the right a product with 1, say.
        atom = _atom(one)
        if atom in self.variables and not other.mentions(atom) and _atom(condition[0]) == atom:
            return atom, other, True
        if only_written:
            return None
        difference = one - other
        for variable in sorted(difference.indices(), reverse=True):
            c = difference.coefficient(variable)
            rest = difference - Polynomial.of(variable) * c
            if abs(c) == 1 and not rest.mentions(variable):
                return variable, rest * -c, False
        return None

    @property
    def basis(self) -> list[int]:
        """The integers that no condition gives."""
        return [v for v in self.variables if v not in self.values]

    def in_piece(self, cases: Sequence[Comparison]) -> Side:
        """The piece for which further conditions hold."""
        start = self.variables[0] if self.variables else 0
        every = (*reversed(cases), *self.cases)
        return Side.of(self.sum, self.shape, start, every, keeps_ranges=self.keeps_ranges)

    def mirrored(self, mirrors: Mapping[str, tuple[int, Polynomial]]) -> Side:
        """The same where tensors are read from the other end, by their axis and its size."""
        factors = [
            (
                name,
                [size - 1 - p if a == axis else p for a, p in enumerate(index)],
            )
            for name, index in self.factors
            for axis, size in [mirrors.get(name, (None, Polynomial({})))]
        ]
        return replace(self, factors=factors)

    def value(self, polynomial: Polynomial) -> Polynomial:
        """The polynomial in the integers that are left."""
        return polynomial.substitute(self.values)

    def positions(self, order: Sequence[int] | None = None) -> Axes:
        """The positions of all entries, in an order of the factors, in what is left."""
        factors = [self.factors[i] for i in order or range(len(self.factors))]
        return [self.value(p) for _, index in factors for p in index]


def _atom(polynomial: Polynomial) -> int | None:
    """The integer that the polynomial is."""
    if len(polynomial.terms) == 1:
        ((monomial, c),) = polynomial.terms.items()
        if c == 1 and len(monomial) == 1 and isinstance(monomial[0], int):
            return monomial[0]
    return None


def maps_between(one: Side, other: Side) -> Iterator[tuple[Axes, Axes]]:
    """The integers of the other sum in those of the one, and back; the likeliest first."""
    for order in _orders(one, other):
        try:
            forth = _values(one, other, one.positions(), [other.factors[i] for i in order])
            back = _values(
                other, one, other.positions(order), [one.factors[i] for i in range(len(order))]
            )
        except Uncertified:
            continue
        yield forth, back


@dataclass(frozen=True, slots=True)
class Map:
    """A change of integers that is possible for some of them.

    Attributes:
        forth: the integers of the other sum.
        back: the integers of the one, in those of the other.
        conditions: for which integers of the one it is a change.
    """

    forth: Axes
    back: Axes
    conditions: tuple[Comparison, ...]


def possible_maps(one: Side, other: Side) -> Iterator[Map]:
    """The changes of the integers of one sum to those of the other, some of them perhaps."""
    for order in _orders(one, other):
        factors = [other.factors[i] for i in order]
        theirs = other.positions(order)
        try:
            forth = _values(one, other, one.positions(), factors, for_all=False)
            back = _values(other, one, theirs, one.factors, for_all=False)
        except Uncertified:
            continue
        there: dict[Atom, Polynomial] = dict(zip(other.variables, forth, strict=True))
        pairs = [
            *zip(theirs, one.positions(), strict=True),
            *zip(back, map(Polynomial.of, one.variables), strict=True),
        ]
        found = [case.changed(there) for case in other.cases]
        for value, size in zip(forth, other.sum.sizes, strict=True):
            found.append(Comparison(Polynomial({}), value, False))
            found.append(Comparison(value, size - 1, False))
        found += [Comparison.of(condition).changed(there) for condition in other.conditions]
        found += [Comparison(a, b, True).changed(there) for a, b in pairs]
        known = [case.changed(one.values) for case in found]
        yield Map(forth, back, tuple(c for c in dict.fromkeys(known) if c.one != c.other))


def _orders(one: Side, other: Side) -> Iterator[tuple[int, ...]]:
    """Which factor of the other sum each factor of the one may be."""
    names = [name for name, _ in one.factors]
    theirs = [name for name, _ in other.factors]
    if sorted(names) != sorted(theirs):
        return
    places = {name: [i for i, n in enumerate(theirs) if n == name] for name in theirs}
    kinds = list(places)
    choices = product(*(permutations(places[kind]) for kind in kinds))
    for choice in islice(choices, MOST_ORDERS_TRIED):
        left = {kind: list(places_) for kind, places_ in zip(kinds, choice, strict=True)}
        yield tuple(left[name].pop(0) for name in names)


def _values(
    source: Side,
    target: Side,
    positions: Axes,
    factors: Sequence[Factor],
    *,
    for_all: bool = True,
) -> Axes:
    """The integers of the target in those of the source, for all of these or for some.

    Raises:
        Uncertified: they do not follow.
    """
    unknown = set(target.variables)
    values: dict[Atom, Polynomial] = {
        number: source.value(Polynomial.of(number)) for number in source.outputs
    }
    read = [p for _, index in factors for p in index]
    equations = [
        *(p - q for p, q in zip(read, positions, strict=True)),
        *(c[0] - c[1] for c in target.conditions if not isinstance(c, AtMost)),
    ]
    sizes = dict(zip(target.variables, target.sum.sizes, strict=True))
    one = Polynomial.constant(1)
    alone = {v: Polynomial({}) for v in unknown if sizes[v] == one}
    if target.keeps_ranges:
        alone = {v: value for v, value in alone.items() if v in target.values}
        alone = {v: value for v, value in alone.items() if not target.values[v].terms}
    values.update(alone.items())
    unknown -= alone.keys()
    free = [v for v in source.basis if not any(p.mentions(v) for p in positions)]
    own = dict(zip(source.variables, source.sum.sizes, strict=True))
    ranges = [(source.value(Polynomial.of(v)), size) for v, size in own.items()]
    ranges += zip(map(Polynomial.of, source.outputs), source.shape, strict=True)
    while unknown:
        left = [q for q in (p.substitute(values) for p in equations) if q.indices() & unknown]
        found = (
            _single(left, unknown, exact=True)
            or _several(left, unknown, sizes, ranges)
            or _single(left, unknown, exact=False)
        )
        if not found:
            found = _unread(unknown, sizes, free, own)
        values.update(found.items())
        unknown -= found.keys()
    for equation in () if source.left or not for_all else equations:
        value = source.value(equation.substitute(values))
        if value.terms and not any(isinstance(a, Floor) for a in value.every_atom()):
            raise Uncertified("the sums do not read the same entries")
    return [values[v] for v in target.variables]


def _single(left: list[Polynomial], unknown: set[int], *, exact: bool) -> dict[int, Polynomial]:
    """An integer that is the only unknown one in an equation."""
    for p in left:
        names = p.indices() & unknown
        if len(names) != 1:
            continue
        (variable,) = names
        c = p.cofactor(variable)
        rest = p - c * Polynomial.of(variable)
        if not c.terms or rest.mentions(variable) or c.indices():
            continue
        number = c.as_integer()
        if number in (1, -1):
            return {variable: rest * -number}
        if number is not None and number < 0:
            c, rest = -c, -rest
        quotient, remainder = divided(-rest, c)
        if not remainder.terms:
            return {variable: quotient}
        if not exact:
            return {variable: floor(-rest, c)}
    return {}


def _several(
    left: list[Polynomial],
    unknown: set[int],
    sizes: Mapping[int, Polynomial],
    ranges: Sequence[tuple[Polynomial, Polynomial]],
) -> dict[int, Polynomial]:
    """The digits of a position that is known; there are values below known sizes."""
    for p in left:
        names = sorted(p.indices() & unknown)
        if len(names) < 2 or abs(p.coefficient(names[-1])) != 1:
            continue
        if p.coefficient(names[-1]) == 1:
            p = -p
        place, radices = Polynomial.constant(1), list[tuple[int | None, Polynomial]]()
        for name in reversed(names):
            gap, rest = divided(-p.cofactor(name), place)
            if rest.terms or not gap.terms or gap.indices():
                break
            if radices and gap != Polynomial.constant(1):
                radices.insert(0, (None, gap))  # a digit that is known already, and taken off
                place = place * gap
            radices.insert(0, (name, sizes[name]))
            place = place * sizes[name]
        else:
            position = p
            for name in names:
                position = position - p.cofactor(name) * Polynomial.of(name)
            found = _digits(position, [size for _, size in radices], ranges)
            return {
                name: value
                for (name, _), value in zip(radices, found, strict=True)
                if name is not None
            }
    return {}


def _digits(
    position: Polynomial,
    sizes: Sequence[Polynomial],
    ranges: Sequence[tuple[Polynomial, Polynomial]],
) -> list[Polynomial]:
    """The digits, where values that are known to be below sizes may be the last of them."""
    quotient = _quotient(position, sizes[-1], ranges) if len(sizes) > 1 else None
    if quotient is None:
        return digits(position, sizes)
    return [*_digits(quotient, sizes[:-1], ranges), position - quotient * sizes[-1]]


def _quotient(
    position: Polynomial,
    divisor: Polynomial,
    ranges: Sequence[tuple[Polynomial, Polynomial]],
) -> Polynomial | None:
    """A quotient in a way that is easier to reason about, if there is one.

    For 0 ≤ a < q it is ⌊(q·b + a)/(q·c)⌋ = ⌊b/c⌋.
    """
    for value, radix in ranges:
        whole, rest = divided(position - value, radix)
        times, beyond = divided(divisor, radix)
        if value.terms and radix != Polynomial.constant(1) and not (rest.terms or beyond.terms):
            if times == Polynomial.constant(1):
                return whole
            return _quotient(whole, times, ranges) or floor(whole, times)
    return None


def _unread(
    unknown: set[int],
    sizes: Mapping[int, Polynomial],
    free: list[int],
    own: Mapping[int, Polynomial],
) -> dict[int, Polynomial]:
    """An integer of which nothing that is read depends, as one of the other side."""
    for variable in sorted(unknown):
        for candidate in free:
            if own[candidate] == sizes[variable]:
                free.remove(candidate)
                return {variable: Polynomial.of(candidate)}
    raise Uncertified("an index of a sum is not given by what is read")

"""Changes of the integers that two sums run over, found from what both sums read.

Equal sums read the same entries.  The conditions of a sum give most of its integers in the others;
what is left of them, on either side, is found from the positions that the other side reads.
Nothing here has to be right: Rocq checks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, permutations, product

from symconv.arithmetic.limits import MOST_ORDERS_TRIED
from symconv.arithmetic.polynomials import Atom, Floor, Polynomial, divided, floor
from symconv.errors import Uncertified
from symconv.formal.expansions import Axes, Condition, Factor, Sum
from symconv.language.operators.radix import digits

__all__ = ["Elimination", "Side", "maps_between"]


@dataclass(frozen=True, slots=True)
class Elimination:
    """An integer that a condition gives in the others.

    Attributes:
        condition: which condition.
        variable: the number of the integer.
        value: what it is.
        is_written: whether the condition is written as that.
    """

    condition: int
    variable: int
    value: Polynomial
    is_written: bool


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
        eliminations: which integers are given by conditions, in order.
        values: these integers in those that are left.
    """

    sum: Sum
    shape: Axes
    outputs: list[int]
    variables: list[int]
    conditions: list[Condition]
    factors: list[Factor]
    eliminations: list[Elimination] = field(default_factory=list)
    values: dict[Atom, Polynomial] = field(default_factory=dict)

    @classmethod
    def of(cls, sum_: Sum, shape: Axes, start: int) -> Side:
        """A sum whose integers are numbered from `start` on, and the index from 0 on."""
        outputs, variables = list(range(len(shape))), list(range(start, start + len(sum_.sizes)))
        i, v = ([Polynomial.of(number) for number in numbers] for numbers in (outputs, variables))
        side = cls(sum_, shape, outputs, variables, sum_.conditions(i, v), sum_.factors(i, v))
        side._eliminate()
        return side

    def _eliminate(self) -> None:
        open_ = dict(enumerate(self.conditions))
        for only_written in (True, False):
            found = True
            while found:
                found = False
                for number, condition in list(open_.items()):
                    one, other = (p.substitute(self.values) for p in condition)
                    solved = self._solved(condition, one, other, only_written)
                    if one == other:
                        del open_[number]
                    elif solved is not None:
                        variable, value, is_written = solved
                        self.eliminations.append(
                            Elimination(number, variable, value, is_written)
                        )
                        new: dict[Atom, Polynomial] = {variable: value}
                        self.values = {v: p.substitute(new) for v, p in self.values.items()} | new
                        del open_[number]
                        found = True

    def _solved(
        self, condition: Condition, one: Polynomial, other: Polynomial, only_written: bool
    ) -> tuple[int, Polynomial, bool] | None:
        # What stands on the left is an integer by itself; on the right a product with 1, say.
        atom = _atom(one)
        if atom is not None and not other.mentions(atom) and _atom(condition[0]) == atom:
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


def _values(source: Side, target: Side, positions: Axes, factors: Sequence[Factor]) -> Axes:
    """The integers of the target in those of the source.

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
        *(p - q for p, q in target.conditions),
    ]
    sizes = dict(zip(target.variables, target.sum.sizes, strict=True))
    free = [v for v in source.basis if not any(p.mentions(v) for p in positions)]
    own = dict(zip(source.variables, source.sum.sizes, strict=True))
    while unknown:
        left = [q for q in (p.substitute(values) for p in equations) if q.indices() & unknown]
        found = (
            _single(left, unknown, exact=True)
            or _several(left, unknown, sizes)
            or _single(left, unknown, exact=False)
        )
        if not found:
            found = _unread(unknown, sizes, free, own)
        values |= found
        unknown -= found.keys()
    for equation in equations:
        value = equation.substitute(values)
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
    left: list[Polynomial], unknown: set[int], sizes: Mapping[int, Polynomial]
) -> dict[int, Polynomial]:
    """The digits of a position that is known."""
    for p in left:
        names = sorted(p.indices() & unknown)
        if len(names) < 2 or abs(p.coefficient(names[-1])) != 1:
            continue
        if p.coefficient(names[-1]) == 1:
            p = -p
        place, position = Polynomial.constant(1), p
        for name in reversed(names):
            position = position + place * Polynomial.of(name)
            place = place * sizes[name]
        if not position.indices() & set(names):
            found = digits(position, [sizes[name] for name in names])
            return dict(zip(names, found, strict=True))
    return {}


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

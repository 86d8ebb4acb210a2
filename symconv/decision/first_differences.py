"""Where the two sides of a claim differ first: a search through all small lengths."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from itertools import accumulate, chain, islice
from math import isfinite, prod
from threading import Lock
from typing import Any

import flint
from sympy import Expr, Rational, Symbol

from symconv.arithmetic.limits import (
    BITS_OF_BALLS,
    LARGEST_TOTAL_OF_NETWORKS,
    LARGEST_TOTAL_TRIED,
    MOST_ADDED,
    MOST_LENGTHS_TRIED,
)
from symconv.arithmetic.work import spend
from symconv.decision.claims import Claim
from symconv.language import fixed_size
from symconv.language.arrays import Array, indices
from symconv.language.assignments import Point, TooLongError, allows, leaf_shape
from symconv.language.evaluation import holds_at, value_at
from symconv.language.functions import number_of_kind
from symconv.language.graph import has_opaque, walk
from symconv.language.operators import Apply
from symconv.language.signals import SignalExpr

__all__ = [
    "Difference",
    "Values",
    "difference_in_values",
    "first_apart",
    "first_difference",
    "floats_tell",
    "has_content",
    "random_sides",
    "small_lengths",
    "values_of_sides",
]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the two sides of a claim differ.

    Attributes:
        lengths: the values of the integer symbols.
        names: the names in a monomial whose coefficients differ; None where lengths or
            values differ.
        point: the output index, and the positions of each name, axis by axis.
        values: entries for which both sides are told, where they are no polynomials.
    """

    lengths: dict[str, int]
    names: tuple[str, ...] | None
    point: tuple[int, ...]
    values: Values | None = None


@dataclass(frozen=True, slots=True)
class Values:
    """Entries of the named tensors, and polynomials for the functions of which nothing is known.

    Attributes:
        arrays: the entries.
        functions: for each function the coefficients, from the constant one on.
    """

    arrays: Mapping[str, Array]
    functions: Mapping[str, tuple[Fraction | int, ...]]

    def sides(self, claim: Claim, at: Point) -> list[Array]:
        """Both sides of a claim: exact numbers, or balls of real numbers."""
        chosen = {name: partial(_polynomial, row) for name, row in self.functions.items()}
        if all(map(_is_exact, walk(*claim.signals))):
            return [fixed_size.array(side, self.arrays, at, 0, chosen) for side in claim.signals]
        balls = {
            name: Array(one.shape, list(map(flint.arb, one.entries)))
            for name, one in self.arrays.items()
        }
        with _PRECISION, flint.ctx.workprec(BITS_OF_BALLS):
            return [
                fixed_size.array(side, balls, at, flint.arb(0), chosen) for side in claim.signals
            ]

    def written(self) -> dict[str, str]:
        """The polynomials as text."""
        return {name: _written(row) for name, row in self.functions.items()}


_PRECISION = Lock()
"""The precision of balls is that of the whole process, and one thread sets it at a time."""


def _is_exact(node: SignalExpr) -> bool:
    return not isinstance(node.operator, Apply) or node.operator.function.is_exact


def _polynomial(coefficients: Sequence[Fraction | int], number: Any) -> Any:
    result = number * 0
    for coefficient in reversed(coefficients):
        result = result * number + number_of_kind(Fraction(coefficient), number)
    return result


def _written(coefficients: Sequence[Fraction | int]) -> str:
    v = Symbol("v")
    return str(sum(c * v**i for i, c in enumerate(coefficients)))


def first_difference(
    claim: Claim,
    lengths: Iterable[Mapping[str, int]] | None = None,
    only: Callable[[Point], bool] = lambda at: True,
) -> tuple[Difference | None, int]:
    """The first lengths at which the claim fails, if any, and how many were tried.

    Both sides are computed at each of the lengths for random 64-bit entries, which tells
    two different polynomials of degree d apart with a probability of 1 − d/2⁶⁴ at least
    (Schwartz, Zippel); where they differ, they are expanded as polynomials.

    Args:
        claim: the claim.
        lengths: values of its integer symbols; without them all small ones, in the order
            in which counterexamples are compared, so that the first one is the smallest.
        only: which of them are tried.
    """
    symbols = {s.name: s for s in claim.symbols}
    is_opaque = has_opaque(*claim.signals)
    points: Iterable[Point]
    if lengths is None:
        points = small_lengths(claim, is_opaque)
    else:
        points = ({symbols[n]: v for n, v in values.items()} for values in lengths)
    tried = 0
    for at in filter(only, points):
        try:
            if is_opaque:
                found = difference_in_values(claim, at)
            else:
                found = None if _seem_equal(claim, at) else _difference(claim, at)
        except TooLongError:
            break
        tried += 1
        if found is not None:
            return found, tried
    return None, tried


def has_content(claim: Claim, at: Point, outputs: bool) -> bool:
    """Whether no tensor is empty at the given values; and no side, if outputs are asked for."""
    shapes = [leaf_shape(leaf, at) for leaf in claim.named.values()]
    if outputs:
        shapes += [fixed_size.shape_at(side, at) for side in claim.signals]
    return all(size for shape in shapes for size in shape)


def small_lengths(claim: Claim, is_opaque: bool = False) -> Iterator[Point]:
    """Small lengths that satisfy the hypotheses, in the order of counterexamples.

    Args:
        claim: the claim.
        is_opaque: whether there are functions or maxima in it.
    """
    largest = LARGEST_TOTAL_TRIED
    if is_opaque:
        largest = LARGEST_TOTAL_OF_NETWORKS.get(len(claim.symbols), largest)
    for at in islice(_points(claim.symbols, largest), MOST_LENGTHS_TRIED):
        spend(10)
        if claim.contradicted(at) is None:
            yield at


def _seem_equal(claim: Claim, at: Point) -> bool:
    fixed_size.check_defined((*claim.mentioned, *claim.about), at)
    if not claim.signals:
        return False
    one, other = random_sides(claim, at)
    return bool(one == other)


def random_sides(claim: Claim, at: Point) -> tuple[Array, Array]:
    """Both sides for random 64-bit entries."""
    data = {}
    for name, leaf in claim.named.items():
        shape = leaf_shape(leaf, at)
        data[name] = Array(shape, [_random_entry(name, i) for i in range(prod(shape))])
    one, other = (fixed_size.array(side, data, at) for side in claim.signals)
    return one, other


def difference_in_values(claim: Claim, at: Point) -> Difference | None:
    """Entries for which the sides differ, if some are found, where these are no polynomials.

    Simple ones are tried first, and preferred are those for which floats tell the sides apart.
    Where they are computed with balls of real numbers, the sides differ where the balls do not
    meet.
    """
    in_more_digits = None
    fixed_size.check_defined((*claim.mentioned, *claim.about), at)
    lengths = {symbol.name: value for symbol, value in at.items()}
    shapes = {name: leaf_shape(leaf, at) for name, leaf in claim.named.items()}
    for trial, entry in enumerate(_WAYS):
        drawn = f"{trial}/{sum(lengths.values())}"  # others at other lengths
        arrays = {
            name: Array(shape, [entry(f"{name}/{drawn}", i) for i in range(prod(shape))])
            for name, shape in shapes.items()
        }
        rows = {
            name: (1 if at_zero is None else at_zero, *_POWERS[(trial + i) % len(_POWERS)])
            for i, (name, at_zero) in enumerate(claim.functions.items())
        }
        values = Values(arrays, rows)
        one, other = values.sides(claim, at)
        if not all(map(_can_be_told, chain(one.entries, other.entries))):
            continue
        found = Difference(lengths, None, (), values)
        if one.shape != other.shape:
            return found
        first = first_apart(one, other)
        if first is None:
            continue
        if floats_tell(one, other, first):
            return found
        in_more_digits = in_more_digits or found
    return in_more_digits


def _can_be_told(entry: Any) -> bool:
    """Whether it is a number for certain, and not of some infinite ball."""
    return not isinstance(entry, flint.arb) or bool(entry.is_finite())


def floats_tell(one: Array, other: Array, first: tuple[int, ...]) -> bool:
    """Whether all entries are floats when rounded, and those at an index are different ones."""
    floats = [float(a.mid()) for a in (*one.entries, *other.entries) if isinstance(a, flint.arb)]
    a, b = (entries.at(first) for entries in (one, other))
    is_ball = isinstance(a, flint.arb) and isinstance(b, flint.arb)
    return all(map(isfinite, floats)) and not (is_ball and float(a.mid()) == float(b.mid()))


def _random_between(low: int, high: int) -> Callable[[str, int], int]:
    return lambda name, index: random.Random(f"{name}[{index}]").randint(low, high)


_WAYS: tuple[Callable[[str, int], int], ...] = (
    lambda name, index: 1,
    lambda name, index: -1,
    lambda name, index: index + 1,
    _random_between(-1, 1),
    lambda name, index: -2 - index,
    _random_between(-2, 2),
    _random_between(-3, 3),
    _random_between(-9, -1),
    _random_between(-9, 9),
    _random_between(-99, 99),
    _random_between(-99, 99),
)
"""Entries by the name and the number of each: those that are easily calculated with come first."""

_POWERS = ((0, 1), (1, 1), (-1, 0, 1), (0, -1))
"""v², v + v², v³ − v and −v² by their coefficients from v on; f(0) is 1 where it is open."""


def first_apart(one: Array, other: Array) -> tuple[int, ...] | None:
    """The first index at which entries differ for certain."""
    for index, a, b in zip(indices(one.shape), one.entries, other.entries, strict=True):
        is_ball = isinstance(a, flint.arb) or isinstance(b, flint.arb)
        differ = not flint.arb(a).overlaps(flint.arb(b)) if is_ball else a != b
        if differ:
            return index
    return None


@lru_cache(maxsize=4096)
def _random_entry(name: str, index: int) -> int:
    return random.Random(f"{name}[{index}]").getrandbits(64)


def _points(symbols: tuple[Symbol, ...], largest: int) -> Iterator[Point]:
    """Values that the assumptions allow: by the sum of their magnitudes, then by name."""
    least = [next((v for v in (0, 1) if allows(s, v) or allows(s, -v)), 0) for s in symbols]
    rest_at_least = list(accumulate(reversed(least), initial=0))[::-1]

    def values(first: int, total: int) -> Iterator[tuple[int, ...]]:
        if first == len(symbols):
            if total == 0:
                yield ()
            return
        most = total - rest_at_least[first + 1]
        for value in range(-most, most + 1):
            if allows(symbols[first], value):
                for rest in values(first + 1, total - abs(value)):
                    yield (value, *rest)

    for total in range(max(largest, rest_at_least[0] + MOST_ADDED) + 1):
        for chosen in values(0, total):
            yield dict(zip(symbols, chosen, strict=True))


def _difference(claim: Claim, at: Point) -> Difference | None:
    lengths = {symbol.name: value for symbol, value in at.items()}
    if not claim.signals:
        left, right = values_of_sides(claim, at)
        return None if left == right else Difference(lengths, None, ())
    (one, other), _ = fixed_size.polynomials(claim.signals, claim.named, at)
    if one.shape != other.shape:
        return Difference(lengths, None, ())
    entries = [
        (name, index)
        for name, leaf in claim.named.items()
        for index in indices(leaf_shape(leaf, at))
    ]
    for u, a, b in zip(indices(one.shape), one.entries, other.entries, strict=True):
        monomials = [
            [entry for entry, power in zip(entries, powers, strict=True) for _ in range(int(power))]
            for powers, _ in (a - b).terms()
        ]
        if monomials:
            smallest = min(sorted(monomial) for monomial in monomials)
            names = tuple(name for name, _ in smallest)
            return Difference(lengths, names, (*u, *chain(*(index for _, index in smallest))))
    return None


def values_of_sides(claim: Claim, at: Point) -> tuple[Any, Any]:
    """The values of both sides of a claim about lengths: numbers, or truth values."""
    left, right = (_value(side, at) for side in claim.expressions)
    return left, right


def _value(side: Any, at: Point) -> Any:
    if not isinstance(side, Expr):
        return holds_at(side, at)
    value = value_at(side, at)
    return int(value) if value.denominator == 1 else Rational(value.numerator, value.denominator)

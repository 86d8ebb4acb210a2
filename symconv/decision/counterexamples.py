"""Counterexamples: concrete numbers, re-checked, and a search through all small lengths."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count, islice, product
from math import prod
from typing import Any

from sympy import Expr, Rational, Symbol

from symconv.arithmetic.limits import LARGEST_TOTAL_TRIED, MOST_LENGTHS_TRIED
from symconv.arithmetic.work import spend
from symconv.decision.claims import Claim
from symconv.decision.verdicts import Counterexample
from symconv.language import fixed_size
from symconv.language.arrays import Array, flattened, indices, nested
from symconv.language.assignments import Point, TooLongError, allows, check_point, leaf_shape
from symconv.language.evaluation import holds_at, value_at

__all__ = [
    "Difference",
    "DisagreementError",
    "counterexample",
    "first_difference",
    "has_content",
    "random_sides",
    "small_lengths",
    "told_with_taps",
]


class DisagreementError(RuntimeError):
    """The decision and plain arithmetic contradict each other: a defect of symconv."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the two sides of a claim differ.

    Attributes:
        lengths: the values of the integer symbols.
        names: the names in a monomial whose coefficients differ; None where lengths or
            values differ.
        point: the output index, and the positions of each name, axis by axis.
    """

    lengths: dict[str, int]
    names: tuple[str, ...] | None
    point: tuple[int, ...]


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
    points: Iterable[Point]
    if lengths is None:
        points = small_lengths(claim)
    else:
        points = ({symbols[n]: v for n, v in values.items()} for values in lengths)
    tried = 0
    for at in filter(only, points):
        try:
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


def small_lengths(claim: Claim) -> Iterator[Point]:
    """Small lengths that satisfy the hypotheses, in the order of counterexamples."""
    for at in islice(_points(claim.symbols), MOST_LENGTHS_TRIED):
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


@lru_cache(maxsize=4096)
def _random_entry(name: str, index: int) -> int:
    return random.Random(f"{name}[{index}]").getrandbits(64)


def _points(symbols: tuple[Symbol, ...]) -> Iterator[Point]:
    """Values that the assumptions allow: by the sum of their magnitudes, then by name."""

    def values(names: tuple[Symbol, ...], total: int) -> Iterator[tuple[int, ...]]:
        if not names:
            if total == 0:
                yield ()
            return
        for value in range(-total, total + 1):
            if allows(names[0], value):
                for rest in values(names[1:], total - abs(value)):
                    yield (value, *rest)

    for total in range(LARGEST_TOTAL_TRIED + 1):
        for chosen in values(symbols, total):
            yield dict(zip(symbols, chosen, strict=True))


def _difference(claim: Claim, at: Point) -> Difference | None:
    lengths = {symbol.name: value for symbol, value in at.items()}
    if not claim.signals:
        left, right = _values(claim, at)
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


def counterexample(claim: Claim, found: Difference) -> Counterexample:
    """The difference as concrete numbers, re-checked by plain arithmetic.

    The entries that occur in the differing monomial are small positive integers, all
    others 0, so that hardly anything else is left of the two sides.

    Raises:
        DisagreementError: the two sides are equal there after all.
    """
    lengths = found.lengths
    at = {s: lengths[s.name] for s in claim.symbols}
    check_point(at)
    if claim.contradicted(at) is not None:
        raise DisagreementError(f"{claim}: the counterexample {lengths} contradicts the hypotheses")
    fixed_size.check_defined((*claim.mentioned, *claim.about), at)
    if not claim.signals:
        left, right = _values(claim, at)
        if left != right:
            return Counterexample(lengths, {}, None, left, right)
    elif found.names is None:
        data = _filled(claim, at, {}, other=1)
        left, right = (fixed_size.array(side, data, at) for side in claim.signals)
        if left.shape != right.shape:
            return _told(lengths, data, None, left, right)
    else:
        u, places = _places(claim, found)
        for values in _small_values(len(places), lambda: _degree(claim, at, u)):
            data = _filled(claim, at, dict(zip(places, values, strict=True)), other=0)
            left, right = (fixed_size.array(side, data, at) for side in claim.signals)
            pairs = zip(indices(left.shape), left.entries, right.entries, strict=True)
            differing = [index for index, a, b in pairs if a != b]
            if u in differing:
                return _told(lengths, data, differing[0], left, right)
    raise DisagreementError(
        f"{claim}: the sides were found to differ at {lengths}, but arithmetic finds them equal"
    )


def told_with_taps(claim: Claim, found: Counterexample) -> Counterexample:
    """A counterexample in the tensors that a claim names, for one in what stands for them.

    Args:
        claim: a claim with hypotheses on taps.
        found: a counterexample to the claim without them, `claim.free`.

    Raises:
        DisagreementError: a hypothesis does not hold there, or the sides are equal.
    """
    if not (claim.signals and claim.standing.tensors):
        return found
    at = {s: found.lengths[s.name] for s in claim.symbols}
    data = {
        name: Array(leaf_shape(leaf, at), flattened(found.signals[name], leaf.ndim))
        for name, leaf in sorted(claim.named.items())
    }
    made = {name: fixed_size.array(one, data, at) for name, one in claim.standing.tensors.items()}
    data |= made
    for hypothesis in claim.about_taps:
        one, other = (fixed_size.array(side, data, at) for side in hypothesis.signals)
        if one != other:
            raise DisagreementError(f"{claim}: {hypothesis} does not hold at {found}")
    left, right = (fixed_size.array(side, data, at) for side in claim.signals)
    if left.shape != right.shape:
        return _told(found.lengths, data, None, left, right)
    pairs = zip(indices(left.shape), left.entries, right.entries, strict=True)
    differing = next((index for index, a, b in pairs if a != b), None)
    if differing is None:
        raise DisagreementError(f"{claim}: arithmetic finds both sides equal at {found}")
    return _told(found.lengths, data, differing, left, right)


def _told(
    lengths: Mapping[str, int],
    data: Mapping[str, Array],
    index: tuple[int, ...] | None,
    left: Array,
    right: Array,
) -> Counterexample:
    signals = {name: nested(entries) for name, entries in data.items()}
    where = index[0] if index is not None and len(index) == 1 else index
    return Counterexample(lengths, signals, where, nested(left), nested(right))


def _places(
    claim: Claim, found: Difference
) -> tuple[tuple[int, ...], list[tuple[str, tuple[int, ...]]]]:
    """The output index of a difference, and the entries in its monomial."""
    axes = len(claim.signals[0].lengths)
    u, rest = found.point[:axes], found.point[axes:]
    places = []
    for name in found.names or ():
        rank = len(claim.named[name].sizes)
        places.append((name, rest[:rank]))
        rest = rest[rank:]
    return u, sorted(set(places))


def _values(claim: Claim, at: Point) -> tuple[Any, Any]:
    """The values of both sides of a claim about lengths: numbers, or truth values."""
    left, right = (_value(side, at) for side in claim.expressions)
    return left, right


def _value(side: Any, at: Point) -> Any:
    if not isinstance(side, Expr):
        return holds_at(side, at)
    value = value_at(side, at)
    return int(value) if value.denominator == 1 else Rational(value.numerator, value.denominator)


def _filled(
    claim: Claim, at: Point, values: Mapping[tuple[str, tuple[int, ...]], int], other: int
) -> dict[str, Array]:
    """Entries for the named tensors, with the given values at some places."""
    shapes = {name: leaf_shape(leaf, at) for name, leaf in sorted(claim.named.items())}
    return {
        name: Array(shape, [values.get((name, index), other) for index in indices(shape)])
        for name, shape in shapes.items()
    }


def _degree(claim: Claim, at: Point, u: tuple[int, ...]) -> int:
    """The largest power of an entry in the difference of the sides at output index u."""
    (left, right), _ = fixed_size.polynomials(claim.signals, claim.named, at)
    return max(map(int, (left.at(u) - right.at(u)).degrees()), default=0)


def _small_values(size: int, degree: Callable[[], int]) -> Iterator[tuple[int, ...]]:
    """Tuples of positive integers, those with small entries first.

    A nonzero polynomial of degree d in each variable has a nonzero value where each is one
    of 1, …, d + 1 (N. Alon, Combinatorial Nullstellensatz, 1999, lemma 2.1).
    """
    for bound in count(1):
        spend(bound ** min(size, 20))
        if bound > 2 and bound > degree() + 1:  # most are found before it has to be known
            return
        for values in product(range(1, bound + 1), repeat=size):
            if max(values, default=1) == bound:
                yield values

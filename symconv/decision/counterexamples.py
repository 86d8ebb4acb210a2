"""Counterexamples: concrete numbers, re-checked, and a search through all small lengths."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, islice, product
from typing import Any

from sympy import Expr, Rational, Symbol

from symconv.arithmetic.limits import LARGEST_TOTAL_TRIED, MOST_LENGTHS_TRIED
from symconv.arithmetic.work import spend
from symconv.decision.claims import Claim
from symconv.decision.verdicts import Counterexample
from symconv.language import fixed_size
from symconv.language.assignments import Point, TooLongError, allows, check_point, leaf_length
from symconv.language.evaluation import holds_at, value_at

__all__ = [
    "Difference",
    "DisagreementError",
    "counterexample",
    "first_difference",
    "has_content",
    "small_lengths",
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
        point: the output index, and the position of each name.
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
    """Whether no signal is empty at the given values; and no side, if outputs are asked for."""
    sizes = [leaf_length(leaf, at) for leaf in claim.named.values()]
    if outputs:
        sizes += [fixed_size.length_at(side, at) for side in claim.signals]
    return all(sizes)


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
    data = {
        name: [_random_entry(name, i) for i in range(leaf_length(leaf, at))]
        for name, leaf in claim.named.items()
    }
    one, other = (fixed_size.entries(side, data, at) for side in claim.signals)
    return bool(one == other)


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
    if len(one) != len(other):
        return Difference(lengths, None, ())
    entries = [(name, i) for name, leaf in claim.named.items() for i in range(leaf.size.at(at))]
    for u, (a, b) in enumerate(zip(one, other, strict=True)):
        monomials = [
            [entry for entry, power in zip(entries, powers, strict=True) for _ in range(int(power))]
            for powers, _ in (a - b).terms()
        ]
        if monomials:
            smallest = min(sorted(monomial) for monomial in monomials)
            names, positions = zip(*smallest, strict=True) if smallest else ((), ())
            return Difference(lengths, tuple(names), (u, *positions))
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
        left, right = (fixed_size.entries(side, data, at) for side in claim.signals)
        if len(left) != len(right):
            return Counterexample(lengths, data, None, left, right)
    else:
        u, places = found.point[0], sorted(set(zip(found.names, found.point[1:], strict=True)))
        for values in _small_values(len(places), lambda: _degree(claim, at, u)):
            data = _filled(claim, at, dict(zip(places, values, strict=True)), other=0)
            left, right = (fixed_size.entries(side, data, at) for side in claim.signals)
            if left[u] != right[u]:
                first = next(i for i, (a, b) in enumerate(zip(left, right, strict=True)) if a != b)
                return Counterexample(lengths, data, first, left, right)
    raise DisagreementError(
        f"{claim}: the sides were found to differ at {lengths}, but arithmetic finds them equal"
    )


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
    claim: Claim, at: Point, values: Mapping[tuple[str, int], int], other: int
) -> dict[str, list[int]]:
    """Vectors for the named signals, with the given values at some places."""
    return {
        name: [values.get((name, i), other) for i in range(leaf_length(leaf, at))]
        for name, leaf in sorted(claim.named.items())
    }


def _degree(claim: Claim, at: Point, u: int) -> int:
    """The largest power of an entry in the difference of the sides at output index u."""
    (left, right), _ = fixed_size.polynomials(claim.signals, claim.named, at)
    return max(map(int, (left[u] - right[u]).degrees()), default=0)


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

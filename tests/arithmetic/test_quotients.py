"""Quotients that are left out of sums: the sums stay what they are, entry by entry."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from symconv.arithmetic.polynomials import Floor, Polynomial, Relation, floor, within
from symconv.arithmetic.quotients import has_quotients, without_quotients
from symconv.arithmetic.symbols import Sign
from symconv.arithmetic.terms import Factor, SummationIndex, Term

A, B, ZERO = Polynomial.of("a"), Polynomial.of("b"), Polynomial({})
POSITIVE = {name: Sign(negative=False, zero=False) for name in "ab"}
SIZES = [dict(zip("ab", values, strict=True)) for values in product((1, 2, 3), repeat=2)]


def index(number: int) -> Polynomial:
    return Polynomial.of(number)


def entry(position: tuple[int, ...], shape: tuple[int, ...], salt: str) -> int:
    if not all(0 <= p < n for p, n in zip(position, shape, strict=True)):
        return 0
    return random.Random(f"{salt}{position}").randint(1, 10**6)


def value(
    term: Term, at: Mapping[Any, int], shapes: Mapping[str, tuple[Polynomial, ...]]
) -> Fraction:
    """The sum by trying all values of its indices that could matter."""
    numbers = [i.number for i in term.indices]
    total = Fraction(0)
    for values in product(range(-4, 20), repeat=len(numbers)):
        there = {**at, **dict(zip(numbers, values, strict=True))}
        results = [(g, g.polynomial.value(there)) for g in term.guards]
        if any(v if g.relation is Relation.ZERO else v < 0 for g, v in results):
            continue
        amount = term.coefficient
        for factor in term.factors:
            shape = tuple(p.value(at) for p in shapes[factor.name])
            amount *= entry(tuple(p.value(there) for p in factor.position), shape, factor.name)
        total += amount
    return total


def divides(term: Term) -> int:
    """How many different quotients there are."""
    parts = [p for factor in term.factors for p in factor.position]
    parts += [guard.polynomial for guard in term.guards]
    return len({a for p in parts for a in p.every_atom() if isinstance(a, Floor)})


def summed(*sizes: Polynomial, first: int) -> tuple[SummationIndex, ...]:
    return tuple(SummationIndex(first + i, ZERO, size - 1) for i, size in enumerate(sizes))


u, j, i, k = index(0), index(1), index(2), index(3)

CASES: dict[str, tuple[Term, tuple[Polynomial, ...], dict[str, tuple[Polynomial, ...]], int]] = {
    "split after merge": (
        Term(
            factors=(Factor("x", (floor(A * u + j, A),)), Factor("k", (j,))),
            indices=summed(A, first=1),
        ),
        (B,),
        {"x": (B,), "k": (A,)},
        0,
    ),
    "a sum over a merged axis": (
        Term(
            factors=(Factor("x", (floor(j, A), j - A * floor(j, A))), Factor("w", (j,))),
            indices=summed(A * B, first=1),
        ),
        (Polynomial.constant(1),),
        {"x": (B, A), "w": (A * B,)},
        0,
    ),
    "a sum over three axes in one": (
        Term(
            factors=(
                Factor("x", (floor(j, 6), floor(j, 2) - 3 * floor(j, 6), j - 2 * floor(j, 2))),
            ),
            indices=summed(6 * A, first=1),
        ),
        (Polynomial.constant(1),),
        {"x": (A, Polynomial.constant(3), Polynomial.constant(2))},
        0,
    ),
    "each entry twice": (
        Term(
            factors=(Factor("x", (floor(2 * u + j, 2),)),),
            indices=summed(Polynomial.constant(2), first=1),
            guards=within(j, Polynomial.constant(2)),
        ),
        (B,),
        {"x": (B,)},
        0,
    ),
    "a free index keeps its quotient": (
        Term(factors=(Factor("x", (floor(u, A), u - A * floor(u, A))),)),
        (A * B,),
        {"x": (B, A)},
        1,
    ),
    "the range does not say it": (
        Term(factors=(Factor("x", (floor(j, A),)), Factor("k", (j,))), indices=summed(B, first=1)),
        (Polynomial.constant(1),),
        {"x": (B,), "k": (B,)},
        0,
    ),
    "beyond the range": (
        Term(
            factors=(Factor("x", (floor(A * u + j + 1, A),)), Factor("k", (j,))),
            indices=summed(A, first=1),
        ),
        (B,),
        {"x": (B,), "k": (A,)},
        1,
    ),
    "a negative slope": (
        Term(
            factors=(Factor("x", (floor(A * u - j, A),)), Factor("k", (j,))),
            indices=summed(A, first=1),
        ),
        (B,),
        {"x": (B,), "k": (A,)},
        1,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_sums_stay_what_they_are(name: str) -> None:
    term, shape, shapes, left = CASES[name]
    assert has_quotients(term)
    simple = without_quotients(term, shape, POSITIVE)
    assert divides(simple) == left
    for at in SIZES:
        for out in product(*(range(size.value(at)) for size in shape)):
            there: dict[Any, int] = {**at, **dict(enumerate(out))}
            assert value(simple, there, shapes) == value(term, there, shapes), (at, out)


def random_terms() -> Iterator[
    tuple[Term, tuple[Polynomial, ...], dict[str, tuple[Polynomial, ...]]]
]:
    """Sums in which positions are digits of others, right and wrong, with guards beside them."""
    for seed in range(60):
        rng = random.Random(seed)
        sizes = [A, B, Polynomial.constant(2), Polynomial.constant(3)]
        first, second = rng.choice(sizes), rng.choice(sizes)
        merged = first * second
        v = rng.choice([u, j, A * u + j, second * u + j, second * j + u, j + 1, 2 * j])
        by = rng.choice([first, second, merged, Polynomial.constant(2)])
        positions = [floor(v, by), v - by * floor(v, by), v]
        rng.shuffle(positions)
        factors = [Factor("x", (positions[0], positions[1])), Factor("k", (j,))]
        guards = rng.choice([(), within(v, merged), within(floor(v, by), first)])
        indices = summed(rng.choice([first, second, merged]), first=1)
        # The range of an index follows from what is read, as it does wherever sums are made.
        size = indices[0].upper + 1
        shapes = {"x": (first, rng.choice([second, merged])), "k": (size,)}
        yield Term(Fraction(1), indices, tuple(factors), guards), (rng.choice(sizes),), shapes


@pytest.mark.parametrize("case", list(random_terms()), ids=map(str, range(60)))
def test_random_sums_stay_what_they_are(case: Any) -> None:
    term, shape, shapes = case
    simple = without_quotients(term, shape, POSITIVE)
    for at in SIZES[::2]:
        for out in product(*(range(size.value(at)) for size in shape)):
            there: dict[Any, int] = {**at, **dict(enumerate(out))}
            assert value(simple, there, shapes) == value(term, there, shapes), (term, simple, at)


def test_indices_on_which_nothing_depends_are_counted() -> None:
    two = Polynomial.constant(2)
    term = Term(factors=(Factor("x", (u,)),), indices=summed(two, first=1), guards=within(j, two))
    assert without_quotients(term, (B,), {}) == Term(Fraction(2), (), term.factors, ())
    kept = Term(factors=(Factor("x", (u,)),), indices=summed(A, first=1), guards=within(j, A))
    assert without_quotients(kept, (B,), POSITIVE) == kept

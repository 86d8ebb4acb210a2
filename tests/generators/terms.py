"""Random sums of products of entries, and the same sums with other indices."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction

from symconv.arithmetic.polynomials import Atom, Guard, Polynomial, at_least, equal
from symconv.arithmetic.terms import Factor, SummationIndex, Term

n, c, s = map(Polynomial.of, "ncs")
u = Polynomial.of(0)

SHAPES: Mapping[str, tuple[Polynomial, ...]] = {
    "x": (n,),
    "k": (c,),
    "h": (Polynomial.constant(3),),
}


def index(number: int) -> SummationIndex:
    """The range is for people, so that any will do."""
    return SummationIndex(number, Polynomial({}), Polynomial({}))


def combination(rng: random.Random, numbers: range) -> Polynomial:
    """Indices with small coefficients, the free one among them, and a number."""
    found = rng.randint(-1, 2) * u + rng.randint(-2, 2)
    for number in numbers:
        found = found + rng.choice([-1, 0, 1, 1, 2]) * Polynomial.of(number)
    return found


def random_term(rng: random.Random, names: str, *, indices: int | None = None) -> Term:
    """A sum of which positions give most of the indices."""
    size = rng.randint(1, len(names)) if indices is None else indices
    numbers = range(1, size + 1)
    factors = [
        Factor(name, (combination(rng, numbers) if i >= size else Polynomial.of(i + 1),))
        for i, name in enumerate(names)
    ]
    for i in range(min(size, len(names))):
        if rng.random() < 0.6:
            shift = rng.choice([1, 2]) * u * rng.choice([0, 1]) + rng.randint(-1, 1)
            moved = shift + rng.choice([-1, 1]) * Polynomial.of(i + 1)
            if i and rng.random() < 0.5:
                moved = moved + rng.choice([1, 2]) * Polynomial.of(i)
            factors[i] = Factor(names[i], (moved,))
    guards: list[Guard] = []
    for number in numbers:
        if rng.random() < 0.4:
            guards.append(at_least(Polynomial.of(number), rng.randint(-1, 1)))
        if rng.random() < 0.2:
            guards.append(at_least(n + rng.randint(0, 2), Polynomial.of(number)))
    return Term(
        Fraction(rng.choice([1, 1, 2, -1])),
        tuple(map(index, numbers)),
        tuple(factors),
        tuple(guards),
    )


def disguised(rng: random.Random, term: Term) -> Term:
    """The same sum: its indices changed by a unimodular map, its factors in another order."""
    numbers = [i.number for i in term.indices]
    fresh = rng.sample(range(11, 20), len(numbers))
    values: dict[Atom, Polynomial] = {}
    for place, number in enumerate(numbers):
        value = rng.choice([-1, 1]) * Polynomial.of(fresh[place]) + rng.randint(-2, 2)
        value = value + rng.choice([0, 1, -1]) * u
        if place:
            value = value + rng.choice([0, 1, -1, 2]) * Polynomial.of(fresh[place - 1])
        values[number] = value
    moved = term.substitute(values)
    factors, guards = list(moved.factors), list(moved.guards)
    rng.shuffle(factors)
    rng.shuffle(guards)
    return Term(term.coefficient, tuple(map(index, sorted(fresh))), tuple(factors), tuple(guards))


def with_an_index_more(term: Term) -> Term:
    """The same sum with one index more, which an equation gives."""
    extra = Polynomial.of(30)
    first = term.factors[0]
    factors = (Factor(first.name, (extra,)), *term.factors[1:])
    return Term(
        term.coefficient,
        (*term.indices, index(30)),
        factors,
        (*term.guards, equal(extra, first.position[0])),
    )

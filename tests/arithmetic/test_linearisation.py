"""Products made linear: what is said of them is true, and is enough for what it is meant for."""

from __future__ import annotations

import random
from itertools import count, product
from math import prod
from typing import Any

import pytest

from symconv.arithmetic.integer_sets import IntegerSets
from symconv.arithmetic.linearisation import Products, impossible
from symconv.arithmetic.polynomials import (
    Conjunction,
    Floor,
    Guarded,
    Polynomial,
    at_least,
    equal,
    floor,
    negated,
    nonnegative_part,
)
from symconv.errors import Undecided
from tests.generators.polynomials import Says, both, guard, holds, polynomial

n, s, t = map(Polynomial.of, "nst")
u, i, j = Polynomial.of(0), Polynomial.of(1), Polynomial.of(2)
POSITIVE = {"s", "t"}
SETS = IntegerSets(["n", "s", "t"], 1_000_000)
EVERYTHING = SETS.where([(at_least(s, 1), at_least(t, 1))])
WINDOW = [
    {"n": a, "s": b, "t": c, 0: d, 1: e}
    for a, b, c, d, e in product((-3, 0, 1, 4), (1, 2, 3), (1, 3), (-2, 0, 1, 3), (-1, 0, 2))
]


def is_impossible(*guards: Conjunction, positive: set[str] = POSITIVE) -> bool:
    return impossible(guards, SETS, EVERYTHING, positive)


def random_guards(rng: random.Random, number: int) -> Says:
    found = Says((), lambda at: True)
    for _ in range(number):
        value = polynomial(rng, ("n", 0, 1), ("s", "t"), rng.choice([1, 2, 2]))
        found = both(found, guard(value, rng.choice([">=", ">=", "=="])))
    return found


# --- what is said is true ------------------------------------------------------------


def with_products(products: Products, at: dict[Any, int]) -> dict[Any, int]:
    """The values of the new indices too, as what they stand for."""
    meant = {number: what for what, number in products._numbers.items()}
    values = dict(at)

    def value(number: int) -> int:
        if number not in values:
            what = meant[number]
            if isinstance(what, Floor | Guarded):
                values[number] = Polynomial.of(what).value(at)
            else:
                values[number] = prod(
                    value(a) if isinstance(a, int) else at[a]
                    for a in what
                    if isinstance(a, str | int)
                )
        return int(values[number])

    for number in meant:
        value(number)
    return values


@pytest.mark.parametrize("seed", range(0, 150, 50))
def test_facts_hold_and_linear_guards_say_the_same(seed: int) -> None:
    named = 0
    for one in range(seed, seed + 50):
        rng = random.Random(one)
        said = random_guards(rng, 2)
        products = Products(count(2), POSITIVE)
        linear = products.linear(said.made)
        for line in (*linear, *(g for fact in products.facts for part in fact for g in part)):
            for part in line.polynomial.every_part():
                assert all(len(monomial) <= 1 for monomial in part.terms), str(line)
                assert all(
                    not isinstance(atom, Floor) or atom.divisor.as_integer() is not None
                    for atom in part.atoms()
                )
        for at in rng.sample(WINDOW, 25):
            values = with_products(products, at)
            assert [holds(g, values) for g in linear] == [holds(g, at) for g in said.made]
            for fact in products.facts:
                assert any(all(holds(g, values) for g in part) for part in fact), (
                    [str(g) for g in said.made],
                    [[str(g) for g in part] for part in fact],
                    at,
                )
        named += len(products.indices)
        assert len(set(products.indices)) == len(products.indices)
    assert named > 40


@pytest.mark.parametrize("seed", range(0, 200, 100))
def test_what_is_possible_is_not_called_impossible(seed: int) -> None:
    found = {True: 0, False: 0}
    for one in range(seed, seed + 100):
        said = random_guards(random.Random(one), 3)
        answer = is_impossible(said.made)
        found[answer] += 1
        if answer:
            assert not any(said.holds(at) for at in WINDOW), [str(g) for g in said.made]
    assert min(found.values()) > 10, found


# --- what it is meant for ------------------------------------------------------------


@pytest.mark.parametrize(
    "guards",
    [
        (at_least(u, i + 1), at_least(s * i, s * u)),
        (equal(u, i), at_least(s * i, s * u + 1)),
        (at_least(u, i + 1), at_least(s * i + s, s * u + 1)),
        (at_least(u, 1), at_least(0, s * u)),
        (at_least(-1, u), at_least(s * u, 0)),
        (at_least(u, 1), at_least(s - 1, s * u)),
        (at_least(s * u + s * i, 1), at_least(0, u + i)),
        (at_least(s * u - s * i, 1), at_least(i, u)),
        (at_least(s * t * u, 0), at_least(-1, u)),
        (at_least(floor(n, s), u + 1), at_least(s * u, n)),
        (at_least(u, floor(n, s)), at_least(n, s * u + s)),
        (equal(s * u, n), at_least(floor(n, s), u + 1)),
        (at_least(nonnegative_part(s * u), 1), at_least(0, u)),
        (at_least(s * nonnegative_part(u), 1), at_least(0, u)),
        (at_least(nonnegative_part(s * u + s * i), 1), at_least(0, u + i)),
        (at_least(u, 3), at_least(2, u)),
    ],
)
def test_impossible(guards: Conjunction) -> None:
    assert not any(all(holds(g, at) for g in guards) for at in WINDOW)
    assert is_impossible(guards)
    # Each half by itself is possible.
    for one in guards:
        assert not is_impossible((one,))


@pytest.mark.parametrize(
    "guards",
    [
        (at_least(u, i), at_least(s * i, s * u)),
        (at_least(u, 1), at_least(s, s * u)),
        (at_least(s * u + s * i, 1), at_least(0, u)),
        (equal(s * u, n), at_least(floor(n, s), u)),
        (),
    ],
)
def test_possible(guards: Conjunction) -> None:
    assert any(all(holds(g, at) for g in guards) for at in WINDOW)
    assert not is_impossible(guards)


def test_every_case_has_to_be_impossible() -> None:
    never, sometimes = (at_least(u, 1), at_least(0, s * u)), (at_least(s * u, 3),)
    assert is_impossible()
    assert is_impossible(never, never)
    assert not is_impossible(never, sometimes)
    assert not is_impossible(sometimes, never)


def test_only_among_the_parameters_and_with_positive_symbols() -> None:
    guards = (at_least(u, 1), at_least(0, s * u))
    assert not is_impossible(guards, positive=set())
    assert not is_impossible(guards, positive={"t"})
    few = SETS.where([(at_least(n, 3), at_least(s, 1))])
    assert impossible([(at_least(2, n),)], SETS, few, POSITIVE)
    assert not impossible([(at_least(3, n),)], SETS, few, POSITIVE)


def test_distributed_products_are_equal() -> None:
    for one, other in (
        (s * (u + i), s * u + s * i),
        (s * (u - n), s * u - n * s),
        (s * t * (u + 1), t * s * u + s * t),
    ):
        for opposite in negated(equal(one, other)):
            assert is_impossible((opposite,))


def test_too_many_products() -> None:
    many = [Polynomial.of(k) * s for k in range(61)]
    products = Products(count(100), POSITIVE)
    assert len(products.linear(tuple(at_least(p, 1) for p in many[:60]))) == 60
    assert products.indices == list(range(100, 160))
    with pytest.raises(Undecided, match="more than 60 products and quotients of symbols"):
        products.linear((at_least(many[60], 1),))
    # Then nothing is known, even where the rest is impossible.
    contradiction = (at_least(u, 1), at_least(0, u))
    assert is_impossible(contradiction)
    assert not is_impossible((*contradiction, *(at_least(p, 1) for p in many)))


def test_a_product_is_named_once() -> None:
    products = Products(count(5), POSITIVE)
    first = products.linear((at_least(s * u, 3), at_least(u * s, 3)))
    assert first[0] == first[1] == at_least(Polynomial.of(5), 3)
    again = products.linear((at_least(2 * s * u + n, 0),))
    assert again == (at_least(2 * Polynomial.of(5) + n, 0),)
    assert products.indices == [5]


def test_few_multiples_are_compared() -> None:
    # With each further one, there are more comparisons, but not beyond a number of them.
    products = Products(count(100), POSITIVE)
    sizes = []
    for k in range(12):
        before = len(products.facts)
        products.linear((at_least(s * Polynomial.of(k), 0),))
        sizes.append(len(products.facts) - before)
    assert sizes == [1, 2, 3, 4, *[5] * 8]

"""What a parameter is in a set in which the others determine it."""

from __future__ import annotations

import random

import pytest

from symconv.arithmetic.integer_sets import IntegerSets, Set
from symconv.arithmetic.polynomials import Guard, Polynomial, at_least, equal, floor
from symconv.arithmetic.values_of_sets import values_of

P, c, p, q = map(Polynomial.of, ("P", "c", "p", "q"))
NAMES = ("P", "c", "p", "q")


def where(*cases: tuple[Guard, ...]) -> tuple[Set, IntegerSets]:
    sets = IntegerSets(NAMES, 1_000_000)
    return sets.where(cases), sets


def test_one_equation_everywhere() -> None:
    set_, sets = where((equal(P, p + q), equal(q, 0)), (equal(P, p + q), at_least(p, c)))
    (value,) = values_of(set_, "P", sets)
    assert (value.numerator, value.denominator) == (p + q, 1)
    assert value.where.is_equal(sets.exists(set_, ["P"]))


def test_a_fraction_where_it_is_an_integer() -> None:
    set_, sets = where((equal(2 * P, c - 1),))
    (value,) = values_of(set_, "P", sets)
    assert (value.numerator, value.denominator) == (c - 1, 2)


def test_floors_and_cases() -> None:
    set_, sets = where((at_least(c, 2 * P), at_least(2 * P + 1, c)))
    (value,) = values_of(set_, "P", sets)
    assert (value.numerator, value.denominator) == (floor(c, 2), 1)
    set_, sets = where((equal(P, p), at_least(p, q)), (equal(P, q), at_least(q, p)))
    assert {value.numerator for value in values_of(set_, "P", sets)} == {p, q}


def test_at_most_one() -> None:
    set_, sets = where((equal(P, p + q),))
    assert sets.has_at_most_one(set_, ["P"])
    assert sets.has_at_most_one(set_, ["q"])
    assert not sets.has_at_most_one(set_, ["P", "q"])
    assert not sets.has_at_most_one(set_, ["c"])


@pytest.mark.parametrize("seed", range(30))
def test_values_are_the_set_again(seed: int) -> None:
    rng = random.Random(seed)
    a, b, divisor = rng.randint(-3, 3), rng.randint(-3, 3), rng.randint(1, 4)
    inner = a * p + b * q + rng.randint(-2, 2)
    guards = (at_least(inner, divisor * P), at_least(divisor * P + divisor - 1, inner))
    set_, sets = where((*guards, at_least(p, rng.randint(0, 2) * q)))
    assert sets.has_at_most_one(set_, ["P"])
    again = sets.where([])
    for value in values_of(set_, "P", sets):
        here = sets.where([(equal(value.denominator * P, value.numerator),)])
        again = again | here.intersect(value.where)
    assert again.is_equal(set_)


def test_a_set_is_taken_over_by_name() -> None:
    few, many = IntegerSets(["q", "c"], 1_000_000), IntegerSets(NAMES, 1_000_000)
    guard = (equal(c, 2 * q + 1), at_least(q, 0))
    assert many.taken_over(few.where([guard]), few).is_equal(many.where([guard]))

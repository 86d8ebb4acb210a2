"""Sizes taken apart, and weights that are divided by them."""

from __future__ import annotations

import random
from fractions import Fraction
from math import prod

import pytest

from symconv.arithmetic.divisors import Weight, added, doubtful, factored, numerators
from symconv.arithmetic.limits import MOST_TERMS_FACTORED
from symconv.arithmetic.polynomials import Polynomial, floor, within
from symconv.arithmetic.symbols import Sign
from symconv.arithmetic.terms import SummationIndex, Term, without_counts

n, m, k = map(Polynomial.of, "nmk")
ONE = Polynomial.constant(1)
HALF = floor(n, 2)
POSITIVE = {name: Sign(negative=False, zero=False) for name in "nmk"}
PARTS = [n, m, n + m, n + 1, 2 * n + 3, HALF, n - HALF, n - m + 1, 2 * ONE, 6 * n]


@pytest.mark.parametrize("seed", range(60))
def test_the_factors_multiply_to_the_whole(seed: int) -> None:
    rng = random.Random(seed)
    chosen = [rng.choice(PARTS) for _ in range(rng.randint(1, 4))]
    whole = prod(chosen, start=ONE)
    number, parts = factored(whole)
    assert prod(parts, start=ONE) * number == whole
    # However it was put together, it has the same factors.
    separate = [part for one in chosen for part in factored(one)[1]]
    assert sorted(map(str, parts)) == sorted(map(str, separate))
    assert number == prod(factored(one)[0] for one in chosen)


def test_factors_are_positive_where_sizes_are_large() -> None:
    whole = (n - floor(2 * n, 3)) * (m - k + 1)
    number, parts = factored(whole)
    assert number == 1
    assert set(parts) == {n - floor(2 * n, 3), m - k + 1}


def test_what_has_very_many_terms_is_left_as_it_is() -> None:
    letters = [Polynomial.of(f"a{i}") for i in range(MOST_TERMS_FACTORED + 1)]
    whole = sum(letters, start=Polynomial({})) * n
    assert factored(whole) == (1, (whole,))
    assert factored(ONE * 7) == (7, ())


@pytest.mark.parametrize("seed", range(60))
def test_numerators_are_weights_times_one_number(seed: int) -> None:
    rng = random.Random(seed)
    units = [n, m, n + 1, n + m]
    weights: list[Weight] = []
    for _ in range(rng.randint(1, 3)):
        weight: Weight = {}
        for _ in range(rng.randint(1, 3)):
            divisors = tuple(sorted(rng.choices(units, k=rng.randint(0, 3)), key=str))
            weight = added(weight, {divisors: Fraction(rng.randint(-4, 4), rng.randint(1, 4))})
        weights.append(weight)
    found = numerators(weights)
    for _ in range(5):
        at = {"n": rng.randint(1, 9), "m": rng.randint(1, 9)}

        def value(weight: Weight, at: dict[str, int] = at) -> Fraction:
            shares = (c / prod(d.value(at) for d in divisors) for divisors, c in weight.items())
            return sum(shares, start=Fraction(0))

        values = [value(weight) for weight in weights]
        products = [numerator.value(at) for numerator in found]
        factors = {p / v for p, v in zip(products, values, strict=True) if v}
        assert len(factors) <= 1
        assert all(factor > 0 for factor in factors)
        assert [bool(p) for p in products] == [bool(v) for v in values]


def test_partial_fractions_cancel() -> None:
    one: Weight = {(n, n + 1): Fraction(1)}
    other: Weight = {(n,): Fraction(-1), (n + 1,): Fraction(1)}
    (numerator,) = numerators([added(one, other)])
    assert not numerator.terms
    assert added(one, {(n, n + 1): Fraction(-1)}) == {}


def test_what_has_to_be_positive() -> None:
    signs = {**POSITIVE, "q": Sign(negative=False), "a": Sign()}
    q, a = Polynomial.of("q"), Polynomial.of("a")
    assert doubtful(n * m + 1, signs) == ()
    assert doubtful(n * q * 2, signs) == (q,)
    assert doubtful(n * a, signs) == (n * a,)


def test_counts_cancel_what_is_divided_by() -> None:
    i = Polynomial.of(1)
    index = SummationIndex(1, Polynomial({}), 2 * n * m - 1)
    term = Term(indices=(index,), guards=within(i, 2 * n * m)).over(n * m)
    assert without_counts(term, {"n", "m"}) == Term(Fraction(2))
    # Not where the range may be empty, is another one, or something depends on the index.
    assert without_counts(term, {"n"}) == term
    assert without_counts(term.over(n), {"n", "m"}) == Term(Fraction(2)).over(n)
    for other in (
        Term(indices=(index,), guards=within(i, 2 * n * m)).over(n),
        Term(indices=(index,), guards=within(i, 2 * n * m - 1)).over(n * m),
        term.guarded(*within(i + Polynomial.of(0), n)),
    ):
        assert without_counts(other, {"n", "m"}) == other

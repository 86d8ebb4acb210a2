"""Expressions and conditions at numbers, and bounds, against plain arithmetic."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
import sympy
from sympy import Eq, Integer, Mod, Piecewise, Rational, Symbol, ceiling, floor

from symconv import Signal, SymconvError, integers
from symconv.arithmetic.plain_bounds import bounds, is_at_least
from symconv.arithmetic.polynomials import Atom, Polynomial
from symconv.arithmetic.symbols import sign_of
from symconv.language.amounts import Amount, integer_argument, simplified_around
from symconv.language.any_size import length_of
from symconv.language.evaluation import holds_at, value_at
from symconv.language.length_symbols import lengths_in, spelled_out
from tests.generators.trees import Tree, built, calculated, names_in, random_condition, random_tree
from tests.oracles import brute_force

n, p = integers("n p", nonnegative=True)
c = integers("c", positive=True)
q, m = integers("q m")
below = integers("b", nonpositive=True)
LETTERS = {"n": n, "p": p, "q": q, "c": c, "b": below}
NAMES = "".join(LETTERS)


def points(rng: random.Random, many: int = 6) -> list[dict[str, int]]:
    return [
        {name: rng.choice(brute_force.values_of(s, 9)) for name, s in LETTERS.items()}
        for _ in range(many)
    ]


def by_name(at: Mapping[str, int]) -> dict[Atom, int]:
    return dict(at.items())


def by_symbol(at: dict[str, int]) -> dict[Symbol, int]:
    return {LETTERS[name]: number for name, number in at.items()}


@pytest.mark.parametrize("first", range(0, 1200, 400))
def test_values_of_random_trees(first: int) -> None:
    for seed in range(first, first + 400):
        rng = random.Random(seed)
        tree = random_tree(rng, NAMES, 4, products=seed % 3 == 0)
        made = built(tree, LETTERS)
        for at in points(rng):
            found = value_at(made, by_symbol(at))
            assert isinstance(found, Fraction)
            assert found == calculated(tree, at), f"{made} at {at}"


def test_conditions_of_random_trees() -> None:
    for seed in range(600):
        rng = random.Random(seed)
        tree = random_condition(rng, NAMES, 3)
        made = built(tree, LETTERS)
        for at in points(rng):
            found = holds_at(made, by_symbol(at))
            assert isinstance(found, bool)
            assert found == bool(calculated(tree, at)), f"{made} at {at}"


def test_all_conditions_of_sympy() -> None:
    one, other = n > 3, Eq(Mod(n, 2), 0)
    for number in range(9):
        a, b = number > 3, number % 2 == 0
        at = {n: number}
        assert holds_at(sympy.Implies(one, other, evaluate=False), at) == (not a or b)
        assert holds_at(sympy.Equivalent(one, other), at) == (a == b)
        assert holds_at(sympy.ITE(one, other, ~other), at) == (b if a else not b)
        assert holds_at(sympy.Xor(one, other).to_nnf(), at) == (a != b)
        assert holds_at(sympy.true, at)
        assert not holds_at(sympy.false, at)


def test_fractions_are_exact() -> None:
    assert value_at(n / 3 + Rational(1, 6), {n: 1}) == Fraction(1, 2)
    assert value_at(floor(n / 3), {n: -1}) == -1
    assert value_at(ceiling(n / 3), {n: -1}) == 0
    assert value_at(Mod(n / 2, 1), {n: -3}) == Fraction(1, 2)
    assert value_at(n**9, {n: 10**9}) == 10**81
    assert value_at(1 / n, {n: 3}) == Fraction(1, 3)


def test_no_branch_is_0() -> None:
    assert value_at(Piecewise((n, n > 3)), {n: 2}) == 0
    assert value_at(Piecewise((n, n > 3)), {n: 4}) == 4


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (n + m, "m has no value here"),
        (floor(n / q), "must be positive, and is 0"),
        (Mod(n, q), "modulus in .* must be positive, and is 0"),
        (Mod(n, q - 2), "modulus in .* must be positive, and is -2"),
        ((n + 2) ** Integer(10**6), "too large"),
        (sympy.sin(n), "is not integer arithmetic"),
        (sympy.factorial(n), "is not integer arithmetic"),
        (sympy.oo, "is not integer arithmetic"),
        (sympy.sqrt(n), "is not integer arithmetic"),
        (sympy.Float(2), "is not integer arithmetic"),
    ],
    ids=str,
)
def test_what_has_no_value(expression: Any, message: str) -> None:
    with pytest.raises(SymconvError, match=message):
        value_at(expression, {n: 3, q: 0})


def test_what_is_no_condition() -> None:
    for condition in (n, sympy.Contains(n, sympy.Integers, evaluate=False)):
        with pytest.raises(SymconvError, match="is not a condition on integers"):
            holds_at(condition, {n: 3})


def test_lengths_have_values() -> None:
    x = Signal("x", n)
    signals = [
        x.pad(-2, q),
        x.dilate(3).pad(1, -4).downsample(2),
        x.correlate(Signal("k", c), stride=2),
        x.convolve(Signal("k", c).pad(-1, 0)),
        x.pad(1, 1, "circular"),
    ]
    for signal in signals:
        standing = length_of(signal)
        assert list(lengths_in(2 * standing + 1)) == [standing]
        assert not lengths_in(spelled_out(2 * standing + 1))
        for size in range(1, 7):
            at = {"n": size, "q": size % 3 - 1, "c": size % 4 + 1}
            numbers = {LETTERS[name]: v for name, v in at.items()}
            expected = len(brute_force.evaluate(signal, at, lambda name, i: 0))
            assert value_at(standing, numbers) == expected
            assert value_at(spelled_out(2 * standing + 1), numbers) == 2 * expected + 1
            assert standing.polynomial.value(by_name(at)) == expected
    with pytest.raises(SymconvError, match="more than there are"):
        value_at(length_of(x.pad(1, 1, "circular")), {n: 0})


# --- bounds ----------------------------------------------------------------------------


def attained(tree: Tree, at: dict[str, int]) -> int:
    value = calculated(tree, at)
    assert isinstance(value, int)
    return value


@pytest.mark.parametrize("first", range(0, 1600, 400))
def test_bounds_hold(first: int) -> None:
    known = 0
    for seed in range(first, first + 400):
        rng = random.Random(seed)
        tree = random_tree(rng, NAMES, 3, products=seed % 3 == 0)
        made = built(tree, LETTERS)
        low, high = bounds(made)
        known += low is not None or high is not None
        for at in points(rng, 12):
            value = attained(tree, at)
            assert low is None or low <= value, f"{made} >= {low}, but {value} at {at}"
            assert high is None or value <= high, f"{made} <= {high}, but {value} at {at}"
    assert known > 100


@pytest.mark.parametrize(
    ("expression", "low", "high"),
    [
        (1 + Mod(q, 4), 1, 5),
        (n + 2, 2, None),
        (3 - c, None, 2),
        (-2 * n - 1, None, -1),
        (sympy.Max(q, 3), 3, None),
        (sympy.Min(q, 3), None, 3),
        (sympy.Abs(q), 0, None),
        (q**2, 0, None),
        (n * c, 0, None),
        (below * c, None, 0),
        (floor((n + 7) / 2), 3, None),
        (Integer(-4), -4, -4),
        (Piecewise((c, q > 0)), 0, None),
    ],
    ids=str,
)
def test_bounds_that_are_seen(expression: Any, low: int | None, high: int | None) -> None:
    assert bounds(expression) == (low, high)


@pytest.mark.parametrize("first", range(0, 1600, 400))
def test_polynomials_are_at_least_what_is_said(first: int) -> None:
    seen = 0
    for seed in range(first, first + 400):
        rng = random.Random(seed)
        tree = random_tree(rng, NAMES, 3, products=seed % 3 == 0)
        made = built(tree, LETTERS)
        if simplified_around(made):
            continue  # refused: SymPy may have changed it
        amount = integer_argument(made, "an amount")
        signs = {name: sign_of(LETTERS[name]) for name in names_in(tree)}
        for least in (-6, -1, 0, 1, 3):
            says = is_at_least(amount.polynomial, least, signs), amount.is_at_least(least)
            if any(says):
                seen += 1
                for at in points(rng, 12):
                    value = attained(tree, at)
                    assert value >= least, f"{amount} >= {least}, but {value} at {at}"
    assert seen > 50


# --- amounts ---------------------------------------------------------------------------


def amounts(rng: random.Random) -> tuple[Amount, Tree]:
    tree = random_tree(rng, NAMES, 2, products=True)
    return integer_argument(built(tree, LETTERS), "an amount"), tree


def test_arithmetic_of_amounts() -> None:
    for seed in range(300):
        rng = random.Random(seed)
        (one, first), (other, second) = amounts(rng), amounts(rng)
        divisor = Amount.of(rng.randint(1, 6))
        made = [
            one + other,
            one - other,
            one * other,
            -one,
            one // divisor,
            one.divided_up(divisor),
            one.or_at_least(other),
            one + 2,
            one * -3,
            one.or_at_least(0),
        ]
        for at in points(rng):
            a, b, k = attained(first, at), attained(second, at), int(divisor)
            wanted = [
                a + b,
                a - b,
                a * b,
                -a,
                a // k,
                -(-a // k),
                max(a, b),
                a + 2,
                -3 * a,
                max(a, 0),
            ]
            numbers = by_symbol(at)
            assert [amount.at(numbers) for amount in made] == wanted
            assert [amount.polynomial.value(by_name(at)) for amount in made] == wanted
            # What is shown says the same.
            assert [brute_force.value(amount.written, at) for amount in made] == wanted


def test_amounts_with_symbols_replaced() -> None:
    for seed in range(200):
        rng = random.Random(seed)
        amount, tree = amounts(rng)
        new, by = amounts(rng)
        replaced = amount.substituted({n: new, q: Amount.of(2)})
        assert q.name not in replaced.symbols or "q" in names_in(by)
        for at in points(rng):
            elsewhere = {**at, "n": attained(by, at), "q": 2}
            if "n" not in names_in(tree):
                elsewhere["n"] = at["n"]
            assert replaced.at(by_symbol(at)) == attained(tree, elsewhere)


def test_amounts_that_are_numbers() -> None:
    assert Amount.of(3) == 3
    assert int(Amount.of(3)) == 3
    assert integer_argument(n - n + 2, "an amount").number == 2
    assert integer_argument(n, "an amount").number is None
    assert (integer_argument(n, "an amount") - integer_argument(n, "an amount")) == 0
    with pytest.raises(SymconvError, match="n is not a number"):
        int(integer_argument(n, "an amount"))
    assert len({Amount.of(2), Amount.of(2), Amount(Polynomial.constant(2), {})}) <= 2


@pytest.mark.parametrize(
    "expression",
    [
        n * q + floor(p / 4),
        floor(n**2 / 6) + 2,
        n**2 + ceiling(q / 3),
        sympy.Max(n * q, floor(q / 2)),
        (n**2 + n) / 2,
        n * (n + 1) * (n + 2) / 6,
        sympy.Min(Mod(p + 3, 5), floor(sympy.Abs(n) / 5), floor(sympy.Max(p, Mod(p, 3)) / 2)),
        Piecewise((n, n > 3), (floor(n / 2), True)),
    ],
    ids=str,
)
def test_integers_are_seen_to_be_integers(expression: Any) -> None:
    amount = integer_argument(expression, "an amount")
    for number in range(8):
        at = {"n": number, "p": 2 * number + 1, "q": 3 - number}
        assert amount.at({LETTERS[k]: v for k, v in at.items()}) == brute_force.value(
            expression, at
        )


@pytest.mark.parametrize(
    "expression", [n / 2, (n**2 + n) / 4, n * q / 2, floor(n / 2) / 3, Mod(n, 3) / 2], ids=str
)
def test_fractions_are_no_integers(expression: Any) -> None:
    with pytest.raises(SymconvError, match="is not known to be one; use floor or ceiling"):
        integer_argument(expression, "an amount")

"""Expressions put together without SymPy's arithmetic: their values, and that they stay."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy
from sympy import Eq, Ge, Gt, Integer, Le, Lt, Ne, Symbol

from symconv import integers
from symconv.arithmetic.unevaluated import (
    absolute,
    all_of,
    any_of,
    choice,
    difference,
    largest,
    negation,
    negative,
    number,
    power,
    product,
    quotient,
    rebuilt,
    relation,
    remainder,
    rounded_down,
    rounded_up,
    smallest,
    spelled_with,
    sum_of,
)
from tests.generators.trees import Tree, built, calculated, random_condition, random_tree
from tests.oracles.brute_force import value

n, p = integers("n p", nonnegative=True)
q = integers("q")
even = Symbol("e", integer=True, even=True)  # SymPy takes e/6 for an integer
LETTERS = {"n": n, "p": p, "q": q}


def points(rng: random.Random, many: int = 8) -> list[dict[str, int]]:
    return [
        {"n": rng.randint(0, 12), "p": rng.randint(0, 12), "q": rng.randint(-12, 12)}
        for _ in range(many)
    ]


def operands(rng: random.Random) -> tuple[Any, Callable[[dict[str, int]], Fraction]]:
    """A written operand, a number among others, and its values."""
    kind = rng.random()
    if kind < 0.3:
        exact = Fraction(rng.randint(-6, 6), rng.choice([1, 1, 2, 3]))
        return number(exact), lambda at: exact
    tree = random_tree(rng, "npq", 2)
    made = built(tree, LETTERS)
    if kind < 0.6:
        return made, lambda at: Fraction(calculated(tree, at))
    scale = Fraction(rng.choice([-2, -1, 1, 2, 5]), rng.choice([1, 2, 3, 6]))
    return product(number(scale), made), lambda at: scale * calculated(tree, at)


TWO: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "sum_of": (sum_of, lambda a, b: a + b),
    "difference": (difference, lambda a, b: a - b),
    "product": (product, lambda a, b: a * b),
    "largest": (largest, max),
    "smallest": (smallest, min),
    "==": (lambda a, b: relation(Eq, a, b), lambda a, b: a == b),
    "!=": (lambda a, b: relation(Ne, a, b), lambda a, b: a != b),
    "<": (lambda a, b: relation(Lt, a, b), lambda a, b: a < b),
    "<=": (lambda a, b: relation(Le, a, b), lambda a, b: a <= b),
    ">": (lambda a, b: relation(Gt, a, b), lambda a, b: a > b),
    ">=": (lambda a, b: relation(Ge, a, b), lambda a, b: a >= b),
}
ONE: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "negative": (negative, lambda a: -a),
    "rounded_down": (rounded_down, math.floor),
    "rounded_up": (rounded_up, math.ceil),
    "absolute": (absolute, abs),
    "halved": (lambda a: quotient(a, Integer(2)), lambda a: a / 2),
    "by three halves": (lambda a: quotient(a, sympy.Rational(3, 2)), lambda a: a * Fraction(2, 3)),
    "modulo 6": (lambda a: remainder(a, Integer(6)), lambda a: a % 6),
    "squared": (lambda a: power(a, 2), lambda a: a**2),
    "to the power 1": (lambda a: power(a, 1), lambda a: a),
    "to the power 0": (lambda a: power(a, 0), lambda a: 1),
}


@pytest.mark.parametrize("name", TWO)
def test_two_operands(name: str) -> None:
    write, plain = TWO[name]
    rng = random.Random(name)
    for _ in range(150):
        (left, of_left), (right, of_right) = operands(rng), operands(rng)
        made = write(left, right)
        for at in points(rng):
            assert value(made, at) == plain(of_left(at), of_right(at)), f"{made} at {at}"


@pytest.mark.parametrize("name", ONE)
def test_one_operand(name: str) -> None:
    write, plain = ONE[name]
    rng = random.Random(name)
    for _ in range(150):
        operand, of_it = operands(rng)
        made = write(operand)
        for at in points(rng):
            assert value(made, at) == plain(of_it(at)), f"{made} at {at}"


def test_many_operands() -> None:
    rng = random.Random("many")
    for _ in range(100):
        many = [operands(rng) for _ in range(rng.randint(1, 5))]
        written, values = [a for a, _ in many], [v for _, v in many]
        made = [sum_of(*written), product(*written), largest(*written), smallest(*written)]
        for at in points(rng):
            numbers = [v(at) for v in values]
            wanted = [sum(numbers), math.prod(numbers), max(numbers), min(numbers)]
            assert [value(m, at) for m in made] == wanted, f"{made} at {at}"


def test_a_quotient_by_a_symbol() -> None:
    c = integers("c", positive=True)
    made = rounded_down(quotient(n, sum_of(c, Integer(2))))
    for a in range(12):
        for b in range(1, 6):
            assert value(made, {"n": a, "c": b}) == a // (b + 2)


def test_conditions() -> None:
    rng = random.Random("conditions")
    for _ in range(300):
        trees = [random_condition(rng, "npq", 2) for _ in range(rng.randint(0, 3))]
        written = [built(tree, LETTERS) for tree in trees]
        every, some = all_of(*written), any_of(*written)
        inverted = [negation(w) for w in written]
        branches = [(Integer(i), w) for i, w in enumerate(written)]
        chosen = choice(*branches, (Integer(9), sympy.true))
        for at in points(rng):
            holds = [bool(calculated(tree, at)) for tree in trees]
            assert bool(value(every, at)) == all(holds)
            assert bool(value(some, at)) == any(holds)
            assert [bool(value(i, at)) for i in inverted] == [not h for h in holds]
            first = next((i for i, h in enumerate(holds) if h), 9)
            assert value(chosen, at) == first, f"{chosen} at {at}"


def test_choices_by_conditions_that_hold_choices() -> None:
    inner = choice((n, relation(Gt, n, p)), (p, sympy.true))
    condition = relation(Ge, remainder(inner, Integer(6)), Integer(3))
    made = choice((Integer(1), condition), (negative(inner), sympy.true))
    for a in range(9):
        for b in range(9):
            larger = max(a, b)
            wanted = 1 if larger % 6 >= 3 else -larger
            assert value(made, {"n": a, "p": b}) == wanted


def test_what_is_written_stays() -> None:
    doubled = product(Integer(2), even)
    for made, text in [
        (remainder(largest(doubled, Integer(4)), Integer(6)), "Mod(Max(4, 2*e), 6)"),
        (rounded_down(quotient(largest(doubled, Integer(4)), Integer(6))), "floor(Max(4, 2*e)/6)"),
        (rounded_down(quotient(even, Integer(6))), "floor(e/6)"),
        (rounded_up(quotient(even, Integer(6))), "ceiling(e/6)"),
        (sum_of(n, negative(n)), "-n + n"),
        (sum_of(n, n, Integer(2), Integer(-2)), "n + n"),
        (product(n, n), "n*n"),
        (relation(Eq, n, n), "Eq(n, n)"),
        (relation(Lt, n, n), "n < n"),
        (largest(n, n, p), "Max(n, p)"),
        (absolute(product(Integer(-2), n)), "Abs(-2*n)"),
        (
            remainder(product(Integer(2), remainder(p, Integer(3))), Integer(6)),
            "Mod(2*(Mod(p, 3)), 6)",
        ),
    ]:
        assert str(made) == text


def test_numbers_are_calculated_with() -> None:
    assert number(Fraction(6, 4)) == sympy.Rational(3, 2)
    assert sum_of(Integer(2), Integer(3)) == 5
    assert sum_of() == 0
    assert product() == 1
    assert product(Integer(0), n) == 0
    assert product(Integer(2), quotient(n, Integer(2))) == n
    assert power(Integer(3), 4) == 81
    assert relation(Lt, Integer(1), Integer(2)) is sympy.true
    assert relation(Lt, Integer(2), Integer(2)) is sympy.false
    assert all_of() is sympy.true
    assert any_of() is sympy.false
    assert negation(negation(relation(Eq, n, p))) == relation(Eq, n, p)


def test_conditions_that_are_decided() -> None:
    open_ = relation(Eq, n, p)
    assert all_of(open_, sympy.true) == open_
    assert all_of(open_, sympy.false) is sympy.false
    assert any_of(open_, sympy.false) == open_
    assert any_of(open_, sympy.true) is sympy.true
    assert all_of(open_, open_) == open_
    assert len(all_of(open_, all_of(relation(Ge, n, p), open_)).args) == 2


# --- replacing -------------------------------------------------------------------------


def written(tree: Tree) -> Any:
    """The tree by the functions of the module."""
    if not tree.operands:
        return LETTERS[tree.operator] if tree.operator else Integer(tree.number)
    parts: Any = list(map(written, tree.operands))
    first, k = parts[0], Integer(tree.number)
    return {
        "add": lambda: sum_of(*parts),
        "subtract": lambda: difference(*parts),
        "multiply": lambda: product(*parts),
        "scale": lambda: product(k, *parts),
        "negate": lambda: negative(*parts),
        "square": lambda: power(first, 2),
        "quotient": lambda: rounded_down(quotient(first, k)),
        "remainder": lambda: remainder(first, k),
        "floor": lambda: rounded_down(quotient(first, k)),
        "ceil": lambda: rounded_up(quotient(first, k)),
        "max": lambda: largest(*parts),
        "min": lambda: smallest(*parts),
        "max_0": lambda: largest(*parts, Integer(0)),
        "abs": lambda: absolute(*parts),
        ">=": lambda: relation(Ge, *parts),
        "<": lambda: relation(Lt, *parts),
        "==": lambda: relation(Eq, *parts),
        "!=": lambda: relation(Ne, *parts),
        "and": lambda: all_of(*parts),
        "or": lambda: any_of(*parts),
        "not": lambda: negation(*parts),
    }[tree.operator]()


@pytest.mark.parametrize("first", range(0, 1200, 400))
def test_random_trees_keep_their_values(first: int) -> None:
    for seed in range(first, first + 400):
        rng = random.Random(seed)
        is_condition = seed % 4 == 0
        tree = (
            random_condition(rng, "npq", 3)
            if is_condition
            else random_tree(rng, "npq", 4, products=seed % 3 == 0)
        )
        made = written(tree)
        other = {n: difference(p, number(3)), q: product(Integer(2), q)}
        moved = spelled_with(made, other)
        fixed = spelled_with(made, {n: Integer(4)})
        same = rebuilt(made, made.args) if made.args else made
        for at in points(rng):
            expected = calculated(tree, at)
            assert value(made, at) == expected, f"{made} at {at}"
            assert value(same, at) == expected, f"{same} at {at}"
            elsewhere = {**at, "n": at["p"] - 3, "q": 2 * at["q"]}
            assert value(moved, at) == calculated(tree, elsewhere), f"{moved} at {at}"
            assert value(fixed, at) == calculated(tree, {**at, "n": 4}), f"{fixed} at {at}"
        assert n not in fixed.free_symbols
        assert spelled_with(made, {}) is made
        assert spelled_with(made, {Symbol("absent"): n}) is made


def test_all_symbols_by_numbers_is_a_number() -> None:
    for seed in range(300):
        rng = random.Random(seed)
        tree = random_tree(rng, "npq", 4, products=seed % 3 == 0)
        (at,) = points(rng, 1)
        fixed = spelled_with(written(tree), {s: Integer(at[name]) for name, s in LETTERS.items()})
        assert fixed == calculated(tree, at)
        condition = random_condition(rng, "npq", 3)
        decided = spelled_with(
            written(condition), {s: Integer(at[name]) for name, s in LETTERS.items()}
        )
        assert decided is (sympy.true if calculated(condition, at) else sympy.false)


def test_parts_are_replaced_too() -> None:
    part = remainder(n, Integer(3))
    whole = sum_of(part, quotient(part, Integer(2)))
    replaced = spelled_with(whole, {part: Integer(2)})
    assert replaced == 3


def test_what_is_replaced_by_its_equal_stays_as_it_is() -> None:
    one, other = integers("c"), integers("c")
    whole = Eq(integers("l"), 3 * one - 3)
    assert one is not other
    assert spelled_with(whole, {one: other}) is whole

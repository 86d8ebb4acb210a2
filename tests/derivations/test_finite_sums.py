"""Sums to infinity, made finite: against sums over a window that is written down."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
import sympy
from sympy import Eq, Expr, Max, Min, Mod, Piecewise, Sum, Symbol, ceiling, floor, oo, symbols

from symconv import Signal, SymconvError, integers
from symconv.derivations.finite_sums import InfiniteSumError, made_finite
from tests.oracles import formulas as oracle

n, c = symbols("n c", integer=True, positive=True)
u, i, j, m, t = symbols("u i j m t", integer=True)
x, k = Signal("x", n), Signal("k", c)

POINTS = [
    {"n": 1, "c": 1, "u": 0},
    {"n": 3, "c": 1, "u": 2},
    {"n": 2, "c": 3, "u": -1},
    {"n": 3, "c": 2, "u": 3},
    {"n": 1, "c": 3, "u": 1},
]
MORE = [*POINTS, *({"n": 4, "c": 4, "u": v} for v in (-2, -1, 0, 1, 2))]
WINDOW = 40  # n, c, u ≤ 3 and small coefficients: where all entries lie inside, so do the indices


def windowed(formula: Any, size: int) -> Any:
    """The formula with −size … size in place of all integers."""
    if not formula.args or not formula.has(oo, -oo):
        return formula
    if not isinstance(formula, Sum):
        return formula.func(*(windowed(a, size) for a in formula.args))
    limits = [
        (symbol, -size if lower == -oo else lower, size if upper == oo else upper)
        for symbol, lower, upper in formula.limits
    ]
    return Sum(windowed(formula.function, size), *limits)


def check(formula: Expr, size: int = WINDOW) -> Expr:
    """Compare a formula made finite with the one over a window."""
    finite = made_finite(formula)
    assert not finite.has(oo, -oo)
    symbols_before = {s.name for s in oracle.symbols_in([formula])}
    assert {s.name for s in oracle.symbols_in([finite])} <= symbols_before, finite
    for at in POINTS:
        wanted = oracle.value(windowed(formula, size), at, oracle.random_entry)
        assert oracle.value(finite, at, oracle.random_entry) == wanted, f"{finite} at {at}"
    return finite


@pytest.mark.parametrize(
    ("formula", "ends"),
    [
        (Sum(x[m] * k[u - m], (m, -oo, oo)), (0, n - 1)),
        (Sum(x[u - m] * k[m], (m, -oo, oo)), (0, c - 1)),
        (Sum(x[u - m], (m, -oo, oo)), (u - n + 1, u)),
        (Sum(x[m], (m, -oo, u)), (0, u)),
        (Sum(x[m], (m, u, oo)), (u, n - 1)),
        (Sum(x[m], (m, -c / 2, u / 3)), (ceiling(-c / 2), floor(u / 3))),
        (Sum(x[2 * m + 1], (m, -oo, oo)), (0, floor(n / 2) - 1)),
        (Sum(x[m] ** 2, (m, -oo, oo)), (0, n - 1)),
        (Sum(x[m] + k[m], (m, -oo, oo)), (0, Max(c - 1, n - 1))),
        (Sum(x[m] - 2 * k[m - 1], (m, -oo, oo)), (Min(0, 1), Max(c, n - 1))),
    ],
    ids=str,
)
def test_ranges(formula: Expr, ends: tuple[Any, Any]) -> None:
    finite = check(formula)
    ((symbol, lower, upper),) = finite.limits
    assert symbol == m
    assert (lower, sympy.simplify(upper - ends[1])) == (ends[0], 0)


def only_even(term: Expr) -> Expr:
    return Piecewise((term, Eq(Mod(m, 2), 0)), (0, True))


half = x[m].base[m / 2]


@pytest.mark.parametrize(
    "formula",
    [
        u + 3 * Sum(x[m], (m, -oo, oo)) ** 2,
        Sum(only_even(x[m] * k[u - m]), (m, -oo, oo)),
        Sum(half * k[u - m], (m, -oo, oo)),
        Piecewise((Sum(x[m] * k[u - m], (m, -oo, oo)), u > 1), (Sum(x[m], (m, -oo, oo)), True)),
        Sum(only_even(x[m] * Sum(k[i - m], (i, -oo, oo))), (m, -oo, oo)),
        Sum(half, (m, -oo, oo)),
        Sum(x[m] * (k[u - m] + k[0]), (m, -oo, oo)),
        # an index that is summed within has the same name elsewhere
        Sum(Sum(k[j] * x[m - j], (j, 0, 1)) + 2 * Sum(k[j] * x[m - j], (j, -2, 5)), (m, -oo, oo)),
        Sum(k[j] * Sum(x[m - 3 * j] * Sum(k[j], (j, 0, 1)), (m, -oo, oo)), (j, 0, c - 1)),
        Sum(x[4 * u + 2 * m - 3] * Sum(k[m], (m, 0, c - 1)), (m, -oo, oo)),
        Sum(x[4 * u + 2 * m - 3] * Sum(k[m], (m, -oo, oo)), (m, -oo, oo)),
        Sum(x[m - i - j] * k[j], (j, 0, c), (i, 3 * j, 3 * j + 1), (j, -1, 1), (m, -oo, oo)),
        Sum(k[j] * x[m - i - j], (j, -oo, oo), (i, 2 * j, 4), (j, 0, 1), (m, -oo, oo)),
        Sum(
            k[j] * Sum(k[i] * Sum(x[m - i - j] * k[j], (j, 1, 2)), (i, j, j + 1)),
            (j, 0, 1),
            (m, -oo, oo),
        ),
        # the ends of one sum have the index of another
        Sum(x[u - m - i], (i, m, m + 1), (m, -oo, oo)),
        Sum(x[m - i] * k[u], (i, 0, c), (m, -oo, oo)),
        Sum(x[m + i], (i, 0, m), (m, 0, oo)),
        Sum(x[m] * Sum(k[i], (i, -oo, m)), (m, -oo, oo)),
        # neither index has a range without the other
        Sum(x[u - i - m] * k[i - m], (i, -oo, oo), (m, -oo, oo)),
        Sum(x[u - i - m] * k[i - m], (m, -oo, oo), (i, -oo, oo)),
        Sum(Sum(x[u - i - m] * k[i - 2 * m], (i, -oo, oo)), (m, -oo, oo)),
        Sum(Sum(x[2 * i - m] * k[u + i + m], (i, -oo, oo)), (m, -oo, oo)),
        # an end that is rounded
        Sum(x[m - i] * k[m + 2 * i], (i, -oo, oo), (m, -oo, oo)),
        Sum(k[j] * Sum(k[j + 2 * i] * x[m - i], (i, -oo, oo)), (j, 0, c - 1), (m, -oo, oo)),
        Sum(x[u] * x[floor(m / 2)], (m, -oo, oo)),
        Sum(x[u] * x[2 * m - floor(m / 2)], (m, -oo, oo)),
        Sum(k[j] * x[m + floor(j / 2)], (j, 0, c - 1), (m, -oo, oo)),
        Sum(k[j] * x[2 * ceiling(j / 2) - m], (j, -1, c + 1), (m, -oo, oo)),
        Sum(x[m + i] * k[i], (i, floor(c / 2), ceiling(c / 2)), (m, -oo, oo)),
    ],
    ids=str,
)
def test_values(formula: Expr) -> None:
    check(formula)


def test_what_is_finite_stays() -> None:
    for formula in (x[u], sympy.Integer(3), Sum(x[m], (m, 0, c - 1)), Sum(x[m], (m, 0, 2)) * u):
        assert made_finite(formula) == formula


@pytest.mark.parametrize(
    ("formula", "index"),
    [
        (Sum(x[u], (m, -oo, oo)), m),
        (Sum(x[m] + 1, (m, -oo, oo)), m),
        (Sum(x[m] + x[u], (m, 0, oo)), m),
        (Sum(x[m - i], (m, -oo, oo), (i, -oo, oo)), i),
        (Sum(x[m - i], (i, -oo, oo), (m, -oo, oo)), m),
        (Sum(x[m] * k[m], (m, 0, 3), (m, -oo, oo)), m),
        (Sum(Sum(x[m], (m, 0, 3)), (m, -oo, oo)), m),
        (Sum(x[m] * Sum(k[u], (i, -oo, oo)), (m, -oo, oo)), i),
        (Sum(only_even(x[u]), (m, -oo, oo)), m),
    ],
    ids=str,
)
def test_infinitely_many_terms(formula: Expr, index: Symbol) -> None:
    with pytest.raises(InfiniteSumError, match=f"integers {index} has infinitely") as raised:
        made_finite(formula)
    assert raised.value.index == index


@pytest.mark.parametrize(
    "formula",
    [
        # these are finite, for reasons beyond ours
        Sum(Piecewise((x[2], Eq(m, 2)), (0, True)), (m, -oo, oo)),
        Sum(x[u] * x[Max(m, -m)], (m, -oo, oo)),
        Sum(x[c * m], (m, -oo, oo)),
        Sum(k[j] * x[m + Max(j, u)], (j, 0, c - 1), (m, -oo, oo)),
        Sum(x[u], (i, m, 3), (m, 0, oo)),
    ],
    ids=str,
)
def test_no_range_found(formula: Expr) -> None:
    with pytest.raises(SymconvError, match="no finite range of m was found") as raised:
        made_finite(formula)
    assert not isinstance(raised.value, InfiniteSumError)


def random_sum(rng: random.Random) -> Expr:
    """One or two sums to infinity, and perhaps a finite one, of two or three entries."""
    indices = rng.sample([i, j, m], rng.choice([1, 1, 2, 3]))
    infinite = rng.sample(indices, min(len(indices), rng.choice([1, 1, 2])))

    def entry(among: list[Symbol]) -> Expr:
        chosen = rng.sample(among, min(len(among), rng.choice([1, 2, 2, 3])))
        position = sum(rng.choice([1, 1, -1, -1, 2, -2]) * s for s in chosen)
        return rng.choice([x, k])[position + rng.choice([0, 0, 1, -2])]

    term = entry([u, *indices]) * entry([u, *indices])
    if rng.random() < 0.3:
        term = term * (entry([u, *indices]) + entry([u, *indices]))
    for place, index in enumerate(indices, start=1):
        ends: tuple[Any, Any] = rng.choice([(0, 2), (0, c - 1), (-c / 2, u)])
        if rng.random() < 0.3 and place < len(indices):
            ends = indices[place], indices[place] + 2
        if index in infinite:
            ends = rng.choice([(-oo, oo), (-oo, oo), (-oo, oo), (0, oo), (-oo, u)])
        term = Sum(term, (index, *ends))
        if rng.random() < 0.3:
            term = term * entry([u, *indices[place:]])
    return term


@pytest.mark.parametrize("first", range(0, 120, 40))
def test_random_sums(first: int) -> None:
    kinds: Counter[str] = Counter()
    for seed in range(first, first + 40):
        formula = random_sum(random.Random(seed))
        try:
            check(formula)
            kinds["finite"] += 1
        except InfiniteSumError:
            # Among entries that are all 1, a larger window sees more of them, or none anywhere.
            small, large = (
                [oracle.value(windowed(formula, w), at, lambda name, p: 1) for at in MORE]
                for w in (WINDOW, WINDOW + 8)
            )
            assert small != large or not any(large), formula
            kinds["infinite"] += 1
        except SymconvError:
            kinds["not found"] += 1
    assert kinds["finite"] > 18, kinds
    assert kinds["infinite"] > 3, kinds
    assert kinds["not found"] < 6, kinds


def spread(levels: int) -> Expr:
    """Sums in each other, each over an index that two entries of the outer term have."""
    outer = symbols(f"m:{levels}", integer=True)
    term: Expr = x[outer[0]]
    for inner, index in pairwise(outer):
        term = Sum(term * (k[index - inner] + k[index + 3 * inner]), (inner, -oo, oo))
    return Sum(term, (outer[-1], -oo, oo))


def test_a_range_that_only_another_sum_gives() -> None:
    check(spread(3), 24)
    assert not made_finite(spread(4)).has(oo)


def test_a_sum_is_not_called_endless_for_want_of_a_range() -> None:
    most = [x[a * m + a * u] for a in range(1, 60)]
    deep: Expr = x[u]
    for symbol in symbols("w:120", integer=True):
        deep = Sum(k[symbol] * deep, (symbol, 0, 1))
    for formula, message in (
        (spread(8), "is too long; write the ends of the sum"),
        (Sum(sympy.Add(*most), (m, -oo, oo)), "has too many ends"),
        (deep, "100 levels deep at most"),
    ):
        with pytest.raises(SymconvError, match=message) as error:
            made_finite(formula)
        assert not isinstance(error.value, InfiniteSumError)


def test_many_ends_that_differ_by_numbers() -> None:
    formula = Sum(sympy.Add(*(x[m + a] for a in range(200))), (m, -oo, oo))
    (_, lower, upper) = made_finite(formula).limits[0]
    assert (lower, upper) == (-199, n - 1)


def test_ends_that_are_integers_are_not_rounded() -> None:
    n, c = integers("n c", positive=True)
    u, m = integers("u m")
    x, k = Signal("x", n), Signal("k", c)
    for term, *ends in [
        (x[m], 0, n - 1),
        (k[u - m], u - c + 1, u),
        (k[u - 2 * m], ceiling((u - c + 1) / 2), floor(u / 2)),
    ]:
        assert made_finite(Sum(term, (m, -oo, oo))).limits == ((m, *ends),)
    for low, high in [(-c, n * c), (floor(c / 2), Max(n, c)), (-c / 2, n + c / 2)]:
        wanted = (low, high) if low != -c / 2 else (ceiling(low), floor(high))
        assert made_finite(Sum(x[m], (m, low, high))).limits == ((m, *wanted),)

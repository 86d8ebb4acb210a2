"""Powers with symbols for exponents: proofs, counterexamples, and what is no power."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from sympy import Eq, Expr, Max, Mod, ceiling, floor

from symconv import (
    Proved,
    Refuted,
    Signal,
    SymconvError,
    Unknown,
    integers,
    receptive_field,
    repeat,
)
from symconv.exercises import check
from symconv.exercises.powers import decided

n, c, s, L, M = integers("n c s L M", positive=True)
N = integers("N", nonnegative=True)
m = integers("m")


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (2**L, 2 * 2 ** (L - 1)),
        (4**L - 1, (2**L - 1) * (2**L + 1)),
        (6**L * c, 2**L * 3**L * c),
        (s ** (L + 1), s * s**L),
        (2 ** (L + M), 2**L * 2**M),
        (floor((n + 2**L - 1) / 2**L), ceiling(n / 2**L)),
        (Max(0, n - (2**L - 1) * (c - 1)), Max(0, n + c - 1 + 2**L - c * 2**L)),
        (Mod(n, 2**L), n - 2**L * floor(n / 2**L)),
        (2**N * L, L * 2**N),
    ],
    ids=str,
)
def test_what_is_equal_is_proved_and_one_more_is_refuted(lhs: Expr, rhs: Expr) -> None:
    assert isinstance(decided(lhs, rhs)[1], Proved)
    verdict = decided(lhs, rhs + 1)[1]
    assert isinstance(verdict, Refuted)
    found = verdict.counterexample
    at = {
        symbol: found.lengths.get(symbol.name, 1) for symbol in lhs.free_symbols | rhs.free_symbols
    }
    assert lhs.subs(at) == found.lhs
    assert rhs.subs(at) + 1 == found.rhs


def _first(lhs: Expr, rhs: Expr, symbol: Expr) -> int:
    start = 0 if symbol == N else 1
    return next(v for v in range(start, 9) if lhs.subs(symbol, v) != rhs.subs(symbol, v))


@pytest.mark.parametrize(
    ("lhs", "rhs", "symbol"),
    [
        (2**L, 2 * L, L),  # equal at 1 and 2
        (2**L, L + 1, L),
        (2**N, N + 1, N),  # equal at 0 and 1
        (2**N, Max(2, 2**N), N),  # differs at 0 alone
        (3**L, 3 + 6 * (L - 1), L),
        (2**L * (L - 1) * (L - 2), 0 * L, L),
    ],
    ids=str,
)
def test_the_first_exponent_that_differs_is_told(lhs: Expr, rhs: Expr, symbol: Any) -> None:
    verdict = decided(lhs, rhs)[1]
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {symbol.name: _first(lhs, rhs, symbol)}


def test_hypotheses_hold_for_the_exponents_too() -> None:
    assert isinstance(decided(2**L, 2 * L, [L <= 2])[1], Unknown)  # true, and not proved
    assert isinstance(decided(2**L, 2 * L, [L >= 3])[1], Refuted)
    divides = Eq(Mod(n, 2**L), 0)
    assert isinstance(decided(floor(n / 2**L), ceiling(n / 2**L), [divides])[1], Proved)
    assert isinstance(decided(floor(n / 2**L), ceiling(n / 2**L))[1], Refuted)


def test_the_receptive_field_of_layers_as_an_exercise(capsys: pytest.CaptureFixture[str]) -> None:
    x, k = Signal("x", n), Signal("k", c)
    field = receptive_field(repeat(lambda t: t.correlate(k, stride=2), L)(x)).size
    for layers, taps in product(range(1, 5), range(1, 4)):  # by going back layer by layer
        size = 1
        for _ in range(layers):
            size = 2 * (size - 1) + taps
        assert field.subs({L: layers, c: taps}) == size
    check((2**L - 1) * (c - 1) + 1, field)
    assert capsys.readouterr().out == "Right: proved for all lengths.\n"
    with pytest.raises(SymconvError, match="At L = 2, c = 2 your answer gives 3 instead of 4"):
        check(L * (c - 1) + 1, field)


@pytest.mark.parametrize(
    ("power", "message"),
    [
        (2**m, "of an integer L that is not negative"),
        (2 ** (L * M), "should be such as L"),
        (2 ** (2**L), "should be such as L"),
        (2 ** (L**2), "should be such as L"),
        ((-2) ** L, "should be 2 or more"),
        (m**L, "or a positive symbol"),
        ((c + 1) ** L, "or a positive symbol"),
    ],
    ids=str,
)
def test_other_powers_are_refused(power: Expr, message: str) -> None:
    with pytest.raises(SymconvError, match=message):
        decided(power, power + 0 * c + 1)

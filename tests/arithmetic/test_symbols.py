"""Integer symbols: their signs, what SymPy knows of them, and that they behave as symbols."""

from __future__ import annotations

import copy
import pickle
from itertools import product
from typing import Any

import pytest
import sympy
from sympy import Max, Mod, Symbol, floor

from symconv import Claim, Refuted, Signal, SymconvError, integers
from symconv.arithmetic.plain_bounds import bounds, is_at_least, positive_signs
from symconv.arithmetic.polynomials import Every, Polynomial, Some, at_least, equal
from symconv.arithmetic.polynomials import floor as floor_of
from symconv.arithmetic.symbols import IntegerSymbol, Sign, is_integer, sign_of
from symconv.arithmetic.to_sympy import condition_expression
from symconv.language.assignments import allows
from tests.oracles.brute_force import values_of

SIGNS: dict[str, Any] = {
    "": lambda v: True,
    "positive": lambda v: v > 0,
    "nonnegative": lambda v: v >= 0,
    "negative": lambda v: v < 0,
    "nonpositive": lambda v: v <= 0,
    "nonzero": lambda v: v != 0,
}
WINDOW = range(-6, 7)
PAIRS = list(product(SIGNS, repeat=2))


def declared(names: str, sign: str) -> Any:
    return integers(names, **{sign: True}) if sign else integers(names)


@pytest.mark.parametrize("sign", SIGNS)
def test_signs_say_which_values_are_allowed(sign: str) -> None:
    symbol = declared("v", sign)
    foreign = Symbol("v", integer=True, **({sign: True} if sign else {}))
    wanted = [v for v in WINDOW if SIGNS[sign](v)]
    for one in (symbol, foreign):
        known = sign_of(one)
        assert [v for v in WINDOW if known.allows(v)] == wanted
        assert [v for v in WINDOW if allows(one, v)] == wanted
        assert list(values_of(one, 6)) == wanted
        assert is_integer(one)
        assert known.least == (wanted[0] if wanted[0] > WINDOW[0] else None)
        assert known.largest == (wanted[-1] if wanted[-1] < WINDOW[-1] else None)
        assert abs(known.nearest) == min(map(abs, wanted))
        assert known.allows(known.nearest) or sign == "negative"
        low, high = bounds(one)
        assert all(low is None or low <= v for v in wanted)
        assert all(high is None or high >= v for v in wanted)


@pytest.mark.parametrize("sign", SIGNS)
def test_the_value_nearest_to_0_is_allowed(sign: str) -> None:
    assert SIGNS[sign](sign_of(declared("v", sign)).nearest)


@pytest.mark.parametrize("first", SIGNS)
@pytest.mark.parametrize("second", SIGNS)
def test_two_signs_are_both_known(first: str, second: str) -> None:
    said = {name: True for name in (first, second) if name}
    wanted = [v for v in WINDOW if SIGNS[first](v) and SIGNS[second](v)]
    if wanted:
        assert list(values_of(integers("v", **said), 6)) == wanted
    else:
        with pytest.raises(SymconvError, match=r"^no integer has all of these signs"):
            integers("v", **said)


@pytest.mark.parametrize("names", [3, None, ["n"], b"n"])
def test_names_are_text(names: Any) -> None:
    with pytest.raises(SymconvError, match=r"^expected names such as 'n c', got"):
        integers(names)


def test_names_are_those_of_sympy() -> None:
    assert [s.name for s in integers("n c")] == ["n", "c"]
    assert [s.name for s in integers("n, c")] == ["n", "c"]
    assert [s.name for s in integers("n:3")] == ["n0", "n1", "n2"]
    assert integers("n,") == (integers("n"),)
    assert isinstance(integers("n"), IntegerSymbol)


def test_sympy_knows_nothing_of_them() -> None:
    for sign in SIGNS:
        symbol = declared("v", sign)
        assert symbol.is_integer is None
        assert symbol.is_real is None
        assert symbol.is_positive is None
        assert symbol.is_even is None
        assert symbol.is_zero is None
        assert symbol.is_commutative
        assert str(floor(symbol / 6) * 6) == "6*floor(v/6)"
        assert str(Mod(Max(2 * symbol, 4), 6)) == "Mod(Max(4, 2*v), 6)"
        assert floor(symbol) != symbol


def test_equal_names_and_signs_are_equal_symbols() -> None:
    for first, second in product(SIGNS, repeat=2):
        one, other = declared("v", first), declared("v", second)
        assert (one == other) == (first == second)
        assert (hash(one) == hash(other)) or first != second
        assert one != declared("w", first)
        assert one != Symbol("v")
        assert one != Symbol("v", integer=True)


@pytest.mark.parametrize("sign", SIGNS)
def test_copies_are_the_same_symbol(sign: str) -> None:
    symbol = declared("v", sign)
    for made in (copy.copy(symbol), copy.deepcopy(symbol), pickle.loads(pickle.dumps(symbol))):
        assert made == symbol
        assert made.sign == symbol.sign
        assert isinstance(made, IntegerSymbol)
    expression = floor(symbol / 3) + Mod(symbol, 3)
    assert pickle.loads(pickle.dumps(expression)) == expression


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_symbols_of_one_name_can_be_sorted_and_combined(first: str, second: str) -> None:
    # SymPy compares what it sorts, also symbols of one name.
    one, other = declared("v", first), declared("v", second)
    total = one + other + 2 * one
    assert total == (3 * one + other if first != second else 4 * one)
    assert one * other == other * one
    assert one.compare(other) == -other.compare(one)
    assert (one.compare(other) == 0) == (first == second)
    assert Max(2 * one, 3 * other) == Max(3 * other, 2 * one)
    assert sorted([one, other], key=sympy.default_sort_key) is not None
    mixed = one + Symbol("v", integer=True) + Symbol("v")
    assert len(mixed.args) == 3
    assert str(sympy.floor(one / 2) + sympy.floor(other / 2)).count("v") >= 1


@pytest.mark.parametrize(("first", "second"), [p for p in PAIRS if p[0] != p[1]])
def test_symbols_of_one_name_and_two_signs_clash_in_a_claim(first: str, second: str) -> None:
    one, other = declared("v", first), declared("v", second)
    with pytest.raises(SymconvError, match="two symbols are named 'v' but have different"):
        Claim(one + other, one)
    with pytest.raises(SymconvError, match="two symbols are named 'v' but have different"):
        Claim(one, other)


def test_symbols_made_twice_are_one() -> None:
    x = Signal("x", integers("n", positive=True))
    assert x is Signal("x", integers("n", positive=True))
    padded = x.pad(integers("n", positive=True), 0)
    assert padded is x.pad(integers("n", positive=True), 0)
    claim = Claim(padded, x, given=[integers("n", positive=True) >= 2])
    assert len(claim.symbols) == 1
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"n": 2}


def test_replacing_a_symbol() -> None:
    n, m = integers("n m", positive=True)
    expression = floor(n / 2) + Mod(Max(2 * n, 4), 6)
    for number in range(1, 9):
        expected = number // 2 + max(2 * number, 4) % 6
        assert expression.subs(n, number) == expected
        assert expression.xreplace({n: sympy.Integer(number)}) == expected
        assert expression.subs(n, m).subs(m, number) == expected
    assert expression.subs(integers("n"), 3) == expression  # another symbol


def test_signs_are_values() -> None:
    assert Sign() == Sign(True, True, True)
    assert len({Sign(*said) for said in product([True, False], repeat=3)}) == 8
    for said in product([True, False], repeat=3):
        sign = Sign(*said)
        assert [sign.allows(v) for v in (-5, 0, 5)] == list(said)


def test_sums_are_printed_by_the_names_of_their_symbols() -> None:
    i, u = Symbol("i", integer=True), integers("u")
    assert str(2 * u + i) == str(2 * Symbol("u", integer=True) + i) == "i + 2*u"
    assert str(2 * i + u) == "2*i + u"


@pytest.mark.parametrize("sign", ["", "positive"])
def test_conditions_leave_out_what_the_signs_show(sign: str) -> None:
    c, n = Polynomial.of("c"), Polynomial.of("n")
    foreign = sympy.symbols("c n", integer=True, **({sign: True} if sign else {}))
    for known in (declared("c n", sign), foreign):
        names = dict(zip("cn", known, strict=True))

        def read(*parts: Any, names: Any = names) -> str:
            return str(condition_expression(Every(parts), names))

        comparison = at_least(n, 2 * c)
        assert read(comparison, at_least(c, 1)) == ("n >= 2*c" if sign else "(c >= 1) & (n >= 2*c)")
        assert read(comparison, at_least(-c, 0)) == ("False" if sign else "(c <= 0) & (n >= 2*c)")
        assert read(comparison, equal(c + n, 1)) == (
            "False" if sign else "Eq(c + n, 1) & (n >= 2*c)"
        )
        either = condition_expression(Some((comparison, at_least(c + n, 2))), names)
        assert str(either) == ("True" if sign else "(n >= 2*c) | (c + n >= 2)")
        residue = 3 * c + 4 * n + 5 - 4 * floor_of(3 * c + 4 * n + 5, 4)
        assert read(equal(residue, 0)) == "Eq(Mod(3*c, 4), 3)"


def test_a_formula_that_is_handed_out_may_be_simplified() -> None:
    n, c = integers("n c", positive=True)
    t = integers("t")
    rounded = Signal.from_formula(t, Signal("x", n)[6 * floor(Max(2 * t, 4) / 6)], length=n)
    formula = rounded.correlate(Signal("k", c)).formula(0)  # its summation index is ours
    simplified = sympy.simplify(formula)
    claim = Claim(
        Signal.from_formula(t, simplified, length=1), Signal.from_formula(t, formula, length=1)
    )
    assert claim.prove()


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_quotients_of_one_divisor_differ_by_numbers(d: int) -> None:
    """⌊(n + a)/d⌋ − ⌊(n + b)/d⌋ is the same number for all n where d divides a − b."""
    n = Polynomial.of("n")
    for a, b, least in product(range(-6, 4), range(-6, 4), range(-4, 4)):
        difference = floor_of(n + a, d) - floor_of(n + b, d)
        values = [(at + a) // d - (at + b) // d for at in range(1, 2 * d + 1)]
        says = is_at_least(difference, least, positive_signs({"n"}))
        if (a - b) % d == 0:
            assert says == (values[0] >= least)
        else:
            assert not says or min(values) >= least

"""Functions of each entry at fixed sizes, against their definitions and PyTorch."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from sympy import Integer, Rational, Symbol

from symconv import Claim, Pointwise, Signal, SymconvError, Tensor, concatenate, integers, maximum
from tests.generators.network_nodes import AT_ZERO, EXACT_FUNCTIONS, KNOWN, value_of
from tests.oracles import layers_by_torch

SLOPES = (Fraction(1, 10), Fraction(0), Fraction(1), Fraction(-1, 2), Fraction(3))
ROW = (0, 1, -1, 3, -3, 6, 7, -7, 2, 30, -30)
FRACTIONS = (Fraction(1, 2), Fraction(-7, 3), Fraction(13, 2), Fraction(-1, 100))

X = Signal("x", len(ROW))


def applied(x: Any, name: str, slope: Fraction = Fraction(1, 100)) -> Any:
    """The method of a tensor of that name."""
    return getattr(x, name)(*([slope] if name == "leaky_relu" else []))


EACH = [(name, Fraction(1, 100)) for name in KNOWN] + [("leaky_relu", s) for s in SLOPES]
each = pytest.mark.parametrize(("name", "slope"), EACH, ids=[f"{n} {s}" for n, s in EACH])


def are_close(value: Any, expected: Any) -> bool:
    """Whether what SymPy wrote is a number, up to the precision of a float."""
    return math.isclose(float(sympy.N(value, 30)), float(expected), rel_tol=1e-12, abs_tol=1e-13)


@each
def test_integers(name: str, slope: Fraction) -> None:
    found = applied(X, name, slope).evaluate(x=ROW)
    for value, entry in zip(found, ROW, strict=True):
        expected = value_of(name, slope, entry)
        if name in EXACT_FUNCTIONS:
            assert isinstance(value, int | Fraction)
            assert value == expected
        else:  # as SymPy writes it
            assert are_close(value, expected)


@each
def test_fractions(name: str, slope: Fraction) -> None:
    x = Signal("x", len(FRACTIONS))
    for value, entry in zip(applied(x, name, slope).evaluate(x=FRACTIONS), FRACTIONS, strict=True):
        expected = value_of(name, slope, entry)
        assert value == expected if name in EXACT_FUNCTIONS else math.isclose(value, expected)


@each
def test_floats(name: str, slope: Fraction) -> None:
    row = [float(v) + 0.25 for v in ROW]
    found = applied(X, name, slope).evaluate(x=row)
    for value, entry in zip(found, row, strict=True):
        assert isinstance(value, float)
        expected = float(value_of(name, slope, mpmath.mpf(entry)))
        assert math.isclose(value, expected, rel_tol=1e-9, abs_tol=1e-12)


@each
def test_pytorch(name: str, slope: Fraction) -> None:
    rng = random.Random(name)
    row = [rng.uniform(-9, 9) for _ in ROW] if name not in EXACT_FUNCTIONS else list(ROW)
    ours = applied(X, name, slope).evaluate(x=row)
    theirs = layers_by_torch.function(
        np.array(row), name, *([float(slope)] if name == "leaky_relu" else [])
    )
    assert np.allclose(np.array(ours, dtype=float), theirs, rtol=1e-12, atol=1e-14)


@each
def test_symbols(name: str, slope: Fraction) -> None:
    v = Symbol("v", real=True)
    (found,) = applied(Signal("x", 1), name, slope).evaluate(x=[v])
    for entry in (*ROW, *FRACTIONS):
        at = found.subs(v, Rational(Fraction(entry).numerator, Fraction(entry).denominator))
        expected = value_of(name, slope, entry)
        assert are_close(at, expected)


@pytest.mark.parametrize("name", KNOWN)
def test_at_zero(name: str) -> None:
    """Of an integer, of a float and of zeros that were put beside floats."""
    assert applied(Signal("x", 1), name).evaluate(x=[0]) == [AT_ZERO[name]]
    found = applied(Signal("x", 1).pad(1, 0), name).evaluate(x=[0.5])
    assert found[0] == float(AT_ZERO[name])
    assert all(isinstance(value, int | float) for value in found)


def test_large_floats() -> None:
    x = Signal("x", 2)
    for name, expected in (
        ("sigmoid", [0, 1]),
        ("tanh", [-1, 1]),
        ("silu", [0, 1e3]),
        ("gelu", [0, 1e3]),
        ("exp", [0, math.inf]),
    ):
        found = applied(x, name).evaluate(x=[-1e3, 1e3])
        assert found == pytest.approx(expected, abs=1e-9)


def test_several_axes() -> None:
    x = Tensor("x", (2, 3))
    assert x.relu().evaluate(x=[[1, -2, 3], [0, -1, 4]]).tolist() == [[1, 0, 3], [0, 0, 4]]
    h, w = integers("h w", positive=True)
    assert Tensor("x", (h, w)).gelu().shape == (h, w)
    assert Tensor("x", (2, 0)).sigmoid().evaluate(x=np.zeros((2, 0))).shape == (2, 0)


# --- functions of which nothing is known -----------------------------------------------


def test_a_free_function_is_written() -> None:
    f, g, h = Pointwise("f"), Pointwise("g", 0), Pointwise("h", Fraction(1, 2))
    x = Signal("x", 2)
    of = sympy.Function
    for function in (f, h):
        assert function(x).evaluate(x=[0, 2]) == [of(str(function))(0), of(str(function))(2)]
    assert g(x).evaluate(x=[0, 2]) == [0, of("g")(2)]
    v = Symbol("v")
    assert (f(x) + f(x)).evaluate(x=[v, 1]) == [2 * of("f")(v), 2 * of("f")(1)]


@pytest.mark.parametrize("name", ["", "2f", "f g", "relu", "leaky_relu", "sigmoid", 3, None, "f#1"])
def test_names_of_functions(name: Any) -> None:
    with pytest.raises(SymconvError, match=r"identifier|is a function that is known"):
        Pointwise(name)


@pytest.mark.parametrize("value", [0.5, "x", Symbol("a"), 1j, float("nan")])
def test_values_at_zero(value: Any) -> None:
    with pytest.raises(SymconvError, match=r"f\(0\) of f is an integer or a fraction"):
        Pointwise("f", value)


@pytest.mark.parametrize("operand", [3, "x", None, [1, 2], Pointwise("g")])
def test_functions_are_of_tensors(operand: Any) -> None:
    with pytest.raises(SymconvError):
        Pointwise("f")(operand)


@pytest.mark.parametrize("slope", [0.01, "a", None, Symbol("s"), float("inf")])
def test_bad_slopes(slope: Any) -> None:
    with pytest.raises(SymconvError, match="slope of a leaky ReLU is an integer or a fraction"):
        X.leaky_relu(slope)


n, m = integers("n m", positive=True)
Y = Signal("y", n)

CLASHES: dict[str, tuple[Callable[[], Any], str]] = {
    "a tensor": (lambda: Claim(Pointwise("y")(Y), Y), "names both a function and something else"),
    "a size": (lambda: Claim(Pointwise("n")(Y), Y), "names both a function and something else"),
    "another function": (
        lambda: Claim(Pointwise("f")(Y), Pointwise("f", 0)(Y)),
        "two functions are named 'f'",
    ),
    "another value": (
        lambda: Claim(Pointwise("f", 1)(Pointwise("f", 0)(Y)), Y),
        "two functions are named 'f'",
    ),
}


@pytest.mark.parametrize("name", CLASHES)
def test_clashes_of_names(name: str) -> None:
    make, message = CLASHES[name]
    with pytest.raises(SymconvError, match=message):
        make()


def test_one_name_may_be_used_often() -> None:
    assert Claim(Pointwise("f", 0)(Y), Pointwise("f", Fraction(0))(Y)).prove()


# --- the larger of two ------------------------------------------------------------------


def test_maximum() -> None:
    x, y = Tensor("x", (2, 2)), Tensor("y", (2, 2))
    data = {"x": [[1, -2], [Fraction(1, 2), 0]], "y": [[0, -1], [Fraction(1, 3), 0]]}
    assert maximum(x, y).evaluate(**data).tolist() == [[1, -1], [Fraction(1, 2), 0]]
    row = Tensor("y", (1, 2))
    assert maximum(x, row).evaluate(x=[[1, 2], [5, 0]], y=[[3, 1]]).tolist() == [[3, 2], [5, 1]]
    a, b = Symbol("a"), Symbol("b")
    single = Signal("x", 1), Signal("y", 1)
    assert maximum(*single).evaluate(x=[a], y=[b]) == [sympy.Max(a, b)]
    assert maximum(*single).evaluate(x=[a], y=[Fraction(1, 2)]) == [sympy.Max(a, Rational(1, 2))]
    assert maximum(*single).evaluate(x=[1.5], y=[2]) == [2]


def test_shapes_of_maxima_have_to_fit() -> None:
    with pytest.raises(SymconvError, match="cannot take the maximum of"):
        maximum(Signal("x", 2), Signal("y", 3))
    with pytest.raises(SymconvError):
        maximum(Signal("x", 2), 3)  # type: ignore[arg-type]  # which is refused
    with pytest.raises(SymconvError, match="could differ"):
        Claim(maximum(Signal("x", n), Signal("y", m)), Signal("x", n)).prove()


def test_zeros_of_padding_count_beside_any_number() -> None:
    x = Signal("x", 2)
    padded = concatenate([x.relu(), x]).pad(1, 1)
    for row in ([-1, 2], [-1.5, 2.5], [Fraction(-1, 2), Fraction(3)], [Integer(-1), Integer(2)]):
        assert padded.evaluate(x=row) == [0, 0, row[1], *row, 0]

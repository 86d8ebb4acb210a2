"""Bad input: each kind is refused with a `SymconvError` that says what, why and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import NoneType
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import (
    Dummy,
    Eq,
    Float,
    IndexedBase,
    Integer,
    Mod,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    Xor,
    ceiling,
    factorial,
    floor,
    sin,
    sqrt,
    symbols,
)

import symconv
from symconv import Proved, Refuted, SymconvError, Undecided, integers
from symconv.language.notation import latex, plain
from tests.generators.cases import SYMBOLIC, u

# Much of the bad input is ill-typed on purpose, so the types are left out here.
Signal: Any = symconv.Signal
Claim: Any = symconv.Claim
Tensor: Any = symconv.Tensor
concatenate: Any = symconv.concatenate

n, c, m = symbols("n c m", integer=True, positive=True)
z = symbols("z", integer=True, nonnegative=True)
q = symbols("q", integer=True)
real = Symbol("n")
i, j = symbols("i j", integer=True)

x, y, k = Signal("x", n), Signal("y", n), Signal("k", c)
x3, x5, h4 = Signal("x", 3), Signal("x", 5), Signal("h", 4)
h: Any = IndexedBase("h", shape=(4,))  # takes any index, unlike h4[…]

Call = Callable[[], object]


def refused(*rows: tuple[Call, str]) -> pytest.MarkDecorator:
    """Parametrises a test with calls and what their messages must match."""
    return pytest.mark.parametrize(
        ("call", "message"), rows, ids=[str(number) for number in range(len(rows))]
    )


def check(call: Call, message: str) -> None:
    with pytest.raises(SymconvError, match=message) as caught:
        call()
    text = str(caught.value)
    # One line, and no insides of the package or of Python.
    assert "\n" not in text
    assert not re.search(r"<\w+ object at|symconv\.|Traceback|SympifyError", text)


def formula(entry: Any, length: Any = 4) -> Any:
    return Signal.from_formula(u, entry, length=length)


NOT_WHOLE: list[Any] = [
    1.0,
    1.5,
    float("nan"),
    float("inf"),
    Fraction(1, 2),
    1 + 0j,
    "3",
    b"3",
    None,
    [1],
    (1,),
    {"n": 1},
    {1},
    np.float64(3),
    np.array([1, 2]),
    np.array([[1]]),
    np.array("3"),
    np.bool_(True),
    n > 3,
    slice(0, 2),
    len,
]
NOT_INTEGER_EXPRESSIONS: list[Any] = [
    sympy.nan,
    sympy.oo,
    sympy.zoo,
    sympy.I,
    sympy.pi,
    Float(3.0),
    Rational(1, 2),
    n / 2,
]

TAKES_A_WHOLE_NUMBER: dict[str, Callable[[Any], object]] = {
    "the length of signal 'v'": lambda value: Signal("v", value),
    "the length of a formula": lambda value: formula(h4[u], value),
    "the left padding of x": lambda value: x.pad(value, 0),
    "the right padding of x": lambda value: x.pad(0, value),
    "the downsampling factor of x": lambda value: x.downsample(value),
    "the dilation of x": lambda value: x.dilate(value),
    "the stride of x": lambda value: x.correlate(k, stride=value),
    "the position of x": lambda value: x[value],
    "the index of x": lambda value: x.formula(value),
}
each_whole_argument = pytest.mark.parametrize(
    ("what", "call"), TAKES_A_WHOLE_NUMBER.items(), ids=[*map(str, TAKES_A_WHOLE_NUMBER)]
)


@each_whole_argument
@pytest.mark.parametrize("value", NOT_WHOLE, ids=repr)
def test_not_a_whole_number(what: str, call: Callable[[Any], object], value: Any) -> None:
    if what == "the position of x" and isinstance(value, slice | tuple | NoneType):
        return  # in brackets these say which part of x is meant
    got = re.escape(repr(value))
    check(lambda: call(value), f"^{what} must be an integer.*, got {got}$")


@each_whole_argument
@pytest.mark.parametrize("value", NOT_INTEGER_EXPRESSIONS, ids=str)
def test_not_an_integer_expression(what: str, call: Callable[[Any], object], value: Any) -> None:
    got = re.escape(str(value))
    check(lambda: call(value), f"^{what} must be an integer, .*{got} is not known to be one; use")


@each_whole_argument
def test_truth_values_are_no_numbers(what: str, call: Callable[[Any], object]) -> None:
    check(lambda: call(True), f"^{what} must be an integer, got the truth value True$")
    check(lambda: call(False), f"^{what} must be an integer, got the truth value False$")


@each_whole_argument
@pytest.mark.parametrize("value", [real, real + 1, Symbol("n", positive=True)], ids=str)
def test_symbols_must_be_integers(what: str, call: Callable[[Any], object], value: Any) -> None:
    advice = r"write integers\('n', positive=True\), of symconv$"
    check(lambda: call(value), f"^{what} is .*, but n is not declared an integer; {advice}")


@each_whole_argument
@pytest.mark.parametrize(
    "value",
    [factorial(n), 2**n, Sum(j, (j, 0, n)), sympy.binomial(n, 2)],
    ids=str,
)
def test_unsupported_functions(what: str, call: Callable[[Any], object], value: Any) -> None:
    got = re.escape(str(value))
    check(
        lambda: call(value),
        rf"^{what} must be built from integer symbols with \+.*, got {got}: "
        rf"{got} is not integer arithmetic: expected symbols, integers, \+.* or Piecewise$",
    )


# --- signals -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", "a b", "2x", "x-y", "x[0]", "x.y", 3, None, b"x", n, x, ["x"]], ids=repr
)
def test_names_are_identifiers(name: Any) -> None:
    got = re.escape(repr(name))
    check(lambda: Signal(name, n), f"^a signal's name must be an identifier such as .*, got {got}$")


@pytest.mark.parametrize("name", ["lambda", "class", "None", "True"])
def test_names_are_not_keywords(name: str) -> None:
    # `Signal("lambda", n)` could be given no data by keyword, and its code could not be run.
    check(lambda: Signal(name, n), f"^a signal's name must be an identifier .*, got {name!r}")


@refused(
    (lambda: Signal("x", -1), "^the length of signal 'x' must not be negative, got -1$"),
    (lambda: Signal("x", -n), "^the length of signal 'x' must not be negative, got -n$"),
    (
        lambda: Signal("x", q),
        "^the length of signal 'x' is q, but the sign of q is not declared; "
        r"write integers\('q', positive=True\), of symconv, or nonnegative=True$",
    ),
    (lambda: Signal("x", n + q), "but the sign of q is not declared; write integers"),
    (lambda: formula(h4[u], -1), "^the length of a formula must not be negative, got -1"),
    (lambda: Signal("n", n), "^'n' names both a signal and an integer symbol; rename one of them$"),
    (lambda: x.convolve(Signal("n", 3)), "'n' names both a signal and an integer symbol"),
    (lambda: x.pad(Symbol("x", integer=True), 0).flip() + x, "'x' names both a signal and an int"),
    (lambda: x.formula(Symbol("x", integer=True)), "'x' names both a signal and an integer symbol"),
    (lambda: x[Symbol("x", integer=True)], "'x' names both a signal and an integer symbol"),
    (
        lambda: x.formula(Symbol("n", integer=True)),
        "^two symbols are named 'n' but have different assumptions; create it once",
    ),
    (
        lambda: x3.convolve(x5),
        "^two signals are named 'x' but have lengths 3 and 5; give one of them another name$",
    ),
    (lambda: x + Signal("x", m), "two signals are named 'x' but have lengths n and m"),
    (lambda: x.correlate(Signal("x", c)), "two signals are named 'x' but have lengths n and c"),
    (lambda: Claim(x, Signal("x", m)), "two signals are named 'x' but have lengths n and m"),
    (
        lambda: x + Signal("y", Symbol("n", integer=True, nonnegative=True)),
        "^two symbols are named 'n' but have different assumptions; create it once and use it",
    ),
    (
        # The lengths would be shown as n and n.
        lambda: x + Signal("x", Symbol("n", integer=True, nonnegative=True)),
        "two symbols are named 'n' but have different assumptions",
    ),
    (
        lambda: Claim(x, x, given=[Symbol("n", integer=True) >= 3]),
        "two symbols are named 'n' but have different assumptions",
    ),
    (
        lambda: x.pad(integers("n", positive=True), 0),
        r"^two symbols are named 'n' but one is SymPy's own and one is made by integers\(\), of "
        "symconv; create it once and use it everywhere$",
    ),
    (
        lambda: Claim(x, y, given=[Symbol("y", integer=True) >= 3]),
        "'y' names both a signal and an integer symbol",
    ),
)
def test_names_and_lengths(call: Call, message: str) -> None:
    check(call, message)


@refused(
    (lambda: x.downsample(0), "^the downsampling factor of x must be a positive integer, got 0$"),
    (lambda: x.downsample(-2), "^the downsampling factor of x must be a positive int.*, got -2$"),
    (lambda: x.dilate(0), "^the dilation of x must be a positive integer, got 0$"),
    (lambda: x.dilate(-n), "^the dilation of x must be a positive integer, got -n"),
    (lambda: x.correlate(k, stride=0), "^the stride of x must be a positive integer, got 0$"),
    (lambda: x.correlate(k, stride=-1), "^the stride of x must be a positive integer, got -1$"),
    (lambda: x.correlate(k, dilation=0), "^the dilation of .* must be a positive integer, got 0$"),
    (lambda: x.downsample(z), "positive integer, got z; declare its symbols positive$"),
    (lambda: x.correlate(k, stride=q), "positive integer, got q; declare its symbols positive$"),
    # n is declared positive already: declaring it so is no way out.
    (lambda: x.dilate(n - 1), "positive integer, got n - 1(?!; declare its symbols positive)"),
)
def test_factors(call: Call, message: str) -> None:
    check(call, message)


@pytest.mark.parametrize("value", [None, 3, [1, 2, 1], "k", n, np.ones(3), (1, 2)], ids=repr)
def test_not_a_signal(value: Any) -> None:
    got = re.escape(repr(value))
    advice = r"; write Signal\('k', c\) for a kernel$"
    check(lambda: x.correlate(value), rf"^x\.correlate\(k\) takes a signal, got {got}{advice}")
    check(lambda: x.convolve(value), rf"^x\.convolve\(h\) takes a signal, got {got}{advice}")


@refused(
    (
        lambda: x * y,
        r"^cannot multiply x by y: \* is for numbers; write x.multiply\(h\) .* convolution$",
    ),
    (lambda: x * 0.5, r"an integer or a fraction, got 0\.5; write Fraction\(...\) for an exact"),
    (lambda: 0.5 * x, r"an integer or a fraction, got 0\.5; write Fraction"),
    (lambda: np.float64(2) * x, r"integer or a fraction, got .*2\.0.*; write Fraction"),
    (lambda: np.ones(2) * x, "an integer or a fraction, got array"),
    (lambda: x * Float(2), r"an integer or a fraction, got 2\.0+; write Fraction"),
    (lambda: n * x, "an integer or a fraction, got n"),
    (lambda: x * True, "an integer or a fraction, got True"),
    (lambda: x * "2", "an integer or a fraction, got '2'"),
    (lambda: x * None, "an integer or a fraction, got None"),
    (lambda: x * sympy.oo, "an integer or a fraction, got oo"),
    (lambda: x * sqrt(2), r"an integer or a fraction, got sqrt\(2\)"),
    (lambda: x + 1, r"^cannot add x and 1: .*signal"),
    (lambda: 1 + x, r"^cannot add 1 and x: .*signal"),
    (lambda: x - n, r"^cannot subtract n from x: .*signal"),
    (lambda: x / 0, "^cannot divide x by zero$"),
    (lambda: x / 0.5, r"an integer or a fraction, got 0\.5; write Fraction"),
)
def test_arithmetic(call: Call, message: str) -> None:
    check(call, message)


def test_numpy_integers_are_integers() -> None:
    assert np.int64(2) * x is 2 * x is x * np.int8(2)
    assert x.pad(np.int64(1), 0) is x.pad(1, 0)
    assert len(x.vector(n=np.int64(3))) == 3


@refused(
    (
        lambda: x3 + Signal("y", 4),
        "^cannot add x and y: their lengths are 3 and 4; pad one of them$",
    ),
    (
        lambda: Claim(x + Signal("y", m), x).prove(),
        "^cannot add x and y: their lengths n and m could differ; pad one of them or add a "
        r"hypothesis \(at m = 1, n = 2\)$",
    ),
    (lambda: Claim(x + y.pad(1, 0), x).prove(), r"lengths n and n \+ 1 (could )?differ; pad one"),
    (lambda: (x + Signal("y", m)).vector(n=2, m=3), "^cannot add x and y: .* are 2 and 3"),
    (
        lambda: (x + Signal("y", m)).evaluate(x=[1], y=[1, 2]),
        "^cannot add x and y: their lengths are 1 and 2",
    ),
)
def test_sums_of_unequal_lengths(call: Call, message: str) -> None:
    check(call, message)


def test_sums_of_lengths_that_a_hypothesis_makes_equal() -> None:
    both = x + Signal("y", m)
    assert isinstance(Claim(both.flip(), both.flip(), given=[Eq(n, m)]).prove(), Proved)


# --- kernels -------------------------------------------------------------------------

compound = x.correlate(Signal("k", m - 2))


@refused(
    (
        lambda: x.correlate(Signal("k", 0)),
        "^the kernel k is empty; a layer's kernel has at least one entry$",
    ),
    (lambda: x.correlate(Signal("k", 0).flip().dilate(2)), "^the kernel k.* is empty; a layer's"),
    (lambda: x.correlate(k.convolve(Signal("h", 0))), "^the kernel .*h.* is empty; a layer's"),
    (lambda: x.correlate(2 * Signal("k", 0)), "^the kernel .*k is empty; a layer's kernel has"),
    (lambda: x.correlate(Signal("k", 0).downsample(2)), "^the kernel k.* is empty; a layer's"),
    (lambda: x.correlate(Signal("k", 3).pad(-2, -1)), r"^the kernel k\.pad.* is empty; a layer's"),
    (lambda: x.correlate(formula(h4[u], 0)), "^the kernel .* is empty; a layer's kernel has"),
    (
        lambda: x.correlate(Signal("k", z)),
        "^the kernel k could be empty, because z >= 0 is all that is known; add the hypothesis "
        r"z >= 1, by integers\('z', positive=True\)$",
    ),
    (lambda: x.correlate(Signal("k", z).flip()), "^the kernel k.* could be empty.* z >= 1"),
    (lambda: Claim(x.correlate(2 * Signal("k", z)), x).prove(), "could be empty; .* z >= 1"),
    (
        lambda: Claim(x.correlate(k.pad(-1, 0)), x).prove(),
        r"^the kernel k.pad\(-1, 0\) could be empty; add the hypothesis .* >= 1 \(at c = 1, ",
    ),
    (
        lambda: Claim(compound, compound).prove(),
        "^the length of k, m - 2, could be negative; add the hypothesis m - 2 >= 0 "
        r"\(at m = 1, n = 1\)$",
    ),
    (
        lambda: Claim(compound, compound, given=[m >= 2]).prove(),
        "^the kernel k could be empty; add the hypothesis m - 2 >= 1 .at m = 2, n = 1.",
    ),
    (
        lambda: Claim(compound, compound, given=[m >= 2]).condition(),
        "^the kernel k could be empty; add the hypothesis m - 2 >= 1 .at m = 2, n = 1.",
    ),
    (lambda: compound.vector(n=4, m=2), "^the kernel k is empty; a layer's kernel has at least"),
    (lambda: compound.vector(n=4, m=1), "^the length m - 2 of signal 'k' is -1 at m = 1, n = 4$"),
    (lambda: compound.evaluate(x=[1, 2], k=[]), "^the kernel k is empty; a layer's kernel has"),
    (lambda: x.correlate(k).evaluate(x=[1], k=[]), "^c = 0 contradicts the .* c is positive$"),
)
def test_empty_kernels(call: Call, message: str) -> None:
    check(call, message)


@pytest.mark.parametrize(
    "given",
    [[m >= 3], [m > 2], [m >= n + 2], [Eq(m, 7)], [m >= 2, sympy.Ne(m, 2)], [Eq(Mod(m, 3), 0)]],
    ids=str,
)
def test_a_hypothesis_excludes_an_empty_kernel(given: list[Any]) -> None:
    assert isinstance(Claim(compound, compound.flip().flip(), given=given).prove(), Proved)


# --- vectors and data ----------------------------------------------------------------


@refused(
    (lambda: x.vector(), "^no value for n: expected n$"),
    (lambda: x.correlate(k).vector(n=3), "^no value for c: expected c, n$"),
    (lambda: x.vector(n=3, m=4), "^unknown name 'm': expected n$"),
    (lambda: x3.vector(n=3), "^unknown name 'n': expected none$"),
    (lambda: x.vector(n=3, x=3), "^unknown name 'x': expected n$"),
    (lambda: x.vector(n=0), "^n = 0 contradicts the assumption that n is positive$"),
    (lambda: x.vector(n=-1), "^n = -1 contradicts the assumption that n is positive$"),
    (
        lambda: Signal("x", z).vector(z=-1),
        "^z = -1 contradicts the .* that z is (nonnegative|not negative)$",
    ),
    (
        lambda: Signal("x", Symbol("e", even=True, positive=True)),
        r"e is declared even, .*; declare it an integer, with the hypothesis Eq\(Mod\(e, 2\), 0\)$",
    ),
    (
        lambda: Signal("x", Symbol("p", prime=True)).vector(p=4),
        "^p = 4 contradicts the assumption that p is prime$",
    ),
    (lambda: x.vector(n=2.0), r"^n must be an integer, got 2\.0$"),
    (lambda: x.vector(n=True), "^n must be an integer, got True$"),
    (lambda: x.vector(n="3"), "^n must be an integer, got '3'$"),
    (lambda: x.vector(n=None), "^n must be an integer, got None$"),
    (lambda: x.vector(n=np.float64(3)), r"^n must be an integer, got np.float64\(3\.0\)$"),
    (lambda: x.vector(n=m), "^n must be an integer, got m$"),
    (
        lambda: Signal("x", Symbol("x0", integer=True, positive=True)).vector(x0=2),
        "^'x0' is the name of .*an entry of signal 'x'.*; rename one of them$",
    ),
    (
        lambda: Claim(Signal("x", Symbol("x0", positive=True, integer=True)), x3).at(x0=2).lhs,
        "two signals are named 'x' but have lengths x0 and 3",
    ),
    (
        lambda: Claim(Signal("x", Symbol("x1", positive=True, integer=True)), y).at(x1=2, n=2).lhs,
        "^'x1' is the name of .*an entry of signal 'x'.*; rename one of them$",
    ),
    (
        lambda: Signal("k2", 2).convolve(Signal("k2_", 2)).vector(),
        "^'k2_0' is the name of an entry of signal 'k2_?' and of .*; rename one of them$",
    ),
    (
        lambda: Signal("x", n + 3).vector(n=-3),
        "^n = -3 contradicts the assumption that n is positive$",
    ),
    (
        lambda: formula(h4[u], n - c).vector(n=1, c=2),
        r"^the length of .*-c \+ n.* would be -1",
    ),
)
def test_vectors(call: Call, message: str) -> None:
    check(call, message)


@refused(
    (lambda: x.evaluate(), r"^no data for signal x: pass x=\[…\]$"),
    (lambda: x.evaluate(n=3), r"^no data for signal x: pass x=\[…\]$"),
    (lambda: x.convolve(k).evaluate(x=[1]), r"^no data for signal k: pass k=\[…\]$"),
    (lambda: x.evaluate(x=[1], w=1), "^unknown name 'w': expected x, n$"),
    (
        lambda: x.evaluate(x=[1], w=[1]),
        "^unknown name 'w': expected x, n$",
    ),
    (lambda: x.pad(z, 0).evaluate(x=[1]), "^no value for z: expected n, z and a sequence for each"),
    (lambda: x.evaluate(x=[]), "^n = 0 contradicts the assumption that n is positive$"),
    (
        lambda: x.evaluate(x=[1, 2], n=3),
        r"^signal 'x' has length n = 3, but 2 entries were given \(n = 3\)$",
    ),
    (lambda: x3.evaluate(x=[1, 2]), r"^signal 'x' has length 3, but 2 entries were given$"),
    (
        lambda: Signal("x", 2 * n).evaluate(x=[1, 2, 3]),
        "^signal 'x' cannot have 3 entries: .* 2.n$",
    ),
    (
        lambda: Signal("x", n + 3).evaluate(x=[1]),
        "^n = -2 contradicts the assumption that n is pos",
    ),
    (lambda: (x + y).evaluate(x=[1, 2], y=[1]), r"^signal '.' has length n = \d, but \d entries"),
    (
        lambda: Signal("x", floor(n / 2)).evaluate(x=[1, 2], n=7),
        r"^signal 'x' has length floor\(n/2\) = 3, but 2 entries were given \(n = 7\)$",
    ),
    (lambda: Signal("x", floor(n / 2)).evaluate(x=[1, 2]), "^no value for n: expected n"),
    (lambda: x.evaluate(x=[1], n=[1]), r"^n must be an integer, got \[1\]$"),
    (lambda: x.evaluate(x=[1], n=1.0), r"^n must be an integer, got 1\.0$"),
    (lambda: x.evaluate(x=[1], n=True), "^n must be an integer, got True$"),
)
def test_data(call: Call, message: str) -> None:
    check(call, message)


@pytest.mark.parametrize(
    "data",
    ["abc", b"abc", None, 5, 2.5, {0: 1}, {1, 2}, frozenset([1]), n, len, {0: 1}.values()],
    ids=repr,
)
def test_data_must_be_a_sequence(data: Any) -> None:
    got = re.escape(repr(data))
    check(lambda: x.evaluate(x=data), f"^signal 'x' needs a sequence of numbers, got {got}$")


def test_an_iterator_is_no_sequence() -> None:
    with pytest.raises(SymconvError, match=r"^signal 'x' needs a sequence of numbers, got <"):
        x.evaluate(x=iter([1, 2]))


@pytest.mark.parametrize("shape", [(), (1, 3), (3, 1), (1, 1, 1)], ids=str)
def test_data_must_have_one_dimension(shape: tuple[int, ...]) -> None:
    got = re.escape(str(shape))
    check(
        lambda: x.evaluate(x=np.zeros(shape)),
        rf"^signal 'x' needs a one-dimensional sequence, got an array of shape {got}$",
    )


@pytest.mark.parametrize(
    "entry",
    ["1", b"1", None, True, [1], (1, 2), {}, x, n > 3, np.bool_(True), np.str_("1"), np.ones(2)],
    ids=repr,
)
def test_entries_must_be_numbers(entry: Any) -> None:
    message = "^an entry of signal 'x' must be a number or a SymPy expression, got "
    check(lambda: x.evaluate(x=[1, entry]), message)


@pytest.mark.parametrize("dtype", [bool, str])
def test_entries_of_arrays_must_be_numbers(dtype: type) -> None:
    message = "^an entry of signal 'x' must be a number or a SymPy expression, got "
    check(lambda: x.evaluate(x=np.array([1, 0]).astype(dtype)), message)


def test_any_identifier_can_be_a_name() -> None:
    assert Signal("self", 2).evaluate(self=[1, 2]) == [1, 2]
    size = Symbol("self", integer=True, positive=True)
    assert len(Signal("x", size).vector(self=3)) == 3
    assert Claim(Signal("x", size), Signal("x", size)).at(self=3).holds


def test_symbols_of_any_kind_can_be_lengths() -> None:
    size = Dummy("n", integer=True, positive=True)
    signal = Signal("x", size)
    assert signal.length == size
    assert isinstance(Claim(signal.flip().flip(), signal).prove(), Proved)


# --- formulas ------------------------------------------------------------------------


@refused(
    (
        lambda: Signal.from_formula("u", h4[u], length=4),
        "^the index of a formula must be .*, got 'u'$",
    ),
    (
        lambda: Signal.from_formula(real, h4[1], length=4),
        r"^the index n must be an integer and nothing more; write integers\('n'\), of symconv$",
    ),
    (
        lambda: Signal.from_formula(u + 1, h4[u], length=4),
        r"^the index of a formula must be .*, got u \+ 1$",
    ),
    (lambda: formula("h[u]"), r"^the entry of a formula must be a SymPy expression, got 'h\[u\]'$"),
    (lambda: formula(None), "^the entry of a formula must be a SymPy expression, got None$"),
    (lambda: formula(0.5), r"^the entry of a formula must be a SymPy expression, got 0\.5$"),
    (lambda: formula(True), "^the entry of a formula must be a SymPy expression, got True$"),
    (lambda: formula(h4), "^the entry of a formula must be a SymPy expression, got h$"),
    (
        lambda: formula(IndexedBase("h")[u]),
        "^the length of h is not known; write entries as x.m. for",
    ),
    (
        lambda: formula(IndexedBase("h", shape=(2, 2))[u, u]) + h4,
        r"^two signals are named 'h' but have shapes \(2, 2\) and 4",
    ),
    (
        lambda: formula(Sum(h4[i], (i, 0, sympy.oo))),
        "^the sum over i in .* needs two finite limits$",
    ),
    (
        lambda: formula(x3[u] + x5[u], 3),
        "^two signals are named 'x' but have lengths [35] and [35]",
    ),
    (lambda: formula(x3[u]).convolve(x5), "^two signals are named 'x' but have lengths 3 and 5"),
    (
        # The index in the entry is another symbol than the one that is declared the index.
        lambda: Signal.from_formula(Symbol("u", integer=True), h4[u], length=4),
        "^two symbols are named 'u' but have different assumptions; create it once",
    ),
    (lambda: formula(h[h[u]]), r"h\[u\].*integer"),
    (lambda: formula(Sum(h4[i], (i, u / 2, 3))), "u/2.*integer"),
    (lambda: formula(Sum(h4[i], (i, 0, real))), r"\bn\b.*not declared an integer"),
    (lambda: formula(Piecewise((h4[u], real > 2), (0, True))), r"\bn\b.*not declared an integer"),
    (lambda: formula(Piecewise((h4[u], h4[u] > 2), (0, True))), r"h\[u\].*condition"),
    (lambda: formula(n * h4[u]), "^n.* cannot stand in a formula: expected entries"),
    (lambda: formula(u), "^u cannot stand in a formula: expected entries"),
    (lambda: formula(1 / h4[u]), r"^1/h\[u\] cannot stand in a formula: expected"),
    (lambda: formula(sqrt(h4[u])), r"^sqrt\(h\[u\]\) cannot stand in a formula: expected entries"),
    (lambda: formula(h4[u] ** n), r"^h\[u\]\*\*n cannot stand in a formula: expected entries"),
    (lambda: formula(2 ** h4[u]), r"^2\*\*h\[u\] cannot stand in a formula: expected entries"),
    (lambda: formula(sin(h4[u])), r"^sin\(h\[u\]\) cannot stand in a formula: expected entries"),
    (lambda: formula(0.5 * h4[u]), r"^0\.50* cannot stand in a formula: expected .*rational"),
    (lambda: formula(sympy.pi * h4[u]), "^pi cannot stand in a formula: expected entries"),
    (lambda: formula(sympy.Product(h4[u], (i, 0, 3))), "^Product.* cannot stand in a formula: exp"),
)
def test_formulas(call: Call, message: str) -> None:
    check(call, message)


@refused(
    (lambda: formula(sqrt(h4[u])).evaluate(h=[1, 2, 3, 4]), r"sqrt\(h\[u\]\) cannot stand in a"),
    (lambda: formula(1 / h4[u]).evaluate(h=[1, 2, 3, 4]), r"1/h\[u\] cannot stand in a formula"),
    (lambda: formula(h4[u] ** n).evaluate(h=[1, 2, 3, 4], n=2), "cannot stand in a formula"),
    (lambda: formula(2 ** h4[u]).vector(), "cannot stand in a formula"),
    (lambda: formula(Piecewise((h4[u], h4[u] > 2), (0, True))).vector(), r"h\[u\].*condition"),
    (
        lambda: Claim(
            formula(Sum(h4[i], (i, u / 2, 3))), formula(Sum(h4[i], (i, floor(u / 2), 3)))
        ).prove(),
        "u/2.*integer",
    ),
    (lambda: Claim(formula(h4[u], n - c), h4).prove(), "could be negative; add the hypothesis"),
)
def test_formulas_in_use(call: Call, message: str) -> None:
    # Wherever one of these is refused, it is refused in words, by every reading.
    check(call, message)


# --- claims --------------------------------------------------------------------------


@refused(
    (lambda: Claim(x, 3), "^cannot compare a signal with a length: x == 3$"),
    (lambda: Claim(x, n), "^cannot compare a signal with a length: x == n$"),
    (lambda: Claim(n + 1, x), r"^cannot compare a length with a signal: n \+ 1 == x$"),
    (lambda: Claim(x, n > 3), "^cannot compare a signal with a condition: x == n > 3$"),
    (lambda: Claim(n, n > 3), "^cannot compare a length with a condition: n == n > 3$"),
    (lambda: Claim(x, True), "^cannot compare a signal with a condition"),
    (lambda: Claim(x, "x"), "^the right side of a claim must be a signal, .* got 'x'$"),
    (lambda: Claim(None, x), "^the left side of a claim must be a signal, .* got None$"),
    (lambda: Claim(x, [1, 2]), r"^the right side of a claim must be .* got \[1, 2\]$"),
    (lambda: Claim(n + 1, 2.5), r"^the right side of a claim must be .* got 2\.5$"),
    (lambda: Claim(np.ones(2), x), "^the left side of a claim must be .* got array"),
    (
        lambda: Claim(n + 1, real),
        r"^n in n is not declared an integer: use integers\('n'\), of symconv$",
    ),
    (lambda: Claim(n + 1, factorial(n)), r"^factorial\(n\) is not integer arithmetic: expected"),
    (lambda: Claim(n + 1, sympy.nan), "^nan is not integer arithmetic: expected symbols"),
    (lambda: Claim(n + 1, sympy.oo), "^oo is not integer arithmetic: expected symbols"),
    (lambda: Claim(n + 1, Float(3)), r"^3\.0+ is not integer arithmetic: expected symbols"),
)
def test_sides(call: Call, message: str) -> None:
    check(call, message)


@refused(
    (lambda: Claim(x, x, given=None), "^a hypothesis must be a condition .*, got None$"),
    (lambda: Claim(x, x, given=5), "^a hypothesis must be a condition such as n >= c .*, got 5$"),
    (lambda: Claim(x, x, given="n > 1"), "^a hypothesis must be a condition .*, got 'n > 1'$"),
    (lambda: Claim(x, x, given=["n > 1"]), "^a hypothesis must be a condition .*, got 'n > 1'$"),
    (lambda: Claim(x, x, given=x), "^a hypothesis must be a condition .*, got x$"),
    (lambda: Claim(x, x, given=[x]), "^a hypothesis must be a condition .*, got x$"),
    (lambda: Claim(x, x, given={"n": 3}), "^a hypothesis must be a condition .*, got {'n': 3}$"),
    (lambda: Claim(x, x, given=[None]), "^a hypothesis must be a condition .*, got None$"),
    (lambda: Claim(x, x, given=[1]), "^a hypothesis must be a condition .*, got 1$"),
    (lambda: Claim(x, x, given=[n + 1]), r"^a hypothesis must be a condition .*, got n \+ 1$"),
    (lambda: Claim(x, x, given=n), "^(a hypothesis must be|n is not) a condition"),
    (lambda: Claim(x, x, given=[np.array([True, False])]), "^a hypothesis must be a condition"),
    (
        lambda: Claim(x, x, given=[real > 3]),
        r"^n in n > 3 is not declared an integer: use integers\('n'\), of symconv$",
    ),
    (lambda: Claim(x, x, given=[factorial(n) > 3]), r"factorial\(n\) is not integer arithmetic"),
    (
        lambda: Claim(x, x, given=[Xor(n > 3, m > 3)]),
        "is not a condition on lengths: expected comp",
    ),
    (
        lambda: Claim(x, x, given=[False]),
        "^a hypothesis is false under the assumptions of its symb",
    ),
    (
        lambda: Claim(x, x, given=[n < 0]),
        "^a hypothesis is false under the assumptions of its symb",
    ),
    (
        lambda: Claim(x, x, given=[n > 3, n < 3]).prove(),
        r"^no lengths satisfy the hypotheses \(n > 3, n < 3\), so the claim says nothing$",
    ),
    (
        lambda: Claim(x, x, given=[n > 3, n < 3]).condition(),
        "^no lengths satisfy the hypotheses",
    ),
    (
        lambda: Claim(n + 1, n + 1, given=[Eq(Mod(n, 4), 1), Eq(Mod(n, 2), 0)]).prove(),
        "^no lengths satisfy the hypotheses .*, so the claim says nothing$",
    ),
    (
        lambda: Claim(x, x, given=[Eq(Mod(n, z), 0)]).prove(),
        "the modulus in .*z.* must be positive",
    ),
)
def test_hypotheses(call: Call, message: str) -> None:
    check(call, message)


@refused(
    (lambda: Claim(x, y).at(), "^no value for n: expected n$"),
    (lambda: Claim(x, y).at(n=3, m=4), "^unknown name 'm': expected n$"),
    (lambda: Claim(x, y).at(n=0), "^n = 0 contradicts the assumption that n is positive$"),
    (lambda: Claim(x, y).at(n=2.0), r"^n must be an integer, got 2\.0$"),
    (lambda: Claim(x, y).at(n="2"), "^n must be an integer, got '2'$"),
    (lambda: Claim(x, y, given=[n >= 3]).at(n=2), "^n = 2 contradicts the hypothesis n >= 3$"),
    (lambda: Claim(x, y, given=[c >= 2]).at(n=2), "^no value for c: expected c, n$"),
    (lambda: Claim(x, x.pad(1, 0)).at(n=2).difference, "^the sides have 2 and 3 entries at n = 2"),
    (
        lambda: Claim(n > 3, m > 3).at(n=2, m=2).difference,
        "conditions has no difference: n > 3 <=>",
    ),
)
def test_instances(call: Call, message: str) -> None:
    check(call, message)


@refused(
    (
        lambda: Claim(x, y).condition(for_all=[m]),
        r"^for_all=\[m\]: m is not a symbol of the claim, which has n$",
    ),
    # It is not enough to say that n is not a symbol of a claim that has n.
    (
        lambda: Claim(x, y).condition(for_all=["n"]),
        r"^for_all=\['n'\]: .*(text|string|SymPy symbol)",
    ),
    (
        lambda: Claim(x, y).condition(for_all=[Symbol("n", integer=True)]),
        "'n'.*different assumptions",
    ),
    (lambda: Claim(x, y).condition(for_all=n), "^for_all=n: .*(list|sequence)"),
    (lambda: Claim(x, y).condition(for_all=3), "^for_all=3: .*(list|sequence)"),
    (lambda: Claim(x, y).condition(for_all=[x]), r"^for_all=\[x\]: "),
)
def test_for_all(call: Call, message: str) -> None:
    check(call, message)


def test_unsupported_assumptions() -> None:
    # What was declared is named, and not something that follows from it.
    p = Symbol("p", prime=True)
    message = "^the assumption prime=True of p is not supported"
    check(lambda: Claim(Signal("x", p), Signal("x", p)).prove(), message)
    check(lambda: Claim(x, x, given=[p > 2]).prove(), message)
    composite = Symbol("p", composite=True)
    check(
        lambda: Claim(composite + 1, composite + 1).prove(),
        "^the assumption composite=True of p is not supported",
    )


def test_beyond_integer_sets_is_no_error() -> None:
    claim = Claim(x.downsample(m), x.downsample(m + 1))
    assert isinstance(claim.prove(), Refuted)
    with pytest.raises(Undecided, match="the exact condition needs numbers for strides"):
        claim.condition()
    # A length with a symbolic stride can be written down too, as the library does itself.
    assert Claim(x.downsample(m).length, ceiling(n / m)).prove()
    assert Claim(n * m, n * m * m // m).prove()


# --- text is never evaluated ---------------------------------------------------------

TEXT_ARGUMENTS: dict[str, Callable[[Any], object]] = {
    "name": lambda text: Signal(text, n),
    **TAKES_A_WHOLE_NUMBER,
    "multiple": lambda text: text * x,
    "sum": lambda text: x + text,
    "kernel": lambda text: x.correlate(text),
    "factor": lambda text: x.convolve(text),
    "vector": lambda text: x.vector(n=text),
    "data": lambda text: x.evaluate(x=text),
    "entry": lambda text: x.evaluate(x=[text]),
    "amount": lambda text: x.evaluate(x=[1], n=text),
    "index of a formula": lambda text: Signal.from_formula(text, h4[u], length=4),
    "entry of a formula": lambda text: formula(text),
    "left side": lambda text: Claim(text, x),
    "right side": lambda text: Claim(x, text),
    "side of lengths": lambda text: Claim(n + 1, text),
    "hypothesis": lambda text: Claim(x, x, given=[text]),
    "hypotheses": lambda text: Claim(x, x, given=text),
    "instance": lambda text: Claim(x, x).at(n=text),
    "for_all": lambda text: Claim(x, x).condition(for_all=[text]),
    "plain": plain,
    "latex": latex,
}


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[str]:
    path = tmp_path / "executed"
    text = f"__import__('pathlib').Path({str(path)!r}).touch()"
    eval(text)
    assert path.exists(), "the text would do what it says"
    path.unlink()
    yield text
    assert not path.exists(), "the text was executed"


@pytest.mark.parametrize("call", TEXT_ARGUMENTS.values(), ids=[*TEXT_ARGUMENTS])
def test_text_is_never_evaluated(call: Callable[[Any], object], canary: str) -> None:
    # A sum with text is Python's own error.
    with pytest.raises((SymconvError, TypeError)):
        call(canary)


@pytest.mark.parametrize("text", ["1 + 1", "n", "Symbol('n')", "3", "lambda: 0"])
@pytest.mark.parametrize("call", [plain, latex])
def test_text_is_not_mathematics(call: Callable[[Any], str], text: str) -> None:
    check(lambda: call(text), re.escape(repr(text)))


def test_names_of_symbols_are_not_evaluated(canary: str) -> None:
    size = Symbol(canary, integer=True, positive=True)
    signal = Signal("x", size)
    claim = Claim(signal.flip(), signal)
    assert signal.length == size
    assert len(signal.vector(**{canary: Integer(2)})) == 2
    assert not claim.prove()
    assert claim.condition() == Eq(size, 1)
    assert str(claim)
    assert plain(signal.pad(size, 0))
    assert SYMBOLIC.x.pad(size, 0).formula(u) is not None


# --- numbers that Python does not write -----------------------------------------------

LONG = 10**5000
LONG_FRACTION = Fraction(1, LONG)


@refused(
    (lambda: x.leaky_relu(LONG), "more than 4000 digits"),
    (lambda: x.leaky_relu([LONG]), "got a list with too long a number"),
    (lambda: x * LONG, "more than 4000 digits"),
    (lambda: x * LONG_FRACTION, "more than 4000 digits"),
    (lambda: x * Integer(LONG), "more than 4000 digits"),
    (lambda: x / LONG, "more than 4000 digits"),
    (lambda: x + LONG, "cannot add x and a number too long to be written"),
    (lambda: symconv.Pointwise("f", LONG), "more than 4000 digits"),
    (lambda: x.adaptive_avg_pool(LONG), "more than 4000 digits"),
    (lambda: x.pad(LONG, 0), "more than 4000 digits"),
    (lambda: x.pad(LONG * n, 0), "more than 4000 digits"),
    (lambda: x.dilate(LONG_FRACTION), "got a Fraction with too long a number"),
    (lambda: x.convolve(LONG), "takes a signal, got a number too long to be written"),
    (lambda: x.add_bias(LONG), "takes a signal, got a number too long to be written"),
    (lambda: Signal.taps(LONG), "more than 4000 digits"),
    (lambda: Signal("x", LONG), "more than 4000 digits"),
    (lambda: Claim(n, LONG), "more than 4000 digits"),
    (lambda: Claim(x, x, given=[n >= LONG]), "more than 4000 digits"),
    (lambda: Claim(x, x).at(n=LONG), "more than 4000 digits"),
    (lambda: x.sum(axis=LONG), "no axis a number too long to be written"),
    (lambda: concatenate([x, LONG]), "takes a signal, got a number too long"),
    (lambda: Signal.interleave(x, 3), "takes a signal, got 3"),
    (lambda: Tensor.ones(3), "ones takes a shape such as"),
    (lambda: x.expand(3), "expand takes a shape such as"),
)
def test_long_numbers(call: Call, message: str) -> None:
    with pytest.raises(SymconvError, match=message):
        call()

"""Each case of the table in every reading: numbers, symbols, formulas, lengths and text."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import Expr, Integer, Sum, Symbol

from symconv import Claim, Proved, Signal, SignalExpr
from symconv.language.graph import leaves, symbols_in
from symconv.language.notation import latex, plain
from tests.generators.cases import (
    BIAS,
    CASES,
    SYMBOLIC,
    Case,
    Letters,
    Number,
    concrete,
    enough_entries,
    i,
    j,
    u,
)
from tests.oracles import brute_force
from tests.oracles.alike import alike

each_case = pytest.mark.parametrize("case", CASES, ids=str)


def read(case: Case, signal: SignalExpr) -> list[Any]:
    """The signal at the data of the case; it may have fewer letters than the case."""
    data = {name: case.data[name] for name in leaves(signal)}
    numbers = {name: case.at[name] for name in symbols_in(signal)}
    entries: list[Any] = signal.evaluate(**data, **numbers)
    return entries


def test_the_table_is_consistent() -> None:
    assert all(len(case.entries) == case.length for case in CASES)
    assert len({case.name for case in CASES}) == len(CASES)


@each_case
def test_numbers(case: Case) -> None:
    entries = case.signal.evaluate(**case.data, **case.amounts)
    assert entries == list(case.entries)
    # Whole numbers stay whole; nothing is ever a float.
    assert all(isinstance(entry, int | Fraction) for entry in entries)


@each_case
def test_fractions(case: Case) -> None:
    data = {name: [Fraction(v) for v in values] for name, values in case.data.items()}
    assert case.signal.evaluate(**data, **case.amounts) == list(case.entries)


@each_case
@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.float64, object])
def test_numpy_arrays(case: Case, dtype: type) -> None:
    data: dict[str, Any] = {
        name: np.array(list(values), dtype=dtype) for name, values in case.data.items()
    }
    entries = case.signal.evaluate(**data, **case.amounts)
    assert entries == pytest.approx([float(entry) for entry in case.entries])


def test_small_numpy_integers_do_not_overflow() -> None:
    x = Signal("x", 2)
    assert x.convolve(x).evaluate(x=np.array([100, 100], dtype=np.int8)) == [10000, 20000, 10000]


@each_case
def test_concrete_lengths(case: Case) -> None:
    assert read(case, case.build(concrete(case.at))) == list(case.entries)


def vector_at(case: Case, signal: SignalExpr) -> list[Expr]:
    vector = signal.vector(**{name: case.at[name] for name in symbols_in(signal)})
    values = {
        Symbol(f"{name}{position}"): Integer(value)
        for name, entries in case.data.items()
        for position, value in enumerate(entries)
    }
    return [entry.xreplace(values) for entry in vector]


@each_case
def test_symbols(case: Case) -> None:
    assert vector_at(case, case.signal) == list(case.entries)


@each_case
def test_instances(case: Case) -> None:
    # Not expanded, and so read without python-flint's polynomials.
    instance = Claim(case.signal, case.signal).at(
        **{name: case.at[name] for name in symbols_in(case.signal)}
    )
    values = {
        Symbol(f"{name}{position}"): Integer(value)
        for name, entries in case.data.items()
        for position, value in enumerate(entries)
    }
    assert [entry.xreplace(values) for entry in instance.lhs] == list(case.entries)
    assert instance.holds


@each_case
def test_brute_force(case: Case) -> None:
    # What the tests hold the verdicts against is a reading too.
    entries = brute_force.evaluate(case.signal, case.at, lambda name, i: case.data[name][i])
    assert entries == list(case.entries)


@each_case
def test_brute_force_at_random(case: Case) -> None:
    # Where the data are random numbers modulo a prime, fractions are too.
    concrete_signal = case.build(concrete(case.at))
    assert brute_force.holds(Claim(case.signal, case.signal), case.at)
    assert brute_force.holds(Claim(concrete_signal, concrete_signal), {})
    if any(case.entries):
        assert not brute_force.holds(Claim(case.signal, 2 * case.signal), case.at)
        assert not brute_force.holds(Claim(case.signal, case.signal.pad(0, 1)), case.at)


@each_case
def test_formula_at_the_data(case: Case) -> None:
    reread = Signal.from_formula(u, case.signal.formula(u), length=case.length)
    assert read(case, reread) == list(case.entries)


@each_case
@pytest.mark.parametrize("lengths", ["symbolic", "concrete"])
def test_formula_for_all_lengths(case: Case, lengths: str) -> None:
    signal = case.signal if lengths == "symbolic" else case.build(concrete(case.at))
    reread = Signal.from_formula(u, signal.formula(u), length=signal.length)
    assert isinstance(Claim(signal, reread, given=enough_entries(signal)).prove(), Proved)


@each_case
def test_formula_at_another_index(case: Case) -> None:
    # Entry u of the flip is entry length − 1 − u.
    entry = case.signal.formula(case.length - 1 - u)
    reversed_ = Signal.from_formula(u, entry, length=case.length)
    assert read(case, reversed_) == list(case.entries)[::-1]


@each_case
def test_entries_are_zero_outside(case: Case) -> None:
    window = Signal.from_formula(u, case.signal[u - 2], length=case.length + 5)
    assert read(case, window) == [0, 0, *case.entries, 0, 0, 0]


@each_case
@pytest.mark.parametrize("offset", [-3, -1, 0, 1, 4])
def test_single_entries(case: Case, offset: int) -> None:
    # Positions before, in and after the signal, most of them for every case.
    for position in (offset, case.length + offset):
        inside = 0 <= position < case.length
        expected: Number = case.entries[position] if inside else 0
        single = Signal.from_formula(u, case.signal[position], length=1)
        assert read(case, single) == [expected], position


@each_case
def test_length(case: Case) -> None:
    at = {symbol: Integer(case.at[symbol.name]) for symbol in case.signal.length.free_symbols}
    assert case.signal.length.xreplace(at) == case.length
    assert case.build(concrete(case.at)).length == case.length


@each_case
def test_length_is_a_length(case: Case) -> None:
    # What `.length` gives can be the length of something else, and one side of a claim.
    length = case.signal.length
    given = enough_entries(case.signal)
    assert isinstance(Claim(length + 1, 1 + length, given=given).prove(), Proved)
    zeros = Signal.from_formula(u, Integer(0), length=length)
    assert isinstance(Claim(zeros, 0 * case.signal, given=given).prove(), Proved)


def names(letters: Letters) -> dict[str, object]:
    signals = {name: getattr(letters, name) for name in "xyhkwg"}
    lengths = {name: getattr(letters, name) for name in "nmcdlrab"}
    indices = {"u": u, "i": i, "j": j}
    language = {"Signal": Signal, "Fraction": Fraction, "bias": BIAS}
    return {**vars(sympy), **language, **signals, **lengths, **indices}


@each_case
@pytest.mark.parametrize("lengths", ["symbolic", "concrete"])
def test_code_rebuilds_the_signal(case: Case, lengths: str) -> None:
    letters = SYMBOLIC if lengths == "symbolic" else concrete(case.at)
    signal = case.build(letters)
    rebuilt = eval(str(signal), names(letters))
    assert read(case, rebuilt) == list(case.entries)
    assert isinstance(Claim(rebuilt, signal, given=enough_entries(signal)).prove(), Proved)
    assert alike(rebuilt, signal)
    assert repr(signal) == str(signal)


@each_case
def test_notation(case: Case) -> None:
    for text in (plain(case.signal), latex(case.signal)):
        assert text.strip()
        assert text.count("(") == text.count(")")
    assert latex(case.signal) in case.signal._repr_latex_()
    assert latex(case.signal).count("{") == latex(case.signal).count("}")


def test_notation_keeps_signals_apart() -> None:
    # Cases that differ in meaning are written differently; x.pad(0, 0) is x in mathematics.
    seen: dict[str, SignalExpr] = {}
    for case in CASES:
        assert seen.setdefault(str(case.signal), case.signal) is case.signal
    seen.clear()
    for case in CASES:
        known = seen.setdefault(plain(case.signal), case.signal)
        assert known is case.signal or isinstance(Claim(known, case.signal).prove(), Proved)
    assert str(SYMBOLIC.x - (SYMBOLIC.y - SYMBOLIC.x)) != str(SYMBOLIC.x - SYMBOLIC.y - SYMBOLIC.x)


def test_a_symbol_may_be_free_beside_a_sum_over_it() -> None:
    x = Signal("x", 5)
    signal = Signal.from_formula(u, Sum(x[u + j], (j, 0, 2)) * x[j], length=3)
    assert signal.evaluate(x=[1, 2, 3, 4, 5], j=1) == [6 * 2, 9 * 2, 12 * 2]
    renamed = Signal.from_formula(u, Sum(x[u + i], (i, 0, 2)) * x[j], length=3)
    assert isinstance(Claim(signal, renamed).prove(), Proved)


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("x", ["x0", "x1"]),
        ("k2", ["k2_0", "k2_1"]),
        ("a_", ["a_0", "a_1"]),
        ("x1y", ["x1y0", "x1y1"]),
    ],
)
def test_names_of_entries(name: str, entries: list[str]) -> None:
    assert [str(entry) for entry in Signal(name, 2).vector()] == entries


def test_vectors_are_expanded() -> None:
    x, k = SYMBOLIC.x, SYMBOLIC.k
    (entry,) = (x + x.flip()).correlate(k).vector(n=1, c=1)
    assert entry == 2 * Symbol("x0") * Symbol("k0")


def test_data_may_be_symbols() -> None:
    a, b = sympy.symbols("a b")
    assert Signal("x", 2).correlate(Signal("k", 1)).evaluate(x=[a, b], k=[3]) == [3 * a, 3 * b]


@pytest.mark.parametrize(
    ("length", "size", "value"),
    [
        (SYMBOLIC.c, 3, 3),
        (SYMBOLIC.c + 2, 3, 1),
        (2 * SYMBOLIC.c, 4, 2),
        (2 * SYMBOLIC.c - 1, 5, 3),
    ],
    ids=str,
)
def test_lengths_are_inferred(length: Expr, size: int, value: int) -> None:
    zeros = Signal.from_formula(u, Integer(0), length=SYMBOLIC.c)
    # The zeros have no data of their own: their number is known from x alone.
    both = Signal("x", length).convolve(zeros)
    assert len(both.evaluate(x=[1] * size)) == size + value - 1


def test_a_length_that_the_data_leave_open_can_be_given() -> None:
    x = Signal("x", sympy.floor(SYMBOLIC.n / 2))
    assert x.pad(SYMBOLIC.n, 0).evaluate(x=[1], n=3) == [0, 0, 0, 1]

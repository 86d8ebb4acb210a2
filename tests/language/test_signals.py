"""Signals as objects: what they compare to, what they are made of, and what they refuse."""

from __future__ import annotations

import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import pytest
from sympy import Symbol

from symconv import Claim, Proved, Refuted, Signal, SignalExpr, SymconvError, integers
from symconv.language.amounts import Amount
from symconv.language.graph import is_zero
from symconv.language.operators import OPERATORS, Add, Flip, Formula, Pad, Scale
from symconv.language.signals import Applied

n, c = integers("n c", positive=True)
x, y, k = Signal("x", n), Signal("y", n), Signal("k", c)
one = Amount.of(1)


@pytest.mark.parametrize(
    ("left", "right"),
    [(x.pad(1, 1), x), (x, x.pad(1, 1)), (x.flip(), y), (Signal.taps(1), y), (x, y)],
)
def test_a_comparison_keeps_its_sides(left: SignalExpr, right: SignalExpr) -> None:
    claim = left == right
    assert isinstance(claim, Claim)
    assert claim.lhs is left
    assert claim.rhs is right


def test_a_name_that_is_used_twice_is_told_first() -> None:
    other = Signal("x", 4)
    for combine in (Signal("x", 3).__add__, Signal("x", 3).__sub__, Signal("x", 3).multiply):
        with pytest.raises(SymconvError, match="two signals are named 'x'"):
            combine(other)


@pytest.mark.parametrize(
    ("operator", "operands", "problem"),
    [
        ("pad", (x,), "expected an operator such as"),
        (Flip(), (3,), "takes a signal, got 3"),
        (Flip(), (), "applied to 1 signals, and got 0"),
        (Flip(), (x, y), "applied to 1 signals, and got 2"),
        (Add(), (x,), "applied to 2 signals, and got 1"),
        (Pad(1, one), (x,), "the left of Pad has to be checked, got 1"),  # type: ignore[arg-type]
        (Scale(0.5), (x,), "the number of Scale has to be checked"),  # type: ignore[arg-type]
    ],
)
def test_what_no_method_makes_is_refused(operator: Any, operands: Any, problem: str) -> None:
    with pytest.raises(SymconvError, match=problem):
        Applied(operator, operands)


def test_what_a_method_makes_is_the_same_object() -> None:
    assert x.apply(Pad(one, one)) is x.pad(1, 1)
    assert Applied(Scale(Fraction(2)), (x,)) is 2 * x


def test_signals_do_not_change() -> None:
    with pytest.raises(AttributeError, match="does not change"):
        x.operands = (y,)
    with pytest.raises(AttributeError, match="does not change"):
        del x.flip().operator
    with pytest.raises(TypeError):
        x.flip().names[0]["y"] = y  # type: ignore[index]


def test_what_is_internal_is_not_suggested() -> None:
    with pytest.raises(SymconvError) as caught:
        x.something  # type: ignore[attr-defined]  # noqa: B018 - it raises
    for internal in SignalExpr.internal:
        assert f" {internal}," not in str(caught.value)
    with pytest.raises(SymconvError, match=r"did you mean length\?"):
        x.lenght  # type: ignore[attr-defined]  # noqa: B018 - it raises


def test_requirements_of_many_layers_are_not_told_before_they_are_asked_for() -> None:
    rolled: SignalExpr = Signal("x", 3)
    continued = rolled
    for _ in range(60):
        rolled = rolled.roll(1)
        continued = continued.pad(1, 0, "circular").pad(-1, 0)
    assert rolled.length == continued.length == 3


def test_shifts_that_follow_each_other_are_one() -> None:
    rolled: SignalExpr = x
    for _ in range(5):
        rolled = rolled.roll(1)
    assert isinstance(Claim(rolled, x.roll(5), given=[n >= 5]).prove(), Proved)


def test_a_length_may_be_that_of_a_signal_with_more_symbols() -> None:
    # SymPy's own symbols, for which a length is one that knows its signal.
    m = Symbol("m", integer=True, positive=True)
    p = Symbol("p", integer=True, nonnegative=True)
    u = Symbol("u", integer=True)
    z = Signal("z", m)
    padded = z.downsample(2).pad(p, 0).pad(-p, 0)
    halved = Signal.from_formula(u, z[2 * u], length=padded.length)
    assert halved.evaluate(z=[1, 2, 3]) == [1, 3]
    assert isinstance(Claim(halved, z.downsample(2)).prove(), Proved)
    verdict = Claim(halved, z).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"m": 2}


class Own(Signal):
    """A signal of somebody else's class."""


def test_pickles_keep_the_class() -> None:
    assert type(pickle.loads(pickle.dumps(Own("own", n)))) is Own


def test_equal_signals_are_one_object_in_all_threads() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            for i in range(40):
                made = list(pool.map(lambda size: Signal("t", size).flip(), [1000 + i] * 8))
                assert len(set(map(id, made))) == 1
    finally:
        sys.setswitchinterval(before)


def test_every_operator_says_how_many_signals_it_takes() -> None:
    assert {operator.arity for operator in OPERATORS} == {0, 1, 2, None}
    for operator in OPERATORS:
        assert operator.is_source == (operator.arity == 0 or operator is Formula)
        assert operator.kernel_operand is None or operator.arity == 2


@pytest.mark.parametrize(
    ("signal", "expected"),
    [
        (0 * x, True),
        (-(0 * x).flip(), True),
        (2 * Signal.taps(0, 0), True),
        (Signal.from_formula(Symbol("u", integer=True), 0, length=n).flip(), True),
        (x, False),
        (-x.flip(), False),
        (Signal.taps(0, 1), False),
        (Signal.ones(n), False),
        (0 * x + y, False),
        (x - x, False),  # not plainly
    ],
)
def test_what_is_plainly_zero(signal: SignalExpr, expected: bool) -> None:
    assert is_zero(signal) is expected

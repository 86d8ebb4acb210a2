"""The cyclic shift, in every reading."""

from __future__ import annotations

import random
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from symconv import Claim, Proved, Refuted, Signal, SymconvError, diagrams, integers
from symconv.command.cli import main
from symconv.language.notation import latex, plain

n, c = integers("n c", positive=True)
a, b = integers("a b")
p = integers("p", nonnegative=True)
u = integers("u")
x, k = Signal("x", n), Signal("k", c)
round_once = [a <= n, a >= -n]


# --- at fixed sizes and at any size ----------------------------------------------------


@pytest.mark.parametrize("size", range(7))
def test_entries_are_those_of_numpy(size: int) -> None:
    entries = [random.Random(size).randrange(-9, 10) for _ in range(size)]
    for amount in range(-size, size + 1):
        rolled = Signal("x", size).roll(amount)
        assert rolled.evaluate(x=entries) == np.roll(entries, amount).tolist()
        formula = rolled.formula(u)
        again = Signal.from_formula(u, formula, length=rolled.length)
        assert again.evaluate(x=entries) == rolled.evaluate(x=entries)


def test_beyond_its_ends_it_is_zero() -> None:
    rolled = Signal("x", 3).roll(1)
    longer = Signal.from_formula(u, rolled[u - 2], length=7)
    assert longer.evaluate(x=[1, 2, 3]) == [0, 0, 3, 1, 2, 0, 0]


def test_the_length_stays() -> None:
    assert x.roll(a).lengths == x.lengths
    with pytest.raises(SymconvError, match="more than its length n"):
        Claim(x.roll(a).length, n).prove()
    assert Claim(x.roll(a).length, n, given=round_once).prove()


def test_it_is_proved_what_rolls_do() -> None:
    back = Claim(x.roll(a).roll(-a), x, given=round_once)
    flipped = Claim(x.flip().roll(a), x.roll(-a).flip(), given=round_once)
    both = Claim(x.roll(p).roll(1), x.roll(p + 1), given=[p + 1 <= n])
    whole = Claim(x.roll(n), x)
    cut = x.pad(0, -p).pad(p, 0) + x.pad(p - n, 0).pad(0, n - p)
    pieces = Claim(x.roll(p), cut, given=[p <= n])
    extended = Claim(x.pad(p, 0, "circular").pad(0, -p), x.roll(p), given=[p <= n])
    for claim in (back, flipped, both, whole, pieces, extended):
        assert isinstance(claim.prove(), Proved), claim


def test_a_circular_layer_moves_with_its_input() -> None:
    circular = x.pad(c - 1, 0, "circular").correlate(k)
    moved = x.roll(p).pad(c - 1, 0, "circular").correlate(k)
    held = [p <= n, c - 1 <= n]
    assert isinstance(Claim(moved, circular.roll(p), given=held).prove(), Proved)
    zeros = Claim(x.roll(1).pad(c - 1, 0).correlate(k), x.pad(c - 1, 0).correlate(k).roll(1))
    verdict = zeros.prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"c": 2, "n": 2}
    assert str(verdict.condition) == "Eq(c, 1) | Eq(n, 1)"


def test_padding_does_not_roll() -> None:
    verdict = Claim(x.roll(p), x.pad(p, -p), given=[p <= n]).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"n": 1, "p": 1}
    assert str(verdict.condition) == "Eq(p, 0)"


# --- checks ----------------------------------------------------------------------------


def test_what_goes_round_more_than_once_is_refused() -> None:
    with pytest.raises(SymconvError, match="add a hypothesis"):
        Claim(x.roll(p), x).prove()
    with pytest.raises(SymconvError, match="would roll 3 entries by 4"):
        Signal("x", 3).roll(4).evaluate(x=[1, 2, 3])
    with pytest.raises(SymconvError, match="the shift of x must be an integer"):
        x.roll(n / 2)
    with pytest.raises(SymconvError, match=r"got 1\.5"):
        x.roll(1.5)
    with pytest.raises(SymconvError, match=r"its form is roll\(shift, \*, axis=None\)"):
        x.roll(1, 2)  # type: ignore[call-arg]


# --- as text ---------------------------------------------------------------------------


def test_it_is_written() -> None:
    rolled = (x + x).roll(p - 1)
    assert str(rolled) == "(x + x).roll(p - 1)"
    assert plain(rolled) == "roll(x + x; p − 1)"
    assert latex(rolled) == r"\operatorname{roll}\left(x + x;\, p - 1\right)"
    assert plain(x.roll(0).correlate(k)) == "x ⋆ k"


def test_the_lines_of_numpy_reproduce_a_counterexample() -> None:
    verdict = Claim(x.roll(1), x, given=[n >= 2]).prove()
    assert isinstance(verdict, Refuted)
    assert "np.roll(x, 1)" in verdict.reproduction
    ran = subprocess.run(
        [sys.executable, "-c", verdict.reproduction], capture_output=True, text=True, check=True
    )
    left, right = verdict.counterexample.lhs, verdict.counterexample.rhs
    assert ran.stdout.split() == f"{np.array(left)} {np.array(right)}".split()


def test_the_command_knows_it() -> None:
    run = CliRunner().invoke
    claim = ["x.roll(a).roll(-a) == x", "--signal", "x:n", "--given", "a <= n"]
    assert run(main, ["check", *claim]).exit_code == 0
    assert "x.roll(shift, *, axis=None)" in run(main, ["check", "--help"]).output


# --- in a picture ----------------------------------------------------------------------


def test_it_is_drawn() -> None:
    picture = diagrams.network(Signal("x", 4).roll(1).correlate(Signal("k", 2)))
    lines = picture.description.splitlines()
    assert "roll(1): x₃ x₀ x₁ x₂." in lines
    assert "Output 0 is reached by x₀ and x₃." in lines

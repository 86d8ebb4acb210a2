"""Coefficients that have to be counted: by isl alone, or by barvinok where that is there.

These tests run in both environments, with islpy and with islpy-barvinok in its place; what
is expected of the harder claims depends on which one it is.
"""

from __future__ import annotations

import islpy
import pytest
from sympy import Eq, Mod, Piecewise, Sum, symbols

from symconv import Claim, Proved, Refuted, Signal, SignalExpr, Unknown
from tests.oracles.brute_force import check_condition, check_counterexample, holds, small_lengths

BARVINOK = hasattr(islpy.Set, "card")

n, a, b, c = symbols("n a b c", integer=True, positive=True)
u, i, j = symbols("u i j", integer=True)
x, k = Signal("x", n), Signal("k", c)
box_a, box_b, box_c = Signal.ones(a), Signal.ones(b), Signal.ones(c)


def repeated(entry: object, *limits: object) -> SignalExpr:
    return Signal.from_formula(u, Sum(entry, *limits), length=n)


trapezoid = Signal.from_formula(
    u,
    Piecewise((1, u < 0), (Sum(1, (i, 0, u)), u < a), (Sum(1, (i, u, 2 * a - 2)), True)),
    length=2 * a - 1,
)

# Indices that are in no position, with intervals of values: isl suffices, or they are moved.
EASY: dict[str, tuple[SignalExpr, SignalExpr]] = {
    "three times": (repeated(x[u], (i, 0, 2)), 3 * x),
    "two boxes commute": (box_a.convolve(box_b), box_b.convolve(box_a)),
    "two boxes after x commute": (
        x.convolve(box_a).convolve(box_b),
        x.convolve(box_b).convolve(box_a),
    ),
    "two boxes are a trapezoid": (box_a.convolve(box_a), trapezoid),
    "symmetric": (box_a.convolve(box_b).flip(), box_a.convolve(box_b)),
    "double box": (
        Signal.ones(2).convolve(box_b),
        box_b.pad(0, 1) + box_b.pad(1, 0),
    ),
    "box of boxes": (
        Signal.ones(3).convolve(box_b.dilate(3)),
        Signal.ones(3 * b),
    ),
    "as many as there are": (repeated(x[u], (i, 1, u)) + x, repeated(x[u], (i, 0, u))),
    "one kernel twice": (
        k.convolve(k).convolve(Signal.ones(2)).convolve(box_a),
        k.convolve(box_a).convolve(k).convolve(Signal.ones(2)),
    ),
    "three boxes": (
        box_a.convolve(box_b).convolve(box_c),
        box_c.convolve(box_a.convolve(box_b)),
    ),
    "a square": (
        repeated(x[u], (i, 0, n - 1), (j, 0, n - 1)),
        repeated(x[u], (i, 0, n - 1), (j, 1, n)),
    ),
    "two triangles are a square": (
        repeated(x[u], (j, 0, i), (i, 0, n - 1)) + repeated(x[u], (j, i + 1, n - 1), (i, 0, n - 1)),
        repeated(x[u], (j, 0, n - 1), (i, 0, n - 1)),
    ),
}

# Values with gaps: to be counted by barvinok.
HARD: dict[str, tuple[SignalExpr, SignalExpr]] = {
    "every other one": (
        repeated(Piecewise((x[u], Eq(Mod(i, 2), 0)), (0, True)), (i, 0, 2 * n)),
        repeated(x[u], (i, 0, n)),
    ),
}

FALSE: dict[str, tuple[SignalExpr, SignalExpr]] = {
    "twice for three times": (repeated(x[u], (i, 0, 2)), 2 * x),
    "one too many": (repeated(x[u], (i, 0, u)), repeated(x[u], (i, 0, u + 1))),
    # The index that is in no guard's way is in a position: it may not be moved.
    "a box that is moved": (
        x.correlate(box_a.pad(1, 0), dilation=2),
        x.correlate(box_a.pad(0, 1), dilation=2),
    ),
    "never enough": (repeated(x[u], (i, 1, n)), 5 * x),
    "other boxes": (box_a.convolve(box_b), Signal.ones(a + b - 1)),
    "three boxes, one longer": (
        box_a.convolve(box_a).convolve(box_a),
        box_a.convolve(box_a.pad(1, 0).pad(-1, 0)).convolve(box_a.flip()).pad(1, 0).pad(0, -1),
    ),
    "a rectangle": (
        repeated(x[u], (i, 0, n - 1), (j, 0, n - 1)),
        repeated(x[u], (i, 0, n - 1), (j, 0, n)),
    ),
}


@pytest.mark.parametrize("name", EASY)
def test_counted_by_isl(name: str) -> None:
    claim = Claim(*EASY[name])
    verdict = claim.prove()
    assert isinstance(verdict, Proved)
    assert verdict.scope == "all lengths"
    assert all(holds(claim, at) for at in small_lengths(claim, 6))
    assert check_condition(claim, 5) == True  # noqa: E712


@pytest.mark.parametrize("name", HARD)
def test_counted_by_barvinok(name: str) -> None:
    claim = Claim(*HARD[name])
    verdict = claim.prove()
    if BARVINOK:
        assert isinstance(verdict, Proved)
        assert "counted" in "".join(map(str, verdict.evidence))
    else:
        assert isinstance(verdict, Unknown)
        assert "install islpy-barvinok in place of islpy" in verdict.reason
    assert all(holds(claim, at) for at in small_lengths(claim, 6))


def test_one_vector_on_each_side_is_expanded() -> None:
    box = Signal.ones(2)
    three = box.convolve(box).convolve(box)
    assert Claim(Signal.taps(1, 3, 3, 1), three).prove().__class__ is Proved
    assert Claim(Signal.taps(1, 3, 2, 1), three).prove().__class__ is Refuted


@pytest.mark.parametrize("name", FALSE)
def test_false_counts(name: str) -> None:
    claim = Claim(*FALSE[name])
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    check_counterexample(claim, verdict)
    failing = next(at for at in small_lengths(claim, 9) if not holds(claim, at))
    assert dict(verdict.counterexample.lengths) == failing


def test_the_condition_of_counted_coefficients() -> None:
    claim = Claim(repeated(x[u], (i, 1, n)), 3 * x)
    assert check_condition(claim, 9) == Eq(n, 3)
    ramp = Claim(repeated(x[u], (i, 0, u)), x)
    assert check_condition(ramp, 9) == Eq(n, 1)

"""Claims with symbolic strides and dilations: proved by a change of indices, or in a range."""

from __future__ import annotations

import pytest
from sympy import Eq, Expr, Integer, Or, Sum, ceiling, floor, symbols

from symconv import Claim, Proved, Refuted, Signal, SignalExpr, Undecided, Unknown
from symconv.polynomials import Polynomial, nonnegative_part
from symconv.polynomials import floor as floor_of
from symconv.strides import strides_of, values_up_to
from tests.brute_force import check_counterexample, holds, is_defined, small_lengths

n, c, d, s, t = symbols("n c d s t", integer=True, positive=True)
l, p, r = symbols("l p r", integer=True, nonnegative=True)
x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)
padded = x.pad(l, r)

TRUE: dict[str, tuple[SignalExpr | Expr, SignalExpr | Expr]] = {
    "two layers": (
        padded.correlate(k, stride=s).correlate(h, stride=t),
        padded.correlate(k.convolve(h.dilate(s)), stride=s * t),
    ),
    "two layers, one kernel": (
        padded.correlate(k, stride=s).correlate(k, stride=s),
        padded.correlate(k.convolve(k.dilate(s)), stride=s * s),
    ),
    "two layers' lengths": (
        padded.correlate(k, stride=s).correlate(h, stride=t).length,
        padded.correlate(k.convolve(h.dilate(s)), stride=s * t).length,
    ),
    "two dilated layers": (
        x.correlate(k, stride=s, dilation=2).correlate(h, stride=3, dilation=t),
        x.correlate(k.dilate(2).convolve(h.dilate(s * t)), stride=3 * s),
    ),
    "three layers": (
        x.correlate(k, stride=s).correlate(k, stride=s).correlate(k, stride=s),
        x.correlate(k.convolve(k.dilate(s)).convolve(k.dilate(s**2)), stride=s**3),
    ),
    "noble identity down": (x.downsample(s).convolve(k), x.convolve(k.dilate(s)).downsample(s)),
    "noble identity up": (x.convolve(k).dilate(s), x.dilate(s).convolve(k.dilate(s))),
    "up and down": (x.dilate(s).downsample(s), x),
    "dilate twice": (x.dilate(s).dilate(t), x.dilate(s * t)),
    "downsample twice": (x.downsample(s).downsample(t), x.downsample(s * t)),
    "dilation in the kernel": (x.correlate(k, dilation=s), x.correlate(k.dilate(s))),
    "stride outside": (x.correlate(k, stride=s), x.correlate(k).downsample(s)),
    "stride to dilation": (
        x.correlate(k, stride=s).pad(p, p).correlate(h),
        x.correlate(k).pad(s * p, s * p).correlate(h, dilation=s).downsample(s),
    ),
    "flipped": (x.dilate(s).flip(), x.flip().dilate(s)),
    "SAME length": (
        x.pad_same(c, stride=s, dilation=d).correlate(k, stride=s, dilation=d).length,
        ceiling(n / s),
    ),
    "transposed": (
        x.conv_transpose(k, stride=s),
        x.dilate(s).pad(c - 1, c - 1).correlate(k.flip()),
    ),
    "nested floors": (floor((floor(n / s) + p) / t), floor((n + s * p) / (s * t))),
    "sum": ((x + 2 * x).downsample(s), x.downsample(s) + 2 * x.downsample(s)),
}


@pytest.mark.parametrize("name", TRUE)
def test_proved_for_all_strides(name: str) -> None:
    claim = Claim(*TRUE[name])
    verdict = claim.prove()
    assert isinstance(verdict, Proved)
    assert verdict.scope == "all lengths"
    assert claim.condition() == True  # noqa: E712
    points = [at for at in small_lengths(claim, 9) if is_defined(claim, at)][:150]
    assert any(at.get("s", 2) > 1 for at in points)
    assert all(holds(claim, at) for at in points)


FALSE: dict[str, tuple[SignalExpr | Expr, SignalExpr | Expr]] = {
    "kernel not dilated": (
        x.correlate(k, stride=s).correlate(h, stride=t),
        x.correlate(k.convolve(h), stride=s * t),
    ),
    "dilated by the wrong stride": (
        x.correlate(k, stride=s).correlate(h, stride=t),
        x.correlate(k.convolve(h.dilate(t)), stride=s * t),
    ),
    "strides added": (x.downsample(s).downsample(t), x.downsample(s + t)),
    "stride forgotten": (x.correlate(k, stride=s), x.correlate(k)),
    "noble identity without dilation": (
        x.downsample(s).convolve(k),
        x.convolve(k).downsample(s),
    ),
    "flip after downsampling": (x.downsample(s).flip(), x.flip().downsample(s)),
    "floor for ceiling": (x.downsample(s).length, floor(n / s)),
    "a box that is moved": (
        x.correlate(Signal.ones(c).pad(1, 0), dilation=s),
        x.correlate(Signal.ones(c).pad(0, 1), dilation=s),
    ),
    "far away": (x.downsample(s), x.pad(0, 7).pad(0, -7).downsample(s).pad(0, floor(s / 7))),
}


@pytest.mark.parametrize("name", FALSE)
def test_refuted_with_the_smallest_counterexample(name: str) -> None:
    claim = Claim(*FALSE[name])
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    check_counterexample(claim, verdict)
    failing = next(at for at in small_lengths(claim, 20) if not holds(claim, at))
    assert dict(verdict.counterexample.lengths) == failing
    with pytest.raises(Undecided, match="numbers for strides"):
        claim.condition()


def test_a_range_of_strides_is_no_proof_for_all_of_them() -> None:
    bounded = Claim(floor((s * s - s) / 2) * 2, s * s - s).prove()
    assert isinstance(bounded, Proved)
    assert bounded.scope == "s from 1 to 6 only"


def test_hypotheses_may_bound_the_strides() -> None:
    lhs, rhs = floor((s * s - s) / 2) * 2, s * s - s
    verdict = Claim(lhs, rhs, given=[s <= 5]).prove()
    assert isinstance(verdict, Proved)
    assert verdict.scope == "all lengths"
    assert "s from 1 to" in str(verdict.evidence[0])
    verdict = Claim(lhs, rhs, given=[s <= 7]).prove()
    assert isinstance(verdict, Proved)
    assert verdict.scope != "all lengths"


def test_a_range_is_all_that_was_proved_where_there_are_no_other_symbols() -> None:
    verdict = Claim(Eq(s**2, 2 * t**2), False).prove()
    assert isinstance(verdict, Proved)
    assert verdict.scope == "s, t from 1 to 4 only"


def test_hypotheses_with_products() -> None:
    multiple = Eq(n, s * t)
    assert Claim(x.downsample(s).length, t).prove().__class__ is Refuted
    assert Claim(x.downsample(s).length, t, given=[multiple]).prove()
    false = Claim(x.downsample(s).length, t + 1, given=[multiple]).prove()
    assert isinstance(false, Refuted)
    assert false.counterexample.lengths == {"n": 1, "s": 1, "t": 1}


def test_indices_multiplied_with_each_other_are_unknown() -> None:
    u, i = symbols("u i", integer=True)
    squares = Signal.from_formula(u, Sum(x[u * i], (i, 0, 1)), length=n)
    assert isinstance(Claim(squares, squares.flip().flip()).prove(), Proved)
    split = Signal.from_formula(u, x[0], length=n) + Signal.from_formula(u, x[u], length=n)
    verdict = Claim(squares, split).prove()
    assert isinstance(verdict, Unknown)
    assert "multiplied" in verdict.reason


def test_symbols_that_vanish_with_a_stride() -> None:
    y = Signal("y", 4)
    verdict = Claim(y.pad((s - 1) * p, 1), y.pad((s - 1) * p + 1, 0)).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"p": 0, "s": 1}


def test_summation_indices_called_like_a_stride() -> None:
    u, a = symbols("u a", integer=True)
    three = Signal.from_formula(u, Sum(x[u + a], (a, 0, 2)), length=n)
    written = Signal.from_formula(u, x[u] + x[u + 1] + x[u + 2], length=n)
    assert Claim(three.pad(a * s, 0), written.pad(a * s, 0)).prove()
    assert not Claim(three.pad(a * s, 1), written.pad(a * s, 0)).prove()


def test_the_index_of_a_formula_called_like_a_stride() -> None:
    a, b = symbols("a b", integer=True)
    itself = Signal.from_formula(a, x[a], length=n)
    entry_a = Signal.from_formula(b, x[a], length=n)
    given = [a >= 0, a <= 2, s <= 2]
    claim = Claim(itself.pad(a * s, 0), entry_a.pad(a * s, 0), given=given)
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    check_counterexample(claim, verdict)
    assert Claim(itself.pad(a * s, 0), x.pad(a * s, 0), given=given).prove()


def test_counterexamples_far_away_are_found_in_time() -> None:
    claim = Claim(x.downsample(s).downsample(t), x.downsample(s + t), given=[n >= 300])
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"n": 300, "s": 1, "t": 1}


def test_alternative_hypotheses_with_products() -> None:
    either = Or(Eq(n, s * t), n < s)
    assert Claim(floor((s * s - s) / 2) * 2, s * s - s, given=[either]).prove()
    false = Claim(x.downsample(s).length * s, n, given=[either])
    verdict = false.prove()
    assert isinstance(verdict, Refuted)
    failing = next(at for at in small_lengths(false, 9) if not holds(false, at))
    assert dict(verdict.counterexample.lengths) == failing


def test_strides_of_finds_what_to_replace() -> None:
    claim = Claim(x.downsample(s).downsample(t), x.downsample(s * t))
    assert strides_of(claim) == (s, t)
    assert strides_of(Claim(n * c, c * n)) in ((c,), (n,))
    assert strides_of(Claim(x, x)) == ()
    values = list(values_up_to((s, t), 2))
    assert values[0] == {s: Integer(1), t: Integer(1)}
    assert len(values) == 4


def test_floors_by_symbols_have_a_normal_form() -> None:
    m, q = Polynomial.of("m"), Polynomial.of("q")
    assert floor_of(q * m + 3 * q - 1, q) == m + 2
    assert str(floor_of(nonnegative_part(m) - 1, q)) == str(
        nonnegative_part(floor_of(m - 1, q) + 1) - 1
    )
    for divisor in range(1, 6):
        for value in range(-7, 8):
            at = {"q": Polynomial.constant(divisor), "m": Polynomial.constant(value)}
            left = floor_of(nonnegative_part(m) + m - 1, q).substitute(at)  # type: ignore[arg-type]
            assert left.as_integer() == (max(0, value) + value - 1) // divisor

"""Claims with symbolic strides and dilations: proved by a change of indices, or in a range."""

from __future__ import annotations

import re

import pytest
from sympy import Eq, Expr, Or, Sum, ceiling, floor, symbols

from symconv import (
    Claim,
    Proved,
    Refuted,
    Signal,
    SignalExpr,
    SymconvError,
    Tensor,
    Undecided,
    Unknown,
    integers,
)
from symconv.arithmetic.polynomials import Polynomial, nonnegative_part
from symconv.arithmetic.polynomials import floor as floor_of
from symconv.decision.strides import strides_of, values_up_to
from symconv.language.signals import substituted
from symconv.reading.text import parse_claim
from tests.oracles.brute_force import (
    check_counterexample,
    check_verdict,
    checked_verdict,
    holds,
    is_defined,
    small_lengths,
)

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
}

FAR_AWAY = Claim(x.downsample(s), x.pad(0, 7).pad(0, -7).downsample(s).pad(0, floor(s / 7)))


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


def test_a_counterexample_beyond_the_strides_that_are_tried() -> None:
    verdict = FAR_AWAY.prove()
    assert isinstance(verdict, Refuted)
    check_counterexample(FAR_AWAY, verdict)
    assert dict(verdict.counterexample.lengths) == {"n": 1, "s": 7}
    assert FAR_AWAY.condition() == (s <= 6)


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
    assert values[0] == {s: 1, t: 1}
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


# --- strides that a hypothesis excludes ------------------------------------------------


def read(text: str, given: list[str], **signals: str) -> Claim:
    return parse_claim(text, signals=signals, given=given).claim


SKIPPED: list[tuple[str, list[str], dict[str, str], bool]] = [
    (
        "y.dilate(s).convolve(w).dilate(t) == y.convolve(w).dilate(s).dilate(t)",
        ["t >= s"],
        {"y": "t - s", "w": "1"},
        True,
    ),
    (
        "y.dilate(s).convolve(w).dilate(t) == y.convolve(w).dilate(s).dilate(t)",
        ["t >= s"],
        {"y": "t - s", "w": "2"},
        False,
    ),
    ("x.downsample(s).length == 1", ["s >= n", "n >= 1"], {"x": "n"}, True),
    ("y.downsample(s).length == 1", ["t > s", "t <= 2*s"], {"y": "t - s"}, True),
    ("y.downsample(s).length == 1", ["t > s", "t <= 2*s + 1"], {"y": "t - s"}, False),
    ("x.correlate(k, stride=s).length == 0", ["c > n"], {"x": "n", "k": "c"}, True),
    ("x.pad(s - t, 0).downsample(s).length == ceil((n + s - t)/s)", ["s >= t"], {"x": "n"}, True),
    (
        "x.correlate(k.pad(s - 3, 0), stride=t).length == (n - c - s + 3)//t + 1",
        ["s >= 3", "n >= c + s", "c >= 1"],
        {"x": "n", "k": "c"},
        True,
    ),
    (
        "x.pad(s, 0, 'circular').pad(-s, 0).downsample(t) == x.downsample(t)",
        ["n >= s"],
        {"x": "n"},
        True,
    ),
]


@pytest.mark.parametrize(("text", "given", "signals", "truth"), SKIPPED)
def test_strides_that_hypotheses_exclude_are_skipped(
    text: str, given: list[str], signals: dict[str, str], truth: bool
) -> None:
    claim = read(text, given, **signals)
    verdict = claim.prove()
    assert isinstance(verdict, Proved if truth else Refuted), verdict
    check_verdict(claim, verdict, 12, 600)


@pytest.mark.parametrize(
    ("text", "given", "signals"),
    [
        # The hypotheses allow t = s + 1, where y is shorter than what is cropped.
        ("y.pad(s, 0, 'circular').downsample(t) == y.downsample(t)", ["t > s"], {"y": "t - s"}),
        ("x.correlate(k.pad(-s, 0), stride=t).length == n", ["c >= s"], {"x": "n", "k": "c"}),
    ],
)
def test_strides_that_hypotheses_allow_are_not_skipped(
    text: str, given: list[str], signals: dict[str, str]
) -> None:
    claim = read(text, given, **signals)
    assert not all(is_defined(claim, at) for at in small_lengths(claim, 8))
    with pytest.raises(SymconvError, match="hypothesis"):
        claim.prove()
    assert checked_verdict(claim, 8) is None


# --- refutations and their conditions --------------------------------------------------


@pytest.mark.parametrize("name", FALSE)
def test_a_refutation_has_a_condition_or_says_why_not(name: str) -> None:
    verdict = Claim(*FALSE[name]).prove()
    assert isinstance(verdict, Refuted)
    assert (verdict.condition is None) == bool(verdict.undecided)
    printed = str(verdict)
    if verdict.condition is None:
        assert re.search(r"divides by a symbol|is a product", verdict.undecided)
        assert f"Exactly when it holds is not known: {verdict.undecided}" in printed
    else:
        assert "It holds exactly when" in printed or "It never holds" in printed
        assert "not known" not in printed


def test_numbers_for_strides_have_a_condition() -> None:
    claim = Claim(*FALSE["kernel not dilated"]).specialised({s: 2, t: 3})
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    assert not verdict.undecided
    assert verdict.condition is not None
    assert "not known" not in str(verdict)


def test_what_follows_from_a_refutation_is_decided_once() -> None:
    verdict = Claim(x.downsample(2).flip(), x.flip().downsample(2)).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.decision is not None
    assert verdict.condition is verdict.condition
    assert str(verdict) == str(verdict)


# --- one tap ---------------------------------------------------------------------------

w = Signal("w", 1)
ONE_TAP: dict[str, tuple[SignalExpr | Expr, SignalExpr | Expr]] = {
    "before and after zeros are put in": (x.dilate(s).convolve(w), x.convolve(w).dilate(s)),
    "before and after entries are dropped": (
        x.downsample(s).convolve(w),
        x.convolve(w).downsample(s),
    ),
    "from the other side": (w.convolve(x.dilate(s)), w.convolve(x).dilate(s)),
    "as a layer": (x.dilate(s).correlate(w), x.correlate(w).dilate(s)),
    "as a strided layer": (x.correlate(w, stride=s), x.downsample(s).correlate(w)),
    "as a dilated layer": (x.correlate(w, dilation=s), x.correlate(w)),
    "as a transposed layer": (x.conv_transpose(w, stride=s), x.convolve(w).dilate(s)),
    "twice": (x.dilate(s).convolve(w).dilate(t), x.convolve(w).dilate(s * t)),
    "two of them": (
        x.dilate(s).convolve(w).convolve(w.flip()),
        x.convolve(w).convolve(w).dilate(s),
    ),
    "of numbers": (
        x.dilate(s).convolve(Signal.taps(3)),
        3 * x.dilate(s),
    ),
    "dilated": (x.dilate(s).convolve(w.dilate(t)), x.convolve(w).dilate(s)),
}


EITHER_LENGTH = [(name, positive) for name in ONE_TAP for positive in (True, False)]


@pytest.mark.parametrize(
    # Two factors, and a signal that may be empty: decided for each pair of factors.
    ("name", "positive"),
    [pair for pair in EITHER_LENGTH if pair != ("twice", False)],
)
def test_one_tap_commutes_with_all_strides(name: str, positive: bool) -> None:
    lhs, rhs = ONE_TAP[name]
    if not positive:
        size = integers("n", nonnegative=True)
        renamed = {n: size}
        assert isinstance(lhs, SignalExpr)
        assert isinstance(rhs, SignalExpr)
        lhs, rhs = substituted(lhs, renamed), substituted(rhs, renamed)
    claim = Claim(lhs, rhs)
    verdict = claim.prove()
    assert isinstance(verdict, Proved), verdict
    assert verdict.scope == "all lengths"
    check_verdict(claim, verdict, 10, 300)


@pytest.mark.parametrize("name", [name for name in ONE_TAP if name != "twice"])
def test_one_tap_commutes_with_all_strides_as_text(name: str) -> None:
    lhs, rhs = ONE_TAP[name]
    verdict = read(f"{lhs} == {rhs}", ["s >= 1"], x="n", w="1").prove()
    assert isinstance(verdict, Proved)
    assert verdict.is_complete


def test_two_taps_do_not_commute_with_strides() -> None:
    two = Signal("w", 2)
    claim = Claim(x.dilate(s).convolve(two), x.convolve(two).dilate(s))
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"n": 1, "s": 2}
    check_verdict(claim, verdict, 12)
    first = Claim(*ONE_TAP["before and after entries are dropped"]).specialised({s: 3})
    assert isinstance(first.prove(), Proved)


def test_what_is_missing_is_said_for_all_strides() -> None:
    n, c, r, h = integers("n c r h", positive=True)
    x = Tensor("x", (c, n))
    split = x.rearrange("c (h r) -> c h r", h=h, r=r)
    with pytest.raises(SymconvError, match=re.escape("add the hypothesis n == h*r (at c = 1,")):
        Claim(split.sum(), x.sum()).prove()


def test_a_claim_is_defined_beyond_its_counterexample_too() -> None:
    n, r = integers("n r", positive=True)
    x = Tensor("x", (n - 1, 1))
    claim = Claim(x.rearrange("(h r) w -> h r w", r=r)[0], x[:r])
    with pytest.raises(SymconvError, match=re.escape("Mod(n - 1, r), 0) (at n = 2, r = 2)")):
        claim.prove()

"""Derivations about tensors: an index for each axis, sums over channels, shapes of outputs."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sympy
from sympy import Eq, Expr, Ge, Integer, Mod, Sum, Symbol, ceiling, floor, oo, symbols

from symconv import Claim, Proved, Refuted, Signal, SymconvError, Tensor, integers
from symconv.derivations import Audit, Derivation, IllFormed, such_that
from symconv.derivations.finite_sums import made_finite
from tests.oracles.derivations import check_closer, kinds_of

A, B, C, H, W, P, Q, R, S = symbols("A B C H W P Q R S", integer=True, positive=True)
a, b, i, j, m, o, p, q, s, t, u, v, z = symbols("a b i j m o p q s t u v z", integer=True)

x, k = Tensor("x", (H, W)), Tensor("k", (P, Q))
FULL = Sum(x[i, j] * k[u - i, v - j], (i, -oo, oo), (j, -oo, oo))
FLIPPED = Sum(x[u - i, v - j] * k[i, j], (i, -oo, oo), (j, -oo, oo))


def audited(*formulas: Any, **options: Any) -> Audit:
    start, *steps = formulas
    derivation = Derivation(start, index=options.pop("index", (u, v)), **options)
    for formula in steps:
        derivation.step(formula)
    return derivation.audit()


def counterexample(audit: Audit, number: int = 0) -> Any:
    verdict = audit[number].verdict
    assert isinstance(verdict, Refuted)
    return verdict.counterexample


# --- two layers are one ----------------------------------------------------------------

image = Tensor("x", (A, H, W))
first, second = Tensor("f", (B, A, P, Q)), Tensor("g", (C, B, R, S))
INNER = [(j, 0, Q - 1), (i, 0, P - 1), (a, 0, A - 1)]
OUTER = [(q, 0, S - 1), (p, 0, R - 1), (b, 0, B - 1)]


@pytest.mark.parametrize("stride", [1, 2, integers("d", positive=True)], ids=str)
def test_two_layers_with_channels_are_one(stride: Any) -> None:
    """All sizes are symbols, and once the stride too."""
    both = stride * stride
    inner = first[b, a, i, j] * image[a, both * u + stride * p + i, both * v + stride * q + j]
    taps = second[o, b, p, q] * first[b, a, s - stride * p, t - stride * q]
    seen = image[a, both * u + s, both * v + t]
    every = [(a, -oo, oo), (s, -oo, oo), (t, -oo, oo)]
    summed = Sum(taps, (b, -oo, oo), (p, -oo, oo), (q, -oo, oo))
    kernel = Tensor.from_formula(
        (o, a, s, t),
        made_finite(summed),
        shape=(C, A, stride * (R - 1) + P, stride * (S - 1) + Q),
    )
    two = image.conv(first, stride=stride).conv(second, stride=stride)
    derivation = Derivation(two, index=(o, u, v))
    derivation.step(Sum(second[o, b, p, q] * Sum(inner, *INNER), *OUTER), "both definitions")
    derivation.step(Sum(second[o, b, p, q] * inner, *INNER, *OUTER), "one sum")
    derivation.step(Sum(second[o, b, p, q] * inner, *OUTER, *INNER), "sums are exchanged")
    derivation.step(Sum(taps * seen, *OUTER, *every), "s = 2p + i and t = 2q + j")
    derivation.step(Sum(seen * summed, *every), "the kernel is put together")
    derivation.step(image.conv(kernel, stride=both), "one layer")
    audit = derivation.audit()
    assert [type(step.verdict) for step in audit] == [Proved] * 6
    assert audit


def test_a_merge_with_the_wrong_stride_along_one_axis() -> None:
    taps = second[o, b, p, q] * first[b, a, s - 2 * p, t - q]
    every = [(a, -oo, oo), (s, -oo, oo), (t, -oo, oo)]
    wrong = Sum(taps * image[a, 4 * u + s, 4 * v + t], *OUTER, *every)
    two = image.conv(first, stride=2).conv(second, stride=2)
    audit = audited(two, wrong, index=(o, u, v))
    found = counterexample(audit)
    ones = dict.fromkeys(["A", "B", "C", "H", "P", "Q", "R"], 1)
    assert dict(found.lengths) == {**ones, "S": 2, "W": 3}
    assert found.index == (0, 0, 0)


def test_a_sum_over_other_channels() -> None:
    narrow = Tensor("y", (A, H))
    taps = Tensor("w", (C, A))
    audit = audited(
        Sum(taps[o, a] * narrow[a, u], (a, 0, A - 1)),
        Sum(taps[o, a] * narrow[a, u], (a, -oo, oo)),
        Sum(taps[o, a] * narrow[a, u], (a, 0, C - 1)),
        index=(o, u),
    )
    assert kinds_of(audit) == ["Proved", "Refuted"]
    assert dict(counterexample(audit, 1).lengths) == {"A": 2, "C": 1, "H": 1}
    assert audit[1].repair is not None
    assert audit[1].repair.change == "the sum over all integers a"


# --- verdicts --------------------------------------------------------------------------


def test_steps_by_kind() -> None:
    transposed = Sum(x[v - j, u - i] * k[i, j], (i, -oo, oo), (j, -oo, oo))
    audit = audited(FULL, FLIPPED, transposed, FLIPPED, where=Ge(u, -3))
    assert kinds_of(audit) == ["Proved", "Refuted", "Refuted"]
    found = counterexample(audit, 1)
    assert (dict(found.lengths), found.index) == ({"H": 1, "P": 1, "Q": 1, "W": 2}, (0, 1))
    assert (found.lhs, found.rhs, found.signals["x"]) == (1, 0, [[0, 1]])
    assert str(audit[1].difference) == "-k_0_0*x_0_1"
    check_closer(audit, audit[1])
    assert audit[1].repair is not None
    assert audit[1].repair.change == "x[u − i, v − j] in place of x[v − j, u − i]"
    assert audit[1].repair.formula == FLIPPED


def test_a_condition_in_several_indices() -> None:
    wrong = Sum(x[i, j] * k[v - i, u - j], (i, -oo, oo), (j, -oo, oo))
    assert kinds_of(audited(FULL, wrong)) == ["Refuted"]
    assert kinds_of(audited(FULL, wrong, where=Eq(u, v))) == ["Proved"]
    derivation = Derivation(FULL, index=(u, v)).step(wrong, where=Eq(u, v)).step(FULL)
    audit = derivation.audit()
    assert kinds_of(audit) == ["Proved", "Refuted"]
    assert "Claimed for all integers u, v with u = v." in str(audit)
    chess = Eq(Mod(u + v, 2), 0)
    kept = such_that(x[u, v], Eq(Mod(u - v, 2), 0))
    assert kinds_of(audited(x[u, v], kept, where=chess)) == ["Proved"]
    assert kinds_of(audited(x[u, v], kept)) == ["Refuted"]


@pytest.mark.parametrize(
    ("formula", "name", "reason"),
    [
        (
            Sum(x[u - i, v - j] * k[i, t], (i, -oo, oo), (j, -oo, oo)),
            "t",
            "t was never introduced",
        ),
        (
            Sum(x[u - i, v - j], (i, -oo, oo), (j, -oo, oo)) * k[i, 0],
            "i",
            "i is the index of a sum, and stands outside of that sum",
        ),
        (x[u, z], "z", "z was never introduced"),
        (Tensor("h", (H, W))[u, v], "h", "h was never introduced"),
    ],
    ids=str,
)
def test_ill_formed(formula: Expr, name: str, reason: str) -> None:
    audit = audited(FULL, formula, FLIPPED)
    assert kinds_of(audit) == ["IllFormed", "Proved"]
    verdict = audit[0].verdict
    assert isinstance(verdict, IllFormed)
    assert (verdict.name, verdict.reason) == (name, reason)


def test_a_sum_that_no_axis_bounds() -> None:
    audit = audited(FULL, Sum(x[u - i, v] * k[i, 0], (i, -oo, oo), (j, -oo, oo)), FLIPPED)
    assert kinds_of(audit) == ["IllFormed", "Proved"]
    assert "the sum over all integers j has infinitely many terms" in str(audit)


def test_indices_that_are_in_no_formula() -> None:
    w = Symbol("w", integer=True, positive=True)
    audit = audited(x[0, 0], x[1, 0], index=(u, w))
    assert counterexample(audit).index == (0, 1)
    assert str(audit).startswith("For all integers u, w ≥ 1:\n")
    assert "at H = 1, W = 1, u = 0, w = 1, x = [[1]]: 0 instead of 1." in str(audit)


def test_introduced_tensors() -> None:
    h = Tensor("h", (C, H, W))
    zero = Sum(h[a, u, v], (a, C, B))
    (step,) = audited(x[u, v], x[u, v] + zero, introduced=[h])
    assert isinstance(step.verdict, IllFormed)
    assert step.verdict.name == "B"
    assert audited(x[u, v], x[u, v] + zero, introduced=[h, B])


# --- outputs ---------------------------------------------------------------------------

EVERY_SECOND = x[::2, ::2]


def test_the_outputs_of_a_tensor() -> None:
    audit = audited(EVERY_SECOND, x[2 * u, 2 * v], EVERY_SECOND)
    assert audit
    heading = "For every output, 0 ≤ u < ⌊(H + 1)/2⌋, 0 ≤ v < ⌊(W + 1)/2⌋"
    assert str(audit).startswith(f"{heading}:\n")
    assert audit.record()["claimed_for"] == heading
    assert audit.markdown().startswith(r"For every output, $0 \leq u < ")
    assert audit.derivation.shape is not None
    assert list(map(str, audit.derivation.shape)) == list(map(str, EVERY_SECOND.shape))
    # What a formula gives at other indices counts where it is asked for.
    beyond = x[2 * u, 2 * v] + such_that(x[0, 0], Ge(u, H))
    assert audited(EVERY_SECOND, beyond)
    outside = audited(EVERY_SECOND, beyond, outside=True)
    assert counterexample(outside).index == (1, 0)
    said = str(outside)
    assert said.startswith("For all integers u, v, where a signal is 0 outside of its outputs:")
    assert "u = 1, v = 0 is no output of x↓2[axis 0, 1]: the only output there is (0, 0)." in said
    assert "Without outside=True, the derivation speaks of its outputs alone." in said


def test_which_outputs_there_are() -> None:
    audit = audited(x[u, v] + x[0, 0] * such_that(Integer(1), Ge(v, W)), x, given=[Ge(H, 3)])
    assert "the outputs there are (0, 0) to (2, 0)." in str(audit)
    assert "With where=" in str(audit)


def test_tensors_of_different_shapes() -> None:
    wider = x.pad(0, 1, axis=1)
    audit = audited(x, wider, wider)
    assert [type(step.verdict) for step in audit] == [Refuted, Proved]
    found = counterexample(audit)
    assert (found.index, found.lhs, found.rhs) == (None, (1, 1), (1, 2))
    assert dict(found.lengths) == {"H": 1, "W": 1}
    assert "Wrong at H = 1, W = 1: outputs of shape (1, 2) instead of (1, 1)." in str(audit)
    record = json.loads(json.dumps(audit.record()))["steps"][0]["counterexample"]
    assert (record["index"], record["before"], record["here"]) == (None, [1, 1], [1, 2])
    assert (audit[0].difference, audit[0].repair) == (None, None)
    square = audited(x, x.pad(0, H - 1, axis=0), given=[Eq(H, 1)])
    assert square


def test_no_entry_is_said_to_be_zero_beyond_the_outputs() -> None:
    """So a kernel of one axis is found for a symbolic stride, too."""
    n, c, d, stride = integers("n c d stride", positive=True)
    y, f, g = Signal("y", n), Signal("f", c), Signal("g", d)
    two = y.correlate(f, stride=stride).correlate(g, stride=stride)
    one = y.correlate(f.convolve(g.dilate(stride)), stride=stride * stride)
    audit = audited(two, one, index=u)
    assert audit[0].formula == one.formula(u)
    assert Claim(two, one).prove().is_complete  # type: ignore[union-attr]
    assert audit


# --- reports ---------------------------------------------------------------------------


def test_record() -> None:
    wrong = Sum(x[u - i, v + j] * k[i, j], (i, -oo, oo), (j, -oo, oo))
    audit = audited(FLIPPED, wrong)
    record = json.loads(json.dumps(audit.record()))
    assert record["index"] == ["u", "v"]
    assert record["claimed_for"] == "For all integers u, v"
    (step,) = record["steps"]
    assert step["counterexample"] == {
        "lengths": {"H": 1, "P": 1, "Q": 2, "W": 1},
        "index": [0, -1],
        "signals": {"k": [[0, 1]], "x": [[1]]},
        "before": 0,
        "here": 1,
    }
    assert step["surplus"] == ["k_0_1*x_0_0"]


def test_pages() -> None:
    audit = audited(FLIPPED, FULL, 2 * FULL)
    assert audit.markdown().startswith("For all integers $u$, $v$:\n\n**(0)** $$")
    told = "at H = 1, P = 1, Q = 1, W = 1, u = 0, v = 0, k = [[1]], x = [[1]]: 2 instead of 1."
    assert f"**Wrong** {told}" in audit.markdown()
    assert f"Wrong {told}" in audit._repr_html_()
    assert r"k[u - i, v - j]" in audit._repr_html_()


def test_repairs_multiply_all_indices_or_one() -> None:
    right = Sum(k[i, j] * x[2 * u + i, 2 * v + j], (i, 0, P - 1), (j, 0, Q - 1))
    once = Sum(k[i, j] * x[u + i, v + j], (i, 0, P - 1), (j, 0, Q - 1))
    mixed = Sum(k[i, j] * x[2 * u + i, v + j], (i, 0, P - 1), (j, 0, Q - 1))
    repairs = [step.repair for wrong in (once, mixed) for step in audited(right, wrong)]
    assert [found and found.change for found in repairs] == [
        "2u in place of u and 2v in place of v",
        "2v in place of v",
    ]


# --- bad input -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (u, "x has 2 axes, and the derivation has the index u: expected 2 indices"),
        ((u, v, z), "has the indices u, v, z: expected 2 indices, one for each axis"),
        ((u, u), "the index must have a symbol of its own for each axis"),
        ((), "the index must have one symbol at least"),
        ([u, v], "or a tuple of such symbols, one for each axis, got"),
        ((u, "v"), "or a tuple of such symbols, one for each axis, got"),
        ((u, 2 * v), "or a tuple of such symbols, one for each axis, got"),
    ],
    ids=str,
)
def test_indices_that_do_not_fit(index: Any, message: str) -> None:
    with pytest.raises(SymconvError) as raised:
        Derivation(x, index=index)
    assert message in str(raised.value)


def test_steps_of_another_number_of_axes() -> None:
    derivation = Derivation(x, index=(u, v))
    with pytest.raises(SymconvError, match="has 1 axis, and the derivation has the indices u, v"):
        derivation.step(x.rearrange("h w -> (h w)"))
    with pytest.raises(SymconvError, match="expected no indices"):
        derivation.step(x.sum((0, 1)))
    with pytest.raises(SymconvError, match=r"in entries such as x\[u, v\], got 'x'"):
        derivation.step("x")
    assert derivation.audit().steps == ()


# --- sums without ends -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "ends"),
    [
        (Sum(x[m, 3], (m, -oo, oo)), (0, H - 1)),
        (Sum(x[3, m], (m, -oo, oo)), (0, W - 1)),
        (Sum(x[u, v - 2 * m], (m, -oo, oo)), (ceiling(v / 2 - W / 2 + sympy.S.Half), floor(v / 2))),
        # One axis says it in fewer words, and one that says nothing is passed over.
        (Sum(x[m + u + v, m], (m, -oo, oo)), (0, W - 1)),
        (Sum(x[m * m, m], (m, -oo, oo)), (0, W - 1)),
        (Sum(x[u, m] * k[m, v], (m, -oo, oo)), (0, P - 1)),
    ],
    ids=str,
)
def test_ranges(formula: Expr, ends: tuple[Expr, Expr]) -> None:
    finite: Any = made_finite(formula)
    ((_, lower, upper),) = finite.limits
    assert (lower, upper) == ends


def test_ranges_of_several_indices() -> None:
    finite: Any = made_finite(FLIPPED)
    assert [limits[1:] for limits in finite.limits] == [(0, P - 1), (0, Q - 1)]
    assert not made_finite(FULL).has(oo)

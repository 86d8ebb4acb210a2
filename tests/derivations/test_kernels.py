"""Derivations of kernels that were found: each step is proved, and wrong ones are not made."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sympy import Eq, Ge, Mod, Sum

from symconv import (
    Claim,
    Proved,
    Refuted,
    Signal,
    SignalExpr,
    Solution,
    SymconvError,
    Tensor,
    integers,
    solve,
)
from symconv.derivations import Derivation
from symconv.derivations.kernels import derivation_of
from tests.decision.solving.kernels.test_finding import FOUND, NONE, Right
from tests.generators.kernel_problems import kernel_problem, stated

n, c, d, l, r, s, e = integers("n c d l r s e", positive=True)
u, i, j, t = integers("u i j t")
x, y, k, h = Signal("x", n), Signal("y", n), Signal("k", c), Signal("h", d)
padded = x.pad(l, r)
C, O, M, H, W, P, Q = integers("C O M H W P Q", positive=True)
image = Tensor("image", (C, H, W))
w1, w2 = Tensor("w1", (M, C, P, Q)), Tensor("w2", (O, M, 3, 3))
b1, b2 = Signal("b1", M), Signal("b2", O)
w3, v = Tensor("w3", (C, C, 3, 3)), Tensor("v", (C, C, 1, 1))

# The left side, the right side, and what else is known.
MORE: dict[str, tuple[SignalExpr, Right, dict[str, Any]]] = {
    "two symbolic strides": (
        padded.correlate(k, stride=s).correlate(h, stride=e),
        lambda K: padded.correlate(K, stride=s * e),
        {},
    ),
    "a symbolic dilation": (
        x.correlate(k).correlate(h, dilation=s),
        lambda K: x.correlate(K),
        {},
    ),
    "three layers": (
        x.correlate(k, stride=2).correlate(h, stride=3).correlate(k, stride=2),
        lambda K: x.correlate(K, stride=12),
        {},
    ),
    "a convolution as a correlation": (
        x.convolve(k),
        lambda K: x.pad(c - 1, c - 1).correlate(K),
        {},
    ),
    "everything flipped": (x.flip().correlate(k).flip(), lambda K: x.correlate(K), {}),
    "two axes, channels": (
        image.conv(w1, stride=2).conv(w2, stride=2),
        lambda K: image.conv(K, stride=4),
        {},
    ),
    "two biases": (
        image.conv(w1, bias=b1).conv(w2, bias=b2),
        lambda K, B: image.conv(K, bias=B),
        {},
    ),
    "biases of one axis": (
        x.correlate(k, stride=s).add_bias(Signal("f", 1)).correlate(h).add_bias(Signal("g", 1)),
        lambda K, B: x.correlate(K, stride=s).add_bias(B),
        {"shape": {"B": 1}},
    ),
    "RepVGG": (
        image.conv(w3, padding=1) + image.conv(v) + image,
        lambda K: image.conv(K, padding=1),
        {},
    ),
    "a pool of two axes": (
        image.avg_pool((2, 2)).conv(w1),
        lambda K: image.conv(K, stride=2),
        {},
    ),
    "two inputs": (
        x.convolve(k) + y.convolve(k.flip()),
        lambda A, B: x.convolve(A) + y.convolve(B),
        {},
    ),
    "a kernel that is the same from both ends": (
        padded.correlate(k).correlate(h),
        lambda K: padded.correlate(K),
        {"given": [k.flip() == k]},
    ),
    "multiples of the stride": (
        x.correlate(Signal("k", 3), stride=2).correlate(Signal("k", 3), stride=2),
        lambda K: x.correlate(K, stride=4),
        {"given": [Eq(Mod(n, 4), 0), Ge(n, 8)], "shape": 8},
    ),
}

PROBLEMS = {**{name: (lhs, rhs, {}) for name, (lhs, rhs, *_) in FOUND.items()}, **MORE}


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_step_is_right(name: str) -> None:
    lhs, rhs, known = PROBLEMS[name]
    found = solve(lhs, rhs, **known)
    assert isinstance(found.verdict, Proved), found
    derivation = found.derivation
    audit = derivation.audit()
    assert audit
    for told in (str(audit), audit.markdown(), audit._repr_html_()):
        assert "Every step is right." in told
    assert json.dumps(audit.record())
    # It begins and ends with the two sides: with what the names stand for in their places.
    first, last = derivation.signals
    assert isinstance(Claim(spelled(derivation, first), lhs).prove(), Proved)
    right = rhs(*(derivation.defined[name] for name in found.kernels))
    assert isinstance(Claim(spelled(derivation, last), right).prove(), Proved)
    assert audit[-1].because.startswith("reading off ")


def spelled(derivation: Derivation, signal: SignalExpr) -> SignalExpr:
    from symconv.language.signals import put_in

    for name, meaning in reversed(derivation.defined.items()):
        signal = put_in(signal, {name: meaning})
    return signal


def exercise() -> Solution:
    lhs, rhs, *_ = FOUND["the exercise"]
    return solve(lhs, rhs)


def test_the_exercise() -> None:
    """As the notebook with the index argument writes it."""
    derivation = exercise().derivation
    audit = derivation.audit()
    a, one = Signal("a", derivation.defined["a"].length), Signal("K", 3 * c - 2)
    assert derivation.index.name == "u"

    def xp(m: Any) -> Any:
        return x[m - l]

    first, second = (i, 0, c - 1), (j, 0, c - 1)
    assert derivation.start == Sum(k[i] * a[2 * u + i], first)
    terms = [
        (Sum(k[i] * Sum(k[j] * xp(4 * u + 2 * i + j), second), first), "the definition of a"),
        (Sum(k[i] * k[j] * xp(4 * u + 2 * i + j), second, first), "all in one sum"),
        (Sum(k[i] * k[j] * xp(4 * u + 2 * i + j), first, second), "the sums are exchanged"),
        (Sum(k[i] * k[t - 2 * i] * xp(4 * u + t), first, (t, 0, 3 * c - 3)), "t = 2i + j"),
        (
            Sum(Sum(k[i] * k[t - 2 * i], first) * xp(4 * u + t), (t, 0, 3 * c - 3)),
            "what the inner sum does not change is taken out of it",
        ),
        (
            Sum(one[t] * xp(4 * u + t), (t, 0, 3 * c - 3)),
            "reading off K[t] = Σ_{0 ≤ i ≤ c − 1} k[t − 2i]·k[i]",
        ),
    ]
    assert [(str(step.formula), step.because) for step in audit] == [
        (str(formula), because) for formula, because in terms
    ]
    assert "a = (pad(x; l, r) ⋆ k)↓2, K = k ∗ k↑2" in str(audit).splitlines()[0]
    assert audit.record()["defined"] == {
        "a": "x.pad(l, r).correlate(k, stride=2)",
        "K": "k.convolve(k.dilate(2))",
    }


def test_letters_that_have_a_meaning_are_left_alone() -> None:
    i, t, u, a = integers("i t u a", positive=True)
    f, g = Signal("f", i), Signal("g", t)
    layers = x.correlate(f, stride=u).correlate(g, stride=a)
    found = solve(layers, lambda b: x.correlate(b, stride=u * a))
    assert found.derivation.audit()
    assert "e" in found.derivation.defined
    assert not {"i", "t", "u", "a"} & {one.name for one in found.derivation.indices}


def test_of_sides_that_are_one_there_is_one_line() -> None:
    found = solve(x.correlate(k), lambda K: x.correlate(K))
    (step,) = found.derivation.audit()
    assert isinstance(step.verdict, Proved)
    assert step.because == "reading off K[i] = k[i]"


@pytest.mark.parametrize("name", NONE)
def test_where_nothing_was_found_nothing_is_derived(name: str) -> None:
    lhs, rhs, *_ = NONE[name]
    with pytest.raises(SymconvError, match="there is no derivation: K was not found, "):
        _ = solve(lhs, rhs).derivation


@pytest.mark.parametrize(
    "wrong",
    [
        k.dilate(2).convolve(k.flip()),
        k.convolve(k).pad(c - 1, 0),
        k.convolve(k.dilate(2)).flip(),
        2 * k.convolve(k.dilate(2)),
    ],
)
@pytest.mark.parametrize("told", ["kernels", "formulas", "both"])
def test_a_wrong_kernel_has_no_derivation(wrong: SignalExpr, told: str) -> None:
    """Even where it is said to be proved: the steps are decided by themselves."""
    found = exercise()
    formula = Signal.from_formula(t, wrong.formula(t), length=3 * c - 2)
    false = replace(
        found,
        kernels=found.kernels if told == "formulas" else {"K": wrong},
        formulas=found.formulas if told == "kernels" else {"K": formula},
    )
    with pytest.raises(SymconvError, match=r"no derivation was made of it: the step to Σ.*refuted"):
        derivation_of(false)


def test_a_wrong_step_is_caught() -> None:
    """Each line of the chain with one change in it, audited."""
    right = exercise().derivation
    audit = right.audit()
    first, _ = right.signals
    names = {Signal(name, one.length): one for name, one in right.defined.items()}
    for position, step in enumerate(audit):
        changed = step.formula.subs(x[4 * right.index], 0) + x[right.index]
        again = Derivation(first, index=right.index, defined=names)
        for number, other in enumerate(audit):
            again.step(changed if number == position else other.formula)
        found = again.audit()
        assert found.first_wrong is found[position]
        verdict = found[position].verdict
        assert isinstance(verdict, Refuted)
        # The counterexample is about what the names stand for.
        assert set(verdict.counterexample.signals) <= {"x", "k"}


@pytest.mark.parametrize("seed", range(16))
def test_random_chains(seed: int) -> None:
    """What is found for a random chain is derived, or it is said which step is not proved."""
    problem = stated(kernel_problem(seed))
    found = solve(problem.lhs, problem.rhs, shape=problem.shape, given=problem.given)
    if not (isinstance(found.verdict, Proved) and found.verdict.is_complete):
        with pytest.raises(SymconvError, match=r"there is no derivation|no derivation was made"):
            _ = found.derivation
        return
    derivation = found.derivation
    assert derivation.audit()
    first, _ = derivation.signals
    verdict = Claim(spelled(derivation, first), problem.lhs, problem.given).prove()
    assert isinstance(verdict, Proved)

"""Audits of derivations: each verdict by kind, and right derivations mutated at random.

SYMCONV_MUTATED_STEPS gives another number of mutants, SYMCONV_RANDOM_SEED another first seed.
`python -m tests.runners.derivations` checks as many as there is time for.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from itertools import product
from typing import Any

import pytest
import sympy
from sympy import (
    Dummy,
    Eq,
    Expr,
    Ge,
    IndexedBase,
    Integer,
    Le,
    Mod,
    Rational,
    Sum,
    Symbol,
    Tuple,
    floor,
    oo,
    symbols,
)

from symconv import Proved, Refuted, Signal, SymconvError, Undecided, Unknown
from symconv.derivations import Audit, Derivation, IllFormed, such_that
from symconv.derivations.repairs import repair
from tests.generators.derivations import (
    EVEN_U,
    RIGHT,
    c,
    d,
    h,
    i,
    j,
    k,
    l,
    m,
    n,
    only,
    q,
    t,
    u,
    v,
    x,
)
from tests.oracles import formulas as oracle
from tests.oracles.derivations import (
    check_closer,
    check_difference,
    check_holds_where,
    check_repair,
    kinds_of,
    problem_of,
)
from tests.runners.derivations import check_mutant

MUTANTS = int(os.environ.get("SYMCONV_MUTATED_STEPS", "300"))
SEED = int(os.environ.get("SYMCONV_RANDOM_SEED", "0"))
AT_ONCE = 100  # mutants in one test

# --- verdicts by kind ----------------------------------------------------------------


def audited(*formulas: Any, **options: Any) -> Audit:
    start, *steps = formulas
    derivation = Derivation(start, index=options.pop("index", u), **options)
    for formula in steps:
        derivation.step(formula)
    return derivation.audit()


@pytest.mark.parametrize("name", RIGHT)
def test_right_derivations_are_proved(name: str) -> None:
    audit = RIGHT[name].derivation().audit()
    assert kinds_of(audit) == ["Proved"] * (len(RIGHT[name].formulas) - 1)
    assert audit
    assert audit.first_wrong is None
    assert [step.number for step in audit] == list(range(1, len(audit) + 1))
    assert [step.against for step in audit] == list(range(len(audit)))
    for step in audit:
        assert (step.repair, step.holds_where, step.difference) == (None, None, None)


CONVOLUTION = Sum(x[m] * k[u - m], (m, -oo, oo))


def test_reasons_and_formulas_are_kept() -> None:
    derivation = Derivation(x.convolve(k), index=u)
    assert derivation.step(CONVOLUTION, because="definition") is derivation
    derivation.step(k.convolve(x), because="symmetry").step(0)
    audit = derivation.audit()
    assert [s.because for s in audit] == ["definition", "symmetry", ""]
    assert [s.formula for s in audit] == [CONVOLUTION, k.convolve(x)[u], Integer(0)]
    assert kinds_of(audit) == ["Proved", "Proved", "Refuted"]
    assert audit.first_wrong is audit[2]
    assert not audit
    assert repr(derivation) == "<derivation with 3 steps>"
    assert len(derivation.audit()) == 3  # the derivation is as it was


@pytest.mark.parametrize(
    ("wrong", "lengths", "index", "signals", "lhs", "rhs"),
    [
        # the kernel is flipped; a range that ends too early, and too late; the pads of c/2
        (Sum(x[u + i] * k[i], (i, 0, c - 1)), {"c": 2, "n": 1}, -1, {"k": [0, 1], "x": [1]}, 0, 1),
        (Sum(x[m] * k[u - m], (m, 0, n - 2)), {"c": 1, "n": 1}, 0, {"k": [1], "x": [1]}, 1, 0),
        (Sum(x[m] * k[u - m], (m, 1, n)), {"c": 1, "n": 1}, 0, {"k": [1], "x": [1]}, 1, 0),
        (Sum(x[m] * k[u - m], (m, -c / 2, n + c / 2)), None, None, None, None, None),
        (
            Sum(only(x[m] * k[u - m], Eq(Mod(m, 2), 0)), (m, -oo, oo)),
            {"c": 1, "n": 2},
            1,
            {"k": [1], "x": [0, 1]},
            1,
            0,
        ),
    ],
)
def test_counterexamples(
    wrong: Expr, lengths: Any, index: Any, signals: Any, lhs: Any, rhs: Any
) -> None:
    audit = audited(CONVOLUTION, wrong)
    (step,) = audit
    if lengths is None:
        assert kinds_of(audit) == ["Proved"]
        return
    assert kinds_of(audit) == ["Refuted"]
    assert isinstance(step.verdict, Refuted)
    found = step.verdict.counterexample
    assert (dict(found.lengths), found.index, dict(found.signals)) == (lengths, index, signals)
    assert (found.lhs, found.rhs) == (lhs, rhs)
    check_closer(audit, step)


def test_an_index_that_is_in_neither_formula() -> None:
    audit = audited(x[0], x[1])
    assert kinds_of(audit) == ["Refuted"]
    assert isinstance(audit[0].verdict, Refuted)
    assert audit[0].verdict.counterexample.index == 0
    check_closer(audit, audit[0])
    assert "at n = 1, u = 0, x = [1]: 0 instead of 1." in str(audit)
    assert audit.record()["steps"][0]["counterexample"]["index"] == 0


@pytest.mark.parametrize(
    ("assumptions", "where", "index"),
    [
        ({"positive": True}, True, 1),
        ({"negative": True}, True, -1),
        ({"nonpositive": True, "zero": False}, True, -1),
        ({}, Ge(u, 3), 3),
        ({}, Eq(Mod(u, 4), 3), -1),
    ],
    ids=str,
)
def test_an_index_in_neither_formula_satisfies_what_is_said_of_it(
    assumptions: dict[str, bool], where: Any, index: int
) -> None:
    w = Symbol("u", integer=True, **assumptions)
    (step,) = audited(x[0], x[1], index=w, where=where)
    assert isinstance(step.verdict, Refuted)
    assert step.verdict.counterexample.index == index
    assert dict(step.verdict.counterexample.lengths) == {"n": 1}
    assert str(step.difference) == "-x0"


def test_numbers_that_are_large_or_fractions() -> None:
    audit = audited(2**60 * x[u], Rational(1, 3) * x[u], Rational(1, 3) * x[u] + Rational(1, 7))
    assert kinds_of(audit) == ["Refuted", "Refuted"]
    record = json.loads(json.dumps(audit.record()))
    assert record["steps"][0]["counterexample"]["before"] == str(2**60)
    assert record["steps"][0]["counterexample"]["here"] == "1/3"
    assert record["steps"][1]["counterexample"]["here"] == "1/7"
    for step in audit:
        check_difference(step, problem_of(audit, step))


# How often an entry occurs has to be counted, over two indices: beyond isl alone.
y = Signal("y", 1)
UNCOUNTED = Sum(y[u + i + j + t], (i, 0, 2), (j, 0, 3), (t, 0, 4))
EXCHANGED = Sum(y[u + i + j + t], (i, 0, 3), (j, 0, 4), (t, 0, 2))


def test_unknown_with_its_reason() -> None:
    audit = audited(UNCOUNTED, EXCHANGED)
    assert [type(s.verdict) for s in audit] == [Unknown]
    assert audit.first_wrong is None
    assert not audit
    unknown = audit[0].verdict
    assert isinstance(unknown, Unknown)
    assert "counted" in unknown.reason
    assert (audit[0].repair, audit[0].holds_where, audit[0].difference) == (None, None, None)


@pytest.mark.parametrize(
    "formula",
    [
        x[u] ** -1,
        x[u] * u,
        sympy.sin(x[u]),
        sympy.nan,
        sympy.pi * x[u],
        sympy.Float(0.5) * x[u],
        x[u].base[u / 2 + Rational(1, 3) * sympy.sqrt(2)],
        Sum(x[m], (m, oo, -oo)),
        Sum(x[m], (m, 0, sympy.nan)),
        IndexedBase("x")[u],
        Sum(only(x[m], Eq(m, 2)) / x[m], (m, -oo, oo)),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_unknown(formula: Expr) -> None:
    audit = audited(x[u], formula, x[u])
    kinds = [type(step.verdict) for step in audit]
    assert kinds in ([Unknown, Unknown], [Unknown, Proved], [Unknown, Refuted]), audit
    assert str(audit)
    assert json.dumps(audit.record())


def test_a_proof_that_leaves_something_out() -> None:
    audit = audited(x[u], Sum(x[m], (m, u, u * n)) - Sum(x[m], (m, u + 1, u * n)))
    verdict = audit[0].verdict
    assert isinstance(verdict, Proved)
    assert verdict.scope == "n from 1 to 6, and all other lengths"
    assert not audit
    assert audit.first_wrong is None
    assert audit.record()["steps"][0]["scope"] == verdict.scope
    assert str(audit).endswith("No step is wrong, but not every one was proved for all lengths.")


@pytest.mark.parametrize(
    ("formula", "name", "reason"),
    [
        # the taps of the published solution: t stands outside its sum
        (Sum(k[m] * k[u - t - m], (m, -oo, oo)), "t", "t was never introduced"),
        (
            Sum(k[i], (i, 0, c - 1)) * x[i],
            "i",
            "i is the index of a sum, and stands outside of that sum",
        ),
        (
            Sum(x[m] * k[u - q], (m, -oo, oo)),
            "q",
            "q is the index of a sum, and stands outside of that sum",
        ),
        (Sum(x[m] * h[u - m], (m, -oo, oo)), "h", "h was never introduced"),
        (Sum(x[m] * k[v - m], (m, -oo, oo)), "v", "v was never introduced"),
        (Sum(x[m] * k[u - m], (m, 0, d)), "d", "d was never introduced"),
        (Sum(x[i] * k[u - i], (j, i, i + c), (m, 0, 2)), "i", "i was never introduced"),
        (
            Sum(x[i] * k[u - j], (i, 0, j), (j, 0, i)),
            "i",
            "i is the index of a sum, and stands outside of that sum",
        ),
    ],
    ids=str,
)
def test_ill_formed(formula: Expr, name: str, reason: str) -> None:
    started = Sum(x[q] * k[u - q], (q, -oo, oo))
    audit = audited(started, CONVOLUTION, formula, k.convolve(x)[u])
    assert kinds_of(audit) == ["Proved", "IllFormed", "Proved"]
    verdict = audit[1].verdict
    assert isinstance(verdict, IllFormed)
    assert (verdict.name, verdict.reason) == (name, reason)
    assert not verdict
    assert str(verdict) == f"ill-formed: {reason}"
    assert [step.against for step in audit] == [0, 1, 1]
    assert audit.first_wrong is audit[1]
    assert not audit
    assert (audit[1].repair, audit[1].holds_where, audit[1].difference) == (None, None, None)


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        (Sum(x[u], (m, -oo, oo)), "m"),
        (Sum(x[m] + x[u], (m, -oo, oo)), "m"),
        (Sum(x[m] * k[t], (m, 0, oo), (t, -oo, oo), (q, 0, oo)), "q"),
        (Sum(x[u - m - t], (m, -oo, oo), (t, -oo, oo)), "t"),
        (Sum(x[m], (m, -oo, oo)) * Sum(Sum(x[m], (m, 0, 3)), (m, -oo, oo)), "m"),
        (Sum(only(x[u], Eq(Mod(m, 2), 0)), (m, -oo, oo)), "m"),
    ],
    ids=str,
)
def test_a_sum_with_infinitely_many_terms_is_ill_formed(formula: Expr, name: str) -> None:
    audit = audited(CONVOLUTION, formula, CONVOLUTION)
    assert kinds_of(audit) == ["IllFormed", "Proved"]
    verdict = audit[0].verdict
    assert isinstance(verdict, IllFormed)
    assert verdict.name == name
    assert f"the sum over all integers {name} has infinitely many terms" in verdict.reason


def test_the_start_may_be_ill_formed_for_a_sum_without_end() -> None:
    with pytest.raises(SymconvError, match="infinitely many terms"):
        Derivation(Sum(x[u], (m, -oo, oo)), index=u)


def test_introduced() -> None:
    steps = [Sum(h[i], (i, 0, d - 1)) * 0 + x[u] * h[0] ** 0 + h[t] - h[t + q - q]]
    assert steps == [x[u] + 0]  # SymPy cancels; what is left needs nothing
    wanted = x[u] + h[t]
    (step,) = audited(x[u], wanted)
    assert isinstance(step.verdict, IllFormed)
    assert step.verdict.name in ("h", "t")
    (step,) = audited(x[u], wanted, introduced=[t])
    assert isinstance(step.verdict, IllFormed)
    assert step.verdict.name == "h"
    (step,) = audited(x[u], wanted, introduced=[h])
    assert isinstance(step.verdict, IllFormed)
    assert step.verdict.name == "t"
    audit = audited(x[u], wanted, introduced=[h, t])
    assert kinds_of(audit) == ["Refuted"]
    # Hypotheses introduce, too; and so does a signal with the symbols of its length.
    audit = audited(x[u], x[u] + x[t - t] * 0 + x[v], given=[Ge(v, 0)])
    assert kinds_of(audit) == ["Refuted"]
    assert kinds_of(audited(x[u], Sum(x[u], (i, d, d)), introduced=[h])) == ["Proved"]


# --- for some indices only -----------------------------------------------------------


def test_a_step_that_is_right_for_even_indices() -> None:
    start = Sum(only(x[m] * k[u - m], Eq(Mod(m, 2), 0)), (m, -oo, oo))
    formula = Sum(only(x[m] * k[u - m], Eq(Mod(u - m, 2), 0)), (m, -oo, oo))
    audit = audited(start, formula)
    assert kinds_of(audit) == ["Refuted"]
    check_closer(audit, audit[0])
    assert kinds_of(audited(start, formula, where=EVEN_U)) == ["Proved"]
    assert kinds_of(audited(start, formula, where=Eq(Mod(u, 4), 2))) == ["Proved"]
    odd = audited(start, formula, where=Eq(Mod(u, 2), 1))
    assert kinds_of(odd) == ["Refuted"]
    # A step may be claimed for other indices than the rest.
    derivation = Derivation(start, index=u)
    derivation.step(formula, where=EVEN_U).step(start).step(start, where=True)
    audit = derivation.audit()
    assert kinds_of(audit) == ["Proved", "Refuted", "Proved"]
    assert [step.where for step in audit] == [EVEN_U, sympy.true, sympy.true]


def test_a_step_that_is_right_in_a_range() -> None:
    wrong = Sum(x[m] * k[u - m], (m, 0, u))
    early = Sum(x[m] * k[u - m], (m, 0, u - 1))
    assert kinds_of(audited(CONVOLUTION, wrong)) == ["Proved"]
    audit = audited(CONVOLUTION, early, where=Ge(u, 0) & Le(u, n - 1))
    assert kinds_of(audit) == ["Refuted"]
    check_closer(audit, audit[0])
    assert kinds_of(audited(CONVOLUTION, early, where=Ge(u, n))) == ["Proved"]
    assert kinds_of(audited(CONVOLUTION, early, where=u < 0)) == ["Proved"]


# --- for the outputs of a signal only ------------------------------------------------

LAYER = x.pad(1, 1).correlate(k, stride=2)
LAYER_FORMULA = Sum(k[j] * x[2 * u + j - 1], (j, 0, c - 1))
OUTPUTS = Ge(u, 0) & (u < LAYER.length)


def test_a_derivation_that_starts_with_a_signal_speaks_of_its_outputs() -> None:
    audit = audited(LAYER, LAYER_FORMULA, LAYER)
    assert [type(step.verdict) for step in audit] == [Proved, Proved]
    assert str(audit).startswith("For every output, 0 ≤ u < ⌊(n + 2 − c)/2⌋ + 1:\n(0)")
    assert audit.markdown().startswith(r"For every output, $0 \leq u < ")
    assert "For every output, " in Tags(audit._repr_html_()).text
    assert audit.record()["claimed_for"] == "For every output, 0 ≤ u < ⌊(n + 2 − c)/2⌋ + 1"
    # It is the same to start with the formula and to restrict u by hand.
    by_hand = audited(LAYER_FORMULA, LAYER, where=OUTPUTS)
    assert [type(step.verdict) for step in by_hand] == [Proved]


@pytest.mark.parametrize("start", ["signal", "formula"])
def test_an_index_that_is_no_output(start: str) -> None:
    if start == "signal":
        audit = audited(LAYER, LAYER_FORMULA, outside=True)
        remedy = "Without outside=True, the derivation speaks of its outputs alone."
    else:
        audit = audited(LAYER_FORMULA, LAYER)
        remedy = f"With where={OUTPUTS}, it speaks of these outputs alone."
    (step,) = audit
    assert isinstance(step.verdict, Refuted)
    found = step.verdict.counterexample
    assert (dict(found.lengths), found.index) == ({"c": 4, "n": 1}, 0)
    no_output = "u = 0 is no output of (pad(x; 1, 1) ⋆ k)↓2: the output is empty there."
    assert f"      {no_output}\n      {remedy}\n" in str(audit)
    assert remedy in audit.markdown().split("\n\n")
    assert remedy in Tags(audit._repr_html_()).text
    assert audit.record()["steps"][0]["no_output"] == no_output
    assert kinds_of(audit) == ["Refuted"]
    check_closer(audit, step)


@pytest.mark.parametrize(
    ("least", "said"),
    [
        (1, "u = 1 is no output of x: the only output there is 0."),
        (3, "u = 3 is no output of x: the outputs there are 0 to 2."),
    ],
)
def test_which_outputs_there_are(least: int, said: str) -> None:
    shown = str(
        audited(x, x[u] + k[0], outside=True, introduced=[k], given=[Ge(u, n), Ge(n, least)])
    )
    assert said in shown
    at_an_output = str(audited(x, 2 * x[u], outside=True))
    assert "u = 0" in at_an_output
    assert "is no output" not in at_an_output


def test_a_wrong_step_is_wrong_at_an_output() -> None:
    for wrong in (Sum(k[j] * x[2 * u + j], (j, 0, c - 1)), LAYER_FORMULA + x[0], LAYER_FORMULA / 2):
        audit = audited(LAYER, wrong)
        (step,) = audit
        assert isinstance(step.verdict, Refuted)
        found = step.verdict.counterexample
        at = {s: Integer(found.lengths[s.name]) for s in LAYER.length.free_symbols}
        assert isinstance(found.index, int)
        assert 0 <= found.index < LAYER.length.xreplace(at)
        assert "is no output" not in str(audit)
        assert step.difference is not None
        if step.holds_where is not None:
            where = {**at, u: Integer(found.index)}
            assert step.holds_where.xreplace(where) == sympy.false


def test_where_among_outputs() -> None:
    start, formula = x.pad(1, 1).correlate(k), Sum(k[j] * x[u + j - 1], (j, 0, c - 1))
    inner = Sum(k[j] * x[u + j - 1], (j, 1 - u, c - 1))  # it loses k[0] x[u − 1] from u = 1 on
    wider = Sum(k[j] * x[u + j - 1], (j, 1, c - 1))
    assert [type(s.verdict) for s in audited(start, formula, inner)] == [Proved, Proved]
    assert [type(s.verdict) for s in audited(start, wider)] == [Refuted]
    assert [type(s.verdict) for s in audited(start, wider, where=Eq(u, 0))] == [Proved]
    derivation = Derivation(start, index=u, where=Ge(u, 1), given=[Ge(n, 2)])
    audit = derivation.step(formula).step(wider, where=u <= 0).step(wider).audit()
    assert [type(s.verdict) for s in audit] == [Proved, Proved, Proved]
    assert [s.where for s in audit] == [Ge(u, 1), u <= 0, Ge(u, 1)]
    text = str(audit)
    assert text.startswith("For every output, 0 ≤ u < n + 3 − c, with u ≥ 1, given n ≥ 2:\n")
    assert text.count("      Claimed for every output, 0 ≤ u < n + 3 − c, with u ≤ 0, ") == 1


def test_an_index_with_assumptions_among_outputs() -> None:
    w = Symbol("w", integer=True, positive=True)
    assert str(audited(x, x[w], index=w)).startswith("For every output, 1 ≤ w < n:\n")
    assert str(audited(x[w], x[w], index=w)).startswith("For every integer w ≥ 1:\n")
    v = Symbol("v", integer=True, nonpositive=True)
    assert str(audited(x[v], x[v], index=v)).startswith("For every integer v ≤ 0:\n")


def test_outputs_with_a_symbolic_stride() -> None:
    s = Symbol("s", integer=True, positive=True)
    formula = Sum(k[j] * x[s * u + j], (j, 0, c - 1))
    assert audited(x.correlate(k, stride=s), formula)
    assert not audited(x.correlate(k, stride=s), formula, outside=True)


@pytest.mark.parametrize(
    ("start", "step", "numbers"),
    [
        (x, x.pad(0, 1), (1, 2)),
        (x.pad(0, -1), x, (0, 1)),
        (k.convolve(k), k.convolve(k).pad(0, 3), (1, 4)),
    ],
    ids=str,
)
def test_signals_of_different_lengths(start: Signal, step: Signal, numbers: Any) -> None:
    audit = audited(start, step)
    assert isinstance(audit[0].verdict, Refuted)
    found = audit[0].verdict.counterexample
    assert (found.lhs, found.rhs) == numbers
    assert found.index is None
    assert (audit[0].difference, audit[0].repair) == (None, None)
    outputs = "output" if numbers[1] == 1 else "outputs"
    assert f": {numbers[1]} {outputs} instead of {numbers[0]}." in str(audit)
    assert json.dumps(audit.record())
    # The entries alone: at some of the outputs, or with zeros outside.
    first = audited(start, step, where=Eq(u, 0), given=[Ge(start.length, 1)])
    assert [type(one.verdict) for one in first] == [Proved]
    # A formula in between does not hide it; what follows is compared with the longer one.
    twice = audited(start, start[u], step, step)
    assert [type(one.verdict) for one in twice] == [Proved, Refuted, Proved]


@pytest.mark.parametrize("outside", [False, True])
def test_no_step_about_a_signal_that_need_not_be_defined(outside: bool) -> None:
    some = Symbol("n", integer=True, nonnegative=True)
    reflected = Signal("x", some).pad(1, 1, "reflect")
    with pytest.raises(SymconvError, match="reflect padding by 1 and 1 needs more entries"):
        Derivation(reflected, index=u, outside=outside)
    enough = [Ge(some, 2)]
    audit = audited(reflected, reflected[u], reflected, given=enough, outside=outside)
    assert [type(step.verdict) for step in audit] == [Proved, Proved]
    assert audit.derivation.signals == (reflected, reflected)
    audit = audited(reflected[u], reflected[u], reflected)
    assert [type(step.verdict) for step in audit] == [Unknown, Unknown]
    assert "reflect padding by 1 and 1 needs more entries" in str(audit)


def test_a_signal_without_outputs_says_nothing() -> None:
    with pytest.raises(SymconvError, match="says nothing"):
        audited(x.pad(-1, 0), x[u + 1], given=[Eq(n, 1)])


def test_bad_outside() -> None:
    for outside in (1, None, "yes", u):
        with pytest.raises(SymconvError, match="outside= must be True or False"):
            Derivation(x, index=u, outside=outside)  # type: ignore[arg-type]


def test_hypotheses_on_the_lengths() -> None:
    start, end = Sum(x[i], (i, 0, n - 1)), Sum(x[i], (i, 0, c - 1))
    assert kinds_of(audited(start, end, introduced=[c])) == ["Refuted"]
    assert kinds_of(audited(start, end, given=[Ge(c, n)])) == ["Proved"]
    assert kinds_of(audited(start, end, given=Ge(c, n))) == ["Proved"]
    assert kinds_of(audited(start, end, given=[Ge(c, n - 1)])) == ["Refuted"]
    audit = audited(start, end, given=[Ge(n, 3), Eq(Mod(c, 2), 0)])
    assert kinds_of(audit) == ["Refuted"]
    assert isinstance(audit[0].verdict, Refuted)
    assert dict(audit[0].verdict.counterexample.lengths) == {"c": 2, "n": 3}


def test_an_index_with_assumptions() -> None:
    w = Symbol("w", integer=True, nonnegative=True)
    audit = audited(x[w], Sum(x[i], (i, 0, w)), index=w)
    (step,) = audit
    assert isinstance(step.verdict, Refuted)
    found = step.verdict.counterexample
    assert (dict(found.lengths), found.index) == ({"n": 1}, 1)
    assert (found.lhs, found.rhs) == (0, 1)


BOX = {"c": range(1, 5), "l": range(4), "n": range(1, 6), "u": range(-6, 13)}


@pytest.mark.parametrize(
    ("before", "formula"),
    [
        (CONVOLUTION, Sum(x[m] * k[u - m], (m, 1, n))),
        (CONVOLUTION, Sum(only(x[m] * k[u - m], Eq(Mod(m, 2), 0)), (m, -oo, oo))),
        (CONVOLUTION, Sum(x[u + i] * k[i], (i, 0, c - 1))),
        (CONVOLUTION, Sum(x[m] * k[u - m], (m, c / 2, n - c / 2))),
        (
            RIGHT["exercise"].formulas[0],
            Sum(k[i] * k[t - 2 * i] * x[4 * u + t - l], (i, 0, c - 1), (t, 0, 3 * c - 4)),
        ),
        (
            RIGHT["exercise"].formulas[0],
            Sum(k[i] * k[t - 4 * i] * x[4 * u + t - l], (i, 0, c - 1), (t, -oo, oo)),
        ),
        (x[u] * k[u], x[u] * k[2 * u]),
    ],
    ids=str,
)
def test_where_a_wrong_step_holds(before: Expr, formula: Expr) -> None:
    audit = audited(before, formula)
    assert kinds_of(audit) == ["Refuted"]
    (step,) = audit
    assert step.holds_where is not None
    names = [s.name for s in problem_of(audit, step).symbols]
    box = [
        dict(zip(names, values, strict=True)) for values in product(*(BOX[name] for name in names))
    ]
    check_holds_where(step, problem_of(audit, step), box)
    outcomes = {bool(oracle.value(step.holds_where, at)) for at in box}
    assert outcomes == {True, False}


# --- repairs -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "wrong", "change"),
    [
        (
            CONVOLUTION,
            Sum(only(x[m] * k[u - m], Eq(Mod(m, 2), 0)), (m, -oo, oo)),
            "every m in the sum, without the condition on it",
        ),
        (CONVOLUTION, Sum(x[m] * k[u - m], (m, 0, n - 2)), "the sum over all integers m"),
        (
            Sum(x[u + i], (i, 0, c - 1)) * k[0],
            Sum(x[u + i], (i, 0, c)) * k[0],
            "the sum over i up to c - 1",
        ),
        (
            Sum(only(x[m] * k[u - m], Eq(Mod(m, 2), 0)), (m, -oo, oo)),
            Sum(only(x[m] * k[u - m], Eq(Mod(m, 2), 1)), (m, -oo, oo)),
            "the condition m mod 2 = 0",
        ),
        (
            Sum(x[m] * k[2 * u - m], (m, -oo, oo)),
            Sum(only(x[m] * k[u - m], Eq(Mod(m, 2), 0)), (m, -oo, oo)),
            "2u in place of u, and every m in the sum, without the condition on it",
        ),
        (
            CONVOLUTION,
            Sum(x[m] * k[u + m], (m, -oo, oo)),
            "k[u − m] in place of k[m + u]",
        ),
        (
            Sum(k[i] * k[u - 2 * i], (i, -oo, oo)),
            Sum(k[i] * k[u - i], (i, -oo, oo)),
            "k[u − 2i] in place of k[u − i]",
        ),
        (
            Sum(only(x[m] * k[u - m], Eq(Mod(m, 2), 0)), (m, -oo, oo)),
            CONVOLUTION,
            "the sum over m with m mod 2 = 0 only",
        ),
    ],
    ids=str,
)
def test_repairs(before: Expr, wrong: Expr, change: str) -> None:
    audit = audited(before, wrong)
    assert kinds_of(audit) == ["Refuted"]
    (step,) = audit
    assert step.repair is not None
    assert step.repair.change == change
    check_repair(step, problem_of(audit, step))
    assert kinds_of(audited(before, step.repair.formula)) == ["Proved"]
    assert change in str(audit)


def test_no_repair() -> None:
    (step,) = audited(CONVOLUTION, Integer(0))
    assert step.repair is None
    (step,) = audited(CONVOLUTION, x[u] + 3 * k[0])
    assert step.repair is None


def test_a_repair_is_the_first_formula_that_is_right() -> None:
    tried: list[Expr] = []

    def never(formula: Expr) -> bool:
        tried.append(formula)
        return False

    wrong = Sum(only(x[m] * k[u - 2 * m], Eq(Mod(m, 3), 1)), (m, 0, n - 1))
    assert repair(wrong, (u,), never) is None
    assert len(tried) == len(set(tried)) > 10
    assert wrong not in tried
    wanted = tried[7]
    found = repair(wrong, (u,), lambda formula: formula == wanted)
    assert found is not None
    assert found.formula == wanted


def test_the_search_for_a_repair_is_bounded() -> None:
    def tried(wrong: Expr, answer: bool | None) -> int:
        formulas: list[Expr] = []

        def is_right(formula: Expr) -> bool | None:
            formulas.append(formula)
            return answer

        assert repair(wrong, (u,), is_right) is None
        return len(formulas)

    few = Sum(k[i] * x[u - i - j - m], (i, 0, c), (j, 0, c), (m, 0, c))
    assert 30 < tried(few, False) <= 80
    assert tried(few, None) == 2  # each of them has taken a whole budget
    assert 1 <= tried(sympy.Add(*(x[u + a] for a in range(300))), False) <= 8
    deep: Expr = x[u]
    for symbol in symbols("w:30", integer=True):
        deep = Sum(k[symbol] * deep, (symbol, 0, 1))
    assert tried(deep, False) <= 2


def test_a_formula_that_fails_where_others_failed_is_not_decided_anew() -> None:
    audit = audited(CONVOLUTION, Sum(x[m] * k[u - m], (m, 0, n - 2)))
    is_right = audit[0].is_right
    assert is_right is not None
    assert is_right(CONVOLUTION) is True
    assert is_right(2 * CONVOLUTION) is False
    assert is_right(sympy.sin(x[u])) is False
    unknown = audited(UNCOUNTED, x[u], introduced=[x])
    assert unknown[0].is_right is not None
    assert unknown[0].is_right(EXCHANGED) is None


# --- reports -------------------------------------------------------------------------


@cache
def every_kind() -> Audit:
    """An audit with each kind of verdict."""
    derivation = Derivation(CONVOLUTION, index=u, introduced=[y])
    derivation.step(k.convolve(x), because="a < b & c*_`d`")
    derivation.step(Sum(x[m] * k[u - m], (m, 1, n - 1)), because="the sum starts at 1")
    derivation.step(Sum(x[m] * k[u - m], (m, 1, n - 1)) * k[i], because="<script>")
    derivation.step(Sum(x[u], (m, -oo, oo)), because="endless")
    derivation.step(UNCOUNTED).step(EXCHANGED, because="exchange").step(x[u])
    return derivation.audit()


def test_every_kind_is_there() -> None:
    assert {type(step.verdict) for step in every_kind()} == {Proved, Refuted, IllFormed, Unknown}


def test_text() -> None:
    text = str(every_kind())
    lines = text.splitlines()
    assert lines[:2] == ["For every integer u:", "(0)   Σ_m k[u − m]·x[m]"]
    assert "(1) = Σ_{0 ≤ i ≤ c − 1} k[i]·x[u − i]    [a < b & c*_`d`]" in lines
    assert "      Right: proved for all lengths." in lines
    assert "      Wrong at c = 1, n = 1, u = 0, k = [1], x = [1]: 0 instead of 1." in lines
    assert "      Missing there: k0·x0." in lines
    assert "      Right would be Σ_m k[u − m]·x[m]: the sum over all integers m." in lines
    outside = "i is the index of a sum, and stands outside of that sum"
    assert f"      Ill-formed: {outside}." in lines
    assert any(line.startswith("      Not decided: ") for line in lines)
    assert lines[-1] == "The first wrong step is (2)."


def test_a_reason_of_several_lines_stays_on_one() -> None:
    derivation = Derivation(x[u], index=u).step(x[u], because=" one\n\n two ").step(x[u], "\n")
    audit = derivation.audit()
    assert "(1) = x[u]    [one two]" in str(audit).splitlines()
    assert "(2) = x[u]" in str(audit).splitlines()
    assert "**(1)** *one two* $$= x[u]$$" in audit.markdown().split("\n\n")


def test_summaries() -> None:
    assert str(audited(x[u], x[u])).endswith("Every step is right.")
    last = audited(x[u], sympy.pi * x[u])
    assert str(last).endswith("No step is wrong, but not every one was proved for all lengths.")


def test_markdown() -> None:
    audit = every_kind()
    text = audit.markdown()
    assert audit._repr_markdown_() == text
    blocks = text.split("\n\n")
    assert blocks[0] == "For every integer $u$:"
    assert blocks[1].startswith("**(0)** $$")
    for step in audit:
        assert sum(block.startswith(f"**({step.number})**") for block in blocks) == 1
    assert sum(block.startswith("**Right**: ") for block in blocks) >= 1
    assert "**Wrong** at c = 1, n = 1, u = 0, k = [1], x = [1]: 0 instead of 1." in blocks
    assert any(block.startswith("Missing there: $k_{0} x_{0}$") for block in blocks)
    assert sum(block.startswith("**Ill-formed**: ") for block in blocks) == 2
    assert "(compared with (2))" in text
    assert "*a &lt; b &amp; c" in text
    assert "<script>" not in text
    assert blocks[-1] == "**The first wrong step is (2).**"
    assert text.count("$") % 2 == 0


class Tags(HTMLParser):
    """The tags and the text of HTML; each tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html() -> None:
    audit = every_kind()
    text = audit._repr_html_()
    parsed = Tags(text)
    assert set(parsed.tags) == {"table", "tr", "td", "div", "p", "b"}
    assert parsed.tags.count("tr") == len(audit) + 1
    assert "<script>" in parsed.text
    assert "a < b & c*_`d`" in parsed.text
    assert "Wrong at c = 1, n = 1, u = 0, k = [1], x = [1]: 0 instead of 1." in parsed.text
    assert "The first wrong step is (2)." in parsed.text
    # An ampersand in a formula's TeX, and a sign for "less" in what is said of it.
    less = audited(x[u], Sum(only(x[u], u < 3), (m, -oo, oo)))._repr_html_()
    assert "&amp;" in less
    assert "no entry in Piecewise((x[u], u < 3), (0, True)) is zero" in Tags(less).text
    assert re.search(r"<(?!/?(table|tr|td|div|p|b)\b)", less) is None
    assert re.search(r"&(?!(lt|gt|amp|quot|#x27);)", less) is None


def test_record() -> None:
    record = json.loads(json.dumps(every_kind().record()))
    assert record["first_wrong"] == 2
    assert (record["index"], record["claimed_for"]) == ("u", "For every integer u")
    assert [one["number"] for one in record["steps"]] == [1, 2, 3, 4, 5, 6, 7]
    assert record["steps"][0] | {"formula": 0} == {
        "number": 1,
        "formula": 0,
        "because": "a < b & c*_`d`",
        "compared_with": 0,
        "where": "True",
        "verdict": "proved",
        "scope": "all lengths",
        "ring": "every commutative ring",
    }
    wrong = record["steps"][1]
    assert wrong["verdict"] == "refuted"
    assert wrong["counterexample"] == {
        "lengths": {"c": 1, "n": 1},
        "index": 0,
        "signals": {"k": [1], "x": [1]},
        "before": 1,
        "here": 0,
    }
    assert (wrong["missing"], wrong["surplus"]) == (["k0*x0"], [])
    assert isinstance(wrong["holds_where"], str)
    assert wrong["repair"]["change"] == "the sum over all integers m"
    assert {"text", "latex"} == wrong["repair"]["formula"].keys()
    ill = record["steps"][2]
    assert (ill["verdict"], ill["name"]) == ("ill-formed", "i")
    assert record["steps"][3]["name"] == "m"
    assert [one["compared_with"] for one in record["steps"]] == [0, 1, 2, 2, 2, 5, 6]
    assert {one["verdict"] for one in record["steps"]} == {
        "proved",
        "refuted",
        "ill-formed",
        "unknown",
    }
    unknown = next(one for one in record["steps"] if one["verdict"] == "unknown")
    assert unknown["reason"]
    right = audited(x[u], x[u]).record()
    assert right["first_wrong"] is None


def test_missing_and_surplus_terms() -> None:
    shifted = Sum(x[u + i] * k[i], (i, 1, c))
    audit = audited(Sum(x[u + i] * k[i] + 2 * x[u], (i, 0, c - 1)), shifted - 3 * x[u + 1])
    (step,) = audit
    check_difference(step, problem_of(audit, step))
    record = json.loads(json.dumps(audit.record()))["steps"][0]
    terms = [*(f"-({t})" for t in record["missing"]), *record["surplus"]]
    assert sympy.simplify(sum(map(sympy.sympify, terms)) - step.difference) == 0
    many = audited(
        Integer(0), Sum(x[u + i], (i, 0, 19)), given=[Ge(n, 20), Eq(u, 0)], introduced=[x]
    )
    assert kinds_of(many) == ["Refuted"]
    assert "Surplus there: x0, x1, x10, x11, x12, x13, x14, x15 and 12 more." in str(many)


# --- bad input -----------------------------------------------------------------------


@pytest.mark.parametrize("formula", ["x[u]", 1.5, None, True, [x[u]], Tuple(1), Eq(u, 1), 2j])
def test_formulas_that_are_none(formula: Any) -> None:
    with pytest.raises(SymconvError, match="expected a SymPy formula in entries such as"):
        Derivation(formula, index=u)
    with pytest.raises(SymconvError, match="expected a SymPy formula in entries such as"):
        Derivation(x[u], index=u).step(formula)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"index": "u"}, "the index must be a symbol such as integers('u') gives"),
        ({"index": Symbol("u")}, "the index must be a symbol such as integers('u') gives"),
        ({"index": 2 * u}, "the index must be a symbol such as integers('u') gives"),
        ({"index": None}, "the index must be a symbol such as integers('u') gives"),
        ({"where": "print('evaluated')"}, "where= must be a condition"),
        ({"where": 1.5}, "where= must be a condition"),
        ({"where": 1}, "where= must be a condition"),
        ({"where": u}, "where= must be a condition"),
        ({"where": Ge(Symbol("z"), 0)}, "z in z >= 0 is not declared an integer"),
        ({"where": False}, "says nothing"),
        ({"given": "n > 1"}, "given= must be a list"),
        ({"given": 5}, "given= must be a list"),
        ({"given": ["n > 1"]}, "a hypothesis must be a condition"),
        ({"introduced": "x"}, "introduced= must be a list"),
        ({"introduced": h}, "introduced= must be a list"),
        ({"introduced": d}, "introduced= must be a list"),
        ({"introduced": ["x"]}, "introduced= may hold signals and symbols, got 'x'"),
        ({"introduced": [5]}, "introduced= may hold signals and symbols, got 5"),
    ],
    ids=str,
)
def test_bad_options(
    options: dict[str, Any], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SymconvError, match=re.escape(message)):
        Derivation(x[u], **{"index": u, **options})
    assert capsys.readouterr().out == ""


def test_bad_steps(capsys: pytest.CaptureFixture[str]) -> None:
    derivation = Derivation(x[u], index=u)
    with pytest.raises(SymconvError, match="where= must be a condition"):
        derivation.step(x[u], where="print('evaluated')")
    with pytest.raises(SymconvError, match="because= must be text"):
        derivation.step(x[u], because=5)  # type: ignore[arg-type]
    assert capsys.readouterr().out == ""
    assert len(derivation.audit()) == 0


def test_starts_that_cannot_be_read() -> None:
    for start in (sympy.Float(1.5) * x[u], sympy.sin(x[u]), x[u] / 0, Sum(x[m], (m, oo, -oo))):
        with pytest.raises(SymconvError):
            Derivation(start, index=u)


def test_hypotheses_that_cannot_hold_say_nothing() -> None:
    with pytest.raises(SymconvError, match="says nothing"):
        audited(x[u], x[u], where=EVEN_U & Eq(Mod(u, 4), 1))
    derivation = Derivation(x[u], index=u).step(x[u], where=False)
    with pytest.raises(SymconvError, match="says nothing"):
        derivation.audit()


def explicit(formula: Sum, size: int) -> Sum:
    """The sum from −size to size."""
    return Sum(formula.function, *((symbol, -size, size) for symbol, *_ in formula.limits))


@pytest.mark.parametrize(
    "formula",
    [
        Sum(x[u - i - m] * k[i - m], (i, -oo, oo), (m, -oo, oo)),
        Sum(x[u - i - m] * k[i - m], (m, -oo, oo), (i, -oo, oo)),
        Sum(Sum(k[j] * x[m - j], (j, 0, 1)) + 2 * Sum(k[j] * x[m - j], (j, 0, 9)), (m, -oo, oo)),
        Sum(Sum(k[j] * x[m - j], (j, 0, 9)) + 2 * Sum(k[j] * x[m - j], (j, 0, 1)), (m, -oo, oo)),
        Sum(x[4 * u + 2 * m - 3] * Sum(k[m], (m, 0, c - 1)), (m, -oo, oo)),
        Sum(x[m + floor(j / 2)] * k[j], (j, 0, c - 1), (m, -oo, oo)),
        Sum(x[m - i] * k[m + 2 * i], (i, -oo, oo), (m, -oo, oo)),
    ],
    ids=str,
)
def test_sums_over_all_integers_lose_no_term(formula: Sum) -> None:
    given = [Le(n, 3), Le(c, 3), Le(u, 3), Ge(u, -3)]
    audit = audited(formula, explicit(formula, 20), given=given)
    assert kinds_of(audit) in (["Proved"], ["Proved, no window"])


def test_an_entry_between_two_places_is_zero() -> None:
    half, third = x[m].base[m / 2], x[u].base[(u - 1) / 3]
    spread = Sum(x[q] * k[u - 2 * q], (q, -oo, oo))
    assert kinds_of(audited(spread, Sum(half * k[u - m], (m, -oo, oo)))) == ["Proved"]
    sifted = Sum(only(x[q], Eq(u, 3 * q + 1)), (q, 0, n - 1))
    assert kinds_of(audited(third, sifted, x[floor((u - 1) / 3)])) == ["Proved", "Refuted"]


def test_symbols_may_have_any_name() -> None:
    # The dummy that stands for the one entry of a formula has no name of the reader's.
    assert kinds_of(audited(x[v] * x[u], x[u] * x[v])) == ["Proved"]
    w = Symbol("v", integer=True, positive=True)
    assert kinds_of(audited(x[w], x[w])) == ["Proved"]
    assert kinds_of(audited(Sum(x[v], (v, 0, u)), Sum(x[m], (m, 1, u)) + x[0])) == ["Refuted"]


def test_two_symbols_of_one_name() -> None:
    other = Symbol("u", integer=True, positive=True)
    (step,) = audited(x[u], x[other])
    assert isinstance(step.verdict, Unknown)
    assert "different assumptions" in step.verdict.reason
    (step,) = audited(x[u], Signal("x", c)[u] * x[0], introduced=[c])
    assert isinstance(step.verdict, Unknown)
    dummy = Dummy("i", integer=True)
    assert kinds_of(audited(Sum(x[i], (i, 0, u)), Sum(x[dummy], (dummy, 0, u)))) == ["Proved"]


# --- random mutants ------------------------------------------------------------------


def count(seeds: range) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for seed in seeds:
        own, *after = check_mutant(seed)
        kinds[own] += 1
        kinds.update(f"after: {one}" for one in after)
    return kinds


def test_a_condition_that_is_simply_true_or_false() -> None:
    always, never = such_that(x[u], True), such_that(x[u], False)
    audit = Derivation(x[u], index=u).step(always).step(never).audit()
    assert [type(step.verdict) for step in audit] == [Proved, Refuted]
    folded = Sum(such_that(x[u], Eq(Mod(2 * m, 2), 0)), (m, 0, 0))
    assert Derivation(x[u], index=u).step(folded).audit()


@pytest.mark.parametrize("first", range(SEED, SEED + MUTANTS, AT_ONCE))
def test_mutants(first: int) -> None:
    number = min(AT_ONCE, SEED + MUTANTS - first)
    kinds = count(range(first, first + number))
    assert kinds["Proved"] > 0.04 * number, kinds
    assert kinds["Refuted"] > 0.4 * number, kinds
    assert kinds["after: Refuted"] > 0.2 * number, kinds
    assert kinds["Unknown"] < 0.05 * number, kinds


def test_functions_and_maxima_have_no_formulas() -> None:
    for start, step in ((x.relu(), x), (x, x.relu()), (x.max_pool(1), x)):
        with pytest.raises(Undecided, match="no sum of products, which have formulas here"):
            Derivation(start, index=u).step(step, "because").audit()


# --- names for what layers make --------------------------------------------------------


def test_a_name_stands_for_what_a_layer_makes() -> None:
    inner = x.correlate(k, stride=2)
    a = Signal("a", inner.length)
    y = Derivation(a.correlate(k, stride=2), index=u, defined={a: inner})
    y.step(Sum(k[j] * a[2 * u + j], (j, 0, c - 1)), because="another index")
    y.step(Sum(k[j] * Sum(k[i] * x[4 * u + 2 * j + i], (i, 0, c - 1)), (j, 0, c - 1)), "a")
    y.step(Sum(k[j] * Sum(k[i] * x[4 * u + j + i], (i, 0, c - 1)), (j, 0, c - 1)), "wrong")
    y.step(a.correlate(k.flip(), stride=2), "wrong too")
    audit = y.audit()
    assert [bool(step.verdict) for step in audit] == [True, True, False, False]
    assert [str(step.verdict).startswith("refuted") for step in audit] == [False, False, True, True]
    assert isinstance(audit[2].verdict, Refuted)
    assert set(audit[2].verdict.counterexample.signals) <= {"x", "k"}
    assert "where a = (x ⋆ k)↓2:" in str(audit)
    assert audit.record()["defined"] == {"a": "x.correlate(k, stride=2)"}


def test_what_a_name_stands_for_is_zero_beyond_it() -> None:
    """A layer's formula goes on where the layer has no outputs, and a padding reads there."""
    inner = x.correlate(k)
    a = Signal("a", inner.length)
    layer = a.pad(1, 1).correlate(k)
    formula = Sum(k[i] * a[u + i - 1], (i, 0, c - 1))
    spread = Sum(k[i] * Sum(k[j] * x[u + i + j - 1], (j, 0, c - 1)), (i, 0, c - 1))
    audit = Derivation(layer, index=u, defined={a: inner}).step(formula).step(spread).audit()
    assert [bool(step.verdict) for step in audit] == [True, False]


def test_names_may_stand_in_one_another() -> None:
    a = Signal("a", x.pad(1, 1).length)
    b = Signal("b", a.correlate(k).length)
    defined = {a: x.pad(1, 1), b: a.correlate(k)}
    steps = Derivation(b.correlate(k), index=u, defined=defined)
    steps.step(Sum(k[i] * b[u + i], (i, 0, c - 1)))
    steps.step(Sum(k[i] * Sum(k[j] * a[u + i + j], (j, 0, c - 1)), (i, 0, c - 1)))
    steps.step(Sum(k[i] * k[j] * x[u + i + j - 1], (j, 0, c - 1), (i, 0, c - 1)))
    steps.step(x.pad(1, 1).correlate(k).correlate(k))
    assert steps.audit()


@pytest.mark.parametrize(
    ("defined", "message"),
    [
        ([x], "must be a mapping"),
        ({"a": x}, "takes named tensors"),
        ({x.pad(1, 1): x}, "takes named tensors"),
        ({k: x}, r"k has the shape \(c\), and what it stands for \(n\)"),
        ({x: x.flip()}, "x stands for x.flip"),
    ],
)
def test_definitions_that_are_none(defined: Any, message: str) -> None:
    with pytest.raises(SymconvError, match=message):
        Derivation(x.correlate(k), index=u, defined=defined)


def test_the_indices_of_a_sum_are_called_as_one_likes() -> None:
    layer = x.correlate(k)
    formula = layer.formula(u)
    (step,) = Derivation(layer, index=u).step(layer, sums=[t]).audit()
    assert step.formula == Sum(k[t] * x[u + t], (t, 0, c - 1)) != formula
    for taken in ([u], [c]):  # they mean something there
        (step,) = Derivation(layer, index=u).step(layer, sums=taken).audit()
        assert step.formula == formula

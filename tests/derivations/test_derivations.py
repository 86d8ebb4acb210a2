"""Audits of derivations: each verdict by kind, and right derivations mutated at random.

SYMCONV_MUTATED_STEPS gives another number of mutants, SYMCONV_RANDOM_SEED another first seed.
`python -m tests.derivations.test_derivations --minutes 5 --seed 7` runs without pytest, goes on
after a disagreement, and prints the kinds of verdicts that it met.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from itertools import islice, product
from typing import Any

import pytest
import sympy
from sympy import (
    Add,
    Basic,
    Dummy,
    Eq,
    Expr,
    Ge,
    Indexed,
    IndexedBase,
    Integer,
    Le,
    Mod,
    Mul,
    Ne,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    Tuple,
    floor,
    oo,
    symbols,
)

from symconv import Proved, Refuted, Signal, SymconvError, Unknown
from symconv.derivations import Audit, Derivation, IllFormed, Step, such_that
from symconv.derivations.repairs import repair
from tests.oracles import formulas as oracle

MUTANTS = int(os.environ.get("SYMCONV_MUTATED_STEPS", "300"))
SEED = int(os.environ.get("SYMCONV_RANDOM_SEED", "0"))
AT_ONCE = 100  # mutants in one test
TOTAL, MOST = 8, 130  # how far the oracle goes, among the smallest points
FAR = 8  # larger points, chosen at random
WHOLE = 0.1  # the share of mutants whose derivation is audited as a whole
CLOSER = 0.1, 0.03, 0.006  # of so many refuted steps, the terms, the condition, the repair

n, c, d = symbols("n c d", integer=True, positive=True)
l, r = symbols("l r", integer=True, nonnegative=True)
u, v, i, j, m, q, t = symbols("u v i j m q t", integer=True)

x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)
EVEN_U, EVEN_M = Eq(Mod(u, 2), 0), Eq(Mod(m, 2), 0)


def only(term: Expr, condition: Basic) -> Expr:
    """The term where the condition holds, else 0."""
    return Piecewise((term, condition), (0, True))


# --- right derivations ---------------------------------------------------------------


@dataclass(frozen=True)
class Right:
    """A derivation all of whose steps are right."""

    formulas: tuple[Expr, ...]
    where: Basic = sympy.true
    given: tuple[Basic, ...] = field(default=())

    def derivation(self, formulas: tuple[Expr, ...] | None = None) -> Derivation:
        start, *steps = formulas or self.formulas
        introduced = oracle.symbols_in(self.formulas)
        derivation = Derivation(
            start, index=u, where=self.where, given=self.given, introduced=introduced
        )
        for formula in steps:
            derivation.step(formula)
        return derivation


def exercise() -> Right:
    """Two layers with stride 2 are one with stride 4."""

    def xp(position: Expr) -> Expr:
        return x[position - l]

    twice = k[i] * k[j] * xp(4 * u + 2 * i + j)
    gathered = k[i] * k[t - 2 * i] * xp(4 * u + t)
    tap = Sum(k[i] * k[t - 2 * i], (i, -oo, oo))
    return Right(
        (
            Sum(k[i] * Sum(k[j] * xp(2 * (2 * u + i) + j), (j, 0, c - 1)), (i, 0, c - 1)),
            Sum(twice, (j, 0, c - 1), (i, 0, c - 1)),
            Sum(twice, (i, 0, c - 1), (j, 0, c - 1)),
            Sum(gathered, (i, 0, c - 1), (t, 0, 3 * c - 3)),
            Sum(gathered, (t, -oo, oo), (i, -oo, oo)),
            Sum(xp(4 * u + t) * tap, (t, -oo, oo)),
        )
    )


def two_kernels(stride: int, other: int) -> Right:
    """Two layers with any strides and kernels, without operators."""
    both = stride * other
    return Right(
        (
            Sum(h[i] * Sum(k[j] * x[stride * (other * u + i) + j], (j, 0, c - 1)), (i, 0, d - 1)),
            Sum(h[i] * k[j] * x[both * u + stride * i + j], (j, 0, c - 1), (i, 0, d - 1)),
            Sum(h[i] * k[t - stride * i] * x[both * u + t], (i, 0, d - 1), (t, -oo, oo)),
            Sum(
                h[i] * k[t - stride * i] * x[both * u + t],
                (t, stride * i, stride * i + c - 1),
                (i, -oo, oo),
            ),
        )
    )


def exchange() -> Right:
    """A triangle, summed by rows and by columns."""
    term = k[i] * x[m]
    return Right(
        (
            Sum(x[m] * Sum(k[i], (i, 0, m)), (m, 0, u)),
            Sum(term, (i, 0, m), (m, 0, u)),
            Sum(term, (m, i, u), (i, 0, u)),
            Sum(k[i] * Sum(x[m], (m, i, u)), (i, 0, u)),
            Sum(k[i] * Sum(x[i + t], (t, 0, u - i)), (i, 0, c - 1)),
        )
    )


def flip() -> Right:
    """A convolution is a correlation with the flipped kernel."""
    return Right(
        (
            Sum(x[m] * k[u - m], (m, -oo, oo)),
            Sum(x[m] * k[u - m], (m, -c / 2, n + c / 2)),
            Sum(x[u - i] * k[i], (i, 0, c - 1)),
            Sum(x[u - c + 1 + j] * k[c - 1 - j], (j, 0, c - 1)),
            Sum(x[t] * k[u - t], (t, u - c + 1, u)),
        )
    )


def parity() -> Right:
    """Every second output: the even and the odd summation indices."""
    term = x[m] * k[2 * u - m]
    return Right(
        (
            Sum(term, (m, -oo, oo)),
            Sum(only(term, Eq(Mod(m, 2), 0)), (m, -oo, oo))
            + Sum(only(term, Eq(Mod(m, 2), 1)), (m, -oo, oo)),
            Sum(x[2 * q] * k[2 * u - 2 * q], (q, -oo, oo))
            + Sum(x[2 * q + 1] * k[2 * u - 2 * q - 1], (q, -oo, oo)),
            Sum(x[2 * q] * k[2 * (u - q)], (q, 0, (n - 1) / 2))
            + Sum(only(term, Ne(Mod(m, 2), 0)), (m, 0, n - 1)),
        )
    )


def associativity() -> Right:
    """Convolution is associative: sums over all integers."""
    term = x[t - i] * k[i] * h[u - t]
    return Right(
        (
            Sum(x[m] * Sum(k[i] * h[u - m - i], (i, -oo, oo)), (m, -oo, oo)),
            Sum(x[m] * k[i] * h[u - m - i], (i, -oo, oo), (m, -oo, oo)),
            Sum(term, (i, -oo, oo), (t, -oo, oo)),
            Sum(term, (t, -oo, oo), (i, -oo, oo)),
            Sum(h[u - t] * Sum(x[t - i] * k[i], (i, 0, t)), (t, -oo, oo)),
        )
    )


def even_outputs() -> Right:
    """Spread taps, at even outputs only."""
    return Right(
        (
            Sum(only(x[m], Eq(Mod(m, 2), 0)) * k[u - m], (m, -oo, oo)),
            Sum(only(x[m] * k[u - m], Eq(Mod(u - m, 2), 0)), (m, -oo, oo)),
            Sum(x[u - 2 * i] * k[2 * i], (i, -oo, oo)),
            Sum(x[u - 2 * i] * k[2 * i], (i, 0, u / 2)),
        ),
        where=EVEN_U,
    )


def shifted_window() -> Right:
    """A product of two sums, at outputs from 0 on, where the kernel is no longer than x."""
    return Right(
        (
            Sum(x[u + i] * k[i], (i, 0, c - 1)) * Sum(h[j], (j, -oo, oo)),
            Sum(x[u + i] * k[i] * h[j], (i, 0, n - 1), (j, 0, d)),
            Sum(h[j] * Sum(x[m] * k[m - u], (m, u, oo)), (j, 0, d - 1)),
        ),
        where=Ge(u, 0),
        given=(Ge(n, c),),
    )


RIGHT: dict[str, Right] = {
    "exercise": exercise(),
    "strides 2 and 3": two_kernels(2, 3),
    "strides 3 and 2": two_kernels(3, 2),
    "exchange": exchange(),
    "flip": flip(),
    "parity": parity(),
    "associativity": associativity(),
    "even outputs": even_outputs(),
    "window": shifted_window(),
}


# --- the oracle's verdict on a step --------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """A step as the oracle sees it: two formulas, and for which points they are claimed equal."""

    before: Expr
    formula: Expr
    conditions: tuple[Basic, ...] = ()

    @property
    def symbols(self) -> list[Symbol]:
        return oracle.symbols_in([self.before, self.formula, *self.conditions])

    def near(self) -> list[dict[str, int]]:
        return list(islice(oracle.points(self.symbols, self.conditions, TOTAL), MOST))

    def far(self) -> list[dict[str, int]]:
        rng = random.Random(str(self))
        found = []
        for _ in range(FAR):
            at = {
                s.name: rng.choice([a for a in range(-6, 13) if oracle.allows(s, a)])
                for s in self.symbols
            }
            if all(oracle.value(condition, at) for condition in self.conditions):
                found.append(at)
        return found

    def holds(self, at: oracle.Lengths) -> bool:
        point = tuple(at.items())
        return bool(_value(self.before, point) == _value(self.formula, point))

    def failing(self, points: list[dict[str, int]]) -> dict[str, int] | None:
        return next((at for at in points if not self.holds(at)), None)


@cache
def _value(formula: Expr, at: tuple[tuple[str, int], ...]) -> Any:
    return oracle.value(formula, dict(at), oracle.random_entry)


def problem_of(audit: Audit, step: Step) -> Problem:
    formulas = [audit.derivation.start, *(s.formula for s in audit)]
    conditions = (*audit.derivation.given, audit.derivation.outputs, step.where)
    said = tuple(condition for condition in conditions if condition != sympy.true)
    return Problem(formulas[step.against], step.formula, said)


def check_step(audit: Audit, step: Step) -> str:
    """Compare a verdict with the oracle's; returns its kind."""
    problem = problem_of(audit, step)
    match step.verdict:
        case IllFormed():
            check_ill_formed(audit, step, problem)
            return "IllFormed"
        case Unknown():
            return "Unknown"
    loose = oracle.loose_names(step.formula) - introduced_in(audit.derivation)
    assert not loose, f"{problem}: {step.verdict}, but {loose} stand for nothing"
    near = problem.near()
    try:
        failing = problem.failing(near)
    except oracle.NoWindowError:
        # The oracle knows less about sums over all integers.
        return f"{type(step.verdict).__name__}, no window"
    match step.verdict:
        case Proved(scope):
            assert scope == "all lengths", f"{problem}: {step.verdict}"
            failing = failing or problem.failing(problem.far())
            assert failing is None, f"{problem}: {step.verdict}, but it fails at {failing}"
            return "Proved"
        case Refuted():
            at = check_counterexample(step, problem)
            if near and oracle.sort_key(at) <= oracle.sort_key(near[-1]):
                assert failing == at, f"{problem}: {at}, but {failing} is first"
            else:
                assert failing is None, f"{problem}: {at}, but {failing} is first"
            return "Refuted"
    raise AssertionError(step.verdict)


def check_counterexample(step: Step, problem: Problem) -> dict[str, int]:
    """Recompute a counterexample; returns the lengths and the index."""
    assert isinstance(step.verdict, Refuted)
    found = step.verdict.counterexample
    at = dict(found.lengths)
    assert u.name not in at
    assert isinstance(found.index, int), f"{problem}: {found} is at no index"
    if u in problem.symbols:
        at[u.name] = found.index
    names = [s.name for s in problem.symbols]
    assert sorted(at) == names, f"{problem}: {at}, but the symbols are {names}"
    assert all(oracle.allows(s, at[s.name]) for s in problem.symbols), f"{problem}: {at}"
    assert all(oracle.value(one, at) for one in problem.conditions), f"{problem}: {at}"
    sizes = oracle.signals_in([problem.before, problem.formula])
    assert {name: len(entries) for name, entries in found.signals.items()} == {
        name: oracle.value(size, at) for name, size in sizes.items()
    }
    values = [
        oracle.value(side, at, lambda name, p: found.signals[name][p])
        for side in (problem.before, problem.formula)
    ]
    assert values == [found.lhs, found.rhs], f"{problem}: {found}, but the values are {values}"
    assert values[0] != values[1]
    return at


def check_ill_formed(audit: Audit, step: Step, problem: Problem) -> None:
    assert isinstance(step.verdict, IllFormed)
    name, reason = step.verdict.name, step.verdict.reason
    loose = oracle.loose_names(step.formula) - introduced_in(audit.derivation)
    if "infinitely many" not in reason:
        assert name in loose, f"{problem}: {reason}, but only {loose} are loose"
        bound = {s.name for f in formulas_until(audit, step) for s in bound_in(f)}
        assert ("stands outside of that sum" in reason) == (name in bound), f"{problem}: {reason}"
        return
    assert not loose, f"{problem}: {reason}, but {loose} stand for nothing"
    windows = []
    for at in problem.near():
        try:
            oracle.value(step.formula, at)
        except oracle.NoWindowError as error:
            windows.append(error.name)
    assert name in windows, f"{problem}: {reason}, but the oracle finds windows"


def formulas_until(audit: Audit, step: Step) -> list[Expr]:
    return [audit.derivation.start, *(s.formula for s in audit if s.number <= step.number)]


def introduced_in(derivation: Derivation) -> set[str]:
    parts = [derivation.start, derivation.where, *derivation.given]
    names = {name for part in parts for name in oracle.loose_names(part)} | {u.name}
    for one in derivation.introduced:
        names |= {one.name} if isinstance(one, Symbol) else oracle.loose_names(one[u])
    return names


def bound_in(formula: Expr) -> set[Symbol]:
    return {limits[0] for one in formula.atoms(Sum) for limits in one.limits}


def check_closer(audit: Audit, step: Step, chosen: float = 0) -> None:
    """The missing and surplus terms, the condition, and the repair of a refuted step."""
    problem = problem_of(audit, step)
    if chosen < CLOSER[0]:
        check_difference(step, problem)
    if chosen < CLOSER[1]:
        check_holds_where(step, problem, problem.near() + problem.far())
    if chosen < CLOSER[2]:
        check_repair(step, problem)


def check_difference(step: Step, problem: Problem) -> None:
    assert isinstance(step.verdict, Refuted)
    found = step.verdict.counterexample
    assert found.index is not None
    at = dict(found.lengths) | {u.name: found.index}
    expected = oracle.expanded(problem.formula - problem.before, at)
    assert step.difference == expected != 0, f"{problem}: {step.difference}, not {expected}"


def check_holds_where(step: Step, problem: Problem, points: list[dict[str, int]]) -> None:
    if step.holds_where is None:
        return
    for at in points:
        says = bool(oracle.value(step.holds_where, at))
        assert says == problem.holds(at), f"{problem}: {step.holds_where} is wrong at {at}"


def check_repair(step: Step, problem: Problem) -> None:
    if step.repair is None:
        return
    assert step.repair.formula != step.formula
    repaired = Problem(problem.before, step.repair.formula, problem.conditions)
    failing = repaired.failing(repaired.near() + repaired.far())
    assert failing is None, f"{repaired}: a repair that is wrong at {failing}"


# --- mutations -----------------------------------------------------------------------

Path = tuple[int, ...]


def at_path(part: Basic, path: Path) -> Basic:
    for place in path:
        part = part.args[place]
    return part


def replaced(part: Basic, path: Path, new: Basic) -> Any:
    if not path:
        return new
    place, *rest = path
    inner = replaced(part.args[place], tuple(rest), new)
    return part.func(*part.args[:place], inner, *part.args[place + 1 :])


def paths(part: Basic, path: Path = ()) -> Iterator[Path]:
    """Where entries, sums, products, terms and branches stand; not positions or conditions."""
    yield path
    match part:
        case Sum():
            yield from paths(part.function, (*path, 0))
        case Piecewise():
            for place, (branch, _) in enumerate(part.args):
                yield from paths(branch, (*path, place, 0))
        case Add() | Mul() | sympy.Pow():
            for place, argument in enumerate(part.args):
                yield from paths(argument, (*path, place))


Changes = dict[str, list[tuple[Path, Basic]]]


def changes(formula: Expr, signals: list[Signal], indices: list[Symbol]) -> Changes:
    """What may stand in place of one part of a formula, by the kind of the change."""
    found: Changes = {}

    def add(kind: str, path: Path, *news: Basic) -> None:
        if news:
            found.setdefault(kind, []).extend((path, new) for new in news)

    for path in paths(formula):
        part = at_path(formula, path)
        match part:
            case Indexed():
                base, position = part.args
                add("constant", path, *(base[position + a] for a in (1, -1, 2)))
                for s in sorted(position.free_symbols, key=lambda s: s.name):
                    others = [other for other in indices if other != s]
                    moved = (position + s, position - s, position.subs(s, -s))
                    add("coefficient", path, *(base[p] for p in moved))
                    add("swapped index", path, *(base[position.subs(s, o)] for o in others))
                names = [one[position] for one in signals if one.name != str(base.label)]
                add("swapped name", path, *names)
            case Sum():
                for place, (symbol, lower, upper) in enumerate(part.limits, start=1):
                    near = [(lower + a, upper) for a in (1, -1)] if lower != -oo else []
                    near += [(lower, upper + a) for a in (1, -1)] if upper != oo else []
                    add("bound", (*path, place), *(Tuple(symbol, *ends) for ends in near))
                    wide = [(-oo, upper), (lower, oo), (0, upper), (lower, u)]
                    add("other end", (*path, place), *(Tuple(symbol, *ends) for ends in wide))
                    add("wider", (*path, place), Tuple(symbol, lower - 1, upper + 1))
                    for modulus, residue in ((2, 0), (2, 1), (3, 1)):
                        condition = Eq(Mod(symbol, modulus), residue)
                        add("new condition", (*path, 0), only(part.function, condition))
                if len(part.limits) > 1:
                    add("order", path, Sum(part.function, *reversed(part.limits)))
            case Piecewise():
                add("no condition", path, part.args[0][0])
                condition = part.args[0][1]
                add("condition", (*path, 0, 1), sympy.Not(condition))
                for divisor in (2, 3):
                    for s in sorted(condition.free_symbols, key=lambda s: s.name):
                        other = Eq(Mod(s + 1, divisor), 0)
                        add("condition", (*path, 0, 1), other)
            case Mul() | Add():
                kind = "factor" if isinstance(part, Mul) else "term"
                for place, argument in enumerate(part.args):
                    rest = part.func(*part.args[:place], *part.args[place + 1 :])
                    add(f"no {kind}", path, rest)
                    add(f"new {kind}", path, part.func(*part.args, argument))
    add("scale", (), -formula, Rational(3, 2) * formula, formula + signals[0][u])
    return found


@dataclass(frozen=True)
class Mutant:
    """A right derivation with one wrong (or unusual) formula."""

    name: str
    place: int
    kind: str
    formula: Expr

    @property
    def formulas(self) -> tuple[Expr, ...]:
        right = RIGHT[self.name].formulas
        return (*right[: self.place], self.formula, *right[self.place + 1 :])

    def __str__(self) -> str:
        return f"{self.name}, formula {self.place}, {self.kind}: {self.formula}"


def random_mutant(seed: int) -> Mutant:
    rng = random.Random(seed)
    name = rng.choice(list(RIGHT))
    right = RIGHT[name]
    place = rng.randrange(1, len(right.formulas))
    used = oracle.signals_in(right.formulas)
    signals = [s for s in (x, k, h) if s.name in used]
    indices = set(oracle.symbols_in(right.formulas)).union(*map(bound_in, right.formulas))
    formula = right.formulas[place]
    kinds = changes(formula, signals, sorted(indices, key=lambda s: s.name))
    while True:
        kind = rng.choice(sorted(kinds))
        path, new = rng.choice(kinds[kind])
        changed = replaced(formula, path, new)
        if changed != formula:
            return Mutant(name, place, kind, changed)


def check_mutant(seed: int) -> list[str]:
    """Compare the audit of a mutant with the oracle.

    Returns the kinds of verdicts on the mutated step and on the one after it.
    """
    rng = random.Random(-seed - 1)
    mutant = random_mutant(seed)
    right, place = RIGHT[mutant.name], mutant.place
    first, after = 0, len(right.formulas) + 1
    if rng.random() > WHOLE:  # only the steps that the change can touch
        first, after = place - 1, place + 2
    audit = right.derivation(mutant.formulas[first:after]).audit()
    kinds = []
    for step in audit:
        try:
            kind = check_step(audit, step)
            if step.number + first not in (place, place + 1):
                assert kind == "Proved", f"step {step.number + first}: {step.verdict}"
            else:
                kinds.append(kind)
            if kind == "Refuted":
                check_closer(audit, step, rng.random())
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, {mutant}: {error}") from error
    check_after(audit, place - first, kinds)
    return kinds


def check_after(audit: Audit, place: int, kinds: list[str]) -> None:
    """After a right or an ill-formed formula the next one is right; else it need not be."""
    if len(kinds) > 1 and kinds[0] in ("Proved", "IllFormed"):
        assert kinds[1] == "Proved", f"{audit}: after {kinds[0]}, {kinds[1]}"
    if len(kinds) > 1 and kinds[0] == "Refuted":
        assert kinds[1] in ("Refuted", "Unknown", "Refuted, no window"), f"{audit}: {kinds[1]}"


# --- verdicts by kind ----------------------------------------------------------------


def audited(*formulas: Any, **options: Any) -> Audit:
    start, *steps = formulas
    derivation = Derivation(start, index=options.pop("index", u), **options)
    for formula in steps:
        derivation.step(formula)
    return derivation.audit()


def kinds_of(audit: Audit) -> list[str]:
    return [check_step(audit, step) for step in audit]


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
        assert found.index is not None
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
    assert repair(wrong, u, never) is None
    assert len(tried) == len(set(tried)) > 10
    assert wrong not in tried
    wanted = tried[7]
    found = repair(wrong, u, lambda formula: formula == wanted)
    assert found is not None
    assert found.formula == wanted


def test_the_search_for_a_repair_is_bounded() -> None:
    def tried(wrong: Expr, answer: bool | None) -> int:
        formulas: list[Expr] = []

        def is_right(formula: Expr) -> bool | None:
            formulas.append(formula)
            return answer

        assert repair(wrong, u, is_right) is None
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


def main() -> None:
    """Checks mutants for some minutes, and prints what was found."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=SEED, help="the first seed")
    arguments = parser.parse_args()
    kinds: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    seed, start, slowest = arguments.seed, time.monotonic(), (0.0, 0)
    while time.monotonic() - start < 60 * arguments.minutes:
        began = time.monotonic()
        try:
            own, *after = check_mutant(seed)
            kinds[own] += 1
            kinds.update(f"after: {one}" for one in after)
            if own == "Unknown":
                unknown[random_mutant(seed).kind] += 1
        except Exception as error:  # whatever it is, it is to be looked at; the rest goes on
            kinds["DISAGREEMENT"] += 1
            print(f"seed {seed}: {type(error).__name__}: {error}", flush=True)
        slowest = max(slowest, (time.monotonic() - began, seed))
        seed += 1
        _value.cache_clear() if seed % 500 == 0 else None
    number, seconds = seed - arguments.seed, time.monotonic() - start
    print(f"seeds {arguments.seed} to {seed - 1}: {number} mutants in {seconds:.0f} s")
    print(f"the slowest took {slowest[0]:.1f} s, with seed {slowest[1]}")
    for kind, found in kinds.most_common():
        print(f"{found:7}  {found / number:6.1%}  {kind}")
    print(f"unknown by mutation: {dict(unknown.most_common())}")
    sys.exit(1 if kinds["DISAGREEMENT"] else 0)


if __name__ == "__main__":
    main()

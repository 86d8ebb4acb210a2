"""The verdicts of an audit, step by step, held against `tests.oracles.formulas`."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache, reduce
from itertools import islice
from operator import getitem
from typing import Any

import sympy
from sympy import (
    Basic,
    Expr,
    Symbol,
)

from symconv import Proved, Refuted, Unknown
from symconv.derivations import Audit, Derivation, IllFormed, Step
from tests.generators.derivations import bound_in
from tests.oracles import formulas as oracle

TOTAL, MOST = 8, 130  # how far the oracle goes, among the smallest points
FAR = 8  # larger points, chosen at random
CLOSER = 0.1, 0.03, 0.006  # of so many refuted steps, the terms, the condition, the repair


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
        return bool(cached_value(self.before, point) == cached_value(self.formula, point))

    def failing(self, points: list[dict[str, int]]) -> dict[str, int] | None:
        return next((at for at in points if not self.holds(at)), None)


@cache
def cached_value(formula: Expr, at: tuple[tuple[str, int], ...]) -> Any:
    return oracle.value(formula, dict(at), oracle.random_entry)


def problem_of(audit: Audit, step: Step) -> Problem:
    formulas = [audit.derivation.start, *(s.formula for s in audit)]
    conditions = (*audit.derivation.given, audit.derivation.outputs, step.where)
    said = tuple(condition for condition in conditions if condition != sympy.true)
    return Problem(formulas[step.against], step.formula, said)


def kinds_of(audit: Audit) -> list[str]:
    """The kinds of the verdicts of all steps, each checked."""
    return [check_step(audit, step) for step in audit]


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
            assert scope in ("all lengths", "all sizes"), f"{problem}: {step.verdict}"
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
    index = index_of(step)
    assert not index.keys() & at.keys()
    at |= {s.name: index[s.name] for s in problem.symbols if s.name in index}
    names = [s.name for s in problem.symbols]
    assert sorted(at) == names, f"{problem}: {at}, but the symbols are {names}"
    assert all(oracle.allows(s, at[s.name]) for s in problem.symbols), f"{problem}: {at}"
    assert all(oracle.value(one, at) for one in problem.conditions), f"{problem}: {at}"
    shapes = oracle.signals_in([problem.before, problem.formula])
    assert found.signals.keys() == shapes.keys()
    for name, shape in shapes.items():
        check_shape(found.signals[name], [oracle.value(size, at) for size in shape])
    values = [
        oracle.value(side, at, lambda name, place: reduce(getitem, place, found.signals[name]))
        for side in (problem.before, problem.formula)
    ]
    assert values == [found.lhs, found.rhs], f"{problem}: {found}, but the values are {values}"
    assert values[0] != values[1]
    return at


def index_of(step: Step) -> dict[str, int]:
    """The index of a counterexample: an integer of one axis, and a tuple of several."""
    assert isinstance(step.verdict, Refuted)
    index = step.verdict.counterexample.index
    assert index is not None, f"{step.verdict} is at no index"
    assert isinstance(index, int) == (len(step.indices) == 1)
    values = (index,) if isinstance(index, int) else index
    return dict(zip((symbol.name for symbol in step.indices), values, strict=True))


def check_shape(entries: Any, shape: list[int]) -> None:
    """Nested lists are as long as a shape says."""
    if not shape:
        assert not isinstance(entries, list)
        return
    assert len(entries) == shape[0]
    for one in entries:
        check_shape(one, shape[1:])


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
    names = {name for part in parts for name in oracle.loose_names(part)}
    names |= {symbol.name for symbol in derivation.indices}
    for one in derivation.introduced:
        is_symbol = isinstance(one, Symbol)
        names |= {one.name} if is_symbol else oracle.loose_names(one[(0,) * one.ndim])
    return names


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
    at = dict(step.verdict.counterexample.lengths) | index_of(step)
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

"""What `solve` finds, held against linear algebra and arithmetic at fixed sizes."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import prod
from operator import mul
from typing import Any

from sympy import Symbol

from symconv import Proved, SignalExpr, Solution, SymconvError, Tensor, Unknown, solve
from symconv.decision.solving.kernels.obstacles import Need
from symconv.language.arrays import Array
from symconv.language.assignments import leaf_shape
from symconv.language.evaluation import holds_at
from symconv.language.fixed_size import array, shape_at
from symconv.language.graph import leaves, symbols_in
from tests.generators.kernel_problems import KernelProblem, stated
from tests.oracles.kernels import HEAVIEST, At, Oracle, points
from tests.oracles.scopes import within

__all__ = ["Disagreement", "check_solution", "checked"]

SMALLER = 40  # of so many points below an obstacle it is asked whether there is a kernel


class Disagreement(AssertionError):  # noqa: N818 - it says what it is
    """What was found, and what arithmetic says, do not agree.

    Attributes:
        topic: what they disagree about.
    """

    def __init__(self, topic: str, problem: KernelProblem, told: str) -> None:
        self.topic = topic
        super().__init__(f"{topic}: {told}\n{problem}")


def checked(problem: KernelProblem) -> str:
    """What kind of answer `solve` gives to a problem, which linear algebra agrees with.

    Raises:
        Disagreement: it does not agree.
    """
    oracle, asked = Oracle(problem), stated(problem)
    found = solve(asked.lhs, asked.rhs, shape=asked.shape, given=asked.given)
    return check_solution(oracle, found)


def check_solution(oracle: Oracle, found: Solution) -> str:
    """Compare an answer with linear algebra over the fractions; returns what kind it is.

    Raises:
        Disagreement: it does not agree.
    """
    if found.exists is None:
        return f"not known, {_planted(oracle)}: {_in_general(found)}"
    if found.exists:
        check_kernel(oracle, found)
        check_uniqueness(oracle, found)
        return f"found, {_planted(oracle)}, unique: {found.is_unique}"
    check_obstacle(oracle, found)
    check_condition(oracle, found)
    return f"none, {_planted(oracle)}"


def _planted(oracle: Oracle) -> str:
    return oracle.problem.kind


def _in_general(found: Solution) -> str:
    """A reason without what is special to one problem."""
    verdict = found.verdict
    reason = verdict.reason if isinstance(verdict, Unknown) else type(verdict).__name__
    return re.sub(r"\d[\d,]*", "…", reason.splitlines()[0])[:110]


def check_kernel(oracle: Oracle, found: Solution) -> None:
    """Compare both sides with the kernels that were found, and what they are by formulas."""
    problem = oracle.problem
    for kernel in (*found.kernels.values(), *found.formulas.values()):
        strange = kernel.every_symbol().keys() - set(oracle.inner)
        if strange:
            raise Disagreement("depends", problem, f"symconv: {kernel}; but not on {strange}")
    inside = within(found.verdict.scope) if isinstance(found.verdict, Proved) else (lambda at: True)
    for setting in oracle.settings():
        together = oracle.jointly(setting)
        if together is not None and not together.is_solvable and problem.is_told:
            raise Disagreement(
                "exists", problem, f"symconv: a kernel exists; but none at {setting}"
            )
        for sizes in oracle.inputs(setting):
            at = {**setting, **sizes}
            for kernels in (found.kernels, found.formulas):
                left, right = sides(oracle, kernels, at)
                if left != right and inside(at):
                    raise Disagreement(
                        "kernel", problem, f"symconv: {kernels}; but at {at}: {left}, {right}"
                    )


def sides(oracle: Oracle, kernels: Mapping[str, SignalExpr], at: At) -> tuple[Array, Array]:
    """Both sides with kernels that are known, at one point."""
    asked = oracle.stated
    symbols = oracle.symbols(at)
    right = asked.rhs(*kernels.values())
    symbols |= symbols_at(right, at)
    arrays = oracle.numbers(at)
    for name, leaf in asked.inputs.items():
        arrays[name] = oracle.entries(name, leaf_shape(leaf, symbols))
    one, other = (
        array(side, {name: arrays[name] for name in leaves(side)}, symbols)
        for side in (asked.lhs, right)
    )
    return one, other


def symbols_at(signal: SignalExpr, at: At) -> dict[Symbol, int]:
    """The values of the symbols in a tensor."""
    return {symbol: at[name] for name, symbol in symbols_in(signal).items()}


def check_uniqueness(oracle: Oracle, found: Solution) -> None:
    """Compare whether there is one kernel only with what several sizes leave open."""
    problem = oracle.problem
    if found.is_unique is None or not _has_planted_shape(oracle, found):
        return
    if found.is_unique:
        for setting in oracle.settings():
            together = oracle.jointly(setting)
            if together is not None and together.freedom and oracle.stays_free(setting):
                raise Disagreement("unique", problem, f"symconv: unique; but not at {setting}")
        return
    for setting in [*oracle.settings(), *oracle.small_settings()]:
        together = oracle.jointly(setting)
        if together is None or together.freedom:
            return
    raise Disagreement("unique", problem, "symconv: there are others; but it is unique everywhere")


def _has_planted_shape(oracle: Oracle, found: Solution) -> bool:
    """Whether the unknowns have the sizes that were planted."""
    for setting in oracle.settings():
        for name, shape in oracle.stated.shapes.items():
            at = {**oracle.least, **setting}
            planted = leaf_shape(Tensor(name, shape), oracle.symbols(at))
            if planted != shape_at(found.kernels[name], symbols_at(found.kernels[name], at)):
                return False
    return True


def check_obstacle(oracle: Oracle, found: Solution) -> None:
    """Look for a kernel up to the sizes of an obstacle, and for smaller sizes without one.

    A kernel has to serve all sizes of the input that are not larger, in their sum with the
    other symbols.
    """
    problem = oracle.problem
    obstacle = found.obstacle
    if obstacle is None:
        together = [oracle.jointly(setting) for setting in oracle.settings()]
        if all(one is not None and one.is_solvable for one in together):
            raise Disagreement("none", problem, "symconv: there is none; but one is found")
        return
    at = {**oracle.least, **obstacle.lengths}
    setting = {name: at[name] for name in oracle.inner}
    total = sum(at.values())
    here = {name: at[name] for name in problem.sizes_of_the_input}
    inputs = oracle.up_to(setting, total)
    if any(oracle.weight({**setting, **sizes}) > HEAVIEST for sizes in inputs):
        if len(obstacle.needs) > 1:  # and the others would take too long
            return
        inputs = [here]
    if not oracle.is_allowed(at):
        raise Disagreement("obstacle", problem, f"symconv: none at {at}, which is not allowed")
    if oracle.exists(setting, inputs):
        raise Disagreement("obstacle", problem, f"symconv: none at {at}; but there is one")
    for need in obstacle.needs:
        check_need(oracle, need, {**oracle.least, **need.lengths})
    smaller = [one for least in range(total) for one in points(oracle.inner, least)]
    rng = random.Random(f"smaller {problem.seed}")
    for other in rng.sample(smaller, min(SMALLER, len(smaller))):
        inputs = [
            sizes for sizes in oracle.up_to(other, total - 1) if oracle.is_fit({**other, **sizes})
        ]
        few = rng.sample(inputs, min(SMALLER, len(inputs)))
        if few and not oracle.exists(other, few):
            raise Disagreement("smallest", problem, f"symconv: none at {at}; but none with {other}")


def check_condition(oracle: Oracle, found: Solution) -> None:
    """Compare when what was read off serves all sizes of the input with when it does."""
    condition = found.condition
    if condition is None:
        return
    for setting in oracle.settings():
        told = holds_at(condition, {s: setting[s.name] for s in condition.free_symbols})
        inputs = [one for one in oracle.every_input() if oracle.is_fit({**setting, **one})]
        wrong: At | None = None
        for sizes in inputs:
            left, right = sides(oracle, found.kernels, {**setting, **sizes})
            if left != right:
                wrong = sizes
                break
        if inputs and told == (wrong is not None):
            raise Disagreement(
                "condition",
                oracle.problem,
                f"symconv: {found.kernels} serves exactly when {condition}; but at {setting} it "
                f"is wrong for {wrong}",
            )


_ENTRY = re.compile(r"(\w+)\[([\d, ]+)\]")


def check_need(oracle: Oracle, need: Need, at: At) -> None:
    """Compare what an output is said to need with its equation, for some length of the unknown."""
    if "…" in need.unknown + need.value:  # it is cut
        return
    setting = {name: at[name] for name in oracle.inner}
    if not any(_is_needed(oracle, need, at, one) for one in oracle.possible_shapes(setting, 0)):
        raise Disagreement("need", oracle.problem, f"at {at}: {need}; but it is not so")


def _is_needed(oracle: Oracle, need: Need, at: At, shapes: Mapping[str, tuple[Any, ...]]) -> bool:
    symbols = oracle.symbols(at)
    unknowns = {
        name: oracle.entries(name, leaf_shape(Tensor(name, shape), symbols))
        for name, shape in shapes.items()
    }
    reads = tuple(((name, _index(place)), 1) for name, place in _ENTRY.findall(need.reads))
    try:
        system = oracle.system(at, shapes)
        told = [_value(t, {**oracle.numbers(at), **unknowns}) for t in (need.unknown, need.value)]
    except (SymconvError, IndexError):  # an unknown of this length is too long, or too short
        return False
    row = system.equations.get((need.output, reads))
    left = right = Fraction(0)
    if row is not None:
        entries = (unknowns[name].at(place) for name, place in system.unknowns)
        left, right = (sum(map(mul, row, entries), Fraction(0)), row[-1])
    return told in ([left, right], [-left, -right])


def _index(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


def _value(text: str, arrays: Mapping[str, Array]) -> Fraction:
    """The value of a sum of products of entries and numbers."""
    total = Fraction(0)
    for sign, product in re.findall(r"(^|[+-]) ?([^ +-][^+-]*)", text):
        factors = [_ENTRY.fullmatch(f.strip()) or Fraction(f.strip()) for f in _factors(product)]
        values = [
            f if isinstance(f, Fraction) else Fraction(arrays[f[1]].at(_index(f[2])))
            for f in factors
        ]
        total += prod(values, start=Fraction(-1 if sign == "-" else 1))
    return total


def _factors(product: str) -> Iterator[str]:
    """The factors of a product, powers written out."""
    for factor in product.replace("**", "^").split("*"):
        base, _, power = factor.partition("^")
        yield from [base] * int(power or 1)

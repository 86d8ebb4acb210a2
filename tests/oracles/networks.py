"""Verdicts on claims about networks, held against arithmetic on NumPy arrays.

Functions are what they are, exactly or to many digits; those of which nothing is known are drawn.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any

import mpmath
import numpy as np
import sympy

import symconv
from symconv import Claim, Proved, Refuted, SymconvError, Unknown
from symconv.decision.verdicts import Verdict
from tests.generators.network_nodes import DIGITS, FREE, Numbers, functions_of, real
from tests.generators.networks import NetworkClaim, are_equal, drawn, size_at, values
from tests.generators.sizes import LEAST, At
from tests.generators.tensor_claims import key, points, satisfies
from tests.generators.tensors import Array, UndefinedError, run
from tests.oracles.tensor_claims import Disagreement, evaluation_data, within

__all__ = ["checked", "stated"]

TOTAL = 14  # how far the sum of the symbols goes, at most
NEAR, FAR = 24, 8  # of so many of the smallest points, and of some others
LARGEST = 9  # to which symbols are drawn
HEAVY = 6_000  # entries in all arrays of one point
MORE_DIGITS = 250  # of a counterexample, whose sides may be as close as e⁻¹⁰⁰
LARGEST_FLOAT = 1e300  # beyond which floats overflow
TRIES = 3  # of entries and functions at each point


@dataclass(frozen=True)
class Outcome:
    """Whether the sides are equal at a point; None where something is undefined.

    Attributes:
        at: the point.
        holds: whether they are.
        sides: both of them, where they differ.
        problem: what is undefined.
    """

    at: Mapping[str, int]
    holds: bool | None
    sides: tuple[Array, Array] | None = None
    problem: str = ""


class Outcomes:
    """What a claim is at its smallest points, in their order, and at some larger ones."""

    def __init__(self, claim: NetworkClaim) -> None:
        self.claim = claim

    @cached_property
    def near(self) -> list[Outcome]:
        claim = self.claim
        found = islice(points(claim.names, claim.given, TOTAL), NEAR)
        return [_outcome(claim, at) for at in found if size_at(claim, at) <= HEAVY]

    @cached_property
    def far(self) -> list[Outcome]:
        claim, rng = self.claim, random.Random(f"far {self.claim.seed}")
        found = []
        for _ in range(FAR):
            at = {name: rng.randint(LEAST[name] or 0, LARGEST) for name in claim.names}
            if satisfies(claim.given, at) and size_at(claim, at) <= HEAVY:
                found.append(_outcome(claim, at))
        return found

    @property
    def all(self) -> list[Outcome]:
        return [*self.near, *self.far]


def _outcome(claim: NetworkClaim, at: At) -> Outcome:
    for trial in range(TRIES):
        try:
            sides = values(claim, at, claim.seed + trial)
        except UndefinedError as error:
            return Outcome(at, None, problem=str(error))
        if not are_equal(*sides):
            return Outcome(at, False, sides)
    return Outcome(at, True)


# --- what symconv says ---------------------------------------------------------------

_PUBLIC = ("Claim", "Pointwise", "Tensor", "concatenate", "einsum", "integers", "maximum")


def stated(claim: NetworkClaim) -> Claim:
    """The claim, by the lines of Python that make it."""
    names: dict[str, Any] = {
        **{name: getattr(symconv, name) for name in _PUBLIC},
        **{name: getattr(sympy, name) for name in ("Eq", "Max", "Min", "Sum")},
        "Fraction": Fraction,
    }
    exec(str(claim), names)
    made: Claim = names["claim"]
    return made


def checked(claim: NetworkClaim) -> tuple[str, Verdict | None]:
    """The kind of verdict on a claim, which the arrays agree with; None where it is refused."""
    with mpmath.workdps(DIGITS):
        return _checked(claim)


def _checked(claim: NetworkClaim) -> tuple[str, Verdict | None]:
    found = Outcomes(claim)
    try:
        asked = stated(claim)
        check_evaluation(claim, asked, found)
        verdict = asked.prove()
    except SymconvError as error:
        return f"refused: {_reason(error, found)}", None
    check_verdict(claim, verdict, found)
    match verdict:
        case Unknown():
            if all(o.holds for o in found.all):
                return f"Unknown, {'true' if claim.kind == 'law' else 'perhaps true'}", verdict
            return "Unknown, false", verdict
        case Proved():
            return "Proved" if verdict.is_complete else "Proved in part", verdict
        case Refuted():
            return f"Refuted{_not_first(verdict, found)}", verdict
    raise TypeError(verdict)


def _not_first(verdict: Refuted, found: Outcomes) -> str:
    """What is to be said where entries drawn at random tell the sides apart at a smaller point."""
    at = dict(verdict.counterexample.lengths)
    failing = next((o.at for o in found.near if o.holds is False), None)
    is_later = failing is not None and set(failing) == set(at) and key(failing) < key(at)
    return ", not at the first point" if is_later else ""


def _reason(error: SymconvError, found: Outcomes) -> str:
    said = str(error).replace("\n", " ")
    if any(outcome.holds is None for outcome in found.all):
        return "undefined"
    if not found.all and "no lengths satisfy" in said:
        return "says nothing"
    for known in ("could have no entry", "would have no entry", "more than"):
        if known in said:
            return known
    place = dict(re.findall(r"(\w+) = (-?\d+)", said.rpartition("(at ")[2]))
    if set(place) == set(found.claim.names):
        at = {name: int(value) for name, value in place.items()}
        if satisfies(found.claim.given, at) and _outcome(found.claim, at).holds is None:
            return "undefined"
    raise Disagreement("refused", found.claim, f"symconv: {said}; but nothing is undefined")


def check_verdict(claim: NetworkClaim, verdict: Verdict, found: Outcomes) -> None:
    """Compare a verdict with what the claim is at many points."""
    if isinstance(verdict, Unknown):
        return
    said = f"symconv: {verdict}"
    # Whether an entry of an empty tensor is one is a question to claims about tensors.
    undefined = next((o for o in found.all if o.problem.startswith("window")), None)
    if undefined is not None:
        raise Disagreement("undefined", claim, f"{said}; but it is undefined at {undefined.at}")
    if isinstance(verdict, Proved):
        inside = within(verdict.scope)
        wrong = next((o for o in found.all if o.holds is False and inside(o.at)), None)
        if wrong is not None:
            raise Disagreement("proved", claim, f"{said}; but at {wrong.at}: {wrong.sides}")
        return
    check_counterexample(claim, verdict, found, said)


def _polynomial(text: str) -> Callable[[Any], Any]:
    """A polynomial as it is written, of exact numbers or others."""
    v = sympy.Symbol("v")
    rows = sympy.Poly(sympy.sympify(text, {"v": v}), v).all_coeffs()
    numbers = [Fraction(int(row.p), int(row.q)) for row in rows]

    def value(number: Any) -> Any:
        exact = isinstance(number, int | Fraction | np.integer)
        result: Any = Fraction(0) if exact else real(0)
        for coefficient in numbers:
            result = result * number + (coefficient if exact else real(coefficient))
        return result

    return value


def check_counterexample(claim: NetworkClaim, verdict: Refuted, found: Outcomes, said: str) -> None:
    """Recompute a counterexample, and look for a smaller one."""
    shown = verdict.counterexample
    at = {name: int(value) for name, value in shown.lengths.items()}
    idle = set(claim.names) - {symbol.name for symbol in verdict.claim.symbols}
    if idle:  # symbols that make no difference, whatever they are
        allowed = (o.at for o in found.near if all(o.at[name] == at[name] for name in at))
        at = {**next(allowed, {}), **at}
    signs = all((low := LEAST[name]) is None or at[name] >= low for name in at)
    if sorted(at) != claim.names or not signs or not satisfies(claim.given, at):
        raise Disagreement("refuted", claim, f"{said}; but the hypotheses do not hold there")
    free = {name: _polynomial(text) for name, text in shown.functions.items()}
    for name in set(functions_of(*claim.sides)) & FREE.keys():
        at_zero = FREE[name]
        if name in free and at_zero is not None and free[name](0) != at_zero:
            raise Disagreement("refuted", claim, f"{said}; but {name}(0) = {at_zero}")

    def entry(name: str, shape: tuple[int, ...]) -> Array:
        given = np.array(shown.signals[name], dtype=object)
        if given.size == 0 and 0 in shape:
            return np.zeros(shape, dtype=object)
        if given.shape != shape:
            raise Disagreement("refuted", claim, f"{said}; but the shape of {name} is {shape}")
        if not claim.is_exact:
            given = np.array([real(v) for v in given.ravel()], dtype=object).reshape(shape)
        return given

    # Where shapes differ, no functions are told, and any will do.
    ring = Numbers(None, {**drawn(0, claim.is_exact)[0].functions, **free})
    try:
        with mpmath.workdps(MORE_DIGITS):
            left, right = run(claim.sides, at, ring, entry)
            equal = are_equal(left, right, least=0)
    except UndefinedError as error:
        raise Disagreement("undefined", claim, f"{said}; but {error}") from None
    if equal:
        raise Disagreement("refuted", claim, f"{said}; but both sides are {left.tolist()}")
    if left.shape == right.shape or free or not set(functions_of(*claim.sides)) & FREE.keys():
        for value, side in ((shown.lhs, left), (shown.rhs, right)):
            if not _are_shown(value, side):
                raise Disagreement("shown", claim, f"{said}; but the sides are {left} and {right}")


def _are_shown(value: Any, side: Array) -> bool:
    """Whether a side is what is shown of it, rounded where it is no fraction."""
    shown = np.array(value, dtype=object)
    if side.size == 0:
        return shown.size == 0
    if shown.shape != side.shape:
        return False
    for one, other in zip(shown.ravel(), side.ravel(), strict=True):
        if isinstance(one, float | sympy.Expr):
            if abs(real(other)) > LARGEST_FLOAT:
                continue
            if abs(float(one) - float(other)) > 1e-9 * (1 + abs(float(one))):
                return False
        elif one != other:
            return False
    return True


# --- the reading at fixed sizes ------------------------------------------------------


def check_evaluation(claim: NetworkClaim, asked: Claim, found: Outcomes) -> None:
    """Compare what both sides evaluate to, where all functions are known."""
    if set(functions_of(*claim.sides)) & FREE.keys():
        return
    exact = claim.is_exact
    defined = [o for o in found.near[:6] if o.holds is not None]
    ring, exactly = drawn(claim.seed, exactly=True)
    _, with_digits = drawn(claim.seed, exactly=False)

    def entry(name: str, shape: tuple[int, ...]) -> Array:
        return exactly(name, shape) if exact else exactly(name, shape) * 1.0

    for outcome in defined[-1:]:
        for side, expression in zip(claim.sides, asked.signals, strict=True):
            (expected,) = run([side], outcome.at, ring, exactly if exact else with_digits)
            data = evaluation_data(side, outcome.at, entry)
            known = {*expression.every_symbol(), *expression.names[0]}
            data = {name: value for name, value in data.items() if name in known}
            try:
                value = expression.evaluate(**data)
            except SymconvError as error:
                raise Disagreement("evaluate", claim, f"at {outcome.at}: {error}") from None
            if not _are_shown(value, expected):
                raise Disagreement(
                    "evaluate",
                    claim,
                    f"{expression} at {outcome.at}: {value}; but it is {expected.tolist()}",
                )

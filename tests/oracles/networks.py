"""Verdicts on claims about networks, held against arithmetic on NumPy arrays.

Functions are what they are, exactly or to many digits; those of which nothing is known are drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import sympy

from symconv import Claim, Proved, Refuted, SymconvError, Unknown
from symconv.decision.verdicts import Verdict
from tests.generators.network_nodes import DIGITS, FREE, Numbers, functions_of, real
from tests.generators.networks import NetworkClaim, are_equal, drawn, values
from tests.generators.sizes import At
from tests.generators.tensor_claims import key
from tests.generators.tensors import Array, UndefinedError, run
from tests.oracles.outcomes import (
    Disagreement,
    Outcome,
    Outcomes,
    check_value,
    is_undefined,
    point_shown,
    shown_entries,
    stated,
)
from tests.oracles.scopes import within

__all__ = ["NetworkOutcomes", "check_verdict", "checked"]

MORE_DIGITS = 250  # of a counterexample, whose sides may be as close as e⁻¹⁰⁰
LARGEST_FLOAT = 1e300  # beyond which floats overflow
TRIES = 3  # of entries and functions at each point


class NetworkOutcomes(Outcomes):
    """What a claim about networks is at points, for some entries and functions at each."""

    total = 14
    number_near, number_far = 24, 8
    largest = 9
    heavy = 6_000

    def outcome(self, at: At) -> Outcome:
        """What the claim is at a point; both sides where they differ."""
        for trial in range(TRIES):
            try:
                sides = values(self.claim, at, self.claim.seed + trial)
            except UndefinedError as error:
                return Outcome(at, None, problem=str(error))
            if not are_equal(*sides):
                return Outcome(at, False, sides)
        return Outcome(at, True)


# --- what symconv says ---------------------------------------------------------------


def checked(claim: NetworkClaim) -> tuple[str, Verdict | None]:
    """The kind of verdict on a claim, which the arrays agree with; None where it is refused."""
    with mpmath.workdps(DIGITS):
        return _checked(claim)


def _checked(claim: NetworkClaim) -> tuple[str, Verdict | None]:
    found = NetworkOutcomes(claim)
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
    if not found.all and "no lengths satisfy" in said:
        return "says nothing"
    if is_undefined(said, found):
        return "undefined"
    for known in ("could have no entry", "would have no entry", "more than"):
        if known in said:
            return known
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
    at = point_shown(claim, verdict, found, said)
    free = {name: _polynomial(text) for name, text in shown.functions.items()}
    for name in set(functions_of(*claim.sides)) & FREE.keys():
        at_zero = FREE[name]
        if name in free and at_zero is not None and free[name](0) != at_zero:
            raise Disagreement("refuted", claim, f"{said}; but {name}(0) = {at_zero}")

    given = shown_entries(claim, verdict, said)

    def entry(name: str, shape: tuple[int, ...]) -> Array:
        exact = given(name, shape)
        if claim.is_exact:
            return exact
        return np.array([real(v) for v in exact.ravel()], dtype=object).reshape(shape)

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
            check_value(claim, (side, expression), outcome.at, entry, expected, _are_shown)

"""Verdicts on claims about tensors, held against arithmetic on NumPy arrays.

The arrays are those of `tests.generators.tensors`, which knows nothing of symconv.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sympy import Basic

from symconv import Claim, Proved, Refuted, SymconvError, Undecided, Unknown
from symconv.decision.verdicts import Verdict
from tests.generators.sizes import At
from tests.generators.tensor_claims import TensorClaim, key
from tests.generators.tensors import (
    EXACT,
    MODULAR,
    UndefinedError,
    entries,
    run,
)
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

__all__ = ["TensorOutcomes", "check_evaluation", "check_verdict", "checked"]

Array: TypeAlias = NDArray[Any]


SMALLEST = 8  # of so many of the smallest ones, values are compared at two: they take long


class TensorOutcomes(Outcomes):
    """What a claim about tensors is at points, with random entries."""

    total = 18
    number_near, number_far = 60, 10
    largest = 5
    heavy = 60_000

    def outcome(self, at: At) -> Outcome:
        """What the claim is at a point, and both sides."""
        try:
            left, right = run(self.claim.sides, at, MODULAR, entries(self.claim.seed))
        except UndefinedError as error:
            return Outcome(at, None, problem=str(error))
        return Outcome(at, _are_equal(left, right), (left, right))


def _are_equal(left: Array, right: Array) -> bool:
    return left.shape == right.shape and bool((left == right).all())


def _is_array(value: Any, expected: Array) -> bool:
    return _are_equal(np.array(value, dtype=object).reshape(np.shape(value)), expected)


# --- what symconv says ---------------------------------------------------------------


def checked(claim: TensorClaim, *, thorough: bool = False) -> tuple[str, Verdict | None]:
    """The kind of verdict on a claim, which the arrays agree with.

    None where symconv refuses the claim.

    Args:
        thorough: whether to look at conditions and at where sides differ, too.
    """
    found = TensorOutcomes(claim)
    try:
        asked = stated(claim)
    except SymconvError as error:
        return f"refused: {_reason(error, found)}", None
    check_evaluation(claim, asked, found)
    try:
        verdict = asked.prove()
    except SymconvError as error:
        return f"refused: {_reason(error, found)}", None
    check_verdict(claim, verdict, found)
    if thorough:
        check_condition(claim, asked, verdict, found)
        check_differences(claim, verdict, found)
    match verdict:
        case Unknown(reason):
            return f"Unknown: {_in_general(reason)}", verdict
        case Proved():
            return "Proved" if verdict.is_complete else "Proved in part", verdict
    return "Refuted", verdict


def _reason(error: SymconvError, found: Outcomes) -> str:
    said = str(error).replace("\n", " ")
    if not found.all and "no lengths satisfy" in said:
        return "says nothing"
    if is_undefined(said, found):
        return "undefined"
    limit = _LIMIT.search(said)
    if limit:
        return limit[0]
    raise Disagreement("refused", found.claim, f"symconv: {said}; but nothing is undefined")


_LIMIT = re.compile(
    r"too involved|more than \d+|too large once|is not known to be (?:one|positive|an integer)"
    r"|could be 0 or less|the sign of .* is not declared|is all that is known|too many"
    r"|is merged in|must be a number from"
)


def _in_general(reason: str) -> str:
    """A reason without what is special to one claim."""
    return re.sub(r"\d[\d,]*", "…", reason.splitlines()[0])[:90]


def check_evaluation(claim: TensorClaim, asked: Claim, found: Outcomes) -> None:
    """Compare shapes and values with those of the arrays, at a few points."""
    rng = random.Random(f"evaluation {claim.seed}")
    defined = [o for o in found.near[:SMALLEST] if o.holds is not None]
    for outcome in rng.sample(defined, min(2, len(defined))):
        given = entries(claim.seed, 9)

        def entry(name: str, shape: tuple[int, ...], given: Any = given) -> Array:
            small: Array = given(name, shape).astype(object) - 4
            return small

        for side, expression in zip(claim.sides, asked.signals, strict=True):
            (expected,) = run([side], outcome.at, EXACT, entry)
            check_value(claim, (side, expression), outcome.at, entry, expected, _is_array)


def check_verdict(claim: TensorClaim, verdict: Verdict, found: Outcomes) -> None:
    """Compare a verdict with what the claim is at many points."""
    if isinstance(verdict, Unknown):
        return
    said = f"symconv: {type(verdict).__name__}"
    if isinstance(verdict, Proved):
        said += f" for {verdict.scope}"
    else:
        said += f" {verdict.counterexample}"
    undefined = next((o for o in found.all if o.holds is None), None)
    if undefined is not None:
        raise Disagreement("undefined", claim, f"{said}; but it is undefined at {undefined.at}")
    if isinstance(verdict, Proved):
        inside = within(verdict.scope)
        wrong = next((o for o in found.all if not o.holds and inside(o.at)), None)
        if wrong is not None:
            raise Disagreement("proved", claim, f"{said}; but at {wrong.at}: {wrong.sides}")
        return
    check_counterexample(claim, verdict, found, said)


def check_counterexample(claim: TensorClaim, verdict: Refuted, found: Outcomes, said: str) -> None:
    """Recompute a counterexample, and look for a smaller one."""
    shown = verdict.counterexample
    at = point_shown(claim, verdict, found, said)
    entry = shown_entries(claim, verdict, said)
    try:
        left, right = run(claim.sides, at, EXACT, entry)
    except UndefinedError as error:
        raise Disagreement("undefined", claim, f"{said}; but {error}") from None
    if _are_equal(left, right):
        raise Disagreement("refuted", claim, f"{said}; but both sides are {left.tolist()}")
    for value, side in ((shown.lhs, left), (shown.rhs, right)):
        if not _are_shown(value, side):
            raise Disagreement("refuted", claim, f"{said}; but the sides are {left} and {right}")
    first: Any = None
    if left.shape == right.shape:
        first = tuple(int(i) for i in np.argwhere(left != right)[0])
    index: Any = shown.index if shown.index is None else tuple(np.atleast_1d(shown.index).tolist())
    if index != first:
        raise Disagreement("refuted", claim, f"{said}; but they differ first at {first}")
    failing = next((o.at for o in found.near if not o.holds), None)
    nearest = found.near[-1].at if found.near else None
    seen = nearest is not None and key(at) <= key(nearest)
    if (failing is not None or seen) and failing != at:
        raise Disagreement("smallest", claim, f"{said}; but the first is {failing}")


def _are_shown(value: Any, side: Array) -> bool:
    """Whether a side of a counterexample is what is shown of it; empty lists have few shapes."""
    shown = np.array(value, dtype=object)
    if side.size == 0:
        return shown.size == 0
    return _are_equal(shown, side)


# --- conditions ----------------------------------------------------------------------


def says(tree: Any, at: Mapping[str, int]) -> Any:
    """A SymPy expression or condition at values of its symbols; SymPy computes nothing of it."""
    from tests.oracles.brute_force import value

    assert isinstance(tree, Basic | bool)
    return tree if isinstance(tree, bool) else value(tree, at)


def check_condition(claim: TensorClaim, asked: Claim, verdict: Verdict, found: Outcomes) -> None:
    """Compare the exact condition under which a claim holds."""
    condition: Any = None
    if isinstance(verdict, Refuted):
        condition = verdict.condition
    elif isinstance(verdict, Proved) and verdict.is_complete:
        with suppress(Undecided):
            condition = asked.condition()
    if condition is None:
        return
    for o in found.all:
        if bool(says(condition, o.at)) != o.holds:
            raise Disagreement(
                "condition", claim, f"exactly when {condition}; but at {dict(o.at)}: {o.sides}"
            )


def check_differences(claim: TensorClaim, verdict: Verdict, found: Outcomes) -> None:
    """Compare where the sides of a refuted claim differ."""
    shown = verdict.differences if isinstance(verdict, Refuted) else None
    if shown is None:
        return
    names = [str(symbol.name) for symbol in shown.indices]
    for o in found.all:
        assert o.sides is not None
        left, right = o.sides
        told = bool(says(shown.lengths, o.at))
        if told != (left.shape != right.shape):
            raise Disagreement(
                "differences",
                claim,
                f"in length when {shown.lengths}; but at {o.at}: {left.shape} and {right.shape}",
            )
        if told or _are_equal(left, right):
            continue
        shape = tuple(says(size, o.at) for size in shown.shape)
        if shape != left.shape:
            raise Disagreement("differences", claim, f"{shown.shape} at {o.at}: {left.shape}")
        differ = left != right
        for place in np.ndindex(*left.shape):
            at = {**o.at, **dict(zip(names, place, strict=True))}
            if bool(says(shown.entries, at)) != differ[place]:
                raise Disagreement(
                    "differences",
                    claim,
                    f"where {shown.entries}; but at {o.at} they differ at "
                    f"{np.argwhere(differ).tolist()}",
                )

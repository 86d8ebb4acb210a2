"""Verdicts on claims about tensors, held against arithmetic on NumPy arrays.

The arrays are those of `tests.generators.tensors`, which knows nothing of symconv.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy import Basic

import symconv
from symconv import Claim, Proved, Refuted, SymconvError, Undecided, Unknown
from symconv.decision.verdicts import Verdict
from tests.generators.sizes import LEAST, At
from tests.generators.tensor_claims import TensorClaim, key, points, satisfies
from tests.generators.tensors import (
    EXACT,
    MODULAR,
    Named,
    Node,
    UndefinedError,
    entries,
    names_of,
    run,
    walk,
)

__all__ = ["Disagreement", "Outcomes", "check_evaluation", "check_verdict", "checked", "stated"]

Array: TypeAlias = NDArray[Any]

TOTAL = 18  # how far the sum of the symbols goes, at most
NEAR, FAR = 60, 10  # of so many of the smallest points, and of some others
SMALLEST = 8  # of so many of the smallest ones, values are compared at two: they take long
LARGEST = 5  # each symbol of which is at most this, or that much more than it must be
HEAVY = 60_000  # entries in all arrays of one point


class Disagreement(AssertionError):  # noqa: N818 - it says what it is
    """Symconv and the arrays do not say the same.

    Attributes:
        topic: what they disagree about.
    """

    def __init__(self, topic: str, claim: TensorClaim, answers: str) -> None:
        self.topic = topic
        super().__init__(f"{topic}: {answers}\n{claim}")


@dataclass(frozen=True)
class Outcome:
    """Both sides at a point, with random entries; None where something is undefined."""

    at: Mapping[str, int]
    sides: tuple[Array, Array] | None

    @property
    def holds(self) -> bool:
        return self.sides is not None and _are_equal(*self.sides)


class Outcomes:
    """What a claim is at its smallest points, in their order, and at some larger ones."""

    def __init__(self, claim: TensorClaim) -> None:
        self.claim = claim

    @cached_property
    def near(self) -> list[Outcome]:
        claim = self.claim
        return [
            _outcome(claim, at)
            for at in islice(points(claim.names, claim.given, TOTAL), NEAR)
            if not self._is_heavy(at)
        ]

    @cached_property
    def far(self) -> list[Outcome]:
        claim, rng = self.claim, random.Random(f"far {self.claim.seed}")
        found = []
        for _ in range(FAR):
            at = {name: rng.randint(LEAST[name] or 0, LARGEST) for name in claim.names}
            if satisfies(claim.given, at) and not self._is_heavy(at):
                found.append(_outcome(claim, at))
        return found

    @property
    def all(self) -> list[Outcome]:
        return [*self.near, *self.far]

    def _is_heavy(self, at: At) -> bool:
        total = 0
        for node in walk(*self.claim.sides):
            count = 1
            for size in node.shape:
                count *= max(0, size.at(at))
            total += count
        return total > HEAVY


def _outcome(claim: TensorClaim, at: At) -> Outcome:
    try:
        left, right = run(claim.sides, at, MODULAR, entries(claim.seed))
    except UndefinedError:
        return Outcome(at, None)
    return Outcome(at, (left, right))


def _are_equal(left: Array, right: Array) -> bool:
    return left.shape == right.shape and bool((left == right).all())


# --- what symconv says ---------------------------------------------------------------


def stated(claim: TensorClaim) -> Claim:
    """The claim, by the lines of Python that make it."""
    names: dict[str, Any] = {
        **{name: getattr(symconv, name) for name in _PUBLIC},
        **{name: getattr(sympy, name) for name in ("Eq", "Max", "Min", "Sum")},
        "Fraction": Fraction,
    }
    exec(str(claim), names)
    made: Claim = names["claim"]
    return made


_PUBLIC = ("Claim", "Tensor", "concatenate", "einsum", "integers")


def checked(claim: TensorClaim, *, thorough: bool = False) -> tuple[str, Verdict | None]:
    """The kind of verdict on a claim, which the arrays agree with.

    None where symconv refuses the claim.

    Args:
        thorough: whether to look at conditions and at where sides differ, too.
    """
    found = Outcomes(claim)
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
    if any(outcome.sides is None for outcome in found.all):
        return "undefined"
    if not found.all and "no lengths satisfy" in said:
        return "says nothing"
    limit = _LIMIT.search(said)
    if limit:
        return limit[0]
    place = dict(re.findall(r"(\w+) = (-?\d+)", said.rpartition("(at ")[2]))
    if set(place) == set(found.claim.names):
        at = {name: int(value) for name, value in place.items()}
        if satisfies(found.claim.given, at) and _outcome(found.claim, at).sides is None:
            return "undefined"
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
    defined = [o for o in found.near[:SMALLEST] if o.sides is not None]
    for outcome in rng.sample(defined, min(2, len(defined))):
        given = entries(claim.seed, 9)

        def entry(name: str, shape: tuple[int, ...], given: Any = given) -> Array:
            small: Array = given(name, shape).astype(object) - 4
            return small

        for side, expression in zip(claim.sides, asked.signals, strict=True):
            (expected,) = run([side], outcome.at, EXACT, entry)
            data = evaluation_data(side, outcome.at, entry)
            # A symbol that makes no difference is not asked for, nor such a tensor.
            known = {*expression.every_symbol(), *expression.names[0]}
            data = {name: value for name, value in data.items() if name in known}
            try:
                value = expression.evaluate(**data)
            except SymconvError as error:
                raise Disagreement("evaluate", claim, f"at {outcome.at}: {error}") from None
            if not _are_equal(np.array(value, dtype=object).reshape(np.shape(value)), expected):
                raise Disagreement(
                    "evaluate",
                    claim,
                    f"{expression} at {outcome.at}: {value}; but it is {expected.tolist()}",
                )


def evaluation_data(side: Node, at: At, entry: Callable[..., Array]) -> dict[str, Any]:
    """What `evaluate` takes: an array for each tensor, and the symbols that are no sizes."""
    data: dict[str, Any] = {}
    told: set[str] = set()
    for node in walk(side):
        if isinstance(node.op, Named):
            sizes = tuple(size.at(at) for size in node.op.sizes)
            data[node.op.name] = entry(node.op.name, sizes)
            told.update(size.text for size in node.op.sizes)
    data.update({name: at[name] for name in names_of(side) if name not in told})
    return data


def check_verdict(claim: TensorClaim, verdict: Verdict, found: Outcomes) -> None:
    """Compare a verdict with what the claim is at many points."""
    if isinstance(verdict, Unknown):
        return
    said = f"symconv: {type(verdict).__name__}"
    if isinstance(verdict, Proved):
        said += f" for {verdict.scope}"
    else:
        said += f" {verdict.counterexample}"
    undefined = next((o for o in found.all if o.sides is None), None)
    if undefined is not None:
        raise Disagreement("undefined", claim, f"{said}; but it is undefined at {undefined.at}")
    if isinstance(verdict, Proved):
        inside = within(verdict.scope)
        wrong = next((o for o in found.all if not o.holds and inside(o.at)), None)
        if wrong is not None:
            raise Disagreement("proved", claim, f"{said}; but at {wrong.at}: {wrong.sides}")
        return
    check_counterexample(claim, verdict, found, said)


_BOUND = re.compile(r"(\w+(?:, \w+)*) from (-?\d+) to (-?\d+)")


def within(scope: str) -> Callable[[At], bool]:
    """Whether sizes are within the scope of a proof.

    A scope is "all lengths" or "all sizes", or it bounds some symbols.
    """
    bounds = [
        (name, int(first), int(last))
        for names, first, last in _BOUND.findall(scope)
        for name in names.split(", ")
    ]
    if not bounds and scope not in ("all lengths", "all sizes"):
        raise ValueError(f"the scope {scope!r} is neither everything nor bounds on symbols")
    return lambda at: all(first <= at[name] <= last for name, first, last in bounds)


def check_counterexample(claim: TensorClaim, verdict: Refuted, found: Outcomes, said: str) -> None:
    """Recompute a counterexample, and look for a smaller one."""
    shown = verdict.counterexample
    at = {name: int(value) for name, value in shown.lengths.items()}
    idle = set(claim.names) - {symbol.name for symbol in verdict.claim.symbols}
    if idle:  # symbols that make no difference, whatever they are
        allowed = (o.at for o in found.near if all(o.at[name] == at[name] for name in at))
        at = {**next(allowed, {}), **at}
    if sorted(at) != claim.names:
        raise Disagreement("refuted", claim, f"{said}; but the symbols are {claim.names}")
    signs = all((low := LEAST[name]) is None or at[name] >= low for name in at)
    if not signs or not satisfies(claim.given, at):
        raise Disagreement("refuted", claim, f"{said}; but the hypotheses do not hold there")

    def entry(name: str, shape: tuple[int, ...]) -> Array:
        if name not in shown.signals:
            return np.ones(shape, dtype=object)
        given = np.array(shown.signals[name], dtype=object)
        if given.size == 0 and 0 in shape:
            return np.zeros(shape, dtype=object)
        if given.shape != shape:
            raise Disagreement("refuted", claim, f"{said}; but the shape of {name} is {shape}")
        return given

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

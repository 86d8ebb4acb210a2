"""What checks of claims about tensors and about networks share: points, and what is shown there.

The arrays are those of `tests.generators.tensors`, which knows nothing of symconv.
"""

from __future__ import annotations

import random
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar

import numpy as np
import sympy

import symconv
from symconv import Claim, Refuted, SignalExpr, SymconvError
from tests.generators.sizes import LEAST, At
from tests.generators.tensor_claims import TensorClaim, points, satisfies, size_at
from tests.generators.tensors import Array, Entry, Named, Node, names_of, walk

__all__ = [
    "Disagreement",
    "Outcome",
    "Outcomes",
    "check_value",
    "is_undefined",
    "point_shown",
    "shown_entries",
    "stated",
]


class Disagreement(AssertionError):  # noqa: N818 - it says what it is
    """Symconv and plain arithmetic do not say the same.

    Attributes:
        topic: what they disagree about.
    """

    def __init__(self, topic: str, claim: object, answers: str) -> None:
        self.topic = topic
        super().__init__(f"{topic}: {answers}\n{claim}")


@dataclass(frozen=True)
class Outcome:
    """Whether the sides are equal at a point; None where something is undefined.

    Attributes:
        at: the point.
        holds: whether they are.
        sides: both of them, where they were kept.
        problem: what is undefined.
    """

    at: Mapping[str, int]
    holds: bool | None
    sides: tuple[Array, Array] | None = None
    problem: str = ""


class Outcomes(ABC):
    """What a claim is at its smallest points, in their order, and at some larger ones.

    Attributes:
        total: how far the sum of the symbols goes, at most.
        number_near: of so many of the smallest points.
        number_far: and of so many others, at most.
        largest: to which symbols are drawn there.
        heavy: entries in all arrays of one point, at most.
    """

    total: ClassVar[int]
    number_near: ClassVar[int]
    number_far: ClassVar[int]
    largest: ClassVar[int]
    heavy: ClassVar[int]

    def __init__(self, claim: TensorClaim) -> None:
        self.claim = claim

    @abstractmethod
    def outcome(self, at: At) -> Outcome:
        """What the claim is at a point."""

    @cached_property
    def near(self) -> list[Outcome]:
        claim = self.claim
        found = islice(points(claim.names, claim.given, self.total), self.number_near)
        return [self.outcome(at) for at in found if size_at(claim, at) <= self.heavy]

    @cached_property
    def far(self) -> list[Outcome]:
        claim, rng = self.claim, random.Random(f"far {self.claim.seed}")
        found = []
        for _ in range(self.number_far):
            at = {name: rng.randint(LEAST[name] or 0, self.largest) for name in claim.names}
            if satisfies(claim.given, at) and size_at(claim, at) <= self.heavy:
                found.append(self.outcome(at))
        return found

    @property
    def all(self) -> list[Outcome]:
        return [*self.near, *self.far]


# --- what symconv says ---------------------------------------------------------------

_PUBLIC = ("Claim", "Pointwise", "Tensor", "concatenate", "einsum", "integers", "maximum")


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


def is_undefined(said: str, found: Outcomes) -> bool:
    """Whether something is undefined at a point looked at, or at the one that an error names."""
    if any(outcome.holds is None for outcome in found.all):
        return True
    place = dict(re.findall(r"(\w+) = (-?\d+)", said.rpartition("(at ")[2]))
    if set(place) != set(found.claim.names):
        return False
    at = {name: int(value) for name, value in place.items()}
    return satisfies(found.claim.given, at) and found.outcome(at).holds is None


def point_shown(claim: TensorClaim, verdict: Refuted, found: Outcomes, said: str) -> dict[str, int]:
    """The point of a counterexample, with symbols that make no difference.

    Raises:
        Disagreement: it is none that the claim allows.
    """
    at = {name: int(value) for name, value in verdict.counterexample.lengths.items()}
    idle = set(claim.names) - {symbol.name for symbol in verdict.claim.symbols}
    if idle:  # whatever they are
        allowed = (o.at for o in found.near if all(o.at[name] == at[name] for name in at))
        at = {**next(allowed, {}), **at}
    if sorted(at) != claim.names:
        raise Disagreement("refuted", claim, f"{said}; but the symbols are {claim.names}")
    signs = all((low := LEAST[name]) is None or at[name] >= low for name in at)
    if not signs or not satisfies(claim.given, at):
        raise Disagreement("refuted", claim, f"{said}; but the hypotheses do not hold there")
    return at


def shown_entries(claim: TensorClaim, verdict: Refuted, said: str) -> Entry:
    """The entries of a counterexample; ones for a tensor that makes no difference.

    Raises:
        Disagreement: when it is called, one is missing, or has another shape.
    """
    signals, needed = verdict.counterexample.signals, verdict.claim.named

    def entry(name: str, shape: tuple[int, ...]) -> Array:
        if name not in signals:
            if name in needed:
                raise Disagreement("refuted", claim, f"{said}; but {name} is not shown")
            return np.ones(shape, dtype=object)
        given = np.array(signals[name], dtype=object)
        if given.size == 0 and 0 in shape:
            return np.zeros(shape, dtype=object)
        if given.shape != shape:
            raise Disagreement("refuted", claim, f"{said}; but the shape of {name} is {shape}")
        return given

    return entry


# --- the reading at fixed sizes ------------------------------------------------------


def check_value(
    claim: TensorClaim,
    side: tuple[Node, SignalExpr],
    at: At,
    entry: Entry,
    expected: Array,
    are_equal: Callable[[Any, Array], bool],
) -> None:
    """Compare what a side evaluates to with its array.

    Args:
        claim: the claim.
        side: its nodes, and what symconv makes of them.
        at: the point.
        entry: the entries of named tensors.
        expected: the array.
        are_equal: whether a value is that array.
    """
    root, expression = side
    # A symbol that makes no difference is not asked for, nor such a tensor.
    known = {*expression.every_symbol(), *expression.names[0]}
    data = {n: value for n, value in _evaluation_data(root, at, entry).items() if n in known}
    try:
        value = expression.evaluate(**data)
    except SymconvError as error:
        raise Disagreement("evaluate", claim, f"at {at}: {error}") from None
    if not are_equal(value, expected):
        found = f"{expression} at {at}: {value}; but it is {expected.tolist()}"
        raise Disagreement("evaluate", claim, found)


def _evaluation_data(side: Node, at: At, entry: Entry) -> dict[str, Any]:
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

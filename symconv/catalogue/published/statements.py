"""What a published statement is made of, and the symbols and signals that they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.symbols import integers
from symconv.catalogue.theorems import Theorem
from symconv.decision.claims import Claim, Hypothesis
from symconv.language.signals import Signal, SignalExpr

__all__ = ["Outcome", "Published", "fails", "holds", "published"]

Side: TypeAlias = SignalExpr | Expr | Boolean | int
Outcome: TypeAlias = Literal["true", "false", "conditional"]


@dataclass(frozen=True, slots=True)
class Published:
    """A statement that somebody made in public, and what is true of it.

    Attributes:
        topic: a short identifier.
        statement: what was claimed, in our words.
        source: where.
        verdict: whether it is true, false, or true under a condition that it does not say.
        condition: when it holds, in words or formulas.
        theorems: the claims that settle it, true and false ones.
        unsettled: what of it no claim settles, and why.
    """

    topic: str
    statement: str
    source: str
    verdict: Outcome
    condition: str
    theorems: tuple[Theorem, ...]
    unsettled: str = ""


def published(
    topic: str,
    statement: str,
    *,
    source: str,
    verdict: Outcome,
    condition: str,
    theorems: Iterable[Theorem],
    unsettled: str = "",
) -> Published:
    """The statement, whose claims all get its source."""
    settled = tuple(replace(t, source=source) for t in theorems)
    return Published(topic, statement, source, verdict, condition, settled, unsettled)


def holds(
    name: str,
    lhs: Side,
    rhs: Side,
    statement: str,
    why: str,
    *,
    given: Iterable[Hypothesis] = (),
) -> Theorem:
    """A true claim."""
    return Theorem(Claim(lhs, rhs, given, name), statement, why, source="")


def fails(
    name: str,
    lhs: Side,
    rhs: Side,
    statement: str,
    why: str,
    *,
    at: Mapping[str, int],
    condition: Boolean | None = None,
    for_all: Sequence[Symbol] = (),
    given: Iterable[Hypothesis] = (),
) -> Theorem:
    """A false claim, with the smallest lengths at which it fails."""
    return Theorem(
        Claim(lhs, rhs, given, name),
        statement,
        why,
        source="",
        counterexample=at,
        condition=condition,
        for_all=tuple(for_all),
    )


n, m, c, e = integers("n m c e", positive=True)
"""Lengths: of inputs x and y, of kernels k and h."""
s, t, d, f = integers("s t d f", positive=True)
"""Strides and dilations."""
p, q, a = integers("p q a", nonnegative=True)
"""Amounts of padding that are not negative."""
l, r, more_left, more_right = integers("l r L R")
"""Amounts of padding of either sign; negative ones crop."""
u, i, j = integers("u i j")
"""Indices."""

x, y = Signal("x", n), Signal("y", m)
k, h = Signal("k", c), Signal("h", e)
w, b = Signal("w", 1), Signal("b", 1)
k3, h3 = Signal("k", 3), Signal("h", 3)

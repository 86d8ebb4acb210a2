"""Deciding a claim for all lengths; its smallest counterexample; its exact condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

import sympy
from sympy import Integer, Symbol
from sympy.logic.boolalg import Boolean

from symconv import vectors
from symconv.claims import Claim, Counterexample, Evidence, Proved, Refuted, Unknown, Verdict
from symconv.descriptions import describe
from symconv.errors import SymconvError, Undecided
from symconv.formulas import guarded_sum, requirements
from symconv.from_sympy import assumption_cases, cases, scaled_polynomial
from symconv.integer_sets import IntegerSets, Set
from symconv.monomials import compare
from symconv.points import check_point, integer
from symconv.polynomials import Polynomial, at_least
from symconv.signals import SignalExpr
from symconv.sums import GuardedSum
from symconv.to_sympy import condition_expression

__all__ = ["BUDGET", "DisagreementError", "condition", "prove"]

BUDGET = 5_000_000
"""How many isl operations a decision may take."""


class DisagreementError(RuntimeError):
    """The decision and plain arithmetic contradict each other: a defect of symconv."""


def prove(claim: Claim, *, budget: int = BUDGET) -> Verdict:
    """See `Claim.prove`."""
    try:
        decision = _Decision(claim, budget)
        with decision.sets.within_budget():
            found = decision.smallest_failure()
    except Undecided as reason:
        return Unknown(str(reason))
    if found is None:
        return Proved("all lengths", tuple(f.evidence for f in decision.failures))
    try:
        return Refuted(_counterexample(claim, *found))
    except vectors.TooLongError as reason:
        lengths = ", ".join(f"{name} = {value}" for name, value in found[0].items())
        return Unknown(f"it seems to fail at {lengths}, which cannot be re-checked: {reason}")


def condition(claim: Claim, for_all: Sequence[Symbol], *, budget: int = BUDGET) -> Boolean:
    """See `Claim.condition`."""
    foreign = [s for s in for_all if s not in claim.symbols]
    if foreign:
        known = ", ".join(map(str, claim.symbols))
        raise SymconvError(
            f"for_all={list(for_all)}: {foreign[0]} is not a symbol of the claim, which has {known}"
        )
    decision = _Decision(claim, budget)
    sets = decision.sets
    with sets.within_budget():
        among, holds = decision.among, decision.holds()
        if for_all:
            names = [s.name for s in for_all]
            holds = sets.for_all(holds, among, names)
            among = sets.exists(among, names)
        described = describe(holds, among, sets)
    return condition_expression(described, {s.name: s for s in claim.symbols})


@dataclass(frozen=True, slots=True)
class _Failure:
    """Where the two sides differ: at parameters, or at points (u, position of each name)."""

    where: Set
    names: tuple[str, ...] | None
    evidence: Evidence


class _Decision:
    """The integer sets that decide a claim."""

    def __init__(self, claim: Claim, budget: int) -> None:
        self.sets = IntegerSets([s.name for s in claim.symbols], budget)
        with self.sets.within_budget():
            self.among = self._hypotheses(claim)
            for signal in claim.signals:
                self._require(signal)
            self.failures = list(self._failures(claim))

    def _hypotheses(self, claim: Claim) -> Set:
        said = [assumption_cases(symbol) for symbol in claim.symbols] + [
            cases(h) for h in claim.given
        ]
        among = self.sets.where([tuple(chain(*guards)) for guards in product(*said)])
        if among.is_empty():
            listed = ", ".join(map(str, claim.given)) or "the assumptions of the symbols"
            raise SymconvError(
                f"no lengths satisfy the hypotheses ({listed}), so the claim says nothing"
            )
        return among

    def _require(self, signal: SignalExpr) -> None:
        for requirement in requirements(signal):
            outside = self.among - self.sets.where([requirement.guards])
            if not outside.is_empty():
                _, lengths, _ = self.sets.smallest(outside)
                at = ", ".join(f"{name} = {value}" for name, value in lengths.items())
                raise SymconvError(f"{requirement.message} (at {at})")

    def _failures(self, claim: Claim) -> Iterator[_Failure]:
        match claim.lhs, claim.rhs:
            case SignalExpr() as left, SignalExpr() as right:
                yield from self._signals_differ(guarded_sum(left), guarded_sum(right))
            case Boolean() as left, Boolean() as right:
                one = self.sets.where(cases(left))
                other = self.sets.where(cases(right))
                differ = ((one - other) | (other - one)).intersect(self.among)
                yield _Failure(differ, None, Evidence("conditions", "the same integer set"))
            case left, right:
                (p, a), (q, b) = scaled_polynomial(left), scaled_polynomial(right)
                yield self._values_differ(p * b, q * a, "values")

    def _signals_differ(self, left: GuardedSum, right: GuardedSum) -> Iterator[_Failure]:
        yield self._values_differ(left.length, right.length, "lengths")
        for found in compare(left, right, self.sets, self.among):
            how = (
                "the same integer set"
                if found.ordered
                else "the same coefficients, equal names exchanged"
            )
            evidence = Evidence(f"monomials {'·'.join(found.names)}", how)
            yield _Failure(found.different, found.names, evidence)

    def _values_differ(self, left: Polynomial, right: Polynomial, what: str) -> _Failure:
        if left == right:
            return _Failure(self.sets.where([]), None, Evidence(what, "the same formula"))
        differ = self.sets.where([(at_least(left, right + 1),), (at_least(right, left + 1),)])
        return _Failure(
            differ.intersect(self.among), None, Evidence(what, "no length at which they differ")
        )

    def holds(self) -> Set:
        """The parameters at which the claim holds."""
        holds = self.among
        for failure in self.failures:
            holds = (holds - failure.where.params()).coalesce()
        return holds

    def smallest_failure(self) -> tuple[dict[str, int], _Failure, tuple[int, ...]] | None:
        """The smallest lengths at which the sides differ, and the first point there."""
        found = [
            (*self.sets.smallest(failure.where), failure)
            for failure in self.failures
            if not failure.where.is_empty()
        ]
        if not found:
            return None
        _, lengths, point, failure = min(found, key=lambda f: f[0])
        return lengths, failure, point


def _counterexample(
    claim: Claim, lengths: dict[str, int], failure: _Failure, point: tuple[int, ...]
) -> Counterexample:
    """The failure as concrete numbers, re-checked by plain arithmetic.

    The entries that occur in the differing monomial are small positive integers, all
    others 0, so that hardly anything else is left of the two sides.

    Raises:
        DisagreementError: the two sides are equal there after all.
    """
    at = {s: Integer(lengths[s.name]) for s in claim.symbols}
    check_point(at)
    if any(h.xreplace(at) != sympy.true for h in claim.given):
        raise DisagreementError(f"{claim}: the counterexample {lengths} contradicts the hypotheses")
    if not claim.signals:
        left, right = (_number(side.xreplace(at)) for side in claim.expressions)
        if left != right:
            return Counterexample(lengths, {}, None, left, right)
    if failure.names is None:
        data = _filled(claim, at, {}, other=1)
        left, right = (vectors.entries(side, data, at) for side in claim.signals)
        if len(left) != len(right):
            return Counterexample(lengths, data, None, left, right)
    else:
        u, places = point[0], sorted(set(zip(failure.names, point[1:], strict=True)))
        # A nonzero polynomial of degree d has a nonzero value where each variable is one
        # of 1, …, d + 1 (N. Alon, Combinatorial Nullstellensatz, lemma 2.1).
        for values in _small_values(len(places), len(failure.names) + 1):
            data = _filled(claim, at, dict(zip(places, values, strict=True)), other=0)
            left, right = (vectors.entries(side, data, at) for side in claim.signals)
            if left[u] != right[u]:
                first = next(i for i, (a, b) in enumerate(zip(left, right, strict=True)) if a != b)
                return Counterexample(lengths, data, first, left, right)
    raise DisagreementError(
        f"{claim}: the sides were found to differ at {lengths}, but arithmetic finds them equal"
    )


def _number(value: Any) -> Any:
    if isinstance(value, Boolean):
        return bool(value)
    return int(value) if value.is_Integer else value


def _filled(
    claim: Claim, at: Mapping[Symbol, Integer], values: Mapping[tuple[str, int], int], other: int
) -> dict[str, list[int]]:
    """Vectors for the named signals, with the given values at some places."""
    return {
        name: [values.get((name, i), other) for i in range(integer(leaf.size, at))]
        for name, leaf in sorted(claim.named.items())
    }


def _small_values(size: int, largest: int) -> Iterator[tuple[int, ...]]:
    """All tuples of integers from 1 to `largest`, those with small entries first."""
    for bound in range(1, largest + 1):
        for values in product(range(1, bound + 1), repeat=size):
            if max(values, default=1) == bound:
                yield values

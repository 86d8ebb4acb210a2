"""Deciding a claim for all lengths; its smallest counterexample; its exact condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, product

from sympy import And, Not, Or, Symbol
from sympy.logic.boolalg import Boolean

from symconv.claims import Claim, Evidence, Proved, Refuted, Unknown, Verdict
from symconv.counterexamples import (
    Difference,
    DisagreementError,
    counterexample,
    first_difference,
)
from symconv.descriptions import describe
from symconv.errors import SymconvError, Undecided
from symconv.formulas import guarded_sum, requirements
from symconv.from_sympy import assumption_cases, cases, scaled_polynomial
from symconv.integer_sets import IntegerSets, Set
from symconv.monomials import compare
from symconv.points import TooLongError
from symconv.polynomials import Polynomial, at_least
from symconv.signals import SignalExpr
from symconv.sums import GuardedSum
from symconv.to_sympy import condition_expression

__all__ = ["BUDGET", "condition", "prove"]

BUDGET = 1_000_000
"""How many isl operations a decision may take."""


def prove(claim: Claim, *, budget: int = BUDGET) -> Verdict:
    """See `Claim.prove`.

    A claim that integer sets do not decide may still be refuted: by trying all small
    lengths, from the smallest one on.
    """
    try:
        decision = _Decision(claim, budget)
        with decision.sets.within_budget():
            found = decision.smallest_difference()
    except Undecided as reason:
        found, tried = first_difference(claim)
        if found is None:
            return Unknown(f"{reason} (no counterexample among the {tried} smallest lengths)")
    if found is None:
        return Proved("all lengths", tuple(f.evidence for f in decision.failures))
    try:
        return Refuted(counterexample(claim, found))
    except TooLongError as reason:
        lengths = ", ".join(f"{name} = {value}" for name, value in found.lengths.items())
        return Unknown(f"it seems to fail at {lengths}, which cannot be re-checked: {reason}")


def condition(claim: Claim, for_all: Sequence[Symbol], *, budget: int = BUDGET) -> Boolean:
    """See `Claim.condition`."""
    if not isinstance(for_all, Sequence) or isinstance(for_all, str):
        raise SymconvError(f"for_all={for_all!r}: expected a list of symbols, such as [n]")
    for symbol in for_all:
        if symbol not in claim.symbols:
            known = ", ".join(map(str, claim.symbols)) or "none"
            if not isinstance(symbol, Symbol):
                problem = f"{symbol!r} is not a SymPy symbol"
            elif str(symbol) in map(str, claim.symbols):
                problem = f"the claim has a symbol {str(symbol)!r} with different assumptions"
            else:
                problem = f"{symbol} is not a symbol of the claim, which has {known}"
            raise SymconvError(f"for_all={list(for_all)}: {problem}")
    decision = _Decision(claim, budget)
    sets = decision.sets
    with sets.within_budget():
        among, holds = decision.among, decision.holds()
        if for_all:
            names = [s.name for s in for_all]
            holds = sets.for_all(holds, among, names)
            among = sets.exists(among, names)
        described = describe(holds, among, sets)
    result = condition_expression(described, {s.name: s for s in claim.symbols})
    with sets.within_budget(budget):
        if not _where(result, sets).intersect(among).is_equal(holds.intersect(among)):
            raise DisagreementError(
                f"{claim}: the condition reads {result}, which is not what was found"
            )
    return result


def _where(condition: Boolean, sets: IntegerSets) -> Set:
    """The parameters at which a condition holds."""
    match condition:
        case And():
            return reduce(Set.intersect, (_where(part, sets) for part in condition.args))
        case Or():
            return reduce(Set.union, (_where(part, sets) for part in condition.args))
        case Not():
            return _where(condition.args[0], sets).complement()
    return sets.where(cases(condition))


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
        said = [assumption_cases(symbol) for symbol in claim.symbols]
        among = self.sets.where([tuple(chain(*guards)) for guards in product(*said)])
        for hypothesis in claim.given:
            among = among.intersect(_where(hypothesis, self.sets))
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
            case left, right if claim.is_condition:
                one, other = _where(left, self.sets), _where(right, self.sets)
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

    def smallest_difference(self) -> Difference | None:
        """The smallest lengths at which the sides differ, and the first point there."""
        found = [
            (*self.sets.smallest(failure.where), failure.names)
            for failure in self.failures
            if not failure.where.is_empty()
        ]
        if not found:
            return None
        _, lengths, point, names = min(found, key=lambda f: f[0])
        return Difference(lengths, names, point)

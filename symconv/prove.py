"""Deciding a claim for all lengths; its smallest counterexample; its exact condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain, count, islice, product

from sympy import And, Integer, Not, Or, Symbol
from sympy.logic.boolalg import Boolean

from symconv import formulas
from symconv.claims import Claim, Differences, Evidence, Proved, Refuted, Unknown, Verdict
from symconv.counterexamples import (
    Difference,
    DisagreementError,
    counterexample,
    first_difference,
)
from symconv.descriptions import describe
from symconv.errors import NonlinearError, SymconvError, Undecided, VacuousError
from symconv.evidence import evidence
from symconv.formulas import guarded_sum, requirements
from symconv.from_sympy import assumption_cases, cases, scaled_polynomial
from symconv.integer_sets import IntegerSets, Set
from symconv.monomials import compare
from symconv.points import TooLongError
from symconv.polynomials import Conjunction, Guard, Polynomial, at_least, negated, within
from symconv.products import impossible
from symconv.signals import SignalExpr
from symconv.strides import strides_of, values_up_to
from symconv.sums import FREE, GuardedSum
from symconv.to_sympy import condition_expression

__all__ = ["BUDGET", "condition", "differences", "prove"]

BUDGET = 1_000_000
"""How many isl operations a decision may take."""

_STRIDES = {1: 6, 2: 4, 3: 3}  # up to which number so many strides are tried, one by one
_LARGE = 2  # the same for more strides
_TRIES = 20  # lengths in doubt that are tried before costly sets are computed


def prove(claim: Claim, *, budget: int = BUDGET) -> Verdict:
    """See `Claim.prove`.

    A claim with symbolic strides that no change of indices proves is decided for each
    stride in a range.  A claim that integer sets do not decide may still be refuted: by
    trying all small lengths, from the smallest one on.
    """
    try:
        return _decided(claim, *_decide(claim, budget))
    except NonlinearError as reason:
        return _stride_by_stride(claim, budget, reason)
    except Undecided as reason:
        return _searched(claim, reason)


def _decide(claim: Claim, budget: int) -> tuple[_Decision, Difference | None]:
    """The sets that decide the claim, and the smallest lengths at which it fails, if any.

    Where equal names or a count make the sets costly, the smallest lengths that are in
    doubt are tried first.
    """
    decision = _Decision(claim, budget)
    with decision.sets.within_budget():
        if decision.is_exact:
            return decision, decision.smallest_difference()
        doubtful = islice(decision.sets.in_order(decision.doubtful()), _TRIES)
        found, _ = first_difference(claim, doubtful)
        if found is not None:
            return decision, found
    with decision.sets.within_budget(budget):
        decision.make_exact()
        return decision, decision.smallest_difference()


def _decided(
    claim: Claim, decision: _Decision, found: Difference | None, scope: str = "all lengths"
) -> Verdict:
    if found is None:
        return Proved(scope, tuple(e for f in decision.failures for e in f.evidence))
    try:
        return Refuted(counterexample(claim, found), claim)
    except TooLongError as reason:
        lengths = ", ".join(f"{name} = {value}" for name, value in found.lengths.items())
        return Unknown(f"it seems to fail at {lengths}, which cannot be re-checked: {reason}")


def _searched(claim: Claim, reason: Undecided) -> Verdict:
    """What trying all small lengths finds."""
    found, tried = first_difference(claim)
    if found is None:
        return Unknown(f"{reason} (no counterexample among the {tried} smallest lengths)")
    try:
        return Refuted(counterexample(claim, found), claim)
    except TooLongError:
        return Unknown(str(reason))


def _stride_by_stride(claim: Claim, budget: int, reason: NonlinearError) -> Verdict:
    """The claim decided for each value of the symbols that stand in products."""
    best: tuple[int, list[int], Difference] | None = None
    decided: dict[tuple[Integer, ...], _Decision | None] = {}

    def decide(values: dict[Symbol, Integer]) -> None:
        nonlocal best
        key = tuple(values.values())
        size = sum(map(abs, map(int, key)))
        if key in decided or (best is not None and size > best[0]):
            return
        try:
            decided[key], found = _decide(claim.specialised(values), budget // 4)
        except VacuousError:
            decided[key] = None
            return
        if found is not None:
            lengths = {**found.lengths, **{s.name: int(v) for s, v in values.items()}}
            ordered = {s.name: lengths[s.name] for s in claim.symbols}
            new = (
                sum(map(abs, ordered.values())),
                list(ordered.values()),
                Difference(ordered, found.names, found.point),
            )
            best = min(best, new, key=lambda b: b[:2]) if best else new

    try:
        symbols = strides_of(claim)
        largest = _STRIDES.get(len(symbols), _LARGE)
        for values in values_up_to(symbols, largest):
            decide(values)
        for values in values_up_to(symbols, best[0] if best else 0):
            decide(values)
    except NonlinearError:
        return _searched(claim, reason)
    except Undecided as other:
        return _searched(claim, other)
    decisions = [d for d in decided.values() if d is not None]
    if best is not None:
        return _decided(claim, decisions[0], best[2])
    if not decisions:
        return _searched(claim, reason)
    names = ", ".join(s.name for s in symbols)
    low = min(int(v) for key in decided for v in key)
    how = Evidence(f"{names} from {low} to {largest}", "each decided by itself, as integer sets")
    if _within(claim, symbols, largest, budget):
        return Proved("all lengths", (how,))
    found, _ = first_difference(claim)  # beyond the range too
    if found is not None:
        return _decided(claim, decisions[0], found)
    return Proved(f"{names} from {low} to {largest}, and all other lengths", (how,))


def _within(claim: Claim, symbols: Sequence[Symbol], largest: int, budget: int) -> bool:
    """Whether the hypotheses leave nothing beyond a range of strides."""
    sets = IntegerSets([s.name for s in claim.symbols], budget)
    with sets.within_budget():
        among, _ = _hypotheses(claim, sets)
        for symbol in symbols:
            value = Polynomial.of(symbol.name)
            beyond = sets.where([(at_least(value, largest + 1),), (at_least(-value, largest + 1),)])
            if not beyond.intersect(among).is_empty():
                return False
    return True


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
    try:
        decision = _Decision(claim, budget)
    except NonlinearError as reason:
        raise Undecided(
            f"{reason}; the exact condition needs numbers for strides and dilations"
        ) from None
    sets = decision.sets
    with sets.within_budget():
        among, holds = decision.among, decision.holds()
        if for_all:
            names = [s.name for s in for_all]
            holds = sets.for_all(holds, among, names)
            among = sets.exists(among, names)
        described = describe(holds, among, sets)
    return _read_back(claim, described, holds, among, sets, {s.name: s for s in claim.symbols})


def differences(claim: Claim, *, budget: int = BUDGET) -> Differences | None:
    """See `Refuted.differences`."""
    if not claim.signals:
        return None
    decision = _Decision(claim, budget)
    sets, index = decision.sets, _index(claim)
    more = sets.with_index(_LAST)
    with sets.within_budget():
        decision.make_exact()
        lengths_differ, *kinds = (f.where for f in decision.failures)
        if lengths_differ is None:
            lengths_differ = sets.where([])
        left = formulas.length(claim.signals[0])
        outputs = sets.points([FREE], within(Polynomial.of(FREE), left))
        alike = decision.among - lengths_differ
        among = sets.index_as_parameter(outputs.intersect_params(alike))
        differ = more.where([])
        for points in kinds:
            if points is not None:
                differ = differ | sets.index_as_parameter(points)
        # Described among the lengths at which something differs, so as not to repeat these.
        differ = differ.intersect(among)
        somewhere = more.exists(differ, [_LAST]).intersect(among)
        entries = [] if differ.is_empty() else describe(differ, somewhere, more)
        lengths = describe(lengths_differ, decision.among, sets)
    names = {s.name: s for s in claim.symbols}
    return Differences(
        _read_back(claim, lengths, lengths_differ, decision.among, sets, names),
        _read_back(claim, entries, differ, somewhere, more, {**names, _LAST: index}, index),
        index,
        min((signal.length for signal in claim.signals), key=lambda e: len(str(e))),
    )


_LAST = chr(0x10FFFF)  # a name for the output index that sorts after all others


def _index(claim: Claim) -> Symbol:
    taken = {s.name for s in claim.symbols} | claim.named.keys()
    names = chain("uvw", (f"u_{i}" for i in count(1)))
    return Symbol(next(name for name in names if name not in taken), integer=True)


def _read_back(
    claim: Claim,
    described: list[Conjunction],
    meant: Set,
    among: Set,
    sets: IntegerSets,
    names: Mapping[str, Symbol],
    solve_for: Symbol | None = None,
) -> Boolean:
    """The description as a SymPy condition, after checking that it says what is meant."""
    result = condition_expression(described, names, solve_for)
    renamed = result.xreplace(
        {s: Symbol(name, integer=True) for name, s in names.items() if s.name != name}
    )
    with sets.within_budget(sets.budget):
        if not _where(renamed, sets).intersect(among).is_equal(meant.intersect(among)):
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
    """Where the two sides differ: at parameters, or at points (u, position of each name).

    Attributes:
        where: that set; None says nowhere, for all parameters.
        names: the names in the monomials; None for parameters alone.
        evidence: why they differ nowhere else.
        exactly: where the set may be too large, this computes it.
    """

    where: Set | None
    names: tuple[str, ...] | None
    evidence: tuple[Evidence, ...]
    exactly: Callable[[], Set] | None = None


def _hypotheses(claim: Claim, sets: IntegerSets) -> tuple[Set, Conjunction]:
    """The parameters that the linear hypotheses allow, and the guards of the others."""
    said = [assumption_cases(symbol) for symbol in claim.symbols]
    among = sets.where([tuple(chain(*guards)) for guards in product(*said)])
    assumed: Conjunction = ()
    for hypothesis in claim.given:
        try:
            among = among.intersect(_where(hypothesis, sets))
        except NonlinearError:
            alternatives = cases(hypothesis)
            if len(alternatives) != 1:
                raise
            assumed += alternatives[0]
    if among.is_empty():
        listed = ", ".join(map(str, claim.given)) or "the assumptions of the symbols"
        raise VacuousError(
            f"no lengths satisfy the hypotheses ({listed}), so the claim says nothing"
        )
    return among, assumed


class _Decision:
    """The integer sets that decide a claim.

    Raises:
        NonlinearError: products remain, and no change of indices gets around them.
    """

    def __init__(self, claim: Claim, budget: int) -> None:
        self.claim = claim
        self.sets = IntegerSets([s.name for s in claim.symbols], budget)
        self.positive = {s.name for s in claim.symbols if s.is_positive}
        with self.sets.within_budget():
            self.among, self.assumed = _hypotheses(claim, self.sets)
            for signal in claim.signals:
                self._require(signal)
            self.failures = list(self._failures(claim))
            if self.assumed and not all(f.where is None for f in self.failures):
                raise NonlinearError("a hypothesis has a product of symbols in it")

    def _require(self, signal: SignalExpr) -> None:
        for requirement in requirements(signal):
            if self._never([negation for g in requirement.guards for negation in negated(g)]):
                continue
            outside = self.among - self.sets.where([requirement.guards])
            if self.assumed:
                raise NonlinearError("a hypothesis has a product of symbols in it")
            if not outside.is_empty():
                _, lengths, _ = self.sets.smallest(outside)
                at = ", ".join(f"{name} = {value}" for name, value in lengths.items())
                raise SymconvError(f"{requirement.message} (at {at})")

    def _never(self, alternatives: Sequence[Guard]) -> bool:
        """Whether none of the guards holds anywhere; False says nothing about products."""
        alone = [(*self.assumed, guard) for guard in alternatives]
        return impossible(alone, self.sets, self.among, self.positive)

    def _failures(self, claim: Claim) -> Iterator[_Failure]:
        match claim.lhs, claim.rhs:
            case SignalExpr() as left, SignalExpr() as right:
                yield from self._signals_differ(guarded_sum(left), guarded_sum(right))
            case left, right if claim.is_condition:
                one, other = _where(left, self.sets), _where(right, self.sets)
                differ = ((one - other) | (other - one)).intersect(self.among)
                yield self._failure(differ, Evidence("conditions", "the same integer set"))
            case left, right:
                (p, a), (q, b) = scaled_polynomial(left), scaled_polynomial(right)
                yield self._values_differ(p * b, q * a, "values")

    def _signals_differ(self, left: GuardedSum, right: GuardedSum) -> Iterator[_Failure]:
        yield self._values_differ(left.length, right.length, "lengths")
        for found in compare(left, right, self.sets, self.among, self.positive, self.assumed):
            nowhere = found.doubtful is None or found.doubtful.is_empty()
            yield _Failure(
                None if nowhere else found.doubtful,
                found.names,
                tuple(evidence(found, self.claim)),
                found.exactly,
            )

    def _values_differ(self, left: Polynomial, right: Polynomial, what: str) -> _Failure:
        if left == right:
            return _Failure(None, None, (Evidence(what, "the same formula"),))
        differ = (at_least(left, right + 1), at_least(right, left + 1))
        never = Evidence(what, "no length at which they differ")
        if self._never(differ):
            return _Failure(None, None, (never,))
        where = self.sets.where([(guard,) for guard in differ])
        return self._failure(where.intersect(self.among), never)

    def _failure(self, where: Set, otherwise: Evidence) -> _Failure:
        nowhere = where.is_empty()
        return _Failure(None if nowhere else where, None, (otherwise,) if nowhere else ())

    @property
    def is_exact(self) -> bool:
        """Whether the sides do differ where the failures say so."""
        return all(failure.exactly is None for failure in self.failures)

    def make_exact(self) -> None:
        """Replace the sets that may be too large."""
        for i, failure in enumerate(self.failures):
            if failure.exactly is not None:
                where = failure.exactly()
                self.failures[i] = replace(
                    failure, where=None if where.is_empty() else where, exactly=None
                )

    def doubtful(self) -> Set:
        """The parameters at which the sides may differ."""
        result = self.sets.where([])
        for failure in self.failures:
            if failure.where is not None:
                result = result | failure.where.params()
        return result

    def holds(self) -> Set:
        """The parameters at which the claim holds."""
        self.make_exact()
        holds = self.among
        for failure in self.failures:
            if failure.where is not None:
                holds = (holds - failure.where.params()).coalesce()
        return holds

    def smallest_difference(self) -> Difference | None:
        """The smallest lengths at which the sides differ, and the first point there."""
        found = [
            (*self.sets.smallest(failure.where), failure.names)
            for failure in self.failures
            if failure.where is not None
        ]
        if not found:
            return None
        _, lengths, point, names = min(found, key=lambda f: f[0])
        return Difference(lengths, names, point)

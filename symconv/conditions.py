"""Exactly where a claim holds, and exactly where its two sides differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Symbol
from sympy.logic.boolalg import Boolean

from symconv import formulas
from symconv.claims import Claim
from symconv.counterexamples import DisagreementError
from symconv.decision import BUDGET, Decision, where_holds
from symconv.descriptions import describe
from symconv.errors import NonlinearError, SymconvError, Undecided
from symconv.integer_sets import IntegerSets, Set
from symconv.polynomials import Condition, Polynomial, Some, within
from symconv.sums import FREE
from symconv.to_sympy import condition_expression, letters
from symconv.verdicts import Differences

__all__ = ["condition", "differences"]


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
        decision = Decision(claim, budget)
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
    decision = Decision(claim, budget)
    sets = decision.sets
    index = next(letters("uvw", {s.name for s in claim.symbols} | claim.named.keys()))
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
        # A sentence about them lists beginnings, ends and ranges: cases.
        entries = (
            Some(()) if differ.is_empty() else describe(differ, somewhere, more, only_cases=True)
        )
        lengths = describe(lengths_differ, decision.among, sets)
    names = {s.name: s for s in claim.symbols}
    return Differences(
        _read_back(claim, lengths, lengths_differ, decision.among, sets, names),
        _read_back(claim, entries, differ, somewhere, more, {**names, _LAST: index}, index),
        index,
        min((signal.length for signal in claim.signals), key=lambda e: len(str(e))),
    )


_LAST = chr(0x10FFFF)  # a name for the output index that sorts after all others


def _read_back(
    claim: Claim,
    described: Condition,
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
        if not where_holds(renamed, sets).intersect(among).is_equal(meant.intersect(among)):
            raise DisagreementError(
                f"{claim}: the condition reads {result}, which is not what was found"
            )
    return result

"""Exactly where a claim holds, and exactly where its two sides differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.conditions_of_sets import describe
from symconv.arithmetic.integer_sets import IntegerSets, Set
from symconv.arithmetic.limits import CONDITION_OPERATIONS, DECISION_OPERATIONS
from symconv.arithmetic.polynomials import Condition, Some, within
from symconv.arithmetic.symbols import IntegerSymbol
from symconv.arithmetic.terms import free_index
from symconv.arithmetic.to_sympy import condition_expression, output_letters
from symconv.arithmetic.unevaluated import spelled_with
from symconv.decision.claims import Claim
from symconv.decision.counterexamples import DisagreementError
from symconv.decision.difference_sets import Decision, where_holds
from symconv.decision.prove import bounded
from symconv.decision.verdicts import Differences, Extent
from symconv.errors import NonlinearError, SymconvError, Undecided, as_given
from symconv.language.any_size import shape_of
from symconv.language.graph import has_opaque

__all__ = ["as_condition", "condition", "extent", "require_for_all", "why_no_symbol"]


def condition(
    claim: Claim, for_all: Sequence[Symbol], *, budget: int = DECISION_OPERATIONS
) -> Boolean:
    """See `Claim.condition`."""
    require_for_all(claim, for_all)
    try:
        with bounded():
            return _condition(claim.free, Decision(claim.free, budget), for_all)
    except NonlinearError as reason:
        raise Undecided(
            f"{reason}; the exact condition needs numbers for strides and dilations"
        ) from None
    except Undecided as reason:
        if has_opaque(*claim.signals):
            raise Undecided(
                f"{reason}, and the exact condition is computed for sums of products alone"
            ) from None
        raise


def require_for_all(claim: Claim, for_all: Sequence[Symbol]) -> None:
    """Raise an error unless these are symbols of the claim, in a list."""
    if not isinstance(for_all, Sequence) or isinstance(for_all, str):
        raise SymconvError(f"for_all={as_given(for_all)}: expected a list of symbols, such as [n]")
    for symbol in for_all:
        problem = why_no_symbol(claim, symbol)
        if problem:
            raise SymconvError(f"for_all={list(for_all)}: {problem}")


def why_no_symbol(claim: Claim, symbol: object) -> str:
    """Why something is no symbol of a claim; empty where it is one."""
    if symbol in claim.symbols:
        return ""
    if not isinstance(symbol, Symbol):
        return f"{as_given(symbol)} is not a SymPy symbol"
    if str(symbol) in map(str, claim.symbols):
        return f"the claim has a symbol {str(symbol)!r} with different assumptions"
    known = ", ".join(map(str, claim.symbols)) or "none"
    return f"{symbol} is not a symbol of the claim, which has {known}"


def extent(claim: Claim, decision: Decision | None, reason: str) -> Extent:
    """How far a refuted claim fails, by the decision that refuted it.

    Args:
        claim: the claim.
        decision: the integer sets that refuted it, if they did.
        reason: why there are none.
    """
    claim = claim.free
    if decision is None and reason:
        return Extent(undecided=reason)
    try:
        with bounded():
            decision = decision or Decision(claim, DECISION_OPERATIONS)
            found = _condition(claim, decision, ())
    except Undecided as problem:
        return Extent(undecided=str(problem))
    try:
        with bounded():
            return Extent(found, _differences(claim, decision))
    except Undecided:
        return Extent(found)


def _condition(claim: Claim, decision: Decision, for_all: Sequence[Symbol]) -> Boolean:
    sets = decision.sets
    with sets.within_budget():
        among, holds = decision.among, decision.holds()
        if for_all:
            names = [s.name for s in for_all]
            holds = sets.for_all(holds, among, names)
            among = sets.exists(among, names)
    return as_condition(claim, holds, among, sets)


def as_condition(
    claim: Claim, where: Set, among: Set, sets: IntegerSets, solve_for: Sequence[str] = ()
) -> Boolean:
    """A set of values of the symbols of a claim as a condition, among some of them.

    Args:
        claim: the claim.
        where: the set.
        among: the values that are in question.
        sets: where both live.
        solve_for: symbols of which the last one that occurs stands alone on its side.
    """
    with sets.within_budget(CONDITION_OPERATIONS):
        described = describe(where, among, sets)
    names = {s.name: s for s in claim.symbols}
    return _read_back(claim, described, where, among, sets, names, solve_for)


def _differences(claim: Claim, decision: Decision) -> Differences | None:
    """See `Refuted.differences`."""
    if not claim.signals:
        return None
    sets = decision.sets
    left = claim.signals[0].lengths
    axes = len(left)
    index = tuple(output_letters(axes, {s.name for s in claim.symbols} | claim.named.keys()))
    last = [f"{_LAST}{axis}" for axis in range(axes)]
    more = sets.with_indices(last)
    with sets.within_budget(CONDITION_OPERATIONS):
        decision.make_exact()
        lengths_differ = sets.where([])
        for failure in decision.failures:
            if failure.names is None and failure.where is not None:
                lengths_differ = lengths_differ | failure.where
        inside = [g for u, n in zip(free_index(axes), left, strict=True) for g in within(u, n)]
        outputs = sets.points(range(axes), tuple(inside))
        alike = decision.among - lengths_differ
        among = sets.indices_as_parameters(outputs.intersect_params(alike), axes)
        differ = more.where([])
        for failure in decision.failures:
            if failure.names is not None and failure.where is not None:
                differ = differ | sets.indices_as_parameters(failure.where, axes)
        # Described among the lengths at which something differs, so as not to repeat these.
        differ = differ.intersect(among).coalesce()
        somewhere = more.exists(differ, last).intersect(among).coalesce()
        is_empty = differ.is_empty()
    with sets.within_budget(CONDITION_OPERATIONS):
        # A sentence about them lists beginnings, ends and ranges: cases.
        entries = Some(()) if is_empty else describe(differ, somewhere, more, only_cases=True)
        lengths = describe(lengths_differ, decision.among, sets)
    names = {s.name: s for s in claim.symbols}
    return Differences(
        _read_back(claim, lengths, lengths_differ, decision.among, sets, names),
        _read_back(
            claim,
            entries,
            differ,
            somewhere,
            more,
            {**names, **dict(zip(last, index, strict=True))},
            last,
        ),
        index,
        tuple(
            min((size.formula for size in sizes), key=lambda e: len(str(e)))
            for sizes in zip(*map(shape_of, claim.signals), strict=True)
        ),
    )


_LAST = chr(0x10FFFF)  # names for the output index begin with it, and sort after all others


def _read_back(
    claim: Claim,
    described: Condition,
    meant: Set,
    among: Set,
    sets: IntegerSets,
    names: Mapping[str, Symbol],
    solve_for: Sequence[str] = (),
) -> Boolean:
    """The description as a SymPy condition, after checking that it says what is meant.

    Where SymPy makes something else of it with its own integer symbols, it is put together
    with symbols of which SymPy knows nothing.
    """
    safe = {name: IntegerSymbol(name) for name in names}
    for symbols in (names, safe):
        result = condition_expression(described, symbols, [symbols[name] for name in solve_for])
        read = spelled_with(result, {symbols[name]: safe[name] for name in names})
        with sets.within_budget():
            said = where_holds(read, sets).intersect(among)
            if said.is_equal(meant.intersect(among)):
                return spelled_with(result, {symbols[name]: names[name] for name in names})
    raise DisagreementError(f"{claim}: the condition reads {result}, which is not what was found")

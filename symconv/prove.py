"""Deciding a claim: by integer sets, stride by stride, or by a search for a counterexample."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from sympy import Integer, Symbol

from symconv.claims import Claim
from symconv.counterexamples import Difference, counterexample, first_difference
from symconv.decision import BUDGET, Decision, hypotheses
from symconv.errors import NonlinearError, SymconvError, Undecided, VacuousError
from symconv.integer_sets import IntegerSets
from symconv.points import TooLongError, spell
from symconv.polynomials import Polynomial, at_least
from symconv.strides import strides_of, values_of, values_up_to
from symconv.verdicts import ALL_LENGTHS, Evidence, Proved, Refuted, Unknown, Verdict

__all__ = ["prove"]

_STRIDES = {1: 6, 2: 4, 3: 3}  # up to which number so many strides are tried, one by one
_LARGE = 2  # the same for more strides
_MOST_DECISIONS = 300  # strides that are decided one by one
_TRIES = 20  # lengths in doubt that are tried before costly sets are computed


def prove(claim: Claim, *, budget: int = BUDGET) -> Verdict:
    """See `Claim.prove`.

    A claim with symbolic strides that no change of indices proves is decided for each
    stride in a range.  A claim that integer sets do not decide may still be refuted: by
    trying all small lengths, from the smallest one on.
    """
    try:
        decision, found = _decide(claim, budget)
    except NonlinearError as reason:
        return _stride_by_stride(claim, budget, reason)
    except Undecided as reason:
        return _searched(claim, reason)
    if found is not None:
        return _refuted(claim, found)
    return Proved(ALL_LENGTHS, tuple(e for f in decision.failures for e in f.evidence))


def _decide(claim: Claim, budget: int) -> tuple[Decision, Difference | None]:
    """The sets that decide the claim, and the smallest lengths at which it fails, if any.

    Where equal names or a count make the sets costly, the smallest lengths that are in
    doubt are tried first.
    """
    decision = Decision(claim, budget)
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


def _refuted(claim: Claim, found: Difference) -> Verdict:
    try:
        return Refuted(counterexample(claim, found), claim)
    except TooLongError as reason:
        lengths = ", ".join(f"{name} = {value}" for name, value in found.lengths.items())
        return Unknown(f"it seems to fail at {lengths}, which cannot be re-checked: {reason}")


def _searched(claim: Claim, reason: Undecided) -> Verdict:
    """What trying all small lengths finds."""
    found, tried = first_difference(claim)
    if found is None and tried and not claim.symbols and claim.at().holds:
        return Proved(ALL_LENGTHS, (Evidence("entries", "the same polynomials when expanded"),))
    if found is None:
        searched = f" (no counterexample among the {tried} smallest lengths)" if tried else ""
        return Unknown(f"{reason}{searched}")
    return _refuted(claim, found)


def _stride_by_stride(claim: Claim, budget: int, reason: NonlinearError) -> Verdict:
    """The claim decided for each value of the symbols that stand in products."""
    best: tuple[int, list[int], Difference] | None = None
    decided: dict[tuple[Integer, ...], bool] = {}  # whether the hypotheses allow them

    def decide(values: dict[Symbol, Integer]) -> None:
        nonlocal best
        key = tuple(values.values())
        size = sum(map(abs, map(int, key)))
        if key in decided or (best is not None and size + least > best[0]):
            return
        if len(decided) == _MOST_DECISIONS:
            raise Undecided(
                f"more than {_MOST_DECISIONS} strides would have to be decided; bound them by a "
                "hypothesis"
            )
        try:
            _, found = _decide(claim.specialised(values), budget // 4)
        except VacuousError:
            decided[key] = False
            return
        except Undecided:
            raise
        except SymconvError as error:  # an operator is not defined there
            raise SymconvError(f"{error}, with {spell(values)}") from None
        decided[key] = True
        if found is not None:
            # A symbol that has vanished with these strides takes its smallest value.
            smallest = {s.name: next(values_of(s, 1)) for s in claim.symbols}
            lengths = smallest | found.lengths | {s.name: int(v) for s, v in values.items()}
            ordered = {s.name: lengths[s.name] for s in claim.symbols}
            new = (
                sum(map(abs, ordered.values())),
                list(ordered.values()),
                Difference(ordered, found.names, found.point),
            )
            best = min(best, new, key=lambda b: b[:2]) if best else new

    try:
        symbols = strides_of(claim)
        least = _least_rest(claim, symbols, budget)
        largest = _STRIDES.get(len(symbols), _LARGE)
        for values in values_up_to(symbols, largest):
            decide(values)
        for values in values_up_to(symbols, best[0] if best else 0):
            decide(values)
    except NonlinearError:
        return _searched(claim, reason)
    except Undecided as other:
        return _searched(claim, other)
    if best is not None:
        return _refuted(claim, best[2])
    if not any(decided.values()):
        return _searched(claim, reason)
    ranges: dict[tuple[int, int], list[str]] = {}
    for symbol, tried_values in zip(symbols, zip(*decided, strict=True), strict=True):
        ends = int(min(tried_values)), int(max(tried_values))
        ranges.setdefault(ends, []).append(symbol.name)
    tried = ", ".join(
        f"{', '.join(names)} from {low} to {high}" for (low, high), names in ranges.items()
    )
    how = Evidence(tried, "each decided by itself, as integer sets")
    if _within(claim, symbols, largest, budget):
        return Proved(ALL_LENGTHS, (how,))
    found, _ = first_difference(claim)  # beyond the range too
    if found is not None:
        return _refuted(claim, found)
    others = ", and all other lengths" if len(symbols) < len(claim.symbols) else " only"
    return Proved(f"{tried}{others}", (how,))


def _least_rest(claim: Claim, symbols: Sequence[Symbol], budget: int) -> int:
    """A lower bound for the sum of the other symbols, by the hypotheses."""
    sets = IntegerSets([s.name for s in claim.symbols], budget)
    with suppress(NonlinearError), sets.within_budget():
        among, _ = hypotheses(claim, sets)
        _, lengths, _ = sets.smallest(sets.exists(among, [s.name for s in symbols]))
        return sum(map(abs, lengths.values()))
    return 0


def _within(claim: Claim, symbols: Sequence[Symbol], largest: int, budget: int) -> bool:
    """Whether the hypotheses leave nothing beyond a range of strides."""
    sets = IntegerSets([s.name for s in claim.symbols], budget)
    with suppress(NonlinearError), sets.within_budget():
        among, _ = hypotheses(claim, sets)
        for symbol in symbols:
            value = Polynomial.of(symbol.name)
            beyond = sets.where([(at_least(value, largest + 1),), (at_least(-value, largest + 1),)])
            if not beyond.intersect(among).is_empty():
                return False
        return True
    return False

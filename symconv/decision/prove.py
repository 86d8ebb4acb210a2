"""Deciding a claim: by integer sets, stride by stride, or by a search for a counterexample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from sympy import Symbol

from symconv.arithmetic import limits
from symconv.arithmetic.integer_sets import IntegerSets
from symconv.arithmetic.polynomials import Polynomial, at_least, equal
from symconv.arithmetic.work import WorkUsedUpError, allowed, spend
from symconv.decision.claims import Claim, specialised
from symconv.decision.counterexamples import counterexample, told_with_taps
from symconv.decision.difference_sets import Decision, NotDefinedError, hypotheses
from symconv.decision.evidence import evidence_of_taps
from symconv.decision.first_differences import (
    Difference,
    first_difference,
    has_content,
    small_lengths,
)
from symconv.decision.merged_axes import taken_apart
from symconv.decision.strides import strides_of, values_of, values_up_to
from symconv.decision.verdicts import (
    Counterexample,
    Evidence,
    Proved,
    Refuted,
    Unknown,
    Verdict,
)
from symconv.errors import NonlinearError, SymconvError, Undecided, VacuousError
from symconv.language.assignments import TooLongError, spell
from symconv.language.evaluation import holds_at
from symconv.language.graph import has_opaque, requirements, ring_of
from symconv.language.operators.base import Requirement

__all__ = ["bounded", "found_with_content", "proof", "prove"]


def prove(claim: Claim, *, budget: int = limits.DECISION_OPERATIONS) -> Verdict:
    """See `Claim.prove`.

    A claim with symbolic strides that no change of indices proves is decided for each
    stride in a range.  A claim that integer sets do not decide may still be refuted: by
    trying all small lengths, from the smallest one on.
    """
    found = _verdict(claim.free, budget)
    match found:
        case Proved():
            sides = (*claim.signals, *(side for one in claim.about_taps for side in one.signals))
            rests_on = (*evidence_of_taps(claim), *found.evidence)
            return replace(found, evidence=rests_on, ring=ring_of(*sides))
        case Refuted():
            return replace(
                found, claim=claim, counterexample=told_with_taps(claim, found.counterexample)
            )
    return found


def _verdict(claim: Claim, budget: int) -> Verdict:
    """The verdict on a claim without hypotheses on taps, over every ring."""
    try:
        with bounded():
            return _decided(claim, budget)
    except NonlinearError as reason:
        return _with_axes_apart(claim, budget) or _stride_by_stride(claim, budget, reason)
    except Undecided as reason:
        return _searched(claim, reason)


def _with_axes_apart(claim: Claim, budget: int) -> Proved | None:
    """The proof of a claim about tensors with merged axes, by one about those before."""
    with suppress(SymconvError):  # what is wrong with the claim is told by what follows
        apart = taken_apart(claim)
        if apart is not None:
            with bounded(_for_a_search()):
                decision = Decision(apart, budget)
                with decision.sets.within_budget():
                    if decision.holds_everywhere():
                        return Proved(claim.full_scope, decision.evidence())
    return None


def proof(claim: Claim, *, budget: int = limits.DECISION_OPERATIONS) -> Proved | Unknown:
    """The proof of a claim; no counterexample is looked for where there is none.

    For claims that are parts of others, with tensors too large to tell an entry.
    """
    try:
        with bounded():
            decision = Decision(claim.free, budget)
            with decision.sets.within_budget():
                if not decision.holds_everywhere():
                    return Unknown("the sides differ at some of the sizes")
                found = Proved(claim.full_scope, decision.evidence())
    except Undecided as reason:
        return Unknown(str(reason))
    sides = (*claim.signals, *(side for one in claim.about_taps for side in one.signals))
    return replace(found, ring=ring_of(*sides))


@contextmanager
def bounded(units: int | None = None) -> Iterator[None]:
    """A block that ends within a stated amount of work, or raises `Undecided`."""
    try:
        with allowed(units):
            yield
    except RecursionError:
        raise Undecided("its lengths are nested too deeply") from None
    except MemoryError:
        raise Undecided("there is not enough memory for it") from None


def _for_a_search() -> int:
    """The steps for trying small lengths, or for a re-check."""
    return limits.ALLOWANCE // limits.SEARCH_SHARE


def _decided(claim: Claim, budget: int) -> Verdict:
    decision, found = _decide(claim, budget)
    if found is not None:
        return _refuted(claim, found, decision)
    return Proved(claim.full_scope, decision.evidence())


def _decide(claim: Claim, budget: int) -> tuple[Decision, Difference | None]:
    """The sets that decide the claim, and the smallest lengths at which it fails, if any.

    Where equal names or a count make the sets costly, the smallest lengths that are in
    doubt are tried first.
    """
    decision = Decision(claim, budget)
    with decision.sets.within_budget():
        if decision.is_exact:
            return decision, decision.smallest_difference()
        doubtful = islice(decision.sets.in_order(decision.doubtful()), limits.MOST_DOUBTFUL_TRIED)
        found, _ = first_difference(claim, doubtful)
        if found is not None:
            return decision, found
    with decision.sets.within_budget():
        decision.make_exact()
        return decision, decision.smallest_difference()


def _refuted(
    claim: Claim, found: Difference, decision: Decision | None, reason: str = ""
) -> Verdict:
    try:
        with bounded(_for_a_search()):
            if decision is None:  # which has looked at the other lengths
                _require_small(claim)
            return Refuted(counterexample(claim, found), claim, decision, reason)
    except (TooLongError, Undecided) as problem:
        lengths = ", ".join(f"{name} = {value}" for name, value in found.lengths.items())
        where = f" at {lengths}" if lengths else ""
        return Unknown(f"it seems to fail{where}, which cannot be re-checked: {problem}")


def _require_small(claim: Claim) -> None:
    """Raise an error unless the claim is defined at all small lengths, larger ones too.

    Raises:
        NotDefinedError: it is not.
    """
    required = list(requirements(*claim.signals, *claim.mentioned, *claim.about))
    for point in small_lengths(claim) if required else ():
        at = {s.name: v for s, v in point.items()}
        found = _missing(required, at)
        if found is not None:
            raise NotDefinedError(found.message, at)


def _missing(required: Iterable[Requirement], at: Mapping[str, int]) -> Requirement | None:
    """The first of the requirements that is not met, if there is one."""
    with suppress(ZeroDivisionError):  # where something is split into none
        for requirement in required:
            spend(len(requirement.guards))
            if not all(guard.holds(at) for guard in requirement.guards):
                return requirement
    return None


def found_with_content(
    claim: Claim, decision: Decision | None
) -> tuple[Counterexample | None, bool]:
    """The smallest counterexample in which no signal, and if possible no output, is empty.

    Also whether it is certain that there is none.
    """
    free = claim.free
    with suppress(Undecided, TooLongError), bounded(_for_a_search()):
        if decision is None:
            searched = _searched_with_content(free)
            return searched and told_with_taps(claim, searched), False
        with decision.sets.within_budget():
            decision.make_exact()
            for within in decision.with_content():
                found = decision.smallest_difference(within)
                if found is not None:
                    return told_with_taps(claim, counterexample(free, found)), False
        return None, True
    return None, False


def _searched_with_content(claim: Claim) -> Counterexample | None:
    for outputs in (True, False):
        found, _ = first_difference(claim, only=partial(has_content, claim, outputs=outputs))
        if found is not None:
            return counterexample(claim, found)
    return None


def _searched(claim: Claim, reason: Undecided) -> Verdict:
    """What trying all small lengths finds."""
    found, tried = None, 0
    try:
        with bounded(_for_a_search()):
            found, tried = first_difference(claim)
            is_one_size = tried and not claim.symbols and not has_opaque(*claim.signals)
            if found is None and is_one_size and claim.at().holds:
                how = Evidence("entries", "the same polynomials when expanded")
                return Proved(claim.full_scope, (how,))
    except (Undecided, TooLongError):
        return Unknown(str(reason))
    if found is None:
        among = f"the {tried} smallest {claim.measures}"
        searched = f" (no counterexample among {among})" if tried else ""
        return Unknown(f"{reason}{searched}")
    if has_opaque(*claim.signals):
        reason = Undecided("it is computed for sums of products alone, without functions")
    return _refuted(claim, found, None, str(reason))


# --- symbolic strides ----------------------------------------------------------------


@dataclass(slots=True)
class _Smallest:
    """The smallest counterexample so far, by the sum of the lengths."""

    total: int
    values: list[int]
    difference: Difference


class _Strides:
    """The claim decided for values of the symbols that stand in products.

    Attributes:
        symbols: these symbols.
        decided: the values that were decided, and whether the hypotheses allow them.
        best: the smallest counterexample that was found.
    """

    def __init__(self, claim: Claim, budget: int) -> None:
        self.claim = claim
        self.symbols = strides_of(claim)
        self.decided: dict[tuple[int, ...], bool] = {}
        self.best: _Smallest | None = None
        self._budget = budget // limits.STRIDE_SHARE
        self._least = _least_rest(claim, self.symbols, budget)

    @property
    def largest(self) -> int:
        """Up to which number strides are tried."""
        return limits.STRIDES_TRIED.get(len(self.symbols), limits.MORE_STRIDES_TRIED)

    def decide_all(self) -> None:
        """Decide all strides in the range, and all others that could have a smaller example."""
        for values in values_up_to(self.symbols, self.largest):
            self._decide(values)
        for values in values_up_to(self.symbols, self.best.total if self.best else 0):
            self._decide(values)

    def _decide(self, values: Mapping[Symbol, int]) -> None:
        key = tuple(values.values())
        size = sum(map(abs, key))
        if key in self.decided or (self.best and size + self._least > self.best.total):
            return
        if len(self.decided) == limits.MOST_STRIDES_DECIDED:
            raise Undecided(
                f"more than {limits.MOST_STRIDES_DECIDED} strides would have to be decided; "
                "bound them by a hypothesis"
            )
        found = self._found(values)
        self.decided[key] = found is not _NOT_ALLOWED
        if isinstance(found, Difference):
            self._keep(found, values)

    def _found(self, values: Mapping[Symbol, int]) -> Difference | object | None:
        """The smallest difference with these strides, if the hypotheses allow them."""
        if not _allowed(self.claim, values, self._budget):
            return _NOT_ALLOWED
        try:
            return _decide(self.claim.specialised(values), self._budget)[1]
        except VacuousError:
            return _NOT_ALLOWED
        except Undecided:
            raise
        except NotDefinedError as error:
            raise self._told(error, values) from None
        except SymconvError as error:  # an operator is not defined there
            raise SymconvError(f"{error}, with {spell(values)}") from None

    def _told(self, error: NotDefinedError, values: Mapping[Symbol, int]) -> NotDefinedError:
        """The error with what the claim requires of all strides, and not of these alone."""
        claim = self.claim
        at = self._completed(error.lengths, values)
        required = requirements(*claim.signals, *claim.mentioned, *claim.about)
        found = _missing(required, at)
        return NotDefinedError(error.problem if found is None else found.message, at)

    def _completed(
        self, lengths: Mapping[str, int], values: Mapping[Symbol, int]
    ) -> dict[str, int]:
        """All lengths; a symbol that has vanished with these strides takes its smallest value."""
        smallest = {s.name: next(values_of(s, 1)) for s in self.claim.symbols}
        known = smallest | dict(lengths) | {s.name: v for s, v in values.items()}
        return {s.name: known[s.name] for s in self.claim.symbols}

    def _keep(self, found: Difference, values: Mapping[Symbol, int]) -> None:
        ordered = self._completed(found.lengths, values)
        new = _Smallest(
            sum(map(abs, ordered.values())),
            list(ordered.values()),
            Difference(ordered, found.names, found.point),
        )
        if self.best is None or (new.total, new.values) < (self.best.total, self.best.values):
            self.best = new

    def scope(self) -> str:
        """The strides that were decided, in words."""
        ranges: dict[tuple[int, int], list[str]] = {}
        for symbol, tried in zip(self.symbols, zip(*self.decided, strict=True), strict=True):
            ranges.setdefault((min(tried), max(tried)), []).append(symbol.name)
        return ", ".join(
            f"{', '.join(names)} from {low} to {high}" for (low, high), names in ranges.items()
        )


_NOT_ALLOWED = object()


def _stride_by_stride(claim: Claim, budget: int, reason: NonlinearError) -> Verdict:
    """The claim decided for each value of the symbols that stand in products."""
    try:
        with bounded():
            strides = _Strides(claim, budget)
            strides.decide_all()
            if strides.best is not None:
                why = f"{reason}; the exact condition needs numbers for strides and dilations"
                return _refuted(claim, strides.best.difference, None, why)
            if not any(strides.decided.values()):
                return _searched(claim, reason)
            tried = strides.scope()
            how = Evidence(tried, "each decided by itself, as integer sets")
            if _within(claim, strides.symbols, strides.largest, budget):
                return Proved(claim.full_scope, (how,))
            found = None
            with suppress(Undecided), allowed(_for_a_search()):
                found, _ = first_difference(claim)  # beyond the range too
            if found is not None:
                return _refuted(claim, found, None, str(reason))
    except NonlinearError:
        return _searched(claim, reason)
    except Undecided as other:
        return _searched(claim, other)
    others = (
        f", and all other {claim.measures}"
        if len(strides.symbols) < len(claim.symbols)
        else " only"
    )
    return Proved(f"{tried}{others}", (how,))


@contextmanager
def _unless_undecided() -> Iterator[None]:
    """A block whose question may stay open, unless no work is left at all."""
    try:
        yield
    except WorkUsedUpError:
        raise
    except Undecided:
        pass


def _allowed(claim: Claim, values: Mapping[Symbol, int], budget: int) -> bool:
    """Whether the hypotheses allow these strides, with any values of the other symbols.

    True where that cannot be told: the decision at these strides then tells.
    """
    if not claim.given:
        return True
    given = [specialised(hypothesis, values) for hypothesis in claim.given]
    if any(not h.free_symbols and not holds_at(h, values) for h in given):
        return False
    sets = IntegerSets([s.name for s in claim.symbols], budget)
    fixed = tuple(equal(Polynomial.of(s.name), value) for s, value in values.items())
    with _unless_undecided(), sets.within_budget():
        among = hypotheses(claim, sets).among
        return not among.intersect(sets.where([fixed])).is_empty()
    return True


def _least_rest(claim: Claim, symbols: Sequence[Symbol], budget: int) -> int:
    """A lower bound for the sum of the other symbols, by the hypotheses."""
    sets = IntegerSets([s.name for s in claim.symbols], budget)
    with _unless_undecided(), sets.within_budget():
        among = hypotheses(claim, sets).among
        _, lengths, _ = sets.smallest(sets.exists(among, [s.name for s in symbols]))
        rest = [abs(v) for n, v in lengths.items() if n not in {s.name for s in symbols}]
        return sum(rest)
    return 0


def _within(claim: Claim, symbols: Iterable[Symbol], largest: int, budget: int) -> bool:
    """Whether the hypotheses leave nothing beyond a range of strides."""
    sets = IntegerSets([s.name for s in claim.symbols], budget)
    with _unless_undecided(), sets.within_budget():
        among = hypotheses(claim, sets).among
        for symbol in symbols:
            value = Polynomial.of(symbol.name)
            beyond = sets.where([(at_least(value, largest + 1),), (at_least(-value, largest + 1),)])
            if not beyond.intersect(among).is_empty():
                return False
        return True
    return False

"""The amounts for which a claim holds for all lengths, as integer sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import NoReturn

from sympy import Symbol

from symconv.arithmetic import limits
from symconv.arithmetic.integer_sets import IntegerSets, Set
from symconv.arithmetic.polynomials import Polynomial, equal
from symconv.arithmetic.work import WorkUsedUpError
from symconv.decision.claims import Claim
from symconv.decision.difference_sets import Decision, hypotheses, signs
from symconv.decision.prove import bounded, prove
from symconv.decision.strides import strides_of, values_of
from symconv.decision.verdicts import Proved, Refuted
from symconv.errors import NonlinearError, SymconvError, Undecided, VacuousError
from symconv.language.assignments import Point, spell

__all__ = ["AmountSets", "Left", "Numbers", "amount_sets"]

Numbers = Mapping[Symbol, tuple[int, ...]]
"""The numbers that are put in for symbols, each with each."""


@dataclass(frozen=True, slots=True)
class Left:
    """Numbers for which there is no answer, and why.

    Attributes:
        at: the numbers.
        reason: why.
        is_defined: whether the claim means anything there; otherwise it is not decided.
    """

    at: Point
    reason: str
    is_defined: bool


@dataclass(frozen=True, slots=True)
class AmountSets:
    """The values of all symbols but those that stand for all lengths, in sets.

    Attributes:
        sets: where the sets live.
        allowed: the values for which the hypotheses allow some lengths.
        serving: those of them for which the claim holds for all lengths that are allowed then.
        tried: the numbers that were put in one by one, of symbols that stand in products or that
            were asked for.
        is_complete: whether the hypotheses leave nothing beyond these numbers.
        left: the numbers that are in no set because there is no answer for them.
    """

    sets: IntegerSets
    allowed: Set
    serving: Set
    tried: Numbers
    is_complete: bool
    left: tuple[Left, ...]


def amount_sets(claim: Claim, for_all: Sequence[Symbol], tried: Numbers) -> AmountSets:
    """For which values of the other symbols a claim holds for all values of some.

    Where products of symbols stand in the way, some of them are replaced by numbers.

    Args:
        claim: the claim.
        for_all: the symbols for all of whose values it shall hold.
        tried: symbols that are replaced by numbers in any case.

    Raises:
        Undecided: it is not decided, not even with numbers.
        VacuousError: the hypotheses allow nothing, or none of the numbers.
        SymconvError: the claim is not defined for all values that the hypotheses allow.
    """
    try:
        return _Search(claim, for_all, tried).found()
    except NonlinearError as reason:
        more = _in_products(claim, tried)
        if not more:
            raise Undecided(str(reason)) from None
        return _Search(claim, for_all, {**tried, **more}, may_ask_for_more=False).found()


def _in_products(claim: Claim, tried: Numbers) -> Numbers:
    """Numbers for the symbols that stand in products yet, those that are tried left aside."""
    with bounded():
        first = {symbol: numbers[0] for symbol, numbers in tried.items()}
        symbols = strides_of((claim.specialised(first) if first else claim).free)
    largest = limits.STRIDES_TRIED.get(len(symbols), limits.MORE_STRIDES_TRIED)
    return {symbol: tuple(values_of(symbol, largest)) for symbol in symbols}


class _Search:
    """The claim decided for some numbers, one after the other.

    Args:
        claim: the claim.
        for_all: the symbols for all of whose values it shall hold.
        tried: the numbers; without any, it is decided once.
        may_ask_for_more: whether a product that is met ends the search.
    """

    def __init__(
        self,
        claim: Claim,
        for_all: Sequence[Symbol],
        tried: Numbers,
        *,
        may_ask_for_more: bool = True,
    ) -> None:
        self.claim = claim
        self.for_all = [symbol.name for symbol in for_all]
        self.tried = tried
        count = prod(map(len, tried.values()))
        if count > limits.MOST_STRIDES_DECIDED:
            raise SymconvError(
                f"there are {count} combinations of the numbers for "
                f"{', '.join(map(str, tried))}; at most {limits.MOST_STRIDES_DECIDED} are "
                "decided: give fewer in among={…}"
            )
        self._may_ask_for_more = may_ask_for_more
        self._budget = limits.DECISION_OPERATIONS // (limits.STRIDE_SHARE if count > 1 else 1)
        self._sets = IntegerSets([s.name for s in claim.symbols], limits.DECISION_OPERATIONS)
        self._left: list[Left] = []

    def found(self) -> AmountSets:
        """What all numbers together say."""
        sets = self._sets
        with bounded():
            allowed, failing = self._decided()
        with bounded(), sets.within_budget():
            among = sets.where(signs(self.claim.symbols))
            allowed = sets.exists(allowed.intersect(among), self.for_all).coalesce()
            failing = sets.exists(failing.intersect(among), self.for_all)
            if allowed.is_empty():
                self._refuse()
            serving = (allowed - failing).coalesce()
            complete = not self.tried or self._leave_nothing_else()
        return AmountSets(sets, allowed, serving, self.tried, complete, tuple(self._left))

    def _decided(self) -> tuple[Set, Set]:
        """The values that the hypotheses allow, and those for which the claim fails somewhere."""
        with self._sets.within_budget():
            allowed = failing = self._sets.where([])
        points = [
            dict(zip(self.tried, values, strict=True)) for values in product(*self.tried.values())
        ]
        for i, at in enumerate(points):
            try:
                found = self._at(at)
                if found is not None:
                    with self._sets.within_budget():
                        allowed, failing = allowed | found[0], failing | found[1]
            except WorkUsedUpError as reason:
                if not self.tried:
                    raise
                self._left += [Left(other, str(reason), True) for other in points[i:]]
                break
        return allowed, failing

    def _at(self, at: Point) -> tuple[Set, Set] | None:
        """The same for some numbers; None where there is no answer, or nothing is allowed."""
        if not at:
            return self._decide(self.claim, at)
        try:
            return self._decide(self.claim.specialised(at), at)
        except VacuousError:
            return None
        except WorkUsedUpError:
            raise
        except NonlinearError as reason:
            if self._may_ask_for_more:
                raise
            self._left.append(Left(at, str(reason), True))
        except Undecided as reason:
            self._left.append(Left(at, str(reason), True))
        except SymconvError as reason:
            self._left.append(Left(at, str(reason), False))
        return None

    def _decide(self, claim: Claim, at: Point) -> tuple[Set, Set]:
        """The sets for a claim in which the numbers stand already."""
        try:
            decision = Decision(claim.free, self._budget)
            if decision.parameters.assumed:
                raise NonlinearError("a hypothesis has a product of symbols in it")
            sets, among = decision.sets, decision.among
            with sets.within_budget():
                fails = among - decision.holds()
        except (NonlinearError, WorkUsedUpError):
            raise
        except Undecided as reason:
            sets, among, fails = self._by_verdict(claim, reason)
        own = [name for name in self.for_all if name in sets.parameters]
        fixed = tuple(equal(Polynomial.of(s.name), value) for s, value in at.items())
        with self._sets.within_budget():
            here = self._sets.where([fixed])
            allowed, failing = (
                self._sets.taken_over(sets.exists(part, own), sets).intersect(here)
                for part in (among, fails)
            )
        return allowed, failing

    def _by_verdict(self, claim: Claim, reason: Undecided) -> tuple[IntegerSets, Set, Set]:
        """Where functions or maxima leave no sets: where a claim is allowed, and where it fails.

        One counterexample is enough where all symbols that are left stand for all lengths.
        """
        sets = IntegerSets([s.name for s in claim.free.symbols], self._budget)
        verdict = prove(claim)
        with sets.within_budget():
            known = hypotheses(claim.free, sets)
            if not known.assumed:
                if isinstance(verdict, Proved) and verdict.is_complete:
                    return sets, known.among, sets.where([])
                if isinstance(verdict, Refuted) and set(sets.parameters) <= set(self.for_all):
                    return sets, known.among, known.among
        raise reason

    def _leave_nothing_else(self) -> bool:
        """Whether the hypotheses allow no other numbers than those that are tried."""
        sets = self._sets
        try:
            with sets.within_budget():
                beyond = hypotheses(self.claim.free, sets).among
                for symbol, numbers in self.tried.items():
                    value = Polynomial.of(symbol.name)
                    met = sets.where([(equal(value, number),) for number in numbers])
                    if not (beyond - met).is_empty():
                        return False
                return True
        except Undecided:  # a hypothesis with a product
            return False

    def _refuse(self) -> NoReturn:
        """Say why there is no answer at all."""
        undecided = [one for one in self._left if one.is_defined]
        for one in undecided or self._left:
            kind = Undecided if one.is_defined else SymconvError
            raise kind(f"{one.reason}, with {spell(one.at)}")
        raise VacuousError("the hypotheses allow none of the numbers that are tried")

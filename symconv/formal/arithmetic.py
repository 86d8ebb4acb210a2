"""Which facts show an inequality, so that Rocq's `lia` is given those and no others.

The time that `lia` takes grows fast with what it is told.  And it takes a product of symbols for an
unknown of its own: from j ≤ c − 1 it does not find s·j ≤ s·(c − 1).  So the facts that are needed,
and multiples of them by strides and products of strides, are found here, with isl, in the
same linear arithmetic; Rocq checks them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass

from symconv.arithmetic.integer_sets import IntegerSets
from symconv.arithmetic.limits import ATTEMPT_OPERATIONS
from symconv.arithmetic.polynomials import (
    Atom,
    Floor,
    Guard,
    Guarded,
    Monomial,
    Polynomial,
    at_least,
)
from symconv.formal.rocq_syntax import only

__all__ = ["Fact", "are_contradictory", "contradiction", "known_facts", "refutation"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A hypothesis, as far as it says that an amount is not negative.

    Attributes:
        name: its name in the proof; none where `lia` knows it by itself.
        amount: what is not negative.
        when: amounts that have to be positive for that.
    """

    name: str
    amount: Polynomial
    when: tuple[Polynomial, ...] = ()


@dataclass(frozen=True, slots=True)
class _Multiple:
    """A fact times a product of positive symbols; that is 1 where nothing is multiplied."""

    by: Polynomial
    fact: Fact

    @property
    def amount(self) -> Polynomial:
        return self.by * self.fact.amount


_ONE = Polynomial.constant(1)
_OPPOSITE = "opposite"


def refutation(
    opposite: Polynomial,
    facts: Sequence[Fact],
    everything: Sequence[str],
    positive: Set[str],
    text: Callable[[Polynomial], str],
) -> str:
    """The tactics that show False where an amount is said not to be negative.

    Args:
        opposite: the amount, which is negative in truth.
        facts: what is known.
        everything: the names of hypotheses to use where the facts are not seen to be enough.
        positive: the symbols that are positive.
        text: writes an amount.
    """
    return contradiction(
        [Fact(_OPPOSITE, opposite), *facts], [*everything, _OPPOSITE], positive, text, [_OPPOSITE]
    )


def known_facts(atoms: Iterable[Atom]) -> list[Fact]:
    """What `lia` knows of quotients, 0 ≤ a − b·⌊a/b⌋ < b, and of max(0, a)."""
    facts = []
    for atom in sorted(set(atoms), key=str):
        if isinstance(atom, Floor):
            rest = atom.numerator - atom.divisor * Polynomial.of(atom)
            facts += [Fact("", rest), Fact("", atom.divisor - 1 - rest)]
        elif isinstance(atom, Guarded) and atom.is_nonnegative_part:
            m, a = Polynomial.of(atom), atom.value
            facts += [Fact("", m), Fact("", m - a), Fact("", a - m, (a,)), Fact("", -m, (1 - a,))]
    return facts


def are_contradictory(facts: Sequence[Fact], positive: Set[str]) -> bool:
    """Whether facts and their multiples are seen to contradict each other."""
    alone = [_Multiple(_ONE, fact) for fact in facts]
    if _contradict(alone, by_cases=True):
        return True
    multiples = _multiples(facts, positive)
    return bool(multiples) and _contradict([*multiples, *alone], by_cases=True)


def contradiction(
    facts: Sequence[Fact],
    everything: Sequence[str],
    positive: Set[str],
    text: Callable[[Polynomial], str],
    always: Sequence[str] = (),
) -> str:
    """The tactics that show False where facts contradict each other.

    Args:
        facts: what is known.
        everything: the names of hypotheses to use where the facts are not seen to be enough.
        positive: the symbols that are positive.
        text: writes an amount.
        always: the names of hypotheses to use in any case.
    """
    usable, support = _usable(facts)
    alone = [_Multiple(_ONE, fact) for fact in usable]
    found = _fewest(alone)
    if found is None:
        found = _fewest([*_multiples(usable, positive), *alone])
    if found is None:
        found = _fewest([_Multiple(_ONE, fact) for fact in facts], by_cases=True)
        names = everything if found is None else [*(m.fact.name for m in found), *always]
        return f"{only(name for name in names if name)}; lia"
    names = [name for multiple in found for name in support[multiple.fact]]
    by = {Polynomial.of(a) for multiple in found for a in multiple.by.symbols()}
    names += [f.name for f in facts if any((f.amount - a).as_integer() is not None for a in by)]
    lines = [
        f"(have ? : 0 <= {_bracketed(text(m.by))} * ({text(m.fact.amount)}) "
        "by (apply: Z.mul_nonneg_nonneg; [positive | lia]))"
        for m in found
        if m.by != _ONE
    ]
    kept = [name for name in (*names, *always) if name]
    return "; ".join([only(kept), *lines, "lia"])


def _usable(facts: Sequence[Fact]) -> tuple[list[Fact], dict[Fact, list[str]]]:
    """The facts whose conditions follow from others of them, and the names that each one needs."""
    support = {fact: [fact.name] for fact in facts if not fact.when}
    usable, open_ = list(support), [fact for fact in facts if fact.when]
    shown: dict[Polynomial, list[str]] = {}
    found = True
    while found and open_:
        found = False
        for amount in dict.fromkeys(amount for fact in open_ for amount in fact.when):
            if amount not in shown:
                assumed = _Multiple(_ONE, Fact("", -amount))
                needed = _fewest([assumed, *(_Multiple(_ONE, fact) for fact in usable)])
                if needed is not None:
                    facts_ = [m.fact for m in needed if m is not assumed]
                    shown[amount] = [name for fact in facts_ for name in support[fact]]
        for fact in [fact for fact in open_ if all(amount in shown for amount in fact.when)]:
            open_.remove(fact)
            usable.append(fact)
            support[fact] = [fact.name, *(n for amount in fact.when for n in shown[amount])]
            found = True
    return usable, support


def _multiples(facts: Sequence[Fact], positive: Set[str]) -> list[_Multiple]:
    """Multiples that may be of use.

    One is of use only if each product of symbols in it is in what is known, or in another multiple;
    otherwise it could not be got rid of.
    """
    there = {m for fact in facts for m in _nonlinear(fact.amount)}
    by = dict.fromkeys(part for monomial in there for part in _parts(monomial, positive))
    found = [
        _Multiple(Polynomial({part: 1}), fact)
        for part in by
        for fact in facts
        if fact.amount.as_integer() is None
    ]
    while True:
        counts = Counter(m for multiple in found for m in _nonlinear(multiple.amount))
        kept = [
            multiple
            for multiple in found
            if all(m in there or counts[m] > 1 for m in _nonlinear(multiple.amount))
        ]
        if len(kept) == len(found):
            return kept
        found = kept


def _nonlinear(polynomial: Polynomial) -> set[Monomial]:
    return {monomial for monomial in polynomial.terms if len(monomial) > 1}


def _parts(monomial: Monomial, positive: Set[str]) -> list[Monomial]:
    """The products of positive symbols by which something in the monomial is multiplied."""
    found: list[Monomial] = [()]
    for symbol in (a for a in monomial if isinstance(a, str) and a in positive):
        found += [(*part, symbol) for part in found]
    return [part for part in found if 0 < len(part) < len(monomial)]


def _fewest(multiples: Sequence[_Multiple], *, by_cases: bool = False) -> list[_Multiple] | None:
    """The fewest, as far as is easily found, that contradict each other; None if they do not.

    Where that is possible, multiples are left out first, and then what holds under conditions.

    Args:
        multiples: the multiples.
        by_cases: whether each holds under the conditions of its fact only.
    """
    kept = sorted(multiples, key=lambda m: (m.by == _ONE, not m.fact.when))
    if not _contradict(kept, by_cases=by_cases):
        return None
    size = max(1, len(kept) // 2)
    while True:
        start = 0
        while start < len(kept):
            fewer = kept[:start] + kept[start + size :]
            if _contradict(fewer, by_cases=by_cases):
                kept = fewer
            else:
                start += size
        if size == 1:
            return kept
        size //= 2


def _contradict(multiples: Sequence[_Multiple], *, by_cases: bool) -> bool:
    """Whether no integers, products of symbols taken for integers too, make all not negative."""
    given = [m.amount for m in multiples if not (by_cases and m.fact.when)]
    cases = [
        (m.amount, *(-amount for amount in m.fact.when))
        for m in multiples
        if by_cases and m.fact.when
    ]
    amounts = [*given, *(amount for one in cases for amount in one)]
    monomials = dict.fromkeys(m for p in amounts for m in p.terms if m)
    names: dict[Monomial, tuple[Atom, ...]] = {m: (f"m{i}",) for i, m in enumerate(monomials)}
    names[()] = ()

    def guard(p: Polynomial) -> Guard:
        return at_least(Polynomial({names[m]: c for m, c in p.terms.items()}), 0)

    sets = IntegerSets([str(name) for one in names.values() for name in one], ATTEMPT_OPERATIONS)

    def is_empty() -> bool:
        possible = sets.where([tuple(map(guard, given))])
        for one in cases:
            if possible.is_empty():
                break
            possible = possible & sets.where([(guard(amount),) for amount in one])
        return bool(possible.is_empty())

    return sets.attempt(is_empty)


def _bracketed(text: str) -> str:
    return text if text.isidentifier() else f"({text})"

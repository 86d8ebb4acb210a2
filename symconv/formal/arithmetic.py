"""Which facts show an inequality, so that Rocq's `lia` is given those and no others.

The time that `lia` takes grows fast with what it is told.  And it takes a product of symbols for an
unknown of its own: from j ≤ c − 1 it does not find s·j ≤ s·(c − 1).  So the facts that are needed,
and multiples of them by strides and products of strides, are found here, with isl, in the
same linear arithmetic; Rocq checks them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from itertools import permutations

from symconv.arithmetic.integer_sets import IntegerSets
from symconv.arithmetic.limits import ATTEMPT_OPERATIONS, FACTS_AT_FIRST, MOST_INTEGERS_ROUNDED
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

__all__ = ["Fact", "Hypothesis", "are_contradictory", "contradiction", "known_facts", "refutation"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A hypothesis, as far as it says that an amount is not negative.

    Attributes:
        name: its name in the proof; none where `lia` knows it by itself.
        amount: what is not negative.
        when: amounts that have to be positive for that.
        has_opposite: whether another fact says what is so where they are not.
    """

    name: str
    amount: Polynomial
    when: tuple[Polynomial, ...] = ()
    has_opposite: bool = False


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A hypothesis of the claim.

    Attributes:
        name: its name in the proof.
        text: what it says.
        symbols: the symbols in it, where it is about integers; none where it is about a tensor.
        amounts: what is not negative because of it, as far as that is all that it says.
    """

    name: str
    text: str
    symbols: frozenset[str] = frozenset()
    amounts: tuple[Polynomial, ...] = ()

    def facts(self) -> list[Fact]:
        """The hypothesis as far as it is about one amount after the other."""
        return [Fact(self.name, amount) for amount in self.amounts]


@dataclass(frozen=True, slots=True)
class _Multiple:
    """A fact times a product of positive symbols; that is 1 where nothing is multiplied."""

    by: Polynomial
    fact: Fact

    @property
    def amount(self) -> Polynomial:
        return self.by * self.fact.amount


_ONE = Polynomial.constant(1)
_OPPOSITE, _OTHERWISE = "opposite", "otherwise"


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


def known_facts(atoms: Iterable[Atom], *, sure: bool = True) -> list[Fact]:
    """What `lia` knows of quotients, 0 ≤ a − b·⌊a/b⌋ < b, and of max(0, a).

    Args:
        atoms: the quotients and maxima, and others.
        sure: whether what is divided by is known to be positive.
    """
    facts = []
    for atom in sorted(set(atoms), key=str):
        if isinstance(atom, Floor):
            rest = atom.numerator - atom.divisor * Polynomial.of(atom)
            when = () if sure else (atom.divisor,)
            facts += [Fact("", rest, when), Fact("", atom.divisor - 1 - rest, when)]
        elif isinstance(atom, Guarded) and atom.is_nonnegative_part:
            m, a = Polynomial.of(atom), atom.value
            facts += [
                Fact("", m),
                Fact("", m - a),
                Fact("", a - m, (a,), True),
                Fact("", -m, (1 - a,), True),
            ]
    return facts


def are_contradictory(facts: Sequence[Fact], positive: Set[str]) -> bool:
    """Whether facts and their multiples are seen to contradict each other."""
    alone = [_Multiple(_ONE, fact) for fact in facts]
    by_cases = any(fact.has_opposite for fact in facts)
    if _contradict(alone, by_cases=by_cases):
        return True
    multiples = _multiples(facts, positive)
    return bool(multiples) and _contradict([*multiples, *alone], by_cases=by_cases)


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
    known = _Known.of(facts, positive)
    found = _fewest(known.alone()) or _fewest(known.with_multiples())
    if found is None and known.open:
        known.use_multiples_for_conditions()
        found = _fewest(known.with_multiples())
    if found is None:
        by_cases = _fewest([_Multiple(_ONE, fact) for fact in facts], by_cases=True)
        if by_cases is not None:
            names = [*(m.fact.name for m in by_cases), *always]
            return f"{only(name for name in names if name)}; lia"
        known = _Known.of([*facts, *_roundings(facts, positive)], positive)
        known.use_multiples_for_conditions()
        found = _fewest(known.with_multiples())
    if found is None:
        return f"{only(everything)}; lia"
    names, conditions, multiples = known.needed(found, text)
    kept = [name for name in (*names, *always) if name]
    return "; ".join([only(kept), *conditions, *multiples, "lia"])


@dataclass(slots=True)
class _Known:
    """The facts whose conditions follow from others of them.

    Attributes:
        usable: these facts.
        open: those whose conditions are not seen to follow.
        positive: the symbols that are positive.
        shown: the conditions that follow, and what each follows from.
    """

    usable: list[Fact]
    open: list[Fact]
    positive: Set[str]
    shown: dict[Polynomial, list[_Multiple]] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Sequence[Fact], positive: Set[str]) -> _Known:
        """What is seen without multiples."""
        above = {a for a in positive if any(_is_beyond(fact.amount, a) for fact in facts)}
        found = cls([f for f in facts if not f.when], [f for f in facts if f.when], above)
        found._use(found.alone)
        return found

    def use_multiples_for_conditions(self) -> None:
        """See more, which takes longer."""
        self._use(self.with_multiples)

    def alone(self, *more: Fact) -> list[_Multiple]:
        """The facts that are usable, and more."""
        return [_Multiple(_ONE, fact) for fact in (*self.usable, *more)]

    def with_multiples(self, *more: Fact) -> list[_Multiple]:
        """The same and their multiples."""
        alone = self.alone(*more)
        return [*_multiples([one.fact for one in alone], self.positive), *alone]

    def _use(self, ways: Callable[[Fact], list[_Multiple]]) -> None:
        found = True
        while found and self.open:
            found = False
            for amount in dict.fromkeys(amount for fact in self.open for amount in fact.when):
                if amount not in self.shown:
                    needed = _fewest(ways(Fact(_OTHERWISE, -amount)))
                    if needed is not None:
                        self.shown[amount] = needed
            for fact in [f for f in self.open if all(amount in self.shown for amount in f.when)]:
                self.open.remove(fact)
                self.usable.append(fact)
                found = True

    def needed(
        self, found: Sequence[_Multiple], text: Callable[[Polynomial], str]
    ) -> tuple[list[str], list[str], list[str]]:
        """The names of the hypotheses that are needed, and the tactics before `lia`.

        The tactics that show conditions of facts come first, then those that multiply facts.
        """
        names: list[str] = []
        conditions: list[str] = []
        multiples: list[str] = []
        for multiple in found:
            names.append(multiple.fact.name)
            for amount in multiple.fact.when:
                inner, first, inside = self.needed(self.shown[amount], text)
                names += [name for name in inner if name != _OTHERWISE]
                conditions += first
                if inside:
                    way = "; ".join([f"apply: not_above => {_OTHERWISE}", *inside, "lia"])
                    conditions.append(f"(have ? : 0 < {_bracketed(text(amount))} by ({way}))")
            if multiple.by != _ONE:
                multiples.append(
                    f"(have ? : 0 <= {_bracketed(text(multiple.by))} * "
                    f"({text(multiple.fact.amount)}) "
                    "by (apply: Z.mul_nonneg_nonneg; [positive | lia]))"
                )
        by = {a for multiple in found for a in multiple.by.symbols()}
        names += [fact.name for fact in self.usable if any(_is_beyond(fact.amount, a) for a in by)]
        return list(dict.fromkeys(names)), list(dict.fromkeys(conditions)), multiples


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


def _roundings(facts: Sequence[Fact], positive: Set[str]) -> list[Fact]:
    """What may follow of two integers of which the same multiple is known: x ≤ y + k.

    From s·x < s·y + s it does, with k = 0: it is a fact that holds where it is seen to.
    """
    multiplied: dict[str, set[Atom]] = {}
    for monomial in {m for fact in facts for m in _nonlinear(fact.amount) if len(m) == 2}:
        for s, other in (monomial, monomial[::-1]):
            if isinstance(s, str) and s in positive:
                multiplied.setdefault(s, set()).add(other)
    found = []
    for atoms in multiplied.values():
        for x, y in permutations(sorted(atoms, key=str), 2):
            if len(atoms) <= MOST_INTEGERS_ROUNDED:
                for k in (-1, 0, 1):
                    amount = Polynomial.of(y) - Polynomial.of(x) + k
                    found.append(Fact("", amount, (amount + 1,)))
    return found


def _is_beyond(amount: Polynomial, symbol: str) -> bool:
    """Whether that an amount is not negative says from which number on a symbol is."""
    return (amount - Polynomial.of(symbol)).as_integer() is not None


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
    kept = _first_that_contradict(multiples, by_cases=by_cases)
    if kept is None:
        return None
    kept.sort(key=lambda m: (m.by == _ONE, not m.fact.when))
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


def _first_that_contradict(
    multiples: Sequence[_Multiple], *, by_cases: bool
) -> list[_Multiple] | None:
    """Some that contradict each other, out of those that have most to do with what is assumed.

    What is needed is seldom far away, and few are compared much faster than all.
    """
    near = _nearest_first(multiples)
    count = FACTS_AT_FIRST
    while not _contradict(near[:count], by_cases=by_cases):
        if count >= len(near):
            return None
        count *= 2
    return near[:count]


def _nearest_first(multiples: Sequence[_Multiple]) -> list[_Multiple]:
    """All, in the order of how many others connect them with what is assumed."""
    there = [{m for m in multiple.amount.terms if m} for multiple in multiples]
    found = [n for n, m in enumerate(multiples) if m.fact.name in (_OPPOSITE, _OTHERWISE)]
    left = [n for n in range(len(multiples)) if n not in set(found)]
    about = {m for n in found for m in there[n]}
    while left:
        level = [n for n in left if there[n] & about] or left
        found += sorted(level, key=lambda n: (multiples[n].by != _ONE, len(there[n])))
        about |= {m for n in level for m in there[n]}
        left = [n for n in left if n not in set(level)]
    return [multiples[n] for n in found]


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

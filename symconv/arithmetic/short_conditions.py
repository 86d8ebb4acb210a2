"""Short conditions that tell some points from others: found by trying, and for isl to verify.

Points at which something holds, and points at which it does not, suggest how a person would
put it: as cases, or as conditions that hold together, each a comparison, a few residues of
one number, or a few values.  What is found says the right thing at the points alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from symconv.arithmetic.limits import (
    BEAM,
    LARGEST_MODULUS_OF_RUNS,
    LARGEST_MODULUS_TRIED,
    LONGEST_CASE_DESCRIBED,
    MOST_CASES_DESCRIBED,
    MOST_LITERALS,
)
from symconv.arithmetic.polynomials import (
    Atom,
    Condition,
    Every,
    Floor,
    Guard,
    Monomial,
    Polynomial,
    Relation,
    Some,
    at_least,
    equal,
    every,
    floor,
    negated,
    some,
)

__all__ = ["Literals", "Points", "cost", "is_plain", "residues", "shortest", "values"]


Point = Mapping[str, int]


# --- what it costs to read -----------------------------------------------------------


def cost(condition: Condition) -> int:
    """How hard a condition is to read: about its number of words.

    >>> n, c = Polynomial.of("n"), Polynomial.of("c")
    >>> [cost(g) for g in (at_least(n, 3), at_least(n, 2 * c + 3), residues(n, 4, {2}))]
    [4, 6, 5]
    """
    listed = _listed(condition)
    if listed is not None:
        return listed
    match condition:
        case Every(parts):
            return sum(
                cost(part) + 2 * (_listed(part) is None and isinstance(part, Some))
                for part in parts
            )
        case Some(parts):
            return sum(cost(part) + 1 + 2 * isinstance(part, Every) for part in parts)
        case Guard(polynomial):
            return 2 + sum(map(_words, polynomial.terms.items()))


def _words(summand: tuple[Monomial, int]) -> int:
    monomial, c = summand
    if any(isinstance(atom, Floor) for atom in monomial):
        return 12
    return 1 + (len(monomial) > 0 and min(abs(c) - 1, 3))


def _listed(condition: Condition) -> int | None:
    """What the condition costs if it says which values, or residues, one number has."""
    match condition:
        case Guard():
            number = _residue_class(condition)
            return None if number is None else 4 + sum(map(_words, number[0].terms.items()))
        case Some(parts) if parts and (number := _residue_class(parts[0])) is not None:
            same = all(_residue_class(part) == number for part in parts)
            words = sum(map(_words, number[0].terms.items()))
            return 3 + words + len(parts) if same else None
        case Every(parts) | Some(parts) if parts:
            one = _unequal if isinstance(condition, Every) else _equal
            first = one(parts[0])
            if first is not None and all(one(part) == first for part in parts):
                return 2 + len(first.terms) + len(parts) + max(0, len(parts) - 4)
            unequal = _unequal(condition)
            return None if unequal is None else 3 + len(unequal.terms)
    return None


def _equal(condition: Condition) -> Polynomial | None:
    """What, up to a sum, a condition says has a certain value."""
    if isinstance(condition, Guard) and condition.relation is Relation.ZERO:
        return condition.polynomial - condition.polynomial.terms.get((), 0)
    return None


def _unequal(condition: Condition) -> Polynomial | None:
    """What, up to a sum, a condition says does not have a certain value."""
    match condition:
        case Some((Guard(p, Relation.AT_LEAST_ZERO), Guard(q, Relation.AT_LEAST_ZERO))):
            return p - p.terms.get((), 0) if p + q == Polynomial.constant(-2) else None
    return None


def _residue_class(condition: Condition) -> tuple[Polynomial, int] | None:
    """Of which number, up to a sum, and by which divisor a condition is about the remainder."""
    if not isinstance(condition, Guard):
        return None
    polynomial = condition.polynomial
    floors = [a for a in polynomial.atoms() if isinstance(a, Floor)]
    modulus = floors[0].divisor.as_integer() if len(floors) == 1 else None
    if modulus is None or any(isinstance(a, Floor) for a in floors[0].numerator.atoms()):
        return None
    c = polynomial.coefficient(floors[0])
    if c % modulus:
        return None
    left = polynomial - c * Polynomial.of(floors[0]) + c // modulus * floors[0].numerator
    if left.as_integer() is None:
        return None
    number = floors[0].numerator
    return number - number.terms.get((), 0), modulus


def is_plain(condition: Condition) -> bool:
    """Whether the condition has no floors but in remainders.

    >>> n = Polynomial.of("n")
    >>> is_plain(at_least(n, 2)), is_plain(at_least(floor(n, 2), 2)), is_plain(residues(n, 2, {0}))
    (True, False, True)
    """
    match condition:
        case Guard(polynomial):
            floors = any(isinstance(a, Floor) for a in polynomial.atoms())
            return not floors or _residue_class(condition) is not None
        case Every(parts) | Some(parts):
            return all(map(is_plain, parts))


def residues(number: Polynomial, modulus: int, allowed: Iterable[int]) -> Condition:
    """The condition that the remainder is one of those allowed, which are some but not all.

    >>> print(residues(Polynomial.of("n"), 4, {0, 1}))
    -n + 4*floor((n)/(4)) + 1 >= 0
    """
    wanted = set(allowed)
    runs: list[Guard] = []
    for first in sorted(r for r in wanted if (r - 1) % modulus not in wanted):
        last = first
        while (last + 1) % modulus in wanted:
            last += 1
        if first == last:
            runs.append(equal(number - modulus * floor(number, modulus), first))
        else:
            start = number - first
            runs.append(at_least(last - first, start - modulus * floor(start, modulus)))
    return some(runs)


def values(number: Polynomial, allowed: Iterable[int]) -> Condition:
    """The condition that the number is one of those allowed."""
    return some(equal(number, value) for value in sorted(allowed))


# --- points --------------------------------------------------------------------------


class Points:
    """Points, and at which of them something holds: bit i of a mask is about point i."""

    def __init__(self, points: Sequence[Point]) -> None:
        self.points = points
        self.all = (1 << len(points)) - 1
        self._columns: dict[Polynomial, list[int]] = {}
        self._atoms: dict[Atom, list[int]] = {}

    def mask(self, condition: Condition) -> int:
        """The points at which a condition holds."""
        match condition:
            case Every(parts):
                result = self.all
                for part in parts:
                    result &= self.mask(part)
                return result
            case Some(parts):
                result = 0
                for part in parts:
                    result |= self.mask(part)
                return result
            case Guard(polynomial, relation):
                column = self.column(polynomial)
                if relation is Relation.ZERO:
                    text = "".join(["0" if v else "1" for v in reversed(column)])
                else:
                    text = "".join(["0" if v < 0 else "1" for v in reversed(column)])
                return int(text, 2) if text else 0

    def column(self, polynomial: Polynomial) -> list[int]:
        """The values at the points of a linear polynomial with floors."""
        known = self._columns.get(polynomial)
        if known is not None:
            return known
        column = [polynomial.terms.get((), 0)] * len(self.points)
        for monomial, c in polynomial.terms.items():
            if monomial:
                (atom,) = monomial
                column = [v + c * a for v, a in zip(column, self._atom(atom), strict=True)]
        self._columns[polynomial] = column
        return column

    def _atom(self, atom: Atom) -> list[int]:
        known = self._atoms.get(atom)
        if known is None:
            if isinstance(atom, Floor):
                divisor = atom.divisor.as_integer() or 1
                known = [a // divisor for a in self.column(atom.numerator)]
            else:
                known = [point[str(atom)] for point in self.points]
            self._atoms[atom] = known
        return known


# --- literals ------------------------------------------------------------------------


@dataclass
class Literals:
    """The conditions that descriptions are made of, in pairs: 2i and 2i + 1 are opposite."""

    conditions: list[Condition] = field(default_factory=list)
    costs: list[int] = field(default_factory=list)
    _known: set[Condition] = field(default_factory=set)

    def add(self, condition: Condition, opposite: Condition) -> None:
        """Add a condition and its opposite, if they are new and there is room."""
        if condition in self._known or len(self.conditions) >= MOST_LITERALS:
            return
        self._known |= {condition, opposite}
        self.conditions += [condition, opposite]
        self.costs += [cost(condition), cost(opposite)]

    def add_guard(self, guard: Guard, least: Point) -> None:
        """Add a guard; p ≤ 0 and p + q ≤ 0 as equations, where 0 is the least value."""
        guard = guard.reduced(frozenset())
        found = _residues_of(guard)
        if found is not None:
            number, modulus, allowed = found
            if 0 < len(allowed) < modulus:
                others = set(range(modulus)) - allowed
                self.add(residues(number, modulus, allowed), residues(number, modulus, others))
            return
        opposite = some(negated(guard))
        for one in (guard, opposite):
            lowest = _at_the_least(one, least)
            if lowest:
                self.add(
                    every(equal(p, low) for p, low in lowest),
                    some(at_least(p, low + 1) for p, low in lowest),
                )
                return
        self.add(guard, opposite)

    def add_residues(self, number: Polynomial, modulus: int, seen: Iterable[set[int]]) -> None:
        """Add runs of residues of a number, and the sets of residues that were seen."""
        runs = [{r} for r in range(modulus)]
        if modulus <= LARGEST_MODULUS_OF_RUNS:
            runs += [{r, (r + 1) % modulus} for r in range(modulus) if modulus > 2]
        every_residue = set(range(modulus))
        for run in [*runs, *seen]:
            if 0 < len(run) < modulus:
                self.add(
                    residues(number, modulus, run), residues(number, modulus, every_residue - run)
                )


def _residues_of(guard: Guard) -> tuple[Polynomial, int, set[int]] | None:
    """For a guard on a remainder: of which number, the modulus, and the residues it allows."""
    found = _residue_class(guard)
    if found is None or found[1] > LARGEST_MODULUS_TRIED:
        return None
    number, modulus = found
    (division,) = (a for a in guard.polynomial.atoms() if isinstance(a, Floor))
    scale = -guard.polynomial.coefficient(division) // modulus
    shift = division.numerator.terms.get((), 0)
    rest = (guard.polynomial.terms.get((), 0)) - scale * shift
    said = {r: scale * ((r + shift) % modulus) + rest for r in range(modulus)}
    if guard.relation is Relation.ZERO:
        return number, modulus, {r for r, value in said.items() if value == 0}
    return number, modulus, {r for r, value in said.items() if value >= 0}


def _at_the_least(condition: Condition, least: Point) -> list[tuple[Polynomial, int]]:
    """The symbols of p + q ≤ 0 with their least values, where that can only be an equation."""
    if not isinstance(condition, Guard):
        return []
    terms = dict(condition.polynomial.terms)
    if condition.relation is Relation.ZERO:
        if len(terms.keys() - {()}) != 1:
            return []
        terms = {m: -c for m, c in terms.items()} if max(terms.values()) > 0 else terms
    value = terms.pop((), 0)
    lowest = []
    for (atom,), c in terms.items():
        if not isinstance(atom, str) or atom not in least or c > 0:
            return []
        value += c * least[atom]
        lowest.append((Polynomial.of(atom), least[atom]))
    return lowest if value == 0 else []


def _numbers_with_remainders(guards: Iterable[Guard]) -> Iterator[tuple[Polynomial, int]]:
    """What may have remainders that matter: the numerators of floors, and their symbols."""
    moduli: dict[Polynomial, set[int]] = {}

    def visit(polynomial: Polynomial, outer: int = 1) -> None:
        for atom in polynomial.atoms():
            if isinstance(atom, Floor):
                divisor = outer * (atom.divisor.as_integer() or 1)
                visit(atom.numerator, divisor)
                below = min(divisor, LARGEST_MODULUS_TRIED)
                found = {m for m in range(2, below + 1) if divisor % m == 0}
                symbols = [Polynomial.of(a) for a in atom.numerator.atoms() if isinstance(a, str)]
                if not any(isinstance(a, Floor) for a in atom.numerator.atoms()):
                    whole = atom.numerator - atom.numerator.terms.get((), 0)
                    symbols.append(-whole if str(whole).startswith("-") else whole)
                for number in symbols:
                    moduli.setdefault(number, set()).update(found)

    for guard in guards:
        visit(guard.polynomial)
    for number, found in sorted(moduli.items(), key=lambda item: (len(item[0].terms), str(item))):
        for modulus in sorted(found):
            # 3a + 2b mod 6 is better said as a mod 2 and b mod 3.
            if modulus in (6, 10, 12) and any(abs(c) > 1 for c in number.terms.values()):
                continue
            yield number, modulus


def literals(
    guards: Iterable[Guard],
    few: Iterable[tuple[Condition, Condition]],
    least: Point,
    points: Points,
    good: int,
) -> Literals:
    """The guards, lists of values, small bounds of the symbols, and residues.

    `least` gives the least values of symbols that have one.
    """
    result = Literals()
    listed = sorted(set(guards), key=lambda g: (cost(g), str(g)))
    for condition, opposite in few:
        result.add(condition, opposite)
    for guard in listed:
        result.add_guard(guard, least)
    for number, modulus in _numbers_with_remainders(listed):
        column = points.column(number)
        inside = {v % modulus for i, v in enumerate(column) if good >> i & 1}
        outside = {v % modulus for i, v in enumerate(column) if not good >> i & 1}
        result.add_residues(number, modulus, (inside, set(range(modulus)) - outside))
    return result


# --- the search ----------------------------------------------------------------------


def shortest(
    known: Literals, points: Points, good: int, *, only_cases: bool = False
) -> Condition | None:
    """A short condition that holds at the good points and at no others; None if none is found.

    It is a disjunction of conjunctions, or a conjunction of disjunctions unless `only_cases`.
    """
    bad = points.all & ~good
    masks: list[int] = []
    usable: dict[int, int] = {}  # by what it says at the points: the simplest literal
    for i, condition in enumerate(known.conditions):
        mask = points.mask(condition)
        masks.append(mask)
        if mask not in (0, points.all):
            best = usable.setdefault(mask, i)
            if known.costs[i] < known.costs[best]:
                usable[mask] = i
    chosen = sorted(usable.values(), key=lambda i: (known.costs[i], i))
    found: list[Condition] = []
    cases = _cases(chosen, masks, known.costs, good, bad)
    if cases is not None:
        found.append(_written(cases, known.conditions, Some, Every, factored=not only_cases))
    cases = None if only_cases else _cases(chosen, masks, known.costs, bad, good)
    if cases is not None:
        opposite = [frozenset(i ^ 1 for i in case) for case in cases]
        found.append(_written(opposite, known.conditions, Every, Some))
    return min(found, key=cost, default=None)


def _written(
    cases: Sequence[frozenset[int]],
    conditions: Sequence[Condition],
    outer: type[Every | Some],
    inner: type[Every | Some],
    factored: bool = True,
) -> Condition:
    """The cases, with what they have in common said once."""
    join = {Every: every, Some: some}
    shared = factored and len(cases) > 1
    common = frozenset.intersection(*cases) if shared else frozenset[int]()
    parts = [join[inner]([conditions[i] for i in sorted(case - common)]) for case in cases]
    whole = join[outer](parts)
    return join[inner]([*(conditions[i] for i in sorted(common)), whole]) if common else whole


_Cover: TypeAlias = tuple[int, int, tuple[int, ...], int]
"""A conjunction: how many bad points it holds at, less the good ones; its cost; which literals;
and the points at which it holds."""


def _cases(
    chosen: Sequence[int], masks: Sequence[int], costs: Sequence[int], good: int, bad: int
) -> list[frozenset[int]] | None:
    """Conjunctions of literals that cover the good points and no bad ones."""
    cases: list[frozenset[int]] = []
    covered: dict[frozenset[int], int] = {}
    left = good
    while left:
        if len(cases) == MOST_CASES_DESCRIBED:
            return None
        seeds = {left & -left, 1 << left.bit_length() - 1}
        best: _Cover | None = None
        most = 0.0
        for seed in sorted(seeds):
            for cover in _conjunctions(chosen, masks, costs, seed, left, bad):
                gain = (cover[3] & left).bit_count() / (1 + cover[1])
                if gain > most:
                    best, most = cover, gain
        if best is None:
            return None
        _, _, literals_, mask = best
        case = frozenset(literals_)
        cases.append(case)
        covered[case] = mask
        left &= ~mask
    for case in sorted(cases, key=lambda c: -sum(costs[i] for i in c)):
        rest = [covered[other] for other in cases if other is not case]
        together = 0
        for mask in rest:
            together |= mask
        if rest and not good & ~together:
            cases.remove(case)
    return cases


def _conjunctions(
    chosen: Sequence[int],
    masks: Sequence[int],
    costs: Sequence[int],
    seed: int,
    good: int,
    bad: int,
) -> Iterator[_Cover]:
    """The conjunctions that hold at the seed and at no bad point: those of the fewest literals.

    One more literal is tried for what it may gain; from three literals on, only the most
    promising conjunctions are continued.
    """
    here = [(i, masks[i], costs[i]) for i in chosen if masks[i] & seed]
    found = 0
    level: list[_Cover] = [(0, 0, (), -1)]
    for size in range(1, LONGEST_CASE_DESCRIBED + 1):
        longer: dict[int, _Cover] = {}
        complete = False
        for _, spent, case, mask in level:
            for i, holds, more in here:
                both = mask & holds
                if both == mask:
                    continue  # as it is for the literals of the case themselves
                wrong = both & bad
                if not wrong:
                    complete = True
                    yield (0, spent + more, (*case, i), both)
                elif size < LONGEST_CASE_DESCRIBED and both not in longer:
                    rank = wrong.bit_count() - (both & good).bit_count()
                    longer[both] = (rank, spent + more, (*case, i), both)
        found += complete
        if found == 2 or (found and not complete) or not longer:
            return
        level = sorted(longer.values())[: BEAM if len(level) > 1 else None]

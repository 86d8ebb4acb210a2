"""From integer sets of parameters back to conditions: as short as isl can make them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache, reduce

import islpy as isl
from islpy import dim_type

from symconv.arithmetic import limits
from symconv.arithmetic.integer_sets import IntegerSets, Set, as_integer
from symconv.arithmetic.polynomials import (
    Condition,
    Conjunction,
    Every,
    Floor,
    Guard,
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
from symconv.arithmetic.short_conditions import Points, cost, is_plain, literals, shortest, values
from symconv.errors import Undecided

__all__ = ["Reader", "describe"]


def describe(set_: Set, among: Set, sets: IntegerSets, *, only_cases: bool = False) -> Condition:
    """A condition that, among the given parameters, says the same as the set.

    Several ways to put it are tried: as it stands, as a convex hull of the set, and as the
    negation of a convex hull of its complement.  Where none of them is short, comparisons,
    residues and lists of values are looked for that tell points in the set from others.
    Whatever is found is accepted only if it gives back the very same set.

    Args:
        set_: what is described.
        among: the parameters in question.
        sets: what the parameters are.
        only_cases: for a disjunction of conjunctions, and not a conjunction of disjunctions.
    """
    set_, among = set_.intersect(among).coalesce(), among.coalesce()
    if set_.is_equal(among):
        return Every(())
    if set_.is_empty():
        return Some(())
    return _Description(set_, among, sets, only_cases).shortest()


class _Description:
    """The ways to describe a set that is neither empty nor everything.

    Args:
        set_: the set.
        among: the parameters that are in question, a larger set.
        sets: what the parameters are.
        only_cases: see `describe`.
    """

    def __init__(self, set_: Set, among: Set, sets: IntegerSets, only_cases: bool) -> None:
        self.only_cases = only_cases
        self.set_ = set_
        self.among = among
        self.sets = sets
        self.rest = (among - set_).coalesce()
        self.reader = Reader(sets.parameters)
        self.seen: set[Guard] = set()

    def shortest(self) -> Condition:
        """The shortest of the descriptions that are found."""
        standing = self._cases(self.set_)
        found = some(map(every, standing))
        with suppress(Undecided), self.sets.within_budget(limits.SHORTENING_OPERATIONS):
            found = some(map(every, self._pruned(self._as_cases(standing))))
            if not _is_short(found) and cost(found) <= limits.HOPELESS:
                return self._by_examples(found) or found
        return found

    def _says_it(self, cases: Sequence[Conjunction]) -> bool:
        said = self.sets.where(cases).intersect(self.among)
        return bool(said.is_equal(self.set_))

    # --- hulls ---

    def _as_cases(self, standing: list[Conjunction]) -> list[Conjunction]:
        """The shortest disjunction of conjunctions that isl's hulls give."""
        ways: list[Callable[[], list[Conjunction]]] = [
            lambda: self._cases(self.set_.gist(self.among).coalesce()),
            lambda: self._one_residue() or standing,
        ]
        ways += [lambda of=of: self._cases(self._hull(self.set_, of)) for of in _HULLS]  # type: ignore[misc]
        ways += [lambda of=of: self._outside(of) for of in _HULLS]  # type: ignore[misc]
        best = standing
        for way in ways:
            if _size(best)[0] == 1 and _is_short(best[0][0]):
                break  # one comparison
            try:
                with self.sets.within_budget(limits.WAY_OPERATIONS):
                    found = way()
                    if _size(found) < _size(best) and self._says_it(found):
                        best = found
            except Undecided:
                continue
        return best

    def _one_residue(self) -> list[Conjunction] | None:
        """The residues of one parameter, where the set depends on nothing else."""
        atoms = {atom for guard in self.seen for atom in guard.polynomial.every_atom()}
        divisors = {atom.divisor.as_integer() for atom in atoms if isinstance(atom, Floor)}
        # The set or its complement, whichever is simpler, tells which classes it may be.
        simple, is_set = min((self.set_, True), (self.rest, False), key=_parts_of)
        for modulus in sorted(
            m for m in divisors if m is not None and m <= limits.LARGEST_MODULUS_TRIED
        ):
            for name in reversed(self.sets.parameters):
                p = Polynomial.of(name)
                classes: list[Conjunction] = [
                    (equal(p - modulus * floor(p, modulus), r),) for r in range(modulus)
                ]
                met = [c for c in classes if not (self.sets.where([c]) & simple).is_empty()]
                chosen = met if is_set else [c for c in classes if c not in met]
                if 0 < len(met) < modulus and self._says_it(chosen):
                    return chosen
        return None

    def _cases(self, part: Set) -> list[Conjunction]:
        cases = self.reader.cases(part)
        self.seen.update(guard for guards in cases for guard in guards)
        return cases

    def _hull(self, part: Set, of: Callable[[Set], isl.BasicSet | Set]) -> Set:
        wide = of(part)
        wide = Set.from_basic_set(wide) if isinstance(wide, isl.BasicSet) else wide
        return wide.coalesce().gist(self.among)

    def _outside(self, of: Callable[[Set], isl.BasicSet | Set]) -> list[Conjunction]:
        found = self._cases(self._hull(self.rest, of))
        parts = [case for guard in found[0] for case in negated(guard)] if len(found) == 1 else []
        narrowed = (
            self.sets.where([(case,)]).intersect(self.among).gist(self.among) for case in parts
        )
        return [case for part in narrowed for case in self._cases(part)]

    def _pruned(self, cases: list[Conjunction]) -> list[Conjunction]:
        """The description without the guards, and the cases, that the others make superfluous."""
        if not 1 < sum(map(len, cases)) <= limits.MOST_GUARDS_PRUNED:
            return cases
        try:
            with self.sets.within_budget(limits.WAY_OPERATIONS):
                cases = self._without_superfluous(cases)
                for i in range(len(cases)):
                    for guard in cases[i]:
                        shorter = tuple(g for g in cases[i] if g is not guard)
                        candidate = [*cases[:i], shorter, *cases[i + 1 :]]
                        if self._says_it(candidate):
                            cases = candidate
                cases = self._without_superfluous(cases)  # shorter cases may contain others
        except Undecided:
            pass
        return cases

    def _without_superfluous(self, cases: list[Conjunction]) -> list[Conjunction]:
        for case in cases:
            rest = [other for other in cases if other is not case]
            if rest and self._says_it(rest):
                cases = rest
        return cases

    # --- examples ---

    def _by_examples(self, present: Condition) -> Condition | None:
        """A shorter description than the present one, from points in the set and others.

        A guess that says too much or too little is tried again with the points that show it.
        """
        try:
            with self.sets.within_budget(limits.WAY_OPERATIONS):
                inside, outside = self._cases(self.set_), self._cases(self.rest)
                if len(inside) + len(outside) > limits.MOST_PARTS:
                    return None
                least = self._least()
                few = [pair for name in self.sets.parameters for pair in self._few(name, least)]
                points = _examples(self.sets.parameters, least)
                points += self._samples(self.set_) + self._samples(self.rest)
                known = Points(points).mask(some(map(every, [*inside, *outside])))
                points = [p for i, p in enumerate(points) if known >> i & 1]
                points = points[-limits.MOST_EXAMPLES :]
                for _ in range(limits.MOST_GUESSES):
                    tried = Points(points)
                    good = tried.mask(some(map(every, inside)))
                    tools = literals(self.seen, few, least, tried, good)
                    guess = shortest(tools, tried, good, only_cases=self.only_cases)
                    if guess is None or limits.LEAST_GAIN * cost(guess) > cost(present):
                        return None
                    said = self._set_of(guess).intersect(self.among)
                    wrong = self._samples(said - self.set_) + self._samples(self.set_ - said)
                    if not wrong:
                        return guess
                    points += wrong
        except Undecided:
            pass
        return None

    def _set_of(self, condition: Condition) -> Set:
        match condition:
            case Guard():
                return self.sets.where([(condition,)])
            case Every(parts):
                return reduce(Set.intersect, map(self._set_of, parts))
            case Some(parts):
                return reduce(Set.union, map(self._set_of, parts))

    def _samples(self, part: Set) -> list[dict[str, int]]:
        """A point of each of the first pieces of the set."""
        found = []
        for piece in part.get_basic_sets()[: limits.MOST_SAMPLES]:
            point = piece.sample_point()
            if not point.is_void():
                found.append(
                    {
                        name: as_integer(point.get_coordinate_val(dim_type.param, i))
                        for i, name in enumerate(self.sets.parameters)
                    }
                )
        return found

    def _least(self) -> dict[str, int]:
        """The least values of the parameters that have one."""
        least: dict[str, int] = {}
        for guards in self.reader.cases(self.among):
            for guard in guards:
                polynomial = guard.polynomial
                constant = polynomial.terms.get((), 0)
                for name in self.sets.parameters:
                    if polynomial - constant == Polynomial.of(name):
                        least[name] = max(least.get(name, -constant), -constant)
        return least

    def _few(self, name: str, least: Mapping[str, int]) -> Iterator[tuple[Condition, Condition]]:
        """Values and small bounds of a parameter, each condition with its opposite."""
        parameter = Polynomial.of(name)
        for part in (self.set_, self.rest):
            found = self._values(part, name)
            if found and found != [least.get(name)]:
                yield (
                    values(parameter, found),
                    every(some(negated(equal(parameter, value))) for value in found),
                )
        first = least.get(name)
        if first is not None:
            yield equal(parameter, first), at_least(parameter, first + 1)
            for bound in range(first + 1, first + limits.SMALL_BOUNDS_TRIED):
                yield at_least(bound, parameter), at_least(parameter, bound + 1)
                here = equal(parameter, bound)
                yield here, some(negated(here))

    def _values(self, part: Set, name: str) -> list[int]:
        """The values of a parameter in a set; none if they are many."""
        others = [other for other in self.sets.parameters if other != name]
        part = self.sets.exists(part, others)
        position = self.sets.parameters.index(name)
        line = part.from_params().move_dims(dim_type.set, 0, dim_type.param, position, 1)
        line = line.project_out(dim_type.param, 0, len(others))
        found: list[int] = []
        if not line.is_bounded():
            return []
        while not line.is_empty():
            if len(found) == limits.MOST_VALUES_LISTED:
                return []
            least = line.lexmin()
            value = least.sample_point().get_coordinate_val(dim_type.set, 0)
            found.append(as_integer(value))
            line = line - least
        return found


_HULLS = (Set.remove_divs, Set.simple_hull)


@lru_cache(maxsize=16)
def _offsets(count: int) -> list[tuple[int, ...]]:
    """Small numbers for so many parameters, most of them very small; always the same."""
    chance = random.Random(count)
    weights = [8, 8, 7, 6, 5, 4, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1]
    draws = [
        chance.choices(range(len(weights)), weights, k=limits.EXAMPLES_DRAWN) for _ in range(count)
    ]
    return list(dict.fromkeys(zip(*draws, strict=True)))


def _examples(names: Sequence[str], least: Mapping[str, int]) -> list[dict[str, int]]:
    return [
        {
            name: least.get(name, limits.LEAST_EXAMPLE) + offset
            for name, offset in zip(names, offsets, strict=True)
        }
        for offsets in _offsets(len(names))
    ]


def _parts_of(side: tuple[Set, bool]) -> int:
    return int(side[0].n_basic_set())


def _is_short(found: Condition) -> bool:
    return cost(found) <= limits.SHORT_ENOUGH and is_plain(found)


def _size(cases: list[Conjunction]) -> tuple[int, int]:
    return sum(map(len, cases)), sum(len(str(guard)) for guards in cases for guard in guards)


class Reader:
    """Reads isl's constraints as guards, and its expressions as polynomials.

    Args:
        parameters: the names of the parameters, in the order that isl has them in.
    """

    def __init__(self, parameters: Sequence[str]) -> None:
        self.parameters = parameters

    def cases(self, set_: Set) -> list[Conjunction]:
        """The set as cases, each of guards that hold together."""
        basic = [b for part in set_.compute_divs().get_basic_sets() for b in _explicit(part)]
        return sorted(
            (
                tuple(self._guard(c, b) for c in b.get_constraints() if not c.is_div_constraint())
                for b in basic
            ),
            key=str,
        )

    def value(self, affine: isl.Aff) -> tuple[Polynomial, int]:
        """An expression of isl in the parameters, as a polynomial over a number."""
        denominator = as_integer(affine.get_denominator_val())
        return self._polynomial(affine, self._divisions(affine), denominator), denominator

    def linear(self, constraint: isl.Constraint) -> Polynomial:
        """What a constraint says of the parameters, without its coordinates and floors."""
        return self._polynomial(constraint, ())

    def _divisions(self, of: isl.BasicSet | isl.Aff) -> list[Polynomial]:
        """The floors in something, of which each may have those before it in it."""
        divisions: list[Polynomial] = []
        for i in range(of.dim(dim_type.div)):
            quotient = of.get_div(i)
            denominator = as_integer(quotient.get_denominator_val())
            divisions.append(floor(self._polynomial(quotient, divisions, denominator), denominator))
        return divisions

    def _guard(self, constraint: isl.Constraint, basic: isl.BasicSet) -> Guard:
        polynomial = self._polynomial(constraint, self._divisions(basic))
        return Guard(
            polynomial, Relation.ZERO if constraint.is_equality() else Relation.AT_LEAST_ZERO
        )

    def _polynomial(
        self, linear: isl.Aff | isl.Constraint, divisions: Sequence[Polynomial], scale: int = 1
    ) -> Polynomial:
        """An isl expression times `scale`, for which its coefficients are integers."""
        number = as_integer(linear.get_constant_val() * scale)
        result = Polynomial.constant(number)
        for i, name in enumerate(self.parameters):
            c = as_integer(linear.get_coefficient_val(dim_type.param, i) * scale)
            result = result + c * Polynomial.of(name)
        for i, division in enumerate(divisions):
            c = as_integer(linear.get_coefficient_val(dim_type.div, i) * scale)
            result = result + c * division
        return result


def _explicit(basic: isl.BasicSet) -> list[isl.BasicSet]:
    """The set with its existential indices as explicit floors."""
    explicit = basic.compute_divs()
    return [explicit] if isinstance(explicit, isl.BasicSet) else list(explicit.get_basic_sets())

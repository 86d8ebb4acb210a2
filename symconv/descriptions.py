"""From integer sets of parameters back to conditions: as short as isl can make them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import islpy as isl
from islpy import dim_type

from symconv.errors import Undecided
from symconv.integer_sets import IntegerSets, Set
from symconv.polynomials import Conjunction, Guard, Polynomial, Relation, floor, negated

__all__ = ["describe"]

_MOST_GUARDS = 24  # in a description that is looked through for superfluous ones
_TRIES = 300_000  # isl operations that one way of putting a condition may take


def describe(set_: Set, among: Set, sets: IntegerSets) -> list[Conjunction]:
    """A disjunction of conjunctions that, among the given parameters, says the same as the set.

    Several ways to put it are tried: as it stands, as a convex hull of the set, and as the
    negation of a convex hull of its complement.  One is accepted only if it gives back the
    very same set; the shortest wins.
    """
    reader = _Reader(sets.parameters)
    set_, among = set_.intersect(among).coalesce(), among.coalesce()
    if set_.is_equal(among):
        return [()]
    if set_.is_empty():
        return []
    rest = (among - set_).coalesce()

    def hull(part: Set, of: Callable[[Set], isl.BasicSet | Set]) -> Set:
        wide = of(part)
        wide = Set.from_basic_set(wide) if isinstance(wide, isl.BasicSet) else wide
        return wide.coalesce().gist(among)

    def outside(of: Callable[[Set], isl.BasicSet | Set]) -> list[Conjunction]:
        found = reader.cases(hull(rest, of))
        parts = [case for guard in found[0] for case in negated(guard)] if len(found) == 1 else []
        narrowed = (sets.where([(case,)]).intersect(among).gist(among) for case in parts)
        return [case for part in narrowed for case in reader.cases(part)]

    hulls = (Set.remove_divs, Set.simple_hull, Set.affine_hull, Set.polyhedral_hull)
    ways: list[Callable[[], list[Conjunction]]] = [
        lambda: reader.cases(set_.gist(among).coalesce())
    ]
    ways += [lambda of=of: reader.cases(hull(set_, of)) for of in hulls]  # type: ignore[misc]
    ways += [lambda of=of: outside(of) for of in hulls]  # type: ignore[misc]
    best = reader.cases(set_)
    for way in ways:
        try:
            with sets.within_budget(_TRIES):
                found = way()
                if _size(found) < _size(best) and sets.where(found).intersect(among).is_equal(set_):
                    best = found
        except Undecided:
            continue
    return _pruned(best, set_, among, sets)


def _pruned(
    cases: list[Conjunction], meant: Set, among: Set, sets: IntegerSets
) -> list[Conjunction]:
    """The description without the guards, and the cases, that the others make superfluous."""

    def still_says_it(candidate: list[Conjunction]) -> bool:
        return bool(sets.where(candidate).intersect(among).is_equal(meant))

    def without_superfluous(cases: list[Conjunction]) -> list[Conjunction]:
        for case in cases:
            rest = [other for other in cases if other is not case]
            if rest and still_says_it(rest):
                cases = rest
        return cases

    if sum(map(len, cases)) > _MOST_GUARDS:
        return cases
    try:
        with sets.within_budget(_TRIES):
            cases = without_superfluous(cases)
            for i in range(len(cases)):
                for guard in cases[i]:
                    shorter = tuple(g for g in cases[i] if g is not guard)
                    candidate = [*cases[:i], shorter, *cases[i + 1 :]]
                    if still_says_it(candidate):
                        cases = candidate
            cases = without_superfluous(cases)  # shorter cases may contain others
    except Undecided:
        pass
    return cases


def _size(cases: list[Conjunction]) -> tuple[int, int]:
    return sum(map(len, cases)), sum(len(str(guard)) for guards in cases for guard in guards)


class _Reader:
    """Reads isl's constraints as guards."""

    def __init__(self, parameters: Sequence[str]) -> None:
        self.parameters = parameters

    def cases(self, set_: Set) -> list[Conjunction]:
        basic = [b for part in set_.compute_divs().get_basic_sets() for b in _explicit(part)]
        return sorted(
            (
                tuple(self._guard(c, b) for c in b.get_constraints() if not c.is_div_constraint())
                for b in basic
            ),
            key=str,
        )

    def _guard(self, constraint: isl.Constraint, basic: isl.BasicSet) -> Guard:
        divisions: list[Polynomial] = []
        for i in range(basic.dim(dim_type.div)):
            quotient = basic.get_div(i)
            denominator = int(quotient.get_denominator_val().to_python())
            divisions.append(floor(self._polynomial(quotient, divisions, denominator), denominator))
        polynomial = self._polynomial(constraint, divisions)
        return Guard(
            polynomial, Relation.ZERO if constraint.is_equality() else Relation.AT_LEAST_ZERO
        )

    def _polynomial(
        self, linear: isl.Aff | isl.Constraint, divisions: Sequence[Polynomial], scale: int = 1
    ) -> Polynomial:
        """An isl expression times `scale`, for which its coefficients are integers."""
        number = (linear.get_constant_val() * scale).to_python()
        result = Polynomial.constant(int(number))
        for i, name in enumerate(self.parameters):
            c = (linear.get_coefficient_val(dim_type.param, i) * scale).to_python()
            result = result + int(c) * Polynomial.of(name)
        for i, division in enumerate(divisions):
            c = (linear.get_coefficient_val(dim_type.div, i) * scale).to_python()
            result = result + int(c) * division
        return result


def _explicit(basic: isl.BasicSet) -> list[isl.BasicSet]:
    """The set with its existential indices as explicit floors."""
    explicit = basic.compute_divs()
    return [explicit] if isinstance(explicit, isl.BasicSet) else list(explicit.get_basic_sets())

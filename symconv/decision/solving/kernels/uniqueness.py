"""Whether an unknown is the only one: is each of its entries read by some output, alone?

The difference D of two kernels that both serve makes outputs that are 0 for every input.  In the
entry of such an output, each monomial of the inputs has a coefficient of 0.  Where all of these
are multiples of entries of D, and not sums of several, D is 0 exactly if each of its entries is
among them, for some sizes of the input that the hypotheses allow.  Numbers in front of an entry are
divided by, so that kernels are meant over fields in which no number but 0 is 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import chain, combinations

from symconv.arithmetic.integer_sets import IntegerSets, Set
from symconv.arithmetic.limits import DECISION_OPERATIONS
from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import (
    Conjunction,
    Monomial,
    Polynomial,
    at_least,
    equal,
    within,
)
from symconv.arithmetic.symbols import Sign
from symconv.arithmetic.terms import Factor, GuardedSum, Term, free_index
from symconv.arithmetic.to_sympy import letters
from symconv.decision.claims import Claim
from symconv.decision.difference_sets import hypotheses
from symconv.decision.parameters import Parameters
from symconv.decision.prove import bounded
from symconv.decision.solving.kernels.problems import Problem
from symconv.decision.verdicts import Proved
from symconv.errors import NonlinearError, SymconvError, Undecided
from symconv.language.signals import Tensor

__all__ = ["is_unique"]


def is_unique(problem: Problem) -> bool | None:
    """Whether no others of these shapes serve all sizes that are allowed; None if nobody knows."""
    found = _by_reading(problem)
    return False if found is None and _may_be_exchanged(problem) else found


def _may_be_exchanged(problem: Problem) -> bool:
    """Whether what is added to one unknown may be taken from another one, as of parallel layers."""
    asked = problem.claim(problem.unknowns)
    # A name of which no hypothesis says anything either.
    taken = {*asked.named, *(symbol.name for symbol in asked.symbols)}
    name = next(letters("d", taken)).name
    for one, other in combinations(problem.unknowns.values(), 2):
        if one.lengths != other.lengths or not one.is_nonempty:
            continue
        moved = Tensor(name, one.shape)
        kernels = {**problem.unknowns, one.name: one + moved, other.name: other - moved}
        with suppress(SymconvError):
            verdict = Claim(problem.with_kernels(kernels), problem.rhs, problem.given).prove()
            if isinstance(verdict, Proved) and verdict.is_complete:
                return True
    return False


def _by_reading(problem: Problem) -> bool | None:
    """Whether each entry of the unknowns is read alone; None if that is not known."""
    claim = problem.claim(problem.unknowns)
    if any(problem.inputs & one.named.keys() for one in claim.about_taps):
        return None  # entries of the inputs that hypotheses tie together are not read alone
    try:
        with bounded():
            return _Reading(problem).is_unique(exactly=True)
    except NonlinearError:
        pass
    except Undecided:
        return None
    try:  # of whatever size the unknowns are, which has products in it
        with bounded():
            return _Reading(problem.with_open_sizes()).is_unique(exactly=False) or None
    except Undecided:
        return None


class _Reading:
    """The entries of the unknowns that outputs read."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        claim = problem.claim(problem.unknowns).free
        names = [s.name for s in claim.symbols]
        self._far = [f"{max(names, default='')}_far_{axis}" for axis in range(problem.lhs.ndim)]
        self.sets = IntegerSets([*names, *self._far], DECISION_OPERATIONS)
        self.claim = claim
        self.right: GuardedSum = problem.right

    def is_unique(self, *, exactly: bool) -> bool | None:
        """See above; where it is not exact, only True means something."""
        problem, sets = self.problem, self.sets
        with sets.within_budget():
            known = hypotheses(self.claim, sets)
            if known.assumed:
                raise Undecided("a hypothesis has a product of symbols in it")
            terms = list(chain(*problem.terms.values()))
            if not self._each_alone(terms, known):
                return None
            unseen = sorted(problem.unseen & set(sets.parameters))
            for name, unknown in problem.unknowns.items():
                entry = free_index(unknown.ndim)
                inside = [
                    guard
                    for index, size in zip(entry, unknown.lengths, strict=True)
                    for guard in within(index, size)
                ]
                left = sets.points(range(unknown.ndim), tuple(inside))
                left = sets.exists(left.intersect_params(known.among), unseen)
                for term in problem.terms[name]:
                    if not left.is_empty():
                        left = left - self._read(term, name, exactly, known)
                if not left.is_empty():
                    return False
        return True

    # --- what is read ---

    def _read(self, term: Term, name: str, exactly: bool, known: Parameters) -> Set:
        """The entries that outputs read, where the inputs have entries.

        With a symbolic stride s, the product s·u has a name of its own.  Where an output serves
        for every such number that is large enough, it does so for some that are multiples of s.
        """
        unseen = sorted(self.problem.unseen & set(self.sets.parameters))
        far = {} if exactly else self._products(term)
        values = {u: Polynomial.of(self._far[i]) for i, u in enumerate(sorted(far))}

        def linear(polynomial: Polynomial) -> Polynomial:
            """The polynomial with a name for each product of an output's index and a stride."""
            terms: dict[Monomial, int] = {}
            for monomial, c in polynomial.terms.items():
                u = next((a for a in monomial if isinstance(a, int) and a in far), None)
                if u is not None and len(monomial) == 1 and polynomial != Polynomial.of(u):
                    raise Undecided("an output's index stands alone")
                if u is not None and len(monomial) > 1:
                    if tuple(a for a in monomial if a != u) != far[u]:
                        raise Undecided("an output's index stands in several products")
                    monomial = (self._far[sorted(far).index(u)],)
                terms[monomial] = terms.get(monomial, 0) + c
            return Polynomial(terms)

        outputs = [
            guard.map(linear)
            for u, size in zip(free_index(self.right.axes), self.right.shape, strict=True)
            for guard in within(u, size)
        ]
        own = next(f for f in term.factors if f.name == name)
        first = 1 + max([i.number for i in term.indices], default=self.right.axes)
        entry = range(first, first + len(own.position))
        placed = [equal(Polynomial.of(t), p) for t, p in zip(entry, own.position, strict=True)]
        guards = (*term.guards, *self._inside(term.factors), *placed)
        # That an index is not negative says the same of its product with a stride.
        guards = (*(g.map(linear) for g in guards), *outputs)
        guards = tuple(g.map(lambda p: p.substitute(dict(values.items()))) for g in guards)
        hidden = [*range(self.right.axes), *(i.number for i in term.indices)]
        free = [number for number in hidden if number not in far]
        points = self.sets.points(entry, guards, free).intersect_params(known.among)
        points = self.sets.exists(points, unseen)
        for i in range(len(far)):
            if not (self.sets.shifted(points, self._far[i]) - points).is_empty():
                raise Undecided("outputs far away do not read what others do")
            points = self.sets.exists(points, [self._far[i]])
        return points

    def _inside(self, factors: Sequence[Factor]) -> Conjunction:
        shapes = self.right.shapes
        return tuple(
            guard
            for factor in factors
            for p, size in zip(factor.position, shapes[factor.name], strict=True)
            for guard in within(p, size)
        )

    def _products(self, term: Term) -> dict[int, Monomial]:
        """The indices of the output that stand in products, and what they are multiplied with.

        Raises:
            Undecided: that may be 0, or is another index: its multiples then need not go far.
        """
        polynomials = [p for f in term.factors for p in f.position]
        polynomials += [g.polynomial for g in term.guards]
        found: dict[int, Monomial] = {}
        for monomial in (m for p in polynomials for m in p.terms if len(m) > 1):
            for u in monomial:
                if isinstance(u, int) and u < self.right.axes:
                    rest = list(monomial)
                    rest.remove(u)
                    if not is_at_least(Polynomial({tuple(rest): 1}), 1, self.problem.signs):
                        raise Undecided("an output's index is not multiplied with a stride")
                    found[u] = tuple(rest)
        return found

    # --- alone ---

    def _each_alone(self, terms: Sequence[Term], known: Parameters) -> bool:
        """Whether a monomial of the inputs stands beside one entry of one unknown only."""
        for i, term in enumerate(terms):
            for other in terms[i:]:
                kinds = [self._beside(one) for one in (term, other)]
                names = [[f.name for f in kind] for kind in kinds]
                if len(set(names[0])) < len(names[0]) or not set(names[0]) <= self.problem.inputs:
                    return False
                if sorted(names[0]) != sorted(names[1]):
                    continue
                if term is other and self._determined(term):
                    continue
                if self._may_meet(term, other, known):
                    return False
        return True

    def _beside(self, term: Term) -> list[Factor]:
        unknown = self.problem.unknowns
        return sorted((f for f in term.factors if f.name not in unknown), key=lambda f: f.name)

    def _unknown(self, term: Term) -> Factor:
        return next(f for f in term.factors if f.name in self.problem.unknowns)

    def _determined(self, term: Term) -> bool:
        """Whether the output and the positions in the inputs say which entry it is, plainly."""
        signs = self.problem.signs
        own = {i.number for i in term.indices}
        positions = [p for f in self._beside(term) for p in f.position]
        while True:
            found = next(
                (j for p in positions for j in own & p.indices() if _gives(p, j, own, signs)), None
            )
            if found is None:
                return not any(p.indices() & own for p in self._unknown(term).position)
            own.remove(found)

    def _may_meet(self, term: Term, other: Term, known: Parameters) -> bool:
        """Whether two entries may stand beside the same monomial in the same output."""
        shift = 1 + max([i.number for i in (*term.indices, *other.indices)], default=0)
        shift = max(shift, self.right.axes)
        other = other.renumbered({i.number: i.number + shift for i in other.indices})
        same = [
            equal(p, q)
            for one, another in zip(self._beside(term), self._beside(other), strict=True)
            for p, q in zip(one.position, another.position, strict=True)
        ]
        outputs = [
            guard
            for u, size in zip(free_index(self.right.axes), self.right.shape, strict=True)
            for guard in within(u, size)
        ]
        guards = (
            *term.guards,
            *other.guards,
            *self._inside((*term.factors, *other.factors)),
            *same,
            *outputs,
        )
        indices = [*range(self.right.axes), *(i.number for i in (*term.indices, *other.indices))]
        one, another = self._unknown(term), self._unknown(other)
        if one.name != another.name or term.coefficient * other.coefficient < 0:
            apart: list[Conjunction] = [()]  # of opposite signs, the same entry may cancel
        else:
            apart = [
                (guard,)
                for p, q in zip(one.position, another.position, strict=True)
                for guard in (at_least(p, q + 1), at_least(q, p + 1))
            ]
        return any(
            not self.sets.points(indices, (*guards, *more)).intersect_params(known.among).is_empty()
            for more in apart
        )


def _gives(p: Polynomial, index: int, own: set[int], signs: Mapping[str, Sign]) -> bool:
    """Whether a position determines an index, where the others that are not `own` are known."""
    factor = p.cofactor(index)
    rest = p - factor * Polynomial.of(index)
    return (
        not rest.indices() & own
        and not factor.indices()
        and (is_at_least(factor, 1, signs) or is_at_least(-factor, 1, signs))
    )

"""Maxima as sets: the largest of some entries depends on which these are, and on nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, count, product

from symconv.arithmetic.integer_sets import Set
from symconv.arithmetic.limits import MOST_WAYS_TO_BE_ZERO
from symconv.arithmetic.polynomials import (
    Atom,
    Conjunction,
    Polynomial,
    conjoined,
    equal,
    negated,
)
from symconv.arithmetic.terms import Factor, GuardedSum, SummationIndex, Term, free_index
from symconv.arithmetic.work import spend
from symconv.decision.coefficients import compare
from symconv.decision.networks.selections import Selections
from symconv.decision.parameters import Parameters
from symconv.language.any_size import guarded_sum
from symconv.language.operators import Maximum, MaxPool
from symconv.language.operators.base import Index, Shape, inside_of
from symconv.language.signals import SignalExpr, Tensor, replaced

__all__ = ["Elements", "is_maximum"]


def is_maximum(node: SignalExpr) -> bool:
    """Whether the entries of a node are maxima of others."""
    return isinstance(node.operator, MaxPool | Maximum)


class Elements:
    """The sets of which the entries of two tensors of one shape are the largest elements.

    An element is an entry of some tensor that is no maximum, or 0.  It is a term of one factor,
    or of none, for the values of its indices that fulfil its guards.

    Args:
        stand_in: the name for a tensor that is no maximum.
        selections: which nodes select entries.
        parameters: what is known of the symbols.
    """

    def __init__(
        self,
        stand_in: Callable[[SignalExpr], Tensor],
        selections: Selections,
        parameters: Parameters,
    ) -> None:
        self._stand_in = stand_in
        self._selections = selections
        self._parameters = parameters
        self._selected: dict[SignalExpr, tuple[GuardedSum, Mapping[str, SignalExpr]] | None] = {}
        self._nonnegative: set[str] = set()
        self._shapes: dict[str, Shape] = {}

    def are_the_same(self, one: SignalExpr, other: SignalExpr) -> bool:
        """Whether the entries of both are plainly the largest of the same elements.

        Where one set has 0 besides and the other has not, their maxima are equal if there is an
        element that is nowhere negative.

        Raises:
            Undecided: this lies beyond Presburger arithmetic.
        """
        shape = one.lengths
        outputs = inside_of(free_index(len(shape)), shape)
        left, right = (self._elements_of(node, outputs) for node in (one, other))
        if self._are_one_sum(left, right, shape):
            return True
        names = {_name(term) for term in (*left, *right)} - {None}
        least: list[Set] = []
        for name in sorted(filter(None, names)):
            sets = [self._points(terms, name, outputs) for terms in (left, right)]
            if not self._agree(*sets):
                return False
            if name in self._nonnegative:
                least.append(sets[0])
        zeros = [self._points(terms, None, outputs) for terms in (left, right)]
        open_ = (zeros[0] - zeros[1]) | (zeros[1] - zeros[0])
        for points in least:
            open_ = open_ - self._parameters.sets.shown(points, len(shape))
        return open_.intersect_params(self._parameters.among).is_empty()

    def _agree(self, one: Set, other: Set) -> bool:
        among = self._parameters.among
        return one.intersect_params(among).is_equal(other.intersect_params(among))

    def _are_one_sum(self, left: Sequence[Term], right: Sequence[Term], shape: Shape) -> bool:
        """Whether the elements are the same with multiplicities too, by changes of indices."""
        if len(left) != len(right) or not all(term.factors for term in (*left, *right)):
            return False
        one, other = (GuardedSum(tuple(terms), shape, self._shapes) for terms in (left, right))
        found = compare(one, other, self._parameters)
        return all(comparison.doubtful is None for comparison in found)

    def _points(self, terms: Sequence[Term], name: str | None, outputs: Conjunction) -> Set:
        """The points (output index, position) at which there are elements of one name."""
        axes = len(outputs) // 2
        rank = 0 if name is None else len(self._shapes[name])
        sets = self._parameters.sets
        result = sets.nothing(axes + rank)
        for term in terms:
            if _name(term) != name:
                continue
            numbers = [index.number for index in term.indices]
            first = max(numbers, default=axes - 1) + 1
            positions = range(first, first + rank)
            places = chain(*(factor.position for factor in term.factors))
            placed = tuple(
                equal(Polynomial.of(p), place) for p, place in zip(positions, places, strict=True)
            )
            guards = (*outputs, *self._parameters.assumed, *term.guards, *placed)
            result = result | sets.points([*range(axes), *positions], guards, numbers)
        return result

    # --- which elements there are ---

    def _elements_of(self, node: SignalExpr, outputs: Conjunction) -> list[Term]:
        index = free_index(node.ndim)
        return list(self._elements(node, index, outputs, count(node.ndim)))

    def _elements(
        self, node: SignalExpr, index: Index, known: Conjunction, fresh: Iterator[int]
    ) -> Iterator[Term]:
        """The elements for the entry at an index, which lies inside where what is known holds."""
        spend(20 + len(known))
        if is_maximum(node):
            for one in node.operator.candidates(node, index, fresh):
                every = (*known, *one.guards)
                for term in self._elements(one.operand, one.index, every, fresh):
                    yield _ranging(term, one.indices).guarded(*one.guards)
            return
        selected = self._selection(node)
        cases = None if selected is None else self._cases(selected[0], index, known)
        if selected is None or cases is None:
            yield Term(factors=(Factor(self._named(node), index),))
            return
        _, origins = selected
        for term, guards in cases:
            if not term.factors:
                yield term.guarded(*guards)
                continue
            (factor,) = term.factors
            origin = origins[factor.name]
            if is_maximum(origin):
                every = (*known, *guards)
                for inner in self._elements(origin, factor.position, every, fresh):
                    yield inner.guarded(*guards)
            else:
                name = self._named(origin)
                yield Term(factors=(Factor(name, factor.position),), guards=guards)

    def _named(self, node: SignalExpr) -> str:
        """The name of a tensor that is no maximum."""
        leaf = self._stand_in(node)
        self._shapes[leaf.name] = leaf.lengths
        function = getattr(node.operator, "function", None)
        if function is not None and function.is_nonnegative:
            self._nonnegative.add(leaf.name)
        return leaf.name

    def _selection(self, node: SignalExpr) -> tuple[GuardedSum, Mapping[str, SignalExpr]] | None:
        """A node by the entries that it selects, and from where; None if it selects nothing."""
        if not self._selections.has(node):
            return None
        if node not in self._selected:
            origins: dict[str, SignalExpr] = {}

            def new(one: SignalExpr) -> SignalExpr | None:
                if self._selections.has(one):
                    return None
                leaf = self._stand_in(one)
                origins[leaf.name] = one
                return leaf

            bare = replaced(node, new)
            summed = guarded_sum(bare)
            is_plain = all(
                len(term.factors) == 1
                and term.coefficient == 1
                and not (term.indices or term.divisors)
                for term in summed.terms
            )
            self._selected[node] = (summed, origins) if is_plain else None
        return self._selected[node]

    def _cases(
        self, summed: GuardedSum, index: Index, known: Conjunction
    ) -> list[tuple[Term, Conjunction]] | None:
        """What an entry is, by cases: an entry of an origin, or 0; None where that is not plain."""
        values: dict[Atom, Polynomial] = dict(enumerate(index))
        found = []
        for term in summed.terms:
            moved = term.substitute(values)
            (factor,) = moved.factors
            inside = inside_of(factor.position, summed.shapes[factor.name])
            found.append((moved, (*moved.guards, *inside)))
        for i, (_, guards) in enumerate(found):
            for _, others in found[:i]:
                both = [(*known, *guards, *others)]
                if not self._parameters.never(both):
                    return None
        alternatives = [
            [opposite for guard in guards for opposite in negated(guard)] for _, guards in found
        ]
        zero: list[tuple[Term, Conjunction]] = []
        for tried, chosen in enumerate(product(*map(tuple, alternatives))):
            if tried > MOST_WAYS_TO_BE_ZERO:
                return None
            every = (*known, *chosen)
            if conjoined(every) is not None and not self._parameters.never([every]):
                zero.append((Term(), chosen))
        return found + zero


def _ranging(term: Term, numbers: Sequence[int]) -> Term:
    """The elements for all values of further indices, which the guards bound."""
    nothing = Polynomial({})
    return term.summed(*(SummationIndex(number, nothing, nothing) for number in numbers))


def _name(term: Term) -> str | None:
    return term.factors[0].name if term.factors else None

"""Reading off what an unknown tensor has to be, by a change of indices.

On the side with the unknown K the terms are Σ_J K[p]·x[q], and on the other one Σ_I k[…]·x[q′].
Where q = q′, both read the same entry of x, and this fixes J.  With p = t, what is left in front
of x is the entry K[t]: for two layers of stride 2 and one of stride 4, q = q′ says
4u + j = 4u + 2i + i′, and K[t] = Σ_i k[i]·k[t − 2i].

That is done for an output in the middle: terms that are there at the ends alone, as what is padded,
are left out, and so are guards that are about the output or about the sizes of the input.  So what
is read off is a guess, which a proof has to follow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import count

from symconv.arithmetic.limits import STEPS_OF_AN_ATOM
from symconv.arithmetic.polynomials import (
    Atom,
    Conjunction,
    Guard,
    Polynomial,
    Relation,
    equal,
)
from symconv.arithmetic.terms import Factor, GuardedSum, SummationIndex, Term
from symconv.arithmetic.work import spend
from symconv.decision.index_changes import is_unit, solved_for
from symconv.decision.solving.kernels.elimination import Elimination
from symconv.decision.solving.kernels.groups import group_by_guards, split_outputs
from symconv.decision.solving.long_inputs import for_long_inputs, is_never_in_the_middle

__all__ = ["Pair", "factor_inside", "pairs", "read_off"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A term with an unknown, and one of the other side that reads the same entries of the inputs.

    All indices have numbers of their own: those of the unknown's entry come first, then those
    of the known term, those of the unknown term, and those of the output.

    Attributes:
        known: the term of the other side.
        unknown: the factor that is the unknown.
        axes: how many axes the unknown has.
        outputs: the numbers of the output's indices.
        factors: the factors of the known term beside the inputs.
        same: that both read the same entries of the inputs.
        at: that the entry of the unknown is the one at the first indices.
        guards: what else the known term says.
        between: the indices of the unknown term.
        weight: the coefficient of the known term, divided by that of the unknown one.
        shapes: the shapes of the named tensors.
    """

    known: Term
    unknown: Factor
    axes: int
    outputs: tuple[int, ...]
    factors: tuple[Factor, ...]
    same: tuple[Polynomial, ...]
    at: tuple[Polynomial, ...]
    guards: Conjunction
    between: tuple[int, ...]
    weight: Term
    shapes: Mapping[str, tuple[Polynomial, ...]]


def _written_size(term: Term) -> int:
    """How many atoms there are in a term."""
    guards = sum(guard.polynomial.written_size() for guard in term.guards)
    return guards + sum(p.written_size() for one in term.factors for p in one.position)


def pairs(
    lhs: GuardedSum,
    unknown: Term,
    rhs: GuardedSum,
    name: str,
    inputs: Collection[str],
    unseen: AbstractSet[str],
) -> list[Pair]:
    """Each term of a side with a term of the other one that holds an unknown.

    Without those that are there at the ends of the output alone.

    Args:
        lhs: the side without it.
        unknown: the term, in which the unknown is a factor.
        rhs: the side that the term is of.
        name: the name of the unknown.
        inputs: the names of the tensors on which it must not depend.
        unseen: the sizes on which it must not depend.
    """
    factor = next(f for f in unknown.factors if f.name == name)
    read = [f for f in unknown.factors if f is not factor]
    shapes = {**lhs.shapes, **rhs.shapes}
    found = []
    for term in lhs.terms:
        split = _split(term, [f.name for f in read], inputs)
        divisors = Counter(term.divisors)
        divisors.subtract(unknown.divisors)
        if split is None or any(times < 0 for times in divisors.values()):
            continue
        spend(STEPS_OF_AN_ATOM * (_written_size(term) + _written_size(unknown)))
        numbers = count(len(factor.position))
        mine = {i.number: next(numbers) for i in term.indices}
        theirs = {i.number: next(numbers) for i in unknown.indices}
        outputs = {a: next(numbers) for a in range(lhs.axes)}
        known = term.renumbered({**mine, **outputs})
        lengths = dict(zip(outputs.values(), lhs.shape, strict=True))
        if any(is_never_in_the_middle(g, lengths, unseen) for g in known.guards):
            continue
        other = unknown.renumbered({**theirs, **outputs})
        ours = [known.factors[i] for i in split[0]]
        others = [f for f in other.factors if f.name != name]
        theirs_k = next(f for f in other.factors if f.name == name)
        weight = Term(term.coefficient / unknown.coefficient, divisors=tuple(divisors.elements()))
        alone = [
            equal(p, 0)  # an axis of one entry is read there alone
            for f in (*known.factors, *others)
            for p, size in zip(f.position, shapes[f.name], strict=True)
            if size.as_integer() == 1 and p.terms
        ]
        same = [
            for_long_inputs(p - q, unseen)
            for one, another in zip(ours, others, strict=True)
            for p, q in zip(one.position, another.position, strict=True)
        ]
        at = [
            for_long_inputs(p, unseen) - Polynomial.of(axis)
            for axis, p in enumerate(theirs_k.position)
        ]
        found.append(
            Pair(
                known,
                theirs_k,
                len(factor.position),
                tuple(outputs.values()),
                tuple(factor_inside(known.factors[i], unseen) for i in split[1]),
                tuple(same),
                tuple(at),
                # What the unknown's term says of its indices belongs to the change of indices.
                tuple(
                    g.map(partial(for_long_inputs, sizes=unseen))
                    for g in (
                        *known.guards,
                        *(g for g in other.guards if g.relation is Relation.ZERO),
                        *alone,
                    )
                ),
                tuple(theirs.values()),
                weight,
                shapes,
            )
        )
    return found


def factor_inside(factor: Factor, unseen: AbstractSet[str]) -> Factor:
    """The factor at a position for large inputs."""
    return Factor(factor.name, tuple(for_long_inputs(p, unseen) for p in factor.position))


def _split(
    term: Term, read: Sequence[str], inputs: Collection[str]
) -> tuple[list[int], list[int]] | None:
    """Which factors are the inputs that are read, and which ones the others; None if there are not.

    That is also so where the others are inputs.
    """
    left = list(range(len(term.factors)))
    ours = []
    for name in read:
        first = next((i for i in left if term.factors[i].name == name), None)
        if first is None:
            return None
        left.remove(first)
        ours.append(first)
    return None if any(term.factors[i].name in inputs for i in left) else (ours, left)


def read_off(pair: Pair, unseen: AbstractSet[str], positive: Collection[str]) -> Term | None:
    """What a pair of terms says that the entry of the unknown is, in its first indices.

    Args:
        pair: the pair.
        unseen: the symbols on which the unknown must not depend: the sizes of the inputs.
        positive: the symbols that are at least 1.

    Returns:
        The term; None where it depends on which output is looked at, or on the sizes of the input.
    """
    pair = _with_groups(pair)
    numbers = [i.number for i in pair.known.indices]
    own = [g.polynomial for g in pair.guards if g.relation is Relation.ZERO]
    order = [*reversed(pair.between), *reversed(numbers), *pair.outputs]
    found = Elimination([*pair.at, *pair.same, *own], order, positive)
    guards_left = [g for g in pair.guards if g.relation is not Relation.ZERO]
    for output in pair.outputs:
        if output not in found.values:
            put = [g.map(found.put_in) for g in guards_left]
            group = group_by_guards(output, put, range(pair.axes), unseen)
            if group is not None:
                found.put(output, group[0])
                guards_left = [
                    g for g, one in zip(guards_left, put, strict=True) if one not in group[1]
                ]
    left = [number for number in numbers if number not in found.values]
    # To choose the output is to choose an index on which it depends now.
    chosen: list[int] = []
    for output in pair.outputs:
        depends = found.put_in(Polynomial.of(output)).indices()
        chosen += [number for number in left if number in depends and number not in chosen][-1:]
    left = [number for number in left if number not in chosen]
    # Each index that is left becomes the position of a factor, which moves with the output.
    moved = {
        number: solved_for(position, number, Polynomial.of(number))
        for number, position in _positions_of(left, pair.factors, found)
    }

    def put_in(polynomial: Polynomial) -> Polynomial:
        return found.put_in(polynomial).substitute(dict(moved.items()))

    factors = tuple(Factor(f.name, tuple(map(put_in, f.position))) for f in pair.factors)
    hidden: list[Atom] = [*unseen, *pair.outputs, *pair.between, *chosen]
    hidden = [atom for atom in hidden if atom not in found.values]

    def is_free(polynomial: Polynomial) -> bool:
        return not any(polynomial.mentions(atom) for atom in hidden)

    if not all(is_free(p) for f in factors for p in f.position):
        return None
    if not all(map(is_free, pair.weight.divisors)):
        return None
    others = [put_in(e) for e in found.left]
    guards = [equal(e, 0) for e in others if e.terms] + [
        g.map(put_in).reduced(frozenset(positive)) for g in guards_left
    ]
    given = {i.number: (put_in(i.lower), put_in(i.upper)) for i in pair.known.indices}
    ranges = {number: [*_ranges(number, factors, pair.shapes), given[number]] for number in left}
    indices: list[SummationIndex] = []
    while left:  # the range of an index may depend on those of which the sums stand outside
        found_range = next(
            (
                SummationIndex(number, *ends)
                for number in left
                for ends in ranges[number]
                if all(is_free(end) and not end.indices() & set(left) for end in ends)
            ),
            None,
        )
        if found_range is None:
            return None
        indices.append(found_range)
        left.remove(found_range.number)
    kept = tuple(dict.fromkeys(g for g in guards if is_free(g.polynomial) and not _always(g)))
    if any(_never(g) for g in kept):
        return Term(Fraction(0))
    return replace(pair.weight, indices=tuple(indices), factors=factors, guards=kept)


def _with_groups(pair: Pair) -> Pair:
    """The pair with two indices for each output of which quotients are read."""
    outputs, instead = split_outputs(pair.outputs, pair.at)
    if not instead:
        return pair

    def put_in(polynomial: Polynomial) -> Polynomial:
        return polynomial.substitute(instead)

    return replace(
        pair,
        known=pair.known.substitute(instead),
        outputs=outputs,
        factors=tuple(Factor(f.name, tuple(map(put_in, f.position))) for f in pair.factors),
        same=tuple(map(put_in, pair.same)),
        at=tuple(map(put_in, pair.at)),
        guards=tuple(g.map(put_in) for g in pair.guards),
    )


def _positions_of(
    indices: Sequence[int], factors: Sequence[Factor], found: Elimination
) -> Iterator[tuple[int, Polynomial]]:
    """For an index the position of a factor along an axis that moves with it, one for each."""
    places = [found.put_in(p) for f in factors for p in f.position]
    taken: set[int] = set()
    for index in indices:
        for i, place in enumerate(places):
            others = place.indices() & set(indices) - {index}
            if i not in taken and is_unit(place, index) and not others:
                taken.add(i)
                yield index, place
                break


def _always(guard: Guard) -> bool:
    number = guard.polynomial.as_integer()
    return number is not None and (
        number == 0 or (guard.relation is not Relation.ZERO and number > 0)
    )


def _never(guard: Guard) -> bool:
    return guard.polynomial.as_integer() is not None


def _ranges(
    index: int, factors: Sequence[Factor], shapes: Mapping[str, tuple[Polynomial, ...]]
) -> list[tuple[Polynomial, Polynomial]]:
    """Where factors have entries, of which the index is the position, or differs from it."""
    places = [
        (p, size)
        for f in factors
        for p, size in zip(f.position, shapes[f.name], strict=True)
        if is_unit(p, index)
    ]
    found = []
    for position, size in sorted(places, key=lambda place: len(place[0].terms)):
        ends = (
            solved_for(position, index, Polynomial({})),
            solved_for(position, index, size - 1),
        )
        found.append(ends if position.coefficient(index) == 1 else ends[::-1])
    return found

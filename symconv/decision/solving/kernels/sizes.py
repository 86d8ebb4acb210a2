"""The sizes of an unknown: by what is read of it, by the lengths of both sides, by its layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import count

from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import (
    Floor,
    Guard,
    Polynomial,
    Relation,
    floor,
    maximum,
    quotient,
)
from symconv.arithmetic.symbols import Sign
from symconv.decision.solving.kernels.elimination import Elimination
from symconv.decision.solving.kernels.reading_off import (
    Pair,
    factor_inside,
    read_off,
)
from symconv.decision.solving.long_inputs import for_long_inputs

__all__ = ["size_by_lengths", "size_by_requirements", "support"]


def support(
    found: Sequence[Pair], axis: int, unseen: AbstractSet[str], signs: Mapping[str, Sign], size: str
) -> Polynomial | None:
    """How many entries along an axis what is read off needs, the first one being entry 0.

    Args:
        found: the pairs of terms.
        axis: the axis of the unknown.
        unseen: the symbols on which the unknown must not depend.
        signs: the signs of the symbols.
        size: the symbol that stands for the size meanwhile.
    """
    largest: Polynomial | None = None
    for pair in found:
        ends = (
            _ends(pair, axis, unseen, signs, inputs_first=False)
            or _ends(pair, axis, unseen, signs, inputs_first=True)
            or _divided(pair, axis, unseen, signs)
        )
        if ends is None:
            continue
        low, high = ends
        if high.mentions(size):  # the unknown is read from its other end
            high = Polynomial.of(size) - low - 1
        if any(high.mentions(name) for name in {*unseen, size}):
            return None
        if largest is None or is_at_least(high + 1 - largest, 0, signs):
            largest = high + 1
        elif not is_at_least(largest - high - 1, 0, signs):
            largest = maximum(largest, high + 1)
    return largest


def _ends(
    pair: Pair,
    axis: int,
    unseen: AbstractSet[str],
    signs: Mapping[str, Sign],
    *,
    inputs_first: bool,
) -> tuple[Polynomial, Polynomial] | None:
    """The least and the largest position that is read along an axis of the unknown.

    It is written in the positions of the other factors, each of which has a range: in those of
    the inputs only where the others do not do, or first of all.
    """
    positive = {name for name, sign in signs.items() if sign.least == 1}
    numbers = [i.number for i in pair.known.indices]
    entry = list(range(pair.axes))
    fresh = count(1 + max([*entry, *numbers, *pair.between, *pair.outputs]))
    last: dict[int, Polynomial] = {}
    places = []
    beside = [f for f in pair.known.factors if factor_inside(f, unseen) not in pair.factors]
    factors = (*beside, *pair.factors) if inputs_first else (*pair.factors, *beside)
    for factor in factors:
        for p, size in zip(factor.position, pair.shapes[factor.name], strict=True):
            if not any(size.mentions(name) for name in unseen):
                number = next(fresh)
                last[number] = size - 1
                places.append(p - Polynomial.of(number))
    first = {number: Polynomial({}) for number in last}
    for index in pair.known.indices:
        if not any(
            bound.indices() or any(bound.mentions(name) for name in unseen)
            for bound in (index.lower, index.upper)
        ):
            first[index.number], last[index.number] = index.lower, index.upper
    own = [g.polynomial for g in pair.guards if g.relation is Relation.ZERO]
    order = [*reversed(pair.between), *reversed(numbers), *pair.outputs, *entry]
    found = Elimination([*places, *pair.same, *own, *pair.at], order, positive)
    low = high = found.values.get(axis, Polynomial.of(axis))
    for number in sorted(low.indices()):
        times = low.cofactor(number)
        rest = low - times * Polynomial.of(number)
        if number not in last or times.indices() or rest.mentions(number):
            return None
        begin, end = first[number], last[number]
        if is_at_least(-times, 0, signs):
            begin, end = end, begin
        elif not is_at_least(times, 0, signs):
            return None
        low, high = low.substitute({number: begin}), high.substitute({number: end})
    return low, high


def _divided(
    pair: Pair, axis: int, unseen: AbstractSet[str], signs: Mapping[str, Sign]
) -> tuple[Polynomial, Polynomial] | None:
    """The ends where the unknown has some of the entries of a factor, such as k[2t + 1]."""
    positive = {name for name, sign in signs.items() if sign.least == 1}
    term = read_off(pair, unseen, positive)
    if term is None:
        return None
    for factor in term.factors:
        for p, size in zip(factor.position, pair.shapes[factor.name], strict=True):
            step = p.cofactor(axis)
            rest = p - step * Polynomial.of(axis)
            if step.terms and not rest.indices() and is_at_least(step, 1, signs):
                return Polynomial({}), floor(size - 1 - rest, step)
    return None


def size_by_lengths(
    ours: Polynomial, others: Polynomial, size: str, unseen: AbstractSet[str]
) -> Polynomial | None:
    """What a size is by the lengths of both sides, in one of which it stands.

    A length is max(0, ⌊a/d⌋ + b), and both are equal where a + d·b is.
    """
    one, other = for_long_inputs(ours, unseen), for_long_inputs(others, unseen)
    inner, divisor = _rounded(one, size)
    if divisor is not None:
        rounded = [atom for atom in other.atoms() if isinstance(atom, Floor)]
        same = [atom for atom in rounded if atom.divisor == divisor]
        if len(same) != 1 or other.terms.get((same[0],)) != 1:
            return None
        rest = other - Polynomial.of(same[0])
        other = same[0].numerator + divisor * rest
        one = inner
    number = one.coefficient(size)
    if abs(number) != 1 or (one - number * Polynomial.of(size)).mentions(size):
        return None
    return number * (other - one) + Polynomial.of(size)


def _rounded(length: Polynomial, size: str) -> tuple[Polynomial, Polynomial | None]:
    """A + d·b and d, where a length is ⌊a/d⌋ + b and the size stands in a."""
    rounded = [
        atom for atom in length.atoms() if isinstance(atom, Floor) and atom.numerator.mentions(size)
    ]
    if len(rounded) != 1 or length.terms.get((rounded[0],)) != 1:
        return length, None
    atom = rounded[0]
    return atom.numerator + atom.divisor * (length - Polynomial.of(atom)), atom.divisor


def size_by_requirements(guards: Iterable[Guard], size: str) -> Polynomial | None:
    """What a size is where a layer requires it, as that C groups of it are C channels."""
    for guard in guards:
        factor = guard.polynomial.cofactor(size)
        rest = factor * Polynomial.of(size) - guard.polynomial
        if guard.relation is Relation.ZERO and factor.terms and not rest.mentions(size):
            found = quotient(rest, factor)
            if found is not None:
                return found
    return None

"""Counterexamples: differences as concrete numbers, re-checked by plain arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count, product
from math import isfinite

import flint
from sympy import Float

from symconv.arithmetic.limits import BITS_OF_BALLS
from symconv.arithmetic.work import spend
from symconv.decision.claims import Claim
from symconv.decision.first_differences import (
    Difference,
    first_apart,
    floats_tell,
    values_of_sides,
)
from symconv.decision.verdicts import Counterexample
from symconv.language import fixed_size
from symconv.language.arrays import Array, flattened, indices, nested
from symconv.language.assignments import Point, check_point, leaf_shape
from symconv.language.graph import has_opaque

__all__ = ["DisagreementError", "counterexample", "told_with_taps"]


class DisagreementError(RuntimeError):
    """The decision and plain arithmetic contradict each other: a defect of symconv."""


def counterexample(claim: Claim, found: Difference) -> Counterexample:
    """The difference as concrete numbers, re-checked by plain arithmetic.

    The entries that occur in the differing monomial are small positive integers, all
    others 0, so that hardly anything else is left of the two sides.

    Raises:
        DisagreementError: the two sides are equal there after all.
    """
    lengths = found.lengths
    at = {s: lengths[s.name] for s in claim.symbols}
    check_point(at)
    if claim.contradicted(at) is not None:
        raise DisagreementError(f"{claim}: the counterexample {lengths} contradicts the hypotheses")
    fixed_size.check_defined((*claim.mentioned, *claim.about), at)
    if not claim.signals:
        left, right = values_of_sides(claim, at)
        if left != right:
            return Counterexample(lengths, {}, None, left, right)
    elif found.values is not None:
        left, right = found.values.sides(claim, at)
        have_one_shape = left.shape == right.shape
        first = first_apart(left, right) if have_one_shape else None
        if first is not None or not have_one_shape:
            is_plain = first is None or floats_tell(left, right, first)
            sides = [_rounded(side, is_plain) for side in (left, right)]
            told = _told(lengths, found.values.arrays, first, *sides)
            return replace(told, functions=found.values.written())
    elif found.names is None:
        data = _filled(claim, at, {}, other=1)
        left, right = (fixed_size.array(side, data, at) for side in claim.signals)
        if left.shape != right.shape:
            return _told(lengths, data, None, left, right)
    else:
        u, places = _places(claim, found)
        for values in _small_values(len(places), lambda: _degree(claim, at, u)):
            data = _filled(claim, at, dict(zip(places, values, strict=True)), other=0)
            left, right = (fixed_size.array(side, data, at) for side in claim.signals)
            pairs = zip(indices(left.shape), left.entries, right.entries, strict=True)
            differing = [index for index, a, b in pairs if a != b]
            if u in differing:
                return _told(lengths, data, differing[0], left, right)
    raise DisagreementError(
        f"{claim}: the sides were found to differ at {lengths}, but arithmetic finds them equal"
    )


def _rounded(array: Array, is_plain: bool) -> Array:
    """The entries as they are shown: the middle of a ball as a float.

    Args:
        array: the entries.
        is_plain: whether floats do; otherwise they are SymPy's, of more digits and of any size.
    """
    return Array(
        array.shape,
        [
            (float(a.mid()) if is_plain and isfinite(float(a.mid())) else _in_more_digits(a))
            if isinstance(a, flint.arb)
            else a
            for a in array.entries
        ],
    )


def _in_more_digits(ball: flint.arb) -> Float:
    mantissa, exponent = map(int, ball.mid().man_exp())
    magnitude = abs(mantissa)
    parts = (int(mantissa < 0), magnitude, exponent, magnitude.bit_length())
    return Float(parts, precision=BITS_OF_BALLS)


def told_with_taps(claim: Claim, found: Counterexample) -> Counterexample:
    """A counterexample in the tensors that a claim names, for one in what stands for them.

    Args:
        claim: a claim with hypotheses on taps.
        found: a counterexample to the claim without them, `claim.free`.

    Raises:
        DisagreementError: a hypothesis does not hold there, or the sides are equal.
    """
    if not (claim.signals and claim.standing.tensors):
        return found
    at = {s: found.lengths[s.name] for s in claim.symbols}
    data = {
        name: Array(leaf_shape(leaf, at), flattened(found.signals[name], leaf.ndim))
        for name, leaf in sorted(claim.named.items())
    }
    made = {name: fixed_size.array(one, data, at) for name, one in claim.standing.tensors.items()}
    data |= made
    for hypothesis in claim.about_taps:
        one, other = (fixed_size.array(side, data, at) for side in hypothesis.signals)
        if one != other:
            raise DisagreementError(f"{claim}: {hypothesis} does not hold at {found}")
    if has_opaque(*claim.signals):  # whose sides are computed in another way, from the same entries
        return replace(found, signals={name: nested(entries) for name, entries in data.items()})
    left, right = (fixed_size.array(side, data, at) for side in claim.signals)
    if left.shape != right.shape:
        return _told(found.lengths, data, None, left, right)
    pairs = zip(indices(left.shape), left.entries, right.entries, strict=True)
    differing = next((index for index, a, b in pairs if a != b), None)
    if differing is None:
        raise DisagreementError(f"{claim}: arithmetic finds both sides equal at {found}")
    return _told(found.lengths, data, differing, left, right)


def _told(
    lengths: Mapping[str, int],
    data: Mapping[str, Array],
    index: tuple[int, ...] | None,
    left: Array,
    right: Array,
) -> Counterexample:
    signals = {name: nested(entries) for name, entries in data.items()}
    where = index[0] if index is not None and len(index) == 1 else index
    return Counterexample(lengths, signals, where, nested(left), nested(right))


def _places(
    claim: Claim, found: Difference
) -> tuple[tuple[int, ...], list[tuple[str, tuple[int, ...]]]]:
    """The output index of a difference, and the entries in its monomial."""
    axes = len(claim.signals[0].lengths)
    u, rest = found.point[:axes], found.point[axes:]
    places = []
    for name in found.names or ():
        rank = len(claim.named[name].sizes)
        places.append((name, rest[:rank]))
        rest = rest[rank:]
    return u, sorted(set(places))


def _filled(
    claim: Claim, at: Point, values: Mapping[tuple[str, tuple[int, ...]], int], other: int
) -> dict[str, Array]:
    """Entries for the named tensors, with the given values at some places."""
    shapes = {name: leaf_shape(leaf, at) for name, leaf in sorted(claim.named.items())}
    return {
        name: Array(shape, [values.get((name, index), other) for index in indices(shape)])
        for name, shape in shapes.items()
    }


def _degree(claim: Claim, at: Point, u: tuple[int, ...]) -> int:
    """The largest power of an entry in the difference of the sides at output index u."""
    (left, right), _ = fixed_size.polynomials(claim.signals, claim.named, at)
    return max(map(int, (left.at(u) - right.at(u)).degrees()), default=0)


def _small_values(size: int, degree: Callable[[], int]) -> Iterator[tuple[int, ...]]:
    """Tuples of positive integers, those with small entries first.

    A nonzero polynomial of degree d in each variable has a nonzero value where each is one
    of 1, …, d + 1 (N. Alon, Combinatorial Nullstellensatz, 1999, lemma 2.1).
    """
    for bound in count(1):
        spend(bound ** min(size, 20))
        if bound > 2 and bound > degree() + 1:  # most are found before it has to be known
            return
        for values in product(range(1, bound + 1), repeat=size):
            if max(values, default=1) == bound:
                yield values

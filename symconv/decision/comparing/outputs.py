"""Outputs of two networks in numbers: at which sizes they differ, and by how much.

Computed in double precision.  How far rounding may move an output is measured by moving every
number on the way by a thousand times what rounding does; a difference has to be ten times that.
Where an output has no value, or none that a double has, nothing is said of it.
Where it is not known which weights are the same up to rounding, these are moved as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from zlib import crc32

from symconv.arithmetic.limits import (
    FEWEST_EVALUATED,
    FEWEST_SIZES_EVALUATED,
    LARGER_SIZES_EVALUATED,
    LARGEST_ROUNDING_TRIED,
    LEAST_TIMES_ROUNDING,
    LENGTH_WITH_A_MIDDLE,
    MOST_SIZES_EVALUATED,
    MOST_WORK_OF_A_SEARCH,
    WORK_OF_A_LONG_SEARCH,
)
from symconv.arithmetic.polynomials import Polynomial, at_least, equal
from symconv.arithmetic.work import allowed, left
from symconv.decision.comparing.aligning import Alignment, Pair, below_what_is_equal
from symconv.decision.comparing.computations import Sides
from symconv.decision.comparing.segments import Comparer, Deviation, largest_of
from symconv.decision.comparing.sizes import Sizes
from symconv.errors import SymconvError
from symconv.language.assignments import Point
from symconv.language.double_precision import doubles
from symconv.language.graph import leaves, symbols_in, walk
from symconv.language.operators import Extend, Pad
from symconv.language.signals import SignalExpr

__all__ = [
    "Evaluated",
    "OutputDifference",
    "differs_at_the_border",
    "differs_by_a_constant",
    "drawn",
    "first_difference",
    "seed_of",
]

_SCALES = (1.0, 8.0, -8.0, 512.0)
"""Of the inputs: large ones of either sign reach what functions such as ReLU6 cut off.

With powers of two, single precision has the products too.
"""


@dataclass(frozen=True)
class OutputDifference:
    """An output at which two networks differ.

    Attributes:
        sizes: the sizes, by name.
        output: which of the outputs.
        index: which of its entries; None where the shapes differ.
        values: the entry of the first and of the second; or both shapes.
        rounding: by how much rounding may move them.
        inputs: the inputs, by name.
        scale: these are so many times what `drawn` says.
    """

    sizes: Mapping[str, int]
    output: int
    index: tuple[int, ...] | None
    values: tuple[Any, Any]
    rounding: float
    inputs: Mapping[str, Any]
    scale: float = 1.0


class Evaluated:
    """Numbers of both networks and of their segments.

    Attributes:
        sides: both networks.
        sizes: which sizes they take.
        alignment: their segments, compared.
        comparer: knows their weights.
        corrected: what weights are exactly that agree with a formula up to rounding, by name.
    """

    def __init__(
        self, sides: Sides, sizes: Sizes, alignment: Alignment, comparer: Comparer
    ) -> None:
        self.sides = sides
        self.sizes = sizes
        self.alignment = alignment
        self.comparer = comparer
        self._held: dict[str, Any] = {}  # so that no weight is made double twice
        self.corrected = {
            one.name: one.wanted
            for pair in alignment.pairs
            if pair.how == "agree" and pair.equality is not None
            for one in pair.equality.deviations
            if one.wanted is not None
        }

    def weights(self, names: Sequence[str], corrected: bool) -> dict[str, Any]:
        """The numbers of weights; corrected are those that agree with a formula up to rounding."""
        found = {}
        for name in names:
            if corrected and name in self.corrected:
                kernel = self.corrected[name]
                (found[name],) = doubles([kernel], self.weights(list(leaves(kernel)), False), {})
            else:
                if name not in self._held:
                    self._held[name] = self.comparer.weights[name].values
                found[name] = self._held[name]
        return found

    def agree(self, pair: Pair, one: Any, other: Any) -> bool:
        """Whether two arrays differ by no more than weights that are moved by what is allowed."""
        if one.shape != other.shape:
            return False
        names = [name for name in leaves(*pair.segments) if name in self.comparer.weights]
        allowed = max(map(self.comparer.allowed, names), default=0.0)
        one, other = _finite(one, other)
        return largest_of(one - other) <= LEAST_TIMES_ROUNDING * allowed * largest_of(one)

    def named(
        self, outputs: Sequence[SignalExpr], at: Point, scale: float, corrected: bool
    ) -> dict[str, Any]:
        """The numbers of all named tensors: weights, and inputs at random."""
        known = {n: one for output in outputs for n, one in leaves(output).items()}
        inputs = [name for name in known if name not in self.comparer.weights]
        given = self.weights([name for name in known if name in self.comparer.weights], corrected)
        for name in inputs:
            given[name] = scale * drawn(name, [size.at(at) for size in known[name].sizes])
        return given


def _finite(*arrays: Any) -> list[Any]:
    """Arrays with 0 wherever one of them has no value, as a root below 0, or one too large."""
    import numpy as np

    has_values = np.logical_and.reduce([np.isfinite(array) for array in arrays])
    return [np.where(has_values, array, 0.0) for array in arrays]


def drawn(name: str, shape: Sequence[int]) -> Any:
    """Standard normal numbers that single precision has too, the same every time."""
    import numpy as np  # of no use to anybody who compares signals

    numbers = np.random.default_rng(seed_of(name)).standard_normal(shape)
    return numbers.astype(np.float32).astype(np.float64)


def seed_of(name: str) -> int:
    """By what the numbers of an input are drawn."""
    return crc32(name.encode())


def _differing(numbers: Evaluated, at: Mapping[str, int]) -> list[Pair]:
    """The pairs of segments that are not proved equal and whose numbers differ at some sizes."""
    return [
        pair
        for pair in numbers.alignment.pairs
        if not pair.is_equal and (pair.how == "weights" or _differ(numbers, pair, at))
    ]


def _differ(numbers: Evaluated, pair: Pair, at: Mapping[str, int]) -> bool:
    point = _point(pair.segments, at)
    for scale in _SCALES:
        named = numbers.named(pair.segments, point, scale, corrected=False)
        try:
            one, other = doubles(pair.segments, named, point)
        except SymconvError:
            return True  # one of them is not defined there
        if not numbers.agree(pair, one, other):
            return True
    return False


def differs_by_a_constant(numbers: Evaluated, pair: Pair, at: Mapping[str, int]) -> bool:
    """Whether what two segments make differs by the same tensor for all inputs, as by a bias.

    That is seen from inputs at random and from zeros; a function that comes last is left out.
    """
    import numpy as np  # of no use to anybody who compares signals

    segments = below_what_is_equal(*pair.segments)
    point = _point(segments, at)
    named = numbers.named(segments, point, 1.0, corrected=False)
    weights = numbers.comparer.weights
    zeros = {name: one if name in weights else 0.0 * one for name, one in named.items()}
    try:
        one, other = doubles(segments, named, point)
        first, second = doubles(segments, zeros, point)
    except SymconvError:
        return False
    if one.shape != other.shape or numbers.agree(pair, one, other):
        return False
    with np.errstate(invalid="ignore"):
        return numbers.agree(pair, one - first, other - second)


def differs_at_the_border(numbers: Evaluated, pair: Pair) -> Mapping[str, int] | None:
    """Sizes with a middle at which what two segments make differs, but nowhere in the middle.

    The ends are a quarter of each axis along which something is padded, on either side.  That is
    seen from inputs at random and proves nothing.

    Returns:
        The sizes; None where the middle differs too, or no such sizes were found.
    """
    one, other = pair.segments
    if one.lengths != other.lengths:
        return None
    padded = _padded(pair)
    lengths = [one.lengths[axis] for axis in padded]
    try:
        at = _with_a_middle(numbers.sizes, lengths) if padded else None
        if at is None:
            return None
        point = _point(pair.segments, at)
        is_apart = False
        for scale in _SCALES:
            named = numbers.named(pair.segments, point, scale, corrected=False)
            first, second = doubles(pair.segments, named, point)
            middle = tuple(
                slice(size // 4, size - size // 4) if axis in padded else slice(None)
                for axis, size in enumerate(first.shape)
            )
            if not first[middle].size or not numbers.agree(pair, first[middle], second[middle]):
                return None
            is_apart = is_apart or not numbers.agree(pair, first, second)
    except SymconvError:
        return None
    return at if is_apart else None


def _padded(pair: Pair) -> frozenset[int]:
    """The axes of what a pair makes along which one of them pads something.

    Those of fixed lengths, which may be channels, only where there are no others.
    """
    axes = frozenset(
        node.operator.axis
        for segment in pair.segments
        for node in walk(segment)
        if isinstance(node.operator, Pad | Extend) and node.ndim == segment.ndim
    )
    lengths = pair.segments[0].lengths
    return frozenset(axis for axis in axes if lengths[axis].as_integer() is None) or axes


def _with_a_middle(sizes: Sizes, lengths: Sequence[Polynomial]) -> dict[str, int] | None:
    """The smallest sizes that are taken for which lengths that depend on them are not short."""
    sets = sizes.known.sets
    with sets.within_budget():
        long = tuple(
            at_least(one, LENGTH_WITH_A_MIDDLE) for one in lengths if one.as_integer() is None
        )
        return next(sets.in_order(sizes.among.intersect(sets.where([long]))), None)


def _point(tensors: Sequence[SignalExpr], at: Mapping[str, int]) -> Point:
    return {symbol: at[name] for name, symbol in symbols_in(*tensors).items()}


def first_difference(numbers: Evaluated) -> tuple[OutputDifference | None, list[Pair]]:
    """The first sizes at which outputs differ, and the pairs of segments that do there.

    The smallest sizes are tried, as many as the limits say, and a few that are much larger: the
    first are not the smallest of all where a difference shows in larger images alone.

    Raises:
        Undecided: it would take too long to tell.
    """
    evaluated = 0
    pairs: list[Pair] = []
    with allowed(MOST_WORK_OF_A_SEARCH):
        before = left()
        for number, at in enumerate(_in_order(numbers.sizes)):
            is_long = before - left() > WORK_OF_A_LONG_SEARCH
            if is_long and (number >= FEWEST_SIZES_EVALUATED or evaluated == FEWEST_EVALUATED):
                break
            pairs = _differing(numbers, at)
            if not pairs and not numbers.alignment.unmatched:
                continue
            found = _difference_at(numbers, at)
            if found is not None:
                return found, pairs
            evaluated += 1
    return None, pairs


def _in_order(sizes: Sizes) -> Iterator[dict[str, int]]:
    """Some sizes that are taken, the smallest first, and then some that are much larger."""
    sets = sizes.known.sets
    with sets.within_budget():
        yield from islice(sets.in_order(sizes.among), MOST_SIZES_EVALUATED)
        for more in LARGER_SIZES_EVALUATED:
            at = {name: value + more for name, value in sizes.first.items()}
            here = [tuple(equal(Polynomial.of(name), value) for name, value in at.items())]
            if not sizes.among.intersect(sets.where(here)).is_empty():
                yield at


def _difference_at(numbers: Evaluated, at: Mapping[str, int]) -> OutputDifference | None:
    """An output at which both differ at these sizes, by more than rounding does."""
    import numpy as np

    sides = numbers.sides
    outputs = [*sides.a.outputs, *sides.b.outputs]
    count = len(sides.a.outputs)
    point = _point(outputs, at)
    for scale in _SCALES:
        named = numbers.named(outputs, point, scale, corrected=False)
        inputs = {
            one.name: scale * drawn(one.name, [size.at(_point([one], at)) for size in one.sizes])
            for one in sides.inputs
        }
        corrected = numbers.weights(
            [name for name in named if name in numbers.corrected], corrected=True
        )
        exact = named | corrected
        right = doubles(outputs, exact, point)
        moved = doubles(outputs, _moved(numbers, exact), point, perturbed=LARGEST_ROUNDING_TRIED)
        shown = doubles(outputs, named, point) if corrected else right
        for number in range(count):
            both = number, count + number
            one, other = (right[i] for i in both)
            if one.shape != other.shape:
                return OutputDifference(
                    at, number, None, (one.shape, other.shape), 0.0, inputs, scale
                )
            if not one.size:
                continue
            one, other, *both_moved = _finite(one, other, moved[number], moved[count + number])
            rounding = max(largest_of(both_moved[0] - one), largest_of(both_moved[1] - other))
            apart = np.abs(one - other)
            if largest_of(apart) <= LEAST_TIMES_ROUNDING * rounding:
                continue
            place = tuple(map(int, np.unravel_index(int(np.argmax(apart)), apart.shape)))
            values = float(shown[number][place]), float(shown[count + number][place])
            return OutputDifference(at, number, place, values, rounding, inputs, scale)
    return None


def _moved(numbers: Evaluated, named: Mapping[str, Any]) -> Mapping[str, Any]:
    """The weights that one network alone has, moved by the tolerance, where nothing corrects them.

    Where functions were not matched, or segments not proved, nobody knows which weights are the
    same up to rounding.  Those that are off are moved by so little that what they are off by is
    more: several may make up for each other, as where one layer is multiplied by what the next one
    is divided by, and entries that nothing reads may be any.
    """
    import numpy as np

    pairs = numbers.alignment.pairs
    own = {**numbers.sides.a.own, **numbers.sides.b.own}  # numbers in the code may be the others
    if numbers.alignment.unmatched:
        moved = dict.fromkeys(own, 1.0)
    else:
        unproved = [pair for pair in pairs if pair.how not in ("proved", "agree", "weights")]
        off = {one.name for pair in pairs if pair.how == "weights" for one in _off(pair)}
        moved = dict.fromkeys(off, 1 / LEAST_TIMES_ROUNDING)
        moved |= {name: 1.0 for pair in unproved for name in leaves(*pair.segments) if name in own}
    found = dict(named)
    for name, part in moved.items():
        if name in found:
            one = found[name]
            allowed = part * numbers.comparer.allowed(name)
            found[name] = one + allowed * largest_of(one) * np.sign(drawn(name, one.shape))
    return found


def _off(pair: Pair) -> Iterator[Deviation]:
    """The weights that are not what they have to be."""
    for one in () if pair.equality is None else pair.equality.deviations:
        if not one.is_within:
            yield one

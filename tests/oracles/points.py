"""Integer sets point by point: which points of a window are in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from islpy import dim_type

from symconv.arithmetic.integer_sets import IntegerSets, Set, as_integer
from symconv.arithmetic.polynomials import Conjunction, Polynomial, at_least

__all__ = ["members"]


def members(
    sets: IntegerSets, set_: Set, window: Mapping[str, range], coordinates: Sequence[range] = ()
) -> set[tuple[int, ...]]:
    """The values of the parameters, sorted by name, and of the coordinates."""
    lengths = [
        guard for name, values in window.items() for guard in _between(Polynomial.of(name), values)
    ]
    inner = [g for i, values in enumerate(coordinates) for g in _between(Polynomial.of(i), values)]
    box = sets.points(range(len(coordinates)), (*lengths, *inner))
    flat = box.intersect_params(set_) if set_.is_params() else box.intersect(set_)
    flat = flat.move_dims(dim_type.set, 0, dim_type.param, 0, len(sets.parameters))
    found: set[tuple[int, ...]] = set()
    width = len(sets.parameters) + len(coordinates)

    def add(point: object) -> None:
        at = point.get_coordinate_val  # type: ignore[attr-defined]
        found.add(tuple(as_integer(at(dim_type.set, i)) for i in range(width)))

    flat.foreach_point(add)
    return found


def _between(number: Polynomial, values: range) -> Conjunction:
    return at_least(number, values.start), at_least(values.stop - 1, number)

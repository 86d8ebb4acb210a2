"""Tensors at fixed sizes: a shape, and the entries in the order in which they are read.

Plain lists, so that the entries may be from any ring, and a vector costs what its list costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np  # which is loaded where something is computed with it
    from numpy.typing import NDArray

__all__ = ["Array", "Doubles", "Place", "flattened", "from_lines", "indices", "lines", "nested"]

Doubles: TypeAlias = "NDArray[np.float64]"
"""Entries in double precision, as an array of NumPy in the shape of the tensor."""

Place: TypeAlias = tuple[int, ...]
"""The index of an entry, one number for each axis."""


class Array(NamedTuple):
    """Entries by rows: the last index runs fastest.

    Attributes:
        shape: how many entries there are along each axis.
        entries: all of them.
    """

    shape: tuple[int, ...]
    entries: list[Any]

    def at(self, place: Place) -> Any:
        """The entry at an index that lies inside."""
        number = 0
        for position, size in zip(place, self.shape, strict=True):
            number = number * size + position
        return self.entries[number]


def indices(shape: tuple[int, ...]) -> Iterator[Place]:
    """Every index, in the order of the entries."""
    return product(*map(range, shape))


def lines(array: Array, axis: int) -> Iterator[list[Any]]:
    """The entries along an axis, line by line.

    >>> list(lines(Array((2, 2), [1, 2, 3, 4]), 0))
    [[1, 3], [2, 4]]
    """
    outer, inner = prod(array.shape[:axis]), prod(array.shape[axis + 1 :])
    block = array.shape[axis] * inner
    for start in range(outer):
        for offset in range(inner):
            first = start * block + offset
            yield array.entries[first : (start + 1) * block : inner]


def from_lines(rows: Iterable[list[Any]], shape: tuple[int, ...], axis: int) -> list[Any]:
    """The entries of an array of which the lines along an axis are given."""
    result: list[Any] = [None] * prod(shape)
    inner = prod(shape[axis + 1 :])
    block = shape[axis] * inner
    for number, row in enumerate(rows):
        start, offset = divmod(number, inner)
        result[start * block + offset : (start + 1) * block : inner] = row
    return result


def nested(array: Array) -> list[Any]:
    """The entries as lists of lists; of a vector, the list itself.

    >>> nested(Array((2, 3), [1, 2, 3, 4, 5, 6]))
    [[1, 2, 3], [4, 5, 6]]
    """
    if not array.shape:
        return array.entries[0]  # type: ignore[no-any-return]  # a number
    result = array.entries
    for size in reversed(array.shape[1:]):
        count = len(result) // size if size else 0
        result = [result[i * size : (i + 1) * size] for i in range(count)]
    if 0 in array.shape[1:]:
        return _empty(array.shape)
    return result


def _empty(shape: tuple[int, ...]) -> list[Any]:
    """Nested lists of a shape in which a size is 0."""
    return [_empty(shape[1:]) for _ in range(shape[0])] if shape else []


def flattened(entries: Any, axes: int) -> list[Any]:
    """The entries of nested lists, by rows."""
    for _ in range(axes - 1):
        entries = [entry for row in entries for entry in row]
    return list(entries)

"""The named tensors in a tensor, by name; what it has in common with its operands is held once.

In a network of many layers, a tensor has all weights of the layers below it.  With a mapping of
its own for each, time and memory would grow with the square of the number of layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symconv.language.signals import Tensor

__all__ = ["NamedTensors"]

_lock = Lock()


class _Line:
    """Tensors in the order in which they were met; more are put at the end, and none is removed.

    Attributes:
        tensors: all of them.
        names: their names.
        places: where each name is.
        origin: the line that this one began as a copy of, if there is one.
        copied: how many tensors it has in common with that.
        generation: how many lines there were before it, of which each is a copy of the last one.
    """

    __slots__ = ("copied", "generation", "names", "origin", "places", "tensors")

    def __init__(self, origin: _Line | None = None, copied: int = 0) -> None:
        self.tensors: list[Tensor] = [] if origin is None else origin.tensors[:copied]
        self.names: list[str] = [] if origin is None else origin.names[:copied]
        self.places = {name: place for place, name in enumerate(self.names)}
        self.origin = origin
        self.copied = copied
        self.generation: int = 0 if origin is None else origin.generation + 1

    def put(self, tensors: Sequence[Tensor]) -> None:
        """Put tensors at the end."""
        for tensor in tensors:
            self.places[tensor.name] = len(self.names)
            self.names.append(tensor.name)
            self.tensors.append(tensor)


class NamedTensors(Mapping[str, "Tensor"]):
    """Tensors by their names, in the order in which they were met; it does not change.

    It is the beginning of a line that others may continue, each of which has more of it.

    Args:
        tensors: of different names.
    """

    __slots__ = ("_count", "_line")

    def __init__(self, *tensors: Tensor) -> None:
        self._line = _Line()
        self._line.put(tensors)
        self._count = len(tensors)

    @classmethod
    def _beginning(cls, line: _Line, count: int) -> NamedTensors:
        made = cls.__new__(cls)
        made._line, made._count = line, count
        return made

    def __getitem__(self, name: str) -> Tensor:
        place = self._line.places.get(name)
        if place is None or place >= self._count:
            raise KeyError(name)
        return self._line.tensors[place]

    def __iter__(self) -> Iterator[str]:
        return islice(self._line.names, self._count)

    def __len__(self) -> int:
        return self._count

    def __repr__(self) -> str:
        return f"NamedTensors({', '.join(map(repr, islice(self._line.tensors, self._count)))})"

    def without_those_of(self, other: NamedTensors) -> Iterator[Tensor]:
        """The tensors that are not the same in another mapping.

        What both are known to have in common is not looked at.
        """
        places, tensors, count = other._line.places, other._line.tensors, other._count
        for tensor in islice(self._line.tensors, self._in_common(other), self._count):
            place = places.get(tensor.name)
            if place is None or place >= count or tensors[place] is not tensor:
                yield tensor

    def _in_common(self, other: NamedTensors) -> int:
        """How many tensors, from the first on, both have from one line."""
        one, two = self._line, other._line
        common = min(self._count, other._count)
        while one is not two:
            if one.generation < two.generation:
                one, two = two, one
            if one.origin is None:
                return 0
            common = min(common, one.copied)
            one = one.origin
        return common

    def continued(self, more: Sequence[Tensor]) -> NamedTensors:
        """These and more tensors, whose names are others."""
        if not more:
            return self
        line, end = self._line, self._count + len(more)
        with _lock:
            next_ones = line.tensors[self._count : end]
            if not next_ones:
                line.put(more)
            elif len(next_ones) < len(more) or any(
                one is not two for one, two in zip(next_ones, more, strict=True)
            ):
                line = _Line(line, self._count)
                line.put(more)
        return self._beginning(line, end)

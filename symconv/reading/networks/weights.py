"""Weights: numbers that a framework holds, each of which is one named tensor here."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from keyword import iskeyword
from types import MappingProxyType
from typing import Any

from symconv.language.signals import SignalExpr, Tensor

__all__ = ["Weight", "Weights"]


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight, and the tensor that stands for it.

    Attributes:
        name: of the tensor.
        origin: what it is called in the module, as layer1.0.conv1.weight; or what it is made of.
        tensor: the named tensor, of one entry where the weight is a number.
        source: the framework's own tensor; of what is made of one, that one.
        precision: the distance from 1 to the next number in the precision in which it is held.
        numbers: its numbers as a NumPy array, as they are held; in the memory of the framework.
        values: a copy of them in double precision.
    """

    name: str
    origin: str
    tensor: Tensor
    source: Any = field(repr=False)
    _held: Callable[[], Any] = field(repr=False)
    precision: float

    @property
    def numbers(self) -> Any:
        """The numbers as they are held, as a NumPy array in the shape of the tensor."""
        return self._held().reshape([int(size) for size in self.tensor.sizes])

    @property
    def values(self) -> Any:
        """The numbers, in double precision, as a NumPy array in the shape of the tensor."""
        return self.numbers.astype(float)


class Weights:
    """The weights that were met, each under a name of its own.

    Equal is what has the same key: the same tensor of the framework, and what is made of it in
    the same way.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._by_key: dict[Hashable, Weight] = {}

    def __contains__(self, key: Hashable) -> bool:
        return key in self._by_key

    @property
    def by_name(self) -> Mapping[str, Weight]:
        """The weights by the names of their tensors, in the order in which they were met."""
        return MappingProxyType({weight.name: weight for weight in self._by_key.values()})

    def by_key(self, key: Hashable) -> Weight | None:
        """The weight that was met under a key, if it was."""
        return self._by_key.get(key)

    def tensor(
        self,
        key: Hashable,
        origin: str,
        shape: tuple[int, ...],
        source: Any,
        held: Callable[[], Any],
        precision: float,
    ) -> SignalExpr:
        """The tensor of a weight, which is named where it is new.

        Args:
            key: by which it is known again.
            origin: what it is called; the name is made of that.
            shape: of its numbers.
            source: the framework's own tensor.
            held: gives its numbers, as they are held.
            precision: of these.
        """
        if key not in self._by_key:
            name = self.free_name(origin)
            named = Tensor(name, shape or (1,))
            self._by_key[key] = Weight(name, origin, named, source, held, precision)
        found: SignalExpr = self._by_key[key].tensor
        return found if shape else found.rearrange("1 -> ")

    def free_name(self, origin: str) -> str:
        """An identifier like a name, which nothing else has.

        >>> weights = Weights(["x"])
        >>> weights.free_name("layer1.0.conv"), weights.free_name("layer1_0.conv")
        ('layer1_0_conv', 'layer1_0_conv_2')
        """
        plain = "".join(c if c.isalnum() or c == "_" else "_" for c in origin)
        if not plain.isidentifier() or iskeyword(plain):
            plain = f"w_{plain}"
        name, number = plain, 1
        while name in self._taken:
            number += 1
            name = f"{plain}_{number}"
        self._taken.add(name)
        return name

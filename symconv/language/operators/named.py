"""Named tensors, all of whose entries are free; and what all have whose shape is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from symconv.arithmetic.polynomials import at_least
from symconv.arithmetic.terms import Factor, Term
from symconv.language.amounts import Amount
from symconv.language.arrays import Array, Doubles
from symconv.language.assignments import Point
from symconv.language.operators.base import (
    ATOM,
    Code,
    Fixed,
    Index,
    InDoubles,
    Mathematics,
    NumPy,
    Operator,
    Requirement,
    Rule,
    Shape,
)

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Named", "OfGivenShape"]


class OfGivenShape(Operator):
    """An operator whose shape is given with it, and follows from no operand.

    Attributes:
        sizes: how many entries there are along each axis.
    """

    __slots__ = ()

    is_source = True

    if TYPE_CHECKING:
        sizes: tuple[Amount, ...]

    def rank(self, operands: Sequence[SignalExpr]) -> int:
        """One for each size."""
        return len(self.sizes)

    def shape(self, node: SignalExpr) -> Shape:
        """The given sizes."""
        return tuple(size.polynomial for size in self.sizes)

    def shows_an_entry(self, node: SignalExpr) -> bool:
        """Whether all sizes are plainly positive."""
        return all(size.is_at_least(1) for size in self.sizes)

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """No size is negative, where the signs of its symbols leave that open."""
        for axis, size in enumerate(self.sizes):
            if not size.is_at_least(0):
                told = partial(self._could_be_negative, node, axis)
                yield Requirement((at_least(size.polynomial, 0),), told)

    def _could_be_negative(self, node: SignalExpr, axis: int) -> str:
        what = "length" if len(self.sizes) == 1 else f"size along axis {axis}"
        size = self.sizes[axis]
        return f"the {what} of {node}, {size}, could be negative; add the hypothesis {size} >= 0"

    def shape_at(
        self, at: Point, node: SignalExpr, shapes: Sequence[tuple[int, ...]]
    ) -> tuple[int, ...]:
        """The given sizes."""
        return tuple(size.at(at) for size in self.sizes)


@dataclass(frozen=True, slots=True)
class Named(OfGivenShape):
    """The tensor of a name, applied to nothing; see `Tensor` and `Signal`."""

    name: str
    sizes: tuple[Amount, ...]

    arity = 0

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """Itself: an entry of a named tensor is zero outside by definition."""
        yield from ()
        return (Term(factors=(Factor(self.name, index),)),)

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """The entries that are given."""
        return list(fixed.arrays[self.name].entries)

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """The entries that are given."""
        import numpy as np

        entries = np.asarray(given.named[self.name], dtype=np.float64)
        return np.abs(entries) if given.magnitudes else entries

    def code(self, write: Code, node: SignalExpr) -> str:
        """The name."""
        return self.name

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The name."""
        return write.name(self.name), ATOM

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """The name."""
        return write.name(self.name)

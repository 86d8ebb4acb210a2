"""Signals and tensors with known entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy

from symconv.arithmetic.polynomials import Polynomial, equal
from symconv.arithmetic.terms import Term
from symconv.language.arrays import Array, Doubles, indices, nested
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
    Rule,
    Shape,
)
from symconv.language.scalars import multiple

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Taps"]


@dataclass(frozen=True, slots=True)
class Taps(Operator):
    """Known entries, applied to nothing; see `Signal.taps` and `Tensor.taps`.

    Attributes:
        numbers: the entries, by rows.
        sizes: how many there are along each axis; of one axis, as many as there are.
    """

    numbers: tuple[Fraction, ...]
    sizes: tuple[int, ...] | None = None

    is_source = True
    arity = 0

    def rank(self, operands: Sequence[SignalExpr]) -> int:
        """One for each size."""
        return len(self.known_shape)

    @property
    def known_shape(self) -> tuple[int, ...]:
        """How many entries there are along each axis."""
        return (len(self.numbers),) if self.sizes is None else self.sizes

    def shape(self, node: SignalExpr) -> Shape:
        """As many entries as there are numbers."""
        return tuple(map(Polynomial.constant, self.known_shape))

    def shows_an_entry(self, node: SignalExpr) -> bool:
        """Whether there is a number."""
        return bool(self.numbers)

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """Each number where the index is its place."""
        yield from ()
        return tuple(
            Term(coefficient=number, guards=tuple(map(equal, index, place)))
            for place, number in zip(indices(self.known_shape), self.numbers, strict=True)
            if number
        )

    def shape_at(
        self, at: Point, node: SignalExpr, shapes: Sequence[tuple[int, ...]]
    ) -> tuple[int, ...]:
        """As many entries as there are numbers."""
        return self.known_shape

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """The numbers."""
        return [multiple(number, fixed.zero + 1) for number in self.numbers]

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """The numbers."""
        import numpy as np

        return np.array([given.number(number) for number in self.numbers]).reshape(shape)

    @property
    def has_fractions(self) -> bool:
        """Whether a number is none of the integers."""
        return any(number.denominator > 1 for number in self.numbers)

    def code(self, write: Code, node: SignalExpr) -> str:
        """The call that makes them."""
        texts = list(map(write.argument, self.numbers))
        if self.sizes is None:
            return f"Signal.taps({', '.join(texts)})"
        return f"Tensor.taps({_in_brackets(texts, self.sizes, '[', ']')})"

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The numbers in brackets."""
        texts = [write.number(sympy.Rational(number)) for number in self.numbers]
        brackets = (r"\left[", r"\right]") if write.is_latex else ("[", "]")
        return _in_brackets(texts, self.known_shape, *brackets), ATOM

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """An array."""
        rows = nested(Array(self.known_shape, list(self.numbers)))
        text = write.array(rows)
        known = len(self.known_shape) == 1 or all(self.known_shape)
        return text if known else f"{text}.reshape({self.known_shape})"


def _in_brackets(texts: list[str], shape: tuple[int, ...], left: str, right: str) -> str:
    """Nested lists of texts."""

    def listed(part: list[Any]) -> str:
        return left + ", ".join(p if isinstance(p, str) else listed(p) for p in part) + right

    return listed(nested(Array(shape, texts)))

"""Signals with known entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy

from symconv.arithmetic.polynomials import Polynomial, equal
from symconv.arithmetic.terms import Term
from symconv.language.arrays import Array
from symconv.language.assignments import Point
from symconv.language.operators.base import (
    ATOM,
    Code,
    Fixed,
    Index,
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
    """The signal with known entries, applied to nothing; see `Signal.taps`."""

    numbers: tuple[Fraction, ...]

    is_source = True
    arity = 0

    def rank(self, operands: Sequence[SignalExpr]) -> int:
        """One."""
        return 1

    def shape(self, node: SignalExpr) -> Shape:
        """As many entries as there are numbers."""
        return (Polynomial.constant(len(self.numbers)),)

    def shows_an_entry(self, node: SignalExpr) -> bool:
        """Whether there is a number."""
        return bool(self.numbers)

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """Each number where the index is its place."""
        yield from ()
        return tuple(
            Term(coefficient=number, guards=(equal(index[0], i),))
            for i, number in enumerate(self.numbers)
            if number
        )

    def shape_at(
        self, at: Point, node: SignalExpr, shapes: Sequence[tuple[int, ...]]
    ) -> tuple[int, ...]:
        """As many entries as there are numbers."""
        return (len(self.numbers),)

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """The numbers."""
        return [multiple(number, fixed.zero + 1) for number in self.numbers]

    @property
    def has_fractions(self) -> bool:
        """Whether a number is none of the integers."""
        return any(number.denominator > 1 for number in self.numbers)

    def code(self, write: Code, node: SignalExpr) -> str:
        """The call that makes them."""
        return f"Signal.taps({', '.join(map(write.argument, self.numbers))})"

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The numbers in brackets."""
        text = ", ".join(write.number(sympy.Rational(number)) for number in self.numbers)
        return rf"\left[{text}\right]" if write.is_latex else f"[{text}]", ATOM

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """An array."""
        return write.array(self.numbers)

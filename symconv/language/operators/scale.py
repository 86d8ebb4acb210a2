"""Multiples by exact numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from operator import index as as_index
from typing import TYPE_CHECKING, Any, SupportsIndex

import sympy
from sympy import Float, Rational

from symconv.errors import SymconvError, as_given
from symconv.language.arrays import Array, Doubles
from symconv.language.operators.base import (
    POSTFIX,
    PRODUCT,
    Code,
    Fixed,
    Index,
    InDoubles,
    Mathematics,
    NumPy,
    Operand,
    Operator,
    Rule,
)
from symconv.language.scalars import check_digits, multiple

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Scale", "ScaleMethods", "exact_number", "exact_number_hint"]


@dataclass(frozen=True, slots=True)
class Scale(Operator):
    """A rational multiple of a tensor."""

    number: Fraction

    parenthesised_in_code = True
    parenthesised_in_numpy = True
    names_entries = True

    @classmethod
    def by(cls, number: object) -> Scale:
        """The multiple by a number.

        Raises:
            SymconvError: it is neither an integer nor a fraction.
        """
        exact = exact_number(number)
        if exact is None:
            raise SymconvError(
                "a signal can be multiplied by an integer or a fraction, "
                f"got {as_given(number)}{exact_number_hint(number)}"
            )
        return cls(exact)

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """The terms times the number."""
        if not self.number:
            return ()
        source = yield node.operands[0], index, inside
        return tuple(term.scaled(self.number) for term in source)

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """The multiples."""
        return [multiple(self.number, a) for a in operands[0].entries]

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """The multiples."""
        return operands[0] * given.number(self.number)

    @property
    def has_fractions(self) -> bool:
        """Whether the number is no integer."""
        return self.number.denominator > 1

    def code(self, write: Code, node: SignalExpr) -> str:
        """The number before the operand."""
        sign = "-" if self.number == -1 else f"{write.argument(self.number)}*"
        return sign + write.receiver(node.operands[0])

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The number before the operand."""
        text = write.operand(node.operands[0], POSTFIX)
        if self.number == -1:
            return write.minus + text, PRODUCT
        if write.is_latex:
            return rf"{sympy.latex(Rational(self.number))}\, {text}", PRODUCT
        return f"{str(self.number).replace('-', write.minus)}·{text}", PRODUCT

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """A product, and a quotient by the denominator."""
        divided = f" / {self.number.denominator}" if self.number.denominator > 1 else ""
        times = f"{self.number.numerator} * " if self.number.numerator != 1 else ""
        return f"{times}{write.operand(node.operands[0])}{divided}"

    def label(self, kernel: str) -> tuple[str, ...]:
        """The number."""
        return (f"{kernel} · …",)

    def wires(self, size: int, taps: int) -> Iterator[tuple[int, int, int]]:
        """Each entry, with the number."""
        return ((u, u, 0) for u in range(size))


def exact_number(number: object) -> Fraction | None:
    """An integer or a fraction as such; None for anything else.

    Raises:
        SymconvError: it is too long to be written.
    """
    exact = None
    if isinstance(number, Rational):
        exact = Fraction(int(number.p), int(number.q))
    elif isinstance(number, Fraction):
        exact = number
    elif isinstance(number, SupportsIndex) and not isinstance(number, bool):
        with suppress(TypeError):  # an array has __index__, but is no integer
            exact = Fraction(as_index(number))
    if exact is not None:
        check_digits(exact.numerator, exact.denominator)
    return exact


def exact_number_hint(number: object) -> str:
    """What to write in place of a number that is not exact."""
    inexact = isinstance(number, float | Float)
    return "; write Fraction(...) for an exact number" if inexact else ""


class ScaleMethods(Operand):
    """The signs between signals and numbers."""

    __slots__ = ()

    def __neg__(self) -> SignalExpr:
        return self.apply(Scale.by(-1))

    def __mul__(self, number: object) -> SignalExpr:
        if isinstance(number, Operand):
            raise SymconvError(
                f"cannot multiply {self} by {number}: * is for numbers; write x.multiply(h) for "
                "the entrywise product, and x.convolve(h) for the convolution"
            )
        return self.apply(Scale.by(number))

    __rmul__ = __mul__

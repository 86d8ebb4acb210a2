"""Quotients by sizes, which make means of sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from sympy import Expr

from symconv.arithmetic.divisors import doubtful
from symconv.arithmetic.polynomials import Polynomial, at_least
from symconv.arithmetic.symbols import sign_of
from symconv.arithmetic.to_sympy import polynomial_expression
from symconv.errors import SymconvError
from symconv.language.amounts import Amount, Whole, integer_argument
from symconv.language.arrays import Array, Doubles
from symconv.language.assignments import Point
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
    Requirement,
    Rule,
    positive_at,
)
from symconv.language.operators.scale import Scale
from symconv.language.scalars import multiple

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Divide", "DivideMethods"]


@dataclass(frozen=True, slots=True)
class Divide(Operator):
    """A tensor divided by a size; see `DivideMethods.divide`.

    By a number it is a multiple, also in a picture, where all sizes are numbers.
    """

    divisor: Amount

    method = "divide"
    parenthesised_in_code = True
    parenthesised_in_numpy = True

    @property
    def is_idle(self) -> bool:
        """Whether it divides by 1."""
        return self.divisor == 1

    def check(self, node: SignalExpr) -> None:
        """Refuse what is never positive."""
        if (-self.divisor).is_at_least(0):
            raise SymconvError(
                f"what {node.operands[0]} is divided by has to be positive, got {self.divisor}"
            )

    def with_amounts(self, change: Callable[[Amount], Amount]) -> Operator:
        """The division by another number, which is a factor where it has no symbols."""
        divisor = change(self.divisor)
        number = divisor.number
        return Divide(divisor) if number is None or number < 1 else Scale(Fraction(1, number))

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """The size is positive, where the signs of its symbols leave that open."""
        if self.divisor.is_at_least(1):
            return
        signs = {name: sign_of(symbol) for name, symbol in self.divisor.symbols.items()}
        needed = doubtful(self.divisor.polynomial, signs) or (self.divisor.polynomial,)
        guards = tuple(at_least(part, 1) for part in needed)
        yield Requirement(guards, partial(self._told, node, needed))

    def _told(self, node: SignalExpr, needed: Sequence[Polynomial]) -> str:
        symbols = self.divisor.symbols
        listed = " and ".join(f"{polynomial_expression(p, symbols)} >= 1" for p in needed)
        return (
            f"cannot divide {node.operands[0]} by {self.divisor}, which could be 0 or less; "
            f"add the hypothesis {listed}"
        )

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """The terms divided by the size."""
        source = yield node.operands[0], index, inside
        return tuple(term.over(self.divisor.polynomial) for term in source)

    def shape_at(
        self, at: Point, node: SignalExpr, shapes: Sequence[tuple[int, ...]]
    ) -> tuple[int, ...]:
        """That of the operand."""
        positive_at(self.divisor, at, "divisor")
        return shapes[0]

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """The quotients."""
        share = Fraction(1, self.divisor.at(fixed.at))
        return [multiple(share, a) for a in operands[0].entries]

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """The quotients."""
        return operands[0] / self.divisor.at(given.at)

    @property
    def has_fractions(self) -> bool:
        """Always, where the size is not 1."""
        return True

    def code(self, write: Code, node: SignalExpr) -> str:
        """The size behind the operand."""
        divisor = write.argument(self.divisor)
        text = divisor if divisor.isidentifier() else f"({divisor})"
        return f"{write.receiver(node.operands[0])}/{text}"

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """A quotient, in LaTeX with a fraction before the operand."""
        text = write.operand(node.operands[0], POSTFIX)
        if write.is_latex:
            return rf"\frac{{1}}{{{write.number(self.divisor)}}}\, {text}", PRODUCT
        return f"{text}/{write.factor(self.divisor)}", PRODUCT

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """A quotient."""
        return f"{write.operand(node.operands[0])} / {self.divisor.at(write.at)}"


class DivideMethods(Operand):
    """The quotients of tensors by numbers and by sizes."""

    __slots__ = ()

    def divide(self, divisor: Whole) -> SignalExpr:
        """The tensor divided by a size, which has to be positive: entry u is x[u]/n.

        It is the same as x / n.  What is said of it holds where there are fractions.
        """
        amount = integer_argument(divisor, "the divisor", self)
        number = amount.number
        if number is not None and number > 0:
            return self.apply(Scale(Fraction(1, number)))
        return self.apply(Divide(amount))

    def __truediv__(self, number: object) -> SignalExpr:
        if isinstance(number, Amount) or (isinstance(number, Expr) and not number.is_number):
            return self.divide(number)
        exact = Scale.by(number).number
        if not exact:
            raise SymconvError(f"cannot divide {self} by zero")
        return self.apply(Scale(1 / exact))

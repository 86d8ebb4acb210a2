"""Numbers that may be calculated with, and not be asked what they are.

A function that is to hold for every number is applied to a symbol.  Of a symbol `i == 9` is
False, so that what the function does for 9 alone would never be seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from sympy import Expr, Mod

from symconv.errors import SymconvError, Undecided

__all__ = ["OpaqueNumber"]


class OpaqueNumber:
    """An expression with +, −, *, //, %, / and powers, of which nothing else can be known.

    Comparing it, looking it up, printing it, and taking it for true or false are errors.

    Attributes:
        expression: what it stands for, for those who take amounts.
        questions: what it was asked all the same, which those who catch the errors may hide; of all
            numbers that are calculated from one.
    """

    __slots__ = ("expression", "questions")

    _op_priority = 100.0  # SymPy leaves the arithmetic with its expressions to us

    def __init__(self, expression: Expr, questions: list[Undecided] | None = None) -> None:
        self.expression = expression
        self.questions: list[Undecided] = [] if questions is None else questions

    def __add__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: self.expression + one)

    def __radd__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: one + self.expression)

    def __sub__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: self.expression - one)

    def __rsub__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: one - self.expression)

    def __mul__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: self.expression * one)

    def __rmul__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: one * self.expression)

    def __truediv__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: self.expression / one)

    def __rtruediv__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: one / self.expression)

    def __floordiv__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: self.expression // one)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: one // self.expression)

    def __mod__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: Mod(self.expression, one))

    def __rmod__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: Mod(one, self.expression))

    def __pow__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: self.expression**one)

    def __rpow__(self, other: Any) -> Any:
        return self._calculated(other, lambda one: one**self.expression)

    def __neg__(self) -> OpaqueNumber:
        return OpaqueNumber(-self.expression, self.questions)

    def __pos__(self) -> OpaqueNumber:
        return self

    def __abs__(self) -> OpaqueNumber:
        return OpaqueNumber(abs(self.expression), self.questions)

    def _refused(self, *_: object) -> NoReturn:
        question = Undecided("what is done for a number depends on which one it is")
        self.questions.append(question)
        raise question

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refused
    __bool__ = __hash__ = __str__ = __repr__ = __format__ = _refused
    __int__ = __float__ = __index__ = __divmod__ = __rdivmod__ = _refused
    __round__ = __floor__ = __ceil__ = __trunc__ = __reduce_ex__ = _refused

    def _calculated(self, other: Any, operation: Callable[[Any], Any]) -> Any:
        """The result with a number or an expression; a tensor, say, has to know what to do."""
        if isinstance(other, OpaqueNumber):
            other = other.expression
        elif type(other) is not int and not isinstance(other, Expr):
            return NotImplemented
        try:
            return OpaqueNumber(operation(other), self.questions)
        except (TypeError, ValueError) as error:
            raise SymconvError(f"this cannot be calculated with a symbol: {error}") from error

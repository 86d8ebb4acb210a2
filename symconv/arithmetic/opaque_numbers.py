"""Numbers that may be calculated with, of which it is seen whether somebody asks what they are.

A function that is to hold for every number is applied to a symbol.  Of a symbol `i == 9` is
False, so that what the function does for 9 alone would never be seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Expr, Mod

from symconv.errors import SymconvError, Undecided

__all__ = ["OpaqueNumber"]


class OpaqueNumber:
    """An expression with +, −, *, //, %, / and powers; what else it is asked is a question.

    Questions are to compare it, look it up, print it, take it for true or false, or have what only
    an integer has, as `bit_length`.  They are errors, unless the expression is a number, which
    answers them.  Either says that it is an `int`, so that what is done for integers is done.

    Attributes:
        expression: what it stands for, for those who take amounts.
        questions: what it was asked, also where those who asked have caught the error; of all
            numbers that are calculated from one.

    >>> from sympy import Integer, Symbol
    >>> seven = OpaqueNumber(Integer(7))
    >>> (seven - 4) % 2 == 1, len(seven.questions)
    (True, 1)
    >>> OpaqueNumber(Symbol("i")) - 4 == 1
    Traceback (most recent call last):
        ...
    symconv.errors.Undecided: what is done for a number depends on which one it is
    """

    __slots__ = ("expression", "questions")

    _op_priority = 100.0  # SymPy leaves the arithmetic with its expressions to us

    def __init__(self, expression: Expr, questions: list[Undecided] | None = None) -> None:
        self.expression = expression
        self.questions: list[Undecided] = [] if questions is None else questions

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # which `isinstance` looks at
        return int

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

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(int, name):
            raise AttributeError(f"'int' object has no attribute {name!r}")
        return getattr(self._asked(), name)

    def _asked(self) -> int | float:
        """The number, for which a question is noted.

        Raises:
            Undecided: it is a symbol, or there is one in it.
        """
        question = Undecided("what is done for a number depends on which one it is")
        self.questions.append(question)
        if not self.expression.is_Rational:
            raise question
        return int(self.expression) if self.expression.is_Integer else float(self.expression)

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


def _question(name: str) -> Callable[..., Any]:
    def ask(number: OpaqueNumber, *others: Any) -> Any:
        return getattr(number._asked(), name)(
            *(one._asked() if isinstance(one, OpaqueNumber) else one for one in others)
        )

    return ask


for _name in (
    *("eq", "ne", "lt", "le", "gt", "ge", "bool", "hash", "str", "repr", "format"),
    *("int", "float", "index", "round", "floor", "ceil", "trunc", "divmod", "rdivmod"),
    *("and", "or", "xor", "lshift", "rshift", "rand", "ror", "rxor", "rlshift", "rrshift"),
    *("invert", "reduce_ex"),
):
    setattr(OpaqueNumber, f"__{_name}__", _question(f"__{_name}__"))

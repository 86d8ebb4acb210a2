"""Sizes that code calculates with and branches on: integers in symbols, and hypotheses about them.

Arithmetic gives further sizes.  A comparison is answered where it is so, or is not so, for all
values that the hypotheses allow; otherwise the error names the hypothesis to add.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import isfinite, lcm
from typing import Any, NoReturn

from sympy import Eq, Expr, Ge, Gt, Integer, Symbol, true
from sympy.logic.boolalg import Boolean, Not

from symconv.arithmetic.symbols import integers
from symconv.decision.claims import Claim
from symconv.decision.verdicts import Proved, Refuted
from symconv.errors import SymconvError, as_given
from symconv.language.amounts import Amount

__all__ = ["Hypotheses", "Quotient", "Size", "conditions_of", "known_number", "named_size"]


def conditions_of(given: Iterable[Any] | Boolean | bool) -> tuple[Any, ...]:
    """The hypotheses that are given, of which one may stand alone.

    Raises:
        SymconvError: it is neither.
    """
    if isinstance(given, Boolean | bool):
        return (given,)
    if not isinstance(given, Iterable):
        raise SymconvError(f"given is a hypothesis, or several, got {as_given(given)}")
    return tuple(given)


class Hypotheses:
    """What is assumed of the symbols in sizes.

    Attributes:
        given: the conditions; one may stand alone.
        where: says where the code is that asks, as " in layer1 (Block)".
    """

    def __init__(self, given: Iterable[Any] | Boolean = (), where: Callable[[], str] = str) -> None:
        self.given = conditions_of(given)
        self.where = where
        self._answers: dict[Any, bool] = {}

    def check_about(self, names: Iterable[str]) -> None:
        """Refuse hypotheses that say nothing of sizes, as where a name is misspelt.

        Args:
            names: the names in the shapes; others may stand beside them, as in Eq(H, 2*h).

        Raises:
            SymconvError: with the hypothesis.
        """
        known = set(names)
        about = [
            (condition, {one.name for one in getattr(condition, "free_symbols", ())})
            for condition in self.given
        ]
        for _ in about:
            for _, found in about:
                known |= found if found & known else set()
        for condition, found in about:
            if found and not found & known:
                raise SymconvError(
                    f"the hypothesis {condition} is about {', '.join(sorted(found))}, and the "
                    f"shapes have {', '.join(sorted(known)) or 'no symbols'}"
                )

    @property
    def numbers(self) -> dict[str, int]:
        """The symbols that hypotheses such as Eq(H, 224) say are numbers, by name."""
        found = {}
        for condition in self.given:
            match condition:
                case (
                    Eq(args=(Symbol() as symbol, Integer() as number))
                    | Eq(args=(Integer() as number, Symbol() as symbol))
                ):
                    found[symbol.name] = int(number)
        return found

    def holds(self, condition: Any) -> bool:
        """Whether a condition holds for all sizes, or for none.

        Raises:
            SymconvError: for some; with the hypothesis to add.
        """
        if condition not in self._answers:
            self._answers[condition] = self._decided(condition)
        return self._answers[condition]

    def are_equal(self, one: Amount, other: Amount) -> bool:
        """Whether two sizes are known to be equal for all that the hypotheses allow."""
        if one == other:
            return True
        if not self.given:
            return False
        try:
            return self.holds(Eq(one.written, other.written))
        except SymconvError:
            return False

    def _decided(self, condition: Any) -> bool:
        if condition in (True, False):
            return bool(condition)
        verdict = Claim(condition, true, given=self.given).prove()
        if isinstance(verdict, Proved) and verdict.is_complete:
            return True
        opposite = Not(condition)
        other = Claim(opposite, true, given=self.given).prove()
        if isinstance(other, Proved) and other.is_complete:
            return False
        why = "depends on the sizes" if isinstance(verdict, Refuted) else "could not be decided"
        raise SymconvError(
            f"the code asks{self.where()} whether {condition}, which {why}: add the hypothesis "
            f"{condition}, or {opposite}, to given"
        )


def named_size(given: Any, known: dict[str, Any]) -> Any:
    """A size of a shape: a name is a positive integer, which a hypothesis may give."""
    if not isinstance(given, str):
        return known.get(getattr(given, "name", ""), given)
    if not given.isidentifier():
        raise SymconvError(f"a size is a number, a name or an expression, got {as_given(given)}")
    return known.setdefault(given, integers(given, positive=True))


class Size:
    """A size of a tensor that is no number; it is an integer to Python's operators.

    Attributes:
        amount: what it is.
        hypotheses: by which questions about it are answered.
    """

    __slots__ = ("amount", "hypotheses")

    def __init__(self, amount: Amount, hypotheses: Hypotheses) -> None:
        self.amount = amount
        self.hypotheses = hypotheses

    def _made(self, amount: Amount) -> int | Size:
        number = amount.number
        return type(self)(amount, self.hypotheses) if number is None else number

    @property
    def _where(self) -> str:
        return self.hypotheses.where()

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a + b)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, float | Fraction):
            return Quotient.of(self, _exactly(other))
        return self._with(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __neg__(self) -> int | Size:
        return self._made(-self.amount)

    def __pos__(self) -> Size:
        return self

    def __floordiv__(self, other: Any) -> Any:
        return self._with(other, _floored)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: _floored(b, a))

    def __mod__(self, other: Any) -> Any:
        return self._with(other, _remainder)

    def __rmod__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: _remainder(b, a))

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, float) and other.is_integer():
            other = int(other)
        if isinstance(other, bool) or not isinstance(other, int) or other == 0:
            raise SymconvError(
                f"the size {self} can be divided by numbers, and not by {other}{self._where}; "
                f"write {self} // {other} for the size that is rounded down"
            )
        return Quotient.of(self, Fraction(1, other))

    def __rtruediv__(self, other: Any) -> NoReturn:
        raise SymconvError(
            f"{other} is divided by the size {self}{self._where}, which is not followed"
        )

    def __pow__(self, exponent: int) -> Any:
        if not isinstance(exponent, int) or exponent < 0:
            raise SymconvError(f"a power of the size {self} has a number for its exponent")
        result: Any = 1
        for _ in range(exponent):
            result = self * result
        return result

    def _with(self, other: Any, operation: Callable[[Amount, Amount], Amount]) -> Any:
        if isinstance(other, Size):
            return self._made(operation(self.amount, other.amount))
        if isinstance(other, int):
            return self._made(operation(self.amount, Amount.of(int(other))))
        return NotImplemented

    # --- questions ---

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Quotient):
            return other == self
        difference = self._difference(other)
        if difference is None:
            return False  # it is no integer
        if difference == 0:
            return True
        if difference.is_at_least(1) or (-difference).is_at_least(1):
            return False
        return self.hypotheses.holds(Eq(self.amount.written, _written(other)))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __ge__(self, other: Any) -> bool:
        return self._at_least(other, 0)

    def __gt__(self, other: Any) -> bool:
        return self._at_least(other, 1)

    def __lt__(self, other: Any) -> bool:
        return not self >= other

    def __le__(self, other: Any) -> bool:
        return not self > other

    def __bool__(self) -> bool:
        return self != 0

    def __hash__(self) -> int:
        return hash(self.amount.polynomial)

    def _difference(self, other: Any) -> Amount | None:
        if isinstance(other, Size):
            return self.amount - other.amount
        if isinstance(other, float) and other.is_integer():
            other = int(other)
        return self.amount - int(other) if isinstance(other, int) else None

    def _at_least(self, other: Any, more: int) -> bool:
        difference = self._difference(other)
        if difference is None:
            raise SymconvError(f"the size {self} can be compared with integers, got {other!r}")
        if difference.is_at_least(more):
            return True
        if (-difference).is_at_least(1 - more):
            return False
        left, right = self.amount.written, _written(other)
        return self.hypotheses.holds(Gt(left, right) if more else Ge(left, right))

    def _no_number(self) -> NoReturn:
        raise SymconvError(
            f"the code asks{self._where} for the size {self} as a number, and it is a symbol here: "
            "give it as a number in the shape, or by a hypothesis such as Eq(H, 224)"
        )

    def __int__(self) -> int:
        self._no_number()

    def __index__(self) -> int:
        self._no_number()

    def __float__(self) -> float:
        self._no_number()

    def __floor__(self) -> Size:
        return self

    __ceil__ = __round__ = __trunc__ = __floor__

    def __repr__(self) -> str:
        return str(self.amount)


def known_number(value: Any) -> Any:
    """The value as layers take it: of a size, the amount."""
    return value.amount if isinstance(value, Size) else value


def _written(value: Any) -> Expr:
    return value.amount.written if isinstance(value, Size) else Integer(int(value))


def _exactly(number: float | Fraction) -> Fraction:
    """The number as it is written: of a float, the decimal by which Python writes it.

    Raises:
        SymconvError: it is not finite.
    """
    if not isinstance(number, float):
        return Fraction(number)
    if not isfinite(number):
        raise SymconvError(f"a size is multiplied by numbers, and compared with them, got {number}")
    return Fraction(repr(float(number)))  # one of NumPy's is written in another way


def _floored(a: Amount, b: Amount) -> Amount:
    if not b.is_at_least(1):
        raise SymconvError(f"sizes are divided by positive integers, and {b} may be none")
    return a // b


def _remainder(a: Amount, b: Amount) -> Amount:
    return a - _floored(a, b) * b


class Quotient:
    """A fraction of a size, until it is rounded up or down.

    Attributes:
        numerator: times this size.
        factor: a number.
    """

    __slots__ = ("factor", "numerator")

    def __init__(self, numerator: Size, factor: Fraction) -> None:
        self.numerator = numerator
        self.factor = factor

    @classmethod
    def of(cls, numerator: Size, factor: Fraction) -> Any:
        """The product; a size again where it is one."""
        if factor.denominator == 1:
            return numerator * factor.numerator
        return cls(numerator, factor)

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, int | float | Fraction):
            return NotImplemented
        return Quotient.of(self.numerator, self.factor * _exactly(other))

    __rmul__ = __mul__

    def _with(self, other: Any) -> NoReturn:
        raise SymconvError(
            f"the code calculates{self.numerator._where} with {self} and {other}, which is not "
            "followed; round it first with math.floor, math.ceil or //"
        )

    __add__ = __radd__ = __sub__ = __rsub__ = __truediv__ = __rtruediv__ = _with
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = _with

    def __floor__(self) -> Any:
        return (self.numerator * self.factor.numerator) // self.factor.denominator

    def __ceil__(self) -> Any:
        whole = self.numerator.amount * self.factor.numerator
        return self.numerator._made(whole.divided_up(self.factor.denominator))

    def __eq__(self, other: object) -> bool:
        left, right = self._both(other)
        return bool(left == right)

    def __ge__(self, other: Any) -> bool:
        left, right = self._both(other)
        return bool(left >= right)

    def __gt__(self, other: Any) -> bool:
        left, right = self._both(other)
        return bool(left > right)

    def __le__(self, other: Any) -> bool:
        return not self > other

    def __lt__(self, other: Any) -> bool:
        return not self >= other

    def __hash__(self) -> int:
        return hash((self.numerator, self.factor))

    def _both(self, other: Any) -> tuple[Any, Any]:
        """Sizes that compare as this and another number do."""
        if isinstance(other, Quotient):
            size: Any = other.numerator
            ours, theirs = self.factor, other.factor
        elif isinstance(other, int | float | Fraction):
            ours, theirs, size = self.factor, _exactly(other), 1
        elif isinstance(other, Size):
            ours, theirs, size = self.factor, Fraction(1), other
        else:
            raise SymconvError(f"{self} can be compared with numbers, got {other!r}")
        common = lcm(ours.denominator, theirs.denominator)
        return self.numerator * int(ours * common), size * int(theirs * common)

    def _no_number(self) -> NoReturn:
        raise SymconvError(
            f"the code asks{self.numerator._where} for {self} as a number, and it depends on a "
            "symbol; math.floor, math.ceil and // are followed, or give the size as a number"
        )

    def __int__(self) -> int:
        self._no_number()

    def __float__(self) -> float:
        self._no_number()

    def __bool__(self) -> bool:
        self._no_number()

    def __repr__(self) -> str:
        return f"{self.factor}*({self.numerator})"

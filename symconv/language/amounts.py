"""Amounts: the integers in the nodes of a tensor, its sizes, strides, paddings and so on.

SymPy expressions come in at this door, and are handed out again; inside, an amount is a
polynomial, and the signs of its symbols.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from operator import index as as_index
from typing import Any, SupportsIndex, TypeAlias

from sympy import (
    Abs,
    Basic,
    Expr,
    Integer,
    Max,
    Min,
    Mod,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    preorder_traversal,
)
from sympy.functions.elementary.integers import RoundFunction

from symconv.arithmetic import plain_bounds
from symconv.arithmetic.from_sympy import always_divides, scaled_polynomial
from symconv.arithmetic.opaque_numbers import OpaqueNumber
from symconv.arithmetic.plain_bounds import bounds
from symconv.arithmetic.polynomials import Atom, Polynomial, ceiling, floor, maximum
from symconv.arithmetic.symbols import is_integer, sign_of
from symconv.arithmetic.to_sympy import polynomial_expression
from symconv.arithmetic.unevaluated import Written
from symconv.arithmetic.work import allowed
from symconv.errors import SymconvError, as_given
from symconv.language.evaluation import Numbers, value_at
from symconv.language.length_symbols import LengthOf, lengths_in, spelled_out
from symconv.language.scalars import check_digits

__all__ = [
    "Amount",
    "Whole",
    "check_numbers",
    "integer_argument",
    "length_argument",
    "parity_problem",
    "positive_argument",
    "simplified_around",
    "undeclared",
]

Symbols: TypeAlias = Mapping[str, Symbol]


class Amount:
    """An integer in the symbols of a claim.

    Immutable; two of them are equal when they are the same polynomial and are written alike.

    Attributes:
        polynomial: the value.
        symbols: the symbols in it, by name.
        mentioned: the lengths of signals by which it was given, which have to be defined.
        written: the same as a SymPy expression, as it was given where it was.
    """

    __slots__ = ("_given", "_hash", "_shown", "mentioned", "polynomial", "symbols")

    def __init__(
        self,
        polynomial: Polynomial,
        symbols: Symbols,
        given: Expr | None = None,
        mentioned: tuple[LengthOf, ...] = (),
    ) -> None:
        self.polynomial = polynomial
        self.symbols = symbols
        self.mentioned = mentioned
        self._given = given
        self._shown: Expr | None = given
        number = polynomial.as_integer()
        self._hash = hash(polynomial) if number is None else hash(number)

    @classmethod
    def of(cls, number: int) -> Amount:
        """A number."""
        return cls(Polynomial.constant(number), {}, Integer(number))

    @property
    def written(self) -> Expr:
        """The amount as a SymPy expression."""
        if self._shown is None:
            self._shown = polynomial_expression(self.polynomial, self.symbols)
        return self._shown

    @property
    def number(self) -> int | None:
        """The value where it does not depend on any symbol."""
        return self.polynomial.as_integer()

    def at(self, values: Numbers) -> int:
        """The value for given values of the symbols.

        Raises:
            SymconvError: a symbol has no value, or the amount is no integer there.
        """
        if self._given is None:
            used = self.symbols.items()
            numbers = {name: values[symbol] for name, symbol in used if symbol in values}
            missing = sorted(self.polynomial.symbols() - numbers.keys())
            if missing:
                raise SymconvError(f"{missing[0]} has no value here")
            return self.polynomial.value(numbers)
        value = value_at(self._given, values)
        if value.denominator != 1:
            raise SymconvError(f"{self} is {value} here, which is not an integer")
        return value.numerator

    def is_at_least(self, least: int) -> bool:
        """Whether the signs of the symbols show at once that the amount is `least` or more."""
        number = self.polynomial.as_integer()
        if number is not None:
            return number >= least
        known = {name: sign_of(symbol) for name, symbol in self.symbols.items()}
        if plain_bounds.is_at_least(self.polynomial, least, known):
            return True
        low = bounds(spelled_out(self._given))[0] if self._given is not None else None
        return low is not None and low >= least

    def substituted(self, values: Mapping[Symbol, Amount]) -> Amount:
        """The amount with symbols replaced."""
        chosen = {s.name: new for s, new in values.items() if self.symbols.get(s.name) == s}
        if not chosen:
            return self
        new: dict[Atom, Polynomial] = {name: value.polynomial for name, value in chosen.items()}
        symbols = {n: s for n, s in self.symbols.items() if n not in chosen}
        for value in chosen.values():
            symbols |= value.symbols
        written = {s: new.written for s, new in values.items()} if self.mentioned else {}
        standing = [lengths_in(one.xreplace(written)) for one in self.mentioned]
        moved = [one for value in chosen.values() for one in value.mentioned]
        return _made(self.polynomial.substitute(new), symbols, [*chain(*standing), *moved])

    def __add__(self, other: Amount | int) -> Amount:
        return self._combined(other, lambda a, b: a + b)

    def __sub__(self, other: Amount | int) -> Amount:
        return self._combined(other, lambda a, b: a - b)

    def __mul__(self, other: Amount | int) -> Amount:
        return self._combined(other, lambda a, b: a * b)

    def __neg__(self) -> Amount:
        return Amount(-self.polynomial, self.symbols, mentioned=self.mentioned)

    def __floordiv__(self, other: Amount | int) -> Amount:
        return self._combined(other, floor)

    def divided_up(self, other: Amount | int) -> Amount:
        """⌈self / other⌉, for a positive divisor."""
        return self._combined(other, ceiling)

    def or_at_least(self, other: Amount | int) -> Amount:
        """The larger of both."""
        one = Amount.of(other) if isinstance(other, int) else other
        if (self - one).is_at_least(0):
            return self
        return one if (one - self).is_at_least(0) else self._combined(one, maximum)

    def _combined(self, other: Amount | int, operation: Any) -> Amount:
        one = Amount.of(other) if isinstance(other, int) else other
        result = operation(self.polynomial, one.polynomial)
        return _made(result, {**self.symbols, **one.symbols}, [*self.mentioned, *one.mentioned])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int):
            return self.polynomial.as_integer() == other
        return self is other or (
            isinstance(other, type(self))  # a name may be gone when the program ends
            and self._hash == other._hash
            and self.polynomial == other.polynomial
            and self._given == other._given
            and self.mentioned == other.mentioned
            and self.symbols == other.symbols
        )

    def __hash__(self) -> int:
        return self._hash

    def _sympy_(self) -> Expr:
        return self.written

    def __int__(self) -> int:
        number = self.number
        if number is None:
            raise SymconvError(f"{self} is not a number")
        return number

    def __str__(self) -> str:
        return str(self.written)

    def __repr__(self) -> str:
        return f"Amount({self})"


def _made(polynomial: Polynomial, symbols: Symbols, mentioned: Iterable[LengthOf]) -> Amount:
    """The amount with the symbols that are left in it, or stand in lengths that it mentions."""
    standing = tuple(dict.fromkeys(mentioned))
    number = polynomial.as_integer()
    if number is not None and not standing:
        return Amount.of(number)
    used = polynomial.symbols().union(*(one.symbols for one in standing))
    return Amount(polynomial, {n: s for n, s in symbols.items() if n in used}, mentioned=standing)


Whole: TypeAlias = SupportsIndex | Expr | Amount
"""An integer, or a SymPy expression that is one."""


def integer_argument(value: Any, what: str, of: object = None) -> Amount:
    """The value as an amount; an error unless it is known to be an integer.

    Args:
        value: an integer (not a `bool`), or a SymPy expression in integer symbols.
        what: what the value is, for the message.
        of: what it belongs to, for the message.
    """
    if isinstance(value, Amount):
        return value
    if isinstance(value, OpaqueNumber):
        value = value.expression
    if isinstance(value, Symbol) and is_integer(value) and not parity_problem(value):
        return Amount(Polynomial.of(value.name), {value.name: value}, value)
    as_written = isinstance(value, Written)
    if as_written:
        value = value.part
    if isinstance(value, Expr):
        check_numbers(value)
        with allowed():
            problem = _problem(value, as_written)
            polynomial, denominator = (Polynomial({}), 1) if problem else scaled_polynomial(value)
        if not problem:
            symbols = {s.name: s for s in value.free_symbols}
            return Amount(floor(polynomial, denominator), symbols, value, tuple(lengths_in(value)))
    elif not isinstance(value, bool):
        try:
            number = as_index(value)
        except TypeError:
            problem = f"must be an integer or a SymPy integer expression, got {as_given(value)}"
        else:
            check_digits(number)
            return Amount.of(number)
    else:
        problem = f"must be an integer, got the truth value {value}"
    raise SymconvError(f"{what}{f' of {of}' if of is not None else ''} {problem}")


def _problem(value: Expr, as_written: bool) -> str:
    """What keeps an expression from being an integer of our arithmetic; empty if nothing does."""
    loose = undeclared(value)
    if loose:
        return (
            f"is {value}, but {', '.join(loose)} is not declared an integer; "
            f"write integers({' '.join(loose)!r}, positive=True), of symconv"
        )
    declared = parity_problem(value)
    if declared:
        return f"is {value}, but {declared}"
    around = "" if as_written else simplified_around(value)
    if around:
        return f"is {value}, and {around}"
    try:
        polynomial, denominator = scaled_polynomial(value)
    except SymconvError as error:
        if value.is_number:
            return f"must be an integer, and {value} is not known to be one; use floor or ceiling"
        return (
            "must be built from integer symbols with +, -, *, floor, ceiling, Mod, Max, Min, Abs "
            f"and Piecewise, got {value}: {error}"
        )
    if not always_divides(denominator, polynomial):
        return (
            f"must be an integer, and {value} is not known to be one; use floor or ceiling"
            + lost_floor(value)
        )
    return ""


def check_numbers(expression: Basic) -> None:
    """Refuse an expression with a number in it that could not be written.

    Raises:
        SymconvError: there is one.
    """
    for number in expression.atoms(Rational):
        check_digits(int(number.p), int(number.q))


def lost_floor(value: Basic) -> str:
    """Why a floor may be missing that somebody wrote; empty if SymPy leaves floors alone."""
    if all(not symbol.is_integer for symbol in value.free_symbols):
        return ""
    names = " ".join(sorted(str(s) for s in value.free_symbols if s.is_integer))
    return (
        "; SymPy drops some floors that are needed, and leaves them alone for the symbols that "
        f"integers({names!r}), of symconv, gives"
    )


def simplified_around(expression: Basic) -> str:
    """What SymPy knows of symbols that symconv hands out, and may have used; empty if nothing.

    Of these symbols SymPy knows nothing, but it knows that a = ⌊(n mod 3)/2⌋ is an integer.
    Then Mod(5*Mod(a, 6), 6) becomes 5*Mod(a, 6), and of what it knows to be even it takes the
    sixth part for an integer: a remainder of a, and a maximum or a product that is even,
    may not be what somebody wrote any more.
    """
    if any(symbol.is_integer for symbol in expression.free_symbols):
        return ""  # there are others in it, of which SymPy knows more
    for part in preorder_traversal(expression):
        if isinstance(part, Mod):
            known = [r for r in part.args[0].atoms(RoundFunction) if r.is_integer]
            if known:
                return _around(part, f"{sorted(known, key=str)[0]} is an integer")
        factors = [f for f in part.args if f.free_symbols] if isinstance(part, Mul) else []
        if (isinstance(part, _SIMPLIFIED) or len(factors) > 1) and part.is_even:
            return _around(part, f"{part} is even")
    return ""


_SIMPLIFIED = (Max, Min, Abs, Piecewise, Pow)


def _around(part: Basic, known: str) -> str:
    return (
        f"SymPy knows that {known}, and may have simplified around {part}, not always rightly; "
        "say it as text, or give a part of it a name by a hypothesis"
    )


def undeclared(expression: Basic) -> list[str]:
    """The names of the symbols that are not declared integers."""
    return sorted(str(s) for s in expression.free_symbols if not is_integer(s))


def parity_problem(expression: Basic) -> str:
    """What is wrong with symbols that are declared even or odd; empty if there are none.

    SymPy takes e/6 to be an integer and Mod(e, 6) to be 0 when e is even, so such
    expressions are wrong before they reach us.
    """
    for symbol in sorted(expression.free_symbols, key=str):
        if symbol.is_even is not None and not symbol.is_zero:
            parity, rest = ("even", 0) if symbol.is_even else ("odd", 1)
            return (
                f"{symbol} is declared {parity}, with which SymPy simplifies quotients wrongly; "
                f"declare it an integer, with the hypothesis Eq(Mod({symbol}, 2), {rest})"
            )
    return ""


def positive_argument(value: Any, what: str, of: object) -> Amount:
    """A stride, dilation or factor: an integer that is known to be positive."""
    amount = integer_argument(value, what, of)
    if amount.is_at_least(1):
        return amount
    hint = "" if amount.number is not None else ", which is not known to be positive"
    if any(sign_of(symbol).least != 1 for symbol in amount.symbols.values()):
        hint = "; declare its symbols positive"
    raise SymconvError(f"{what} of {of} must be a positive integer, got {amount}{hint}")


def length_argument(value: Any, of: str) -> Amount:
    """A length: an integer that is not negative, in symbols whose signs are declared."""
    size = integer_argument(value, f"the length of {of}")
    if size.number is None and size.is_at_least(0):
        return size
    if (-size).is_at_least(1):
        raise SymconvError(f"the length of {of} must not be negative, got {size}")
    loose = sorted(_unsigned(size.symbols.values()))
    if loose:
        raise SymconvError(
            f"the length of {of} is {size}, but the sign of {', '.join(loose)} is not "
            f"declared; write integers({' '.join(loose)!r}, positive=True), of symconv, or "
            "nonnegative=True"
        )
    return size


def _unsigned(symbols: Iterable[Symbol]) -> list[str]:
    signs_ = {symbol.name: sign_of(symbol) for symbol in symbols}
    return [name for name, sign in signs_.items() if sign.least is sign.largest is None]

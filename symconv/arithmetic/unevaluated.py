"""SymPy expressions as somebody wrote them: built, and changed, without SymPy's arithmetic.

SymPy simplifies whatever it builds, and not always rightly.  What is read from text is put
together here, and says what the text says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from sympy import Basic, Expr, Integer, Rational
from sympy.core.relational import Relational
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import Boolean, BooleanFunction

__all__ = [
    "Written",
    "absolute",
    "all_of",
    "any_of",
    "choice",
    "difference",
    "largest",
    "negation",
    "negative",
    "number",
    "power",
    "product",
    "quotient",
    "rebuilt",
    "relation",
    "remainder",
    "rounded_down",
    "rounded_up",
    "smallest",
    "spelled_with",
    "sum_of",
]


@dataclass(frozen=True, slots=True)
class Written:
    """An expression or condition that was put together here, so that SymPy has left it alone."""

    part: Any


def number(value: Fraction | int) -> Expr:
    """A number."""
    exact = Fraction(value)
    return Rational(exact.numerator, exact.denominator)


def sum_of(*terms: Expr) -> Expr:
    """Their sum; numbers are added up, and nothing else is.

    >>> a, b = sympy.symbols("a b")
    >>> sum_of(a, b, number(1), number(2), a)
    a + a + b + 3
    """
    flat = [part for term in terms for part in (term.args if term.is_Add else (term,))]
    total = sum((_value(part) for part in flat if part.is_Rational), start=Fraction(0))
    rest = [part for part in flat if not part.is_Rational]
    if total or not rest:
        rest.append(number(total))
    return rest[0] if len(rest) == 1 else sympy.Add(*rest, evaluate=False)


def difference(left: Expr, right: Expr) -> Expr:
    """One minus the other."""
    return sum_of(left, *map(negative, right.args if right.is_Add else (right,)))


def negative(term: Expr) -> Expr:
    """Minus the term."""
    return product(Integer(-1), term)


def product(*factors: Expr) -> Expr:
    """Their product, with one number in front."""
    flat = [part for factor in factors for part in (factor.args if factor.is_Mul else (factor,))]
    scale = Fraction(1)
    for part in flat:
        if part.is_Rational:
            scale *= _value(part)
    rest = [part for part in flat if not part.is_Rational]
    if not scale or not rest:
        return number(scale)
    if scale == 1 and len(rest) == 1:
        return rest[0]
    front = [] if scale == 1 else [number(scale)]
    return sympy.Mul(*front, *rest, evaluate=False)


def quotient(numerator: Expr, denominator: Expr) -> Expr:
    """One divided by the other, which is not 0."""
    if denominator.is_Rational:
        return product(numerator, number(1 / _value(denominator)))
    return product(numerator, sympy.Pow(denominator, -1, evaluate=False))


def power(base: Expr, exponent: int) -> Expr:
    """The base to a power that is not negative."""
    if base.is_Rational:
        return number(_value(base) ** exponent)
    if exponent < 2:
        return base if exponent else Integer(1)
    return sympy.Pow(base, Integer(exponent), evaluate=False)


def rounded_down(value: Expr) -> Expr:
    """⌊value⌋."""
    if value.is_Rational:
        return Integer(int(value.p) // int(value.q))
    return sympy.floor(value, evaluate=False)


def rounded_up(value: Expr) -> Expr:
    """⌈value⌉."""
    if value.is_Rational:
        return Integer(-(-int(value.p) // int(value.q)))
    return sympy.ceiling(value, evaluate=False)


def remainder(value: Expr, modulus: Expr) -> Expr:
    """The remainder of the value modulo something positive."""
    if value.is_Rational and modulus.is_Rational:
        return number(_value(value) % _value(modulus))
    return sympy.Mod(value, modulus, evaluate=False)


def absolute(value: Expr) -> Expr:
    """|value|."""
    return abs(value) if value.is_Rational else sympy.Abs(value, evaluate=False)


def largest(*values: Expr) -> Expr:
    """The largest of the values."""
    return _extreme(sympy.Max, max, values)


def smallest(*values: Expr) -> Expr:
    """The smallest of the values."""
    return _extreme(sympy.Min, min, values)


def _extreme(function: Any, of: Callable[..., Fraction], values: Sequence[Expr]) -> Expr:
    numbers = [_value(value) for value in values if value.is_Rational]
    rest = dict.fromkeys(value for value in values if not value.is_Rational)
    parts = [*rest, *([number(of(numbers))] if numbers else [])]
    return parts[0] if len(parts) == 1 else function(*parts, evaluate=False)


def choice(*branches: tuple[Expr, Boolean]) -> Expr:
    """The value of the first branch whose condition holds."""
    # The classes themselves simplify conditions in which there are further choices.
    pairs = [Basic.__new__(ExprCondPair, value, condition) for value, condition in branches]
    made: Expr = Basic.__new__(sympy.Piecewise, *pairs)
    return made


_RELATIONS: dict[type[Relational], Callable[[Fraction, Fraction], bool]] = {
    sympy.Eq: lambda a, b: a == b,
    sympy.Ne: lambda a, b: a != b,
    sympy.Lt: lambda a, b: a < b,
    sympy.Le: lambda a, b: a <= b,
    sympy.Gt: lambda a, b: a > b,
    sympy.Ge: lambda a, b: a >= b,
}


def relation(kind: type[Relational], left: Expr, right: Expr) -> Boolean:
    """The comparison of two integer expressions; between numbers it is true or false."""
    if left.is_Rational and right.is_Rational:
        return sympy.true if _RELATIONS[kind](_value(left), _value(right)) else sympy.false
    return kind(left, right, evaluate=False)


def all_of(*conditions: Boolean) -> Boolean:
    """All of the conditions hold."""
    return _joined(sympy.And, sympy.true, sympy.false, conditions)


def any_of(*conditions: Boolean) -> Boolean:
    """One of the conditions holds."""
    return _joined(sympy.Or, sympy.false, sympy.true, conditions)


def negation(condition: Boolean) -> Boolean:
    """The condition does not hold."""
    if condition in (sympy.true, sympy.false):
        return sympy.false if condition is sympy.true else sympy.true
    if isinstance(condition, sympy.Not):
        return condition.args[0]
    return sympy.Not(condition, evaluate=False)


def _joined(kind: Any, empty: Boolean, decisive: Boolean, conditions: Sequence[Boolean]) -> Boolean:
    flat: dict[Boolean, None] = {}
    for condition in conditions:
        for part in condition.args if isinstance(condition, kind) else (condition,):
            if part is decisive:
                return decisive
            if part is not empty:
                flat[part] = None
    if len(flat) < 2:
        return next(iter(flat), empty)
    # The class itself compares its arguments with each other by arithmetic, and sorts them.
    joined: Boolean = Basic.__new__(kind, *flat)
    joined._argset = frozenset(flat)
    return joined


def rebuilt(part: Basic, arguments: Sequence[Any]) -> Basic:
    """What the part is of other arguments; numbers are calculated with, and nothing else is."""
    match part:
        case sympy.Add():
            return sum_of(*arguments)
        case sympy.Mul():
            return product(*arguments)
        case sympy.Pow() if arguments[1].is_Integer:
            exponent = int(arguments[1])
            if exponent < 0:
                return quotient(Integer(1), power(arguments[0], -exponent))
            return power(arguments[0], exponent)
        case sympy.floor():
            return rounded_down(*arguments)
        case sympy.ceiling():
            return rounded_up(*arguments)
        case sympy.Mod():
            return remainder(*arguments)
        case sympy.Abs():
            return absolute(*arguments)
        case sympy.Max():
            return largest(*arguments)
        case sympy.Min():
            return smallest(*arguments)
        case sympy.Piecewise():
            return choice(*((pair.args[0], pair.args[1]) for pair in arguments))
        case Relational():
            return relation(type(part), *arguments)
        case sympy.And():
            return all_of(*arguments)
        case sympy.Or():
            return any_of(*arguments)
        case sympy.Not():
            return negation(*arguments)
    if isinstance(part, BooleanFunction):
        return part.func(*arguments, evaluate=False)
    return part.func(*arguments)


def spelled_with(part: Any, values: Mapping[Any, Any]) -> Any:
    """An expression or condition with parts of it replaced, and nothing else done to it."""
    # What is replaced by its equal would be put together anew, in another order.
    return _spelled(part, {old: new for old, new in values.items() if old != new})


def _spelled(part: Any, values: Mapping[Any, Any]) -> Any:
    if not values or not isinstance(part, Basic):
        return part
    if part in values:
        return values[part]
    if not part.args:
        return part
    arguments = [_spelled(argument, values) for argument in part.args]
    same = all(old is new for old, new in zip(part.args, arguments, strict=True))
    return part if same else rebuilt(part, arguments)


def _value(part: Expr) -> Fraction:
    return Fraction(int(part.p), int(part.q))

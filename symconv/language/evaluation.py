"""Expressions and conditions at given numbers, by plain integer arithmetic.

The tree is read as it stands.  Neither SymPy's arithmetic nor the polynomials of the
decision are used, so that what these say can be re-checked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor, prod
from typing import Any

import sympy
from sympy import Integer, Pow, Rational, Symbol
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne, Relational
from sympy.logic.boolalg import ITE, BooleanFalse, BooleanTrue, Equivalent, Implies

from symconv.arithmetic.limits import MOST_BITS_OF_A_POWER
from symconv.errors import SymconvError
from symconv.language.length_symbols import LengthOf

__all__ = ["Numbers", "holds_at", "value_at"]

Numbers = Mapping[Symbol, int]
"""The values of integer symbols and indices."""


def value_at(expression: Any, at: Numbers) -> Fraction:
    """The value of an expression.

    >>> n = Symbol("n", integer=True)
    >>> print(value_at(sympy.floor(n / 2) + sympy.Mod(n, 3), {n: 5}))
    4

    Raises:
        SymconvError: a symbol has no value, or something is divided by what is not positive.
    """
    arguments = expression.args
    match expression:
        case Rational():
            return Fraction(int(expression.p), int(expression.q))
        case Symbol():
            if expression not in at:
                raise SymconvError(f"{expression} has no value here")
            return Fraction(at[expression])
        case LengthOf():
            from symconv.language.fixed_size import shape_at  # a length is that of a vector

            # It may not depend on all symbols of the signal; then any value of these will do.
            shape = shape_at(expression.signal, {**expression.anywhere(), **at})
            return Fraction(shape[expression.axis])
        case sympy.Add():
            return sum((value_at(a, at) for a in arguments), start=Fraction(0))
        case sympy.Mul():
            return prod((value_at(a, at) for a in arguments), start=Fraction(1))
        case Pow(args=(_, Integer() as exponent)):
            return _power(value_at(arguments[0], at), int(exponent), expression)
        case sympy.floor():
            return Fraction(floor(value_at(arguments[0], at)))
        case sympy.ceiling():
            return Fraction(ceil(value_at(arguments[0], at)))
        case sympy.Mod():
            value, modulus = (value_at(a, at) for a in arguments)
            if modulus <= 0:
                raise SymconvError(
                    f"the modulus in {expression} must be positive, and is {modulus}"
                )
            return value % modulus
        case sympy.Max():
            return max(value_at(a, at) for a in arguments)
        case sympy.Min():
            return min(value_at(a, at) for a in arguments)
        case sympy.Abs():
            return abs(value_at(arguments[0], at))
        case sympy.Piecewise():
            return next((value_at(v, at) for v, c in arguments if holds_at(c, at)), Fraction(0))
    raise SymconvError(f"{expression} is not integer arithmetic")


def _power(base: Fraction, exponent: int, of: Any) -> Fraction:
    if exponent < 0 and base <= 0:
        raise SymconvError(f"what {of} divides by must be positive, and is {base}")
    size = max(abs(base.numerator), base.denominator).bit_length()
    if size * abs(exponent) > MOST_BITS_OF_A_POWER:
        raise SymconvError(f"{of} is too large a number, with {base} to the power {exponent}")
    return Fraction(base**exponent)


def holds_at(condition: Any, at: Numbers) -> bool:
    """Whether a condition holds.

    >>> n = Symbol("n", integer=True)
    >>> holds_at((n > 3) & ~sympy.Eq(sympy.Mod(n, 2), 0), {n: 5})
    True
    """
    arguments = condition.args
    match condition:
        case BooleanTrue() | BooleanFalse():
            return bool(condition)
        case sympy.And():
            return all(holds_at(a, at) for a in arguments)
        case sympy.Or():
            return any(holds_at(a, at) for a in arguments)
        case sympy.Not():
            return not holds_at(arguments[0], at)
        case ITE():
            return holds_at(arguments[1 if holds_at(arguments[0], at) else 2], at)
        case Implies():
            return not holds_at(arguments[0], at) or holds_at(arguments[1], at)
        case Equivalent():
            return len({holds_at(a, at) for a in arguments}) < 2
        case Relational():
            left, right = (value_at(a, at) for a in arguments)
            match condition:
                case Eq():
                    return left == right
                case Ne():
                    return left != right
                case Ge():
                    return left >= right
                case Gt():
                    return left > right
                case Le():
                    return left <= right
                case Lt():
                    return left < right
    raise SymconvError(f"{condition} is not a condition on integers")

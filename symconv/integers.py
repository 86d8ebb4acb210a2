"""Integer arguments: the lengths, amounts and factors that the operators take."""

from __future__ import annotations

from collections.abc import Mapping
from operator import index as as_index
from typing import SupportsIndex, TypeAlias

from sympy import Basic, Expr, Integer, Symbol

from symconv.errors import SymconvError
from symconv.from_sympy import scaled_polynomial
from symconv.polynomials import Atom, Polynomial
from symconv.signs import is_at_least
from symconv.to_sympy import polynomial_expression

__all__ = [
    "Whole",
    "integer_expression",
    "length_argument",
    "parity_problem",
    "positive_argument",
    "specialised_integer",
]

Whole: TypeAlias = SupportsIndex | Expr
"""An integer, or a SymPy expression that is one."""


def integer_expression(value: Whole, what: str, of: object = None) -> Expr:
    """The value as a SymPy expression; an error unless it is known to be an integer.

    Args:
        value: an integer (not a `bool`), or a SymPy expression in integer symbols.
        what: what the value is, for the message.
        of: what it belongs to, for the message.
    """
    if isinstance(value, Expr):
        if value.is_Symbol and value.is_integer and value.is_even is None:
            return value
        problem = _problem(value)
        if not problem:
            return value
    elif not isinstance(value, bool):
        try:
            return Integer(as_index(value))
        except TypeError:
            problem = f"must be an integer or a SymPy integer expression, got {value!r}"
    else:
        problem = f"must be an integer, got the truth value {value}"
    raise SymconvError(f"{what}{f' of {of}' if of is not None else ''} {problem}")


def _problem(value: Expr) -> str:
    """What keeps an expression from being an integer of our arithmetic; empty if nothing does."""
    loose = sorted(str(s) for s in value.free_symbols if not s.is_integer)
    if loose:
        return (
            f"is {value}, but {', '.join(loose)} is not declared an integer; "
            f"write symbols({' '.join(loose)!r}, integer=True, positive=True)"
        )
    declared = parity_problem(value)
    if declared:
        return f"is {value}, but {declared}"
    try:
        if scaled_polynomial(value)[1] == 1:
            return ""
        readable = True
    except SymconvError:
        readable = False
    if not readable and not value.is_number:
        return (
            "must be built from integer symbols with +, -, *, floor, ceiling, Mod, Max, Min, Abs "
            f"and Piecewise, got {value}"
        )
    if not value.is_integer:
        return f"must be an integer, and {value} is not known to be one; use floor or ceiling"
    return ""


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


def specialised_integer(expression: Expr, values: Mapping[Symbol, Integer]) -> Expr:
    """The expression with symbols replaced by numbers.

    Not by SymPy, whose simplification of nested lengths takes seconds.
    """
    if expression.is_number or not expression.free_symbols & values.keys():
        return expression
    polynomial, denominator = scaled_polynomial(expression)
    numbers: dict[Atom, Polynomial] = {
        s.name: Polynomial.constant(int(value)) for s, value in values.items()
    }
    names = {s.name: s for s in expression.free_symbols}
    return polynomial_expression(polynomial.substitute(numbers), names) / denominator


def positive_argument(value: Whole, what: str, of: object) -> Expr:
    """A stride, dilation or factor: an integer that is known to be positive."""
    expression = integer_expression(value, what, of)
    if is_at_least(expression, 1) or expression.is_positive:
        return expression
    hint = "" if expression.is_number else ", which is not known to be positive"
    if any(not symbol.is_positive for symbol in expression.free_symbols):
        hint = "; declare its symbols positive"
    raise SymconvError(f"{what} of {of} must be a positive integer, got {expression}{hint}")


def length_argument(value: Whole, of: str) -> Expr:
    """A length: an integer that is not negative, in symbols whose signs are declared."""
    size = integer_expression(value, f"the length of {of}")
    if is_at_least(-size, 1):
        raise SymconvError(f"the length of {of} must not be negative, got {size}")
    unsigned = [str(s) for s in size.free_symbols if not (s.is_nonnegative or s.is_nonpositive)]
    if unsigned and not (is_at_least(size, 0) or size.is_nonnegative):
        raise SymconvError(
            f"the length of {of} is {size}, but the sign of {', '.join(sorted(unsigned))} is not "
            f"declared; write symbols({' '.join(sorted(unsigned))!r}, integer=True, positive=True)"
            ", or nonnegative=True"
        )
    return size

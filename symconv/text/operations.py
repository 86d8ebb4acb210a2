"""What the operators of Python mean between signals, integer expressions and conditions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_
from typing import TypeAlias

import sympy
from sympy import Expr
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from symconv.errors import SymconvError
from symconv.signals import (
    Add,
    Convolve,
    Correlate,
    Dilate,
    Downsample,
    Flip,
    Formula,
    Multiply,
    Pad,
    Scale,
    Signal,
    SignalExpr,
    Taps,
    walk,
)
from symconv.signs import is_at_least

__all__ = [
    "Value",
    "cases",
    "combined",
    "compared",
    "is_positive",
    "not_positive",
    "sort",
    "steps",
]

Value: TypeAlias = SignalExpr | Expr | Boolean
"""What a text can say: a signal, an integer expression or a condition."""


def sort(value: Value) -> str:
    """Which of the three a value is."""
    if isinstance(value, SignalExpr):
        return "a signal"
    return "an integer expression" if isinstance(value, Expr) else "a condition"


def combined(operator: ast.operator, left: Value, right: Value) -> Value:
    """The sum, difference, product, quotient and so on of signals and integer expressions."""
    if isinstance(left, SignalExpr) or isinstance(right, SignalExpr):
        return _combined_signals(operator, left, right)
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case ast.FloorDiv():
            return sympy.floor(left / right)
        case ast.Mod():
            return sympy.Mod(left, right)
        case ast.Pow():
            return left**right
    raise SymconvError("expected one of the operators + - * / // % **")


def _combined_signals(operator: ast.operator, left: Value, right: Value) -> SignalExpr:
    match operator, left, right:
        case ast.Add(), SignalExpr() as signal, other:
            return signal + other
        case ast.Sub(), SignalExpr() as signal, other:
            return signal - other
        case ast.Mult(), SignalExpr() as signal, number:
            return signal * number
        case ast.Mult(), number, SignalExpr() as signal:
            return signal * number
        case ast.Div(), SignalExpr() as signal, Expr() as number:
            quotient: SignalExpr = signal / number
            return quotient
        case ((ast.Add() | ast.Sub()), _, _):
            raise SymconvError("only signals can be added to signals")
    raise SymconvError(
        "signals have + and -, and * and / by a number; x.convolve(h) is a convolution"
    )


_RELATIONS: dict[type[ast.cmpop], Callable[[Expr, Expr], Boolean]] = {
    ast.Lt: sympy.Lt,
    ast.LtE: sympy.Le,
    ast.Gt: sympy.Gt,
    ast.GtE: sympy.Ge,
    ast.Eq: sympy.Eq,
    ast.NotEq: sympy.Ne,
}


def compared(values: Sequence[Expr], operators: Sequence[ast.cmpop]) -> Boolean:
    """The condition that a chain of comparisons such as 1 <= n <= 5 is."""
    pairs = zip(values, operators, values[1:], strict=False)
    relations = [_RELATIONS[type(operator)](a, b) for a, operator, b in pairs]
    # 2 <= n is n >= 2, as in Python.
    turned = [r.reversed if isinstance(r, Relational) and r.lhs.is_number else r for r in relations]
    return reduce(and_, turned)


def is_positive(value: Expr) -> bool:
    """Whether an integer expression is known to be positive."""
    return is_at_least(value, 1) or bool(value.is_positive)


def not_positive(value: Expr) -> str:
    """Why an expression that should be positive is not known to be, and what helps."""
    if value.is_number:
        return f"this is {value}"
    if value.is_Symbol:
        return f"this could be 0 or less; say otherwise with given {value} >= 1"
    return f"this could be 0 or less; write a symbol s for it, with given s == {value}"


# --- how involved a value is ---------------------------------------------------------

_CASES = (
    sympy.floor,
    sympy.ceiling,
    sympy.Max,
    sympy.Min,
    sympy.Abs,
    sympy.Mod,
    sympy.Piecewise,
)


def cases(expression: Expr) -> int:
    """How many floors and cases are written in an expression."""
    return sum(isinstance(part, _CASES) for part in sympy.preorder_traversal(expression))


def steps(signal: SignalExpr) -> int:
    """About how many floors and cases the length of a signal has, before it is written out."""
    own = sum(map(cases, signal.parameters))
    match signal:
        case Formula():
            return own
        case Add(inner, _) | Multiply(inner, _):
            return own + steps(inner)
        case Pad(inner, left, right):
            crops = int(not (is_at_least(left, 0) and is_at_least(right, 0)))
            return own + steps(inner) + crops
        case Downsample(inner, factor):
            return own + steps(inner) + int(factor != 1)
        case Correlate(inner, kernel, stride, _):
            return own + steps(inner) + steps(kernel) + 2 * int(stride != 1)
        case Convolve(left, right) if not (_has_entries(left) and _has_entries(right)):
            # The length is written once more in the condition that nothing is empty.
            return own + 2 * (steps(left) + steps(right) + 1)
        case Dilate(inner, _) if any(isinstance(part, Convolve) for part in walk(inner)):
            return own + (1 if _has_entries(inner) else 2) * steps(inner)
    return own + sum(map(steps, signal.operands))


def _has_entries(signal: SignalExpr) -> bool:
    """Whether a signal is plainly not empty."""
    match signal:
        case Signal(_, size) | Formula(size=size):
            return is_at_least(size, 1)
        case Taps(numbers):
            return bool(numbers)
        case Pad(inner, left, right):
            return is_at_least(left, 0) and is_at_least(right, 0) and _has_entries(inner)
        case Flip() | Scale() | Dilate() | Downsample() | Convolve():
            return all(map(_has_entries, signal.operands))
    return False

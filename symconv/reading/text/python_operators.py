"""What the operators of Python mean between signals, integer expressions and conditions."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeAlias

from sympy import Eq, Expr, Ge, Gt, Le, Lt, Ne
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from symconv.arithmetic import unevaluated
from symconv.arithmetic.from_sympy import is_at_least
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.signals import SignalExpr

__all__ = [
    "Value",
    "combined",
    "compared",
    "is_positive",
    "not_positive",
    "open_end",
    "sort",
]

Value: TypeAlias = SignalExpr | Expr | Boolean
"""What a text can say: a signal or tensor, an integer expression or a condition."""


def sort(value: Value) -> str:
    """Which of the three a value is; a signal of several axes is a tensor."""
    if isinstance(value, SignalExpr):
        return f"a {value.kind}"
    return "an integer expression" if isinstance(value, Expr) else "a condition"


def combined(operator: ast.operator, left: Value, right: Value) -> Value:
    """The sum, difference, product, quotient and so on of signals and integer expressions."""
    if isinstance(left, SignalExpr) or isinstance(right, SignalExpr):
        return _combined_signals(operator, left, right)
    match operator:
        case ast.Add():
            return unevaluated.sum_of(left, right)
        case ast.Sub():
            return unevaluated.difference(left, right)
        case ast.Mult():
            return unevaluated.product(left, right)
        case ast.Div():
            return unevaluated.quotient(left, right)
        case ast.FloorDiv():
            return unevaluated.rounded_down(unevaluated.quotient(left, right))
        case ast.Mod():
            return unevaluated.remainder(left, right)
        case ast.Pow() if right.is_Integer and right >= 0:
            return unevaluated.power(left, int(right))
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


_RELATIONS: dict[type[ast.cmpop], type[Relational]] = {
    ast.Lt: Lt,
    ast.LtE: Le,
    ast.Gt: Gt,
    ast.GtE: Ge,
    ast.Eq: Eq,
    ast.NotEq: Ne,
}
_TURNED = {Lt: Gt, Le: Ge, Gt: Lt, Ge: Le, Eq: Eq, Ne: Ne}


def compared(values: Sequence[Expr], operators: Sequence[ast.cmpop]) -> Boolean:
    """The condition that a chain of comparisons such as 1 <= n <= 5 is."""
    pairs = zip(values, operators, values[1:], strict=False)
    return unevaluated.all_of(*(_relation(a, _RELATIONS[type(o)], b) for a, o, b in pairs))


def _relation(left: Expr, kind: type[Relational], right: Expr) -> Boolean:
    if left.is_Rational:  # 2 <= n is n >= 2, as in Python
        return unevaluated.relation(_TURNED[kind], right, left)
    return unevaluated.relation(kind, left, right)


def is_positive(value: Expr) -> bool:
    """Whether an integer expression is known to be positive."""
    return is_at_least(value, 1)


def not_positive(value: Expr) -> str:
    """Why an expression that should be positive is not known to be, and what helps."""
    if value.is_number:
        return f"this is {value}"
    if value.is_Symbol:
        return f"this could be 0 or less; say otherwise with given {value} >= 1"
    return f"this could be 0 or less; write a symbol s for it, with given s == {value}"


def open_end(value: Amount) -> str:
    """Why it is open from which end a position counts, and what helps; empty if it is not open."""
    if value.is_at_least(0) or (-value).is_at_least(1):
        return ""
    if (-value).is_at_least(0):
        shown, least = -value, 1
    else:
        shown, least = value, 0
    how = f"say otherwise with given {shown} >= {least}"
    if not shown.written.is_Symbol:
        how = f"write a symbol m for {shown}, with given m == {shown}"
    return (
        "a position that is 0 or more counts from the beginning, a negative one from the end, and "
        f"{value} may be both; {how}"
    )

"""Expressions and conditions in integers on a whole grid of indices, with NumPy.

They are what `symconv.language.evaluation` says they are, which is asked point by point where an
expression has no arithmetic of 64-bit integers here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import sympy
from sympy import Integer, Rational, Symbol
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne, Relational
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from symconv.arithmetic.limits import LARGEST_FACTOR, STEPS_PER_POINT
from symconv.arithmetic.work import spend
from symconv.language.evaluation import holds_at, value_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Grid", "holds_on", "numbers_on", "places_on"]

Integers: TypeAlias = "NDArray[np.int64]"
Booleans: TypeAlias = "NDArray[np.bool_]"

Grid: TypeAlias = "Mapping[Symbol, Integers]"
"""The values of symbols, as arrays that can be broadcast together."""


class _OtherArithmeticError(Exception):
    """An expression is read point by point."""


def places_on(expression: Any, grid: Grid) -> Integers:
    """The positions that an expression says; −1 where it is no integer, or beyond every size.

    >>> i = Symbol("i")
    >>> places_on(i / 2, {i: np.arange(4)})
    array([ 0, -1,  1, -1])
    """
    try:
        numerators, denominator = _value(expression, grid)
    except _OtherArithmeticError:
        places: Integers = _point_by_point(
            lambda at: _place(value_at(expression, at)), expression, grid, np.int64
        )
        return places
    if denominator == 1:
        return numerators
    quotients, rest = np.divmod(numerators, denominator)
    return np.where(rest, -1, quotients)


def _place(value: Fraction) -> int:
    is_place = value.denominator == 1 and abs(value) < LARGEST_FACTOR
    return value.numerator if is_place else -1


def numbers_on(expression: Any, grid: Grid) -> NDArray[np.float64]:
    """The values of an expression as doubles."""
    try:
        numerators, denominator = _value(expression, grid)
    except _OtherArithmeticError:
        numbers: NDArray[np.float64] = _point_by_point(
            lambda at: float(value_at(expression, at)), expression, grid, np.float64
        )
        return numbers
    return numerators / denominator


def holds_on(condition: Any, grid: Grid) -> Booleans:
    """Where a condition holds.

    >>> i = Symbol("i")
    >>> holds_on((i > 0) & (i < 3), {i: np.arange(4)})
    array([False,  True,  True, False])
    """
    try:
        return _holds(condition, grid)
    except _OtherArithmeticError:
        holds: Booleans = _point_by_point(
            lambda at: holds_at(condition, at), condition, grid, np.bool_
        )
        return holds


def _point_by_point(
    function: Callable[[Mapping[Symbol, int]], Any], of: Any, grid: Grid, dtype: type[Any]
) -> Any:
    """A function at each point of a grid, along the axes that matter."""
    used = [symbol for symbol in of.free_symbols if symbol in grid]
    spread = np.broadcast_arrays(*(grid[symbol] for symbol in used)) if used else []
    shape = spread[0].shape if used else ()
    result: NDArray[Any] = np.empty(shape, dtype=dtype)
    spend(STEPS_PER_POINT * result.size)
    for place in np.ndindex(*shape):
        result[place] = function(
            {symbol: int(values[place]) for symbol, values in zip(used, spread, strict=True)}
        )
    return result


# --- 64-bit integers, over a positive number -------------------------------------------


def _value(expression: Any, grid: Grid) -> tuple[Integers, int]:
    match expression:
        case Rational():
            return _small(np.array(_fitting(int(expression.p)))), _fitting(int(expression.q))
        case Symbol() if expression in grid:
            return _small(grid[expression]), 1
        case sympy.Add():
            values, denominator = _alike(*(_value(a, grid) for a in expression.args))
            return reduce(lambda a, b: _small(a + b), values), denominator
        case sympy.Mul():
            return reduce(_product, (_value(a, grid) for a in expression.args))
        # With more factors than bits, all bases but 0, 1 and −1 are too large.
        case sympy.Pow(args=(base, Integer() as exponent)) if 0 < exponent <= 64:
            return reduce(_product, [_value(base, grid)] * int(exponent))
        case sympy.Pow(args=(base, Integer() as exponent)) if exponent == -1:
            value, denominator = _value(base, grid)
            if value.ndim or value <= 0:
                raise _OtherArithmeticError
            return np.array(denominator), int(value)
        case sympy.floor(args=(inner,)):
            value, denominator = _value(inner, grid)
            return value // denominator, 1
        case sympy.ceiling(args=(inner,)):
            value, denominator = _value(inner, grid)
            return -(-value // denominator), 1
        case sympy.Mod():
            (value, modulus), denominator = _alike(*(_value(a, grid) for a in expression.args))
            if (modulus <= 0).any():
                raise _OtherArithmeticError
            return value % modulus, denominator
        case sympy.Max() | sympy.Min():
            values, denominator = _alike(*(_value(a, grid) for a in expression.args))
            larger = np.maximum if isinstance(expression, sympy.Max) else np.minimum
            return reduce(larger, values), denominator
        case sympy.Abs(args=(inner,)):
            value, denominator = _value(inner, grid)
            return np.abs(value), denominator
    raise _OtherArithmeticError


def _product(one: tuple[Integers, int], other: tuple[Integers, int]) -> tuple[Integers, int]:
    return _small(one[0] * other[0]), _fitting(one[1] * other[1])


def _alike(*values: tuple[Integers, int]) -> tuple[list[Integers], int]:
    """The numerators over one denominator."""
    denominator = _fitting(lcm(*(one for _, one in values)))
    return [_small(value * (denominator // one)) for value, one in values], denominator


def _small(values: Integers) -> Integers:
    """The values, which may be multiplied then."""
    if values.size and max(int(values.max()), -int(values.min())) >= LARGEST_FACTOR:
        raise _OtherArithmeticError
    return values


def _fitting(number: int) -> int:
    if abs(number) >= LARGEST_FACTOR:
        raise _OtherArithmeticError
    return number


_COMPARED: Mapping[type, Callable[[Any, Any], Any]] = {
    Eq: np.equal,
    Ne: np.not_equal,
    Ge: np.greater_equal,
    Gt: np.greater,
    Le: np.less_equal,
    Lt: np.less,
}


def _holds(condition: Any, grid: Grid) -> Booleans:
    match condition:
        case BooleanTrue() | BooleanFalse():
            return np.array(bool(condition))
        case sympy.And():
            return reduce(np.logical_and, (_holds(a, grid) for a in condition.args))
        case sympy.Or():
            return reduce(np.logical_or, (_holds(a, grid) for a in condition.args))
        case sympy.Not(args=(inner,)):
            return np.logical_not(_holds(inner, grid))
        case Relational() if type(condition) in _COMPARED:
            (left, right), _ = _alike(*(_value(a, grid) for a in condition.args))
            return np.asarray(_COMPARED[type(condition)](left, right))
    raise _OtherArithmeticError

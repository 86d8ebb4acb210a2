"""Formulas for entries in double precision, at all indices at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from sympy import Expr, Indexed, Integer, Piecewise, Rational, Sum

from symconv.arithmetic.limits import (
    DOUBLES_PER_CALL,
    DOUBLES_PER_STEP,
    MOST_DOUBLE_STEPS,
    MOST_ENTRIES,
)
from symconv.arithmetic.such_that import SuchThat
from symconv.arithmetic.work import spend
from symconv.errors import SymconvError
from symconv.language.arrays import Doubles
from symconv.language.assignments import TooLongError
from symconv.language.grids import Grid, holds_on, numbers_on, places_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symconv.language.operators.base import InDoubles

__all__ = ["entries_on"]


def entries_on(
    expression: Expr, grid: Grid, arrays: Mapping[str, Doubles], given: InDoubles
) -> Doubles:
    """The values of a formula, which can be broadcast to the grid.

    Args:
        expression: the formula.
        grid: the values of its indices and symbols.
        arrays: the entries of the tensors in it.
        given: how numbers are read.

    Raises:
        SymconvError: it has a part that no formula has, or would take too long.
    """
    return np.asarray(_Reading(arrays, given).value(expression, grid))


@dataclass
class _Reading:
    """One formula, for which steps are counted."""

    arrays: Mapping[str, Doubles]
    given: InDoubles
    steps: int = field(default=0)

    def value(self, e: Expr, grid: Grid) -> Doubles:
        match e:
            case Rational():
                return self._number(Fraction(int(e.p), int(e.q)))
            case sympy.Add():
                return self._counted(sum((self.value(a, grid) for a in e.args), start=np.zeros(())))
            case sympy.Pow(args=(_, Integer() as exponent)) if exponent < 0:
                return numbers_on(e, grid)
            case sympy.Mul() | sympy.Pow():
                return self._product(e, grid)
            case Indexed():
                return self._entry(e, grid)
            case Piecewise():
                return self._first(list(e.args), grid)
            case SuchThat(args=(term, condition)):
                return self._first([(term, condition)], grid)
            case Sum():
                return self._sum(e, grid)
        raise SymconvError(f"{e} cannot stand in a formula")

    def _number(self, exact: Fraction) -> Doubles:
        return np.array(self.given.number(exact))

    def _counted(self, value: Any) -> Doubles:
        """The value, once the steps that it took are counted."""
        result: Doubles = np.asarray(value)
        self.steps += result.size + DOUBLES_PER_CALL
        spend(1 + result.size // DOUBLES_PER_STEP)
        if self.steps > MOST_DOUBLE_STEPS:
            raise TooLongError(
                f"a formula would take more than {MOST_DOUBLE_STEPS} steps in double precision"
            )
        return result

    def _product(self, e: Expr, grid: Grid) -> Doubles:
        factors = [e.base] * int(e.exp) if isinstance(e, sympy.Pow) else list(e.args)
        scale = prod(
            (Fraction(int(a.p), int(a.q)) for a in factors if a.is_Rational), start=Fraction(1)
        )
        result = self._number(scale)
        for factor in factors:
            if not factor.is_Rational:
                result = self._counted(result * self.value(factor, grid))
        return result

    def _entry(self, e: Indexed, grid: Grid) -> Doubles:
        """The entries at the positions, 0 outside."""
        array = self.arrays[str(e.base.label)]
        places = [places_on(index, grid) for index in e.indices]
        outside = [
            (place < 0) | (place >= size)
            for place, size in zip(places, array.shape, strict=True)
            if place.size and not 0 <= place.min() <= place.max() < size
        ]
        if not outside:
            return self._counted(array[tuple(places)])
        shape = np.broadcast_shapes(*(place.shape for place in places))
        if not array.size:
            return np.zeros(shape)
        ends = [size - 1 for size in array.shape]
        near = [np.clip(place, 0, end) for place, end in zip(places, ends, strict=True)]
        is_outside = np.broadcast_to(_any_of(outside), shape)
        return self._counted(np.where(is_outside, 0.0, array[tuple(near)]))

    def _first(self, cases: list[tuple[Expr, Any]], grid: Grid) -> Doubles:
        """The value of the first case whose condition holds, and 0 where none does."""
        shape = np.broadcast_shapes(*(values.shape for values in grid.values()))
        result = np.zeros(shape)
        left: NDArray[np.bool_] = np.ones(shape, dtype=bool)
        for value, condition in cases:
            holds = np.zeros(shape, dtype=bool)
            if left.all():
                holds[...] = holds_on(condition, grid)
            else:  # elsewhere it may not be defined
                holds[left] = holds_on(condition, _part(grid, left))
            if holds.any() and value != 0:
                result[holds] = self.value(value, _part(grid, holds))
            left &= ~holds
            if not left.any():
                break
        return self._counted(result)

    def _sum(self, e: Sum, grid: Grid) -> Doubles:
        (symbol, lower, upper), outer = e.limits[-1], e.limits[:-1]
        inner = Sum(e.function, *outer) if outer else e.function
        first, last = self._end(lower, grid), self._end(upper, grid)
        if not first.size or not last.size:
            return np.zeros(np.broadcast_shapes(first.shape, last.shape))
        numbers = range(int(first.min()), int(last.max()) + 1)
        if len(numbers) > MOST_ENTRIES:
            raise TooLongError(f"a sum over {symbol} would have {len(numbers)} terms")
        result = np.zeros(())
        for number in numbers:
            more = {**grid, symbol: np.array(number)}
            counts = (first <= number) & (number <= last)
            if counts.all():
                term = self.value(inner, more)
            else:
                shape = np.broadcast_shapes(*(values.shape for values in grid.values()))
                term = np.zeros(shape)
                chosen = np.broadcast_to(counts, shape)
                term[chosen] = self.value(inner, {**_part(grid, chosen), symbol: np.array(number)})
            result = self._counted(result + term)
        return result

    def _end(self, limit: Expr, grid: Grid) -> NDArray[np.int64]:
        value = np.asarray(numbers_on(limit, grid))
        wrong = value[value != np.rint(value)]
        if wrong.size:
            raise SymconvError(f"the end {limit} of a sum is {wrong[0]}, not an integer")
        return value.astype(np.int64)


def _any_of(conditions: list[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    result = conditions[0]
    for condition in conditions[1:]:
        result = result | condition
    return result


def _part(grid: Grid, chosen: NDArray[np.bool_]) -> Grid:
    """The chosen points of a grid, one after the other."""
    return {
        symbol: np.broadcast_to(values, chosen.shape)[chosen] if values.ndim else values
        for symbol, values in grid.items()
    }

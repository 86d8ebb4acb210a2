"""The arguments of layers as frameworks write them: numbers, axes counted from the end, constants.

A float is read as it is written: 0.1 is a tenth, and not the double next to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sympy import Rational

from symconv.errors import SymconvError, as_given
from symconv.language.amounts import Amount
from symconv.language.operators import Rearrange
from symconv.language.operators.base import axes_of, size_along
from symconv.language.operators.scale import exact_number
from symconv.language.signals import SignalExpr, Tensor

__all__ = [
    "Number",
    "as_list",
    "constant",
    "each",
    "exact",
    "names_of",
    "rearranged",
    "sizes_of",
    "which_axes",
    "without_axes",
]

Number = int | float | Fraction


def exact(value: Any, what: str) -> Fraction:
    """The number that was written: of a float, the decimal by which Python writes it.

    >>> print(exact(0.1, "the slope"), exact(2, "the slope"))
    1/10 2

    Raises:
        SymconvError: it is no number, or no finite one.
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            raise SymconvError(f"{what} must be a finite number, got {value}")
        return Fraction(repr(float(value)))
    found = None if isinstance(value, SignalExpr) else exact_number(value)
    if found is None:
        raise SymconvError(f"{what} must be a number, got {as_given(value)}")
    return found


def constant(value: Any, what: str = "a summand") -> SignalExpr:
    """The number as a tensor without axes, which is repeated along all axes of another one."""
    number = exact(value, what)
    return Tensor.from_formula((), Rational(number.numerator, number.denominator), shape=())


def as_list(values: Sequence[Any]) -> list[Any]:
    """The arguments of a call that takes several, or one sequence of them."""
    if len(values) == 1 and isinstance(values[0], list | tuple):
        return list(values[0])
    return list(values)


def each(value: Any, count: int) -> tuple[Any, ...]:
    """One for each of so many axes; one number stands for all, alone or in a sequence."""
    if isinstance(value, list | tuple):
        return tuple(value) * count if len(value) == 1 else tuple(value)
    return (value,) * count


def which_axes(x: SignalExpr, dim: Any) -> tuple[int, ...]:
    """The axes that are meant, in the order in which they are named; all where none is."""
    if dim is None or dim == () or dim == []:
        return tuple(range(x.ndim))
    return axes_of(x, dim)


def sizes_of(x: SignalExpr) -> list[Amount]:
    """The size along each axis."""
    return [size_along(x, axis) for axis in range(x.ndim)]


def names_of(axes: int) -> list[str]:
    """Names for the axes of a pattern."""
    return [f"a{axis}" for axis in range(axes)]


def rearranged(
    x: SignalExpr,
    source: Sequence[Sequence[str]],
    target: Sequence[Sequence[str]],
    sizes: dict[str, Amount],
) -> SignalExpr:
    """The tensor with its axes split, moved and merged; itself where they all stay.

    Args:
        x: the tensor.
        source: for each of its axes the names of those that are merged in it.
        target: the same of the result.
        sizes: how long each is.
    """
    left, right = tuple(map(tuple, source)), tuple(map(tuple, target))
    if left == right and all(len(group) == 1 for group in left):
        return x
    names = tuple(dict.fromkeys(name for group in (*left, *right) for name in group))
    return x.apply(Rearrange(left, right, names, tuple(sizes[name] for name in names)))


def without_axes(x: SignalExpr, axes: Sequence[int]) -> SignalExpr:
    """The tensor without axes of one entry."""
    names = names_of(x.ndim)
    source = [() if axis in axes else (name,) for axis, name in enumerate(names)]
    kept = [group for group in source if group]
    return rearranged(x, source, kept, dict(zip(names, sizes_of(x), strict=True)))

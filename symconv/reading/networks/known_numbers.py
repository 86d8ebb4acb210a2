"""Tensors of numbers that code makes, as formulas: filled ones, unit matrices, a few entries.

Merging code puts such tensors in, as the kernel of an identity.  Other numbers are no formula, and
stand for a weight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from sympy import Add, And, Eq, Expr, Integer, Mod, Piecewise, Rational, Symbol, floor, true

from symconv.arithmetic.limits import LARGEST_DENOMINATOR_WRITTEN, MOST_ENTRIES_OF_FORMULA
from symconv.language.signals import SignalExpr, Tensor, indices_of
from symconv.reading.networks.layers.entrywise import filled

__all__ = ["as_formula", "meant"]


def meant(number: float, step: float, largest_denominator: int) -> Fraction:
    """The number that somebody wrote, as far as one that is rounded can tell.

    It is an integer itself, or the fraction of the smallest denominator that is rounded to it, as
    1/9, where that is small; otherwise the shortest decimal that is.  So 0.1 is a tenth, in single
    precision too.

    Args:
        number: a finite number.
        step: the distance to the numbers next to it, as its precision has them.
        largest_denominator: of a fraction; what has a larger one was met by chance.

    >>> print(meant(0.1, 2**-56, 100), meant(-0.3333333432674408, 2**-25, 100), meant(5.0, 0, 100))
    1/10 -1/3 5
    >>> print(meant(0.044715, 2**-28, 100) == Fraction("0.044715"))
    True
    """
    exact, half = Fraction(number), Fraction(step) / 2
    if number < 0:
        return -meant(-number, step, largest_denominator)
    if exact.denominator == 1 or half >= exact:
        return exact
    simplest = _simplest_between(exact - half, exact + half)
    if simplest.denominator <= largest_denominator:
        return simplest
    decimals = (Fraction(f"{number:.{digits}e}") for digits in range(17))
    return next((one for one in decimals if abs(one - exact) <= half), exact)


def _simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of the smallest denominator from one positive number to another."""
    whole = low.numerator // low.denominator
    if whole == low:
        return low
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / _simplest_between(1 / (high - whole), 1 / (low - whole))


def as_formula(array: Any, step: Callable[[float], float]) -> SignalExpr | None:
    """The tensor of an array whose entries follow a simple formula; None where they do not.

    All of them are one number; or those that are not 0 are one number at places that follow from
    one of their positions; or they are few, and simple.

    Args:
        array: of numbers, in NumPy.
        step: the distance from a number to the next one in the precision of the array.
    """

    def exact(number: Any) -> Fraction:
        return meant(float(number), step(float(number)), LARGEST_DENOMINATOR_WRITTEN)

    if not array.size:
        return filled(array.shape, 0)
    first = array.flat[0]
    if (array == first).all():
        return filled(array.shape, exact(first))
    axes = [axis for axis in range(array.ndim) if (array != array.take([0], axis)).any()]
    line = array[tuple(slice(None) if axis in axes else 0 for axis in range(array.ndim))]
    places = list(zip(*(found.tolist() for found in line.nonzero()), strict=True))
    values = [line[place] for place in places]
    indices = indices_of(array.ndim)
    chosen = [indices[axis] for axis in axes]
    numbers = list(map(exact, values))
    condition = _by_one_position(chosen, places, line.shape) if len(set(numbers)) == 1 else None
    if condition is not None:
        cases = [(numbers[0], condition)]
    elif len(places) <= MOST_ENTRIES_OF_FORMULA and all(map(_is_simple, numbers)):
        conditions = [And(*map(Eq, chosen, map(Integer, place))) for place in places]
        cases = list(zip(numbers, conditions, strict=True))
    else:
        return None
    # A Piecewise with all cases would join those of one number by "or".
    entry = Add(*(Piecewise((Rational(*n.as_integer_ratio()), c), (0, true)) for n, c in cases))
    return Tensor.from_formula(indices, entry, shape=array.shape)


def _is_simple(number: Fraction) -> bool:
    """Whether somebody may have written it, and it was not drawn at random."""
    return number.denominator <= LARGEST_DENOMINATOR_WRITTEN


def _by_one_position(
    indices: list[Symbol], places: list[tuple[int, ...]], shape: tuple[int, ...]
) -> Any:
    """The condition that an index is one of some places, which one position tells; or None."""
    for axis, index in enumerate(indices):
        ordered = sorted(places, key=lambda place: place[axis])
        if [place[axis] for place in ordered] != list(range(shape[axis])):
            continue
        conditions = []
        for other, one in enumerate(indices):
            if other != axis:
                follows = [place[other] for place in ordered]
                found = next(_formulas(index, follows), None)
                if found is None:
                    break
                conditions.append(Eq(found, one))
        else:
            return And(*conditions)
    return None


def _formulas(index: Symbol, values: list[int]) -> Iterator[Expr]:
    """What gives the values at 0, 1, 2, …: a number, a sum, a remainder, a quotient."""
    first, count = values[0], len(values)
    if all(value == first for value in values):
        yield Integer(first)
    if values == list(range(first, first + count)):
        yield index + first
    if values == list(range(first, first - count, -1)):
        yield first - index
    for n in range(2, count):
        if values == [i % n for i in range(count)]:
            yield Mod(index, n)
        if values == [i // n for i in range(count)]:
            yield floor(index / n)

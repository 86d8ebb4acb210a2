"""From integer sets of parameters back to values: what one parameter is, by the others."""

from __future__ import annotations

from dataclasses import dataclass

import islpy as isl
from islpy import dim_type

from symconv.arithmetic.conditions_of_sets import Reader
from symconv.arithmetic.integer_sets import IntegerSets, Set, as_integer
from symconv.arithmetic.polynomials import Polynomial

__all__ = ["Value", "values_of"]


@dataclass(frozen=True, slots=True)
class Value:
    """What a parameter is somewhere: a polynomial in the others, over a number.

    Attributes:
        numerator: the polynomial.
        denominator: the number, which is positive.
        where: the other parameters for which it is that.
    """

    numerator: Polynomial
    denominator: int
    where: Set


def values_of(set_: Set, name: str, sets: IntegerSets) -> list[Value]:
    """What a parameter is in a set in which the others determine it, case by case.

    One case where the parameter fulfils one equation everywhere in the set: then it is
    written without floors, and is an integer in the set.

    Args:
        set_: the set, not empty.
        name: the parameter.
        sets: what the parameters are; the others determine it, see `has_at_most_one`.
    """
    line = sets.as_coordinates(set_, [name])
    reader = Reader(sets.parameters)
    equation = _equation(line.affine_hull(), reader)
    if equation is not None:
        numerator, denominator = equation
        return [Value(numerator, denominator, line.params())]
    return [
        Value(*reader.value(value), piece)
        for piece, value in isl.PwMultiAff.from_set(line).get_pw_aff(0).coalesce().get_pieces()
    ]


def _equation(hull: isl.BasicSet, reader: Reader) -> tuple[Polynomial, int] | None:
    """The coordinate of a line by an equation without remainders, if there is one."""
    for constraint in hull.get_constraints():
        c = as_integer(constraint.get_coefficient_val(dim_type.set, 0))
        divisions = range(hull.dim(dim_type.div))
        if not constraint.is_equality() or c == 0:
            continue
        if any(as_integer(constraint.get_coefficient_val(dim_type.div, i)) for i in divisions):
            continue
        rest = reader.linear(constraint)
        return (-rest, c) if c > 0 else (rest, -c)
    return None

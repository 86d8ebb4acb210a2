"""Coefficients that have to be counted: sums over an index that is in no position.

Each output of a box filter after a box filter is the number of ways to get there.  With one
such index, whose values form intervals, isl alone counts: last − first + 1.  Otherwise
barvinok does, where the package islpy-barvinok stands in for islpy.

References:
    S. Verdoolaege et al., *Counting Integer Points in Parametric Polytopes Using Barvinok's
    Rational Functions*, Algorithmica 48, 2007.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypeAlias

import islpy as isl
from islpy import dim_type

from symconv.arithmetic.integer_sets import Set, as_integer
from symconv.errors import Undecided

__all__ = ["counted_alike", "nonzero_count"]

Multiplier: TypeAlias = int | isl.PwQPolynomial
"""A number, or a polynomial in the parameters, by which a number of points is multiplied."""


def nonzero_count(parts: Sequence[tuple[Multiplier, Set]], width: int) -> Set:
    """The points at which the weighted numbers of values of the hidden indices do not cancel.

    Args:
        parts: weights, and sets whose coordinates from `width` on are hidden.
        width: the number of coordinates of a point.

    Raises:
        Undecided: nothing at hand can count them, or the numbers are polynomials in the
            lengths that do not cancel identically.
    """
    weighted = [(weight, _as_parameters(part, width)) for weight, part in parts]
    numbers = [(weight, part) for weight, part in weighted if isinstance(weight, int)]
    if len(numbers) == len(weighted):
        with suppress(_NoIntervalError):
            return _affine_nonzero(numbers, width)
    total = None
    for weight, part in weighted:
        counted = _counted(part)
        if isinstance(weight, int):
            counted = counted.scale_val(isl.Val.int_from_si(part.get_ctx(), weight))
        else:
            counted = counted * _with_coordinates(weight, width)
        total = counted if total is None else total + counted
    found = Set.empty(weighted[0][1].params().get_space())
    for piece, polynomial in total.get_pieces() if total is not None else ():
        if polynomial.is_zero() or piece.is_empty():
            continue
        if not polynomial.isa_aff():
            raise Undecided(
                f"coefficients were counted and differ as formulas ({polynomial}), but not "
                "necessarily at every length"
            )
        value = isl.PwAff.from_aff(polynomial.as_aff())
        zero = isl.PwAff.from_aff(isl.Aff.zero_on_domain(isl.LocalSpace.from_space(piece.space)))
        found = found | piece.intersect(value.ne_set(zero))
    return _as_points(found, width)


def counted_alike(points: Set) -> tuple[int, Set] | None:
    """How many values the last coordinate has, and the points without it.

    None unless these are the numbers from one to another, at each of the points the same ones.
    """
    last = points.dim(dim_type.set) - 1
    low, high = points.dim_min_val(last), points.dim_max_val(last)
    if not (low.is_int() and high.is_int()):
        return None
    others = points.project_out(dim_type.set, last, 1)
    every = others.insert_dims(dim_type.set, last, 1)
    every = every.lower_bound_val(dim_type.set, last, low)
    every = every.upper_bound_val(dim_type.set, last, high)
    if not every.is_subset(points):
        return None
    return as_integer(high) - as_integer(low) + 1, others


def _counted(part: Set) -> isl.PwQPolynomial:
    """How many values the hidden indices have.

    Raises:
        Undecided: nothing at hand can count them.
    """
    with suppress(_NoIntervalError):
        counted = _interval_count(part)
        if counted is None:
            zero = isl.Aff.zero_on_domain(isl.LocalSpace.from_space(part.params().get_space()))
            counted = isl.PwAff.from_aff(zero)
        return isl.PwQPolynomial.from_pw_aff(counted)
    if not hasattr(Set, "card"):
        raise Undecided(
            "a summation index drops out of some monomials, so that their coefficients have to "
            "be counted; install islpy-barvinok in place of islpy for that"
        )
    number: isl.PwQPolynomial = _cardinality(part)
    return number


def _cardinality(part: Any) -> Any:
    return part.card()  # only barvinok's islpy has it


class _NoIntervalError(Exception):
    """The values of the hidden indices are not one interval."""


def _as_parameters(part: Set, width: int) -> Set:
    """The set with the coordinates of a point as parameters; the hidden ones remain."""
    size = part.dim(dim_type.param)
    part = part.move_dims(dim_type.param, size, dim_type.set, 0, width)
    for i in range(width):
        part = part.set_dim_name(dim_type.param, size + i, f"c{i}")
    return part


def _with_coordinates(weight: isl.PwQPolynomial, width: int) -> isl.PwQPolynomial:
    """The weight with the coordinates of a point as further parameters; see `_as_parameters`."""
    size = weight.dim(dim_type.param)
    weight = weight.add_dims(dim_type.param, width)
    for i in range(width):
        weight = weight.set_dim_name(dim_type.param, size + i, f"c{i}")
    return weight


def _affine_nonzero(weighted: Sequence[tuple[int, Set]], width: int) -> Set:
    total = None
    for weight, part in weighted:
        counted = _interval_count(part)
        if counted is not None:
            counted = counted.scale_val(isl.Val.int_from_si(part.get_ctx(), weight))
            total = counted if total is None else total.union_add(counted)
    space = weighted[0][1].params().get_space()
    if total is None:
        found = Set.empty(space)
    else:
        zero = isl.PwAff.from_aff(isl.Aff.zero_on_domain(isl.LocalSpace.from_space(space)))
        found = total.ne_set(zero)
    return _as_points(found, width)


def _as_points(found: Set, width: int) -> Set:
    """The set with the last parameters as the coordinates of a point."""
    size = found.dim(dim_type.param) - width
    return found.from_params().move_dims(dim_type.set, 0, dim_type.param, size, width)


def _interval_count(part: Set) -> isl.PwAff | None:
    """How many values the hidden index has; None if there are none anywhere."""
    hidden = part.dim(dim_type.set)
    if hidden > 1:
        raise _NoIntervalError
    total = None
    for basic in part.make_disjoint().compute_divs().get_basic_sets():
        explicit = basic.compute_divs()
        pieces = [explicit] if isinstance(explicit, isl.BasicSet) else explicit.get_basic_sets()
        for piece in pieces:
            if hidden and any(
                piece.get_div(i).involves_dims(dim_type.in_, 0, 1)
                for i in range(piece.dim(dim_type.div))
            ):
                raise _NoIntervalError
            one = Set.from_basic_set(piece)
            if one.is_empty():
                continue
            if hidden:
                counted = one.dim_max(0) - one.dim_min(0)
                counted = counted + isl.PwAff.from_aff(_one(counted.get_domain_space()))
            else:
                domain = one.params()
                counted = isl.PwAff.from_aff(_one(domain.get_space())).intersect_domain(domain)
            total = counted if total is None else total.union_add(counted)
    return total


def _one(space: isl.Space) -> Any:
    value = isl.Val.int_from_si(space.get_ctx(), 1)
    return isl.Aff.zero_on_domain(isl.LocalSpace.from_space(space)).set_constant_val(value)

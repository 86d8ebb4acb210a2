"""Entries at positions that are numbers, in any order, as where colours are exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from types import EllipsisType
from typing import Any

from symconv.arithmetic.limits import MOST_SIZES_CALCULATED
from symconv.errors import SymconvError, as_given
from symconv.language.operators.base import axes_of, size_along
from symconv.language.signals import SignalExpr
from symconv.reading.networks.layers.resizing import combined
from symconv.reading.networks.layers.shapes import cat, narrow, part

__all__ = ["index", "index_select"]


def index(x: SignalExpr, key: Any) -> SignalExpr:
    """`x[key]` where a list of positions stands for one axis, beside slices, None and an ellipsis.

    Raises:
        SymconvError: there are several lists, integers beside one, or what is no position.
    """
    parts = list(key) if isinstance(key, tuple) else [key]
    (place, *more) = [at for at, one in enumerate(parts) if isinstance(one, list)]
    beside = [one for at, one in enumerate(parts) if at != place]
    if more or not all(one is None or isinstance(one, slice | EllipsisType) for one in beside):
        raise SymconvError(
            "x[...] takes one list of positions, beside slices, None and an ellipsis alone"
        )
    whole = part(x, (*parts[:place], slice(None), *parts[place + 1 :]))
    is_from_the_end = any(isinstance(one, EllipsisType) for one in parts[:place])
    axis = place - len(parts) if is_from_the_end else place
    return index_select(whole, axis, parts[place])


def index_select(input: SignalExpr, dim: int, index: Sequence[Any]) -> SignalExpr:  # noqa: A002
    """The entries at some positions along an axis, in their order.

    References:
        `torch.index_select`, which has no positions below 0; ONNX, Gather.

    Raises:
        SymconvError: these are not integers, or not all among the entries.
    """
    (axis,) = axes_of(input, dim)
    places = [_position(one) for one in index]
    if not 0 < len(places) <= MOST_SIZES_CALCULATED:
        raise SymconvError(
            f"a list of positions has from 1 to {MOST_SIZES_CALCULATED} of them, got {len(places)}"
        )
    n = size_along(input, axis).number
    if n is not None:
        if any(not -n <= place < n for place in places):
            raise SymconvError(f"positions {places} are not all among {n} entries")
        places = [place % n for place in places]
    steps = {after - before for before, after in pairwise(places)}
    is_plain = places[0] >= 0 or n is not None
    if is_plain and (len(places) == 1 or steps == {1}):
        return narrow(input, axis, places[0], len(places))
    if is_plain and steps == {-1} and places[-1] >= 0:
        return narrow(input, axis, places[-1], len(places)).flip(axis=axis)
    if n is None:
        return cat([narrow(input, axis, place, 1) for place in places], axis)
    if len(steps) == 1 and (step := steps.pop()) > 0:
        return part(input, (*[slice(None)] * axis, slice(places[0], places[-1] + 1, step)))
    return combined(input, axis, [{place: Fraction(1)} for place in places])


def _position(one: Any) -> int:
    if isinstance(one, bool) or not hasattr(one, "__index__"):
        raise SymconvError(f"a position is an integer such as 0, got {as_given(one)}")
    return int(one.__index__())

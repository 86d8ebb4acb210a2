"""The indices of a derivation: one integer symbol for each axis.

Of one axis, an index is a symbol and its value an integer; of several axes, both are tuples.
Inside, both are tuples always.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sympy import And, Expr, Ge, Lt, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.symbols import is_integer
from symconv.errors import SymconvError, as_given

__all__ = ["for_each_axis", "indices_argument", "one_or_all", "within_shape"]

_T = TypeVar("_T")


def indices_argument(index: object) -> tuple[Symbol, ...]:
    """The symbols that were given as an index, one for each axis.

    Raises:
        SymconvError: they are not integer symbols, or not different ones.
    """
    indices = index if isinstance(index, tuple) else (index,)
    for one in indices:
        if not isinstance(one, Symbol) or not is_integer(one):
            raise SymconvError(
                "the index must be a symbol such as integers('u') gives, or a tuple of such "
                f"symbols, one for each axis, got {as_given(index)}"
            )
    if not indices:
        raise SymconvError("the index must have one symbol at least, got ()")
    if len({one.name for one in indices}) < len(indices):
        raise SymconvError(
            f"the index must have a symbol of its own for each axis, got {as_given(index)}"
        )
    return indices


def one_or_all(values: Sequence[_T]) -> Any:
    """What each axis has: of one axis it itself, of several axes a tuple.

    >>> one_or_all([3]), one_or_all([3, 5])
    (3, (3, 5))
    """
    return values[0] if len(values) == 1 else tuple(values)


def for_each_axis(index: int | tuple[int, ...]) -> tuple[int, ...]:
    """The value of an index, with one integer for each axis.

    >>> for_each_axis(3), for_each_axis((3, 5))
    ((3,), (3, 5))
    """
    return index if isinstance(index, tuple) else (index,)


def within_shape(indices: Sequence[Expr], shape: Sequence[Expr]) -> Boolean:
    """The condition that indices are those of an output."""
    pairs = zip(indices, shape, strict=True)
    return And(*(one for u, size in pairs for one in (Ge(u, 0), Lt(u, size))))

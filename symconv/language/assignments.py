"""Values of the integer symbols: fixed sizes, checked against what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from operator import index as as_index
from typing import TYPE_CHECKING, Any, TypeAlias

from sympy import Integer, Symbol

from symconv.arithmetic.limits import MOST_ENTRIES
from symconv.arithmetic.symbols import IntegerSymbol, sign_of
from symconv.errors import SymconvError, as_given
from symconv.language.scalars import check_digits

if TYPE_CHECKING:
    from symconv.language.signals import Tensor

__all__ = [
    "Point",
    "TooLongError",
    "allows",
    "check_point",
    "leaf_shape",
    "point",
    "spell",
    "whole",
]

Point: TypeAlias = Mapping[Symbol, int]
"""Values of the integer symbols."""


class TooLongError(SymconvError):
    """A tensor would have more entries than can reasonably be computed."""


def point(
    symbols: Sequence[Symbol], values: Mapping[str, Any], known: str = ""
) -> dict[Symbol, int]:
    """Values for all symbols, checked against their assumptions."""
    by_name = {s.name: s for s in symbols}
    unknown = sorted(values.keys() - by_name.keys())
    expected = f"expected {', '.join(sorted(by_name)) or 'none'}{known}"
    if unknown:
        raise SymconvError(f"unknown name {unknown[0]!r}: {expected}")
    missing = sorted(by_name.keys() - values.keys())
    if missing:
        raise SymconvError(f"no value for {', '.join(missing)}: {expected}")
    result = {symbol: whole(name, values[name]) for name, symbol in by_name.items()}
    check_point(result)
    return result


def whole(name: str, value: Any) -> int:
    """An integer argument as an `int`; an error for anything else."""
    if not isinstance(value, bool):
        try:
            number = as_index(value)
        except TypeError:
            pass
        else:
            check_digits(number)
            return number
    raise SymconvError(f"{name} must be an integer, got {as_given(value)}")


_BEYOND_SIGNS = ("prime", "composite")  # all else that an integer can be said to be is a sign


def check_point(at: Point) -> None:
    """Raise an error where a value contradicts the assumptions of its symbol."""
    for symbol, number in at.items():
        if not allows(symbol, number):
            raise SymconvError(
                f"{symbol} = {number} contradicts the assumption that {symbol} is "
                f"{_contradicted(symbol, number)}"
            )


def _contradicted(symbol: Symbol, number: int) -> str:
    """What is assumed of a symbol, and not so for the number."""
    sign = sign_of(symbol)
    if sign.allows(number):
        assumption = next(a for a in _BEYOND_SIGNS if _says_otherwise(symbol, number, a))
        return assumption if getattr(symbol, f"is_{assumption}") else f"not {assumption}"
    return {
        (False, False, True): "positive",
        (True, False, False): "negative",
        (False, True, True): "nonnegative",
        (True, True, False): "nonpositive",
        (True, False, True): "nonzero",
        (False, True, False): "zero",
    }[sign.negative, sign.zero, sign.positive]


def _says_otherwise(symbol: Symbol, number: int, assumption: str) -> bool:
    said = getattr(symbol, f"is_{assumption}")
    return said is not None and said != getattr(Integer(number), f"is_{assumption}")


def allows(symbol: Symbol, value: int) -> bool:
    """Whether the assumptions of a symbol allow a value."""
    if not sign_of(symbol).allows(value):
        return False
    return isinstance(symbol, IntegerSymbol) or not any(
        _says_otherwise(symbol, value, assumption) for assumption in _BEYOND_SIGNS
    )


def leaf_shape(leaf: Tensor, at: Point) -> tuple[int, ...]:
    """The shape of a named tensor, of which no size may be negative."""
    shape = tuple(size.at(at) for size in leaf.sizes)
    for written, size in zip(leaf.sizes, shape, strict=True):
        if size < 0:
            what = "length" if len(shape) == 1 else "size"
            raise SymconvError(
                f"the {what} {written} of {leaf.kind} {leaf.name!r} is {size} at {spell(at)}"
            )
    size = prod(shape)
    if size > MOST_ENTRIES:
        raise TooLongError(
            f"{leaf.kind} {leaf.name!r} would have {size} entries; the limit is {MOST_ENTRIES}"
        )
    return shape


def spell(at: Point) -> str:
    """The values as text: n = 8, c = 3."""
    return ", ".join(f"{s} = {v}" for s, v in sorted(at.items(), key=str)) or "these lengths"

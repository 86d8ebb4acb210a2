"""Values of the integer symbols: fixed lengths, checked against what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import index as as_index
from typing import Any, TypeAlias

from sympy import Expr, Integer, Symbol
from sympy.logic.boolalg import Boolean

from symconv.errors import SymconvError
from symconv.signals import Signal, SignalExpr, walk

__all__ = [
    "MOST_ENTRIES",
    "Point",
    "TooLongError",
    "allows",
    "check_point",
    "integer",
    "leaf_length",
    "point",
    "positive",
    "spell",
    "symbols_of",
    "whole",
]

Point: TypeAlias = Mapping[Symbol, Integer]
"""Values of the integer symbols."""


MOST_ENTRIES = 1_000_000


class TooLongError(SymconvError):
    """A vector would have more entries than can reasonably be computed."""


def point(
    symbols: Sequence[Symbol], values: Mapping[str, Any], known: str = ""
) -> dict[Symbol, Integer]:
    """Values for all symbols, checked against their assumptions."""
    by_name = {s.name: s for s in symbols}
    unknown = sorted(values.keys() - by_name.keys())
    expected = f"expected {', '.join(sorted(by_name)) or 'none'}{known}"
    if unknown:
        raise SymconvError(f"unknown name {unknown[0]!r}: {expected}")
    missing = sorted(by_name.keys() - values.keys())
    if missing:
        raise SymconvError(f"no value for {', '.join(missing)}: {expected}")
    result = {symbol: Integer(whole(name, values[name])) for name, symbol in by_name.items()}
    check_point(result)
    return result


def whole(name: str, value: Any) -> int:
    """An integer argument as an `int`; an error for anything else."""
    if not isinstance(value, bool):
        try:
            return as_index(value)
        except TypeError:
            pass
    raise SymconvError(f"{name} must be an integer, got {value!r}")


_ASSUMPTIONS = (
    "positive",
    "negative",
    "nonnegative",
    "nonpositive",
    "zero",
    "prime",
    "composite",
)  # all others that an integer symbol can have follow from these


def check_point(at: Point) -> None:
    """Raise an error where a value contradicts the assumptions of its symbol."""
    for symbol, number in at.items():
        for assumption in _ASSUMPTIONS:
            holds = getattr(symbol, f"is_{assumption}")
            if holds is not None and getattr(number, f"is_{assumption}") != holds:
                said = assumption if holds else f"not {assumption}"
                raise SymconvError(
                    f"{symbol} = {number} contradicts the assumption that {symbol} is {said}"
                )


def allows(symbol: Symbol, value: int) -> bool:
    """Whether the assumptions of a symbol allow a value."""
    try:
        check_point({symbol: Integer(value)})
    except SymconvError:
        return False
    return True


def symbols_of(*signals: SignalExpr, more: Sequence[Expr | Boolean] = ()) -> list[Symbol]:
    """The integer symbols in the lengths, amounts and factors of signals, by name."""
    expressions = [p for signal in signals for node in walk(signal) for p in node.parameters]
    free = {s for e in [*expressions, *more] for s in e.free_symbols if isinstance(s, Symbol)}
    return sorted(free, key=lambda s: s.name)


def integer(expression: Expr, at: Point) -> int:
    """The value of an integer expression."""
    value = expression if expression.is_Integer else expression.xreplace(at)
    if not value.is_Integer:
        raise SymconvError(f"{expression} is {value}, not an integer, at {spell(at)}")
    return int(value)


def positive(expression: Expr, at: Point, what: str) -> int:
    """The value of a stride, dilation or factor, which must be at least 1."""
    value = integer(expression, at)
    if value < 1:
        raise SymconvError(f"the {what} {expression} must be positive, got {value}")
    return value


def leaf_length(leaf: Signal, at: Point) -> int:
    """The length of a named signal, which must not be negative."""
    size = integer(leaf.size, at)
    if size > MOST_ENTRIES:
        raise TooLongError(
            f"signal {leaf.name!r} would have {size} entries; the limit is {MOST_ENTRIES}"
        )
    if size < 0:
        raise SymconvError(
            f"the length {leaf.size} of signal {leaf.name!r} is {size} at {spell(at)}"
        )
    return size


def spell(at: Point) -> str:
    """The values as text: n = 8, c = 3."""
    return ", ".join(f"{s} = {v}" for s, v in sorted(at.items(), key=str)) or "these lengths"

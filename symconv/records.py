"""Records for scripts: what JSON holds exactly."""

from __future__ import annotations

from numbers import Rational
from typing import Any

__all__ = ["json_number", "shown"]

_EXACT = 2**53  # beyond, readers that keep numbers as doubles, such as JavaScript's, round


def json_number(value: Any) -> int | str:
    """A number, a truth value or an expression as JSON holds it exactly: itself, or text.

    >>> from fractions import Fraction
    >>> [json_number(value) for value in (-3, Fraction(1, 3), Fraction(4, 2), 2**60)]
    [-3, '1/3', 2, '1152921504606846976']
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, Rational) and value.denominator == 1:
        number = int(value.numerator)
        return number if abs(number) < _EXACT else str(number)
    return str(value)


def shown(value: Any) -> str:
    """A number, an expression or a list of them as a person writes it.

    >>> from fractions import Fraction
    >>> print(shown([Fraction(1, 3), 0]))
    [1/3, 0]
    """
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)

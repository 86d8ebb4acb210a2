"""The rings that entries may be in, and numbers times elements of any of them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import flint
from sympy import Expr, Rational

from symconv.arithmetic.limits import MOST_DIGITS_PYTHON_WRITES
from symconv.errors import SymconvError

__all__ = [
    "ELEMENTS",
    "EVERY_RING",
    "POLYNOMIALS",
    "RATIONAL",
    "REALS",
    "check_digits",
    "multiple",
    "strongest",
]

EVERY_RING = "every commutative ring"
"""Where there are sums, products and integers only."""

RATIONAL = "every commutative ℚ-algebra"
"""Where something is divided by a positive integer."""

REALS = "the reals"
"""Where entries are compared, as in maxima, or functions are applied to them."""

_RINGS = (EVERY_RING, RATIONAL, REALS)  # each asks for more than the one before

POLYNOMIALS = flint.fmpz_mpoly | flint.fmpq_mpoly
"""Polynomials of python-flint."""

ELEMENTS = flint.fmpz | flint.fmpq | flint.fmpz_mpoly | flint.fmpq_mpoly | flint.arb
"""What python-flint has for entries."""


def strongest(rings: Iterable[str]) -> str:
    """The one of the rings that asks for the most; every commutative ring where there are none.

    >>> strongest([RATIONAL, EVERY_RING])
    'every commutative ℚ-algebra'
    """
    return max(rings, key=_RINGS.index, default=EVERY_RING)


def check_digits(*numbers: int) -> None:
    """Refuse integers that Python could not write.

    Raises:
        SymconvError: one has more digits than that.
    """
    most = MOST_DIGITS_PYTHON_WRITES
    if any(one.bit_length() > most and abs(one) >= 10**most for one in numbers):
        raise SymconvError(f"a number has more than {most} digits; longer ones are not taken")


def multiple(number: Fraction, value: Any) -> Any:
    """An exact number times an element of a ring.

    >>> multiple(Fraction(3), 5), multiple(Fraction(1, 2), 5)
    (15, Fraction(5, 2))
    """
    if number.denominator == 1:
        return number.numerator * value
    if isinstance(value, Expr):
        return Rational(number.numerator, number.denominator) * value
    if isinstance(value, flint.fmpq_mpoly | flint.arb):
        return flint.fmpq(number.numerator, number.denominator) * value
    return number * value

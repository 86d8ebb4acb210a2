"""The rings that entries may be in, and numbers times elements of any of them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import flint
from sympy import Expr, Rational

__all__ = ["ELEMENTS", "EVERY_RING", "POLYNOMIALS", "RATIONAL", "REALS", "multiple", "strongest"]

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

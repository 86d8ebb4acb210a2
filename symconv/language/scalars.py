"""Numbers times elements of whatever ring the entries of signals are in."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
from sympy import Expr, Rational

__all__ = ["ELEMENTS", "POLYNOMIALS", "multiple"]

POLYNOMIALS = flint.fmpz_mpoly | flint.fmpq_mpoly
"""Polynomials of python-flint."""

ELEMENTS = flint.fmpz | flint.fmpq | flint.fmpz_mpoly | flint.fmpq_mpoly | flint.arb
"""What python-flint has for entries."""


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

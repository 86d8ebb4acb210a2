"""Transposed layers of one channel by their definition, for statements about them."""

from __future__ import annotations

from typing import TypeAlias

from sympy import Eq, Expr, Piecewise, Sum, Symbol

from symconv.catalogue.published.statements import c, i, j, k, m, u
from symconv.language.signals import Signal, SignalExpr

__all__ = ["Factor", "full_length", "scattered"]

Factor: TypeAlias = int | Symbol


def scattered(
    values: Signal, stride: Factor, dilation: Factor, padding: Expr, length: Expr
) -> SignalExpr:
    """Each k[j]·y[i] at si + dj − p: a transposed layer, straight from its definition."""
    at = stride * i + dilation * j - padding
    entry = Sum(Sum(Piecewise((k[j] * values[i], Eq(at, u))), (j, 0, c - 1)), (i, 0, m - 1))
    return Signal.from_formula(u, entry, length=length)


def full_length(stride: Factor, dilation: Factor = 1) -> Expr:
    """What a transposed layer of m entries and c taps has without padding."""
    return stride * (m - 1) + dilation * (c - 1) + 1

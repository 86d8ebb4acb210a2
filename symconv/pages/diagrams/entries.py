"""Entries of signals at fixed lengths as polynomials, and as text such as k₀² − 2k₁x₀."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any, TypeAlias

from symconv.language import fixed_size
from symconv.language.arrays import indices
from symconv.language.assignments import leaf_shape
from symconv.language.graph import leaves
from symconv.language.signals import SignalExpr
from symconv.pages.diagrams.lettering import subscript, superscript

__all__ = [
    "Monomial",
    "Polynomial",
    "entry_text",
    "monomial_text",
    "number_text",
    "polynomials",
    "sum_text",
    "terms",
]

Monomial: TypeAlias = tuple[tuple[str, int], ...]
"""The factors (name, index), with repetitions, in rising order.

Of a tensor of several axes, all indices but the last one stand in the name, as subscripts.
"""

Polynomial: TypeAlias = dict[Monomial, Fraction]


def polynomials(signals: Sequence[SignalExpr]) -> list[list[Polynomial]]:
    """The entries of signals at fixed lengths as sums of monomials."""
    named = leaves(*signals)
    arrays, _ = fixed_size.polynomials(signals, named, {})
    read = [one.entries for one in arrays]
    factors = [
        (_with_subscripts(name, index[:-1], shape), index[-1])
        for name, leaf in named.items()
        for shape in [leaf_shape(leaf, {})]
        for index in indices(shape)
    ]

    def collected(polynomial: Any) -> Polynomial:
        result = {}
        for exponents, coefficient in polynomial.terms():
            pairs = zip(factors, exponents, strict=True)
            monomial = sorted(factor for factor, e in pairs for _ in range(int(e)))
            result[tuple(monomial)] = Fraction(str(coefficient))
        return dict(sorted(result.items()))

    return [[collected(polynomial) for polynomial in entries] for entries in read]


def _with_subscripts(name: str, index: Sequence[int], shape: Sequence[int]) -> str:
    """A name with all indices but the last one, with commas where one may have two digits."""
    comma = "," * (max(shape) > 10)
    return name + "".join(subscript(i) + comma for i in index)


def entry_text(name: str, i: int) -> str:
    """The entry of a named signal, as in k₀."""
    return name + subscript(i)


def monomial_text(monomial: Monomial) -> str:
    """The factors, as in k₀k₁²; with points between them where a name is long."""
    powers = [(factor, len(list(group))) for factor, group in groupby(monomial)]
    texts = [entry_text(*factor) + (superscript(e) if e > 1 else "") for factor, e in powers]
    return ("·" if any(len(name) > 1 for name, _ in monomial) else "").join(texts)


def number_text(number: Any) -> str:
    """A number, with the sign of subtraction where it is negative."""
    return str(number).replace("-", "−")


def _term_text(monomial: Monomial, coefficient: Fraction) -> str:
    if not monomial:
        return number_text(coefficient)
    sign, size = "−" if coefficient < 0 else "", abs(coefficient)
    scale = "" if size == 1 else f"{size}" if size.denominator == 1 else f"({size})"
    return sign + scale + monomial_text(monomial)


def terms(polynomial: Polynomial) -> list[str]:
    """The terms, each but the first with the sign before it; 0 for no term."""
    texts = [_term_text(monomial, c) for monomial, c in polynomial.items()] or ["0"]
    signed = (f"− {t[1:]}" if t.startswith("−") else f"+ {t}" for t in texts[1:])
    return [texts[0], *signed]


def sum_text(polynomial: Polynomial) -> str:
    """The whole sum, as in k₀² − 2k₁x₀; 0 for no term."""
    return " ".join(terms(polynomial))

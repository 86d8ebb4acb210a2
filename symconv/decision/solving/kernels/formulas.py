"""Tensors by a formula, from the terms that were read off."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.arithmetic.polynomials import Polynomial, equal
from symconv.arithmetic.terms import Term
from symconv.arithmetic.to_sympy import letters, output_letters, terms_expression
from symconv.decision.solving.kernels.problems import Problem
from symconv.language.signals import SignalExpr, by_formula

__all__ = ["by_terms"]


def by_terms(problem: Problem, name: str, terms: Sequence[Term]) -> SignalExpr:
    """The tensor whose entry is a sum of terms."""
    unknown = problem.unknowns[name]
    symbols = problem.symbols
    taken = {*symbols, *problem.left.shapes, *problem.unknowns}
    index = (
        [next(letters("t", taken))] if unknown.ndim == 1 else output_letters(unknown.ndim, taken)
    )
    at = {axis: Polynomial.of(symbol.name) for axis, symbol in enumerate(index)}
    named = problem.named
    shapes = {factor.name: named[factor.name].shape for term in terms for factor in term.factors}
    alone = {
        equal(Polynomial.of(axis), 0)
        for axis, size in enumerate(unknown.lengths)
        if size.as_integer() == 1
    }
    entry = terms_expression(
        [term.without(alone).substitute(dict(at.items())) for term in terms],
        shapes,
        {**symbols, **{symbol.name: symbol for symbol in index}},
    )
    return by_formula(tuple(index), entry, unknown.sizes)

"""Formulas for unknown amounts that the other symbols determine, and whether they serve always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import product
from math import lcm
from typing import Any

import sympy
from sympy import Expr, Integer, Rational, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic import limits
from symconv.arithmetic.from_sympy import scaled_polynomial
from symconv.arithmetic.integer_sets import Set
from symconv.arithmetic.polynomials import Monomial, Polynomial, equal
from symconv.arithmetic.symbols import IntegerSymbol
from symconv.arithmetic.to_sympy import polynomial_expression
from symconv.arithmetic.unevaluated import Written, choice, quotient, spelled_with
from symconv.arithmetic.values_of_sets import values_of
from symconv.decision.claims import Claim
from symconv.decision.conditions import as_condition
from symconv.decision.prove import bounded, prove
from symconv.decision.solving.amounts.sets import AmountSets
from symconv.decision.verdicts import Proved
from symconv.errors import SymconvError, Undecided
from symconv.language.signals import SignalExpr, substituted, with_lengths

__all__ = ["AmountValues", "serve_always"]


class AmountValues:
    """The unknown amounts that the other symbols determine.

    Args:
        claim: the claim.
        unknowns: the unknown amounts.
        found: where they serve.
    """

    def __init__(self, claim: Claim, unknowns: Sequence[Symbol], found: AmountSets) -> None:
        self._claim = claim
        self._unknowns = unknowns
        self._found = found
        self._sets = found.sets
        self._safe = {symbol.name: IntegerSymbol(symbol.name) for symbol in claim.symbols}

    def all(self) -> dict[Symbol, Expr]:
        """A formula for each of them for which one is found."""
        result = {}
        for unknown in self._unknowns:
            with suppress(Undecided), bounded():
                value = self._value(unknown)
                if value is not None:
                    result[unknown] = value
        return result

    def _value(self, unknown: Symbol) -> Expr | None:
        sets, name = self._sets, unknown.name
        with sets.within_budget():
            rest = [other.name for other in self._unknowns if other != unknown]
            serving = sets.exists(self._found.serving, rest)
            if not sets.has_at_most_one(serving, [name]):
                return None
            there = sets.exists(serving, [name])
            cases = values_of(serving, name, sets)
            if len(cases) > 1:
                fitted = self._fitted(unknown, serving, there)
                if fitted is not None:
                    return fitted
            if len(cases) > limits.MOST_CASES_OF_AN_AMOUNT:
                return None
            written = [self._written(case.numerator, case.denominator) for case in cases]
            where = [case.where for case in cases]
            if not self._is_said(unknown, written, where, serving, there):
                return None
        if len(written) == 1:
            return written[0]
        conditions = [as_condition(self._claim, part, there, sets) for part in where]
        return choice(*zip(written[:-1], conditions[:-1], strict=True), (written[-1], sympy.true))

    def _written(self, numerator: Polynomial, denominator: int) -> Expr:
        """The value as an expression, in which SymPy simplifies nothing."""
        return self._over(polynomial_expression(numerator, self._safe), denominator)

    def _over(self, numerator: Expr, denominator: int) -> Expr:
        value = numerator if denominator == 1 else quotient(numerator, Integer(denominator))
        symbols = {self._safe[symbol.name]: symbol for symbol in self._claim.symbols}
        return spelled_with(value, symbols)

    def _is_said(
        self,
        unknown: Symbol,
        written: Sequence[Expr],
        where: Sequence[Set],
        serving: Set,
        there: Set,
    ) -> bool:
        """Whether the expressions, read again, say the same as the set."""
        sets = self._sets
        result = sets.where([])
        for value, part in zip(written, where, strict=True):
            numerator, denominator = scaled_polynomial(value)
            guard = equal(denominator * Polynomial.of(unknown.name), numerator)
            result = result | sets.where([(guard,)]).intersect(part)
        return bool(result.intersect(there).is_equal(serving))

    # --- one formula for all numbers that were tried ---

    def _fitted(self, unknown: Symbol, serving: Set, there: Set) -> Expr | None:
        """A formula with products of symbols for which numbers were tried: P = p + q·s.

        It is linear in each of these, through the first two numbers, and right for all of them.
        """
        sets, tried = self._sets, self._found.tried
        symbols = [s for s in tried if s not in self._unknowns and self._is_met(s, there)]
        here: dict[tuple[int, ...], Set] = {}
        known: dict[tuple[int, ...], dict[Monomial, Fraction]] = {}
        for numbers in product(*(tried[symbol] for symbol in symbols)):
            fixed = tuple(
                equal(Polynomial.of(symbol.name), number)
                for symbol, number in zip(symbols, numbers, strict=True)
            )
            part = sets.where([fixed])
            line = sets.exists(serving.intersect(part), [symbol.name for symbol in symbols])
            if line.is_empty():
                continue
            here[numbers] = part
            cases = values_of(line, unknown.name, sets)
            terms = cases[0].numerator.terms
            if len(cases) > 1 or any(len(m) > 1 or not _is_plain(m) for m in terms):
                return None
            known[numbers] = {m: Fraction(c, cases[0].denominator) for m, c in terms.items()}
        corners = set(product(*(tried[symbol][:2] for symbol in symbols)))
        if not symbols or not corners <= known.keys():
            return None
        value = self._through(known, symbols)
        written = [
            spelled_with(value, dict(zip(symbols, map(Integer, numbers), strict=True)))
            for numbers in here
        ]
        is_right = self._is_said(unknown, written, list(here.values()), serving, there)
        return value if is_right else None

    def _is_met(self, symbol: Symbol, there: Set) -> bool:
        """Whether a set says anything of a symbol; those that stand for all lengths are not met."""
        return not self._sets.exists(there, [symbol.name]).is_equal(there)

    def _through(
        self,
        known: Mapping[tuple[int, ...], Mapping[Monomial, Fraction]],
        symbols: Sequence[Symbol],
    ) -> Expr:
        """The formula that is linear in each of the symbols, through their first two numbers."""
        tried = self._found.tried
        monomials = dict.fromkeys(m for coefficients in known.values() for m in coefficients)

        def coefficient(monomial: Monomial, at: tuple[int, ...]) -> Expr:
            if len(at) == len(symbols):
                found = known[at].get(monomial, Fraction(0))
                return Rational(found.numerator, found.denominator)
            symbol = symbols[len(at)]
            first, *more = tried[symbol][:2]
            begin = coefficient(monomial, (*at, first))
            if not more:
                return begin
            slope = (coefficient(monomial, (*at, more[0])) - begin) / (more[0] - first)
            return begin + slope * (self._safe[symbol.name] - first)

        total = sympy.expand(
            sympy.Add(
                *(
                    coefficient(monomial, ()) * sympy.Mul(*(self._safe[str(a)] for a in monomial))
                    for monomial in monomials
                )
            )
        )
        denominator = lcm(*(int(c.q) for c in total.as_coefficients_dict().values()))
        return self._over(sympy.expand(denominator * total), denominator)


def _is_plain(monomial: Monomial) -> bool:
    return all(isinstance(atom, str) for atom in monomial)


def serve_always(claim: Claim, values: Mapping[Symbol, Expr], exists: Boolean) -> Boolean | None:
    """A condition under which formulas for amounts are proved to serve, for all numbers.

    None where neither without a condition nor with the given one there is a proof.

    Args:
        claim: the claim.
        values: the formulas.
        exists: where there are such amounts, as far as numbers were tried.
    """
    free = claim.free

    def put_in(part: Any) -> Any:
        if isinstance(part, SignalExpr):
            return substituted(part, values)
        return Written(spelled_with(with_lengths(part, values), values))

    for condition in dict.fromkeys((sympy.true, exists)):
        with suppress(SymconvError), bounded(limits.ALLOWANCE // limits.SEARCH_SHARE):
            given = [*map(put_in, free.conditions), condition]
            about = map(put_in, free.about)
            verdict = prove(Claim(put_in(free.lhs), put_in(free.rhs), given, about=about))
            if isinstance(verdict, Proved) and verdict.is_complete:
                return condition
    return None

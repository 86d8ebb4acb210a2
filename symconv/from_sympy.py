"""From SymPy: expressions, conditions and index formulas, as polynomials, guards and terms.

SymPy is what people write; `symconv.to_sympy` goes the other way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import lcm

import sympy
from sympy import (
    Abs,
    And,
    Expr,
    Indexed,
    Integer,
    Max,
    Min,
    Mod,
    Not,
    Or,
    Piecewise,
    Pow,
    Rational,
    Sum,
    Symbol,
)
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne, Relational
from sympy.logic.boolalg import Boolean, BooleanFalse, BooleanTrue, Equivalent, Implies

from symconv import polynomials
from symconv.errors import SymconvError
from symconv.polynomials import Conjunction, Polynomial, at_least, equal
from symconv.sums import Factor, SummationIndex, Term

__all__ = [
    "FormulaReader",
    "assumption_cases",
    "cases",
    "polynomial_of",
    "scaled_polynomial",
]

Names = Mapping[Symbol, Polynomial]
Quotient = tuple[Polynomial, int]  # an integer polynomial over a positive integer


# --- SymPy to polynomials ------------------------------------------------------------


def polynomial_of(expression: Expr, names: Names | None = None) -> Polynomial:
    """An integer-valued SymPy expression as a polynomial.

    A quotient such as n/2, integer because n is declared even, becomes a floor.
    """
    polynomial, denominator = scaled_polynomial(expression, names)
    return polynomial if denominator == 1 else polynomials.floor(polynomial, denominator)


def scaled_polynomial(expression: Expr, names: Names | None = None) -> Quotient:
    """The polynomial p and the integer q > 0 with expression = p/q.

    Raises:
        SymconvError: the expression holds something that is not integer arithmetic.
    """
    names = names or {}
    match expression:
        case Symbol():
            return names.get(expression, Polynomial.of(expression.name)), 1
        case Rational():
            return Polynomial.constant(int(expression.p)), int(expression.q)
        case sympy.Add():
            parts = [scaled_polynomial(argument, names) for argument in expression.args]
            common = lcm(*(q for _, q in parts))
            total = sum((p * (common // q) for p, q in parts), Polynomial({}))
            return total, common
        case sympy.Mul():
            product, denominator = Polynomial.constant(1), 1
            for argument in expression.args:
                p, q = scaled_polynomial(argument, names)
                product, denominator = product * p, denominator * q
            return product, denominator
        case Pow(args=(base, Integer() as exponent)) if exponent > 0:
            return scaled_polynomial(sympy.Mul(*[base] * int(exponent), evaluate=False), names)
        case sympy.floor():
            return polynomials.floor(*scaled_polynomial(expression.args[0], names)), 1
        case sympy.ceiling():
            p, q = scaled_polynomial(expression.args[0], names)
            return polynomials.ceiling(p, q), 1
        case Mod():
            dividend, divisor = (polynomial_of(argument, names) for argument in expression.args)
            if not expression.args[1].is_positive:
                raise SymconvError(f"the modulus in {expression} must be positive")
            return dividend - divisor * polynomials.floor(dividend, divisor), 1
        case Max() | Min():
            parts = [scaled_polynomial(argument, names) for argument in expression.args]
            common = lcm(*(q for _, q in parts))
            scaled = [p * (common // q) for p, q in parts]
            sign = 1 if isinstance(expression, Max) else -1
            largest = scaled[0] * sign
            for p in scaled[1:]:
                largest = polynomials.maximum(largest, p * sign)
            return largest * sign, common
        case Abs():
            p, q = scaled_polynomial(expression.args[0], names)
            return polynomials.maximum(p, -p), q
    raise SymconvError(
        f"{expression} is not integer arithmetic: expected symbols, integers, +, -, *, floor, "
        "ceiling, Mod, Max, Min or Abs"
    )


def cases(condition: Boolean, holds: bool = True, names: Names | None = None) -> list[Conjunction]:
    """Disjoint conjunctions that together say that the condition holds (or does not).

    >>> n = Symbol("n", integer=True)
    >>> [[str(guard) for guard in case] for case in cases((n < 1) | (n > 5))]
    [['n - 6 >= 0'], ['-n + 5 >= 0', '-n >= 0']]
    """
    match condition:
        case BooleanTrue() | BooleanFalse():
            return [()] if bool(condition) == holds else []
        case And() | Or():
            first, rest = condition.args[0], condition.func(*condition.args[1:])
            if isinstance(condition, And) == holds:
                return _both(cases(first, holds, names), cases(rest, holds, names))
            otherwise = _both(cases(first, not holds, names), cases(rest, holds, names))
            return cases(first, holds, names) + otherwise
        case Not():
            return cases(condition.args[0], not holds, names)
        case Implies():
            return cases(Or(Not(condition.args[0]), condition.args[1]), holds, names)
        case Equivalent():
            both = And(*condition.args)
            neither = Not(Or(*condition.args))
            return cases(Or(both, neither), holds, names)
        case Relational():
            p, _ = scaled_polynomial(condition.lhs - condition.rhs, names)
            return _comparison(condition, p, holds)
    raise SymconvError(
        f"{condition} is not a condition on lengths: expected comparisons such as n >= 1 or "
        "Eq(Mod(n, 4), 0), joined by And, Or and Not"
    )


_ASSUMPTIONS = (
    "positive",
    "negative",
    "zero",
    "nonnegative",
    "nonpositive",
    "nonzero",
    "even",
    "odd",
)


def assumption_cases(symbol: Symbol) -> list[Conjunction]:
    """What the assumptions of an integer symbol say about its value, as disjoint conjunctions.

    >>> [str(guard) for (guard,) in assumption_cases(Symbol("n", integer=True, positive=True))]
    ['n - 1 >= 0']

    Raises:
        SymconvError: an assumption such as `prime` cannot be said in integer arithmetic.
    """
    value = Polynomial.of(symbol.name)
    sign = (symbol.is_negative, symbol.is_zero, symbol.is_positive)
    parts = [((at_least(-value, 1),),), ((equal(value, 0),),), ((at_least(value, 1),),)]
    match sign:
        case (None, None, None):
            result: list[Conjunction] = [()]
        case (False, None, None):
            result = [(at_least(value, 0),)]
        case (None, None, False):
            result = [(at_least(-value, 0),)]
        case _:
            result = [
                part for (part,), possible in zip(parts, sign, strict=True) if possible is not False
            ]
    if symbol.is_even is not None and not symbol.is_zero:
        odd = value - 2 * polynomials.floor(value, 2)
        result = [(*guards, equal(odd, 0 if symbol.is_even else 1)) for guards in result]
    said = {a: getattr(symbol, f"is_{a}") for a in _ASSUMPTIONS}
    plain = Symbol(
        symbol.name, integer=True, **{a: holds for a, holds in said.items() if holds is not None}
    )
    beyond = sorted(symbol.assumptions0.items() - plain.assumptions0.items())
    if beyond:
        raise SymconvError(
            f"the assumption {beyond[0][0]}={beyond[0][1]} of {symbol} is not supported"
        )
    return result


def _comparison(relation: Relational, p: Polynomial, holds: bool) -> list[Conjunction]:
    positive, negative = at_least(p, 1), at_least(-p, 1)
    match relation:
        case Eq() | Ne():
            if isinstance(relation, Eq) == holds:
                return [(equal(p, 0),)]
            return [(positive,), (negative,)]
        case Gt():
            return [(positive,)] if holds else [(at_least(-p, 0),)]
        case Lt():
            return [(negative,)] if holds else [(at_least(p, 0),)]
        case Ge():
            return [(at_least(p, 0),)] if holds else [(negative,)]
        case Le():
            return [(at_least(-p, 0),)] if holds else [(positive,)]
    raise SymconvError(f"{relation} is not a comparison of integers")


def _both(left: list[Conjunction], right: list[Conjunction]) -> list[Conjunction]:
    return [a + b for a in left for b in right]


class FormulaReader:
    """Reads a SymPy index formula as guarded terms, numbering its summation indices afresh."""

    def __init__(self, fresh: Iterator[int]) -> None:
        self.fresh = fresh

    def terms(self, expression: Expr, names: Names) -> tuple[Term, ...]:
        """The terms of a formula; `names` gives the indices that are bound outside it."""
        match expression:
            case Rational():
                return (Term(Fraction(int(expression.p), int(expression.q))),) if expression else ()
            case sympy.Add():
                return tuple(t for argument in expression.args for t in self.terms(argument, names))
            case sympy.Mul():
                product: tuple[Term, ...] = (Term(),)
                for argument in expression.args:
                    factor = self.terms(argument, names)
                    product = tuple(a * b for a in product for b in factor)
                return product
            case Pow(args=(base, Integer() as exponent)) if exponent > 0:
                return self.terms(sympy.Mul(*[base] * int(exponent), evaluate=False), names)
            case Indexed():
                position = tuple(polynomial_of(index, names) for index in expression.indices)
                return (Term(factors=(Factor(str(expression.base.label), position),)),)
            case Piecewise():
                return self._branches(expression, names)
            case Sum():
                return self._sum(expression, names)
        raise SymconvError(
            f"{expression} cannot stand in a formula: expected entries x[m], sums, products, "
            "Piecewise and rational numbers"
        )

    def _branches(self, expression: Piecewise, names: Names) -> tuple[Term, ...]:
        result: list[Term] = []
        open_: list[Conjunction] = [()]  # where no earlier branch applies
        for value, condition in expression.args:
            for term in self.terms(value, names):
                chosen = _both(open_, cases(condition, True, names))
                result += [term.guarded(*guards) for guards in chosen]
            open_ = _both(open_, cases(condition, False, names))
        return tuple(result)

    def _sum(self, expression: Sum, names: Names) -> tuple[Term, ...]:
        # SymPy writes the innermost sum first; outer indices may bound inner ones.
        inner = dict(names)
        indices: list[tuple[SummationIndex, Conjunction]] = []
        for symbol, lower, upper in reversed(expression.limits):
            number = next(self.fresh)
            low, high = polynomial_of(lower, inner), polynomial_of(upper, inner)
            index = Polynomial.of(number)
            indices.append(
                (SummationIndex(number, low, high), (at_least(index, low), at_least(high, index)))
            )
            inner[symbol] = index
        guards = tuple(guard for _, pair in indices for guard in pair)
        summed = [index for index, _ in indices]
        return tuple(
            t.summed(*summed).guarded(*guards) for t in self.terms(expression.function, inner)
        )

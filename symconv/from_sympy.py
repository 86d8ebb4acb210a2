"""From SymPy: expressions, conditions and index formulas, as polynomials, guards and terms.

SymPy is what people write; `symconv.to_sympy` goes the other way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
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
from sympy.logic.boolalg import ITE, Boolean, BooleanFalse, BooleanTrue, Equivalent, Implies

from symconv import polynomials
from symconv.errors import SymconvError
from symconv.polynomials import Conjunction, Guarded, Polynomial, at_least, conjoined, equal
from symconv.restrictions import SuchThat
from symconv.sums import Factor, SummationIndex, Term

__all__ = [
    "FormulaReader",
    "assumption_cases",
    "cases",
    "check_condition",
    "polynomial_of",
    "scaled_polynomial",
]

_MOST_TERMS = 500  # of a formula, when it is expanded
_MOST_CASES = 20_000  # of a condition, as a disjunction

Names = Mapping[Symbol, Polynomial]
Quotient = tuple[Polynomial, int]  # an integer polynomial over a positive integer


# --- SymPy to polynomials ------------------------------------------------------------


def polynomial_of(expression: Expr, names: Names | None = None) -> Polynomial:
    """An integer-valued SymPy expression as a polynomial.

    A quotient such as n/2, integer because n is declared even, becomes a floor.

    Raises:
        SymconvError: the expression is not integer arithmetic, or not known to be an integer.
    """
    polynomial, denominator = scaled_polynomial(expression, names)
    if denominator == 1:
        return polynomial
    if not expression.is_integer:
        raise SymconvError(f"{expression} is not known to be an integer; use floor or ceiling")
    return polynomials.floor(polynomial, denominator)


def scaled_polynomial(expression: Expr, names: Names | None = None) -> Quotient:
    """The polynomial p and the integer q > 0 with expression = p/q.

    Raises:
        SymconvError: the expression holds something that is not integer arithmetic.
    """
    return _scaled(expression, names) if names else _scaled_alone(expression)


@lru_cache(maxsize=4096)
def _scaled_alone(expression: Expr) -> Quotient:
    return _scaled(expression, {})


def _scaled(expression: Expr, names: Names) -> Quotient:
    match expression:
        case Symbol():
            return names.get(expression, Polynomial.of(expression.name)), 1
        case Rational():
            return Polynomial.constant(int(expression.p)), int(expression.q)
        case sympy.Add():
            parts = [scaled_polynomial(argument, names) for argument in expression.args]
            common = lcm(*(q for _, q in parts))
            return sum((p * (common // q) for p, q in parts), Polynomial({})), common
        case sympy.Mul():
            product, denominator = Polynomial.constant(1), 1
            for argument in expression.args:
                p, q = scaled_polynomial(argument, names)
                product, denominator = product * p, denominator * q
            return product, denominator
        case Pow(args=(base, Integer() as exponent)) if exponent > 0:
            return scaled_polynomial(sympy.Mul(*[base] * int(exponent), evaluate=False), names)
        case sympy.floor():
            return polynomials.floor(*_quotient(expression.args[0], names)), 1
        case sympy.ceiling():
            return polynomials.ceiling(*_quotient(expression.args[0], names)), 1
        case Mod():
            (p, a), (modulus, b) = (scaled_polynomial(part, names) for part in expression.args)
            if not expression.args[1].is_positive:
                raise SymconvError(f"the modulus in {expression} must be positive")
            p, modulus = p * b, modulus * a  # both over a·b
            return p - modulus * polynomials.floor(p, modulus), a * b
        case Piecewise():
            parts = [scaled_polynomial(value, names) for value, _ in expression.args]
            common = lcm(*(q for _, q in parts))
            conditions = _exclusive([condition for _, condition in expression.args], names)
            chosen = Polynomial({})
            for (p, q), where in zip(parts, conditions, strict=True):
                for guards in where:
                    chosen = chosen + Polynomial.of(Guarded(p * (common // q), guards))
            return chosen, common
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
        "ceiling, Mod, Max, Min, Abs or Piecewise"
    )


def _quotient(expression: Expr, names: Names) -> tuple[Polynomial, Polynomial]:
    """The numerator and the positive denominator, which may hold symbols: floor(n/s)."""
    numerator, denominator = expression.as_numer_denom()
    if not denominator.is_positive:
        raise SymconvError(f"the denominator of {expression} must be positive")
    (p, a), (q, b) = (scaled_polynomial(part, names) for part in (numerator, denominator))
    return p * b, q * a


def _exclusive(conditions: Sequence[Boolean], names: Names) -> list[list[Conjunction]]:
    """Where each condition holds and no earlier one does, as disjoint conjunctions."""
    result: list[list[Conjunction]] = []
    open_: list[Conjunction] = [()]
    for condition in conditions:
        result.append(_both(open_, cases(condition, True, names)))
        open_ = _both(open_, cases(condition, False, names))
    return result


def cases(condition: Boolean, holds: bool = True, names: Names | None = None) -> list[Conjunction]:
    """Disjoint conjunctions that together say that the condition holds (or does not).

    >>> n = Symbol("n", integer=True)
    >>> [[str(guard) for guard in case] for case in cases((n < 1) | (n > 5))]
    [['n - 6 >= 0'], ['-n >= 0']]
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
        case ITE(args=(condition_, then, otherwise)):  # what SymPy makes of a Piecewise inside
            either = Or(And(condition_, then), And(Not(condition_), otherwise))
            return cases(either, holds, names)
        case Implies():
            return cases(Or(Not(condition.args[0]), condition.args[1]), holds, names)
        case Equivalent():
            both = And(*condition.args)
            neither = Not(Or(*condition.args))
            return cases(Or(both, neither), holds, names)
        case Relational():
            try:
                p, _ = scaled_polynomial(condition.lhs - condition.rhs, names)
            except SymconvError as error:
                raise SymconvError(
                    f"{condition} is not a condition on indices and lengths: {error}"
                ) from None
            return _comparison(condition, p, holds)
    raise SymconvError(
        f"{condition} is not a condition on lengths: expected comparisons such as n >= 1 or "
        "Eq(Mod(n, 4), 0), joined by And, Or and Not"
    )


def check_condition(condition: Boolean) -> None:
    """Raise an error unless the condition can be read; quick, however large it is."""
    if isinstance(condition, And | Or | Not):
        for part in condition.args:
            check_condition(part)
    else:
        cases(condition)


_ASSUMPTIONS = (
    "positive",
    "negative",
    "zero",
    "nonnegative",
    "nonpositive",
    "nonzero",
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
    said = {a: getattr(symbol, f"is_{a}") for a in _ASSUMPTIONS}
    plain = Symbol(
        symbol.name, integer=True, **{a: holds for a, holds in said.items() if holds is not None}
    )
    beyond = sorted(
        symbol.assumptions0.items() - plain.assumptions0.items(),
        key=lambda item: (not item[1], item),
    )
    if beyond:
        assumption, holds = beyond[0]
        raise SymconvError(
            f"the assumption {assumption}={holds} of {symbol} is not supported; expected "
            f"assumptions are integer, {', '.join(_ASSUMPTIONS)}"
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
    if len(left) * len(right) > _MOST_CASES:
        raise SymconvError(f"a condition has more than {_MOST_CASES} cases; split it up")
    joined = (conjoined(a + b) for a in left for b in right)
    return [guards for guards in joined if guards is not None]


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
                    if len(product) * len(factor) > _MOST_TERMS:
                        raise SymconvError(
                            f"{expression} has more than {_MOST_TERMS} terms when it is expanded; "
                            "build it from signals instead"
                        )
                    product = tuple(a * b for a in product for b in factor)
                return product
            case Pow(args=(base, Integer() as exponent)) if exponent > 0:
                return self.terms(sympy.Mul(*[base] * int(exponent), evaluate=False), names)
            case Indexed():
                return (self._entry(expression, names),)
            case Piecewise():
                return self._cases(expression.args, names)
            case SuchThat(args=(value, condition)):
                return self._cases([(value, condition)], names)
            case Sum():
                return self._sum(expression, names)
        raise SymconvError(
            f"{expression} cannot stand in a formula: expected entries x[m], sums, products, "
            "Piecewise and rational numbers"
        )

    def _entry(self, expression: Indexed, names: Names) -> Term:
        """An entry, which is zero where its position is not an integer, as in k[u/2]."""
        position, guards = [], []
        for index in expression.indices:
            p, q = scaled_polynomial(index, names)
            position.append(polynomials.floor(p, q))
            if q != 1:
                guards.append(equal(q * polynomials.floor(p, q), p))
        factor = Factor(str(expression.base.label), tuple(position))
        return Term(factors=(factor,), guards=tuple(guards))

    def _cases(self, pairs: Sequence[tuple[Expr, Boolean]], names: Names) -> tuple[Term, ...]:
        """The values, each where its condition is the first that holds."""
        conditions = _exclusive([condition for _, condition in pairs], names)
        return tuple(
            term.guarded(*guards)
            for (value, _), where in zip(pairs, conditions, strict=True)
            for guards in where
            for term in self.terms(value, names)
        )

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

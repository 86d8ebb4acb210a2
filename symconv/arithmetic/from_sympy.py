"""From SymPy: expressions, conditions and index formulas, as polynomials, guards and terms.

SymPy is what people write; `symconv.arithmetic.to_sympy` goes the other way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from itertools import product
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

from symconv.arithmetic import plain_bounds, polynomials, unevaluated
from symconv.arithmetic.limits import (
    DIVISIBILITY_OPERATIONS,
    MOST_CASES_OF_A_CONDITION,
    MOST_EXPANDED_TERMS,
    MOST_RESIDUES_CHECKED,
)
from symconv.arithmetic.plain_bounds import bounds
from symconv.arithmetic.polynomials import (
    Conjunction,
    Guarded,
    Polynomial,
    at_least,
    conjoined,
    equal,
)
from symconv.arithmetic.such_that import SuchThat
from symconv.arithmetic.symbols import IntegerSymbol, Sign, sign_of
from symconv.arithmetic.terms import Factor, SummationIndex, Term
from symconv.arithmetic.work import spend
from symconv.errors import SymconvError

__all__ = [
    "FormulaReader",
    "Standing",
    "always_divides",
    "assumption_cases",
    "cases",
    "check_condition",
    "is_at_least",
    "polynomial_of",
    "scaled_polynomial",
    "without_certain",
]


Names = Mapping[Symbol, Polynomial]
Quotient = tuple[Polynomial, int]  # an integer polynomial over a positive integer


class Standing(sympy.AtomicExpr):  # type: ignore[misc]
    """What stands for a polynomial in an expression, and is one symbol to SymPy.

    Attributes:
        polynomial: its value.
    """

    __slots__ = ("polynomial",)

    is_commutative = True
    polynomial: Polynomial


# --- SymPy to polynomials ------------------------------------------------------------


def polynomial_of(expression: Expr, names: Names | None = None) -> Polynomial:
    """An integer-valued expression as a polynomial.

    Raises:
        SymconvError: the expression is not integer arithmetic, or not known to be an integer.
    """
    polynomial, denominator = scaled_polynomial(expression, names)
    if denominator == 1:
        return polynomial
    if not always_divides(denominator, polynomial):
        raise SymconvError(f"{expression} is not known to be an integer; use floor or ceiling")
    return polynomials.floor(polynomial, denominator)


def always_divides(number: int, polynomial: Polynomial) -> bool:
    """Whether a number divides the values of a polynomial at all integers; False may be unknown.

    >>> n = Polynomial.of("n")
    >>> always_divides(2, n * n + n), always_divides(6, n * n + n)
    (True, False)
    """
    if number == 1:
        return True
    residue = polynomial - polynomials.floor(polynomial, number) * number
    if not residue.terms:
        return True
    atoms = sorted({a for a in polynomial.atoms() if isinstance(a, str | int)}, key=str)
    if all(isinstance(a, str | int) for a in polynomial.atoms()):
        if number ** len(atoms) > MOST_RESIDUES_CHECKED:
            return False
        return not any(
            residue.substitute(
                {a: Polynomial.constant(v) for a, v in zip(atoms, values, strict=True)}
            ).terms
            for values in product(range(number), repeat=len(atoms))
        )
    from symconv.arithmetic.integer_sets import (
        IntegerSets,  # seldom needed, and takes time to import
    )

    if polynomial.indices():
        return False
    sets = IntegerSets(sorted(polynomial.symbols()), DIVISIBILITY_OPERATIONS)
    apart = [(at_least(residue, 1),), (at_least(-residue, 1),)]
    return sets.attempt(lambda: bool(sets.where(apart).is_empty()))


def scaled_polynomial(expression: Expr, names: Names | None = None) -> Quotient:
    """The polynomial p and the integer q > 0 with expression = p/q.

    Raises:
        SymconvError: the expression holds something that is not integer arithmetic.
    """
    numerator, divisor = _fraction(expression, names or {})
    denominator = divisor.as_integer()
    if denominator is None:
        raise SymconvError(f"{expression} divides by a symbol; use floor or ceiling")
    return numerator, denominator


def is_at_least(expression: Expr, least: int) -> bool:
    """Whether an expression is `least` or more; False says that this is not plain.

    >>> c = Symbol("c", integer=True, positive=True)
    >>> is_at_least(2 * c - 1, 1), is_at_least(c - 2, 0)
    (True, False)
    """
    low, _ = bounds(expression)
    if low is not None and low >= least:
        return True
    try:
        numerator, divisor = _fraction(expression, {})
    except SymconvError:
        return False
    return plain_bounds.is_at_least(numerator - divisor * least, 0, _known_signs(expression))


def _known_signs(expression: Expr) -> dict[str, Sign]:
    return {s.name: sign_of(s) for s in expression.free_symbols if isinstance(s, Symbol)}


_ONE = Polynomial.constant(1)


def _fraction(expression: Expr, names: Names) -> tuple[Polynomial, Polynomial]:
    """The expression as a numerator and a positive denominator."""
    match expression:
        case Symbol():
            return names.get(expression, Polynomial.of(expression.name)), _ONE
        case Rational():
            return Polynomial.constant(int(expression.p)), Polynomial.constant(int(expression.q))
        case Standing():
            return expression.polynomial, _ONE
        case sympy.Add():
            scaled, common = _common(expression.args, names)
            return sum(scaled, Polynomial({})), common
        case sympy.Mul():
            product_, denominator = _ONE, _ONE
            for argument in expression.args:
                p, q = _fraction(argument, names)
                product_, denominator = product_ * p, denominator * q
            return product_, denominator
        case Pow(args=(base, Integer() as exponent)):
            p, q = _fraction(base, names)
            if exponent < 0 and not _is_positive(base, names):
                raise SymconvError(f"the denominator of {expression} must be positive")
            top, bottom = (p, q) if exponent >= 0 else (q, p)
            return _raised(top, abs(int(exponent))), _raised(bottom, abs(int(exponent)))
        case sympy.floor():
            return polynomials.floor(*_fraction(expression.args[0], names)), _ONE
        case sympy.ceiling():
            return polynomials.ceiling(*_fraction(expression.args[0], names)), _ONE
        case Mod():
            if not _is_positive(expression.args[1], names):
                raise SymconvError(f"the modulus in {expression} must be positive")
            (p, modulus), common = _common(expression.args, names)
            return p - modulus * polynomials.floor(p, modulus), common
        case Piecewise():
            return _chosen(expression, names)
        case Max() | Min():
            scaled, common = _common(expression.args, names)
            sign = 1 if isinstance(expression, Max) else -1
            return reduce(polynomials.maximum, (p * sign for p in scaled)) * sign, common
        case Abs():
            p, q = _fraction(expression.args[0], names)
            return polynomials.maximum(p, -p), q
    raise SymconvError(
        f"{expression} is not integer arithmetic: expected symbols, integers, +, -, *, floor, "
        "ceiling, Mod, Max, Min, Abs or Piecewise"
    )


def _chosen(expression: Piecewise, names: Names) -> tuple[Polynomial, Polynomial]:
    """The values of a case distinction, each where its condition holds and none before it."""
    scaled, common = _common([value for value, _ in expression.args], names)
    conditions = _exclusive([condition for _, condition in expression.args], names)
    chosen = Polynomial({})
    for p, where in zip(scaled, conditions, strict=True):
        for guards in where if p.terms else ():
            chosen = chosen + Polynomial.of(Guarded(p, guards))
    return chosen, common


def _is_positive(expression: Expr, names: Names) -> bool:
    """Whether an expression, which need not be an integer, is plainly positive.

    An index that `names` replaces may have any sign, whatever its symbol declares.
    """
    low, _ = bounds(expression, names)
    if low is not None and low > 0:
        return True
    numerator, _ = _fraction(expression, names)
    known = _known_signs(expression)
    return plain_bounds.is_at_least(
        numerator, 1, {n: known[n] for n in known if n not in _taken(names)}
    )


def _taken(names: Names) -> set[str]:
    return {symbol.name for symbol in names}


def _common(expressions: Sequence[Expr], names: Names) -> tuple[list[Polynomial], Polynomial]:
    """The numerators of expressions over one positive denominator."""
    parts = [_fraction(expression, names) for expression in expressions]
    numbers = [q.as_integer() for _, q in parts]
    if None not in numbers:
        common = lcm(*(n for n in numbers if n is not None))
        scaled = [p * (common // q) for (p, _), q in zip(parts, numbers, strict=True) if q]
        return scaled, Polynomial.constant(common)
    divisors = list(dict.fromkeys(q for _, q in parts))
    whole = _ONE
    for divisor in divisors:
        whole = whole * divisor
    result = []
    for p, q in parts:
        for divisor in divisors:
            p = p * divisor if divisor != q else p
        result.append(p)
    return result, whole


def _raised(base: Polynomial, exponent: int) -> Polynomial:
    result = _ONE
    for bit in bin(exponent)[2:]:
        result = result * result
        if bit == "1":
            result = result * base
    return result


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
            return _joined(condition.args, isinstance(condition, And), holds, names)
        case Not():
            return cases(condition.args[0], not holds, names)
        case ITE(args=(chosen, then, otherwise)):  # what SymPy makes of a Piecewise inside
            return _both(cases(chosen, True, names), cases(then, holds, names)) + _both(
                cases(chosen, False, names), cases(otherwise, holds, names)
            )
        case Implies(args=(premise, conclusion)):
            if holds:
                return cases(premise, False, names) + _both(
                    cases(premise, True, names), cases(conclusion, True, names)
                )
            return _both(cases(premise, True, names), cases(conclusion, False, names))
        case Equivalent():
            alike = _joined(condition.args, True, True, names)
            alike += _joined(condition.args, False, False, names)
            return alike if holds else _unlike(condition.args, names)
        case Relational():
            try:
                (left, right), _ = _common(condition.args, names or {})
            except SymconvError as error:
                raise SymconvError(
                    f"{condition} is not a condition on indices and lengths: {error}"
                ) from None
            return _comparison(condition, left - right, holds)
    raise SymconvError(
        f"{condition} is not a condition on lengths: expected comparisons such as n >= 1 or "
        "Eq(Mod(n, 4), 0), joined by And, Or and Not"
    )


def _joined(
    parts: Sequence[Boolean], all_of: bool, holds: bool, names: Names | None
) -> list[Conjunction]:
    """Where all (or any) of the parts hold, or do not, as disjoint conjunctions."""
    if all_of == holds:
        result: list[Conjunction] = [()]
        for part in parts:
            result = _both(result, cases(part, holds, names))
        return result
    decided: list[Conjunction] = []  # where a part decides it, and none before it did
    before: list[Conjunction] = [()]
    for part in parts:
        decided += _both(before, cases(part, holds, names))
        before = _both(before, cases(part, not holds, names))
    return decided


def _unlike(parts: Sequence[Boolean], names: Names | None) -> list[Conjunction]:
    """Where some of the parts hold and others do not."""
    first, *rest = parts
    some_fail = _both(cases(first, True, names), _joined(rest, True, False, names))
    return some_fail + _both(cases(first, False, names), _joined(rest, False, True, names))


def without_certain(condition: Boolean) -> Boolean:
    """The condition without what the signs of its symbols show at once.

    >>> n = Symbol("n", integer=True, positive=True)
    >>> without_certain(unevaluated.all_of(sympy.Ge(n, 1, evaluate=False), n <= 4))
    n <= 4
    """
    match condition:
        case And():
            return unevaluated.all_of(*map(without_certain, condition.args))
        case Or():
            return unevaluated.any_of(*map(without_certain, condition.args))
        case Not():
            return unevaluated.negation(without_certain(condition.args[0]))
        case Relational():
            known = _known_truth(condition)
            return condition if known is None else sympy.true if known else sympy.false
    return condition


def _known_truth(relation: Relational) -> bool | None:
    """Whether a comparison holds for all values that its symbols may have, or for none."""
    difference = unevaluated.difference(*relation.args)
    opposite = unevaluated.negative(difference)
    match relation:
        case Ge() | Lt():
            holds, fails = is_at_least(difference, 0), is_at_least(opposite, 1)
        case Gt() | Le():
            holds, fails = is_at_least(difference, 1), is_at_least(opposite, 0)
        case _:
            equal_ = is_at_least(difference, 0) and is_at_least(opposite, 0)
            holds, fails = equal_, is_at_least(difference, 1) or is_at_least(opposite, 1)
    if not (holds or fails):
        return None
    return holds if isinstance(relation, Ge | Gt | Eq) else fails


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
    sign = sign_of(symbol)
    possible = (sign.negative, sign.zero, sign.positive)
    match possible:
        case (True, True, True):
            result: list[Conjunction] = [()]
        case (False, True, True):
            result = [(at_least(value, 0),)]
        case (True, True, False):
            result = [(at_least(-value, 0),)]
        case _:
            parts = ((at_least(-value, 1),), (equal(value, 0),), (at_least(value, 1),))
            result = [part for part, allowed in zip(parts, possible, strict=True) if allowed]
    if isinstance(symbol, IntegerSymbol):
        return result
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
    if len(left) * len(right) > MOST_CASES_OF_A_CONDITION:
        raise SymconvError(
            f"a condition has more than {MOST_CASES_OF_A_CONDITION} cases; split it up"
        )
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
                return self._product(expression.args, names, expression)
            case Pow(args=(base, Integer() as exponent)) if exponent > 0:
                return self._product(
                    [base] * min(int(exponent), MOST_EXPANDED_TERMS), names, expression
                )
            case Pow(args=(base, Integer() as exponent)) if exponent < 0 and not base.has(Indexed):
                return (self._share(base, -int(exponent), names),)
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
            "Piecewise and rational numbers, divided by sizes"
        )

    def _share(self, size: Expr, power: int, names: Names) -> Term:
        """1 over a power of a size."""
        divisor, denominator = scaled_polynomial(size, names)
        number = divisor.as_integer()
        if divisor.indices() or (number is not None and number < 1):
            raise SymconvError(
                f"a formula divides by positive sizes that are the same for all indices, got {size}"
            )
        term = Term()
        for _ in range(min(power, MOST_EXPANDED_TERMS)):
            term = term.over(divisor).scaled(Fraction(denominator))
        return term

    def _product(self, factors: Sequence[Expr], names: Names, whole: Expr) -> tuple[Term, ...]:
        product_: tuple[Term, ...] = (Term(),)
        for argument in factors:
            factor = self.terms(argument, names)
            if (
                len(product_) * len(factor) > MOST_EXPANDED_TERMS
                or len(factors) >= MOST_EXPANDED_TERMS
            ):
                raise SymconvError(
                    f"{whole} has more than {MOST_EXPANDED_TERMS} terms when it is expanded; "
                    "build it from signals instead"
                )
            spend(len(product_) * len(factor))
            product_ = tuple(a * b for a in product_ for b in factor)
        return product_

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

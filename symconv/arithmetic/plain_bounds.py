"""What the signs of the symbols show at once: whether an integer is positive, say.

Two ways to see it.  Of an expression as it is written, bounds are calculated from those of
its parts; so 1 + n mod 4 is positive.  Of a polynomial, each symbol is put as its smallest
value and something that is not negative; so n − 1 + c is positive for positive n and c.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from fractions import Fraction
from math import ceil, floor
from typing import TypeAlias

import sympy
from sympy import Expr, Integer, Pow, Rational, Symbol

from symconv.arithmetic.limits import LARGEST_SIGNED, MOST_CASES_SPLIT
from symconv.arithmetic.polynomials import Atom, Floor, Guarded, Polynomial
from symconv.arithmetic.symbols import Sign, sign_of

__all__ = ["Bounds", "bounds", "is_at_least", "positive_signs"]

Bounds: TypeAlias = tuple[Fraction | None, Fraction | None]
"""A lower and an upper bound; None where there is none."""


def positive_signs(names: AbstractSet[str]) -> dict[str, Sign]:
    """The signs of symbols that are known to be at least 1, for `is_at_least`."""
    return {name: Sign(negative=False, zero=False) for name in names}


def is_at_least(polynomial: Polynomial, least: int, signs: Mapping[str, Sign]) -> bool:
    """Whether a polynomial is `least` or more; False says that this is not plain.

    >>> c = Polynomial.of("c")
    >>> positive = positive_signs({"c"})
    >>> is_at_least(2 * c - 1, 1, positive), is_at_least(c - 2, 0, positive)
    (True, False)
    >>> from symconv.arithmetic.polynomials import floor
    >>> remainder = Polynomial.of("n") - 4 * floor(Polynomial.of("n"), 4)
    >>> is_at_least(remainder, 0, {}), is_at_least(3 - remainder, 0, {})
    (True, True)
    >>> n = Polynomial.of("n")
    >>> is_at_least(floor(n - 3, 2) - floor(n - 5, 2), 1, {})
    True
    """
    moved: dict[Atom, Polynomial] = {}
    signed = set()
    for name in polynomial.symbols() & signs.keys():
        sign = signs[name]
        if sign.least is not None:
            signed.add(name)
            if sign.least:
                moved[name] = Polynomial.of(name) + sign.least
        elif sign.largest is not None:
            signed.add(name)
            moved[name] = sign.largest - Polynomial.of(name)
    difference = polynomial - least
    if difference.written_size() > LARGEST_SIGNED:
        return False
    if moved:
        difference = difference.substitute(moved)
    return _is_nonnegative(_with_equal_quotients(difference), signed, 0)


def _with_equal_quotients(polynomial: Polynomial) -> Polynomial:
    """The same where ⌊(a + d)/d⌋ is ⌊a/d⌋ + 1, if quotients cancel so."""
    new: dict[Atom, Polynomial] = {}
    for atom in set(polynomial.atoms()):
        if isinstance(atom, Floor) and (d := atom.divisor.as_integer()) is not None:
            whole = atom.numerator.terms.get((), 0) // d
            new[atom] = Polynomial.of(Floor(atom.numerator - whole * d, atom.divisor)) + whole
    made = polynomial.substitute(new) if len(new) > 1 else polynomial
    return made if len(made.terms) < len(polynomial.terms) else polynomial


def _is_nonnegative(polynomial: Polynomial, signed: set[str], splits: int) -> bool:
    def holds(atom: Atom) -> bool:
        match atom:
            case str():
                return atom in signed
            case Floor():
                return _is_nonnegative(atom.numerator, signed, splits)
            case Guarded():
                return atom.is_nonnegative_part or _is_nonnegative(atom.value, signed, splits)
        return False

    plain = {m: c > 0 and all(map(holds, m)) for m, c in polynomial.terms.items()}
    if all(plain.values()):
        return True
    if splits == MOST_CASES_SPLIT:
        return False
    for monomial, c in polynomial.terms.items():
        match monomial:
            case (Guarded() as case,) if c > 0 and case.is_nonnegative_part:
                # a + max(0, b) is at least a + b too
                smaller = polynomial - c * Polynomial.of(case) + c * case.value
                return _is_nonnegative(smaller, signed, splits + 1)
    for monomial in sorted(plain, key=plain.__getitem__):
        for i, atom in enumerate(monomial):
            others = monomial[:i] + monomial[i + 1 :]
            if isinstance(atom, Floor) and all(map(holds, others)):
                if atom.divisor.written_size() * polynomial.written_size() > LARGEST_SIGNED:
                    return False
                # d·⌊a/d⌋ lies between a − d + 1 and a, so a remainder is not negative
                c = polynomial.terms[monomial]
                bound = atom.numerator - (atom.divisor - 1 if c > 0 else 0)
                rest = polynomial - Polynomial({monomial: c})
                smaller = rest * atom.divisor + Polynomial({others: c}) * bound
                return _is_nonnegative(smaller, signed, splits + 1)
    return False


def bounds(expression: Expr, loose: Collection[Symbol] = ()) -> Bounds:
    """Between which numbers an expression lies, as it is written.

    Args:
        expression: the expression.
        loose: symbols that may have any sign, whatever is declared of them.

    >>> n = Symbol("n", integer=True)
    >>> low, high = bounds(1 + sympy.Mod(n, 4))
    >>> str(low), str(high)
    ('1', '5')
    """
    match expression:
        case Rational():
            value = Fraction(int(expression.p), int(expression.q))
            return value, value
        case Symbol() if expression in loose:
            return None, None
        case Symbol():
            sign = sign_of(expression)
            return _fraction(sign.least), _fraction(sign.largest)
        case sympy.Add():
            parts = [bounds(a, loose) for a in expression.args]
            return _sum(low for low, _ in parts), _sum(high for _, high in parts)
        case sympy.Mul():
            result: Bounds = (Fraction(1), Fraction(1))
            for argument in expression.args:
                result = _product(result, bounds(argument, loose))
            return result
        case Pow(args=(base, Integer() as exponent)) if exponent > 0:
            low, high = bounds(base, loose)
            if low is not None and low >= 0:
                return low ** int(exponent), None if high is None else high ** int(exponent)
            return (Fraction(0), None) if exponent % 2 == 0 else (None, None)
        case sympy.floor():
            low, high = bounds(expression.args[0], loose)
            return _fraction(low and floor(low)), _fraction(high and floor(high))
        case sympy.ceiling():
            low, high = bounds(expression.args[0], loose)
            return _fraction(low and ceil(low)), _fraction(high and ceil(high))
        case sympy.Mod():
            _, high = bounds(expression.args[1], loose)
            return Fraction(0), high
        case sympy.Abs():
            low, high = bounds(expression.args[0], loose)
            if low is not None and low >= 0:
                return low, high
            return Fraction(0), None if low is None or high is None else max(-low, high)
        case sympy.Max():
            lows, highs = zip(*(bounds(a, loose) for a in expression.args), strict=True)
            return max((a for a in lows if a is not None), default=None), _every(highs, max)
        case sympy.Min():
            lows, highs = zip(*(bounds(a, loose) for a in expression.args), strict=True)
            return _every(lows, min), min((a for a in highs if a is not None), default=None)
        case sympy.Piecewise():
            lows, highs = zip(*(bounds(value, loose) for value, _ in expression.args), strict=True)
            low, high = _every(lows, min), _every(highs, max)
            return low and min(low, Fraction(0)), high and max(high, Fraction(0))
    return None, None


def _fraction(value: int | Fraction | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _sum(values: Iterable[Fraction | None]) -> Fraction | None:
    total = Fraction(0)
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _every(values: Iterable[Fraction | None], which: object) -> Fraction | None:
    known = list(values)
    if any(value is None for value in known):
        return None
    return max(known) if which is max else min(known)  # type: ignore[type-var]


def _product(one: Bounds, other: Bounds) -> Bounds:
    (a, b), (c, d) = one, other
    if a is not None and b is not None and c is not None and d is not None:
        ends = [a * c, a * d, b * c, b * d]
        return min(ends), max(ends)
    if (a == b == 0) or (c == d == 0):
        return Fraction(0), Fraction(0)
    if a is not None and c is not None and a >= 0 and c >= 0:
        return a * c, None if b is None or d is None else b * d
    if b is not None and d is not None and b <= 0 and d <= 0:
        return b * d, None
    if b is not None and c is not None and b <= 0 and c >= 0:
        return None, b * c
    if a is not None and d is not None and a >= 0 and d <= 0:
        return None, a * d
    if a is not None and a == b:
        low, high = (c, d) if a > 0 else (d, c)
        return low and a * low, high and a * high
    if c is not None and c == d:
        return _product(other, one)
    return None, None

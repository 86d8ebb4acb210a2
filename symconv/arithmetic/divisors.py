"""What sums are divided by: sizes as products of polynomials that are not split further.

1/(2·H·W) is 1/2 · 1/H · 1/W, so that a mean over two axes is the mean of means, and weights such
as 1/n − 1/(n + 2) can be compared: times the common multiple of their divisors, they are
polynomials.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from math import lcm, prod
from typing import TypeAlias

import flint

from symconv.arithmetic.limits import LARGE_SIZE, MOST_TERMS_FACTORED
from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import Atom, Polynomial
from symconv.arithmetic.symbols import Sign
from symconv.arithmetic.work import spend

__all__ = ["Divisors", "Weight", "added", "doubtful", "factored", "numerators"]

Divisors: TypeAlias = tuple[Polynomial, ...]
"""Polynomials that are not 0 where a sum is defined, in a fixed order."""

Weight: TypeAlias = Mapping[Divisors, Fraction]
"""A sum of numbers, each over the product of divisors."""

_ONE = Polynomial.constant(1)


def factored(polynomial: Polynomial) -> tuple[int, Divisors]:
    """The polynomial, which is not 0, as a number times polynomials that are not split further.

    What has very many terms is not split.

    >>> n, m = Polynomial.of("n"), Polynomial.of("m")
    >>> number, parts = factored(n * m * 6 + n * 6)
    >>> number, *map(str, parts)
    (6, 'm + 1', 'n')
    """
    number = polynomial.as_integer()
    if number is not None:
        return number, ()
    if len(polynomial.terms) > MOST_TERMS_FACTORED:
        return 1, (polynomial,)
    atoms = sorted(set(polynomial.atoms()), key=lambda atom: (isinstance(atom, str), str(atom)))
    degree = max(len(monomial) for monomial in polynomial.terms)
    spend((len(polynomial.terms) * degree) ** 2 * len(atoms))
    context = flint.fmpz_mpoly_ctx.get(
        tuple(f"a{i}" for i in range(len(atoms))), flint.Ordering.degrevlex
    )
    powers = {
        tuple(monomial.count(atom) for atom in atoms): c for monomial, c in polynomial.terms.items()
    }
    content, found = context.from_dict(powers).factor()
    parts: list[Polynomial] = []
    number = int(content)
    for factor, power in found:
        part = _read(factor, atoms)
        # Of a polynomial and its negative, one stands for both.
        if _is_negative(part):
            part, number = -part, number * (-1) ** int(power)
        parts += [part] * int(power)
    return number, tuple(sorted(parts, key=str))


def _is_negative(polynomial: Polynomial) -> bool:
    """Whether a polynomial is negative at a large size, or written so where it is 0 there."""
    with suppress(ZeroDivisionError):
        value = polynomial.value(dict.fromkeys(polynomial.symbols(), LARGE_SIZE))
        if value:
            return value < 0
    return str(polynomial).startswith("-")


def doubtful(size: Polynomial, signs: Mapping[str, Sign]) -> tuple[Polynomial, ...]:
    """What has to be positive for a size to be, where the signs of its symbols leave that open.

    These are its factors if all are known not to be negative: integer sets know no products.
    """
    if is_at_least(size, 1, signs):
        return ()
    number, parts = factored(size)
    if number < 1 or not all(is_at_least(part, 0, signs) for part in parts):
        return (size,)
    return tuple(dict.fromkeys(part for part in parts if not is_at_least(part, 1, signs)))


def _read(factor: flint.fmpz_mpoly, atoms: Sequence[Atom]) -> Polynomial:
    result = Polynomial({})
    for powers, c in factor.to_dict().items():
        monomial = [
            Polynomial.of(atom)
            for atom, power in zip(atoms, powers, strict=True)
            for _ in range(int(power))
        ]
        result = result + prod(monomial, start=_ONE) * int(c)
    return result


def added(one: Weight, other: Weight) -> Weight:
    """The sum of two weights, without what cancels."""
    total = {
        divisors: one.get(divisors, Fraction(0)) + other.get(divisors, Fraction(0))
        for divisors in (*one, *other)
    }
    return {divisors: c for divisors, c in total.items() if c}


def numerators(weights: Sequence[Weight]) -> list[Polynomial]:
    """The weights times one positive number and the common multiple of all their divisors.

    Where the divisors are not 0, a combination of the weights is 0 where it is of these.

    >>> n = Polynomial.of("n")
    >>> for p in numerators([{(n,): Fraction(1, 2)}, {(n + 2,): Fraction(-1)}]): print(p)
    n + 2
    -2*n
    """
    common = lcm(*(c.denominator for weight in weights for c in weight.values()))
    most: Counter[Polynomial] = Counter()
    for divisors in (divisors for weight in weights for divisors in weight):
        most |= Counter(divisors)
    result = []
    for weight in weights:
        total = Polynomial({})
        for divisors, c in weight.items():
            missing = (most - Counter(divisors)).elements()
            total = total + prod(missing, start=_ONE) * int(c * common)
        result.append(total)
    return result

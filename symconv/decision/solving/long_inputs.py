"""Amounts as they are for long inputs, of which max(0, n − 2) is n − 2 and max(0, 2 − n) is 0.

An output in the middle is as far from either end as it can be, and grows with the input.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from fractions import Fraction

from symconv.arithmetic.polynomials import (
    Atom,
    Floor,
    Guard,
    Guarded,
    Polynomial,
    Relation,
    floor,
    nonnegative_part,
)
from symconv.language.amounts import Amount

__all__ = ["amount_for_long_inputs", "for_long_inputs", "is_never_in_the_middle"]


def amount_for_long_inputs(amount: Amount, sizes: AbstractSet[str]) -> Amount:
    """The amount where the sizes of the input are large.

    Args:
        amount: the amount.
        sizes: the names of the sizes of the input.
    """
    if sizes.isdisjoint(amount.polynomial.symbols()):
        return amount
    new = for_long_inputs(amount.polynomial, sizes)
    if new == amount.polynomial:
        return amount
    number = new.as_integer()
    if number is not None:
        return Amount.of(number)
    return Amount(new, {name: amount.symbols[name] for name in new.symbols()})


def for_long_inputs(polynomial: Polynomial, sizes: AbstractSet[str]) -> Polynomial:
    """The polynomial with each max(0, …) decided that the sizes decide, the innermost first.

    >>> from symconv.arithmetic.polynomials import nonnegative_part
    >>> n = Polynomial.of("n")
    >>> print(for_long_inputs(nonnegative_part(n - 2) - nonnegative_part(5 - n), {"n"}))
    n - 2
    """
    new: dict[Atom, Polynomial] = {}
    for atom in set(polynomial.atoms()):
        if isinstance(atom, Floor):
            new[atom] = floor(for_long_inputs(atom.numerator, sizes), atom.divisor)
        elif isinstance(atom, Guarded) and atom.is_nonnegative_part:
            value = for_long_inputs(atom.value, sizes)
            rate = _rate(value, sizes)
            if rate is None or rate == 0:
                new[atom] = nonnegative_part(value)
            else:
                new[atom] = value if rate > 0 else Polynomial.constant(0)
    return polynomial.substitute(new)


def is_never_in_the_middle(
    guard: Guard, lengths: Mapping[int, Polynomial], sizes: AbstractSet[str]
) -> bool:
    """Whether a guard ≥ 0 is never so for an output in the middle, if the input is long enough.

    Args:
        guard: the guard.
        lengths: how long the output is, for each of its indices.
        sizes: the names of the sizes of the input.

    >>> from symconv.arithmetic.polynomials import at_least
    >>> n, u = Polynomial.of("n"), Polynomial.of(0)
    >>> [is_never_in_the_middle(at_least(p, 0), {0: n}, {"n"}) for p in (2 - u, u - n + 2, u - 2)]
    [True, True, False]
    """
    if guard.relation is not Relation.AT_LEAST_ZERO:
        return False
    polynomial = for_long_inputs(guard.polynomial, sizes)
    rate = _rate(polynomial, sizes)
    if rate is None:
        return False
    for monomial, c in polynomial.terms.items():
        moving = Polynomial({monomial: 1}).indices() & lengths.keys()
        if not moving:
            continue
        along = _rate(lengths[next(iter(moving))], sizes) if len(monomial) == 1 else None
        if along is None or not isinstance(monomial[0], int):
            return False
        rate += c * along / 2
    return rate < 0


def _rate(polynomial: Polynomial, sizes: AbstractSet[str]) -> Fraction | None:
    """How fast it grows with the one size in it; None where that is not plain."""
    if len(sizes & polynomial.symbols()) > 1:
        return None
    rate = Fraction(0)
    for monomial, c in polynomial.terms.items():
        moving = [
            atom
            for atom in monomial
            if (atom in sizes if isinstance(atom, str) else not isinstance(atom, int))
        ]
        if not moving:
            continue
        if len(monomial) > 1:
            return None
        (atom,) = moving
        one = Fraction(1) if isinstance(atom, str) else _rate_of(atom, sizes)
        if one is None:
            return None
        rate += c * one
    return rate


def _rate_of(atom: Atom, sizes: AbstractSet[str]) -> Fraction | None:
    """The same of a floor or a max(0, …)."""
    if isinstance(atom, Floor):
        divisor, rate = atom.divisor.as_integer(), _rate(atom.numerator, sizes)
        return None if divisor is None or rate is None else rate / divisor
    if isinstance(atom, Guarded) and atom.is_nonnegative_part:
        rate = _rate(atom.value, sizes)
        return None if rate is None else max(rate, Fraction(0))
    return None

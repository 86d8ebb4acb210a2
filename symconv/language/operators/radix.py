"""Numbers with digits: a position along a merged axis, and the positions that it stands for.

An axis of size a·b that holds pairs (i, j) has them at b·i + j; so i = ⌊u/b⌋, and j is the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import mul

from symconv.arithmetic.limits import MOST_BLOCKS_TOLD_APART
from symconv.arithmetic.polynomials import Guarded, Monomial, Polynomial, at_least, divided, floor

__all__ = ["digits", "joined", "quotient"]


def digits(
    u: Polynomial, sizes: Sequence[Polynomial], *, is_inside: bool = True
) -> list[Polynomial]:
    """The digits of a position, of which the last one runs fastest.

    Unless the position is inside, below the product of the sizes, the first digit is whatever is
    left, and outside exactly where the position is.
    """
    result: list[Polynomial] = []
    for i in range(len(sizes) - 1, 0, -1):
        count = reduce(mul, sizes[:i]) if is_inside else None
        q = quotient(u, sizes[i], count)
        result.insert(0, u - times(q, sizes[i]))
        u = q
    return [u, *result]


def joined(parts: Sequence[Polynomial], sizes: Sequence[Polynomial]) -> Polynomial:
    """The position of which these are the digits; 0 without any."""
    position = Polynomial({})
    for part, size in zip(parts, sizes, strict=True):
        position = times(position, size) + part
    return position


def quotient(u: Polynomial, size: Polynomial, count: Polynomial | None = None) -> Polynomial:
    """⌊u/size⌋ for a position 0 ≤ u < count·size.

    Where the size is no number, but there are few blocks of that size, it is told by
    comparisons in which of them the position lies: then nothing is multiplied.
    """
    if size.as_integer() in (0, 1):  # nothing is read where there is no entry
        return u
    blocks = None if count is None else count.as_integer()
    if blocks == 1:
        return Polynomial({})
    whole, rest = _split(u, size)
    if not rest.terms:
        return whole
    few = blocks is not None and blocks <= MOST_BLOCKS_TOLD_APART
    if whole.terms or size.as_integer() is not None or not few or blocks is None:
        return whole + floor(rest, size)
    one = Polynomial.constant(1)
    for number in range(1, blocks):
        whole = whole + Polynomial.of(Guarded(one, (at_least(u, size * number),)))
    return whole


def times(polynomial: Polynomial, size: Polynomial) -> Polynomial:
    """The product; a number that holds under a condition is multiplied where it stands."""
    result = Polynomial({})
    for monomial, c in polynomial.terms.items():
        case = _case(monomial)
        if case is None:
            result = result + Polynomial({monomial: c}) * size
        else:
            result = result + Polynomial.of(Guarded(case.value * size, case.guards)) * c
    return result


def _split(u: Polynomial, size: Polynomial) -> tuple[Polynomial, Polynomial]:
    """The summands that the size divides, as a quotient; and the rest."""
    whole, rest = divided(u, size)
    for monomial, c in rest.terms.items():
        case = _case(monomial)
        if case is None:
            continue
        part, left = divided(case.value, size)
        if not left.terms:
            whole = whole + Polynomial.of(Guarded(part, case.guards)) * c
            rest = rest - Polynomial({monomial: c})
    return whole, rest


def _case(monomial: Monomial) -> Guarded | None:
    """The value under a condition that a monomial is, if it is one."""
    if len(monomial) == 1 and isinstance(monomial[0], Guarded):
        case = monomial[0]
        return None if case.is_nonnegative_part else case
    return None

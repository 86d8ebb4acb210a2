"""What the signs of the symbols show at once: whether an expression is positive, say.

SymPy's own assumptions know more, but for nested lengths they take seconds, and of 2c − 1
for a positive c they say nothing.
"""

from __future__ import annotations

from functools import lru_cache

from sympy import Expr

from symconv.errors import SymconvError
from symconv.from_sympy import scaled_polynomial
from symconv.polynomials import Atom, Floor, Guarded, Polynomial

__all__ = ["is_at_least"]


@lru_cache(maxsize=4096)
def is_at_least(expression: Expr, least: int) -> bool:
    """Whether the expression is `least` or more; False says that this is not plain.

    Each symbol is put as its smallest value and something that is not negative; then no
    coefficient may be negative.

    >>> from sympy import symbols
    >>> c = symbols("c", integer=True, positive=True)
    >>> is_at_least(2 * c - 1, 1), is_at_least(c - 2, 0)
    (True, False)
    """
    try:
        polynomial, denominator = scaled_polynomial(expression)
    except SymconvError:
        return False
    symbols = {s.name: s for s in expression.free_symbols}
    moved: dict[Atom, Polynomial] = {
        name: Polynomial.of(name) + 1 for name, s in symbols.items() if s.is_positive
    }
    moved |= {
        name: -Polynomial.of(name)
        for name, s in symbols.items()
        if s.is_nonpositive and not s.is_nonnegative
    }
    signed = {name for name, s in symbols.items() if s.is_nonnegative or s.is_nonpositive}
    return _is_sum_of_nonnegative((polynomial - least * denominator).substitute(moved), signed)


def _is_sum_of_nonnegative(polynomial: Polynomial, signed: set[str]) -> bool:
    def holds(atom: Atom) -> bool:
        match atom:
            case str():
                return atom in signed
            case Floor():
                return _is_sum_of_nonnegative(atom.numerator, signed)
            case Guarded():
                return atom.is_nonnegative_part or _is_sum_of_nonnegative(atom.value, signed)
        return False

    return all(c > 0 and all(map(holds, m)) for m, c in polynomial.terms.items())

"""What layers behind one another make of a size, in closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy
from sympy import Dummy, Eq, Expr, Piecewise, Symbol

from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import (
    Floor,
    Polynomial,
    without_nonnegative_part,
)
from symconv.arithmetic.symbols import sign_of
from symconv.decision.stacks.numbers import LayerNumber, PowerSymbol
from symconv.errors import Undecided

__all__ = ["Form", "rounded_down", "spread_out", "sum_of_layers"]


@dataclass(frozen=True, slots=True)
class Form:
    """What a layer makes of a size m: r·m + b, or ⌊(m + b)/s⌋; or 0 where that is negative.

    Attributes:
        added: b.
        ratio: r or s.
        grows: whether that is r.
        is_cut: whether it may be negative, and is 0 then.
        is_uneven: whether it is not plain that b is never negative, or never positive.
    """

    added: Polynomial
    ratio: Polynomial
    grows: bool
    is_cut: bool
    is_uneven: bool

    @property
    def grows_more(self) -> bool:
        """Whether each entry becomes several: then what was added before does so too."""
        return self.grows and self.ratio.as_integer() != 1

    @classmethod
    def of(cls, size: Polynomial, name: str, symbols: Mapping[str, Symbol]) -> Form | None:
        """The form of a size in a symbol, if it has one."""
        signs = {known: sign_of(symbol) for known, symbol in symbols.items()}
        bare = without_nonnegative_part(size)
        factor = bare.cofactor(name)
        rest = bare - factor * Polynomial.of(name)
        grows = not rest.mentions(name)
        if not grows:
            quotients = [atom for atom in bare.atoms() if isinstance(atom, Floor)]
            if len(quotients) != 1 or bare.terms.get((quotients[0],)) != 1:
                return None
            behind = bare - Polynomial.of(quotients[0])
            inner = quotients[0].numerator - Polynomial.of(name)
            factor = quotients[0].divisor
            rest = inner + factor * behind
        if rest.mentions(name) or factor.mentions(name) or not is_at_least(factor, 1, signs):
            return None
        is_never_less = is_at_least(rest, 0, signs)
        is_cut = bare != size and not is_never_less
        is_uneven = (
            is_cut
            and any(isinstance(symbols[n], LayerNumber | PowerSymbol) for n in rest.symbols())
            and not is_at_least(-rest, 0, signs)
        )
        return cls(rest, factor, grows, is_cut, is_uneven)


def sum_of_layers(term: Expr, ratio: Expr, number: Symbol, count: Expr) -> Expr:
    """Σ term·ratio^i over the numbers i = 0, …, count − 1 of layers.

    >>> from sympy import Integer
    >>> from symconv import integers
    >>> i, L = integers("i L", nonnegative=True)
    >>> sum_of_layers(3 * i, Integer(1), i, L)
    3*L**2/2 - 3*L/2

    Raises:
        Undecided: SymPy knows no closed form, or none that is right at 0 and from each number of
            layers to the next.
    """
    if number not in term.free_symbols:
        if ratio == 1:
            return count * term
        geometric = (ratio**count - 1) / (ratio - 1)
        if not ratio.is_number:
            geometric = Piecewise((count, Eq(ratio, 1)), (geometric, True))
        return term * geometric
    i, last = Dummy(integer=True), Dummy(integer=True, positive=True)
    found = sympy.summation(term.subs(number, i) * ratio**i, (i, 0, last - 1))
    step = found.subs(last, last + 1) - found - term.subs(number, last) * ratio**last
    if (
        found.has(sympy.Sum, Piecewise)
        or sympy.expand(found.subs(last, 0)) != 0
        or not _vanishes(step, last)
    ):
        raise Undecided(f"no closed form is known of the sum of {term * ratio**number} over layers")
    return sympy.expand(found.subs(last, count))


def spread_out(expression: Expr) -> Expr:
    """The expression multiplied out, unless cases would be repeated by that."""
    return expression if expression.has(Piecewise) else sympy.expand(expression)


def rounded_down(numerator: Expr, divisor: Expr) -> Expr:
    """⌊numerator / divisor⌋, as it is written."""
    if divisor == 1:
        return numerator
    return sympy.floor(sympy.Mul(1 / divisor, numerator, evaluate=False), evaluate=False)


def _vanishes(expression: Expr, exponent: Symbol) -> bool:
    """Whether it is 0 as a polynomial, in which p^M is an independent variable for each prime p."""
    variables: dict[Expr, Symbol] = {}

    def of(base: Expr, power: Expr) -> Expr:
        times, rest = power.coeff(exponent), power.subs(exponent, 0)
        if not times.is_Integer or sympy.expand(times * exponent + rest - power) != 0:
            return base**power
        primes = sympy.factorint(base) if base.is_Integer and base > 0 else {base: 1}
        found = [
            variables.setdefault(sympy.sympify(prime), Dummy()) ** (many * times)
            for prime, many in primes.items()
        ]
        return sympy.Mul(base**rest, *found)

    spread = sympy.expand(expression)
    powers = {p: of(*p.as_base_exp()) for p in spread.atoms(sympy.Pow) if p.exp.has(exponent)}
    return bool(sympy.expand(spread.xreplace(powers)) == 0)

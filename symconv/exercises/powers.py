"""Claims in which an exponent is a symbol, as in 2^L, the stride of L layers of stride 2.

A power is taken for any positive integer first, which may prove the claim.  If it does not, the
claim is decided for small exponents, one by one, which may refute it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import sympy
from sympy import Basic, Expr, Integer, Pow, Symbol

from symconv.arithmetic.limits import MOST_EXPONENTS_TRIED
from symconv.arithmetic.symbols import integers, is_integer, sign_of
from symconv.decision.claims import Claim, Hypothesis
from symconv.decision.verdicts import Proved, Refuted, Unknown, Verdict
from symconv.errors import SymconvError

__all__ = ["decided"]


def decided(lhs: Any, rhs: Any, given: Sequence[Hypothesis] = ()) -> tuple[Claim, Verdict]:
    """A claim, and the verdict on it.

    Where there are powers, it is the claim about any integers in their place, or the one at the
    exponents at which it fails; these are in the counterexample too.

    >>> from symconv import integers
    >>> c, L = integers("c L", positive=True)
    >>> print(decided(2 * 2**L * c, 2 ** (L + 1) * c)[1])
    proved for all lengths
    >>> decided(2**L, L + 1)[1].counterexample.lengths
    {'L': 2}

    Raises:
        SymconvError: the claim makes no sense, or an exponent is not such as L, 2·L or L + 1.
    """
    written = [one for one in (lhs, rhs, *given) if isinstance(one, Basic)]
    powers = {p for one in written for p in one.atoms(Pow) if p.exp.free_symbols}
    if not powers:
        claim = Claim(lhs, rhs, given)
        return claim, claim.prove()
    symbols: dict[tuple[Expr, Symbol], Symbol] = {}
    left, right, known = _put({p: _in_symbols(p, symbols) for p in powers}, lhs, rhs, given)
    for (base, exponent), power in symbols.items():
        if base.is_Integer:
            known.append(power >= base ** _least(exponent))
    general = Claim(left, right, known)
    verdict = general.prove()
    if isinstance(verdict, Proved) and verdict.is_complete:
        return general, verdict
    exponents = sorted({exponent for _, exponent in symbols}, key=str)
    for numbers in _small(exponents):
        left, right, known = _put(numbers, lhs, rhs, given)
        if sympy.false in known:
            continue
        claim = Claim(left, right, [one for one in known if one != sympy.true])
        told = claim.prove()
        if isinstance(told, Refuted):
            found = told.counterexample
            lengths = {symbol.name: int(number) for symbol, number in numbers.items()}
            found = replace(found, lengths={**lengths, **found.lengths})
            return claim, replace(told, counterexample=found)
    names = ", ".join(exponent.name for exponent in exponents)
    return general, Unknown(f"no difference was found where {names} is small, and no proof")


def _in_symbols(power: Pow, symbols: dict[tuple[Expr, Symbol], Symbol]) -> Expr:
    """A power such as 4^(L + 1) as 4·p², where the symbol p, made when it is needed, is 2^L."""
    base, exponent = power.as_base_exp()
    is_number = base.is_Integer and base > 1
    is_symbol = isinstance(base, Symbol) and is_integer(base) and sign_of(base).least == 1
    if not is_number and not is_symbol:
        raise SymconvError(f"in {power} the base should be 2 or more, or a positive symbol")
    exponent = rest = sympy.expand(exponent)
    result = Integer(1)
    for symbol in sorted(exponent.free_symbols, key=str):
        times = exponent.coeff(symbol)
        if not times.is_Integer or not is_integer(symbol) or _least(symbol) < 0:
            break
        rest -= times * symbol
        factors = sympy.factorint(base) if is_number else {base: 1}
        for prime, many in factors.items():
            key = (sympy.sympify(prime), symbol)
            made = symbols.setdefault(key, integers(f"{prime}^{symbol}", positive=True))
            result *= made ** (many * times)
    if not rest.is_Integer:
        raise SymconvError(
            f"the exponent of {power} should be such as L, 2*L or L + 1, of an integer L that is "
            "not negative"
        )
    return result * base**rest


def _least(exponent: Symbol) -> int:
    """The smallest value of an exponent; below 0 where it may be negative."""
    least = sign_of(exponent).least
    return -1 if least is None else least


def _put(
    values: Mapping[Any, Any], lhs: Any, rhs: Any, given: Sequence[Hypothesis]
) -> tuple[Any, Any, list[Any]]:
    """Both sides and the hypotheses with values put in."""
    put = [one.xreplace(values) if isinstance(one, Basic) else one for one in (lhs, rhs, *given)]
    return put[0], put[1], put[2:]


def _small(exponents: Sequence[Symbol]) -> Iterator[dict[Symbol, Integer]]:
    """Small values of the exponents, the smallest first."""
    steps = product(range(MOST_EXPONENTS_TRIED), repeat=len(exponents))
    for step in sorted(steps, key=sum):
        if sum(step) < MOST_EXPONENTS_TRIED:
            yield {s: Integer(_least(s) + one) for s, one in zip(exponents, step, strict=True)}

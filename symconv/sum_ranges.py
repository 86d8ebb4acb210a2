"""The ranges of sums as they are written on paper, made finite and with integer ends.

A sum over all integers is finite because an entry outside its signal's range is zero: in
Σ_m x[m]·k[u − m] over all m, x[m] leaves 0 ≤ m < n.  A sum from −c/2 to n + c/2 is over
the integers between these.  Only the range that is written down changes; no term that can
be other than zero is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import sympy
from sympy import Add, Expr, Indexed, Max, Min, Mul, Piecewise, Pow, Sum, Symbol, ceiling, floor

from symconv.errors import SymconvError

__all__ = ["InfiniteSumError", "made_finite"]

_Range: TypeAlias = tuple[Expr, Expr]


class InfiniteSumError(SymconvError):
    """A sum over infinitely many terms that are not zero by definition.

    Attributes:
        index: the summation index.
    """

    def __init__(self, index: Symbol, term: Expr) -> None:
        self.index = index
        super().__init__(
            f"the sum over all integers {index} has infinitely many terms: no entry in {term} "
            f"is zero for large {index}"
        )


def made_finite(formula: Expr) -> Expr:
    """The formula with a finite range of integers for each of its sums.

    >>> from sympy import oo, symbols
    >>> from symconv import Signal
    >>> c, u, m = symbols("c u m", integer=True)
    >>> x, k = Signal("x", 8), Signal("k", 3)
    >>> made_finite(Sum(x[m] * k[u - 2 * m], (m, -oo, oo)))
    Sum(k[-2*m + u]*x[m], (m, 0, 7))
    >>> made_finite(Sum(x[m], (m, -c / 2, 8)))
    Sum(x[m], (m, ceiling(-c/2), 8))

    Raises:
        InfiniteSumError: a sum has infinitely many terms.
    """
    if not formula.has(Sum):
        return formula
    if not isinstance(formula, Sum):
        arguments = [made_finite(a) if isinstance(a, Expr) else _inside(a) for a in formula.args]
        return formula.func(*arguments, evaluate=False) if arguments else formula
    function = made_finite(formula.function)
    ranges = _ranges_in(function)
    limits: list[tuple[Symbol, Expr, Expr]] = []
    waiting = [symbol for symbol, *_ in formula.limits]
    for symbol, lower, upper in formula.limits:  # the innermost first
        waiting.remove(symbol)
        if lower == -sympy.oo or upper == sympy.oo:
            found = _range(function, symbol, ranges, waiting)
            if found is None:
                raise InfiniteSumError(symbol, formula.function)
            lower = found[0] if lower == -sympy.oo else lower
            upper = found[1] if upper == sympy.oo else upper
        lower = lower if lower.is_integer else ceiling(lower)
        upper = upper if upper.is_integer else floor(upper)
        limits.append((symbol, lower, upper))
        ranges[symbol] = lower, upper
    return Sum(function, *limits)


def _inside(argument: sympy.Basic) -> sympy.Basic:
    """A branch of a Piecewise."""
    return argument.func(*(made_finite(a) if isinstance(a, Expr) else a for a in argument.args))


def _ranges_in(expression: Expr) -> dict[Symbol, _Range]:
    """The ranges of the sums within an expression."""
    return {
        symbol: (lower, upper)
        for inner in expression.atoms(Sum)
        for symbol, lower, upper in inner.limits
    }


def _range(
    term: Expr, index: Symbol, ranges: Mapping[Symbol, _Range], outer: Iterable[Symbol]
) -> _Range | None:
    """Where a term may be other than zero, as far as one of its entries says.

    Args:
        term: the term.
        index: the summation index.
        ranges: those of the indices that are summed within.
        outer: indices that are summed outside and whose own range may depend on this one:
            an entry without them is preferred.
    """
    match term:
        case Indexed():
            return _of_entry(term, index, ranges)
        case Mul() | Pow():
            factors = [f for f in term.args if f.has(index)]
            factors.sort(key=lambda f: (any(f.has(s) for s in outer), sympy.count_ops(f)))
            found = (_range(factor, index, ranges, outer) for factor in factors)
            return next(filter(None, found), None)
        case Add():
            return _union(_range(a, index, ranges, outer) for a in term.args)
        case Piecewise():
            return _union(_range(v, index, ranges, outer) for v, _ in term.args if v != 0)
        case Sum():
            return _range(term.function, index, ranges, outer)
    return None


def _union(ranges: Iterable[_Range | None]) -> _Range | None:
    lows, highs = [], []
    for found in ranges:
        if found is None:
            return None
        lows.append(found[0])
        highs.append(found[1])
    return (Min(*lows), Max(*highs)) if lows else None


def _of_entry(entry: Indexed, index: Symbol, ranges: Mapping[Symbol, _Range]) -> _Range | None:
    """Where 0 ≤ a·index + b ≤ n − 1; what is summed within b takes its extreme values."""
    (position,) = entry.indices
    position = sympy.expand(position)
    a = position.coeff(index)
    rest = sympy.expand(position - a * index)
    size = entry.base.shape
    if not a.is_Rational or a == 0 or rest.has(index) or not size:
        return None
    least, most = _extremes(rest, ranges)
    if least is None or most is None:
        return None
    if a > 0:
        return ceiling(-most / a), floor((size[0] - 1 - least) / a)
    return ceiling((size[0] - 1 - least) / a), floor(-most / a)


def _extremes(rest: Expr, ranges: Mapping[Symbol, _Range]) -> tuple[Expr | None, Expr | None]:
    """The least and the largest value of an affine expression in indices of inner sums."""
    least = most = rest
    for _ in range(len(ranges) + 1):
        inner = [s for s in ranges if least.has(s) or most.has(s)]
        if not inner:
            return least, most
        for symbol in inner:
            low, high = ranges[symbol]
            a, b = least.coeff(symbol), most.coeff(symbol)
            if not (a.is_Rational and b.is_Rational):
                return None, None
            least = sympy.expand(least.subs(symbol, low if a > 0 else high))
            most = sympy.expand(most.subs(symbol, high if b > 0 else low))
    return None, None

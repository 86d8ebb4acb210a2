"""The ranges of sums as they are written on paper, made finite and with integer ends.

A sum over all integers is finite because an entry outside its signal's range is zero: in
Σ_m x[m]·k[u − m] over all m, x[m] leaves 0 ≤ m < n.  A sum from −c/2 to n + c/2 is over
the integers between these.  Only the range that is written down changes; no term that can
be other than zero is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import sympy
from sympy import (
    Add,
    Basic,
    Dummy,
    Expr,
    Indexed,
    Integer,
    Max,
    Min,
    Mod,
    Mul,
    Piecewise,
    Pow,
    Sum,
    Symbol,
    Tuple,
    ceiling,
    floor,
)
from sympy.core.relational import Relational

from symconv.arithmetic.from_sympy import scaled_polynomial
from symconv.arithmetic.limits import (
    DEEPEST_FORMULA,
    MOST_ENDS_OF_A_RANGE,
    MOST_OPERATIONS_OF_A_RANGE,
)
from symconv.arithmetic.such_that import SuchThat
from symconv.errors import SymconvError
from symconv.language.amounts import undeclared

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
        SymconvError: the range of a sum to infinity was not found; or the formula is nested
            too deeply.
    """
    _check_depth(formula)
    return _finite(_apart(formula, frozenset()), ()) if formula.has(Sum) else formula


def _check_depth(formula: Expr) -> None:
    parts: list[tuple[Basic, int]] = [(formula, 0)]
    while parts:
        part, depth = parts.pop()
        if depth > DEEPEST_FORMULA:
            raise SymconvError(f"a formula may be nested {DEEPEST_FORMULA} levels deep at most")
        parts += [(argument, depth + 1) for argument in part.args]


def _apart(part: Basic, taken: frozenset[Symbol]) -> Any:
    """The formula with another symbol for an index where its own stands for an outer index."""
    if not part.has(Sum):
        return part
    if not isinstance(part, Sum):
        arguments = [_apart(a, taken) for a in part.args]
        as_it_is = {"evaluate": False} if isinstance(part, Expr) else {}
        return part.func(*arguments, **as_it_is)
    function, limits = part.function, list(part.limits)
    for place in reversed(range(len(limits))):  # the outermost first
        symbol = limits[place][0]
        if symbol in taken:
            new = {symbol: Dummy(symbol.name, integer=True)}
            function = function.xreplace(new)
            limits[:place] = [limit.xreplace(new) for limit in limits[:place]]
            limits[place] = Tuple(new[symbol], *limits[place][1:])
        taken = taken | {limits[place][0]}
    return Sum(_apart(function, taken), *limits)


def _finite(formula: Expr, outer: Sequence[Symbol]) -> Expr:
    """The formula with finite ranges, within sums over the outer indices."""
    if not formula.has(Sum):
        return formula
    if not isinstance(formula, Sum):
        arguments = [
            _finite(a, outer) if isinstance(a, Expr) else _inside(a, outer) for a in formula.args
        ]
        return formula.func(*arguments, evaluate=False) if arguments else formula
    waiting = [*(symbol for symbol, *_ in formula.limits), *outer]
    function = _finite(formula.function, waiting)
    limits: list[tuple[Symbol, Expr, Expr]] = []
    ranges: dict[Symbol, _Range] = {}
    for symbol, lower, upper in formula.limits:  # the innermost first
        waiting.remove(symbol)
        if lower == -sympy.oo or upper == sympy.oo:
            found = _range(function, symbol, ranges, waiting)
            if found is None:
                raise _endless(formula, function, symbol, ranges)
            if sum(map(sympy.count_ops, found)) > MOST_OPERATIONS_OF_A_RANGE:
                raise SymconvError(
                    f"the range of {symbol} outside of which {formula.function} is zero is too "
                    "long; write the ends of the sum"
                )
            lower = found[0] if lower == -sympy.oo else lower
            upper = found[1] if upper == sympy.oo else upper
        lower, upper = _rounded(ceiling, lower), _rounded(floor, upper)
        limits.append((symbol, lower, upper))
        ranges[symbol] = lower, upper
    return Sum(function, *limits)


def _inside(argument: Basic, outer: Sequence[Symbol]) -> Basic:
    """A branch of a Piecewise."""
    return argument.func(*(_finite(a, outer) if isinstance(a, Expr) else a for a in argument.args))


def _endless(
    formula: Sum, function: Expr, index: Symbol, ranges: Mapping[Symbol, _Range]
) -> SymconvError:
    """What is wrong with a sum to infinity for which no range was found.

    Args:
        formula: the sum as it was written.
        function: its term, with finite ranges of the sums in it.
        index: the index without a range.
        ranges: those found for the indices that are summed within.
    """
    conditions = {
        c.replace(lambda e: isinstance(e, Mod), lambda e: Integer(0))
        for c in formula.function.atoms(Relational)
    }
    sums = formula.atoms(Sum)
    ends = {e for one in sums for _, *pair in one.limits for e in pair}
    indices = {symbol for one in sums for symbol, *_ in one.limits}
    positions = {p for e in formula.function.atoms(Indexed) for p in e.indices}
    # Of the least of several numbers, only that it is one of them is known.
    found = [e for low_and_high in ranges.values() for e in low_and_high]
    found += [e for one in function.atoms(Sum) for _, *pair in one.limits for e in pair]
    unclear = any(e.has(Min, Max) and e.free_symbols & indices for e in found)
    if (
        unclear
        or any(e.has(index) for e in conditions | ends)
        or not all(_is_affine(p, indices) for p in positions if p.has(index))
    ):
        return SymconvError(
            f"no finite range of {index} was found outside of which {formula.function} is zero; "
            "write the ends of the sum"
        )
    return InfiniteSumError(index, formula.function)


def _is_affine(position: Expr, indices: Iterable[Symbol]) -> bool:
    for index in indices:
        a, position = _linear(position, index)
        if not a.is_Rational or position.has(index):
            return False
    return True


def _range(
    term: Expr, index: Symbol, ranges: Mapping[Symbol, _Range], outer: Iterable[Symbol]
) -> _Range | None:
    """Where a term may be other than zero, as far as one of its entries says.

    Args:
        term: the term.
        index: the summation index.
        ranges: those of the indices that are summed within, the innermost first.
        outer: indices that are summed outside and whose own range may depend on this one:
            an entry without them is preferred.
    """
    match term:
        case Indexed():
            return _of_entry(term, index, ranges)
        case Mul() | Pow():
            first = sorted(term.args, key=lambda f: _awkward(f, index, outer))
            found = (_range(factor, index, ranges, outer) for factor in first)
            return next(filter(None, found), None)
        case Add():
            return _union(_range(a, index, ranges, outer) for a in term.args)
        case Piecewise():
            return _union(_range(v, index, ranges, outer) for v, _ in term.args if v != 0)
        case SuchThat(args=(value, _)):
            return _range(value, index, ranges, outer)
        case Sum():
            inner = {symbol: (lower, upper) for symbol, lower, upper in term.limits}
            return _range(term.function, index, {**inner, **ranges}, outer)
    return None


def _awkward(factor: Expr, index: Symbol, outer: Iterable[Symbol]) -> tuple[bool, bool, int]:
    """A sort key: first what says itself where the index lies, and in few words."""
    by_others = index not in factor.free_symbols  # by an index within, at most
    return by_others, any(factor.has(s) for s in outer), sympy.count_ops(factor)


def _union(ranges: Iterable[_Range | None]) -> _Range | None:
    lows, highs = [], []
    for found in ranges:
        if found is None:
            return None
        lows.append(found[0])
        highs.append(found[1])
    return (_extreme(lows, -1), _extreme(highs, 1)) if lows else None


def _extreme(ends: Iterable[Expr], sign: int) -> Expr:
    """The largest (sign 1) or the smallest (sign −1) of some ends.

    Raises:
        SymconvError: there are too many that differ by more than a number.
    """
    shifts: dict[Expr, Expr] = {}
    for end in ends:
        shift, rest = end.as_coeff_Add()
        shifts[rest] = sign * Max(sign * shift, sign * shifts.get(rest, shift))
    if len(shifts) > MOST_ENDS_OF_A_RANGE:
        raise SymconvError(
            "the range of a sum over all integers has too many ends; write the ends of the sum"
        )
    return (Max if sign > 0 else Min)(*(rest + shift for rest, shift in shifts.items()))


def _of_entry(entry: Indexed, index: Symbol, ranges: Mapping[Symbol, _Range]) -> _Range | None:
    """Where an entry is inside its signal along an axis that says where the index lies."""
    axes = zip(entry.indices, entry.base.shape or (), strict=False)
    for position, size in sorted(axes, key=lambda axis: _awkward(axis[0], index, ())):
        if found := _along_axis(position, size, index, ranges):
            return found
    return None


def _along_axis(
    position: Expr, size: Expr, index: Symbol, ranges: Mapping[Symbol, _Range]
) -> _Range | None:
    """Where 0 ≤ a·index + b ≤ size − 1; what is summed within takes its extreme values."""
    extremes = _extremes(position, ranges)
    if extremes is None or not all(_is_affine(e, [index]) for e in extremes):
        return None
    (a, least), (b, most) = (_linear(e, index) for e in extremes)
    if a * b <= 0:
        return None
    first, last = -most / b, (size - 1 - least) / a
    low, high = (first, last) if a > 0 else (last, first)
    return _rounded(ceiling, low), _rounded(floor, high)


def _rounded(rounding: Any, end: Expr) -> Expr:
    """The end of a range, rounded by `floor` or `ceiling` unless it is an integer as it is."""
    return end if _is_whole(end) else rounding(end)


def _is_whole(end: Expr) -> bool:
    """Whether an expression is an integer, by what SymPy or symconv knows of its symbols."""
    if undeclared(end):
        return False
    try:
        _, denominator = scaled_polynomial(end)
    except SymconvError:
        return bool(end.is_integer)
    return denominator == 1


def _linear(position: Expr, index: Symbol) -> tuple[Expr, Expr]:
    """The a and b of a position a·index + b."""
    position = sympy.expand(position)
    a = position.coeff(index)
    return a, sympy.expand(position - a * index)


def _extremes(position: Expr, ranges: Mapping[Symbol, _Range]) -> tuple[Expr, Expr] | None:
    """Bounds of a position, where each index that is summed within is at an end of its range.

    None where the position is not affine in these indices.
    """
    least, most = _unrounded(position, -1), _unrounded(position, 1)
    for symbol, (low, high) in ranges.items():
        if not (_is_affine(least, [symbol]) and _is_affine(most, [symbol])):
            return None
        low, high = _unrounded(low, -1), _unrounded(high, 1)
        (a, rest), (b, other) = _linear(least, symbol), _linear(most, symbol)
        least = rest + a * (low if a > 0 else high)
        most = other + b * (high if b > 0 else low)
    return least, most


def _unrounded(expression: Expr, sign: int) -> Expr:
    """An upper (sign 1) or a lower (sign −1) bound without floor and ceiling in its terms."""
    total: Expr = Integer(0)
    for term in Add.make_args(sympy.expand(expression)):
        a, rest = term.as_coeff_Mul()
        if isinstance(rest, floor | ceiling):
            side = sign if a > 0 else -sign
            rounded = side == (-1 if isinstance(rest, floor) else 1)
            rest = _unrounded(rest.args[0], side) + (side if rounded else 0)
        total += a * rest
    return total

"""A naive evaluator of index formulas at fixed lengths, in plain Python.

It reads the SymPy tree and knows nothing of symconv: not its signals, nor how it reads or
decides a formula.  An entry is zero outside its range and at a position that is not an
integer; a sum is over the integers between its ends.  A sum over all integers is over a
window outside of which each term has an entry that is zero: interval arithmetic says so.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import sympy
from sympy import Basic, Expr, Indexed, Piecewise, Sum, Symbol

Lengths = Mapping[str, int]
Position = tuple[int, ...]
Entry = Callable[[str, Position], Any]
Box = dict[str, tuple[Any, Any]]  # an interval for each symbol
Read = Callable[[dict[str, Any], Entry], Any]

EVERYTHING = (-math.inf, math.inf)
NOTHING = (math.inf, -math.inf)


class NoWindowError(ValueError):
    """No window was found outside of which the terms of a sum are zero.

    Attributes:
        name: the summation index.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no window for {name}")


def value(formula: Basic, at: Lengths, entry: Entry = lambda name, place: 0) -> Any:
    """A formula, a length or a condition at fixed values of its free symbols.

    Args:
        formula: the formula.
        at: the values.
        entry: the entries of the signals, within their ranges.
    """
    return reading(formula)(dict(at), entry)


def random_entry(name: str, place: Position) -> int:
    """A number that is as good as an unknown: 61 random bits for each entry."""
    return _random_bits(name, place)


@cache
def _random_bits(name: str, place: Position) -> int:
    return random.Random(f"{place} of {name}").getrandbits(61)


def expanded(formula: Expr, at: Lengths) -> Expr:
    """The formula as a polynomial in the entries: x0, x1, …; of several axes x_0_0, x_0_1, …"""
    result: Expr = sympy.expand(value(formula, at, entry_symbol))
    return result


def entry_symbol(name: str, place: Position) -> Symbol:
    if len(place) == 1:
        return Symbol(f"{name}{place[0]}")
    return Symbol("_".join([name, *map(str, place)]))


# --- values --------------------------------------------------------------------------

_RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}

_FUNCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "Add": sum,
    "Mul": math.prod,
    "Pow": lambda a: math.prod([a[0]] * a[1]),
    "floor": lambda a: math.floor(a[0]),
    "ceiling": lambda a: math.ceil(a[0]),
    "Mod": lambda a: a[0] % a[1],
    "Max": max,
    "Min": min,
    "Abs": lambda a: abs(a[0]),
    "And": all,
    "Or": any,
    "Not": lambda a: not a[0],
}


@cache
def reading(part: Basic) -> Read:
    """The value of a part of a formula, as a function of the values of symbols and entries."""
    if isinstance(part, Symbol):
        name = part.name
        return lambda at, entry: at[name]
    if isinstance(part, sympy.Rational):
        number = int(part.p) if part.q == 1 else Fraction(int(part.p), int(part.q))
        return lambda at, entry: number
    if part in (sympy.true, sympy.false):
        truth = part == sympy.true
        return lambda at, entry: truth
    if isinstance(part, Indexed):
        return _entry(part)
    if isinstance(part, Sum):
        return _sum(part)
    if isinstance(part, Piecewise):
        branches = [(reading(v), reading(c)) for v, c in part.args]
        return lambda at, entry: next((v(at, entry) for v, c in branches if c(at, entry)), 0)
    parts = [reading(argument) for argument in part.args]
    if type(part).__name__ == "SuchThat":
        return lambda at, entry: parts[0](at, entry) if parts[1](at, entry) else 0
    if isinstance(part, sympy.core.relational.Relational):
        compare = _RELATIONS[part.rel_op]
        return lambda at, entry: compare(parts[0](at, entry), parts[1](at, entry))
    function = _FUNCTIONS[type(part).__name__]
    return lambda at, entry: function([one(at, entry) for one in parts])


def _entry(part: Indexed) -> Read:
    name = str(part.base.label)
    axes = [(reading(p), reading(size)) for p, size in zip(part.indices, part.shape, strict=True)]

    def read(at: dict[str, Any], entry: Entry) -> Any:
        place = []
        for position, size in axes:
            i = position(at, entry)
            if i != int(i) or not 0 <= i < size(at, entry):
                return 0
            place.append(int(i))
        return entry(name, tuple(place))

    return read


def _sum(part: Sum) -> Read:
    *inner, (symbol, lower, upper) = part.limits  # the outermost sum is written last
    body = Sum(part.function, *inner) if inner else part.function
    term, name = reading(body), symbol.name
    first = None if lower == -sympy.oo else reading(lower)
    last = None if upper == sympy.oo else reading(upper)

    def read(at: dict[str, Any], entry: Entry) -> Any:
        low = -math.inf if first is None else first(at, entry)
        high = math.inf if last is None else last(at, entry)
        if first is None or last is None:
            box: Box = {key: (v, v) for key, v in at.items() if key != name}
            least, most = window(body, name, box)
            low, high = max(low, least), min(high, most)
        if low > high:
            return 0
        if math.isinf(low) or math.isinf(high):
            raise NoWindowError(name)
        outside = at.get(name)
        total: Any = 0
        for i in range(math.ceil(low), math.floor(high) + 1):
            at[name] = i
            total = total + term(at, entry)
        if outside is None:
            at.pop(name, None)
        else:
            at[name] = outside
        return total

    return read


# --- windows -------------------------------------------------------------------------


def window(part: Basic, name: str, box: Box) -> tuple[Any, Any]:
    """An interval outside of which an index makes a part zero.

    Args:
        part: a part of a formula.
        name: the index.
        box: an interval for each other symbol; what is not in it may be anything.
    """
    if part == 0:
        return NOTHING
    if type(part).__name__ == "SuchThat":
        return window(part.args[0], name, box)
    match part:
        case Indexed():
            return _window_of_entry(part, name, box)
        case sympy.Mul() | sympy.Pow():
            return _common([window(a, name, box) for a in part.args])
        case sympy.Add():
            return _hull([window(a, name, box) for a in part.args])
        case Piecewise():
            return _hull([window(v, name, box) for v, _ in part.args])
        case Sum():
            inside = dict(box)
            for symbol, *_ in part.limits:
                inside.pop(symbol.name, None)
            if any(symbol.name == name for symbol, *_ in part.limits):
                return EVERYTHING
            for symbol, lower, upper in reversed(part.limits):
                found = window(part.function, symbol.name, inside)
                low = EVERYTHING if lower == -sympy.oo else interval(lower, inside)
                high = EVERYTHING if upper == sympy.oo else interval(upper, inside)
                inside[symbol.name] = _common([found, (low[0], high[1])])
            return window(part.function, name, inside)
    return EVERYTHING


def _window_of_entry(part: Indexed, name: str, box: Box) -> tuple[Any, Any]:
    axes = zip(part.indices, part.shape, strict=True)
    return _common([_window_along(position, size, name, box) for position, size in axes])


def _window_along(position: Expr, length: Expr, name: str, box: Box) -> tuple[Any, Any]:
    affine = _affine(position, name)
    if affine is None:
        return EVERYTHING
    a, rest = affine
    (low, high), (_, size) = interval(rest, box), interval(length, box)
    ends = [_over(-high, a), _over(size - 1 - low, a)]  # 0 ≤ a·index + rest ≤ size − 1
    return min(ends), max(ends)


@cache
def _affine(position: Expr, name: str) -> tuple[Fraction, Expr] | None:
    """The a and b of a position a·index + b."""
    index = next((s for s in position.free_symbols if s.name == name), None)
    if index is None:
        return None
    expanded_position = sympy.expand(position)
    a = expanded_position.coeff(index)
    rest = sympy.expand(expanded_position - a * index)
    if not a.is_Rational or a == 0 or rest.has(index):
        return None
    return Fraction(int(a.p), int(a.q)), rest


def _over(number: Any, a: Fraction) -> Any:
    if math.isinf(number):
        return number if a > 0 else -number
    return Fraction(number) / a


def interval(part: Basic, box: Box) -> tuple[Any, Any]:
    """Between what an expression in indices and lengths lies."""
    if isinstance(part, Symbol):
        return box.get(part.name, EVERYTHING)
    if isinstance(part, sympy.Rational):
        number = Fraction(int(part.p), int(part.q))
        return number, number
    inner = [interval(argument, box) for argument in part.args]
    match part:
        case sympy.Add():
            return sum(low for low, _ in inner), sum(high for _, high in inner)
        case sympy.Mul():
            low, high = inner[0]
            for other in inner[1:]:
                ends = [0 if 0 in (a, b) else a * b for a in (low, high) for b in other]
                low, high = min(ends), max(ends)
            return low, high
        case sympy.floor() | sympy.ceiling():
            return inner[0][0] - 1, inner[0][1] + 1
        case sympy.Max():
            return max(low for low, _ in inner), max(high for _, high in inner)
        case sympy.Min():
            return min(low for low, _ in inner), min(high for _, high in inner)
    return EVERYTHING


def _common(intervals: Iterable[tuple[Any, Any]]) -> tuple[Any, Any]:
    lows, highs = zip(*intervals, strict=True)
    return max(lows), min(highs)


def _hull(intervals: Iterable[tuple[Any, Any]]) -> tuple[Any, Any]:
    found = [(low, high) for low, high in intervals if low <= high]
    if not found:
        return NOTHING
    lows, highs = zip(*found, strict=True)
    return min(lows), max(highs)


# --- points --------------------------------------------------------------------------


def symbols_in(parts: Iterable[Basic]) -> list[Symbol]:
    """The free symbols of formulas and conditions and of the lengths of their signals, by name."""
    found: dict[str, Symbol] = {}
    for part in parts:
        entries = {e.base.label for e in part.atoms(Indexed)}
        for symbol in part.free_symbols - entries:
            if isinstance(symbol, Symbol):
                found[symbol.name] = symbol
        for e in part.atoms(Indexed):
            found |= {s.name: s for size in e.shape for s in size.free_symbols}
    return [found[name] for name in sorted(found)]


def signals_in(parts: Iterable[Basic]) -> dict[str, tuple[Expr, ...]]:
    """The shapes of the signals in formulas, by name."""
    return {str(e.base.label): tuple(e.shape) for part in parts for e in part.atoms(Indexed)}


def loose_names(formula: Basic) -> set[str]:
    """The names that a formula does not bind: symbols and signals."""
    signals, symbols = signals_in([formula]), symbols_in([formula])
    return signals.keys() | {s.name for s in symbols}


def points(
    symbols: Sequence[Symbol], conditions: Sequence[Basic], total: int
) -> Iterator[dict[str, int]]:
    """All values of the symbols that satisfy the conditions, smallest first.

    Smaller is what has a smaller sum of absolute values, then what has smaller values by name.
    """
    ordered = sorted(symbols, key=lambda s: s.name)
    for size in range(total + 1):
        for values in _of_size(ordered, size):
            at = dict(zip((s.name for s in ordered), values, strict=True))
            if all(value(c, at) for c in conditions):
                yield at


def _of_size(symbols: Sequence[Symbol], size: int) -> Iterator[tuple[int, ...]]:
    if not symbols:
        if size == 0:
            yield ()
        return
    for v in range(-size, size + 1):
        if allows(symbols[0], v):
            for rest in _of_size(symbols[1:], size - abs(v)):
                yield (v, *rest)


@cache
def allows(symbol: Symbol, v: int) -> bool:
    """Whether the assumptions of a symbol allow a value."""
    number = sympy.Integer(v)
    return all(
        getattr(symbol, f"is_{said}") in (None, getattr(number, f"is_{said}"))
        for said in ("positive", "negative", "zero", "even")
    )


def sort_key(at: Lengths) -> tuple[int, list[int]]:
    """What `points` yields first has a smaller one."""
    return sum(abs(v) for v in at.values()), [at[name] for name in sorted(at)]


def agree(left: Expr, right: Expr, at: Lengths) -> bool:
    """Whether two formulas are equal at a point, whatever the entries are.

    The entries are random numbers of 61 bits.  Two different polynomials of degree d in
    them agree with a probability of at most d/2⁶¹.
    """
    return bool(value(left, at, random_entry) == value(right, at, random_entry))

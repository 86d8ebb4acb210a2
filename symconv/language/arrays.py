"""Reading a signal at fixed lengths: the list of its entries in any commutative ring.

One rule for each operator, on lists, by the definitions of the operators and nothing
else.  The decision procedure is not used here, so that what it finds can be re-checked.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from math import prod
from operator import add, mul
from typing import Any, TypeAlias

import flint
import sympy
from sympy import Expr, Indexed, Integer, Piecewise, Rational, Sum, Symbol

from symconv.arithmetic.polynomials import Atom, Polynomial
from symconv.arithmetic.such_that import SuchThat
from symconv.arithmetic.unevaluated import spelled_with
from symconv.arithmetic.work import spend
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.lengths import lengths_in
from symconv.language.points import (
    MOST_ENTRIES,
    Point,
    TooLongError,
    leaf_length,
    point,
    spell,
    whole,
)
from symconv.language.signals import (
    Add,
    Convolve,
    Correlate,
    Dilate,
    Downsample,
    Extend,
    Extension,
    Flip,
    Formula,
    Multiply,
    Pad,
    Scale,
    Signal,
    SignalExpr,
    Taps,
    leaves,
    mentioned,
    symbols_in,
    walk,
)
from symconv.language.values import holds_at, value_at

__all__ = [
    "check_defined",
    "entries",
    "evaluate",
    "length_at",
    "polynomials",
    "symbol_vectors",
    "vector",
]

_POLYNOMIALS = flint.fmpz_mpoly | flint.fmpq_mpoly
_FLINT = flint.fmpz | flint.fmpq | flint.fmpz_mpoly | flint.fmpq_mpoly

_MOST_VARIABLES = 5000  # of polynomials: their number squared is memory

Vectors: TypeAlias = Mapping[str, Sequence[Any]]
"""The entries of the named signals."""


def entries(signal: SignalExpr, vectors: Vectors, at: Point, zero: Any = 0) -> list[Any]:
    """The entries of a signal, for given entries of the named signals.

    Args:
        signal: the signal.
        vectors: the entries of each named signal, in any ring; their numbers are the lengths.
        at: the values of the other integer symbols.
        zero: the zero of the ring.

    Raises:
        TooLongError: there would be too many entries.
        SymconvError: an operator is not defined there.
    """
    given = {name: len(vector) for name, vector in vectors.items()}
    every = _sizes(mentioned(signal), at, given)
    sizes = {node: every[node] for node in walk(signal)}
    for node, size in sizes.items():
        if size > MOST_ENTRIES:
            raise TooLongError(f"{node} would have {size} entries; the limit is {MOST_ENTRIES}")
    spend(sum(_cost(node, sizes) for node in sizes))
    read: dict[SignalExpr, list[Any]] = {}
    for node in sizes:
        if isinstance(zero, _POLYNOMIALS):
            spend(_monomials(node, read))
        elif isinstance(node, Convolve | Correlate | Multiply):
            spend(_digits(node, read) * _cost(node, sizes))
        read[node] = _entries(node, read, vectors, at, zero)
    return list(read[signal])


def _entries(
    signal: SignalExpr,
    read: Mapping[SignalExpr, list[Any]],
    vectors: Vectors,
    at: Point,
    zero: Any,
) -> list[Any]:
    match signal:
        case Signal(name):
            return list(vectors[name])
        case Formula():
            size = signal.size.at(at)
            return [_formula_entry(signal, u, vectors, at, zero) for u in range(size)]
        case Pad(inner, left, right):
            return _padded(read[inner], left.at(at), right.at(at), zero)
        case Taps(numbers):
            return [_multiple(number, zero + 1) for number in numbers]
        case Extend(inner, left, right, mode):
            return _extended(read[inner], left.at(at), right.at(at), mode)
        case Flip(inner):
            return read[inner][::-1]
        case Downsample(inner, factor):
            return read[inner][:: factor.at(at)]
        case Dilate(inner, factor):
            return _dilated(read[inner], factor.at(at), zero)
        case Convolve(left, right):
            return _convolved(read[left], read[right], zero)
        case Correlate(inner, kernel, stride, dilation):
            return _correlated(read[inner], read[kernel], stride.at(at), dilation.at(at), zero)
        case Add(left, right) | Multiply(left, right):
            combined = add if isinstance(signal, Add) else mul
            return list(map(combined, read[left], read[right]))
        case Scale(number, inner):
            return [_multiple(number, a) for a in read[inner]]
    raise NotImplementedError(f"no entries for {type(signal).__name__}")


def _monomials(signal: SignalExpr, read: Mapping[SignalExpr, list[Any]]) -> int:
    """About how many monomials are multiplied for the entries of a node, or copied."""
    counts = [sum(map(len, read[operand])) for operand in signal.operands if operand in read]
    return prod(counts) if isinstance(signal, Convolve | Correlate | Multiply) else sum(counts)


def _digits(signal: SignalExpr, read: Mapping[SignalExpr, list[Any]]) -> int:
    """About how much longer a product takes than one of small numbers."""
    numbers_ = (a for operand in signal.operands for a in read[operand] if isinstance(a, int))
    bits = max((a.bit_length() for a in numbers_), default=0)
    return int((bits / 64) ** 1.5) // 100


def length_at(signal: SignalExpr, at: Point) -> int:
    """How many entries a signal has, for given values of the integer symbols.

    Raises:
        SymconvError: an operator is not defined there.
    """
    return _sizes(walk(signal), at, {})[signal]


def check_defined(signals: Sequence[SignalExpr], at: Point) -> None:
    """Raise an error where an operator is not defined at the given values."""
    _sizes(mentioned(*signals), at, {})


def _sizes(
    nodes: Sequence[SignalExpr], at: Point, given: Mapping[str, int]
) -> dict[SignalExpr, int]:
    """The number of entries of each node, operands first, before any entry is computed."""
    sizes: dict[SignalExpr, int] = {}
    for node in nodes:
        size = _size(node, sizes, at, given)
        if size < 0:
            raise SymconvError(f"the length of {node} would be {size} at {spell(at)}")
        sizes[node] = size
    return sizes


def _size(
    signal: SignalExpr, sizes: Mapping[SignalExpr, int], at: Point, given: Mapping[str, int]
) -> int:
    match signal:
        case Signal(name):
            return given[name] if name in given else signal.size.at(at)
        case Formula():
            return signal.size.at(at)
        case Taps(numbers):
            return len(numbers)
        case Pad(inner, left, right):
            return max(0, sizes[inner] + left.at(at) + right.at(at))
        case Extend(inner, left, right, mode):
            n, before, after = sizes[inner], left.at(at), right.at(at)
            most = {"reflect": n - 1, "replicate": max(before, after) if n else 0}.get(mode, n)
            if (
                min(before, after) < 0
                or max(before, after) > most
                or (mode == "replicate" and not n)
            ):
                raise SymconvError(
                    f"{signal} would pad {n} entries by {before} and {after}: more than there are"
                    + ("" if inner._symbols == {} else f"; add a hypothesis on {inner.length}")
                )
            return n + before + after
        case Downsample(inner, factor):
            return len(range(0, sizes[inner], _positive(factor, at, "downsampling factor")))
        case Dilate(inner, factor):
            spread = _positive(factor, at, "dilation")
            return spread * (sizes[inner] - 1) + 1 if sizes[inner] else 0
        case Convolve(left, right):
            if signal.is_layer:
                _check_kernel(right, sizes)
            return sizes[left] + sizes[right] - 1 if sizes[left] and sizes[right] else 0
        case Correlate(inner, kernel, stride, dilation):
            _check_kernel(kernel, sizes)
            step, spread = _positive(stride, at, "stride"), _positive(dilation, at, "dilation")
            return len(range(0, sizes[inner] - spread * (sizes[kernel] - 1), step))
        case Add(left, right) | Multiply(left, right):
            if sizes[left] != sizes[right]:
                verb = "add" if isinstance(signal, Add) else "multiply"
                raise SymconvError(
                    f"cannot {verb} {left} and {right}: "
                    f"their lengths are {sizes[left]} and {sizes[right]}"
                )
            return sizes[left]
        case Flip(inner) | Scale(_, inner):
            return sizes[inner]
    raise NotImplementedError(f"no length for {type(signal).__name__}")


def _positive(amount: Amount, at: Point, what: str) -> int:
    value = amount.at(at)
    if value < 1:
        raise SymconvError(f"the {what} {amount} must be positive, got {value}")
    return value


def _check_kernel(kernel: SignalExpr, sizes: Mapping[SignalExpr, int]) -> None:
    if not sizes[kernel]:
        raise SymconvError(f"the kernel {kernel} is empty; a layer's kernel has at least one entry")


def _cost(signal: SignalExpr, sizes: Mapping[SignalExpr, int]) -> int:
    """About how much work the entries are."""
    match signal:
        case Convolve(left, right):
            return sizes[left] * sizes[right]
        case Correlate(_, kernel):
            return sizes[signal] * sizes[kernel]
        case Formula():
            return 20 * sizes[signal]
    return sizes[signal]


def _padded(x: list[Any], left: int, right: int, zero: Any) -> list[Any]:
    size = max(0, len(x) + left + right)
    return [x[u - left] if 0 <= u - left < len(x) else zero for u in range(size)]


def _extended(x: list[Any], left: int, right: int, mode: Extension) -> list[Any]:
    """NumPy's pads "reflect", "symmetric", "edge" and "wrap", within one copy of the signal."""
    n = len(x)
    match mode:
        case "reflect":
            return x[1 : left + 1][::-1] + x + x[n - 1 - right : n - 1][::-1]
        case "symmetric":
            return x[:left][::-1] + x + x[n - right :][::-1]
        case "replicate":
            return x[:1] * left + x + x[-1:] * right
        case "circular":
            return x[n - left :] + x + x[:right]


def _dilated(k: list[Any], factor: int, zero: Any) -> list[Any]:
    result = [zero] * max(0, factor * (len(k) - 1) + 1)
    result[::factor] = k
    return result


def _convolved(x: list[Any], h: list[Any], zero: Any) -> list[Any]:
    if not x or not h:
        return []
    return [
        sum(
            (x[m] * h[u - m] for m in range(max(0, u - len(h) + 1), min(u + 1, len(x)))), start=zero
        )
        for u in range(len(x) + len(h) - 1)
    ]


def _correlated(x: list[Any], k: list[Any], stride: int, dilation: int, zero: Any) -> list[Any]:
    starts = range(0, len(x) - dilation * (len(k) - 1), stride)
    return [
        sum((k[j] * x[start + dilation * j] for j in range(len(k))), start=zero) for start in starts
    ]


def _multiple(number: Fraction, value: Any) -> Any:
    if number.denominator == 1:
        return number.numerator * value
    if isinstance(value, Expr):
        return Rational(number.numerator, number.denominator) * value
    if isinstance(value, flint.fmpq_mpoly):
        return flint.fmpq(number.numerator, number.denominator) * value
    return number * value


def _formula_entry(signal: Formula, u: int, vectors: Vectors, at: Point, zero: Any) -> Any:
    def value(e: Expr, names: dict[Symbol, int]) -> Any:
        match e:
            case Rational():
                return zero + _multiple(Fraction(int(e.p), int(e.q)), zero + 1)
            case sympy.Add():
                return sum((value(a, names) for a in e.args), start=zero)
            case sympy.Mul() | sympy.Pow():
                factors = [e.base] * int(e.exp) if isinstance(e, sympy.Pow) else list(e.args)
                scale = Fraction(1)
                product = zero + 1
                for a in factors:
                    if a.is_Rational:
                        scale *= Fraction(int(a.p), int(a.q))
                    else:
                        factor = value(a, names)
                        spend(_product_cost(product, factor))
                        product = product * factor
                return _multiple(scale, product)
            case Indexed():
                entries_ = vectors[str(e.base.label)]
                position = value_at(e.indices[0], names)
                inside = position.denominator == 1 and 0 <= position < len(entries_)
                return entries_[int(position)] if inside else zero
            case Piecewise():
                return next((value(v, names) for v, c in e.args if holds_at(c, names)), zero)
            case SuchThat(args=(term, condition)):
                return value(term, names) if holds_at(condition, names) else zero
            case Sum():
                (symbol, lower, upper), outer = e.limits[-1], e.limits[:-1]
                inner = Sum(e.function, *outer) if outer else e.function
                numbers_ = range(_end(lower, names), _end(upper, names) + 1)
                if len(numbers_) > MOST_ENTRIES:
                    raise TooLongError(f"a sum over {symbol} would have {len(numbers_)} terms")
                spend(40 * len(numbers_))
                return sum((value(inner, {**names, symbol: i}) for i in numbers_), start=zero)
        raise SymconvError(f"{e} cannot stand in a formula")

    chosen = {symbol: amount.at(at) for symbol, amount in signal.chosen}
    # What was chosen for a symbol of the formula is not what its lengths are made of.
    known = {one: Integer(int(value_at(one, at))) for one in lengths_in(signal.entry)}
    return value(spelled_with(signal.entry, known), {**at, **chosen, signal.index: u})


def _product_cost(one: Any, other: Any) -> int:
    """About how much work a product is."""
    if isinstance(one, _POLYNOMIALS) and isinstance(other, _POLYNOMIALS):
        return len(one) * len(other)
    if isinstance(one, int) and isinstance(other, int):
        return 1 + int((max(one.bit_length(), other.bit_length()) / 64) ** 1.5) // 100
    return 1


def _end(limit: Expr, names: Mapping[Symbol, int]) -> int:
    value = value_at(limit, names)
    if value.denominator != 1:
        raise SymconvError(f"the end {limit} of a sum is {value}, not an integer")
    return value.numerator


# --- lengths and data ----------------------------------------------------------------


def symbol_vectors(signals: Mapping[str, Signal], at: Point) -> dict[str, list[Symbol]]:
    """For each named signal the symbols that are its entries.

    Raises:
        SymconvError: two entries, or an entry and a length symbol, would have one name.
    """
    return {name: list(map(Symbol, names)) for name, names in entry_names(signals, at).items()}


def entry_names(signals: Mapping[str, Signal], at: Point) -> dict[str, list[str]]:
    """x0, x1, … for a signal x; k2_0, k2_1, … for a signal k2."""
    result = {}
    taken = {symbol.name for symbol in at}
    for name, leaf in signals.items():
        separator = "_" if name[-1].isdigit() else ""
        names = [f"{name}{separator}{i}" for i in range(leaf_length(leaf, at))]
        clash = sorted(taken.intersection(names))
        if clash:
            raise SymconvError(
                f"{clash[0]!r} is the name of an entry of signal {name!r} and of something else, "
                "a symbol or another signal's entry; rename one of them"
            )
        taken.update(names)
        result[name] = names
    return result


def polynomials(
    signals: Sequence[SignalExpr], named: Mapping[str, Signal], at: Point
) -> tuple[list[list[Any]], Callable[[Any], Expr]]:
    """The entries of signals as python-flint polynomials, and a way back to SymPy.

    Args:
        signals: the signals to read.
        named: the named signals in them.
        at: the values of the integer symbols.
    """
    names = entry_names(named, at)
    flat = tuple(chain(*names.values()))
    if len(flat) > _MOST_VARIABLES:
        raise TooLongError(
            f"the entries would be polynomials in {len(flat)} variables; the limit is "
            f"{_MOST_VARIABLES}"
        )
    spend(len(flat) ** 2 // 100)  # each variable is stored with an exponent for every one
    rational = any(
        (isinstance(node, Scale) and node.number.denominator > 1)
        or (isinstance(node, Taps) and any(number.denominator > 1 for number in node.numbers))
        or isinstance(node, Formula)
        for signal in signals
        for node in walk(signal)
    )
    context = flint.fmpq_mpoly_ctx if rational else flint.fmpz_mpoly_ctx
    ring = context.get(flat, flint.Ordering.degrevlex)
    generators = iter(ring.gens())
    vectors = {name: [next(generators) for _ in entry] for name, entry in names.items()}

    def back(p: Any) -> Expr:
        symbols = list(map(Symbol, flat))
        return sympy.Add(
            *(
                sympy.Mul(
                    Rational(int(c.p), int(c.q)) if rational else int(c),
                    *(s ** int(e) for s, e in zip(symbols, exponents, strict=True) if e),
                )
                for exponents, c in p.terms()
            )
        )

    return [entries(signal, vectors, at, ring.constant(0)) for signal in signals], back


def vector(signal: SignalExpr, lengths: Mapping[str, Any]) -> list[Expr]:
    """See `SignalExpr.vector`."""
    at = point(_sorted_symbols(signal), lengths)
    (expanded,), back = polynomials([signal], leaves(signal), at)
    return [back(p) for p in expanded]


def _sorted_symbols(signal: SignalExpr) -> list[Symbol]:
    return [symbol for _, symbol in sorted(symbols_in(signal).items())]


def evaluate(signal: SignalExpr, data: Mapping[str, Any]) -> list[Any]:
    """See `SignalExpr.evaluate`."""
    signals = leaves(signal)
    symbols = _sorted_symbols(signal)
    names = [*signals, *(symbol.name for symbol in symbols)]
    unknown = sorted(data.keys() - set(names))
    if unknown:
        raise SymconvError(f"unknown name {unknown[0]!r}: expected {', '.join(names)}")
    missing = sorted(signals.keys() - data.keys())
    if missing:
        raise SymconvError(f"no data for signal {', '.join(missing)}: pass {missing[0]}=[…]")
    vectors = {name: _numbers(name, data[name]) for name in signals}
    given = {name: value for name, value in data.items() if name not in signals}
    values = _inferred({leaf: len(vectors[name]) for name, leaf in signals.items()}, given)
    at = point(symbols, values, f" and a sequence for each of {', '.join(signals)}")
    for name, leaf in signals.items():
        size = leaf_length(leaf, at)
        if size != len(vectors[name]):
            length = str(size) if leaf.size.number is not None else f"{leaf.size} = {size}"
            raise SymconvError(
                f"signal {name!r} has length {length}, "
                f"but {len(vectors[name])} entries were given" + (f" ({spell(at)})" if at else "")
            )
    return entries(signal, vectors, at)


def _inferred(sizes: Mapping[Signal, int], given: Mapping[str, Any]) -> dict[str, Any]:
    """The symbols that the numbers of entries determine, one linear equation at a time."""
    values = {name: whole(name, value) for name, value in given.items()}
    pending = dict(sizes)
    while True:
        for leaf, size in pending.items():
            known: dict[Atom, Polynomial] = {
                name: Polynomial.constant(values[name])
                for name in leaf.size.symbols
                if name in values
            }
            equation = leaf.size.polynomial.substitute(known) - size
            names = set(equation.atoms())
            if len(names) == 1 and all(len(monomial) < 2 for monomial in equation.terms):
                (name,) = names
                slope, rest = equation.coefficient(name), equation.terms.get((), 0)
                if isinstance(name, str):
                    if rest % slope:
                        raise SymconvError(
                            f"signal {leaf.name!r} cannot have {size} entries: "
                            f"its length is {leaf.size}"
                        )
                    values[name] = -rest // slope
                    del pending[leaf]
                    break
        else:
            return values


def _numbers(name: str, data: Any) -> list[Any]:
    """The entries as Python numbers, SymPy expressions or python-flint elements.

    NumPy's integers become Python's, which do not overflow.
    """
    if getattr(data, "ndim", 1) != 1:
        raise SymconvError(
            f"signal {name!r} needs a one-dimensional sequence, got an array of shape {data.shape}"
        )
    if isinstance(data, str | bytes) or not (isinstance(data, Sequence) or hasattr(data, "tolist")):
        raise SymconvError(f"signal {name!r} needs a sequence of numbers, got {data!r}")
    plain = data.tolist() if hasattr(data, "tolist") else list(data)
    # A NumPy scalar is no array, but has `item` too.
    plain = [a.item() if getattr(a, "shape", None) == () else a for a in plain]
    for a in plain:
        if isinstance(a, bool) or not isinstance(a, numbers.Number | Expr | _FLINT):
            raise SymconvError(
                f"an entry of signal {name!r} must be a number or a SymPy expression, got {a!r}"
            )
    return plain

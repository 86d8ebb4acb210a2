"""Reading a signal at fixed lengths: the list of its entries in any commutative ring.

Each operator says what it makes of lists, by its definition and nothing else.  The decision
procedure is not used here, so that what it finds can be re-checked.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from math import prod
from typing import Any, TypeAlias

import flint
import sympy
from sympy import Expr, Rational, Symbol

from symconv.arithmetic.limits import MOST_ENTRIES, MOST_VARIABLES
from symconv.arithmetic.polynomials import Atom, Polynomial
from symconv.arithmetic.work import spend
from symconv.errors import SymconvError
from symconv.language.assignments import (
    Point,
    TooLongError,
    leaf_length,
    point,
    spell,
    whole,
)
from symconv.language.graph import leaves, mentioned, symbols_in, walk
from symconv.language.operators.base import Fixed
from symconv.language.scalars import ELEMENTS, POLYNOMIALS
from symconv.language.signals import Signal, SignalExpr

__all__ = [
    "check_defined",
    "entries",
    "evaluate",
    "length_at",
    "polynomials",
    "symbol_vectors",
    "vector",
]


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
    nodes = walk(signal)
    every = _sizes(_to_be_defined(nodes, at), at, given)
    sizes = {node: every[node] for node in nodes}
    for node, size in sizes.items():
        if size > MOST_ENTRIES:
            raise TooLongError(f"{node} would have {size} entries; the limit is {MOST_ENTRIES}")
    work = {node: node.operator.work(size, _of(node, sizes)) for node, size in sizes.items()}
    spend(sum(work.values()))
    fixed = Fixed(at, vectors, zero)
    read: dict[SignalExpr, list[Any]] = {}
    for node in sizes:
        if isinstance(zero, POLYNOMIALS):
            spend(_monomials(node, read))
        elif node.operator.multiplies:
            spend(_digits(node, read) * work[node])
        read[node] = node.operator.values(fixed, *(read[operand] for operand in node.operands))
    return list(read[signal])


def _monomials(signal: SignalExpr, read: Mapping[SignalExpr, list[Any]]) -> int:
    """About how many monomials are multiplied for the entries of a node, or copied."""
    counts = [sum(map(len, read[operand])) for operand in signal.operands if operand in read]
    return prod(counts) if signal.operator.multiplies else sum(counts)


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
    _sizes(_to_be_defined(walk(*signals), at), at, {})


def _to_be_defined(nodes: Sequence[SignalExpr], at: Point) -> list[SignalExpr]:
    """The nodes, and those by whose lengths amounts were given.

    Of these, a symbol that has no value is one that the length does not depend on, and then the
    signal is defined whatever it is: see `symconv.language.any_size.length_of`.
    """
    more = [node for node in mentioned(*nodes) if at.keys() >= set(node.names[1].values())]
    return list(dict.fromkeys([*nodes, *more]))


def _sizes(
    nodes: Sequence[SignalExpr], at: Point, given: Mapping[str, int]
) -> dict[SignalExpr, int]:
    """The number of entries of each node, operands first, before any entry is computed."""
    sizes: dict[SignalExpr, int] = {}
    for node in nodes:
        match node:
            case Signal(name) if name in given:
                size = given[name]
            case _:
                size = node.operator.size_at(at, node, _of(node, sizes))
        if size < 0:
            raise SymconvError(f"the length of {node} would be {size} at {spell(at)}")
        sizes[node] = size
    return sizes


def _of(node: SignalExpr, sizes: Mapping[SignalExpr, int]) -> list[int]:
    """The sizes of the operands."""
    return [sizes[operand] for operand in node.operands]


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
    if len(flat) > MOST_VARIABLES:
        raise TooLongError(
            f"the entries would be polynomials in {len(flat)} variables; the limit is "
            f"{MOST_VARIABLES}"
        )
    spend(len(flat) ** 2 // 100)  # each variable is stored with an exponent for every one
    rational = any(node.operator.has_fractions for node in walk(*signals))
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
        if isinstance(a, bool) or not isinstance(a, numbers.Number | Expr | ELEMENTS):
            raise SymconvError(
                f"an entry of signal {name!r} must be a number or a SymPy expression, got {a!r}"
            )
    return plain

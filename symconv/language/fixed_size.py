"""Reading a tensor at fixed sizes: its entries in any commutative ring.

Each operator says what it makes of arrays, by its definition and nothing else.  The decision
procedure is not used here, so that what it finds can be re-checked.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from math import prod
from types import MappingProxyType
from typing import Any, TypeAlias

import flint
import sympy
from sympy import Expr, Rational, Symbol

from symconv.arithmetic.limits import MOST_ENTRIES, MOST_VARIABLES
from symconv.arithmetic.polynomials import Atom, Polynomial
from symconv.arithmetic.work import spend
from symconv.errors import SymconvError, as_given
from symconv.language.arrays import Array, flattened, indices, nested
from symconv.language.assignments import (
    Point,
    TooLongError,
    leaf_shape,
    point,
    spell,
    whole,
)
from symconv.language.graph import has_opaque, leaves, mentioned, symbols_in, walk
from symconv.language.operators import Named
from symconv.language.operators.base import Fixed
from symconv.language.scalars import ELEMENTS, POLYNOMIALS
from symconv.language.signals import SignalExpr, Tensor

__all__ = [
    "array",
    "check_defined",
    "entries",
    "evaluate",
    "polynomials",
    "shape_at",
    "shapes_at",
    "symbol_array",
    "symbol_arrays",
    "vector",
]


Arrays: TypeAlias = Mapping[str, Array]
"""The entries of the named tensors."""


def entries(signal: SignalExpr, vectors: Mapping[str, Any], at: Point, zero: Any = 0) -> list[Any]:
    """The same as `array` with lists, in lists where there are several axes."""
    named = leaves(signal)
    arrays = {
        name: Array((len(given),), given)
        if named[name].ndim == 1
        else Array(leaf_shape(named[name], at), flattened(given, named[name].ndim))
        for name, given in vectors.items()
        if name in named
    }
    return nested(array(signal, arrays, at, zero))


def array(
    signal: SignalExpr,
    arrays: Arrays,
    at: Point,
    zero: Any = 0,
    functions: Mapping[str, Callable[[Any], Any]] = MappingProxyType({}),
) -> Array:
    """The entries of a tensor, for given entries of the named tensors.

    Args:
        signal: the tensor.
        arrays: the entries of each named tensor, in any ring; their shapes are its sizes.
        at: the values of the other integer symbols.
        zero: the zero of the ring.
        functions: what functions are, by name, where it is chosen.

    Raises:
        TooLongError: there would be too many entries.
        SymconvError: an operator is not defined there.
    """
    given = {name: one.shape for name, one in arrays.items()}
    shapes = shapes_at(walk(signal), at, given)
    sizes = {node: prod(shape) for node, shape in shapes.items()}
    for node, size in sizes.items():
        if size > MOST_ENTRIES:
            raise TooLongError(f"{node} would have {size} entries; the limit is {MOST_ENTRIES}")
    work = {
        node: node.operator.work(shape, [shapes[operand] for operand in node.operands])
        for node, shape in shapes.items()
    }
    spend(sum(work.values()))
    fixed = Fixed(at, arrays, zero, functions)
    read: dict[SignalExpr, Array] = {}
    for node, shape in shapes.items():
        if isinstance(zero, POLYNOMIALS):
            spend(_monomials(node, read))
        elif node.operator.multiplies or node.operator.is_opaque:  # a function may be a polynomial
            spend(_digits(node, read) * work[node])
        operands = [read[operand] for operand in node.operands]
        read[node] = Array(shape, node.operator.array(fixed, shape, *operands))
    return Array(shapes[signal], list(read[signal].entries))


def _monomials(signal: SignalExpr, read: Mapping[SignalExpr, Array]) -> int:
    """About how many monomials are multiplied for the entries of a node, or copied."""
    counts = [
        sum(map(len, read[operand].entries)) for operand in signal.operands if operand in read
    ]
    return prod(counts) if signal.operator.multiplies else sum(counts)


def _digits(signal: SignalExpr, read: Mapping[SignalExpr, Array]) -> int:
    """About how much longer a product takes than one of small numbers."""
    every = (a for operand in signal.operands for a in read[operand].entries)
    bits = max(
        (a.numerator.bit_length() for a in every if isinstance(a, int | Fraction)), default=0
    )
    return int((bits / 64) ** 1.5) // 100


def shape_at(signal: SignalExpr, at: Point) -> tuple[int, ...]:
    """How many entries a tensor has along each axis, for given values of the integer symbols.

    Raises:
        SymconvError: an operator is not defined there.
    """
    return _shapes(walk(signal), at, {})[signal]


def shapes_at(
    nodes: Sequence[SignalExpr], at: Point, given: Mapping[str, tuple[int, ...]]
) -> dict[SignalExpr, tuple[int, ...]]:
    """The shapes of nodes, before any entry is computed.

    Args:
        nodes: operands before what is made of them.
        at: the values of the integer symbols.
        given: the shapes of the named tensors whose sizes the symbols do not say.

    Raises:
        SymconvError: an operator is not defined there.
    """
    every = _shapes(_to_be_defined(nodes, at), at, given)
    return {node: every[node] for node in nodes}


def check_defined(signals: Sequence[SignalExpr], at: Point) -> None:
    """Raise an error where an operator is not defined at the given values."""
    _shapes(_to_be_defined(walk(*signals), at), at, {})


def _to_be_defined(nodes: Sequence[SignalExpr], at: Point) -> list[SignalExpr]:
    """The nodes, and those by whose sizes amounts were given.

    Of these, a symbol that has no value is one that the size does not depend on, and then the
    tensor is defined whatever it is: see `symconv.language.any_size.length_of`.
    """
    more = [node for node in mentioned(*nodes) if at.keys() >= set(node.names[1].values())]
    return list(dict.fromkeys([*nodes, *more]))


def _shapes(
    nodes: Sequence[SignalExpr], at: Point, given: Mapping[str, tuple[int, ...]]
) -> dict[SignalExpr, tuple[int, ...]]:
    """The shape of each node, operands first, before any entry is computed."""
    shapes: dict[SignalExpr, tuple[int, ...]] = {}
    for node in nodes:
        operator = node.operator
        if isinstance(operator, Named) and operator.name in given:
            shape = given[operator.name]
        else:
            shape = operator.shape_at(at, node, [shapes[operand] for operand in node.operands])
        for axis, size in enumerate(shape):
            if size < 0:
                what = "length" if len(shape) == 1 else f"size along axis {axis}"
                raise SymconvError(f"the {what} of {node} would be {size} at {spell(at)}")
        shapes[node] = shape
    return shapes


# --- sizes and data ------------------------------------------------------------------


def symbol_arrays(signals: Mapping[str, Tensor], at: Point) -> dict[str, Array]:
    """For each named tensor the symbols that are its entries.

    Raises:
        SymconvError: two entries, or an entry and an integer symbol, would have one name.
    """
    return {
        name: Array(leaf_shape(signals[name], at), list(map(Symbol, names)))
        for name, names in entry_names(signals, at).items()
    }


def entry_names(signals: Mapping[str, Tensor], at: Point) -> dict[str, list[str]]:
    """x0, x1, … for a signal x; k2_0, k2_1, … for a signal k2; a_0_1 for a tensor a."""
    result = {}
    taken = {symbol.name for symbol in at}
    for name, leaf in signals.items():
        separator = "_" if name[-1].isdigit() or leaf.ndim > 1 else ""
        names = [
            name + separator + "_".join(map(str, index)) for index in indices(leaf_shape(leaf, at))
        ]
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
    signals: Sequence[SignalExpr], named: Mapping[str, Tensor], at: Point
) -> tuple[list[Array], Callable[[Any], Expr]]:
    """The entries of tensors as python-flint polynomials, and a way back to SymPy.

    Args:
        signals: the tensors to read.
        named: the named ones in them.
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
    arrays = {
        name: Array(leaf_shape(named[name], at), [next(generators) for _ in entry])
        for name, entry in names.items()
    }

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

    return [array(signal, arrays, at, ring.constant(0)) for signal in signals], back


def vector(signal: SignalExpr, lengths: Mapping[str, Any]) -> list[Expr]:
    """See `SignalExpr.vector`."""
    if signal.ndim != 1:
        raise SymconvError(f"{signal} has {signal.ndim} axes; write array(…) for its entries")
    return symbol_array(signal, lengths).entries


def symbol_array(signal: SignalExpr, lengths: Mapping[str, Any]) -> Array:
    """The entries at the given sizes, as expanded SymPy expressions."""
    at = point(_sorted_symbols(signal), lengths)
    if has_opaque(signal):  # which are no polynomials
        written = array(signal, symbol_arrays(leaves(signal), at), at, sympy.S.Zero)
        return Array(written.shape, [sympy.expand(entry) for entry in written.entries])
    (expanded,), back = polynomials([signal], leaves(signal), at)
    return Array(expanded.shape, [back(p) for p in expanded.entries])


def _sorted_symbols(signal: SignalExpr) -> list[Symbol]:
    return [symbol for _, symbol in sorted(symbols_in(signal).items())]


def evaluate(signal: SignalExpr, data: Mapping[str, Any]) -> Array:
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
    arrays = {name: _numbers(leaf, data[name]) for name, leaf in signals.items()}
    given = {name: value for name, value in data.items() if name not in signals}
    sizes = {
        (leaf, axis): size
        for name, leaf in signals.items()
        for axis, size in enumerate(arrays[name].shape)
    }
    values = _inferred(sizes, given)
    at = point(symbols, values, f" and a sequence for each of {', '.join(signals)}")
    for name, leaf in signals.items():
        shape = leaf_shape(leaf, at)
        for axis, (size, there) in enumerate(zip(shape, arrays[name].shape, strict=True)):
            if size != there:
                written = leaf.sizes[axis]
                told = str(size) if written.number is not None else f"{written} = {size}"
                what = "length" if leaf.ndim == 1 else "size"
                along = "" if leaf.ndim == 1 else f" along axis {axis}"
                raise SymconvError(
                    f"{leaf.kind} {name!r} has {what} {told}{along}, "
                    f"but {there} entries were given" + (f" ({spell(at)})" if at else "")
                )
    return array(signal, arrays, at)


def _inferred(sizes: Mapping[tuple[Tensor, int], int], given: Mapping[str, Any]) -> dict[str, Any]:
    """The symbols that the numbers of entries determine, one linear equation at a time."""
    values = {name: whole(name, value) for name, value in given.items()}
    pending = dict(sizes)
    while True:
        for (leaf, axis), size in pending.items():
            written = leaf.sizes[axis]
            known: dict[Atom, Polynomial] = {
                name: Polynomial.constant(values[name])
                for name in written.symbols
                if name in values
            }
            equation = written.polynomial.substitute(known) - size
            names = set(equation.atoms())
            if len(names) == 1 and all(len(monomial) < 2 for monomial in equation.terms):
                (name,) = names
                slope, rest = equation.coefficient(name), equation.terms.get((), 0)
                if isinstance(name, str):
                    if rest % slope:
                        what = "length" if leaf.ndim == 1 else f"size along axis {axis}"
                        raise SymconvError(
                            f"{leaf.kind} {leaf.name!r} cannot have {size} entries: "
                            f"its {what} is {written}"
                        )
                    values[name] = -rest // slope
                    del pending[leaf, axis]
                    break
        else:
            return values


def _numbers(leaf: Tensor, data: Any) -> Array:
    """The entries as Python numbers, SymPy expressions or python-flint elements.

    NumPy's integers become Python's, which do not overflow.
    """
    name, axes = leaf.name, leaf.ndim
    if getattr(data, "ndim", axes) != axes:
        needed = "a one-dimensional sequence" if axes == 1 else f"an array of {axes} axes"
        raise SymconvError(
            f"{leaf.kind} {name!r} needs {needed}, got an array of shape {tuple(data.shape)}"
        )
    if isinstance(data, str | bytes) or not (isinstance(data, Sequence) or hasattr(data, "tolist")):
        raise SymconvError(
            f"{leaf.kind} {name!r} needs a sequence of numbers, got {as_given(data)}"
        )
    rows = data.tolist() if hasattr(data, "tolist") else list(data)
    shape = _shape_of_rows(leaf, rows, tuple(getattr(data, "shape", ())))
    # A NumPy scalar is no array, but has `item` too.
    plain: list[Any] = flattened(rows, axes) if axes else [rows]
    plain = [a.item() if getattr(a, "shape", None) == () else a for a in plain]
    for a in plain:
        if isinstance(a, bool) or not isinstance(a, numbers.Number | Expr | ELEMENTS):
            raise SymconvError(
                f"an entry of {leaf.kind} {name!r} must be a number or a SymPy expression, "
                f"got {as_given(a)}"
            )
    return Array(shape, plain)


def _shape_of_rows(leaf: Tensor, rows: Any, known: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of nested sequences, all of which have to be equally long."""
    if len(known) == leaf.ndim:
        return known
    shape = [len(rows)]
    level = [rows]
    for axis in range(1, leaf.ndim):
        level = [row for outer in level for row in outer]
        lengths = {len(row) if isinstance(row, Sequence) else -1 for row in level}
        if len(lengths) > 1 or -1 in lengths:
            raise SymconvError(
                f"{leaf.kind} {leaf.name!r} needs rows of one length along each of its "
                f"{leaf.ndim} axes, and those along axis {axis} differ or are none"
            )
        # Where there is no row, a NumPy array would know how long they are.
        shape.append(lengths.pop() if lengths else 0)
    return tuple(shape)

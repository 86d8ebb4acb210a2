"""Reading a signal at any length: each operator's entry as a guarded sum, and its length.

One rule for each operator gives the entry at an index, another one the length.  A rule is
told whether the index is known to lie inside the signal, so that a layer, which reads only
inside its input by construction, adds no guard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch
from itertools import count

from sympy import Expr, Symbol

from symconv.from_sympy import FormulaReader, polynomial_of
from symconv.polynomials import (
    Conjunction,
    Guarded,
    Polynomial,
    at_least,
    ceiling,
    equal,
    floor,
    nonnegative_part,
    within,
    without_nonnegative_part,
)
from symconv.signals import (
    Add,
    Convolve,
    Correlate,
    Dilate,
    Downsample,
    Extend,
    Flip,
    Formula,
    Multiply,
    Pad,
    Scale,
    Signal,
    SignalExpr,
    Taps,
    leaves,
    walk,
)
from symconv.signs import is_at_least
from symconv.sums import FREE, Factor, GuardedSum, SummationIndex, Term
from symconv.to_sympy import polynomial_expression, terms_expression

__all__ = [
    "Requirement",
    "entry_expression",
    "formula",
    "guarded_sum",
    "length",
    "length_expression",
    "requirements",
]

Terms = tuple[Term, ...]
Fresh = Iterator[int]


def guarded_sum(signal: SignalExpr) -> GuardedSum:
    """The signal as a guarded sum for its entry at #0, read for 0 ≤ #0 < length.

    >>> x, k = Signal("x", 8), Signal("k", 3)
    >>> for term in guarded_sum(x.pad(1, 1).correlate(k, stride=2)).terms: print(term)
    Σ['#1'] k[#1] x[#1 + 2*#0 - 1]
    """
    terms = entry(signal, Polynomial.of(FREE), True, count(FREE + 1))
    lengths = {name: polynomial_of(leaf.size) for name, leaf in leaves(signal).items()}
    return GuardedSum(tuple(term.solved() for term in terms), length(signal), lengths)


def formula(signal: SignalExpr, index: Expr) -> Expr:
    """See `SignalExpr.formula`."""
    return _entry_at(signal, index, inside=True)


def entry_expression(signal: SignalExpr, index: Expr) -> Expr:
    """The entry at any integer index, zero outside, as a SymPy expression."""
    return _entry_at(signal, index, inside=False)


def length_expression(signal: SignalExpr) -> Expr:
    """The length as a SymPy expression."""
    return polynomial_expression(length(signal), _symbols(signal))


def _entry_at(signal: SignalExpr, index: Expr, *, inside: bool) -> Expr:
    named = leaves(signal, expressions=(index,))
    symbols = _symbols(signal) | {s.name: s for s in index.free_symbols}
    terms = entry(signal, polynomial_of(index), inside, count(FREE + 1))
    lengths = {name: leaf.size for name, leaf in named.items()}
    return terms_expression([term.solved() for term in terms], lengths, symbols)


def _symbols(signal: SignalExpr) -> dict[str, Symbol]:
    expressions = [p for node in walk(signal) for p in node.parameters]
    return {s.name: s for p in expressions for s in p.free_symbols if isinstance(s, Symbol)}


# --- entries -------------------------------------------------------------------------


@singledispatch
def entry(signal: SignalExpr, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    """The entry at `index`, zero outside the signal unless `inside` vouches for it."""
    raise NotImplementedError(f"no entry rule for {type(signal).__name__}")


@entry.register
def _(signal: Signal, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    return (Term(factors=(Factor(signal.name, (index,)),)),)


@entry.register
def _(signal: Pad, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    source = entry(signal.signal, index - polynomial_of(signal.left), False, fresh)
    crops = not (is_at_least(signal.left, 0) and is_at_least(signal.right, 0))
    return _guarded(source, within(index, length(signal)) if crops and not inside else ())


@entry.register
def _(signal: Taps, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    return tuple(
        Term(coefficient=number, guards=(equal(index, i),))
        for i, number in enumerate(signal.numbers)
        if number
    )


@entry.register
def _(signal: Extend, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    size = length(signal.signal)
    v = index - polynomial_of(signal.left)
    before, after = {
        "reflect": (-v, 2 * size - 2 - v),
        "symmetric": (-1 - v, 2 * size - 1 - v),
        "replicate": (Polynomial.constant(0), size - 1),
        "circular": (v + size, v - size),
    }[signal.mode]
    terms = (
        *entry(signal.signal, v, False, fresh),
        *_guarded(entry(signal.signal, before, False, fresh), (at_least(-v, 1),)),
        *_guarded(entry(signal.signal, after, False, fresh), (at_least(v, size),)),
    )
    return _guarded(terms, () if inside else within(index, length(signal)))


@entry.register
def _(signal: Flip, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    return entry(signal.signal, length(signal.signal) - 1 - index, inside, fresh)


@entry.register
def _(signal: Downsample, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    return entry(signal.signal, polynomial_of(signal.factor) * index, inside, fresh)


@entry.register
def _(signal: Dilate, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    q = next(fresh)
    source = entry(signal.signal, Polynomial.of(q), inside, fresh)
    index_is_multiple = equal(index, polynomial_of(signal.factor) * Polynomial.of(q))
    return _summed(_guarded(source, (index_is_multiple,)), q, length(signal.signal))


@entry.register
def _(signal: Convolve, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    m = next(fresh)
    left = entry(signal.left, Polynomial.of(m), False, fresh)
    right = entry(signal.right, index - Polynomial.of(m), False, fresh)
    return _summed(tuple(a * b for a in left for b in right), m, length(signal.left))


@entry.register
def _(signal: Correlate, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    j = next(fresh)
    position = polynomial_of(signal.stride) * index + polynomial_of(
        signal.dilation
    ) * Polynomial.of(j)
    kernel = entry(signal.kernel, Polynomial.of(j), False, fresh)
    source = entry(signal.signal, position, True, fresh)
    terms = _summed(tuple(a * b for a in kernel for b in source), j, length(signal.kernel))
    return _guarded(terms, () if inside else within(index, length(signal)))


@entry.register
def _(signal: Add, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    return entry(signal.left, index, inside, fresh) + entry(signal.right, index, inside, fresh)


@entry.register
def _(signal: Multiply, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    left = entry(signal.left, index, inside, fresh)
    right = entry(signal.right, index, inside, fresh)
    return tuple(a * b for a in left for b in right)


@entry.register
def _(signal: Scale, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    if not signal.number:
        return ()
    return tuple(term.scaled(signal.number) for term in entry(signal.signal, index, inside, fresh))


@entry.register
def _(signal: Formula, index: Polynomial, inside: bool, fresh: Fresh) -> Terms:
    terms = FormulaReader(fresh).terms(signal.entry, {signal.index: index})
    return _guarded(terms, () if inside else within(index, polynomial_of(signal.size)))


def _guarded(terms: Terms, guards: Conjunction) -> Terms:
    return tuple(term.guarded(*guards) for term in terms)


def _summed(terms: Terms, number: int, size: Polynomial) -> Terms:
    index = SummationIndex(number, Polynomial.constant(0), size - 1)
    return tuple(term.summed(index) for term in terms)


# --- lengths -------------------------------------------------------------------------


@singledispatch
def length(signal: SignalExpr) -> Polynomial:
    """The length of a signal.

    max(0, …) inside a length is dropped where a later max(0, …) makes up for it.
    """
    raise NotImplementedError(f"no length rule for {type(signal).__name__}")


@length.register
def _(signal: Signal) -> Polynomial:
    return polynomial_of(signal.size)


@length.register
def _(signal: Formula) -> Polynomial:
    return polynomial_of(signal.size)


@length.register
def _(signal: Pad) -> Polynomial:
    inner = length(signal.signal)
    more = polynomial_of(signal.left) + polynomial_of(signal.right)
    if is_at_least(signal.left, 0) and is_at_least(signal.right, 0):
        return inner + more
    if is_at_least(-signal.left, 0) and is_at_least(-signal.right, 0):
        inner = without_nonnegative_part(inner)
    return nonnegative_part(inner + more)


@length.register
def _(signal: Taps) -> Polynomial:
    return Polynomial.constant(len(signal.numbers))


@length.register
def _(signal: Extend) -> Polynomial:
    return length(signal.signal) + polynomial_of(signal.left) + polynomial_of(signal.right)


@length.register
def _(signal: Flip) -> Polynomial:
    return length(signal.signal)


@length.register
def _(signal: Scale) -> Polynomial:
    return length(signal.signal)


@length.register
def _(signal: Add) -> Polynomial:
    return length(signal.left)


@length.register
def _(signal: Multiply) -> Polynomial:
    return length(signal.left)


@length.register
def _(signal: Downsample) -> Polynomial:
    inner = length(signal.signal)
    clear = without_nonnegative_part(inner)
    value = ceiling(clear, polynomial_of(signal.factor))
    return value if clear == inner else nonnegative_part(value)


@length.register
def _(signal: Dilate) -> Polynomial:
    inner = length(signal.signal)
    value = polynomial_of(signal.factor) * (without_nonnegative_part(inner) - 1) + 1
    return value if _is_nonempty(signal.signal) else nonnegative_part(value)


@length.register
def _(signal: Convolve) -> Polynomial:
    left, right = length(signal.left), length(signal.right)
    doubtful = [
        at_least(size, 1)
        for part, size in ((signal.left, left), (signal.right, right))
        if not _is_nonempty(part)
    ]
    value = left + right - 1
    return Polynomial.of(Guarded(value, tuple(doubtful))) if doubtful else value


@length.register
def _(signal: Correlate) -> Polynomial:
    reach = polynomial_of(signal.dilation) * (length(signal.kernel) - 1)
    last = without_nonnegative_part(length(signal.signal)) - reach - 1
    return nonnegative_part(floor(last, polynomial_of(signal.stride)) + 1)


@singledispatch
def _is_nonempty(signal: SignalExpr) -> bool:
    """Whether the symbols' assumptions alone show that the signal has an entry."""
    return False


@_is_nonempty.register
def _(signal: Signal) -> bool:
    return is_at_least(signal.size, 1)


@_is_nonempty.register
def _(signal: Formula) -> bool:
    return is_at_least(signal.size, 1)


@_is_nonempty.register
def _(signal: Pad) -> bool:
    grows = is_at_least(signal.left, 0) and is_at_least(signal.right, 0)
    return grows and (
        _is_nonempty(signal.signal) or is_at_least(signal.left, 1) or is_at_least(signal.right, 1)
    )


@_is_nonempty.register
def _(signal: Taps) -> bool:
    return bool(signal.numbers)


@_is_nonempty.register(Extend | Flip | Downsample | Dilate | Convolve | Add | Multiply | Scale)
def _(signal: SignalExpr) -> bool:
    return all(map(_is_nonempty, signal.operands))


# --- what must hold for a signal to be defined ---------------------------------------


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition on the lengths without which an operator is not defined."""

    guards: Conjunction
    message: str


def requirements(signal: SignalExpr) -> Iterator[Requirement]:
    """The conditions on the lengths that the assumptions of the symbols leave open."""
    for node in dict.fromkeys(walk(signal)):
        if isinstance(node, Signal | Formula) and not is_at_least(node.size, 0):
            yield Requirement(
                (at_least(length(node), 0),),
                f"the length of {node}, {node.size}, could be negative; "
                f"add the hypothesis {node.size} >= 0",
            )
        if isinstance(node, Correlate) and not _is_nonempty(node.kernel):
            size = node.kernel.length
            yield Requirement(
                (at_least(length(node.kernel), 1),),
                f"the kernel {node.kernel} could be empty; add the hypothesis {size} >= 1",
            )
        if isinstance(node, Add | Multiply) and length(node.left) != length(node.right):
            verb = "add" if isinstance(node, Add) else "multiply"
            yield Requirement(
                (equal(length(node.left), length(node.right)),),
                f"cannot {verb} {node.left} and {node.right}: their lengths {node.left.length} and "
                f"{node.right.length} could differ; pad one of them or add a hypothesis",
            )
        if isinstance(node, Extend):
            size = length(node.signal)
            copied = {"reflect": size - 1, "replicate": Polynomial.constant(0)}
            most = copied.get(node.mode, size)
            enough = [at_least(most, polynomial_of(p)) for p in (node.left, node.right)]
            yield Requirement(
                (at_least(size, 1),) if node.mode == "replicate" else tuple(enough),
                f"{node.mode} padding by {node.left} and {node.right} needs more entries than "
                f"{node.signal} could have; add a hypothesis on its length {node.signal.length}",
            )

"""Reading a signal at any length: each operator's entry as a guarded sum.

One rule for each operator gives the entry at an index.  A rule is told whether the index is
known to lie inside the signal, so that a layer, which reads only inside its input by
construction, adds no guard.  It asks for the entries that it needs by `yield`, and gets each
one once, however often it is asked for: equal terms are put together, and nothing is nested
deeply.
"""

from __future__ import annotations

from collections.abc import Generator, Hashable, Iterable, Iterator, Mapping
from functools import singledispatch
from itertools import count
from typing import TypeAlias

from sympy import Expr, Ge, Indexed, Symbol

from symconv.arithmetic.from_sympy import FormulaReader, scaled_polynomial
from symconv.arithmetic.polynomials import (
    Conjunction,
    Polynomial,
    at_least,
    equal,
    within,
)
from symconv.arithmetic.such_that import SuchThat
from symconv.arithmetic.symbols import IntegerSymbol
from symconv.arithmetic.terms import FREE, Factor, GuardedSum, SummationIndex, Term
from symconv.arithmetic.to_sympy import is_readable, polynomial_expression, terms_expression
from symconv.arithmetic.work import spend
from symconv.errors import SymconvError, Undecided
from symconv.language.amounts import Amount, simplified_around
from symconv.language.lengths import LengthOf, spelled_out
from symconv.language.signals import (
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
    check_names,
    leaves,
    length,
    mentioned,
    requirements,
    symbols_in,
)

__all__ = [
    "entry_expression",
    "entry_terms",
    "formula",
    "guarded_sum",
    "length_expression",
    "length_of",
]

_STEPS_PER_TERM = 6  # of work
_MOST_FACTORS = 2000  # in one product

Terms = tuple[Term, ...]
Wanted: TypeAlias = tuple[SignalExpr, Polynomial, bool]
"""An entry: of which signal, at which index, and whether that is known to lie inside."""
Rule: TypeAlias = Generator[Wanted, Terms, Terms]


def guarded_sum(signal: SignalExpr) -> GuardedSum:
    """The signal as a guarded sum for its entry at #0, read for 0 ≤ #0 < length.

    >>> x, k = Signal("x", 8), Signal("k", 3)
    >>> for term in guarded_sum(x.pad(1, 1).correlate(k, stride=2)).terms: print(term)
    Σ['#1'] k[#1] x[#1 + 2*#0 - 1]
    """
    terms = entry_terms(signal)
    lengths = {name: leaf.size.polynomial for name, leaf in leaves(signal).items()}
    return GuardedSum(tuple(term.solved() for term in terms), length(signal), lengths)


def entry_terms(signal: SignalExpr) -> Terms:
    """The entry at #0, for 0 ≤ #0 < length, with every summation index that an operator has."""
    return _entry(signal, Polynomial.of(FREE), True)


def formula(signal: SignalExpr, index: Amount) -> Expr:
    """See `SignalExpr.formula`."""
    return _entry_at(signal, index, inside=True)


def entry_expression(signal: SignalExpr, index: Amount) -> Expr:
    """The entry at any integer index, zero outside, as a SymPy expression."""
    return _entry_at(signal, index, inside=False)


def length_expression(signal: SignalExpr, *about: SignalExpr) -> Expr:
    """See `SignalExpr.length`; `about` are further signals that have to be defined."""
    standing = length_of(signal, *about)
    is_unknown = all(isinstance(symbol, IntegerSymbol) for symbol in standing.symbols.values())
    is_safe = is_unknown and not simplified_around(standing.formula)
    is_defined = next(requirements(signal, *about), None) is None
    if (
        is_defined
        and is_readable(standing.polynomial)
        and (_is_plain(standing.polynomial) or (is_safe and _reads_back(standing)))
    ):
        return standing.formula
    return standing


def _reads_back(standing: LengthOf) -> bool:
    """Whether the formula can be read; a divisor in it may not look positive."""
    try:
        scaled_polynomial(standing.formula)
    except SymconvError:
        return False
    return True


def length_of(signal: SignalExpr, *about: SignalExpr) -> LengthOf:
    """The length as one symbol, which knows the signal."""
    polynomial, symbols = length(signal), symbols_in(signal)
    if next(requirements(signal, *about), None) is None:
        used: Mapping[str, Symbol] = {name: symbols[name] for name in polynomial.symbols()}
    else:
        used = symbols_in(*mentioned(signal, *about))
    if isinstance(signal, Signal | Formula):
        written = spelled_out(signal.size.written)
    else:
        written = polynomial_expression(polynomial, symbols)
    return LengthOf(signal, polynomial, dict(used), written, about)


def _is_plain(polynomial: Polynomial) -> bool:
    """Whether there are only sums and multiples of symbols, which SymPy leaves as they are."""
    return all(
        len(monomial) < 2 and all(isinstance(atom, str) for atom in monomial)
        for monomial in polynomial.terms
    )


def _entry_at(signal: SignalExpr, index: Amount, *, inside: bool) -> Expr:
    about = [one for standing in index.mentioned for one in standing.signals]
    named, symbols = check_names((signal, *about), index.symbols.values())
    terms = _entry(signal, index.polynomial, inside)
    lengths: dict[str, Expr] = {name: leaf.size.written for name, leaf in named.items()}
    requirement = next(requirements(signal, *about), None)
    if requirement is not None:
        # The formula does not show what has to be defined; the lengths of its entries know.
        lengths = {name: length_of(leaf, signal, *about) for name, leaf in named.items()}
    formula_ = terms_expression([term.solved() for term in terms], lengths, symbols)
    if requirement is not None and not formula_.has(Indexed):  # then a condition has to say it
        formula_ = SuchThat(formula_, Ge(length_of(signal, *about), 0, evaluate=False))
    return formula_


# --- entries -------------------------------------------------------------------------


def _entry(signal: SignalExpr, index: Polynomial, inside: bool) -> Terms:
    """The entry at `index`, zero outside the signal unless `inside` vouches for it."""
    fresh = count(FREE + 1)
    found: dict[Wanted, Terms] = {}
    wanted: Wanted = (signal, index, inside)
    open_: list[tuple[Wanted, Rule]] = [(wanted, _rule(*wanted, fresh))]
    answer: Terms | None = None
    while open_:
        asked, rule = open_[-1]
        try:
            needed = next(rule) if answer is None else rule.send(answer)
        except StopIteration as finished:
            open_.pop()
            answer = found[asked] = _collected(finished.value)
            continue
        answer = found.get(needed)
        if answer is None:
            open_.append((needed, _rule(*needed, fresh)))
    return found[wanted]


def _collected(terms: Terms) -> Terms:
    """The terms with equal ones put together."""
    spend(1 + sum(_STEPS_PER_TERM + len(term.guards) + len(term.factors) for term in terms))
    if len(terms) < 2:
        return terms
    collected: dict[Hashable, Term] = {}
    for term in terms:
        bare = (term.indices, term.factors, term.guards)
        present = collected.get(bare)
        collected[bare] = term if present is None else present.plus(term.coefficient)
    return tuple(term for term in collected.values() if term.coefficient)


@singledispatch
def _rule(signal: SignalExpr, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    raise NotImplementedError(f"no entry rule for {type(signal).__name__}")


@_rule.register
def _(signal: Signal, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    yield from ()
    return (Term(factors=(Factor(signal.name, (index,)),)),)


@_rule.register
def _(signal: Pad, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    source = yield signal.signal, index - signal.left.polynomial, False
    return _guarded(source, within(index, length(signal)) if signal.crops and not inside else ())


@_rule.register
def _(signal: Taps, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    yield from ()
    return tuple(
        Term(coefficient=number, guards=(equal(index, i),))
        for i, number in enumerate(signal.numbers)
        if number
    )


@_rule.register
def _(signal: Extend, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    size = length(signal.signal)
    v = index - signal.left.polynomial
    before, after = {
        "reflect": (-v, 2 * size - 2 - v),
        "symmetric": (-1 - v, 2 * size - 1 - v),
        "replicate": (Polynomial.constant(0), size - 1),
        "circular": (v + size, v - size),
    }[signal.mode]
    middle = yield signal.signal, v, False
    left = yield signal.signal, before, False
    right = yield signal.signal, after, False
    terms = (
        *middle,
        *_guarded(left, (at_least(-v, 1),)),
        *_guarded(right, (at_least(v, size),)),
    )
    return _guarded(terms, () if inside else within(index, length(signal)))


@_rule.register
def _(signal: Flip, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    return (yield signal.signal, length(signal.signal) - 1 - index, inside)


@_rule.register
def _(signal: Downsample, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    return (yield signal.signal, signal.factor.polynomial * index, inside)


@_rule.register
def _(signal: Dilate, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    q = next(fresh)
    source = yield signal.signal, Polynomial.of(q), inside
    index_is_multiple = equal(index, signal.factor.polynomial * Polynomial.of(q))
    return _summed(_guarded(source, (index_is_multiple,)), q, length(signal.signal))


@_rule.register
def _(signal: Convolve, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    m = next(fresh)
    left = yield signal.left, Polynomial.of(m), False
    right = yield signal.right, index - Polynomial.of(m), False
    return _summed(_products(left, right, fresh), m, length(signal.left))


@_rule.register
def _(signal: Correlate, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    j = next(fresh)
    position = signal.stride.polynomial * index + signal.dilation.polynomial * Polynomial.of(j)
    kernel = yield signal.kernel, Polynomial.of(j), False
    source = yield signal.signal, position, True
    terms = _summed(_products(kernel, source, fresh), j, length(signal.kernel))
    return _guarded(terms, () if inside else within(index, length(signal)))


@_rule.register
def _(signal: Add, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    left = yield signal.left, index, inside
    right = yield signal.right, index, inside
    return left + right


@_rule.register
def _(signal: Multiply, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    left = yield signal.left, index, inside
    right = yield signal.right, index, inside
    return _products(left, right, fresh)


@_rule.register
def _(signal: Scale, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    if not signal.number:
        return ()
    source = yield signal.signal, index, inside
    return tuple(term.scaled(signal.number) for term in source)


@_rule.register
def _(signal: Formula, index: Polynomial, inside: bool, fresh: Iterator[int]) -> Rule:
    yield from ()
    names: dict[Symbol, Polynomial] = {s: amount.polynomial for s, amount in signal.chosen}
    terms = FormulaReader(fresh).terms(signal.entry, {**names, signal.index: index})
    return _guarded(terms, () if inside else within(index, length(signal)))


def _guarded(terms: Terms, guards: Conjunction) -> Terms:
    return tuple(term.guarded(*guards) for term in terms) if guards else terms


def _summed(terms: Iterable[Term], number: int, size: Polynomial) -> Terms:
    index = SummationIndex(number, Polynomial.constant(0), size - 1)
    return tuple(term.summed(index) for term in terms)


def _products(left: Terms, right: Terms, fresh: Iterator[int]) -> Terms:
    """Each term times each; an index that both sum over gets another number in one of them.

    Raises:
        Undecided: the products have too many factors.
    """
    degree = sum(max((len(term.factors) for term in terms), default=0) for terms in (left, right))
    if degree > _MOST_FACTORS:
        raise Undecided(f"an entry is a sum of products of more than {_MOST_FACTORS} entries")
    spend(len(left) * len(right) * (4 + degree))
    ours = {index.number for term in left for index in term.indices}
    apart = tuple(_renumbered(term, ours, fresh) for term in right) if ours else right
    return tuple(a * b for a in left for b in apart)


def _renumbered(term: Term, taken: set[int], fresh: Iterator[int]) -> Term:
    numbers = {i.number: next(fresh) for i in term.indices if i.number in taken}
    return term.renumbered(numbers) if numbers else term

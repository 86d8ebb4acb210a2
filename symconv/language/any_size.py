"""Reading a tensor at any size: each operator's entry as a guarded sum.

The rule of each operator gives the entry at an index.  A rule is told whether the index is
known to lie inside the tensor, so that a layer, which reads only inside its input by
construction, adds no guard.  It asks for the entries that it needs by `yield`, and gets each
one once, however often it is asked for: equal terms are put together, and nothing is nested
deeply.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import count

from sympy import Expr, Ge, Indexed, Integer, Symbol

from symconv.arithmetic.from_sympy import scaled_polynomial
from symconv.arithmetic.limits import STEPS_PER_TERM, STEPS_PER_TERM_WRITTEN
from symconv.arithmetic.polynomials import Polynomial
from symconv.arithmetic.quotients import has_quotients, without_quotients
from symconv.arithmetic.such_that import SuchThat
from symconv.arithmetic.symbols import IntegerSymbol, sign_of
from symconv.arithmetic.terms import GuardedSum, Term, free_index
from symconv.arithmetic.to_sympy import is_readable, polynomial_expression, terms_expression
from symconv.arithmetic.work import allowed, spend
from symconv.errors import SymconvError
from symconv.language.amounts import Amount, simplified_around
from symconv.language.graph import check_names, leaves, mentioned, requirements, symbols_in
from symconv.language.length_symbols import LengthOf, spelled_out
from symconv.language.operators.base import Index, Rule, Terms, Wanted, inside_of
from symconv.language.operators.named import OfGivenShape
from symconv.language.signals import SignalExpr

__all__ = [
    "entry_expression",
    "entry_terms",
    "formula",
    "guarded_sum",
    "length_expression",
    "length_of",
    "shape_of",
]


def guarded_sum(signal: SignalExpr) -> GuardedSum:
    """The tensor as a guarded sum for its entry at (#0, #1, …), read for 0 ≤ #a < shape[a].

    >>> from symconv import Signal
    >>> x, k = Signal("x", 8), Signal("k", 3)
    >>> for term in guarded_sum(x.pad(1, 1).correlate(k, stride=2)).terms: print(term)
    Σ['#1'] k[#1] x[#1 + 2*#0 - 1]
    """
    known = set(inside_of(free_index(signal.ndim), signal.lengths))
    terms = [term.without(known) for term in entry_terms(signal)]
    shapes = {name: leaf.lengths for name, leaf in leaves(signal).items()}
    if any(has_quotients(term) for term in terms):
        signs = {name: sign_of(symbol) for name, symbol in symbols_in(signal).items()}
        # Before it is solved, each index has a range of its own.
        for _ in range(2):
            terms = [without_quotients(term, signal.lengths, signs).solved() for term in terms]
        return GuardedSum(_collected(tuple(terms)), signal.lengths, shapes)
    return GuardedSum(tuple(term.solved() for term in terms), signal.lengths, shapes)


def entry_terms(signal: SignalExpr) -> Terms:
    """The entry at (#0, #1, …), inside, with every summation index that an operator has."""
    return _entry(signal, free_index(signal.ndim), True)


def formula(signal: SignalExpr, index: Sequence[Amount]) -> Expr:
    """See `SignalExpr.formula`.

    Raises:
        Undecided: it would be too long.
    """
    with allowed():
        return _entry_at(signal, index, inside=True)


def entry_expression(signal: SignalExpr, index: Sequence[Amount]) -> Expr:
    """The entry at any integer index, zero outside, as a SymPy expression."""
    return _entry_at(signal, index, inside=False)


def length_expression(signal: SignalExpr, *about: SignalExpr, axis: int = 0) -> Expr:
    """See `SignalExpr.length`; `about` are further signals that have to be defined."""
    standing = length_of(signal, *about, axis=axis)
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


def shape_of(signal: SignalExpr) -> tuple[LengthOf, ...]:
    """The size along each axis, each as one symbol."""
    return tuple(length_of(signal, axis=axis) for axis in range(signal.ndim))


def length_of(signal: SignalExpr, *about: SignalExpr, axis: int = 0) -> LengthOf:
    """The size along an axis as one symbol, which knows the tensor."""
    polynomial, symbols = signal.lengths[axis], symbols_in(signal)
    if next(requirements(signal, *about), None) is None:
        used: Mapping[str, Symbol] = {name: symbols[name] for name in polynomial.symbols()}
    else:
        used = symbols_in(*mentioned(signal, *about))
    if isinstance(signal.operator, OfGivenShape):
        written = spelled_out(signal.operator.sizes[axis].written)
    else:
        written = polynomial_expression(polynomial, symbols)
    return LengthOf(signal, polynomial, dict(used), written, about, axis)


def _is_plain(polynomial: Polynomial) -> bool:
    """Whether there are only sums and multiples of symbols, which SymPy leaves as they are."""
    return all(
        len(monomial) < 2 and all(isinstance(atom, str) for atom in monomial)
        for monomial in polynomial.terms
    )


def _entry_at(signal: SignalExpr, index: Sequence[Amount], *, inside: bool) -> Expr:
    about = [one for part in index for standing in part.mentioned for one in standing.signals]
    given = [symbol for part in index for symbol in part.symbols.values()]
    named, symbols = check_names((signal, *about), given)
    terms = _entry(signal, tuple(part.polynomial for part in index), inside)
    shapes: dict[str, tuple[Expr, ...]]
    shapes = {name: leaf.written_shape for name, leaf in named.items()}
    requirement = next(requirements(signal, *about), None)
    if requirement is not None:
        # The formula does not show what has to be defined; the lengths of its entries know.
        shapes = {
            name: tuple(length_of(leaf, signal, *about, axis=a) for a in range(leaf.ndim))
            for name, leaf in named.items()
        }
    spend(STEPS_PER_TERM_WRITTEN * len(terms))
    formula_ = terms_expression([term.solved() for term in terms], shapes, symbols)
    if requirement is not None and not formula_.has(Indexed):  # then a condition has to say it
        # One that always holds where the signal is defined.
        standing = length_of(signal, *about) if signal.ndim else Integer(0)
        formula_ = SuchThat(formula_, Ge(standing, 0, evaluate=False))
    return formula_


# --- entries -------------------------------------------------------------------------


def _entry(signal: SignalExpr, index: Index, inside: bool) -> Terms:
    """The entry at `index`, zero outside the tensor unless `inside` vouches for it."""
    # Beyond the free indices, whether or not they stand in the index that is asked for.
    fresh = count(signal.ndim)
    found: dict[Wanted, Terms] = {}
    wanted: Wanted = (signal, index, inside)
    open_: list[tuple[Wanted, Rule]] = [(wanted, signal.operator.entry(*wanted, fresh))]
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
            open_.append((needed, needed[0].operator.entry(*needed, fresh)))
    return found[wanted]


def _collected(terms: Terms) -> Terms:
    """The terms with equal ones put together, in whichever order and signs guards are written."""
    spend(1 + sum(STEPS_PER_TERM + len(term.guards) + len(term.factors) for term in terms))
    if len(terms) < 2:
        return terms
    collected: dict[Hashable, Term] = {}
    for term in terms:
        guards = frozenset(guard.up_to_sign() for guard in term.guards)
        bare = (term.indices, term.factors, guards, term.divisors)
        present = collected.get(bare)
        collected[bare] = term if present is None else present.plus(term.coefficient)
    return tuple(term for term in collected.values() if term.coefficient)

"""Single changes to signals, lengths and claims, most of which make a true claim false."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import partial
from typing import get_args

import sympy
from sympy import Basic, Expr, Integer, Rational, Symbol

from symconv import Claim, SymconvError
from symconv.decision.claims import Side
from symconv.language.lengths import LengthOf
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
)

Change = Callable[[], SignalExpr]
MODES: tuple[Extension, ...] = get_args(Extension)


def everywhere(
    signal: SignalExpr, changes: Callable[[SignalExpr], Iterator[Change]]
) -> Iterator[Change]:
    """For each node in turn, the ways to make the whole signal with that node changed."""
    yield from changes(signal)
    for name in signal.__match_args__:
        inner = getattr(signal, name)
        if isinstance(inner, SignalExpr):
            for change in everywhere(inner, changes):
                yield partial(_rebuilt, signal, name, change)


def _rebuilt(node: SignalExpr, name: str, change: Change) -> SignalExpr:
    values = [change() if n == name else getattr(node, n) for n in node.__match_args__]
    return type(node)(*values)


def signal_mutants(signal: SignalExpr, others: tuple[Signal, ...] = ()) -> Iterator[SignalExpr]:
    """The signal with one change; changes that are errors are left out."""
    for change in signal_changes(signal, others):
        with suppress(SymconvError):
            yield change()


def signal_changes(signal: SignalExpr, others: tuple[Signal, ...] = ()) -> Iterator[Change]:
    """The ways to change an amount, a factor, a mode, a tap, a flip, an operand or a name."""

    def changes(node: SignalExpr) -> Iterator[Change]:
        if not isinstance(node, Flip):
            yield partial(Flip, node)
        match node:
            case Signal():
                yield from (partial(_same, o) for o in others if o is not node)
            case Flip(inner):
                yield partial(_same, inner)
            case Pad(inner, left, right):
                for more in (1, -1):
                    yield partial(Pad, inner, left + more, right)
                    yield partial(Pad, inner, left, right + more)
                if left != right:
                    yield partial(Pad, inner, right, left)
            case Extend(inner, left, right, mode):
                for more in (1, -1):
                    yield partial(Extend, inner, left + more, right, mode)
                    yield partial(Extend, inner, left, right + more, mode)
                if left != right:
                    yield partial(Extend, inner, right, left, mode)
                yield from (partial(Extend, inner, left, right, o) for o in MODES if o != mode)
                yield partial(Pad, inner, left, right)
            case Taps(numbers):
                for i, number in enumerate(numbers):
                    for other in (number + 1, -number):
                        yield partial(Taps, (*numbers[:i], other, *numbers[i + 1 :]))
                yield partial(Taps, numbers[1:])
                yield partial(Taps, (*numbers, Fraction(0)))
            case Downsample(inner, factor) | Dilate(inner, factor):
                for more in (1, -1):
                    yield partial(type(node), inner, factor + more)
            case Convolve(left, right):
                yield partial(Convolve, right, left)
            case Correlate(inner, kernel, stride, dilation):
                yield partial(Correlate, kernel, inner, stride, dilation)
                for more in (1, -1):
                    yield partial(Correlate, inner, kernel, stride + more, dilation)
                    yield partial(Correlate, inner, kernel, stride, dilation + more)
            case Add(left, right):
                yield partial(Add, left, -right)
                yield partial(_same, left)
            case Multiply(left, right):
                yield partial(Add, left, right)
                yield partial(Multiply, left, left)
                yield partial(_same, right)
            case Formula(index, entry, size, chosen):
                yield partial(Formula, index, entry + 1, size, chosen)
                yield partial(Formula, index, 2 * entry, size, chosen)
                yield partial(Formula, index, entry, size + 1, chosen)
            case Scale(number, inner):
                yield partial(Scale, number + 1, inner)
                yield partial(Scale, number - Fraction(1, 2), inner)
                yield partial(_same, inner)

    return everywhere(signal, changes)


def _same(signal: SignalExpr) -> SignalExpr:
    return signal


def expression_mutants(expression: Basic, symbols: list[Symbol]) -> Iterator[Basic]:
    """The expression or condition with one number, symbol, function or comparison changed."""
    opposite = {
        sympy.floor: sympy.ceiling,
        sympy.ceiling: sympy.floor,
        sympy.Max: sympy.Min,
        sympy.Min: sympy.Max,
        sympy.And: sympy.Or,
        sympy.Or: sympy.And,
        sympy.Ge: sympy.Gt,
        sympy.Gt: sympy.Ge,
        sympy.Le: sympy.Lt,
        sympy.Lt: sympy.Le,
        sympy.Eq: sympy.Ne,
        sympy.Ne: sympy.Eq,
    }
    if isinstance(expression, LengthOf):
        yield from expression_mutants(expression.formula, symbols)
    elif isinstance(expression, Symbol):
        yield from (s for s in symbols if s != expression)
    elif isinstance(expression, Integer):
        yield from (expression + 1, expression - 1)
    elif isinstance(expression, Rational):
        yield Rational(expression.p, expression.q + 1)
    elif type(expression) in opposite:
        yield opposite[type(expression)](*expression.args)
    for i, argument in enumerate(expression.args):
        for changed in expression_mutants(argument, symbols):
            divisor = isinstance(expression, sympy.Mod) and i == 1
            if not (divisor and not changed.is_positive):
                yield expression.func(*expression.args[:i], changed, *expression.args[i + 1 :])


def claim_mutants(claim: Claim) -> Iterator[Claim]:
    """The claim with one change on one side, or with one hypothesis less."""
    names = tuple(leaves(*claim.signals).values())

    def mutants(side: Side) -> Iterator[Side]:
        if isinstance(side, SignalExpr):
            yield from signal_mutants(side, names)
        else:
            for mutant in expression_mutants(side, list(claim.symbols)):
                if isinstance(mutant, Expr | sympy.logic.boolalg.Boolean):
                    yield mutant

    for i in range(len(claim.given)):
        yield Claim(claim.lhs, claim.rhs, given=claim.given[:i] + claim.given[i + 1 :])
    for lhs in mutants(claim.lhs):
        with suppress(SymconvError):
            yield Claim(lhs, claim.rhs, given=claim.given)
    for rhs in mutants(claim.rhs):
        with suppress(SymconvError):
            yield Claim(claim.lhs, rhs, given=claim.given)

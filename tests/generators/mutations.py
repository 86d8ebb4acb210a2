"""Single changes to signals, lengths and claims, most of which make a true claim false."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import partial
from operator import add, mul, sub
from typing import get_args

import sympy
from sympy import Basic, Expr, Integer, Rational, Symbol

from symconv import Claim, SymconvError, Tensor
from symconv.decision.claims import Side
from symconv.language.graph import leaves
from symconv.language.length_symbols import LengthOf
from symconv.language.operators import (
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
    Taps,
)
from symconv.language.signals import Applied, Signal, SignalExpr, formula_of

Change = Callable[[], SignalExpr]
MODES: tuple[Extension, ...] = get_args(Extension)


def everywhere(
    signal: SignalExpr, changes: Callable[[SignalExpr], Iterator[Change]]
) -> Iterator[Change]:
    """For each node in turn, the ways to make the whole signal with that node changed."""
    yield from changes(signal)
    if not isinstance(signal.operator, Formula):
        for i, inner in enumerate(signal.operands):
            for change in everywhere(inner, changes):
                yield partial(_rebuilt, signal, i, change)


def _rebuilt(node: SignalExpr, place: int, change: Change) -> SignalExpr:
    operands = [change() if i == place else inner for i, inner in enumerate(node.operands)]
    return Applied(node.operator, operands)


def signal_mutants(signal: SignalExpr, others: tuple[Tensor, ...] = ()) -> Iterator[SignalExpr]:
    """The signal with one change; changes that are errors are left out."""
    for change in signal_changes(signal, others):
        with suppress(SymconvError):
            yield change()


def signal_changes(signal: SignalExpr, others: tuple[Tensor, ...] = ()) -> Iterator[Change]:
    """The ways to change an amount, a factor, a mode, a tap, a flip, an operand or a name."""

    def changes(node: SignalExpr) -> Iterator[Change]:
        if not isinstance(node.operator, Flip):
            yield node.flip
        match node:
            case Signal():
                yield from (partial(_same, o) for o in others if o is not node)
            case SignalExpr(Flip(), (inner,)):
                yield partial(_same, inner)
            case SignalExpr(Pad(left, right), (inner,)):
                for more in (1, -1):
                    yield partial(inner.pad, left + more, right)
                    yield partial(inner.pad, left, right + more)
                if left != right:
                    yield partial(inner.pad, right, left)
            case SignalExpr(Extend(left, right, mode), (inner,)):
                for more in (1, -1):
                    yield partial(inner.pad, left + more, right, mode)
                    yield partial(inner.pad, left, right + more, mode)
                if left != right:
                    yield partial(inner.pad, right, left, mode)
                yield from (partial(inner.pad, left, right, o) for o in MODES if o != mode)
                yield partial(inner.pad, left, right)
            case SignalExpr(Taps(numbers)):
                for i, number in enumerate(numbers):
                    for other in (number + 1, -number):
                        yield partial(Signal.taps, *numbers[:i], other, *numbers[i + 1 :])
                yield partial(Signal.taps, *numbers[1:])
                yield partial(Signal.taps, *numbers, Fraction(0))
            case SignalExpr(Downsample(factor), (inner,)):
                yield from (partial(inner.downsample, factor + more) for more in (1, -1))
            case SignalExpr(Dilate(factor), (inner,)):
                yield from (partial(inner.dilate, factor + more) for more in (1, -1))
            case SignalExpr(Convolve(), (left, right)):
                yield partial(right.convolve, left)
            case SignalExpr(Correlate(stride, dilation), (inner, kernel)):
                yield partial(kernel.correlate, inner, stride=stride, dilation=dilation)
                for more in (1, -1):
                    layer = partial(inner.correlate, kernel)
                    yield partial(layer, stride=stride + more, dilation=dilation)
                    yield partial(layer, stride=stride, dilation=dilation + more)
            case SignalExpr(Add(), (left, right)):
                yield partial(sub, left, right)
                yield partial(_same, left)
            case SignalExpr(Multiply(), (left, right)):
                yield partial(add, left, right)
                yield partial(left.multiply, left)
                yield partial(_same, right)
            case SignalExpr(Formula(index, entry, (size,), chosen)):
                for changed, longer in ((entry + 1, 0), (2 * entry, 0), (entry, 1)):
                    yield partial(formula_of, Formula(index, changed, (size + longer,), chosen))
            case SignalExpr(Scale(number), (inner,)):
                yield partial(mul, inner, number + 1)
                yield partial(mul, inner, number - Fraction(1, 2))
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

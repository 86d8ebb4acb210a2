"""Polyphase components: a signal in s interleaved parts, and these put together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import SupportsIndex

from sympy import Expr

from symconv.arithmetic.unevaluated import difference, largest
from symconv.language.amounts import Amount
from symconv.language.layers.arguments import small_number
from symconv.language.operators.base import check_operand, size_along
from symconv.language.signals import SignalExpr

__all__ = ["interleave", "phases"]


def phases(signal: SignalExpr, factor: SupportsIndex) -> tuple[SignalExpr, ...]:
    """The polyphase components x[s·u + r] for r = 0, …, s − 1.

    >>> from symconv import Signal
    >>> [phase.vector() for phase in Signal("x", 5).phases(2)]
    [[x0, x2, x4], [x1, x3]]
    """
    count = small_number(factor, "the number of phases")
    return tuple(signal.downsample(count, offset=r) for r in range(count))


def interleave(phases: Sequence[SignalExpr]) -> SignalExpr:
    """The signal whose entry s·u + r is entry u of phase r (depth to space).

    It ends with the last entry of a phase; where a shorter phase has no entry, it is 0.

    >>> from symconv import Signal
    >>> Signal.interleave(Signal("a", 3), Signal("b", 2)).vector()
    [a0, b0, a1, b1, a2]
    """
    small_number(len(phases), "the number of phases")
    for phase in phases:
        check_operand(phase, "Signal.interleave(x, y)")
    s = len(phases)
    ends = [(size_along(phase, 0) - 1) * s + (1 + r) for r, phase in enumerate(phases)]
    size = reduce(Amount.or_at_least, ends, Amount.of(0))
    shown = largest(*_without_smaller([Amount.of(0), *ends]))
    placed = []
    for r, part in enumerate(phase.dilate(s) for phase in phases):
        here = size_along(part, 0)
        rest = size - r - here
        if rest.number is None:
            written = difference(difference(shown, here.written), Amount.of(r).written)
            rest = Amount(rest.polynomial, rest.symbols, written)
        placed.append(part.pad(r, rest))
    return reduce(add, placed)


def _without_smaller(amounts: Sequence[Amount]) -> list[Expr]:
    """The amounts without those that are plainly not larger than another one."""
    kept: list[Amount] = []
    for amount in amounts:
        if not any((other - amount).is_at_least(0) for other in kept):
            kept = [other for other in kept if not (amount - other).is_at_least(0)] + [amount]
    return [amount.written for amount in kept]

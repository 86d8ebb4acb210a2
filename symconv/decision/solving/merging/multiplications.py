"""How many multiplications a chain of layers takes, layer by layer, as formulas in the sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from sympy import Expr, Integer

from symconv.decision.solving.merging.chains import Chain
from symconv.language.graph import walk
from symconv.language.operators import (
    Conv,
    Convolve,
    Correlate,
    Dilate,
    Divide,
    Einsum,
    Flip,
    Formula,
    Multiply,
    Pad,
    Scale,
)
from symconv.language.operators import Taps as KnownTaps
from symconv.language.operators.base import size_along
from symconv.language.signals import Applied, SignalExpr, StandIn
from symconv.language.telling import Told

__all__ = ["Cost", "multiplications", "total"]


@dataclass(frozen=True, slots=True)
class Cost(Told):
    """What one layer takes.

    Attributes:
        layer: the layer, as it is written on a tensor that is called ….
        multiplications: how many, in the sizes.
    """

    layer: str
    multiplications: Expr

    def __str__(self) -> str:
        return f"{self.layer}: {self.multiplications}"


def multiplications(chain: Chain) -> tuple[Cost, ...]:
    """What each layer of a chain takes, in the order in which they are applied.

    Each output of a layer takes one multiplication for each tap that it reads, in all channels
    of its group, those of padding too: a kernel is applied to whatever lies below it.  Where zeros
    stand between the inputs, as in a transposed layer, it is one for each tap and each input.
    Taps along one axis that are known to be 0, 1 or −1 take none, as those of a sum or between
    the taps of a dilated kernel, and a quotient takes one.
    What the merged kernel itself takes, once, is not counted.
    """
    found = []
    for node in walk(chain.result):
        if chain.is_part(node) and node is not chain.input:
            number = _of(node, chain)
            if number != 0:
                found.append(Cost(_alone(node, chain), number))
    return tuple(found)


def total(costs: Sequence[Cost]) -> Expr:
    """The sum."""
    return sum((cost.multiplications for cost in costs), start=Integer(0))


def _of(node: SignalExpr, chain: Chain) -> Expr:
    """How many multiplications an operator takes."""
    operator = node.operator
    parts = [operand for operand in node.operands if chain.is_part(operand)]
    kernels = [operand for operand in node.operands if not chain.is_part(operand)]
    match operator:
        case Correlate(stride, _, axis):
            taps = _count(kernels[0])
            if stride == 1 and _spread(parts[0], axis) is not None:
                return _size(_spread(parts[0], axis)) * taps
            return _size(node) * taps
        case Convolve():
            spread = _spread(parts[0], operator.axis)
            return _size(parts[0] if spread is None else spread) * _count(kernels[0])
        case Conv(strides, _, groups):
            (kernel,) = kernels
            first = node.ndim - len(strides)
            inner = parts[0]
            for axis in range(first, node.ndim):
                spread = _spread(inner, axis)
                inner = inner if spread is None else spread
            if inner is not parts[0] and all(s == 1 for s in strides):
                outputs, _, *taps = kernel.shape
                return _size(inner) * outputs * prod(taps, start=Integer(1)) / groups.written
            return _size(node) * prod(kernel.shape[1:], start=Integer(1))
        case Einsum():
            return _size(node) * kernels[0].shape[1]
        case Scale(number) if abs(number) != 1:
            return _size(node)
        case Divide() | Multiply():
            return _size(node)
    return Integer(0)


def _size(tensor: SignalExpr | None) -> Expr:
    """How many entries a tensor has."""
    assert tensor is not None
    return prod(tensor.shape, start=Integer(1))


def _count(kernel: SignalExpr) -> Expr:
    """How many taps have to be multiplied by, of a kernel along one axis."""
    while isinstance(kernel.operator, Flip | Dilate):
        (kernel,) = kernel.operands
    operator = kernel.operator
    if isinstance(operator, Formula) and operator.expression == 1:
        return Integer(0)
    if isinstance(operator, KnownTaps):
        trivial = (Fraction(0), Fraction(1), Fraction(-1))
        return Integer(sum(number not in trivial for number in operator.numbers))
    return prod(kernel.shape, start=Integer(1))


def _spread(tensor: SignalExpr, axis: int) -> SignalExpr | None:
    """What was spread with zeros along an axis, behind all padding; None where nothing was."""
    open_ = tensor
    while isinstance(open_.operator, Pad | Dilate):
        (inner,) = open_.operands
        if isinstance(open_.operator, Dilate) and open_.operator.axis == axis:
            deeper = _spread(inner, axis)
            return inner if deeper is None else deeper
        open_ = inner
    return None


def _alone(node: SignalExpr, chain: Chain) -> str:
    """A layer on a tensor that has no name."""
    operands = [
        StandIn("…", tuple(size_along(operand, axis) for axis in range(operand.ndim)))
        if chain.is_part(operand)
        else operand
        for operand in node.operands
    ]
    return str(Applied(node.operator, operands))

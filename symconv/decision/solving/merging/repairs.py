"""Where a chain is not one layer: another chain that is, of which the same layer is made.

A layer behind a padding reads zeros where one layer would read what the layers before make of
zeros.  So the padding may be put before the first layer, or the padding between may be what
the layers before make of zeros: their bias, where they read nothing else than padding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from symconv.decision.solving.long_inputs import amount_for_long_inputs
from symconv.decision.solving.merging.chains import Chain, constant_of
from symconv.decision.solving.merging.composing import ONE, ZERO, flipped, padded
from symconv.decision.solving.merging.normal_form import with_constant
from symconv.language.amounts import Amount
from symconv.language.operators import (
    Add,
    Conv,
    Convolve,
    Correlate,
    Dilate,
    Downsample,
    Flip,
    Multiply,
    Pad,
)
from symconv.language.operators.base import size_along
from symconv.language.signals import Applied, SignalExpr

__all__ = ["PAD_FIRST", "PAD_WITH_BIAS", "repaired"]

PAD_WITH_BIAS = "pad between the layers with the bias of the layer before, and not with 0"
PAD_FIRST = "pad before the first layer only"

_Pads: TypeAlias = tuple[tuple[Amount, Amount], ...]


def repaired(chain: Chain) -> Iterator[tuple[str, SignalExpr]]:
    """Other chains, each with what is done in words; that they are one layer is to be proved."""
    nodes = [node for node in chain.layers if node is not chain.input]
    between = [node for node in nodes if chain.padded_axes(node) and chain.pads_between(node)]
    if not between:
        return
    if any(chain.layers[_moving(node, chain)].bias is not None for node in between):
        yield PAD_WITH_BIAS, _Filling(chain).of(chain.result)
    none = ((ZERO, ZERO),) * chain.input.ndim
    yield PAD_FIRST, _PaddingFirst(chain).of(chain.result, none)


def _moving(node: SignalExpr, chain: Chain) -> SignalExpr:
    """The operand that depends on the input."""
    return next(operand for operand in node.operands if chain.is_part(operand))


def _rebuilt(node: SignalExpr, new: dict[SignalExpr, SignalExpr]) -> SignalExpr:
    """An operator on other operands, of which what is added or multiplied goes along."""
    if isinstance(node.operator, Add | Multiply) and len(new) == 1 and node.ndim == 1:
        ((old, inner),) = new.items()
        (other,) = (operand for operand in node.operands if operand is not old)
        found = constant_of(other, 1)
        assert found is not None
        values, _ = found
        if isinstance(node.operator, Add):
            return with_constant(inner, values, None)
        return inner.apply(Multiply(), values.expand(inner.shape))
    return Applied(node.operator, [new.get(operand, operand) for operand in node.operands])


class _PaddingFirst:
    """Puts all padding before the first layer."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._sizes = {name for size in chain.input.lengths for name in size.symbols()}

    def of(self, node: SignalExpr, pads: _Pads) -> SignalExpr:
        """A tensor as it is with so much more padding of the input as these are of it."""
        chain = self._chain
        layer = chain.layers[node]
        if layer.is_bare:
            for axis, (left, right) in enumerate(pads):
                node = _with_more_zeros(node, left, right, axis)
            return node
        parts = [operand for operand in node.operands if chain.is_part(operand)]
        inner = parts[0]
        match node.operator:
            case Pad(left, right, axis):
                left, right = (amount_for_long_inputs(a, self._sizes) for a in (left, right))
                if chain.padded_axes(node) and chain.pads_between(node):
                    return self.of(inner, _more(pads, axis, left, right))
                return padded(self.of(inner, pads), left, right, axis)
            case Convolve() if chain.pads_between(node):
                kernel = next(one for one in node.operands if one is not inner)
                axis, reach = node.operator.axis, size_along(kernel, 0) - 1
                operand = self.of(inner, _more(pads, axis, reach, reach))
                return operand.apply(Correlate(ONE, ONE, axis), flipped(kernel))
            case Flip(axis):
                left, right = pads[axis]
                pads = (*pads[:axis], (right, left), *pads[axis + 1 :])
            case Downsample(stride, axis) | Correlate(stride, _, axis):
                pads = _times(pads, axis, stride)
            case Conv(strides):
                for place, stride in enumerate(strides):
                    pads = _times(pads, node.ndim - len(strides) + place, stride)
            case Dilate(factor, axis) if any(amount != 0 for amount in pads[axis]):
                # Each zero more before it is `factor` more behind it, of which some are cut off.
                left, right = (amount.divided_up(factor) for amount in pads[axis])
                more = self.of(inner, (*pads[:axis], (left, right), *pads[axis + 1 :]))
                one, other = pads[axis]
                spread = more.apply(node.operator)
                return padded(spread, one - left * factor, other - right * factor, axis)
        new = {part: self.of(part, pads) for part in parts}
        return _rebuilt(node, new)


def _with_more_zeros(tensor: SignalExpr, left: Amount, right: Amount, axis: int) -> SignalExpr:
    """The tensor padded with more zeros along an axis, together with those that it has."""
    outer: list[Pad] = []
    inner = tensor
    while isinstance(inner.operator, Pad):
        operator = inner.operator
        (inner,) = inner.operands
        if operator.axis == axis:
            inner = padded(inner, operator.left + left, operator.right + right, axis)
            for one in reversed(outer):
                inner = inner.apply(one)
            return inner
        outer.append(operator)
    return padded(tensor, left, right, axis)


def _more(pads: _Pads, axis: int, left: Amount, right: Amount) -> _Pads:
    """More padding along an axis."""
    one, other = pads[axis]
    return (*pads[:axis], (one + left, other + right), *pads[axis + 1 :])


def _times(pads: _Pads, axis: int, stride: Amount) -> _Pads:
    """What is before a stride, for as much padding behind it."""
    one, other = pads[axis]
    return (*pads[:axis], (one * stride, other * stride), *pads[axis + 1 :])


class _Filling:
    """Pads between the layers with their bias: what is less the bias is padded with zeros."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._done: dict[SignalExpr, SignalExpr] = {}

    def of(self, node: SignalExpr) -> SignalExpr:
        """A tensor, with the other padding in what it is made of."""
        if node not in self._done:
            self._done[node] = self._made(node)
        return self._done[node]

    def _made(self, node: SignalExpr) -> SignalExpr:
        chain = self._chain
        if node is chain.input or not chain.is_part(node):
            return node
        outer, inner = [], node
        while isinstance(inner.operator, Pad) and chain.pads_between(inner):
            outer.append(inner.operator)
            (inner,) = inner.operands
        bias, channel = chain.layers[inner].bias, chain.layers[inner].channel
        if outer and bias is not None:
            centred = self._without_bias(inner)
            if centred is None:
                centred = with_constant(self.of(inner), -bias, channel)
            for operator in reversed(outer):
                centred = centred.apply(operator)
            return with_constant(centred, bias, channel)
        return Applied(node.operator, list(map(self.of, node.operands)))

    def _without_bias(self, node: SignalExpr) -> SignalExpr | None:
        """A tensor without its bias, where that was added last and is all that there is."""
        if not isinstance(node.operator, Add):
            return None
        parts = [operand for operand in node.operands if self._chain.is_part(operand)]
        if len(parts) != 1 or self._chain.layers[parts[0]].bias is not None:
            return None
        return self.of(parts[0])

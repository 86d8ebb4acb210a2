"""Reading a chain of linear layers: each tensor in it as one layer on the input."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NoReturn

from symconv.arithmetic.polynomials import Polynomial
from symconv.decision.solving.long_inputs import amount_for_long_inputs
from symconv.decision.solving.merging.composing import ONE, Taps, Weight
from symconv.decision.solving.merging.normal_form import LinearLayer, Slide, added
from symconv.errors import SymconvError
from symconv.language.graph import walk
from symconv.language.operators import (
    Add,
    Apply,
    Conv,
    Convolve,
    Correlate,
    Dilate,
    Divide,
    Downsample,
    Einsum,
    Flip,
    Formula,
    Multiply,
    Pad,
    Rearrange,
)
from symconv.language.operators.base import size_along
from symconv.language.operators.scale import Scale
from symconv.language.receptive_fields import receptive_field
from symconv.language.signals import Signal, SignalExpr, Tensor

__all__ = ["Chain", "constant_of", "layer_behind", "read_chain"]

_SINGLE = Polynomial.constant(1)


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of linear layers.

    Attributes:
        result: what comes out.
        input: what the first layer is applied to.
        layers: what each tensor that depends on the input is of it, as one layer.
    """

    result: SignalExpr
    input: SignalExpr
    layers: Mapping[SignalExpr, LinearLayer] = field(repr=False)

    @property
    def whole(self) -> LinearLayer:
        """What the whole chain is."""
        return self.layers[self.result]

    def is_part(self, node: SignalExpr) -> bool:
        """Whether a tensor depends on the input."""
        return node in self.layers

    def pads_between(self, node: SignalExpr) -> bool:
        """Whether it puts zeros behind a layer that may make something else of zeros."""
        return any(
            not self.layers[node.operands[0]].only_moves(axis) for axis in self.padded_axes(node)
        )

    def padded_axes(self, node: SignalExpr) -> tuple[int, ...]:
        """The axis along which it puts zeros beside what it is applied to, if it may do so."""
        match node.operator:
            case Pad(left, right, axis) if not ((-left).is_at_least(0) and (-right).is_at_least(0)):
                return (axis,)
            case Convolve():
                return (node.operator.axis,)
        return ()


def read_chain(
    result: SignalExpr, of: SignalExpr | str | None = None, *, as_if_long: bool = False
) -> Chain:
    """The chain that leads from an input to a tensor.

    Args:
        result: the tensor.
        of: the input, or its name; the tensor of which each output reads its part, if it is not
            given.
        as_if_long: whether amounts are what they are for long inputs.  A slice takes care of
            short ones, by amounts with which a kernel would depend on the size of the input.

    Raises:
        SymconvError: something in it is no linear layer.
    """
    if not isinstance(result, SignalExpr):
        raise SymconvError(
            f"merge takes a chain of layers on a tensor, such as x.correlate(k).correlate(h), got "
            f"{result!r}"
        )
    if of is not None:
        return _read_from(result, _named(result, of), as_if_long=as_if_long)
    first = _first(result)
    try:
        return _read_from(result, first, as_if_long=as_if_long)
    except SymconvError as problem:
        other = _input(result)
        if other is None or other is first:
            raise
        try:
            return _read_from(result, other, as_if_long=as_if_long)
        except SymconvError:
            raise problem from None


def _read_from(result: SignalExpr, source: SignalExpr, *, as_if_long: bool) -> Chain:
    """The chain that leads from an input to a tensor."""
    depends = {source}
    layers = {source: LinearLayer((Slide(),) * source.ndim)}
    for node in walk(result):
        if node is source or depends.isdisjoint(node.operands):
            continue
        depends.add(node)
        try:
            layers[node] = layer_behind(node, source, layers, as_if_long=as_if_long)
        except _NoLayerError:
            raise
        except SymconvError as problem:
            raise _NoLayerError(f"{_written(node, source)} is no layer: {problem}") from None
    return Chain(result, source, layers)


def layer_behind(
    node: SignalExpr,
    source: SignalExpr,
    layers: Mapping[SignalExpr, LinearLayer],
    *,
    as_if_long: bool = True,
) -> LinearLayer:
    """What a tensor is of an input, as one layer, from what its operands are.

    Args:
        node: the tensor.
        source: the input.
        layers: what the operands are that depend on the input.
        as_if_long: see `read_chain`.

    Raises:
        SymconvError: it is no linear layer of the input.
    """
    sizes = {name for size in source.lengths for name in size.symbols()} if as_if_long else set()
    return _read(node, source, layers, sizes)


class _NoLayerError(SymconvError):
    """Something in the chain is no linear layer."""


def _written(node: SignalExpr, source: SignalExpr) -> str:
    return f"{node}, as it is made of {source},"


def _input(result: SignalExpr) -> SignalExpr | None:
    """The tensor of which each output reads its part, where there is one alone."""
    try:
        return receptive_field(result).of
    except SymconvError:
        return None


def _named(result: SignalExpr, of: SignalExpr | str) -> SignalExpr:
    """The input of a chain that was given.

    Raises:
        SymconvError: it is not in the chain.
    """
    nodes = walk(result)
    found = [node for node in nodes if node is of or (isinstance(node, Tensor) and node.name == of)]
    if not found:
        names = sorted({node.name for node in nodes if isinstance(node, Tensor)})
        raise SymconvError(f"{of} is no part of {result}, which is made of {', '.join(names)}")
    return found[0]


def _first(result: SignalExpr) -> SignalExpr:
    """What the first operands lead to."""
    while result.operands:
        result = result.operands[0]
    return result


def _refuse_function(node: SignalExpr) -> NoReturn:
    """Refuse a function or a maximum, with where to cut the chain.

    Raises:
        SymconvError: always.
    """
    operator = node.operator
    name = operator.function.name if isinstance(operator, Apply) else "a maximum"
    raise _NoLayerError(
        f"{name} is not linear, so that the chain is cut there, at {node}: merge what it is "
        f"applied to by merge({node.operands[0]}), and what is behind it by merge(chain, of=y), "
        "where y is that tensor"
    )


def _read(
    node: SignalExpr,
    source: SignalExpr,
    layers: Mapping[SignalExpr, LinearLayer],
    sizes: AbstractSet[str],
) -> LinearLayer:
    """What a tensor is of the input, from what its operands are; see `amount_for_long_inputs`."""
    operator = node.operator
    if operator.is_opaque:
        _refuse_function(node)
    inner, *others = node.operands
    parts = [operand in layers for operand in node.operands]
    if isinstance(operator, Add) and all(parts):
        shape = [size_along(source, axis) for axis in range(source.ndim)]
        return added(layers[inner], layers[others[0]], shape)
    if sum(parts) > 1:
        raise SymconvError("the input is multiplied by itself, which is not linear")
    if not parts[0]:
        return _read_from_the_right(node, layers)
    layer = layers[inner]
    if isinstance(operator, Pad | Flip | Downsample | Dilate | Correlate | Convolve):
        _refuse_channels(layer, operator.axis)
    match operator:
        case Pad(left, right, axis):
            left, right = (amount_for_long_inputs(amount, sizes) for amount in (left, right))
            return layer.padded(axis, left, right)
        case Flip(axis):
            return layer.reversed(axis)
        case Downsample(factor, axis):
            return layer.downsampled(axis, factor)
        case Dilate(factor, axis):
            return layer.spread(axis, factor)
        case Correlate(stride, dilation, axis):
            return layer.correlated(axis, Taps.of(others[0], dilation), stride)
        case Convolve():
            return _convolved(layer, operator.axis, others[0])
        case Scale(number):
            return layer.multiplied(number)
        case Divide(divisor):
            return layer.divided(divisor)
        case Multiply() | Add():
            return _with_constant(node, layer, others[0])
        case Conv(stride, dilation, groups):
            channel = inner.ndim - len(stride) - 1
            return layer.weighted(Weight(others[0], dilation, groups), channel, stride)
        case Einsum(inputs, output) if _is_linear(inputs, output):
            return layer.weighted(Weight(others[0], ()), inner.ndim - 1, ())
    raise SymconvError(
        f"{operator.method or operator.call} is none of the layers that are merged: conv, "
        "correlate, convolve, conv_transpose, linear, pad with zeros, crops and steps, flip, "
        "dilate, average pools, batch_norm, biases, multiples, and sums of these"
    )


def _refuse_channels(layer: LinearLayer, axis: int) -> None:
    """Refuse to slide along an axis on which a layer has put its channels.

    Raises:
        SymconvError: it has.
    """
    if layer.channel == axis:
        raise SymconvError(
            f"axis {axis} has channels of their own numbers, and is slid along: that is no layer"
        )


def _read_from_the_right(node: SignalExpr, layers: Mapping[SignalExpr, LinearLayer]) -> LinearLayer:
    """The same where the second operand is what depends on the input."""
    operator, (constant, inner, *_) = node.operator, node.operands
    if isinstance(operator, Convolve) and node.ndim == 1 and not operator.is_layer:
        return _convolved(layers[inner], 0, constant)
    if isinstance(operator, Multiply | Add) and inner.ndim == node.ndim:
        return _with_constant(node, layers[inner], constant)
    raise SymconvError("the input stands for the kernel of a layer; merge takes chains on a tensor")


def _convolved(layer: LinearLayer, axis: int, kernel: SignalExpr) -> LinearLayer:
    """A full convolution: a layer with the kernel in reverse, padded by its reach."""
    reach = size_along(kernel, 0) - 1
    taps = Taps.of(kernel).flipped()
    return layer.padded(axis, reach, reach).correlated(axis, taps, ONE)


def _is_linear(inputs: tuple[str, ...], output: str) -> bool:
    """Whether an einsum is a matrix times the last axis."""
    if len(inputs) != 2 or len(inputs[1]) != 2:
        return False
    signal, (new, old) = inputs[0], tuple(inputs[1])
    return (
        len(set(signal)) == len(signal)
        and signal.endswith(old)
        and (output == signal[:-1] + new and new not in signal)
    )


def _with_constant(node: SignalExpr, layer: LinearLayer, other: SignalExpr) -> LinearLayer:
    """A bias, or a number by which each channel is multiplied."""
    found = constant_of(other, node.ndim)
    if found is None:
        what = "added to" if isinstance(node.operator, Add) else "multiplied by"
        raise SymconvError(f"{other} is not one number for each channel, and is {what} a layer")
    values, axis = found
    if isinstance(node.operator, Add):
        return layer.with_bias(values, axis)
    return layer.with_scale(values, axis)


def constant_of(tensor: SignalExpr, rank: int) -> tuple[SignalExpr, int | None] | None:
    """A tensor that is added to one of so many axes, as a signal of numbers for each channel.

    Returns:
        The signal, and the axis along which it lies, None where it is one number for all; None
        where the tensor has several entries along several axes.
    """
    if rank == 1 and tensor.ndim:
        one = _one_number(tensor)
        return None if one is None else (one, None)
    many = [axis for axis, size in enumerate(tensor.lengths) if size != _SINGLE]
    if len(many) > 1:
        return None
    axis = many[0] if many else None
    values = _as_signal(tensor, axis)
    return values, None if axis is None else axis + rank - tensor.ndim


def _as_signal(tensor: SignalExpr, axis: int | None) -> SignalExpr:
    """A tensor with entries along one axis at most, as a signal."""
    if tensor.ndim == 1:
        return tensor
    operator = tensor.operator
    if isinstance(operator, Scale | Divide):
        return _as_signal(tensor.operands[0], axis).apply(operator)
    if isinstance(operator, Rearrange) and tensor.operands[0].ndim == 1:
        (inner,) = tensor.operands
        if all(len(group) <= 1 for group in operator.target) and inner.lengths[0] == (
            _SINGLE if axis is None else tensor.lengths[axis]
        ):
            return inner
    if not tensor.ndim:
        return tensor.rearrange(" -> 1")
    place = tuple(slice(None) if a == (axis or 0) else 0 for a in range(tensor.ndim))
    part: SignalExpr = tensor[place]
    return part


def _one_number(tensor: SignalExpr) -> SignalExpr | None:
    """The signal of one entry that is repeated in a signal, if it plainly is."""
    if tensor.lengths[0] == _SINGLE:
        return tensor
    operator = tensor.operator
    if isinstance(operator, Scale | Divide):
        inner = _one_number(tensor.operands[0])
        return None if inner is None else inner.apply(operator)
    if isinstance(operator, Add | Multiply):
        both = [_one_number(operand) for operand in tensor.operands]
        one, other = both
        return None if one is None or other is None else one.apply(operator, other)
    if isinstance(operator, Rearrange):
        (inner,) = tensor.operands
        return inner if inner.ndim == 1 and inner.lengths[0] == _SINGLE else None
    if isinstance(operator, Formula) and not operator.expression.has(*operator.indices):
        if len(tensor.operands) == 1 and operator.expression == _entry(tensor.operands[0]):
            return tensor.operands[0]
        if not operator.chosen:
            return Signal.from_formula(operator.indices[0], operator.expression, length=1)
    return None


def _entry(tensor: SignalExpr) -> object:
    """The first entry of a signal of one entry."""
    return tensor[0] if tensor.ndim == 1 and tensor.lengths[0] == _SINGLE else None

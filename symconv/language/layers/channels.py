"""What a layer does with channels: biases, normalisation, linear layers, and channels as places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Symbol

from symconv.arithmetic.polynomials import Polynomial
from symconv.errors import SymconvError
from symconv.language.amounts import Whole, positive_argument
from symconv.language.layers.arguments import each_axis, sliding_axes
from symconv.language.operators import Einsum, Multiply
from symconv.language.operators.base import axes_of, check_operand
from symconv.language.signals import Signal, SignalExpr

__all__ = [
    "add_bias",
    "along_axis",
    "batch_norm",
    "linear",
    "pixel_shuffle",
    "pixel_unshuffle",
    "upsample",
    "with_bias",
]


def channel_axis(signal: SignalExpr, parameter: SignalExpr, axis: int | None, call: str) -> int:
    """The axis of the channels, for which there is one parameter each.

    It is axis 1 of four and more axes and of two, (N, C, …); of three axes, (N, C, L) or
    (C, H, W), the size of the parameter has to tell.

    Raises:
        SymconvError: it does not.
    """
    if axis is not None:
        (found,) = axes_of(signal, axis)
        return found
    if parameter.ndim != 1:
        raise SymconvError(
            f"{call} takes one number for each channel, a signal, and {parameter} has "
            f"{parameter.ndim} axes"
        )
    if not signal.ndim:
        raise SymconvError(
            f"{call} takes an input with an axis for channels, and {signal} has none"
        )
    if signal.ndim == 1:
        return 0
    (size,) = parameter.lengths
    fitting = [one for one in (1, 0) if signal.lengths[one] == size]
    if signal.ndim != 3 and 1 in fitting:
        return 1
    if len(fitting) == 1:
        return fitting[0]
    if signal.ndim != 3 and not fitting:
        return 1  # and the error about the sizes says what has to be equal
    raise SymconvError(
        f"{call}: {signal} may be (N, C, L) or (C, H, W), and the size {parameter.shape[0]} of "
        f"{parameter} does not tell which axis the channels have; say axis=1 or axis=0"
    )


def _for_channels(parameter: SignalExpr, axis: int, signal: SignalExpr) -> SignalExpr:
    """A parameter for each channel, along the axis of the channels."""
    if parameter.ndim != 1:
        raise SymconvError(
            f"there has to be one number for each channel, a signal, and {parameter} has "
            f"{parameter.ndim} axes"
        )
    one = Polynomial.constant(1)
    if parameter.lengths[0] == one != signal.lengths[axis]:
        raise SymconvError(
            f"{parameter} is one number, and {signal} has {signal.shape[axis]} channels along "
            f"axis {axis}; write {parameter}.expand(({signal.shape[axis]},)) for one that all share"
        )
    return along_axis(parameter, axis, signal.ndim, "o")


def along_axis(signal: SignalExpr, axis: int, axes: int, name: str) -> SignalExpr:
    """A signal along one of so many axes, repeated along the others where it meets a tensor.

    Args:
        signal: the signal, of one axis.
        axis: where it lies.
        axes: how many there are.
        name: what its axis is called in the pattern.
    """
    behind = axes - 1 - axis
    return signal.rearrange(f"{name} -> {name}{' 1' * behind}") if behind else signal


def with_bias(layer: SignalExpr, bias: SignalExpr, axis: int) -> SignalExpr:
    """A bias for each channel added to a tensor."""
    check_operand(bias, "a bias")
    if bias.ndim != 1:
        raise SymconvError(
            f"a bias is one number for each channel, a signal, and {bias} has {bias.ndim} axes"
        )
    return layer + _for_channels(bias, axis, layer)


def add_bias(signal: SignalExpr, bias: SignalExpr, axis: int | None = None) -> SignalExpr:
    """y[…, c, …] + b[c] with the channels along an axis; of one axis, y[u] + b[0].

    Of one axis there is one channel, and the bias is a signal of length 1.  The channels are
    along axis 1 of (N, C, …); of three axes, the size of the bias tells whether that is so.
    """
    check_operand(bias, "x.add_bias(b)")
    if signal.ndim == 1 and axis is None:
        if bias.ndim != 1 or bias.lengths[0].as_integer() != 1:
            raise SymconvError(
                f"a bias must be a signal of length 1 such as Signal('b', 1), got {bias}"
            )
        return signal + _repeated(bias, signal)
    return with_bias(signal, bias, channel_axis(signal, bias, axis, "x.add_bias(b)"))


def _repeated(bias: SignalExpr, signal: SignalExpr) -> SignalExpr:
    u = Symbol("u", integer=True)
    return Signal.from_formula(u, bias[0], length=signal.length)


def batch_norm(
    signal: SignalExpr,
    running_mean: SignalExpr,
    inverse_deviation: SignalExpr,
    weight: SignalExpr | None = None,
    bias: SignalExpr | None = None,
    axis: int | None = None,
) -> SignalExpr:
    """Batch normalisation in evaluation: a scale and a shift for each channel.

    Entry (n, c, …) is (x[n, c, …] − μ[c])·r[c]·γ[c] + β[c].  The numbers r = 1/√(σ² + ε) are
    given as they are, since roots are no part of the arithmetic.

    Args:
        signal: the input (N, C, …).
        running_mean: μ.
        inverse_deviation: r.
        weight: γ; ones without it.
        bias: β; zeros without it.
        axis: that of the channels, where the shape does not tell.

    References:
        `torch.nn.functional.batch_norm`; S. Ioffe, C. Szegedy, *Batch Normalization*,
        arXiv:1502.03167.
    """
    call = "x.batch_norm(mean, inverse_deviation)"
    for one in (running_mean, inverse_deviation, weight, bias):
        if one is not None:
            check_operand(one, call)
    found = channel_axis(signal, running_mean, axis, call)
    result = signal - _for_channels(running_mean, found, signal)
    for factor in (inverse_deviation, weight):
        if factor is not None:
            result = result.apply(Multiply(), _for_channels(factor, found, signal))
    return result if bias is None else with_bias(result, bias, found)


def linear(signal: SignalExpr, weight: SignalExpr, bias: SignalExpr | None = None) -> SignalExpr:
    """A linear layer along the last axis: entry (…, o) is b[o] + Σ w[o, i]·x[…, i].

    Args:
        signal: the input (…, in).
        weight: (out, in).
        bias: (out).

    References:
        `torch.nn.functional.linear`.
    """
    check_operand(weight, "x.linear(w)")
    if weight.ndim != 2 or not signal.ndim:
        raise SymconvError(
            f"x.linear(w) takes a matrix (out, in) and an input (…, in), got {weight} of "
            f"{weight.ndim} axes for {signal} of {signal.ndim}"
        )
    letters = "abcdefghijklmn"[: signal.ndim - 1]
    layer = signal.apply(Einsum((f"{letters}z", "yz"), f"{letters}y"), weight)
    return layer if bias is None else with_bias(layer, bias, layer.ndim - 1)


def _images(signal: SignalExpr, call: str) -> tuple[str, str]:
    """Names for the axes before the last three, twice."""
    if signal.ndim < 3:
        raise SymconvError(
            f"{call} takes a tensor (…, C, H, W), and {signal} has {signal.ndim} axes; "
            "of one axis, Signal.interleave and x.phases do the same"
        )
    names = " ".join(f"n{axis}" for axis in range(signal.ndim - 3))
    return names, names


def pixel_shuffle(signal: SignalExpr, factor: Whole) -> SignalExpr:
    """(…, C·r², H, W) as (…, C, H·r, W·r): entry (c, r·i + a, r·j + b) is x[c·r² + a·r + b, i, j].

    References:
        `torch.nn.functional.pixel_shuffle`; W. Shi et al., arXiv:1609.05158.
    """
    before, after = _images(signal, "x.pixel_shuffle(r)")
    r = positive_argument(factor, "the factor of a pixel shuffle", signal)
    return signal.rearrange(f"{before} (c a b) h w -> {after} c (h a) (w b)", a=r, b=r)


def pixel_unshuffle(signal: SignalExpr, factor: Whole) -> SignalExpr:
    """(…, C, H·r, W·r) as (…, C·r², H, W), the inverse of `pixel_shuffle`.

    References:
        `torch.nn.functional.pixel_unshuffle`.
    """
    before, after = _images(signal, "x.pixel_unshuffle(r)")
    r = positive_argument(factor, "the factor of a pixel unshuffle", signal)
    return signal.rearrange(f"{before} c (h a) (w b) -> {after} (c a b) h w", a=r, b=r)


def upsample(
    signal: SignalExpr, factor: Any, axes: int | Sequence[int] | None = None
) -> SignalExpr:
    """Nearest-neighbour upsampling: each entry r times along each axis, x[…, ⌊u/r⌋, …].

    Args:
        signal: the input.
        factor: r, or one for each axis.
        axes: along which; the last ones, as many as there are factors.

    References:
        `torch.nn.functional.interpolate` with mode="nearest".
    """
    along = sliding_axes(signal, factor, axes, "x.upsample(r)")
    factors = each_axis(factor, len(along), "the factor", signal, positive=True)
    names = [f"a{axis}" for axis in range(signal.ndim)]
    merged = list(names)
    sizes = {}
    for axis, r in zip(along, factors, strict=True):
        if r != 1:
            merged[axis] = f"(a{axis} r{axis})"
            sizes[f"r{axis}"] = r
    return signal.rearrange(f"{' '.join(names)} -> {' '.join(merged)}", **sizes)

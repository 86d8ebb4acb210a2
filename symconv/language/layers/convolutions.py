"""Convolution layers and their transposes, over one channel and over many."""

from __future__ import annotations

from typing import Any, Literal

from symconv.errors import SymconvError
from symconv.language.amounts import Amount, Whole, integer_argument, positive_argument
from symconv.language.layers.arguments import each_axis, steps
from symconv.language.layers.channels import with_bias
from symconv.language.layers.paddings import padded, pads_along
from symconv.language.operators import Conv, Convolve, Dilate, Extension, Pad
from symconv.language.operators.base import check_operand, size_along
from symconv.language.operators.extend import check_mode
from symconv.language.signals import SignalExpr

__all__ = ["conv", "conv_transpose"]


def _dimensions(signal: SignalExpr, weight: SignalExpr, call: str, form: str) -> int:
    """How many axes a kernel slides along."""
    check_operand(weight, call)
    dimensions = weight.ndim - 2
    if dimensions < 1:
        raise SymconvError(
            f"{call} takes a kernel of the shape {form}, and {weight} has {weight.ndim} "
            f"ax{'is' if weight.ndim == 1 else 'es'}; x.correlate(k) is a layer of one channel"
        )
    if signal.ndim - dimensions not in (1, 2):
        raise SymconvError(
            f"{call}: {weight} has {weight.ndim} axes, and is a kernel for an input of "
            f"{dimensions + 1} axes (C, …) or {dimensions + 2} axes (N, C, …); {signal} has "
            f"{signal.ndim}"
        )
    return dimensions


def conv(
    signal: SignalExpr,
    weight: SignalExpr,
    bias: SignalExpr | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Whole = 1,
    padding_mode: Extension | Literal["zeros"] = "zeros",
) -> SignalExpr:
    """A convolution layer: "valid" cross-correlation over channels of the padded input.

    For the input x (N, C, H, …) or (C, H, …) and the kernel w (O, C/groups, c, …), entry
    (o, u, …) is b[o] + Σ w[o, q, j, …]·x[g·C/groups + q, s·u + d·j − p, …] over q, j, …, where
    output channel o belongs to group g = ⌊o/(O/groups)⌋.  Along each axis there are
    max(0, ⌊(n + p + p' − d(c − 1) − 1)/s⌋ + 1) outputs.

    Args:
        signal: the input.
        weight: the kernel.
        bias: one number for each output channel.
        stride: s, for all axes or for each.
        padding: p for all axes, for each, a pair (p, p') for each, "valid", or "same".
        dilation: d, for all axes or for each.
        groups: how many.
        padding_mode: "zeros", or as for `pad`.

    Raises:
        SymconvError: the axes, channels or groups do not fit, or an amount is not what it
            has to be.

    References:
        `torch.nn.functional.conv1d`, `conv2d`, `conv3d`; V. Dumoulin, F. Visin, *A guide to
        convolution arithmetic for deep learning*, arXiv:1603.07285.
    """
    dimensions = _dimensions(signal, weight, "x.conv(w)", "(O, C, …)")
    strides, dilations = steps(stride, dilation, dimensions, signal)
    first = signal.ndim - dimensions
    reaches = [(size_along(weight, 2 + axis) - 1) * d for axis, d in enumerate(dilations)]
    if padding == "same" and any(s != 1 for s in strides):
        raise SymconvError(
            "padding='same' is for layers of stride 1, as in PyTorch; TensorFlow's SAME is "
            "x.pad_same((c, …), stride=s).conv(w, stride=s)"
        )
    pads = pads_along(padding, dimensions, signal, reaches)
    if padding_mode != "zeros":
        check_mode(padding_mode)  # where nothing is padded too
    inner = padded(signal, range(first, signal.ndim), pads, padding_mode)
    amount = positive_argument(groups, "the number of groups", signal)
    layer = inner.apply(Conv(tuple(strides), tuple(dilations), amount), weight)
    return layer if bias is None else with_bias(layer, bias, layer.ndim - dimensions - 1)


def conv_transpose(
    signal: SignalExpr,
    kernel: SignalExpr,
    bias: SignalExpr | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: Whole = 1,
    dilation: Any = 1,
) -> SignalExpr:
    """The transposed convolution layer, which adds k[j]·y[u] to entry s·u + d·j − p.

    Of one channel, it is the full convolution (y ↑s) ∗ (k ↑d), cropped by p on the left and by
    p minus the output padding on the right; the kernel is not flipped.  For m entries and c taps
    the length is (m − 1)s + d(c − 1) + 1 − 2p + output padding.  Of many channels, the padding
    may be a pair for each axis, of which the second one is cropped on the right.

    Of many, the input is (N, C, …) or (C, …) and the kernel (C, O/groups, c, …); the kernel's
    channels are exchanged, and each pair of an input and an output channel is as above.  The size
    is what the formula says, and 0 where that is negative, for an empty input too.

    References:
        V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*,
        arXiv:1603.07285, relations 8–14; `torch.nn.functional.conv_transpose2d`.

    >>> from symconv import Signal
    >>> Signal("y", 2).conv_transpose(Signal("k", 3), stride=2, padding=1).vector()
    [k1*y0, k0*y1 + k2*y0, k1*y1]
    """
    check_operand(kernel, "y.conv_transpose(k)")
    if signal.ndim == kernel.ndim == 1:
        if bias is not None or groups != 1:
            raise SymconvError(
                "a layer of one axis has one channel: leave groups out, and write .add_bias(b) "
                "behind it for a bias"
            )
        return _of_one_channel(signal, kernel, stride, padding, output_padding, dilation)
    dimensions = _dimensions(signal, kernel, "y.conv_transpose(w)", "(C, O, …)")
    first = signal.ndim - dimensions
    strides, dilations = steps(stride, dilation, dimensions, signal)
    crops = pads_along(padding, dimensions, signal)
    more = each_axis(output_padding, dimensions, "the output padding", signal)
    amount = positive_argument(groups, "the number of groups", signal)
    _check_channels(signal, kernel, first - 1, amount)
    inner = signal
    for axis, s in enumerate(strides):
        if s != 1:
            inner = inner.apply(Dilate(s, first + axis))
    pads = []
    for axis, ((l, r), m, s, d) in enumerate(zip(crops, more, strides, dilations, strict=True)):
        reach = (size_along(kernel, 2 + axis) - 1) * d
        # Zeros between none are none; the formula of the size counts −1 of them there.
        spread = (size_along(signal, first + axis) - 1) * s + 1
        missing = spread - spread.or_at_least(0)
        pads.append((reach - l, reach - r + m + missing))
    inner = padded(inner, range(first, signal.ndim), pads)
    one = (Amount.of(1),) * dimensions
    layer = inner.apply(Conv(one, tuple(dilations), amount), _exchanged(kernel, amount))
    return layer if bias is None else with_bias(layer, bias, first - 1)


def _exchanged(kernel: SignalExpr, groups: Amount) -> SignalExpr:
    """The kernel flipped, and its input and output channels exchanged within each group."""
    flipped = kernel.flip(axis=range(2, kernel.ndim))
    names = " ".join(f"k{axis}" for axis in range(kernel.ndim - 2))
    if groups == 1:
        return flipped.rearrange(f"c o {names} -> o c {names}")
    return flipped.rearrange(f"(g c) o {names} -> (g o) c {names}", g=groups)


def _check_channels(signal: SignalExpr, kernel: SignalExpr, axis: int, groups: Amount) -> None:
    """Numbers that do not fit, told of what was written and not of what is made of it."""
    have, read = signal.lengths[axis].as_integer(), kernel.lengths[0].as_integer()
    if have is None or read is None:
        return
    if have != read:
        raise SymconvError(
            f"{signal} has {have} channels along axis {axis}, and the kernel {kernel} of a "
            f"transposed layer takes {read} (its axis 0)"
        )
    if groups.number is not None and have % groups.number:
        raise SymconvError(
            f"{signal} has {have} channels along axis {axis}, which {groups} groups do not divide"
        )


def _of_one_channel(
    signal: SignalExpr,
    kernel: SignalExpr,
    stride: Whole,
    padding: Whole,
    output_padding: Whole,
    dilation: Whole,
) -> SignalExpr:
    left = integer_argument(padding, "the padding", signal)
    more = integer_argument(output_padding, "the output padding", signal)
    full = signal.dilate(stride).apply(Convolve(is_layer=True), kernel.dilate(dilation))
    return full if left == 0 and more == 0 else full.apply(Pad(-left, more - left))

"""The methods by which layers are applied; the modules beside this one say what they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex

from symconv.language.amounts import Whole
from symconv.language.operators import Extension
from symconv.language.operators.base import Operand, signal_of

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["LayerMethods"]


class LayerMethods(Operand):
    """The layers of signals and tensors, in the order in which they are told."""

    __slots__ = ()

    def conv_transpose(
        self,
        kernel: SignalExpr,
        bias: SignalExpr | None = None,
        *,
        stride: Any = 1,
        dilation: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: Whole = 1,
    ) -> SignalExpr:
        """A transposed convolution layer, as `layers.convolutions.conv_transpose` defines it."""
        from symconv.language.layers.convolutions import conv_transpose

        return conv_transpose(
            signal_of(self), kernel, bias, stride, padding, output_padding, groups, dilation
        )

    def pad_same(
        self,
        size: Any,
        *,
        stride: Any = 1,
        dilation: Any = 1,
        axes: int | Sequence[int] | None = None,
    ) -> SignalExpr:
        """TensorFlow's SAME padding, as `layers.paddings.pad_same` defines it."""
        from symconv.language.layers.paddings import pad_same

        return pad_same(signal_of(self), size, stride, dilation, axes)

    def avg_pool(
        self,
        size: Any,
        *,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: Any = None,
        axes: int | Sequence[int] | None = None,
        dilation: Any = 1,
    ) -> SignalExpr:
        """Average pooling, as `layers.pools.avg_pool` defines it."""
        from symconv.language.layers.pools import avg_pool

        return avg_pool(
            signal_of(self),
            size,
            stride,
            padding,
            ceil_mode,
            count_include_pad,
            divisor_override,
            axes,
            dilation,
        )

    def max_pool(
        self,
        size: Any,
        *,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil_mode: bool = False,
        axes: int | Sequence[int] | None = None,
    ) -> SignalExpr:
        """Max pooling, as `layers.max_pools.max_pool` defines it."""
        from symconv.language.layers.max_pools import max_pool

        return max_pool(signal_of(self), size, stride, padding, dilation, ceil_mode, axes)

    def max(self, axis: int | Sequence[int] | None = None) -> SignalExpr:
        """The largest entry along axes, as `layers.max_pools.max_along` defines it."""
        from symconv.language.layers.max_pools import max_along

        return max_along(signal_of(self), axis)

    def adaptive_avg_pool(
        self, output_size: Any, *, axes: int | Sequence[int] | None = None
    ) -> SignalExpr:
        """Average pooling to a number of outputs, as `layers.pools.adaptive_avg_pool` defines it.

        `x.adaptive_avg_pool((1, 1))` is global average pooling, which keeps the axes.
        """
        from symconv.language.layers.pools import adaptive_avg_pool

        return adaptive_avg_pool(signal_of(self), output_size, axes)

    def add_bias(self, bias: SignalExpr, *, axis: int | None = None) -> SignalExpr:
        """A bias b[c] for each channel, b[0] of one axis, as `layers.channels.add_bias` has it."""
        from symconv.language.layers.channels import add_bias

        return add_bias(signal_of(self), bias, axis)

    def phases(self, factor: SupportsIndex) -> tuple[SignalExpr, ...]:
        """The polyphase components: phase r has the entries x[s·u + r] (space to depth).

        `Signal.interleave` puts them together again.
        """
        from symconv.language.layers.polyphase import phases

        return phases(signal_of(self), factor)

    def conv(
        self,
        weight: SignalExpr,
        bias: SignalExpr | None = None,
        *,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: Whole = 1,
        padding_mode: Extension | Literal["zeros"] = "zeros",
    ) -> SignalExpr:
        """A convolution layer over channels, as `layers.convolutions.conv` defines it."""
        from symconv.language.layers.convolutions import conv

        return conv(signal_of(self), weight, bias, stride, padding, dilation, groups, padding_mode)

    def linear(self, weight: SignalExpr, bias: SignalExpr | None = None) -> SignalExpr:
        """A linear layer along the last axis, as `layers.channels.linear` defines it."""
        from symconv.language.layers.channels import linear

        return linear(signal_of(self), weight, bias)

    def batch_norm(
        self,
        running_mean: SignalExpr,
        inverse_deviation: SignalExpr,
        weight: SignalExpr | None = None,
        bias: SignalExpr | None = None,
        *,
        axis: int | None = None,
    ) -> SignalExpr:
        """Batch normalisation in evaluation, as `layers.channels.batch_norm` defines it."""
        from symconv.language.layers.channels import batch_norm

        return batch_norm(signal_of(self), running_mean, inverse_deviation, weight, bias, axis)

    def pixel_shuffle(self, factor: Whole) -> SignalExpr:
        """Channels as places, (C·r², H, W) as (C, H·r, W·r), as `layers.channels.pixel_shuffle`.

        `pixel_unshuffle` is its inverse.
        """
        from symconv.language.layers.channels import pixel_shuffle

        return pixel_shuffle(signal_of(self), factor)

    def pixel_unshuffle(self, factor: Whole) -> SignalExpr:
        """Places as channels, (C, H·r, W·r) as (C·r², H, W), as `layers.channels.pixel_unshuffle`.

        `pixel_shuffle` is its inverse.
        """
        from symconv.language.layers.channels import pixel_unshuffle

        return pixel_unshuffle(signal_of(self), factor)

    def upsample(self, factor: Any, *, axes: int | Sequence[int] | None = None) -> SignalExpr:
        """Nearest-neighbour upsampling, as `layers.channels.upsample` defines it."""
        from symconv.language.layers.channels import upsample

        return upsample(signal_of(self), factor, axes)

    def unfold(
        self, size: Any, *, dilation: Any = 1, padding: Any = 0, stride: Any = 1
    ) -> SignalExpr:
        """Patches as columns, as `layers.patches.unfold` defines it."""
        from symconv.language.layers.patches import unfold

        return unfold(signal_of(self), size, dilation, padding, stride)

    def fold(
        self, output_size: Any, size: Any, *, dilation: Any = 1, padding: Any = 0, stride: Any = 1
    ) -> SignalExpr:
        """Columns added up where they came from, as `layers.patches.fold` defines it."""
        from symconv.language.layers.patches import fold

        return fold(signal_of(self), output_size, size, dilation, padding, stride)

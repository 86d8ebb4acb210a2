"""The one layer that a chain of linear layers is, in a normal form that is composed layer by layer.

Along each axis, entry u of a layer is

    y[u] = Σ_j K[j]·x̂[s·u + d·j − l],

where x̂ is the input, in reverse or not, with e − 1 zeros between its entries and l and r zeros
beside them.  A layer behind it, of stride t, makes K ∗ (k ↑s) of the kernel, s·t of the stride,
and l + s·p, r + s·q of the padding: the same equation again.  It is what the chain is where
nothing is cut off between the layers; zeros that are padded between them are put before the
first one, which is to be proved or refuted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from symconv.decision.solving.merging.composing import (
    ONE,
    ZERO,
    Taps,
    Weight,
    common,
    diagonal,
    exactly,
    flipped,
    identity,
    of_constant,
    padded,
    scaled,
    spread,
    times,
    written_out,
)
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.layers.channels import along_axis
from symconv.language.operators import (
    Add,
    Convolve,
    Correlate,
    Downsample,
    Flip,
    Multiply,
)
from symconv.language.operators.base import size_along
from symconv.language.signals import Signal, SignalExpr

__all__ = ["LinearLayer", "Slide", "added", "with_constant"]


@dataclass(frozen=True, slots=True, eq=False)
class Slide:
    """How a layer slides along one axis.

    Attributes:
        left: zeros before the input; what is cut off where it is negative.
        right: zeros behind it.
        stride: from one output to the next.
        spread: e, from one entry of the input to the next, with zeros between.
        is_reversed: whether the input is read in reverse.
        taps: the kernel along this axis alone; None for the tap 1.
    """

    left: Amount = ZERO
    right: Amount = ZERO
    stride: Amount = ONE
    spread: Amount = ONE
    is_reversed: bool = False
    taps: Taps | None = None

    @property
    def is_idle(self) -> bool:
        """Whether the axis is plainly left as it is."""
        return self.is_like(Slide())

    def is_like(self, other: Slide) -> bool:
        """Whether both plainly are the same, however their amounts are written."""
        return (
            all(
                getattr(self, name).polynomial == getattr(other, name).polynomial
                for name in ("left", "right", "stride", "spread")
            )
            and self.is_reversed == other.is_reversed
            and (
                self.taps is other.taps
                or (
                    self.taps is not None
                    and other.taps is not None
                    and self.taps.is_like(other.taps)
                )
            )
        )

    @property
    def only_moves(self) -> bool:
        """Whether nothing was added up yet and nothing left out, so that zeros may come later."""
        return (
            self.stride == 1
            and (self.taps is None or self.taps.is_single)
            and self.left.is_at_least(0)
            and self.right.is_at_least(0)
        )

    def with_taps(self, taps: Taps, stride: Amount) -> Slide:
        """A layer of one axis behind this one."""
        new: Taps | None = Taps(taps.kernel, taps.dilation * self.stride)
        if taps.kernel is Signal.delta():
            new = self.taps
        elif self.taps is not None:
            new = self.taps.then(taps, self.stride)
        return replace(self, taps=new, stride=self.stride * stride)


@dataclass(frozen=True, slots=True, eq=False)
class LinearLayer:
    """A layer in normal form.

    Attributes:
        axes: how it slides along each axis of the input.
        channel: the axis of the channels, once something is done with them.
        weight: the kernel over channels; None without one.
        scale: a number for each channel, where there is no kernel; None without one.
        factor: a number by which all is multiplied.
        divisor: a size by which all is divided.
        bias: what is added to each channel, a signal; of one entry where all share it.
    """

    axes: tuple[Slide, ...]
    channel: int | None = None
    weight: Weight | None = None
    scale: SignalExpr | None = None
    factor: Fraction = Fraction(1)
    divisor: Amount = ONE
    bias: SignalExpr | None = None

    # --- one operator more ---

    def moved(self, axis: int, slide: Slide) -> LinearLayer:
        """The same with another slide along an axis."""
        return replace(self, axes=(*self.axes[:axis], slide, *self.axes[axis + 1 :]))

    def only_moves(self, axis: int) -> bool:
        """Whether along an axis zeros come to the same before it and behind it."""
        weight, place = self.weight, self._place(axis)
        has_taps = weight is not None and place is not None and weight.count(place) != 1
        return self.axes[axis].only_moves and not has_taps and self.bias is None

    @property
    def is_bare(self) -> bool:
        """Whether the entries of the input were only moved, with zeros beside and between them."""
        return (
            all(one.only_moves and one.taps is None for one in self.axes)
            and self.weight is None
            and self.scale is None
            and self.bias is None
        )

    def _place(self, axis: int) -> int | None:
        """Which axis of the kernel slides along an axis of the input."""
        if self.weight is None or self.channel is None or axis <= self.channel:
            return None
        return axis - self.channel - 1

    def padded(self, axis: int, left: Amount, right: Amount) -> LinearLayer:
        """Zeros behind this layer, as if they were before it."""
        one = self.axes[axis]
        s = one.stride
        return self.moved(axis, replace(one, left=one.left + s * left, right=one.right + s * right))

    def correlated(self, axis: int, taps: Taps, stride: Amount) -> LinearLayer:
        """A kernel along an axis."""
        layer = self.moved(axis, self.axes[axis].with_taps(taps, stride))
        if self.bias is None:
            return layer
        return replace(layer, bias=of_constant(taps, self.bias))

    def downsampled(self, axis: int, factor: Amount) -> LinearLayer:
        """Every factor-th output."""
        return self.moved(axis, self.axes[axis].with_taps(Taps(Signal.delta()), factor))

    def reversed(self, axis: int) -> LinearLayer:
        """The outputs in reverse: the input is, and the kernel."""
        one = self.axes[axis]
        if one.stride != 1:
            raise SymconvError(
                "what comes behind a stride is turned round: which inputs it then reads depends on "
                "the size, and no layer does that; turn the input round instead"
            )
        new = replace(
            one,
            left=one.right,
            right=one.left,
            is_reversed=not one.is_reversed,
            taps=None if one.taps is None else one.taps.flipped(),
        )
        layer, place = self.moved(axis, new), self._place(axis)
        if place is None or self.weight is None:
            return layer
        return replace(layer, weight=self.weight.flipped(place))

    def spread(self, axis: int, factor: Amount) -> LinearLayer:
        """Zeros between the outputs: between the inputs, and between the taps."""
        if factor == 1:
            return self
        one = self.axes[axis]
        if one.stride != 1:
            raise SymconvError(
                "zeros are put between the outputs of a layer with a stride, which is no layer"
            )
        if self.bias is not None:
            raise SymconvError(
                "zeros are put between outputs with a bias, so that not all have one: merge what "
                "comes before and behind"
            )
        new = replace(
            one,
            left=one.left * factor,
            right=one.right * factor,
            spread=one.spread * factor,
            taps=None if one.taps is None else one.taps.spread(factor),
        )
        layer, place = self.moved(axis, new), self._place(axis)
        if place is None or self.weight is None:
            return layer
        return replace(layer, weight=self.weight.spread(place, factor))

    def multiplied(self, factor: Fraction) -> LinearLayer:
        """Times a number."""
        bias = None if self.bias is None else scaled(self.bias, factor, ONE)
        return replace(self, factor=self.factor * factor, bias=bias)

    def divided(self, divisor: Amount) -> LinearLayer:
        """Divided by a size."""
        bias = None if self.bias is None else scaled(self.bias, Fraction(1), divisor)
        return replace(self, divisor=self.divisor * divisor, bias=bias)

    def with_scale(self, scale: SignalExpr, axis: int | None) -> LinearLayer:
        """Each channel times a number; all times one, where there is no axis."""
        bias = self.bias
        if axis is None:
            last = len(self.axes) - 1
            if self.channel == last:
                return self.with_scale(scale, last)
            layer = self.moved(last, self.axes[last].with_taps(Taps(scale), ONE))
            return layer if bias is None else replace(layer, bias=of_constant(Taps(scale), bias))
        layer = self._over(axis)
        if bias is not None:
            layer = replace(layer, bias=_product(bias, scale))
        if layer.weight is not None:
            return replace(layer, weight=layer.weight.scaled(scale))
        return replace(layer, scale=scale if layer.scale is None else _product(layer.scale, scale))

    def with_bias(self, bias: SignalExpr, axis: int | None) -> LinearLayer:
        """A number added to each channel; one to all, where there is no axis."""
        layer = self if axis is None else self._over(axis)
        if self.bias is None:
            return replace(layer, bias=bias)
        return replace(layer, bias=_sum(self.bias, bias))

    def weighted(self, weight: Weight, axis: int, strides: Sequence[Amount]) -> LinearLayer:
        """A layer over channels behind this one."""
        layer = self._over(axis)
        before = [one.stride for one in layer.axes[axis + 1 :]][: weight.dimensions]
        apart = tuple(d * s for d, s in zip(weight.dilation, before, strict=True))
        if layer.weight is not None:
            if layer.weight.dimensions != weight.dimensions:
                raise SymconvError("the kernels of two layers slide along different axes")
            merged = layer.weight.then(weight, before)
        else:
            merged = Weight(weight.kernel, apart, weight.groups)
            if layer.scale is not None:
                merged = merged.on_scaled(layer.scale)
        bias = None if layer.bias is None else weight.constant(_for_channels(layer.bias, weight))
        axes = list(layer.axes)
        for place, stride in enumerate(strides):
            at = axis + 1 + place
            axes[at] = replace(axes[at], stride=axes[at].stride * stride)
        return replace(layer, axes=tuple(axes), weight=merged, scale=None, bias=bias)

    def _over(self, axis: int) -> LinearLayer:
        """The same, once the axis of the channels is known."""
        if self.channel not in (None, axis):
            raise SymconvError(
                f"the channels are along axis {self.channel}, and something is done along axis "
                f"{axis} as if they were there: that is no layer"
            )
        if not self.axes[axis].is_idle:
            raise SymconvError(
                f"axis {axis} is slid along, and has channels of their own numbers: that is no "
                "layer"
            )
        return replace(self, channel=axis)

    def with_kernel(self, kernel: SignalExpr, bias: SignalExpr | None) -> LinearLayer | None:
        """The layer that slides alike, with another kernel and another bias.

        None where it has several kernels, along axes one by one.
        """
        plain = replace(self, factor=Fraction(1), divisor=ONE, bias=bias)
        weight = self.over_channels
        if weight is not None:
            axes = tuple(replace(one, taps=None) for one in self.axes)
            if not weight.dimensions and self.weight is None:
                return replace(plain, axes=axes, scale=kernel)
            new = Weight(kernel, weight.dilation, weight.groups)
            return replace(plain, axes=axes, weight=new, scale=None)
        with_taps = [axis for axis, one in enumerate(self.axes) if one.taps is not None]
        if len(with_taps) > 1:
            return None
        axis = self.numbered
        if self.is_transposed(axis):
            kernel = flipped(kernel)
        taps = Taps(kernel, self.along(axis).dilation)
        return plain.moved(axis, replace(self.axes[axis], taps=taps))

    # --- the layer ---

    @property
    def has_channels(self) -> bool:
        """Whether there is a kernel over channels, or a number for each of them."""
        return self.weight is not None or self.scale is not None

    @property
    def over_channels(self) -> Weight | None:
        """The whole kernel over channels, with those along single axes and numbers in it."""
        if not self.has_channels or self.channel is None:
            return None
        dimensions = len(self.axes) - self.channel - 1
        weight = self.weight
        if weight is None:
            assert self.scale is not None
            kernel = diagonal(self.scale, dimensions)
            weight = Weight(kernel, (ONE,) * dimensions, size_along(self.scale, 0))
        for place, one in enumerate(self.axes[self.channel + 1 :]):
            if one.taps is not None and place < weight.dimensions:
                weight = weight.with_taps(place, one.taps)
        kernel = scaled(weight.kernel, self.factor, self.divisor)
        return Weight(kernel, weight.dilation, weight.groups)

    def along(self, axis: int) -> Taps:
        """The kernel along an axis; the numbers by which all is multiplied are in the first one."""
        taps = self.axes[axis].taps or Taps(Signal.delta())
        if axis != self.numbered:
            return taps
        return Taps(scaled(taps.kernel, self.factor, self.divisor), taps.dilation)

    @property
    def numbered(self) -> int:
        """The axis whose kernel has the numbers: the first that has a kernel, or is slid along."""
        with_taps = [a for a, one in enumerate(self.axes) if one.taps is not None]
        moved = [a for a, one in enumerate(self.axes) if not one.is_idle]
        return (with_taps or moved or [len(self.axes) - 1])[0]

    def of(self, x: SignalExpr) -> SignalExpr:
        """The layer on its input, with its bias."""
        weight = self.over_channels
        result = self._prepared(x)
        if weight is None or self.channel is None:
            for axis in range(len(self.axes)):
                result = self._slid(result, axis)
        elif not weight.dimensions and self.weight is None:
            assert self.scale is not None
            result = times(result, scaled(self.scale, self.factor, self.divisor), self.channel)
        elif not weight.dimensions:
            result = result.linear(weight.kernel)
        else:
            first = self.channel + 1
            for axis in range(first):
                result = self._slid(result, axis)
            sliding = self.axes[first:]
            result = result.conv(
                weight.kernel,
                stride=tuple(written_out(one.stride) for one in sliding),
                padding=tuple((written_out(one.left), written_out(one.right)) for one in sliding),
                dilation=tuple(map(written_out, weight.dilation)),
                groups=weight.groups,
            )
        return result if self.bias is None else with_constant(result, self.bias, self.channel)

    def _prepared(self, x: SignalExpr) -> SignalExpr:
        """The input in reverse, and with zeros between its entries."""
        for axis, one in enumerate(self.axes):
            if one.is_reversed:
                x = x.apply(Flip(axis))
            if one.spread != 1 and not self.is_transposed(axis):
                x = spread(x, one.spread, axis)
        return x

    def is_transposed(self, axis: int) -> bool:
        """Whether it is written as a transposed layer along an axis, of which nothing is over."""
        one = self.axes[axis]
        return (
            not self.has_channels
            and one.stride == 1
            and one.taps is not None
            and (
                one.spread != 1
                or one.left.polynomial == one.right.polynomial == one.taps.reach.polynomial
            )
        )

    def cropped(self, axis: int) -> tuple[Amount, Amount]:
        """How much of a full convolution a transposed layer leaves out at both ends."""
        one = self.axes[axis]
        assert one.taps is not None
        return one.taps.reach - one.left, one.taps.reach - one.right

    def _slid(self, x: SignalExpr, axis: int) -> SignalExpr:
        """The input with what is done along one axis alone."""
        one, taps = self.axes[axis], self.along(axis)
        stride = written_out(one.stride)
        if self.is_transposed(axis):
            kernel = flipped(taps.kernel)
            if one.spread != 1:
                x = spread(x, one.spread, axis)
            if taps.dilation != 1:
                kernel = spread(kernel, taps.dilation)
            left, right = self.cropped(axis)
            return padded(x.apply(Convolve(axis=axis), kernel), -left, -right, axis)
        x = padded(x, one.left, one.right, axis)
        if taps.kernel is Signal.delta():
            return x if one.stride == 1 else x.apply(Downsample(stride, axis))
        dilation = ONE if taps.is_single else written_out(taps.dilation)
        return x.apply(Correlate(stride, dilation, axis), taps.kernel)


def with_constant(layer: SignalExpr, bias: SignalExpr, channel: int | None) -> SignalExpr:
    """A bias for each channel added to a tensor, or one to all of it."""
    if layer.ndim == 1:
        if isinstance(bias, Signal):
            return layer.add_bias(bias)
        return layer + bias.expand(layer.shape)
    if channel is None or size_along(bias, 0) == 1:
        return layer + bias
    return layer + along_axis(bias, channel, layer.ndim, "o")


def _product(one: SignalExpr, other: SignalExpr) -> SignalExpr:
    """The entrywise product of numbers for each channel, of which one may be shared."""
    return _repeated(one, other).apply(Multiply(), _repeated(other, one))


def _sum(one: SignalExpr, other: SignalExpr) -> SignalExpr:
    """The sum of two biases."""
    return _repeated(one, other).apply(Add(), _repeated(other, one))


def _repeated(one: SignalExpr, other: SignalExpr) -> SignalExpr:
    """A signal of one entry as long as another one."""
    if size_along(one, 0) != 1 or size_along(other, 0) == 1:
        return one
    return one.expand(other.shape)


def _for_channels(bias: SignalExpr, weight: Weight) -> SignalExpr:
    """The bias of a layer before a kernel; one that all share, for each of the channels."""
    inputs = size_along(weight.kernel, 1) * weight.groups
    if size_along(bias, 0) == 1 and inputs != 1:
        return bias.expand((inputs.written,))
    return bias


# --- branches ----------------------------------------------------------------------------


def added(one: LinearLayer, other: LinearLayer, shape: Sequence[Amount]) -> LinearLayer:
    """The layer that is the sum of two, which slide alike and may begin at different places.

    Args:
        one: the first one.
        other: the second one.
        shape: the sizes of the input, of which a branch without a kernel takes each channel.

    Raises:
        SymconvError: they do not slide alike.
    """
    for axis, (a, b) in enumerate(zip(one.axes, other.axes, strict=True)):
        for what, first, second in (
            ("strides", a.stride, b.stride),
            ("zeros between the inputs", a.spread, b.spread),
        ):
            if first.polynomial != second.polynomial:
                raise SymconvError(
                    f"the branches of a sum have the {what} {first} and {second} along axis "
                    f"{axis}, and are no layer together"
                )
        if a.is_reversed != b.is_reversed:
            raise SymconvError(
                f"of the branches of a sum one reads the input in reverse along axis {axis}, and "
                "they are no layer together"
            )
    bias = one.bias if other.bias is None else other.bias
    if one.bias is not None and other.bias is not None:
        bias = _sum(one.bias, other.bias)
    if one.has_channels or other.has_channels:
        merged = _added_over_channels(one, other)
    else:
        merged = _added_along(one, other, shape)
    return replace(merged, bias=bias)


def _added_along(one: LinearLayer, other: LinearLayer, shape: Sequence[Amount]) -> LinearLayer:
    """The sum of two layers without channels: along one axis, or with each channel by itself."""
    pairs = list(zip(one.axes, other.axes, strict=True))
    different = [axis for axis, (a, b) in enumerate(pairs) if not a.is_like(b)]
    if len(different) <= 1:
        (axis,) = different or [one.numbered]
        plain = [replace(layer, factor=Fraction(1), divisor=ONE) for layer in (one, other)]
        taps = [
            Taps(scaled(own.kernel, layer.factor, layer.divisor), own.dilation)
            for layer in (one, other)
            for own in [layer.axes[axis].taps or Taps(Signal.delta())]
        ]
        a, b = (layer.axes[axis] for layer in (one, other))
        found = _alignment((a, b), [t.count for t in taps], [t.apart for t in taps])
        kernels = [
            padded(t.with_dilation(found.dilation), before, behind)
            for t, before, behind in zip(taps, found.before, found.behind, strict=True)
        ]
        slide = replace(
            a, left=found.left, right=found.right, taps=Taps(_plus(*kernels), found.dilation)
        )
        return plain[0].moved(axis, slide)
    channel = min(a for a, pair in enumerate(pairs) if any(not s.is_idle for s in pair)) - 1
    if channel < 0:
        raise SymconvError(
            "the branches of a sum slide along all axes, so that there is none for channels, with "
            "which they would be one layer; write x[None] for an image of one channel"
        )
    ones = Signal.ones(shape[channel].written)
    return _added_over_channels(
        replace(one, channel=channel, scale=ones), replace(other, channel=channel, scale=ones)
    )


def _added_over_channels(one: LinearLayer, other: LinearLayer) -> LinearLayer:
    """The sum of two layers over channels."""
    if None not in (one.channel, other.channel) and one.channel != other.channel:
        raise SymconvError("the branches of a sum have their channels along different axes")
    channel = one.channel if other.channel is None else other.channel
    assert channel is not None
    first = channel + 1
    if not all(a.is_like(b) for a, b in zip(one.axes[:first], other.axes[:first], strict=True)):
        raise SymconvError("the branches of a sum move differently along an axis without taps")
    parts = [replace(layer, channel=channel) for layer in (one, other)]
    weights = _alike([layer.over_channels for layer in parts], parts)
    axes = list(one.axes)
    for place in range(len(axes) - first):
        a, b = (layer.axes[first + place] for layer in parts)
        found = _alignment(
            (a, b), [w.count(place) for w in weights], [w.apart(place) for w in weights]
        )
        weights = [
            _in_place(w, place, found.dilation, before, behind)
            for w, before, behind in zip(weights, found.before, found.behind, strict=True)
        ]
        axes[first + place] = replace(a, left=found.left, right=found.right, taps=None)
    kernel = _plus(*(w.kernel for w in weights))
    weight = Weight(kernel, weights[0].dilation, weights[0].groups)
    return LinearLayer(tuple(axes), channel, weight)


def _alike(weights: list[Weight | None], parts: Sequence[LinearLayer]) -> list[Weight]:
    """Both kernels with one number of groups; of a branch without one, that of the identity."""
    (known, *_) = (w for w in weights if w is not None)
    found = []
    for weight, part in zip(weights, parts, strict=True):
        if weight is None:
            inputs = size_along(known.kernel, 1)
            one = identity(inputs, known.dimensions, known.groups)
            whole = Weight(one, (ONE,) * known.dimensions, known.groups)
            plain = replace(part, weight=whole, scale=None)
            weight = plain.over_channels
            assert weight is not None
        found.append(weight)
    if found[0].groups.polynomial != found[1].groups.polynomial:
        return [w.dense() for w in found]
    return found


@dataclass(frozen=True, slots=True)
class _Alignment:
    """How two kernels along an axis are brought to one: the zeros before and behind each."""

    left: Amount
    right: Amount
    dilation: Amount
    before: list[Amount]
    behind: list[Amount]


def _alignment(
    slides: tuple[Slide, Slide], counts: Sequence[Amount], apart: Sequence[Amount]
) -> _Alignment:
    """The one that reads furthest to the left, and to the right, says how much is padded."""
    left = slides[0].left.or_at_least(slides[1].left)
    offsets = [left - one.left for one in slides]
    dilation = ZERO
    for amount in (*apart, *offsets):
        dilation = common(dilation, amount)
    if dilation == 0:
        dilation = ONE
    before = [exactly(offset, dilation) for offset in offsets]
    sizes = [
        (count - 1) * exactly(d, dilation) + 1 if d != 0 else count
        for count, d in zip(counts, apart, strict=True)
    ]
    ends = [a + b for a, b in zip(before, sizes, strict=True)]
    end = ends[0].or_at_least(ends[1])
    behind = [end - one for one in ends]
    right = slides[0].right + behind[0] * dilation
    return _Alignment(left, right, dilation, before, behind)


def _in_place(
    weight: Weight, place: int, dilation: Amount, before: Amount, behind: Amount
) -> Weight:
    """The kernel with another dilation along an axis, and zeros before and behind."""
    dilations = (*weight.dilation[:place], dilation, *weight.dilation[place + 1 :])
    if weight.count(place) == 1:
        own = Weight(weight.kernel, dilations, weight.groups)
    else:
        own = weight.with_dilation(dilations)
    return Weight(padded(own.kernel, before, behind, 2 + place), dilations, weight.groups)


def _plus(one: SignalExpr, other: SignalExpr) -> SignalExpr:
    return one.apply(Add(), other)

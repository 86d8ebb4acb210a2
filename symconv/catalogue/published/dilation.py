"""Published statements about dilated layers: space to batch, strides traded, expanded kernels."""

from __future__ import annotations

from sympy import Eq, Expr, Mod, false

from symconv.catalogue.published.statements import (
    Published,
    c,
    d,
    fails,
    h,
    holds,
    k,
    l,
    n,
    p,
    published,
    q,
    r,
    s,
    x,
)
from symconv.catalogue.published.tensors import (
    PLANE,
    C,
    H,
    J,
    K,
    N,
    W,
    first,
    image,
    kernel,
    second,
)
from symconv.language.signals import Signal, SignalExpr, Tensor

__all__ = ["DILATION"]


def _in_phases(signal: SignalExpr, rate: int) -> SignalExpr:
    return Signal.interleave(*(phase.correlate(k) for phase in signal.phases(rate)))


def _by_batches(signal: SignalExpr, length: Expr, rate: int) -> SignalExpr:
    """Pad to a multiple of the rate, a layer on each phase, interleave, crop."""
    missing = Mod(-length, rate)
    return _in_phases(signal.pad(0, missing), rate).pad(0, -missing)


def _blocked(images: SignalExpr, weight: SignalExpr, rate: int, stride: int = 1) -> SignalExpr:
    """A depthwise layer on each phase of channels with one axis or two, as a batch."""
    axes = range(1, images.ndim)
    missing = [Mod(-images.shape[axis], rate) for axis in axes]
    for axis, amount in zip(axes, missing, strict=True):
        images = images.pad(0, amount, axis=axis)
    apart, phases = ("(h a) (w b)", "a b") if images.ndim == 3 else ("(h a)", "a")
    places = "h w" if images.ndim == 3 else "h"
    factors = dict.fromkeys(phases.split(), rate)
    batch = images.rearrange(f"c {apart} -> ({phases}) c {places}", **factors)
    layer = batch.conv(weight, groups=C, stride=stride)
    result = layer.rearrange(f"({phases}) c {places} -> c {apart}", **factors)
    for axis, amount in zip(axes, missing, strict=True):
        result = result.pad(0, -amount, axis=axis)
    return result


_lines, _taps = Tensor("x", (C, W)), Tensor("k", (C, 1, K))
_planes, _depthwise = Tensor("x", (C, H, W)), Tensor("k", (C, 1, K, J))

_images = Tensor("x", (N, C, d * (H + K - 1), d * (W + J - 1)))

_ATROUS = published(
    "dilated_layer_by_space_to_batch",
    "A dilated layer is the layer without dilation on each phase of the input (space to batch), "
    "the outputs interleaved (batch to space), with the amounts of padding and cropping that "
    "TensorFlow computes; without padding and cropping too.",
    source="https://www.tensorflow.org/api_docs/python/tf/nn/with_space_to_batch; Ascend graph "
    "fusion, SpaceToBatchConv2dBatchToSpacePass",
    verdict="true",
    condition="for all sizes and dilations; along one axis shown for dilations 2 and 3, over "
    "channels and along two axes for any",
    theorems=(
        *(
            holds(
                f"space_to_batch_eq_dilation_{rate}",
                _by_batches(x, n, rate),
                x.correlate(k, dilation=rate),
                f"For VALID, pad the input to a multiple of {rate} and crop as much.",
                "Output u reads only entries of phase u mod d.",
            )
            for rate in (2, 3)
        ),
        holds(
            "space_to_batch_with_same_padding_eq_dilation_2",
            _by_batches(x.pad_same(c, dilation=2), n + 2 * (c - 1), 2),
            x.pad_same(c, dilation=2).correlate(k, dilation=2),
            "For SAME, pad by that of the dilated layer first (dilation 2).",
            "The padded input is an input.",
        ),
        *(
            holds(
                f"layer_on_phases_eq_dilation_{rate}",
                _in_phases(x, rate),
                x.correlate(k, dilation=rate),
                f"Without padding and cropping, {rate} phases interleaved, of one length or not, "
                "are the dilated layer.",
                "Output u reads only entries of phase u mod d.",
            )
            for rate in (2, 3)
        ),
        holds(
            "space_to_batch_of_images_eq_dilation",
            _images.rearrange("n c (h a) (w b) -> (a b n) c h w", a=d, b=d)
            .conv(kernel)
            .rearrange("(a b n) o h w -> n o (h a) (w b)", a=d, b=d),
            _images.conv(kernel, dilation=d),
            "Over channels and along two axes, for any dilation d that divides the sizes, where "
            "there is an output.",
            "Output (u, v) reads only entries of the phases u mod d and v mod d.",
        ),
        holds(
            "dilated_layer_on_image_padded_to_blocks_and_cropped",
            image.pad(0, p, axis=2)
            .pad(0, q, axis=3)
            .conv(kernel, dilation=d)
            .pad(0, -p, axis=2)
            .pad(0, -q, axis=3),
            image.conv(kernel, dilation=d),
            "Zeros at the end, up to multiples of d, are cropped from the outputs again.",
            "The outputs before them read no zeros.",
        ),
        *(
            holds(
                f"space_to_batch_of_images_eq_dilation_{rate}",
                _blocked(_planes, _depthwise, rate),
                _planes.conv(_depthwise, groups=C, dilation=rate),
                f"Over channels and along two axes, for VALID and dilation {rate}: a layer on each "
                "of the phases of the image, padded to multiples of it.",
                "Output (u, v) reads only entries of the phases u mod d and v mod d.",
            )
            for rate in (2, 3)
        ),
    ),
)

_strided = {
    rate: (
        _blocked(_lines, _taps, rate, stride=2),
        _lines.conv(_taps, groups=C, stride=2, dilation=rate),
    )
    for rate in (2, 3)
}

_STRIDE_IN_BLOCKS = published(
    "stride_inside_the_blocks_of_a_dilated_layer",
    "A dilated depthwise layer of stride 2 by space to batch, with the stride inside each block, "
    "is the strided dilated layer.",
    source="https://github.com/tensorflow/tensorflow/pull/127827, "
    "https://github.com/tensorflow/tensorflow/issues/57128",
    verdict="false",
    condition="where there is an output, for dilation 2 iff n = 2c − 1, for dilation 3 iff "
    "n = 3c − 2: then there is one output",
    theorems=(
        *(
            fails(
                f"stride_inside_the_blocks_eq_strided_layer_of_dilation_{rate}",
                *_strided[rate],
                f"For dilation {rate}, the layer of stride 2 on the blocks is the layer of "
                "stride 2.",
                "Each block keeps every second of its outputs, which are every second of each "
                "phase, and not of all.",
                at={"C": 1, "K": 1, "W": 2},
                condition=Eq(W, rate * (K - 1) + 1),
                given=[rate * (K - 1) + 1 <= W],
            )
            for rate in (2, 3)
        ),
        *(
            fails(
                f"stride_inside_the_blocks_of_{size}_gives_as_many_outputs_for_dilation_{rate}",
                _strided[rate][0].shape[1],
                _strided[rate][1].shape[1],
                f"For n = {size}, {taps} taps and dilation {rate} both have as many outputs.",
                f"There are {have}, and {right} are right.",
                at={"K": taps, "W": size},
                condition=false,
                given=[Eq(W, size), Eq(K, taps)],
            )
            for size, taps, rate, have, right in ((8, 2, 2, 4, 3), (136, 3, 3, 64, 65))
        ),
        *(
            holds(
                f"blocks_and_then_the_stride_eq_strided_layer_of_dilation_{rate}",
                _blocked(_planes, _depthwise, rate).downsample(2, axis=(1, 2)),
                _planes.conv(_depthwise, groups=C, stride=2, dilation=rate),
                f"For dilation {rate}, over two axes, the stride may come after the blocks.",
                "They are the dilated layer without it.",
            )
            for rate in (2, 3)
        ),
    ),
)


_as_large = Tensor("x", (N, C, H + K - 1, W + J - 1))

_OUTPUT_STRIDE = published(
    "trade_stride_for_dilation",
    "A network keeps its outputs, among s times as many, when a stride s is left out and the next "
    "layer is dilated by s and padded by s times as much.",
    source="https://github.com/speedinghzl/pytorch-segmentation-toolbox/issues/18",
    verdict="true",
    condition="for all lengths and amounts of padding",
    theorems=(
        holds(
            "stride_becomes_dilation_of_the_next_layer",
            x.correlate(k, stride=s).pad(l, r).correlate(h),
            x.correlate(k).pad(s * l, s * r).correlate(h, dilation=s).downsample(s),
            "A stride may be left out, if the next layer gets it as its dilation and s times its "
            "padding: every s-th output is that of the strided layers.",
            "Tap i of the next layer reads s entries further for each i.",
        ),
        *(
            holds(
                f"stride_{stride}_becomes_dilation_of_the_next_layer_over_channels",
                image.conv(first, stride=stride).conv(second, padding=(l, r)),
                image.conv(first)
                .conv(second, dilation=stride, padding=(stride * l, stride * r))
                .downsample(stride, axis=PLANE),
                f"Over channels and along two axes, so it is for stride {stride}.",
                "The same along each axis.",
            )
            for stride in (2, 3)
        ),
        holds(
            "stride_becomes_dilation_of_the_next_layer_over_channels",
            _as_large.conv(first, stride=s).conv(second, padding=((l, r), (l, r))),
            _as_large.conv(first)
            .conv(second, dilation=s, padding=((s * l, s * r), (s * l, s * r)))
            .downsample(s, axis=PLANE),
            "So it is for any stride on images that are at least as large as the first kernel.",
            "The same along each axis.",
        ),
    ),
)


_EXPANSION = published(
    "dilated_layer_by_kernel_expansion",
    "A dilated layer is a layer without dilation whose kernel has zeros between its taps.",
    source="https://github.com/google/heir/pull/3041",
    verdict="true",
    condition="for all lengths",
    theorems=(
        holds(
            "dilated_layer_eq_layer_with_expanded_kernel",
            x.correlate(k, stride=s, dilation=d),
            x.correlate(k.dilate(d), stride=s),
            "A dilated layer is the layer whose kernel has d − 1 zeros between its taps.",
            "Tap j moves to dj.",
        ),
        holds(
            "dilated_layer_over_channels_eq_layer_with_expanded_kernel",
            image.conv(kernel, stride=s, dilation=d, padding=(l, r)),
            image.conv(kernel.dilate(d, axis=PLANE), stride=s, padding=(l, r)),
            "Over channels, along both axes.",
            "Tap (i, j) moves to (di, dj).",
        ),
    ),
)


DILATION: tuple[Published, ...] = (_ATROUS, _STRIDE_IN_BLOCKS, _OUTPUT_STRIDE, _EXPANSION)

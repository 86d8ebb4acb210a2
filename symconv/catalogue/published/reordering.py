"""Published statements about layers that change places."""

from __future__ import annotations

from typing import Literal, TypeAlias

from sympy import And, Eq, Expr, Mod, Or, Symbol, false, floor

from symconv.arithmetic.symbols import integers
from symconv.catalogue.published.statements import (
    Published,
    c,
    e,
    fails,
    h,
    h3,
    holds,
    k,
    k3,
    l,
    n,
    p,
    published,
    q,
    r,
    s,
    t,
    w,
    x,
)
from symconv.catalogue.published.tensors import (
    A,
    B,
    C,
    H,
    N,
    O,
    W,
    after,
    first,
    first3,
    image,
    kernel,
)
from symconv.language.operators import Extension
from symconv.language.signals import Signal, SignalExpr, Tensor

__all__ = ["REORDERING"]

Mode: TypeAlias = Extension | Literal["zeros"]


def _same_then_stride(stride: int) -> tuple[SignalExpr, SignalExpr]:
    return (
        x.pad_same(c).correlate(k).correlate(w, stride=stride),
        x.pad_same(c, stride=stride).correlate(k, stride=stride).correlate(w),
    )


def _left_of(padded: SignalExpr) -> Expr:
    """The left amount of a padding."""
    return padded.operator.amounts[0].written


_LEFT = _left_of(x.pad_same(c, stride=3))

_STRIDE_UP = published(
    "move_stride_of_pointwise_layer_up",
    "The stride of a 1×1 layer can be moved to the layer before it.",
    source="https://github.com/openvinotoolkit/openvino/pull/5314, "
    "https://github.com/openvinotoolkit/openvino/pull/6943",
    verdict="conditional",
    condition="always with explicit padding; with automatic SAME padding iff the left amount for "
    "stride s is that for stride 1: for s = 2 iff c is even, or c = 1, or n is odd",
    theorems=(
        fails(
            "stride2_of_pointwise_layer_moves_up_with_same_padding",
            *_same_then_stride(2),
            "With SAME padding computed anew for stride 2, the stride may move up.",
            "For stride 2 and even n SAME pads one entry less; for odd c it is missing on the "
            "left.",
            at={"c": 3, "n": 2},
            condition=Or(Eq(c, 1), Eq(Mod(c, 2), 0), Eq(Mod(n, 2), 1)),
        ),
        fails(
            "stride3_of_pointwise_layer_moves_up_with_same_padding",
            *_same_then_stride(3),
            "With SAME padding computed anew for stride 3, the stride may move up.",
            "The left amounts have to be equal; for 3 taps they are iff n = 1 modulo 3.",
            at={"c": 3, "n": 2},
            condition=Eq(_LEFT, floor((c - 1) / 2)),
        ),
        holds(
            "stride_of_pointwise_layer_moves_up",
            x.pad(l, r).correlate(k, stride=s).correlate(w, stride=t),
            x.pad(l, r).correlate(k, stride=s * t).correlate(w),
            "With explicit padding, any stride may move up.",
            "Both keep every st-th output of stride 1 and multiply it by w[0].",
        ),
        *(
            fails(
                f"stride{stride}_of_pointwise_layer_over_channels_moves_up_with_same_padding",
                image.pad_same((3, 3)).conv(first3).conv(after, stride=stride),
                image.pad_same((3, 3), stride=stride).conv(first3, stride=stride).conv(after),
                f"Over channels, with SAME padding of 3×3 computed anew for stride {stride}, the "
                "stride may move up.",
                "The amounts before each axis have to be equal.",
                at=dict.fromkeys("CHMNO", 1) | {"W": 2},
                condition=And(Eq(Mod(H, stride), 1), Eq(Mod(W, stride), 1)),
            )
            for stride in (2, 3)
        ),
        holds(
            "stride_of_pointwise_layer_over_channels_moves_up",
            image.conv(first, padding=(l, r), stride=s).conv(after, stride=t),
            image.conv(first, padding=(l, r), stride=s * t).conv(after),
            "Over channels, with explicit padding, any stride may move up.",
            "Both keep the same places and multiply them by the same matrix.",
        ),
    ),
)


def _both_ways(
    conv: SignalExpr, blur: SignalExpr, mode: Mode, other: Mode
) -> tuple[SignalExpr, SignalExpr]:
    return (
        x.pad(1, 1, mode).correlate(conv).pad(1, 1, other).correlate(blur, stride=2),
        x.pad(1, 1, other).correlate(blur).pad(1, 1, mode).correlate(conv, stride=2),
    )


_odd = Signal("k", 2 * p + 1)
_before, _after = integers("v z", nonnegative=True)


def _blurred(pixels: SignalExpr, stride: int | Symbol = 1) -> SignalExpr:
    """One blur along both axes of an image."""
    return pixels.correlate(h, axis=2, stride=stride).correlate(h, axis=3, stride=stride)


def _blur(plane: SignalExpr, channels: Symbol) -> SignalExpr:
    """The depthwise kernel of a blur: one kernel for all channels."""
    return plane.expand((channels, 1, *plane.shape))


_plane, _plane3 = Tensor("b", (A, B)), Tensor("b", (3, 3))
_kernel3 = Tensor("k", (O, C, 3, 3))


def _line_kernel(half: Expr | int) -> Tensor:
    return Tensor("k", (O, C, 2 * half + 1))


def _taps(half: Expr | int) -> Signal:
    return Signal("b", 2 * half + 1)


_line3, _taps3 = _line_kernel(1), _taps(1)


def _along_a_line(
    mode: Mode, half: Expr | int, of_layer: Expr | int | None = None
) -> tuple[SignalExpr, SignalExpr]:
    """A layer and a blur of stride 2, and the other way round, padded so that the size is kept."""
    line, wide = Tensor("x", (N, C, W)), half if of_layer is None else of_layer

    def layer(values: SignalExpr, stride: int) -> SignalExpr:
        weight = _line_kernel(wide)
        return values.conv(weight, padding=wide, padding_mode=mode, stride=stride)

    def blurred(values: SignalExpr, channels: Symbol, stride: int) -> SignalExpr:
        weight = _taps(half).expand((channels, 1, 2 * half + 1))
        return values.conv(weight, groups=channels, padding=half, padding_mode=mode, stride=stride)

    return blurred(layer(line, 1), O, 2), layer(blurred(line, C, 1), 2)


_BLUR = published(
    "convolution_and_blur_commute",
    "A convolution of stride 1 and then a blur of stride 2 is the blur of stride 1 and then the "
    "convolution of stride 2.",
    source="https://github.com/adobe/antialiased-cnns/issues/7",
    verdict="conditional",
    condition="without padding and with circular padding always; with zeros (p for k, q for h), "
    "for all n, iff p = q = 0, or p ≥ c − 1 and q ≥ e − 1, or a layer has one tap and no padding; "
    "with reflected ends if both kernels are symmetric",
    theorems=(
        holds(
            "unpadded_convolution_and_strided_blur_commute",
            x.correlate(k).correlate(h, stride=s),
            x.correlate(h).correlate(k, stride=s),
            "Without padding any stride may go to either layer.",
            "Both keep every s-th entry of the correlation with k ∗ h.",
        ),
        holds(
            "circular_convolution_and_stride2_blur_commute",
            x.pad(p, q, "circular")
            .correlate(Signal("k", p + q + 1))
            .pad(_before, _after, "circular")
            .correlate(Signal("h", _before + _after + 1), stride=2),
            x.pad(_before, _after, "circular")
            .correlate(Signal("h", _before + _after + 1))
            .pad(p, q, "circular")
            .correlate(Signal("k", p + q + 1), stride=2),
            "With circular padding that keeps the length, the stride may go to either layer.",
            "Both are circular correlations, which commute.",
            given=[n >= p, n >= q, n >= _before, n >= _after],
        ),
        fails(
            "zero_padded_convolution_and_stride2_blur_commute",
            x.pad(p, p).correlate(k).pad(q, q).correlate(h, stride=2),
            x.pad(q, q).correlate(h).pad(p, p).correlate(k, stride=2),
            "With zero padding the stride may go to either layer.",
            "The layer that comes second reads zeros beyond the other one's output.",
            at={"c": 1, "e": 2, "n": 1, "p": 1, "q": 0},
            condition=Or(
                And(Eq(p, 0), Eq(q, 0)),
                And(p >= c - 1, q >= e - 1),
                And(Eq(c, 1), Eq(p, 0)),
                And(Eq(e, 1), Eq(q, 0)),
            ),
            for_all=[n],
        ),
        fails(
            "zero_padded_3_tap_convolution_and_blur_commute",
            *_both_ways(k3, h3, "zeros", "zeros"),
            "With 3 taps and zero padding by 1 the stride may go to either layer.",
            "The entries at the ends differ.",
            at={"n": 2},
            condition=Eq(n, 1),
        ),
        fails(
            "reflecting_convolution_and_blur_commute",
            *_both_ways(k3, h3, "reflect", "reflect"),
            "With reflected ends the stride may go to either layer.",
            "The output of a kernel that is not symmetric does not continue by reflection.",
            at={"n": 3},
            condition=Eq(n, 2),
            given=[n >= 2],
        ),
        fails(
            "reflecting_symmetric_convolution_and_any_blur_commute",
            *_both_ways(k3, h3, "reflect", "reflect"),
            "One symmetric kernel is enough with reflected ends.",
            "The other kernel's output still does not continue by reflection.",
            at={"n": 3},
            condition=Eq(n, 2),
            given=[n >= 2, k3 == k3.flip()],
        ),
        holds(
            "reflecting_symmetric_convolution_and_blur_commute",
            *_both_ways(k3, h3, "reflect", "reflect"),
            "With reflected ends and two symmetric kernels the stride may go to either layer.",
            "A symmetric kernel's output continues by reflection as its input does.",
            given=[n >= 2, k3 == k3.flip(), h3 == h3.flip()],
        ),
        holds(
            "reflecting_symmetric_convolution_of_any_size_and_blur_commute",
            x.pad(p, p, "reflect").correlate(_odd).pad(1, 1, "reflect").correlate(h3, stride=2),
            x.pad(1, 1, "reflect").correlate(h3).pad(p, p, "reflect").correlate(_odd, stride=2),
            "So it is for 2p + 1 taps and a blur with 3 taps.",
            "A symmetric kernel's output continues by reflection as its input does.",
            given=[n >= 2, n >= p + 1, _odd == _odd.flip(), h3 == h3.flip()],
        ),
        holds(
            "reflecting_symmetric_layer_over_channels_and_blur_commute",
            *_along_a_line("reflect", 1),
            "Over channels, so it is for a layer and a blur with 3 taps.",
            "The same for each pair of channels.",
            given=[W >= 2, _line3 == _line3.flip(axis=2), _taps3 == _taps3.flip()],
        ),
        fails(
            "reflecting_layer_over_channels_and_symmetric_blur_commute",
            *_along_a_line("reflect", 1),
            "Over channels, it is enough that the blur is symmetric.",
            "The output of the layer does not continue by reflection.",
            at={"C": 1, "N": 1, "O": 1, "W": 3},
            condition=Eq(W, 2),
            given=[W >= 2, _taps3 == _taps3.flip()],
        ),
        holds(
            "output_of_a_symmetric_kernel_continues_by_reflection",
            x.pad(p, p, "reflect").correlate(_odd).pad(q, q, "reflect"),
            x.pad(p + q, p + q, "reflect").correlate(_odd),
            "The output of a symmetric kernel, continued by reflection, is its output on the input "
            "continued so, where that is long enough: two layers then read one padded input.",
            "Reflected, a window is read from the other end.",
            given=[n >= p + q + 1, _odd == _odd.flip()],
        ),
        fails(
            "zero_padded_convolution_and_reflecting_blur_commute",
            *_both_ways(k3, Signal.taps(1, 2, 1) / 4, "zeros", "reflect"),
            "A convolution padded with zeros and a reflecting blur with 1/4, 1/2, 1/4 commute.",
            "The two layers continue the input in different ways.",
            at={"n": 2},
            condition=false,
            given=[n >= 2],
        ),
        holds(
            "layer_over_channels_and_separable_blur_commute",
            _blurred(image.conv(kernel), s),
            _blurred(image).conv(kernel, stride=s),
            "Over channels and along two axes, without padding, any stride may go to the layer or "
            "to the blur, with one kernel along each axis.",
            "The blur is the same on each channel, so it does not meet the sum over them.",
        ),
        holds(
            "layer_over_channels_and_depthwise_blur_commute",
            image.conv(kernel).conv(_blur(_plane, O), groups=O, stride=2),
            image.conv(_blur(_plane, C), groups=C).conv(kernel, stride=2),
            "So it is for a blur with any kernel in the plane, and stride 2.",
            "The blur is the same on each channel.",
        ),
        holds(
            "circular_layer_over_channels_and_blur_commute",
            *_along_a_line("circular", q, p),
            "Over channels, with circular padding that keeps the length, the stride may go to "
            "either layer.",
            "Both are circular correlations, summed over the channels.",
            given=[p <= W, q <= W],
        ),
        fails(
            "zero_padded_layer_over_channels_and_blur_commute",
            image.conv(_kernel3, padding=1).conv(_blur(_plane3, O), groups=O, padding=1, stride=2),
            image.conv(_blur(_plane3, C), groups=C, padding=1).conv(_kernel3, padding=1, stride=2),
            "Over channels, with 3×3 kernels and zero padding by 1, it may.",
            "The outputs at the border differ.",
            at=dict.fromkeys("CHNO", 1) | {"W": 2},
            condition=And(Eq(H, 1), Eq(W, 1)),
        ),
    ),
    unsettled="Reflected ends of short inputs, n ≤ p + q, for two kernels of symbolic length: too "
    "many cases for the budget. Of longer ones they are read once, and then the layers commute.",
)

_POOL = published(
    "convolution_and_average_pool_commute",
    "A 3×3 layer padded by 1 after an average pool of 2×2 is the pool after the layer.",
    source="https://github.com/adobe/antialiased-cnns/issues/7, "
    "https://github.com/adobe/antialiased-cnns/issues/8",
    verdict="false",
    condition="only where there is no output; without padding, the layer after the pool is the "
    "layer dilated by 2 before it, for all sizes",
    theorems=(
        fails(
            "padded_layer_and_average_pool_commute",
            image.avg_pool((2, 2)).conv(_kernel3, padding=1),
            image.conv(_kernel3, padding=1).avg_pool((2, 2)),
            "The 3×3 layer and the pool commute.",
            "After the pool, neighbouring taps are two entries of the input apart.",
            at=dict.fromkeys("CNO", 1) | {"H": 2, "W": 2},
            condition=Or(Eq(H, 1), Eq(W, 1)),
        ),
        holds(
            "average_pool_then_layer_eq_dilated_layer_then_average_pool",
            image.avg_pool((2, 2)).conv(kernel),
            image.conv(kernel, dilation=2).avg_pool((2, 2)),
            "Without padding, the layer after a pool of 2 is the dilated layer before it.",
            "This is the noble identity: the pool is a filter and ↓2.",
        ),
        *(
            holds(
                f"average_pool_of_{size}_then_padded_layer_eq_dilated_layer_then_average_pool",
                image.avg_pool((size, size)).conv(kernel, padding=(l, r)),
                image.pad(0, -Mod(H, size), axis=2)
                .pad(0, -Mod(W, size), axis=3)
                .conv(kernel, dilation=size, padding=(size * l, size * r))
                .avg_pool((size, size)),
                f"For a pool of {size} and with {size} times the padding too, on the image without "
                "the rows and columns that the pool leaves out.",
                "Zeros around the pool's output are means of zeros around its whole windows.",
            )
            for size in (2, 3)
        ),
    ),
)

REORDERING: tuple[Published, ...] = (_STRIDE_UP, _BLUR, _POOL)

"""Published statements about average pools and layers that average."""

from __future__ import annotations

from sympy import (
    And,
    Eq,
    Mod,
    Or,
    Piecewise,
    Rational,
    Symbol,
    ceiling,
    false,
    floor,
)

from symconv.catalogue.published.statements import (
    Published,
    a,
    c,
    fails,
    holds,
    k,
    l,
    n,
    published,
    q,
    s,
    u,
    x,
)
from symconv.catalogue.published.tensors import (
    PLANE,
    C,
    H,
    J,
    K,
    N,
    O,
    W,
    image,
    ones,
    summed_pairs,
)
from symconv.catalogue.theorems import Theorem
from symconv.language.signals import Signal, SignalExpr, Tensor

__all__ = ["POOLING"]

_entries_of_2 = Signal.from_formula(u, Piecewise((Rational(1, 2), u < n - 1), (1, True)), length=n)


def _mean(size: int) -> SignalExpr:
    """The depthwise kernel of an average pool."""
    return (ones(size, size) / size**2).expand((C, 1, size, size))


_mean2, _mean3 = _mean(2), _mean(3)

_CONSTANT_KERNEL = published(
    "average_pool_is_a_layer_with_a_constant_kernel",
    "A SAME layer whose taps are all 1/c is the SAME average pool of c entries.",
    source="TASO, verify/verify.py, src/cudnn/pool2d_kernel.cu, src/dnnl/pool2d_mkl.cc",
    verdict="conditional",
    condition="iff the pool counts the padding as entries; without, the ends differ for every n",
    theorems=(
        holds(
            "constant_kernel_eq_pool_of_3_that_counts_padding",
            x.pad_same(3).correlate(Signal.ones(3) / 3),
            x.avg_pool(3, stride=1, padding=1),
            "With the padding counted, a pool of 3 is the layer with taps 1/3.",
            "Every window is divided by 3.",
        ),
        fails(
            "constant_kernel_eq_pool_of_3_that_leaves_padding_out",
            x.pad_same(3).correlate(Signal.ones(3) / 3),
            x.avg_pool(3, stride=1, padding=1, count_include_pad=False),
            "With the padding left out, a pool of 3 is the layer with taps 1/3.",
            "At the ends it divides by 2, or by 1.",
            at={"n": 1},
            condition=false,
        ),
        fails(
            "constant_kernel_eq_pool_of_2_that_leaves_padding_out",
            x.pad_same(2).correlate(Signal.ones(2) / 2),
            x.pad_same(2).correlate(Signal.ones(2)).multiply(_entries_of_2),
            "With the padding left out, a pool of 2 is the layer with taps 1/2.",
            "The last window holds one entry and is divided by 1.",
            at={"n": 1},
            condition=false,
        ),
        holds(
            "constant_kernel_eq_pool_of_any_size_that_counts_padding",
            x.pad_same(c).correlate(Signal.ones(c).divide(c)),
            x.pad_same(c).avg_pool(c, stride=1),
            "With the padding counted, a pool of c is the layer with taps 1/c, for any c.",
            "Every window is divided by c.",
        ),
        holds(
            "constant_depthwise_kernel_of_any_size_eq_pool_that_counts_padding",
            image.pad_same((K, J)).conv(ones(K, J).divide(K * J).expand((C, 1, K, J)), groups=C),
            image.pad_same((K, J)).avg_pool((K, J), stride=1),
            "Over channels and along two axes, it is the depthwise layer with taps 1/(KJ).",
            "Every window is divided by KJ.",
        ),
        holds(
            "constant_depthwise_kernel_eq_pool_that_counts_padding",
            image.pad_same((3, 3)).conv(_mean3, groups=C),
            image.avg_pool((3, 3), stride=1, padding=1),
            "Over channels and along two axes, with the padding counted, a pool of 3×3 is the "
            "depthwise layer with taps 1/9.",
            "Every window is divided by 9.",
        ),
        holds(
            "constant_depthwise_kernel_of_stride_2_eq_pool_that_counts_padding",
            image.pad_same((3, 3), stride=2).conv(_mean3, groups=C, stride=2),
            image.pad_same((3, 3), stride=2).avg_pool((3, 3), stride=2),
            "With stride 2 too.",
            "Every window is divided by 9.",
        ),
        fails(
            "constant_depthwise_kernel_eq_pool_that_leaves_padding_out",
            image.pad_same((3, 3)).conv(_mean3, groups=C),
            image.avg_pool((3, 3), stride=1, padding=1, count_include_pad=False),
            "With the padding left out, it is the depthwise layer with taps 1/9.",
            "At the border it divides by fewer.",
            at=dict.fromkeys("CHNW", 1),
            condition=false,
        ),
    ),
    unsettled="Pools of symbolic size that leave the padding out: each number of entries that may "
    "be in a window is a case.",
)

_box = Signal.ones(2)
_pooled = x.pad_same(c).correlate(k).avg_pool(2)
_averaged = k.convolve(_box) / 2

_square = Tensor("k", (O, C, 2 * q + 1, 2 * q + 1))
_pooled_image = image.conv(_square, padding=q).avg_pool((2, 2))
_averaged_image = summed_pairs(_square) / 4

_DOWNSCALE = published(
    "average_pool_after_a_layer_is_a_strided_layer",
    "An average pool of 2 after a SAME layer with odd c is one SAME layer of stride 2 with c + 1 "
    "taps: the mean of the kernel and the kernel shifted by one.",
    source="ProGAN, conv2d_downscale2d; https://github.com/tkarras/progressive_growing_of_gans",
    verdict="conditional",
    condition="iff n is even; otherwise the lengths are ⌊n/2⌋ and ⌈n/2⌉",
    theorems=(
        fails(
            "pooled_same_layer_eq_stride2_same_layer",
            _pooled,
            x.pad_same(c + 1, stride=2).correlate(_averaged, stride=2),
            "The pool of a SAME layer is a SAME layer of stride 2 with c + 1 taps.",
            "The pool drops the last output of an odd number, SAME does not.",
            at={"c": 1, "n": 1},
            condition=Eq(Mod(n, 2), 0),
        ),
        holds(
            "pooled_same_layer_eq_stride2_layer",
            _pooled,
            x.pad(floor((c - 1) / 2), ceiling((c - 1) / 2)).correlate(_averaged, stride=2),
            "For every n, it is the stride-2 layer with c + 1 taps and the first layer's padding.",
            "Means of neighbouring outputs are outputs of the averaged kernel.",
        ),
        fails(
            "pooled_layer_over_channels_eq_stride2_same_layer",
            _pooled_image,
            image.pad_same((2 * q + 2, 2 * q + 2), stride=2).conv(_averaged_image, stride=2),
            "Over channels and along two axes, the pool of a layer with 2q + 1 taps along each is "
            "the SAME layer of stride 2 with the mean of four shifts of the kernel.",
            "The pool drops the last row of an odd number, SAME does not.",
            at=dict.fromkeys("CHNOW", 1) | {"q": 0},
            condition=And(Eq(Mod(H, 2), 0), Eq(Mod(W, 2), 0)),
        ),
        holds(
            "pooled_layer_over_channels_eq_stride2_layer",
            _pooled_image,
            image.conv(_averaged_image, stride=2, padding=q),
            "For all sizes, it is the layer of stride 2 with the first layer's padding.",
            "Means of neighbouring outputs are outputs of the averaged kernel.",
        ),
    ),
)


def _padded_pool(size: int, stride: int | Symbol, counted: bool, padding: Symbol = q) -> SignalExpr:
    padded = x.pad(a, a)
    return padded.avg_pool(size, stride=stride, padding=padding, count_include_pad=counted)


def _wider_pool(
    size: int, stride: int | Symbol, counted: bool = True, padding: Symbol = q
) -> SignalExpr:
    return x.avg_pool(size, stride=stride, padding=a + padding, count_include_pad=counted)


def _fused(size: int) -> Theorem:
    return holds(
        f"padding_fuses_into_a_counting_pool_of_{size}",
        _padded_pool(size, s, counted=True, padding=l),
        _wider_pool(size, s, padding=l),
        "With the padding counted, padding by a before a pool padded by q is padding by a + q, "
        "also if the pool crops.",
        "Zeros are zeros, and every window is divided by its size.",
    )


def _unfused(size: int, stride: int) -> tuple[Theorem, ...]:
    windows = f"windows of {size} and stride {stride}"
    return (
        fails(
            f"padding_fuses_into_a_pool_of_{size}_that_left_padding_out_as_counted",
            _padded_pool(size, stride, counted=False),
            _wider_pool(size, stride),
            f"With the pool's own padding left out, {windows}: the pool that counts all of it is "
            "the same.",
            "The pool leaves out its own padding, and counts the zeros put there before. A window "
            "that meets both the input and the pool's padding needs a < c − 1.",
            at={"a": 0, "n": 1, "q": 1},
            condition=Or(Eq(q, 0), a >= size - 1),
            for_all=[n],
        ),
        fails(
            f"padding_fuses_into_a_pool_of_{size}_that_leaves_padding_out",
            _padded_pool(size, stride, counted=False),
            _wider_pool(size, stride, counted=False),
            f"With the pool's own padding left out, {windows}: the pool that leaves out all of it "
            "is the same.",
            "The zeros that were put there before were counted, now they are not.",
            at={"a": 1, "n": 1, "q": 0},
            condition=Eq(a, 0),
            for_all=[n],
        ),
    )


_PAD_POOL = published(
    "fuse_padding_into_average_pool",
    "Padding by a and then an average pool padded by q is one pool padded by a + q that counts the "
    "padding (after a repair); before, its flag for counting stayed as it was.",
    source="https://github.com/onnx/optimizer/pull/108, "
    "https://github.com/onnx/optimizer/issues/269",
    verdict="conditional",
    condition="always for a pool that counts its padding; for one that does not, after the repair "
    "iff q = 0 or a ≥ c − 1, for all n; before it iff a = 0",
    theorems=(
        *map(_fused, (2, 3)),
        holds(
            "padding_fuses_into_a_counting_pool_of_any_size",
            x.pad(a, a).avg_pool(c, stride=s, padding=l),
            x.avg_pool(c, stride=s, padding=a + l),
            "With the padding counted, so it is for a pool of any size c.",
            "Zeros are zeros, and every window is divided by c.",
        ),
        *_unfused(2, 1),
        *_unfused(3, 2),
        holds(
            "padding_fuses_into_a_counting_pool_along_two_axes",
            image.pad(a, a, axis=PLANE).avg_pool((K, J), stride=s, padding=l),
            image.avg_pool((K, J), stride=s, padding=a + l),
            "Over channels and along two axes, padding fuses into a pool that counts it.",
            "Zeros are zeros, and every window is divided by its size.",
        ),
        fails(
            "padding_fuses_into_a_pool_along_two_axes_that_left_padding_out_as_counted",
            image.pad(a, a, axis=PLANE).avg_pool(
                (2, 2), stride=1, padding=q, count_include_pad=False
            ),
            image.avg_pool((2, 2), stride=1, padding=a + q),
            "Along two axes, it fuses into one that left its own padding out, as counted.",
            "As along one axis.",
            at=dict.fromkeys("CHNW", 1) | {"a": 0, "q": 1},
            condition=Or(Eq(q, 0), a >= 1),
            for_all=[N, C, H, W],
        ),
    ),
    unsettled="Pools of symbolic size that leave the padding out: each number of entries that may "
    "be in a window is a case.",
)

_halves = Signal.taps(Rational(1, 2), Rational(1, 2))

_NO_STRIDE = published(
    "average_pool_as_layer_of_stride_1",
    "An average pool of 2 with stride 2 is the layer with taps 1/2 (the stride is lost).",
    source="https://github.com/google/heir/issues/2702",
    verdict="false",
    condition="iff n ≤ 2; with stride 2 always",
    theorems=(
        fails(
            "pool_of_2_eq_layer_of_stride_1",
            x.avg_pool(2),
            x.correlate(_halves),
            "The pool of 2 is the layer of stride 1 with taps 1/2.",
            "It has ⌊n/2⌋ outputs, the layer n − 1.",
            at={"n": 3},
            condition=n <= 2,
        ),
        holds(
            "pool_of_2_eq_layer_of_stride_2",
            x.avg_pool(2),
            x.correlate(_halves, stride=2),
            "The pool of 2 is the layer of stride 2 with taps 1/2.",
            "This is its definition.",
        ),
        fails(
            "pool_of_2_by_2_eq_layer_of_stride_1",
            image.avg_pool((2, 2)),
            image.conv(_mean2, groups=C),
            "Over channels, the pool of 2×2 is the depthwise layer of stride 1 with taps 1/4.",
            "It has half as many outputs along each axis.",
            at=dict.fromkeys("CHN", 1) | {"W": 3},
            condition=And(H <= 2, W <= 2),
        ),
        holds(
            "pool_of_2_by_2_eq_layer_of_stride_2",
            image.avg_pool((2, 2)),
            image.conv(_mean2, groups=C, stride=2),
            "Over channels, it is the depthwise layer of stride 2 with taps 1/4.",
            "This is its definition.",
        ),
    ),
)

POOLING: tuple[Published, ...] = (_CONSTANT_KERNEL, _DOWNSCALE, _PAD_POOL, _NO_STRIDE)

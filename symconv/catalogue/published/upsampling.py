"""Published statements about upsampling: nearest and linear, and as one layer."""

from __future__ import annotations

from fractions import Fraction

from sympy import And, Eq, Expr, Integer, Max, Min, Mod, Piecewise, Rational, Symbol, false, floor

from symconv.catalogue.published.statements import (
    Published,
    fails,
    holds,
    k3,
    n,
    published,
    q,
    u,
    x,
    y,
)
from symconv.catalogue.published.tensors import (
    PLANE,
    C,
    H,
    O,
    W,
    features,
    summed_pairs,
    swapped,
    v,
)
from symconv.language.signals import Signal, SignalExpr, Tensor
from symconv.language.tensor_functions import einsum

__all__ = ["UPSAMPLING"]

_nearest = Signal.interleave(y, y)
_box = Signal.ones(2)
_odd = Signal("k", 2 * q + 1)
_kernel = Tensor("k", (O, C, 2 * q + 1, 2 * q + 1))
_forward3, _backward3, _other3 = (
    Tensor("k", (O, C, 3, 3)),
    Tensor("k", (C, O, 3, 3)),
    Tensor("h", (C, O, 3, 3)),
)

_UPSAMPLING = published(
    "transposed_layer_as_upsampling_and_layer",
    "A transposed SAME layer with 3 taps and stride 2 is nearest-neighbour upsampling by 2 and "
    "then a SAME layer with 3 taps.",
    source="https://github.com/keras-team/keras/issues/7307",
    verdict="false",
    condition="for no n with the same taps; the upsampling and the layer with 2q + 1 taps are the "
    "transposed layer with the 2q + 2 taps (flip k) ∗ [1, 1] and padding q",
    theorems=(
        fails(
            "transposed_layer_eq_upsampling_and_layer",
            y.conv_transpose(k3, stride=2).pad(0, -1),
            _nearest.pad(1, 1).correlate(k3),
            "The transposed layer cropped on the right, as SAME does, is upsampling and the layer.",
            "Each output of the transposed layer sees one or two taps, the other three.",
            at={"m": 1},
            condition=false,
        ),
        fails(
            "transposed_layer_with_output_padding_eq_upsampling_and_layer",
            y.conv_transpose(k3, stride=2, padding=1, output_padding=1),
            _nearest.pad(1, 1).correlate(k3),
            "The transposed layer with padding 1 and output padding 1 is upsampling and the layer.",
            "Each output of the transposed layer sees one or two taps, the other three.",
            at={"m": 1},
            condition=false,
        ),
        holds(
            "upsampling_and_layer_eq_transposed_layer_with_one_more_tap",
            y.conv_transpose(_odd.flip().convolve(_box), stride=2, padding=q),
            _nearest.pad(q, q).correlate(_odd),
            "Upsampling by 2 and a layer with 2q + 1 taps padded by q is the transposed layer of "
            "stride 2, padding q and the kernel (flip k) ∗ [1, 1].",
            "Upsampling is the transposed layer with the kernel [1, 1].",
        ),
        holds(
            "nearest_upsampling_eq_zeros_between_then_box",
            _nearest,
            y.dilate(2).convolve(_box),
            "Each entry twice is a zero after each entry, then the filter [1, 1].",
            "Each output sees one entry.",
        ),
        fails(
            "transposed_layer_over_channels_eq_upsampling_and_layer",
            features.conv_transpose(_backward3, stride=2).pad(0, -1, axis=PLANE),
            features.upsample((2, 2)).conv(swapped(_backward3), padding=1),
            "Over channels and along two axes, with the same 3×3 kernel, they are the same.",
            "Each output of the transposed layer sees one, two or four taps, the other all nine.",
            at=dict.fromkeys("CHNOW", 1),
            condition=false,
        ),
        holds(
            "upsampling_and_layer_over_channels_eq_transposed_layer_with_one_more_tap",
            features.upsample((2, 2)).conv(_kernel, padding=q),
            features.conv_transpose(
                swapped(summed_pairs(_kernel.flip(axis=PLANE))), stride=2, padding=q
            ),
            "Over channels, upsampling by 2 and a layer with 2q + 1 taps along each axis is the "
            "transposed layer of stride 2 and padding q whose kernel is the flipped one, moved by "
            "0 and by 1 along each axis and added up.",
            "Upsampling is the transposed layer with ones.",
        ),
        holds(
            "transposed_layer_of_3_taps_begins_with_the_first_entry",
            features.conv_transpose(_other3, stride=2)[:, :, :2, :2],
            features[:, :, :1, :1].conv_transpose(_other3, stride=2)[:, :, :2, :2],
            "Whatever its 3×3 kernel, the first two outputs of the transposed layer along each "
            "axis see the first entry alone.",
            "The second entry goes to the outputs from 2 on.",
        ),
        fails(
            "upsampling_and_layer_begin_with_the_first_entry",
            features.upsample((2, 2)).conv(_forward3, padding=1)[:, :, :2, :2],
            features[:, :, :1, :1].upsample((2, 2)).conv(_forward3, padding=1)[:, :, :2, :2],
            "So it is for upsampling and a 3×3 layer.",
            "Output 1 sees y[1] with the last tap, so that no kernel of a transposed layer will do "
            "unless these taps are 0.",
            at=dict.fromkeys("CHNO", 1) | {"W": 2},
            condition=And(Eq(H, 1), Eq(W, 1)),
        ),
    ),
)


def _fused(weight: SignalExpr) -> tuple[SignalExpr, SignalExpr]:
    """A transposed layer with a kernel as it is, moved and added up; upsampling and a layer."""
    return (
        features.conv_transpose(swapped(summed_pairs(weight)), stride=2, padding=q),
        features.upsample((2, 2)).conv(weight, padding=q),
    )


_FUSED_UPSCALING = published(
    "fused_upscaling_and_layer",
    "Upsampling by 2 and a SAME layer with odd c is one transposed SAME layer of stride 2 with the "
    "same kernel, moved by 0 and by 1 along each axis and added up.",
    source="ProGAN and StyleGAN, upscale2d_conv2d; "
    "https://github.com/rosinality/style-based-gan-pytorch/issues/107",
    verdict="conditional",
    condition="iff the kernel turned around in both axes at once is the kernel, as for c = 1; with "
    "the kernel turned around, always",
    theorems=(
        fails(
            "fused_upscaling_with_the_kernel_as_it_is",
            *_fused(_kernel),
            "With the kernel as it is, they are the same.",
            "A transposed layer turns its kernel around.",
            at=dict.fromkeys("CHNOWq", 1),
            condition=Eq(q, 0),
        ),
        holds(
            "fused_upscaling_with_the_kernel_turned_around",
            features.conv_transpose(
                swapped(summed_pairs(_kernel.flip(axis=PLANE))), stride=2, padding=q
            ),
            features.upsample((2, 2)).conv(_kernel, padding=q),
            "With the kernel turned around they are the same.",
            "Upsampling is the transposed layer with ones.",
        ),
        holds(
            "fused_upscaling_with_a_point_symmetric_kernel",
            *_fused(_kernel),
            "They are for a kernel that is the same turned around in both axes at once.",
            "A transposed layer turns it around in both.",
            given=[_kernel == _kernel.flip(axis=PLANE)],
        ),
        holds(
            "fused_upscaling_with_a_kernel_symmetric_in_each_axis",
            *_fused(_kernel),
            "So they are for a kernel that is symmetric in each axis.",
            "It is the same turned around in both.",
            given=[_kernel == _kernel.flip(axis=2), _kernel == _kernel.flip(axis=3)],
        ),
        fails(
            "fused_upscaling_with_a_kernel_symmetric_in_one_axis",
            *_fused(_kernel),
            "They are for a kernel that is symmetric in one axis.",
            "It is turned around in the other one.",
            at=dict.fromkeys("CHNOWq", 1),
            condition=Eq(q, 0),
            given=[_kernel == _kernel.flip(axis=2)],
        ),
    ),
)


def _triangle(factor: int) -> SignalExpr:
    size = 2 * factor - factor % 2
    centre = Fraction(size - 1, 2)
    return Signal.taps(*(1 - abs(tap - centre) / factor for tap in range(size)))


def _bilinear(factor: int) -> SignalExpr:
    return x.conv_transpose(_triangle(factor), stride=factor, padding=factor // 2)


def _interpolated(factor: int) -> SignalExpr:
    """Linear interpolation at (u + 1/2)/f − 1/2, held at the first and the last entry."""
    phases = []
    for phase in range(factor):
        position = Rational(2 * phase + 1 - factor, 2 * factor)
        before = floor(u / factor) + floor(position)
        weight = position - floor(position)
        value = (1 - weight) * x[Max(0, before)] + weight * x[Min(n - 1, before + 1)]
        phases.append((value, Eq(Mod(u, factor), phase)))
    return Signal.from_formula(u, Piecewise(*phases), length=factor * n)


_pixels = Tensor("x", (H, W))
_pyramid = einsum("i,j->ij", _triangle(2), _triangle(2))[None, None]
_bilinear_plane = _pixels[None].conv_transpose(_pyramid, stride=2, padding=1)[0]


def _neighbours(index: Symbol, phase: int, size: Symbol) -> list[tuple[Expr, Expr]]:
    """For f = 2, the two entries between which a place lies, and their weights."""
    near = floor(index / 2)
    far = near + 1 if phase else near - 1
    kept = Max(0, Min(size - 1, far))
    return [(near, Rational(3, 4)), (kept, Rational(1, 4))]


_interpolated_plane = Tensor.from_formula(
    (u, v),
    Piecewise(
        *(
            (
                sum(
                    (
                        above * beside * _pixels[one, other]
                        for one, above in _neighbours(u, phase, H)
                        for other, beside in _neighbours(v, across, W)
                    ),
                    Integer(0),
                ),
                And(Eq(Mod(u, 2), phase), Eq(Mod(v, 2), across)),
            )
            for phase in (0, 1)
            for across in (0, 1)
        )
    ),
    shape=(2 * H, 2 * W),
)

_BILINEAR = published(
    "bilinear_upsampling_by_transposed_layer",
    "The transposed layer with the 2f − f mod 2 taps of a triangle, stride f and padding "
    "⌈(f − 1)/2⌉ is linear interpolation by the factor f.",
    source="https://github.com/PaddlePaddle/Paddle/issues/11403",
    verdict="conditional",
    condition="the length is fn; the values agree (with align_corners=False) except for the ⌊f/2⌋ "
    "entries at each end, where they differ for every n (shown for f = 2, 3, 4)",
    theorems=(
        *(
            finding
            for factor in (2, 3, 4)
            for finding in (
                holds(
                    f"triangle_layer_of_factor_{factor}_has_{factor}n_entries",
                    _bilinear(factor).length,
                    factor * n,
                    f"The transposed layer for f = {factor} has {factor}n outputs.",
                    "(n − 1)f + 2f − f mod 2 − 2⌊f/2⌋ = fn.",
                ),
                fails(
                    f"triangle_layer_of_factor_{factor}_interpolates",
                    _bilinear(factor),
                    _interpolated(factor),
                    f"For f = {factor} it is linear interpolation.",
                    "Beyond the ends the layer sees zeros, interpolation the last entry.",
                    at={"n": 1},
                    condition=false,
                ),
                holds(
                    f"triangle_layer_of_factor_{factor}_interpolates_inside",
                    _bilinear(factor).pad(-(factor // 2), -(factor // 2)),
                    _interpolated(factor).pad(-(factor // 2), -(factor // 2)),
                    f"For f = {factor} it is, without {factor // 2} entries at each end.",
                    "The triangle weighs the two neighbours by their distance.",
                ),
            )
        ),
        fails(
            "triangle_layer_along_two_axes_interpolates",
            _bilinear_plane,
            _interpolated_plane,
            "For f = 2 it is bilinear interpolation along two axes, with the products of the taps.",
            "Beyond the border the layer sees zeros, interpolation the last entry.",
            at={"H": 1, "W": 1},
            condition=false,
        ),
        holds(
            "triangle_layer_along_two_axes_interpolates_inside",
            _bilinear_plane.pad(-1, -1, axis=(0, 1)),
            _interpolated_plane.pad(-1, -1, axis=(0, 1)),
            "For f = 2 it is, without the rows and columns at the border.",
            "The weights of the four neighbours are products of those along each axis.",
        ),
    ),
    unsettled="A symbolic factor: the weights are as large as the phase says, and have to be "
    "counted for each factor.",
)

UPSAMPLING: tuple[Published, ...] = (_UPSAMPLING, _FUSED_UPSCALING, _BILINEAR)

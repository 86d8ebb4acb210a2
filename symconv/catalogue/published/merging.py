"""Published statements about merging layers into one."""

from __future__ import annotations

from sympy import And, Eq, Or, ceiling, false, floor

from symconv.catalogue.published.statements import (
    Published,
    c,
    d,
    e,
    f,
    fails,
    h,
    h3,
    holds,
    k,
    k3,
    l,
    more_left,
    more_right,
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
    PLANE,
    A,
    B,
    C,
    G,
    H,
    J,
    K,
    M,
    N,
    O,
    Q,
    W,
    after,
    composed,
    first,
    first3,
    identity,
    image,
    large,
    matrix_of,
    pointwise,
    second,
    second3,
    small,
    swapped,
    weighted,
)
from symconv.decision.stacks.repeated import repeat
from symconv.language.signals import Signal, SignalExpr, Tensor
from symconv.language.tensor_functions import einsum

__all__ = ["MERGING"]


_each = x.pad(p, p).correlate(k).pad(q, q).correlate(h)
_once = x.pad(p + q, p + q).correlate(k.convolve(h))

_padded_twice = x.pad(l, r).correlate(k).pad(more_left, more_right).correlate(h)
_padded_once = x.pad(l + more_left, r + more_right).correlate(k.convolve(h))

_TWO_LAYERS = published(
    "merge_two_padded_layers",
    "Two convolution layers of stride 1, zero-padded by p and by q, are one layer padded by "
    "p + q whose kernel is the convolution of both (asked for 3 and 3 taps, p = q = 1).",
    source="https://discuss.pytorch.org/t/"
    "block-squeezing-simplify-sequence-of-convolutional-layers/154268",
    verdict="conditional",
    condition="for all n iff q = 0 or p ≥ c − 1, where c is the first kernel's length; elsewhere "
    "only the q entries at each end differ",
    theorems=(
        fails(
            "two_padded_layers_eq_one_padded_layer",
            _each,
            _once,
            "Padding by p and by q before two layers equals padding once by p + q.",
            "The second layer reads zeros beyond the first one's output; with padding once it "
            "reads there what the first kernel makes of the input's last entries.",
            at={"c": 2, "e": 1, "n": 1, "p": 0, "q": 1},
            condition=Or(Eq(q, 0), p >= c - 1),
            for_all=[n],
        ),
        holds(
            "two_layers_padded_before_the_first_eq_one_layer",
            x.pad(l, r).correlate(k).correlate(h),
            x.pad(l, r).correlate(k.convolve(h)),
            "Two layers on an input padded once, by any amounts, are one layer.",
            "Σ_i h[i] Σ_j k[j] x[u + i + j − l]; collect i + j.",
        ),
        holds(
            "two_padded_layers_eq_one_where_the_first_pads_fully",
            _padded_twice,
            _padded_once,
            "Where the first layer pads by at least c − 1, both layers are one.",
            "Then all that the first kernel makes of the input is in its output, and beyond it "
            "there are zeros.",
            given=[l >= c - 1, r >= c - 1],
        ),
        holds(
            "two_padded_layers_agree_inside",
            _padded_twice.pad(-more_left, -more_right),
            _padded_once.pad(-more_left, -more_right),
            "Without the outputs that read the second padding, as many at each end as it has "
            "there, both layers always are one.",
            "What the second layer reads is then the first one's output.",
        ),
        fails(
            "two_padded_3_tap_layers_eq_one_5_tap_layer",
            x.pad(1, 1).correlate(k3).pad(1, 1).correlate(h3),
            x.pad(2, 2).correlate(k3.convolve(h3)),
            "Two layers of 3 taps padded by 1 are one of 5 taps padded by 2.",
            "They differ at both ends for every input length.",
            at={"n": 1},
            condition=false,
        ),
        fails(
            "merged_kernel_has_the_second_one_flipped",
            x.correlate(k).correlate(h),
            x.correlate(k.convolve(h.flip())),
            "The merged kernel is the correlation of both kernels.",
            "Offsets of the taps add up, so it is their convolution: one of them is flipped by "
            "a framework's layer that is used to compute it.",
            at={"c": 1, "e": 2, "n": 2},
            condition=Eq(e, 1),
            for_all=[n],
        ),
        holds(
            "two_layers_over_channels_padded_before_the_first_eq_one_layer",
            image.conv(first, padding=(l, r)).conv(second),
            image.conv(composed(second, first), padding=(l, r)),
            "Over channels and along two axes, two layers on an input padded once are one.",
            "The kernels are convolved along both axes, and summed over the channels between.",
        ),
        fails(
            "two_padded_layers_over_channels_eq_one_padded_layer",
            image.conv(first, padding=p).conv(second, padding=q),
            image.conv(composed(second, first), padding=p + q),
            "Over channels, padding by p and by q before two layers equals padding once by p + q.",
            "As along one axis: the second layer reads zeros beyond the first one's output.",
            at=dict.fromkeys("ABCHJMNOW", 1) | {"K": 2, "p": 0, "q": 1},
            condition=Or(Eq(q, 0), And(p >= K - 1, p >= J - 1)),
            for_all=[N, C, M, O, H, W],
        ),
    ),
)


_STRIDED = published(
    "merge_strided_dilated_layers",
    "Layers of any strides and dilations are one layer, if only the first of them pads: its "
    "stride is s·t and its kernel (k ↑d) ∗ (h ↑s·f).",
    source="https://github.com/GUOShuxuan/expandnets/issues/3, "
    "https://github.com/GUOShuxuan/expandnets/issues/4",
    verdict="true",
    condition="for all lengths; if the second layer pads by q too, against padding once by p + "
    "s·q, iff q = 0 or p ≥ c − 1 (shown for s = 2)",
    theorems=(
        holds(
            "strided_dilated_layers_eq_one_layer",
            x.pad(l, r).correlate(k, stride=s, dilation=d).correlate(h, stride=t, dilation=f),
            x.pad(l, r).correlate(k.dilate(d).convolve(h.dilate(s * f)), stride=s * t),
            "Two layers of any strides and dilations, on an input padded once, are one layer.",
            "Σ_i h[i] Σ_j k[j] x[s(tu + fi) + dj − l]; collect sfi + dj.",
        ),
        fails(
            "stride2_layer_then_padded_layer_eq_one_padded_layer",
            x.pad(p, p).correlate(k, stride=2).pad(q, q).correlate(h),
            x.pad(p + 2 * q, p + 2 * q).correlate(k.convolve(h.dilate(2)), stride=2),
            "Padding by p before a stride-2 layer and by q after it equals padding by p + 2q.",
            "As with stride 1: beyond the first layer's output the second one reads zeros.",
            at={"c": 2, "e": 1, "n": 3, "p": 0, "q": 1},
            condition=Or(Eq(q, 0), p >= c - 1),
            for_all=[n],
            given=[n + 2 * p >= c],
        ),
        holds(
            "strided_layer_then_padded_layer_eq_one_where_the_first_pads_fully",
            x.pad(l, l).correlate(k, stride=s).pad(r, r).correlate(h),
            x.pad(l + s * r, l + s * r).correlate(k.convolve(h.dilate(s)), stride=s),
            "Where the first layer pads by at least c − 1, the second may pad as well.",
            "Then there are zeros beyond all that the first kernel makes of the input.",
            given=[l >= c - 1],
        ),
        holds(
            "strided_dilated_layers_over_channels_eq_one_layer",
            image.conv(first, stride=s, dilation=d, padding=(l, r)).conv(
                second, stride=t, dilation=f
            ),
            image.conv(
                composed(second, first.dilate(d, axis=PLANE), s, f), stride=s * t, padding=(l, r)
            ),
            "Over channels and along two axes, two layers of any strides and dilations, on an "
            "input padded once, are one layer.",
            "The same along each axis, summed over the channels between.",
        ),
    ),
)

_in_groups = Tensor("x", (N, G * Q, H, W))
_grouped = Tensor("k", (G * M, Q, K, J))
_mixing = Tensor("h", (O, G * M, 1, 1))
_dense = einsum(
    "gmckl,ogm->ogckl",
    _grouped.rearrange("(g m) c k l -> g m c k l", g=G),
    matrix_of(_mixing).rearrange("o (g m) -> o g m", g=G),
).rearrange("o g c k l -> o (g c) k l")

_CONDITIONS = published(
    "conditions_for_collapsing_two_layers",
    "Two layers can be collapsed only without strides and dilations, with a 1×1 kernel in the "
    "second one, without groups, and without padding between them.",
    source="https://github.com/SonySemiconductorSolutions/mct-model-optimization/pull/211 "
    "(linear_collapsing.py)",
    verdict="false",
    condition="these are sufficient, but none of strides, dilations, larger kernels or groups is "
    "in the way; padding between the layers is, unless the first one pads enough",
    theorems=(
        holds(
            "grouped_strided_dilated_layer_then_pointwise_layer_eq_one_layer",
            _in_groups.conv(_grouped, stride=s, dilation=d, padding=(l, r), groups=G).conv(
                _mixing, stride=t
            ),
            _in_groups.conv(_dense, stride=s * t, dilation=d, padding=(l, r)),
            "A layer with groups, any strides, dilation and padding and then a 1×1 layer with a "
            "stride are one layer, without groups.",
            "The 1×1 layer mixes the groups: each output channel is a sum over all of them.",
        ),
        holds(
            "depthwise_layer_then_pointwise_layer_eq_one_layer",
            image.conv(_depth := Tensor("k", (C, 1, K, J)), groups=C, padding=l, stride=s).conv(
                pointwise
            ),
            image.conv(
                einsum("ckl,oc->ockl", _depth[:, 0], matrix_of(pointwise)), padding=l, stride=s
            ),
            "A depthwise layer and then a 1×1 layer are one layer.",
            "Each has one tap and one weight for a pair of channels.",
        ),
        holds(
            "larger_second_kernels_collapse_where_the_first_pads_fully",
            image.conv(first, padding=l).conv(second, padding=r),
            image.conv(composed(second, first), padding=l + r),
            "The second kernel may be of any size, and padded, if the first layer pads by at least "
            "its kernel's size less one.",
            "Then there are zeros beyond all that the first kernel makes of the input.",
            given=[l >= K - 1, l >= J - 1],
        ),
        fails(
            "padded_3x3_layers_collapse",
            image.conv(first3, padding=1).conv(second3, padding=1),
            image.conv(composed(second3, first3), padding=2),
            "Two 3×3 layers, each padded by 1, collapse into a 5×5 layer padded by 2.",
            "The outputs at the border differ, whatever the size of the image.",
            at=dict.fromkeys("CHMNOW", 1),
            condition=false,
        ),
    ),
)

_beta, _gamma = Signal("b", 1), Signal("g", 1)
_impulse = Signal.delta().pad(c + e - 2, c + e - 2)
_impulses = identity(C).pad(K + A - 2, K + A - 2, axis=2).pad(J + B - 2, J + B - 2, axis=3)
_same = x.pad(floor((c + e - 2) / 2), ceiling((c + e - 2) / 2))


def _biased(signal: SignalExpr) -> SignalExpr:
    return signal.correlate(k).add_bias(_beta).correlate(h).add_bias(_gamma)


def _response(images: SignalExpr) -> SignalExpr:
    """The kernel that answers to an impulse in each channel so."""
    return swapped(images).flip(axis=PLANE)


_IMPULSE = published(
    "collapse_by_impulse_response",
    "A block of layers collapses into one SAME layer whose kernel is the block's response to a "
    "padded impulse, reversed, also with biases.",
    source="https://github.com/ARM-software/sesr (models/model_utils.py, LinearBlock_c)",
    verdict="conditional",
    condition="iff all biases are 0: otherwise they are added to every tap, and the output has "
    "none",
    theorems=(
        holds(
            "layers_eq_their_reversed_impulse_response",
            _same.correlate(k).correlate(h),
            _same.correlate(_impulse.correlate(k).correlate(h).flip()),
            "Two layers without biases are the layer with their reversed impulse response.",
            "The response of correlations to an impulse is their kernel in reverse.",
        ),
        fails(
            "layers_with_biases_eq_their_reversed_impulse_response",
            _biased(_same),
            _same.correlate(_biased(_impulse).flip()),
            "The same with biases.",
            "A layer with a bias is not linear: its response to an impulse holds the bias in "
            "every entry.",
            at={"c": 1, "e": 1, "n": 1},
            condition=false,
        ),
        holds(
            "layers_over_channels_eq_their_reversed_response_to_the_identity",
            image.conv(first, padding=(l, r)).conv(second),
            image.conv(_response(_impulses.conv(first).conv(second)), padding=(l, r)),
            "Over channels, two layers without biases are the layer with their reversed responses "
            "to one impulse in each channel.",
            "Each of them shows the taps that read this channel.",
        ),
        fails(
            "layers_over_channels_with_biases_eq_their_reversed_response",
            image.conv(first, small, padding=(l, r)).conv(second, large),
            image.conv(_response(_impulses.conv(first, small).conv(second, large)), padding=(l, r)),
            "The same with biases.",
            "The biases are added to every tap, and the output has none.",
            at=dict.fromkeys("ABCHJKMNOW", 1) | {"l": 0, "r": 0},
            condition=Or(H + 2 * l <= K + A - 2, W + 2 * r <= J + B - 2),
        ),
        holds(
            "layers_over_channels_with_zero_biases_eq_their_reversed_response",
            image.conv(first, small, padding=(l, r)).conv(second, large),
            image.conv(_response(_impulses.conv(first, small).conv(second, large)), padding=(l, r)),
            "They are where both biases are 0.",
            "They are no biases.",
            given=[small == 0 * small, large == 0 * large],
        ),
        holds(
            "layers_over_channels_with_biases_eq_their_response_without_and_a_bias",
            image.conv(first, small, padding=(l, r)).conv(second, large),
            image.conv(
                _response(_impulses.conv(first).conv(second)),
                large + weighted(second, small),
                padding=(l, r),
            ),
            "With the response of the block without biases, and the bias that it makes of zeros, "
            "they are one layer.",
            "Behind a constant, the second layer adds it up over its taps.",
        ),
    ),
)

_second = Signal("h", c)

_LINEAR_BLOCK = published(
    "collapse_stacked_same_layers",
    "A block of SAME layers with c taps each collapses into one layer with c taps.",
    source="https://github.com/ARM-software/sesr (models/model_utils.py, LinearBlock_e)",
    verdict="conditional",
    condition="true for one layer followed by a 1×1 layer; m layers have m(c − 1) + 1 taps, and "
    "two differ from a layer of that size at the ends, unless c = 1",
    theorems=(
        holds(
            "same_layer_then_pointwise_layer_eq_one_same_layer",
            x.pad_same(c).correlate(k).correlate(w),
            x.pad_same(c).correlate(k.convolve(w)),
            "A SAME layer and a 1×1 layer are one SAME layer with as many taps.",
            "The 1×1 layer multiplies the taps by its weight.",
        ),
        fails(
            "two_layers_collapse_into_the_same_number_of_taps",
            k.convolve(_second).length,
            c,
            "Two layers of c taps collapse into c taps.",
            "They have 2c − 1.",
            at={"c": 2},
            condition=Eq(c, 1),
        ),
        fails(
            "two_same_layers_eq_one_larger_same_layer",
            x.pad_same(c).correlate(k).pad_same(c).correlate(_second),
            x.pad(c - 1, c - 1).correlate(k.convolve(_second)),
            "Two SAME layers of c taps are one SAME layer of 2c − 1 taps.",
            "The second layer reads zeros beyond the first one's output.",
            at={"c": 2, "n": 1},
            condition=Eq(c, 1),
        ),
        holds(
            "any_number_of_layers_has_as_many_times_the_taps",
            repeat(lambda taps: taps.convolve(k), t)(Signal.delta()).length,
            t * (c - 1) + 1,
            "The kernel of m layers of c taps each has m(c − 1) + 1 taps.",
            "Each layer adds c − 1.",
        ),
        fails(
            "any_number_of_3_tap_layers_collapses_into_3_taps",
            repeat(lambda taps: taps.convolve(k3), t)(Signal.delta()).length,
            3,
            "Any number of layers of 3 taps collapses into 3 taps.",
            "Each layer more adds two.",
            at={"t": 2},
            condition=Eq(t, 1),
        ),
        holds(
            "same_layer_over_channels_then_pointwise_layer_eq_one_same_layer",
            image.pad_same((K, J)).conv(first).conv(after),
            image.pad_same((K, J)).conv(composed(after, first)),
            "Over channels, a SAME layer and a 1×1 layer are one SAME layer with as many taps.",
            "The 1×1 layer takes sums of the kernels.",
        ),
    ),
)

MERGING: tuple[Published, ...] = (
    _TWO_LAYERS,
    _STRIDED,
    _CONDITIONS,
    _IMPULSE,
    _LINEAR_BLOCK,
)

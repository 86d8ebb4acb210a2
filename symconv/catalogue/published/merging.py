"""Published statements about merging layers into one."""

from __future__ import annotations

from sympy import And, Eq, Or, Piecewise, Sum, ceiling, false, floor

from symconv.catalogue.published.statements import (
    Published,
    b,
    c,
    d,
    e,
    f,
    fails,
    h,
    h3,
    holds,
    j,
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
    u,
    w,
    x,
)
from symconv.language.signals import Signal, SignalExpr

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
    ),
)

_bias = Signal.from_formula(
    u, b[0] * Sum(k[j], (j, 0, c - 1)), length=x.pad(l, r).correlate(k).length
)
_bias_between = Signal.from_formula(
    u, b[0] * Sum(k[j], (j, 0, c - 1)), length=x.pad(p, p).correlate(k).length
)
_filled = x.correlate(w).add_bias(b).pad(p, q) + Signal.from_formula(
    u, Piecewise((0, And(u >= p, u < p + n)), (b[0], True)), length=n + p + q
)

_BIASED = published(
    "merge_pointwise_layer_with_bias_into_padded_layer",
    "A 1×1 layer with bias b, then a layer with kernel k and zero padding, is one layer whose "
    "bias is b·Σk.",
    source="https://github.com/DingXiaoH/DiverseBranchBlock/issues/9",
    verdict="conditional",
    condition="iff b = 0, or without padding; with a bias, pad before the first layer or pad "
    "what lies between with b",
    theorems=(
        fails(
            "pointwise_layer_with_bias_merges_into_padded_layer",
            x.correlate(w).add_bias(b).pad(p, p).correlate(k),
            x.pad(p, p).correlate(w.convolve(k)) + _bias_between,
            "The bias of a 1×1 layer before a padded layer becomes b·Σk.",
            "The padding comes after the bias: near the ends, taps on the padding see 0, not b.",
            at={"c": 1, "n": 1, "p": 1},
            condition=Eq(p, 0),
            for_all=[n],
        ),
        holds(
            "pointwise_layer_without_bias_merges_into_padded_layer",
            x.correlate(w).pad(l, r).correlate(k),
            x.pad(l, r).correlate(w.convolve(k)),
            "Without a bias the two layers are one.",
            "A multiple of 0 is 0, so padding may come first.",
        ),
        holds(
            "pointwise_layer_with_bias_merges_when_padded_first",
            x.pad(l, r).correlate(w).add_bias(b).correlate(k),
            x.pad(l, r).correlate(w.convolve(k)) + _bias,
            "With a bias they are one when the padding comes before the 1×1 layer.",
            "Then every tap of k sees b once.",
        ),
        holds(
            "pointwise_layer_with_bias_merges_when_padded_with_the_bias",
            _filled.correlate(k),
            x.pad(p, q).correlate(w).add_bias(b).correlate(k),
            "Padding between the layers with b instead of 0 is the same as padding first.",
            "The 1×1 layer makes b of a 0.",
        ),
    ),
    beyond="Several channels; one channel shows what goes wrong and what repairs it.",
)


_g3 = Signal("g", 3)

_SMALL_FILTERS = published(
    "stacked_small_filters_are_one_larger_filter",
    "Two filters of 3 taps are equivalent to one of 5 taps, three to one of 7.",
    source="https://codewithsundeep.com/discussion/solution/51015834, "
    "https://ai.stackexchange.com/questions/5107",
    verdict="conditional",
    condition="the number of taps is right, and so are the values when only the first layer "
    "pads; with padding in each layer the ends differ for every n",
    theorems=(
        holds(
            "merged_kernel_has_the_sum_of_the_taps_less_one",
            k.convolve(h).length,
            c + e - 1,
            "The merged kernel of c and e taps has c + e − 1 taps.",
            "The largest offset is (c − 1) + (e − 1).",
        ),
        holds(
            "three_layers_padded_once_eq_one_7_tap_layer",
            x.pad(l, r).correlate(k3).correlate(h3).correlate(_g3),
            x.pad(l, r).correlate(k3.convolve(h3).convolve(_g3)),
            "Three layers of 3 taps on an input padded once are one of 7 taps.",
            "Offsets of taps add up.",
        ),
        fails(
            "three_padded_layers_eq_one_7_tap_layer_padded_by_3",
            x.pad(1, 1).correlate(k3).pad(1, 1).correlate(h3).pad(1, 1).correlate(_g3),
            x.pad(3, 3).correlate(k3.convolve(h3).convolve(_g3)),
            "Three layers of 3 taps padded by 1 are one of 7 taps padded by 3.",
            "The second and the third layer read zeros beyond the outputs before them.",
            at={"n": 1},
            condition=false,
        ),
    ),
    unsettled="Whether every larger kernel is a product of smaller ones speaks of the existence "
    "of taps, which claims do not: in one dimension every real 5-tap kernel is one, in two "
    "dimensions 18 − 1 < 25 parameters are too few.",
)


_odd = Signal("k", 2 * p + 1)

_BRANCHES = published(
    "merge_parallel_branches",
    "A 3-tap branch padded by 1, a 1×1 branch and the identity add up to one 3-tap layer, whose "
    "kernel is the sum of the kernels put in the middle of 3 taps.",
    source="https://github.com/DingXiaoH/RepVGG/issues/97",
    verdict="true",
    condition="for all lengths and all odd kernels; the identity needs stride 1",
    theorems=(
        holds(
            "three_branches_eq_one_layer",
            x.pad(p, p).correlate(_odd) + x.correlate(w) + x,
            x.pad(p, p).correlate(_odd + w.pad(p, p) + Signal.delta().pad(p, p)),
            "The branches with 2p + 1 taps, one tap and none are one layer with 2p + 1 taps.",
            "A tap in the middle of 2p + 1 taps reads x[u] when the input is padded by p.",
        ),
        holds(
            "two_strided_branches_eq_one_layer",
            x.pad(p, p).correlate(_odd, stride=s) + x.correlate(w, stride=s),
            x.pad(p, p).correlate(_odd + w.pad(p, p), stride=s),
            "With any stride the same holds without the identity.",
            "Both branches have ⌈n/s⌉ outputs and read around x[su].",
        ),
        holds(
            "identity_eq_pointwise_layer_with_weight_1",
            x.correlate(Signal.delta()),
            x,
            "The identity is the 1×1 layer with weight 1.",
            "δ is the unit of the convolution.",
        ),
    ),
    beyond="Several channels.",
)

_beta, _gamma = Signal("b", 1), Signal("g", 1)
_impulse = Signal.delta().pad(c + e - 2, c + e - 2)
_same = x.pad(floor((c + e - 2) / 2), ceiling((c + e - 2) / 2))


def _biased(signal: SignalExpr) -> SignalExpr:
    return signal.correlate(k).add_bias(_beta).correlate(h).add_bias(_gamma)


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
    ),
    beyond="Several channels.",
)

_second = Signal("h", c)

_LINEAR_BLOCK = published(
    "collapse_stacked_same_layers",
    "A block of SAME layers with c taps each collapses into one layer with c taps.",
    source="https://github.com/ARM-software/sesr (models/model_utils.py, LinearBlock_e)",
    verdict="conditional",
    condition="true for one layer followed by a 1×1 layer; two layers have 2c − 1 taps, and differ "
    "from a layer of that size at the ends, unless c = 1",
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
    ),
    unsettled="A symbolic number of layers: two and three are shown.",
)

MERGING: tuple[Published, ...] = (
    _TWO_LAYERS,
    _STRIDED,
    _BIASED,
    _SMALL_FILTERS,
    _BRANCHES,
    _IMPULSE,
    _LINEAR_BLOCK,
)

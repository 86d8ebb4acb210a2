"""Published statements about biases and normalisation before and behind a layer."""

from __future__ import annotations

from sympy import And, Eq, Piecewise, Sum

from symconv.catalogue.published.statements import (
    Published,
    b,
    c,
    fails,
    holds,
    j,
    k,
    l,
    n,
    p,
    published,
    q,
    r,
    s,
    u,
    w,
    x,
)
from symconv.catalogue.published.tensors import (
    PLANE,
    C,
    H,
    J,
    K,
    M,
    N,
    O,
    W,
    before,
    composed,
    image,
    kernel,
    large,
    ones,
    second,
    small,
    weighted,
)
from symconv.language.signals import Signal, SignalExpr
from symconv.language.tensor_functions import einsum

__all__ = ["BIASES"]

_bias = Signal.from_formula(
    u, b[0] * Sum(k[j], (j, 0, c - 1)), length=x.pad(l, r).correlate(k).length
)
_bias_between = Signal.from_formula(
    u, b[0] * Sum(k[j], (j, 0, c - 1)), length=x.pad(p, p).correlate(k).length
)
_filled = x.correlate(w).add_bias(b).pad(p, q) + Signal.from_formula(
    u, Piecewise((0, And(u >= p, u < p + n)), (b[0], True)), length=n + p + q
)

_between = image.conv(before, small).pad(p, p, axis=PLANE)
_frame = ones(H + 2 * p, W + 2 * p) - ones(H, W).pad(p, p, axis=(0, 1))

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
        fails(
            "pointwise_layer_with_bias_over_channels_merges_into_padded_layer",
            image.conv(before, small).conv(second, padding=p),
            image.conv(composed(second, before), weighted(second, small), padding=p),
            "Over channels, a 1×1 layer with biases merges into the padded layer behind it.",
            "Taps on the padding see 0, not the bias.",
            at=dict.fromkeys("ABCHMNOWp", 1),
            condition=Eq(p, 0),
            for_all=[N, C, M, O, H, W],
        ),
        holds(
            "pointwise_layer_without_bias_over_channels_merges_into_padded_layer",
            image.conv(before).conv(second, large, padding=(l, r), stride=s),
            image.conv(composed(second, before), large, padding=(l, r), stride=s),
            "Without a bias between them they are one layer, of any size, stride and padding.",
            "The 1×1 layer makes zeros of zeros.",
        ),
        holds(
            "pointwise_layer_with_zero_bias_over_channels_merges_into_padded_layer",
            image.conv(before, small).conv(second, padding=(l, r)),
            image.conv(composed(second, before), weighted(second, small), padding=(l, r)),
            "Nor does a bias matter that is 0.",
            "It is no bias.",
            given=[small == 0 * small],
        ),
        holds(
            "pointwise_layer_with_bias_over_channels_merges_when_padded_first",
            image.pad(l, r, axis=PLANE).conv(before, small).conv(second, large),
            image.pad(l, r, axis=PLANE).conv(
                composed(second, before), large + weighted(second, small)
            ),
            "With biases they are one when the padding comes before the 1×1 layer.",
            "Then every tap sees the bias once.",
        ),
        holds(
            "pointwise_layer_with_bias_over_channels_merges_when_padded_with_the_bias",
            (_between + einsum("m,hw->mhw", small, _frame)).conv(second, large),
            image.conv(composed(second, before), large + weighted(second, small), padding=p),
            "They are too when the padding between them is the bias of each channel.",
            "The 1×1 layer makes its bias of zeros.",
        ),
    ),
)


_mean, _deviation, _scale, _shift = (Signal(name, C) for name in ("mean", "v", "g", "beta"))
_factor = _scale.multiply(_deviation)
_offset = _shift - _mean.multiply(_factor)
_folded = kernel.multiply(_factor.rearrange("c -> c 1 1"))
_norm_before = image.batch_norm(_mean, _deviation, _scale, _shift)

_behind = [Signal(name, O) for name in ("mean", "v", "g", "beta")]
_factor_behind = _behind[2].multiply(_behind[1])
_folded_behind = kernel.multiply(_factor_behind.rearrange("o -> o 1 1 1"))
_bias_of_layer = Signal("b", O)


def _normalised(layer: SignalExpr) -> SignalExpr:
    mean, deviation, scale, shift = _behind
    return layer.batch_norm(mean, deviation, scale, shift, axis=1)


_NORM = published(
    "fold_batch_norm_into_the_next_layer",
    "A batch norm followed by a convolution can be folded into it; so can one behind it, into the "
    "weights.",
    source="https://github.com/tenstorrent/tt-metal/issues/1355, "
    "https://github.com/tenstorrent/tt-metal/pull/5317",
    verdict="conditional",
    condition="before a layer iff the layer does not pad, or the norm does not shift; behind a "
    "layer always, if the bias is folded too",
    theorems=(
        fails(
            "norm_before_a_padded_layer_folds_into_it",
            _norm_before.conv(kernel, padding=p),
            image.conv(_folded, weighted(kernel, _offset), padding=p),
            "A norm before a layer folds into its weights and a bias, whatever its padding.",
            "The padding comes after the shift: taps on it see 0.",
            at=dict.fromkeys("CHJKNOWp", 1),
            condition=Eq(p, 0),
            for_all=[N, C, O, H, W],
        ),
        holds(
            "norm_before_a_layer_without_padding_folds_into_it",
            _norm_before.conv(kernel, stride=s),
            image.conv(_folded, weighted(kernel, _offset), stride=s),
            "It does where the layer does not pad.",
            "Each tap sees the shift once.",
        ),
        holds(
            "norm_without_shift_folds_into_a_padded_layer",
            image.multiply(_factor.rearrange("c -> c 1 1")).conv(kernel, padding=(l, r), stride=s),
            image.conv(_folded, padding=(l, r), stride=s),
            "It does where the norm only scales, for any padding.",
            "It makes zeros of zeros.",
        ),
        holds(
            "norm_with_zero_shift_folds_into_a_padded_layer",
            _norm_before.conv(kernel, padding=(l, r)),
            image.conv(_folded, weighted(kernel, _offset), padding=(l, r)),
            "It does where its mean is 0 and its shift is.",
            "It then only scales.",
            given=[_mean == 0 * _mean, _shift == 0 * _shift],
        ),
        holds(
            "norm_folds_into_a_layer_when_padded_first",
            image.pad(l, r, axis=PLANE).batch_norm(_mean, _deviation, _scale, _shift).conv(kernel),
            image.conv(_folded, weighted(kernel, _offset), padding=((l, r), (l, r))),
            "It does where the padding comes before the norm.",
            "Then every tap sees the shift.",
        ),
        holds(
            "norm_behind_a_layer_folds_into_weights_and_bias",
            _normalised(image.conv(kernel, _bias_of_layer, padding=(l, r), stride=s)),
            image.conv(
                _folded_behind,
                (_bias_of_layer - _behind[0]).multiply(_factor_behind) + _behind[3],
                padding=(l, r),
                stride=s,
            ),
            "A norm behind a layer folds into its weights and its bias.",
            "It is a scale and a shift of each output channel.",
        ),
        fails(
            "norm_behind_a_layer_folds_into_the_weights",
            _normalised(image.conv(kernel, padding=p)),
            image.conv(_folded_behind, padding=p),
            "A norm behind a layer without bias folds into its weights alone.",
            "The shift is lost.",
            at=dict.fromkeys("CHJKNOW", 1) | {"p": 0},
            condition=(H + 2 * p <= K - 1) | (W + 2 * p <= J - 1),
        ),
    ),
)

BIASES: tuple[Published, ...] = (_BIASED, _NORM)

"""Published statements about padding: SAME padding by hand, continued ends, causal layers."""

from __future__ import annotations

from sympy import And, Eq, Max, Mod, Or, Symbol, ceiling, false, floor

from symconv.arithmetic.symbols import integers
from symconv.catalogue.published.statements import (
    Published,
    c,
    d,
    fails,
    holds,
    k,
    k3,
    m,
    n,
    p,
    published,
    q,
    s,
    x,
)
from symconv.language.signals import SignalExpr

__all__ = ["PADDING"]

_span = integers("D")


def _centred(dilation: int | Symbol = 1) -> SignalExpr:
    """The input padded by d(c − 1) in all, the smaller half on the left, as for stride 1."""
    total = dilation * (c - 1)
    return x.pad(floor(total / 2), total - floor(total / 2))


_SAME = published(
    "same_padding_and_centred_padding",
    "SAME padding has the total max(0, d(c − 1) − (n − 1) mod s); padding by d(c − 1) in all gives "
    "the same output length, and for stride 1 the same values.",
    source="https://github.com/pytorch/pytorch/pull/45667, "
    "https://github.com/pytorch/pytorch/issues/3867",
    verdict="true",
    condition="always; for s > 1 the values agree iff the left amounts do: for s = 2, d = 1 iff c "
    "is even, or c = 1, or n is odd",
    theorems=(
        holds(
            "total_of_same_padding",
            Max(0, (ceiling(n / s) - 1) * s + _span + 1 - n),
            Max(0, _span - Mod(n - 1, s)),
            "The total of SAME padding is max(0, D − (n − 1) mod s), where D = d(c − 1).",
            "(⌈n/s⌉ − 1)s is the largest multiple of s up to n − 1.",
        ),
        holds(
            "centred_padding_gives_same_length",
            _centred(d).correlate(k, stride=s, dilation=d).length,
            ceiling(n / s),
            "Padding by d(c − 1) in all gives the length ⌈n/s⌉, as SAME does.",
            "⌊(n − 1)/s⌋ + 1 = ⌈n/s⌉.",
        ),
        holds(
            "centred_padding_eq_same_padding_for_stride_1",
            _centred(d).correlate(k, dilation=d),
            x.pad_same(c, dilation=d).correlate(k, dilation=d),
            "For stride 1, padding by d(c − 1) in all is SAME padding.",
            "(n − 1) mod 1 is 0.",
        ),
        fails(
            "centred_padding_eq_same_padding_for_stride_2",
            _centred().correlate(k, stride=2),
            x.pad_same(c, stride=2).correlate(k, stride=2),
            "Padding by c − 1 in all gives the values of SAME padding for stride 2.",
            "For even n SAME pads one entry less; for odd c it is missing on the left.",
            at={"c": 3, "n": 2},
            condition=Or(Eq(c, 1), Eq(Mod(c, 2), 0), Eq(Mod(n, 2), 1)),
        ),
        fails(
            "centred_padding_eq_same_padding_for_stride_3",
            _centred().correlate(k, stride=3),
            x.pad_same(c, stride=3).correlate(k, stride=3),
            "Padding by c − 1 in all gives the values of SAME padding for stride 3.",
            "The left amounts have to be equal.",
            at={"c": 3, "n": 2},
            condition=Eq(floor(Max(0, c - 1 - Mod(n - 1, 3)) / 2), floor((c - 1) / 2)),
        ),
        holds(
            "centred_padding_eq_same_padding_for_stride_2_and_even_kernels",
            _centred().correlate(k, stride=2),
            x.pad_same(c, stride=2).correlate(k, stride=2),
            "For stride 2 and even kernels it does.",
            "The entry that SAME leaves out is on the right, where no window reads it.",
            given=[Eq(Mod(c, 2), 0)],
        ),
    ),
)

_total_for_2 = Max(0, c - 1 - Mod(n - 1, 2))
_left_for_2 = floor(_total_for_2 / 2)

_STRIDE_2 = published(
    "same_padding_for_stride_2_by_half_the_kernel",
    "For stride 2, SAME padding is ⌊c/2⌋ − 1 on the left and ⌊c/2⌋ on the right.",
    source="https://github.com/taehoonlee/tensornets/issues/25",
    verdict="conditional",
    condition="the amounts are these iff n + c is odd; the outputs agree also for even n and c, so "
    "for c ≥ 2 iff n is even or c is",
    theorems=(
        fails(
            "stride2_same_layer_eq_layer_padded_by_half_the_kernel",
            x.pad_same(c, stride=2).correlate(k, stride=2),
            x.pad(floor(c / 2) - 1, floor(c / 2)).correlate(k, stride=2),
            "A stride-2 SAME layer pads by ⌊c/2⌋ − 1 and ⌊c/2⌋.",
            "For odd n and c it pads by one more on the left.",
            at={"c": 3, "n": 1},
            condition=Or(Eq(Mod(n, 2), 0), Eq(Mod(c, 2), 0)),
            given=[c >= 2],
        ),
        holds(
            "same_amounts_are_half_the_kernel_iff_n_plus_c_is_odd",
            And(
                Eq(_left_for_2, floor(c / 2) - 1),
                Eq(_total_for_2 - _left_for_2, floor(c / 2)),
            ),
            Eq(Mod(n + c, 2), 1),
            "The amounts themselves are ⌊c/2⌋ − 1 and ⌊c/2⌋ iff n + c is odd.",
            "The total is c − 1 − (n − 1) mod 2.",
            given=[c >= 2],
        ),
    ),
)

_ONE_ZERO = published(
    "same_padding_is_one_zero_on_the_right",
    "For 3 taps and stride 2, one zero on the right and no other padding is SAME padding.",
    source="https://github.com/JonathanCMitchell/mobilenet_v2_keras/issues/5",
    verdict="conditional",
    condition="iff n is even",
    theorems=(
        fails(
            "one_zero_on_the_right_eq_same_padding",
            x.pad(0, 1).correlate(k3, stride=2),
            x.pad_same(3, stride=2).correlate(k3, stride=2),
            "One zero on the right is SAME padding for 3 taps and stride 2.",
            "For odd n SAME pads by one on both sides.",
            at={"n": 1},
            condition=Eq(Mod(n, 2), 0),
        ),
    ),
)


_RESNET = published(
    "padding_by_hand_is_same_then_subsampling",
    "Padding by hand, half of d(c − 1) on each side, and then a strided layer is the SAME layer of "
    "stride 1 with every s-th output kept.",
    source="TensorFlow models, slim/nets/resnet_utils.py, conv2d_same; "
    "https://github.com/tensorflow/models/issues/3953",
    verdict="true",
    condition="for all lengths",
    theorems=(
        holds(
            "centred_strided_layer_eq_downsampled_same_layer",
            _centred(d).correlate(k, stride=s, dilation=d),
            x.pad_same(c, dilation=d).correlate(k, dilation=d).downsample(s),
            "A strided layer padded by ⌊d(c − 1)/2⌋ and the rest is the SAME layer of stride 1, "
            "every s-th output kept.",
            "A stride keeps every s-th output of the layer without it.",
        ),
    ),
)

_REFLECTION = published(
    "reflection_and_replication_of_one_entry",
    "Padding by one reflected entry and by one replicated entry are the same.",
    source="https://github.com/jcjohnson/neural-style/pull/377",
    verdict="false",
    condition="never; what is the same is symmetric padding (the last entry repeated) and "
    "replication, by up to one entry",
    theorems=(
        fails(
            "reflecting_one_entry_eq_replicating_one",
            x.pad(1, 1, "reflect"),
            x.pad(1, 1, "replicate"),
            "Reflecting by one entry is replicating one.",
            "Reflection leaves out the entry at the end: it copies x[1], not x[0].",
            at={"n": 2},
            condition=false,
            given=[n >= 2],
        ),
        holds(
            "symmetric_padding_by_one_eq_replicating_one",
            x.pad(1, 1, "symmetric"),
            x.pad(1, 1, "replicate"),
            "Symmetric padding by one entry is replicating one.",
            "Both copy x[0] and x[n − 1].",
        ),
        fails(
            "symmetric_padding_eq_replication",
            x.pad(p, q, "symmetric"),
            x.pad(p, q, "replicate"),
            "Symmetric padding is replication for any amounts.",
            "The second entry of symmetric padding is x[1].",
            at={"n": 2, "p": 0, "q": 2},
            condition=And(p <= 1, q <= 1),
            given=[n >= p, n >= q],
        ),
    ),
)


def _causal(signal: SignalExpr, stride: int | Symbol = s, dilation: int | Symbol = d) -> SignalExpr:
    left = dilation * (c - 1) + 1 - stride
    return signal.pad(left, stride - 1).correlate(k, stride=stride, dilation=dilation)


def _left_only(
    signal: SignalExpr, stride: int | Symbol = s, dilation: int | Symbol = d
) -> SignalExpr:
    return signal.pad(dilation * (c - 1), 0).correlate(k, stride=stride, dilation=dilation)


_CAUSAL = published(
    "causal_padding_with_stride",
    "A causal layer of stride s and dilated kernel size D pads by D − s and s − 1: then it has "
    "⌈n/s⌉ outputs and output u reads no entry after x[su + s − 1]; padding by D − 1 on the left "
    "alone loses the last entries.",
    source="https://github.com/apple/axlearn/pull/801, https://github.com/apple/axlearn/pull/841, "
    "https://github.com/acids-ircam/cached_conv/issues/10, "
    "https://github.com/lucidrains/audiolm-pytorch/issues/166",
    verdict="true",
    condition="for all lengths (where D < s the left amount crops); the entries lost are the last "
    "(n − 1) mod s",
    theorems=(
        holds(
            "causal_layer_has_same_length",
            _causal(x).length,
            ceiling(n / s),
            "Padding by D − s and s − 1, where D = d(c − 1) + 1, gives ⌈n/s⌉ outputs.",
            "The total is D − 1.",
        ),
        holds(
            "causal_layer_reads_no_later_entries",
            _causal(x.pad(0, s * m - n)),
            _causal(x).pad(0, m - ceiling(n / s)),
            "The first m outputs are those of the first sm entries: output u reads no entry after "
            "x[su + s − 1].",
            "Its last tap reads x[su + D − 1 − (D − s)].",
            given=[s * m <= n],
        ),
        holds(
            "padding_the_left_only_gives_same_length",
            _left_only(x).length,
            ceiling(n / s),
            "Padding by D − 1 on the left alone gives ⌈n/s⌉ outputs too.",
            "The total is D − 1.",
        ),
        holds(
            "padding_the_left_only_never_reads_the_last_entries",
            _left_only(x),
            _left_only(x.pad(0, -Mod(n - 1, s))),
            "With it the last (n − 1) mod s entries are never read: without them the outputs are "
            "the same.",
            "The last output reads up to x[s(⌈n/s⌉ − 1)].",
        ),
        fails(
            "causal_layer_eq_layer_padded_on_the_left_only",
            _causal(x, 2, 1),
            _left_only(x, 2, 1),
            "For stride 2, both paddings give the same outputs.",
            "They read windows that are s − 1 entries apart.",
            at={"c": 1, "n": 1},
            condition=false,
        ),
    ),
)

PADDING: tuple[Published, ...] = (_SAME, _STRIDE_2, _ONE_ZERO, _RESNET, _REFLECTION, _CAUSAL)

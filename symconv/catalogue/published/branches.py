"""Published statements about parallel branches that become one layer."""

from __future__ import annotations

from sympy import Eq, Mod, false, floor

from symconv.catalogue.published.statements import (
    Published,
    a,
    c,
    d,
    fails,
    holds,
    i,
    j,
    l,
    m,
    p,
    published,
    q,
    r,
    s,
    w,
    x,
)
from symconv.catalogue.published.tensors import (
    PLANE,
    C,
    H,
    N,
    O,
    W,
    identity,
    image,
    pointwise,
)
from symconv.language.signals import Signal, SignalExpr, Tensor

__all__ = ["BRANCHES"]

_odd = Signal("k", 2 * p + 1)
_square = Tensor("k", (C, C, 2 * p + 1, 2 * p + 1))
_mixing = Tensor("w", (C, C, 1, 1))
_strided = Tensor("k", (O, C, 2 * p + 1, 2 * p + 1))

_PARALLEL = published(
    "merge_parallel_branches",
    "A 3-tap branch padded by 1, a 1×1 branch and the identity add up to one 3-tap layer, whose "
    "kernel is the sum of the kernels put in the middle of 3 taps.",
    source="https://github.com/DingXiaoH/RepVGG/issues/97",
    verdict="true",
    condition="for all sizes and all odd kernels; the identity needs stride 1, and as many output "
    "channels as input channels",
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
        holds(
            "three_branches_over_channels_eq_one_layer",
            image.conv(_square, padding=p) + image.conv(_mixing) + image,
            image.conv(_square + (_mixing + identity(C)).pad(p, p, axis=PLANE), padding=p),
            "Over channels and along two axes, the three branches are one layer.",
            "The tap in the middle reads x[u, v] of each channel.",
        ),
        holds(
            "two_strided_branches_over_channels_eq_one_layer",
            image.conv(_strided, padding=p, stride=s) + image.conv(pointwise, stride=s),
            image.conv(_strided + pointwise.pad(p, p, axis=PLANE), padding=p, stride=s),
            "Over channels, with any stride and any numbers of channels, the two branches are one.",
            "Both have ⌈H/s⌉ by ⌈W/s⌉ outputs.",
        ),
        holds(
            "identity_eq_pointwise_layer_with_the_identity_matrix",
            image.conv(identity(C)),
            image,
            "The identity is the 1×1 layer with the identity matrix.",
            "Each output channel is the input channel of the same number.",
        ),
    ),
)

_centred = Tensor("k", (O, C, 2 * q + 1, 2 * q + 1))
_any = Tensor("k", (O, C, c, c))
_kernel3 = Tensor("k", (O, C, 3, 3))


def _fits(size: SignalExpr, dilation: int) -> tuple[SignalExpr, SignalExpr]:
    """Both branches, of which the smaller one is padded by p − ⌊c/2⌋."""
    return (
        image.conv(size, padding=p, dilation=dilation),
        image.conv(pointwise, padding=p - floor(c / 2)),
    )


_POSTED_RULE = published(
    "padding_of_pointwise_branch",
    "Beside a branch of c taps, padding p, stride s and dilation d, the 1×1 branch is padded by "
    "p − ⌊c/2⌋ (and crops where that is negative).",
    source="https://github.com/DingXiaoH/RepVGG/issues/24, "
    "https://github.com/DingXiaoH/RepVGG/issues/57",
    verdict="conditional",
    condition="iff c is odd and d = 1, or c = 1; a dilated layer with c odd needs p − d⌊c/2⌋",
    theorems=(
        holds(
            "pointwise_branch_with_less_padding_eq_one_layer",
            image.conv(_centred, padding=l, stride=s, dilation=d)
            + image.conv(pointwise, padding=l - d * q, stride=s),
            image.conv(_centred + pointwise.pad(q, q, axis=PLANE), padding=l, stride=s, dilation=d),
            "For 2q + 1 taps, the 1×1 branch padded by p − dq and the other one are one layer, for "
            "all p, d and s.",
            "The tap in the middle reads dq entries after the first one.",
        ),
        *(
            fails(
                f"pointwise_branch_has_as_many_outputs_for_dilation_{dilation}",
                left.shape[2],
                right.shape[2],
                f"For dilation {dilation}, both branches have as many outputs.",
                "The 1×1 branch is padded by 2⌊c/2⌋ less in all, and its kernel is shorter by "
                "d(c − 1).",
                at=at,
                condition=condition,
                given=[H + 2 * p >= dilation * (c - 1) + 1, H + 2 * p - 2 * floor(c / 2) >= 1],
            )
            for dilation, at, condition in (
                (1, {"H": 1, "c": 2, "p": 1}, Eq(Mod(c, 2), 1)),
                (2, {"H": 1, "c": 3, "p": 2}, c <= 2),
            )
            for left, right in [_fits(_any, dilation)]
        ),
        fails(
            "pointwise_branch_with_the_posted_padding_eq_one_dilated_layer",
            image.conv(_kernel3, padding=p, dilation=2, stride=3)
            + image.conv(pointwise, padding=p - 1, stride=3),
            image.conv(_kernel3 + pointwise.pad(1, 1, axis=PLANE), padding=p, dilation=2, stride=3),
            "For 3 taps, dilation 2 and stride 3, the branch padded by p − 1 merges where it has "
            "as many outputs.",
            "Even then it reads one entry before the tap in the middle.",
            at=dict.fromkeys("CHNOW", 1) | {"p": 2},
            condition=false,
            given=[
                Eq(Mod(H + 2 * p, 3), 2),
                Eq(Mod(W + 2 * p, 3), 2),
                H + 2 * p >= 5,
                W + 2 * p >= 5,
            ],
        ),
    ),
)

_row, _column = Tensor("h", (O, C, 1, 3)), Tensor("v", (O, C, 3, 1))

_CROSS = published(
    "square_row_and_column_branches_are_one_layer",
    "A 3×3 branch padded by p, a 1×3 branch padded by (p − 1, p) and a 3×1 branch padded by "
    "(p, p − 1) are one 3×3 layer, with the small kernels added on the cross.",
    source="arXiv:1908.03930, https://github.com/DingXiaoH/ACNet/issues/3",
    verdict="true",
    condition="for all sizes, strides and amounts of padding; a negative amount crops",
    theorems=(
        holds(
            "square_row_and_column_branches_eq_one_layer",
            image.conv(_kernel3, padding=l, stride=s)
            + image.conv(_row, padding=(l - 1, l), stride=s)
            + image.conv(_column, padding=(l, l - 1), stride=s),
            image.conv(
                _kernel3 + _row.pad(1, 1, axis=2) + _column.pad(1, 1, axis=3),
                padding=l,
                stride=s,
            ),
            "The three branches are one layer.",
            "The row reads one line below the first, which a smaller padding leaves out.",
        ),
        fails(
            "square_and_row_branches_have_one_shape_with_equal_padding",
            image.conv(_kernel3, padding=p).shape[2],
            image.conv(_row, padding=p).shape[2],
            "With the same padding p in each branch they have one shape.",
            "Along the axis where the row has one tap it has two outputs more.",
            at={"H": 1, "p": 0},
            condition=H + 2 * p <= 0,
        ),
    ),
)

_large = Tensor("k", (C, 1, 2 * q + 1, 2 * q + 1))
_small = Tensor("h", (C, 1, 2 * m + 1, 2 * m + 1))
_free = Tensor("h", (C, 1, c, c))
_wide = Tensor("k", (C, 1, 2 * (d * m + a) + 1, 2 * (d * m + a) + 1))
_one_tap = Tensor.from_formula((i, j), 1, shape=(1, 1))[None, None]


def _embedded(rate: int) -> tuple[SignalExpr, SignalExpr]:
    """Two branches, and the layer whose kernel has the small one in its middle, or a part of it."""
    return (
        image.conv(_large, groups=C, padding=q)
        + image.conv(_small, groups=C, dilation=rate, padding=rate * m),
        image.conv(
            _large + _small.dilate(rate, axis=PLANE).pad(q - rate * m, q - rate * m, axis=PLANE),
            groups=C,
            padding=q,
        ),
    )


_DILATED_BRANCH = published(
    "dilated_branch_into_larger_kernel",
    "A dilated depthwise branch with e taps merges into one with c taps: its kernel with zeros "
    "between its taps, E = d(e − 1) + 1 of them, gets ⌊c/2⌋ − ⌊E/2⌋ zeros on both sides.",
    source="https://github.com/AILab-CVC/UniRepLKNet (unireplknet.py, "
    "merge_dilated_into_large_kernel)",
    verdict="conditional",
    condition="for odd c ≥ E always; for c < E the kernel is cropped, and for all sizes it is not "
    "the same",
    theorems=(
        holds(
            "dilated_branch_merges_into_a_kernel_as_large",
            image.conv(_wide, groups=C, padding=d * m + a)
            + image.conv(_small, groups=C, dilation=d, padding=d * m),
            image.conv(
                _wide + _small.dilate(d, axis=PLANE).pad(a, a, axis=PLANE),
                groups=C,
                padding=d * m + a,
            ),
            "A branch with 2m + 1 taps and dilation d and one with 2(dm + a) + 1 taps are one "
            "layer: a zeros go around the dilated kernel.",
            "Both kernels have their middle in the same place.",
        ),
        holds(
            "branch_with_zeros_around_its_kernel_eq_branch",
            image.conv(_free, groups=C, dilation=d, padding=r),
            image.conv(
                _free.dilate(d, axis=PLANE).pad(l - r, l - r, axis=PLANE), groups=C, padding=l
            ),
            "Alone, a branch of any size padded by p is one whose kernel has q − p zeros around "
            "it, padded by q.",
            "A window of zeros reads nothing.",
            given=[l >= r],
        ),
        holds(
            "zeros_between_taps_eq_transposed_layer_with_one_tap",
            _free.conv_transpose(_one_tap, stride=d),
            _free.dilate(d, axis=PLANE),
            "Zeros between the taps are made by a transposed layer of stride d whose kernel is 1.",
            "It puts each tap d entries after the last.",
        ),
        *(
            fails(
                f"branch_of_dilation_{rate}_merges_into_any_kernel",
                *_embedded(rate),
                f"For dilation {rate}, the branch with 2m + 1 taps merges into one with 2q + 1, "
                "cropped if it is larger.",
                "The taps that are cropped have read something in a large image.",
                at=dict.fromkeys("CHNm", 1) | {"W": rate + 1, "q": 0},
                condition=q >= rate * m,
                for_all=[N, C, H, W],
            )
            for rate in (1, 2)
        ),
    ),
)

BRANCHES: tuple[Published, ...] = (_PARALLEL, _POSTED_RULE, _CROSS, _DILATED_BRANCH)

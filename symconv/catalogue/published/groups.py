"""Published statements about groups of channels, and about channels side by side."""

from __future__ import annotations

from typing import Any

from sympy import Eq, Mod, Piecewise, Symbol

from symconv.catalogue.published.statements import (
    Published,
    fails,
    holds,
    i,
    j,
    l,
    published,
    r,
)
from symconv.catalogue.published.tensors import (
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
    image,
    kernel,
)
from symconv.language.signals import SignalExpr, Tensor
from symconv.language.tensor_functions import concatenate, einsum

__all__ = ["GROUPS"]


def _merged_groups(groups: Any, merged: Any, stride: int) -> tuple[SignalExpr, SignalExpr]:
    """A layer with groups·merged groups, and with as many times fewer: zeros fill its kernel."""
    channels, weights = groups * merged * Q, groups * merged * O
    images, weight = Tensor("x", (N, channels, H, W)), Tensor("k", (weights, Q, K, J))
    unit = Piecewise((1, Eq(i, j)), (0, True))
    same_group = Tensor.from_formula((i, j), unit, shape=(merged, merged))
    apart = weight.rearrange("(g m o) q k l -> g m o q k l", g=groups, m=merged)
    filled = einsum("gmoqkl,mn->gmonqkl", apart, same_group)
    wide = filled.rearrange("g m o n q k l -> (g m o) (n q) k l")
    layer = images.conv(weight, groups=groups * merged, stride=stride, padding=(l, r))
    return layer, images.conv(wide, groups=groups, stride=stride, padding=(l, r))


def _merged_in_parts() -> tuple[SignalExpr, SignalExpr]:
    """For symbolic numbers, with output channels by groups, and by the groups merged in each."""
    layer, wide = _merged_groups(G, M, 1)
    parts = "n (g m o) h w -> n g m o h w"
    return layer.rearrange(parts, g=G, m=M), wide.rearrange(parts, g=G, m=M)


_other, _other_kernel = Tensor("y", (N, M, H, W)), Tensor("v", (O, M, K, J))

_MERGED = published(
    "merge_groups_with_zeros",
    "A layer with G groups is one with G/m groups whose kernel is filled with zeros; a sum of "
    "layers is the layer on their inputs side by side, with the kernels side by side.",
    source="TASO, src/core/merge_gconv.cc, verify/verify.py; https://github.com/jiazhihao/TASO",
    verdict="true",
    condition="for all sizes, kernels and amounts of padding (and any m that divides G)",
    theorems=(
        holds(
            "groups_merge_into_fewer",
            *_merged_in_parts(),
            "A layer with Gm groups is one with G groups, with zeros between channels of different "
            "groups; the output channels are told apart by both groups.",
            "Zeros add nothing.",
        ),
        holds(
            "groups_merge_into_one",
            *_merged_groups(1, M, 2),
            "So any number of groups is none, here with stride 2.",
            "Zeros add nothing.",
        ),
        *(
            holds(
                f"layer_with_{groups * merged}_groups_eq_layer_with_{groups}",
                *_merged_groups(groups, merged, 1),
                f"A layer with {groups * merged} groups is one with {groups}.",
                "Zeros add nothing.",
            )
            for groups, merged in ((2, 2), (2, 3), (3, 2))
        ),
        holds(
            "sum_of_layers_eq_layer_on_channels_side_by_side",
            image.conv(kernel, padding=(l, r)) + _other.conv(_other_kernel, padding=(l, r)),
            concatenate([image, _other], axis=1).conv(
                concatenate([kernel, _other_kernel], axis=1), padding=(l, r)
            ),
            "The sum of two layers is the layer on both inputs, side by side as channels.",
            "A layer adds up over its channels.",
        ),
        holds(
            "sum_of_strided_layers_eq_layer_on_channels_side_by_side",
            image.conv(kernel, stride=(2, 3)) + _other.conv(_other_kernel, stride=(2, 3)),
            concatenate([image, _other], axis=1).conv(
                concatenate([kernel, _other_kernel], axis=1), stride=(2, 3)
            ),
            "With strides 2 and 3 too.",
            "A layer adds up over its channels.",
        ),
    ),
)


def _side_by_side(
    groups: tuple[int, int], outputs: tuple[Symbol, Symbol]
) -> tuple[SignalExpr, SignalExpr]:
    """Two grouped layers, their outputs side by side; one layer on both, with all groups."""
    names = ("x", "y"), ("z", "w")
    images = [Tensor(one, (N, g * C, H, W)) for (one, _), g in zip(names, groups, strict=True)]
    kernels = [
        Tensor(other, (g * size, C, 3, 3))
        for (_, other), g, size in zip(names, groups, outputs, strict=True)
    ]
    layers = [
        one.conv(weight, groups=g, padding=1)
        for one, weight, g in zip(images, kernels, groups, strict=True)
    ]
    joined = concatenate(images, axis=1).conv(
        concatenate(kernels, axis=0), groups=sum(groups), padding=1
    )
    return concatenate(layers, axis=1), joined


_JOINED = published(
    "layers_side_by_side_as_one_layer_with_groups",
    "The outputs of two grouped layers, side by side, are the layer with the groups of both on the "
    "inputs and kernels of both.",
    source="TASO, verify/verify.py (an axiom that its authors took out); "
    "https://github.com/jiazhihao/TASO",
    verdict="conditional",
    condition="iff the groups of both layers have as many output channels each",
    theorems=(
        *(
            fails(
                f"layers_of_{one}_and_{other}_groups_join_to_{one + other}",
                *_side_by_side((one, other), (M, O)),
                f"Layers with {one} and {other} groups, of M and O outputs for each of them, are "
                f"one layer with {one + other} groups.",
                "The joined layer has equally many outputs for each group.",
                at=dict.fromkeys("CHMNW", 1) | {"O": least},
                condition=Eq(M, O),
                given=[Eq(Mod(one * M + other * O, one + other), 0)],
            )
            for one, other, least in ((1, 1, 3), (1, 2, 4), (2, 2, 3))
        ),
        holds(
            "two_layers_of_equal_outputs_join_to_a_layer_with_2_groups",
            *_side_by_side((1, 1), (O, O)),
            "Two layers without groups that have as many outputs are one layer with 2 groups.",
            "Each is a group.",
        ),
    ),
    unsettled="Symbolic numbers of groups: joined channels are divided anew, for which no change "
    "of indices is found. That the groups are 1 and 1, 1 and 2, 2 and 2 is shown.",
)

GROUPS: tuple[Published, ...] = (_MERGED, _JOINED)

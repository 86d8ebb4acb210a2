"""Published statements about a kernel as a product of smaller ones."""

from __future__ import annotations

from sympy import false

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
    p,
    published,
    q,
    r,
    s,
    t,
    x,
)
from symconv.catalogue.published.tensors import (
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
    composed,
    first,
    first3,
    image,
    o,
    second,
    second3,
    v,
)
from symconv.language.signals import Signal, SignalExpr, Tensor
from symconv.language.tensor_functions import einsum

__all__ = ["FACTORS"]

_g3 = Signal("g", 3)
_third3 = Tensor("g", (G, O, 3, 3))


def _ending_in(name: str, corner: str) -> SignalExpr:
    """A 3×3 kernel of one channel whose first row is 0, 0 and a tap."""
    rest = Tensor(name, (2, 3)).pad(1, 0, axis=0)
    return rest + Signal(corner, 1).rearrange("a -> 1 a").pad(2, 0, axis=1)


def _second_row(plane: SignalExpr) -> SignalExpr:
    """What begins the second row."""
    tap: SignalExpr = plane[1:2, :1]
    return tap


def _product(one: SignalExpr, other: SignalExpr) -> SignalExpr:
    """The full convolution of two kernels of one channel, along both axes."""
    images, weight = one.rearrange("h w -> 1 h w"), other.rearrange("h w -> 1 1 h w")
    product: SignalExpr = images.conv_transpose(weight)[0]
    return product


_any5 = Tensor("k", (4, 5)).pad(1, 0, axis=0) + Signal("t", 1).rearrange("a -> 1 a").pad(
    4, 0, axis=1
)
_nothing = Tensor.from_formula((o, v), 0, shape=(1, 1))

_SMALL_FILTERS = published(
    "stacked_small_filters_are_one_larger_filter",
    "Two filters of 3 taps are equivalent to one of 5 taps, three to one of 7; so are 3×3 filters "
    "to one of 5×5 and of 7×7, and the other way round.",
    source="https://codewithsundeep.com/discussion/solution/51015834, "
    "https://ai.stackexchange.com/questions/5107",
    verdict="conditional",
    condition="the number of taps is right, and so are the values when only the first layer pads; "
    "with padding in each layer the border differs for every size; not every 5×5 filter is two "
    "3×3 filters",
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
        holds(
            "merged_kernel_over_channels_has_the_sum_of_the_taps_less_one",
            composed(second, first).shape[2],
            K + A - 1,
            "Over channels and along each axis, the merged kernel of K and A taps has K + A − 1.",
            "The largest offset is (K − 1) + (A − 1).",
        ),
        holds(
            "three_3x3_layers_padded_once_eq_one_7x7_layer",
            image.conv(first3, padding=(l, r)).conv(second3).conv(_third3),
            image.conv(composed(_third3, composed(second3, first3)), padding=(l, r)),
            "Over channels, three 3×3 layers on an image padded once are one 7×7 layer.",
            "Offsets of taps add up along each axis.",
        ),
        fails(
            "three_padded_3x3_layers_eq_one_7x7_layer_padded_by_3",
            image.conv(first3, padding=1).conv(second3, padding=1).conv(_third3, padding=1),
            image.conv(composed(_third3, composed(second3, first3)), padding=3),
            "Over channels, three 3×3 layers padded by 1 are one 7×7 layer padded by 3.",
            "The second and the third layer read zeros beyond the outputs before them.",
            at=dict.fromkeys("CGHMNOW", 1),
            condition=false,
        ),
        holds(
            "product_of_3x3_kernels_that_end_in_the_corner_has_a_zero_below",
            _second_row(_product(_ending_in("a", "r"), _ending_in("b", "s"))),
            _nothing,
            "If the first rows of two 3×3 kernels are 0, 0, r and 0, 0, s, then the second row of "
            "their product begins with 0.",
            "It is the sum of products of a first tap of one row and a first tap of the other "
            "kernel's first row, which is 0.",
        ),
        fails(
            "kernels_of_5x5_that_end_in_the_corner_have_a_zero_below",
            _second_row(_any5),
            _nothing,
            "If the first row of a 5×5 kernel is 0, 0, 0, 0, t, then its second row begins with 0.",
            "That tap is any number. Where it is not 0, and t is not, the kernel is no product of "
            "two 3×3 kernels of one channel: their first rows would be factors of t·z⁴ of degree "
            "at most 2, so that they are 0, 0, r and 0, 0, s.",
            at={},
            condition=false,
        ),
    ),
    unsettled="That every real 5-tap kernel is a product of two of 3 taps needs the roots of real "
    "polynomials; claims hold over every commutative ring, and over the rationals it is false.",
)

_rows, _columns = Tensor("k", (M, C, 1, J)), Tensor("h", (O, M, A, 1))
_both = einsum("mcl,omk->ockl", _rows[:, :, 0], _columns[:, :, :, 0])
_outer = einsum("i,j->ij", Signal("c", K), Signal("r", J))
_plane = Tensor("k", (3, 3))


def _products(plane: SignalExpr) -> tuple[SignalExpr, SignalExpr]:
    """k[i, j]·k[i', j'] and k[i, j']·k[i', j], for all of these indices."""
    return einsum("ij,kl->ijkl", plane, plane), einsum("il,kj->ijkl", plane, plane)


_ASYMMETRIC = published(
    "row_filter_then_column_filter_is_a_square_filter",
    "A 1×3 layer and then a 3×1 layer are equivalent to one 3×3 layer.",
    source="https://datascience.stackexchange.com/questions/42932",
    verdict="conditional",
    condition="the two are one layer, with padding in each too; a 3×3 layer of one channel is two "
    "only if its kernel has rank 1",
    theorems=(
        holds(
            "row_layer_then_column_layer_eq_one_layer",
            image.conv(_rows, padding=(0, r)).conv(_columns, padding=(l, 0)),
            image.conv(_both, padding=(l, r)),
            "A layer of one row and then one of one column, each padded along its axis, are one "
            "layer with the outer products, padded along both.",
            "Padding along one axis does not meet the other kernel.",
        ),
        holds(
            "outer_products_have_no_minors",
            *_products(_outer),
            "All minors k[i, j]·k[i', j'] − k[i, j']·k[i', j] of an outer product are 0.",
            "Both products have the same four factors.",
        ),
        fails(
            "square_kernels_have_no_minors",
            *_products(_plane),
            "All minors of a 3×3 kernel are 0, so that a column and a row could make it.",
            "The smallest kernel with a minor is a diagonal one.",
            at={},
            condition=false,
        ),
    ),
)


def _both_strided(between: int) -> SignalExpr:
    rows = image.conv(_rows, stride=(1, 2), padding=(0, q))
    return rows.conv(_columns, stride=(between, 1), padding=(p, 0))


_SEPARATED = published(
    "strided_layer_as_column_and_row_layer",
    "A layer whose kernel has rank 1 is a column layer and a row layer; its stride s becomes "
    "(s, 1) in one and (1, s) in the other.",
    source="https://github.com/apache/mxnet/issues/9337",
    verdict="true",
    condition="for all sizes, strides and amounts of padding, each along its own axis; without one "
    "of the strides, only where that axis has one output or none",
    theorems=(
        holds(
            "strided_row_layer_then_column_layer_eq_one_layer",
            image.conv(_rows, stride=(1, t), padding=(0, r)).conv(
                _columns, stride=(s, 1), padding=(l, 0)
            ),
            image.conv(_both, stride=(s, t), padding=(l, r)),
            "With its stride and padding along its own axis in each of them, a row layer and a "
            "column layer are one layer.",
            "What happens along one axis does not depend on the other.",
        ),
        holds(
            "strided_column_layer_then_row_layer_eq_one_layer",
            image.conv(Tensor("k", (M, C, K, 1)), stride=(s, 1), padding=(l, 0)).conv(
                Tensor("h", (O, M, 1, B)), stride=(1, t), padding=(0, r)
            ),
            image.conv(
                einsum(
                    "mck,oml->ockl",
                    Tensor("k", (M, C, K, 1))[:, :, :, 0],
                    Tensor("h", (O, M, 1, B))[:, :, 0],
                ),
                stride=(s, t),
                padding=(l, r),
            ),
            "So are a column layer and then a row layer.",
            "The kernel is the product of both, summed over the channels between.",
        ),
        fails(
            "row_and_column_layer_keep_one_stride",
            _both_strided(1),
            image.conv(_both, stride=2, padding=(p, q)),
            "For stride 2, the stride may be left out of one of the layers.",
            "It then has more outputs along its axis.",
            at=dict.fromkeys("ACHJMNOW", 1) | {"p": 1, "q": 0},
            for_all=[N, C, M, O],
            condition=H + 2 * p <= A,
        ),
    ),
)

FACTORS: tuple[Published, ...] = (_SMALL_FILTERS, _ASYMMETRIC, _SEPARATED)

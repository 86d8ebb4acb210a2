"""Published statements about rewriting a layer: compilers' rules, dilation, strides, patches."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TypeAlias

from sympy import And, Eq, Expr, Mod, Or, Sum, Symbol, ceiling, floor

from symconv.catalogue.published.statements import (
    Published,
    c,
    d,
    fails,
    h,
    holds,
    j,
    k,
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
from symconv.catalogue.theorems import Theorem
from symconv.language.signals import Signal, SignalExpr

__all__ = ["REWRITING"]

Factor: TypeAlias = int | Symbol


_spread = x.dilate(t)

_FOLD_PADDING = published(
    "fold_padding_of_the_input_into_the_layer",
    "Padding of a layer's input, also between its entries, folds into the layer's padding and "
    "base dilation: the amounts add up.",
    source="https://github.com/ADAPT-uiuc/TensorRight (rules/xla/conv/Main.hs, rule00), "
    "https://github.com/microsoft/onnxscript/issues/2838, https://github.com/apache/tvm/pull/7515",
    verdict="conditional",
    condition="where the padding of the input is not negative; in general, where it leaves "
    "n + l + r ≥ 0 entries, for all n iff no side is cropped first and padded then",
    theorems=(
        holds(
            "padding_folds_into_the_layer",
            _spread.pad(p, q).pad(more_left, more_right).correlate(k, stride=s, dilation=d),
            _spread.pad(p + more_left, q + more_right).correlate(k, stride=s, dilation=d),
            "Padding by amounts that are not negative folds into the padding of the layer, which "
            "may crop, with zeros between the entries too.",
            "Cropping after padding takes away zeros first.",
        ),
        fails(
            "amounts_of_padding_add_up",
            x.pad(l, r).pad(more_left, more_right),
            x.pad(l + more_left, r + more_right),
            "Amounts of either sign add up.",
            "An entry that is cropped and then padded is 0, but the sum keeps it.",
            at={"L": 0, "R": 1, "l": 0, "n": 1, "r": -1},
            condition=And(Or(l >= 0, more_left <= 0), Or(r >= 0, more_right <= 0)),
            for_all=[n],
            given=[n + l + r >= 0],
        ),
        holds(
            "amounts_add_up_where_no_side_is_cropped_then_padded",
            x.dilate(2).pad(l, r).pad(more_left, more_right).correlate(k, stride=2, dilation=3),
            x.dilate(2).pad(l + more_left, r + more_right).correlate(k, stride=2, dilation=3),
            "They do where no side is cropped and then padded, and the input is not cropped by "
            "more than it has.",
            "On each side, all the zeros come first, or there are none.",
            given=[
                Or(l >= 0, more_left <= 0),
                Or(r >= 0, more_right <= 0),
                2 * n - 1 + l + r >= 0,
            ],
        ),
    ),
    beyond="Several dimensions, where the same is done along each of them.",
)


def _swapped(dilation: Factor, spread: Factor, low: Expr, high: Expr, sign: int) -> SignalExpr:
    """The layer whose input is the flipped kernel, and its kernel the flipped input."""
    longer = spread * (n - 1) - dilation * (c - 1)
    padded = k.flip().dilate(dilation).pad(low + longer, high + sign * longer)
    return padded.correlate(x.flip(), dilation=spread)


_SWAP = published(
    "swap_input_and_kernel",
    "Input and kernel, both turned around, may change places; the padding becomes low + D − E and "
    "high + E − D for dilated lengths D of the input and E of the kernel.",
    source="https://github.com/ADAPT-uiuc/TensorRight (rules/xla/conv/Main.hs, rule02, not "
    "verified there)",
    verdict="false",
    condition="iff D = E; with high + D − E always",
    theorems=(
        *(
            fails(
                f"operands_swap_as_stated_for_dilation_{dilation}_base_dilation_{spread}",
                x.dilate(spread).pad(p, q).correlate(k, dilation=dilation),
                _swapped(dilation, spread, p, q, -1),
                f"With dilation {dilation} and base dilation {spread} the rule holds as stated.",
                "The length is right only for D = E.",
                at={"c": 1, "n": 2, "p": 0, "q": 0},
                condition=Eq(spread * (n - 1), dilation * (c - 1)),
            )
            for dilation, spread in ((1, 1), (2, 3))
        ),
        holds(
            "operands_swap",
            x.dilate(t).pad(l, r).correlate(k, dilation=d),
            _swapped(d, t, l, r, 1),
            "Both turned around, input and kernel may change places, if both amounts of padding "
            "grow by the length of the dilated input less that of the dilated kernel.",
            "Σ over i + j, read from the other end.",
        ),
    ),
    beyond="Several channels and dimensions.",
)


def _subsampled(stride: Factor) -> Theorem:
    return holds(
        f"pointwise_layer_of_stride_{stride}_eq_product_after_downsampling",
        x.correlate(w, stride=stride),
        x.downsample(stride).correlate(w),
        "A 1×1 layer with a stride keeps every s-th entry and multiplies.",
        "Entry u of both is w[0]·x[su].",
    )


_POINTWISE = published(
    "pointwise_layer_as_matrix_product",
    "A 1×1 layer is a matrix product, whatever its stride.",
    source="https://github.com/iree-org/iree/pull/2916",
    verdict="conditional",
    condition="iff s = 1 or n = 1 (shown for s = 2 and 3); otherwise keep every s-th entry first",
    theorems=(
        fails(
            "pointwise_layer_of_any_stride_eq_product",
            x.correlate(w, stride=s),
            x.correlate(w),
            "A 1×1 layer of any stride multiplies every entry.",
            "It keeps every s-th only.",
            at={"n": 2, "s": 2},
        ),
        *(
            fails(
                f"pointwise_layer_of_stride_{stride}_eq_product",
                x.correlate(w, stride=stride),
                x.correlate(w),
                f"A 1×1 layer of stride {stride} multiplies every entry.",
                f"It keeps every {stride}-th only.",
                at={"n": 2},
                condition=Eq(n, 1),
            )
            for stride in (2, 3)
        ),
        _subsampled(s),
    ),
    beyond="Several channels.",
)


def _in_phases(signal: SignalExpr, rate: int) -> SignalExpr:
    return Signal.interleave(*(phase.correlate(k) for phase in signal.phases(rate)))


def _by_batches(signal: SignalExpr, length: Expr, rate: int) -> SignalExpr:
    """Pad to a multiple of the rate, a layer on each phase, interleave, crop."""
    missing = Mod(-length, rate)
    return _in_phases(signal.pad(0, missing), rate).pad(0, -missing)


_ATROUS = published(
    "dilated_layer_by_space_to_batch",
    "A dilated layer is the layer without dilation on each phase of the input (space to batch), "
    "the outputs interleaved (batch to space), with the amounts of padding and cropping that "
    "TensorFlow computes; without padding and cropping too.",
    source="https://www.tensorflow.org/api_docs/python/tf/nn/with_space_to_batch; Ascend graph "
    "fusion, SpaceToBatchConv2dBatchToSpacePass",
    verdict="true",
    condition="for all lengths (shown for dilations 2 and 3)",
    theorems=(
        *(
            holds(
                f"space_to_batch_eq_dilation_{rate}",
                _by_batches(x, n, rate),
                x.correlate(k, dilation=rate),
                f"For VALID, pad the input to a multiple of {rate} and crop as much.",
                "Output u reads only entries of phase u mod d.",
            )
            for rate in (2, 3)
        ),
        holds(
            "space_to_batch_with_same_padding_eq_dilation_2",
            _by_batches(x.pad_same(c, dilation=2), n + 2 * (c - 1), 2),
            x.pad_same(c, dilation=2).correlate(k, dilation=2),
            "For SAME, pad by that of the dilated layer first (dilation 2).",
            "The padded input is an input.",
        ),
        *(
            holds(
                f"layer_on_phases_eq_dilation_{rate}",
                _in_phases(x, rate),
                x.correlate(k, dilation=rate),
                f"Without padding and cropping, {rate} phases interleaved, of one length or not, "
                "are the dilated layer.",
                "Output u reads only entries of phase u mod d.",
            )
            for rate in (2, 3)
        ),
    ),
    unsettled="A symbolic dilation, which would be a symbolic number of phases.",
)


_OUTPUT_STRIDE = published(
    "trade_stride_for_dilation",
    "A network keeps its outputs, among s times as many, when a stride s is left out and the next "
    "layer is dilated by s and padded by s times as much.",
    source="https://github.com/speedinghzl/pytorch-segmentation-toolbox/issues/18",
    verdict="true",
    condition="for all lengths and amounts of padding",
    theorems=(
        holds(
            "stride_becomes_dilation_of_the_next_layer",
            x.correlate(k, stride=s).pad(l, r).correlate(h),
            x.correlate(k).pad(s * l, s * r).correlate(h, dilation=s).downsample(s),
            "A stride may be left out, if the next layer gets it as its dilation and s times its "
            "padding: every s-th output is that of the strided layers.",
            "Tap i of the next layer reads s entries further for each i.",
        ),
    ),
)


_EXPANSION = published(
    "dilated_layer_by_kernel_expansion",
    "A dilated layer is a layer without dilation whose kernel has zeros between its taps.",
    source="https://github.com/google/heir/pull/3041",
    verdict="true",
    condition="for all lengths",
    theorems=(
        holds(
            "dilated_layer_eq_layer_with_expanded_kernel",
            x.correlate(k, stride=s, dilation=d),
            x.correlate(k.dilate(d), stride=s),
            "A dilated layer is the layer whose kernel has d − 1 zeros between its taps.",
            "Tap j moves to dj.",
        ),
    ),
)


def _rearranged(size: int) -> SignalExpr:
    """Each phase of the input times its tap, the products added."""
    kernel = Signal("k", size)
    products = (
        phase.correlate(kernel.pad(-tap, tap + 1 - size))
        for tap, phase in enumerate(x.phases(size))
    )
    return reduce(add, products)


def _phases_as_channels(size: int) -> Theorem:
    return holds(
        f"phases_of_{size}_and_linear_map_eq_layer",
        _rearranged(size),
        x.correlate(Signal("k", size), stride=size),
        f"The {size} phases as channels and a linear map are the layer with {size} taps and stride "
        f"{size}.",
        "Entry u of phase j is x[Pu + j].",
        given=[Eq(Mod(n, size), 0)],
    )


_PATCHES = published(
    "patches_and_linear_map_as_strided_layer",
    "Rearranging patches of P entries into channels and a linear map is a layer with P taps and "
    "stride P.",
    source="https://github.com/LabSAINT/SPD-Conv/issues/5, "
    "https://github.com/microsoft/GLIP/issues/40, "
    "https://github.com/lucidrains/vit-pytorch/issues/236, "
    "https://github.com/sgl-project/sglang-omni/pull/132",
    verdict="true",
    condition="where P divides n; otherwise the layer drops the last n mod P entries",
    theorems=(
        holds(
            "linear_map_of_patches_eq_layer",
            Signal.from_formula(u, Sum(k[j] * x[c * u + j], (j, 0, c - 1)), length=floor(n / c)),
            x.correlate(k, stride=c),
            "A linear map of each whole patch of c entries is the layer with c taps and stride c.",
            "Output u is the sum of k[j]·x[cu + j].",
        ),
        holds(
            "layer_on_patches_drops_what_is_left",
            x.correlate(k, stride=c),
            x.pad(0, -Mod(n, c)).correlate(k, stride=c),
            "The layer never reads the last n mod c entries.",
            "The last window ends at c⌊n/c⌋.",
        ),
        *(_phases_as_channels(size) for size in (2, 3, 4)),
        *(
            fails(
                f"layer_has_an_output_for_every_patch_of_{size}",
                x.correlate(Signal("k", size), stride=size).length,
                ceiling(n / size),
                f"The layer has an output for every patch of {size}, the last one in part.",
                "A window that does not fit has no output.",
                at={"n": 1},
                condition=Eq(Mod(n, size), 0),
            )
            for size in (2, 3)
        ),
    ),
    beyond="Several channels and dimensions.",
)

REWRITING: tuple[Published, ...] = (
    _FOLD_PADDING,
    _SWAP,
    _POINTWISE,
    _ATROUS,
    _OUTPUT_STRIDE,
    _EXPANSION,
    _PATCHES,
)

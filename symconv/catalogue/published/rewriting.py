"""Published statements about rules by which compilers rewrite a layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from sympy import And, Eq, Expr, Or, Symbol

from symconv.catalogue.published.statements import (
    Published,
    c,
    d,
    f,
    fails,
    holds,
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
    w,
    x,
)
from symconv.catalogue.published.tensors import (
    PLANE,
    A,
    C,
    G,
    H,
    J,
    K,
    N,
    O,
    Q,
    W,
    image,
    kernel,
    large,
    matrix_of,
    pointwise,
)
from symconv.catalogue.theorems import Theorem
from symconv.language.signals import SignalExpr, Tensor
from symconv.language.tensor_functions import einsum

__all__ = ["REWRITING"]

Factor: TypeAlias = int | Symbol


_spread = x.dilate(t)
_spread_image = image.dilate(t, axis=PLANE)

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
        holds(
            "padding_folds_into_the_layer_along_two_axes",
            _spread_image.pad(p, q, axis=PLANE).conv(
                kernel,
                stride=s,
                dilation=d,
                padding=((more_left, more_right), (more_right, more_left)),
            ),
            _spread_image.conv(
                kernel,
                stride=s,
                dilation=d,
                padding=((p + more_left, q + more_right), (p + more_right, q + more_left)),
            ),
            "Over channels and along two axes, padding by amounts that are not negative folds into "
            "any padding of the layer, with zeros between the entries too.",
            "Along each axis the amounts add up.",
        ),
        fails(
            "amounts_of_padding_along_an_axis_of_an_image_add_up",
            image.pad(l, r, axis=2).conv(kernel, padding=((more_left, more_right), (0, 0))),
            image.conv(kernel, padding=((l + more_left, r + more_right), (0, 0))),
            "Over channels, amounts of either sign add up along an axis.",
            "An entry that is cropped and then padded is 0, but the sum keeps it.",
            at=dict.fromkeys("CHJKNORW", 1) | {"L": 0, "l": 0, "r": -1},
            condition=And(Or(l >= 0, more_left <= 0), Or(r >= 0, more_right <= 0)),
            for_all=[N, C, O, H, W],
            given=[H + l + r >= 0],
        ),
    ),
)


def _swapped(
    dilation: Factor, spread: Factor, low: Expr, high: Expr, sign: int, stride: Factor = 1
) -> SignalExpr:
    """The layer whose input is the flipped kernel, and its kernel the flipped input."""
    longer = spread * (n - 1) - dilation * (c - 1)
    padded = k.flip().dilate(dilation).pad(low + longer, high + sign * longer)
    return padded.correlate(x.flip(), stride=stride, dilation=spread)


def _swapped_image(
    dilation: Factor, spread: Factor, stride: Factor, pads: Sequence[Sequence[Expr]], sign: int = 1
) -> SignalExpr:
    """The same over channels and along two axes; batch and output channels change places too."""
    longer = [spread * (H - 1) - dilation * (K - 1), spread * (W - 1) - dilation * (J - 1)]
    padded = [(low + m, high + sign * m) for m, (low, high) in zip(longer, pads, strict=True)]
    turned = kernel.flip(axis=PLANE).dilate(dilation, axis=PLANE)
    layer = turned.conv(image.flip(axis=PLANE), stride=stride, dilation=spread, padding=padded)
    return layer.rearrange("o n h w -> n o h w")


def _swapped_volumes() -> tuple[SignalExpr, SignalExpr]:
    """A layer in three dimensions, and the one with operands swapped."""
    volume, cube = Tensor("x", (N, C, G, H, W)), Tensor("k", (O, C, A, K, J))
    longer = (G - A, H - K, W - J)
    turned = cube.flip(axis=(2, 3, 4))
    layer = turned.conv(
        volume.flip(axis=(2, 3, 4)), padding=[(l + more, r + more) for more in longer]
    )
    return volume.conv(cube, padding=((l, r),) * 3), layer.rearrange("o n g h w -> n o g h w")


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
        fails(
            "operands_over_channels_swap_as_stated",
            image.conv(kernel, padding=((p, q), (p, q))),
            _swapped_image(1, 1, 1, ((p, q), (p, q)), sign=-1),
            "Over channels and along two axes the rule holds as stated, without dilations.",
            "The sizes are right only for D = E along each axis.",
            at=dict.fromkeys("CHJKNO", 1) | {"W": 2, "p": 0, "q": 0},
            condition=And(Eq(H, K), Eq(W, J)),
        ),
    ),
)

_pads = ((l, r), (more_left, more_right))

_SWAP_WITH_STRIDES = published(
    "swap_input_and_kernel_with_dilations",
    "Input and kernel, both turned around, may change places with their dilations, for any stride; "
    "both amounts of padding grow by the dilated input's size less the dilated kernel's.",
    source="https://github.com/openxla/xla (xla/hlo/transforms/simplifiers/"
    "algebraic_simplifier.cc)",
    verdict="true",
    condition="for all sizes, dilations, strides and amounts of padding",
    theorems=(
        holds(
            "operands_swap_with_strides",
            x.dilate(t).pad(l, r).correlate(k, stride=s, dilation=d),
            _swapped(d, t, l, r, 1, s),
            "Along one axis, with any stride and dilations, they may change places.",
            "Σ over i + j, read from the other end.",
        ),
        holds(
            "operands_over_channels_swap",
            image.dilate(t, axis=PLANE).conv(kernel, dilation=d, padding=_pads),
            _swapped_image(d, t, 1, _pads),
            "Over channels and along two axes, with any dilations, they may change places; the "
            "images of the batch become output channels, and the other way round.",
            "The same along each axis, summed over the channels that come in.",
        ),
        holds(
            "operands_over_channels_swap_with_strides",
            image.dilate(2, axis=PLANE).conv(kernel, stride=s, dilation=3, padding=_pads),
            _swapped_image(3, 2, s, _pads),
            "So they may with any stride (dilation 3, base dilation 2).",
            "A stride keeps every s-th output of both.",
        ),
        holds(
            "operands_of_volumes_swap",
            *_swapped_volumes(),
            "In three dimensions too.",
            "The same along each axis.",
        ),
        holds(
            "strided_layer_over_channels_eq_downsampled_layer",
            image.conv(kernel, stride=s, dilation=d, padding=_pads),
            image.conv(kernel, dilation=d, padding=_pads).downsample(s, axis=PLANE),
            "A stride may come after the layer, so that what holds for stride 1 and all dilations "
            "holds for any stride.",
            "A stride keeps every s-th output of the layer without it.",
        ),
    ),
)


def _subsampled(stride: Factor) -> Theorem:
    return holds(
        f"pointwise_layer_of_stride_{stride}_eq_product_after_downsampling",
        x.correlate(w, stride=stride),
        x.downsample(stride).correlate(w),
        "A 1×1 layer with a stride keeps every s-th entry and multiplies.",
        "Entry u of both is w[0]·x[su].",
    )


def _product(pixels: SignalExpr) -> SignalExpr:
    """The matrix of a 1×1 layer times the channels of each place."""
    return einsum("oc,nchw->nohw", matrix_of(pointwise), pixels)


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
        fails(
            "pointwise_layer_over_channels_of_any_stride_eq_matrix_product",
            image.conv(pointwise, stride=s),
            _product(image),
            "Over channels, a 1×1 layer of any stride multiplies every place by its matrix.",
            "It keeps every s-th row and column only.",
            at=dict.fromkeys("CHNO", 1) | {"W": 2, "s": 2},
        ),
        fails(
            "pointwise_layer_over_channels_of_stride_2_eq_matrix_product",
            image.conv(pointwise, stride=2),
            _product(image),
            "Over channels, a 1×1 layer of stride 2 multiplies every place by its matrix.",
            "It keeps every second row and column only.",
            at=dict.fromkeys("CHNO", 1) | {"W": 2},
            condition=And(Eq(H, 1), Eq(W, 1)),
        ),
        holds(
            "pointwise_layer_over_channels_eq_matrix_product_after_downsampling",
            image.conv(pointwise, stride=s),
            _product(image.downsample(s, axis=PLANE)),
            "With every s-th row and column kept first, it is the product with its matrix.",
            "Each output is a sum over the channels of one place.",
        ),
        holds(
            "pointwise_layer_over_channels_eq_linear_layer",
            image.conv(pointwise, large),
            image.rearrange("n c h w -> n h w c")
            .linear(matrix_of(pointwise), large)
            .rearrange("n h w o -> n o h w"),
            "With stride 1 it is a linear layer along the channels.",
            "Each output is a sum over the channels of one place.",
        ),
    ),
)

_gradient = Tensor("g", (N, O, H, W))

_POINTWISE_BACKWARD = published(
    "gradient_of_pointwise_layer_with_stride",
    "The gradient of a 1×1 layer of stride s by its input is the product with the matrix, put at "
    "every s-th place; the product may come before or after the zeros.",
    source="https://github.com/iree-org/iree/pull/23979",
    verdict="true",
    condition="for all sizes and strides",
    theorems=(
        holds(
            "matrix_product_of_spread_entries_eq_spread_product",
            image.dilate(s, axis=PLANE).conv(pointwise),
            image.conv(pointwise).dilate(s, axis=PLANE),
            "A 1×1 layer may come before or after zeros between the entries.",
            "It makes zeros of zeros.",
        ),
        holds(
            "gradient_of_pointwise_layer_eq_spread_product",
            _gradient.conv_transpose(pointwise, stride=s),
            einsum("oc,nohw->nchw", matrix_of(pointwise), _gradient).dilate(s, axis=PLANE),
            "The transposed 1×1 layer is the product with the transposed matrix, with s − 1 zeros "
            "between its entries.",
            "Each entry of g goes to one place.",
        ),
    ),
)

_row = Tensor("x", (N, G * Q, W))
_taps = Tensor("k", (G * O, Q, K))
_one_group, _one_kernel = Tensor("x", (N, C, W)), Tensor("k", (O, C, K))


def _as_image(signal: SignalExpr) -> SignalExpr:
    """An axis of one entry before the last one."""
    return signal.rearrange("n c w -> n c 1 w")


_UNIT_HEIGHT = published(
    "one_dimensional_layer_as_two_dimensional",
    "A layer along one axis is a layer along two on images of height 1, with stride, padding, "
    "dilation and groups.",
    source="https://github.com/pytorch/executorch/pull/21896, "
    "https://github.com/ml-explore/mlx/issues/2190",
    verdict="true",
    condition="for all sizes and arguments; the new axis is not padded, its stride and dilation "
    "make no difference",
    theorems=(
        holds(
            "layer_along_one_axis_eq_layer_on_images_of_height_1",
            _row.conv(_taps, stride=s, padding=((l, r),), dilation=d, groups=G),
            _as_image(_row).conv(
                _as_image(_taps),
                stride=(t, s),
                padding=((0, 0), (l, r)),
                dilation=(f, d),
                groups=G,
            )[:, :, 0],
            "With any stride t and dilation f along the new axis, the two are the same.",
            "There is one window along the new axis, of one entry.",
        ),
        fails(
            "layer_along_one_axis_eq_layer_padded_along_both",
            _as_image(_one_group.conv(_one_kernel, padding=p)),
            _as_image(_one_group).conv(_as_image(_one_kernel), padding=p),
            "The padding may be for both axes.",
            "Then there are 2p more rows.",
            at=dict.fromkeys("CKNOWp", 1),
            condition=Eq(p, 0),
        ),
    ),
)


REWRITING: tuple[Published, ...] = (
    _FOLD_PADDING,
    _SWAP,
    _SWAP_WITH_STRIDES,
    _POINTWISE,
    _POINTWISE_BACKWARD,
    _UNIT_HEIGHT,
)

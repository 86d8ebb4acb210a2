"""TensorRight's rules for XLA's convolution, for stride 1 as stated there and for all strides."""

from __future__ import annotations

from sympy import And, Eq, Expr, Or

from symconv.arithmetic.symbols import integers
from symconv.catalogue.published.statements import Published, fails, holds, published
from symconv.catalogue.suites.shapes import (
    C,
    H,
    K,
    L,
    N,
    O,
    W,
    a,
    b,
    d,
    e,
    f,
    g,
    l,
    m,
    n,
    p,
    q,
    r,
    s,
    smallest,
    t,
    w,
    x,
)
from symconv.language.signals import SignalExpr, Tensor
from symconv.language.tensor_functions import einsum

__all__ = ["STATEMENTS"]

_PLACE = "https://github.com/ADAPT-uiuc/TensorRight (rules/xla/conv/Main.hs, "
_MORE_AXES = "Any number of spatial axes: here there are two, or one where that is all it takes."

_amounts = ((l, r), (a, b))
_line, _taps = Tensor("x", (N, C, W)), Tensor("w", (O, C, K))
_one_output = {**dict.fromkeys("CKNOW", 1)}


def _spread(tensor: SignalExpr, rows: Expr | int, columns: Expr | int) -> SignalExpr:
    """A tensor dilated along rows and columns."""
    return tensor.dilate(rows, axis=2).dilate(columns, axis=3)


_padded = _spread(x, f, g).pad(p, q, axis=2).pad(m, n, axis=3)
_summed = ((p + l, q + r), (m + a, n + b))

_PAD = published(
    "tensorright_pad_into_convolution",
    "Padding of the input, between its entries too, goes into the convolution: low and high add "
    "up, and interior padding by i is an input dilation by i + 1; for low and high of both that "
    "are not negative, and stride 1.",
    source=f"{_PLACE}rule00)",
    verdict="true",
    condition="always, for all strides, and for any padding of the convolution; where the input "
    "itself is cropped, along one axis, iff the convolution does not pad at this edge, or there "
    "are no outputs",
    theorems=(
        holds(
            "tensorright_padding_goes_into_the_convolution",
            _padded.conv(w, padding=_amounts, dilation=(d, e)),
            _spread(x, f, g).conv(w, padding=_summed, dilation=(d, e)),
            "Padding that is not negative goes into a convolution of stride 1 with any padding.",
            "The convolution may crop, which takes away zeros first.",
        ),
        holds(
            "tensorright_padding_goes_into_the_convolution_for_all_strides",
            _padded.conv(w, padding=_amounts, dilation=(d, e), stride=(s, t)),
            _spread(x, f, g).conv(w, padding=_summed, dilation=(d, e), stride=(s, t)),
            "It does for all strides.",
            "A stride picks outputs of the one and of the other.",
        ),
        fails(
            "tensorright_padding_of_either_sign_goes_into_the_convolution",
            _line.pad(l, 0, axis=2).conv(_taps, padding=((a, 0),)),
            _line.conv(_taps, padding=((l + a, 0),)),
            "Padding of either sign, at the left edge, goes into the convolution.",
            "An entry that is cropped and then padded is 0; the sum of both keeps it.",
            at={**_one_output, "a": 1, "l": -1},
            condition=Or(Eq(N, 0), a <= 0, l >= 0, W + l + a < K),
            given=[W + l >= 0],
        ),
    ),
    unsettled=_MORE_AXES,
)

_WEIGHTS = published(
    "tensorright_interior_padding_of_weights",
    "Interior padding of the weights goes into the convolution as their dilation, for stride 1.",
    source=f"{_PLACE}rule01)",
    verdict="true",
    condition="always, and for all strides, where interior padding by i is a dilation by i + 1, as "
    "in the rule for the input; were it a dilation by i, then along each axis iff there is one "
    "tap, or no output with either",
    theorems=(
        holds(
            "tensorright_interior_padding_of_weights_is_dilation",
            _spread(x, f, g).conv(_spread(w, d, e), padding=_amounts),
            _spread(x, f, g).conv(w, padding=_amounts, dilation=(d, e)),
            "Weights with d − 1 and e − 1 zeros between them are weights dilated by d and e.",
            "Both have the same taps at the same places.",
        ),
        holds(
            "tensorright_interior_padding_of_weights_is_dilation_for_all_strides",
            _spread(x, f, g).conv(_spread(w, d, e), padding=_amounts, stride=(s, t)),
            _spread(x, f, g).conv(w, padding=_amounts, dilation=(d, e), stride=(s, t)),
            "They are for all strides.",
            "The stride has no part in it.",
        ),
        fails(
            "tensorright_two_zeros_between_weights_are_dilation_by_two",
            x.conv(_spread(w, 3, 3)),
            x.conv(w, dilation=2),
            "Interior padding by 2 is a dilation by 2.",
            "A dilation by 2 puts one zero between the taps.",
            at={**smallest(L=2), "H": 0, "N": 0, "W": 3},
            condition=And(Or(Eq(K, 1), H < 2 * K - 1), Or(Eq(L, 1), W < 2 * L - 1)),
        ),
    ),
    unsettled=_MORE_AXES,
)

_images, _rows, _columns = integers("N H W", positive=True)
_image = Tensor("x", (_images, C, _rows, _columns))
_low_high = ((p, q), (m, n))


def _swapped(
    longer: tuple[Expr, Expr],
    sign: int,
    *,
    stride: tuple[Expr | int, Expr | int] = (1, 1),
    inner: tuple[Expr | int, Expr | int] = (1, 1),
    outer: tuple[Expr | int, Expr | int] = (1, 1),
) -> SignalExpr:
    """The convolution whose input are the reversed weights, and its weights the reversed input.

    Args:
        longer: by how much the dilated input is longer than the dilated weights.
        sign: whether the padding behind grows by that, as the one before does, or shrinks.
        stride: along rows and columns.
        inner: the dilation of the weights.
        outer: that of the input.
    """
    pads = [(p + z, q + sign * z) for (p, q), z in zip(_low_high, longer, strict=True)]
    reversed_ = _spread(w.flip(axis=(2, 3)), *inner)
    layer = reversed_.conv(_image.flip(axis=(2, 3)), padding=pads, stride=stride, dilation=outer)
    return layer.rearrange("o n h w -> n o h w")


_longer = (_rows - K, _columns - L)
_dilated = (f * (_rows - 1) - d * (K - 1), g * (_columns - 1) - e * (L - 1))
_by_numbers = (3 * (_rows - 1) - 2 * (K - 1), _columns - 1 - 3 * (L - 1))

_SWAP = published(
    "tensorright_swapped_operands",
    "Input and weights change places, both reversed; with D for the size of the dilated input and "
    "E for that of the dilated weights, low becomes low + D − E, and high becomes high + E − D.",
    source=f"{_PLACE}rule02, commented out there)",
    verdict="conditional",
    condition="iff D = E along every axis; with high + D − E always, for all strides and dilations",
    theorems=(
        fails(
            "tensorright_operands_change_places_as_stated",
            _image.conv(w, padding=_low_high),
            _swapped(_longer, -1),
            "Operands change places as stated, without dilation.",
            "The size is right only for D = E: behind, the padding has to grow as it does before.",
            at={**smallest(H=1, N=1, W=2), **dict.fromkeys("pqmn", 0)},
            condition=And(Eq(_rows, K), Eq(_columns, L)),
        ),
        fails(
            "tensorright_dilated_operands_change_places_as_stated",
            _spread(_image, 3, 1).conv(w, padding=_low_high, dilation=(2, 3)),
            _swapped(_by_numbers, -1, inner=(2, 3), outer=(3, 1)),
            "They do with the input dilated by 3 and 1, and the weights by 2 and 3.",
            "The size is right only for D = E.",
            at={**smallest(H=1, N=1, W=2), **dict.fromkeys("pqmn", 0)},
            condition=And(
                Eq(3 * (_rows - 1), 2 * (K - 1)),
                Eq(_columns - 1, 3 * (L - 1)),
            ),
        ),
        holds(
            "tensorright_operands_change_places",
            _spread(_image, f, g).conv(w, padding=_low_high, dilation=(d, e), stride=(s, t)),
            _swapped(_dilated, 1, stride=(s, t), inner=(d, e), outer=(f, g)),
            "Operands change places for all strides and dilations, if high becomes high + D − E.",
            "Read from its other end, the sum over the taps is one over the entries of the input.",
        ),
    ),
    unsettled=_MORE_AXES,
)

_whole = Tensor("x", (N, C, K, W))
_column = Tensor("w", (O, C, K, 1))
_product = einsum("nctw,oct->now", _whole, _column[:, :, :, 0]).rearrange("n o w -> n o 1 w")


def _at_stride(stride: int) -> tuple[SignalExpr, SignalExpr]:
    """A convolution with a stride along the axis of one tap, and the product that it is."""
    return (
        _whole.conv(_column, stride=(1, stride)),
        _product.downsample(stride, axis=3),
    )


_DOT = published(
    "tensorright_convolution_into_dot",
    "A convolution with weights as long as the input along some spatial axes, and of one tap along "
    "the others, without padding and with stride 1, is a product of matrices.",
    source=f"{_PLACE}rule03)",
    verdict="true",
    condition="always; with a stride along the others, of the entries that it keeps",
    theorems=(
        holds(
            "tensorright_convolution_is_a_dot",
            _whole.conv(_column),
            _product,
            "One output along the first axis, and a product for each entry along the second.",
            "The sum over the first axis is a contraction.",
        ),
        *(
            holds(
                f"tensorright_convolution_of_stride_{stride}_is_a_dot",
                *_at_stride(stride),
                f"With stride {stride} along the second axis, every {word} product is kept.",
                f"Entry u of both is about x[…, {stride}u].",
            )
            for stride, word in ((2, "second"), (3, "third"))
        ),
    ),
    unsettled="Any number of axes of both kinds: here there is one of each; symbolic strides, "
    "which are decided from 1 to 6 only.",
)

STATEMENTS: tuple[Published, ...] = (_PAD, _WEIGHTS, _SWAP, _DOT)
"""The rules, by their numbers."""

"""What the tests of XLA's algebraic simplifier state about convolutions.

Pads and windows are written as there, with one part for each axis: `1_2x3_4` pads an axis by 1
and 2 and the next one by 3 and 4, a third amount is that of zeros between the entries;
`lhs_dilate=4x7` spreads the input, and `rhs_dilate=4x7` the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import And, Eq, Expr, Mod, Or, Piecewise, false
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.symbols import integers
from symconv.catalogue.published.statements import Outcome, Published, fails, holds, published
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
    c,
    d,
    e,
    f,
    g,
    i,
    j,
    l,
    m,
    n,
    o,
    p,
    q,
    r,
    s,
    smallest,
    t,
    w,
    x,
)
from symconv.catalogue.theorems import Theorem
from symconv.language.signals import Signal, SignalExpr, Tensor
from symconv.language.tensor_functions import einsum

__all__ = ["STATEMENTS"]

_PLACE = "https://github.com/openxla/xla (algebraic_simplifier_test.cc, "
_OF_INPUTS = f"{_PLACE}ConvInputPaddingTest)"
_OF_KERNELS = f"{_PLACE}ConvFilterPaddingTest)"
_OTHERS = f"{_PLACE}further tests of convolutions)"

_kernel = Tensor("w", (K, L, C, O))
"""A kernel in the order of XLA's tests: rows, columns, input channels, output channels."""
_value = Signal("v", 1)
_around = Tensor.from_formula(
    (o, c, i, j),
    Piecewise((0, And(i >= 1, i <= H, j >= 2, j <= W + 1)), (_value[0], True)),
    shape=(N, C, H + 2, W + 4),
)
_between = Tensor.from_formula(
    (i, j, c, o), Piecewise((0, Eq(Mod(i, 6), 0)), (_value[0], True)), shape=(6 * K - 5, L, C, O)
)
"""A value around an input, and between the rows of a kernel."""
_longer = Tensor("w", (O, C + 1, K, L))
_nothing = smallest(H=0, N=0, W=0)


def _amounts(text: str) -> list[list[int]]:
    """The amounts for each axis."""
    return [[int(amount) for amount in axis.split("_")] for axis in text.split("x")]


def _padded(tensor: SignalExpr, pad: str) -> SignalExpr:
    """A tensor with zeros between its entries, and around them."""
    for axis, (low, high, *between) in enumerate(_amounts(pad)):
        spread = tensor.dilate(1 + sum(between), axis=axis) if any(between) else tensor
        tensor = spread.pad(low, high, axis=axis) if low or high else spread
    return tensor


def _convolved(image: SignalExpr, kernel: SignalExpr, window: str) -> SignalExpr:
    """A convolution with a window; the input is dilated first, and padded then."""
    said = dict(part.split("=") for part in window.split())
    for axis, (factor,) in enumerate(_amounts(said.get("lhs_dilate", "1x1")), start=2):
        image = image.dilate(factor, axis=axis) if factor != 1 else image
    pads = [(low, high) for low, high in _amounts(said.get("pad", "0_0x0_0"))]
    dilation = [factor for (factor,) in _amounts(said.get("rhs_dilate", "1x1"))]
    return image.conv(kernel, padding=pads, dilation=dilation)


def _in_order(kernel: SignalExpr) -> SignalExpr:
    """A kernel of XLA's order as layers have it."""
    return kernel.rearrange("h w i o -> o i h w")


def _folded(
    topic: str,
    what: str,
    sides: tuple[SignalExpr, SignalExpr],
    why: str,
    *,
    source: str,
    is_refused: bool,
    verdict: Outcome = "true",
    at: Mapping[str, int] | None = None,
    condition: Boolean | None = None,
    said: str = "always",
    also: Sequence[Theorem] = (),
) -> Published:
    """That a pad folds into a window: true, or false at the smallest sizes that are given."""
    name = f"{topic}_folds"
    if at is None:
        main = holds(name, *sides, f"{what}.", why)
    else:
        main = fails(name, *sides, f"{what}.", why, at=at, condition=condition)
    return published(
        topic,
        f"{what}{', which XLA refuses' * is_refused}.",
        source=source,
        verdict=verdict,
        condition=said,
        theorems=(main, *also),
    )


def _input(topic: str, pad: str, window: str, new: str, why: str, **others: Any) -> Published:
    """A pad of the input before a window is a new window."""
    before = f" before the window {{{window}}}" if window else ""
    return _folded(
        f"xla_input_{topic}",
        f"The pad {pad} of the input{before} folds into the window {{{new}}}",
        (_convolved(_padded(x, pad), w, window), _convolved(x, w, new)),
        why,
        source=_OF_INPUTS,
        **{"is_refused": False, **others},
    )


def _of_kernel(topic: str, pad: str, window: str, new: str, why: str, **others: Any) -> Published:
    """A pad of the kernel, for a window, is a new window."""
    with_window = f" with the window {{{window}}}" if window else ""
    return _folded(
        f"xla_kernel_{topic}",
        f"The pad {pad} of the kernel{with_window} folds into the window {{{new}}}",
        (
            _convolved(x, _in_order(_padded(_kernel, pad)), window),
            _convolved(x, _in_order(_kernel), new),
        ),
        why,
        source=_OF_KERNELS,
        **{"is_refused": False, **others},
    )


def _of_features(
    topic: str,
    what: str,
    features: Expr,
    sides: tuple[SignalExpr, SignalExpr],
    sliced: str,
    *,
    source: str,
    verdict: Outcome = "false",
    at: int = 1,
    condition: Boolean = false,
    said: str = "never",
) -> Published:
    """A pad along the features that are summed over: input and kernel have to have as many."""
    return published(
        topic,
        f"{what} folds into a window, which XLA refuses.",
        source=source,
        verdict=verdict,
        condition=f"{said}, because the numbers of features differ; a slice of {sliced} does it",
        theorems=(
            fails(
                f"{topic}_keeps_their_number",
                features,
                C,
                f"{what} leaves C features, as a window would.",
                "There are more, and input and kernel do not fit without it.",
                at={"C": at},
                condition=condition,
            ),
            holds(
                f"{topic}_is_a_slice",
                *sides,
                f"{what} is a slice of {sliced}: the features that meet zeros are left out.",
                "Products with zeros are 0.",
            ),
        ),
    )


_AMOUNTS_ADD_UP = "Zeros around zeros are zeros: the amounts add up."
_SPREAD = "Zeros between the entries are what a dilation puts there."
_EACH_AXIS = "Each axis is folded by itself, the dilation first and the padding behind it."
_EMPTY = "iff H ≥ 1 or K ≥ 3: of an empty input, two zeros stand where one zero was dilated"

_INPUTS = (
    _input("padding", "0_0x0_0x1_1x2_2", "", "pad=1_1x2_2", _AMOUNTS_ADD_UP),
    _input(
        "padding_of_padded_window",
        "0_0x0_0x1_2x3_4",
        "pad=10_10x20_20",
        "pad=11_12x23_24",
        _AMOUNTS_ADD_UP,
    ),
    _input(
        "padding_around_and_between",
        "0_0x0_0x1_2_3x4_5_6",
        "",
        "pad=1_2x4_5 lhs_dilate=4x7",
        _SPREAD,
    ),
    _input(
        "padding_between_beside_dilation",
        "0_0x0_0x0_0_1x0_0_0",
        "lhs_dilate=1x10",
        "lhs_dilate=2x10",
        _EACH_AXIS,
    ),
    _input(
        "padding_beside_padding_and_dilation",
        "0_0x0_0x0_1_1x0_0_0",
        "pad=0_0x3_0 lhs_dilate=1x10",
        "pad=0_1x3_0 lhs_dilate=2x10",
        _EACH_AXIS,
    ),
    _folded(
        "xla_input_padding_of_another_value",
        "The pad 0_0x0_0x1_1x2_2 of the input with any value v folds into the window {pad=1_1x2_2}",
        (
            (_padded(x, "0_0x0_0x1_1x2_2") + _around).conv(w),
            _convolved(x, w, "pad=1_1x2_2"),
        ),
        "A window pads with zeros; the outputs at the border have v times a sum of taps more.",
        source=_OF_INPUTS,
        is_refused=True,
        verdict="false",
        at=smallest(H=0, N=1, W=0),
        condition=Or(Eq(N, 0), H + 2 < K, W + 4 < L),
        said="iff there are no outputs",
    ),
    _input(
        "padding_between_of_window_padded_before",
        "0_0x0_0x0_0_1x0_0",
        "pad=1_0x0_0",
        "pad=1_0x0_0 lhs_dilate=2x1",
        "A window dilates first and pads then.",
        is_refused=True,
    ),
    _input(
        "padding_between_of_window_padded_behind",
        "0_0x0_0x0_0_1x0_0",
        "pad=0_1x0_0",
        "pad=0_1x0_0 lhs_dilate=2x1",
        "A window dilates first and pads then.",
        is_refused=True,
    ),
    _input(
        "padding_between_of_dilated_window",
        "0_0x0_0x0_0_1x0_0",
        "lhs_dilate=2x1",
        "lhs_dilate=4x1",
        "A dilation by 2 of a dilation by 2 is one by 4.  XLA's tests refuse it twice.",
        is_refused=True,
    ),
    _input(
        "padding_before_of_dilated_window",
        "0_0x0_0x1_0_0x0_0",
        "lhs_dilate=2x1",
        "pad=2_0x0_0 lhs_dilate=2x1",
        "A zero before an entry is two zeros once it is dilated; alone, it is still one.",
        is_refused=True,
        verdict="conditional",
        at=_nothing,
        condition=Or(H >= 1, K >= 3),
        said=_EMPTY,
    ),
    _input(
        "padding_behind_of_dilated_window",
        "0_0x0_0x0_1_0x0_0",
        "lhs_dilate=2x1",
        "pad=0_2x0_0 lhs_dilate=2x1",
        "A zero behind an entry is two zeros once it is dilated; alone, it is still one.",
        is_refused=True,
        verdict="conditional",
        at=_nothing,
        condition=Or(H >= 1, K >= 3),
        said=_EMPTY,
        also=(
            holds(
                "xla_input_padding_of_any_dilated_window_folds",
                x.pad(p, q, axis=2).dilate(s, axis=2).conv(w, dilation=(d, e)),
                x.dilate(s, axis=2).pad(s * p, s * q, axis=2).conv(w, dilation=(d, e)),
                "Padding by p and q before a dilation by s is padding by s·p and s·q behind it, "
                "of an input that is not empty.",
                "Every zero is followed, or preceded, by s − 1 more.",
                given=[H >= 1],
            ),
        ),
    ),
    _folded(
        "xla_input_padding_of_batch",
        "The pad 1_0x0_0x0_0x0_0 of the input folds into a window",
        (_padded(x, "1_0x0_0x0_0x0_0").conv(w), x.conv(w)),
        "No window makes an output for one image more.",
        source=_OF_INPUTS,
        is_refused=True,
        verdict="false",
        at=_nothing,
        condition=false,
        said="never; the output is what can be padded",
        also=(
            holds(
                "xla_input_padding_of_batch_is_padding_of_the_output",
                _padded(x, "1_0x0_0x0_0x0_0").conv(w),
                x.conv(w).pad(1, 0, axis=0),
                "An image of zeros before all others gives outputs of zeros before all others.",
                "Each image has its own outputs.",
            ),
        ),
    ),
    _of_features(
        "xla_input_padding_of_features",
        "The pad 0_0x1_0x0_0x0_0 of the input",
        _padded(x, "0_0x1_0x0_0x0_0").shape[1],
        (_padded(x, "0_0x1_0x0_0x0_0").conv(_longer), x.conv(_longer[:, 1:])),
        "the kernel",
        source=_OF_INPUTS,
    ),
)


_more_features = Tensor("x", (N, C + 1, H, W))
_spread_features = Tensor("x", (N, 2 * C - 1, H, W))
_unfolded = x.conv(_in_order(_kernel))


def _of_outputs(topic: str, pad: str, padded: SignalExpr, **others: Any) -> Published:
    """A pad of the kernel along its output features: a window has no say in these."""
    kernel = _in_order(_padded(_kernel, pad))
    return _folded(
        f"xla_kernel_{topic}",
        f"The pad {pad} of the kernel folds into a window",
        (x.conv(kernel), _unfolded),
        "The output has more features, and no window makes these.",
        source=_OF_KERNELS,
        is_refused=True,
        also=(
            holds(
                f"xla_kernel_{topic}_is_padding_of_the_output",
                x.conv(kernel),
                padded,
                "It is the same padding of the output.",
                "Each output feature has its own part of the kernel.",
            ),
        ),
        **others,
    )


_CROPPED = "A zero at an edge of the kernel passes over an entry that a crop takes away."
_TWICE = "A dilation of a dilated kernel is one by the product."

_KERNELS = (
    _of_features(
        "xla_kernel_padding_before_input_features",
        "The pad 0_0x0_0x1_0_0x0_0 of the kernel",
        _padded(_kernel, "0_0x0_0x1_0_0x0_0").shape[2],
        (
            _more_features.conv(_in_order(_padded(_kernel, "0_0x0_0x1_0_0x0_0"))),
            _more_features[:, 1:].conv(_in_order(_kernel)),
        ),
        "the input",
        source=_OF_KERNELS,
    ),
    _of_features(
        "xla_kernel_padding_behind_input_features",
        "The pad 0_0x0_0x0_1_0x0_0 of the kernel",
        _padded(_kernel, "0_0x0_0x0_1_0x0_0").shape[2],
        (
            _more_features.conv(_in_order(_padded(_kernel, "0_0x0_0x0_1_0x0_0"))),
            _more_features[:, :-1].conv(_in_order(_kernel)),
        ),
        "the input",
        source=_OF_KERNELS,
    ),
    _of_features(
        "xla_kernel_padding_between_input_features",
        "The pad 0_0x0_0x0_0_1x0_0 of the kernel",
        _padded(_kernel, "0_0x0_0x0_0_1x0_0").shape[2],
        (
            _spread_features.conv(_in_order(_padded(_kernel, "0_0x0_0x0_0_1x0_0"))),
            _spread_features[:, ::2].conv(_in_order(_kernel)),
        ),
        "the input",
        source=_OF_KERNELS,
        verdict="conditional",
        at=2,
        condition=Eq(C, 1),
        said="iff C = 1, otherwise never",
    ),
    _of_outputs(
        "padding_before_output_features",
        "0_0x0_0x0_0x1_0_0",
        _unfolded.pad(1, 0, axis=1),
        verdict="false",
        at=_nothing,
        condition=false,
        said="never",
    ),
    _of_outputs(
        "padding_behind_output_features",
        "0_0x0_0x0_0x0_1_0",
        _unfolded.pad(0, 1, axis=1),
        verdict="false",
        at=_nothing,
        condition=false,
        said="never",
    ),
    _of_outputs(
        "padding_between_output_features",
        "0_0x0_0x0_0x0_0_1",
        _unfolded.dilate(2, axis=1),
        verdict="conditional",
        at={**_nothing, "O": 2},
        condition=Eq(O, 1),
        said="iff there is one output feature",
    ),
    *(
        _of_kernel(topic, pad, "", window, _CROPPED, is_refused=True)
        for topic, pad, window in (
            ("padding_before_rows", "1_0_0x0_0x0_0x0_0", "pad=-1_0x0_0"),
            ("padding_behind_rows", "0_1_0x0_0x0_0x0_0", "pad=0_-1x0_0"),
            ("padding_before_columns", "0_0x1_0_0x0_0x0_0", "pad=0_0x-1_0"),
            ("padding_behind_columns", "0_0x0_1_0x0_0x0_0", "pad=0_0x0_-1"),
        )
    ),
    *(
        _of_kernel(topic, pad, window, new, why, is_refused=why is _TWICE)
        for topic, pad, window, new, why in (
            ("padding_between_rows", "0_0_5x0_0x0_0x0_0", "", "rhs_dilate=6x1", _SPREAD),
            ("padding_between_columns", "0_0x0_0_10x0_0x0_0", "", "rhs_dilate=1x11", _SPREAD),
            ("padding_between_both", "0_0_10x0_0_100x0_0x0_0", "", "rhs_dilate=11x101", _SPREAD),
            (
                "padding_between_rows_beside_dilation",
                "0_0_1x0_0x0_0x0_0",
                "rhs_dilate=1x10",
                "rhs_dilate=2x10",
                _EACH_AXIS,
            ),
            (
                "padding_between_columns_beside_dilation",
                "0_0x0_0_5x0_0x0_0",
                "rhs_dilate=10x1",
                "rhs_dilate=10x6",
                _EACH_AXIS,
            ),
            (
                "padding_between_rows_of_dilated_window",
                "0_0_1x0_0x0_0x0_0",
                "rhs_dilate=2x10",
                "rhs_dilate=4x10",
                _TWICE,
            ),
            (
                "padding_between_columns_of_dilated_window",
                "0_0x0_0_5x0_0x0_0",
                "rhs_dilate=10x2",
                "rhs_dilate=10x12",
                _TWICE,
            ),
        )
    ),
    _folded(
        "xla_kernel_padding_between_rows_of_another_value",
        "The pad 0_0_5x0_0x0_0x0_0 of the kernel with any value v folds into the window "
        "{rhs_dilate=6x1}",
        (
            x.conv(_in_order(_padded(_kernel, "0_0_5x0_0x0_0x0_0") + _between)),
            _convolved(x, _in_order(_kernel), "rhs_dilate=6x1"),
        ),
        "A dilated kernel has zeros between its taps.",
        source=_OF_KERNELS,
        is_refused=True,
        verdict="false",
        at=smallest(H=7, K=2, N=1, W=1),
        condition=Or(Eq(K, 1), Eq(N, 0), H < 6 * K - 5, W < L),
        said="iff the kernel has one row, or there are no outputs",
    ),
)

_line, _taps = Tensor("x", (N, C, W)), Tensor("w", (O, C, K))
_cropped = _line.pad(-p, 0, axis=2)
_ONE_OUTPUT = {**dict.fromkeys("CKNOW", 1), "p": 1, "q": 1}


def _crop_folds(stride: int) -> tuple[SignalExpr, SignalExpr]:
    """A crop by p and a window that pads by q, and a window that does both at once."""
    return (
        _cropped.conv(_taps, stride=stride, padding=((q, 0),)),
        _line.conv(_taps, stride=stride, padding=((q - p, 0),)),
    )


_CROPS = published(
    "xla_crop_of_input",
    "A pad of the input by a negative amount, a crop, folds into the padding of a window: the "
    "amounts add up (XLA does this, and it is wrong as it stands).",
    source="https://github.com/openxla/xla/issues/48715",
    verdict="conditional",
    condition="along one axis and at the left edge, iff nothing is cropped, the window does not "
    "pad there, or there are no outputs; at both edges, iff so at each; for stride 2 also where "
    "no window reads an entry that was cropped",
    theorems=(
        fails(
            "xla_crop_folds_into_padding_window",
            *_crop_folds(1),
            "A crop by p, and a window which pads by q there, are a window with the padding q − p.",
            "An entry that is cropped and then padded is 0; the sum of both keeps it.",
            at=_ONE_OUTPUT,
            condition=Or(Eq(N, 0), Eq(p, 0), Eq(q, 0), W - p + q < K),
            given=[p <= W],
        ),
        fails(
            "xla_crop_folds_into_padding_window_of_stride_2",
            *_crop_folds(2),
            "A crop by p, and a window of stride 2 which pads by q there, are a window with the "
            "padding q − p.",
            "The entries that come back may be those that no window reads.",
            at=_ONE_OUTPUT,
            condition=Or(
                Eq(N, 0),
                Eq(p, 0),
                Eq(q, 0),
                W - p + q < K,
                And(Eq(W, 1), Eq(Mod(K + q, 2), 1)),
                And(Eq(K, 1), Eq(p, 1), Eq(Mod(q, 2), 0)),
            ),
            given=[p <= W],
        ),
        fails(
            "xla_crops_fold_into_padding_window",
            _line.pad(-p, -m, axis=2).conv(_taps, padding=((q, n),)),
            _line.conv(_taps, padding=((q - p, n - m),)),
            "Crops by p and m fold into a window which pads by q and n there.",
            "At each edge, an entry that is cropped and then padded is 0.",
            at={**_ONE_OUTPUT, "m": 0, "n": 0},
            condition=Or(
                Eq(N, 0),
                And(Or(Eq(p, 0), Eq(q, 0)), Or(Eq(m, 0), Eq(n, 0))),
                W - p - m + q + n < K,
            ),
            given=[p + m <= W],
        ),
        holds(
            "xla_crops_fold_into_cropping_window",
            x.pad(-p, -q, axis=2).conv(w, padding=((l, r), (0, 0)), stride=(s, t)),
            x.conv(w, padding=((l - p, r - q), (0, 0)), stride=(s, t)),
            "Crops fold into a window which does not pad at these edges, for all strides.",
            "What is cropped twice is cropped by the sum.",
            given=[l <= 0, r <= 0],
        ),
    ),
)

_bias, _factor = Signal("bias", O), Signal("factor", O)
_spatial = ((l, r), (a, b))


def _scaled(tensor: SignalExpr) -> SignalExpr:
    """A tensor times a factor for each output channel, which is its axis 1."""
    return tensor.multiply(_factor.rearrange("o -> o 1 1"))


_layer = x.conv(w, _bias, padding=_spatial, stride=(s, t), dilation=(d, e))

_REORDERED = published(
    "xla_convolution_addition_and_multiplication",
    "A convolution to which a channel vector is added, and which is multiplied by another, is the "
    "convolution with the multiplied kernel, and the multiplied vector added.",
    source=_OTHERS,
    verdict="true",
    condition="always",
    theorems=(
        holds(
            "xla_multiplication_moves_into_the_kernel",
            _scaled(_layer),
            x.conv(
                w.multiply(_factor.rearrange("o -> o 1 1 1")),
                _bias.multiply(_factor),
                padding=_spatial,
                stride=(s, t),
                dilation=(d, e),
            ),
            "A factor for each output channel moves into the kernel and into the addition.",
            "Products distribute over sums.",
        ),
    ),
)

_no_rows = Tensor("x", (N, C, 0, W)).conv(w, padding=(p, q))

_EMPTY_INPUT = published(
    "xla_convolution_of_size_zero",
    "A convolution of an input without entries is a tensor of zeros.",
    source=_OTHERS,
    verdict="true",
    condition="always",
    theorems=(
        holds(
            "xla_convolution_of_no_rows_is_zero",
            _no_rows,
            Tensor.from_formula((o, c, i, j), 0, shape=_no_rows.shape),
            "An input without rows, however padded, gives zeros.",
            "Every window reads padding only.",
        ),
    ),
    unsettled="Kernels without entries: a layer has at least one tap, and one channel.",
)

_point = Tensor("w", (O, C, 1, 1))

_AS_PRODUCT = published(
    "xla_pointwise_convolution",
    "A 1×1 convolution is a product of matrices.",
    source=_OTHERS,
    verdict="true",
    condition="always; with strides (s, t), of the rows and columns that these keep",
    theorems=(
        holds(
            "xla_pointwise_convolution_is_a_product",
            x.conv(_point),
            einsum("nchw,oc->nohw", x, _point[:, :, 0, 0]),
            "A 1×1 convolution multiplies the channels of each pixel by a matrix.",
            "The sum over the taps has one term.",
        ),
        holds(
            "xla_pointwise_convolution_with_strides_is_a_product",
            x.conv(_point, stride=(s, t)),
            einsum("nchw,oc->nohw", x[:, :, ::s, ::t], _point[:, :, 0, 0]),
            "With strides, it does so for the pixels that these keep.",
            "Entry (u, v) of both is about x[…, s·u, t·v].",
        ),
    ),
)

_images, _rows, _columns = integers("N H W", positive=True)
_image = Tensor("x", (_images, C, _rows, _columns))


def _swapped() -> SignalExpr:
    """The convolution of the reversed kernel with the reversed input."""
    kernel = w.flip(axis=(2, 3)).dilate(d, axis=2).dilate(e, axis=3)
    rows, columns = f * (_rows - 1) - d * (K - 1), g * (_columns - 1) - e * (L - 1)
    pads = ((l + rows, r + rows), (a + columns, b + columns))
    layer = kernel.conv(_image.flip(axis=(2, 3)), padding=pads, stride=(s, t), dilation=(f, g))
    return layer.rearrange("o n h w -> n o h w")


_OPERANDS = published(
    "xla_swapped_operands",
    "Input and kernel change places, both reversed: lhs_dilate and rhs_dilate are exchanged, and "
    "all padding grows by the dilated input's size less that of the dilated kernel.",
    source=_OTHERS,
    verdict="true",
    condition="always, of an input that is not empty",
    theorems=(
        holds(
            "xla_operands_change_places",
            _image.dilate(f, axis=2)
            .dilate(g, axis=3)
            .conv(w, padding=_spatial, stride=(s, t), dilation=(d, e)),
            _swapped(),
            "A window with any padding, strides and dilations has one for operands in exchange.",
            "Read from its other end, the sum over the taps is one over the entries of the input.",
        ),
    ),
)

STATEMENTS: tuple[Published, ...] = (
    *_INPUTS,
    *_KERNELS,
    _CROPS,
    _REORDERED,
    _EMPTY_INPUT,
    _AS_PRODUCT,
    _OPERANDS,
)
"""The foldings of padding, as they are tested there, and what else is tested of convolutions."""

"""Published statements about the padding and output padding of transposed layers."""

from __future__ import annotations

from sympy import And, Eq, Expr, Integer, Max, Mod, Or, Rational, Symbol, ceiling, false, floor

from symconv.catalogue.published.scattering import Factor, full_length, scattered
from symconv.catalogue.published.statements import (
    Published,
    a,
    d,
    fails,
    holds,
    k,
    k3,
    l,
    m,
    p,
    published,
    r,
    s,
    t,
    y,
)
from symconv.catalogue.published.tensors import (
    PLANE,
    C,
    H,
    J,
    K,
    N,
    O,
    W,
    backward,
    features,
    swapped,
)
from symconv.language.signals import SignalExpr, Tensor

__all__ = ["OUTPUT_PADDING"]


_OUTPUT_PADDING = published(
    "output_padding_appends_zeros",
    "Output padding puts zeros after the output of a transposed layer.",
    source="https://github.com/onnx/onnx/issues/2333, "
    "https://github.com/pytorch/pytorch/issues/8816",
    verdict="conditional",
    condition="for all inputs iff there is no padding (p = 0) or no output padding; in general it "
    "crops by a entries less, and only what exceeds p are zeros",
    theorems=(
        *(
            fails(
                f"output_padding_appends_zeros_for_stride_{stride}",
                y.conv_transpose(k, stride=stride, padding=p, output_padding=a),
                y.conv_transpose(k, stride=stride, padding=p).pad(0, a),
                f"For stride {stride}, output padding appends zeros.",
                "It gives back entries that the padding had cropped.",
                at={"a": 1, "c": 1, "m": 1, "p": 1},
                condition=Or(Eq(a, 0), Eq(p, 0)),
                for_all=[m],
            )
            for stride in (2, 3)
        ),
        fails(
            "output_padding_of_1_appends_a_zero_for_3_taps",
            y.conv_transpose(k3, stride=2, padding=1, output_padding=1),
            y.conv_transpose(k3, stride=2, padding=1).pad(0, 1),
            "For 3 taps, stride 2 and padding 1, output padding by 1 appends a zero.",
            "The entry appended is k[2]·y[m − 1].",
            at={"m": 1},
            condition=false,
        ),
        holds(
            "output_padding_crops_less",
            scattered(y, s, d, l, Max(0, full_length(s, d) - 2 * l + r)),
            y.conv_transpose(k, stride=s, dilation=d).pad(-l, r - l),
            "The output is the full one cropped by p and by p − a.",
            "Entry u gathers the k[j]·y[i] with si + dj − p = u.",
        ),
        holds(
            "output_padding_without_padding_appends_zeros",
            scattered(y, s, d, Rational(0), full_length(s, d) + a),
            y.conv_transpose(k, stride=s, dilation=d).pad(0, a),
            "Without padding, output padding appends zeros.",
            "No k[j]·y[i] goes beyond the full output.",
        ),
    ),
)

_lines, _taps = Tensor("y", (N, C, W)), Tensor("k", (C, O, K))


def _input_padded(stride: Factor) -> tuple[SignalExpr, SignalExpr]:
    """A transposed layer on the input padded by a, and one with output padding a."""
    return (
        _lines.pad(0, a, axis=2).conv_transpose(_taps, stride=stride),
        _lines.conv_transpose(_taps, stride=stride, output_padding=a),
    )


_BY_INPUT = published(
    "output_padding_by_padding_the_input",
    "An output padding of a, lowered to a zeros behind the input, gives the length "
    "(n − 1 + a)s + c: it is right only for a = 0, and over-long by a(s − 1), with right values.",
    source="https://github.com/apple/coreai-torch/issues/57",
    verdict="true",
    condition="the lengths agree iff a = 0 or s = 1; cropping a(s − 1) at the end always repairs "
    "it",
    theorems=(
        holds(
            "length_of_transposed_layer_on_padded_input",
            _lines.pad(0, l, axis=2).conv_transpose(_taps, stride=s).shape[2],
            (W - 1 + l) * s + K,
            "With a zeros behind the input the length is (n − 1 + a)s + c.",
            "Each entry more adds s.",
            given=[l >= 0],
        ),
        holds(
            "length_of_transposed_layer_on_padded_input_is_over_long",
            _lines.pad(0, t, axis=2).conv_transpose(_taps, stride=s).shape[2],
            _lines.conv_transpose(_taps, stride=s, output_padding=t).shape[2] + t * (s - 1),
            "For any stride, t zeros behind the input make it longer by t(s − 1) than an output "
            "padding of t.",
            "Each of them adds s, and not 1.",
        ),
        *(
            fails(
                f"padding_the_input_is_output_padding_for_stride_{stride}",
                *_input_padded(stride),
                f"For stride {stride}, a zeros behind the input are an output padding of a.",
                "They make the output longer by sa, not by a.",
                at=dict.fromkeys("CKNOWa", 1),
                condition=Eq(a, 0),
            )
            for stride in (2, 3)
        ),
        holds(
            "padding_the_input_is_output_padding_for_stride_1",
            *_input_padded(1),
            "For stride 1 they are.",
            "Then both make the output longer by a.",
        ),
        holds(
            "padding_the_input_and_cropping_is_output_padding",
            _lines.pad(0, a, axis=2)
            .conv_transpose(_taps, stride=s, padding=l)
            .pad(0, -a * (s - 1), axis=2),
            _lines.conv_transpose(_taps, stride=s, padding=l, output_padding=a),
            "With a(s − 1) entries cropped at the end they are, for any padding.",
            "What the zeros behind the input add are zeros.",
        ),
    ),
)


def _halved(stride: int) -> tuple[SignalExpr, SignalExpr]:
    """The full output cropped by half of 2p − a on each side, and the transposed layer."""
    total = 2 * p - a
    half = floor(total / 2)
    return (
        _lines.conv_transpose(_taps, stride=stride).pad(-half, half - total, axis=2),
        _lines.conv_transpose(_taps, stride=stride, padding=p, output_padding=a),
    )


_CROPPED = published(
    "cropping_for_padding_and_output_padding",
    "Padding p and output padding a crop the full output by p at the beginning and by p − a at "
    "the end; cropping half of 2p − a on each side is wrong whenever a is not 0.",
    source="https://github.com/llvm/torch-mlir/pull/4650, "
    "https://github.com/llvm/torch-mlir/pull/4423",
    verdict="true",
    condition="the first for all sizes; the second for all inputs iff a = 0, and for single sizes "
    "also where hardly an output is left",
    theorems=(
        holds(
            "padding_and_output_padding_crop_the_full_output",
            features.conv_transpose(backward, stride=s).pad(-l, r - l, axis=PLANE),
            features.conv_transpose(backward, stride=s, padding=l, output_padding=r),
            "The layer is the full output cropped by p and by p − a along each axis.",
            "Output padding gives back what the padding had cropped at the end.",
        ),
        fails(
            "half_of_the_cropping_on_each_side_for_stride_2",
            *_halved(2),
            "For stride 2 (a ≤ 1, p ≥ 1), half of 2p − a may be cropped on each side.",
            "One entry more is kept at the beginning, and one less at the end.",
            at=dict.fromkeys("CKNOap", 1) | {"W": 2},
            condition=Or(Eq(a, 0), 2 * p + 1 >= K + 2 * W),
            given=[a <= 1, p >= 1],
        ),
        fails(
            "half_of_the_cropping_on_each_side_for_stride_3",
            *_halved(3),
            "For stride 3 (a ≤ 2, p ≥ 1), half of 2p − a may be cropped on each side.",
            "There are more entries at the beginning, and fewer at the end.",
            at=dict.fromkeys("CKNOWp", 1) | {"a": 2},
            condition=Or(
                Eq(a, 0),
                K + 3 * W + a <= 2 * p + 3,
                And(Eq(K, 1), Eq(a, 1), Eq(2 * p, 3 * W - 2)),
            ),
            given=[a <= 2, p >= 1],
        ),
        fails(
            "half_of_the_cropping_on_each_side_along_two_axes",
            features.conv_transpose(backward, stride=2).pad(
                -floor((2 * p - a) / 2), floor((2 * p - a) / 2) - 2 * p + a, axis=PLANE
            ),
            features.conv_transpose(backward, stride=2, padding=p, output_padding=a),
            "Along two axes and for stride 2, it may be.",
            "As along one axis.",
            at=dict.fromkeys("CHJNOap", 1) | {"K": 2, "W": 2},
            condition=Or(Eq(a, 0), 2 * p + 1 >= 2 * H + K, 2 * p + 1 >= J + 2 * W),
            given=[a <= 1, p >= 1],
        ),
    ),
)


def _cropped_input(stride: Factor, cut: Expr, back: Expr) -> SignalExpr:
    """A layer on the input cropped, with zeros between its entries, and with zeros around it."""
    spread = features.pad(-cut, -cut, axis=PLANE).dilate(stride, axis=PLANE)
    return spread.conv(swapped(backward.flip(axis=PLANE)), padding=back)


def _padded_beyond(stride: Factor, beyond: Symbol = a) -> SignalExpr:
    """The transposed layer whose padding exceeds the kernel's size less one."""
    return features.conv_transpose(
        backward, stride=stride, padding=(K - 1 + beyond, J - 1 + beyond)
    )


_long = Tensor("y", (N, C, W + 2 * m))

_BEYOND = published(
    "padding_beyond_the_kernel_crops_the_input",
    "Where the padding p of a transposed layer exceeds c − 1 by a, the input is cropped by a "
    "before zeros are put between its entries.",
    source="https://github.com/llvm/torch-mlir/pull/4096, "
    "https://github.com/llvm/torch-mlir/pull/4369",
    verdict="conditional",
    condition="iff s = 1, or a = 0, or nothing is left; otherwise crop ⌈a/s⌉ entries and put "
    "s⌈a/s⌉ − a zeros around the rest, if an entry is left",
    theorems=(
        holds(
            "padding_beyond_the_kernel_crops_the_spread_input",
            features.dilate(s, axis=PLANE).conv(swapped(backward.flip(axis=PLANE)), padding=-l),
            _padded_beyond(s, l),
            "What is cropped by a is the input with zeros between its entries.",
            "The padding of the layer is c − 1 − p.",
        ),
        holds(
            "padding_beyond_the_kernel_crops_the_input_for_stride_1",
            _cropped_input(1, l, Integer(0)),
            _padded_beyond(1, l),
            "For stride 1 that is the input.",
            "There are no zeros between its entries.",
        ),
        *(
            fails(
                f"padding_beyond_the_kernel_crops_the_input_for_stride_{stride}",
                _cropped_input(stride, a, Integer(0)),
                _padded_beyond(stride),
                f"For stride {stride}, the input is cropped by a.",
                "Each entry that is cropped takes the zeros beside it away.",
                at=dict.fromkeys("CHJKNOa", 1) | {"W": 2},
                condition=Or(
                    Eq(a, 0),
                    And(K + 2 * a >= stride * (H - 1) + 2, J + 2 * a >= stride * (W - 1) + 2),
                ),
            )
            for stride in (2, 3)
        ),
        *(
            holds(
                f"cropping_the_input_by_whole_strides_of_{stride}",
                _cropped_input(stride, ceiling(l / stride), stride * ceiling(l / stride) - l),
                _padded_beyond(stride, l),
                f"For stride {stride}, crop ⌈a/{stride}⌉ entries and put the zeros back.",
                "Whole strides are entries and their zeros.",
                given=[2 * ceiling(l / stride) + 1 <= H, 2 * ceiling(l / stride) + 1 <= W],
            )
            for stride in (2, 3)
        ),
        holds(
            "cropping_before_the_zeros_crops_as_many_times_the_stride",
            _long.pad(-m, -m, axis=2).dilate(s, axis=2),
            _long.dilate(s, axis=2).pad(-s * m, -s * m, axis=2),
            "For any stride, m entries cropped before the zeros are sm entries cropped after them.",
            "Whole strides are entries and their zeros.",
        ),
        fails(
            "cropping_a_small_input_by_whole_strides",
            _cropped_input(2, ceiling(a / 2), 2 * ceiling(a / 2) - a),
            _padded_beyond(2),
            "For stride 2 they may be cropped from any input.",
            "Where nothing is left, the zeros that are put back are too many.",
            at=dict.fromkeys("CHJKNOWa", 1),
            condition=Or(
                Eq(Mod(a, 2), 0),
                And(Or(K >= 3, a + 2 <= H), Or(J >= 3, a + 2 <= W)),
            ),
        ),
    ),
    unsettled="Zeros put back for a symbolic stride: ⌈a/s⌉ divides by a symbol.",
)


def _trimmed_right(values: SignalExpr, stride: Factor) -> SignalExpr:
    return values.conv_transpose(_taps, stride=stride).pad(0, stride - K, axis=2)


def _trimmed_left(values: SignalExpr, stride: Factor) -> SignalExpr:
    return values.conv_transpose(_taps, stride=stride).pad(stride - K, 0, axis=2)


_CAUSAL = published(
    "causal_transposed_layer_is_trimmed_on_the_right",
    "A causal transposed layer is trimmed by c − s on the right; on the left, which was the bug, "
    "it has the same length ns but is not causal.",
    source="https://github.com/Blaizzy/mlx-audio/pull/391",
    verdict="true",
    condition="for all n and all c ≥ s; the left trim is causal iff c = s",
    theorems=(
        holds(
            "transposed_layer_trimmed_on_the_right_reads_no_later_entries",
            _trimmed_right(_lines, s).pad(0, s * (m - W), axis=2),
            _trimmed_right(_lines.pad(0, m - W, axis=2), s),
            "Trimmed on the right, the first ms outputs are those of the first m entries.",
            "Entry i goes to the outputs from si on.",
            given=[m <= W],
        ),
        *(
            fails(
                f"transposed_layer_of_stride_{stride}_trimmed_on_the_left_reads_no_later_entries",
                _trimmed_left(_lines, stride).pad(0, stride * (m - W), axis=2),
                _trimmed_left(_lines.pad(0, m - W, axis=2), stride),
                f"For stride {stride}, so they are when it is trimmed on the left.",
                "Entry i then goes to the outputs from s(i + 1) − c on.",
                at=dict.fromkeys("CNOm", 1) | {"K": stride + 1, "W": 2},
                condition=Or(Eq(K, stride), Eq(W, m)),
                given=[m <= W, stride <= K],
            )
            for stride in (1, 2, 3)
        ),
        *(
            holds(
                f"transposed_layer_trimmed_on_the_{side}_has_s_outputs_for_each_entry",
                trimmed(_lines, s).shape[2],
                s * W,
                f"Trimmed on the {side}, it has ns outputs (for c < s, it is padded instead).",
                "The full output has (n − 1)s + c.",
            )
            for side, trimmed in (("right", _trimmed_right), ("left", _trimmed_left))
        ),
    ),
)

OUTPUT_PADDING: tuple[Published, ...] = (
    _OUTPUT_PADDING,
    _BY_INPUT,
    _CROPPED,
    _BEYOND,
    _CAUSAL,
)

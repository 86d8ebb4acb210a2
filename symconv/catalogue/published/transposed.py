"""Published statements about transposed convolution: lengths, padding, upsampling, gradients."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from sympy import Eq, Expr, Max, Min, Mod, Or, Piecewise, Rational, Sum, Symbol, false, floor

from symconv.catalogue.published.statements import (
    Published,
    a,
    c,
    d,
    fails,
    holds,
    i,
    j,
    k,
    k3,
    l,
    m,
    n,
    p,
    published,
    q,
    r,
    s,
    u,
    x,
    y,
)
from symconv.language.signals import Signal, SignalExpr

__all__ = ["TRANSPOSED"]

Factor: TypeAlias = int | Symbol


def _scattered(
    values: Signal, stride: Factor, dilation: Factor, padding: Expr, length: Expr
) -> SignalExpr:
    """Each k[j]·y[i] at si + dj − p, straight from the definition."""
    at = stride * i + dilation * j - padding
    entry = Sum(Sum(Piecewise((k[j] * values[i], Eq(at, u))), (j, 0, c - 1)), (i, 0, m - 1))
    return Signal.from_formula(u, entry, length=length)


def _as_layer(stride: Factor, dilation: Factor, kernel: SignalExpr, p: Expr, a: Expr) -> SignalExpr:
    span = dilation * (c - 1)
    return y.dilate(stride).pad(span - p, span - p + a).correlate(kernel, dilation=dilation)


_AS_LAYER = published(
    "transposed_layer_as_layer",
    "A transposed layer of stride s, dilation d, padding p and output padding a is a layer of "
    "stride 1 on the input with zeros between its entries, padded by d(c − 1) − p and "
    "d(c − 1) − p + a. (Whether its kernel is flipped, the figures left open.)",
    source="V. Dumoulin, F. Visin, A guide to convolution arithmetic for deep learning, 2016, "
    "relations 12–14; https://github.com/Theano/Theano/issues/5170",
    verdict="conditional",
    condition="with the flipped kernel, for all lengths and amounts (negative ones crop); without "
    "the flip, for all input lengths, iff c = 1",
    theorems=(
        holds(
            "transposed_layer_eq_layer",
            y.conv_transpose(k, stride=s, dilation=d, padding=l, output_padding=r),
            _as_layer(s, d, k.flip(), l, r),
            "A transposed layer is a layer with the flipped kernel on the input with s − 1 zeros "
            "between neighbours, padded by d(c − 1) − p and d(c − 1) − p + a.",
            "k[j]·y[i] goes to si + dj − p; the layer reads it there with its tap c − 1 − j.",
        ),
        *(
            fails(
                f"transposed_layer_of_stride_{stride}_eq_layer_without_flip",
                y.conv_transpose(k, stride=stride, padding=p, output_padding=a),
                _as_layer(stride, 1, k, p, a),
                f"For stride {stride}, the same without the flip.",
                "The layer reads with tap c − 1 − j.",
                at={"a": 0, "c": 2, "m": 1, "p": 0},
                condition=Eq(c, 1),
                for_all=[m],
            )
            for stride in (1, 2)
        ),
    ),
)


def _full_length(stride: Factor, dilation: Factor = 1) -> Expr:
    return stride * (m - 1) + dilation * (c - 1) + 1


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
            _scattered(y, s, d, l, Max(0, _full_length(s, d) - 2 * l + r)),
            y.conv_transpose(k, stride=s, dilation=d).pad(-l, r - l),
            "The output is the full one cropped by p and by p − a.",
            "Entry u gathers the k[j]·y[i] with si + dj − p = u.",
        ),
        holds(
            "output_padding_without_padding_appends_zeros",
            _scattered(y, s, d, Rational(0), _full_length(s, d) + a),
            y.conv_transpose(k, stride=s, dilation=d).pad(0, a),
            "Without padding, output padding appends zeros.",
            "No k[j]·y[i] goes beyond the full output.",
        ),
    ),
)

_PADDING = published(
    "padding_of_transposed_layer_pads_its_input",
    "A transposed layer with padding p is one without padding on the input padded by p.",
    source="https://github.com/Samsung/TICO/issues/420",
    verdict="false",
    condition="iff p = 0, for the values and for the length; padding crops the full output",
    theorems=(
        *(
            fails(
                f"padding_of_transposed_layer_of_stride_{stride}_pads_the_input",
                y.conv_transpose(k, stride=stride, padding=p),
                y.pad(p, p).conv_transpose(k, stride=stride),
                f"For stride {stride}, padding may be put around the input instead.",
                "It makes the output longer where it should make it shorter.",
                at={"c": 1, "m": 1, "p": 1},
                condition=Eq(p, 0),
            )
            for stride in (1, 2, 3)
        ),
        fails(
            "padding_of_transposed_layer_gives_the_length_of_padded_input",
            y.conv_transpose(k, stride=2, padding=p).length,
            y.pad(p, p).conv_transpose(k, stride=2).length,
            "At least the lengths agree.",
            "They differ by 2p + 4p for stride 2.",
            at={"c": 1, "m": 1, "p": 1},
            condition=Eq(p, 0),
        ),
        holds(
            "padding_of_transposed_layer_crops_the_output",
            _scattered(y, s, d, l, Max(0, _full_length(s, d) - 2 * l)),
            y.conv_transpose(k, stride=s, dilation=d).pad(-l, -l),
            "Padding crops the full output on both sides.",
            "Entry u gathers the k[j]·y[i] with si + dj − p = u.",
        ),
    ),
)

_nearest = Signal.interleave(y, y)
_box = Signal.ones(2)
_odd = Signal("k", 2 * q + 1)

_UPSAMPLING = published(
    "transposed_layer_as_upsampling_and_layer",
    "A transposed SAME layer with 3 taps and stride 2 is nearest-neighbour upsampling by 2 and "
    "then a SAME layer with 3 taps.",
    source="https://github.com/keras-team/keras/issues/7307",
    verdict="false",
    condition="for no n with the same taps; the upsampling and the layer with 2q + 1 taps are the "
    "transposed layer with the 2q + 2 taps (flip k) ∗ [1, 1] and padding q",
    theorems=(
        fails(
            "transposed_layer_eq_upsampling_and_layer",
            y.conv_transpose(k3, stride=2).pad(0, -1),
            _nearest.pad(1, 1).correlate(k3),
            "The transposed layer cropped on the right, as SAME does, is upsampling and the layer.",
            "Each output of the transposed layer sees one or two taps, the other three.",
            at={"m": 1},
            condition=false,
        ),
        fails(
            "transposed_layer_with_output_padding_eq_upsampling_and_layer",
            y.conv_transpose(k3, stride=2, padding=1, output_padding=1),
            _nearest.pad(1, 1).correlate(k3),
            "The transposed layer with padding 1 and output padding 1 is upsampling and the layer.",
            "Each output of the transposed layer sees one or two taps, the other three.",
            at={"m": 1},
            condition=false,
        ),
        holds(
            "upsampling_and_layer_eq_transposed_layer_with_one_more_tap",
            y.conv_transpose(_odd.flip().convolve(_box), stride=2, padding=q),
            _nearest.pad(q, q).correlate(_odd),
            "Upsampling by 2 and a layer with 2q + 1 taps padded by q is the transposed layer of "
            "stride 2, padding q and the kernel (flip k) ∗ [1, 1].",
            "Upsampling is the transposed layer with the kernel [1, 1].",
        ),
        holds(
            "nearest_upsampling_eq_zeros_between_then_box",
            _nearest,
            y.dilate(2).convolve(_box),
            "Each entry twice is a zero after each entry, then the filter [1, 1].",
            "Each output sees one entry.",
        ),
    ),
    unsettled="That no other 3-tap kernel works either speaks of the existence of taps, which "
    "claims do not.",
)


def _jax(kernel: SignalExpr, stride: Factor) -> SignalExpr:
    right = stride - 1 + Max(c - stride, 0)
    return y.dilate(stride).pad(c - 1, right).correlate(kernel)


_symmetric = k + k.flip()


_JAX = published(
    "jax_transposed_layer_as_torch_one",
    "lax.conv_transpose with VALID padding is torch.nn.ConvTranspose, at least with "
    "transpose_kernel=True.",
    source="https://github.com/google/flax/issues/3137, "
    "https://github.com/jax-ml/jax/issues/11252, https://github.com/jax-ml/jax/pull/592",
    verdict="conditional",
    condition="with transpose_kernel=True (the kernel flipped) iff c ≥ s; without, for all taps, "
    "only when c = s = 1, and for symmetric kernels if c ≥ s",
    theorems=(
        holds(
            "length_of_jax_transposed_layer",
            _jax(k, s).length,
            m * s + Max(c - s, 0),
            "JAX's length is ms + max(c − s, 0).",
            "It pads by c − 1 on the left and s − 1 + max(c − s, 0) on the right.",
        ),
        holds(
            "flipping_jax_transposed_layer_eq_torch_for_strides_up_to_the_kernel",
            _jax(k.flip(), s),
            y.conv_transpose(k, stride=s),
            "With transpose_kernel=True they are the same if s ≤ c.",
            "Then both lengths are (m − 1)s + c.",
            given=[c >= s],
        ),
        holds(
            "jax_transposed_layer_eq_torch_for_symmetric_kernels",
            _jax(_symmetric, s),
            y.conv_transpose(_symmetric, stride=s),
            "For symmetric kernels (a kernel plus its flip) they are the same if s ≤ c.",
            "Then the flip changes nothing.",
            given=[c >= s],
        ),
        *(
            fails(
                f"flipping_jax_transposed_layer_of_stride_{stride}_eq_torch",
                _jax(k.flip(), stride),
                y.conv_transpose(k, stride=stride),
                f"For stride {stride} and transpose_kernel=True they are the same.",
                "PyTorch's length is (m − 1)s + c, which is less than JAX's for c < s.",
                at={"c": 1, "m": 1},
                condition=c >= stride,
            )
            for stride in (2, 3)
        ),
        *(
            fails(
                f"jax_transposed_layer_of_stride_{stride}_eq_torch",
                _jax(k, stride),
                y.conv_transpose(k, stride=stride),
                f"For stride {stride}, at most c, and transpose_kernel=False they are the same.",
                "JAX then correlates with the kernel as it is.",
                at={"c": max(stride, 2), "m": 1},
                condition=Eq(c, 1) if stride == 1 else false,
                for_all=[m],
                given=[c >= stride] if stride > 1 else [],
            )
            for stride in (1, 2, 3)
        ),
    ),
)


def _bilinear(factor: int) -> SignalExpr:
    size = 2 * factor - factor % 2
    centre = Fraction(size - 1, 2)
    taps = [1 - abs(tap - centre) / factor for tap in range(size)]
    return x.conv_transpose(Signal.taps(*taps), stride=factor, padding=factor // 2)


def _interpolated(factor: int) -> SignalExpr:
    """Linear interpolation at (u + 1/2)/f − 1/2, held at the first and the last entry."""
    phases = []
    for phase in range(factor):
        position = Rational(2 * phase + 1 - factor, 2 * factor)
        before = floor(u / factor) + floor(position)
        weight = position - floor(position)
        value = (1 - weight) * x[Max(0, before)] + weight * x[Min(n - 1, before + 1)]
        phases.append((value, Eq(Mod(u, factor), phase)))
    return Signal.from_formula(u, Piecewise(*phases), length=factor * n)


_BILINEAR = published(
    "bilinear_upsampling_by_transposed_layer",
    "The transposed layer with the 2f − f mod 2 taps of a triangle, stride f and padding "
    "⌈(f − 1)/2⌉ is linear interpolation by the factor f.",
    source="https://github.com/PaddlePaddle/Paddle/issues/11403",
    verdict="conditional",
    condition="the length is fn; the values agree (with align_corners=False) except for the ⌊f/2⌋ "
    "entries at each end, where they differ for every n (shown for f = 2, 3, 4)",
    theorems=tuple(
        finding
        for factor in (2, 3, 4)
        for finding in (
            holds(
                f"triangle_layer_of_factor_{factor}_has_{factor}n_entries",
                _bilinear(factor).length,
                factor * n,
                f"The transposed layer for f = {factor} has {factor}n outputs.",
                "(n − 1)f + 2f − f mod 2 − 2⌊f/2⌋ = fn.",
            ),
            fails(
                f"triangle_layer_of_factor_{factor}_interpolates",
                _bilinear(factor),
                _interpolated(factor),
                f"For f = {factor} it is linear interpolation.",
                "Beyond the ends the layer sees zeros, interpolation the last entry.",
                at={"n": 1},
                condition=false,
            ),
            holds(
                f"triangle_layer_of_factor_{factor}_interpolates_inside",
                _bilinear(factor).pad(-(factor // 2), -(factor // 2)),
                _interpolated(factor).pad(-(factor // 2), -(factor // 2)),
                f"For f = {factor} it is, without {factor // 2} entries at each end.",
                "The triangle weighs the two neighbours by their distance.",
            ),
        )
    ),
    beyond="Two dimensions, where the same is done along each of them.",
    unsettled="A symbolic factor, whose taps are fractions with it as denominator.",
)

_g = Signal("g", m)


def _input_length(stride: Factor, dilation: Factor, padding: Expr, left_over: Expr) -> Expr:
    return _full_length(stride, dilation) - 2 * padding + left_over


def _gradient(stride: Factor, dilation: Factor, padding: Expr, left_over: Expr) -> SignalExpr:
    length = Max(0, _input_length(stride, dilation, padding, left_over))
    return _scattered(_g, stride, dilation, padding, length)


def _full_convolution(stride: Factor, dilation: Factor, padding: Expr, more: Expr) -> SignalExpr:
    span = dilation * (c - 1)
    spread = _g.dilate(stride).pad(span, span + more)
    return spread.correlate(k.flip(), dilation=dilation).pad(-padding, -padding)


_GRADIENT = published(
    "gradient_of_layer_as_full_convolution",
    "The gradient of a layer by its input is the full convolution of the output's gradient, with "
    "s − 1 zeros between its entries, with the kernel turned around.",
    source="https://ai.stackexchange.com/questions/5774, "
    "https://github.com/pytorch/pytorch/issues/13008",
    verdict="conditional",
    condition="iff the last window ends at the end of the padded input: for a = (n + 2p − d(c − 1) "
    "− 1) mod s = 0; otherwise a more zeros belong on the right",
    theorems=(
        *(
            fails(
                f"gradient_of_layer_of_stride_{stride}_dilation_{dilation}_eq_full_convolution",
                _gradient(stride, dilation, p, a),
                _full_convolution(stride, dilation, p, Rational(0)),
                f"For stride {stride} and dilation {dilation} the gradient is the full "
                "convolution.",
                "It is too short when a stride does not divide what is left of the input.",
                at={"a": 1, "c": 1, "m": 1, "p": 0},
                condition=Eq(a, 0),
                given=[_input_length(stride, dilation, p, a) >= 1, a <= stride - 1],
            )
            for stride, dilation in ((2, 1), (3, 2))
        ),
        holds(
            "gradient_of_layer_eq_padded_full_convolution",
            _gradient(s, d, l, a),
            _full_convolution(s, d, l, a),
            "With a more zeros on the right it is the full convolution.",
            "The last a entries of the padded input are not read, so their gradient is 0.",
        ),
    ),
)

TRANSPOSED: tuple[Published, ...] = (
    _AS_LAYER,
    _OUTPUT_PADDING,
    _PADDING,
    _UPSAMPLING,
    _JAX,
    _BILINEAR,
    _GRADIENT,
)

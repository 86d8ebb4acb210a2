"""Published statements about transposed layers: as layers, padding, other libraries, gradients."""

from __future__ import annotations

from sympy import And, Eq, Expr, Max, Rational, false

from symconv.catalogue.published.scattering import Factor, full_length, scattered
from symconv.catalogue.published.statements import (
    Published,
    a,
    c,
    d,
    fails,
    holds,
    k,
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
from symconv.language.signals import Signal, SignalExpr

__all__ = ["TRANSPOSED"]


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
        holds(
            "transposed_layer_over_channels_eq_layer_with_flip",
            features.conv_transpose(backward, stride=s, dilation=d, padding=l, output_padding=r),
            features.dilate(s, axis=PLANE).conv(
                swapped(backward.flip(axis=PLANE)),
                dilation=d,
                padding=tuple((d * (size - 1) - l, d * (size - 1) - l + r) for size in (K, J)),
            ),
            "Over channels and along two axes it is too, with input and output channels of the "
            "kernel exchanged.",
            "The same along each axis.",
        ),
        fails(
            "transposed_layer_over_channels_eq_layer_without_flip",
            features.conv_transpose(backward, stride=2),
            features.dilate(2, axis=PLANE).conv(
                swapped(backward), padding=((K - 1, K - 1), (J - 1, J - 1))
            ),
            "Over channels, for stride 2, the same without the flip.",
            "The layer reads with the other end of the kernel.",
            at=dict.fromkeys("CHJNOW", 1) | {"K": 2},
            condition=And(Eq(K, 1), Eq(J, 1)),
            for_all=[N, C, O, H, W],
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
            "padding_the_input_of_a_transposed_layer_makes_it_longer",
            y.pad(t, t).conv_transpose(k, stride=s, dilation=d).length,
            y.conv_transpose(k, stride=s, dilation=d).length + 2 * s * t,
            "For any stride, t zeros on both sides of the input make the output longer by 2st.",
            "Each of them adds s.",
        ),
        holds(
            "padding_of_transposed_layer_crops_the_output",
            scattered(y, s, d, l, Max(0, full_length(s, d) - 2 * l)),
            y.conv_transpose(k, stride=s, dilation=d).pad(-l, -l),
            "Padding crops the full output on both sides.",
            "Entry u gathers the k[j]·y[i] with si + dj − p = u.",
        ),
        holds(
            "padding_of_transposed_layer_over_channels_crops_the_output",
            features.conv_transpose(backward, stride=s, padding=l),
            features.conv_transpose(backward, stride=s).pad(-l, -l, axis=PLANE),
            "So it does over channels, along both axes.",
            "The same along each axis.",
        ),
    ),
)


def _jax(kernel: SignalExpr, stride: Factor) -> SignalExpr:
    right = stride - 1 + Max(c - stride, 0)
    return y.dilate(stride).pad(c - 1, right).correlate(kernel)


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
            _jax(k, s),
            y.conv_transpose(k, stride=s),
            "For symmetric kernels they are the same if s ≤ c.",
            "Then the flip changes nothing.",
            given=[c >= s, k == k.flip()],
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


_g = Signal("g", m)


def _input_length(stride: Factor, dilation: Factor, padding: Expr, left_over: Expr) -> Expr:
    return full_length(stride, dilation) - 2 * padding + left_over


def _gradient(stride: Factor, dilation: Factor, padding: Expr, left_over: Expr) -> SignalExpr:
    length = Max(0, _input_length(stride, dilation, padding, left_over))
    return scattered(_g, stride, dilation, padding, length)


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

TRANSPOSED: tuple[Published, ...] = (_AS_LAYER, _PADDING, _JAX, _GRADIENT)

"""Published statements about pixel shuffle, which makes channels places."""

from __future__ import annotations

from sympy import And, Eq, Expr, Piecewise

from symconv.arithmetic.symbols import integers
from symconv.catalogue.published.statements import (
    Published,
    fails,
    holds,
    i,
    j,
    l,
    p,
    published,
    q,
    r,
)
from symconv.catalogue.published.tensors import (
    PLANE,
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
    o,
    v,
)
from symconv.language.signals import Signal, SignalExpr, Tensor

__all__ = ["PIXEL_SHUFFLE"]

row, column = integers("a b")


def _subpixel(
    factor: int, turned: bool, padding: tuple[Expr, Expr]
) -> tuple[SignalExpr, SignalExpr]:
    """A layer and pixel shuffle, and a transposed layer whose kernel has all channels' taps."""
    weight = Tensor("w", (factor * factor * O, C, K, J))
    layer = image.conv(weight, padding=padding).pixel_shuffle(factor)
    taps = weight.flip(axis=PLANE) if turned else weight
    kernel = taps.rearrange("(o a b) c k l -> c o (k a) (l b)", a=factor, b=factor)
    crops = tuple(factor * (size - 1 - one) for size, one in zip((K, J), padding, strict=True))
    return layer, image.conv_transpose(kernel, stride=factor, padding=crops)


_line = Tensor("x", (N, C, W + 2 * p))
_all_taps = Tensor("v", (C, O, Q * K))
_taps_of_phases = _all_taps.rearrange("c o (k a) -> (o a) c k", a=Q).flip(axis=2)

_free_taps = Tensor("v", (C, O, K, G, J, Q))


def _interleaved(taps: SignalExpr) -> SignalExpr:
    """Taps for each phase, as one kernel."""
    return taps.rearrange("c o k a l b -> c o (k a) (l b)")


def _phases_of(pixels: SignalExpr) -> SignalExpr:
    """The phases for a factor along each axis, as axes of their own."""
    return pixels.rearrange("n o (h a) (w b) -> n o h a w b", a=G, b=Q)


_SUBPIXEL = published(
    "layer_and_pixel_shuffle_as_transposed_layer",
    "A layer with c taps and r outputs for each channel, padded by p, and then pixel shuffle by r "
    "is the transposed layer with rc taps, stride r and padding r(c − 1 − p), whose tap "
    "a + r(c − 1 − j) is tap j of output a.",
    source="arXiv:1609.07009, https://github.com/ROCm/AMDMIGraphX/issues/904",
    verdict="true",
    condition="for all sizes and kernels, even ones too, and any padding",
    theorems=(
        *(
            holds(
                f"layer_and_pixel_shuffle_by_{factor}_eq_transposed_layer",
                *_subpixel(factor, turned=True, padding=(l, r)),
                f"For r = {factor}, over channels and along two axes, they are the same.",
                "Output a of a place is the place's a-th of r outputs.",
            )
            for factor in (2, 3, 4)
        ),
        holds(
            "layer_eq_phases_of_transposed_layer",
            _line.conv(_taps_of_phases, padding=K - 1 - p).rearrange("n (o a) w -> n o a w", a=Q),
            _line.conv_transpose(_all_taps, stride=Q, padding=Q * p).rearrange(
                "n o (w a) -> n o a w", a=Q
            ),
            "Along one axis and for any r, the outputs for each channel are the phases of the "
            "transposed layer, with the padding c − 1 − p and rp.",
            "Output a of place w is entry rw + a.",
        ),
        holds(
            "layer_eq_phases_of_transposed_layer_along_two_axes",
            image.conv(
                _free_taps.rearrange("c o k a l b -> (o a b) c k l").flip(axis=PLANE),
                padding=(K - 1, J - 1),
            ).rearrange("n (o a b) h w -> n o h a w b", a=G, b=Q),
            _phases_of(image.conv_transpose(_interleaved(_free_taps), stride=(G, Q))),
            "Along two axes, for any two factors and the padding c − 1, the outputs for each "
            "channel are the phases of the transposed layer.",
            "Output (a, b) of place (h, w) is entry (rh + a, rw + b).",
        ),
        fails(
            "layer_and_pixel_shuffle_eq_transposed_layer_without_turning_the_kernel",
            *_subpixel(2, turned=False, padding=(p, q)),
            "For r = 2, with the taps in their order, they are the same.",
            "A transposed layer turns its kernel around.",
            at=dict.fromkeys("CHJNOW", 1) | {"K": 2, "p": 1, "q": 0},
            condition=And(Eq(K, 1), Eq(J, 1)),
            for_all=[N, C, O, H, W],
        ),
    ),
    unsettled="Along two axes, a symbolic r with another padding than c − 1, which crops the "
    "outputs: no change of indices is found for all at once.",
)


def _to_places(factor: int) -> SignalExpr:
    """The kernel that sends channel (c, a, b) to channel c at tap (a, b)."""
    channel = (o * factor + row) * factor + column
    entry = Piecewise((1, Eq(v, channel)), (0, True))
    shape = (factor * factor * C, C, factor, factor)
    return Tensor.from_formula((v, o, row, column), entry, shape=shape)


def _shuffled(factor: int) -> SignalExpr:
    return Tensor("x", (N, factor * factor * C, H, W))


_many = Tensor("x", (N, C * G * Q, H, W))
_chosen = Piecewise((1, Eq(v, (o * G + row) * Q + column)), (0, True))
_identities = Tensor.from_formula(
    (v, o, i, row, j, column), _chosen, shape=(C * G * Q, C, K, G, J, Q)
)

_SHUFFLE = published(
    "pixel_shuffle_as_fold_and_transposed_layer",
    "Pixel shuffle by r is fold with windows and stride r, and a transposed layer of stride r "
    "whose kernel is an identity.",
    source="https://github.com/FluxML/Flux.jl/issues/1431",
    verdict="true",
    condition="for all sizes, channels and factors",
    theorems=(
        *(
            holds(
                f"pixel_shuffle_by_{factor}_eq_transposed_layer_with_identity",
                _shuffled(factor).pixel_shuffle(factor),
                _shuffled(factor).conv_transpose(_to_places(factor), stride=factor),
                f"For r = {factor} it is the transposed layer.",
                "Each channel goes to its place.",
            )
            for factor in (2, 3)
        ),
        *(
            holds(
                f"pixel_shuffle_by_{factor}_eq_fold",
                _shuffled(factor).pixel_shuffle(factor),
                _shuffled(factor)
                .rearrange("n c h w -> n c (h w)")
                .fold((factor * H, factor * W), factor, stride=factor),
                f"For r = {factor} it is fold, with the places as columns.",
                "Each column is a patch, and no two of them overlap.",
            )
            for factor in (2, 3)
        ),
        holds(
            "transposed_layer_with_identities_eq_phases_of_sums",
            _phases_of(_many.conv_transpose(_interleaved(_identities), stride=(G, Q))),
            _many.pad(K - 1, K - 1, axis=2)
            .pad(J - 1, J - 1, axis=3)
            .correlate(Signal.ones(K), axis=2)
            .correlate(Signal.ones(J), axis=3)
            .rearrange("n (c a b) h w -> n c h a w b", a=G, b=Q),
            "For any factor along each axis, the transposed layer with K×J identities as its "
            "kernel is the pixel shuffle of the sums over K×J places, the phases as axes: for "
            "K = J = 1, of the input itself.",
            "Each channel goes to its place, and for each tap to a place further on.",
        ),
        holds(
            "pixel_shuffle_of_any_factor_has_an_inverse",
            (_any := Tensor("x", (N, C * Q * Q, H, W))).pixel_shuffle(Q).pixel_unshuffle(Q),
            _any,
            "For every r, pixel unshuffle is its inverse.",
            "Each place gets its channel back.",
        ),
    ),
    unsettled="For fold a symbolic r: it takes windows of known size.",
)

PIXEL_SHUFFLE: tuple[Published, ...] = (_SUBPIXEL, _SHUFFLE)

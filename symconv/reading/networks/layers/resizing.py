"""Channels as places, channels shuffled, and images made larger or smaller."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np

from symconv.arithmetic.limits import LARGEST_DENOMINATOR_WRITTEN
from symconv.arithmetic.polynomials import divided
from symconv.errors import SymconvError
from symconv.language.amounts import Amount, integer_argument
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr, Tensor
from symconv.language.tensor_functions import concatenate, einsum
from symconv.reading.networks.layers.arguments import each, exact, names_of

__all__ = [
    "channel_shuffle",
    "combined",
    "depth_to_space",
    "every",
    "interpolate",
    "linear_by",
    "multiple",
    "pixel_shuffle",
    "pixel_unshuffle",
    "space_to_depth",
]


def pixel_shuffle(input: SignalExpr, upscale_factor: Any) -> SignalExpr:  # noqa: A002
    """(…, C·r², H, W) as (…, C, H·r, W·r).

    References:
        `torch.nn.functional.pixel_shuffle`.
    """
    return input.pixel_shuffle(upscale_factor)


def pixel_unshuffle(input: SignalExpr, downscale_factor: Any) -> SignalExpr:  # noqa: A002
    """(…, C, H·r, W·r) as (…, C·r², H, W).

    References:
        `torch.nn.functional.pixel_unshuffle`.
    """
    return input.pixel_unshuffle(downscale_factor)


def depth_to_space(input: SignalExpr, blocksize: Any) -> SignalExpr:  # noqa: A002
    """(N, r²·C, H, W) as (N, C, H·r, W·r), where the channels of one place stand together.

    Entry (c, r·i + a, r·j + b) is x[a·r·C + b·C + c, i, j]; `pixel_shuffle` has c·r² + a·r + b.

    References:
        ONNX, DepthToSpace with the mode DCR; `tf.nn.depth_to_space`.
    """
    return input.rearrange("n (a b c) h w -> n c (h a) (w b)", a=blocksize, b=blocksize)


def space_to_depth(input: SignalExpr, blocksize: Any) -> SignalExpr:  # noqa: A002
    """(N, C, H·r, W·r) as (N, r²·C, H, W), the inverse of `depth_to_space`.

    References:
        ONNX, SpaceToDepth; `tf.nn.space_to_depth`.
    """
    return input.rearrange("n c (h a) (w b) -> n (a b c) h w", a=blocksize, b=blocksize)


def channel_shuffle(input: SignalExpr, groups: Any) -> SignalExpr:  # noqa: A002
    """Channel c·groups + g of the result is channel g·(C/groups) + c.

    References:
        `torch.nn.functional.channel_shuffle`; X. Zhang et al., *ShuffleNet*, arXiv:1707.01083.
    """
    if input.ndim < 3:
        raise SymconvError(f"channel_shuffle takes a tensor (N, C, …), got {input.ndim} axes")
    rest = " ".join(names_of(input.ndim - 2))
    return input.rearrange(f"n (g c) {rest} -> n (c g) {rest}", g=groups)


def interpolate(
    input: SignalExpr,  # noqa: A002
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> SignalExpr:
    """Images of another size: the nearest entry, or linear between the nearest ones.

    Along each axis, sizes are numbers, or the new size is a multiple of the old one, or the old
    one of the new one, or the old one is 1; "linear" with corners that are aligned is for numbers.

    References:
        `torch.nn.functional.interpolate`.
    """
    count = input.ndim - 2
    linear = {1: "linear", 2: "bilinear", 3: "trilinear"}.get(count, "linear")
    if mode not in ("nearest", "nearest-exact", linear):
        raise SymconvError(f"interpolation of {count} axes is nearest or {linear}, got {mode!r}")
    if (size is None) == (scale_factor is None):
        raise SymconvError("interpolation takes a size or a scale factor, and not both")
    result = input
    given = each(scale_factor if size is None else size, count)
    for axis, one in enumerate(given, 2):
        old = size_along(input, axis)
        if size is None:
            scale = _scale_factor(one, old)
            new = old * scale.numerator // scale.denominator
            if old.number is not None:  # which PyTorch multiplies in double precision
                new = Amount.of(floor(old.number * float(scale)))
        else:
            new = integer_argument(one, "the size", input)
            scale = None
        result = _resized(result, axis, old, new, scale, mode, bool(align_corners))
    return result


def _scale_factor(given: Any, old: Amount) -> Fraction:
    """A factor as it was meant: a simple fraction that is rounded to it, as 1/3.

    Where the size is a symbol, only one that is not rounded down: 49 times 1/49 is less than 1
    for PyTorch, which rounds it to 0.
    """
    number = exact(given, "the scale factor")
    simple = number.limit_denominator(LARGEST_DENOMINATOR_WRITTEN)
    is_safe = old.number is not None or Fraction(float(number)) >= simple
    return simple if float(simple) == float(number) and is_safe else number


def _resized(
    x: SignalExpr,
    axis: int,
    old: Amount,
    new: Amount,
    scale: Fraction | None,
    mode: str,
    aligned: bool,
) -> SignalExpr:
    """One axis of another size."""
    nearest = mode.startswith("nearest")
    if old.polynomial == new.polynomial and (scale in (None, 1) or not nearest):
        return x
    if old == 1:
        return x.expand(tuple(new if a == axis else size_along(x, a) for a in range(x.ndim)))
    if old.number is not None and new.number is not None:
        ratio = Fraction(old.number, new.number) if scale is None else 1 / scale
        if nearest:
            rows = _nearest_rows(ratio, old.number, new.number, mode)
        else:
            rows = [_linear_row(ratio, u, old.number, new.number, aligned) for u in range(int(new))]
        return combined(x, axis, rows)
    factor = multiple(new, old) if scale is None else scale
    if factor is not None and factor.denominator == 1 and not (aligned and not nearest):
        if nearest:
            # PyTorch multiplies by the rounded inverse: 41 times that of 41 is less than 1.
            if np.float32(int(factor)) * np.float32(1 / factor) < 1:
                raise SymconvError(
                    f"nearest interpolation by {factor} takes for output {factor} entry 1, or by "
                    "numbers that are rounded entry 0: implementations differ"
                )
            return x.upsample((int(factor),), axes=axis)
        return linear_by(x, axis, int(factor))
    inverse = multiple(old, new) if scale is None else 1 / scale
    if inverse is not None and inverse.denominator == 1 and mode == "nearest":
        return every(x, axis, new, int(inverse))
    raise SymconvError(
        f"{mode} interpolation of {old} entries to {new}"
        + (" with aligned corners" if aligned else "")
        + " is read where these are numbers, by the shape of the input or by a hypothesis such as "
        "Eq(H, 224)" + ("" if aligned else ", or where one is a multiple of the other")
    )


def every(x: SignalExpr, axis: int, new: Amount, step: int) -> SignalExpr:
    """The first of each so many entries along an axis, of which there are so many at least."""
    more = new * step - size_along(x, axis)
    kept = x.pad(0, more, axis=axis) if more != 0 else x
    return kept.downsample(step, axis=axis)


def multiple(n: Amount, m: Amount) -> Fraction | None:
    """n/m where that is a number."""
    whole, rest = divided(n.polynomial, m.polynomial)
    number = whole.as_integer()
    if not rest.terms and number is not None and number > 0:
        return Fraction(number)
    # `divided` sees no quotient by several summands; of a multiple all coefficients are.
    for monomial, c in m.polynomial.terms.items():
        quotient, left = divmod(n.polynomial.terms.get(monomial, 0), c)
        if not left and quotient > 0 and n.polynomial == m.polynomial * quotient:
            return Fraction(quotient)
        return None
    return None


def _nearest_rows(ratio: Fraction, old: int, new: int, mode: str) -> list[dict[int, Fraction]]:
    """The entry that is taken for each output.

    Raises:
        SymconvError: PyTorch takes another one: it calculates in single precision, and some of
            its code takes the size for a multiple of the old one, whatever the scale factor is.
    """
    start = Fraction(1, 2) if mode == "nearest-exact" else Fraction(0)

    def nearest(u: int, ratio: Fraction) -> int:
        return min(floor((u + start) * ratio), old - 1)

    for u in range(new):
        others = [min(floor(np.float32(u + start) * np.float32(ratio)), old - 1)]
        if mode == "nearest" and new in (old, 2 * old):
            others.append(nearest(u, Fraction(old, new)))
        for other in others:
            if other != nearest(u, ratio):
                raise SymconvError(
                    f"{mode} interpolation of {old} entries to {new} by {ratio} takes entry "
                    f"{nearest(u, ratio)} for output {u}, or entry {other}: implementations differ"
                )
    return [{nearest(u, ratio): Fraction(1)} for u in range(new)]


def _linear_row(ratio: Fraction, u: int, old: int, new: int, aligned: bool) -> dict[int, Fraction]:
    """The two entries between which an output lies, and their shares."""
    if aligned:
        place = Fraction(u * (old - 1), new - 1) if new > 1 else Fraction(0)
    else:
        place = max((u + Fraction(1, 2)) * ratio - Fraction(1, 2), Fraction(0))
    first = min(floor(place), old - 1)
    share = place - first
    last = min(first + 1, old - 1)
    return {first: Fraction(1)} if first == last or not share else {first: 1 - share, last: share}


def combined(x: SignalExpr, axis: int, rows: Sequence[dict[int, Fraction]]) -> SignalExpr:
    """Each output a sum of entries with known factors."""
    old = int(size_along(x, axis))
    matrix = Tensor.taps([[row.get(i, Fraction(0)) for i in range(old)] for row in rows])
    letters = "abcdefgh"[: x.ndim]
    result = letters.replace(letters[axis], "z")
    return einsum(f"z{letters[axis]},{letters}->{result}", matrix, x)


def linear_by(x: SignalExpr, axis: int, factor: int) -> SignalExpr:
    """Linear interpolation to `factor` times the size, beyond whose ends the last entries go on."""
    around = x.pad(1, 1, "replicate", axis=axis)
    phases = []
    for a in range(factor):
        place = Fraction(2 * a + 1 - factor, 2 * factor)  # from the entry to which it belongs
        first = floor(place)  # −1 or 0
        share = place - first
        one = around.pad(-(1 + first), first - 1, axis=axis)
        other = around.pad(-(2 + first), first, axis=axis)
        phases.append(one if not share else one * (1 - share) + other * share)
    names = names_of(x.ndim)
    joined = concatenate(
        [
            phase.rearrange(
                f"{' '.join(names)} -> {' '.join([*names[: axis + 1], '1', *names[axis + 1 :]])}"
            )
            for phase in phases
        ],
        axis + 1,
    )
    split = " ".join([*names[: axis + 1], "r", *names[axis + 1 :]])
    merged = " ".join([*names[:axis], f"({names[axis]} r)", *names[axis + 1 :]])
    return joined.rearrange(f"{split} -> {merged}")

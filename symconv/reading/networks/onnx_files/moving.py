"""The operators of ONNX that move entries: axes split, merged and exchanged, parts, images resized.

Those that shapes are calculated with, as Concat and Slice, are in `integers` where they are
applied to integers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import floor, prod
from typing import Any

import numpy as np

from symconv.arithmetic.limits import FARTHEST_POSITION, MOST_SIZES_CALCULATED
from symconv.errors import SymconvError, as_given
from symconv.language.amounts import Amount
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr
from symconv.reading.networks.layers.entrywise import filled
from symconv.reading.networks.layers.resizing import combined, every, linear_by, multiple
from symconv.reading.networks.onnx_files.numbers import FLOATS, exactly, known
from symconv.reading.networks.onnx_files.values import Call, Computed, Constant, Integers, Value
from symconv.reading.networks.sizes import Size

__all__ = ["MOVING", "by_numbers", "new_axes", "slices_of"]

Meaning = Callable[[Call], Any]


# --- shapes --------------------------------------------------------------------------


def _reshape(call: Call) -> Any:
    x = call.tensor()
    have = call.sizes(x)
    wanted = []
    for axis, size in enumerate(call.integers(1, "the shape")):
        if isinstance(size, Size) and not size > 0:  # where it is 0 it would mean the old size
            raise SymconvError(f"the size {size} is not positive")
        if size == 0 and not call.get("allowzero", 0):
            if axis >= x.ndim:
                raise SymconvError(f"there is no axis {axis} of which a size could be kept")
            size = have[axis]
        wanted.append(size)
    return call.layer("reshape", x, *wanted)


def _flatten(call: Call) -> Any:
    x = call.tensor()
    axis = call.get("axis", 1)
    if not -x.ndim <= axis <= x.ndim:
        raise SymconvError(f"there is no axis {axis} of {x.ndim}")
    axis = axis + x.ndim if axis < 0 else axis
    sizes = call.sizes(x)
    return call.layer("reshape", x, prod(sizes[:axis]), prod(sizes[axis:]))


def _squeeze(call: Call) -> Any:
    x = call.tensor()
    given = call.listed("axes", 1, "the axes")
    if given is None:
        axes = [axis for axis, size in enumerate(call.sizes(x)) if size == 1]
    else:
        axes = call.axes(given, x.ndim)
    wrong = [size for axis, size in enumerate(call.sizes(x)) if axis in axes and size != 1]
    if wrong:
        raise SymconvError(f"an axis of {wrong[0]} entries is left out")
    return call.layer("squeeze", x, axes) if axes else x


def _unsqueeze(call: Call) -> Any:
    x = call.tensor()
    for axis in new_axes(call, x.ndim):
        x = call.layer("unsqueeze", x, axis)
    return x


def new_axes(call: Call, rank: int) -> list[int]:
    """The places of the axes that Unsqueeze adds to so many, in their order."""
    axes = call.listed("axes", 1, "the axes")
    if axes is None:
        raise SymconvError("the axes are missing")
    return sorted(call.axes(axes, rank + len(axes)))


def _expand(call: Call) -> Any:
    x = call.tensor()
    wanted = call.integers(1, "the shape")
    have = [*[1] * (len(wanted) - x.ndim), *call.sizes(x)]
    wanted = [*[1] * (x.ndim - len(wanted)), *wanted]
    sizes = []
    for old, new in zip(have, wanted, strict=True):
        # Numbers first, as of sizes it has to be known for all that they may be.
        if (isinstance(new, int) and new == 1) or str(old) == str(new):
            sizes.append(old)
        elif (isinstance(old, int) and old == 1) or old == 1:
            sizes.append(new)
        elif new == 1 or old == new:
            sizes.append(old)
        else:
            raise SymconvError(f"an axis of {old} entries is expanded to {new}")
    return call.layer("expand", x, *sizes)


def _tile(call: Call) -> Any:
    x = call.tensor()
    repeats = call.integers(1, "the repeats")
    if len(repeats) != x.ndim:
        raise SymconvError(f"repeats {len(repeats)} axes, and there are {x.ndim}")
    return call.layer("repeat", x, *repeats) if repeats else x


def _transpose(call: Call) -> Any:
    x = call.tensor()
    order = call.get("perm") or list(reversed(range(x.ndim)))
    if sorted(call.axis(axis, x.ndim) for axis in order) != list(range(x.ndim)):
        raise SymconvError(f"perm takes each of {x.ndim} axes once, got {order}")
    return call.layer("permute", x, *order) if order else x


def _depth_to_space(call: Call) -> Any:
    x, mode = call.tensor(), call.choice("mode", "DCR", "CRD")
    if x.ndim != 4:
        raise SymconvError(f"takes a tensor (N, C, H, W), and there are {x.ndim} axes")
    layer = "pixel_shuffle" if mode == "CRD" else "depth_to_space"
    return call.layer(layer, x, call.get("blocksize"))


def _space_to_depth(call: Call) -> Any:
    x, mode = call.tensor(), call.choice("mode", "DCR", "CRD")
    if x.ndim != 4:
        raise SymconvError(f"takes a tensor (N, C, H, W), and there are {x.ndim} axes")
    layer = "pixel_unshuffle" if mode == "CRD" else "space_to_depth"
    return call.layer(layer, x, call.get("blocksize"))


# --- parts ---------------------------------------------------------------------------


def _concat(call: Call) -> Any:
    tensors = call.tensors()
    return call.layer("cat", tensors, call.axis(call.get("axis", 1), tensors[0].ndim))


def _split(call: Call) -> Any:
    x = call.tensor()
    axis = call.axis(call.get("axis", 0), x.ndim)
    count = len(call.node.outputs)
    sizes = call.listed("split", 1, "the sizes of the parts")
    if sizes is None:
        if call.get("num_outputs", count) != count:
            raise SymconvError(f"num_outputs is not {count}, the number of outputs")
        size = size_along(x, axis).number
        if call.version < 18 and size is not None and size % count:
            raise SymconvError(f"{size} entries are no {count} equal parts")
        parts = call.layer("chunk", x, count, axis)
    else:
        parts = call.layer("split", x, list(sizes), axis)
    if len(parts) != count:
        raise SymconvError(f"{len(parts)} parts are split off, and there are {count} outputs")
    return parts


def slices_of(call: Call, rank: int) -> list[tuple[int, Any, Any, int]]:
    """The axes of a Slice, and where each begins and ends, and in which steps."""
    if call.version < 10:
        starts, ends = list(call.get("starts")), list(call.get("ends"))
        axes = call.get("axes") or list(range(len(starts)))
        steps = [1] * len(starts)
    else:
        starts, ends = call.integers(1, "where it starts"), call.integers(2, "where it ends")
        axes = call.integers(3, "the axes") if call.has(3) else list(range(len(starts)))
        steps = call.integers(4, "the steps") if call.has(4) else [1] * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps):
        raise SymconvError("starts, ends, axes and steps are not equally many")
    if any(not isinstance(step, int) or step == 0 for step in steps):
        raise SymconvError(f"the steps are numbers other than 0, got {steps}")
    return list(zip(call.axes(axes, rank), starts, ends, steps, strict=True))


def _slice(call: Call) -> Any:
    x = call.tensor()
    parts: list[Any] = [slice(None)] * x.ndim
    for axis, start, end, step in slices_of(call, x.ndim):
        n = size_along(x, axis)
        if n.number is not None and isinstance(start, int) and isinstance(end, int):
            parts[axis] = by_numbers(start, end, step, n.number)
        else:
            parts[axis] = _by_symbols(start, end, step)
    flipped = [axis for axis, part in enumerate(parts) if part.step is not None and part.step < 0]
    if not flipped:
        return call.layer("getitem", x, tuple(parts))
    result: SignalExpr = x[tuple(parts)]  # which PyTorch has no steps back for
    return result


def by_numbers(start: int, end: int, step: int, n: int) -> slice:
    """The slice within n entries, with the least numbers that say it."""
    if step < 0 and start < -n:  # by the specification the first entry, to NumPy none
        raise SymconvError(f"goes back from {start}, which is before the first of {n} entries")
    first, last, _ = slice(start, end, step).indices(n)
    if step > 0:
        return slice(first, max(first, last), step)
    if not range(first, last, step):
        return slice(0, 0, 1)
    return slice(first, None if last < 0 else last, step)


def _by_symbols(start: Any, end: Any, step: int) -> slice:
    """The slice along an axis whose size is a symbol; far away is its beginning or its end."""
    is_far = [isinstance(one, int) and abs(one) >= FARTHEST_POSITION for one in (start, end)]
    plain = [one.amount if isinstance(one, Size) else one for one in (start, end)]
    if step > 0:
        if is_far[0] and start > 0:
            return slice(0, 0, 1)
        return slice(
            None if is_far[0] else plain[0],
            (None if end > 0 else 0) if is_far[1] else plain[1],
            step,
        )
    if is_far[0] and start < 0:
        return slice(0, 0, 1)
    return slice(
        None if is_far[0] else plain[0], (0 if end > 0 else None) if is_far[1] else plain[1], step
    )


def _gather(call: Call) -> Any:
    x = call.tensor()
    axis = call.axis(call.get("axis", 0), x.ndim)
    given = call.value(1)
    if isinstance(given, Integers):
        if given.array.size != 1:
            raise SymconvError(f"positions are numbers, got {given.array.tolist()}")
        taken = call.layer("select", x, axis, given.array.reshape(-1)[0])
        for _ in range(given.array.ndim):
            taken = call.layer("unsqueeze", taken, axis)
        return taken
    positions = call.constant(1, "a position").numbers.array()
    if positions.size > MOST_SIZES_CALCULATED:
        raise SymconvError(f"{positions.size} positions are more than are told one by one")
    flat = [int(one) for one in positions.reshape(-1)]
    if positions.ndim == 0:
        return call.layer("select", x, axis, flat[0])
    taken = call.layer("index_select", x, axis, flat)
    if positions.ndim == 1:
        return taken
    sizes = call.sizes(x)
    return call.layer("reshape", taken, *sizes[:axis], *positions.shape, *sizes[axis + 1 :])


# --- images --------------------------------------------------------------------------


def _upsample(call: Call) -> Any:
    call.only("mode", "nearest", "linear")
    x = call.tensor()
    if call.version < 9:
        scales = [exactly(np.float32(one), "a scale") for one in call.get("scales")]
    else:
        scales = _scales(call, 1)
    if len(scales) != x.ndim:
        raise SymconvError(f"has {len(scales)} scales for {x.ndim} axes")
    for axis, scale in enumerate(scales):
        x = _resized(call, x, axis, None, scale, "asymmetric", "floor")
    return x


def _scales(call: Call, place: int) -> list[Fraction]:
    given = call.value(place)
    if isinstance(given, Integers):
        values = list(given.array.reshape(-1))
        if not all(isinstance(one, int | Fraction) for one in values):
            raise SymconvError(f"scales are numbers, got {given.array.tolist()}")
        return [Fraction(one) for one in values]
    array = call.constant(place, "a scale").numbers.array()
    return [exactly(one, "a scale") for one in array.reshape(-1)]


def _resize(call: Call) -> Any:
    x = call.tensor()
    call.only("antialias", 0)
    if call.version < 11:
        coordinates, rounding = "asymmetric", "floor"
        places: tuple[int, int | None] = (1, None)
    else:
        coordinates = call.get("coordinate_transformation_mode", "half_pixel")
        rounding = call.get("nearest_mode", "round_prefer_floor")
        places = (2, 3)
    _place(0, 1, 1, Fraction(1), coordinates)  # which refuses those that are not read
    axes = [call.axis(a, x.ndim) for a in call.get("axes") or range(x.ndim)]
    scales = _scales(call, places[0]) if call.has(places[0]) else []
    sizes: list[Any] = []
    if places[1] is not None and call.has(places[1]):
        sizes = call.integers(places[1], "the sizes")
        if scales:
            raise SymconvError("has scales and sizes, of which one is meant")
    if len(scales or sizes) != len(axes):
        raise SymconvError(f"has {len(scales or sizes)} scales or sizes for {len(axes)} axes")
    if sizes:
        sizes, scales = _kept_ratio(call, [size_along(x, a) for a in axes], sizes)
    for at, axis in enumerate(axes):
        new = sizes[at] if sizes else None
        scale = scales[at] if scales else None
        x = _resized(call, x, axis, new, scale, coordinates, rounding)
    return x


def _kept_ratio(
    call: Call, old: list[Amount], sizes: list[Any]
) -> tuple[list[Any], list[Fraction]]:
    """The sizes, and one scale for all axes where their ratio is kept."""
    policy = call.choice("keep_aspect_ratio_policy", "stretch", "not_larger", "not_smaller")
    if policy == "stretch":
        return sizes, []
    if any(n.number is None for n in old) or not all(isinstance(one, int) for one in sizes):
        raise SymconvError(
            f"is read with keep_aspect_ratio_policy={policy} where sizes are numbers"
        )
    ratios = [Fraction(new, int(n)) for new, n in zip(sizes, old, strict=True)]
    scale = min(ratios) if policy == "not_larger" else max(ratios)
    return [floor(scale * int(n) + Fraction(1, 2)) for n in old], [scale] * len(old)


def _resized(
    call: Call,
    x: SignalExpr,
    axis: int,
    size: Any,
    scale: Fraction | None,
    coordinates: str,
    rounding: str,
) -> SignalExpr:
    """One axis of another size."""
    old = size_along(x, axis)
    if scale is not None and scale <= 0:
        raise SymconvError(f"a scale is positive, got {scale}")
    if coordinates == "align_corners" and scale is not None and scale.denominator != 1:
        raise SymconvError(
            f"aligns corners of {old} entries times {scale}: implementations differ in whether "
            "the last corner is that of the rounded size; it is read with `sizes`"
        )
    if size is None:
        assert scale is not None
        new = old * scale.numerator // scale.denominator
    else:
        new = size.amount if isinstance(size, Size) else Amount.of(size)
    if old.polynomial == new.polynomial and scale in (None, 1):
        return x  # each entry is where it was, whatever the coordinates are
    mode = call.choice("mode", "nearest", "linear", "cubic")
    if old.number is not None and new.number is not None:
        shown = Fraction(new.number, old.number) if scale is None else scale
        rows = [
            _row(call, u, old.number, new.number, shown, mode, coordinates, rounding)
            for u in range(new.number)
        ]
        return combined(x, axis, rows)
    if old == 1:
        sizes = [new if a == axis else size_along(x, a) for a in range(x.ndim)]
        result: SignalExpr = call.layer("expand", x, *sizes)
        return result
    half = coordinates in ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric")
    first = coordinates == "asymmetric" and rounding == "floor"
    factor = multiple(new, old) if scale is None else scale
    if factor is not None and factor.denominator == 1:
        # Of r entries that are made of one, each is nearer to it than by a half.
        if mode == "nearest" and (first or (half and rounding.startswith("round"))):
            return x.upsample((int(factor),), axes=axis)
        if mode == "linear" and half:
            return linear_by(x, axis, int(factor))
    step = multiple(old, new) if scale is None else 1 / scale
    if step is not None and step.denominator == 1 and mode == "nearest" and first:
        return every(x, axis, new, int(step))
    raise SymconvError(
        f"of {old} entries to {new}, mode={mode} with {coordinates} and {rounding} is read where "
        "these are numbers, by `inputs` or by a hypothesis such as Eq(H, 224)"
    )


def _row(
    call: Call,
    u: int,
    old: int,
    new: int,
    scale: Fraction,
    mode: str,
    coordinates: str,
    rounding: str,
) -> dict[int, Fraction]:
    """The entries of which an output is made, and their shares."""
    place = _place(u, old, new, scale, coordinates)
    if mode == "nearest":
        return {min(max(_rounded(place, rounding), 0), old - 1): Fraction(1)}
    first = floor(place)
    share = place - first
    if mode == "linear":
        taps = {first: 1 - share, first + 1: share}
    else:
        a = call.real("cubic_coeff_a", -0.75)
        taps = {first + i: _cubic(abs(share - i), a) for i in range(-1, 3)}
    if call.get("exclude_outside", 0):
        taps = {i: one for i, one in taps.items() if 0 <= i < old}
        total = sum(taps.values())
        taps = {i: one / total for i, one in taps.items()}
    row: dict[int, Fraction] = {}
    for i, one in taps.items():
        if one:
            at = min(max(i, 0), old - 1)
            row[at] = row.get(at, Fraction(0)) + one
    return row


def _place(u: int, old: int, new: int, scale: Fraction, coordinates: str) -> Fraction:
    """Where output u lies between the entries."""
    half = Fraction(1, 2)
    middle = (u + half) / scale - half
    match coordinates:
        case "half_pixel":
            return middle
        case "pytorch_half_pixel":
            return middle if new > 1 else Fraction(0)
        case "half_pixel_symmetric":
            return Fraction(old, 2) * (1 - new / (scale * old)) + middle
        case "align_corners":
            return Fraction(u * (old - 1), new - 1) if new > 1 else Fraction(0)
        case "asymmetric":
            return u / scale
    raise SymconvError(f"is not read with coordinate_transformation_mode={as_given(coordinates)}")


def _rounded(place: Fraction, rounding: str) -> int:
    match rounding:
        case "round_prefer_floor":
            return -floor(Fraction(1, 2) - place)
        case "round_prefer_ceil":
            return floor(place + Fraction(1, 2))
        case "floor":
            return floor(place)
        case "ceil":
            return -floor(-place)
    raise SymconvError(f"is not read with nearest_mode={as_given(rounding)}")


def _cubic(distance: Fraction, a: Fraction) -> Fraction:
    """The share of an entry at a distance.

    References:
        R. Keys, *Cubic convolution interpolation for digital image processing*, IEEE Transactions
        on Acoustics, Speech, and Signal Processing 29 (1981), 1153–1160.
    """
    d = distance
    if d <= 1:
        return ((a + 2) * d - (a + 3)) * d * d + 1
    return (((d - 5) * d + 8) * d - 4) * a if d < 2 else Fraction(0)


# --- what stays ----------------------------------------------------------------------


def _dropout(call: Call) -> Value:
    if call.version >= 12 and call.has(2):
        training = call.constant(2, "training_mode").numbers.array()
        ratio = call.number(1, "the ratio") if call.has(1) else Fraction(1, 2)
        if bool(training.reshape(-1)[0]) and ratio:
            raise SymconvError("drops entries at random, as in training")
    return call.value(0)


def _constant_of_shape(call: Call) -> Value:
    value = call.get("value")
    sizes = call.integers(0, "the shape")
    if any(isinstance(size, int) and size < 0 for size in sizes):
        raise SymconvError(f"a size is not negative, got {sizes}")
    entry = np.float32(0) if value is None else value.array().reshape(-1)[0]
    name = call.node.outputs[0]
    is_plain = all(isinstance(size, int) for size in sizes)
    count = prod(sizes) if is_plain else None
    if value is None or value.kind in FLOATS:
        if count is not None and count <= MOST_SIZES_CALCULATED:
            numbers = known(name, np.full(sizes, entry))
            shown = [*sizes]
            return Constant(numbers, by_layer=lambda: filled(shown, exactly(entry, name)))
        plain = [size.amount if isinstance(size, Size) else size for size in sizes]
        return Computed(filled(plain, exactly(entry, name)))
    if count is None or count > MOST_SIZES_CALCULATED:
        raise SymconvError(f"an array of integers has at most {MOST_SIZES_CALCULATED} entries here")
    return Constant(known(name, np.full(sizes, entry)))


MOVING: Mapping[str, Meaning] = {
    "Concat": _concat,
    "ConstantOfShape": _constant_of_shape,
    "DepthToSpace": _depth_to_space,
    "Dropout": _dropout,
    "Expand": _expand,
    "Flatten": _flatten,
    "Gather": _gather,
    "Identity": lambda call: call.value(0),
    "Reshape": _reshape,
    "Resize": _resize,
    "Slice": _slice,
    "SpaceToDepth": _space_to_depth,
    "Split": _split,
    "Squeeze": _squeeze,
    "Tile": _tile,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
    "Upsample": _upsample,
}
"""What these operators mean."""

"""Layers in several axes as nested loops over arrays of integers, in object arrays.

Each is what PyTorch's documentation says of the layer of that name, with its arguments, and
is held against PyTorch itself. Nothing here uses symconv, and nothing is vectorised: an
entry is computed where it is defined. Where PyTorch refuses a kernel that does not fit into
the input, the outputs are empty.

An argument that belongs to the axes of a layer is a number for all of them or one for each;
a padding may also be a pair (left, right) for each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import isclose, prod
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Each = int | Sequence[int]
Pairs = Sequence[tuple[int, int]]
Padding = Each | Pairs
Mode = Literal["zeros", "reflect", "replicate", "circular"]


def agree(ours: Any, oracle: Array) -> bool:
    """Whether the shapes are the same, and all entries.

    Where the oracle has floats, up to its rounding: it may divide twice for a mean over two axes.
    """
    if np.shape(ours) != oracle.shape:
        return False
    pairs_ = zip(np.ravel(ours), oracle.ravel().tolist(), strict=True)
    if oracle.dtype == float:
        return all(isclose(a, b, rel_tol=1e-14) for a, b in pairs_)
    return all(a == b for a, b in pairs_)


def each(argument: Each, axes: int) -> tuple[int, ...]:
    """One number for each axis."""
    numbers = (argument,) * axes if isinstance(argument, int) else tuple(argument)
    if len(numbers) != axes:
        raise ValueError(f"{axes} axes, but {len(numbers)} numbers")
    return numbers


def pairs(padding: Padding, axes: int) -> list[tuple[int, int]]:
    """The padding on the left and on the right of each axis."""
    if isinstance(padding, int):
        return [(padding, padding)] * axes
    if len(padding) != axes:
        raise ValueError(f"{axes} axes, but {len(padding)} amounts of padding")
    return [(amount, amount) if isinstance(amount, int) else amount for amount in padding]


def zeros(shape: Sequence[int]) -> Array:
    """Python's integers, which do not overflow."""
    array = np.empty(tuple(shape), dtype=object)
    array.fill(0)
    return array


def last_axes(array: Array, axes: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sizes of the axes before the last ones, and of those."""
    if array.ndim < axes:
        raise ValueError(f"{axes} axes of {array.ndim}")
    cut = array.ndim - axes
    return array.shape[:cut], array.shape[cut:]


# --- padding ---------------------------------------------------------------------------


def source(position: int, size: int, mode: Mode) -> int | None:
    """The entry that is repeated at a position, which may lie outside; none for a zero."""
    if 0 <= position < size:
        return position
    if mode == "zeros":
        return None
    if mode == "replicate" and size:
        return 0 if position < 0 else size - 1
    if mode == "circular" and -size <= position < 2 * size:
        return position + size if position < 0 else position - size
    if mode == "reflect" and -size < position < 2 * size - 1:
        return -position if position < 0 else 2 * (size - 1) - position
    raise ValueError(f"no entry for position {position} of {size} in mode {mode}")


def pad(x: Array, amounts: Pairs, mode: Mode = "zeros") -> Array:
    """The last axes padded, or cropped where an amount is negative."""
    before, sizes = last_axes(x, len(amounts))
    lengths = [max(0, l + n + r) for n, (l, r) in zip(sizes, amounts, strict=True)]
    y = zeros((*before, *lengths))
    for start in np.ndindex(*before):
        for u in np.ndindex(*lengths):
            taken = [
                source(position - l, n, mode)
                for position, n, (l, _) in zip(u, sizes, amounts, strict=True)
            ]
            if None not in taken:
                y[(*start, *u)] = x[(*start, *taken)]
    return y


def torch_same(kernel: Sequence[int], dilation: Sequence[int]) -> list[tuple[int, int]]:
    """PyTorch's padding "same": as many outputs as inputs, the odd entry on the right."""
    totals = [d * (c - 1) for c, d in zip(kernel, dilation, strict=True)]
    return [(total // 2, total - total // 2) for total in totals]


def tensorflow_same(
    sizes: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> list[tuple[int, int]]:
    """TensorFlow's SAME: ⌈n/s⌉ outputs, with the least padding, the odd zero on the right."""
    amounts = []
    for n, c, s, d in zip(sizes, kernel, stride, dilation, strict=True):
        outputs = (n + s - 1) // s
        total = max((outputs - 1) * s + d * (c - 1) + 1 - n, 0)
        amounts.append((total // 2, total - total // 2))
    return amounts


def pad_same(x: Array, size: Sequence[int], stride: Each = 1, dilation: Each = 1) -> Array:
    """The zeros of TensorFlow's SAME around the last axes."""
    axes = len(size)
    _, sizes = last_axes(x, axes)
    return pad(x, tensorflow_same(sizes, size, each(stride, axes), each(dilation, axes)))


# --- layers of channels ----------------------------------------------------------------


def outputs(n: int, c: int, stride: int, dilation: int) -> int:
    """How many windows of c entries, that far apart, begin at a multiple of the stride."""
    reach = dilation * (c - 1) + 1
    return len(range(0, n - reach + 1, stride))


def conv(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Each = 1,
    padding: Padding | Literal["same", "valid"] = 0,
    dilation: Each = 1,
    groups: int = 1,
    padding_mode: Mode = "zeros",
) -> Array:
    """`torch.nn.Conv1d`, `Conv2d`, `Conv3d`, for one image or several."""
    axes = weight.ndim - 2
    if x.ndim == axes + 1:
        options = (stride, padding, dilation, groups, padding_mode)
        one: Array = conv(x[None], weight, bias, *options)[0]
        return one
    (images, channels), kernel = x.shape[:2], weight.shape[2:]
    features, taken = weight.shape[:2]
    if channels != groups * taken or features % groups:
        raise ValueError(f"{channels} channels, {features} features, {groups} groups")
    steps, apart = each(stride, axes), each(dilation, axes)
    if padding == "same":
        if set(steps) != {1}:
            raise ValueError(f"padding 'same' with the stride {stride}")
        amounts = torch_same(kernel, apart)
    else:
        amounts = pairs(0 if padding == "valid" else padding, axes)
    padded = pad(x, amounts, padding_mode)
    lengths = [
        outputs(n, c, s, d)
        for n, c, s, d in zip(padded.shape[2:], kernel, steps, apart, strict=True)
    ]
    y = zeros((images, features, *lengths))
    for image in range(images):
        for feature in range(features):
            first = feature // (features // groups) * taken
            for u in np.ndindex(*lengths):
                total = 0 if bias is None else bias[feature]
                for channel in range(taken):
                    for j in np.ndindex(*kernel):
                        at = [s * p + d * q for s, p, d, q in zip(steps, u, apart, j, strict=True)]
                        total += (
                            weight[(feature, channel, *j)] * padded[(image, first + channel, *at)]
                        )
                y[(image, feature, *u)] = total
    return y


def conv_transpose(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Each = 1,
    padding: Padding = 0,
    output_padding: Each = 0,
    groups: int = 1,
    dilation: Each = 1,
) -> Array:
    """`torch.nn.ConvTranspose1d`, …: every input adds a multiple of the kernel to the outputs.

    That is the gradient of `conv` with respect to its input.
    """
    axes = weight.ndim - 2
    if x.ndim == axes + 1:
        options = (stride, padding, output_padding, groups, dilation)
        one: Array = conv_transpose(x[None], weight, bias, *options)[0]
        return one
    (images, channels), sizes, kernel = x.shape[:2], x.shape[2:], weight.shape[2:]
    made = weight.shape[1]
    if channels != weight.shape[0] or channels % groups:
        raise ValueError(f"{channels} channels, {weight.shape[0]} of the weight, {groups} groups")
    steps, apart = each(stride, axes), each(dilation, axes)
    amounts, more = pairs(padding, axes), each(output_padding, axes)
    lengths = [
        max(0, (n - 1) * s - l - r + d * (c - 1) + m + 1)
        for n, c, s, d, (l, r), m in zip(sizes, kernel, steps, apart, amounts, more, strict=True)
    ]
    y = zeros((images, groups * made, *lengths))
    if bias is not None:
        for at in np.ndindex(*y.shape):
            y[at] = bias[at[1]]
    for image in range(images):
        for channel in range(channels):
            first = channel // (channels // groups) * made
            for u in np.ndindex(*sizes):
                for feature in range(made):
                    for j in np.ndindex(*kernel):
                        at = tuple(
                            s * p + d * q - l
                            for s, p, d, q, (l, _) in zip(steps, u, apart, j, amounts, strict=True)
                        )
                        if all(0 <= p < length for p, length in zip(at, lengths, strict=True)):
                            y[(image, first + feature, *at)] += (
                                weight[(channel, feature, *j)] * x[(image, channel, *u)]
                            )
    return y


def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """`torch.nn.Linear`, on the last axis."""
    before, (features,) = last_axes(x, 1)
    rows, columns = weight.shape
    if features != columns:
        raise ValueError(f"{features} features, {columns} columns")
    y = zeros((*before, rows))
    for start in np.ndindex(*before):
        for row in range(rows):
            total = 0 if bias is None else bias[row]
            for column in range(columns):
                total += weight[row, column] * x[(*start, column)]
            y[(*start, row)] = total
    return y


def batch_norm(
    x: Array,
    running_mean: Array,
    inverse_deviation: Array,
    weight: Array | None = None,
    bias: Array | None = None,
) -> Array:
    """`torch.nn.BatchNorm1d`, … in evaluation: an affine map of each channel, the axis 1."""
    y = zeros(x.shape)
    for at in np.ndindex(*x.shape):
        channel = at[1]
        entry = (x[at] - running_mean[channel]) * inverse_deviation[channel]
        if weight is not None:
            entry = entry * weight[channel]
        if bias is not None:
            entry = entry + bias[channel]
        y[at] = entry
    return y


# --- pools -----------------------------------------------------------------------------


def pooled_length(n: int, c: int, stride: int, padding: tuple[int, int], ceil: bool) -> int:
    """The length that the documentation of `torch.nn.AvgPool1d` states."""
    left, right = padding
    rest = n + left + right - c
    length = (-(-rest // stride) if ceil else rest // stride) + 1
    # No window starts in the padding on the right.
    if ceil and (length - 1) * stride >= n + left:
        length -= 1
    return max(0, length)


def avg_pool(
    x: Array,
    size: Sequence[int],
    stride: Each | None = None,
    padding: Padding = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Array:
    """`torch.nn.AvgPool1d`, …: means of windows in the last axes, as fractions.

    A window may end beyond the padding, with `ceil_mode`; what lies there never counts.
    """
    axes = len(size)
    steps, amounts = each(size if stride is None else stride, axes), pairs(padding, axes)
    before, sizes = last_axes(x, axes)
    lengths = [
        pooled_length(n, c, s, amount, ceil_mode)
        for n, c, s, amount in zip(sizes, size, steps, amounts, strict=True)
    ]
    y = zeros((*before, *lengths))
    for start in np.ndindex(*before):
        for u in np.ndindex(*lengths):
            total, inside, within_padding = 0, 0, 0
            for j in np.ndindex(*size):
                at = [s * p + q - l for s, p, q, (l, _) in zip(steps, u, j, amounts, strict=True)]
                if all(0 <= p < n for p, n in zip(at, sizes, strict=True)):
                    inside += 1
                    total += x[(*start, *at)]
                ends = [n + r for n, (_, r) in zip(sizes, amounts, strict=True)]
                if all(p < end for p, end in zip(at, ends, strict=True)):
                    within_padding += 1
            divisor = within_padding if count_include_pad else inside
            if divisor_override is not None:
                divisor = divisor_override
            y[(*start, *u)] = Fraction(int(total), divisor) if divisor else 0
    return y


def max_pool(
    x: Array,
    size: Sequence[int],
    stride: Each | None = None,
    padding: Padding = 0,
    dilation: Each = 1,
    ceil_mode: bool = False,
) -> Array:
    """`torch.nn.MaxPool1d`, …: the largest of the entries of windows in the last axes.

    What lies in the padding or beyond it never counts.

    Raises:
        ValueError: a window has no entry.
    """
    axes = len(size)
    steps, amounts = each(size if stride is None else stride, axes), pairs(padding, axes)
    gaps = each(dilation, axes)
    before, sizes = last_axes(x, axes)
    lengths = [
        pooled_length(n, d * (c - 1) + 1, s, amount, ceil_mode)
        for n, c, s, d, amount in zip(sizes, size, steps, gaps, amounts, strict=True)
    ]
    y = zeros((*before, *lengths))
    for start in np.ndindex(*before):
        for u in np.ndindex(*lengths):
            found = []
            for j in np.ndindex(*size):
                at = [
                    s * p + d * q - l
                    for s, d, p, q, (l, _) in zip(steps, gaps, u, j, amounts, strict=True)
                ]
                if all(0 <= p < n for p, n in zip(at, sizes, strict=True)):
                    found.append(x[(*start, *at)])
            y[(*start, *u)] = max(found)
    return y


def adaptive_avg_pool(x: Array, output_size: Sequence[int | None]) -> Array:
    """`torch.nn.AdaptiveAvgPool1d`, …: means of so many windows, that begin and end evenly."""
    axes = len(output_size)
    before, sizes = last_axes(x, axes)
    lengths = [n if m is None else m for n, m in zip(sizes, output_size, strict=True)]
    y = zeros((*before, *lengths))
    for start in np.ndindex(*before):
        for u in np.ndindex(*lengths):
            windows = [
                range((i * n) // m, -((-(i + 1) * n) // m))
                for i, n, m in zip(u, sizes, lengths, strict=True)
            ]
            entries = [int(x[(*start, *at)]) for at in product(*windows)]
            y[(*start, *u)] = Fraction(sum(entries), len(entries))
    return y


# --- other orders of the entries -------------------------------------------------------


def pixel_shuffle(x: Array, factor: int) -> Array:
    """`torch.nn.PixelShuffle`: r² channels are the pixels of squares."""
    r = factor
    before, (channels, height, width) = last_axes(x, 3)
    if channels % (r * r):
        raise ValueError(f"{channels} channels, {r} times {r} pixels")
    y = zeros((*before, channels // (r * r), height * r, width * r))
    for start in np.ndindex(*before):
        for channel, row, column in np.ndindex(channels // (r * r), height, width):
            for a in range(r):
                for b in range(r):
                    entry = x[(*start, channel * r * r + a * r + b, row, column)]
                    y[(*start, channel, row * r + a, column * r + b)] = entry
    return y


def pixel_unshuffle(x: Array, factor: int) -> Array:
    """`torch.nn.PixelUnshuffle`: the pixels of squares become r² channels."""
    r = factor
    before, (channels, height, width) = last_axes(x, 3)
    if height % r or width % r:
        raise ValueError(f"{height} times {width} pixels in squares of {r}")
    y = zeros((*before, channels * r * r, height // r, width // r))
    for start in np.ndindex(*before):
        for channel, row, column in np.ndindex(channels, height // r, width // r):
            for a in range(r):
                for b in range(r):
                    entry = x[(*start, channel, row * r + a, column * r + b)]
                    y[(*start, channel * r * r + a * r + b, row, column)] = entry
    return y


def upsample(x: Array, factor: Sequence[int]) -> Array:
    """`torch.nn.Upsample`, nearest: every entry of the last axes becomes a block."""
    before, sizes = last_axes(x, len(factor))
    lengths = [n * f for n, f in zip(sizes, factor, strict=True)]
    y = zeros((*before, *lengths))
    for start in np.ndindex(*before):
        for u in np.ndindex(*lengths):
            y[(*start, *u)] = x[(*start, *(p // f for p, f in zip(u, factor, strict=True)))]
    return y


def unfold(
    x: Array, size: Sequence[int], dilation: Each = 1, padding: Each = 0, stride: Each = 1
) -> Array:
    """`torch.nn.Unfold`: the windows are columns, of all channels' entries."""
    axes = len(size)
    if x.ndim == axes + 1:
        one: Array = unfold(x[None], size, dilation, padding, stride)[0]
        return one
    steps, apart = each(stride, axes), each(dilation, axes)
    padded = pad(x, pairs(padding, axes))
    images, channels = x.shape[:2]
    blocks = [
        outputs(n, c, s, d) for n, c, s, d in zip(padded.shape[2:], size, steps, apart, strict=True)
    ]
    y = zeros((images, channels * prod(size), prod(blocks)))
    for image in range(images):
        for column, u in enumerate(np.ndindex(*blocks)):
            for row, (channel, *j) in enumerate(np.ndindex(channels, *size)):
                at = [s * p + d * q for s, p, d, q in zip(steps, u, apart, j, strict=True)]
                y[image, row, column] = padded[(image, channel, *at)]
    return y


def fold(
    x: Array,
    output_size: Sequence[int],
    size: Sequence[int],
    dilation: Each = 1,
    padding: Each = 0,
    stride: Each = 1,
) -> Array:
    """`torch.nn.Fold`: the columns are windows, which are added up where they overlap."""
    axes = len(size)
    if x.ndim == 2:
        one: Array = fold(x[None], output_size, size, dilation, padding, stride)[0]
        return one
    images, rows, columns = x.shape
    steps, apart, amounts = each(stride, axes), each(dilation, axes), each(padding, axes)
    blocks = [
        outputs(n + 2 * p, c, s, d)
        for n, p, c, s, d in zip(output_size, amounts, size, steps, apart, strict=True)
    ]
    channels = rows // prod(size)
    if rows != channels * prod(size) or columns != prod(blocks):
        raise ValueError(f"{rows} rows and {columns} columns for {blocks} windows of {size}")
    y = zeros((images, channels, *output_size))
    for image in range(images):
        for column, u in enumerate(np.ndindex(*blocks)):
            for row, (channel, *j) in enumerate(np.ndindex(channels, *size)):
                at = [
                    s * p + d * q - amount
                    for s, p, d, q, amount in zip(steps, u, apart, j, amounts, strict=True)
                ]
                if all(0 <= p < n for p, n in zip(at, output_size, strict=True)):
                    y[(image, channel, *at)] += x[image, row, column]
    return y

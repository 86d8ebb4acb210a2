"""Layers that slide along the last axes: convolutions, pools, paddings, patches.

How many axes a layer slides along stands in its name, as in conv2d, and one number is for all of
them.  The functions here are made for a number of axes each, by `of_dimensions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from math import inf, prod
from typing import Any

from symconv.errors import SymconvError, as_given
from symconv.language.amounts import integer_argument
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr
from symconv.reading.networks.layers.arguments import constant, each, exact
from symconv.reading.networks.layers.entrywise import absolute, amax, power

__all__ = [
    "adaptive_avg_pool",
    "adaptive_max_pool",
    "avg_pool",
    "conv",
    "conv_transpose",
    "fold",
    "lp_pool",
    "max_pool",
    "of_dimensions",
    "pad",
    "unfold",
]


def of_dimensions(layer: Callable[..., SignalExpr], dimensions: int) -> Callable[..., SignalExpr]:
    """The layer that slides along so many axes."""
    return partial(layer, dimensions)


def _check_input(dimensions: int, x: SignalExpr) -> None:
    if x.ndim - dimensions not in (1, 2):
        raise SymconvError(
            f"the input of a layer of {dimensions} dimensions has {dimensions + 1} axes (C, …) or "
            f"{dimensions + 2} axes (N, C, …), and there are {x.ndim}"
        )


def conv(
    dimensions: int,
    input: SignalExpr,  # noqa: A002 - the names of arguments are the frameworks'
    weight: SignalExpr,
    bias: SignalExpr | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
) -> SignalExpr:
    """A convolution layer; the padding may also be "same" or "valid", or pairs.

    References:
        `torch.nn.functional.conv1d`, `conv2d`, `conv3d`.
    """
    _check_input(dimensions, input)
    return input.conv(
        weight,
        bias,
        stride=each(stride, dimensions),
        padding=padding if isinstance(padding, str) else each(padding, dimensions),
        dilation=each(dilation, dimensions),
        groups=groups,
    )


def conv_transpose(
    dimensions: int,
    input: SignalExpr,  # noqa: A002
    weight: SignalExpr,
    bias: SignalExpr | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: Any = 1,
    dilation: Any = 1,
) -> SignalExpr:
    """A transposed convolution layer.

    References:
        `torch.nn.functional.conv_transpose1d`, `conv_transpose2d`, `conv_transpose3d`.
    """
    _check_input(dimensions, input)
    return input.conv_transpose(
        weight,
        bias,
        stride=each(stride, dimensions),
        padding=each(padding, dimensions),
        output_padding=each(output_padding, dimensions),
        groups=groups,
        dilation=each(dilation, dimensions),
    )


def avg_pool(
    dimensions: int,
    input: SignalExpr,  # noqa: A002
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
    dilation: Any = 1,
) -> SignalExpr:
    """Means of windows.

    References:
        `torch.nn.functional.avg_pool1d`, `avg_pool2d`, `avg_pool3d`; the dilation is ONNX's.
    """
    _check_input(dimensions, input)
    return input.avg_pool(
        each(kernel_size, dimensions),
        stride=None if stride is None or stride in ((), []) else each(stride, dimensions),
        padding=each(padding, dimensions),
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        divisor_override=divisor_override,
        dilation=each(dilation, dimensions),
    )


def max_pool(
    dimensions: int,
    input: SignalExpr,  # noqa: A002
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> SignalExpr:
    """The largest entries of windows; the padding does not count.

    References:
        `torch.nn.functional.max_pool1d`, `max_pool2d`, `max_pool3d`.
    """
    _check_input(dimensions, input)
    return input.max_pool(
        each(kernel_size, dimensions),
        stride=None if stride is None or stride in ((), []) else each(stride, dimensions),
        padding=each(padding, dimensions),
        dilation=each(dilation, dimensions),
        ceil_mode=ceil_mode,
    )


def lp_pool(
    dimensions: int,
    input: SignalExpr,  # noqa: A002
    norm_type: Any,
    kernel_size: Any,
    stride: Any = None,
    ceil_mode: bool = False,
) -> SignalExpr:
    """Roots of the sums of the p-th powers in windows; for p = 1 the sums themselves.

    A window that reaches beyond the end counts as a whole one: its mean is multiplied by as many
    entries as windows have.

    References:
        `torch.nn.functional.lp_pool1d`, `lp_pool2d`, `lp_pool3d`, which take no absolute values.

    Raises:
        SymconvError: p is none of 1, 2, 4 and ∞.
    """
    if norm_type == inf:
        return max_pool(dimensions, absolute(input), kernel_size, stride, ceil_mode=ceil_mode)
    if norm_type not in (1, 2, 4):
        raise SymconvError(
            f"is read with the norms 1, 2, 4 and ∞, whose roots are square roots, got {norm_type}"
        )
    powers = power(input, int(norm_type))
    means = avg_pool(dimensions, powers, kernel_size, stride, ceil_mode=ceil_mode)
    sums = means * prod(each(kernel_size, dimensions))
    return sums if norm_type == 1 else power(sums, Fraction(1, int(norm_type)))


def adaptive_avg_pool(dimensions: int, input: SignalExpr, output_size: Any) -> SignalExpr:  # noqa: A002
    """Means of so many windows, which cover the input evenly; None leaves an axis as it is.

    References:
        `torch.nn.functional.adaptive_avg_pool1d`, `adaptive_avg_pool2d`, `adaptive_avg_pool3d`.
    """
    _check_input(dimensions, input)
    sizes = each(output_size, dimensions)
    kept = [  # one window for each entry changes nothing
        None
        if size is not None
        and integer_argument(size, "the output size", input).polynomial == input.lengths[axis]
        else size
        for axis, size in enumerate(sizes, input.ndim - dimensions)
    ]
    return input.adaptive_avg_pool(tuple(kept))


def adaptive_max_pool(dimensions: int, input: SignalExpr, output_size: Any) -> SignalExpr:  # noqa: A002
    """The largest entries of so many windows; of one, or where their number divides the size.

    References:
        `torch.nn.functional.adaptive_max_pool1d`, `adaptive_max_pool2d`, `adaptive_max_pool3d`.
    """
    _check_input(dimensions, input)
    result = input
    whole = []  # the axes of one window, as in a maximum over these
    for axis, size in enumerate(each(output_size, dimensions), input.ndim - dimensions):
        have = size_along(input, axis)
        if size is None or size == have:
            continue
        if size == 1:
            whole.append(axis)
        elif have.number is not None and isinstance(size, int) and have.number % size == 0:
            result = result.max_pool((have // size,), axes=axis)
        else:
            raise SymconvError(
                f"an adaptive max pool has one output, or a number that divides the size: {size} "
                f"of {have} is neither"
            )
    return amax(result, whole, keepdim=True) if whole else result


_MODES = {"reflect": "reflect", "replicate": "replicate", "circular": "circular"}


def pad(
    input: SignalExpr,  # noqa: A002
    pad: Sequence[Any],
    mode: str = "constant",
    value: Any = None,
) -> SignalExpr:
    """Padding by pairs, of which the first are for the last axis; negative amounts crop.

    References:
        `torch.nn.functional.pad`.
    """
    amounts = list(pad)
    if len(amounts) % 2 or len(amounts) > 2 * input.ndim:
        raise SymconvError(f"a padding has a pair for each of the last axes, got {amounts}")
    pairs = [(amounts[i], amounts[i + 1]) for i in range(0, len(amounts), 2)]
    if mode not in ("constant", *_MODES):
        raise SymconvError(
            f"the mode of a padding is constant, reflect, replicate or circular, "
            f"got {as_given(mode)}"
        )
    around = exact(0 if value is None else value, "the value of a padding")
    if around and mode == "constant":
        # What is padded with c is c more than what is c less and padded with 0.
        less = input + constant(-around)
        return _padded(less, pairs, "zeros") + constant(around)
    return _padded(input, pairs, _MODES.get(mode, "zeros"))


def _padded(x: SignalExpr, pairs: Sequence[tuple[Any, Any]], mode: Any) -> SignalExpr:
    for back, (left, right) in enumerate(pairs, 1):
        before, after = (integer_argument(one, "the padding", x) for one in (left, right))
        if before != 0 or after != 0:
            x = x.pad(before, after, mode, axis=x.ndim - back)
    return x


def unfold(
    input: SignalExpr,  # noqa: A002
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> SignalExpr:
    """Patches as columns.

    References:
        `torch.nn.functional.unfold`.
    """
    size, *others = (each(one, 2) for one in (kernel_size, dilation, padding, stride))
    return input.unfold(size, dilation=others[0], padding=others[1], stride=others[2])


def fold(
    input: SignalExpr,  # noqa: A002
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> SignalExpr:
    """Columns added up where they came from.

    References:
        `torch.nn.functional.fold`.
    """
    size, *others = (each(one, 2) for one in (kernel_size, dilation, padding, stride))
    return input.fold(
        each(output_size, 2), size, dilation=others[0], padding=others[1], stride=others[2]
    )

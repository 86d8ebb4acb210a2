"""Layers in several axes by PyTorch itself, called as those of `layers_by_loops`.

TensorFlow's `pad_same` is not among them. Integers of a few digits are exact in the double
precision in which they are computed, and a quotient of such integers is rounded once: as
`float` rounds the fraction.

A test that calls one of these is skipped where PyTorch is not installed.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import pytest

from tests.oracles.layers_by_loops import Array, Each, Mode, Padding, each, pairs


def installed() -> Any:
    """PyTorch, which is not a dependency of the other tests."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    torch.set_num_threads(1)
    return torch


def double(array: Array) -> Any:
    return installed().from_numpy(array.astype(float))


def numbers(tensor: Any) -> Array:
    array: Array = tensor.detach().numpy()
    return array


def flat(amounts: Sequence[tuple[int, int]]) -> list[int]:
    """Amounts as `torch.nn.functional.pad` takes them: those of the last axis first."""
    return [amount for pair in reversed(amounts) for amount in pair]


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
    torch = installed()
    axes = weight.ndim - 2
    image = double(x)
    if not isinstance(padding, str):
        amounts = pairs(padding, axes)
        if all(left == right for left, right in amounts):
            padding = [left for left, _ in amounts]
        else:
            mode = "constant" if padding_mode == "zeros" else padding_mode
            image, padding = torch.nn.functional.pad(image, flat(amounts), mode), 0
    layer = getattr(torch.nn, f"Conv{axes}d")(
        *(weight.shape[1] * groups, weight.shape[0], weight.shape[2:]),
        *(stride, padding, dilation, groups, bias is not None, padding_mode),
    )
    layer.weight = torch.nn.Parameter(double(weight))
    if bias is not None:
        layer.bias = torch.nn.Parameter(double(bias))
    with warnings.catch_warnings():
        # Padding "same" of an even kernel costs PyTorch a copy, as it says.
        warnings.filterwarnings("ignore", "Using padding='same'")
        return numbers(layer(image))


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
    axes = weight.ndim - 2
    amounts = pairs(padding, axes)
    if any(left != right for left, right in amounts):
        raise ValueError(f"PyTorch has no transposed layer with the padding {padding}")
    layer = getattr(installed().nn.functional, f"conv_transpose{axes}d")
    result = layer(
        *(double(x), double(weight), None if bias is None else double(bias)),
        *(stride, [left for left, _ in amounts], output_padding, groups, dilation),
    )
    return numbers(result)


def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    shift = None if bias is None else double(bias)
    return numbers(installed().nn.functional.linear(double(x), double(weight), shift))


def batch_norm(
    x: Array,
    running_mean: Array,
    inverse_deviation: Array,
    weight: Array | None = None,
    bias: Array | None = None,
) -> Array:
    """Exact only where 1/√σ² is, so for powers of two."""
    result = installed().nn.functional.batch_norm(
        *(double(x), double(running_mean), double(inverse_deviation) ** -2),
        *(None if array is None else double(array) for array in (weight, bias)),
        eps=0.0,
    )
    return numbers(result)


def avg_pool(
    x: Array,
    size: Sequence[int],
    stride: Each | None = None,
    padding: Padding = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Array:
    axes = len(size)
    amounts = [left for left, right in pairs(padding, axes) if left == right]
    # The pool in one axis has no divisor of its own.
    more = {} if divisor_override is None else {"divisor_override": divisor_override}
    layer = getattr(installed().nn.functional, f"avg_pool{axes}d")
    steps = None if stride is None else each(stride, axes)
    return numbers(
        layer(double(x), tuple(size), steps, amounts, ceil_mode, count_include_pad, **more)
    )


def max_pool(
    x: Array,
    size: Sequence[int],
    stride: Each | None = None,
    padding: Padding = 0,
    dilation: Each = 1,
    ceil_mode: bool = False,
) -> Array:
    axes = len(size)
    layer = getattr(installed().nn.functional, f"max_pool{axes}d")
    amounts = [left for left, right in pairs(padding, axes) if left == right]
    steps = None if stride is None else each(stride, axes)
    # Without an axis of channels, PyTorch's pool in one axis takes images for rows.
    image = double(x)[None] if x.ndim == axes else double(x)
    found = numbers(
        layer(image, tuple(size), steps, amounts, each(dilation, axes), ceil_mode=ceil_mode)
    )
    return found[0] if x.ndim == axes else found


def function(x: Array, name: str, *arguments: float) -> Array:
    torch = installed()
    place = torch if name == "exp" else torch.nn.functional
    return numbers(getattr(place, name)(double(x), *arguments))


def adaptive_avg_pool(x: Array, output_size: Sequence[int | None]) -> Array:
    layer = getattr(installed().nn.functional, f"adaptive_avg_pool{len(output_size)}d")
    return numbers(layer(double(x), tuple(output_size)))


def pixel_shuffle(x: Array, factor: int) -> Array:
    return numbers(installed().nn.functional.pixel_shuffle(double(x), factor))


def pixel_unshuffle(x: Array, factor: int) -> Array:
    return numbers(installed().nn.functional.pixel_unshuffle(double(x), factor))


def upsample(x: Array, factor: Sequence[int]) -> Array:
    layer = installed().nn.Upsample(scale_factor=tuple(map(float, factor)), mode="nearest")
    return numbers(layer(double(x)))


def unfold(
    x: Array, size: Sequence[int], dilation: Each = 1, padding: Each = 0, stride: Each = 1
) -> Array:
    layer = installed().nn.Unfold(tuple(size), dilation, padding, stride)
    return numbers(layer(double(x)))


def fold(
    x: Array,
    output_size: Sequence[int],
    size: Sequence[int],
    dilation: Each = 1,
    padding: Each = 0,
    stride: Each = 1,
) -> Array:
    layer = installed().nn.Fold(tuple(output_size), tuple(size), dilation, padding, stride)
    return numbers(layer(double(x)))

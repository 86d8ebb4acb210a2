"""Errors in networks of PyTorch as they are made by hand: one layer is not what it was.

Each is a change of a copy; what has no layer of its kind is left as it is.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import torch
from torch import nn

__all__ = ["CHANGES", "Planted", "planted"]


@dataclass(frozen=True)
class Planted:
    """A network with an error.

    Attributes:
        net: the network.
        layers: the layers that are not what they were.
    """

    net: Any
    layers: tuple[str, ...]


Change = Callable[[Any], "tuple[str, ...] | None"]
CHANGES: dict[str, Change] = {}
"""Changes a network in place, and says which layers it has changed; None if there was none."""


def planted(net: Any, kind: str) -> Planted | None:
    """A copy of a network with an error of a kind, if it has a layer for that."""
    changed = copy.deepcopy(net)
    layers = CHANGES[kind](changed)
    return None if layers is None else Planted(changed, layers)


def _change(function: Change) -> Change:
    CHANGES[function.__name__] = function
    return function


def _layers(net: Any, *kinds: type) -> Iterator[tuple[str, Any]]:
    return ((name, one) for name, one in net.named_modules() if isinstance(one, kinds))


def _middle(found: list[Any]) -> Any:
    """One of several, neither the first nor the last; None where there is none."""
    return found[len(found) // 2] if found else None


def _of_one(
    net: Any, kinds: tuple[type, ...], serves: Callable[[Any], bool], change: Callable[[Any], None]
) -> tuple[str, ...] | None:
    """Change one layer of some kinds that serves."""
    found = _middle([(name, one) for name, one in _layers(net, *kinds) if serves(one)])
    if found is None:
        return None
    with torch.no_grad():
        change(found[1])
    return (found[0],)


def _put(net: Any, name: str, other: Any) -> None:
    parent, _, last = name.rpartition(".")
    setattr(net.get_submodule(parent), last, other.eval())


def _exchanged(net: Any, kind: type, other: Callable[[Any], Any]) -> tuple[str, ...] | None:
    """Put another layer in the place of one of a kind."""
    found = _middle(list(_layers(net, kind)))
    if found is None:
        return None
    name, one = found
    for every in [
        every for every, same in net.named_modules(remove_duplicate=False) if same is one
    ]:
        _put(net, every, other(one))
    return (name,)


_CONVS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def _is_large(conv: Any) -> bool:
    return bool(min(conv.kernel_size) > 1)


# --- numbers -------------------------------------------------------------------------


@_change
def larger_eps(net: Any) -> tuple[str, ...] | None:
    """Eps is 10⁻³ for 10⁻⁵."""
    return _of_one(net, _NORMS, lambda one: one.eps < 1e-3, lambda one: setattr(one, "eps", 1e-3))


@_change
def smaller_eps(net: Any) -> tuple[str, ...] | None:
    """Eps is 10⁻⁶ for 10⁻⁵."""
    return _of_one(net, _NORMS, lambda one: one.eps > 1e-6, lambda one: setattr(one, "eps", 1e-6))


@_change
def lost_bias(net: Any) -> tuple[str, ...] | None:
    """A layer has no bias any more."""

    def change(one: Any) -> None:
        one.bias = None

    kinds = (*_CONVS, nn.Linear)
    return _of_one(net, kinds, lambda one: one.bias is not None, change)


@_change
def no_affine(net: Any) -> tuple[str, ...] | None:
    """A batch norm neither scales nor shifts."""

    def change(one: Any) -> None:
        one.weight.fill_(1.0)
        one.bias.zero_()

    return _of_one(net, _NORMS, lambda one: one.affine, change)


@_change
def scaled_a_little(net: Any) -> tuple[str, ...] | None:
    """A kernel is larger by a hundred thousandth."""
    return _of_one(net, _CONVS, lambda one: True, lambda one: one.weight.mul_(1 + 1e-5))


@_change
def one_entry(net: Any) -> tuple[str, ...] | None:
    """A single entry of a kernel has the other sign."""

    def change(one: Any) -> None:
        place = one.weight.abs().argmax()
        one.weight.view(-1)[place] *= -1

    return _of_one(net, _CONVS, lambda one: True, change)


@_change
def wrong_mean(net: Any) -> tuple[str, ...] | None:
    """The running mean is added, and not subtracted."""
    return _of_one(net, _NORMS, lambda one: True, lambda one: one.running_mean.neg_())


@_change
def swapped_weights(net: Any) -> tuple[str, ...] | None:
    """Two layers of equal shape have each other's kernels."""
    found = [
        (one, other)
        for one, other in combinations(_layers(net, *_CONVS), 2)
        if one[1].weight.shape == other[1].weight.shape and one[1].weight is not other[1].weight
    ]
    pair = _middle(found)
    if pair is None:
        return None
    (name, one), (other_name, other) = pair
    one.weight, other.weight = other.weight, one.weight
    return name, other_name


# --- kernels -------------------------------------------------------------------------


@_change
def transposed_kernel(net: Any) -> tuple[str, ...] | None:
    """Channels that go in and channels that come out are exchanged."""

    def change(one: Any) -> None:
        one.weight.data = one.weight.data.transpose(0, 1).contiguous()

    return _of_one(
        net,
        _CONVS,
        lambda one: one.groups == 1 and one.in_channels == one.out_channels > 1,
        change,
    )


@_change
def flipped_kernel(net: Any) -> tuple[str, ...] | None:
    """A kernel is flipped, as if it were for a convolution of mathematics."""

    def change(one: Any) -> None:
        one.weight.data = one.weight.data.flip(tuple(range(2, one.weight.ndim))).contiguous()

    return _of_one(net, _CONVS, _is_large, change)


@_change
def turned_kernel(net: Any) -> tuple[str, ...] | None:
    """Height and width of a kernel are exchanged."""

    def change(one: Any) -> None:
        one.weight.data = one.weight.data.transpose(2, 3).contiguous()

    return _of_one(
        net,
        (nn.Conv2d,),
        lambda one: _is_large(one) and one.kernel_size[0] == one.kernel_size[1],
        change,
    )


# --- geometry ------------------------------------------------------------------------


@_change
def reflected_padding(net: Any) -> tuple[str, ...] | None:
    """A layer pads with what is there, and not with zeros."""

    def change(one: Any) -> None:
        one.padding_mode = "reflect"
        one._reversed_padding_repeated_twice = [p for p in reversed(one.padding) for _ in range(2)]

    return _of_one(
        net,
        (nn.Conv2d,),
        lambda one: one.padding_mode == "zeros" and max(one.padding) > 0 and _is_large(one),
        change,
    )


@_change
def moved_stride(net: Any) -> tuple[str, ...] | None:
    """The layer behind one with a stride has it instead."""
    convs = [(name, one) for name, one in _layers(net, nn.Conv2d) if _is_large(one)]
    pair = _middle(
        [
            (one, other)
            for one, other in pairwise(convs)
            if max(one[1].stride) == 2 and max(other[1].stride) == 1
        ]
    )
    if pair is None:
        return None
    (name, one), (other_name, other) = pair
    one.stride, other.stride = other.stride, one.stride
    return name, other_name


@_change
def dilated(net: Any) -> tuple[str, ...] | None:
    """A layer is dilated, and padded so that the shape is the same."""

    def change(one: Any) -> None:
        one.dilation, one.padding = (2, 2), (2, 2)

    return _of_one(
        net,
        (nn.Conv2d,),
        lambda one: one.kernel_size == (3, 3) and one.padding == one.dilation == (1, 1),
        change,
    )


@_change
def shifted_padding(net: Any) -> tuple[str, ...] | None:
    """A layer is padded on one side, and not on both."""

    def serves(one: Any) -> bool:
        return bool(one.kernel_size == (3, 3) and one.padding == (1, 1) and max(one.stride) == 1)

    found = _middle([(name, one) for name, one in _layers(net, nn.Conv2d) if serves(one)])
    if found is None:
        return None
    name, one = found
    one.padding = (0, 0)
    _put(net, name, nn.Sequential(nn.ZeroPad2d((2, 0, 2, 0)), one))
    return (name,)


# --- functions and pools -------------------------------------------------------------


@_change
def relu_with_an_end(net: Any) -> tuple[str, ...] | None:
    """A ReLU ends at 6."""
    return _exchanged(net, nn.ReLU, lambda one: nn.ReLU6())


@_change
def leaky_relu(net: Any) -> tuple[str, ...] | None:
    """A ReLU leaks."""
    return _exchanged(net, nn.ReLU, lambda one: nn.LeakyReLU(0.01))


@_change
def another_slope(net: Any) -> tuple[str, ...] | None:
    """A leaky ReLU has another slope."""
    return _exchanged(net, nn.LeakyReLU, lambda one: nn.LeakyReLU(one.negative_slope * 2))


@_change
def hard_swish(net: Any) -> tuple[str, ...] | None:
    """A SiLU is the hard one."""
    return _exchanged(net, nn.SiLU, lambda one: nn.Hardswish())


@_change
def soft_swish(net: Any) -> tuple[str, ...] | None:
    """A hard swish is the soft one."""
    return _exchanged(net, nn.Hardswish, lambda one: nn.SiLU())


@_change
def hard_sigmoid(net: Any) -> tuple[str, ...] | None:
    """A sigmoid is the hard one."""
    return _exchanged(net, nn.Sigmoid, lambda one: nn.Hardsigmoid())


@_change
def no_function(net: Any) -> tuple[str, ...] | None:
    """A ReLU is gone."""
    return _exchanged(net, nn.ReLU, lambda one: nn.Identity())


@_change
def mean_with_padding(net: Any) -> tuple[str, ...] | None:
    """An average pool counts the zeros around the image, or does not."""

    def change(one: Any) -> None:
        one.count_include_pad = not one.count_include_pad

    return _of_one(
        net, (nn.AvgPool2d,), lambda one: max(torch.tensor(one.padding).view(-1)) > 0, change
    )


@_change
def another_divisor(net: Any) -> tuple[str, ...] | None:
    """An average pool divides by another number."""

    def change(one: Any) -> None:
        size = torch.tensor(one.kernel_size).expand(2)
        one.divisor_override = int(size.prod()) - 1

    return _of_one(net, (nn.AvgPool2d,), lambda one: one.divisor_override is None, change)


@_change
def rounded_up(net: Any) -> tuple[str, ...] | None:
    """A max pool keeps the window at the end that is not full."""

    def change(one: Any) -> None:
        one.ceil_mode = not one.ceil_mode

    return _of_one(net, (nn.MaxPool2d,), lambda one: True, change)


@_change
def mean_for_maximum(net: Any) -> tuple[str, ...] | None:
    """An average pool stands where a max pool was."""
    return _exchanged(
        net,
        nn.MaxPool2d,
        lambda one: nn.AvgPool2d(one.kernel_size, one.stride, one.padding, one.ceil_mode),
    )


@_change
def another_shuffle(net: Any) -> tuple[str, ...] | None:
    """Channels are shuffled the other way round."""

    def change(one: Any) -> None:
        one.groups = one.channels // one.groups

    found = [
        (name, one)
        for name, one in net.named_modules()
        if type(one).__name__ == "ChannelShuffle" and hasattr(one, "channels")
    ]
    chosen = _middle([(name, one) for name, one in found if one.channels != one.groups**2])
    if chosen is None:
        return None
    change(chosen[1])
    return (chosen[0],)


@_change
def exchanged_layers(net: Any) -> tuple[str, ...] | None:
    """Two parts of equal shapes, one behind the other, are exchanged."""
    for name, one in net.named_modules():
        if not isinstance(one, nn.Sequential):
            continue
        for (first, a), (second, b) in pairwise(one.named_children()):
            shapes = [[(n, p.shape) for n, p in each.named_parameters()] for each in (a, b)]
            strides = [
                [m.stride for m in each.modules() if hasattr(m, "stride")] for each in (a, b)
            ]
            if type(a) is type(b) and shapes[0] == shapes[1] != [] and strides[0] == strides[1]:
                setattr(one, first, b)
                setattr(one, second, a)
                return f"{name}.{first}".strip("."), f"{name}.{second}".strip(".")
    return None

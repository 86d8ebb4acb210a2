"""Networks that are written by hand, as a reader of networks would give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symconv import SignalExpr, Tensor, integers
from symconv.language.graph import walk

__all__ = ["H", "N", "Network", "Numbers", "W", "channelwise", "network", "random"]

N, H, W = integers("N H W", positive=True)


@dataclass(frozen=True)
class Numbers:
    """A weight with its numbers."""

    origin: str
    tensor: Tensor
    values: Any
    precision: float = 2.0**-23

    @property
    def numbers(self) -> Any:
        """The same as they are held."""
        return self.values


@dataclass(frozen=True)
class Network:
    """What a reader of networks would make of one."""

    outputs: tuple[SignalExpr, ...]
    inputs: tuple[Tensor, ...]
    weights: Mapping[str, Numbers]
    given: tuple[Any, ...] = ()
    places: Mapping[SignalExpr, str] = field(default_factory=dict)
    refusal: Callable[[Mapping[str, int]], str] | None = None


def network(
    function: Callable[..., SignalExpr],
    numbers: Mapping[str, Any],
    shape: tuple[Any, ...] = (N, 3, H, W),
    given: tuple[Any, ...] = (),
) -> Network:
    """A network of one input; weights are the other parameters, by name."""
    x = Tensor("x", shape)
    arrays = {name: np.asarray(one, dtype=float) for name, one in numbers.items()}
    tensors = {name: Tensor(name, list(one.shape)) for name, one in arrays.items()}
    output = function(x, **tensors)
    places = {
        node: f"layer of {node.operator.method}" for node in walk(output) if node.operator.method
    }
    weights = {name: Numbers(name, tensors[name], one) for name, one in arrays.items()}
    return Network((output,), (x,), weights, given, places)


def random(*shape: int, seed: int = 0) -> Any:
    """Standard normal numbers, the same for the same shape and seed."""
    return np.random.default_rng([*shape, seed]).standard_normal(shape)


def channelwise(one: SignalExpr) -> SignalExpr:
    """A vector as one number for each channel of an image."""
    return one.rearrange("c -> c 1 1")

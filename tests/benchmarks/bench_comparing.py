"""Networks compared: layers with a scale and a shift against layers in which these are folded."""

from __future__ import annotations

from typing import Any

import pytest

from symconv import SignalExpr, Tensor
from symconv.decision.comparing.comparison import compare_computations
from tests.generators.computations import H, N, Network, W, channelwise, network, random

CHANNELS = 64


def unfolded(x: SignalExpr, **weights: Tensor) -> SignalExpr:
    """Convolutions, each with a scale and a shift, and a shortcut around each pair."""
    for i in range(len(weights) // 3):
        made = x.conv(weights[f"w{i}"], padding=1).multiply(channelwise(weights[f"scale{i}"]))
        made = made + channelwise(weights[f"shift{i}"])
        x = (made + x if i % 2 else made).relu()
    return x


def folded(x: SignalExpr, **weights: Tensor) -> SignalExpr:
    """The same with kernels in which the scales are."""
    for i in range(len(weights) // 2):
        made = x.conv(weights[f"w{i}"], weights[f"shift{i}"], padding=1)
        x = (made + x if i % 2 else made).relu()
    return x


def pair(layers: int) -> tuple[Network, Network]:
    """Both, with the same random numbers."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for i in range(layers):
        kernel = random(CHANNELS, CHANNELS, 3, 3, seed=i)
        scale, shift = random(CHANNELS, seed=i), random(CHANNELS, seed=i + layers)
        before |= {f"w{i}": kernel, f"scale{i}": scale, f"shift{i}": shift}
        after |= {f"w{i}": kernel * scale[:, None, None, None], f"shift{i}": shift}
    shape = (N, CHANNELS, H, W)
    return network(unfolded, before, shape), network(folded, after, shape)


@pytest.mark.parametrize("layers", [10, 50, 100])
def test_folded(benchmark: Any, layers: int) -> None:
    """Twice as many layers should take twice as long."""
    before, after = pair(layers)
    assert benchmark.pedantic(compare_computations, (before, after), rounds=3).verdict == "agree"


@pytest.mark.parametrize("layers", [50])
def test_the_same(benchmark: Any, layers: int) -> None:
    """All weights in common."""
    one, _ = pair(layers)
    assert benchmark.pedantic(compare_computations, (one, one), rounds=3).verdict == "proved"

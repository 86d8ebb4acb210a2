"""Random stacks of layers: what is proved to be one layer has its numbers, at every place."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from symconv import SymconvError, merge
from symconv.language.double_precision import doubles
from symconv.reading.networks.merging.merged_layers import MergedLayers
from tests.oracles.layers_by_torch import installed
from tests.oracles.modules import random_weights

torch = installed()
nn = torch.nn

SIZES = {"N": 2, "H": 9, "W": 12}


def stack(rng: random.Random) -> Any:
    """A few layers, of which some pad, some have groups, and some are functions."""
    channels, layers = 4, []
    for _ in range(rng.randint(2, 5)):
        outputs = rng.choice([2, 4])
        match rng.choice(["conv", "conv", "bn", "pool", "transposed", "pad", "depthwise", "relu"]):
            case "conv":
                amounts = rng.choice([1, 2, 3]), rng.choice([1, 1, 2]), rng.randint(0, 1)
                groups = rng.choice([1, 1, 2])
                layers.append(nn.Conv2d(channels, outputs, *amounts, groups=groups))
                channels = outputs
            case "bn":
                layers.append(nn.BatchNorm2d(channels))
            case "pool":
                layers.append(nn.AvgPool2d(2, rng.choice([1, 2]), rng.randint(0, 1)))
            case "transposed":
                layers.append(nn.ConvTranspose2d(channels, outputs, 3, rng.choice([1, 2]), 1))
                channels = outputs
            case "pad":
                layers.append(nn.ZeroPad2d([rng.randint(0, 2) for _ in range(4)]))
            case "depthwise":
                layers.append(nn.Conv2d(channels, channels, 3, padding=1, groups=channels))
            case "relu":
                layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def with_parts(chains: Any) -> Iterator[MergedLayers]:
    for chain in chains:
        yield chain
        yield from with_parts(chain.parts)


@pytest.mark.parametrize("seed", range(24))
def test_what_is_proved_has_the_numbers(seed: int) -> None:
    network = random_weights(stack(random.Random(seed)), seed)
    merged = merge(network, ("N", 4, "H", "W"))
    reading = merged.reading
    (x,) = reading.inputs
    at = {symbol: SIZES[name] for name, symbol in x.every_symbol().items()}
    entries = {name: weight.values for name, weight in reading.weights.items()}
    entries[x.name] = np.random.default_rng(seed).standard_normal((2, 4, 9, 12))
    for chain in with_parts(merged.chains):
        if not chain:
            continue
        try:
            layer = chain.module()
        except SymconvError:  # PyTorch has no such layer
            continue
        given, expected = doubles([chain.input, chain.output], entries, at)
        if not given.size or not expected.size:
            continue  # of which PyTorch has no layers
        with torch.no_grad():
            found = layer(torch.from_numpy(given)).numpy()
        assert found.shape == expected.shape
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-9)

"""Weights that are calculated from others by parametrizations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from symconv import Claim, Proved, SymconvError
from symconv.reading.networks import read, read_rewritten
from tests.oracles.layers_by_torch import installed
from tests.oracles.modules import agree, some_sizes

torch = installed()
nn = torch.nn
parametrize = nn.utils.parametrize
parametrizations = nn.utils.parametrizations

IMAGES = ("N", 3, "H", "W")


def twice(layer: Any) -> Any:
    """A parametrization by a layer that has no weights."""
    return parametrize.register_parametrization(layer, "weight", nn.Tanh())


PARAMETRIZED: dict[str, Callable[[Any], Any]] = {
    "weight norm": parametrizations.weight_norm,
    "weight norm along another axis": lambda layer: parametrizations.weight_norm(layer, dim=1),
    "spectral norm": parametrizations.spectral_norm,
    "a function": twice,
}


@pytest.mark.parametrize("name", PARAMETRIZED)
def test_they_are_weights_of_their_own(name: str) -> None:
    layer = PARAMETRIZED[name](nn.Conv2d(3, 4, 3))
    net = nn.Sequential(layer, nn.ReLU(), nn.Conv2d(4, 4, 1), layer, nn.Tanh())
    net[2] = nn.Conv2d(4, 3, 1)
    reading = agree(net, IMAGES, some_sizes("N H W", 1, 5, 6))
    assert list(reading.weights) == ["w_0_weight", "w_0_bias", "w_2_weight", "w_2_bias"]
    assert np.allclose(reading.weights["w_0_weight"].values, layer.weight.detach().numpy())


@pytest.mark.parametrize("name", PARAMETRIZED)
def test_taking_them_away_changes_nothing(name: str) -> None:
    def taken_away(net: Any) -> None:
        parametrize.remove_parametrizations(net[0], "weight")

    net = nn.Sequential(PARAMETRIZED[name](nn.Conv2d(3, 4, 3)), nn.ReLU()).eval()
    before, after = read_rewritten(net, taken_away, IMAGES)
    assert isinstance(Claim(before.output, after.output).prove(), Proved)
    assert parametrize.is_parametrized(net[0])


@pytest.mark.filterwarnings("ignore:.*is deprecated:FutureWarning")
def test_hooks_that_calculate_weights() -> None:
    for made in (nn.utils.weight_norm, nn.utils.spectral_norm):
        with pytest.raises(SymconvError, match=r"hooks on 0, .*remove_weight_norm"):
            read(nn.Sequential(made(nn.Conv2d(3, 4, 3))).eval(), IMAGES)

"""Modules that are read can be claimed equal: some that are, and some that are not."""

from __future__ import annotations

from typing import Any

import pytest

from symconv import Claim, Proved, Refuted, integers
from symconv.reading.networks import read
from tests.oracles.layers_by_torch import installed
from tests.oracles.modules import values
from tests.reading.networks.test_blocks import shuffled

torch = installed()
nn, F = torch.nn, torch.nn.functional

C, H, W = integers("C H W", positive=True)
IMAGES = ("N", "C", "H", "W")

layer = nn.Conv2d(3, 4, 3).eval()
narrow = nn.Conv2d(3, 4, 1).eval()
norm = nn.BatchNorm2d(3).eval()


def in_place(x: Any) -> Any:
    y = x * 2
    return y + F.relu(y, inplace=True)


TRUE: tuple[tuple[Any, Any, Any], ...] = (
    (lambda x: x.view(x.size(0), -1), lambda x: torch.flatten(x, 1), IMAGES),
    (lambda x: shuffled(x, 2), lambda x: F.channel_shuffle(x, 2), ("N", 2 * C, "H", "W")),
    (
        lambda x: shuffled(shuffled(x, 2), x.size(1) // 2),
        lambda x: x,
        ("N", 6, "H", "W"),
    ),
    (
        lambda x: F.relu(torch.cat([x, -x], 1)),
        lambda x: torch.cat([F.relu(x), F.relu(-x)], 1),
        IMAGES,
    ),
    (
        lambda x: F.conv2d(x, layer.weight, layer.bias, padding=1),
        lambda x: F.conv2d(F.pad(x, (1, 1, 1, 1)), layer.weight, layer.bias),
        ("N", 3, "H", "W"),
    ),
    (
        lambda x: narrow(x),
        lambda x: F.linear(x.permute(0, 2, 3, 1), narrow.weight.view(4, 3), narrow.bias).permute(
            0, 3, 1, 2
        ),
        ("N", 3, "H", "W"),
    ),
    (lambda x: F.adaptive_avg_pool2d(x, 1).flatten(1), lambda x: x.mean((2, 3)), IMAGES),
    (lambda x: F.pixel_shuffle(F.pixel_unshuffle(x, 2), 2), lambda x: x, ("N", "C", 2 * H, 2 * W)),
    (
        lambda x: F.max_pool2d(F.max_pool2d(x, 3, 1, 1), 3, 1, 1),
        lambda x: F.max_pool2d(x, 5, 1, 2),
        IMAGES,
    ),
    (in_place, lambda x: 2 * (2 * x).relu(), IMAGES),
    (lambda x: x.chunk(2, 1)[1], lambda x: x[:, x.size(1) // 2 :], ("N", 2 * C, "H", "W")),
    (norm, lambda x: torch.cat([norm(x)[:, :1], norm(x)[:, 1:]], 1), ("N", 3, "H", "W")),
)

FALSE: tuple[tuple[Any, Any, Any], ...] = (
    (lambda x: shuffled(x, 2), lambda x: shuffled(x, 3), ("N", 6, "H", "W")),
    (in_place, lambda x: 2 * x + (2 * x).relu(), IMAGES),
    (
        lambda x: F.avg_pool2d(x, 3, 1, 1),
        lambda x: F.avg_pool2d(x, 3, 1, 1, count_include_pad=False),
        IMAGES,
    ),
    (
        lambda x: F.conv2d(x, layer.weight, padding=1),
        lambda x: F.conv2d(x, layer.weight.transpose(2, 3), padding=1),
        ("N", 3, "H", "W"),
    ),
    (lambda x: F.relu(x).mean((2, 3)), lambda x: F.relu(x.mean((2, 3))), IMAGES),
    (
        lambda x: F.pad(x, (1, 1), value=0.5).tanh(),
        lambda x: F.pad(x.tanh(), (1, 1), value=0.5),
        IMAGES,
    ),
    (lambda x: F.hardtanh(x), lambda x: F.hardtanh(x, -1, 1.5), IMAGES),
)


def claimed(one: Any, other: Any, shape: Any) -> Claim:
    def both(x: Any) -> Any:
        return one(x), other(x)

    left, right = read(both, shape).outputs
    return Claim(left, right)


@pytest.mark.parametrize(("one", "other", "shape"), TRUE)
def test_true_ones_are_proved(one: Any, other: Any, shape: Any) -> None:
    assert isinstance(claimed(one, other, shape).prove(), Proved)


@pytest.mark.parametrize(("one", "other", "shape"), FALSE)
def test_false_ones_are_refuted(one: Any, other: Any, shape: Any) -> None:
    assert isinstance(claimed(one, other, shape).prove(), Refuted)


def test_weights_of_one_module_have_one_name_in_several() -> None:
    both = read(lambda x: (layer(x), layer(-x)), ("N", 3, "H", "W"))
    assert list(both.weights) == ["weight", "bias"]
    x = torch.randn(1, 3, 3, 3)
    for ours, real in zip(both.outputs, (layer(x), layer(-x)), strict=True):
        found = values(ours, {"x": x.double().numpy()}, both.weights)
        assert abs(found - real.detach().numpy()).max() < 1e-5

"""Modules of PyTorch compared, as users of tests and of the API do it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from symconv import SymconvError, compare
from symconv.testing import assert_equal
from tests.oracles.layers_by_torch import installed

torch = installed()

from torch import nn  # noqa: E402

from tests.generators.small_networks import folded  # noqa: E402

SHAPE = ("N", 3, "H", "W")


def block() -> Any:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(inplace=True))
    net[1].running_mean.uniform_(-0.3, 0.3)
    net[1].running_var.uniform_(0.5, 1.5)
    return net.eval()


def test_folding_changes_nothing() -> None:
    net = block()
    before = copy.deepcopy(net.state_dict())
    assert_equal(net, folded(net), shape=SHAPE)
    assert_equal(net, lambda x: net[2](net[1](net[0](x))), shape=SHAPE)
    assert not net.training
    assert all(torch.equal(one, before[name]) for name, one in net.state_dict().items())


def test_another_eps_is_named() -> None:
    net, other = block(), block()
    other[1].eps = 1e-3
    with pytest.raises(AssertionError, match=r"other weights: 1\.inverse_deviation is off by"):
        assert_equal(net, other, shape=SHAPE, name="folded")
    assert_equal(net, other, shape=SHAPE, tolerance=0.01)


def test_functions_of_several_inputs() -> None:
    assert_equal(
        lambda x, y: torch.cat([x, y], 1).relu(),
        lambda x, y: torch.cat([x.relu(), y.relu()], 1),
        shape=[("N", 2, "L"), ("N", 3, "L")],
    )


def test_hypotheses() -> None:
    pooled = nn.AdaptiveAvgPool2d(1)
    found = compare(pooled, nn.AvgPool2d(4), SHAPE, given=[])
    assert found.verdict == "refuted"

    def mean(x: Any) -> Any:
        return x.mean((2, 3), keepdim=True)

    assert_equal(pooled, mean, shape=SHAPE)
    assert_equal(nn.AvgPool2d(4), mean, shape=("N", 3, 4, 4))


def test_what_cannot_be_compared() -> None:
    net = block()
    with pytest.raises(SymconvError, match=r"training mode .* call \.eval\(\)"):
        compare(net, block().train(), SHAPE)
    with pytest.raises(SymconvError, match=r'give the shape of the input, as \("N", 3, "H", "W"\)'):
        compare(net, net)
    with pytest.raises(SymconvError, match="reads 4"):
        compare(net, nn.Conv2d(4, 4, 1), SHAPE)
    with pytest.raises(SymconvError, match="compared for inputs of a shape"):
        assert_equal(net, net)
    with pytest.raises(SymconvError, match="a number from 0 to 1"):
        compare(net, net, SHAPE, tolerance=2)


def test_code_that_refuses_small_images_and_returns_nothing_of_them() -> None:
    def pooled_for_nothing(x: Any) -> Any:
        torch.nn.functional.max_pool2d(x, 5)
        return x.relu()

    found = compare(pooled_for_nothing, lambda x: x.relu(), SHAPE)
    assert found.verdict == "refuted"
    assert "the first is not (the result of max_pool has no entries)" in found.reason
    assert found.where_both is not None
    assert found.where_both.verdict == "proved"


def test_code_that_refuses_small_images_for_reasons_of_its_own() -> None:
    def cropped_for_nothing(x: Any) -> Any:
        torch.nn.functional.pad(x, (-4, -4))  # PyTorch takes no more away than there is
        return x.relu()

    assert compare(cropped_for_nothing, lambda x: x.relu(), SHAPE).verdict == "unknown"

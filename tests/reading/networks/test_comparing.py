"""Modules of PyTorch compared, as users of tests and of the API do it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from sympy import Eq

from symconv import SymconvError, compare, integers
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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            lambda x: x.softmax(1),
            lambda x: (
                (x - x.amax(1, keepdim=True)).exp()
                / (x - x.amax(1, keepdim=True)).exp().sum(1, keepdim=True)
            ),
        ),
        (lambda x: x.log_softmax(1), lambda x: x.softmax(1).log()),
    ],
)
def test_what_overflows_is_no_counterexample(one: Any, other: Any) -> None:
    """Large inputs are tried, of which exp(x) is infinite, or too small for all its digits."""
    assert compare(one, other, SHAPE).verdict != "refuted"
    assert compare(one, lambda x: other(x) + 1e-3, SHAPE).verdict == "refuted"


class Divided(nn.Module):  # type: ignore[misc]
    """Images that are normalised by their own standard deviations, and a layer."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.layer = layer
        self.register_buffer("mean", torch.tensor([0.4, 0.5, 0.6]))
        self.register_buffer("std", torch.tensor([0.2, 0.3, 0.25]))

    def forward(self, x: Any) -> Any:
        return self.layer((x - self.mean.view(1, 3, 1, 1)) / self.std.view(1, 3, 1, 1))


@pytest.mark.parametrize("is_right", [True, False])
def test_a_division_by_weights_that_is_folded(is_right: bool) -> None:
    torch.manual_seed(0)
    net = Divided(nn.Conv2d(3, 4, 3)).eval()
    other = nn.Conv2d(3, 4, 3)
    kernel = net.layer.weight.data
    other.weight.data = kernel / net.std.view(1, 3, 1, 1)
    shift = net.mean / net.std if is_right else net.mean * net.std
    other.bias.data = net.layer.bias.data - kernel.sum((2, 3)) @ shift
    assert compare(net, other.eval(), SHAPE).verdict == ("agree" if is_right else "refuted")


def test_what_both_divide_by_holds_for_all_weights() -> None:
    net = Divided(nn.Identity()).eval()
    assert compare(net, Divided(nn.Sequential()).eval(), SHAPE).verdict == "proved"


def test_weights_that_stand_in_the_code_of_the_other_network() -> None:
    """A buffer with 0.2 in single precision, and a fifth."""
    net = Divided(nn.Identity()).eval()
    mean, std = torch.tensor([0.4, 0.5, 0.6])[:, None, None], torch.tensor([0.2, 0.3, 0.25])

    def other(x: Any) -> Any:
        return (x - mean) / std.view(-1, 1, 1)

    def wrong(x: Any) -> Any:
        return (x - mean) / (std.view(-1, 1, 1) + 1e-4)

    assert compare(net, other, SHAPE).verdict != "refuted"
    assert compare(other, net, SHAPE).verdict != "refuted"
    assert compare(net, wrong, SHAPE).verdict == "refuted"
    assert compare(wrong, net, SHAPE).verdict == "refuted"


def test_a_network_on_images_that_are_too_large_to_run_it() -> None:
    layer = nn.Conv2d(3, 4, 3, padding=1)
    assert compare(layer, copy.deepcopy(layer), ("N", 3, 10**9, "W")).verdict == "proved"


@pytest.mark.parametrize("stride", [1, 2])
def test_a_mean_of_so_many_entries_that_both_sizes_are_in_their_number(stride: int) -> None:
    """How many there are is a product, which is 1 or more where both factors are."""
    torch.manual_seed(0)
    one = nn.Sequential(nn.AvgPool2d(3, 2, 1), nn.Conv2d(3, 4, 3, 2, 1)).eval()
    other = copy.deepcopy(one)
    other[1].stride = (stride, stride)

    def mean(net: Any) -> Any:
        return lambda x: net(x).mean((2, 3))

    found = compare(mean(one), mean(other), SHAPE)
    assert found.verdict == ("proved" if stride == 2 else "refuted")
    assert found.sizes == "H, N, W"


def test_sizes_of_which_nothing_is_made() -> None:
    layer = nn.Conv2d(3, 4, 3)
    for shape in (("N", 3, 2, 2), ("N", 3, 0, "W")):
        with pytest.raises(SymconvError, match="no sizes for which it is defined: the result of"):
            compare(layer, copy.deepcopy(layer), shape)


def test_hypotheses_about_nothing() -> None:
    net = nn.ReLU()
    h, H, Q = integers("h H Q", positive=True)  # noqa: N806
    with pytest.raises(SymconvError, match="hypothesis h > 3 is about h, and the shapes have H, N"):
        compare(net, net, SHAPE, given=h > 3)
    assert compare(net, net, SHAPE, given=[Eq(Q, 2 * h), Eq(H, Q)])
    assert compare(net, net, SHAPE, given=Eq(H, 5))
    for wrong in (5, None):
        with pytest.raises(SymconvError, match="given is a hypothesis, or several, got"):
            compare(net, net, SHAPE, given=wrong)  # type: ignore[arg-type]


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
    wrong: tuple[Any, ...] = (2, float("nan"), "a tenth")
    for tolerance in wrong:
        with pytest.raises(SymconvError, match="a number from 0 to 1"):
            compare(net, net, SHAPE, tolerance=tolerance)


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

"""Blocks of well-known networks, written as they are, at symbolic batches and image sizes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from sympy import Eq, Mod

from symconv import Claim, SymconvError, integers
from symconv.reading.networks import read, symbolic
from symconv.reading.networks.sizes import Size
from tests.oracles.layers_by_torch import installed
from tests.oracles.modules import agree, random_weights, some_sizes, values

torch = installed()
nn, F = torch.nn, torch.nn.functional
Module: Any = nn.Module

IMAGES = ("N", 3, "H", "W")


class Basic(Module):  # type: ignore[misc]
    """ResNet's basic block, with a projection where the shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Any) -> Any:
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += identity
        return self.relu(out)


class Excitation(Module):  # type: ignore[misc]
    """Squeeze and excitation, as MobileNetV3 and SENet have it."""

    def __init__(self, channels: int, by_view: bool) -> None:
        super().__init__()
        self.by_view = by_view
        self.first = nn.Linear(channels, 2) if by_view else nn.Conv2d(channels, 2, 1)
        self.second = nn.Linear(2, channels) if by_view else nn.Conv2d(2, channels, 1)

    def forward(self, x: Any) -> Any:
        if not self.by_view:
            y = F.adaptive_avg_pool2d(x, 1)
            return x * F.hardsigmoid(self.second(F.relu(self.first(y), inplace=True)))
        b, c, _, _ = x.size()
        y = x.mean(dim=(-2, -1)).view(b, c)
        y = torch.sigmoid(self.second(F.relu(self.first(y)))).view(b, c, 1, 1)
        return x * y.expand_as(x)


class Inverted(Module):  # type: ignore[misc]
    """MobileNet's inverted residual, with ReLU6 and an excitation."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        hidden = 2 * channels
        self.use_residual = stride == 1
        self.conv = nn.Sequential(
            nn.Conv2d(channels, hidden, 1, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU6(inplace=True),
            nn.Conv2d(hidden, hidden, 3, stride, 1, groups=hidden, bias=False),
            nn.BatchNorm2d(hidden),
            nn.Hardswish(inplace=True),
            Excitation(hidden, by_view=stride == 1),
            nn.Conv2d(hidden, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Any) -> Any:
        return x + self.conv(x) if self.use_residual else self.conv(x)


class Dense(Module):  # type: ignore[misc]
    """A dense block: every layer reads all before it."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.BatchNorm2d(3 + 2 * i),
                nn.ReLU(inplace=True),
                nn.Conv2d(3 + 2 * i, 2, 3, padding=1, bias=False),
                nn.Dropout(0.2),
            )
            for i in range(3)
        )
        self.transition = nn.AvgPool2d(2, stride=2)

    def forward(self, x: Any) -> Any:
        features = [x]
        for layer in self.layers:
            features.append(layer(torch.cat(features, 1)))
        return self.transition(torch.cat(features, dim=1))


def shuffled(x: Any, groups: int) -> Any:
    batch, channels, height, width = x.size()
    x = x.view(batch, groups, channels // groups, height, width)
    x = torch.transpose(x, 1, 2).contiguous()
    return x.view(batch, channels, height, width)


class Shuffle(Module):  # type: ignore[misc]
    """ShuffleNetV2's unit: half of the channels pass by, and then all are shuffled."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 1)
        self.branch = nn.Sequential(
            nn.Conv2d(2, 2, 3, padding=1, groups=2, bias=False),
            nn.BatchNorm2d(2),
            nn.Conv2d(2, 2, 1),
            nn.ReLU(inplace=True),
        )

    def forward(self, x: Any) -> Any:
        one, other = self.first(x).chunk(2, dim=1)
        return shuffled(torch.cat((one, self.branch(other)), dim=1), 2)


class Inception(Module):  # type: ignore[misc]
    """Branches with several kernels and a pool, one after the other along the channels."""

    def __init__(self) -> None:
        super().__init__()
        self.branch1 = nn.Conv2d(3, 2, 1)
        self.branch2 = nn.Sequential(
            nn.Conv2d(3, 2, 1), nn.ReLU(), nn.Conv2d(2, 2, (1, 3), 1, (0, 1))
        )
        self.branch3 = nn.Sequential(nn.Conv2d(3, 2, (3, 1), padding=(1, 0)), nn.LeakyReLU(0.1))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(3, 1, 1))

    def forward(self, x: Any) -> Any:
        pooled = F.avg_pool2d(x, kernel_size=3, stride=1, padding=1)
        outputs = [self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x), pooled]
        return torch.cat(outputs, 1)


class Decoder(Module):  # type: ignore[misc]
    """Down and up again, as U-Net has it, to the size of what comes from before."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.up = nn.ConvTranspose2d(4, 3, 2, stride=2)

    def forward(self, x: Any) -> Any:
        y = self.up(self.down(x))
        if y.size(2) != x.size(2):
            y = F.pad(y, [0, 0, 0, x.size(2) - y.size(2)])
        if y.shape[3] > x.shape[3]:
            y = y[:, :, :, : x.shape[3]]
        return torch.cat([x, y], 1)


BLOCKS = (
    lambda: Basic(3, 3, 1),
    lambda: nn.Sequential(Basic(3, 4, 2), Basic(4, 4, 1)),
    lambda: Inverted(3, 1),
    lambda: Inverted(3, 2),
    Dense,
    Shuffle,
    Inception,
)


@pytest.mark.parametrize("block", BLOCKS)
def test_block(block: Any) -> None:
    torch.manual_seed(0)
    agree(block(), IMAGES, some_sizes("N H W", 4, least=2, most=5))


@pytest.mark.parametrize("block", BLOCKS)
def test_block_is_left_as_it_was(block: Any) -> None:
    module = random_weights(block(), 2)
    before = {name: one.clone() for name, one in module.state_dict().items()}
    attributes = {name: dict(vars(one)) for name, one in module.named_modules()}
    read(module, IMAGES)
    assert before.keys() == module.state_dict().keys()
    assert all(torch.equal(before[name], one) for name, one in module.state_dict().items())
    assert attributes == {name: vars(one) for name, one in module.named_modules()}
    assert type(F.relu(torch.zeros(2))) is torch.Tensor


def test_sizes_are_as_the_code_calculates() -> None:
    x = symbolic("x", IMAGES)
    with torch.no_grad():
        y = Basic(3, 4, 2).eval()(x)
    assert [str(one) for one in y.shape] == [
        "N",
        "4",
        "floor((H - 1)/2) + 1",
        "floor((W - 1)/2) + 1",
    ]
    assert isinstance(y.size(2), Size)
    assert y.size(1) == 4


def test_branches_on_sizes_are_answered_by_hypotheses() -> None:
    h, w = integers("h w", positive=True)
    even = [Eq(Mod(h, 2), 0), Eq(Mod(w, 2), 0)]
    module = random_weights(Decoder(), 3)
    reading = read(module, ("N", 3, h, w), given=even)
    assert reading.given == tuple(even)
    x = torch.randn(1, 3, 4, 2, dtype=torch.float64)
    ours = values(reading.output, {"x": x.numpy()}, reading.weights)
    assert np.allclose(ours, module(x).detach().numpy())
    with pytest.raises(SymconvError, match=r"add the hypothesis .*, or .*, to given"):
        read(module, IMAGES)


def test_two_readings_of_one_module_are_equal() -> None:
    module = random_weights(Inverted(3, 1), 4)
    one, other = read(module, IMAGES).output, read(module, IMAGES).output
    assert one is other
    assert Claim(one, other).prove()


def test_weights_have_a_way_back() -> None:
    module = random_weights(Basic(3, 4, 2), 5)
    reading = read(module, IMAGES)
    parameters = dict(module.named_parameters()) | dict(module.named_buffers())
    for name, weight in reading.weights.items():
        assert weight.name == name
        assert tuple(map(int, weight.tensor.sizes)) == weight.values.shape
        if weight.origin in parameters:
            assert weight.source is parameters[weight.origin]
        else:
            owner, _, what = weight.origin.rpartition(".")
            norm = module.get_submodule(owner)
            assert what == "inverse_deviation"
            assert (
                abs(weight.values - (1 / (norm.running_var + norm.eps).sqrt()).numpy()).max()
                < 1e-12
            )
    assert {"conv1_weight", "downsample_1_inverse_deviation"} <= reading.weights.keys()


def test_places_say_where_a_tensor_was_made() -> None:
    def through(x: Any, block: Any) -> list[str]:
        """The places of a chain of tensors, from the output on."""
        reading = read(block, IMAGES)
        found, node = [], reading.output
        while node is not x:
            found.append(reading.places[node])
            node = next(one for one in node.operands if "x" in one.names[0])
        return [place for place, _ in itertools.groupby(found)]

    (x,) = read(lambda x: x, IMAGES).outputs
    block = nn.Sequential(Basic(3, 4, 2), nn.Tanh()).eval()
    assert through(x, block) == [
        "1 (Tanh)",
        "0.relu (ReLU)",
        "0 (Basic)",
        *("0.bn2 (BatchNorm2d)", "0.conv2 (Conv2d)", "0.relu (ReLU)"),
        *("0.bn1 (BatchNorm2d)", "0.conv1 (Conv2d)"),
    ]
    assert through(x, block[1]) == [""]
    assert through(x, lambda x: block[1](block[0](-x) * 2))[:3] == ["", "relu (ReLU)", ""]


def test_places_are_of_one_module() -> None:
    x = symbolic("x", IMAGES)
    layer = nn.Conv2d(3, 4, 1).eval()
    one = read(nn.Sequential(layer).eval(), x)
    other = read(nn.Sequential(nn.Identity(), layer).eval(), x)
    assert one.output is other.output
    assert one.places[one.output] == "0 (Conv2d)"
    assert other.places[other.output] == "1 (Conv2d)"


def test_a_weight_that_is_used_twice_has_one_name() -> None:
    class Tied(Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.one = nn.Linear(3, 3, bias=False)
            self.two = nn.Linear(3, 3, bias=False)
            self.two.weight = self.one.weight

        def forward(self, x: Any) -> Any:
            y = self.two(self.one(x)) + F.linear(x, self.one.weight.t()) * self.one.weight[:1]
            return y - x @ self.one.weight.data

    reading = agree(Tied(), ("N", 3), some_sizes("N", 6))
    assert list(reading.weights) == ["one_weight"]


def test_several_inputs_and_outputs() -> None:
    def exchanged(x: Any, y: Any) -> Any:
        return {"sum": x + y, "rest": [y, x * 2]}

    reading = read(exchanged, ("N", 3), ("N", 3))
    x, y = reading.inputs
    assert (x.name, y.name) == ("x1", "x2")
    assert reading.outputs == (x + y, y, x * 2)

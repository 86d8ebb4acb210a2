"""Small networks of PyTorch that have the layers of large ones."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

__all__ = ["NETWORKS", "ChannelShuffle", "Residual", "folded", "made"]


def _conv(into: int, out: int, size: int = 3, **options: Any) -> Any:
    options.setdefault("padding", size // 2)
    return nn.Conv2d(into, out, size, **options)


class Unit(nn.Module):  # type: ignore[misc]
    """A residual unit."""

    def __init__(self, into: int, out: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = _conv(into, out, stride=stride, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.relu1 = nn.ReLU()
        self.conv2 = _conv(out, out, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.down = _conv(into, out, 1, stride=stride) if into != out else None
        self.relu2 = nn.ReLU()

    def forward(self, x: Any) -> Any:
        """The unit."""
        made = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        return self.relu2(made + (x if self.down is None else self.down(x)))


class Residual(nn.Module):  # type: ignore[misc]
    """A residual network."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            _conv(3, 4, stride=2, bias=False), nn.BatchNorm2d(4), nn.ReLU(inplace=True)
        )
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.units = nn.Sequential(Unit(4, 4), Unit(4, 4), Unit(4, 6, 2))
        self.dropout = nn.Dropout(0.2)
        self.fc = nn.Linear(6, 5)

    def forward(self, x: Any) -> Any:
        """The network."""
        x = self.units(self.pool(self.stem(x)))
        return self.fc(self.dropout(x.mean((2, 3))))


class ChannelShuffle(nn.Module):  # type: ignore[misc]
    """Channels of several groups, in turns."""

    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.channels = channels
        self.groups = groups

    def forward(self, x: Any) -> Any:
        """The channels in another order."""
        n, c, h, w = x.shape
        return x.view(n, self.groups, c // self.groups, h, w).transpose(1, 2).reshape(n, c, h, w)


class Separable(nn.Module):  # type: ignore[misc]
    """Grouped and separable layers, a gate for each channel, swishes and a shuffle."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_conv(3, 6, bias=False), nn.BatchNorm2d(6), nn.SiLU())
        self.grouped = nn.Sequential(_conv(6, 6, 1, groups=2, bias=False), nn.BatchNorm2d(6))
        self.act = nn.Hardswish()
        self.shuffle = ChannelShuffle(6, 2)
        self.depthwise = nn.Sequential(
            _conv(6, 6, groups=6, stride=2, bias=False), nn.BatchNorm2d(6)
        )
        self.squeeze = _conv(6, 3, 1)
        self.relu = nn.ReLU()
        self.excite = _conv(3, 6, 1)
        self.sigmoid = nn.Sigmoid()
        self.point = nn.Sequential(_conv(6, 4, 1, bias=False), nn.BatchNorm2d(4))

    def forward(self, x: Any) -> Any:
        """The network."""
        x = self.depthwise(self.shuffle(self.act(self.grouped(self.stem(x)))))
        gate = self.excite(self.relu(self.squeeze(F.adaptive_avg_pool2d(x, 1))))
        return self.point(x * self.sigmoid(gate))


class Branches(nn.Module):  # type: ignore[misc]
    """Branches beside each other, an average pool with padding, and an image that grows again.

    What is said in words is done otherwise: the errors that have no layer.
    """

    def __init__(self, *errors: str) -> None:
        super().__init__()
        self.errors = errors
        self.stem = nn.Sequential(_conv(3, 4, stride=2), nn.BatchNorm2d(4), nn.LeakyReLU(0.1))
        self.one = nn.Sequential(_conv(4, 4, 1), nn.ReLU())
        self.two = nn.Sequential(_conv(4, 4), nn.BatchNorm2d(4), nn.ReLU())
        self.pool = nn.AvgPool2d(3, 1, 1)
        self.three = _conv(4, 4, 1)
        self.mix = _conv(12, 4)
        self.act = nn.ReLU(inplace="in place" in errors)
        self.grow = nn.Upsample(scale_factor=2, mode="nearest")
        self.last = _conv(4, 2)

    def forward(self, x: Any) -> Any:
        """The network."""
        x = self.stem(x)
        a, b, c = self.one(x), self.two(x), self.three(self.pool(x))
        if "branch" in self.errors:
            c = torch.zeros_like(c)
        x = torch.cat([b, a, c] if "order" in self.errors else [a, b, c], dim=1)
        x = self.mix(x)
        y = self.act(x)
        x = 0.5 * x + y if "halved" in self.errors else x + y
        x = x[:, :, 1:, 1:] if "crop" in self.errors else x[:, :, :-1, 1:]
        return self.last(self.grow(x))


class Flattened(nn.Module):  # type: ignore[misc]
    """A fixed size behind which everything is a linear layer."""

    def __init__(self, *errors: str) -> None:
        super().__init__()
        self.errors = errors
        self.conv = _conv(1, 3)
        self.bn = nn.BatchNorm2d(3)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(3 * 4 * 4, 6)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(6, 6)
        self.fc3 = nn.Linear(6, 4)

    def forward(self, x: Any) -> Any:
        """The network."""
        x = self.pool(self.bn(self.conv(x)))
        if "flatten" in self.errors:
            x = x.permute(0, 2, 3, 1)
        elif "turned" in self.errors:
            x = x.transpose(2, 3)
        return self.fc3(self.fc2(self.relu(self.fc1(x.flatten(1)))))


NETWORKS = {
    "residual": (Residual, ("N", 3, "H", "W")),
    "separable": (Separable, ("N", 3, "H", "W")),
    "branches": (Branches, ("N", 3, "H", "W")),
    "flattened": (Flattened, ("N", 1, 8, 8)),
}
"""Networks by name, with the shapes of their inputs."""


def made(name: str, *errors: str) -> Any:
    """A network in evaluation mode, with the same numbers every time, which hide nothing."""
    torch.manual_seed(3)
    net: Any = NETWORKS[name][0](*errors)
    for one in net.modules():
        if isinstance(one, nn.BatchNorm2d):
            one.running_mean.uniform_(-0.3, 0.3)
            one.running_var.uniform_(0.5, 1.5)
            one.weight.data.uniform_(0.5, 1.5)
            one.bias.data.uniform_(-0.3, 0.3)
    return net.eval()


def folded(net: Any) -> Any:
    """The network after PyTorch has folded its batch norms into the layers before them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch imports what it deprecates
        from torch.fx.experimental.optimization import fuse

    return fuse(net)

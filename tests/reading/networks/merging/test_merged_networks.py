"""Layers of PyTorch's modules that are merged, held against the modules at random inputs."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from sympy import Eq, Mod

from symconv import Merged, MergedNetwork, Signal, SymconvError, integers, merge
from symconv.reading.networks import read
from tests.oracles.layers_by_torch import installed
from tests.oracles.modules import random_weights

torch = installed()
nn, F = torch.nn, torch.nn.functional
Module: Any = nn.Module

N, A, B, H, W = integers("N A B H W", positive=True)
IMAGES = ("N", 3, "H", "W")
WIDE = ("N", 8, "H", "W")


def depthwise(channels: int, **arguments: Any) -> Any:
    return nn.Conv2d(channels, channels, 3, groups=channels, **arguments)


def same(one: Any, other: Any, x: Any) -> bool:
    with torch.no_grad():
        left, right = one(x), other(x)
    return bool(left.shape == right.shape and torch.allclose(left, right, rtol=1e-9, atol=1e-9))


def set_module(network: Any, path: str, new: Any) -> None:
    parent, _, name = path.rpartition(".")
    setattr(network.get_submodule(parent), name, new)


def deployed(network: Any, merged: MergedNetwork) -> Any:
    """The network with each merged layer in the place of the first, and nothing in the others'."""
    result = copy.deepcopy(network)
    for layer in merged.layers:
        first, *others = (name.partition(" ")[0] for name in layer.layers)
        set_module(result, first, layer.module())
        for other in others:
            set_module(result, other, nn.Identity())
    return result


class Basic(Module):  # type: ignore[misc]
    """ResNet's basic block."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Any) -> Any:
        out = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(out)) + self.downsample(x))


def resnet18(width: int = 64) -> Any:
    blocks = [Basic(width, width, 1), Basic(width, width, 1)]
    for number in range(3):
        channels = width * 2**number
        blocks += [Basic(channels, 2 * channels, 2), Basic(2 * channels, 2 * channels, 1)]
    stem = [nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8 * width, 10)]
    return nn.Sequential(*stem, nn.MaxPool2d(3, 2, 1), *blocks, *head)


class RepVGG(Module):  # type: ignore[misc]
    """RepVGG's block while it is trained: three branches, each with its batch norm."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.dense = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.dense_norm = nn.BatchNorm2d(outputs)
        self.point = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
        self.point_norm = nn.BatchNorm2d(outputs)
        self.norm = nn.BatchNorm2d(inputs) if inputs == outputs and stride == 1 else None

    def forward(self, x: Any) -> Any:
        branches = self.dense_norm(self.dense(x)) + self.point_norm(self.point(x))
        return torch.relu(branches if self.norm is None else branches + self.norm(x))


class Asymmetric(Module):  # type: ignore[misc]
    """ACNet's block: a square kernel, a column and a row."""

    def __init__(self) -> None:
        super().__init__()
        self.square = nn.Conv2d(8, 8, 3, padding=1)
        self.column = nn.Conv2d(8, 8, (3, 1), padding=(1, 0))
        self.row = nn.Conv2d(8, 8, (1, 3), padding=(0, 1))

    def forward(self, x: Any) -> Any:
        return self.square(x) + self.column(x) + self.row(x)


# --- what is one layer -------------------------------------------------------------------

CHAINS: dict[str, tuple[Any, tuple[Any, ...], tuple[int, ...], str]] = {
    "conv, bn": (
        lambda: nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8)),
        *(IMAGES, (2, 3, 9, 8), "Conv2d(3, 8, kernel_size=3, stride=2, padding=1)"),
    ),
    "conv, conv": (
        lambda: nn.Sequential(nn.Conv2d(3, 8, 3, 2), nn.Conv2d(8, 4, (2, 3), dilation=2)),
        *(IMAGES, (2, 3, 17, 19), "Conv2d(3, 4, kernel_size=(7, 11), stride=2)"),
    ),
    "conv, bn, conv": (
        lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Conv2d(8, 4, 1)),
        *(IMAGES, (2, 3, 7, 6), "Conv2d(3, 4, kernel_size=3)"),
    ),
    "without biases": (
        lambda: nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.Conv2d(8, 4, 1, bias=False)),
        *(IMAGES, (2, 3, 7, 6), "Conv2d(3, 4, kernel_size=3, bias=False)"),
    ),
    "one dimension": (
        lambda: nn.Sequential(nn.Conv1d(3, 8, 3), nn.BatchNorm1d(8), nn.Conv1d(8, 4, 2)),
        *(("N", 3, "L"), (2, 3, 11), "Conv1d(3, 4, kernel_size=4)"),
    ),
    "three dimensions": (
        lambda: nn.Sequential(nn.Conv3d(3, 8, 3, padding=(0, 1, 2)), nn.BatchNorm3d(8)),
        *(("N", 3, "D", "H", "W"), (2, 3, 4, 5, 6)),
        "Conv3d(3, 8, kernel_size=3, padding=(0, 1, 2))",
    ),
    "without a batch": (
        lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 1)),
        *((3, "H", "W"), (3, 5, 6), "Conv2d(3, 8, kernel_size=3)"),
    ),
    "groups": (
        lambda: nn.Sequential(nn.Conv2d(8, 8, 3, groups=2), nn.Conv2d(8, 16, 1, groups=4)),
        *(WIDE, (2, 8, 5, 6), "Conv2d(8, 16, kernel_size=3, groups=2)"),
    ),
    "depthwise, pointwise": (
        lambda: nn.Sequential(
            *(depthwise(8, padding=1, stride=2), nn.BatchNorm2d(8)),
            *(nn.Conv2d(8, 2, 1), nn.BatchNorm2d(2)),
        ),
        *(WIDE, (2, 8, 7, 8), "Conv2d(8, 2, kernel_size=3, stride=2, padding=1)"),
    ),
    "padding, conv": (
        lambda: nn.Sequential(nn.ZeroPad2d((0, 1, 2, 3)), nn.Conv2d(3, 8, 3, 2)),
        *(IMAGES, (2, 3, 7, 8)),
        "Conv2d(3, 8, kernel_size=3, stride=2) behind ConstantPad2d((0, 1, 2, 3), 0)",
    ),
    "average pool, conv": (
        lambda: nn.Sequential(nn.AvgPool2d(2, 1), nn.Conv2d(3, 8, 3, padding=0)),
        *(IMAGES, (2, 3, 7, 8), "Conv2d(3, 8, kernel_size=4)"),
    ),
    "conv, average pool": (
        lambda: nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.AvgPool2d(2)),
        *(IMAGES, (2, 3, 7, 8), "Conv2d(3, 8, kernel_size=4, stride=2, padding=1)"),
    ),
    "transposed, bn": (
        lambda: nn.Sequential(
            nn.ConvTranspose2d(8, 4, 3, 2, 1, output_padding=1, groups=2), nn.BatchNorm2d(4)
        ),
        *(WIDE, (2, 8, 4, 5)),
        "ConvTranspose2d(8, 4, kernel_size=3, stride=2, padding=1, output_padding=1, groups=2)",
    ),
    "transposed with dilation": (
        lambda: nn.Sequential(nn.ConvTranspose2d(8, 4, 3, 2, dilation=2), nn.Conv2d(4, 2, 1)),
        *(WIDE, (2, 8, 4, 5), "ConvTranspose2d(8, 2, kernel_size=3, stride=2, dilation=2)"),
    ),
    "linear layers": (
        lambda: nn.Sequential(nn.Linear(5, 6), nn.Linear(6, 7)),
        *(("N", "T", 5), (2, 3, 5), "Linear(5, 7)"),
    ),
    "bn, linear": (
        lambda: nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 6, bias=False)),
        *(("N", 5), (2, 5), "Linear(5, 6)"),
    ),
    "bn, bn": (
        lambda: nn.Sequential(nn.BatchNorm2d(8), nn.BatchNorm2d(8)),
        *(WIDE, (2, 8, 4, 5), "Conv2d(8, 8, kernel_size=1, groups=8)"),
    ),
    "ACNet": (Asymmetric, WIDE, (2, 8, 5, 6), "Conv2d(8, 8, kernel_size=3, padding=1)"),
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_is_that_layer_with_its_numbers(name: str) -> None:
    make, shape, numbers, told = CHAINS[name]
    network = random_weights(make(), seed=1)
    merged = merge(network, shape)
    (chain,) = merged.chains
    assert chain
    assert chain.verdict.is_complete  # type: ignore[union-attr]
    assert str(chain.form) == told
    x = torch.randn(numbers, dtype=torch.float64)
    assert same(network, chain.module(), x)
    with torch.no_grad():  # the comparison sees a wrong number
        wrong = chain.module()
        [*wrong.modules()][-1].weight.data.reshape(-1)[-1] += 1e-6
    assert not same(network, wrong, x)
    assert f"one layer, {told}" in str(merged)
    assert json.loads(json.dumps(merged.record()))["chains"][0]["is_one_layer"] is True


@pytest.mark.parametrize("form", [(8, 8, 1), (3, 8, 1), (8, 8, 2)])
def test_branches_of_repvgg(form: tuple[int, int, int]) -> None:
    network = random_weights(RepVGG(*form), seed=2)
    (chain,) = merge(network, ("N", form[0], "H", "W"))
    stride = f", stride={form[2]}" * (form[2] != 1)
    assert str(chain.form) == f"Conv2d({form[0]}, {form[1]}, kernel_size=3{stride}, padding=1)"
    assert len(chain.layers) == (5 if network.norm is not None else 4)
    x = torch.randn((2, form[0], 6, 7), dtype=torch.float64)
    assert same(network, nn.Sequential(chain.module(), nn.ReLU()), x)


def test_resnet_18() -> None:
    network = random_weights(resnet18(8), seed=3)
    merged = merge(network, IMAGES)
    assert len(merged.layers) == len(merged.chains) == 20
    assert all(merged.chains)
    assert [str(one.form) for one in merged.chains[:3]] == [
        "Conv2d(3, 8, kernel_size=7, stride=2, padding=3)",
        *["Conv2d(8, 8, kernel_size=3, padding=1)"] * 2,
    ]
    assert merged["6.downsample.1"].layers == (
        "6.downsample.0 (Conv2d)",
        "6.downsample.1 (BatchNorm2d)",
    )
    x = torch.randn((2, 3, 37, 42), dtype=torch.float64)
    assert same(network, deployed(network, merged), x)
    assert "of these and their parts are one layer that takes no more multiplications: 20" in str(
        merged
    )


def test_costs_are_in_the_sizes_of_the_network() -> None:
    network = nn.Sequential(
        nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8)
    )
    (chain,) = merge(network.eval(), IMAGES)
    at = {N: 2, H: 9, W: 12}
    outputs = 2 * 5 * 6
    assert chain.cost_after.subs(at) == outputs * 8 * 8 * 9
    assert chain.cost_before.subs(at) == outputs * (8 * 8 * 9 + 2 * 8)
    merged = merge(network.eval(), (2, 3, 9, 12))
    assert merged.cost_after == outputs * 8 * 8 * 9


def test_mobile_blocks_without_a_function_between() -> None:
    network = nn.Sequential(
        *(depthwise(8, padding=1, bias=False), nn.BatchNorm2d(8)),
        *(nn.Conv2d(8, 16, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU6()),
    )
    random_weights(network, seed=4)
    merged = merge(network, WIDE)
    (chain,) = merged.chains
    assert chain
    assert not chain.saves
    assert [str(part.form) for part in chain.parts] == [
        "Conv2d(8, 8, kernel_size=3, padding=1, groups=8)",
        "Conv2d(8, 16, kernel_size=1)",
    ]
    assert merged.layers == chain.parts
    assert "As one layer they take more than these:" in str(merged)
    x = torch.randn((2, 8, 5, 6), dtype=torch.float64)
    assert same(network, deployed(network, merged), x)
    assert same(network, nn.Sequential(chain.module(), nn.ReLU6()), x)


def test_two_layers_that_pad_the_same_tensor() -> None:
    class Two(Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.one, self.other = (
                nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8)) for _ in range(2)
            )

        def forward(self, x: Any) -> Any:
            return torch.relu(self.one(x)) + torch.relu(self.other(x))

    network = random_weights(Two(), seed=10)
    merged = merge(network, WIDE)
    assert [chain.layers for chain in merged] == [
        ("one.0 (Conv2d)", "one.1 (BatchNorm2d)"),
        ("other.0 (Conv2d)", "other.1 (BatchNorm2d)"),
    ]
    assert {str(chain.form) for chain in merged} == {"Conv2d(8, 8, kernel_size=3, padding=1)"}
    x = torch.randn((2, 8, 5, 6), dtype=torch.float64)
    assert same(network, deployed(network, merged), x)


def test_a_part_of_a_module() -> None:
    network = random_weights(nn.Sequential(nn.Hardsigmoid(), nn.Conv2d(3, 8, 3)), seed=11)
    (chain,) = merge(network, IMAGES)  # of relu6(x + 3)/6, the sixth
    assert chain.layers == ("0 (Hardsigmoid, in part)", "1 (Conv2d)")
    x = torch.randn((2, 3, 5, 6), dtype=torch.float64)
    assert same(network, lambda y: chain.module()(F.relu6(y + 3)), x)


def test_a_layer_that_is_used_twice() -> None:
    layer = nn.Conv2d(8, 8, 1)
    network = random_weights(nn.Sequential(layer, layer), seed=5)
    (chain,) = merge(network, WIDE)
    assert chain.layers == ("0 (Conv2d)",)
    assert same(network, chain.module(), torch.randn((2, 8, 3, 3), dtype=torch.float64))


def test_layers_that_are_functions() -> None:
    one, other = torch.randn(8, 3, 3, 3), torch.randn(4, 8, 1, 1)
    (chain,) = merge(lambda x: F.conv2d(F.conv2d(x, one), other), IMAGES)
    assert str(chain).startswith("the module itself: one layer, Conv2d(3, 4, kernel_size=3")
    x = torch.randn((2, 3, 5, 5), dtype=torch.float64)
    expected = F.conv2d(F.conv2d(x, one.double()), other.double())
    assert torch.allclose(chain.module()(x), expected)


def test_several_inputs_and_what_was_read() -> None:
    class Two(Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm = nn.Conv2d(8, 8, 3), nn.BatchNorm2d(8)

        def forward(self, x: Any, y: Any) -> Any:
            return torch.relu(self.norm(self.conv(x))) + y

    network = random_weights(Two(), seed=6)
    shapes = [WIDE, ("N", 8, "A", "B")]
    given = [Eq(A, H - 2), Eq(B, W - 2), H >= 3, W >= 3]
    for merged in (
        merge(network, *shapes, given=given),
        merge(read(network, *shapes, given=given)),
    ):
        assert [chain.layers for chain in merged] == [("conv (Conv2d)", "norm (BatchNorm2d)")]


def test_hypotheses_with_which_they_are_one_layer() -> None:
    network = random_weights(
        nn.Sequential(nn.Conv2d(3, 8, 3), nn.AvgPool2d(2, ceil_mode=True)), seed=7
    )
    even = [Eq(Mod(H, 2), 0), Eq(Mod(W, 2), 0)]
    (without,), (chain,) = merge(network, IMAGES), merge(network, IMAGES, given=even)
    assert not without
    assert "refuted at H = 3" in str(without)
    assert chain
    with pytest.raises(SymconvError, match="depends on the sizes of the input"):
        chain.module()  # how much is padded is 0 for these sizes, and is written for all


# --- what is none ------------------------------------------------------------------------


def test_padding_between_and_its_repairs() -> None:
    network = nn.Sequential(nn.Conv2d(3, 8, 1), nn.BatchNorm2d(8), nn.Conv2d(8, 64, 3, padding=1))
    random_weights(network, seed=8)
    merged = merge(network, IMAGES)
    (chain,) = merged.chains
    assert not chain
    assert chain.condition is not None
    assert chain.condition == False  # noqa: E712 - it is SymPy's
    assert [str(one.verdict) for one in chain.repairs] == ["proved for all sizes"] * 2
    told = str(merged)
    assert "0 (Conv2d), 1 (BatchNorm2d), 2 (Conv2d): not one layer" in told
    assert "Only the outputs at the border differ" in told
    assert "then they are Conv2d(3, 64, kernel_size=3, padding=1): proved" in told
    assert [str(part.form) for part in chain.parts] == ["Conv2d(3, 8, kernel_size=1)"]
    assert merged.layers == chain.parts

    first, norm, second = network
    x = torch.randn((2, 3, 6, 7), dtype=torch.float64)
    assert not same(network, chain.module(), x)
    border = norm(first(torch.zeros((1, 3, 1, 1), dtype=torch.float64)))

    def filled(x: Any) -> Any:  # padded with what the layers before make of zeros
        inner = norm(first(x))
        around = border.expand(len(x), 8, x.shape[2] + 2, x.shape[3] + 2).clone()
        around[:, :, 1:-1, 1:-1] = inner
        return F.conv2d(around, second.weight, second.bias)

    def padded_first(x: Any) -> Any:
        return F.conv2d(norm(first(F.pad(x, (1, 1, 1, 1)))), second.weight, second.bias)

    assert same(filled, chain.module(), x)
    assert same(padded_first, chain.module(), x)


def test_padding_between_of_kernels_with_taps() -> None:
    network = nn.Sequential(nn.Conv2d(3, 64, 3, padding=1), nn.Conv2d(64, 128, 3, padding=1))
    random_weights(network, seed=9)
    (chain,) = merge(network, IMAGES)
    assert not chain
    (repair,) = chain.repairs
    assert repair.how == "pad before the first layer only"
    assert str(chain.form) == "Conv2d(3, 128, kernel_size=5, padding=2)"
    one, other = network
    x = torch.randn((1, 3, 6, 7), dtype=torch.float64)

    def padded_first(x: Any) -> Any:
        inner = F.conv2d(F.pad(x, (2, 2, 2, 2)), one.weight, one.bias)
        return F.conv2d(inner, other.weight, other.bias)

    assert same(padded_first, chain.module(), x)
    assert not same(network, chain.module(), x)


def test_a_network_without_anything_to_merge() -> None:
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU())
    merged = merge(network.eval(), IMAGES)
    assert not merged
    assert len(merged) == 0
    assert merged.layers == ()
    assert str(merged).startswith("There is nothing to merge")
    assert merged.cost_before == merged.cost_after == 0
    dense = merge(nn.Sequential(nn.BatchNorm2d(3), nn.ReLU()).eval(), IMAGES)
    assert not dense


def test_what_pytorch_has_no_module_for() -> None:
    (chain,) = merge(nn.Sequential(nn.BatchNorm1d(5), nn.BatchNorm1d(5)).eval(), ("N", 5))
    assert chain
    assert "PyTorch has no module, as it multiplies each feature by a number" in str(chain)
    with pytest.raises(SymconvError, match="each feature by a number"):
        chain.module()
    assert chain.record()["no_form"] is not None


def test_what_is_wrong_is_said() -> None:
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))
    with pytest.raises(SymconvError, match="training mode"):
        merge(network, IMAGES)
    with pytest.raises(SymconvError, match="give the shape of the input"):
        merge(network.eval())
    with pytest.raises(SymconvError, match="has its shapes and hypotheses"):
        merge(read(network.eval(), IMAGES), IMAGES)
    with pytest.raises(SymconvError, match="merge takes a chain"):
        merge(5)  # type: ignore[call-overload]
    merged = merge(network.eval(), IMAGES)
    with pytest.raises(SymconvError, match="7 is in no chain of several layers"):
        merged["7"]


def test_chains_of_operators_are_merged_as_before() -> None:
    n = integers("n", positive=True)
    x, k = Signal("x", n), Signal("k", 3)
    merged = merge(x.correlate(k).correlate(k))
    assert isinstance(merged, Merged)
    assert isinstance(merge([lambda y: y.correlate(k)] * 2, x), Merged)
    assert merged

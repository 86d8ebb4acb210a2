"""Code that merges weights is proved for all of them; where it is wrong, it is refuted."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from symconv import Claim, Proved, Refuted, SymconvError, compare
from symconv.reading.networks import read, read_rewritten, symbolic
from tests.oracles.layers_by_torch import installed
from tests.oracles.modules import agree, agree_rewritten, random_weights, some_sizes

torch = installed()
nn, F = torch.nn, torch.nn.functional
Module: Any = nn.Module

IMAGES = ("N", 4, "H", "W")


def verdict_of(module: Any, rewrite: Any, shape: Any = IMAGES) -> Any:
    before, after = read_rewritten(module.eval(), rewrite, shape)
    return Claim(before.output, after.output).prove()


# --- a convolution and a batch norm --------------------------------------------------


def folded_by_torch(net: Any) -> Any:
    return nn.utils.fusion.fuse_conv_bn_eval(net[0], net[1])


def folded_into(net: Any, deviation: Callable[[Any], Any]) -> Any:
    """A new layer, into whose own parameters the merged ones are put."""
    conv, bn = net
    new = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, groups=conv.groups)
    scale = bn.weight / deviation(bn)
    new.weight.data = conv.weight * scale.reshape(-1, 1, 1, 1)
    bias = torch.zeros(conv.out_channels) if conv.bias is None else conv.bias
    new.bias.data.copy_((bias - bn.running_mean) * scale + bn.bias)
    return new


def by_a_diagonal_matrix(net: Any) -> Any:
    """The scale as a matrix, and everything copied in place."""
    conv, bn = net
    new = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, groups=conv.groups)
    with torch.no_grad():
        matrix = torch.diag(bn.weight.div(torch.sqrt(bn.eps + bn.running_var)))
        rows = conv.weight.clone().view(conv.out_channels, -1)
        new.weight.copy_(torch.mm(matrix, rows).view(new.weight.shape))
        nn.init.zeros_(new.bias)
        new.bias += (matrix @ (conv.bias - bn.running_mean)[:, None]).flatten()
        new.bias.add_(bn.bias)
    return new


DEVIATIONS: dict[str, Callable[[Any], Any]] = {
    "sqrt": lambda bn: (bn.running_var + bn.eps).sqrt(),
    "torch.sqrt": lambda bn: torch.sqrt(bn.eps + bn.running_var),
    "1/rsqrt": lambda bn: 1 / torch.rsqrt(bn.running_var + bn.eps),
    "reciprocal": lambda bn: (bn.running_var + bn.eps).rsqrt().reciprocal(),
    "1/2": lambda bn: (bn.running_var + bn.eps) ** 0.5,
    "-1/2": lambda bn: 1.0 / (bn.running_var + bn.eps).pow(-0.5),
    "in place": lambda bn: bn.running_var.clone().add_(bn.eps).sqrt_(),
    "in another shape": lambda bn: (bn.running_var[:, None] + bn.eps).sqrt().squeeze(1),
}


@pytest.mark.parametrize("name", DEVIATIONS)
def test_a_deviation_is_that_of_the_batch_norm(name: str) -> None:
    net = nn.Sequential(nn.Conv2d(4, 6, 3, groups=2), nn.BatchNorm2d(6))

    def rewrite(net: Any) -> Any:
        return folded_into(net, DEVIATIONS[name])

    _, after = agree_rewritten(net, rewrite, IMAGES, some_sizes("N H W", 1, 3, 4))
    assert isinstance(verdict_of(net, rewrite), Proved)
    assert "w_1_inverse_deviation" in after.output.names[0]
    assert "w_1_running_var" not in after.output.names[0]


@pytest.mark.parametrize(
    ("deviation", "is_real"),
    [
        (lambda bn: (bn.running_var + 1e-3).sqrt(), True),
        (lambda bn: bn.running_var.sqrt(), True),
        (lambda bn: bn.running_var + bn.eps, False),
        (lambda bn: (bn.running_mean + bn.eps).sqrt(), False),
    ],
)
def test_another_deviation_is_not(deviation: Any, is_real: bool) -> None:
    net = nn.Sequential(nn.Conv2d(4, 6, 3), nn.BatchNorm2d(6))
    found = verdict_of(net, lambda net: folded_into(net, deviation))
    assert isinstance(found, Refuted)
    if is_real:  # the deviations are made of one variance, and so they are in the counterexample
        assert "w_1_running_var" in found.counterexample.signals


@pytest.mark.parametrize("eps", [0.0, 1e-3])
def test_another_deviation_is_off_in_these_weights_too(eps: float) -> None:
    net = random_weights(nn.Sequential(nn.Conv2d(4, 6, 3), nn.BatchNorm2d(6)), 0)
    found = compare(
        *read_rewritten(
            net, lambda net: folded_into(net, lambda bn: (bn.running_var + eps).sqrt()), IMAGES
        )
    )
    assert found.verdict == "refuted", found
    (layers,) = found.layers
    assert layers.how == "weights"
    assert "running_var" in layers.deviations[0].weight


def test_a_variance_moved_by_eps() -> None:
    """Deviations by another ε are not those of the batch norm, and still may be equal to them."""

    def rewrite(net: Any) -> None:
        net[1].running_var.sub_(2e-5)
        net[1].eps = 3e-5

    net = nn.Sequential(nn.Conv2d(4, 6, 1), nn.BatchNorm2d(6))
    assert isinstance(verdict_of(net, rewrite), Proved)


FOLDED: tuple[tuple[Any, Any, Any], ...] = (
    (lambda: nn.Sequential(nn.Conv2d(4, 6, 3), nn.BatchNorm2d(6)), folded_by_torch, IMAGES),
    (
        lambda: nn.Sequential(
            nn.Conv2d(4, 6, 3, groups=2, bias=False), nn.BatchNorm2d(6, affine=False)
        ),
        folded_by_torch,
        IMAGES,
    ),
    (
        lambda: nn.Sequential(nn.ConvTranspose2d(4, 6, 3, stride=2), nn.BatchNorm2d(6)),
        lambda net: nn.utils.fusion.fuse_conv_bn_eval(*net, transpose=True),
        IMAGES,
    ),
    (
        lambda: nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6)),
        lambda net: nn.utils.fusion.fuse_linear_bn_eval(*net),
        ("N", 4),
    ),
    (
        lambda: nn.Sequential(nn.Conv2d(4, 6, 3, groups=2), nn.BatchNorm2d(6)),
        by_a_diagonal_matrix,
        IMAGES,
    ),
)


@pytest.mark.parametrize(("net", "rewrite", "shape"), FOLDED)
def test_folded_batch_norms(net: Any, rewrite: Any, shape: Any) -> None:
    sizes = [{"N": 2, "H": 3, "W": 4}]
    agree_rewritten(net(), rewrite, shape, sizes)
    assert isinstance(verdict_of(net(), rewrite, shape), Proved)


def test_transposed_convolutions_in_groups_are_folded_wrongly_by_torch() -> None:
    """Their channels of output lie along axis 1 within each group, and the scale does not."""
    net = nn.Sequential(nn.ConvTranspose2d(4, 6, 3, groups=2), nn.BatchNorm2d(6)).eval()
    with pytest.raises(SymconvError, match=r"torch.Tensor.mul.*sizes along axis 1 are 3 and 6"):
        read_rewritten(net, lambda net: nn.utils.fusion.fuse_conv_bn_eval(*net, True), IMAGES)


# --- several branches as one layer ---------------------------------------------------


class Branches(Module):  # type: ignore[misc]
    """Kernels of two sizes and an identity, each with a batch norm, in training; then one layer."""

    def __init__(self, channels: int, groups: int = 1, identity: bool = True) -> None:
        super().__init__()
        self.large = nn.Conv2d(channels, channels, 3, padding=1, groups=groups, bias=False)
        self.small = nn.Conv2d(channels, channels, 1, groups=groups, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(channels) for _ in range(2 + identity))
        self.merged: Any = None

    def forward(self, x: Any) -> Any:
        if self.merged is not None:
            return F.relu(self.merged(x))
        parts = [self.large(x), self.small(x), x]
        return F.relu(sum(norm(part) for norm, part in zip(self.norms, parts, strict=False)))

    def kernels(self) -> list[Any]:
        channels, per_group = self.large.weight.shape[:2]
        identity = np.zeros((channels, per_group, 3, 3), dtype=np.float32)
        for i in range(channels):
            identity[i, i % per_group, 1, 1] = 1
        small = F.pad(self.small.weight, [1, 1, 1, 1])
        return [self.large.weight, small, torch.from_numpy(identity).to(small.device)]

    def merge(self) -> None:
        kernel, bias = 0, 0
        for weight, norm in zip(self.kernels(), self.norms, strict=False):
            deviation = (norm.running_var + norm.eps).sqrt()
            kernel = kernel + weight * (norm.weight / deviation).reshape(-1, 1, 1, 1)
            bias = bias + norm.bias - norm.running_mean * norm.weight / deviation
        channels = self.large.out_channels
        self.merged = nn.Conv2d(channels, channels, 3, padding=1, groups=self.large.groups)
        self.merged.weight.data = kernel
        self.merged.bias.data = bias
        for parameter in self.parameters():
            parameter.detach_()
        del self.large, self.small
        self.__delattr__("norms")


@pytest.mark.parametrize(("groups", "identity"), [(1, True), (2, True), (4, True), (1, False)])
def test_branches(groups: int, identity: bool) -> None:
    agree_rewritten(
        Branches(4, groups, identity), Branches.merge, IMAGES, some_sizes("N H W", 2, 3, 4)
    )
    assert isinstance(verdict_of(Branches(4, groups, identity), Branches.merge), Proved)


def without_padding(module: Any) -> None:
    module.merge()
    module.merged.padding = (0, 0)


def identity_beside_the_middle(module: Any) -> None:
    kernels = module.kernels()
    module.kernels = lambda: [*kernels[:2], kernels[2].roll(1, -1)]
    module.merge()


def identity_across_groups(module: Any) -> None:
    kernels = module.kernels()
    module.kernels = lambda: [*kernels[:2], kernels[2].flip(0)]
    module.merge()


def a_bias_left_as_it_was(module: Any) -> None:
    module.merge()
    fresh = nn.Conv2d(4, 4, 3, padding=1, groups=2)
    fresh.weight = module.merged.weight
    module.merged = fresh


@pytest.mark.parametrize(
    "rewrite",
    [without_padding, identity_beside_the_middle, identity_across_groups, a_bias_left_as_it_was],
)
def test_mistakes_are_refuted(rewrite: Any) -> None:
    assert isinstance(verdict_of(Branches(4, 2), rewrite), Refuted)


class Sequence(Module):  # type: ignore[misc]
    """A small kernel before a large one, and before a mean of each window.

    What the first norm makes of zeros is what the layer between is padded with.
    """

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(4, 3, 1, bias=False), nn.Conv2d(3, 4, 3)
        self.third = nn.Conv2d(4, 4, 1)
        self.norm = nn.BatchNorm2d(3)

    def forward(self, x: Any) -> Any:
        norm = self.norm
        around = norm.bias - norm.running_mean * norm.weight / (norm.running_var + norm.eps).sqrt()
        y = F.pad(norm(self.first(x)), [1, 1, 1, 1])
        for part in (y[:, :, :1], y[:, :, -1:], y[..., :1], y[..., -1:]):
            part.copy_(around.view(1, -1, 1, 1))
        return self.second(y) + F.avg_pool2d(self.third(F.pad(x, [1, 1, 1, 1])), 3, 1)

    def as_one(self) -> Any:
        scale = self.norm.weight * torch.rsqrt(self.norm.running_var + self.norm.eps)
        first = self.first.weight * scale.view(-1, 1, 1, 1)
        bias = self.norm.bias - self.norm.running_mean * scale
        kernel = F.conv2d(self.second.weight, first.permute(1, 0, 2, 3))
        moved = torch.einsum("oihw,i->o", self.second.weight, bias) + self.second.bias
        mean = torch.zeros(4, 4, 3, 3, dtype=kernel.dtype)
        mean[np.arange(4), np.arange(4)] = 1 / 9
        kernel += F.conv2d(mean, self.third.weight.transpose(0, 1))
        new = nn.Conv2d(4, 4, 3, padding=1)
        moved += (mean * self.third.bias.view(1, -1, 1, 1)).sum((1, 2, 3))
        new.load_state_dict({"weight": kernel, "bias": moved})
        return new


def test_layers_one_after_the_other() -> None:
    agree_rewritten(Sequence(), Sequence.as_one, IMAGES, some_sizes("N H W", 5, 2, 3))
    assert isinstance(verdict_of(Sequence(), Sequence.as_one), Proved)


# --- what code does to parameters ----------------------------------------------------


def in_a_list(net: Any) -> Any:
    weights = [torch.cat([net.weight[:2], torch.zeros_like(net.weight)[2:]]), None]
    weights[1] = torch.zeros(4, 3)
    weights[1][2:] = net.weight[2:]
    net.weight = nn.Parameter(sum(weights), requires_grad=False)


def by_a_copy(net: Any) -> Any:
    copied = copy.deepcopy(net)
    net.weight.zero_()
    copied.bias.data.mul_(1)
    return copied


def by_a_state(net: Any) -> Any:
    new = nn.Linear(3, 4)
    new.load_state_dict(net.state_dict(), strict=True)
    return new


def by_an_assigned_state(net: Any) -> Any:
    new = nn.Linear(3, 4)
    new.load_state_dict(net.state_dict(), assign=True)
    return new


def by_a_vector(net: Any) -> Any:
    new = nn.Linear(3, 4)
    vector = nn.utils.parameters_to_vector(net.parameters())
    nn.utils.vector_to_parameters(vector, new.parameters())
    return new


def by_memory(net: Any) -> Any:
    new = nn.Linear(3, 4)
    new.weight.detach().t().copy_(net.weight.t())
    new.bias.view(2, 2).copy_(net.bias.view(2, 2))
    return new


def by_another_memory(net: Any) -> Any:
    copied = copy.deepcopy(net)
    copied.weight.data.zero_()
    copied.weight.set_(net.weight)
    return copied


def as_doubles(net: Any) -> Any:
    return net.double().float()


def as_numbers_of_its_own(net: Any) -> Any:
    new = nn.Linear(3, 4)
    new.weight.copy_(torch.tensor(net.weight))
    nn.init.ones_(new.bias).mul_(2).sub_(2).add_(net.bias)
    return new


def by_functional_call(net: Any) -> Any:
    inner = nn.Linear(3, 4)
    given = {"weight": net.weight, "bias": net.bias}
    return lambda x: torch.func.functional_call(inner, given, (x,))


def with_an_identity(net: Any) -> Any:
    unit = nn.Linear(4, 4, bias=False)
    nn.init.eye_(unit.weight)
    return nn.Sequential(net, unit)


SAME = (
    in_a_list,
    by_a_copy,
    by_a_state,
    by_an_assigned_state,
    by_a_vector,
    by_memory,
    by_another_memory,
    as_doubles,
    as_numbers_of_its_own,
    by_functional_call,
    with_an_identity,
)


@pytest.mark.parametrize("rewrite", SAME)
@pytest.mark.filterwarnings("ignore:To copy construct from a tensor")
def test_code_that_changes_nothing(rewrite: Any) -> None:
    assert isinstance(verdict_of(nn.Linear(3, 4), rewrite, ("N", 3)), Proved)


def test_the_module_is_left_as_it_was() -> None:
    module = random_weights(Branches(4, 2), 3)
    before = {name: one.clone() for name, one in module.state_dict().items()}
    read_rewritten(module, Branches.merge, IMAGES)
    after = module.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert type(module.large.weight) is nn.Parameter


def test_what_code_may_return() -> None:
    x = symbolic("x", ("N", 3))
    net = nn.Linear(3, 3).eval()
    given = (net.weight, net.bias)
    for rewrite in (lambda net: net, lambda net: None, lambda net: lambda x: F.linear(x, *given)):
        before, after = read_rewritten(net, rewrite, x)
        assert before.output is after.output is read(net, x).output
    with pytest.raises(SymconvError, match="returns 3, and no module"):
        read_rewritten(net, lambda net: 3, x)
    with pytest.raises(SymconvError, match="expected a module that is rewritten"):
        read_rewritten(lambda x: x, lambda net: net, x)
    with pytest.raises(SymconvError, match="expected a function of a module"):
        read_rewritten(net, net.weight, x)


@pytest.mark.parametrize(
    ("rewrite", "told"),
    [
        (lambda net: net.weight.numpy(), "asks for entries as numbers"),
        (lambda net: np.linalg.inv(net.weight), "asks for entries as numbers"),
        (lambda net: nn.init.kaiming_uniform_(net.weight), "kaiming_uniform_"),
        (lambda net: net if net.weight.sum() > 0 else None, "torch.Tensor.gt"),
        (lambda net: torch.linalg.svd(net.weight), "svd"),
        (lambda net: net.half(), "torch.Tensor.half: is not read"),
        (lambda net: net.to(torch.bfloat16), "rounds to numbers of the kind torch.bfloat16"),
        (lambda net: torch.zeros(3, 3).set_(net.weight), "set_"),
        (lambda net: net.to("meta"), "meta"),
    ],
)
def test_code_that_is_not_followed(rewrite: Any, told: str) -> None:
    with pytest.raises(SymconvError, match=told):
        read_rewritten(nn.Linear(3, 3).eval(), rewrite, ("N", 3))


def test_a_weight_that_the_code_draws_is_one_of_its_own() -> None:
    net = nn.Linear(3, 4, bias=False).eval()
    _, after = read_rewritten(net, lambda net: nn.Sequential(net, nn.Linear(4, 4).eval()), ("N", 3))
    assert after.output.names[0].keys() == {"x", "weight", "w_1_bias", "w_1_weight"}
    assert after.weights["w_1_weight"].values.shape == (4, 4)


def test_what_is_computed_of_weights_is_followed() -> None:
    """A sum of products of them; a function of them, or what is written later, is a weight."""

    class Scaled(Module):  # type: ignore[misc]
        def __init__(self, code: Any) -> None:
            super().__init__()
            self.conv, self.code = nn.Conv2d(4, 4, 1), code

        def forward(self, x: Any) -> Any:
            return F.conv2d(x, self.code(self.conv.weight, self.conv.bias.view(-1, 1, 1, 1)))

    def written(weight: Any, bias: Any) -> Any:
        made = weight * bias
        made[0] += 1
        return made

    sizes = some_sizes("N H W", 5)
    followed = agree(Scaled(lambda weight, bias: weight * bias / 2), IMAGES, sizes)
    assert set(followed.weights) == {"conv_weight", "conv_bias"}
    for code in (lambda weight, bias: (weight * bias).tanh(), written):
        own = agree(Scaled(code), IMAGES, sizes)
        assert "constant" in own.output.names[0]

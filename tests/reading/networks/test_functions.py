"""Every function that is read has PyTorch's numbers, at sizes that are symbols when it is read."""

from __future__ import annotations

import inspect
import sys
from typing import Any

import pytest

from symconv.reading.networks import read
from symconv.reading.networks.layers import LAYERS
from tests.oracles.layers_by_torch import installed
from tests.oracles.modules import agree, some_sizes

torch = installed()
nn, F = torch.nn, torch.nn.functional

torch.manual_seed(0)
one = torch.rand(4, dtype=torch.float64)
w = torch.randn(3, 4, 3, 2, dtype=torch.float64)
v = torch.randn(4, 3, 2, 3, dtype=torch.float64)

IMAGES = ("N", 4, "H", "W")
ROWS = ("N", 4, "L")
VOLUMES = ("N", 2, "D", "H", "W")
NUMBERS = (2, 4, 5, 3)

# Code of PyTorch, as users write it; x is the input, and `one` a real tensor of four numbers.
POINTWISE = (
    lambda x: x.relu(),
    lambda x: F.relu6(3 * x),
    lambda x: F.leaky_relu(x),
    lambda x: F.leaky_relu(x, 0.3),
    lambda x: torch.sigmoid(x),
    lambda x: x.tanh(),
    lambda x: F.gelu(x),
    lambda x: F.silu(x),
    lambda x: F.hardswish(3 * x),
    lambda x: F.hardsigmoid(3 * x),
    lambda x: F.hardtanh(x),
    lambda x: F.hardtanh(x, -0.5, 0.25),
    lambda x: F.elu(x),
    lambda x: F.elu(x, 0.5),
    lambda x: F.celu(x, 0.5),
    lambda x: F.selu(x),
    lambda x: F.rrelu(x),
    lambda x: F.prelu(x, one),
    lambda x: F.prelu(x, one[:1]),
    lambda x: x.exp(),
    lambda x: F.tanhshrink(x),
    lambda x: F.softshrink(x, 0.25),
    lambda x: F.glu(x, 1),
    lambda x: torch.softmax(x.unflatten(1, (2, 2)), 2),
    lambda x: F.softmax(x[:, 1:3], dim=1),
    lambda x: x.abs(),
    lambda x: x.square(),
    lambda x: x.clamp(-0.5, 1),
    lambda x: x.clamp(min=0.25),
    lambda x: torch.clamp(x, max=0.5),
    lambda x: torch.maximum(x, 2 * x),
    lambda x: torch.minimum(x, 2 * x - 1),
    lambda x: torch.max(x, x * x),
    lambda x: x + 1,
    lambda x: 1 - x,
    lambda x: x - 0.1,
    lambda x: 2 * x / 3,
    lambda x: -x,
    lambda x: x**3,
    lambda x: x * one.view(1, -1, 1, 1),
    lambda x: one.view(-1, 1, 1) - x,
    lambda x: x + one[:, None, None],
    lambda x: torch.add(x, x * x, alpha=2),
    lambda x: torch.sub(x, x * x, alpha=0.5),
    lambda x: torch.addcmul(x, x, one.view(-1, 1, 1), value=0.5),
    lambda x: torch.lerp(x, x * x, 0.25),
    lambda x: F.rms_norm(x.movedim(1, -1), (4,), one, 1e-3),
    lambda x: x.flatten(2).transpose(1, 2) + one[None].expand(x.size(0), -1, -1),
    lambda x: one.view(1, 4, 1).repeat(x.shape[0], 1, 1) + x.flatten(2),
    lambda x: torch.cat([one.expand(x.size(0), 1, 4), x.flatten(2).transpose(1, 2)], 1),
    lambda x: F.unfold(x, 3, 1, 1, 2).view(
        x.size(0), 36, (x.size(2) + 1) // 2, (x.size(3) + 1) // 2
    ),
    lambda x: x / x.size(2),
    lambda x: x / (1 + x * x),
    lambda x: 1 / (2 + x.abs()),
    lambda x: 3 / torch.exp(2 * x).view(x.size(0), -1),
    lambda x: x.div(one.view(-1, 1, 1)),
    lambda x: torch.reciprocal(x.exp() * (x * x + 1)),
    lambda x: (x * x + 1).reciprocal().reciprocal(),
    lambda x: x.square().sqrt(),
    lambda x: torch.sqrt(x.abs() + 0.5) / torch.rsqrt(x.abs() + 1),
    lambda x: (x.square() + 1) ** 0.5 + (x.square() + 1).pow(-2) + (x.square() + 2) ** -1.75,
    lambda x: torch.log(x.abs() + 1),
    lambda x: F.softplus(x),
    lambda x: F.softplus(x, beta=2),
    lambda x: F.logsigmoid(x),
    lambda x: F.mish(x),
    lambda x: F.softsign(x),
    lambda x: x.clamp_min(0.25).clamp_max(0.5),
    lambda x: F.softmax(x, 1),
    lambda x: x.softmax(-1),
    lambda x: F.softmin(x, dim=2),
    lambda x: F.log_softmax(x, dim=1),
    lambda x: torch.log_softmax(x, -1),
    lambda x: torch.outer(one, one) @ x.flatten(2),
    lambda x: x * torch.dot(one, x.sum((0, 2, 3))),
    lambda x: torch._weight_norm(x, x.sum(1, keepdim=True), 1),
    lambda x: torch.diag(one) @ x.flatten(2),
    lambda x: x.flatten(2) + torch.diag(torch.einsum("nchw,ndhw->cd", x, x))[:, None],
    lambda x: F.dropout(x, 0.5, False),
    lambda x: F.dropout2d(x, 0.5, False),
)

OVER_AXES = (
    lambda x: x.mean(),
    lambda x: x.mean(1),
    lambda x: x.mean((2, 3)),
    lambda x: x.mean([2, 3], keepdim=True),
    lambda x: x.sum(-1),
    lambda x: x.sum(dim=(1, -1), keepdim=True),
    lambda x: x.amax((2, 3)),
    lambda x: x.amin(1, keepdim=True),
    lambda x: x.max(dim=1, keepdim=True)[0],
    lambda x: torch.max(x, 1)[0],
    lambda x: x.min(2)[0],
    lambda x: x.max(),
    lambda x: torch.logsumexp(x, (1, 2)),
    lambda x: x.logsumexp(-1, keepdim=True),
    lambda x: x.var(),
    lambda x: x.var(1),
    lambda x: x.var(dim=(1, 2), unbiased=False, keepdim=True),
    lambda x: torch.var(x, 1, correction=0),
    lambda x: x.std(1),
    lambda x: torch.std(x, dim=(1, 3), keepdim=True),
    lambda x: x.norm(),
    lambda x: x.norm(dim=1, keepdim=True),
    lambda x: torch.norm(x, p=1, dim=(1, 2)),
    lambda x: x.norm(float("inf"), 2),
    lambda x: F.normalize(x),
    lambda x: F.normalize(x, p=1, dim=-1, eps=0.1),
    lambda x: F.layer_norm(x.permute(0, 2, 3, 1), (4,)),
    lambda x: F.layer_norm(x.permute(0, 2, 3, 1), (x.size(3), 4), eps=0.1),
    lambda x: F.layer_norm(x.transpose(1, 3), [4], one, 2 * one),
    lambda x: F.group_norm(x, 2),
    lambda x: F.group_norm(x.flatten(2), 4, one, one, eps=1e-3),
    lambda x: F.instance_norm(x),
    lambda x: F.instance_norm(x, weight=one, bias=one, eps=0.1),
    lambda x: F.local_response_norm(x, 3),
    lambda x: F.local_response_norm(x, size=2, alpha=0.5, beta=0.5, k=2),
    lambda x: F.scaled_dot_product_attention(*(x.permute(0, 2, 3, 1),) * 3),
    lambda x: F.scaled_dot_product_attention(
        x.flatten(2).mT, 2 * x.flatten(2).mT, x.flatten(2).mT, one[0].log().view(1, 1), scale=0.5
    ),
    lambda x: torch.einsum("nchw,c->nhw", x, one),
    lambda x: torch.einsum("n...,n...->n", x, x),
    lambda x: torch.einsum("bchw", x),
    lambda x: (
        torch.einsum("nchw,nchw->nch", x, x[:, :1])
        + torch.einsum("cw,c->c", one[None], one)[:, None]
    ),
    lambda x: torch.einsum("nchw,ncuw->nchuw", x.mean(2, keepdim=True), x[:, :1, :, :1]),
    lambda x: torch.addmm(one[:3], x.flatten(1)[:, :4], w[..., 0, 0].t(), beta=2, alpha=3),
    lambda x: torch.matmul(x.transpose(1, 3), one),
    lambda x: x.flatten(2) @ x.flatten(2).transpose(1, 2),
    lambda x: torch.bmm(x.flatten(2), x.flatten(2).mT),
    lambda x: torch.matmul(one.view(2, 2), x.view(x.size(0), 2, 2, -1)[:, 0]),
)

SHAPES = (
    lambda x: x.view(x.size(0), -1),
    lambda x: x.view(x.size(0), 2, 2, x.size(2), x.size(3)),
    lambda x: x.view(-1, x.shape[3]),
    lambda x: x.view(x.size(0), 4, -1, 1),
    lambda x: x.view(-1, 2, *x.shape[2:]),
    lambda x: x.reshape(x.size(0), 2, 2 * x.size(2), x.size(3)),
    lambda x: x.reshape((1, *x.shape, 1)),
    lambda x: x.view_as(x),
    lambda x: x.flatten(),
    lambda x: x.flatten(1, 2),
    lambda x: torch.flatten(x, 1),
    lambda x: x.unflatten(1, (2, -1)),
    lambda x: x.permute(0, 2, 3, 1),
    lambda x: x.permute((3, 2, 1, 0)),
    lambda x: x.transpose(1, -1),
    lambda x: x.flatten(1).t(),
    lambda x: x.flatten(1).T,
    lambda x: x.mT,
    lambda x: x.movedim(1, -1),
    lambda x: x.unsqueeze(1).squeeze(1),
    lambda x: x.unsqueeze(-1),
    lambda x: x.mean((2, 3), keepdim=True).squeeze(-1).squeeze(2),
    lambda x: x[:, :1].expand(-1, 3, -1, -1),
    lambda x: x[:, :1].expand(x.shape),
    lambda x: x[:, :1].expand_as(x),
    lambda x: x.repeat(1, 2, 1, 1),
    lambda x: x.repeat(2, 1, 2, 3, 1),
    lambda x: x.repeat_interleave(2, dim=1),
    lambda x: torch.cat([x, 2 * x], 1),
    lambda x: torch.cat((x, x), dim=-1),
    lambda x: torch.stack([x, -x], 1),
    lambda x: x.chunk(2, 1),
    lambda x: x.chunk(3, dim=1),
    lambda x: x.split(3, 1),
    lambda x: torch.split(x, [1, 3], 1),
    lambda x: x.unbind(1),
    lambda x: list(x[:, :2].transpose(0, 1)),
    lambda x: x.narrow(1, 1, 2),
    lambda x: x.select(1, -1),
    lambda x: x.flip(2),
    lambda x: x.flip((2, 3)),
    lambda x: x.roll(1, 2),
    lambda x: torch.roll(x, (1, 2), (1, 3)),
    lambda x: x[:, 1],
    lambda x: x[:, -1, 1:],
    lambda x: x[..., 1:-1],
    lambda x: x[:, [2, 1, 0]],
    lambda x: x[:, [3, 0, 3, -3]],
    lambda x: x[:, [1, 3]],
    lambda x: x[None, :, torch.tensor([1, 0, 2]), ..., 1:],
    lambda x: x.flip(2)[..., torch.tensor([0, 2, 1]), 1:, :],
    lambda x: torch.index_select(x, 1, torch.tensor([2, 0, 1])),
    lambda x: x.index_select(dim=-3, index=torch.tensor([1, 2, 3])),
    lambda x: (x[:, [0, 2]].mul_(2), x)[1] + x[:, [0]],
    lambda x: x[:, None, :, ::2],
    lambda x: x[:, :, : x.size(2) // 2],
    lambda x: x[0, 0],
    lambda x: x.unfold(3, 2, 1),
    lambda x: x.contiguous().clone().detach(),
    lambda x: x.to(torch.float64).type_as(x),
    lambda x: torch.zeros_like(x) + torch.ones_like(x[:, :1]),
    lambda x: x.new_zeros(x.size(0), 4, 1, 1) + x,
    lambda x: torch.full_like(x, 0.5) * x,
)

SLIDING = (
    lambda x: F.conv2d(x, w),
    lambda x: F.conv2d(x, w, one[:3], 2, 1),
    lambda x: F.conv2d(x, w, None, (1, 2), (1, 0), (2, 1)),
    lambda x: F.conv2d(x, w, padding="same"),
    lambda x: F.conv2d(x, w[:2, :2], groups=2, padding=1),
    lambda x: F.conv_transpose2d(x, v),
    lambda x: F.conv_transpose2d(x, v, one[:3], stride=2, padding=1, output_padding=1),
    lambda x: F.conv_transpose2d(x, v, None, 2, 0, 0, 2, (1, 2)),
    lambda x: F.avg_pool2d(x, 2),
    lambda x: F.avg_pool2d(x, 3, 2, 1),
    lambda x: F.avg_pool2d(x, (2, 3), 1, (1, 1), count_include_pad=False),
    lambda x: F.avg_pool2d(x, 3, 2, 1, True),
    lambda x: F.avg_pool2d(x, 2, divisor_override=3),
    lambda x: F.lp_pool2d(x, 2, 3, 2),
    lambda x: F.lp_pool2d(x, 1, (2, 3), (1, 2), ceil_mode=True),
    lambda x: F.lp_pool2d(x, 4.0, 2),
    lambda x: F.lp_pool2d(x, float("inf"), 3, 2),
    lambda x: F.max_pool2d(x, 2),
    lambda x: F.max_pool2d(x, 3, 2, 1),
    lambda x: F.max_pool2d(x, (3, 2), stride=1, padding=(1, 0), dilation=1, ceil_mode=True),
    lambda x: F.adaptive_avg_pool2d(x, 1),
    lambda x: F.adaptive_avg_pool2d(x, (1, None)),
    lambda x: F.adaptive_avg_pool2d(x, (2, 3)),
    lambda x: F.adaptive_max_pool2d(x, 1),
    lambda x: F.pad(x, (1, 2)),
    lambda x: F.pad(x, (1, 0, 0, 2), value=0.5),
    lambda x: F.pad(x, (-1, 0, 0, 1)),
    lambda x: F.pad(x, (1, 1, 1, 1), mode="reflect"),
    lambda x: F.pad(x, (1, 1, 1, 1), "replicate"),
    lambda x: F.pad(x, (1, 1, 1, 1), "circular"),
    lambda x: F.unfold(x, 2, padding=1),
    lambda x: F.fold(F.unfold(x, 2), (x.size(2), x.size(3)), 2),
    lambda x: F.interpolate(x, scale_factor=2),
    lambda x: F.interpolate(x, scale_factor=(1, 3), mode="nearest"),
    lambda x: F.interpolate(x, scale_factor=0.5),
    lambda x: F.interpolate(x, size=(2 * x.size(2), x.size(3))),
    lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"),
    lambda x: F.interpolate(x, scale_factor=3, mode="bilinear", align_corners=False),
    lambda x: F.interpolate(
        F.adaptive_avg_pool2d(x, 1), size=x.shape[2:], mode="bilinear", align_corners=True
    ),
    lambda x: F.pixel_shuffle(x, 2),
    lambda x: F.pixel_unshuffle(F.interpolate(x, scale_factor=2), 2),
    lambda x: F.channel_shuffle(x, 2),
)

AT_NUMBERS = (
    lambda x: F.interpolate(x, size=(7, 4)),
    lambda x: F.interpolate(x, size=(3, 2), mode="nearest"),
    lambda x: F.interpolate(x, size=(3, 2), mode="nearest-exact"),
    lambda x: F.interpolate(x, size=(7, 5), mode="bilinear"),
    lambda x: F.interpolate(x, size=(7, 5), mode="bilinear", align_corners=True),
    lambda x: F.interpolate(x, scale_factor=1.5, mode="bilinear"),
    lambda x: F.interpolate(x, scale_factor=1.1, mode="bilinear"),
    lambda x: F.interpolate(x, scale_factor=(1 / 5, 1 / 3), mode="bilinear"),
    lambda x: F.interpolate(x, scale_factor=(2 / 5, 2 / 3)),
    lambda x: F.interpolate(x, scale_factor=2 / 3, mode="nearest-exact"),
    lambda x: x.squeeze(()),
    lambda x: F.adaptive_avg_pool2d(x, (3, 2)),
    lambda x: F.adaptive_max_pool2d(x, (5, 1)),
    lambda x: x.split(2, 2),
    lambda x: x.chunk(2, 2),
    lambda x: x.squeeze(),
    lambda x: x.view(10, -1),
    lambda x: x.view(-1, 6),
    lambda x: F.linear(x.transpose(1, 3), one.view(1, 4), one[:1]),
)


@pytest.mark.parametrize("function", POINTWISE + OVER_AXES + SHAPES + SLIDING)
@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_function_of_images(function: Any) -> None:
    agree(function, IMAGES, some_sizes("N H W", 1, least=3, most=4))


@pytest.mark.parametrize("function", AT_NUMBERS)
def test_function_at_numbers(function: Any) -> None:
    agree(function, NUMBERS)


MODULES = (
    nn.Conv1d(4, 3, 3, stride=2, padding=1),
    nn.Conv2d(4, 6, (3, 2), groups=2),
    nn.Conv2d(4, 2, 3, padding=1, padding_mode="reflect"),
    nn.Conv2d(4, 2, 3, padding=(1, 2), padding_mode="circular"),
    nn.Conv2d(4, 2, 3, padding="same", padding_mode="replicate", dilation=2),
    nn.Conv3d(2, 2, 2, bias=False),
    nn.ConvTranspose1d(4, 2, 3, stride=2, padding=1, output_padding=1),
    nn.ConvTranspose2d(4, 4, 2, stride=2, groups=2),
    nn.ConvTranspose3d(2, 1, 2),
    nn.BatchNorm1d(4),
    nn.BatchNorm2d(4, eps=1e-3),
    nn.BatchNorm2d(4, affine=False),
    nn.BatchNorm3d(2),
    nn.InstanceNorm1d(4),
    nn.InstanceNorm2d(4, affine=True),
    nn.InstanceNorm2d(4, affine=True, track_running_stats=True),
    nn.GroupNorm(2, 4),
    nn.LocalResponseNorm(3),
    nn.Softmax2d(),
    nn.LogSoftmax(1),
    nn.Softplus(),
    nn.Mish(),
    nn.AvgPool1d(2),
    nn.AvgPool3d(2),
    nn.LPPool1d(2, 3, 2),
    nn.LPPool3d(2, 2),
    nn.MaxPool1d(3, 2, 1),
    nn.MaxPool3d(2),
    nn.AdaptiveAvgPool1d(1),
    nn.AdaptiveAvgPool3d((None, 1, 1)),
    nn.AdaptiveMaxPool1d(1),
    nn.AdaptiveMaxPool3d(1),
    nn.Upsample(scale_factor=2),
    nn.UpsamplingBilinear2d(scale_factor=1),
    nn.ReflectionPad1d(1),
    nn.ReplicationPad2d((1, 0, 2, 1)),
    nn.ZeroPad2d(1),
    nn.ConstantPad1d((1, 2), 0.5),
    nn.PReLU(4),
    nn.PReLU(),
    nn.ReLU(inplace=True),
    nn.Dropout(0.5),
    nn.Identity(),
    nn.Sequential(nn.Flatten(2), nn.Flatten(0, 1)),
    nn.Unflatten(1, (2, 2)),
    nn.ChannelShuffle(2),
    nn.PixelShuffle(2),
    nn.Hardtanh(),
    nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)),
    nn.CELU(0.7),
)


@pytest.mark.parametrize("module", MODULES, ids=str)
@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_module(module: Any) -> None:
    code = str(module)
    shape: tuple[Any, ...] = ROWS if "1d(" in code else VOLUMES if "3d(" in code else IMAGES
    names = " ".join(size for size in shape if isinstance(size, str))
    agree(module, shape, some_sizes(names, 2, least=3, most=4))


@pytest.mark.parametrize(
    "function",
    [lambda x: F.conv1d(x, w[..., 0]), lambda x: F.conv_transpose1d(x, v[:, :, 0])],
)
def test_without_a_batch(function: Any) -> None:
    agree(function, (4, "L"), some_sizes("L", 1, least=3))


def test_a_number_of_sixteen_bits_is_what_was_written() -> None:
    tenth = torch.full((4, 1, 1), 0.1, dtype=torch.bfloat16)
    double = torch.full((4, 1, 1), 0.1, dtype=torch.float64)
    assert read(lambda x: x * tenth, IMAGES).output is read(lambda x: x * double, IMAGES).output


def test_all_layers_are_tried() -> None:
    """A name of the table that no line above calls has no test."""
    written = inspect.getsource(sys.modules[__name__]).lower().replace("_", "")
    by_sign = {
        "add",
        "batch_norm",
        "div",
        "getitem",
        "index",
        "mul",
        "neg",
        "pow",
        "reversed_axes",
        "rsub",
    }
    by_sign |= {"reshape_as", "sub", "swapped_axes", "windows"}
    by_sign |= {"depth_to_space", "space_to_depth"}  # which PyTorch has not; see test_layers
    by_sign |= {"erf"}
    names = [name.replace("_", "") for name in LAYERS if name not in by_sign]
    assert [name for name in names if f"{name}(" not in written] == []

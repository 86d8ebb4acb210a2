"""Blocks of branches that become one layer when they are deployed, by published rules.

Each block has the form in which it is trained, and `switch_to_deploy`, which calculates the weights
of one convolution from those of the branches, and takes the branches away.  They are written after
the papers: RepVGG (Ding et al. 2021), MobileOne (Vasu et al. 2022), ACNet (Ding et al. 2019),
the Diverse Branch Block (Ding et al. 2021), ExpandNets (Guo et al. 2020), OREPA (Hu et al. 2022),
RepLKNet (Ding et al. 2022).  What is wrong with the others is said where they are.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.oracles.layers_by_torch import installed

torch = installed()
nn, F = torch.nn, torch.nn.functional
Module: Any = nn.Module


def conv_bn(
    inputs: int,
    outputs: int,
    kernel: Any,
    stride: int = 1,
    padding: Any = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Any:
    """A convolution without bias, and a batch norm, under the names that most repositories have."""
    made = nn.Sequential()
    made.add_module(
        "conv",
        nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, groups, bias=False),
    )
    made.add_module("bn", nn.BatchNorm2d(outputs))
    return made


def fused(kernel: Any, bn: Any) -> tuple[Any, Any]:
    """The kernel and the bias of a convolution without one, and the batch norm behind it."""
    std = (bn.running_var + bn.eps).sqrt()
    t = (bn.weight / std).reshape(-1, 1, 1, 1)
    return kernel * t, bn.bias - bn.running_mean * bn.weight / std


def merged(block: Any) -> Any:
    """A copy of a block in the form in which it is deployed."""
    deployed = copy.deepcopy(block)
    deployed.switch_to_deploy()
    return deployed


# --- branches beside each other ------------------------------------------------------


class RepVGG(Module):  # type: ignore[misc]
    """RepVGG's block: 3×3, 1×1 and the identity, each with a batch norm."""

    def __init__(
        self, inputs: int, outputs: int, stride: int = 1, groups: int = 1, dilation: int = 1
    ) -> None:
        super().__init__()
        self.in_channels, self.groups = inputs, groups
        self.nonlinearity = nn.ReLU()
        self.rbr_identity = nn.BatchNorm2d(inputs) if outputs == inputs and stride == 1 else None
        self.rbr_dense = conv_bn(inputs, outputs, 3, stride, dilation, dilation, groups)
        self.rbr_1x1 = conv_bn(inputs, outputs, 1, stride, 0, groups=groups)

    def forward(self, inputs: Any) -> Any:
        if hasattr(self, "rbr_reparam"):
            return self.nonlinearity(self.rbr_reparam(inputs))
        identity = 0 if self.rbr_identity is None else self.rbr_identity(inputs)
        return self.nonlinearity(self.rbr_dense(inputs) + self.rbr_1x1(inputs) + identity)

    def get_equivalent_kernel_bias(self) -> tuple[Any, Any]:
        kernel3x3, bias3x3 = self._fuse_bn_tensor(self.rbr_dense)
        kernel1x1, bias1x1 = self._fuse_bn_tensor(self.rbr_1x1)
        kernelid, biasid = self._fuse_bn_tensor(self.rbr_identity)
        return kernel3x3 + self.padded(kernel1x1) + kernelid, bias3x3 + bias1x1 + biasid

    def padded(self, kernel1x1: Any) -> Any:
        return F.pad(kernel1x1, [1, 1, 1, 1])

    def _fuse_bn_tensor(self, branch: Any) -> tuple[Any, Any]:
        if branch is None:
            return 0, 0
        if isinstance(branch, nn.Sequential):
            return fused(branch.conv.weight, branch.bn)
        if not hasattr(self, "id_tensor"):
            self.id_tensor = torch.from_numpy(self.identity()).to(branch.weight.device)
        return fused(self.id_tensor, branch)

    def identity(self) -> Any:
        input_dim = self.in_channels // self.groups
        kernel_value = np.zeros((self.in_channels, input_dim, 3, 3), dtype=np.float32)
        for i in range(self.in_channels):
            kernel_value[i, i % input_dim, 1, 1] = 1
        return kernel_value

    def switch_to_deploy(self) -> None:
        kernel, bias = self.get_equivalent_kernel_bias()
        conv = self.rbr_dense.conv
        self.rbr_reparam = nn.Conv2d(
            in_channels=conv.in_channels,
            out_channels=conv.out_channels,
            kernel_size=conv.kernel_size,
            stride=conv.stride,
            padding=conv.padding,
            dilation=conv.dilation,
            groups=conv.groups,
            bias=True,
        )
        self.rbr_reparam.weight.data = kernel
        self.rbr_reparam.bias.data = bias
        for para in self.parameters():
            para.detach_()
        self.__delattr__("rbr_dense")
        self.__delattr__("rbr_1x1")
        if hasattr(self, "rbr_identity"):
            self.__delattr__("rbr_identity")
        if hasattr(self, "id_tensor"):
            self.__delattr__("id_tensor")


class RepVGGWithGroupsMixed(RepVGG):
    """Wrong: the identity reads the channel of its group's number."""

    def identity(self) -> Any:
        input_dim = self.in_channels // self.groups
        kernel_value = np.zeros((self.in_channels, input_dim, 3, 3), dtype=np.float32)
        for i in range(self.in_channels):
            kernel_value[i, i // input_dim, 1, 1] = 1
        return kernel_value


class RepVGGWithoutIdentity(RepVGG):
    """Wrong: where there are groups, the identity is forgotten."""

    def identity(self) -> Any:
        found = super().identity()
        return found if self.groups == 1 else 0 * found


class RepVGGAtCorner(RepVGG):
    """Wrong: the 1×1 kernel stands in a corner of the other one."""

    def padded(self, kernel1x1: Any) -> Any:
        return F.pad(kernel1x1, [0, 2, 0, 2])


class MobileOne(Module):  # type: ignore[misc]
    """MobileOne's block: several equal branches, a 1×1 and a batch norm alone."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        stride: int = 1,
        groups: int = 1,
        branches: int = 4,
    ) -> None:
        super().__init__()
        self.stride, self.groups = stride, groups
        self.kernel_size, self.padding = kernel, kernel // 2
        self.in_channels, self.out_channels = inputs, outputs
        self.activation = nn.ReLU()
        has_skip = outputs == inputs and stride == 1
        self.rbr_skip = nn.BatchNorm2d(num_features=inputs) if has_skip else None
        self.rbr_conv = nn.ModuleList(
            conv_bn(inputs, outputs, kernel, stride, self.padding, groups=groups)
            for _ in range(branches)
        )
        self.rbr_scale = (
            conv_bn(inputs, outputs, 1, stride, 0, groups=groups) if kernel > 1 else None
        )

    def forward(self, x: Any) -> Any:
        if hasattr(self, "reparam_conv"):
            return self.activation(self.reparam_conv(x))
        out = 0 if self.rbr_skip is None else self.rbr_skip(x)
        if self.rbr_scale is not None:
            out = out + self.rbr_scale(x)
        for branch in self.rbr_conv:
            out += branch(x)
        return self.activation(out)

    def _get_kernel_bias(self) -> tuple[Any, Any]:
        kernel_final, bias_final = 0, 0
        if self.rbr_scale is not None:
            kernel, bias_final = fused(self.rbr_scale.conv.weight, self.rbr_scale.bn)
            pad = self.kernel_size // 2
            kernel_final = nn.functional.pad(kernel, [pad, pad, pad, pad])
        if self.rbr_skip is not None:
            kernel, bias = self._skip()
            kernel_final, bias_final = kernel_final + kernel, bias_final + bias
        for branch in self.rbr_conv:
            kernel, bias = fused(branch.conv.weight, branch.bn)
            kernel_final += kernel
            bias_final += bias
        return kernel_final, bias_final

    def _skip(self) -> tuple[Any, Any]:
        input_dim = self.in_channels // self.groups
        bn: Any = self.rbr_skip
        k = self.kernel_size
        kernel_value = torch.zeros(
            (self.in_channels, input_dim, k, k), dtype=bn.weight.dtype, device=bn.weight.device
        )
        for i in range(self.in_channels):
            kernel_value[i, i % input_dim, k // 2, k // 2] = 1
        return fused(kernel_value, bn)

    def switch_to_deploy(self) -> None:
        kernel, bias = self._get_kernel_bias()
        self.reparam_conv = nn.Conv2d(
            self.in_channels,
            self.out_channels,
            self.kernel_size,
            self.stride,
            self.padding,
            groups=self.groups,
            bias=True,
        )
        self.reparam_conv.weight.data = kernel
        self.reparam_conv.bias.data = bias
        for para in self.parameters():
            para.detach_()
        for name in ("rbr_conv", "rbr_scale", "rbr_skip"):
            self.__delattr__(name)


class Crop(Module):  # type: ignore[misc]
    """The image without some rows and columns on each side."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self.rows, self.columns = rows, columns

    def forward(self, x: Any) -> Any:
        if self.rows:
            x = x[:, :, self.rows : -self.rows]
        if self.columns:
            x = x[:, :, :, self.columns : -self.columns]
        return x


class AsymmetricBlock(Module):  # type: ignore[misc]
    """ACNet's block: k×k, k×1 and 1×k, each with a batch norm.

    With less padding than half of a kernel, the narrow branches read a part of the image.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        stride: int = 1,
        padding: int = 1,
        groups: int = 1,
    ) -> None:
        super().__init__()
        self.square_conv = nn.Conv2d(
            inputs, outputs, kernel, stride, padding, groups=groups, bias=False
        )
        self.square_bn = nn.BatchNorm2d(outputs)
        offset = padding - kernel // 2
        if offset >= 0:
            self.ver_crop, self.hor_crop = nn.Identity(), nn.Identity()
            ver_padding, hor_padding = (padding, offset), (offset, padding)
        else:
            assert padding == 0
            self.ver_crop, self.hor_crop = Crop(0, -offset), Crop(-offset, 0)
            ver_padding = hor_padding = (0, 0)
        self.ver_conv = nn.Conv2d(
            inputs, outputs, (kernel, 1), stride, ver_padding, groups=groups, bias=False
        )
        self.hor_conv = nn.Conv2d(
            inputs, outputs, (1, kernel), stride, hor_padding, groups=groups, bias=False
        )
        self.ver_bn, self.hor_bn = nn.BatchNorm2d(outputs), nn.BatchNorm2d(outputs)

    def forward(self, x: Any) -> Any:
        if hasattr(self, "fused_conv"):
            return self.fused_conv(x)
        square = self.square_bn(self.square_conv(x))
        vertical = self.ver_bn(self.ver_conv(self.ver_crop(x)))
        horizontal = self.hor_bn(self.hor_conv(self.hor_crop(x)))
        return square + vertical + horizontal

    def add_to_square(self, square: Any, asymmetric: Any) -> None:
        height, width = asymmetric.size(2), asymmetric.size(3)
        top, left = square.size(2) // 2 - height // 2, square.size(3) // 2 - width // 2
        square[:, :, top : top + height, left : left + width] += asymmetric

    def get_equivalent_kernel_bias(self) -> tuple[Any, Any]:
        hor_k, hor_b = fused(self.hor_conv.weight, self.hor_bn)
        ver_k, ver_b = fused(self.ver_conv.weight, self.ver_bn)
        square_k, square_b = fused(self.square_conv.weight, self.square_bn)
        self.add_to_square(square_k, hor_k)
        self.add_to_square(square_k, ver_k)
        return square_k, hor_b + ver_b + square_b

    def switch_to_deploy(self) -> None:
        kernel, bias = self.get_equivalent_kernel_bias()
        conv = self.square_conv
        self.fused_conv = nn.Conv2d(
            conv.in_channels,
            conv.out_channels,
            conv.kernel_size,
            conv.stride,
            conv.padding,
            groups=conv.groups,
        )
        self.fused_conv.weight.data = kernel
        self.fused_conv.bias.data = bias
        for name in ("square", "ver", "hor"):
            self.__delattr__(f"{name}_conv")
            self.__delattr__(f"{name}_bn")


class AsymmetricAtCorner(AsymmetricBlock):
    """Wrong: the narrow kernels are added at the corner of the square one."""

    def add_to_square(self, square: Any, asymmetric: Any) -> None:
        square[:, :, : asymmetric.size(2), : asymmetric.size(3)] += asymmetric


class LargeKernel(Module):  # type: ignore[misc]
    """RepLKNet's convolution: a large depthwise kernel and a small one, each with a batch norm."""

    def __init__(self, channels: int, large: int = 7, small: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.lkb_origin = conv_bn(channels, channels, large, stride, large // 2, groups=channels)
        self.small_conv = conv_bn(channels, channels, small, stride, small // 2, groups=channels)

    def forward(self, inputs: Any) -> Any:
        if hasattr(self, "lkb_reparam"):
            return self.lkb_reparam(inputs)
        return self.lkb_origin(inputs) + self.small_conv(inputs)

    def switch_to_deploy(self) -> None:
        eq_k, eq_b = fused(self.lkb_origin.conv.weight, self.lkb_origin.bn)
        small_k, small_b = fused(self.small_conv.conv.weight, self.small_conv.bn)
        eq_k += nn.functional.pad(small_k, [self.margin()] * 4)
        eq_b += small_b
        conv = self.lkb_origin.conv
        self.lkb_reparam = nn.Conv2d(
            conv.in_channels,
            conv.out_channels,
            conv.kernel_size,
            conv.stride,
            conv.padding,
            conv.dilation,
            conv.groups,
            bias=True,
        )
        self.lkb_reparam.weight.data = eq_k
        self.lkb_reparam.bias.data = eq_b
        self.__delattr__("lkb_origin")
        self.__delattr__("small_conv")

    def margin(self) -> int:
        large, small = self.lkb_origin.conv, self.small_conv.conv
        return int((large.kernel_size[0] - small.kernel_size[0]) // 2)


# --- the Diverse Branch Block --------------------------------------------------------


class NormAndPad(Module):  # type: ignore[misc]
    """A batch norm, and behind it padding with what it makes of 0."""

    def __init__(self, pixels: int, channels: int, with_value: bool = True) -> None:
        super().__init__()
        self.bn = nn.BatchNorm2d(channels)
        self.pad_pixels, self.with_value = pixels, with_value

    def forward(self, x: Any) -> Any:
        output = self.bn(x)
        if self.pad_pixels == 0:
            return output
        if not self.with_value:
            return F.pad(output, [self.pad_pixels] * 4)
        bn = self.bn
        pad_values = bn.bias.detach() - bn.running_mean * bn.weight.detach() / torch.sqrt(
            bn.running_var + bn.eps
        )
        output = F.pad(output, [self.pad_pixels] * 4)
        pad_values = pad_values.view(1, -1, 1, 1)
        output[:, :, 0 : self.pad_pixels, :] = pad_values
        output[:, :, -self.pad_pixels :, :] = pad_values
        output[:, :, :, 0 : self.pad_pixels] = pad_values
        output[:, :, :, -self.pad_pixels :] = pad_values
        return output


def one_after_other(k1: Any, b1: Any, k2: Any, b2: Any, groups: int) -> tuple[Any, Any]:
    """The kernel and bias of a 1×1 convolution and a k×k one behind it: DBB's third transform."""
    if groups == 1:
        kernel = F.conv2d(k2, k1.permute(1, 0, 2, 3))
        return kernel, (k2 * b1.reshape(1, -1, 1, 1)).sum((1, 2, 3)) + b2
    kernels, biases = [], []
    k1_t = k1.permute(1, 0, 2, 3)
    width1, width2 = k1.size(0) // groups, k2.size(0) // groups
    for g in range(groups):
        part1 = k1_t[:, g * width1 : (g + 1) * width1, :, :]
        part2 = k2[g * width2 : (g + 1) * width2, :, :, :]
        kernels.append(F.conv2d(part2, part1))
        offset = b1[g * width1 : (g + 1) * width1].reshape(1, -1, 1, 1)
        biases.append((part2 * offset).sum((1, 2, 3)))
    return torch.cat(kernels, dim=0), torch.cat(biases) + b2


def average_kernel(channels: int, kernel: int, groups: int) -> Any:
    """The kernel of an average pool: DBB's fifth transform."""
    input_dim = channels // groups
    k = torch.zeros((channels, input_dim, kernel, kernel))
    k[np.arange(channels), np.tile(np.arange(input_dim), groups), :, :] = 1.0 / kernel**2
    return k


class DiverseBranch(Module):  # type: ignore[misc]
    """The Diverse Branch Block: k×k, 1×1, 1×1 before k×k, and 1×1 before an average pool."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        stride: int = 1,
        groups: int = 1,
        pads_with_value: bool = True,
    ) -> None:
        super().__init__()
        padding = kernel // 2
        self.kernel_size, self.groups, self.out_channels = kernel, groups, outputs
        self.dbb_origin = conv_bn(inputs, outputs, kernel, stride, padding, groups=groups)
        self.dbb_avg = nn.Sequential()
        self.dbb_avg.add_module("conv", nn.Conv2d(inputs, outputs, 1, groups=groups, bias=False))
        self.dbb_avg.add_module("bn", NormAndPad(padding, outputs, pads_with_value))
        self.dbb_avg.add_module("avg", nn.AvgPool2d(kernel, stride, padding=0))
        self.dbb_avg.add_module("avgbn", nn.BatchNorm2d(outputs))
        self.dbb_1x1 = conv_bn(inputs, outputs, 1, stride, 0, groups=groups)
        self.dbb_1x1_kxk = nn.Sequential()
        self.dbb_1x1_kxk.add_module(
            "conv1", nn.Conv2d(inputs, inputs, 1, groups=groups, bias=False)
        )
        self.dbb_1x1_kxk.add_module("bn1", NormAndPad(padding, inputs, pads_with_value))
        self.dbb_1x1_kxk.add_module(
            "conv2", nn.Conv2d(inputs, outputs, kernel, stride, 0, groups=groups, bias=False)
        )
        self.dbb_1x1_kxk.add_module("bn2", nn.BatchNorm2d(outputs))

    def forward(self, inputs: Any) -> Any:
        if hasattr(self, "dbb_reparam"):
            return self.dbb_reparam(inputs)
        out = self.dbb_origin(inputs)
        out += self.dbb_1x1(inputs)
        out += self.dbb_avg(inputs)
        out += self.dbb_1x1_kxk(inputs)
        return out

    def get_equivalent_kernel_bias(self) -> tuple[Any, Any]:
        k_origin, b_origin = fused(self.dbb_origin.conv.weight, self.dbb_origin.bn)
        k_1x1, b_1x1 = fused(self.dbb_1x1.conv.weight, self.dbb_1x1.bn)
        margin = (self.kernel_size - 1) // 2
        k_1x1 = F.pad(k_1x1, [margin, margin, margin, margin])
        chain = self.dbb_1x1_kxk
        k_first, b_first = fused(chain.conv1.weight, chain.bn1.bn)
        k_second, b_second = fused(chain.conv2.weight, chain.bn2)
        k_chain, b_chain = one_after_other(k_first, b_first, k_second, b_second, self.groups)
        average = average_kernel(self.out_channels, self.kernel_size, self.groups)
        k_avg, b_avg = fused(average.to(k_origin.device), self.dbb_avg.avgbn)
        k_narrow, b_narrow = fused(self.dbb_avg.conv.weight, self.dbb_avg.bn.bn)
        k_pooled, b_pooled = one_after_other(
            k_narrow, b_narrow, k_avg.to(k_narrow.dtype), b_avg, self.groups
        )
        return (
            sum((k_origin, k_1x1, k_chain, k_pooled)),
            sum((b_origin, b_1x1, b_chain, b_pooled)),
        )

    def switch_to_deploy(self) -> None:
        kernel, bias = self.get_equivalent_kernel_bias()
        conv = self.dbb_origin.conv
        self.dbb_reparam = nn.Conv2d(
            conv.in_channels,
            conv.out_channels,
            conv.kernel_size,
            conv.stride,
            conv.padding,
            groups=conv.groups,
            bias=True,
        )
        self.dbb_reparam.weight.data = kernel
        self.dbb_reparam.bias.data = bias
        for name in ("dbb_origin", "dbb_avg", "dbb_1x1", "dbb_1x1_kxk"):
            self.__delattr__(name)


class DiverseBranchWithZeros(DiverseBranch):
    """Wrong: zeros are padded behind the inner batch norms, and the rule stays as it is."""

    def __init__(self, inputs: int, outputs: int, **options: Any) -> None:
        super().__init__(inputs, outputs, pads_with_value=False, **options)


# --- layers one after the other ------------------------------------------------------


def composed(k1: Any, k2: Any) -> Any:
    """The kernel of two convolutions with stride 1, one behind the other."""
    around = [k2.size(2) - 1, k2.size(3) - 1]
    return F.conv2d(k1.permute(1, 0, 2, 3), k2.flip(2, 3), padding=around).permute(1, 0, 2, 3)


class Expanded(Module):  # type: ignore[misc]
    """ExpandNets' expansion of a convolution: 1×1, k×k, 1×1 with more channels between."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        stride: int = 1,
        padding: int = 1,
        first_has_bias: bool = False,
    ) -> None:
        super().__init__()
        self.stride, self.padding = stride, padding
        self.expand = nn.Conv2d(inputs, 2 * inputs, 1, bias=first_has_bias)
        self.middle = nn.Conv2d(2 * inputs, 2 * outputs, kernel, stride, padding, bias=False)
        self.reduce = nn.Conv2d(2 * outputs, outputs, 1)

    def forward(self, x: Any) -> Any:
        if hasattr(self, "deployed"):
            return self.deployed(x)
        return self.reduce(self.middle(self.expand(x)))

    def switch_to_deploy(self) -> None:
        first, middle, last = (one.weight.data for one in (self.expand, self.middle, self.reduce))
        kernel = torch.einsum("om,mnhw,ni->oihw", last[:, :, 0, 0], middle, first[:, :, 0, 0])
        bias = self.reduce.bias.data
        if self.expand.bias is not None:
            through = torch.einsum("mnhw,n->m", middle, self.expand.bias.data)
            bias = bias + last[:, :, 0, 0] @ through
        deployed = nn.Conv2d(
            first.size(1), last.size(0), middle.shape[2:], self.stride, self.padding
        )
        deployed.weight = nn.Parameter(kernel, requires_grad=False)
        deployed.bias = nn.Parameter(bias, requires_grad=False)
        self.deployed = deployed
        del self.expand, self.middle, self.reduce


class ExpandedWithBias(Expanded):
    """Wrong at the border: what the first bias adds is not in what the second convolution pads."""

    def __init__(self, inputs: int, outputs: int, **options: Any) -> None:
        super().__init__(inputs, outputs, first_has_bias=True, **options)


class ExpandedKernels(Module):  # type: ignore[misc]
    """ExpandNets' expansion of a large kernel by 3×3 kernels, of which the first one pads."""

    def __init__(self, inputs: int, outputs: int, count: int = 2, between: int = 0) -> None:
        super().__init__()
        channels = [inputs] + [2 * outputs] * (count - 1) + [outputs]
        pads = [count - between * (count - 1)] + [between] * (count - 1)
        self.layers = nn.Sequential(
            *(
                nn.Conv2d(channels[i], channels[i + 1], 3, padding=pads[i], bias=False)
                for i in range(count)
            )
        )

    def forward(self, x: Any) -> Any:
        return self.layers(x)

    def switch_to_deploy(self) -> None:
        first, *others = self.layers
        kernel = first.weight
        for one in others:
            kernel = composed(kernel, one.weight)
        deployed = nn.Conv2d(
            first.in_channels,
            kernel.size(0),
            kernel.size(2),
            padding=kernel.size(2) // 2,
            bias=False,
        )
        with torch.no_grad():
            deployed.weight = nn.Parameter(kernel)
        self.layers = deployed


class PaddedBetween(ExpandedKernels):
    """Wrong at the border: the second convolution pads too, instead of the first one alone."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, count=2, between=1)


class ReparameterisedOnline(Module):  # type: ignore[misc]
    """OREPA's way: kernels are scaled by channels, and added, before anything is convolved."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.stride, self.groups = stride, groups
        width = inputs // groups
        self.weight_origin = nn.Parameter(torch.randn(outputs, width, 3, 3))
        self.weight_1x1 = nn.Parameter(torch.randn(outputs, width, 1, 1))
        self.weight_avg = nn.Parameter(torch.randn(outputs, width, 1, 1))
        self.vector = nn.Parameter(torch.randn(3, outputs))
        self.register_buffer("average", torch.ones(3, 3) / 9)

    def weight_gen(self) -> Any:
        one = torch.einsum("oihw,o->oihw", self.weight_origin, self.vector[0, :])
        other = F.pad(
            torch.einsum("oihw,o->oihw", self.weight_1x1, self.vector[1, :]), [1, 1, 1, 1]
        )
        pooled = torch.einsum("oihw,hw->oihw", self.weight_avg, self.average)
        pooled = torch.einsum("oihw,o->oihw", pooled, self.vector[2, :])
        return one + other + pooled

    def forward(self, x: Any) -> Any:
        if hasattr(self, "deployed"):
            return self.deployed(x)
        origin = F.conv2d(x, self.weight_origin, None, self.stride, 1, 1, self.groups)
        narrow = F.conv2d(x, self.weight_1x1, None, self.stride, 0, 1, self.groups)
        pooled = F.conv2d(x, self.weight_avg * self.average, None, self.stride, 1, 1, self.groups)
        branches = torch.stack([origin, narrow, pooled])
        return (branches * self.vector[:, None, :, None, None]).sum(0)

    def switch_to_deploy(self) -> None:
        kernel = self.weight_gen()
        outputs, width, _, _ = kernel.shape
        deployed = nn.Conv2d(
            width * self.groups, outputs, 3, self.stride, 1, groups=self.groups, bias=False
        )
        deployed.weight.data = kernel
        self.deployed = deployed


# --- PyTorch's own rules -------------------------------------------------------------


class Fused(Module):  # type: ignore[misc]
    """A layer and a batch norm behind it, which `torch.nn.utils.fusion` makes one."""

    def __init__(self, layer: Any, norm: Any, fuse: Callable[..., Any]) -> None:
        super().__init__()
        self.layer, self.norm, self.fuse = layer, norm, fuse

    def forward(self, x: Any) -> Any:
        return self.norm(self.layer(x))

    def switch_to_deploy(self) -> None:
        self.layer = self.fuse(self.layer, self.norm)
        self.norm = nn.Identity()


class NormFirst(Module):  # type: ignore[misc]
    """A batch norm before a convolution, put into it; wrong at the border where that pads."""

    def __init__(self, inputs: int, outputs: int, padding: int) -> None:
        super().__init__()
        self.bn = nn.BatchNorm2d(inputs)
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=padding)

    def forward(self, x: Any) -> Any:
        return self.conv(self.bn(x))

    def switch_to_deploy(self) -> None:
        bn, conv = self.bn, self.conv
        scale = bn.weight * torch.rsqrt(bn.running_var + bn.eps)
        offset = bn.bias - bn.running_mean * scale
        bias = conv.bias + (conv.weight * offset.view(1, -1, 1, 1)).sum(dim=(1, 2, 3))
        conv.weight = nn.Parameter(conv.weight * scale.view(1, -1, 1, 1))
        conv.bias = nn.Parameter(bias)
        self.bn = nn.Identity()


def fuse_with_eps(eps: float) -> Callable[..., Any]:
    """A rule that takes a number for eps, and does not ask the batch norm for its own."""

    def fuse(conv: Any, bn: Any) -> Any:
        found = copy.deepcopy(conv)
        found.weight, found.bias = nn.utils.fuse_conv_bn_weights(
            conv.weight, conv.bias, bn.running_mean, bn.running_var, eps, bn.weight, bn.bias
        )
        return found

    return fuse


def fuse_transposed(conv: Any, bn: Any) -> Any:
    """PyTorch's rule for a transposed convolution."""
    return nn.utils.fusion.fuse_conv_bn_eval(conv, bn, transpose=True)


def fuse_without_mean(conv: Any, bn: Any) -> Any:
    """Wrong: the bias is that of the batch norm, and the mean is forgotten."""
    found = copy.deepcopy(conv)
    factor = bn.weight / torch.sqrt(bn.running_var + bn.eps)
    found.weight = nn.Parameter(conv.weight * factor.view(-1, 1, 1, 1))
    found.bias = nn.Parameter(bn.bias + conv.bias * factor)
    return found


# --- which are right -----------------------------------------------------------------

IMAGES = {3: ("N", 3, "H", "W"), 8: ("N", 8, "H", "W")}

RIGHT: dict[str, tuple[Callable[[], Any], tuple[Any, ...]]] = {
    "RepVGG": (lambda: RepVGG(3, 3), IMAGES[3]),
    "RepVGG to more channels": (lambda: RepVGG(3, 5), IMAGES[3]),
    "RepVGG, stride 2": (lambda: RepVGG(3, 4, stride=2), IMAGES[3]),
    "RepVGG, groups": (lambda: RepVGG(8, 8, groups=2), IMAGES[8]),
    "RepVGG, groups and stride 2": (lambda: RepVGG(8, 8, stride=2, groups=4), IMAGES[8]),
    "RepVGG, dilated": (lambda: RepVGG(3, 3, dilation=2), IMAGES[3]),
    "MobileOne": (lambda: MobileOne(3, 3, branches=2), IMAGES[3]),
    "MobileOne, depthwise": (lambda: MobileOne(8, 8, groups=8), IMAGES[8]),
    "MobileOne, depthwise and stride 2": (lambda: MobileOne(8, 8, stride=2, groups=8), IMAGES[8]),
    "MobileOne, pointwise": (lambda: MobileOne(3, 3, kernel=1), IMAGES[3]),
    "ACNet": (lambda: AsymmetricBlock(3, 3), IMAGES[3]),
    "ACNet, stride 2": (lambda: AsymmetricBlock(3, 4, stride=2), IMAGES[3]),
    "ACNet, cropped": (lambda: AsymmetricBlock(3, 4, padding=0), IMAGES[3]),
    "ACNet, kernel 5": (lambda: AsymmetricBlock(3, 4, kernel=5, padding=3), IMAGES[3]),
    "ACNet, groups": (lambda: AsymmetricBlock(8, 8, groups=4), IMAGES[8]),
    "RepLKNet": (lambda: LargeKernel(3), IMAGES[3]),
    "RepLKNet, stride 2": (lambda: LargeKernel(8, 9, 5, stride=2), IMAGES[8]),
    "DBB": (lambda: DiverseBranch(3, 3), IMAGES[3]),
    "DBB, stride 2": (lambda: DiverseBranch(3, 4, stride=2), IMAGES[3]),
    "DBB, groups": (lambda: DiverseBranch(8, 8, groups=2), IMAGES[8]),
    "DBB, kernel 5": (lambda: DiverseBranch(3, 3, kernel=5), IMAGES[3]),
    "ExpandNets": (lambda: Expanded(3, 4), IMAGES[3]),
    "ExpandNets, stride 2": (lambda: Expanded(3, 4, stride=2), IMAGES[3]),
    "ExpandNets, bias without padding": (
        lambda: Expanded(3, 4, padding=0, first_has_bias=True),
        IMAGES[3],
    ),
    "ExpandNets, kernel 5": (lambda: ExpandedKernels(3, 2), IMAGES[3]),
    "ExpandNets, kernel 7": (lambda: ExpandedKernels(3, 2, count=3), IMAGES[3]),
    "OREPA": (lambda: ReparameterisedOnline(3, 4), IMAGES[3]),
    "OREPA, groups and stride 2": (
        lambda: ReparameterisedOnline(8, 8, stride=2, groups=2),
        IMAGES[8],
    ),
    "norm before a convolution without padding": (lambda: NormFirst(3, 4, 0), IMAGES[3]),
    "fuse_conv_bn_eval": (
        lambda: Fused(
            nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.utils.fusion.fuse_conv_bn_eval
        ),
        IMAGES[3],
    ),
    "fuse_conv_bn_eval, depthwise, no bias": (
        lambda: Fused(
            nn.Conv2d(8, 8, 3, 2, 1, groups=8, bias=False),
            nn.BatchNorm2d(8),
            nn.utils.fusion.fuse_conv_bn_eval,
        ),
        IMAGES[8],
    ),
    "fuse_conv_bn_eval, transposed": (
        lambda: Fused(
            nn.ConvTranspose2d(3, 4, 3, 2, 1, bias=False), nn.BatchNorm2d(4), fuse_transposed
        ),
        IMAGES[3],
    ),
    "fuse_linear_bn_eval": (
        lambda: Fused(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.utils.fusion.fuse_linear_bn_eval),
        ("N", 3),
    ),
    "fuse_conv_bn_weights": (
        lambda: Fused(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), fuse_with_eps(1e-5)),
        IMAGES[3],
    ),
}
"""Blocks, and the shapes of their inputs, whose published rule is right."""

WRONG: dict[str, tuple[Callable[[], Any], tuple[Any, ...]]] = {
    "RepVGG, channels of groups mixed": (
        lambda: RepVGGWithGroupsMixed(8, 8, groups=2),
        IMAGES[8],
    ),
    "RepVGG, no identity with groups": (lambda: RepVGGWithoutIdentity(8, 8, groups=2), IMAGES[8]),
    "RepVGG, 1×1 at a corner": (lambda: RepVGGAtCorner(3, 3), IMAGES[3]),
    "RepVGG, 1×1 at a corner, stride 2": (lambda: RepVGGAtCorner(3, 4, stride=2), IMAGES[3]),
    "ACNet, kernels at a corner": (lambda: AsymmetricAtCorner(3, 3), IMAGES[3]),
    "ACNet, kernels at a corner, cropped": (
        lambda: AsymmetricAtCorner(3, 4, padding=0),
        IMAGES[3],
    ),
    "DBB, zeros behind inner norms": (lambda: DiverseBranchWithZeros(3, 3), IMAGES[3]),
    "DBB, zeros behind inner norms, groups": (
        lambda: DiverseBranchWithZeros(8, 8, groups=2),
        IMAGES[8],
    ),
    "ExpandNets, bias and padding": (lambda: ExpandedWithBias(3, 4), IMAGES[3]),
    "ExpandNets, padding between": (lambda: PaddedBetween(3, 2), IMAGES[3]),
    "norm before a convolution with padding": (lambda: NormFirst(3, 4, 1), IMAGES[3]),
    "another eps": (
        lambda: Fused(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), fuse_with_eps(1e-3)),
        IMAGES[3],
    ),
    "the mean forgotten": (
        lambda: Fused(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), fuse_without_mean),
        IMAGES[3],
    ),
    "transposed as if it were not": (
        lambda: Fused(
            nn.ConvTranspose2d(4, 4, 3, 2, 1),
            nn.BatchNorm2d(4),
            nn.utils.fusion.fuse_conv_bn_eval,
        ),
        ("N", 4, "H", "W"),
    ),
}
"""Blocks whose rule is wrong."""

"""Modules of PyTorch that are made of merged layers."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from symconv.reading.networks.merging.merged_layers import LayerForm

__all__ = ["module_of"]


def module_of(form: LayerForm, weight: Any, bias: Any) -> nn.Module:
    """A layer with its numbers, in double precision and evaluation mode.

    Args:
        form: which layer.
        weight: its weight, as an array.
        bias: its bias; None without one.
    """
    kind: Any = getattr(nn, form.kind)
    layer: nn.Module = kind(**form.arguments, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight))
        if bias is not None:
            layer.bias.copy_(torch.from_numpy(bias))
    layer.eval()
    if not form.padded_before:
        return layer
    pad: Any = getattr(nn, f"ConstantPad{len(form.kernel_size)}d")
    return nn.Sequential(pad(form.padded_before, 0), layer).eval()

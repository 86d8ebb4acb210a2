"""Networks of the collection pytorchcv, with numbers that hide nothing.

    pip install pytorchcv

Some of them ask for torchvision, which is not needed here: a layer of that is never built.
"""

from __future__ import annotations

import sys
import types
from importlib.util import find_spec
from typing import Any

import torch

__all__ = ["architectures", "network", "with_statistics"]


def _collection() -> Any:
    if "torchvision" not in sys.modules and find_spec("torchvision") is None:
        for name in ("torchvision", "torchvision.ops"):
            module = types.ModuleType(name)
            module.DeformConv2d = torch.nn.Identity  # type: ignore[attr-defined]
            module.deform_conv2d = None  # type: ignore[attr-defined]
            sys.modules[name] = module
        sys.modules["torchvision"].ops = sys.modules["torchvision.ops"]  # type: ignore[attr-defined]
    from pytorchcv import model_provider

    return model_provider


def architectures() -> list[str]:
    """The names of all networks, sorted."""
    return sorted(_collection()._models)


def network(name: str) -> Any:
    """A network by name in evaluation mode; the same numbers every time."""
    torch.manual_seed(0)
    return with_statistics(_collection().get_model(name, pretrained=False).eval())


def with_statistics(net: Any) -> Any:
    """The network with random numbers in its batch norms, which would do nothing otherwise."""
    for one in net.modules():
        if getattr(one, "running_var", None) is not None:
            one.running_mean.uniform_(-0.3, 0.3)
            one.running_var.uniform_(0.5, 1.5)
            if one.affine:
                one.weight.data.uniform_(0.5, 1.5)
                one.bias.data.uniform_(-0.3, 0.3)
    return net

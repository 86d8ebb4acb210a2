"""What the layers of networks mean: one table, by the names that PyTorch gives them.

Each is a function of tensors, numbers and sizes with PyTorch's arguments, in their order and with
their defaults; it knows no framework.  What a framework does besides (training, writing in place,
weights of its own) is left to the reader of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from symconv.language.signals import SignalExpr
from symconv.reading.networks.layers import (
    entrywise,
    normalisation,
    positions,
    resizing,
    shapes,
    sliding,
)
from symconv.reading.networks.layers.sliding import of_dimensions

__all__ = ["LAYERS", "Layer"]

Layer = Callable[..., Any]
"""A function of tensors, which gives a tensor or several."""


def _method(name: str) -> Layer:
    """The function that tensors have a method for."""

    def apply(input: SignalExpr) -> SignalExpr:  # noqa: A002
        result: SignalExpr = getattr(input, name)()
        return result

    return apply


_SLIDING: Mapping[str, Callable[..., SignalExpr]] = {
    "conv": sliding.conv,
    "conv_transpose": sliding.conv_transpose,
    "avg_pool": sliding.avg_pool,
    "lp_pool": sliding.lp_pool,
    "max_pool": sliding.max_pool,
    "adaptive_avg_pool": sliding.adaptive_avg_pool,
    "adaptive_max_pool": sliding.adaptive_max_pool,
}

LAYERS: Mapping[str, Layer] = {
    **{
        f"{name}{dimensions}d": of_dimensions(layer, dimensions)
        for name, layer in _SLIDING.items()
        for dimensions in (1, 2, 3)
    },
    **{name: _method(name) for name in ("relu", "relu6", "sigmoid", "tanh", "silu", "hardswish")},
    "abs": entrywise.absolute,
    "add": entrywise.add,
    "addcmul": entrywise.addcmul,
    "addmm": entrywise.addmm,
    "amax": entrywise.amax,
    "amin": entrywise.amin,
    "batch_norm": normalisation.batch_norm,
    "cat": shapes.cat,
    "celu": entrywise.celu,
    "channel_shuffle": resizing.channel_shuffle,
    "chunk": shapes.chunk,
    "clamp": entrywise.clamp,
    "clamp_max": entrywise.minimum,
    "clamp_min": entrywise.maximum,
    "diag": entrywise.diag,
    "depth_to_space": resizing.depth_to_space,
    "div": entrywise.div,
    "dot": entrywise.dot,
    "einsum": entrywise.einsum,
    "elu": entrywise.elu,
    "erf": _method("erf"),
    "exp": _method("exp"),
    "expand": shapes.expand,
    "expand_as": shapes.expand_as,
    "flatten": shapes.flatten,
    "flip": shapes.flip,
    "fold": sliding.fold,
    "gelu": entrywise.gelu,
    "getitem": shapes.part,
    "glu": entrywise.glu,
    "group_norm": normalisation.group_norm,
    "hardsigmoid": entrywise.hardsigmoid,
    "hardtanh": entrywise.hardtanh,
    "index": positions.index,
    "index_select": positions.index_select,
    "instance_norm": normalisation.instance_norm,
    "interpolate": resizing.interpolate,
    "layer_norm": normalisation.layer_norm,
    "leaky_relu": entrywise.leaky_relu,
    "lerp": entrywise.lerp,
    "linear": entrywise.linear,
    "local_response_norm": normalisation.local_response_norm,
    "log": normalisation.logarithm,
    "log_softmax": normalisation.log_softmax,
    "logsigmoid": entrywise.logsigmoid,
    "logsumexp": normalisation.logsumexp,
    "matmul": entrywise.matmul,
    "maximum": entrywise.maximum,
    "mean": entrywise.mean,
    "minimum": entrywise.minimum,
    "mish": entrywise.mish,
    "movedim": shapes.movedim,
    "mul": entrywise.mul,
    "narrow": shapes.narrow,
    "neg": entrywise.neg,
    "norm": normalisation.norm,
    "normalize": normalisation.normalize,
    "outer": entrywise.outer,
    "pad": sliding.pad,
    "permute": shapes.permute,
    "pixel_shuffle": resizing.pixel_shuffle,
    "pixel_unshuffle": resizing.pixel_unshuffle,
    "pow": entrywise.power,
    "prelu": entrywise.prelu,
    "reciprocal": entrywise.reciprocal,
    "repeat": shapes.repeat,
    "repeat_interleave": shapes.repeat_interleave,
    "reshape": shapes.reshape,
    "reshape_as": shapes.reshape_as,
    "reversed_axes": shapes.reversed_axes,
    "rms_norm": normalisation.rms_norm,
    "roll": shapes.roll,
    "rsqrt": entrywise.reciprocal_root,
    "rsub": entrywise.rsub,
    "scaled_dot_product_attention": normalisation.attention,
    "select": shapes.select,
    "selu": entrywise.selu,
    "softmax": normalisation.softmax,
    "softmin": normalisation.softmin,
    "softplus": entrywise.softplus,
    "softshrink": entrywise.softshrink,
    "softsign": entrywise.softsign,
    "space_to_depth": resizing.space_to_depth,
    "split": shapes.split,
    "sqrt": entrywise.root,
    "square": entrywise.square,
    "squeeze": shapes.squeeze,
    "stack": shapes.stack,
    "std": normalisation.deviation,
    "sub": entrywise.sub,
    "sum": entrywise.summed,
    "swapped_axes": shapes.swapped,
    "t": shapes.t,
    "tanhshrink": entrywise.tanhshrink,
    "transpose": shapes.transpose,
    "unbind": shapes.unbind,
    "unflatten": shapes.unflatten,
    "unfold": sliding.unfold,
    "unsqueeze": shapes.unsqueeze,
    "var": normalisation.variance,
    "weight_norm": normalisation.weight_norm,
    "windows": shapes.windows,
}
"""The layers, by name."""

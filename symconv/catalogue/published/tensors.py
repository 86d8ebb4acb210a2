"""The images, kernels and sizes that published statements about several axes share."""

from __future__ import annotations

from typing import Any

from sympy import Eq, Piecewise

from symconv.arithmetic.symbols import integers
from symconv.language.signals import Signal, SignalExpr, Tensor
from symconv.language.tensor_functions import einsum

__all__ = [
    "composed",
    "identity",
    "matrix_of",
    "ones",
    "summed_pairs",
    "swapped",
    "weighted",
]

N, C, M, O, G, H, W = integers("N C M O G H W", positive=True)
"""Sizes: of a batch; channels that come in, between layers, and that go out; groups; images."""
K, J, A, B = integers("K J A B", positive=True)
"""Heights and widths of the kernels k and h."""
Q = integers("Q", positive=True)
"""Channels of one group."""
o, v = integers("o v")
"""Indices."""

PLANE = (2, 3)
"""The axes of an image, behind batch and channels."""

image = Tensor("x", (N, C, H, W))
kernel = Tensor("k", (O, C, K, J))
first, second = Tensor("k", (M, C, K, J)), Tensor("h", (O, M, A, B))
first3, second3 = Tensor("k", (M, C, 3, 3)), Tensor("h", (O, M, 3, 3))
pointwise = Tensor("w", (O, C, 1, 1))
before, after = Tensor("w", (M, C, 1, 1)), Tensor("w", (O, M, 1, 1))
"""Kernels: of one layer and of two, of any size and of 3×3; 1×1 alone, first, and second."""
features, backward = Tensor("y", (N, C, H, W)), Tensor("k", (C, O, K, J))
"""What a transposed layer is applied to, and its kernel."""
small, large = Signal("b", M), Signal("g", O)
"""A bias between two layers, and one behind them."""


def composed(
    later: SignalExpr, earlier: SignalExpr, stride: Any = 1, dilation: Any = 1
) -> SignalExpr:
    """The kernel of two layers as one: full convolutions, summed over the channels between.

    Args:
        later: the kernel (O, M, …) of the second layer.
        earlier: the kernel (M, C, …) of the first one, with zeros for its dilation.
        stride: that of the first layer.
        dilation: that of the second one.
    """
    full = swapped(earlier).conv_transpose(swapped(later), dilation=stride * dilation)
    return swapped(full)


def swapped(weight: SignalExpr) -> SignalExpr:
    """A kernel (O, C, K, J) as (C, O, K, J): as that of a transposed layer, or back."""
    return weight.rearrange("o c k l -> c o k l")


def matrix_of(weight: SignalExpr) -> SignalExpr:
    """The matrix (O, C) of a 1×1 kernel."""
    matrix: SignalExpr = weight[:, :, 0, 0]
    return matrix


def identity(channels: Any) -> SignalExpr:
    """The 1×1 kernel with a 1 from each channel to itself."""
    entry = Piecewise((1, Eq(o, v)), (0, True))
    return Tensor.from_formula((o, v), entry, shape=(channels, channels)).rearrange(
        "o c -> o c 1 1"
    )


def ones(height: Any, width: Any) -> SignalExpr:
    """An image of ones."""
    return Tensor.from_formula((o, v), 1, shape=(height, width))


def weighted(weight: SignalExpr, bias: SignalExpr) -> SignalExpr:
    """The bias of a layer that is applied to a bias for each channel: Σ w[o, c, …]·b[c]."""
    return einsum("ockl,c->o", weight, bias)


def summed_pairs(weight: SignalExpr) -> SignalExpr:
    """The kernel and itself moved by one, down, right, and both, added up."""
    padded, pair = weight.pad(1, 1, axis=PLANE), Signal.ones(2)
    return padded.correlate(pair, axis=2).correlate(pair, axis=3)

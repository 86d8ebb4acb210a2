"""The sizes, amounts and tensors that the suites share."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.arithmetic.symbols import integers
from symconv.language.signals import Tensor

__all__ = ["smallest"]

N, H, W = integers("N H W", nonnegative=True)
"""Images, their rows and columns; there may be none."""
O, C, K, L = integers("O C K L", positive=True)
"""Output and input channels, and the rows and columns of a kernel, which is not empty."""
s, t, d, e, f, g = integers("s t d e f g", positive=True)
"""Strides, dilations of the kernel and of the input, along rows and columns."""
p, q, m, n = integers("p q m n", nonnegative=True)
"""Amounts of padding that are not negative."""
l, r, a, b = integers("l r a b")
"""Padding of either sign before and after the rows, and the columns; negative amounts crop."""
o, c, i, j = integers("o c i j")
"""Indices: a channel or an image, another channel, a row and a column."""

x, w = Tensor("x", (N, C, H, W)), Tensor("w", (O, C, K, L))


def smallest(**others: int) -> Mapping[str, int]:
    """The sizes at which a claim fails: those given, and 1 for channels and kernels."""
    return {**dict.fromkeys("CKLO", 1), **others}

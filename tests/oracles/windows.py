"""Pads and windows as XLA writes them, by loops over NumPy arrays that know nothing of symconv."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["convolved", "padded"]

Array = NDArray[Any]


def padded(array: Array, pad: str) -> Array:
    """An array with `low_high` or `low_high_interior` zeros along each axis."""
    for axis, text in enumerate(pad.split("x")):
        low, high, interior = ([int(amount) for amount in text.split("_")] + [0])[:3]
        array = _padded_along(array, axis, low, high, interior + 1)
    return array


def convolved(image: Array, kernel: Array, window: str) -> Array:
    """The convolution of an image (N, C, H, W) and a kernel (rows, columns, C, O) with a window."""
    said = dict(part.split("=") for part in window.split())
    spread = [int(n) for n in said.get("lhs_dilate", "1x1").split("x")]
    apart = [int(n) for n in said.get("rhs_dilate", "1x1").split("x")]
    pads = [[int(n) for n in one.split("_")] for one in said.get("pad", "0_0x0_0").split("x")]
    for axis, (low, high) in enumerate(pads):
        image = _padded_along(image, 2 + axis, 0, 0, spread[axis])
        image = _padded_along(image, 2 + axis, low, high, 1)
    outputs = [
        max(0, image.shape[2 + axis] - (kernel.shape[axis] - 1) * apart[axis]) for axis in (0, 1)
    ]
    result = np.zeros((image.shape[0], kernel.shape[3], *outputs), dtype=object)
    for u, v in product(*map(range, outputs)):
        for i, j in product(*map(range, kernel.shape[:2])):
            pixel = image[:, :, u + i * apart[0], v + j * apart[1]]
            result[:, :, u, v] += pixel @ kernel[i, j]
    return result


def _padded_along(array: Array, axis: int, low: int, high: int, step: int) -> Array:
    """Entry m goes to low + step·m; what falls outside is dropped, and all else is 0."""
    size = array.shape[axis]
    length = max(0, low + (step * (size - 1) + 1 if size else 0) + high)
    result = np.zeros((*array.shape[:axis], length, *array.shape[axis + 1 :]), dtype=object)
    here, there = np.moveaxis(array, axis, 0), np.moveaxis(result, axis, 0)
    for m in range(size):
        if 0 <= low + step * m < length:
            there[low + step * m] = here[m]
    return result

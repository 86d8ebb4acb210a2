"""What known functions are, of arrays in double precision."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from symconv.arithmetic.limits import DOUBLES_AT_ONCE, TERMS_OF_ERF
from symconv.language.arrays import Doubles
from symconv.language.functions import Function

__all__ = ["OF_DOUBLES", "erf", "of_doubles"]


def of_doubles(function: Function) -> Callable[[Doubles], Doubles] | None:
    """A function of each entry, where it is known; without what is subtracted."""
    slope = function.parameter
    if slope is not None:
        return lambda x: np.where(x > 0, x, x * float(slope))
    return OF_DOUBLES.get(function.name)


def _sigmoid(x: Doubles) -> Doubles:
    small = np.exp(-np.abs(x))  # never too large, and not 1 where the result is nearly 0
    return np.where(x < 0, small, 1.0) / (1.0 + small)


def _hardswish(x: Doubles) -> Doubles:
    return x * np.clip(x + 3.0, 0.0, 6.0) / 6.0


def _gelu(x: Doubles) -> Doubles:
    return 0.5 * x * (1.0 + erf(x / math.sqrt(2.0)))


# --- the error function --------------------------------------------------------------
# Around a point t, erf(t + h) = erf(t) + 2/√π·exp(−t²)·Σ aₙ·hⁿ⁺¹/(n + 1), where the aₙ are the
# coefficients of exp(−2th − h²).  The points are so near to each other that few terms suffice.

_POINTS = np.linspace(0.0, 6.0, 97)  # at the last one, erf is 1 in double precision


def _expansions() -> Doubles:
    """The coefficients around each point, of which the first ones are the values."""
    result = np.zeros((TERMS_OF_ERF, len(_POINTS)))
    before, last = np.zeros_like(_POINTS), 2 / math.sqrt(math.pi) * np.exp(-(_POINTS**2))
    result[0] = [math.erf(point) for point in _POINTS]
    for n in range(1, TERMS_OF_ERF):
        result[n] = last / n
        before, last = last, -2 * (_POINTS * last + before) / n
    return result


_EXPANSIONS = _expansions()


def erf(x: Doubles) -> Doubles:
    """The error function of each entry, to some units in the last place.

    >>> bool(abs(erf(np.array([0.3])) - math.erf(0.3)) < 1e-15)
    True
    """
    result = np.empty(x.shape)
    flat, into = x.reshape(-1), result.reshape(-1)
    for start in range(0, len(flat), DOUBLES_AT_ONCE):
        part = slice(start, start + DOUBLES_AT_ONCE)
        size = np.minimum(np.abs(flat[part]), _POINTS[-1])
        nearest = np.nan_to_num(np.rint(size / _POINTS[1])).astype(np.intp)
        h = size - _POINTS[nearest]
        value = np.zeros_like(size)
        for coefficients in _EXPANSIONS[::-1]:
            value = value * h + coefficients[nearest]
        into[part] = np.copysign(value, flat[part])
    return result


OF_DOUBLES: Mapping[str, Callable[[Doubles], Doubles]] = {
    "relu": lambda x: np.maximum(x, 0.0),
    "relu6": lambda x: np.clip(x, 0.0, 6.0),
    "sigmoid": _sigmoid,
    "tanh": np.tanh,
    "gelu": _gelu,
    "silu": lambda x: x * _sigmoid(x),
    "hardswish": _hardswish,
    "exp": np.exp,
    "reciprocal": lambda x: 1.0 / x,
    "sqrt": np.sqrt,
    "log": np.log,
    "erf": erf,
}
"""The functions of `symconv.language.functions.FUNCTIONS`."""

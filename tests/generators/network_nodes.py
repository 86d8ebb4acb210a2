"""Functions of entries, and maxima, with a meaning of their own: text for symconv, and arrays.

Nothing here is taken from symconv. Functions that are no fractions are computed by mpmath, with
many digits; one of which nothing is known is drawn from a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from zlib import crc32

import mpmath
import numpy as np

from tests.generators.sizes import ONE, ZERO, At, Size, divided_up, largest, smallest
from tests.generators.tensors import (
    Array,
    IllTypedError,
    Node,
    Op,
    Ring,
    Shape,
    UndefinedError,
    walk,
)

__all__ = [
    "AT_ZERO",
    "DIGITS",
    "EXACT_FUNCTIONS",
    "FREE",
    "KNOWN",
    "RISING",
    "Apply",
    "Drawn",
    "MaxPool",
    "Maximum",
    "Numbers",
    "applied",
    "functions_of",
    "is_exact",
    "maximum",
    "pooled",
    "real",
    "value_of",
]

DIGITS = 60

FREE: Mapping[str, Fraction | None] = {"f": None, "g": Fraction(0), "h": Fraction(3, 2)}
"""Functions of which nothing is known but their value at 0, if that."""

SLOPES = (Fraction(1, 10), Fraction(0), Fraction(-1, 2), Fraction(1), Fraction(2))

EXACT_FUNCTIONS = ("relu", "relu6", "leaky_relu", "hardswish")
KNOWN = (*EXACT_FUNCTIONS, "sigmoid", "tanh", "gelu", "silu", "exp")

RISING = ("relu", "relu6", "sigmoid", "tanh", "exp")
"""Besides leaky ReLUs whose slope is not negative."""

AT_ZERO: Mapping[str, Fraction] = {
    **dict.fromkeys(KNOWN, Fraction(0)),
    "sigmoid": Fraction(1, 2),
    "exp": Fraction(1),
}


# --- values --------------------------------------------------------------------------


def value_of(name: str, slope: Fraction, v: Any) -> Any:
    """What a known function is at a number, by its definition."""
    match name:
        case "relu":
            return v if v > 0 else v * 0
        case "relu6":
            return v * 0 if v < 0 else v * 0 + 6 if v > 6 else v
        case "leaky_relu":
            return v if v >= 0 else v * slope
        case "hardswish":
            return v * 0 if v <= -3 else v if v >= 3 else v * (v + 3) / _six(v)
    v = real(v)
    match name:
        case "sigmoid":
            return 1 / (1 + mpmath.exp(-v))
        case "tanh":
            return mpmath.tanh(v)
        case "gelu":
            return v * mpmath.ncdf(v)
        case "silu":
            return v / (1 + mpmath.exp(-v))
        case "exp":
            return mpmath.exp(v)
    raise ValueError(name)


def _six(v: Any) -> Any:
    return Fraction(6) if isinstance(v, int) else 6


def real(v: Any) -> Any:
    """A number with many digits."""
    if isinstance(v, Fraction):
        return mpmath.mpf(v.numerator) / v.denominator
    return mpmath.mpf(int(v)) if isinstance(v, int | np.integer) else v


@dataclass(frozen=True)
class Drawn:
    """A function of which nothing is known but its value at 0, drawn at random.

    Of exact numbers any function will do; of others it is a smooth one.
    """

    name: str
    seed: int

    def __call__(self, v: Any) -> Any:
        at_zero = FREE[self.name]
        noise = crc32(f"{self.name} {self.seed}".encode())
        if at_zero is None:
            at_zero = Fraction(noise % 7 - 3)
        if isinstance(v, int | Fraction | np.integer):
            if not v:
                return at_zero
            exact = v if isinstance(v, Fraction) else Fraction(int(v))
            return crc32(f"{noise} {exact}".encode()) % 23 - 11
        a, b = noise % 5 + 1, noise % 3 - 1
        return real(at_zero) + a * mpmath.sin(2 * v) + b * v * v


@dataclass(frozen=True)
class Numbers(Ring):
    """Exact numbers, or those with many digits.

    Attributes:
        functions: what the free functions are.
    """

    functions: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)


# --- operators -----------------------------------------------------------------------

Each = Callable[[Any], Any]


def _each(function: Each, a: Array) -> Array:
    result = np.empty(a.shape, dtype=object)
    for place in np.ndindex(*a.shape):
        found = a[place]
        result[place] = function(int(found) if isinstance(found, np.integer) else found)
    return result


@dataclass(frozen=True)
class Apply(Op):
    """A function of each entry.

    Attributes:
        function: its name.
        slope: of a leaky ReLU.
    """

    function: str
    slope: Fraction = Fraction(1, 100)

    def shape(self, *operands: Shape) -> Shape:
        return operands[0]

    def code(self, *operands: str) -> str:
        if self.function in FREE:
            return f"{self.function}({operands[0]})"
        slope = f"Fraction({self.slope.numerator}, {self.slope.denominator})"
        return f"{operands[0]}.{self.function}({slope if self.function == 'leaky_relu' else ''})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        if self.function in FREE:
            assert isinstance(ring, Numbers)
            return _each(ring.functions[self.function], arrays[0])
        return _each(lambda v: value_of(self.function, self.slope, v), arrays[0])

    @property
    def at_zero(self) -> Fraction | None:
        return FREE.get(self.function, AT_ZERO.get(self.function))

    @property
    def rises(self) -> bool:
        return self.function in RISING or (self.function == "leaky_relu" and self.slope >= 0)


def _greatest(numbers: list[Any]) -> Any:
    best = numbers[0]
    for number in numbers[1:]:
        exact = all(isinstance(one, int | Fraction | np.integer) for one in (best, number))
        if number > best if exact else real(number) > real(best):
            best = number
    return best


@dataclass(frozen=True)
class MaxPool(Op):
    """The largest of the entries of each window that exist, along one axis."""

    size: Size
    axis: int
    stride: Size
    left: Size = ZERO
    right: Size = ZERO
    dilation: Size = ONE
    ceil_mode: bool = False

    def shape(self, *operands: Shape) -> Shape:
        (shape,) = operands
        if not 0 <= self.axis < len(shape):
            raise IllTypedError(f"axis {self.axis} of {len(shape)}")
        for least, sizes in ((1, (self.size, self.stride, self.dilation)), (0, self._pads())):
            if any(size.least is None or size.least < least for size in sizes):
                raise IllTypedError(f"{self}")
        n, reach = shape[self.axis], self.dilation * (self.size - 1) + 1
        padded = n + self.left + self.right
        if self.ceil_mode:
            begun = (n + self.left - 1) // self.stride + 1
            count = smallest(begun, divided_up(padded - reach, self.stride) + 1)
        else:
            count = (padded - reach) // self.stride + 1
        return (*shape[: self.axis], largest(0, count), *shape[self.axis + 1 :])

    def _pads(self) -> tuple[Size, Size]:
        return self.left, self.right

    def code(self, *operands: str) -> str:
        words = [self.size.text, f"stride={self.stride.text}"]
        if self.left != ZERO or self.right != ZERO:
            words.append(f"padding=(({self.left.text}, {self.right.text}),)")
        if self.dilation != ONE:
            words.append(f"dilation={self.dilation.text}")
        words += ["ceil_mode=True"] * self.ceil_mode
        return f"{operands[0]}.max_pool({', '.join(words)}, axes={self.axis})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        (a,) = arrays
        c, s, d, left, right = (
            size.at(at) for size in (self.size, self.stride, self.dilation, self.left, self.right)
        )
        n = a.shape[self.axis]
        if min(c, s, d) < 1 or min(left, right) < 0:
            raise UndefinedError("sizes of a pool")
        span = n + left + right - d * (c - 1) - 1
        count = -(-span // s) + 1 if self.ceil_mode else span // s + 1
        while self.ceil_mode and (count - 1) * s >= n + left:
            count -= 1
        rows = np.moveaxis(a, self.axis, -1)
        result = np.empty((*rows.shape[:-1], max(0, count)), dtype=object)
        for u in range(count):
            places = [v for j in range(c) if 0 <= (v := s * u + d * j - left) < n]
            if not places:
                raise UndefinedError(f"window {u} has no entry")
            for spot in np.ndindex(*rows.shape[:-1]):
                result[(*spot, u)] = _greatest([rows[(*spot, v)] for v in places])
        return np.moveaxis(result, -1, self.axis)


@dataclass(frozen=True)
class Maximum(Op):
    """The larger entries of two tensors of one shape."""

    def shape(self, *operands: Shape) -> Shape:
        one, other = operands
        if one != other:
            raise IllTypedError("other shapes")
        return one

    def code(self, *operands: str) -> str:
        return f"maximum({operands[0]}, {operands[1]})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        one, other = arrays
        if one.shape != other.shape:
            raise UndefinedError("shapes differ")
        result = np.empty(one.shape, dtype=object)
        for place in np.ndindex(*one.shape):
            result[place] = _greatest([one[place], other[place]])
        return result


def applied(function: str, x: Node, slope: Fraction = Fraction(1, 100)) -> Node:
    return x.apply(Apply(function, slope))


def maximum(one: Node, other: Node) -> Node:
    return one.apply(Maximum(), other)


def pooled(x: Node, axis: int, size: Any, stride: Any = 1, **more: Any) -> Node:
    said: dict[str, Any] = {
        key: value if key == "ceil_mode" else Size.of(value) for key, value in more.items()
    }
    return x.apply(MaxPool(Size.of(size), axis, Size.of(stride), **said))


def is_exact(*roots: Node) -> bool:
    """Whether all values are fractions where the entries are."""
    return all(function in EXACT_FUNCTIONS or function in FREE for function in functions_of(*roots))


def functions_of(*roots: Node) -> Iterator[str]:
    """The functions that are applied."""
    return (node.op.function for node in walk(*roots) if isinstance(node.op, Apply))

"""Kernels of one layer from those of several: convolved, dilated, summed over channels, added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

import sympy
from sympy import Eq, Piecewise

from symconv.arithmetic.polynomials import Polynomial, divided
from symconv.language.amounts import Amount, integer_argument
from symconv.language.operators import Convolve, Dilate, Divide, Flip, Multiply, Pad, Rearrange
from symconv.language.operators.base import size_along
from symconv.language.operators.scale import Scale
from symconv.language.signals import Signal, SignalExpr, Tensor, indices_of
from symconv.language.tensor_functions import einsum

__all__ = [
    "ONE",
    "ZERO",
    "Taps",
    "Weight",
    "common",
    "convolved",
    "diagonal",
    "exactly",
    "flipped",
    "identity",
    "of_constant",
    "over",
    "padded",
    "scaled",
    "spread",
    "times",
    "written_out",
]

ZERO, ONE = Amount.of(0), Amount.of(1)


# --- amounts ---------------------------------------------------------------------------


def common(one: Amount, other: Amount) -> Amount:
    """An amount that divides both, the greatest where that is plain; 0 divides into any."""
    if one == 0 or one == other:
        return other
    if other == 0:
        return one
    if one.number is not None and other.number is not None:
        return Amount.of(gcd(one.number, other.number))
    if over(other, one) is not None:
        return one
    if over(one, other) is not None:
        return other
    if any(not isinstance(atom, str) for a in (one, other) for atom in a.polynomial.atoms()):
        return ONE
    found = integer_argument(sympy.gcd(one.written, other.written), "a common dilation")
    both = (over(one, found), over(other, found))
    return found if found.is_at_least(1) and None not in both else ONE


def over(amount: Amount, divisor: Amount) -> Amount | None:
    """The quotient, where the divisor is plainly a factor."""
    if divisor == 1 or amount == 0:
        return amount
    if amount.polynomial == divisor.polynomial:
        return ONE
    whole, rest = divided(amount.polynomial, divisor.polynomial)
    if rest.terms:
        return None
    number = whole.as_integer()
    if number is not None:
        return Amount.of(number)
    return Amount(whole, {name: amount.symbols[name] for name in whole.symbols()})


def exactly(amount: Amount, divisor: Amount) -> Amount:
    """The quotient of what `common` has found to be a factor."""
    found = over(amount, divisor)
    assert found is not None, (amount, divisor)
    return found


def written_out(amount: Amount) -> Amount:
    """The amount as if somebody had written it, so that what is made with it is the same object."""
    if amount.number is not None:
        return Amount.of(amount.number)
    return Amount(amount.polynomial, amount.symbols, amount.written, amount.mentioned)


# --- tensors ---------------------------------------------------------------------------


def flipped(tensor: SignalExpr, axis: int = 0) -> SignalExpr:
    """The tensor in reverse along an axis; twice is not at all."""
    if isinstance(tensor.operator, Flip) and tensor.operator.axis == axis:
        return tensor.operands[0]
    if tensor.ndim == 1 and all(size == Polynomial.constant(1) for size in tensor.lengths):
        return tensor
    return tensor.flip(axis=axis)


def _is_flipped(tensor: SignalExpr) -> bool:
    return isinstance(tensor.operator, Flip)


def spread(tensor: SignalExpr, factor: Amount, axis: int = 0) -> SignalExpr:
    """The tensor with zeros between its entries, inside of a flip."""
    if factor == 1 or tensor.lengths[axis] == Polynomial.constant(1):
        return tensor
    if tensor.ndim == 1 and _is_flipped(tensor):
        return spread(tensor.operands[0], factor).flip()
    return tensor.apply(Dilate(written_out(factor), axis))


def convolved(one: SignalExpr, other: SignalExpr) -> SignalExpr:
    """The full convolution of two kernels of one axis; of two in reverse, it is in reverse."""
    for kernel, rest in ((one, other), (other, one)):
        if kernel is Signal.delta():
            return rest
    if _is_flipped(one) and _is_flipped(other):
        return one.operands[0].apply(Convolve(), other.operands[0]).flip()
    return one.apply(Convolve(), other)


def padded(tensor: SignalExpr, left: Amount, right: Amount, axis: int = 0) -> SignalExpr:
    """The tensor padded with zeros along an axis, if there are any."""
    if left == 0 and right == 0:
        return tensor
    return tensor.apply(Pad(written_out(left), written_out(right), axis))


def scaled(tensor: SignalExpr, factor: Fraction, divisor: Amount) -> SignalExpr:
    """The tensor times a number, and divided by a size."""
    if factor != 1:
        tensor = tensor.apply(Scale(factor))
    return tensor if divisor == 1 else tensor.apply(Divide(divisor))


def times(tensor: SignalExpr, scale: SignalExpr, axis: int) -> SignalExpr:
    """The tensor times one number for each place along an axis."""
    behind = tensor.ndim - 1 - axis
    each = scale.rearrange(f"o -> o{' 1' * behind}") if behind else scale
    return tensor.apply(Multiply(), each)


def identity(channels: Amount, dimensions: int, groups: Amount = ONE) -> SignalExpr:
    """The kernel of one tap that leaves every channel as it is, of so many in each group."""
    o, c = indices_of(2)
    ends = " 1" * dimensions
    if channels == 1:
        return Signal.ones(groups.written).rearrange(f"c -> c 1{ends}")
    entry = Piecewise((1, Eq(o, c)), (0, True))
    matrix = Tensor.from_formula((o, c), entry, shape=(channels.written, channels.written))
    if groups != 1:
        return matrix.rearrange(f"o c -> (g o) c{ends}", g=groups)
    return matrix.rearrange(f"o c -> o c{ends}") if dimensions else matrix


def diagonal(scale: SignalExpr, dimensions: int) -> SignalExpr:
    """The kernel of one tap for each channel, of a layer with as many groups."""
    return scale.rearrange(f"c -> c 1{' 1' * dimensions}")


# --- kernels along one axis --------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Taps:
    """A kernel along one axis, Σ_j k[j]·x[u + d·j].

    Attributes:
        kernel: k, of one axis.
        dilation: d.
    """

    kernel: SignalExpr
    dilation: Amount = ONE

    @classmethod
    def of(cls, kernel: SignalExpr, dilation: Amount = ONE) -> Taps:
        """The taps of a kernel, between which zeros may already stand."""
        while isinstance(kernel.operator, Dilate):
            dilation = dilation * kernel.operator.factor
            (kernel,) = kernel.operands
        return cls(kernel, dilation)

    @property
    def count(self) -> Amount:
        """How many taps there are."""
        return size_along(self.kernel, 0)

    def is_like(self, other: Taps) -> bool:
        """Whether both plainly are the same."""
        return self.kernel is other.kernel and self.dilation.polynomial == other.dilation.polynomial

    @property
    def is_single(self) -> bool:
        """Whether there is plainly one tap, for which a dilation means nothing."""
        return self.count == 1

    @property
    def apart(self) -> Amount:
        """The dilation; 0 where it means nothing."""
        return ZERO if self.is_single else self.dilation

    @property
    def reach(self) -> Amount:
        """From the first to the last tap."""
        return (self.count - 1) * self.dilation

    def with_dilation(self, dilation: Amount) -> SignalExpr:
        """The kernel that has another dilation, one that divides its own."""
        return (
            self.kernel if self.is_single else spread(self.kernel, exactly(self.dilation, dilation))
        )

    def then(self, later: Taps, stride: Amount) -> Taps:
        """This kernel, and behind it another one that reads every stride-th place further."""
        behind = Taps(later.kernel, later.dilation * stride)
        found = common(self.apart, behind.apart)
        g = ONE if found == 0 else found
        return Taps(convolved(self.with_dilation(g), behind.with_dilation(g)), g)

    def flipped(self) -> Taps:
        """The kernel in reverse."""
        return Taps(flipped(self.kernel), self.dilation)

    def spread(self, factor: Amount) -> Taps:
        """The kernel for an input with zeros between its entries."""
        return Taps(self.kernel, self.dilation * factor)


# --- kernels over channels ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Weight:
    """A kernel over channels, as that of `conv`.

    Attributes:
        kernel: (O, C/groups, …).
        dilation: for each axis behind the channels.
        groups: how many.
    """

    kernel: SignalExpr
    dilation: tuple[Amount, ...]
    groups: Amount = ONE

    @property
    def dimensions(self) -> int:
        """How many axes there are behind the channels."""
        return len(self.dilation)

    def count(self, axis: int) -> Amount:
        """How many taps there are along an axis."""
        return size_along(self.kernel, 2 + axis)

    def apart(self, axis: int) -> Amount:
        """The dilation along an axis; 0 where it means nothing."""
        return ZERO if self.count(axis) == 1 else self.dilation[axis]

    def reach(self, axis: int) -> Amount:
        """From the first to the last tap along an axis."""
        return (self.count(axis) - 1) * self.dilation[axis]

    @property
    def is_pointwise(self) -> bool:
        """Whether there is plainly one tap along each axis."""
        return all(self.count(axis) == 1 for axis in range(self.dimensions))

    @property
    def outputs(self) -> Amount:
        """How many channels come out."""
        return size_along(self.kernel, 0)

    def with_dilation(self, dilation: Sequence[Amount]) -> Weight:
        """The same with dilations that divide its own."""
        kernel = self.kernel
        for axis, (own, g) in enumerate(zip(self.dilation, dilation, strict=True)):
            if self.count(axis) != 1:
                kernel = spread(kernel, exactly(own, g), 2 + axis)
        return Weight(kernel, tuple(dilation), self.groups)

    def with_taps(self, axis: int, taps: Taps) -> Weight:
        """A kernel along one axis, and this one behind it or before it."""
        found = common(self.apart(axis), taps.apart)
        g = ONE if found == 0 else found
        dilation = (*self.dilation[:axis], g, *self.dilation[axis + 1 :])
        own = self.with_dilation(dilation)
        kernel = taps.with_dilation(g)
        if kernel is Signal.delta():
            return own
        return Weight(own.kernel.apply(Convolve(axis=2 + axis), kernel), dilation, self.groups)

    def flipped(self, axis: int) -> Weight:
        """The kernel in reverse along an axis."""
        if self.count(axis) == 1:
            return self
        return Weight(flipped(self.kernel, 2 + axis), self.dilation, self.groups)

    def spread(self, axis: int, factor: Amount) -> Weight:
        """The kernel for an input with zeros between its entries along an axis."""
        d = (*self.dilation[:axis], self.dilation[axis] * factor, *self.dilation[axis + 1 :])
        return Weight(self.kernel, d, self.groups)

    def scaled(self, scale: SignalExpr) -> Weight:
        """Each channel that comes out times a number."""
        return Weight(times(self.kernel, scale, 0), self.dilation, self.groups)

    def on_scaled(self, scale: SignalExpr) -> Weight:
        """Each channel that comes in times a number."""
        if self.groups == 1:
            return Weight(times(self.kernel, scale, 1), self.dilation)
        names = _names(self.dimensions)
        split = self.kernel.rearrange(f"(g o) q{names} -> g o q{names}", g=self.groups)
        each = scale.rearrange(f"(g q) -> g 1 q{' 1' * self.dimensions}", g=self.groups)
        product = split.apply(Multiply(), each).rearrange(f"g o q{names} -> (g o) q{names}")
        return Weight(product, self.dilation, self.groups)

    def then(self, later: Weight, strides: Sequence[Amount]) -> Weight:
        """This layer, and behind it another one whose taps lie `strides` times as far apart."""
        behind = Weight(
            later.kernel,
            tuple(d * s for d, s in zip(later.dilation, strides, strict=True)),
            later.groups,
        )
        dilation = []
        for axis in range(self.dimensions):
            found = common(self.apart(axis), behind.apart(axis))
            dilation.append(ONE if found == 0 else found)
        return _composed(self, behind, dilation)

    def constant(self, bias: SignalExpr) -> SignalExpr:
        """What it makes of a constant in each channel."""
        letters = "abcdefhijkl"[: self.dimensions]
        if self.groups == 1:
            return einsum(f"oz{letters},z->o", self.kernel, bias)
        names = _names(self.dimensions)
        split = self.kernel.rearrange(f"(g o) q{names} -> g o q{names}", g=self.groups)
        each = bias.rearrange("(g q) -> g q", g=self.groups)
        return einsum(f"goz{letters},gz->go", split, each).rearrange("g o -> (g o)")

    def dense(self) -> Weight:
        """The same without groups, with zeros between channels of different ones."""
        if self.groups == 1:
            return self
        one = Weight(identity(self.outputs, self.dimensions), (ONE,) * self.dimensions)
        return self.then(one, (ONE,) * self.dimensions)


def _names(count: int) -> str:
    """Names for the axes behind the channels, in patterns."""
    return "".join(f" k{axis}" for axis in range(count))


def _composed(first: Weight, later: Weight, dilation: Sequence[Amount]) -> Weight:
    """Σ_m K₂[o, m, a]·K₁[m, q, t − a], within the groups that both layers have.

    It is K₂, as images with a channel m each, through the transposed layer with the kernel K₁: that
    spreads both by their dilations.  Where one layer has several times the groups of the other one,
    the channels between lie in as many groups as the finer one has.
    """
    finer = over(first.groups, later.groups) is not None
    if not finer and over(later.groups, first.groups) is None:
        return _composed(first.dense(), later.dense(), dilation)
    short = _with_one_tap(first, later, dilation) if later.groups == 1 else None
    if short is not None:
        return Weight(short, tuple(dilation))
    most, fewest = (first, later) if finer else (later, first)
    names, f = _names(first.dimensions), later.groups
    images = later.kernel
    if f != 1:
        images = images.rearrange(f"(f o) m{names} -> o (f m){names}", f=f)
    full = images.conv_transpose(
        first.kernel,
        stride=_apart(later, dilation),
        dilation=_apart(first, dilation),
        groups=most.groups,
    )
    if f != 1:
        full = full.rearrange(f"o (f q){names} -> (f o) q{names}", f=f)
    return Weight(full, tuple(dilation), fewest.groups)


def _apart(weight: Weight, dilation: Sequence[Amount]) -> tuple[Amount, ...]:
    """How far apart the taps are, in units of a dilation; 1 where there is one tap."""
    return tuple(
        ONE if weight.count(axis) == 1 else exactly(own, g)
        for axis, (own, g) in enumerate(zip(weight.dilation, dilation, strict=True))
    )


def _with_one_tap(first: Weight, later: Weight, dilation: Sequence[Amount]) -> SignalExpr | None:
    """The same where one of the kernels is a matrix over all channels, in fewer words."""
    letters, names = "abdefghijkl"[: first.dimensions], _names(first.dimensions)
    if later.is_pointwise and first.groups == 1:
        kernel = first.with_dilation(dilation).kernel
        return einsum(f"om,mc{letters}->oc{letters}", _matrix(later.kernel), kernel)
    is_depthwise = first.groups.polynomial == first.outputs.polynomial
    if later.is_pointwise and is_depthwise and size_along(first.kernel, 1) == 1:
        kernel = first.with_dilation(dilation).kernel.rearrange(f"m 1{names} -> m{names}")
        return einsum(f"om,m{letters}->om{letters}", _matrix(later.kernel), kernel)
    if first.is_pointwise and first.groups == 1:
        kernel = later.with_dilation(dilation).kernel
        return einsum(f"om{letters},mc->oc{letters}", kernel, _matrix(first.kernel))
    return None


def _matrix(kernel: SignalExpr) -> SignalExpr:
    """The matrix (O, C) of a kernel of one tap."""
    if kernel.ndim == 2:
        return kernel
    if isinstance(kernel.operator, Rearrange) and kernel.operands[0].ndim == 2:
        (inner,) = kernel.operands
        if kernel.operator.source == kernel.operator.target[:2]:
            return inner
    return kernel.rearrange(f"o c{' 1' * (kernel.ndim - 2)} -> o c")


def of_constant(taps: Taps, bias: SignalExpr) -> SignalExpr:
    """What a kernel along one axis makes of a constant in each channel."""
    if taps.kernel is Signal.delta():
        return bias
    return einsum("c,k->c", bias, taps.kernel)

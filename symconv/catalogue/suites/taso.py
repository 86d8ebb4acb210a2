"""TASO's axioms with convolutions and pools, by their numbers among these.

A layer there is padded as VALID, by nothing, or as SAME.  SAME has two readings: that of
TensorFlow, with the smaller half of the padding before; and that of TASO's own verifier, which
pads both sides by half of it, rounded up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TypeAlias

from sympy import (
    And,
    Eq,
    Expr,
    Max,
    Min,
    Mod,
    Ne,
    Or,
    Piecewise,
    Rational,
    Symbol,
    ceiling,
    false,
    floor,
)
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.symbols import integers
from symconv.catalogue.published.statements import Published, fails, holds, published
from symconv.catalogue.suites.shapes import (
    C,
    H,
    K,
    L,
    N,
    O,
    W,
    c,
    i,
    j,
    m,
    n,
    o,
    p,
    q,
    s,
    t,
    w,
    x,
)
from symconv.catalogue.theorems import Theorem
from symconv.language.signals import Signal, SignalExpr, Tensor
from symconv.language.tensor_functions import concatenate, einsum

__all__ = ["STATEMENTS"]

_SOURCE = "https://github.com/jiazhihao/TASO (verify/verify.py)"

Amount: TypeAlias = Expr | int
Pair: TypeAlias = tuple[Amount, Amount]
Numbers: TypeAlias = tuple[int, int]


@cache
def _missing(size: Expr, taps: Amount, stride: Amount) -> Expr:
    """By how much an axis is padded in all, so that there are ⌈size/stride⌉ outputs."""
    outputs = size if stride == 1 else ceiling(size / stride)
    return Max((outputs - 1) * stride + taps - size, 0)


def _nothing(size: Expr, taps: Amount, stride: Amount) -> Pair:
    return 0, 0


@cache
def _smaller_half_before(size: Expr, taps: Amount, stride: Amount) -> Pair:
    total = _missing(size, taps, stride)
    return floor(total / 2), total - floor(total / 2)


@cache
def _half_on_both_sides(size: Expr, taps: Amount, stride: Amount) -> Pair:
    half = ceiling(_missing(size, taps, stride) / 2)
    return half, half


@dataclass(frozen=True, slots=True)
class _Padding:
    """A way to pad images of H rows and W columns for a layer.

    Attributes:
        name: how claims call it.
        words: how statements do.
        parts: what is padded before and after, for a size, a number of taps and a stride.
    """

    name: str
    words: str
    parts: Callable[[Expr, Amount, Amount], Pair]

    def pads(self, taps: Pair, stride: Pair) -> list[Pair]:
        """What is padded before and after rows and columns."""
        return [self.parts(*one) for one in zip((H, W), taps, stride, strict=True)]

    def conv(
        self, image: SignalExpr, kernel: SignalExpr, stride: Pair, groups: Amount = 1
    ) -> SignalExpr:
        """A layer with this padding."""
        _, _, rows, columns = kernel.shape
        pads = self.pads((rows, columns), stride)
        return image.conv(kernel, padding=pads, stride=stride, groups=groups)

    def sums(self, image: SignalExpr, taps: Pair, stride: Pair) -> SignalExpr:
        """The sums over the windows of a pool."""
        each = zip((2, 3), taps, stride, self.pads(taps, stride), strict=True)
        for axis, size, step, (before, after) in each:
            padded = image.pad(before, after, axis=axis)
            image = padded.correlate(Signal.ones(size), stride=step, axis=axis)
        return image

    def pool(self, image: SignalExpr, taps: Numbers, stride: Numbers) -> SignalExpr:
        """An average pool that counts the padding."""
        return self.sums(image, taps, stride) / (taps[0] * taps[1])

    def pool_without(self, image: SignalExpr, taps: Numbers, stride: Numbers) -> SignalExpr:
        """An average pool that leaves the padding out."""
        rows, columns = _shares(self, taps, stride)
        return self.sums(image, taps, stride).multiply(rows.rearrange("u -> u 1")).multiply(columns)

    def max_pool(self, image: SignalExpr, taps: Pair, stride: Pair) -> SignalExpr:
        """A max pool, for which the padding is no entry."""
        return image.max_pool(taps, stride=stride, padding=self.pads(taps, stride))


@cache
def _shares(padding: _Padding, taps: Numbers, stride: Numbers) -> list[SignalExpr]:
    """1 over the number of rows in each window that are no padding, and over that of columns."""
    u = Symbol("u", integer=True)
    _, _, *outputs = padding.sums(x, taps, stride).shape
    shares = []
    pads = padding.pads(taps, stride)
    each = zip((H, W), taps, stride, pads, outputs, strict=True)
    for size, window, step, (before, _), length in each:
        first = step * u - before
        inside = Min(first + window, size) - Max(first, 0)
        cases = [(Rational(1, k), Eq(inside, k, evaluate=False)) for k in range(1, window + 1)]
        share = Piecewise(*cases, (0, True), evaluate=False)
        shares.append(Signal.from_formula(u, share, length=length))
    return shares


_VALID = _Padding("valid", "VALID", _nothing)


_SAME = _Padding("same", "SAME as TensorFlow has it", _smaller_half_before)
_CENTRED = _Padding("centred", "SAME with ⌈total/2⌉ on both sides", _half_on_both_sides)
_PADDINGS = (_VALID, _SAME, _CENTRED)
_ANY: Pair = (s, t)
_ONCE: Pair = (1, 1)
_STRIDES: tuple[Pair, ...] = ((1, 1), (1, 2), (2, 1), (2, 2))

Sides: TypeAlias = Callable[[_Padding, Pair], tuple[SignalExpr, SignalExpr]]


def _axiom(
    topic: str,
    statement: str,
    sides: Sides,
    why: str,
    *,
    strides: Iterable[Pair] = (_ANY,),
    given: Iterable[Boolean] = (),
    also: Iterable[Theorem] = (),
    unsettled: str = "",
) -> Published:
    """An axiom that holds for each way to pad, and for the strides that are given.

    Args:
        topic: its number and name.
        statement: what it says.
        sides: both sides, for a way to pad and strides.
        why: why it holds.
        strides: symbols for all strides, or numbers.
        given: what has to hold for SAME, with strides above 1.
        also: more claims.
        unsettled: what is left.
    """
    theorems = []
    for padding, stride in product(_PADDINGS, strides):
        suffix = "" if stride is _ANY else f"_strides_{stride[0]}_{stride[1]}"
        words = "all strides" if stride is _ANY else f"strides {stride[0]} and {stride[1]}"
        theorems.append(
            holds(
                f"taso_{topic}_{padding.name}{suffix}",
                *sides(padding, stride),
                f"{statement[:-1]}: for {padding.words} and {words}.",
                why,
                given=() if padding is _VALID or stride == _ONCE else given,
            )
        )
    return published(
        f"taso_{topic}",
        statement,
        source=_SOURCE,
        verdict="true",
        condition="always, in both readings of SAME",
        theorems=(*theorems, *also),
        unsettled=unsettled,
    )


D, M, P = integers("D M P", positive=True)
_z, _v = Tensor("z", (N, C, H, W)), Tensor("v", (O, C, K, L))
_number = Signal("r", 1)


def _times(tensor: SignalExpr) -> SignalExpr:
    """A number times a tensor."""
    return einsum("z,abcd->abcd", _number, tensor)


_other_x, _other_w = Tensor("z", (N, D, H, W)), Tensor("v", (O, D, K, L))
_more_images, _more_outputs = Tensor("z", (M, C, H, W)), Tensor("v", (P, C, K, L))

_LINEAR = (
    _axiom(
        "1_number_times_input_or_kernel",
        "A number times the input of a convolution is that number times its kernel.",
        lambda pad, stride: (
            pad.conv(_times(x), w, stride),
            pad.conv(x, _times(w), stride),
        ),
        "A convolution is a sum of products.",
    ),
    _axiom(
        "2_number_times_output",
        "A number times a convolution without activation is the convolution of that number times "
        "the input.",
        lambda pad, stride: (
            _times(pad.conv(x, w, stride)),
            pad.conv(_times(x), w, stride),
        ),
        "Products distribute over sums.",
    ),
    _axiom(
        "4_sum_of_kernels",
        "The convolution with a sum of kernels is the sum of the convolutions.",
        lambda pad, stride: (
            pad.conv(x, w + _v, stride),
            pad.conv(x, w, stride) + pad.conv(x, _v, stride),
        ),
        "Products distribute over sums.",
    ),
    _axiom(
        "5_sum_of_inputs",
        "The convolution of a sum of inputs is the sum of the convolutions.",
        lambda pad, stride: (
            pad.conv(x + _z, w, stride),
            pad.conv(x, w, stride) + pad.conv(_z, w, stride),
        ),
        "Products distribute over sums.",
    ),
    _axiom(
        "6_concatenated_channels",
        "The sum of two convolutions is the convolution of the inputs and the kernels, both put "
        "together along the input channels.",
        lambda pad, stride: (
            pad.conv(x, w, stride) + pad.conv(_other_x, _other_w, stride),
            pad.conv(
                concatenate([x, _other_x], axis=1), concatenate([w, _other_w], axis=1), stride
            ),
        ),
        "The sum over the channels is one over the first ones and the others.",
        strides=_STRIDES,
        unsettled="Symbolic strides are decided from 1 to 4 only.",
    ),
    _axiom(
        "7_concatenated_images",
        "Convolutions of two inputs put together along the images are the convolution of the "
        "inputs put together.",
        lambda pad, stride: (
            concatenate([pad.conv(x, w, stride), pad.conv(_more_images, w, stride)], axis=0),
            pad.conv(concatenate([x, _more_images], axis=0), w, stride),
        ),
        "Each image has its own outputs.",
    ),
    _axiom(
        "8_concatenated_outputs",
        "Convolutions with two kernels put together along the output channels are the convolution "
        "with the kernels put together.",
        lambda pad, stride: (
            concatenate([pad.conv(x, w, stride), pad.conv(x, _more_outputs, stride)], axis=1),
            pad.conv(x, concatenate([w, _more_outputs], axis=0), stride),
        ),
        "Each output channel has its own part of the kernel.",
    ),
)

_both = concatenate([x, _other_x], axis=1)


def _pools_put_together(padding: _Padding) -> Iterable[Theorem]:
    """Axiom 9 for pools that count the padding, or leave it out."""
    for taps, stride in (((3, 3), 1), ((1, 3), 2)):
        for pool, name, how in (
            (padding.pool, "", "which count the padding"),
            (padding.pool_without, "_without_padding", "which leave the padding out"),
        ):
            if padding is _VALID and name:
                continue  # there is none to leave out
            size, step = f"{taps[0]}x{taps[1]}_stride_{stride}", (stride, stride)
            yield holds(
                f"taso_9_concatenated_average_pools_{padding.name}_{size}{name}",
                concatenate([pool(x, taps, step), pool(_other_x, taps, step)], axis=1),
                pool(_both, taps, step),
                f"Average pools of {taps[0]}×{taps[1]} with stride {stride}, {padding.words}, "
                f"{how}, put together along the channels are the pool of the inputs put together.",
                "Each channel has its own means.",
            )


_POOLS = _axiom(
    "9_concatenated_average_pools",
    "Average pools put together along the channels are the pool of the inputs put together (and so "
    "are the sums over windows of all sizes).",
    lambda pad, stride: (
        concatenate([pad.sums(x, (K, L), stride), pad.sums(_other_x, (K, L), stride)], axis=1),
        pad.sums(_both, (K, L), stride),
    ),
    "Each channel has its own sums; a pool of all sizes divides them by K·L.",
    also=[claim for padding in _PADDINGS for claim in _pools_put_together(padding)],
    unsettled="Windows of symbolic size that leave the padding out are divided by a symbol.",
)


def _constant(rows: int, columns: int) -> SignalExpr:
    """A kernel for each channel, whose taps are all 1 over their number."""
    tap = Rational(1, rows * columns)
    return Tensor.from_formula((o, c, i, j), tap, shape=(C, 1, rows, columns))


_ones = Tensor.from_formula((o, c, i, j), 1, shape=(C, 1, K, L))
_empty = Or(Eq(N, 0), Eq(H, 0), Eq(W, 0))


def _constant_kernels(padding: _Padding) -> Iterable[Theorem]:
    """Axiom 12 for pools of 3×3 and 1×3 entries."""
    for taps, stride in (((3, 3), 1), ((3, 3), 2), ((1, 3), 2)):
        name = f"taso_12_constant_kernel_{padding.name}_{taps[0]}x{taps[1]}_stride_{stride}"
        step = (stride, stride)
        layer = padding.conv(x, _constant(*taps), step, groups=C)
        words = (
            f"A convolution of each channel with taps of 1/{taps[0] * taps[1]} and stride {stride} "
            f"is the average pool of {taps[0]}×{taps[1]}, {padding.words}, "
        )
        yield holds(
            name,
            layer,
            padding.pool(x, taps, step),
            f"{words}which counts the padding.",
            "Every sum is divided by the number of taps.",
        )
        if padding is not _VALID:
            yield fails(
                f"{name}_without_padding",
                layer,
                padding.pool_without(x, taps, step),
                f"{words}which leaves the padding out.",
                "At the border it divides by fewer.",
                at={"C": 1, "H": 1, "N": 1, "W": 1},
                condition=_empty,
            )


_CONSTANT = published(
    "taso_12_constant_kernel",
    "A convolution of each channel with taps that are all 1/(kx·ky) is the average pool.",
    source=_SOURCE,
    verdict="conditional",
    condition="always where the pool counts the padding, or there is none; where it leaves it out, "
    "as TASO's kernels do, iff there are no entries",
    theorems=[claim for padding in _PADDINGS for claim in _constant_kernels(padding)],
)


def _identity(rows: Amount, columns: Amount, row: Amount, column: Amount) -> SignalExpr:
    """A kernel with a tap of 1 from each channel to itself."""
    tap = Piecewise((1, And(Eq(o, c), Eq(i, row), Eq(j, column))), (0, True))
    return Tensor.from_formula((o, c, i, j), tap, shape=(C, C, rows, columns))


_odd = _identity(2 * p + 1, 2 * q + 1, p, q)
_middle = _identity(K, L, floor(K / 2), floor(L / 2))
_are_odd = And(Eq(Mod(K, 2), 1), Eq(Mod(L, 2), 1))

_IDENTITY = published(
    "taso_13_identity_kernel",
    "A SAME convolution with the identity kernel, whose tap in the middle is 1, is its input.",
    source=_SOURCE,
    verdict="conditional",
    condition="iff both sizes of the kernel are odd, as those are that TASO has; with ⌊size/2⌋ for "
    "the middle of other sizes, it fails in both readings of SAME",
    theorems=(
        *(
            holds(
                f"taso_13_identity_kernel_of_odd_size{suffix}",
                padding.conv(x, _odd, _ONCE),
                x,
                f"A convolution with the identity kernel is its input: for all odd sizes and "
                f"{padding.words}.",
                "As many zeros are before as behind, and one less than half the taps.",
            )
            for padding, suffix in ((_SAME, ""), (_CENTRED, "_centred"))
        ),
        fails(
            "taso_13_identity_kernel_of_any_size",
            _SAME.conv(x, _middle, _ONCE),
            x,
            "A convolution with the identity kernel is its input: for all sizes, with the middle "
            "⌊size/2⌋, and SAME as TensorFlow has it.",
            "For an even size, ⌊size/2⌋ is one more than the smaller half, which is before.",
            at={"C": 1, "H": 1, "K": 1, "L": 2, "N": 1, "W": 1},
            condition=Or(_empty, _are_odd),
        ),
        fails(
            "taso_13_identity_kernel_of_any_size_centred",
            _CENTRED.conv(x, _middle, _ONCE),
            x,
            "A convolution with the identity kernel is its input: for all sizes, with the middle "
            "⌊size/2⌋, and SAME with ⌈total/2⌉ on both sides.",
            "For an even size, there is one output more than inputs.",
            at={"C": 1, "H": 0, "K": 1, "L": 2, "N": 0, "W": 0},
            condition=_are_odd,
        ),
    ),
)


def _pooled(rows: int, columns: int, *, counts: bool) -> tuple[SignalExpr, SignalExpr]:
    """The SAME pool of an identity kernel, and the constant kernel."""
    kernel = _identity(rows, columns, rows // 2, columns // 2)
    tap = Piecewise((Rational(1, rows * columns), Eq(o, c)), (0, True))
    return (
        kernel.avg_pool(
            (rows, columns), stride=1, padding=(rows // 2, columns // 2), count_include_pad=counts
        ),
        Tensor.from_formula((o, c, i, j), tap, shape=(C, C, rows, columns)),
    )


_SIZES = ((3, 3), (1, 3), (5, 3))

_POOLED_IDENTITY = published(
    "taso_14_pool_of_identity_kernel",
    "The SAME average pool of the identity kernel is the constant kernel.",
    source=_SOURCE,
    verdict="conditional",
    condition="iff the pool counts the padding; both readings of SAME are one for odd sizes and "
    "stride 1",
    theorems=(
        *(
            holds(
                f"taso_14_pool_of_identity_kernel_{rows}x{columns}",
                *_pooled(rows, columns, counts=True),
                f"The pool of the {rows}×{columns} identity kernel which counts the padding is the "
                "constant kernel.",
                "Every window has the one tap in it, and divides it by the number of taps.",
            )
            for rows, columns in _SIZES
        ),
        *(
            fails(
                f"taso_14_pool_of_identity_kernel_{rows}x{columns}_without_padding",
                *_pooled(rows, columns, counts=False),
                f"The pool of the {rows}×{columns} identity kernel which leaves the padding out is "
                "the constant kernel.",
                "At the border it divides by fewer.",
                at={"C": 1},
                condition=false,
            )
            for rows, columns in _SIZES
        ),
    ),
    unsettled="Other sizes: a pool of symbolic size is divided by a symbol.",
)

_odd_kernel = Tensor("w", (O, C, 2 * m + 1, 2 * n + 1))
_tap = Tensor("w", (O, C, 1, 1))


def _enlarged(
    padding: _Padding, kernel: SignalExpr, more: Pair, stride: Pair
) -> tuple[SignalExpr, SignalExpr]:
    """A convolution, and that with the kernel enlarged on all sides."""
    enlarged = kernel
    for axis, amount in enumerate(more, start=2):
        enlarged = enlarged.pad(amount, amount, axis=axis)
    return padding.conv(x, kernel, stride), padding.conv(x, enlarged, stride)


def _one_tap(padding: _Padding, stride: int, condition: Boolean, columns: int) -> Theorem:
    """That one tap may be enlarged to 3×3 for a stride for which it may not."""
    left, right = _enlarged(padding, _tap, _ONCE, (stride, stride))
    return fails(
        f"taso_15_one_tap_enlarged_{padding.name}_stride_{stride}",
        left,
        right,
        f"One tap may be enlarged to 3×3: for {padding.words} and stride {stride}.",
        "With more taps there is more padding, and windows of a stride may begin elsewhere.",
        at={"C": 1, "H": 1, "N": 1, "O": 1, "W": columns},
        condition=Or(_empty, condition),
    )


def _divides(divisor: int, rest: int) -> Boolean:
    """Whether rows and columns both leave a rest."""
    return And(Eq(Mod(H, divisor), rest), Eq(Mod(W, divisor), rest))


_ENLARGED = published(
    "taso_15_enlarged_kernel",
    "A SAME convolution is that with the kernel enlarged by zeros on all sides.",
    source=_SOURCE,
    verdict="conditional",
    condition="for odd kernels: always with stride 1, and in the verifier's reading with stride 2; "
    "one tap enlarged to 3×3 with stride 2, as TensorFlow pads, iff rows and columns are odd, with "
    "stride 3 iff both are 1 (mod 3), and in the verifier's reading iff neither is 0 (mod 3)",
    theorems=(
        *(
            holds(
                f"taso_15_odd_kernel_enlarged_{padding.name}_strides_{stride[0]}_{stride[1]}",
                *_enlarged(padding, _odd_kernel, (p, q), stride),
                f"Odd kernels may be enlarged by any amounts: for {padding.words} and strides "
                f"{stride[0]} and {stride[1]}.",
                "There are as many zeros more on each side as the kernel has.",
            )
            for padding, strides in ((_SAME, [_ONCE]), (_CENTRED, _STRIDES))
            for stride in strides
        ),
        _one_tap(_SAME, 2, _divides(2, 1), 2),
        _one_tap(_SAME, 3, _divides(3, 1), 2),
        _one_tap(_CENTRED, 3, And(Ne(Mod(H, 3), 0), Ne(Mod(W, 3), 0)), 3),
    ),
    unsettled="Symbolic strides, for which one tap enlarged is refuted without an exact condition.",
)


def _activated(pad: _Padding, image: SignalExpr, kernel: SignalExpr, stride: Pair) -> SignalExpr:
    """A convolution with the activation ReLU."""
    return pad.conv(image, kernel, stride).relu()


_RELU = _axiom(
    "3_relu_of_output",
    "ReLU of a convolution is the convolution with the activation ReLU.",
    lambda pad, stride: (
        pad.conv(x, w, stride).relu(),
        _activated(pad, x, w, stride),
    ),
    "That is what an activation is.",
)


def _max_pools(number: int, axis: int, others: Tensor, what: str) -> Published:
    """Axioms 10 and 11."""

    def sides(padding: _Padding, stride: Pair) -> tuple[SignalExpr, SignalExpr]:
        both = concatenate([x, others], axis=axis)
        apart = [padding.max_pool(image, (3, 3), stride) for image in (x, others)]
        return concatenate(apart, axis=axis), padding.max_pool(both, (3, 3), stride)

    return _axiom(
        f"{number}_concatenated_max_pools",
        f"Max pools put together along the {what} are the pool of the inputs put together.",
        sides,
        "No window reads more than one of them.",
        strides=[(1, 1), (2, 2)],
        given=[H >= 1, W >= 1],
    )


STATEMENTS: tuple[Published, ...] = (
    *_LINEAR[:2],
    _RELU,
    *_LINEAR[2:],
    _POOLS,
    _max_pools(10, 0, _more_images, "images"),
    _max_pools(11, 1, _other_x, "channels"),
    _CONSTANT,
    _IDENTITY,
    _POOLED_IDENTITY,
    _ENLARGED,
)
"""The axioms, by their numbers."""

"""Layers made of the operators of the language: what the frameworks call by a name of its own.

Nothing here adds to the language, so that no reading has to know these names.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import SupportsIndex

from sympy import Eq, Expr, Piecewise, Rational, Symbol

from symconv.arithmetic.limits import MOST_PHASES
from symconv.arithmetic.to_sympy import letters
from symconv.arithmetic.unevaluated import difference, largest, product, smallest, sum_of
from symconv.errors import SymconvError
from symconv.language.amounts import Amount, Whole, integer_argument, positive_argument
from symconv.language.graph import length, symbols_in
from symconv.language.operators import Convolve, Pad
from symconv.language.signals import Signal, SignalExpr

__all__ = [
    "LAYERS",
    "add_bias",
    "avg_pool",
    "conv_transpose",
    "interleave",
    "pad_same",
    "phases",
]

LAYERS = ("conv_transpose", "pad_same", "avg_pool", "add_bias", "phases")
"""The methods of signals that are made here, in the order in which they are told."""


def conv_transpose(
    signal: SignalExpr,
    kernel: SignalExpr,
    stride: Whole = 1,
    dilation: Whole = 1,
    padding: Whole = 0,
    output_padding: Whole = 0,
) -> SignalExpr:
    """The transposed convolution layer, which adds k[j]·y[u] to entry s·u + d·j − p.

    It is the full convolution (y ↑s) ∗ (k ↑d), cropped by p on the left and by p minus
    the output padding on the right; the kernel is not flipped.  For m entries and c taps
    the length is (m − 1)s + d(c − 1) + 1 − 2p + output padding.

    References:
        V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*,
        arXiv:1603.07285, relations 8–14; `torch.nn.ConvTranspose1d`.

    >>> Signal("y", 2).conv_transpose(Signal("k", 3), stride=2, padding=1).vector()
    [k1*y0, k0*y1 + k2*y0, k1*y1]
    """
    left = integer_argument(padding, "the padding", signal)
    more = integer_argument(output_padding, "the output padding", signal)
    full = signal.dilate(stride).apply(Convolve(is_layer=True), kernel.dilate(dilation))
    return full if left == 0 and more == 0 else full.apply(Pad(-left, more - left))


def pad_same(signal: SignalExpr, size: Whole, stride: Whole = 1, dilation: Whole = 1) -> SignalExpr:
    """TensorFlow's SAME padding for a kernel of `size` taps: a layer then has ⌈n/s⌉ outputs.

    The total is max((⌈n/s⌉ − 1)s + d(c − 1) + 1 − n, 0), of which the smaller half goes
    to the left.

    References:
        TensorFlow, `tf.nn.convolution`, section on padding.

    >>> Signal("x", 5).pad_same(3, stride=2)
    x.pad(1, 1)
    """
    n = _length(signal)
    c = positive_argument(size, "the number of taps for SAME padding", signal)
    s = positive_argument(stride, "the stride", signal)
    d = positive_argument(dilation, "the dilation", signal)
    total = ((n.divided_up(s) - 1) * s + d * (c - 1) + 1 - n).or_at_least(0)
    left = total // 2
    return signal.apply(Pad(left, total - left))


def _length(signal: SignalExpr) -> Amount:
    return Amount(length(signal), symbols_in(signal))


def avg_pool(
    signal: SignalExpr,
    size: SupportsIndex,
    stride: Whole | None = None,
    padding: Whole = 0,
    count_include_pad: bool = True,
) -> SignalExpr:
    """Average pooling: the mean of each window of `size` entries, a number.

    The stride is the size unless it is given.  With `count_include_pad` the zeros of the
    padding count as entries; without, the sum is divided by the number of entries of the
    signal in the window.  For windows of symbolic size, compare the sums
    `x.correlate(Signal.ones(c))`.

    References:
        `torch.nn.AvgPool1d`.

    >>> Signal("x", 3).avg_pool(2, stride=1, padding=1, count_include_pad=False).vector()
    [x0, x0/2 + x1/2, x1/2 + x2/2, x2]
    """
    window = _number(size, "the size of an average pool")
    step = Amount.of(window) if stride is None else positive_argument(stride, "the stride", signal)
    amount = integer_argument(padding, "the padding", signal)
    sums = signal.pad(amount, amount).correlate(Signal.ones(window), stride=step)
    if count_include_pad:
        return sums / window
    taken = {name for names in sums.names for name in names}
    u = Symbol(str(next(letters("uvw", taken))), integer=True)
    first = difference(product(step.written, u), amount.written)
    n = signal.length
    last = smallest(sum_of(first, Amount.of(window).written), n)
    entries = difference(last, largest(first, Amount.of(0).written))
    shares = [(Rational(1, i), Eq(entries, i, evaluate=False)) for i in range(1, window + 1)]
    share = Piecewise(*shares, (0, True), evaluate=False)
    return sums.multiply(Signal.from_formula(u, share, length=sums.length))


def add_bias(signal: SignalExpr, bias: Signal) -> SignalExpr:
    """y[u] + b[0] for every entry, with a signal b of length 1."""
    if not isinstance(bias, Signal) or bias.size.number != 1:
        raise SymconvError(
            f"a bias must be a signal of length 1 such as Signal('b', 1), got {bias}"
        )
    u = Symbol("u", integer=True)
    return signal + Signal.from_formula(u, bias[0], length=signal.length)


def phases(signal: SignalExpr, factor: SupportsIndex) -> tuple[SignalExpr, ...]:
    """The polyphase components x[s·u + r] for r = 0, …, s − 1.

    >>> [phase.vector() for phase in Signal("x", 5).phases(2)]
    [[x0, x2, x4], [x1, x3]]
    """
    count = _number(factor, "the number of phases")
    return tuple(signal.downsample(count, offset=r) for r in range(count))


def interleave(phases: Sequence[SignalExpr]) -> SignalExpr:
    """The signal whose entry s·u + r is entry u of phase r (depth to space).

    It ends with the last entry of a phase; where a shorter phase has no entry, it is 0.

    >>> Signal.interleave(Signal("a", 3), Signal("b", 2)).vector()
    [a0, b0, a1, b1, a2]
    """
    _number(len(phases), "the number of phases")
    s = len(phases)
    ends = [(_length(phase) - 1) * s + (1 + r) for r, phase in enumerate(phases)]
    size = reduce(Amount.or_at_least, ends, Amount.of(0))
    shown = largest(*_without_smaller([Amount.of(0), *ends]))
    placed = []
    for r, part in enumerate(phase.dilate(s) for phase in phases):
        rest = size - r - _length(part)
        if rest.number is None:
            written = difference(difference(shown, _length(part).written), Amount.of(r).written)
            rest = Amount(rest.polynomial, rest.symbols, written)
        placed.append(part.pad(r, rest))
    return reduce(add, placed)


def _without_smaller(amounts: Sequence[Amount]) -> list[Expr]:
    """The amounts without those that are plainly not larger than another one."""
    kept: list[Amount] = []
    for amount in amounts:
        if not any((other - amount).is_at_least(0) for other in kept):
            kept = [other for other in kept if not (amount - other).is_at_least(0)] + [amount]
    return [amount.written for amount in kept]


def _number(value: SupportsIndex, what: str) -> int:
    number = integer_argument(value, what).number
    if number is None or not 1 <= number <= MOST_PHASES:
        raise SymconvError(f"{what} must be a number from 1 to {MOST_PHASES}, got {value}")
    return number

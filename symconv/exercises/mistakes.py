"""Typical answers to the exercise: mistakes, each refuted, and unusual ones that are right.

The exercise asks for the kernel k₄ of one stride-4 layer that does what two stride-2 layers
with one kernel k do.  Each answer is a claim, which symconv decides; the tests hold it to
the verdict and the smallest counterexample that stand here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Eq, Expr, Mod, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.symbols import integers
from symconv.decision.claims import Claim
from symconv.derivations.finite_sums import made_finite
from symconv.language.signals import Signal, SignalExpr
from symconv.reading.text.formulas import parse_formula

__all__ = ["K4", "KERNEL", "MISTAKES", "UNUSUAL", "Mistake", "Unusual", "entries"]

_c = integers("c", positive=True)
_n = integers("n", positive=True)
_t = integers("t")

KERNEL = Signal("k", _c)
"""The kernel k of both layers, of length c."""

_TAPS = 3 * _c - 2


def _merged() -> SignalExpr:
    """The kernel of the two layers: entry t is what they make of a unit impulse at t.

    An input of 3c − 2 entries is the shortest that gives an output, and it gives one.
    """
    impulse = Signal.delta().pad(_t, _TAPS - 1 - _t)
    output = impulse.correlate(KERNEL, stride=2).correlate(KERNEL, stride=2)
    return Signal.from_formula(_t, output.formula(0), length=_TAPS)


K4: SignalExpr = _merged()
"""The kernel k₄, as the responses of the two layers to unit impulses."""


def entries(value: Expr | SignalExpr, index: Symbol | None = None) -> SignalExpr:
    """An answer as a signal: a formula gives the entries of a kernel as long as k₄.

    Raises:
        SymconvError: the formula cannot be read; a sum has infinitely many terms, say.
    """
    if isinstance(value, SignalExpr):
        return value
    return Signal.from_formula(index or _t, made_finite(value), length=_TAPS)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A typical wrong answer.

    Attributes:
        name: what it is called.
        answer: the answer as text.
        misconception: what was misunderstood.
        claim: the claim that the answer is right.
        counterexample: the smallest lengths at which it is not.
        kernel: the answer as a signal; None where it is about the padding.
        condition: where the answer is right all the same; None if that is not stated.
    """

    name: str
    answer: str
    misconception: str
    claim: Claim
    counterexample: Mapping[str, int]
    kernel: SignalExpr | None = None
    condition: Boolean | None = None


@dataclass(frozen=True, slots=True)
class Unusual:
    """A right answer that looks different from the usual one.

    Attributes:
        name: what it is called.
        answer: the answer as text.
        why: why it is right.
        claim: the claim that it is.
    """

    name: str
    answer: str
    why: str
    claim: Claim


def _read(answer: str) -> SignalExpr:
    parsed = parse_formula(answer, {"k": KERNEL})
    return entries(parsed.value, parsed.index)


def _wrong(name: str, answer: str, misconception: str) -> Mistake:
    kernel = _read(answer)
    # With one tap, k₄ = [k0²]: all of these agree.
    return Mistake(name, answer, misconception, Claim(kernel, K4, name=name), {"c": 2}, kernel)


def _unusual(name: str, answer: str, why: str) -> Unusual:
    return Unusual(name, answer, why, Claim(_read(answer), K4, name=name))


def _padded(amount: Expr) -> Expr:
    x = Signal("x", _n).pad(amount, amount)
    return x.correlate(KERNEL, stride=2).correlate(KERNEL, stride=2).length


_DIVISIBLE = Eq(Mod(_n, 4), 0)
_EVEN = Eq(Mod(_c, 2), 0)

MISTAKES: tuple[Mistake, ...] = (
    _wrong(
        "convolved_with_itself",
        "k.convolve(k)",
        "The stride between the layers is forgotten: neighbouring taps of the second layer are "
        "two entries of the input apart, so its kernel is dilated.",
    ),
    _wrong(
        "both_factors_dilated",
        "k.dilate(2).convolve(k.dilate(2))",
        "The first layer reads neighbouring entries of the input. Its stride moves its window, "
        "and does not spread its taps: only the second kernel is dilated.",
    ),
    _wrong(
        "dilated_by_four",
        "k.convolve(k.dilate(4))",
        "The stride of the merged layer is taken for the dilation. The second layer reads the "
        "output of one stride-2 layer, so its taps are 2 apart; its own stride adds nothing.",
    ),
    _wrong(
        "first_factor_flipped",
        "k.flip().convolve(k.dilate(2))",
        "One kernel is flipped and the other is not. Both layers correlate with k, so either "
        "both are flipped, for the flipped k₄, or neither.",
    ),
    _wrong(
        "second_factor_flipped",
        "k.convolve(k.flip().dilate(2))",
        "One kernel is flipped and the other is not. Both layers correlate with k, so either "
        "both are flipped, for the flipped k₄, or neither.",
    ),
    _wrong(
        "correlated_with_itself",
        "Sum(k[i] * k[t + 2*i], i)",
        "The layers correlate, but their kernels are merged by a convolution: the positions of "
        "the two taps add up to t, as in i + 2j = t.",
    ),
    _wrong(
        "kernel_subsampled",
        "k.convolve(k.downsample(2))",
        "Subsampling is applied to the kernel. A stride drops outputs of the first layer, and "
        "no taps; seen from the input, it moves the taps of the second kernel apart.",
    ),
    _wrong(
        "result_subsampled",
        "k.convolve(k).downsample(2)",
        "Subsampling is pulled out of the convolution. It passes a kernel only if the kernel is "
        "dilated: ↓2 and then k is k ↑2 and then ↓2.",
    ),
    _wrong(
        "summation_index_subsampled",
        "Sum(k[2*m] * k[t - 2*m], m)",
        "The stride is taken for a restriction of the summation index to even numbers. It "
        "restricts the outputs that are kept; every tap of both kernels is still used.",
    ),
    _wrong(
        "taps_at_multiples_of_four",
        "Piecewise((Sum(k[i] * k[t - 2*i], i), t % 4 == 0), (0, True))",
        "The stride 4 is taken for a restriction of the kernel's index. It says which outputs "
        "are kept; the kernel has taps at all of 0, …, 3c − 3.",
    ),
    _wrong(
        "even_indices_and_multiples_of_four",
        "Piecewise((Sum(k[2*m] * k[t - 2*m], m), t % 4 == 0), (0, True))",
        "Both strides are taken for restrictions of indices inside the sum. They say which "
        "outputs are kept; all taps of k are used, and k₄ has taps at all of 0, …, 3c − 3.",
    ),
    Mistake(
        "padding_by_half_the_kernel",
        "x.pad(c//2, c//2)",
        "Half the kernel on each side keeps the length in a stride-1 layer with an odd kernel. "
        "Two stride-2 layers give n/4 outputs exactly for 3c − 6 ≤ l + r ≤ 3c − 3: here only "
        "for c ≤ 2.",
        Claim(_padded(_c // 2), _n / 4, given=[_DIVISIBLE], name="padding_by_half_the_kernel"),
        {"c": 3, "n": 4},
        condition=_c <= 2,
    ),
    Mistake(
        "padding_by_half_of_an_even_kernel",
        "x.pad(c/2, c/2)",
        "That c is even does not help: c/2 on each side is c zeros, and two stride-2 layers "
        "need at least 3c − 6. It is enough for c = 2 only.",
        Claim(
            _padded(_c // 2),
            _n / 4,
            given=[_DIVISIBLE, _EVEN],
            name="padding_by_half_of_an_even_kernel",
        ),
        {"c": 4, "n": 4},
        condition=Eq(_c, 2),
    ),
)
"""Typical mistakes."""

UNUSUAL: tuple[Unusual, ...] = (
    _unusual(
        "dilated_factor_first",
        "k.dilate(2).convolve(k)",
        "A convolution is commutative.",
    ),
    _unusual(
        "double_sum",
        "Sum(Piecewise((k[i] * k[j], 2*i + j == t), (0, True)), i, j)",
        "All pairs of taps are added up whose positions in the input meet at t.",
    ),
    _unusual(
        "double_sum_exchanged",
        "Sum(Sum(Piecewise((k[j] * k[i], i + 2*j == t), (0, True)), i), j)",
        "The names of the indices do not matter, nor does the order of finite sums.",
    ),
    _unusual(
        "fractional_index",
        "Sum(k[j/2] * k[t - j], j)",
        "An entry at a fraction is zero, so k[j/2] is the entry j of k ↑2.",
    ),
    _unusual(
        "twice_flipped",
        "k.flip().convolve(k.flip().dilate(2)).flip()",
        "Flipping both factors flips their convolution.",
    ),
)
"""Unusual answers that are right."""

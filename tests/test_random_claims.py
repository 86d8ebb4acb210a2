"""Random claims, true, mutated and unrelated: the verdicts against brute force.

SYMCONV_RANDOM_CLAIMS gives another number of claims, SYMCONV_RANDOM_SEED another first seed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import partial

import pytest
from sympy import Expr, symbols

from symconv import Claim, Proved, Refuted, Signal, SignalExpr, SymconvError, Undecided, Unknown
from symconv.signals import Add, Convolve, Correlate, Dilate, Downsample, Flip, Pad, Scale, leaves
from tests.brute_force import check_condition, check_condition_for_all, checked_verdict
from tests.mutations import Change, everywhere, signal_changes

CLAIMS = int(os.environ.get("SYMCONV_RANDOM_CLAIMS", "150"))
SEED = int(os.environ.get("SYMCONV_RANDOM_SEED", "0"))
AT_ONCE = 25  # claims in one test
TOTAL, MOST = 9, 150  # how far brute force goes

n, c, d = symbols("n c d", integer=True, positive=True)
m, p, q = symbols("m p q", integer=True, nonnegative=True)
t = symbols("t", integer=True)

INPUTS = [Signal("x", n), Signal("x", m), Signal("x", m + 1), Signal("x", 2 * n), Signal("x", 4)]
KERNELS = [Signal("k", c), Signal("h", d), Signal("g", 2)]
AMOUNTS: list[int | Expr] = [0, 0, 1, 1, 2, -1, -2, p, p, q, t, p - q, c - 1, 1 - c, -p]
SMALL_AMOUNTS: list[int | Expr] = [0, 1, 2, p, q]
NUMBERS = [Fraction(2), Fraction(-1), Fraction(1, 2), Fraction(-3, 2), Fraction(0)]


def factor(rng: random.Random) -> int:
    return rng.choice([1, 2, 2, 3])


def random_kernel(rng: random.Random, depth: int) -> SignalExpr:
    """A signal that is never empty."""
    if depth <= 0 or rng.random() < 0.4:
        return rng.choice(KERNELS)
    inner = random_kernel(rng, depth - 1)
    makes: list[Callable[[], SignalExpr]] = [
        inner.flip,
        lambda: inner.dilate(factor(rng)),
        lambda: inner.downsample(factor(rng)),
        lambda: inner.convolve(random_kernel(rng, depth - 1)),
        lambda: inner.pad(rng.choice(SMALL_AMOUNTS), rng.choice(SMALL_AMOUNTS)),
        lambda: inner + rng.choice(NUMBERS[:4]) * inner.flip(),
    ]
    return rng.choice(makes)()


def random_signal(rng: random.Random, source: Signal, depth: int) -> SignalExpr:
    """A signal made of one input and some kernels."""
    if depth <= 0 or rng.random() < 0.08:
        return source
    inner = random_signal(rng, source, depth - 1)

    def layer() -> SignalExpr:
        dilation = rng.choice([1, 1, 1, 2, 3])
        return inner.correlate(random_kernel(rng, 1), stride=factor(rng), dilation=dilation)

    makes: list[Callable[[], SignalExpr]] = [
        inner.flip,
        lambda: inner.dilate(factor(rng)),
        lambda: inner.downsample(factor(rng)),
        lambda: inner.convolve(random_kernel(rng, 2)),
        lambda: inner.convolve(random_signal(rng, source, 1)),
        lambda: inner.pad(rng.choice(AMOUNTS), rng.choice(AMOUNTS)),
        lambda: inner.pad(rng.choice(AMOUNTS), rng.choice(AMOUNTS)),
        layer,
        layer,
        layer,
        lambda: inner + rng.choice(NUMBERS) * inner.flip(),
        lambda: inner - random_rewriting(rng, inner, 2).flip(),
        lambda: rng.choice(NUMBERS) * inner,
    ]
    return rng.choice(makes)()


def full_then_crop(signal: SignalExpr, kernel: SignalExpr) -> SignalExpr:
    """The layer with stride 1, as a convolution with the flipped kernel."""
    crop = 1 - kernel.length
    return signal.convolve(kernel.flip()).pad(crop, crop)


def one_of(rng: random.Random, changes: Iterator[Change]) -> SignalExpr:
    """One of the changes that is not an error."""
    choices = list(changes)
    rng.shuffle(choices)
    for change in choices:
        with suppress(SymconvError):
            return change()
    raise SymconvError("no change is possible")


def laws(node: SignalExpr) -> Iterator[Change]:
    """Signals that are equal to the node at all lengths."""
    yield node.flip().flip
    yield partial(node.pad, 0, 0)
    yield lambda: node.pad(p, 1).pad(-p, -1)
    yield lambda: node.dilate(2).downsample(2)
    yield lambda: 3 * node - 2 * node
    match node:
        case Correlate(inner, kernel, stride, dilation):
            yield lambda: inner.correlate(kernel.dilate(dilation), stride=stride)
            yield lambda: inner.correlate(kernel, dilation=dilation).downsample(stride)
            if dilation == 1:
                yield lambda: full_then_crop(inner, kernel).downsample(stride)
            if stride == 1:
                yield (
                    lambda: (
                        inner.flip()
                        .correlate(kernel.flip(), stride=stride, dilation=dilation)
                        .flip()
                    )
                )
            if isinstance(inner, Correlate):
                first, k, s, e = inner.signal, inner.kernel, inner.stride, inner.dilation
                yield lambda: first.correlate(
                    k.dilate(e).convolve(kernel.dilate(s * dilation)), stride=s * stride
                )
            if isinstance(inner, Add):
                one, other = inner.left, inner.right
                layer = partial(Correlate, kernel=kernel, stride=stride, dilation=dilation)
                yield lambda: layer(one) + layer(other)
        case Convolve(left, right):
            yield partial(Convolve, right, left)
            match left:
                case Convolve(one, other):
                    yield lambda: one.convolve(other.convolve(right))
                case Add(one, other):
                    yield lambda: one.convolve(right) + other.convolve(right)
                case Downsample(one, number):
                    yield lambda: one.convolve(right.dilate(number)).downsample(number)
        case Flip(inner):
            match inner:
                case Flip(signal):
                    yield lambda: signal
                case Pad(signal, left_amount, right_amount):
                    yield lambda: signal.flip().pad(right_amount, left_amount)
                case Convolve(left, right):
                    yield lambda: left.flip().convolve(right.flip())
                case Dilate(signal, number):
                    yield lambda: signal.flip().dilate(number)
                case Add(left, right):
                    yield lambda: left.flip() + right.flip()
                case Scale(scale, signal):
                    yield lambda: scale * signal.flip()
        case Dilate(Dilate(inner, first_factor), second_factor):
            yield lambda: inner.dilate(first_factor * second_factor)
        case Dilate(Convolve(left, right), number):
            yield lambda: left.dilate(number).convolve(right.dilate(number))
        case Downsample(Downsample(inner, first_factor), second_factor):
            yield lambda: inner.downsample(first_factor * second_factor)
        case Pad(Pad(inner, first_left, first_right), second_left, second_right):
            if first_left.is_nonnegative and first_right.is_nonnegative:
                yield lambda: inner.pad(first_left + second_left, first_right + second_right)
        case Add(left, right):
            yield partial(Add, right, left)
        case Scale(number, Scale(other, inner)):
            yield lambda: (number * other) * inner


def random_rewriting(rng: random.Random, signal: SignalExpr, steps: int) -> SignalExpr:
    """The signal after some of the laws."""
    for _ in range(steps):
        signal = one_of(rng, everywhere(signal, laws))
    return signal


def random_claim(seed: int) -> Claim:
    """A claim: rewritten by laws (true), then often mutated; or of two unrelated signals."""
    rng = random.Random(seed)
    source = rng.choice(INPUTS)
    while True:
        with suppress(SymconvError):
            lhs = random_signal(rng, source, rng.choice([2, 3, 3, 4]))
            kind = rng.random()
            if kind < 0.15:
                rhs = random_signal(rng, source, rng.choice([1, 2, 3]))
            else:
                rhs = random_rewriting(rng, lhs, rng.choice([1, 2, 3]))
                if kind < 0.6:
                    rhs = one_of(rng, signal_changes(rhs, tuple(leaves(lhs).values())))
            given = rng.choice([(), (), (), (n >= c,), (p <= q,), (n >= 3 * c,), (m >= 2,)])
            return Claim(lhs, rhs, given=given)


def check(seed: int) -> str:
    """Compare one random claim with brute force; returns the kind of its verdict."""
    rng = random.Random(seed)
    claim = random_claim(seed)
    verdict = checked_verdict(claim, TOTAL, MOST)
    if verdict is None:
        return "undefined"
    if not isinstance(verdict, Unknown):
        try:
            condition = check_condition(claim, TOTAL, MOST)
        except Undecided:
            return "condition undecided"
        assert isinstance(verdict, Refuted) or condition == True, f"{claim}: {condition}"  # noqa: E712
        if isinstance(verdict, Refuted) and rng.random() < 0.3:
            check_condition_for_all(claim, rng.choice(claim.symbols), TOTAL - 4, most=8)
    return type(verdict).__name__


@pytest.mark.parametrize("first", range(SEED, SEED + CLAIMS, AT_ONCE))
def test_random_claims(first: int) -> None:
    kinds = [check(seed) for seed in range(first, first + AT_ONCE)]
    assert Proved.__name__ in kinds
    assert Refuted.__name__ in kinds
    assert kinds.count(Unknown.__name__) <= 0.05 * AT_ONCE + 1

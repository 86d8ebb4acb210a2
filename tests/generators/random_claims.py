"""Random claims: true by laws of the operators, mutated, and of unrelated signals."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import partial, reduce
from operator import add

from sympy import (
    Eq,
    Expr,
    Piecewise,
    Rational,
    Symbol,
    ceiling,
    floor,
    preorder_traversal,
    symbols,
)

from symconv import Claim, Signal, SignalExpr, SymconvError
from symconv.language.amounts import Amount
from symconv.language.graph import leaves, walk
from symconv.language.length_symbols import spelled_out
from symconv.language.operators import (
    Add,
    Convolve,
    Correlate,
    Dilate,
    Downsample,
    Extend,
    Extension,
    Flip,
    Formula,
    Multiply,
    Named,
    Pad,
    Scale,
    Taps,
)
from tests.generators.cases import enough_entries
from tests.generators.mutations import MODES, Change, everywhere, signal_changes

HEAVIEST = 75  # nodes of a claim, those of its expressions included
LIGHT = 40  # nodes of signals whose length becomes part of another signal
DEGREE = 3  # of the claims in the entries of one signal: beyond, equal names have many orders
SYMBOLIC = 0.05  # the share of claims with strides and dilations that are symbols

n, c, d = symbols("n c d", integer=True, positive=True)
m, p, q = symbols("m p q", integer=True, nonnegative=True)
s, s1, s2 = symbols("s s1 s2", integer=True, positive=True)
t = symbols("t", integer=True)
u = Symbol("u", integer=True)

INPUTS = [Signal("x", n), Signal("x", m), Signal("x", m + 1), Signal("x", 2 * n), Signal("x", 4)]
KERNELS: list[SignalExpr] = [Signal("k", c), Signal("h", d), Signal("g", 2)]
KNOWN: list[SignalExpr] = [
    Signal.delta(),
    Signal.taps(1, -2, 1),
    Signal.taps(Fraction(1, 2), 3),
    Signal.ones(2),
    Signal.ones(c),
]
BIAS = Signal("b", 1)
AMOUNTS: list[int | Expr] = [0, 0, 1, 1, 2, -1, -2, p, p, q, t, p - q, c - 1, 1 - c, -p]
SMALL_AMOUNTS: list[int | Expr] = [0, 1, 2, p, q]
NUMBERS = [Fraction(2), Fraction(-1), Fraction(1, 2), Fraction(-3, 2), Fraction(0)]
FACTORS: list[int | Expr] = [1, 2, 2, 3]
SYMBOLS: list[int | Expr] = [s, s, s1, s2, 2]


def weight(signal: SignalExpr) -> int:
    """The number of nodes, those of the expressions in it included."""
    return sum(
        1
        + sum(
            1
            for parameter in node.operator.amounts
            for _ in preorder_traversal(spelled_out(parameter.written))
        )
        for node in walk(signal)
    )


def degree(signal: SignalExpr) -> int:
    """How many entries of one named signal are multiplied, at most."""

    def power(node: SignalExpr, name: str) -> int:
        match node:
            case Signal():
                return int(node.name == name)
            case SignalExpr(Convolve()) | SignalExpr(Correlate()) | SignalExpr(Multiply()):
                return sum(power(operand, name) for operand in node.operands)
        return max((power(operand, name) for operand in node.operands), default=0)

    return max((power(signal, name) for name in leaves(signal)), default=0)


def check_light(*signals: SignalExpr) -> None:
    """Refuse signals whose lengths, as SymPy expressions inside others, would take long."""
    if sum(map(weight, signals)) > LIGHT:
        raise SymconvError("too heavy for the tests")


def interleave(*phases: SignalExpr) -> SignalExpr:
    check_light(*phases)
    return Signal.interleave(*phases)


class Grammar:
    """Random signals; the strides and dilations are numbers or symbols."""

    def __init__(self, seed: float, *, symbolic: bool = False) -> None:
        self.rng = random.Random(seed)
        self.factors = SYMBOLS if symbolic else FACTORS
        self.symbolic = symbolic

    def factor(self) -> int | Expr:
        return self.rng.choice(self.factors)

    def dilation(self) -> int | Expr:
        return 1 if self.rng.random() < 0.6 else self.factor()

    def kernel(self, depth: int) -> SignalExpr:
        """A signal that is never empty."""
        rng = self.rng
        if depth <= 0 or rng.random() < 0.4:
            return rng.choice(KERNELS if rng.random() < 0.75 else KNOWN)
        inner = self.kernel(depth - 1)
        makes: list[Callable[[], SignalExpr]] = [
            inner.flip,
            lambda: inner.dilate(self.factor()),
            lambda: inner.downsample(self.factor()),
            lambda: inner.convolve(self.kernel(depth - 1)),
            lambda: inner.pad(rng.choice(SMALL_AMOUNTS), rng.choice(SMALL_AMOUNTS)),
            lambda: inner.pad(1, rng.choice([0, 1]), self.mode()),
            lambda: inner.multiply(inner.flip()),
            lambda: inner + rng.choice(NUMBERS[:4]) * inner.flip(),
        ]
        return rng.choice(makes)()

    def mode(self) -> Extension:
        return self.rng.choice(["symmetric", "replicate", "circular"])

    def signal(self, source: SignalExpr, depth: int) -> SignalExpr:
        """A signal made of one input and some kernels: the same one whatever the input."""
        rng = self.rng
        signal = source
        for _ in range(depth):
            chosen = random.Random(rng.random())
            rest = Grammar(rng.random(), symbolic=self.symbolic)
            if chosen.random() < 0.08:
                break
            signal = chosen.choice(rest.operators(signal, source))()
        return signal

    def operators(self, inner: SignalExpr, source: SignalExpr) -> list[Callable[[], SignalExpr]]:
        rng = self.rng

        def layer() -> SignalExpr:
            return inner.correlate(self.kernel(1), stride=self.factor(), dilation=self.dilation())

        def transposed() -> SignalExpr:
            amount = rng.choice([0, 0, 1, p])
            return inner.conv_transpose(
                self.kernel(1),
                stride=self.factor(),
                dilation=self.dilation(),
                padding=amount,
                output_padding=rng.choice([0, 0, 1]),
            )

        def same() -> SignalExpr:
            check_light(inner)
            size, stride, dilation = rng.choice([2, 3, c, c]), self.factor(), self.dilation()
            taps = self.rng.choice(KERNELS[:1]) if size is c else Signal.ones(size)
            around = inner.pad_same(size, stride=stride, dilation=dilation)
            return around.correlate(taps, stride=stride, dilation=dilation)

        def pool() -> SignalExpr:
            check_light(inner)
            return inner.avg_pool(
                rng.choice([2, 3]),
                stride=self.factor(),
                padding=rng.choice([0, 1]),
                count_include_pad=rng.random() < 0.7,
            )

        def biased() -> SignalExpr:
            check_light(inner)
            return inner.add_bias(BIAS)

        def extended() -> SignalExpr:
            mode = rng.choice(MODES)
            return inner.pad(rng.choice(SMALL_AMOUNTS), rng.choice(SMALL_AMOUNTS), mode)

        def phases() -> SignalExpr:
            parts = inner.phases(rng.choice([2, 2, 3]))
            kinds = rng.choice(["one", "flips", "kernel"])
            if kinds == "one" or weight(inner) > 12:
                return rng.choice(parts)
            if kinds == "flips":
                return interleave(*[part.flip() for part in parts])
            kernel = self.kernel(0)
            return interleave(*[part.convolve(kernel) for part in parts])

        return [
            inner.flip,
            lambda: inner.dilate(self.factor()),
            lambda: inner.downsample(self.factor()),
            lambda: inner.downsample(self.factor(), offset=rng.choice([0, 1, 2, p])),
            lambda: inner.convolve(self.kernel(2)),
            lambda: inner.convolve(self.signal(source, 1)),
            lambda: inner.pad(rng.choice(AMOUNTS), rng.choice(AMOUNTS)),
            lambda: inner.pad(rng.choice(AMOUNTS), rng.choice(AMOUNTS)),
            extended,
            extended,
            layer,
            layer,
            layer,
            transposed,
            transposed,
            same,
            pool,
            phases,
            biased,
            lambda: inner.multiply(inner.flip()),
            lambda: inner.multiply(rng.choice(NUMBERS[:4]) * inner),
            lambda: inner + rng.choice(NUMBERS) * inner.flip(),
            lambda: inner - rewritten(rng, inner, 2).flip(),
            lambda: rng.choice(NUMBERS) * inner,
        ]


# --- laws ----------------------------------------------------------------------------


def general_laws(node: SignalExpr) -> Iterator[Change]:
    """Signals that are equal to the node, whatever it is."""
    yield node.flip().flip
    yield partial(node.pad, 0, 0)
    yield lambda: node.pad(p, 1).pad(-p, -1)
    yield lambda: node.dilate(2).downsample(2)
    yield lambda: 3 * node - 2 * node
    yield lambda: node.convolve(Signal.delta())
    yield lambda: Signal.delta().convolve(node)
    yield lambda: node.correlate(Signal.delta())
    yield lambda: node.pad(1, 0).downsample(1, offset=1)
    if weight(node) <= 8:  # what follows has its length in it, more than once
        yield lambda: node.multiply(Signal.ones(node.length))
        yield lambda: interleave(*node.phases(2))


def symbolic_laws(node: SignalExpr) -> Iterator[Change]:
    """The same with strides and dilations that are symbols."""
    yield lambda: node.dilate(s).downsample(s)
    yield lambda: node.dilate(s1 * s2).downsample(s1).downsample(s2)


def laws(node: SignalExpr) -> Iterator[Change]:
    """Signals that are equal to the node at all lengths at which it is defined."""
    match node:
        case SignalExpr(Correlate(stride, dilation), (inner, kernel)):
            yield from layer_laws(inner, kernel, stride, dilation)
        case SignalExpr(Convolve(), (left, right)):
            yield partial(right.convolve, left)
            yield from convolution_laws(left, right)
        case SignalExpr(Multiply(), (left, right)):
            yield partial(right.multiply, left)
            match left:
                case SignalExpr(Multiply(), (one, other)):
                    yield lambda: one.multiply(other.multiply(right))
                case SignalExpr(Add(), (one, other)):
                    yield lambda: one.multiply(right) + other.multiply(right)
                case SignalExpr(Scale(scale), (inner,)):
                    yield lambda: scale * inner.multiply(right)
        case SignalExpr(Flip(), (inner,)):
            yield from flip_laws(inner)
        case SignalExpr(Dilate(factor), (inner,)):
            match inner:
                case SignalExpr(Dilate(first), (signal,)):
                    yield lambda: signal.dilate(first * factor)
                case SignalExpr(Convolve(), (left, right)):
                    yield lambda: left.dilate(factor).convolve(right.dilate(factor))
                case SignalExpr(Multiply(), (left, right)):
                    yield lambda: left.dilate(factor).multiply(right.dilate(factor))
                case SignalExpr(Taps(numbers)) if factor.number is not None:
                    yield lambda: Signal.taps(*spread(numbers, int(factor)))
        case SignalExpr(Downsample(factor), (inner,)):
            yield from downsampling_laws(inner, factor)
        case SignalExpr(Extend(before, after, mode), (inner,)):
            yield from extension_laws(inner, before, after, mode)
        case SignalExpr(
            Pad(second_left, second_right), (SignalExpr(Pad(first_left, first_right), (inner,)),)
        ):
            if first_left.is_at_least(0) and first_right.is_at_least(0):
                yield lambda: inner.pad(first_left + second_left, first_right + second_right)
        case SignalExpr(Add(), (left, right)):
            yield partial(add, right, left)
        case SignalExpr(Scale(number), (SignalExpr(Scale(more), (inner,)),)):
            yield lambda: (number * more) * inner
        case SignalExpr(Taps(numbers)):
            exact = [Rational(a.numerator, a.denominator) for a in numbers]
            entry = Piecewise(*((a, Eq(u, i)) for i, a in enumerate(exact)), (0, True))
            yield lambda: Signal.from_formula(u, entry, length=len(numbers))
        case SignalExpr(Formula(_, entry, (size,))) if entry == 1:
            yield node.flip
            yield lambda: Signal.ones(size * 2).downsample(2)
            yield lambda: node.multiply(node)


def layer_laws(
    inner: SignalExpr, kernel: SignalExpr, stride: Amount, dilation: Amount
) -> Iterator[Change]:
    yield lambda: inner.correlate(kernel.dilate(dilation), stride=stride)
    yield lambda: inner.correlate(kernel, dilation=dilation).downsample(stride)
    yield lambda: inner.flip().correlate(kernel.flip(), dilation=dilation).flip().downsample(stride)
    if dilation == 1:
        crop = 1 - kernel.length
        yield lambda: inner.convolve(kernel.flip()).pad(crop, crop).downsample(stride)

    def layer(x: SignalExpr, k: SignalExpr) -> SignalExpr:
        return x.correlate(k, stride=stride, dilation=dilation)

    match inner:
        case SignalExpr(Correlate(strides, spread_by), (first, k)):
            yield lambda: first.correlate(
                k.dilate(spread_by).convolve(kernel.dilate(strides * dilation)),
                stride=strides * stride,
            )
        case SignalExpr(Add(), (one, other)):
            yield lambda: layer(one, kernel) + layer(other, kernel)
    match kernel:
        case SignalExpr(Add(), (one, other)):
            yield lambda: layer(inner, one) + layer(inner, other)
        case SignalExpr(Convolve(), (one, other)) if stride == dilation == 1:
            yield lambda: inner.correlate(one).correlate(other)
        case SignalExpr(Taps(numbers)) if dilation == 1 and numbers:
            last = len(numbers) - 1
            yield lambda: reduce(
                add, (number * inner.pad(-i, i - last) for i, number in enumerate(numbers))
            ).downsample(stride)


def convolution_laws(left: SignalExpr, right: SignalExpr) -> Iterator[Change]:
    match left:
        case SignalExpr(Convolve(), (one, other)):
            yield lambda: one.convolve(other.convolve(right))
        case SignalExpr(Add(), (one, other)):
            yield lambda: one.convolve(right) + other.convolve(right)
        case SignalExpr(Downsample(number), (one,)):
            yield lambda: one.convolve(right.dilate(number)).downsample(number)
        case SignalExpr(Dilate(number), (one,)):
            # A transposed layer, phase by phase: the taps r, r + s, … make the phase r.
            if number in (2, 3):
                parts = right.phases(int(number))
                yield lambda: interleave(*[one.convolve(phase) for phase in parts])
        case SignalExpr(Taps(numbers)):
            match right.operator:
                case Taps(more):
                    yield lambda: Signal.taps(*product(numbers, more))
    match left, right:
        case SignalExpr(Dilate(factor), (one,)), SignalExpr(Dilate(again), (other,)):
            if factor == again:
                yield lambda: one.convolve(other).dilate(factor)
    if isinstance(left, Signal) and isinstance(right.operator, Named | Taps):
        yield lambda: interleave(*polyphase(left, right))


def flip_laws(inner: SignalExpr) -> Iterator[Change]:
    match inner:
        case SignalExpr(Flip(), (signal,)):
            yield lambda: signal
        case SignalExpr(Pad(left, right), (signal,)):
            yield lambda: signal.flip().pad(right, left)
        case SignalExpr(Extend(left, right, mode), (signal,)):
            yield lambda: signal.flip().pad(right, left, mode)
        case SignalExpr(Convolve(), (one, other)):
            yield lambda: one.flip().convolve(other.flip())
        case SignalExpr(Dilate(number), (signal,)):
            yield lambda: signal.flip().dilate(number)
        case SignalExpr(Add(), (one, other)):
            yield lambda: one.flip() + other.flip()
        case SignalExpr(Multiply(), (one, other)):
            yield lambda: one.flip().multiply(other.flip())
        case SignalExpr(Scale(scale), (signal,)):
            yield lambda: scale * signal.flip()
        case SignalExpr(Taps(numbers)):
            yield lambda: Signal.taps(*numbers[::-1])


def downsampling_laws(inner: SignalExpr, factor: Amount) -> Iterator[Change]:
    match inner:
        case SignalExpr(Downsample(first), (signal,)):
            yield lambda: signal.downsample(first * factor)
        case SignalExpr(Dilate(number), (signal,)) if number == factor:
            yield lambda: signal
        case SignalExpr(Pad(left, right), (signal,)) if right == 0 and (-left).is_at_least(0):
            # What an offset is: a step further is an entry less.
            yield lambda: signal.pad(left + factor, 0).downsample(factor, offset=factor)
        case SignalExpr(Add(), (one, other)):
            yield lambda: one.downsample(factor) + other.downsample(factor)
        case SignalExpr(Multiply(), (one, other)):
            yield lambda: one.downsample(factor).multiply(other.downsample(factor))
        case SignalExpr(Correlate(stride, dilation), (signal, kernel)):
            yield lambda: signal.correlate(kernel, stride=stride * factor, dilation=dilation)
        case SignalExpr(Convolve(), ((Signal()) as one, (Signal()) as other)) if factor in (2, 3):
            yield lambda: polyphase(one, other, int(factor))[0]
        case SignalExpr(Taps(numbers)) if factor.number is not None:
            yield lambda: Signal.taps(*numbers[:: int(factor)])


def extension_laws(
    inner: SignalExpr, left: Amount, right: Amount, mode: Extension
) -> Iterator[Change]:
    yield lambda: inner.pad(left, right, mode).pad(1, 2).pad(-1, -2)
    yield lambda: inner.flip().pad(right, left, mode).flip()
    if mode != "circular":
        yield lambda: inner.pad(left, 0, mode).pad(0, right, mode)
    match inner:
        case SignalExpr(Add(), (one, other)):
            yield lambda: one.pad(left, right, mode) + other.pad(left, right, mode)
        case SignalExpr(Multiply(), (one, other)):
            yield lambda: one.pad(left, right, mode).multiply(other.pad(left, right, mode))
        case SignalExpr(Scale(scale), (signal,)):
            yield lambda: scale * signal.pad(left, right, mode)
        case SignalExpr(Formula(_, entry, (size,))) if entry == 1:
            yield lambda: Signal.ones(size + left + right)
    if isinstance(inner, Signal):
        whole = inner.pad(left, right, mode)
        yield lambda: Signal.from_formula(u, whole.formula(u), length=whole.length)


def polyphase(x: SignalExpr, h: SignalExpr, factor: int = 2) -> list[SignalExpr]:
    """The phases of a convolution, by those of its factors."""
    sizes = [phase.length for phase in x.convolve(h).phases(factor)]
    return [
        reduce(
            add,
            (
                _placed(x_part.convolve(h_part), (i + j) // factor, sizes[r])
                for i, x_part in enumerate(x.phases(factor))
                for j, h_part in enumerate(h.phases(factor))
                if (i + j) % factor == r
            ),
        )
        for r in range(factor)
    ]


def _placed(part: SignalExpr, first: int, size: Expr) -> SignalExpr:
    return part.pad(first, size - first - part.length)


def spread(numbers: tuple[Fraction, ...], factor: int) -> tuple[Fraction, ...]:
    result = [Fraction(0)] * max(0, factor * (len(numbers) - 1) + 1)
    result[::factor] = numbers
    return tuple(result)


def product(one: tuple[Fraction, ...], other: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    result = [Fraction(0)] * (len(one) + len(other) - 1 if one and other else 0)
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            result[i + j] += a * b
    return tuple(result)


def equal_pair(rng: random.Random, x: Signal) -> tuple[SignalExpr, SignalExpr]:
    """A layer of a signal, and the same by the operators that it stands for."""
    k, size = Signal("k", c), x.size.written
    evens, odds = x.phases(2)
    pairs: list[tuple[Callable[[], SignalExpr], Callable[[], SignalExpr]]] = [
        (lambda: x.pad_same(c), lambda: x.pad(floor((c - 1) / 2), ceiling((c - 1) / 2))),
        (lambda: x.pad_same(3, dilation=2), lambda: x.pad(2, 2)),
        (
            lambda: x.avg_pool(2),
            lambda: (evens.pad(0, floor(size / 2) - ceiling(size / 2)) + odds) / 2,
        ),
        (
            lambda: x.avg_pool(3, count_include_pad=False),
            lambda: x.correlate(Signal.taps(1, 1, 1)).downsample(3) / 3,
        ),
        (
            lambda: Signal.ones(c).convolve(Signal.ones(d)),
            lambda: Signal.ones(d).convolve(Signal.ones(c)),
        ),
        (
            lambda: x.conv_transpose(k, stride=2, padding=1),
            lambda: Signal.interleave(*[x.convolve(part) for part in k.phases(2)]).pad(-1, -1),
        ),
        (
            lambda: x.convolve(k).downsample(2, offset=1),
            lambda: polyphase(x, k)[1],
        ),
        (lambda: x.add_bias(BIAS), lambda: x + Signal.ones(size).convolve(BIAS)),
        (
            lambda: x.add_bias(BIAS).correlate(k),
            lambda: x.correlate(k) + Signal.ones(size).correlate(k).multiply(ones_times_bias(x, k)),
        ),
    ]
    one, other = rng.choice(pairs)
    return (one(), other()) if rng.random() < 0.5 else (other(), one())


def ones_times_bias(x: Signal, k: Signal) -> SignalExpr:
    return Signal.ones(x.correlate(k).length).convolve(BIAS)


# --- claims --------------------------------------------------------------------------


def one_of(rng: random.Random, changes: Iterator[Change]) -> SignalExpr:
    """One of the changes that is not an error."""
    choices = list(changes)
    rng.shuffle(choices)
    for change in choices:
        with suppress(SymconvError):
            return change()
    raise SymconvError("no change is possible")


def rewritten(
    rng: random.Random, signal: SignalExpr, steps: int, *, symbolic: bool = False
) -> SignalExpr:
    """The signal after some of the laws."""
    for _ in range(steps):
        if rng.random() < 0.7:
            with suppress(SymconvError):
                signal = one_of(rng, everywhere(signal, laws))
                continue
        general = symbolic_laws if symbolic and rng.random() < 0.5 else general_laws
        signal = one_of(rng, everywhere(signal, general))
    return signal


def random_claim(seed: int) -> Claim:
    """A claim: rewritten by laws (true), then often mutated; or of two unrelated signals."""
    rng = random.Random(seed)
    symbolic = rng.random() < SYMBOLIC
    while True:
        with suppress(SymconvError):
            source = rng.choice(INPUTS)
            depth = rng.choice([1, 2, 3, 3])
            grammar, kind = rng.random(), rng.random()

            def make(source: SignalExpr, depth: int, seed: float = grammar) -> SignalExpr:
                return Grammar(seed, symbolic=symbolic).signal(source, depth)

            if kind < 0.12:
                lhs, rhs = make(source, depth), make(source, depth, rng.random())
            else:
                if rng.random() < 0.2:
                    one, other = equal_pair(rng, source)
                    lhs, rhs = make(one, depth - 1), make(other, depth - 1)
                    steps = rng.choice([0, 0, 1])
                else:
                    lhs = rhs = make(source, depth)
                    steps = rng.choice([1, 2, 3])
                rhs = rewritten(rng, rhs, steps, symbolic=symbolic)
                if kind < 0.55:
                    rhs = one_of(rng, signal_changes(rhs, tuple(leaves(lhs).values())))
            heaviest = HEAVIEST // 2 if symbolic else HEAVIEST
            if weight(lhs) + weight(rhs) > heaviest or max(map(degree, (lhs, rhs))) > DEGREE:
                continue
            given = rng.choice([(), (), (), (n >= c,), (p <= q,), (n >= 3 * c,), (m >= 2,)])
            if rng.random() < 0.9:
                given += enough_entries(lhs, rhs)
            return Claim(lhs, rhs, given=given)


def is_symbolic(claim: Claim) -> bool:
    """Whether a stride or a dilation is a symbol."""
    steps: list[Amount] = []
    for node in (node for signal in claim.signals for node in walk(signal)):
        match node:
            case SignalExpr(Downsample(factor)) | SignalExpr(Dilate(factor)):
                steps.append(factor)
            case SignalExpr(Correlate(stride, dilation)):
                steps += (stride, dilation)
    return any(step.symbols for step in steps)

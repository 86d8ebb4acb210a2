"""One table of signals for every reading, the expected entries worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from sympy import Eq, Expr, Integer, Max, Mod, Piecewise, Rational, Sum, Symbol, floor, symbols
from sympy.logic.boolalg import Boolean, BooleanFalse, BooleanTrue

from symconv import Signal, SignalExpr
from symconv.language.graph import walk
from symconv.language.operators import Extend

__all__ = [
    "BIAS",
    "CASES",
    "SYMBOLIC",
    "Case",
    "Letters",
    "Number",
    "concrete",
    "enough_entries",
    "u",
]

Number = int | Fraction

BIAS = Signal("bias", 1)

u = Symbol("u", integer=True, nonnegative=True)
i, j = symbols("i j", integer=True)


@dataclass(frozen=True, slots=True)
class Letters:
    """The signals x, y, h (which may be empty), the kernels k, w, g, and their symbols."""

    n: Expr  # of x and y
    m: Expr  # of h
    c: Expr  # of k and w
    d: Expr  # of g
    l: Expr
    r: Expr
    a: Expr  # of any sign, as is b
    b: Expr

    @property
    def x(self) -> Signal:
        return Signal("x", self.n)

    @property
    def y(self) -> Signal:
        return Signal("y", self.n)

    @property
    def h(self) -> Signal:
        return Signal("h", self.m)

    @property
    def k(self) -> Signal:
        return Signal("k", self.c)

    @property
    def w(self) -> Signal:
        return Signal("w", self.c)

    @property
    def g(self) -> Signal:
        return Signal("g", self.d)


SYMBOLIC = Letters(
    *symbols("n m", integer=True, nonnegative=True),
    *symbols("c d", integer=True, positive=True),
    *symbols("l r", integer=True, nonnegative=True),
    *symbols("a b", integer=True),
)


def concrete(at: Mapping[str, int]) -> Letters:
    """The same letters at fixed lengths; 1 where nothing is said."""
    return Letters(*(Integer(at.get(field.name, 1)) for field in fields(Letters)))


def enough_entries(*signals: SignalExpr) -> tuple[Boolean, ...]:
    """What the lengths must satisfy for the continued ends to exist."""
    found: list[Boolean] = []
    for node in (node for signal in signals for node in walk(signal)):
        operator = node.operator
        if isinstance(operator, Extend):
            for amount in (operator.left, operator.right):
                written = amount.written
                least = {"reflect": written + 1, "replicate": Integer(1)}
                hypothesis = node.operands[0].length >= least.get(operator.mode, written)
                if not isinstance(hypothesis, BooleanTrue | BooleanFalse):
                    found.append(hypothesis)
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Case:
    """A signal, data for it, and what must come out."""

    name: str
    build: Callable[[Letters], SignalExpr]
    data: Mapping[str, Sequence[int]]
    entries: Sequence[Number]
    length: int
    amounts: Mapping[str, int]

    @property
    def signal(self) -> SignalExpr:
        """The signal at symbolic lengths."""
        return self.build(SYMBOLIC)

    @property
    def at(self) -> dict[str, int]:
        """The values of all letters that are known."""
        owner = {"x": "n", "y": "n", "h": "m", "k": "c", "w": "c", "g": "d"}
        known = {owner[name]: len(self.data[name]) for name in self.data if name in owner}
        return known | {**self.amounts}

    def __str__(self) -> str:
        return self.name


def _case(
    name: str,
    build: Callable[[Letters], SignalExpr],
    entries: Sequence[Number],
    length: int,
    amounts: Mapping[str, int] | None = None,
    **data: Sequence[int],
) -> Case:
    return Case(name, build, data, entries, length, amounts or {})


def _formula(entry: Any, length: Any) -> SignalExpr:
    return Signal.from_formula(u, entry, length=length)


_HALF, _THIRD = Fraction(1, 2), Rational(1, 3)

_LEAVES = [
    _case("a named signal", lambda s: s.x, [3, 1, 4], 3, x=[3, 1, 4]),
    _case("an empty signal", lambda s: s.x, [], 0, x=[]),
    _case("a signal of one entry", lambda s: s.x, [7], 1, x=[7]),
]

_PADS = [
    _case("padding", lambda s: s.x.pad(1, 2), [0, 3, 4, 0, 0], 5, x=[3, 4]),
    _case("padding of an empty signal", lambda s: s.x.pad(1, 2), [0, 0, 0], 3, x=[]),
    _case("padding by symbols", lambda s: s.x.pad(s.l, s.r), [0, 0, 5], 3, {"l": 2, "r": 0}, x=[5]),
    _case("padding by zero", lambda s: s.x.pad(0, 0), [5, 6], 2, x=[5, 6]),
    _case(
        "padding by half the length",
        lambda s: s.x.pad(floor((s.n + 1) / 2), 0),
        [0, 0, 1, 2, 3],
        5,
        x=[1, 2, 3],
    ),
    _case("a crop", lambda s: s.x.pad(-1, -2), [2, 3], 2, x=[1, 2, 3, 4, 5]),
    _case("a crop of all entries", lambda s: s.x.pad(-1, -2), [], 0, x=[1, 2, 3]),
    _case("a crop of more than all entries", lambda s: s.x.pad(-1, -2), [], 0, x=[7]),
    _case("a crop of an empty signal", lambda s: s.x.pad(-1, 0), [], 0, x=[]),
    _case("a crop on the left, zeros right", lambda s: s.x.pad(-2, 1), [3, 0], 2, x=[1, 2, 3]),
    # max(0, 2 − 3 + 2) = 1 entry: x[0 + 3] = 0
    _case("a crop beyond the end, zeros right", lambda s: s.x.pad(-3, 2), [0], 1, x=[1, 2]),
    _case("zeros left, a crop right", lambda s: s.x.pad(2, -1), [0, 0, 1, 2], 4, x=[1, 2, 3]),
    # max(0, 2 + 3 − 4) = 1 entry: x[0 − 3] = 0
    _case("zeros left, a crop into them", lambda s: s.x.pad(3, -4), [0], 1, x=[1, 2]),
    _case(
        "a crop, then zeros", lambda s: s.x.pad(-1, -1).pad(1, 1), [0, 2, 3, 0], 4, x=range(1, 5)
    ),
    # the crop leaves max(0, 1 − 2) = 0 entries, not −1
    _case("a crop of too much, then zeros", lambda s: s.x.pad(-1, -1).pad(1, 1), [0, 0], 2, x=[1]),
    _case("zeros, then a crop", lambda s: s.x.pad(2, 1).pad(-2, -1), [1, 2], 2, x=[1, 2]),
    _case(
        "amounts of any sign",
        lambda s: s.x.pad(s.a, s.b),
        [2, 3, 0],
        3,
        {"a": -1, "b": 1},
        x=[1, 2, 3],
    ),
    _case("amounts that crop all", lambda s: s.x.pad(s.a, s.b), [], 0, {"a": 1, "b": -4}, x=[1, 2]),
]

_ORDERS = [
    _case("a flip", lambda s: s.x.flip(), [3, 2, 1], 3, x=[1, 2, 3]),
    _case("a flip of an empty signal", lambda s: s.x.flip(), [], 0, x=[]),
    _case("a flip of one entry", lambda s: s.x.flip(), [5], 1, x=[5]),
    _case("a flip after padding", lambda s: s.x.pad(1, 0).flip(), [2, 1, 0], 3, x=[1, 2]),
    _case("a flip of a crop", lambda s: s.x.pad(-1, 0).flip(), [3, 2], 2, x=[1, 2, 3]),
    _case(
        "downsampling by 2 of an odd length",
        lambda s: s.x.downsample(2),
        [1, 3, 5],
        3,
        x=[1, 2, 3, 4, 5],
    ),
    _case(
        "downsampling by 2 of an even length",
        lambda s: s.x.downsample(2),
        [1, 3],
        2,
        x=[1, 2, 3, 4],
    ),
    _case("downsampling by 1", lambda s: s.x.downsample(1), [1, 2], 2, x=[1, 2]),
    _case("downsampling by 7 of a short signal", lambda s: s.x.downsample(7), [1], 1, x=[1, 2, 3]),
    _case("downsampling by 3 of an empty signal", lambda s: s.x.downsample(3), [], 0, x=[]),
    _case(
        "downsampling by 2 after a flip",
        lambda s: s.x.flip().downsample(2),
        [4, 2],
        2,
        x=[1, 2, 3, 4],
    ),
    _case(
        "downsampling by 2 after a crop",
        lambda s: s.x.pad(-2, 0).downsample(2),
        [3, 5],
        2,
        x=range(1, 7),
    ),
    _case(
        "downsampling by 2 after a crop of all",
        lambda s: s.x.pad(-2, 0).downsample(2),
        [],
        0,
        x=[1],
    ),
    _case("dilation by 3", lambda s: s.x.dilate(3), [1, 0, 0, 2], 4, x=[1, 2]),
    _case("dilation by 1", lambda s: s.x.dilate(1), [1, 2], 2, x=[1, 2]),
    _case("dilation by 3 of an empty signal", lambda s: s.x.dilate(3), [], 0, x=[]),
    _case("dilation by 3 of one entry", lambda s: s.x.dilate(3), [7], 1, x=[7]),
    _case(
        "dilation by 2 after a crop of all", lambda s: s.x.pad(-1, -1).dilate(2), [], 0, x=[5, 6]
    ),
    _case(
        "dilation by 2 after a crop of too much", lambda s: s.x.pad(-1, -2).dilate(2), [], 0, x=[5]
    ),
    # ↑2 gives 1 0 2 0 3 0 4
    _case(
        "downsampling by 3 after dilation by 2",
        lambda s: s.x.dilate(2).downsample(3),
        [1, 0, 4],
        3,
        x=[1, 2, 3, 4],
    ),
    _case("a crop after dilation by 2", lambda s: s.x.dilate(2).pad(-1, 0), [0, 2], 2, x=[1, 2]),
]

_CONVOLUTIONS = [
    _case("convolution", lambda s: s.x.convolve(s.h), [3, 10, 13, 10], 4, x=[1, 2], h=[3, 4, 5]),
    _case("convolution with one entry", lambda s: s.x.convolve(s.h), [3, 6], 2, x=[1, 2], h=[3]),
    _case(
        "convolution with nothing on the left", lambda s: s.x.convolve(s.h), [], 0, x=[], h=[1, 2]
    ),
    _case(
        "convolution with nothing on the right", lambda s: s.x.convolve(s.h), [], 0, x=[1, 2], h=[]
    ),
    _case("convolution of nothing with nothing", lambda s: s.x.convolve(s.h), [], 0, x=[], h=[]),
    _case(
        "convolution with a kernel",
        lambda s: s.x.convolve(s.k),
        [1, 1, 1, -3],
        4,
        x=[1, 2, 3],
        k=[1, -1],
    ),
    _case(
        "convolution with itself", lambda s: s.h.convolve(s.h), [1, 4, 10, 12, 9], 5, h=[1, 2, 3]
    ),
    _case(
        "convolution and then padding",
        lambda s: s.x.convolve(s.h).pad(1, 0),
        [0],
        1,
        x=[1, 2],
        h=[],
    ),
    # 1 2 1, and 2 · (1 2 1) two later, and 1 2 1 four later
    _case(
        "k4",
        lambda s: s.k.convolve(s.k.dilate(2)),
        [1, 2, 3, 4, 3, 2, 1],
        7,
        k=[1, 2, 1],
    ),
    _case("k4 of one entry", lambda s: s.k.convolve(s.k.dilate(2)), [9], 1, k=[3]),
    _case(
        "convolution of a crop of all",
        lambda s: s.x.pad(-1, -1).convolve(s.h),
        [],
        0,
        x=[1, 2],
        h=[1, 2, 3],
    ),
]

_LAYERS = [
    _case("layer", lambda s: s.x.correlate(s.k), [21, 32, 43], 3, x=[1, 2, 3, 4], k=[1, 10]),
    _case("layer with kernel 1", lambda s: s.x.correlate(s.k), [2, 4, 6], 3, x=[1, 2, 3], k=[2]),
    _case("layer on equal lengths", lambda s: s.x.correlate(s.k), [21], 1, x=[1, 2], k=[1, 10]),
    _case("layer on a shorter input", lambda s: s.x.correlate(s.k), [], 0, x=[1, 2], k=[1, 2, 3]),
    _case("layer on an empty input", lambda s: s.x.correlate(s.k), [], 0, x=[], k=[1]),
    _case(
        "stride 2", lambda s: s.x.correlate(s.k, stride=2), [21, 43], 2, x=range(1, 6), k=[1, 10]
    ),
    _case(
        "a stride larger than the kernel",
        lambda s: s.x.correlate(s.k, stride=3),
        [21, 54],
        2,
        x=range(1, 7),
        k=[1, 10],
    ),
    _case(
        "stride 3, kernel 1",
        lambda s: s.x.correlate(s.k, stride=3),
        [5, 20],
        2,
        x=[1, 2, 3, 4],
        k=[5],
    ),
    # ⌊(1 − 4)/3⌋ + 1 = 0
    _case(
        "stride 3 on a shorter input",
        lambda s: s.x.correlate(s.k, stride=3),
        [],
        0,
        x=[1],
        k=[1, 2, 3, 4],
    ),
    # ⌊(1 − 6)/2⌋ + 1 = −2
    _case(
        "stride 2 on a much shorter input",
        lambda s: s.x.correlate(s.k, stride=2),
        [],
        0,
        x=[1],
        k=[1, 2, 3, 4, 5, 6],
    ),
    _case(
        "dilation 2",
        lambda s: s.x.correlate(s.k, dilation=2),
        [31, 42],
        2,
        x=[1, 2, 3, 4],
        k=[1, 10],
    ),
    _case(
        "dilation 2, kernel 1",
        lambda s: s.x.correlate(s.k, dilation=2),
        [5, 10],
        2,
        x=[1, 2],
        k=[5],
    ),
    _case(
        "dilation 2 on a shorter input",
        lambda s: s.x.correlate(s.k, stride=2, dilation=2),
        [],
        0,
        x=[1, 2],
        k=[1, 10],
    ),
    _case(
        "stride and dilation 2",
        lambda s: s.x.correlate(s.k, stride=2, dilation=2),
        [31, 53],
        2,
        x=range(1, 7),
        k=[1, 10],
    ),
    _case(
        "a padded layer",
        lambda s: s.x.pad(1, 1).correlate(s.k),
        [3, 6, 5],
        3,
        x=[1, 2, 3],
        k=[1, 1, 1],
    ),
    _case(
        "a flipped kernel", lambda s: s.x.correlate(s.k.flip()), [12, 23], 2, x=[1, 2, 3], k=[1, 10]
    ),
    _case("a padded kernel", lambda s: s.x.correlate(s.k.pad(1, 0)), [4, 6], 2, x=[1, 2, 3], k=[2]),
    # the kernel is 1 10 + 2 · (10 1) = 21 12
    _case(
        "a sum as a kernel",
        lambda s: s.x.correlate(s.k + 2 * s.k.flip()),
        [45, 78],
        2,
        x=[1, 2, 3],
        k=[1, 10],
    ),
    # the kernel is 1 3 of 1 2 3
    _case(
        "a kernel after downsampling by 2",
        lambda s: s.x.correlate(s.k.downsample(2)),
        [7, 11],
        2,
        x=[1, 2, 3],
        k=[1, 2, 3],
    ),
    _case(
        "zeros around an empty output",
        lambda s: s.x.correlate(s.k, stride=2).pad(1, 1),
        [0, 0],
        2,
        x=[1],
        k=[1, 2, 3],
    ),
    # 3 7 11, then differences
    _case(
        "two layers",
        lambda s: s.x.correlate(s.k, stride=2).correlate(s.g),
        [-4, -4],
        2,
        x=range(1, 8),
        k=[1, 1],
        g=[1, -1],
    ),
    _case(
        "two layers, the second without input",
        lambda s: s.x.correlate(s.k).correlate(s.g),
        [],
        0,
        x=[1],
        k=[1, 1],
        g=[1],
    ),
    # 0 1 2 3 4 0 gives 8 20; then 0 8 20 0 gives 2 · 8 + 3 · 20
    _case(
        "two layers, zeros before each",
        lambda s: s.x.pad(1, 1).correlate(s.k, stride=2).pad(1, 1).correlate(s.k, stride=2),
        [76],
        1,
        x=[1, 2, 3, 4],
        k=[1, 2, 3],
    ),
    # 0 0 1 1 0 0 gives 0 2 0
    _case(
        "two layers, zeros once",
        lambda s: s.x.pad(2, 2).correlate(s.k, stride=2).correlate(s.k),
        [2, 2],
        2,
        x=[1, 1],
        k=[1, 1],
    ),
    # 0 1 1 0 gives 1 1; then 0 1 1 0 gives 1 2 1
    _case(
        "two layers, zeros between",
        lambda s: s.x.pad(1, 1).correlate(s.k, stride=2).pad(1, 1).correlate(s.k),
        [1, 2, 1],
        3,
        x=[1, 1],
        k=[1, 1],
    ),
    # the crop leaves 2 3 4
    _case(
        "a crop between two layers",
        lambda s: s.x.correlate(s.k).pad(-1, 0).correlate(s.g),
        [5, 7],
        2,
        x=[1, 2, 3, 4],
        k=[1],
        g=[1, 1],
    ),
    # k₄ = 1 2 5 4 9 6 9 on 0 0 0 1 2 3 4 0 0 0: 4 + 18 + 18 + 36
    _case(
        "one layer with k₄",
        lambda s: s.x.pad(3, 3).correlate(s.k.convolve(s.k.dilate(2)), stride=4),
        [76],
        1,
        x=[1, 2, 3, 4],
        k=[1, 2, 3],
    ),
]

_SUMS = [
    _case("plus", lambda s: s.x + s.y, [11, 22], 2, x=[1, 2], y=[10, 20]),
    _case("minus", lambda s: s.x - s.y, [-9, -18], 2, x=[1, 2], y=[10, 20]),
    _case("plus of empty signals", lambda s: s.x + s.y, [], 0, x=[], y=[]),
    _case("plus of its own flip", lambda s: s.x + s.x.flip(), [5, 4, 5], 3, x=[1, 2, 4]),
    _case("minus a difference", lambda s: s.x - (s.y - s.x), [-8, -16], 2, x=[1, 2], y=[10, 20]),
    _case("plus of a sum", lambda s: s.x + (s.y + s.x), [12, 24], 2, x=[1, 2], y=[10, 20]),
    _case("minus a sum", lambda s: -(s.x + s.y), [-11], 1, x=[1], y=[10]),
    _case("minus a minus", lambda s: s.x - -s.y, [11], 1, x=[1], y=[10]),
    _case("minus a flip", lambda s: -s.x.flip(), [-2, -1], 2, x=[1, 2]),
    _case("a flip of a minus", lambda s: (-s.x).flip(), [-2, -1], 2, x=[1, 2]),
    _case("minus of crops", lambda s: s.x.pad(-1, 0) - s.x.pad(0, -1), [3, 5], 2, x=[1, 4, 9]),
    _case("minus of crops of nothing", lambda s: s.x.pad(-1, 0) - s.x.pad(0, -1), [], 0, x=[]),
    _case("zeros around a sum", lambda s: (s.x + s.y).pad(1, 0), [0, 11], 2, x=[1], y=[10]),
    _case("multiples", lambda s: 2 * s.x - 3 * s.y, [-28, -56], 2, x=[1, 2], y=[10, 20]),
    _case("a multiple of a multiple", lambda s: -2 * (3 * s.x), [-6, -12], 2, x=[1, 2]),
    _case("zero times", lambda s: 0 * s.x, [0, 0], 2, x=[1, 2]),
    _case("half", lambda s: s.x * _HALF, [_HALF, Fraction(1)], 2, x=[1, 2]),
    _case("a SymPy third", lambda s: s.x * _THIRD, [Fraction(1, 3), Fraction(1)], 2, x=[1, 3]),
    _case(
        "a difference with fractions",
        lambda s: Fraction(2, 3) * s.x - Fraction(1, 2) * s.y,
        [Fraction(5, 3), Fraction(-1, 3)],
        2,
        x=[4, 1],
        y=[2, 2],
    ),
    _case(
        "a layer on a half",
        lambda s: (_HALF * s.x).correlate(s.k),
        [Fraction(3, 2), Fraction(5, 2)],
        2,
        x=[1, 2, 3],
        k=[1, 1],
    ),
    _case(
        "a difference of convolutions",
        lambda s: s.x.convolve(s.k) - s.k.convolve(s.x.flip()),
        [-1, -1, 1, 1],
        4,
        x=[1, 1, 2],
        k=[1, 1],
    ),
]

_FORMULAS = [
    _case(
        "a formula for a layer",
        lambda s: _formula(
            Sum(s.k[j] * s.x[2 * u + j], (j, 0, s.c - 1)), Max(0, floor((s.n - s.c) / 2) + 1)
        ),
        [21, 43],
        2,
        x=range(1, 6),
        k=[1, 10],
    ),
    _case(
        "a formula for an empty layer",
        lambda s: _formula(
            Sum(s.k[j] * s.x[2 * u + j], (j, 0, s.c - 1)), Max(0, floor((s.n - s.c) / 2) + 1)
        ),
        [],
        0,
        x=[1],
        k=[1, 10],
    ),
    # a[v] = 21 43 65 87; then 21 + 10 · 43 and 65 + 10 · 87
    _case(
        "a formula for two layers",
        lambda s: _formula(
            Sum(s.k[i] * s.k[j] * s.x[4 * u + 2 * i + j], (j, 0, s.c - 1), (i, 0, s.c - 1)),
            Max(0, floor((s.n - 3 * s.c + 2) / 4) + 1),
        ),
        [451, 935],
        2,
        x=range(1, 9),
        k=[1, 10],
    ),
    _case(
        "a formula for dilation by 2 with a zero more",
        lambda s: _formula(Piecewise((s.x[floor(u / 2)], Eq(Mod(u, 2), 0)), (0, True)), 2 * s.n),
        [1, 0, 2, 0],
        4,
        x=[1, 2],
    ),
    _case(
        "a formula that reads zeros outside",
        lambda s: _formula(s.x[u - 1] + 2 * s.x[u], s.n + 1),
        [2, 5, 2],
        3,
        x=[1, 2],
    ),
    _case(
        "a formula with a product",
        lambda s: _formula(s.x[u] * s.x[u + 1], s.n),
        [2, 6, 0],
        3,
        x=[1, 2, 3],
    ),
    _case(
        "a formula with half a square",
        lambda s: _formula(s.x[u] ** 2 / 2, s.n),
        [_HALF, Fraction(2)],
        2,
        x=[1, 2],
    ),
    _case(
        "a formula with a power of a sum",
        lambda s: _formula((s.x[u] + 1) ** 2, s.n),
        [4, 9],
        2,
        x=[1, 2],
    ),
    _case(
        "a formula with three branches",
        lambda s: _formula(Piecewise((1, u < s.l), (2, Eq(u, s.l)), (0, True)), 3),
        [1, 2, 0],
        3,
        {"l": 1},
    ),
    _case(
        "a formula with a fraction alone",
        lambda s: _formula(Piecewise((Rational(1, 2), Eq(u, 0)), (s.x[u], True)), s.n),
        [_HALF, 6],
        2,
        x=[5, 6],
    ),
    _case("a constant", lambda s: _formula(2, s.l), [2, 2, 2], 3, {"l": 3}),
    _case("an empty formula", lambda s: _formula(s.x[u], 0), [], 0, x=[1, 2]),
    # a sum whose upper limit is below the lower one is 0, however far below
    _case(
        "a formula with an empty sum",
        lambda s: _formula(Sum(s.x[j], (j, u, u - 3)), s.n),
        [0, 0, 0, 0, 0],
        5,
        x=[1, 2, 3, 4, 5],
    ),
    # 1 · 10, and then (1 + 2) · 20 more
    _case(
        "a formula with a sum over a triangle",
        lambda s: _formula(Sum(s.x[i] * s.y[j], (i, 0, j), (j, 0, u)), s.n),
        [10, 70],
        2,
        x=[1, 2],
        y=[10, 20],
    ),
    _case(
        "a layer on a formula",
        lambda s: _formula(s.x[u] - s.x[u - 1], s.n).pad(1, 0).correlate(s.k),
        [10, 41, -16],
        3,
        x=[1, 5, 3],
        k=[1, 10],
    ),
    _case(
        "a formula as a kernel",
        lambda s: s.x.correlate(_formula(s.k[u] - s.k[u - 1], s.c)),
        [5, 8],
        2,
        x=[1, 2, 3],
        k=[1, 3],
    ),
]

_TAPS = [
    _case("known taps", lambda s: Signal.taps(1, -2, 1), [1, -2, 1], 3),
    _case("no taps", lambda s: Signal.taps(), [], 0),
    _case("a tap that is a fraction", lambda s: Signal.taps(_HALF, 3), [_HALF, 3], 2),
    _case("the unit", lambda s: Signal.delta(), [1], 1),
    _case("ones", lambda s: Signal.ones(s.l), [1, 1, 1], 3, {"l": 3}),
    _case(
        "second differences",
        lambda s: s.x.correlate(Signal.taps(1, -2, 1)),
        [1, 3],
        2,
        x=[1, 4, 8, 15],
    ),
    _case(
        "a convolution with known taps",
        lambda s: s.x.convolve(Signal.taps(1, _HALF)),
        [2, 5, 2],
        3,
        x=[2, 4],
    ),
    _case(
        "a layer on known taps",
        lambda s: Signal.taps(1, 2, 3).correlate(s.k),
        [21, 32],
        2,
        k=[1, 10],
    ),
    _case(
        "known taps flipped, spread and cropped",
        lambda s: Signal.taps(5, 6, 7).flip().dilate(2).pad(-1, 0),
        [0, 6, 0, 5],
        4,
    ),
    _case(
        "ones times ones",
        lambda s: Signal.ones(2).convolve(Signal.taps(1, 1, 1)),
        [1, 2, 2, 1],
        4,
    ),
]

_EXTENSIONS = [
    _case("reflection", lambda s: s.x.pad(2, 1, "reflect"), [3, 2, 1, 2, 3, 2], 6, x=[1, 2, 3]),
    _case(
        "symmetric ends", lambda s: s.x.pad(2, 1, "symmetric"), [2, 1, 1, 2, 3, 3], 6, x=[1, 2, 3]
    ),
    _case(
        "replicated ends", lambda s: s.x.pad(2, 1, "replicate"), [1, 1, 1, 2, 3, 3], 6, x=[1, 2, 3]
    ),
    _case("circular ends", lambda s: s.x.pad(2, 1, "circular"), [2, 3, 1, 2, 3, 1], 6, x=[1, 2, 3]),
    _case("reflection of all", lambda s: s.g.pad(1, 1, "reflect"), [2, 1, 2, 1], 4, g=[1, 2]),
    _case("symmetric ends of all", lambda s: s.k.pad(1, 1, "symmetric"), [7] * 3, 3, k=[7]),
    _case("one entry, replicated", lambda s: s.k.pad(3, 2, "replicate"), [7] * 6, 6, k=[7]),
    _case("two periods", lambda s: s.k.pad(0, s.c, "circular"), [1, 2, 1, 2], 4, k=[1, 2]),
    _case("an extension by nothing", lambda s: s.x.pad(0, 0, "circular"), [], 0, x=[]),
    _case(
        "an extension by symbols",
        lambda s: s.x.pad(s.l, s.r, "symmetric"),
        [2, 1, 1, 2, 2],
        5,
        {"l": 2, "r": 1},
        x=[1, 2],
    ),
    _case(
        "a circular layer",
        lambda s: s.k.pad(0, 1, "circular").correlate(Signal.taps(1, 10)),
        [21, 32, 13],
        3,
        k=[1, 2, 3],
    ),
    _case(
        "an extension of a flip",
        lambda s: s.x.flip().pad(1, 0, "reflect"),
        [2, 3, 2, 1],
        4,
        x=[1, 2, 3],
    ),
    _case(
        "every second entry of an extension",
        lambda s: s.x.pad(1, 2, "replicate").downsample(2),
        [1, 2, 3],
        3,
        x=[1, 2, 3],
    ),
]

_PRODUCTS = [
    _case("a product", lambda s: s.x.multiply(s.y), [10, 40], 2, x=[1, 2], y=[10, 20]),
    _case("a product of nothing", lambda s: s.x.multiply(s.y), [], 0, x=[], y=[]),
    _case("a square", lambda s: s.x.multiply(s.x), [1, 4, 9], 3, x=[1, 2, 3]),
    _case("a product with the flip", lambda s: s.x.multiply(s.x.flip()), [3, 4, 3], 3, x=[1, 2, 3]),
    _case(
        "a mask",
        lambda s: s.x.multiply(_formula(Piecewise((1, Eq(Mod(u, 2), 0)), (0, True)), s.n)),
        [1, 0, 3],
        3,
        x=[1, 2, 3],
    ),
    # layers give 3 5 and −1 −1
    _case(
        "a product of layers",
        lambda s: s.x.correlate(s.k).multiply(s.x.correlate(s.w)),
        [-3, -5],
        2,
        x=[1, 2, 3],
        k=[1, 1],
        w=[1, -1],
    ),
    _case("zeros around a product", lambda s: s.x.multiply(s.y).pad(1, 0), [0, 6], 2, x=[2], y=[3]),
]

_DERIVED = [
    _case(
        "downsampling with an offset",
        lambda s: s.x.downsample(2, offset=1),
        [2, 4],
        2,
        x=range(1, 6),
    ),
    _case(
        "downsampling with an offset beyond the end",
        lambda s: s.x.downsample(2, offset=4),
        [],
        0,
        x=[1, 2],
    ),
    _case(
        "a transposed layer",
        lambda s: s.x.conv_transpose(s.k, stride=2),
        [1, 10, 102, 20, 200],
        5,
        x=[1, 2],
        k=[1, 10, 100],
    ),
    _case(
        "a transposed layer with padding",
        lambda s: s.x.conv_transpose(s.k, stride=2, padding=1, output_padding=1),
        [10, 102, 20, 200],
        4,
        x=[1, 2],
        k=[1, 10, 100],
    ),
    # 2 entries spread by 3 and 2 taps spread by 4: 1 0 0 2, and ten times that four later
    _case(
        "a transposed layer with dilation",
        lambda s: s.x.conv_transpose(s.k, stride=3, dilation=4, output_padding=1),
        [1, 0, 0, 2, 10, 0, 0, 20, 0],
        9,
        x=[1, 2],
        k=[1, 10],
    ),
    # the total is 2 · 2 + 3 − 5 = 2
    _case(
        "SAME padding of an odd length",
        lambda s: s.x.pad_same(3, stride=2),
        [0, 1, 2, 3, 4, 5, 0],
        7,
        x=range(1, 6),
    ),
    # the total is 1 · 2 + 3 − 4 = 1, all of it on the right
    _case(
        "SAME padding of an even length",
        lambda s: s.x.pad_same(3, stride=2),
        [1, 2, 3, 4, 0],
        5,
        x=range(1, 5),
    ),
    # the total would be 1 · 4 + 2 − 7 < 0
    _case(
        "SAME padding with a large stride",
        lambda s: s.x.pad_same(2, stride=4),
        [1, 2, 3, 4, 5, 6, 7],
        7,
        x=range(1, 8),
    ),
    _case(
        "a SAME layer",
        lambda s: s.x.pad_same(s.c).correlate(s.k),
        [21, 32, 3],
        3,
        x=[1, 2, 3],
        k=[1, 10],
    ),
    _case("a share", lambda s: s.x / (s.n + 1), [Fraction(1, 4), 1, 0], 3, x=[1, 4, 0]),
    _case(
        "an average pool as large as its kernel",
        lambda s: s.x.avg_pool(s.c, stride=1).multiply(s.x.correlate(s.k)),
        [3 * 21, 5 * 25],
        2,
        x=[1, 5, 5],
        k=[1, 4],
    ),
    _case("an average pool", lambda s: s.x.avg_pool(2), [3, 7], 2, x=[2, 4, 6, 8, 10]),
    _case(
        "an average pool that counts its padding",
        lambda s: s.x.avg_pool(2, stride=1, padding=1),
        [1, 3, 2],
        3,
        x=[2, 4],
    ),
    _case(
        "an average pool that does not",
        lambda s: s.x.avg_pool(2, stride=1, padding=1, count_include_pad=False),
        [2, 3, 4],
        3,
        x=[2, 4],
    ),
    _case(
        "a bias",
        lambda s: s.x.correlate(s.k).add_bias(BIAS),
        [8, 10],
        2,
        x=[1, 2, 3],
        k=[1, 1],
        bias=[5],
    ),
    _case("a phase", lambda s: s.x.phases(3)[1], [2, 5], 2, x=range(1, 6)),
    _case(
        "phases together again",
        lambda s: Signal.interleave(*s.x.phases(3)),
        [1, 2, 3, 4, 5],
        5,
        x=range(1, 6),
    ),
    _case(
        "unequal phases",
        lambda s: Signal.interleave(s.x, s.h),
        [1, 8, 2, 9, 3],
        5,
        x=[1, 2, 3],
        h=[8, 9],
    ),
]

CASES = [
    *_LEAVES,
    *_PADS,
    *_ORDERS,
    *_CONVOLUTIONS,
    *_LAYERS,
    *_SUMS,
    *_FORMULAS,
    *_TAPS,
    *_EXTENSIONS,
    *_PRODUCTS,
    *_DERIVED,
]

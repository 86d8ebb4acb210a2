"""Tensors in double precision: against the exact reading, loops, and arrays with many digits."""

from __future__ import annotations

import math
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import islice, product
from typing import Any

import mpmath
import numpy as np
import pytest
from sympy import Abs, Eq, Expr, Max, Min, Mod, Piecewise, Rational, Sum, Symbol, ceiling, floor

from symconv import (
    Pointwise,
    Signal,
    SignalExpr,
    SymconvError,
    Tensor,
    einsum,
    integers,
    maximum,
)
from symconv.arithmetic import limits
from symconv.arithmetic.work import WorkUsedUpError, allowed
from symconv.derivations import such_that
from symconv.language.arrays import Array
from symconv.language.assignments import TooLongError
from symconv.language.double_precision import doubles, every_node, magnitudes
from symconv.language.fixed_size import array
from symconv.language.functions import FUNCTIONS, Function
from symconv.language.functions_of_doubles import OF_DOUBLES, erf, of_doubles
from symconv.language.graph import leaves, symbols_in, walk
from symconv.language.operators import (
    OPERATORS,
    Add,
    Apply,
    Conv,
    Convolve,
    Correlate,
    Dilate,
    Divide,
    Downsample,
    Einsum,
    Extend,
    Flip,
    Formula,
    Maximum,
    MaxPool,
    Multiply,
    Named,
    Operator,
    Pad,
    Rearrange,
    Roll,
    Scale,
    Taps,
    Windows,
)
from tests.generators import cases, layer_cases
from tests.generators.network_nodes import DIGITS, FREE, Drawn, Numbers, real
from tests.generators.networks import network_claim
from tests.generators.tensor_claims import TensorClaim, points, size_at, tensor_claim
from tests.generators.tensors import UndefinedError, run
from tests.language.test_functions_and_maxima import BY_DEFINITION, arguments_of
from tests.language.test_layers_of_tensors import layer
from tests.oracles import layers_by_loops
from tests.oracles.outcomes import stated

n, m, c, s = integers("n m c s", nonnegative=True)
p = integers("p", positive=True)
i, j, q = integers("i j q")
x, y, z = Tensor("x", (n, m)), Tensor("y", (n, m)), Tensor("z", (2, n, m))
row, column, k, w = Signal("row", m), Tensor("column", (n, 1)), Signal("k", c), Signal("w", 3)

Built = Sequence[Callable[[], SignalExpr]]


def of_formula(entry: Expr, *shape: Expr) -> SignalExpr:
    return Tensor.from_formula((i, j)[: len(shape)], entry, shape=shape)


OF_OPERATORS: Mapping[type[Operator], Built] = {
    Named: [lambda: x],
    Taps: [
        lambda: Tensor.taps([[1, -2], [Fraction(1, 3), 0]]),
        lambda: Signal.taps(),
        lambda: x.correlate(Signal.taps(1, -2, 5), axis=1),
    ],
    Formula: [
        lambda: Tensor.ones((n, m)),
        lambda: of_formula(x[j, i - 1] - 2 * y[i, j] ** 2 / 3, m, n),
        lambda: of_formula(Piecewise((1, Eq(i, j)), (x[i, j] / (n + 1), i < j), (0, True)), n, m),
        lambda: of_formula(Sum(x[q, j] * y[q, i - q], (q, 0, n - 1)), n, m),
        lambda: of_formula(Sum(x[q, j] * x[q - 1, j], (q, i - 1, i + j)), n, m),
        lambda: of_formula(Sum(such_that(x[q, j], Eq(Mod(q, 2), Mod(i, 2))), (q, 0, 3)), n, m),
        lambda: of_formula(x[floor(i / 2), floor(j / 2) + ceiling(i / 3)], n, m),
        lambda: of_formula(x[Max(i, j) - Min(i, 1), Abs(j - 2)], n, m),
        lambda: of_formula(x[Mod(i + j, c + 1), (i - 1) ** 3], n, m),
        lambda: of_formula(x[i - 10**12 * j, Mod(j, 10**20)], n, m),
        lambda: of_formula(
            Piecewise((x[floor(j / (c + 1)), i], i > c), (y[i, Mod(j, c + 1)], True)), n, m
        ),
        lambda: Signal.from_formula(i, Rational(1, 3) * w[i] * w[c - i] - w[0], length=n),
        lambda: Tensor.from_formula((), w[1] - 2, shape=()),
    ],
    Pad: [
        lambda: x.pad(1, 2, axis=1),
        lambda: x.pad(-1, s, axis=0),
        lambda: x.pad(s, -s - 1, axis=(0, 1)),
        lambda: x.pad(-3, 2, axis=1),
    ],
    Extend: [
        lambda: x.pad(1, s, "reflect", axis=1),
        lambda: x.pad(s, 1, "symmetric", axis=0),
        lambda: x.pad(3, s, "replicate", axis=(0, 1)),
        lambda: x.pad(s, 1, "circular", axis=0),
    ],
    Flip: [lambda: x.flip(axis=0), lambda: x.flip(axis=(0, 1))],
    Roll: [lambda: x.roll(1, axis=1), lambda: x.roll(-s, axis=0)],
    Downsample: [lambda: x.downsample(2, axis=1), lambda: x.downsample(s + 1, offset=1, axis=0)],
    Dilate: [lambda: x.dilate(2, axis=0), lambda: x.dilate(s + 1, axis=(0, 1))],
    Convolve: [lambda: x.convolve(k, axis=0), lambda: x.convolve(w, axis=1)],
    Correlate: [
        lambda: x.correlate(w, axis=0),
        lambda: x.correlate(w, stride=2, dilation=s + 1, axis=1),
        lambda: row.correlate(Signal("v", c + 1), stride=s + 1),
    ],
    Multiply: [lambda: x.multiply(row), lambda: column.multiply(row), lambda: z.multiply(column)],
    Add: [lambda: x + row, lambda: x - column, lambda: row + row.flip(), lambda: z + x],
    Maximum: [lambda: maximum(x, y), lambda: maximum(z, column)],
    Scale: [lambda: -x, lambda: x / 3, lambda: 0 * x],
    Divide: [lambda: x.divide(n + 1), lambda: x.mean(1)],
    Windows: [
        lambda: x.windows(2, axis=0),
        lambda: x.windows(s + 1, stride=2, dilation=2, axis=1),
        lambda: x.windows(2, axis=0).windows(2, axis=1).flip(axis=2).sum((0, 3)),
    ],
    Rearrange: [
        lambda: x.rearrange("a b -> b a"),
        lambda: x.rearrange("a b -> (b a)"),
        lambda: x[:, None],
        lambda: x.rearrange("a b -> b r (a t) 1", r=s, t=2),
        lambda: z.rearrange("a b d -> (d a) b").rearrange("(d a) b -> b a d", a=2),
    ],
    Einsum: [
        lambda: x.sum(),
        lambda: x.sum(0),
        lambda: einsum("ab,cb->ac", x, y),
        lambda: einsum("zab,zcb->zac", z, z.flip(axis=1)),
        lambda: einsum("ab,ab->", x, y),
        lambda: einsum("ab,cd->bdac", x, column),
        lambda: einsum("ab,b,ac->cb", x, row, column),
        lambda: einsum("aab->ba", einsum("ab,cd->acb", x, x.flip(axis=0))),
        lambda: einsum("ab,c->a", x, row),
        lambda: x.linear(Tensor("u", (3, m))),
    ],
    Conv: [
        lambda: z.conv(Tensor("f", (3, 2, 2, 3))),
        lambda: z.conv(Tensor("f", (3, 2, 2, 1)), stride=(1, s + 1), padding=1, dilation=2),
        lambda: z.conv(Tensor("f", (4, 1, 2, 2)), groups=2, stride=2),
        lambda: z.rearrange("a b d -> b a d").conv(Tensor("f", (3, 2, 2)), padding=1),
        lambda: z.conv(Tensor("f", (3, 2, 1, 1))),
        lambda: Tensor("h", (p, m)).conv(Tensor("f", (2 * p, 1, c + 1)), groups=p),
        lambda: Tensor("h", (p, m)).conv(Tensor("f", (3, p, 2))),
        lambda: x.conv(Tensor("f", (4, s + 1, 2)), groups=2, padding=2),
    ],
    Apply: [lambda: x.relu(), lambda: x.leaky_relu(Fraction(-1, 2)), lambda: x.hardswish()],
    MaxPool: [
        lambda: x.max_pool(2, axes=0),
        lambda: x.max_pool(3, stride=s + 1, padding=1, axes=(0, 1)),
        lambda: x.max_pool(2, stride=1, dilation=3, padding=1, axes=1),
        lambda: x.max(axis=1),
    ],
}
"""Tensors with which each operator is read, also at sizes 0 and 1."""

SMALL = (0, 1, 2, 3, 5)
"""Sizes; some of them tell more than all."""


def test_every_operator_is_here() -> None:
    assert OF_OPERATORS.keys() == set(OPERATORS)
    for operator, built in OF_OPERATORS.items():
        for build in built:
            assert any(type(node.operator) is operator for node in walk(build())), operator


def entries_of(name: str, shape: tuple[int, ...]) -> Any:
    """Small integers, negative ones too."""
    return np.random.default_rng([len(name), *name.encode(), *shape]).integers(-9, 10, shape)


def exactly(signal: SignalExpr, at: Mapping[Symbol, int], named: Mapping[str, Any]) -> Any:
    """The exact reading, as an array of doubles."""
    arrays = {name: Array(a.shape, list(map(int, a.reshape(-1)))) for name, a in named.items()}
    found = array(signal, arrays, at)
    return np.array(list(map(float, found.entries))).reshape(found.shape)


def agree(ours: Any, expected: Any) -> bool:
    """Whether arrays are the same up to rounding."""
    if ours.dtype != np.float64 or ours.shape != expected.shape:
        return False
    size = np.max(np.abs(expected), initial=1.0)
    return bool(np.allclose(ours, expected, rtol=1e-12, atol=1e-14 * size))


def at_points(signal: SignalExpr) -> list[dict[Symbol, int]]:
    symbols = [symbol for _, symbol in sorted(symbols_in(signal).items())]
    return [
        dict(zip(symbols, values, strict=True)) for values in product(SMALL, repeat=len(symbols))
    ]


@pytest.mark.parametrize("operator", OF_OPERATORS, ids=lambda operator: operator.__name__)
def test_operators(operator: type[Operator]) -> None:
    """The values are those of the exact reading, and what is refused there is refused here."""
    for build in OF_OPERATORS[operator]:
        signal, compared = build(), 0
        for at in at_points(signal):
            shapes = {name: [size.at(at) for size in a.sizes] for name, a in leaves(signal).items()}
            named = {name: entries_of(name, tuple(shape)) for name, shape in shapes.items()}
            try:
                expected = exactly(signal, at, named)
            except SymconvError:
                with pytest.raises(SymconvError):
                    doubles([signal], named, at)
                continue
            (found,) = doubles([signal], named, at)
            assert agree(found, expected), (signal, at)
            compared += expected.size > 0 or expected.ndim == 0
        assert compared > 3 or not symbols_in(signal), signal


@pytest.mark.parametrize("case", cases.CASES, ids=str)
def test_signals(case: cases.Case) -> None:
    signal = case.signal
    at = {symbol: case.at[name] for name, symbol in symbols_in(signal).items()}
    named = {name: list(case.data[name]) for name in leaves(signal)}
    (found,) = doubles([signal], named, at)
    assert agree(found, np.array(list(map(float, case.entries))))


@pytest.mark.parametrize("case", layer_cases.CASES, ids=str)
def test_layers(case: layer_cases.TableCase) -> None:
    expected = case.by(layers_by_loops).astype(float)
    for shapes in (case.letters, case.shapes):
        signal = layer(case, shapes)
        at = {symbol: case.sizes[name] for name, symbol in symbols_in(signal).items()}
        (found,) = doubles([signal], case.arrays, at)
        assert agree(found, expected)


# --- networks, against arrays with many digits -----------------------------------------


def smooth(name: str, seed: int) -> Callable[[Any], Any]:
    """A function of which nothing is known, drawn at random."""
    drawn = Drawn(name, seed)
    return lambda number: drawn(real(number))


def of_arrays(name: str, seed: int) -> Callable[[Any], Any]:
    """The same, of arrays."""
    return np.vectorize(lambda a: float(smooth(name, seed)(mpmath.mpf(a))), otypes=[float])


def by_arrays(claim: TensorClaim, at: Mapping[str, int]) -> tuple[list[Any], dict[str, Any]]:
    """Both sides of a claim, computed with many digits, and the entries of the named tensors."""
    named: dict[str, Any] = {}

    def given(name: str, shape: tuple[int, ...]) -> Any:
        named[name] = entries_of(name, shape)
        return np.vectorize(real, otypes=[object])(named[name]) if named[name].size else named[name]

    ring = Numbers(None, {name: smooth(name, claim.seed) for name in FREE})
    with mpmath.workdps(DIGITS):
        sides = run(claim.sides, at, ring, given)
        return [np.array(side).astype(float) for side in sides], named


@pytest.mark.parametrize("make", [network_claim, tensor_claim], ids=["networks", "tensors"])
def test_random_tensors(make: Callable[[int], TensorClaim]) -> None:
    compared, seen = 0, set[type]()
    for claim in map(make, range(60)):
        sides = stated(claim).signals
        functions = {name: of_arrays(name, claim.seed) for name in FREE}
        for at in islice(points(claim.names, claim.given, 9), 12):
            if size_at(claim, at) > 3000:
                continue
            try:
                expected, named = by_arrays(claim, at)
            except UndefinedError:
                continue
            point = {symbol: at[name] for name, symbol in symbols_in(*sides).items()}
            if any(not np.all(np.abs(side) < 1e100) for side in expected):
                continue
            for found, other in zip(doubles(sides, named, point, functions), expected, strict=True):
                size = np.max(np.abs(other), initial=1.0)
                assert found.shape == other.shape
                assert np.allclose(found, other, rtol=1e-9, atol=1e-11 * size), (str(claim), at)
                compared += other.size > 0
            seen |= {type(node.operator) for node in walk(*sides)}
    assert compared > 300
    assert len(seen) > 14


def test_a_wrong_answer_is_seen() -> None:
    """Layers that differ in a detail are not read alike."""
    a, b = entries_of("x", (2, 7, 8)), entries_of("w", (3, 2, 3, 3))
    x, w = Tensor("x", a.shape), Tensor("w", b.shape)
    expected = layers_by_loops.conv(a, b, stride=2, padding=1).astype(float)
    (found,) = doubles([x.conv(w, stride=2, padding=1)], {"x": a, "w": b}, {})
    assert agree(found, expected)
    for wrong in (
        x.conv(w.flip(axis=2), stride=2, padding=1),
        x.conv(w, stride=(2, 1), padding=1),
        x.conv(w, stride=2, padding=((1, 1), (0, 2))),
        x.conv(w, stride=2, padding=2, dilation=2),
        x.conv(w, stride=2, padding=1, padding_mode="replicate"),
    ):
        (other,) = doubles([wrong], {"x": a, "w": b}, {})
        assert not agree(other, expected), wrong
    for change in (1e-9, -1e-9):
        near = found.copy()
        near[1, 2, 3] += change
        assert not agree(near, expected)
    assert not agree(found.astype(np.float32), expected)
    assert not agree(found[:, :, :1], expected)


# --- large layers ----------------------------------------------------------------------


def one_by_one(
    a: Any, b: Any, places: Sequence[tuple[int, ...]], stride: int, dilation: int, groups: int
) -> list[float]:
    """Entries of a layer in two dimensions, each a loop over the taps of its group."""
    outputs, inputs, *taps = b.shape
    found = []
    for sample, o, *place in places:
        total, first = 0.0, o // (outputs // groups) * inputs
        for channel, *tap in np.ndindex(inputs, *taps):
            u, v = (stride * one + dilation * t for one, t in zip(place, tap, strict=True))
            total += b[(o, channel, *tap)] * a[sample, first + channel, u, v]
        found.append(total)
    return found


@pytest.mark.parametrize(
    ("channels", "kernel", "stride", "dilation", "groups"),
    [
        (40, (48, 40, 3, 3), 1, 1, 1),
        (40, (48, 40, 3, 3), 1, 2, 1),
        (40, (24, 40, 5, 4), 2, 1, 1),
        (40, (60, 2, 3, 3), 1, 1, 20),
        (40, (40, 1, 3, 3), 1, 1, 40),
        (40, (80, 1, 2, 3), 2, 2, 40),
        (40, (12, 20, 3, 3), 1, 1, 2),
        (40, (48, 40, 1, 1), 1, 1, 1),
        (40, (48, 40, 1, 1), 2, 1, 1),
    ],
)
def test_large_layers(
    channels: int, kernel: tuple[int, ...], stride: int, dilation: int, groups: int
) -> None:
    """Some entries of layers that are computed in several parts."""
    random = np.random.default_rng(1)
    a, b = random.normal(size=(2, channels, 70, 61)), random.normal(size=kernel)
    layer = Tensor("x", a.shape).conv(
        Tensor("w", kernel), stride=stride, dilation=dilation, groups=groups
    )
    (found,) = doubles([layer], {"x": a, "w": b}, {})
    ends = [(size - 1) for size in found.shape]
    places = [tuple(random.integers(0, found.shape).tolist()) for _ in range(40)]
    places += [(0, 0, 0, 0), tuple(ends), (1, 0, ends[2], 0), (0, ends[1], 0, ends[3])]
    expected = one_by_one(a, b, places, stride, dilation, groups)
    assert [found[place] for place in places] == pytest.approx(expected, rel=1e-11, abs=1e-11)


def test_some_large_layers_are_computed_in_parts() -> None:
    assert 40 * 9 * 68 * 59 > limits.MOST_COLUMNS > 2 * 9 * 68 * 59 * 2


# --- functions -------------------------------------------------------------------------


def test_every_function_has_doubles() -> None:
    assert OF_DOUBLES.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("name", BY_DEFINITION)
def test_functions(name: str) -> None:
    arguments = arguments_of(name)
    (found,) = doubles([getattr(Signal("x", len(arguments)), name)()], {"x": arguments}, {})
    assert found.tolist() == pytest.approx(list(map(BY_DEFINITION[name], arguments)), rel=1e-13)


def test_functions_of_very_large_numbers() -> None:
    far = np.array([-math.inf, -1e308, -800.0, 800.0, 1e308, math.inf])
    with np.errstate(all="ignore"):
        found = {name: function(far).tolist() for name, function in OF_DOUBLES.items()}
    assert found["exp"] == [0, 0, 0, math.inf, math.inf, math.inf]
    assert found["sigmoid"] == [0, 0, 0, 1, 1, 1]
    assert found["tanh"] == [-1, -1, -1, 1, 1, 1]
    assert found["relu"] == [0, 0, 0, 800, 1e308, math.inf]
    assert found["relu6"] == [0, 0, 0, 6, 6, 6]
    assert found["silu"][2:5] == [0, 800, 1e308]
    assert found["gelu"][1:5] == [0, 0, 800, 1e308]
    assert OF_DOUBLES["sigmoid"](np.array([-40.0]))[0] == pytest.approx(math.exp(-40), rel=1e-14)


def test_erf() -> None:
    near = np.random.default_rng(2).normal(size=20_000) * 2
    some = np.concatenate([near, near * 1e-9, np.linspace(-7, 7, 1001), [5e-324, 0.0, -0.0]])
    expected = np.array([math.erf(a) for a in some])
    found = erf(some)
    assert np.all(np.abs(found - expected) <= 4 * np.spacing(np.abs(expected)))
    assert np.array_equal(np.signbit(found), np.signbit(some))
    assert erf(np.array([[-np.inf], [np.inf]])).tolist() == [[-1], [1]]
    assert np.isnan(erf(np.array(np.nan)))


def test_a_function_of_which_nothing_is_known_is_given() -> None:
    x, f = Signal("x", 2), Pointwise("f")
    assert doubles([f(x)], {"x": [1, 2]}, {}, {"f": np.square})[0].tolist() == [1, 4]
    with pytest.raises(SymconvError, match="nothing is known of the function f"):
        doubles([f(x)], {"x": [1, 2]}, {})
    with pytest.raises(SymconvError, match="of shape"):
        doubles([f(x)], {"x": [1, 2]}, {}, {"f": np.sum})
    shifted = Function("exp", Fraction(1)).shifted()
    (found,) = doubles([x.apply(Apply(shifted))], {"x": [0, 1]}, {})
    assert found.tolist() == [0, math.e - 1]
    (found,) = doubles([x.sum().apply(Apply(shifted))], {"x": [-1, 1]}, {})
    assert found.tolist() == 0
    assert of_doubles(Function("f")) is None


# --- rounding --------------------------------------------------------------------------


def test_perturbed_entries_are_near_and_depend_on_the_seed() -> None:
    a, b = entries_of("x", (3, 9, 9)) / 7, entries_of("w", (4, 3, 3, 3)) / 5
    layer = Tensor("x", a.shape).conv(Tensor("w", b.shape), padding=1)
    named = {"x": a, "w": b}
    (plain,) = doubles([layer], named, {})
    one, again, other = (
        doubles([layer], named, {}, perturbed=1e-6, seed=seed)[0] for seed in (0, 0, 1)
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert np.all(np.abs(one - plain) <= 1.001e-6 * np.abs(plain))
    assert np.max(np.abs(one - plain) / np.abs(plain)) > 0.9e-6
    assert np.any(one > plain)
    assert np.any(np.abs(one) < np.abs(plain))


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.__name__)
def test_what_only_moves_entries_is_not_rounded(operator: type[Operator]) -> None:
    computes = {
        *(Formula, Convolve, Correlate, Multiply, Add, Scale, Divide, Einsum, Conv, Apply),
    }
    (signal, *_) = (build() for build in reversed(OF_OPERATORS[operator]))
    nodes = [node for node in walk(signal) if type(node.operator) is operator]
    assert nodes[0].operator.rounds == (operator in computes)


def test_infinite_entries_are_no_numbers_where_they_are_perturbed() -> None:
    x = Signal("x", 2)
    (found,) = doubles([2 * x], {"x": [np.inf, 1.0]}, {}, perturbed=0.1)
    assert np.isnan(found[0])
    assert 1.8 <= found[1] <= 2.2 != found[1]
    quotient = x.exp().reciprocal()  # an exact 0, as far as doubles know
    assert doubles([quotient], {"x": [800, 1]}, {})[0][0] == 0
    assert np.isnan(doubles([quotient], {"x": [800, 1]}, {}, perturbed=1e-13)[0][0])


def test_entries_that_are_too_small_for_all_their_digits_are_moved_by_more() -> None:
    x = Signal("x", 3)
    named = {"x": [-737.0, -900.0, -1.0]}
    (logarithms,) = doubles([x.exp().log()], named, {})
    assert 0 < abs(logarithms[0] + 737) < 0.1  # it looks like a result
    (small,) = doubles([x.exp()], named, {}, perturbed=1e-13)
    assert abs(small[0]) > 1e-312  # where 10⁻³²⁰ was computed
    assert 0 < small[1] < 1e-300
    assert abs(small[2] - np.exp(-1)) < 1e-13
    (moved,) = doubles([x.exp().log()], named, {}, perturbed=1e-13)
    assert not abs(moved[0] - logarithms[0]) < 1
    (roots,) = doubles([(0 * x).sqrt()], named, {}, perturbed=1e-13)
    assert np.all(roots < 1e-140)  # of what is 0 there is a root


def test_entries_with_few_digits_are_moved_by_what_is_lost_of_them() -> None:
    """The least doubles are multiples of one number; a zero may be what was less than these."""
    least = np.finfo(np.float64).smallest_subnormal
    (found,) = doubles([2 * Signal("x", 3)], {"x": [0.0, 4 * least, 1.0]}, {}, perturbed=1e-13)
    assert 0 <= found[0] < np.finfo(np.float64).tiny
    assert abs(found[1] - 8 * least) >= 2 * least
    assert abs(found[2] - 2) <= 1e-12


def test_magnitudes() -> None:
    """Of sums of products: what the same is without minus, of entries without their signs."""
    a, b = np.array([[1.0, -2.0], [3.0, 0.0]]), np.array([[-1.0, 2.0], [-5.0, -4.0]])
    x, y = Tensor("x", (2, 2)), Tensor("y", (2, 2))
    product = einsum("ab,bc->ac", x - 3 * y, y) - Tensor.taps([[-1, 2], [0, -7]])
    (found,) = magnitudes([product], {"x": a, "y": b}, {})
    plus = (abs(a) + 3 * abs(b)) @ abs(b) + [[1, 2], [0, 7]]
    assert np.array_equal(found, plus)
    formula = Tensor.from_formula((i, j), x[i, j] * y[j, i] - 2 * x[i, 0], shape=(2, 2))
    (found,) = magnitudes([formula], {"x": a, "y": b}, {})
    assert np.array_equal(found, abs(a) * abs(b).T + 2 * abs(a[:, :1]))


@pytest.mark.parametrize("operator", OF_OPERATORS, ids=lambda operator: operator.__name__)
def test_magnitudes_are_bounds(operator: type[Operator]) -> None:
    for build in OF_OPERATORS[operator]:
        signal = build()
        if any(
            isinstance(f := node.operator, Apply) and f.function.name == "hardswish"
            for node in walk(signal)
        ):
            continue
        at = dict.fromkeys(symbols_in(signal).values(), 2)
        shapes = {name: [size.at(at) for size in a.sizes] for name, a in leaves(signal).items()}
        named = {name: entries_of(name, tuple(shape)) for name, shape in shapes.items()}
        try:
            (found,), (size,) = doubles([signal], named, at), magnitudes([signal], named, at)
        except SymconvError:
            continue
        assert np.all(np.abs(found) <= size * (1 + 1e-12))
        (same,) = doubles([signal], {name: abs(a) for name, a in named.items()}, at)
        if operator in (Conv, Correlate, Convolve, Einsum, Multiply):
            assert agree(size, same) or Taps in map(type, (n.operator for n in walk(signal)))


def test_there_are_no_magnitudes_of_other_functions() -> None:
    x = Signal("x", 2)
    assert magnitudes([x.relu()], {"x": [-1, 2]}, {})[0].tolist() == [1, 2]
    assert magnitudes([x.leaky_relu(-3)], {"x": [-1, 2]}, {})[0].tolist() == [3, 6]
    for other in (x.tanh(), x.relu6(), Pointwise("f")(x)):
        with pytest.raises(SymconvError, match=r"no magnitudes of|nothing is known"):
            magnitudes([other], {"x": [-1, 2]}, {})


# --- what is given, and what it may take -------------------------------------------------


def test_entries_may_be_numbers_of_any_kind() -> None:
    x = Signal("x", 2)
    for given in ([1, 2], np.array([1, 2], np.float32), [Fraction(1), 2], np.array([1, 2], object)):
        (found,) = doubles([x / 2], {"x": given}, {})
        assert found.tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "no entries for 'x'"),
        ({"x": [1, 2, 3]}, r"has the shape \(2,\) at n = 2, got entries of shape \(3,\)"),
        ({"x": [[1, 2]]}, "has the shape"),
        ({"x": [1j, 2]}, "real numbers"),
        ({"x": ["1", "2"]}, "real numbers"),
    ],
)
def test_other_entries_are_refused(given: Mapping[str, Any], said: str) -> None:
    with pytest.raises(SymconvError, match=said):
        doubles([Signal("x", n)], given, {n: 2})


def test_sizes_have_to_be_given() -> None:
    with pytest.raises(SymconvError, match="no value"):
        doubles([Signal("x", n)], {"x": [1, 2]}, {})
    with pytest.raises(SymconvError, match="nonnegative"):
        doubles([Signal("x", 1).pad(n, 0)], {"x": [1]}, {n: -1})


def test_a_number_that_is_no_double_is_refused() -> None:
    with pytest.raises(SymconvError, match="too large for double precision"):
        doubles([10**400 * Signal("x", 1)], {"x": [1]}, {})


def test_every_node_is_told_once_operands_first() -> None:
    chain = x.flip(axis=0).relu() + y
    named = {"x": entries_of("x", (2, 3)), "y": entries_of("y", (2, 3))}
    at = {n: 2, m: 3}
    told = list(every_node([chain, x], named, at))
    assert [node for node, _ in told] == walk(chain, x)
    for node, found in told:
        assert np.array_equal(found, doubles([node], named, at)[0])
    moved = dict(every_node([chain], named, at, perturbed=1e-3, seed=4))
    assert np.array_equal(moved[chain], doubles([chain], named, at, perturbed=1e-3, seed=4)[0])
    assert not np.array_equal(moved[chain], dict(told)[chain])


def test_results_are_new_arrays() -> None:
    a = np.arange(6.0).reshape(2, 3)
    x = Tensor("x", (2, 3))
    before = a.copy()
    same: dict[str, Any] = {"f": lambda entries: entries}
    outputs = [x, x.flip(axis=0), x.rearrange("a b -> b a"), x[:, 1:], x.relu(), Pointwise("f")(x)]
    for output in outputs:
        one, two, _ = doubles([output, output, x], {"x": a}, {}, same)
        for found in (one, two):
            found += 1
        assert np.array_equal(a, before)
        assert np.array_equal(one, two)


def test_what_would_be_too_large_is_refused_before() -> None:
    x = Signal("x", 1)
    with pytest.raises(TooLongError, match="held at once"):
        doubles([x.pad(limits.MOST_DOUBLES, 0)], {"x": [1]}, {})
    long = Signal("x", 2**21)
    with pytest.raises(TooLongError, match="steps in double precision"):
        doubles([long.convolve(long)], {"x": np.ones(2**21)}, {})
    with allowed(1000), pytest.raises(WorkUsedUpError):
        doubles([long.correlate(Signal.ones(40))], {"x": np.ones(2**21)}, {})
    big = Signal.from_formula(i, Sum(x[q - i] * x[0], (q, 0, 10**7)), length=3)
    with pytest.raises(TooLongError, match="a sum over q"):
        doubles([big], {"x": [1]}, {})


def test_a_formula_may_not_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    from symconv.language import formula_doubles

    monkeypatch.setattr(formula_doubles, "MOST_DOUBLE_STEPS", 10_000)
    sums = Signal.from_formula(i, Sum(w[q] * w[i - q], (q, 0, n)), length=n)
    with pytest.raises(TooLongError, match="a formula would take"):
        doubles([sums], {"w": [1, 2, 3]}, {n: 100})


def test_what_is_not_needed_is_forgotten() -> None:
    """Of a long chain, a few arrays are held at a time."""
    size = 100_000
    x = Signal("x", size)
    chain: SignalExpr = x
    for number in range(60):
        chain = (chain + x.roll(number)) / 2
    data = np.ones(size)
    doubles([chain], {"x": data}, {})
    tracemalloc.start()
    try:
        doubles([chain], {"x": data}, {})
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        assert sum(1 for _ in every_node([chain], {"x": data}, {})) > 180
        _, each = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert max(peak, each) < 6 * 8 * size


def test_deep_graphs() -> None:
    chain: SignalExpr = Signal("x", 2)
    for _ in range(3000):
        chain = chain.flip() / 2 + Signal.taps(1, 0)
    (found,) = doubles([chain], {"x": [1, 2]}, {})
    assert found.tolist() == pytest.approx([4 / 3, 2 / 3])


def test_outputs_may_be_nodes_of_each_other() -> None:
    x = Signal("x", 2)
    inner = x + x
    outputs = doubles([inner, inner.flip(), x, inner], {"x": [1, 2]}, {})
    assert [found.tolist() for found in outputs] == [[2, 4], [4, 2], [1, 2], [2, 4]]
    assert doubles([], {}, {}) == []


def test_numpy_is_loaded_where_it_is_needed() -> None:
    lines = "import sys; from symconv import Signal; print(Signal('x', 2), 'numpy' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert said.stdout == "x False\n"

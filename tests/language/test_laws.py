"""Laws of the operators, each stated once: at random data, and proved for all lengths."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache, reduce
from operator import add
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Eq, Expr, Integer, Max, Mod, Piecewise, Rational, Sum, Symbol, ceiling, floor

from symconv import Claim, Proved, Refuted, Signal, SignalExpr
from symconv.language.graph import leaves, symbols_in
from symconv.language.operators import Extension
from tests.generators.cases import BIAS, SYMBOLIC, Letters, enough_entries, u

Sides = tuple[SignalExpr, SignalExpr]
Law = Callable[[Letters, int, int], Sides]

LAWS: list[Law] = []


def law(statement: Law) -> Law:
    """Adds a law: its two sides for the letters and two factors p, q ≥ 1."""
    LAWS.append(statement)
    return statement


# --- convolution ---------------------------------------------------------------------


@law
def convolution_commutes(s: Letters, p: int, q: int) -> Sides:
    return s.x.convolve(s.h), s.h.convolve(s.x)


@law
def convolution_associates(s: Letters, p: int, q: int) -> Sides:
    return s.x.convolve(s.h).convolve(s.y), s.x.convolve(s.h.convolve(s.y))


@law
def convolution_associates_with_equal_factors(s: Letters, p: int, q: int) -> Sides:
    return s.x.convolve(s.k).convolve(s.k.flip()), s.k.convolve(s.x).convolve(s.k.flip())


@law
def convolution_distributes(s: Letters, p: int, q: int) -> Sides:
    return s.h.convolve(s.x + s.y), s.h.convolve(s.x) + s.h.convolve(s.y)


@law
def convolution_has_a_unit(s: Letters, p: int, q: int) -> Sides:
    one = Signal.from_formula(u, Piecewise((1, Eq(u, 0)), (0, True)), length=1)
    return s.x.convolve(one), s.x


@law
def squares_expand(s: Letters, p: int, q: int) -> Sides:
    return (
        (s.x + s.y).convolve(s.x + s.y),
        s.x.convolve(s.x) + 2 * s.x.convolve(s.y) + s.y.convolve(s.y),
    )


# --- noble identities ----------------------------------------------------------------


@law
def noble_identity_for_downsampling(s: Letters, p: int, q: int) -> Sides:
    return s.x.downsample(p).convolve(s.h), s.x.convolve(s.h.dilate(p)).downsample(p)


@law
def noble_identity_for_upsampling(s: Letters, p: int, q: int) -> Sides:
    return s.x.convolve(s.h).dilate(p), s.x.dilate(p).convolve(s.h.dilate(p))


@law
def noble_identity_for_a_layer(s: Letters, p: int, q: int) -> Sides:
    return s.x.downsample(p).correlate(s.k), s.x.correlate(s.k.dilate(p)).downsample(p)


# --- flip ----------------------------------------------------------------------------


@law
def flip_undoes_itself(s: Letters, p: int, q: int) -> Sides:
    return s.x.flip().flip(), s.x


@law
def flip_of_a_convolution(s: Letters, p: int, q: int) -> Sides:
    return s.x.convolve(s.h).flip(), s.x.flip().convolve(s.h.flip())


@law
def flip_of_a_layer(s: Letters, p: int, q: int) -> Sides:
    return s.x.correlate(s.k).flip(), s.x.flip().correlate(s.k.flip())


@law
def flip_of_padding(s: Letters, p: int, q: int) -> Sides:
    return s.x.pad(s.a, s.b).flip(), s.x.flip().pad(s.b, s.a)


@law
def flip_of_dilation(s: Letters, p: int, q: int) -> Sides:
    return s.x.dilate(p).flip(), s.x.flip().dilate(p)


# --- dilation and downsampling -------------------------------------------------------


@law
def dilations_multiply(s: Letters, p: int, q: int) -> Sides:
    return s.x.dilate(p).dilate(q), s.x.dilate(p * q)


@law
def downsamplings_multiply(s: Letters, p: int, q: int) -> Sides:
    return s.x.downsample(p).downsample(q), s.x.downsample(p * q)


@law
def downsampling_undoes_dilation(s: Letters, p: int, q: int) -> Sides:
    return s.x.dilate(p).downsample(p), s.x


@law
def downsampling_undoes_part_of_a_dilation(s: Letters, p: int, q: int) -> Sides:
    return s.x.dilate(p * q).downsample(p), s.x.dilate(q)


@law
def downsampling_drops_leading_zeros(s: Letters, p: int, q: int) -> Sides:
    return s.x.pad(p * q, 0).downsample(p), s.x.downsample(p).pad(q, 0)


# --- padding -------------------------------------------------------------------------


@law
def paddings_add(s: Letters, p: int, q: int) -> Sides:
    return s.x.pad(s.l, s.r).pad(s.a, s.b), s.x.pad(s.l + s.a, s.r + s.b)


@law
def crops_add(s: Letters, p: int, q: int) -> Sides:
    return s.x.pad(-s.l, -s.r).pad(-p, -q), s.x.pad(-s.l - p, -s.r - q)


@law
def a_crop_undoes_padding(s: Letters, p: int, q: int) -> Sides:
    return s.x.pad(s.l, s.r).pad(-s.l, -s.r), s.x


@law
def padding_of_a_convolution(s: Letters, p: int, q: int) -> Sides:
    # Only for factors that are not empty: zeros around nothing are something.
    return s.g.pad(s.l, s.r).convolve(s.k), s.g.convolve(s.k).pad(s.l, s.r)


@law
def padding_of_a_dilation(s: Letters, p: int, q: int) -> Sides:
    return s.g.pad(s.l, s.r).dilate(p), s.g.dilate(p).pad(p * s.l, p * s.r)


# --- layers --------------------------------------------------------------------------


@law
def a_layer_is_a_cropped_convolution(s: Letters, p: int, q: int) -> Sides:
    return s.x.correlate(s.k), s.x.convolve(s.k.flip()).pad(1 - s.c, 1 - s.c)


@law
def a_convolution_is_a_padded_layer(s: Letters, p: int, q: int) -> Sides:
    # An empty input convolves to nothing, but has zeros around it: hence g.
    return s.g.convolve(s.k), s.g.pad(s.c - 1, s.c - 1).correlate(s.k.flip())


@law
def a_stride_is_downsampling(s: Letters, p: int, q: int) -> Sides:
    return (
        s.x.correlate(s.k, stride=p, dilation=q),
        s.x.correlate(s.k, dilation=q).downsample(p),
    )


@law
def a_dilated_layer_has_a_dilated_kernel(s: Letters, p: int, q: int) -> Sides:
    return s.x.correlate(s.k, stride=p, dilation=q), s.x.correlate(s.k.dilate(q), stride=p)


@law
def layers_compose(s: Letters, p: int, q: int) -> Sides:
    return (
        s.x.correlate(s.k, stride=p).correlate(s.g, stride=q),
        s.x.correlate(s.k.convolve(s.g.dilate(p)), stride=p * q),
    )


@law
def layers_with_one_kernel_compose(s: Letters, p: int, q: int) -> Sides:
    return (
        s.x.correlate(s.k, stride=p).correlate(s.k, stride=q),
        s.x.correlate(s.k.dilate(p).convolve(s.k), stride=p * q),
    )


@law
def layers_without_stride_commute(s: Letters, p: int, q: int) -> Sides:
    return s.x.correlate(s.k).correlate(s.g), s.x.correlate(s.g).correlate(s.k)


@law
def a_dilated_layer_keeps_its_phases(s: Letters, p: int, q: int) -> Sides:
    return s.x.dilate(p).correlate(s.k.dilate(p), stride=p), s.x.correlate(s.k)


@law
def a_layer_by_its_definition(s: Letters, p: int, q: int) -> Sides:
    j = Symbol("j", integer=True)
    size = floor((s.n - q * (s.c - 1) - 1) / Integer(p)) + 1
    layer = s.x.correlate(s.k, stride=p, dilation=q)
    entry = Sum(s.k[j] * s.x[p * u + q * j], (j, 0, s.c - 1))
    return layer, Signal.from_formula(u, entry, length=Max(0, size))


# --- known taps ----------------------------------------------------------------------


@law
def the_unit_is_neutral(s: Letters, p: int, q: int) -> Sides:
    return Signal.delta().convolve(s.x).correlate(Signal.delta()), s.x


@law
def known_taps_are_a_formula(s: Letters, p: int, q: int) -> Sides:
    taps = Piecewise((p, Eq(u, 0)), (-q, Eq(u, 2)), (0, True))
    return s.x.correlate(Signal.taps(p, 0, -q)), s.x.correlate(
        Signal.from_formula(u, taps, length=3)
    )


@law
def known_taps_are_a_sum_of_crops(s: Letters, p: int, q: int) -> Sides:
    taps = Signal.taps(Fraction(p, 2), -q, 1)
    crops = Fraction(p, 2) * s.x.pad(0, -2) - q * s.x.pad(-1, -1) + s.x.pad(-2, 0)
    return s.x.correlate(taps, stride=q), crops.downsample(q)


@law
def known_taps_multiply(s: Letters, p: int, q: int) -> Sides:
    return (
        s.x.convolve(Signal.taps(1, p)).convolve(Signal.taps(1, q)),
        s.x.convolve(Signal.taps(1, p + q, p * q)),
    )


@law
def a_difference_undoes_a_sum(s: Letters, p: int, q: int) -> Sides:
    # 1 1 … 1 convolved with 1 −1 is 1 0 … 0 −1.
    ends = Piecewise((1, Eq(u, 0)), (-1, Eq(u, s.c)), (0, True))
    return (
        Signal.ones(s.c).convolve(Signal.taps(1, -1)),
        Signal.from_formula(u, ends, length=s.c + 1),
    )


# --- entrywise products --------------------------------------------------------------


@law
def products_commute(s: Letters, p: int, q: int) -> Sides:
    return s.x.multiply(s.y), s.y.multiply(s.x)


@law
def products_associate(s: Letters, p: int, q: int) -> Sides:
    return s.x.multiply(s.y).multiply(s.x.flip()), s.x.multiply(s.y.multiply(s.x.flip()))


@law
def products_distribute(s: Letters, p: int, q: int) -> Sides:
    return s.x.multiply(p * s.y - s.x), p * s.x.multiply(s.y) - s.x.multiply(s.x)


@law
def ones_are_neutral(s: Letters, p: int, q: int) -> Sides:
    return s.x.multiply(Signal.ones(s.n)), s.x


@law
def flip_of_a_product(s: Letters, p: int, q: int) -> Sides:
    return s.x.multiply(s.y).flip(), s.y.flip().multiply(s.x.flip())


@law
def products_of_entries_move(s: Letters, p: int, q: int) -> Sides:
    one, other = (signal.pad(s.l, s.a).dilate(p).downsample(q) for signal in (s.x, s.y))
    return one.multiply(other), s.x.multiply(s.y).pad(s.l, s.a).dilate(p).downsample(q)


# --- layers that frameworks call by name ---------------------------------------------


@law
def downsampling_with_an_offset(s: Letters, p: int, q: int) -> Sides:
    return s.x.downsample(p, offset=q + p), s.x.downsample(p, offset=q).pad(-1, 0)


@law
def phases_interleave(s: Letters, p: int, q: int) -> Sides:
    return Signal.interleave(*s.x.phases(1 + p % 3)), s.x


@law
def phases_of_what_is_interleaved(s: Letters, p: int, q: int) -> Sides:
    together = Signal.interleave(*[s.x] * p, s.y)
    return together.downsample(p + 1, offset=p), s.y


@law
def a_transposed_layer_by_its_phases(s: Letters, p: int, q: int) -> Sides:
    stride = 1 + p % 2
    return (
        s.g.conv_transpose(s.k, stride=stride),
        Signal.interleave(*[s.g.convolve(phase) for phase in s.k.phases(stride)]),
    )


@law
def a_transposed_layer_is_a_padded_layer(s: Letters, p: int, q: int) -> Sides:
    # An empty input would have zeros around it: hence g.
    edge = s.c - 1
    return (
        s.g.conv_transpose(s.k, stride=p, padding=q),
        s.g.dilate(p).pad(edge, edge).correlate(s.k.flip()).pad(-q, -q),
    )


@law
def flip_of_a_transposed_layer(s: Letters, p: int, q: int) -> Sides:
    return (
        s.x.conv_transpose(s.k, stride=p, dilation=q, padding=s.l).flip(),
        s.x.flip().conv_transpose(s.k.flip(), stride=p, dilation=q, padding=s.l),
    )


@law
def same_padding_with_stride_one(s: Letters, p: int, q: int) -> Sides:
    reach = q * (s.c - 1)
    return s.x.pad_same(s.c, dilation=q), s.x.pad(floor(reach / 2), ceiling(reach / 2))


@law
def a_same_layer_with_stride_one_keeps_the_length(s: Letters, p: int, q: int) -> Sides:
    layer = s.x.pad_same(s.c).correlate(s.k)
    return layer - layer, 0 * s.x


@law
def an_average_pool_is_a_layer(s: Letters, p: int, q: int) -> Sides:
    ones = Signal.taps(*[Fraction(1, p)] * p)
    return s.x.avg_pool(p, stride=q, padding=1), s.x.pad(1, 1).correlate(ones, stride=q)


@law
def an_average_pool_without_padding(s: Letters, p: int, q: int) -> Sides:
    return s.x.avg_pool(p, stride=q, count_include_pad=False), s.x.avg_pool(p, stride=q)


@law
def an_average_of_ones(s: Letters, p: int, q: int) -> Sides:
    pool = Signal.ones(s.c).avg_pool(2, stride=1, padding=1, count_include_pad=False)
    return pool, Signal.ones(pool.length)


@law
def a_bias_is_a_convolution_of_ones(s: Letters, p: int, q: int) -> Sides:
    return s.x.add_bias(BIAS), s.x + Signal.ones(s.n).convolve(BIAS)


@law
def flip_of_a_bias(s: Letters, p: int, q: int) -> Sides:
    return s.x.downsample(p).add_bias(BIAS).flip(), s.x.downsample(p).flip().add_bias(BIAS)


# --- linearity -----------------------------------------------------------------------

OPERATORS: dict[str, Callable[[SignalExpr, Letters, int, int], SignalExpr]] = {
    "pad": lambda x, s, p, q: x.pad(s.a, s.b),
    "flip": lambda x, s, p, q: x.flip(),
    "downsample": lambda x, s, p, q: x.downsample(p),
    "dilate": lambda x, s, p, q: x.dilate(p),
    "convolve": lambda x, s, p, q: x.convolve(s.h),
    "convolve_from_the_right": lambda x, s, p, q: s.h.convolve(x),
    "correlate": lambda x, s, p, q: x.correlate(s.k, stride=p, dilation=q),
    "negate": lambda x, s, p, q: -x,
}


def linearity(operator: str) -> Law:
    def sides(s: Letters, p: int, q: int) -> Sides:
        apply = OPERATORS[operator]
        x, y = apply(s.x, s, p, q), apply(s.y, s, p, q)
        return apply(2 * s.x - s.y * Rational(1, 3), s, p, q), 2 * x - Fraction(1, 3) * y

    sides.__name__ = f"{operator}_is_linear"
    return sides


LAWS += map(linearity, OPERATORS)


@law
def a_layer_is_linear_in_its_kernel(s: Letters, p: int, q: int) -> Sides:
    k, w = (s.x.correlate(kernel, stride=p, dilation=q) for kernel in (s.k, s.w))
    return s.x.correlate(s.k - 5 * s.w, stride=p, dilation=q), k - 5 * w


@law
def sums_commute(s: Letters, p: int, q: int) -> Sides:
    return s.x + s.y, s.y + s.x


@law
def differences_cancel(s: Letters, p: int, q: int) -> Sides:
    return s.x - (s.y - s.x) + s.y, 2 * s.x


@law
def multiples_multiply(s: Letters, p: int, q: int) -> Sides:
    return Fraction(p, q) * (q * s.x), p * s.x


each_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)


@cache
def stated(law: Law, p: int, q: int) -> Sides:
    return law(SYMBOLIC, p, q)


def entries(size: int) -> st.SearchStrategy[list[int]]:
    """Numbers from −9 to 9, drawn all at once, which takes a fraction of the time."""
    drawn = st.binary(min_size=size, max_size=size)
    return drawn.map(lambda numbers: [(number + 9) % 19 - 9 for number in numbers])


@each_law
@given(data=st.data())
def test_at_random_data(law: Law, data: st.DataObject) -> None:
    factors = st.integers(1, 4)
    left, right = stated(law, data.draw(factors, "p"), data.draw(factors, "q"))
    numbers = {
        symbol: data.draw(st.integers(int(bool(symbol.is_positive)), 6), str(symbol))
        if symbol.is_nonnegative
        else data.draw(st.integers(-6, 6), str(symbol))
        for symbol in symbols_in(left, right).values()
    }
    signals = {
        name: data.draw(entries(size), name)
        for name, leaf in leaves(left, right).items()
        for size in [leaf.sizes[0].at(numbers)]
    }

    def read(side: SignalExpr) -> list[object]:
        return side.evaluate(  # type: ignore[no-any-return]  # of one axis
            **{name: signals[name] for name in leaves(side)},
            **{name: numbers[symbol] for name, symbol in symbols_in(side).items()},
        )

    assert read(left) == read(right)


@each_law
@pytest.mark.parametrize(("p", "q"), [(1, 1), (2, 3), (3, 2), (4, 4)])
def test_for_all_lengths(law: Law, p: int, q: int) -> None:
    verdict = Claim(*law(SYMBOLIC, p, q)).prove()
    assert isinstance(verdict, Proved), verdict
    assert verdict.scope == "all lengths"


# --- continued ends ------------------------------------------------------------------

ExtensionLaw = Callable[[Letters, Extension], Sides]
EXTENSION_LAWS: dict[str, ExtensionLaw] = {
    "flip": lambda s, mode: (
        s.x.pad(s.l, s.r, mode).flip(),
        s.x.flip().pad(s.r, s.l, mode),
    ),
    "a crop undoes it": lambda s, mode: (s.x.pad(s.l, s.r, mode).pad(-s.l, -s.r), s.x),
    "a crop undoes part of it": lambda s, mode: (
        s.x.pad(s.l + 1, s.r + 2, mode).pad(-1, -2),
        s.x.pad(s.l, s.r, mode).pad(0, 0),
    ),
    "linear": lambda s, mode: (
        (2 * s.x - s.y).pad(s.l, s.r, mode),
        2 * s.x.pad(s.l, s.r, mode) - s.y.pad(s.l, s.r, mode),
    ),
    "multiplicative": lambda s, mode: (
        s.x.multiply(s.y).pad(s.l, s.r, mode),
        s.x.pad(s.l, s.r, mode).multiply(s.y.pad(s.l, s.r, mode)),
    ),
    "ones stay ones": lambda s, mode: (
        Signal.ones(s.n).pad(s.l, s.r, mode),
        Signal.ones(s.n + s.l + s.r),
    ),
}


@pytest.mark.parametrize("mode", get_args(Extension))
@pytest.mark.parametrize("name", EXTENSION_LAWS)
def test_extensions(name: str, mode: Extension) -> None:
    sides = EXTENSION_LAWS[name](SYMBOLIC, mode)
    assert isinstance(Claim(*sides, given=enough_entries(*sides)).prove(), Proved)


@pytest.mark.parametrize("mode", ["reflect", "symmetric", "replicate"])
def test_the_two_ends_are_independent(mode: Extension) -> None:
    s = SYMBOLIC
    sides = s.x.pad(s.l, s.r, mode), s.x.pad(s.l, 0, mode).pad(0, s.r, mode)
    assert isinstance(Claim(*sides, given=enough_entries(*sides)).prove(), Proved)


def test_the_ends_of_a_circle_are_not() -> None:
    s = SYMBOLIC
    sides = s.x.pad(1, 1, "circular"), s.x.pad(1, 0, "circular").pad(0, 1, "circular")
    verdict = Claim(*sides, given=enough_entries(*sides)).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"n": 2}
    assert s.k.pad(0, s.c, "circular").vector(c=2) == 2 * s.k.vector(c=2)


def test_a_circular_layer_commutes_with_a_shift() -> None:
    s = SYMBOLIC

    def shifted(signal: SignalExpr) -> SignalExpr:
        return signal.pad(1, 0, "circular").pad(0, -1)

    def layer(signal: SignalExpr) -> SignalExpr:
        return signal.pad(0, 2, "circular").correlate(Signal.taps(3, -1, 5))

    sides = layer(shifted(s.x)), shifted(layer(s.x))
    assert isinstance(Claim(*sides, given=[s.n >= 2]).prove(), Proved)


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_polyphase(factor: int) -> None:
    # Phase 0 of a convolution: the products of phases whose numbers add up to 0 or the factor.
    s = SYMBOLIC
    x, k = s.g.phases(factor), s.k.phases(factor)
    size = s.g.convolve(s.k).downsample(factor).length
    parts = [x[0].convolve(k[0])]
    parts += [x[i].convolve(k[factor - i]) for i in range(1, factor)]
    padded = [
        part.pad(first, size - first - part.length)
        for first, part in zip([0] + [1] * factor, parts, strict=False)
    ]
    claim = Claim(s.g.convolve(s.k).downsample(factor), reduce(add, padded))
    assert isinstance(claim.prove(), Proved)


# --- what sounds like a law and is not one -------------------------------------------


def _with_empty_signal(s: Letters) -> Sides:
    return s.x.pad(1, 0).convolve(s.k), s.x.convolve(s.k).pad(1, 0)


def _crop_then_zeros(s: Letters) -> Sides:
    return s.x.pad(0, -1).pad(0, 1), s.x


def _wrong_order(s: Letters) -> Sides:
    return s.x.downsample(2).dilate(2), s.x.dilate(2).downsample(2)


def _not_coprime(s: Letters) -> Sides:
    return s.x.dilate(2).downsample(2), s.x.downsample(2).dilate(2)


def _flipped_before_downsampling(s: Letters) -> Sides:
    return s.x.downsample(2).flip(), s.x.flip().downsample(2)


def _layer_unflipped(s: Letters) -> Sides:
    return s.x.correlate(s.k), s.x.convolve(s.k).pad(1 - s.c, 1 - s.c)


def _ones_padded_on_the_other_side(s: Letters) -> Sides:
    # Only the zeros of the kernel tell its two ends apart.
    kernel = Signal.ones(s.c).pad(s.l, 2)
    return s.x.correlate(kernel, dilation=2), s.x.correlate(kernel.flip(), dilation=2)


def _flipped_between_zeros(s: Letters) -> Sides:
    spread = s.x.downsample(3).dilate(3)
    square = s.g.multiply(s.g.flip())
    return spread.convolve(square), spread.flip().convolve(square)


@pytest.mark.parametrize(
    ("sides", "lengths"),
    [
        # Zeros before nothing are one zero; convolved with k they are c zeros, not 1.
        (_with_empty_signal, {"c": 2, "n": 0}),
        (_crop_then_zeros, {"n": 0}),
        (_wrong_order, {"n": 2}),
        (_not_coprime, {"n": 2}),
        (_flipped_before_downsampling, {"n": 2}),
        (_layer_unflipped, {"c": 2, "n": 2}),
        (_ones_padded_on_the_other_side, {"c": 1, "l": 0, "n": 5}),
        (_flipped_between_zeros, {"d": 1, "n": 4}),
    ],
)
def test_not_a_law(sides: Callable[[Letters], Sides], lengths: dict[str, int]) -> None:
    claim = Claim(*sides(SYMBOLIC))
    verdict = claim.prove()
    assert isinstance(verdict, Refuted), verdict
    assert verdict.counterexample.lengths == lengths
    assert not claim.at(**lengths).holds
    smaller = {name: size - 1 for name, size in lengths.items() if size > (name in "cd")}
    for name, size in smaller.items():
        assert claim.at(**{**lengths, name: size}).holds


# --- laws of lengths -----------------------------------------------------------------

n, c = SYMBOLIC.n, SYMBOLIC.c


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (n, n),
        (SYMBOLIC.x.length, n),
        (SYMBOLIC.x.pad(1, 1).length, n + 2),
        (SYMBOLIC.x.downsample(3).length, ceiling(n / 3)),
        (SYMBOLIC.k.dilate(4).length, 4 * c - 3),
        (SYMBOLIC.k.convolve(SYMBOLIC.k.dilate(2)).length, 3 * c - 2),
        (floor(floor(n / 2) / 3), floor(n / 6)),
        (ceiling(n / 2) + floor(n / 2), n),
        (4 * floor(n / 4) + Mod(n, 4), n),
        (floor((n + 1) / 2), ceiling(n / 2)),
    ],
    ids=str,
)
def test_lengths(lhs: Expr, rhs: Expr) -> None:
    verdict = Claim(lhs, rhs).prove()
    assert isinstance(verdict, Proved), verdict


@pytest.mark.parametrize(
    ("lhs", "rhs", "smallest"),
    [
        (n, c, {"c": 1, "n": 0}),
        (n, n + 1, {"n": 0}),
        (n / 2, floor(n / 2), {"n": 1}),
        # Mod takes fractions: 1/2 mod 2 is 1/2, and 1 mod 3/2 is 1.
        (Mod(n / 2, 2), Mod(floor(n / 2), 2), {"n": 1}),
        (Mod(n, Rational(3, 2)), Integer(0), {"n": 1}),
    ],
    ids=str,
)
def test_different_lengths(lhs: Expr, rhs: Expr, smallest: dict[str, int]) -> None:
    verdict = Claim(lhs, rhs).prove()
    assert isinstance(verdict, Refuted), verdict
    assert verdict.counterexample.lengths == smallest


def test_conditions_with_the_remainder_of_a_fraction() -> None:
    # n/2 is an even number exactly when 4 divides n; for an odd n it is no integer at all.
    claim = Claim(Eq(Mod(n / 2, 2), 0), Eq(Mod(n, 4), 0))
    assert isinstance(claim.prove(), Proved)

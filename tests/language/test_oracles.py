"""NumPy and SciPy as oracles for every operator, and a check that the comparison can fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from sympy import Not

from symconv import Claim, Proved, Refuted, Signal, SignalExpr
from symconv.language.graph import leaves
from symconv.language.operators import Extension
from tests.generators.cases import SYMBOLIC
from tests.oracles import brute_force
from tests.oracles.scopes import within

Array = NDArray[Any]

x, h, k, g = SYMBOLIC.x, SYMBOLIC.h, SYMBOLIC.k, SYMBOLIC.g


def agrees(ours: Sequence[object], oracle: Array) -> bool:
    """Whether all entries and their number are the same, exactly."""
    return oracle.ndim == 1 and len(ours) == len(oracle) and list(ours) == oracle.tolist()


def arrays(smallest: int = 0, largest: int = 12) -> st.SearchStrategy[Array]:
    # The oracles compute in floats: these integers stay exact there.
    entries = st.lists(st.integers(-99, 99), min_size=smallest, max_size=largest)
    return entries.map(lambda values: np.array(values, dtype=np.int64))


factors = st.integers(1, 5)
amounts = st.integers(0, 4)
empty = np.array([], dtype=np.int64)


def windows(values: Array, size: int, dilation: int = 1) -> Array:
    """The windows that a layer reads, one in each row; none for a short input."""
    reach = dilation * (size - 1) + 1
    if len(values) < reach:
        return np.empty((0, size), dtype=np.int64)
    rows: Array = sliding_window_view(values, reach)[:, ::dilation]
    return rows


@given(arrays(1), arrays(1))
def test_convolve(a: Array, b: Array) -> None:
    ours = x.convolve(h).evaluate(x=a, h=b)
    assert agrees(ours, np.convolve(a, b))
    assert agrees(ours, scipy.signal.convolve(a, b, method="direct"))


@given(arrays())
def test_convolve_with_nothing(a: Array) -> None:
    # NumPy refuses empty arrays; the polynomial of no coefficients is 0 and absorbs the other.
    assert agrees(x.convolve(h).evaluate(x=a, h=empty), empty)


@given(arrays(1), arrays(1, 5))
def test_correlate(a: Array, b: Array) -> None:
    # NumPy exchanges the two where the kernel is the longer one.
    oracle = np.correlate(a, b, "valid") if len(a) >= len(b) else empty
    assert agrees(x.correlate(k).evaluate(x=a, k=b), oracle)


@given(arrays(), arrays(1, 5), factors, factors)
def test_layer(a: Array, b: Array, stride: int, dilation: int) -> None:
    ours = x.correlate(k, stride=stride, dilation=dilation).evaluate(x=a, k=b)
    assert agrees(ours, (windows(a, len(b), dilation) @ b)[::stride])


@given(arrays(), arrays(1, 4), arrays(1, 4), factors, factors)
def test_two_layers(a: Array, b: Array, c: Array, first: int, second: int) -> None:
    inner = (windows(a, len(b)) @ b)[::first]
    outer = (windows(inner, len(c)) @ c)[::second]
    ours = x.correlate(k, stride=first).correlate(g, stride=second)
    assert agrees(ours.evaluate(x=a, k=b, g=c), outer)
    once = x.correlate(k.convolve(g.dilate(first)), stride=first * second)
    assert agrees(once.evaluate(x=a, k=b, g=c), outer)


@given(arrays(), arrays(1, 4), amounts, amounts, factors)
def test_padding_before_each_layer(a: Array, b: Array, left: int, right: int, stride: int) -> None:
    oracle = a
    ours: SignalExpr = x
    for _ in range(2):
        oracle = (windows(np.pad(oracle, (left, right)), len(b)) @ b)[::stride]
        ours = ours.pad(left, right).correlate(k, stride=stride)
    assert agrees(ours.evaluate(x=a, k=b), oracle)


@given(arrays(1), arrays(1, 6), factors, factors)
def test_upfirdn(a: Array, b: Array, up: int, down: int) -> None:
    ours = x.dilate(up).convolve(k).downsample(down).evaluate(x=a, k=b)
    assert agrees(ours, scipy.signal.upfirdn(b, a, up, down))


@given(arrays(), amounts, amounts)
def test_pad(a: Array, left: int, right: int) -> None:
    assert agrees(x.pad(left, right).evaluate(x=a), np.pad(a, (left, right)))


@given(arrays(), amounts, amounts)
def test_crop(a: Array, left: int, right: int) -> None:
    oracle = a[left : max(left, len(a) - right)]
    assert agrees(x.pad(-left, -right).evaluate(x=a), oracle)


@given(arrays(), st.integers(-5, 5), st.integers(-5, 5))
def test_pad_and_crop(a: Array, left: int, right: int) -> None:
    # Enough zeros around the signal, of which a slice is taken.
    margin = 20
    start = margin - left
    size = max(0, len(a) + left + right)
    oracle = np.pad(a, (margin, margin))[start : start + size]
    assert agrees(x.pad(left, right).evaluate(x=a), oracle)


@given(arrays(), factors)
def test_slices(a: Array, factor: int) -> None:
    assert agrees(x.flip().evaluate(x=a), a[::-1])
    assert agrees(x.downsample(factor).evaluate(x=a), a[::factor])
    spread = np.zeros(max(0, factor * (len(a) - 1) + 1), dtype=np.int64)
    spread[::factor] = a
    assert agrees(x.dilate(factor).evaluate(x=a), spread)


@given(arrays(), st.integers(-9, 9))
def test_sums(a: Array, number: int) -> None:
    ours = (x - number * x.flip() + x).evaluate(x=a)
    assert agrees(ours, a - number * a[::-1] + a)


# --- known taps, continued ends, entrywise products ----------------------------------

# What NumPy calls the ways in which a signal continues.
MODES: dict[Extension, Any] = {
    "reflect": "reflect",
    "symmetric": "symmetric",
    "replicate": "edge",
    "circular": "wrap",
}


@given(arrays(1), amounts, amounts, st.sampled_from(list(MODES)))
def test_extend(a: Array, left: int, right: int, mode: Extension) -> None:
    most = {"reflect": len(a) - 1, "replicate": 9}.get(mode, len(a))
    left, right = min(left, most), min(right, most)
    ours = x.pad(SYMBOLIC.l, SYMBOLIC.r, mode)
    oracle = np.pad(a, (left, right), mode=MODES[mode])
    assert agrees(ours.evaluate(x=a, l=left, r=right), oracle)
    numbers = x.pad(left, right, mode)
    assert agrees(numbers.evaluate(x=a), oracle)
    assert agrees(brute(numbers, x=a), oracle)


@given(arrays(), arrays(1, 5), factors, factors)
def test_known_taps(a: Array, b: Array, stride: int, dilation: int) -> None:
    ours = x.correlate(Signal.taps(*b.tolist()), stride=stride, dilation=dilation)
    assert agrees(ours.evaluate(x=a), (windows(a, len(b), dilation) @ b)[::stride])
    assert agrees(brute(ours, x=a), (windows(a, len(b), dilation) @ b)[::stride])
    assert agrees(Signal.taps(*b.tolist()).evaluate(), b)


@given(arrays(), st.integers(-9, 9))
def test_products(a: Array, number: int) -> None:
    ours = x.multiply(number * x.flip()).multiply(x)
    assert agrees(ours.evaluate(x=a), a * (number * a[::-1]) * a)
    assert agrees(brute(ours, x=a), a * (number * a[::-1]) * a)


# --- layers that frameworks call by name ---------------------------------------------


def transposed(
    a: Array, b: Array, stride: int, dilation: int, padding: int, output_padding: int
) -> Array:
    """A transposed layer by its definition: each entry adds a multiple of the kernel."""
    size = (len(a) - 1) * stride + dilation * (len(b) - 1) + 1 + output_padding
    full = np.zeros(size, dtype=np.int64)
    for u, entry in enumerate(a):
        for j, tap in enumerate(b):
            full[stride * u + dilation * j] += entry * tap
    return full[padding : max(padding, size - padding)]


@given(arrays(1, 6), arrays(1, 4), factors, factors, st.integers(0, 3), st.integers(0, 2))
def test_conv_transpose(
    a: Array, b: Array, stride: int, dilation: int, padding: int, output_padding: int
) -> None:
    ours = x.conv_transpose(
        k, stride=stride, dilation=dilation, padding=padding, output_padding=output_padding
    )
    oracle = transposed(a, b, stride, dilation, padding, output_padding)
    assert agrees(ours.evaluate(x=a, k=b), oracle)
    assert agrees(brute(ours, x=a, k=b), oracle)
    if dilation == 1 and padding == output_padding == 0:
        assert agrees(ours.evaluate(x=a, k=b), scipy.signal.upfirdn(b, a, stride))


@given(arrays(0, 6), arrays(1, 6), arrays(1, 3), factors)
def test_a_transposed_layer_is_the_transpose(a: Array, b: Array, c: Array, stride: int) -> None:
    # ⟨layer(b), y⟩ = ⟨b, transposed layer(y)⟩ for the y that fit.
    layer = (windows(b, len(c)) @ c)[::stride]
    y = np.resize(a, len(layer)) if len(a) else np.ones(len(layer), dtype=np.int64)
    back = x.conv_transpose(k, stride=stride).evaluate(x=y, k=c)
    assert len(back) <= len(b)
    assert int(layer @ y) == sum(int(one) * other for one, other in zip(b, back, strict=False))


@given(arrays(1), st.integers(1, 5), factors, factors)
def test_pad_same(a: Array, size: int, stride: int, dilation: int) -> None:
    # TensorFlow: ⌈n/s⌉ outputs; the padding that this takes, the odd zero on the right.
    outputs = -(-len(a) // stride)
    total = max((outputs - 1) * stride + dilation * (size - 1) + 1 - len(a), 0)
    oracle = np.pad(a, (total // 2, total - total // 2))
    ours = x.pad_same(size, stride=stride, dilation=dilation)
    assert agrees(ours.evaluate(x=a), oracle)
    assert agrees(brute(ours, x=a), oracle)
    symbolic = x.pad_same(SYMBOLIC.c, stride=stride, dilation=dilation)
    assert agrees(symbolic.evaluate(x=a, c=size), oracle)
    taps = Signal.ones(size)
    layer = ours.correlate(taps, stride=stride, dilation=dilation)
    assert len(layer.evaluate(x=a)) == outputs


@given(arrays(), st.integers(1, 4), factors, st.integers(0, 2), st.booleans())
def test_avg_pool(a: Array, size: int, stride: int, padding: int, count: bool) -> None:
    padded = np.pad(a, padding)
    inside = np.pad(np.ones_like(a), padding)
    sums = windows(padded, size).sum(axis=1)[::stride]
    sizes = windows(inside, size).sum(axis=1)[::stride]
    ours = x.avg_pool(size, stride=stride, padding=padding, count_include_pad=count)
    oracle = [
        Fraction(int(total), size if count else max(1, int(entries)))
        for total, entries in zip(sums, sizes, strict=True)
    ]
    assert ours.evaluate(x=a) == oracle
    assert brute(ours, x=a) == oracle


@given(arrays(), st.integers(1, 3))
def test_phases(a: Array, factor: int) -> None:
    phases = x.phases(factor)
    for r, phase in enumerate(phases):
        assert agrees(phase.evaluate(x=a), a[r::factor])
    assert agrees(Signal.interleave(*phases).evaluate(x=a), a)


@given(arrays(1), st.integers(-9, 9))
def test_add_bias(a: Array, bias: int) -> None:
    ours = x.add_bias(Signal("bias", 1))
    assert agrees(ours.evaluate(x=a, bias=[bias]), a + bias)
    assert agrees(brute(ours, x=a, bias=[bias]), a + bias)
    computed = x.add_bias(Signal("bias", 2).correlate(Signal.taps(2, -1)))
    assert agrees(computed.evaluate(x=a, bias=[bias, 1]), a + 2 * bias - 1)


def brute(signal: SignalExpr, **data: Any) -> list[Any]:
    """What the verdicts are held against, at the same data."""
    names = leaves(signal)
    lengths = {str(names[name].sizes[0]): len(values) for name, values in data.items()}
    return brute_force.evaluate(signal, lengths, lambda name, i: int(data[name][i]))


def test_wrong_extensions_and_layers_are_seen() -> None:
    # Each reading differs from the oracles of all other modes, offsets and paddings.
    a, b = np.array([1, 2, 3, 5, 8]), np.array([1, -2, 4])
    for mode, name in MODES.items():
        oracle = np.pad(a, (2, 1), mode=name)
        assert agrees(x.pad(2, 1, mode).evaluate(x=a), oracle)
        others: list[SignalExpr] = [x.pad(2, 1, other) for other in MODES if other != mode]
        others += [x.pad(1, 2, mode), x.pad(2, 1), x.flip().pad(2, 1, mode), x.pad(2, 2, mode)]
        for wrong in others:
            assert not agrees(wrong.evaluate(x=a), oracle), wrong
            assert not agrees(brute(wrong, x=a), oracle), wrong
    oracle = transposed(a, b, 2, 1, 1, 1)
    for wrong in (
        x.conv_transpose(k, stride=2, padding=1),
        x.conv_transpose(k.flip(), stride=2, padding=1, output_padding=1),
        x.conv_transpose(k, stride=2, output_padding=1),
        x.conv_transpose(k, stride=2, dilation=2, padding=1, output_padding=1),
        x.conv_transpose(k, padding=1, output_padding=1),
    ):
        assert not agrees(wrong.evaluate(x=a, k=b), oracle), wrong
        assert not agrees(brute(wrong, x=a, k=b), oracle), wrong
    assert not agrees(x.pad_same(4).evaluate(x=a), np.pad(a, (2, 1)))
    assert not agrees(x.downsample(2, offset=1).evaluate(x=a), a[::2])
    assert not agrees(x.multiply(x).evaluate(x=a), a + a)


# --- verdicts -------------------------------------------------------------------------

TRUE = {
    "taps": Claim(x.convolve(Signal.taps(1, 1)), x.pad(1, 0) + x.pad(0, 1), given=[SYMBOLIC.n > 0]),
    "extend": Claim(k.pad(1, 0, "symmetric").flip(), k.flip().pad(0, 1, "symmetric")),
    "multiply": Claim(x.multiply(x.flip()), x.multiply(x.flip()).flip()),
    "transposed": Claim(
        k.conv_transpose(g, stride=2).flip(), k.flip().conv_transpose(g.flip(), stride=2)
    ),
}
FALSE = {
    "taps": Claim(x.convolve(Signal.taps(1, 2)), x.pad(1, 0) + x.pad(0, 1), given=[SYMBOLIC.n > 0]),
    "extend": Claim(k.pad(1, 0, "replicate").flip(), k.flip().pad(1, 0, "replicate")),
    "multiply": Claim(x.multiply(x.flip()), x.multiply(x)),
    "transposed": Claim(k.conv_transpose(g, stride=2), k.conv_transpose(g.flip(), stride=2)),
}


@pytest.mark.parametrize("name", TRUE)
def test_a_wrong_verdict_is_seen(name: str) -> None:
    claim, wrong = TRUE[name], FALSE[name]
    proved, refuted = claim.prove(), wrong.prove()
    assert isinstance(proved, Proved)
    assert isinstance(refuted, Refuted)
    brute_force.check_verdict(claim, proved, 7)
    brute_force.check_verdict(wrong, refuted, 7)
    with pytest.raises(AssertionError, match="but it fails at"):
        brute_force.check_verdict(wrong, proved, 7)
    with pytest.raises(AssertionError):
        brute_force.check_verdict(claim, refuted, 7)
    found = refuted.counterexample
    larger = {name: size + 1 for name, size in found.lengths.items()}
    for changed in (
        replace(found, lengths=larger),
        replace(found, lhs=found.rhs, rhs=found.lhs),
        replace(found, index=7),
    ):
        with pytest.raises((AssertionError, IndexError)):
            brute_force.check_verdict(wrong, replace(refuted, counterexample=changed), 7)


@pytest.mark.parametrize("name", TRUE)
def test_a_wrong_condition_is_seen(name: str) -> None:
    claim, wrong = TRUE[name], FALSE[name]
    always, sometimes = brute_force.check_condition(claim, 7), brute_force.check_condition(wrong, 7)
    assert always == True  # noqa: E712
    for pair in ((claim, sometimes), (wrong, always), (claim, Not(always))):
        with pytest.raises(AssertionError, match="is wrong at"):
            brute_force.compare_condition(*pair, 7)


def test_a_scope_is_understood_or_refused() -> None:
    assert within("all lengths")({"s": 9})
    inside = within("s1, s2 from 1 to 8, t from -2 to 2, and all other lengths")
    assert inside({"s1": 8, "s2": 1, "t": -2, "n": 99})
    assert not inside({"s1": 8, "s2": 9, "t": 0, "n": 1})
    assert not inside({"s1": 8, "s2": 8, "t": -3, "n": 1})
    with pytest.raises(ValueError, match="neither everything nor bounds"):
        within("most lengths")


# --- the comparison itself -----------------------------------------------------------

RIGHT = np.array([3, 0, -1, 4, 0], dtype=np.int64)


def test_agrees() -> None:
    assert agrees([3, 0, -1, 4, 0], RIGHT)
    assert agrees([3, 0, -1, 4, 0], RIGHT.astype(float))
    assert agrees([], empty)


@pytest.mark.parametrize("position", range(len(RIGHT)))
@pytest.mark.parametrize("change", [1, -1, 1e-9])
def test_a_changed_entry_is_seen(position: int, change: float) -> None:
    wrong: list[float] = RIGHT.tolist()
    wrong[position] += change
    assert not agrees(wrong, RIGHT)


@pytest.mark.parametrize(
    "wrong",
    [
        [3, 0, -1, 4],  # the last zero is missing
        [3, 0, -1, 4, 0, 0],  # one zero too many
        [0, 3, 0, -1, 4],  # off by one
        [0, -1, 4, 0, 3],  # off by one, cyclically
        [0, 4, -1, 0, 3],  # flipped
        [-3, 0, 1, -4, 0],
        [3],  # would broadcast
        [],
        [3, 0, float("nan"), 4, 0],
        ["3", "0", "-1", "4", "0"],
        [[3], [0], [-1], [4], [0]],
    ],
    ids=str,
)
def test_a_wrong_answer_is_seen(wrong: list[object]) -> None:
    assert not agrees(wrong, RIGHT)


@pytest.mark.parametrize("wrong", [RIGHT.reshape(1, 5), RIGHT.reshape(5, 1), np.array(3)])
def test_an_oracle_of_another_shape_is_seen(wrong: Array) -> None:
    assert not agrees(RIGHT.tolist(), wrong)


def test_nothing_is_not_a_zero() -> None:
    assert not agrees([0], empty)
    assert not agrees([], np.zeros(1))
    assert not agrees([0], np.array([np.nan]))


def test_wrong_operators_are_seen() -> None:
    # Whole operators that differ in a detail, at data that show it.
    a, b = np.array([1, 2, 3, 5, 8, 13]), np.array([1, -2, 4])
    layer = (windows(a, 3) @ b)[::2]
    assert agrees(x.correlate(k, stride=2).evaluate(x=a, k=b), layer)
    for wrong in (
        x.correlate(k.flip(), stride=2),
        x.correlate(k, stride=3),
        x.correlate(k, stride=2, dilation=2),
        x.pad(1, 0).correlate(k, stride=2),
        x.pad(-1, 0).correlate(k, stride=2),
        x.correlate(k),
        x.convolve(k),
    ):
        assert not agrees(wrong.evaluate(x=a, k=b), layer), wrong

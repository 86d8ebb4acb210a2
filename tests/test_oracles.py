"""NumPy and SciPy as oracles for every operator, and a check that the comparison can fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from symconv import SignalExpr
from tests.cases import SYMBOLIC

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

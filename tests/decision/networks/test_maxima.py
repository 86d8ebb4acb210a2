"""Claims about max pools and maxima: which entries are looked at, by brute force."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from symconv import (
    Claim,
    Pointwise,
    Proved,
    Refuted,
    Signal,
    SignalExpr,
    Tensor,
    concatenate,
    integers,
    maximum,
)
from tests.decision.networks.test_node_by_node import FUNCTIONS, RISING, is_proved, is_refuted

n, m, s, c, k, H, W = integers("n m s c k H W", positive=True)
x, y, z, w = Signal("x", n), Signal("y", n), Signal("z", n), Signal("w", m)
image = Tensor("X", (H, W))
f = Pointwise("f")

Pool = tuple[int, int, int]
"""The size of a window, the stride, and the dilation."""


# --- one after the other -----------------------------------------------------------------


def pooled(signal: SignalExpr, *pools: Pool) -> SignalExpr:
    for size, stride, dilation in pools:
        signal = signal.max_pool(size, stride=stride, dilation=dilation)
    return signal


def seen(*pools: Pool) -> tuple[frozenset[int], int, int]:
    """The places of the first output, from which place to which the next one, and the reach."""
    places, step, reach = {0}, 1, 1
    for size, stride, dilation in pools:
        reach += step * dilation * (size - 1)
        places = {p + step * dilation * j for p in places for j in range(size)}
        step *= stride
    return frozenset(places), step, reach


def agree(left: tuple[Pool, ...], right: tuple[Pool, ...]) -> bool:
    """Whether pools see the same places at every length, which has all that one is refuted by."""
    (ours, step, reach), (others, other_step, other_reach) = seen(*left), seen(*right)
    first = max(reach, other_reach)
    for length in range(first + 3 * max(step, other_step) + 1):
        counts = [
            max(0, (length - r) // t + 1) for r, t in ((reach, step), (other_reach, other_step))
        ]
        if counts[0] != counts[1]:
            return False
        for u in range(counts[0]):
            if {p + step * u for p in ours} != {p + other_step * u for p in others}:
                return False
    return True


NUMBERS = (1, 2, 3)
EVERY: list[Pool] = list(product(NUMBERS, NUMBERS, NUMBERS))


def stacks() -> Iterator[tuple[tuple[Pool, ...], tuple[Pool, ...]]]:
    """Two pools, and one that sees as far."""
    for first, second in product(EVERY, EVERY):
        _, step, reach = seen(first, second)
        yield (first, second), ((reach, step, 1),)


STACKS = sorted(random.Random("stacks").sample(list(stacks()), 120))


@pytest.mark.parametrize("part", range(4))
def test_two_pools_are_one_where_no_place_is_left_out(part: int) -> None:
    outcomes = set()
    for left, right in STACKS[part::4]:
        verdict = Claim(pooled(x, *left), pooled(x, *right)).prove()
        assert isinstance(verdict, Proved if agree(left, right) else Refuted), (left, right)
        outcomes.add(type(verdict))
    assert outcomes == {Proved, Refuted}


ORDERS = sorted(random.Random("orders").sample(list(product(EVERY, EVERY)), 60))


@pytest.mark.parametrize("part", range(2))
def test_pools_in_another_order(part: int) -> None:
    for first, second in ORDERS[part::2]:
        verdict = Claim(pooled(x, first, second), pooled(x, second, first)).prove()
        right = Proved if agree((first, second), (second, first)) else Refuted
        assert isinstance(verdict, right), (first, second)


@pytest.mark.parametrize("first", range(1, 6))
@pytest.mark.parametrize("second", range(1, 6))
def test_pools_of_stride_one_and_padding(first: int, second: int) -> None:
    """Windows of a + b − 1, padded by the sum of the paddings, at lengths of every size."""
    one = x.max_pool(first, stride=1, padding=(((first - 1) // 2, first // 2),))
    two = one.max_pool(second, stride=1, padding=(((second - 1) // 2, second // 2),))
    left, right = (first - 1) // 2 + (second - 1) // 2, first // 2 + second // 2
    assert is_proved(Claim(two, x.max_pool(first + second - 1, stride=1, padding=((left, right),))))


def test_known_stacks() -> None:
    five = x.max_pool(5, stride=1, padding=2)
    five = five.max_pool(5, stride=1, padding=2).max_pool(5, stride=1, padding=2)
    assert is_proved(Claim(five, x.max_pool(13, stride=1, padding=6)))
    assert is_refuted(Claim(five, x.max_pool(15, stride=1, padding=7)))
    two = x.max_pool(3, stride=2).max_pool(3, stride=2)
    assert is_proved(Claim(two, x.max_pool(7, stride=4)))
    assert is_refuted(Claim(two, x.max_pool(5, stride=4)))
    assert is_refuted(Claim(two, x.max_pool(7, stride=2)))
    gaps = x.max_pool(2, stride=1).max_pool(3, stride=1, dilation=2)
    assert is_proved(Claim(gaps, x.max_pool(6, stride=1)))
    assert is_refuted(Claim(x.max_pool(2, stride=3).max_pool(2, stride=1), x.max_pool(5, stride=3)))


# --- the same entries by other operators ---------------------------------------------------


def test_pools_by_other_operators() -> None:
    assert is_proved(Claim(x.max_pool(2, stride=1), maximum(x[:-1], x[1:])))
    assert is_proved(Claim(x.max_pool(3, stride=s), x.max_pool(3, stride=1).downsample(s)))
    windows = x.windows(3, stride=2)
    assert is_proved(Claim(x.max_pool(3, stride=2), windows.max(axis=1)))
    assert is_proved(Claim(x.flip().max_pool(3, stride=1), x.max_pool(3, stride=1).flip()))
    assert is_refuted(Claim(x.flip().max_pool(3, stride=2), x.max_pool(3, stride=2).flip()))
    assert is_refuted(Claim(x.max_pool(3, stride=2), windows[:, :2].max(axis=1)))
    both = image.max_pool((2, 3), stride=1)
    assert is_proved(Claim(both, image.max_pool(3, stride=1, axes=1).max_pool(2, stride=1, axes=0)))
    rows = Tensor("Y", (3, W))
    assert is_proved(Claim(rows.max(), rows.rearrange("h w -> (w h)").max()))
    assert is_proved(Claim(image.max(axis=0).max(), image.max(axis=1).max()))


def test_maxima_are_associative_and_commutative() -> None:
    assert is_proved(Claim(maximum(x, y), maximum(y, x)))
    assert is_proved(Claim(maximum(maximum(x, y), z), maximum(x, maximum(z, y))))
    assert is_proved(Claim(maximum(x, x), x))
    assert is_proved(Claim(maximum(maximum(x, y), x), maximum(y, x)))
    assert is_refuted(Claim(maximum(x, y), x))
    assert is_refuted(Claim(maximum(x, y), x + y))
    assert is_refuted(Claim(maximum(maximum(x, y), z), maximum(x, z)))


def test_what_moves_entries_is_exchanged_with_maxima() -> None:
    assert is_proved(Claim(maximum(x, y).flip(), maximum(x.flip(), y.flip())))
    assert is_proved(Claim(maximum(x, y).pad(1, 0), maximum(x.pad(1, 0), y.pad(1, 0))))
    assert is_refuted(Claim(maximum(x, y).pad(1, 0), maximum(x.pad(1, 0), y.pad(0, 1))))
    rows = concatenate([image, image.flip(axis=1)])
    assert is_proved(
        Claim(
            rows.max_pool(2, stride=1, axes=1),
            concatenate(
                [
                    image.max_pool(2, stride=1, axes=1),
                    image.max_pool(2, stride=1, axes=1).flip(axis=1),
                ]
            ),
        )
    )
    joined = concatenate([x, w]).max_pool(2, stride=1)
    assert is_refuted(
        Claim(
            joined,
            concatenate([x.max_pool(2, stride=1), w.max_pool(2, stride=1)]).pad(0, 1),
        )
    )


# --- functions and maxima --------------------------------------------------------------------

EXCHANGES: dict[str, Callable[[Callable[[Any], Any]], tuple[SignalExpr, SignalExpr]]] = {
    "pool": lambda a: (a(x.max_pool(2, stride=1)), a(x).max_pool(2, stride=1)),
    "padded": lambda a: (
        a(x.max_pool(3, stride=2, padding=1)),
        a(x).max_pool(3, stride=2, padding=1),
    ),
    "maximum": lambda a: (a(maximum(x, y)), maximum(a(x), a(y))),
    "along an axis": lambda a: (a(image.max(axis=1)), a(image).max(axis=1)),
    "stride": lambda a: (a(x.max_pool(c, stride=s)), a(x).max_pool(c, stride=s)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("exchange", EXCHANGES)
def test_functions_that_rise_are_exchanged_with_maxima(name: str, exchange: str) -> None:
    claim = Claim(*EXCHANGES[exchange](FUNCTIONS[name]))
    assert is_proved(claim) if name in RISING else is_refuted(claim)


def test_slopes() -> None:
    for slope in (0, Fraction(1, 10), 1, 2, -1, Fraction(-1, 10)):
        claim = Claim(
            x.leaky_relu(slope).max_pool(2, stride=1), x.max_pool(2, stride=1).leaky_relu(slope)
        )
        assert is_proved(claim) if slope >= 0 else is_refuted(claim)


def test_padding_of_what_is_nowhere_negative() -> None:
    """Zeros beside an entry of a ReLU change no maximum; beside other entries they do."""
    for function in ("relu", "relu6"):
        tensor = getattr(x, function)()
        padded = tensor.pad(1, 1).max_pool(3, stride=1)
        assert is_proved(Claim(padded, tensor.max_pool(3, stride=1, padding=1)))
    zero = x.relu().pad(1, 1).max_pool(3, stride=1)
    assert is_proved(Claim(zero, x.max_pool(3, stride=1, padding=1).relu()))
    assert is_refuted(Claim(x.pad(1, 1).max_pool(3, stride=1), x.max_pool(3, stride=1, padding=1)))
    tanh = x.tanh()
    assert is_refuted(
        Claim(tanh.pad(1, 1).max_pool(3, stride=1), tanh.max_pool(3, stride=1, padding=1))
    )
    leaky = x.leaky_relu(Fraction(-1, 2))
    assert is_proved(
        Claim(leaky.pad(1, 1).max_pool(3, stride=1), leaky.max_pool(3, stride=1, padding=1))
    )
    assert is_refuted(
        Claim(x.relu().pad(1, 1).max_pool(3, stride=1), x.max_pool(3, stride=1, padding=1))
    )
    # A window of zeros alone has no entry that is nowhere negative.
    far = x.relu().pad(3, 0).max_pool(2, stride=1)
    assert is_proved(Claim(far, x.relu().max_pool(2, stride=1, padding=((1, 0),)).pad(2, 0)))
    assert is_refuted(Claim(far, x.relu().max_pool(2, stride=1, padding=((1, 0),)).pad(1, 1)))


def test_zeros_that_are_added() -> None:
    assert is_proved(Claim(maximum(x.relu(), 0 * x), x.relu()))
    assert is_refuted(Claim(maximum(x.tanh(), 0 * x), x.tanh()))
    assert is_proved(Claim(maximum(x.tanh(), 0 * x), x.tanh().relu()))


def test_factors_of_maxima() -> None:
    """Positive ones go through; others turn a maximum into a minimum."""
    assert not isinstance(Claim((2 * x).max_pool(2), 2 * x.max_pool(2)).prove(), Refuted)
    assert is_refuted(Claim((-1 * x).max_pool(2), -1 * x.max_pool(2)))
    assert is_refuted(Claim((2 * x).max_pool(2), x.max_pool(2)))


def test_maxima_of_sums_are_no_sums_of_maxima() -> None:
    assert is_refuted(Claim(maximum(x, y) + z, maximum(x + z, y)))
    assert is_refuted(Claim((x + y).max_pool(2), x.max_pool(2) + y.max_pool(2)))
    assert not isinstance(Claim(maximum(x, y) + z, maximum(x + z, y + z)).prove(), Refuted)


def test_sums_with_what_is_the_same_in_all_of_a_window() -> None:
    bias, rows = Tensor("b", (3, 1)), Tensor("r", (3, n))
    assert is_proved(Claim((rows + bias).max_pool(2, axes=1), rows.max_pool(2, axes=1) + bias))
    assert is_refuted(Claim((rows + bias).max_pool(2, axes=0), rows.max_pool(2, axes=0) + bias[:1]))
    for name in RISING:
        function = FUNCTIONS[name]
        pooled_last = function(rows + bias).max_pool(3, stride=2, padding=1, axes=1)
        pooled_first = rows.max_pool(3, stride=2, padding=1, axes=1) + bias
        assert is_proved(Claim(pooled_last, function(pooled_first)))


def test_one_entry_of_a_signal_is_not_repeated() -> None:
    """Two signals of one entry are added; the pool of their sum has three entries."""
    one, other = Signal("x", 1), Signal("y", 1)
    left, right = (a.max_pool(3, stride=1, padding=2) for a in (one + other, other + one))
    assert is_proved(Claim(left, right))


def test_repeated_rows_in_a_maximum() -> None:
    row, block = Tensor("r", (1, n)), Tensor("b", (3, n))
    left = maximum(block, row)
    assert is_proved(Claim(left, maximum(row.expand((3, n)), block)))
    assert is_proved(Claim(left.max(axis=0), maximum(block.max(axis=0), row[0])))
    assert is_refuted(Claim(left.pad(0, 1, axis=0), maximum(block.pad(0, 1, axis=0), row)))
    assert is_refuted(Claim(left.pad(1, 1, axis=0).max(axis=0), maximum(block.max(axis=0), row[0])))


def test_pools_of_sizes_that_are_symbols() -> None:
    pool = x.max_pool(c, stride=s)
    assert is_proved(Claim(pool.relu(), x.relu().max_pool(c, stride=s)))
    assert is_proved(Claim(f(pool), f(x.flip().flip().max_pool(c, stride=s))))
    for stride in (1, 2, 3):
        pool = x.max_pool(c, stride=stride, ceil_mode=True)
        assert is_proved(Claim(pool.relu(), x.relu().max_pool(c, stride=stride, ceil_mode=True)))


def test_pools_at_sizes_of_a_hypothesis() -> None:
    one = x.max_pool(3, stride=2, padding=1)
    other = x.max_pool(3, stride=2, padding=((1, 0),))
    even = Claim(one, other, given=[_even()])
    assert is_proved(even)
    assert is_refuted(Claim(one, other))


def _even() -> Any:
    from sympy import Eq, Mod

    return Eq(Mod(n, 2), 0)

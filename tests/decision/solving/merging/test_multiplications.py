"""The multiplications of layers, counted one by one while the layers are read at fixed sizes."""

from __future__ import annotations

import random
from math import prod
from typing import Any

import pytest

from symconv import Signal, SignalExpr, Tensor, integers
from symconv.decision.solving.merging.merged import merge
from symconv.language import fixed_size
from symconv.language.arrays import Array
from symconv.language.graph import leaves
from tests.generators.chains import image_chain, signal_chain

n, c, s = integers("n c s", positive=True)
x, k = Signal("x", n), Signal("k", c)


class Tap:
    """A tap, or a sum of anything; each product with a tap is counted."""

    count = 0

    def __init__(self, is_tap: bool = False) -> None:
        self.is_tap = is_tap

    def __mul__(self, other: Any) -> Tap:
        if isinstance(other, Tap):
            Tap.count += self.is_tap or other.is_tap
        else:
            Tap.count += other not in (0, 1, -1)
        return Tap()

    __rmul__ = __mul__
    __truediv__ = __mul__

    def __add__(self, other: Any) -> Tap:
        return Tap()

    __radd__ = __sub__ = __rsub__ = __add__

    def __neg__(self) -> Tap:
        return self


def counted(chain: SignalExpr, at: dict[Any, int]) -> int:
    """How often something is multiplied when the chain is read by its definition."""
    arrays = {}
    for name, leaf in leaves(chain).items():
        shape = tuple(size.at(at) for size in leaf.sizes)
        arrays[name] = Array(shape, [Tap(is_tap=name != "x") for _ in range(prod(shape))])
    Tap.count = 0
    fixed_size.array(chain, arrays, at, Tap())
    return Tap.count


@pytest.mark.parametrize("size", [1, 5, 12])
@pytest.mark.parametrize("length", [1, 3])
def test_layers_of_one_channel(size: int, length: int) -> None:
    chain = x.pad(2, 1).correlate(k, stride=s).correlate(k, stride=2)
    merged = merge(chain)
    for stride in (1, 3):
        at = {n: size, c: length, s: stride}
        assert merged.cost_before.subs(at) == counted(chain, at)
        kernel = Signal("K", int(merged.kernel.length.subs(at)))
        one = Signal("x", size).pad(2, 1).correlate(kernel, stride=2 * stride)
        assert merged.cost_after.subs(at) == counted(one, {})


@pytest.mark.parametrize("make", [signal_chain, image_chain])
@pytest.mark.parametrize("seed", range(25))
def test_random_chains(make: Any, seed: int) -> None:
    chain = make(random.Random(seed), n, pads_between=True)
    merged = merge(chain)
    for size in (1, 4, 9):
        assert merged.cost_before.subs({n: size}) == counted(chain, {n: size}), chain


def test_groups_and_linear_layers() -> None:
    image = Tensor("x", (4, 6, 5))
    chain = image.conv(Tensor("k", (8, 2, 3, 2)), groups=2, stride=(2, 1)).conv(
        Tensor("h", (8, 1, 1, 3)), groups=8, padding=1
    )
    assert merge(chain).cost_before == counted(chain, {})
    rows = Tensor("x", (3, 4))
    chain = rows.linear(Tensor("k", (5, 4))).linear(Tensor("h", (2, 5)), Signal("b", 2))
    assert merge(chain).cost_before == counted(chain, {}) == 3 * 5 * 4 + 3 * 2 * 5
    assert merge(chain).cost_after == 3 * 2 * 4


def test_transposed_layers_multiply_each_input_with_each_tap() -> None:
    chain = x.conv_transpose(k, stride=s)
    assert merge(chain).cost_before == n * c
    image = Tensor("x", (4, 6, 5))
    layer = image.conv_transpose(Tensor("k", (4, 3, 2, 2)), stride=2, padding=1)
    assert merge(layer).cost_before == 6 * 5 * 4 * 3 * 4


def test_sums_multiply_nothing() -> None:
    assert [cost.layer for cost in merge(x.avg_pool(3)).costs] == ["Fraction(1, 3)*…"]
    assert merge(x.correlate(Signal.taps(1, 0, -1, 5))).cost_before.subs({n: 10}) == 7

"""Max pools at fixed sizes, against loops and PyTorch; their shapes, and what is refused."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from sympy import Expr, Symbol

from symconv import Claim, Signal, SignalExpr, SymconvError, Tensor, integers
from symconv.language.fixed_size import check_defined
from tests.oracles import layers_by_loops, layers_by_torch
from tests.oracles.layers_by_loops import Array, agree

n, c, s = integers("n c s", positive=True)
N = Signal("x", n)


def entries(shape: tuple[int, ...]) -> Array:
    """Small integers, most of them negative, so that a padding by zeros would be seen."""
    rng = random.Random(str(shape))
    found = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        found[place] = rng.randint(-9, 2)
    return found


def arguments() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for size, stride, dilation, ceil in product((1, 2, 3), (1, 2, 3), (1, 2), (False, True)):
        for padding in range(size // 2 + 1):
            found.append(
                {
                    "size": (size,),
                    "stride": stride,
                    "padding": padding,
                    "dilation": dilation,
                    "ceil_mode": ceil,
                }
            )
    return found


SEVERAL: list[tuple[tuple[int, ...], dict[str, Any]]] = [
    ((5, 6), {"size": (2, 3)}),
    ((2, 5, 6), {"size": (3, 2), "stride": (1, 2), "padding": (1, 0)}),
    ((2, 5, 6), {"size": (3, 3), "stride": 2, "padding": 1, "ceil_mode": True}),
    ((2, 5, 6), {"size": (2, 2), "dilation": (2, 3), "stride": 1}),
    ((2, 3, 4, 5), {"size": (2, 2, 2), "stride": (1, 2, 3), "padding": (0, 1, 1)}),
    ((1, 7, 4), {"size": (4, 2), "stride": (3, 2), "padding": (2, 1), "ceil_mode": True}),
]


def by_us(x: Array, **more: Any) -> Any:
    """The pool of a tensor of these entries."""
    return Tensor("x", x.shape).max_pool(**more).evaluate(x=x)


@pytest.mark.parametrize("more", arguments(), ids=str)
def test_one_axis(more: dict[str, Any]) -> None:
    """Along one axis of every length: the shape for all lengths, and the entries."""
    (size,), d, left = more["size"], more["dilation"], more["padding"]
    pool = N.max_pool(**{**more, "size": size})
    for length in range(1, 10):
        x = entries((length,))
        if length <= d * (size - 1) - left and left and d > 1:
            continue  # windows may have no entry, as below
        expected = layers_by_loops.max_pool(x, **more)
        assert agree(np.array(pool.evaluate(x=x), dtype=object), expected), length
        assert pool.length.subs(n, length) == len(expected)


@pytest.mark.parametrize("more", arguments(), ids=str)
def test_pytorch_agrees_with_the_loops(more: dict[str, Any]) -> None:
    compared, reach = 0, more["dilation"] * (more["size"][0] - 1) + 1
    for length in range(1, 10):
        x = entries((length,))
        if (
            layers_by_loops.pooled_length(
                length, reach, more["stride"], (more["padding"],) * 2, more["ceil_mode"]
            )
            == 0
        ):
            with pytest.raises(RuntimeError):  # it has no empty outputs
                layers_by_torch.max_pool(x, **more)
            continue
        theirs = layers_by_torch.max_pool(x, **more)
        if np.isinf(theirs).any():
            with pytest.raises(ValueError, match="empty"):
                layers_by_loops.max_pool(x, **more)
            continue
        assert agree(layers_by_loops.max_pool(x, **more), theirs)
        compared += 1
    assert compared >= 4


@pytest.mark.parametrize(("shape", "more"), SEVERAL, ids=str)
def test_several_axes(shape: tuple[int, ...], more: dict[str, Any]) -> None:
    x = entries(shape)
    assert agree(by_us(x, **more), layers_by_loops.max_pool(x, **more))


@pytest.mark.parametrize(("shape", "more"), SEVERAL, ids=str)
def test_pytorch_agrees_in_several_axes(shape: tuple[int, ...], more: dict[str, Any]) -> None:
    if len(shape) == len(more["size"]):
        shape = (1, *shape)
    x = entries(shape)
    assert agree(by_us(x, **more), layers_by_torch.max_pool(x, **more))


@pytest.mark.parametrize("pads", list(product(range(3), range(3))))
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_pairs_of_paddings(pads: tuple[int, int], stride: int) -> None:
    for length in range(1, 7):
        x = entries((length,))
        more: dict[str, Any] = {"stride": stride, "padding": [pads]}
        assert agree(
            np.array(Signal("x", length).max_pool(3, **more).evaluate(x=x), dtype=object),
            layers_by_loops.max_pool(x, (3,), **more),
        )


def test_axes() -> None:
    x = entries((3, 4, 5))
    t = Tensor("x", x.shape)
    for axis in range(3):
        turned = np.moveaxis(layers_by_loops.max_pool(np.moveaxis(x, axis, -1), (2,)), -1, axis)
        assert agree(t.max_pool(2, axes=axis).evaluate(x=x), turned)
        assert agree(t.max_pool(2, axes=axis - 3).evaluate(x=x), turned)
        assert agree(t.max(axis=axis).evaluate(x=x), x.max(axis))
    assert agree(t.max(axis=(0, 2)).evaluate(x=x), x.max((0, 2)))
    assert t.max().evaluate(x=x) == x.max()


def test_other_numbers() -> None:
    x = Signal("x", 3)
    a, b, k = map(Symbol, "abk")
    (first, second) = x.max_pool(2, stride=1).evaluate(x=[a, b, k])
    assert {first.subs({a: 1, b: 2}), second.subs({b: 1, k: 3})} == {2, 3}
    assert isinstance(first, Expr)
    assert x.max_pool(2, stride=1).evaluate(x=[0.5, -1.5, -2.5]) == [0.5, -1.5]
    thirds = [Fraction(-1, 3), Fraction(-1, 2), Fraction(-2, 3)]
    assert x.max_pool(2, stride=1).evaluate(x=thirds) == [Fraction(-1, 3), Fraction(-1, 2)]


# --- shapes and refusals ----------------------------------------------------------------


def test_sizes_that_are_symbols() -> None:
    pool = N.max_pool(c, stride=s)
    for length, size, stride in product(range(1, 8), range(1, 5), range(1, 4)):
        at = {n: length, c: size, s: stride}
        expected = max(0, (length - size) // stride + 1)
        assert pool.length.subs(at) == expected
        assert len(pool.evaluate(x=[1] * length, c=size, s=stride)) == expected


def test_padding_does_not_count() -> None:
    assert N.max_pool(3, stride=1, padding=1).evaluate(x=[-5, -3, -4]) == [-3, -3, -3]
    assert N.pad(1, 1).max_pool(3, stride=1).evaluate(x=[-5, -3, -4]) == [0, -3, 0]


@pytest.mark.parametrize(
    ("length", "size", "more"),
    [
        (3, 2, {"stride": 1, "padding": 2}),
        (3, 1, {"stride": 1, "padding": 1}),
        (2, 2, {"stride": 1, "padding": 2, "dilation": 3}),
        (1, 2, {"stride": 1, "padding": ((1, 1),), "dilation": 2}),
        (3, 2, {"stride": 1, "padding": ((0, 2),)}),
        (0, 2, {"stride": 1, "padding": 1}),
    ],
)
def test_windows_without_entries(length: int, size: int, more: dict[str, Any]) -> None:
    def pool() -> SignalExpr:
        return Signal("x", length).max_pool(size, **more)

    with pytest.raises(SymconvError, match="no entry"):
        pool().evaluate(x=[1] * length)
    with pytest.raises(SymconvError, match="no entry"):
        Claim(pool(), pool() + pool() - pool()).prove()


@pytest.mark.parametrize("argument", ["size", "stride", "dilation"])
@pytest.mark.parametrize("value", [0, -1])
def test_sizes_are_positive(argument: str, value: int) -> None:
    with pytest.raises(SymconvError, match=r"positive|at least 1"):
        N.max_pool(**{"size": 2, **dict[str, Any]({argument: value})})


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"size": 2, "axes": 1}, "axis"),
        ({"size": (2, 2)}, "axes"),
        ({"size": 2, "stride": (1, 2)}, "stride"),
        ({"size": 1.5}, "integer"),
        ({"size": "2"}, "integer"),
    ],
)
def test_bad_arguments(more: dict[str, Any], message: str) -> None:
    with pytest.raises(SymconvError, match=message):
        N.max_pool(**more)


def test_negative_paddings_crop() -> None:
    assert Claim(N.max_pool(3, padding=-1), N.pad(-1, -1).max_pool(3)).prove()
    left = N.max_pool(2, stride=1, padding=((-1, 1),))
    assert left.evaluate(x=[9, 3, 1, 2]) == [3, 2, 2]
    assert Claim(left, N[1:].max_pool(2, stride=1, padding=((0, 1),)), given=[n >= 2]).prove()


def test_windows_without_gaps_at_the_start_need_no_more_entries() -> None:
    """What the places of a window skip matters where it begins before the input alone."""
    pool = N.max_pool(2, stride=3, dilation=4, ceil_mode=True)
    assert Claim(pool, pool.flip().flip()).prove()
    padded = N.max_pool(2, stride=3, dilation=4, padding=1)
    with pytest.raises(SymconvError, match=r"could have no entry.*add the hypothesis n >= 4"):
        Claim(padded, padded).prove()
    assert Claim(padded, padded.flip().flip(), given=[n >= 4]).prove()


@pytest.mark.parametrize(("size", "dilation"), [(2, 2), (2, 3), (2, 5), (3, 1), (3, 2), (4, 3)])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_what_is_required_for_all_sizes_is_enough_and_not_too_much(
    size: int, dilation: int, stride: int
) -> None:
    """With stride 1 it is exactly that each window has an entry, where there are windows."""
    reach = dilation * (size - 1)
    for pads in product(range(reach + 1), repeat=2):
        pool = N.max_pool(size, stride=stride, dilation=dilation, padding=[pads])
        guards = [g for one in pool.operator.requirements(pool) for g in one.guards]
        for length in range(max(1, reach + 1 - sum(pads)), 9):
            allowed = all(guard.holds({"n": length}) for guard in guards)
            try:
                check_defined([pool], {n: length})
            except SymconvError:
                assert not allowed, (pads, length)
            else:
                assert allowed or stride > 1, (pads, length)


def test_maxima_of_nothing() -> None:
    m = integers("m", nonnegative=True)
    with pytest.raises(SymconvError, match=r"could have no entry.*add the hypothesis m >= 1"):
        Claim(Signal("x", m).max(), Signal("x", m).max()).prove()
    assert Claim(Signal("x", m).max(), Signal("x", m).flip().max(), given=[m >= 1]).prove()
    with pytest.raises(SymconvError, match="no entry along axis 0"):
        Signal("x", 0).max()
    with pytest.raises(SymconvError, match="no axes"):
        Signal("x", 2).max().max()
    assert Tensor("x", (2, n)).max(axis=1).shape == (2,)

"""Receptive fields, against which entries of the input stand in the entries of the output."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from sympy import Expr

from symconv import (
    Signal,
    SignalExpr,
    SymconvError,
    Tensor,
    concatenate,
    einsum,
    integers,
    maximum,
    receptive_field,
)
from symconv.language.receptive_fields import Reach, ReceptiveField

n, c, m = integers("n c m", positive=True)
s, d = integers("s d", positive=True)
p, q = integers("p q", nonnegative=True)
x, k = Signal("x", n), Signal("k", c)
C, H, W = integers("C H W", positive=True)
image = Tensor("image", (C, H, W))


def numbers(reach: Reach, index: tuple[int, ...]) -> range:
    """The positions that the output at an index reads, at fixed sizes."""
    at: dict[Any, int] = {}
    if reach.axis is not None:
        at = {reach.index: index[reach.axis]}
    found = range(int(reach.first.subs(at)), int(reach.last.subs(at)) + 1)
    assert len(found) == max(0, reach.size.subs(at))
    return found


def positions(entry: Expr, name: str) -> set[tuple[int, ...]]:
    """The places of the entries of a tensor that stand in an entry of the output."""
    found = set()
    for symbol in getattr(entry, "free_symbols", ()):
        if str(symbol).startswith(name):
            found.add(tuple(map(int, str(symbol).removeprefix(name).strip("_").split("_"))))
    return found


def check(output: SignalExpr) -> int:
    """Compare what is read of x with what stands in the entries; how many outputs read no border.

    These read the first and the last position that is said.
    """
    leaf = output.names[0]["x"]
    field = receptive_field(output, of=leaf)
    sizes = [int(size) for size in leaf.written_shape]
    entries = output.array()
    whole = 0
    for index in product(*map(range, entries.shape)):
        read = positions(entries[index], "x")
        ranges = [numbers(field[axis], index) for axis in range(leaf.ndim)]
        for place in read:
            assert all(at in r for at, r in zip(place, ranges, strict=True)), (output, index)
        if all(r and r[0] >= 0 and r[-1] < size for r, size in zip(ranges, sizes, strict=True)):
            whole += 1
            for axis, said in enumerate(ranges):
                along = {place[axis] for place in read}
                assert {said[0], said[-1]} <= along, (output, index)
    return whole


def layer(rng: random.Random, name: str) -> Callable[[SignalExpr], SignalExpr]:
    """A layer along one axis, of a random kind."""
    size, stride, dilation = rng.randint(1, 3), rng.randint(1, 3), rng.randint(1, 2)
    left, right = rng.randint(0, 2), rng.randint(0, 2)
    kernel = Signal(name, size)
    kinds: list[Callable[[SignalExpr], SignalExpr]] = [
        lambda t: t.pad(left, right).correlate(kernel, stride=stride, dilation=dilation),
        lambda t: t.pad(left, right).correlate(kernel, stride=stride).flip(),
        lambda t: t.convolve(kernel),
        lambda t: t.correlate(kernel) + t.pad(left, 1 - size - left),
        lambda t: t.avg_pool(size, stride=stride),
        lambda t: t.downsample(stride),
    ]
    return rng.choice(kinds)


def test_random_layers_read_what_is_said() -> None:
    rng, whole = random.Random(1), 0
    for _ in range(60):
        y: SignalExpr = Signal("x", rng.randint(6, 16))
        for number in range(rng.randint(1, 3)):
            y = layer(rng, f"k{'abc'[number]}")(y)
        whole += check(y)
    assert whole > 100


def test_random_layers_of_images() -> None:
    rng, whole = random.Random(2), 0
    for _ in range(25):
        leaf = Tensor("x", (2, rng.randint(4, 6), rng.randint(4, 6)))
        y: SignalExpr = leaf
        for name in "kh"[: rng.randint(1, 2)]:
            kernel = Tensor(name, (2, 2, rng.randint(1, 3), rng.randint(1, 2)))
            y = y.conv(
                kernel,
                stride=(rng.randint(1, 2), rng.randint(1, 2)),
                padding=rng.randint(0, 1),
                dilation=(1, rng.randint(1, 2)),
            )
        if 0 not in y.shape:
            whole += check(y)
    assert whole > 50


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1])
def test_transposed_layers(stride: int, padding: int) -> None:
    leaf = Signal("x", 5)
    y = leaf.conv_transpose(Signal("k", 4), stride=stride, padding=padding)
    assert check(y) > 1
    assert receptive_field(y).jump * stride == 1


def test_parts_and_upsampling() -> None:
    for y in (
        x_of(6)[1:-1],
        x_of(6)[::2],
        x_of(6)[::-1],
        x_of(3).upsample(2),
        x_of(4).upsample(2).correlate(Signal("k", 3)),
        x_of(3).dilate(2).pad(1, 1).correlate(Signal("k", 3)),
    ):
        assert check(y) > 2


def x_of(size: int) -> Signal:
    return Signal("x", size)


def test_symbols_say_what_numbers_say() -> None:
    def network(c: object, m: object, s: object, d: object, p: object) -> SignalExpr:
        first = Signal("x", n).pad(p, p).correlate(Signal("k", c), stride=s, dilation=d)
        return first.pad(p, 0).correlate(Signal("h", m), stride=2)

    told = receptive_field(network(c, m, s, d, p))
    rng = random.Random(3)
    for _ in range(30):
        values = [rng.randint(1, 4) for _ in range(4)] + [rng.randint(0, 3)]
        exact = receptive_field(network(*values))
        at = dict(zip((c, m, s, d, p), values, strict=True))
        for name in ("first", "last", "size", "jump"):
            assert (getattr(told, name).subs(at) - getattr(exact, name)).expand() == 0


def test_one_layer_and_two() -> None:
    one = receptive_field(x.pad(p, q).correlate(k, stride=s, dilation=d))
    assert one.jump == s
    assert (one.size - (d * (c - 1) + 1)).expand() == 0
    assert one[0].index is not None
    assert one.first == s * one[0].index - p
    two = receptive_field(x.correlate(k, stride=s).correlate(Signal("h", m), stride=2))
    assert two.jump == 2 * s
    assert (two.size - (1 + (c - 1) + (m - 1) * s)).expand() == 0


def test_published_networks() -> None:
    def dilated(y: SignalExpr, last: int, layers: int) -> SignalExpr:
        dilation = 1
        while dilation <= last:
            for number in range(layers):
                kernel = Signal(f"k{number}", 2)
                y = y.pad(dilation, 0).correlate(kernel, dilation=dilation)
            dilation *= 2
        return y

    # keras-tcn: one stack up to 128, and two up to 64, do not have the same receptive field.
    assert receptive_field(dilated(x, 128, 1)).size == 256
    assert receptive_field(dilated(dilated(x, 64, 1), 64, 1)).size == 255
    assert receptive_field(dilated(x, 128, 2)).size == 511
    assert receptive_field(dilated(dilated(x, 64, 2), 64, 2)).size == 509
    h = Signal("h", 3)
    twice = receptive_field(x.correlate(h, stride=2).correlate(h, stride=2))
    assert (twice.size, twice.jump) == (7, 4)
    y: SignalExpr = x
    for _ in range(3):
        y = y.pad(1, 1).correlate(h, stride=2)
    assert str(receptive_field(y)) == "x: 8u − 7 to 8u + 7 (size 15, jump 8)"


def test_residual_layers_do_not_double_the_work() -> None:
    y: SignalExpr = x
    for _ in range(40):
        y = y + y.pad(1, 1).correlate(Signal("h", 3))
    assert receptive_field(y).size == 81


def test_maxima_and_functions_read_what_they_are_made_of() -> None:
    pool = receptive_field(x.max_pool(c, stride=s, padding=0, dilation=d).relu())
    assert (pool.jump, (pool.size - d * (c - 1) - 1).expand()) == (s, 0)
    assert receptive_field(x.max_pool(3, stride=2, padding=1)).size == 3
    assert receptive_field(maximum(x, x.pad(-2, 2))).size == 3
    field = receptive_field(image.max_pool((2, 3), stride=1))
    assert (field[0].size, field[1].size, field[2].size) == (1, 2, 3)


def test_branches_join() -> None:
    joined = receptive_field(x.correlate(k) + x.pad(-p, p - c + 1))
    at = {c: 4, p: 6}
    assert (joined.size.subs(at), joined.first.subs(at) - joined[0].index) == (7, 0)
    assert receptive_field(concatenate([x, Signal("y", n)]), of="y").jump == 1


def test_images_and_their_channels() -> None:
    kernel, bias = Tensor("k", (4, C, 3, 5)), Signal("b", 4)
    field = receptive_field(image.conv(kernel, bias, stride=(1, 2), padding=1))
    assert field.of is image
    assert str(field) == (
        "image: axis 0: all; axis 1: v − 1 to v + 1 (size 3, jump 1); "
        "axis 2: 2w − 1 to 2w + 3 (size 5, jump 2)"
    )
    assert field[-1].size == 5
    assert field[0].is_all
    assert field[0].size == C
    depthwise = receptive_field(image.conv(Tensor("k", (C, 1, 3, 3)), groups=C))
    assert (depthwise[0].size, depthwise[0].jump) == (1, 1)
    assert receptive_field(image.sum(axis=2))[2].is_all
    product_ = einsum("chw,cw->ch", image, Tensor("v", (C, W)))
    assert receptive_field(product_, of=image)[2].is_all


def test_along_one_axis_it_may_be_unknown() -> None:
    field = receptive_field(image.pad(1, 1, axis=2, mode="reflect").conv(Tensor("k", (4, C, 3, 3))))
    assert field[1].size == 3
    with pytest.raises(SymconvError, match="along axis 2 of image, what lies beyond an end"):
        field[2]
    assert "axis 2: not known" in str(field)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: receptive_field(x.pad(1, 1, mode="reflect")), "beyond an end"),
        (lambda: receptive_field(x.roll(1)), "beyond an end"),
        (lambda: receptive_field(x + x.flip()), "move differently"),
        (lambda: receptive_field(x.correlate(k), of=k), "k is a kernel"),
        (lambda: receptive_field(x.correlate(x)), "reads no tensor beside the kernels x"),
        (lambda: receptive_field(Signal.ones(n)), "reads no tensor"),
        (lambda: receptive_field(x.multiply(Signal("y", n))), "say of which, as in of='x'"),
        (lambda: receptive_field(x, of="y"), "has no tensor y; it has x"),
        (lambda: receptive_field(x, of=Signal("x", c)), "has no tensor x; it has x"),
        (
            lambda: receptive_field(x, of=3),  # type: ignore[arg-type]
            "must be a named tensor",
        ),
        (lambda: receptive_field(x.pad(1, 1), of=x.pad(1, 1)), "must be a named tensor"),
        (lambda: receptive_field(x * 0, of=x), r"no output of 0\*x reads x"),
        (lambda: receptive_field(3), "takes a signal, a tensor or a stack, got 3"),
        (lambda: receptive_field(image).size, r"image has 3 axes: write field\[axis\].size"),
        (lambda: receptive_field(image)[3], "has the axes 0 to 2, and no axis 3"),
        (
            lambda: receptive_field(image)["u"],  # type: ignore[index]
            "no axis 'u'",
        ),
        (lambda: receptive_field(x.pad(1, 1).convolve(x.flip())), "reads no tensor"),
    ],
)
def test_what_cannot_be_told(ask: Callable[[], ReceptiveField], message: str) -> None:
    with pytest.raises(SymconvError, match=message):
        ask()

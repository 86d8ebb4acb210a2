"""The oracle for kernels: it finds the known ones, and none where there is none."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from symconv import Signal, SignalExpr, Tensor, integers
from symconv.language.arrays import Array
from tests.generators.kernel_problems import kernel_problem
from tests.oracles.kernels import Oracle
from tests.oracles.linear_systems import LinearSystem, NotLinearError, joint, linear_system

n, c = integers("n c", positive=True)
x, k = Signal("x", n), Signal("k", c)
K3 = {"k": Array((3,), [2, 3, 5])}


def two_layers(padding: int = 0) -> SignalExpr:
    return x.correlate(k, stride=2).pad(padding, padding).correlate(k, stride=2)


def asked(number: int, lhs: SignalExpr | None = None, stride: int = 4) -> LinearSystem:
    """Two layers of stride 2 and a kernel of 3 taps, and one layer of 7 taps."""
    lhs = two_layers() if lhs is None else lhs
    return linear_system(
        lhs, lambda taps: x.correlate(taps, stride=stride), {"K": (7,)}, {"n": number, "c": 3}, K3
    )


def entries(*values: Any) -> dict[str, Array]:
    return {"K": Array((len(values),), list(values))}


RIGHT = (4, 6, 10 + 6, 9, 15 + 10, 15, 25)
"""What k.convolve(k.dilate(2)) is for k = 2, 3, 5."""


def test_the_kernel_of_two_layers() -> None:
    system = asked(11)
    assert (system.rank, system.freedom) == (7, 0)
    assert system.is_solvable
    assert list(system.solution.values()) == list(map(Fraction, RIGHT))
    assert system.solved_by(entries(*RIGHT))


@pytest.mark.parametrize("tap", range(7))
def test_a_wrong_kernel_is_found(tap: int) -> None:
    wrong = [value + (place == tap) for place, value in enumerate(RIGHT)]
    assert not asked(7).solved_by(entries(*wrong))


def test_where_there_is_no_output_every_kernel_will_do() -> None:
    system = asked(6)
    assert system.is_solvable
    assert (system.rank, system.freedom) == (0, 7)
    assert system.solved_by(entries(*range(7)))


def test_no_kernel_for_padding_between_layers() -> None:
    """Each output is padded in another way; with one output only there is a kernel."""

    def padded(number: int) -> LinearSystem:
        rhs = lambda taps: x.pad(2, 2).correlate(taps, stride=4)  # noqa: E731
        return linear_system(two_layers(1), rhs, {"K": (7,)}, {"n": number, "c": 3}, K3)

    assert [padded(number).is_solvable for number in range(3, 12)] == [True] * 4 + [False] * 5


def test_sizes_that_differ() -> None:
    assert not asked(11, stride=3).is_solvable
    assert not asked(11, stride=3).solved_by(entries(*RIGHT))


def test_no_kernel_for_two_sizes_though_there_is_one_for_each() -> None:
    """SAME pads more on the right where the length is odd, and so the kernel moves."""

    def same(number: int) -> LinearSystem:
        lhs = x.pad_same(3, stride=2).correlate(k, stride=2)
        rhs = lambda taps: x.pad(1, 1).correlate(taps, stride=2)  # noqa: E731
        return linear_system(lhs, rhs, {"K": (3,)}, {"n": number, "c": 3}, K3)

    assert same(5).is_solvable
    assert joint([same(5), same(7), same(9)]).is_solvable
    assert not joint([same(5), same(6)]).is_solvable


def test_several_unknowns() -> None:
    image, w = Tensor("image", (2, n)), Tensor("w", (2, 2, 3))
    b = Tensor("b", (2,))
    numbers = {"w": Array((2, 2, 3), list(range(1, 13))), "b": Array((2,), [Fraction(1, 2), 7])}
    system = linear_system(
        image.conv(w, bias=b),
        lambda taps, bias: image.conv(taps, bias=bias),
        {"K": (2, 2, 3), "bias": (2,)},
        {"n": 4},
        numbers,
    )
    assert system.freedom == 0
    assert list(system.solution.values()) == [*map(Fraction, range(1, 13)), Fraction(1, 2), 7]


def test_what_no_input_sees() -> None:
    """Of a dilated input every other entry is 0, and stands below the same taps."""
    system = linear_system(
        x.dilate(2).correlate(k, stride=2),
        lambda taps: x.dilate(2).correlate(taps, stride=2),
        {"K": (3,)},
        {"n": 9, "c": 3},
        K3,
    )
    assert system.is_solvable
    assert system.determined == {("K", (0,)), ("K", (2,))}
    assert system.freedom == 1


def test_unknowns_may_not_be_multiplied() -> None:
    with pytest.raises(NotLinearError):
        linear_system(x, lambda taps: x.correlate(taps).correlate(taps), {"K": (1,)}, {"n": 2}, {})
    with pytest.raises(ValueError, match="same unknowns"):
        joint([])


def test_what_was_planted_is_there() -> None:
    """Where no law of composition is broken, there is one kernel for several sizes."""
    found = []
    for seed in range(40):
        oracle = Oracle(kernel_problem(seed))
        together = [oracle.jointly(setting) for setting in oracle.settings()]
        is_there = all(one is None or one.is_solvable for one in together)
        assert is_there or oracle.problem.kind == "mutated", oracle.problem
        found.append(is_there)
    assert 20 < sum(found) < 35

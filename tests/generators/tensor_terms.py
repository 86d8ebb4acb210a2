"""How tensors are written in the generators: one function for each operator."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tests.generators.sizes import ZERO, Size, Whole
from tests.generators.tensors import (
    Broadcast,
    Concatenate,
    Conv,
    Einsum,
    Flip,
    Index,
    Node,
    Pad,
    Rearrange,
    Scale,
    Slice,
    sizes,
)

__all__ = [
    "FULL",
    "LETTERS",
    "NEW",
    "added",
    "contracted",
    "entry",
    "flip",
    "joined",
    "pad",
    "part",
    "part_along",
    "permuted",
    "plain_conv",
    "ranged",
    "rearranged",
    "scaled",
    "times",
]


FULL, NEW = Slice(), Slice(is_range=False)


def pad(x: Node, left: Whole, right: Whole, *axes: int, mode: str = "zeros") -> Node:
    return x.apply(Pad(Size.of(left), Size.of(right), axes, mode))


def flip(x: Node, *axes: int) -> Node:
    return x.apply(Flip(axes))


def rearranged(x: Node, pattern: str, **known: Whole) -> Node:
    return x.apply(Rearrange(pattern, tuple((n, Size.of(s)) for n, s in known.items())))


def ranged(
    start: Whole | None = None, stop: Whole | None = None, step: Whole | None = None
) -> Slice:
    first, last, by = (None if a is None else Size.of(a) for a in (start, stop, step))
    return Slice(first, last, by)


def entry(position: Whole) -> Slice:
    return Slice(Size.of(position), is_range=False)


def part(x: Node, *items: Slice) -> Node:
    return x.apply(Index(items))


def part_along(x: Node, axis: int, item: Slice) -> Node:
    return part(x, *[FULL] * axis, item)


def added(one: Node, other: Node) -> Node:
    return one.apply(Broadcast("+"), other)


def times(one: Node, other: Node) -> Node:
    return one.apply(Broadcast("*"), other)


def scaled(x: Node, number: int | Fraction) -> Node:
    return x.apply(Scale(Fraction(number)))


def joined(axis: int, *parts: Node) -> Node:
    return Node(Concatenate(axis), parts)


def contracted(pattern: str, *operands: Node) -> Node:
    return Node(Einsum(pattern), operands)


LETTERS = "abcdefgh"


def permuted(x: Node, order: Sequence[int]) -> Node:
    """The tensor whose axis i is axis order[i]."""
    letters = LETTERS[: x.rank]
    return rearranged(x, f"{' '.join(letters)} -> {' '.join(letters[i] for i in order)}")


def plain_conv(count: int) -> Conv:
    ones = sizes(*[1] * count)
    return Conv(ones, tuple((ZERO, ZERO) for _ in range(count)), ones)

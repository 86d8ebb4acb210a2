"""Mistakes in claims about tensors: one argument, axis, or operand is another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any

from tests.generators.sizes import Size
from tests.generators.tensor_programs import MODES, Change
from tests.generators.tensor_terms import (
    FULL,
    entry,
    flip,
    permuted,
    ranged,
)
from tests.generators.tensors import (
    Conv,
    ConvTranspose,
    Einsum,
    Named,
    Node,
    Op,
    Slice,
)

__all__ = ["mutations"]


def mutations(x: Node) -> Iterator[Change]:
    """The node with a change that often matters."""
    yield from (partial(Node, op, x.operands) for op in changed(x.op))
    for axis in range(min(x.rank, 4)):
        yield partial(flip, x, axis)
    for axis in range(x.rank - 1):
        if x.shape[axis] == x.shape[axis + 1]:
            order = list(range(x.rank))
            order[axis], order[axis + 1] = axis + 1, axis
            yield partial(permuted, x, order)
    for operand in x.operands:
        if operand.shape == x.shape:
            yield partial(_itself, operand)
    if len(x.operands) == 2:
        yield partial(Node, x.op, x.operands[::-1])
    for i, weight in enumerate(x.operands[1:], 1):
        if isinstance(x.op, Conv | ConvTranspose) and weight.rank == 4:
            swapped = [*x.operands]
            swapped[i] = permuted(weight, [0, 1, 3, 2])
            yield partial(Node, x.op, tuple(swapped))
        if isinstance(x.op, Conv | ConvTranspose) and weight.rank >= 3:
            turned = [*x.operands]
            turned[i] = permuted(weight, [1, 0, *range(2, weight.rank)])
            yield partial(Node, x.op, tuple(turned))


def _itself(x: Node) -> Node:
    return x


def changed(op: Op) -> Iterator[Op]:
    """The operator with one other argument."""
    if isinstance(op, Named):
        return
    for field in fields(op):
        for value in _changed(field.name, getattr(op, field.name), op):
            yield replace(op, **{field.name: value})


_SIGNS = {"+": "-", "-": "+", "*": "+"}


def _changed(name: str, value: Any, op: Op) -> Iterator[Any]:
    match value:
        case _ if name == "spans":
            return
        case bool():
            yield not value
        case int() if name == "axis":
            yield from (value + 1, value - 1)
        case int():
            yield value + 1
        case Fraction():
            yield from (value + 1, -value)
        case Size():
            yield from (value + 1, value - 1)
        case Slice():
            yield from (other for other in _other_slices(value))
        case str() if name == "mode":
            yield from (m for m in ("zeros", *MODES) if m != value)
        case str() if name == "sign":
            yield _SIGNS[value]
        case str() if name == "pattern" and isinstance(op, Einsum):
            inputs, _, output = value.partition("->")
            if len(output) > 1:
                yield f"{inputs}->{output[1:]}{output[0]}"
                yield f"{inputs}->{output[1]}{output[0]}{output[2:]}"
            first, *rest = inputs.split(",")
            if len(first) > 1:
                yield f"{','.join([first[::-1], *rest])}->{output}"
        case str() if name == "pattern":
            yield from _other_patterns(value)
        case (str() as axis, Size() as size):
            yield from ((axis, other) for other in (size + 1, size - 1))
        case tuple():
            if len(value) > 1 and value[0] != value[1]:
                yield (value[1], value[0], *value[2:])
            for i, inner in enumerate(value):
                again = "axis" if name == "axes" else name
                for other in _changed(again, inner, op):
                    if other not in value or name != "axes":
                        yield (*value[:i], other, *value[i + 1 :])
            if name == "axes" and len(value) > 1:
                yield from (value[1:], value[:-1])


def _other_slices(item: Slice) -> Iterator[Slice]:
    if item.is_range:
        if item.start is not None:
            yield from (replace(item, start=item.start + 1), replace(item, start=item.start - 1))
        if item.stop is not None:
            yield from (replace(item, stop=item.stop + 1), replace(item, stop=item.stop - 1))
        if item.step is not None and item.step.number != -1:
            yield replace(item, step=item.step + 1)
        if item == FULL:
            yield from (ranged(1), ranged(None, -1), ranged(step=-1))
    elif item.start is not None and item.start.number in (0, -1):
        yield entry(-item.start - 1)


def _other_patterns(pattern: str) -> Iterator[str]:
    """The pattern with two names in another order, within brackets or without."""
    left, _, right = pattern.partition(" -> ")
    words = right.replace("(", "( ").replace(")", " )").split()
    named = [i for i, word in enumerate(words) if word.isalnum() and word != "1"]
    for i, j in pairwise(named):
        swapped = list(words)
        swapped[i], swapped[j] = words[j], words[i]
        yield f"{left} -> {' '.join(swapped).replace('( ', '(').replace(' )', ')')}"

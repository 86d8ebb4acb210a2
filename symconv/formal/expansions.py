"""The sums of `proofs/rocq/tensor_sums.v`, as Rocq computes them: which integers they run over.

Each tensor of a claim is a list of sums, made by the rule of its operator of those of its
operands.  The proof of a certificate has to name the integers of a sum, and what its
conditions say, in the order that Rocq finds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from symconv.arithmetic.polynomials import Polynomial

__all__ = [
    "AtMost",
    "Axes",
    "Condition",
    "Factor",
    "Sum",
    "all_joined",
    "known",
    "moved",
    "named",
    "sum_of_one",
    "sum_of_two",
]

Axes: TypeAlias = list[Polynomial]
"""An index, or the sizes along the axes."""


class AtMost(NamedTuple):
    """That one integer is at most another."""

    one: Polynomial
    other: Polynomial


Condition: TypeAlias = tuple[Polynomial, Polynomial] | AtMost
"""That two integers are equal, or that one is at most the other."""

Factor: TypeAlias = tuple[str, Axes]
"""The entry of a named tensor at an index."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over all integers inside sizes that satisfy conditions.

    Attributes:
        sizes: how many values each integer has.
        conditions: the conditions, for an index and the integers.
        factors: the entries that are multiplied, for an index and the integers.
        scalars: the numbers that are multiplied with them.
    """

    sizes: Axes
    conditions: Callable[[Axes, Axes], list[Condition]]
    factors: Callable[[Axes, Axes], list[Factor]]
    scalars: tuple[str, ...] = ()


def named(name: str) -> Sum:
    """The entry of a named tensor."""
    return Sum([], lambda i, v: [], lambda i, v: [(name, i)])


def known(conditions: Callable[[Axes], list[Condition]], scalar: str) -> Sum:
    """A number under conditions."""
    return Sum([], lambda i, v: conditions(i), lambda i, v: [], (scalar,))


def _read(shape: Axes, of: Sum) -> Sum:
    """A tensor that is read at an index of its own."""
    rank = len(shape)

    def conditions(i: Axes, u: Axes) -> list[Condition]:
        here = u[:rank]
        return [*zip(here, i, strict=True), *of.conditions(here, u[rank:])]

    return Sum(
        [*shape, *of.sizes], conditions, lambda i, u: of.factors(u[:rank], u[rank:]), of.scalars
    )


def moved(at: Callable[[Axes], Axes], shape: Axes, of: Sum) -> Sum:
    """Each entry is the one of the operand at another index."""
    inner = _read(shape, of)
    return Sum(
        inner.sizes,
        lambda i, u: inner.conditions(at(i), u),
        lambda i, u: inner.factors(at(i), u),
        inner.scalars,
    )


def sum_of_one(
    over: Axes,
    where: Callable[[Axes, Axes], list[Condition]],
    at: Callable[[Axes, Axes], Axes],
    shape: Axes,
    of: Sum,
) -> Sum:
    """Each entry is a sum of entries of the operand."""
    inner, count = _read(shape, of), len(over)
    return Sum(
        [*over, *inner.sizes],
        lambda i, u: [
            *where(i, u[:count]),
            *inner.conditions(at(i, u[:count]), u[count:]),
        ],
        lambda i, u: inner.factors(at(i, u[:count]), u[count:]),
        inner.scalars,
    )


def sum_of_two(
    over: Axes,
    where: Callable[[Axes, Axes], list[Condition]],
    places: tuple[Callable[[Axes, Axes], Axes], Callable[[Axes, Axes], Axes]],
    shapes: tuple[Axes, Axes],
    of: tuple[Sum, Sum],
) -> Sum:
    """Each entry is a sum of products of entries of the operands."""
    one, other = (_read(shape, part) for shape, part in zip(shapes, of, strict=True))
    count, half = len(over), len(over) + len(one.sizes)
    first, second = places

    def conditions(i: Axes, u: Axes) -> list[Condition]:
        v = u[:count]
        return [
            *where(i, v),
            *one.conditions(first(i, v), u[count:half]),
            *other.conditions(second(i, v), u[half:]),
        ]

    def factors(i: Axes, u: Axes) -> list[Factor]:
        v = u[:count]
        return [
            *one.factors(first(i, v), u[count:half]),
            *other.factors(second(i, v), u[half:]),
        ]

    sizes = [*over, *one.sizes, *other.sizes]
    return Sum(sizes, conditions, factors, one.scalars + other.scalars)


def all_joined(groups: Sequence[Axes], v: Axes) -> Axes:
    """The positions of which these are the digits, group by group."""
    result, start = [], 0
    for group in groups:
        result.append(joined(group, v[start : start + len(group)]))
        start += len(group)
    return result


def joined(sizes: Axes, digits: Axes) -> Polynomial:
    """The position of which these are the digits, of which the last one runs fastest."""
    position = Polynomial({})
    for size, digit in zip(sizes, digits, strict=True):
        position = position * size + digit
    return position

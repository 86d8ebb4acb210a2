"""Operators entry by entry, as sums and products, whose operands have to be of one shape.

Where one of them has several axes, they are aligned at the last one, and what has one entry
along an axis, or does not have the axis, is repeated along it: NumPy's broadcasting.  Two
signals have to be equally long, whatever their lengths are.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, ClassVar

from symconv.arithmetic.polynomials import Polynomial, equal, within
from symconv.errors import SymconvError
from symconv.language.arrays import Array, indices
from symconv.language.assignments import Point
from symconv.language.operators.base import (
    Index,
    Operator,
    Requirement,
    Shape,
    Terms,
    Wanted,
    guarded,
)

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Entrywise", "place_in", "repeated", "spread_out"]

_ONE = Polynomial.constant(1)


class Entrywise(Operator):
    """An operator on two tensors of one shape, entry by entry, where what has one is repeated.

    Attributes:
        verb: what cannot be done with others.
    """

    __slots__ = ()

    arity = 2
    verb: ClassVar[str]

    def check(self, node: SignalExpr) -> None:
        """Refuse sizes that are different numbers."""
        left, right = node.operands
        for back, pair in enumerate(_pairs(node), 1):
            one, other = (size.as_integer() for size in pair)
            if one is not None and other is not None and one != other:
                raise SymconvError(
                    f"cannot {self.verb} {left} and {right}: their lengths are "
                    f"{one} and {other}; pad one of them"
                    if _are_signals(node)
                    else f"cannot {self.verb} {left} and {right}: their sizes along "
                    f"{_axes(node, back)} are {one} and {other}"
                )

    def rank(self, operands: Sequence[SignalExpr]) -> int:
        """As many as the operand with most axes."""
        return max(operand.ndim for operand in operands)

    def shape(self, node: SignalExpr) -> Shape:
        """That of both, where axes of one entry are repeated."""
        return tuple(left for left, _ in reversed(_pairs(node)))

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """That both have one size along each axis, where that is not plain."""
        for back, (one, other) in enumerate(_pairs(node), 1):
            if one != other:
                yield Requirement((equal(one, other),), partial(_told, node, self.verb, back))

    def shape_at(
        self, at: Point, node: SignalExpr, shapes: Sequence[tuple[int, ...]]
    ) -> tuple[int, ...]:
        """The one shape, at fixed sizes."""
        left, right = node.operands
        result = []
        symbolic = list(reversed(_pairs(node)))
        rank = len(symbolic)
        repeats = not _are_signals(node)
        for axis, (one, other) in enumerate(symbolic):
            sizes = [
                shape[axis - rank]
                for operand, shape in zip(node.operands, shapes, strict=True)
                if rank - axis <= len(shape)
                and not (repeats and _repeats(operand, axis - rank, (one, other)))
            ]
            if len(set(sizes)) > 1:
                what = "lengths" if rank == 1 else f"sizes along axis {axis}"
                raise SymconvError(
                    f"cannot {self.verb} {left} and {right}: their {what} are {sizes[0]} and "
                    f"{sizes[1]}"
                )
            result.append(sizes[0])
        return tuple(result)


def _pairs(node: SignalExpr) -> list[tuple[Polynomial, Polynomial]]:
    """The sizes of both operands along each axis, the last axis first."""
    shapes = [operand.lengths for operand in node.operands]
    if _are_signals(node):
        return [(shapes[0][0], shapes[1][0])]
    pairs = zip_longest(*(reversed(shape) for shape in shapes), fillvalue=_ONE)
    return [_alike(*pair) for pair in pairs]


def _are_signals(node: SignalExpr) -> bool:
    """Whether both have one axis, so that nothing is repeated."""
    return all(operand.ndim == 1 for operand in node.operands)


def _alike(one: Polynomial, other: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Both sizes, where 1 is as the other one."""
    return (other if one == _ONE else one, one if other == _ONE else other)


def _axes(node: SignalExpr, back: int) -> str:
    """Which axis of each operand is meant, counted from the last one."""
    one, other = (operand.ndim - back for operand in node.operands)
    return f"axis {one}" if one == other else f"axis {one} and axis {other}"


def _told(node: SignalExpr, verb: str, back: int) -> str:
    left, right = node.operands
    if _are_signals(node):
        return (
            f"cannot {verb} {left} and {right}: their lengths {left.length} and "
            f"{right.length} could differ; pad one of them or add a hypothesis"
        )
    one, other = left.shape[-back], right.shape[-back]
    return (
        f"cannot {verb} {left} and {right}: their sizes {one} and {other} along "
        f"{_axes(node, back)} could differ; add the hypothesis {one} == {other}"
    )


def repeated(
    operand: SignalExpr, index: Index, inside: bool, node: SignalExpr
) -> Generator[Wanted, Terms, Terms]:
    """The entry of an operand that belongs to an entry of the result."""
    shape = operand.lengths
    if shape == node.lengths:
        return (yield operand, index, inside)
    terms = yield operand, place_in(operand, index, node), inside
    if inside:
        return terms
    # Along an axis that is repeated, the operand itself does not say where the result ends.
    offset = len(index) - len(shape)
    one = _has_one(operand, node)
    along = [*range(offset), *(offset + axis for axis, is_one in enumerate(one) if is_one)]
    return guarded(
        terms, tuple(guard for axis in along for guard in within(index[axis], node.lengths[axis]))
    )


def place_in(operand: SignalExpr, index: Index, node: SignalExpr) -> Index:
    """Where the entry of an operand stands that belongs to an entry of the result."""
    shape = operand.lengths
    if shape == node.lengths:
        return index
    kept = index[len(index) - len(shape) :]
    zero = Polynomial({})
    one = _has_one(operand, node)
    return tuple(zero if is_one else p for is_one, p in zip(one, kept, strict=True))


def _has_one(operand: SignalExpr, node: SignalExpr) -> list[bool]:
    """Along which axes of an operand the one entry is repeated."""
    return [len(node.lengths) > 1 and size == _ONE for size in operand.lengths]


def _repeats(operand: SignalExpr, axis: int, both: tuple[Polynomial, Polynomial]) -> bool:
    """Whether the operand has one entry along an axis, and the other one may have more."""
    return operand.lengths[axis] == _ONE and both != (_ONE, _ONE)


def spread_out(operand: Array, shape: tuple[int, ...]) -> list[Any]:
    """The entries of an operand, repeated along the axes in which it has one."""
    if operand.shape == shape:
        return operand.entries
    offset = len(shape) - len(operand.shape)
    sizes = operand.shape
    return [
        operand.at(tuple(0 if n == 1 else i for i, n in zip(index[offset:], sizes, strict=True)))
        for index in indices(shape)
    ]

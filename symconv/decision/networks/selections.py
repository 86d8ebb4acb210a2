"""What only moves entries, and puts tensors side by side: functions of entries go through it."""

from __future__ import annotations

from collections.abc import Iterator

from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import Polynomial
from symconv.arithmetic.symbols import sign_of
from symconv.language.operators import Add, Pad
from symconv.language.signals import SignalExpr

__all__ = ["Selections"]


class Selections:
    """Tells which nodes select entries; what it has found of a node, it keeps."""

    def __init__(self) -> None:
        self._known: dict[SignalExpr, bool] = {}
        self._extents: dict[tuple[SignalExpr, int], tuple[Polynomial, Polynomial]] = {}

    def has(self, node: SignalExpr) -> bool:
        """Whether each entry of a node is an entry of an operand, or zero.

        That is so where entries are moved, and for a sum of tensors that are padded so that they
        stand side by side, as `concatenate` makes it.
        """
        if node not in self._known:
            is_sum = isinstance(node.operator, Add)
            self._known[node] = node.operator.moves or (is_sum and self._are_apart(node))
        return self._known[node]

    def origins(self, node: SignalExpr) -> Iterator[SignalExpr]:
        """The nodes whose entries the entries of a node are; it itself if it selects none."""
        open_, seen = [node], set()
        while open_:
            one = open_.pop()
            if one in seen:
                continue
            seen.add(one)
            if self.has(one):
                open_ += reversed(one.operands)
            else:
                yield one

    def _are_apart(self, node: SignalExpr) -> bool:
        """Whether along an axis the one operand plainly ends before the other one begins."""
        one, other = node.operands
        if one.ndim != other.ndim:
            return False
        symbols = node.names[1]

        def is_before(first: Polynomial, then: Polynomial) -> bool:
            gap = then - first
            return is_at_least(gap, 0, {name: sign_of(symbols[name]) for name in gap.symbols()})

        for axis in range(node.ndim):
            if one.lengths[axis] != other.lengths[axis]:
                return False
            (low, high), (begin, end) = self._extent(one, axis), self._extent(other, axis)
            if is_before(high, begin) or is_before(end, low):
                return True
        return False

    def _extent(self, node: SignalExpr, axis: int) -> tuple[Polynomial, Polynomial]:
        """From where to where, along an axis, there may be anything but zeros."""
        key = (node, axis)
        if key not in self._extents:
            self._extents[key] = self._found_extent(node, axis)
        return self._extents[key]

    def _found_extent(self, node: SignalExpr, axis: int) -> tuple[Polynomial, Polynomial]:
        operator = node.operator
        if isinstance(operator, Pad) and not operator.crops:
            shift = operator.left.polynomial if operator.axis == axis else Polynomial({})
            low, high = self._extent(node.operands[0], axis)
            return shift + low, shift + high
        if isinstance(operator, Add) and all(_is_whole(part, node, axis) for part in node.operands):
            (low, high), (begin, end) = (self._extent(part, axis) for part in node.operands)
            if high == begin:
                return low, end
            if end == low:
                return begin, high
        return Polynomial({}), node.lengths[axis]


def _is_whole(part: SignalExpr, node: SignalExpr, axis: int) -> bool:
    """Whether a part of a sum is not repeated along an axis, beyond where it has its entries."""
    return part.ndim == node.ndim and part.lengths[axis] == node.lengths[axis]

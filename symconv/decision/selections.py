"""What only moves entries, and puts tensors side by side: functions of entries go through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import Polynomial
from symconv.arithmetic.symbols import sign_of
from symconv.language.operators import Add, Pad
from symconv.language.signals import SignalExpr

__all__ = ["chosen_from", "is_selection", "replaced"]


def is_selection(node: SignalExpr) -> bool:
    """Whether each entry of a node is an entry of an operand, or zero.

    That is so where entries are moved, and for a sum of tensors that are padded so that they
    stand side by side, as `concatenate` makes it.
    """
    return node.operator.moves or (isinstance(node.operator, Add) and _are_apart(node))


def chosen_from(node: SignalExpr) -> Iterator[SignalExpr]:
    """The nodes from which the entries of a node are chosen, the node itself if it selects none."""
    open_, seen = [node], set()
    while open_:
        one = open_.pop()
        if one in seen:
            continue
        seen.add(one)
        if is_selection(one):
            open_ += reversed(one.operands)
        else:
            yield one


def replaced(
    node: SignalExpr,
    new: Callable[[SignalExpr], SignalExpr | None],
    made: Callable[[SignalExpr, list[SignalExpr]], SignalExpr],
) -> SignalExpr:
    """A node with others in the place of some below it.

    Args:
        node: the node.
        new: what stands for a node; None where it stays, and what is below it is looked at.
        made: makes a node of other operands.
    """
    done: dict[SignalExpr, SignalExpr] = {}
    open_ = [node]
    while open_:
        one = open_[-1]
        if one in done:
            open_.pop()
            continue
        instead = new(one)
        if instead is not None:
            done[one] = instead
            continue
        missing = [operand for operand in one.operands if operand not in done]
        if missing:
            open_ += missing
            continue
        operands = [done[operand] for operand in one.operands]
        same = all(a is b for a, b in zip(operands, one.operands, strict=True))
        done[one] = one if same else made(one, operands)
    return done[node]


def _are_apart(node: SignalExpr) -> bool:
    """Whether along an axis the one operand plainly ends before the other one begins."""
    one, other = node.operands
    if one.ndim != other.ndim:
        return False
    signs = {name: sign_of(symbol) for name, symbol in node.names[1].items()}

    def is_before(first: Polynomial, then: Polynomial) -> bool:
        return is_at_least(then - first, 0, signs)

    for axis in range(node.ndim):
        if one.lengths[axis] != other.lengths[axis]:
            return False
        (low, high), (begin, end) = _extent(one, axis), _extent(other, axis)
        if is_before(high, begin) or is_before(end, low):
            return True
    return False


def _extent(node: SignalExpr, axis: int) -> tuple[Polynomial, Polynomial]:
    """From where to where, along an axis, there may be anything but zeros."""
    shift = Polynomial({})
    while isinstance(node.operator, Pad) and not node.operator.crops:
        if node.operator.axis == axis:
            shift = shift + node.operator.left.polynomial
        (node,) = node.operands
    if isinstance(node.operator, Add) and all(
        _is_as_long(part, node, axis) for part in node.operands
    ):
        (low, high), (begin, end) = (_extent(part, axis) for part in node.operands)
        if high == begin:
            return shift + low, shift + end
        if end == low:
            return shift + begin, shift + high
    return shift, shift + node.lengths[axis]


def _is_as_long(part: SignalExpr, node: SignalExpr, axis: int) -> bool:
    """Whether a part of a sum is not repeated along an axis, beyond where it has its entries."""
    return part.ndim == node.ndim and part.lengths[axis] == node.lengths[axis]

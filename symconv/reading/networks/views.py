"""Tensors that share their entries: what is written into one of them is in all.

A view is made of the tensor that it shares entries with by operators that move them.  To write
into it, these are undone one by one: entries go back to where they came from.
"""

from __future__ import annotations

from sympy import Eq, Mod, Piecewise, true

from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.operators import Dilate, Downsample, Flip, Operator, Pad, Rearrange
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr, Tensor, indices_of
from symconv.language.tensor_functions import concatenate

__all__ = ["Fixed", "Storage", "path_to"]


def path_to(view: SignalExpr, of: SignalExpr) -> tuple[Operator, ...] | None:
    """The operators that make a view of a tensor; None where others do."""
    path: list[Operator] = []
    while view is not of:
        if len(view.operands) != 1 or not view.operator.moves:
            return None
        path.insert(0, view.operator)
        (view,) = view.operands
    return tuple(path)


class Storage:
    """The entries that tensors share.

    Attributes:
        expression: what they are.
        version: how often they have been written.
        doubtful: those that may share entries with these, or may not.
        refusal: why they cannot be read any more; empty where they can.
    """

    __slots__ = ("doubtful", "expression", "refusal", "version")

    def __init__(self, expression: SignalExpr) -> None:
        self.expression = expression
        self.version = 0
        self.doubtful: list[Storage] = []
        self.refusal = ""

    def seen(self, path: tuple[Operator, ...]) -> SignalExpr:
        """The tensor that a view is now.

        Raises:
            SymconvError: something was written that may be in it or not.
        """
        if self.refusal:
            raise SymconvError(self.refusal)
        result = self.expression
        for operator in path:
            result = result.apply(operator)
        return result

    def write(self, path: tuple[Operator, ...], new: SignalExpr, what: str) -> None:
        """Put other entries in the place of those of a view.

        Args:
            path: the operators that make the view.
            new: the entries, in the view's shape.
            what: what writes, for errors.

        Raises:
            SymconvError: the view repeats entries, or leaves some out in between.
        """
        before = [self.expression]
        for operator in path:
            before.append(before[-1].apply(operator))
        if new.lengths != before[-1].lengths:
            raise SymconvError(f"{what} gives another shape than that of what it is written into")
        for operator, whole in zip(reversed(path), reversed(before[:-1]), strict=True):
            new = _put_back(operator, whole, new, what)
        self.expression = new
        self.version += 1
        for other in self._all_doubtful():
            other.refusal = (
                f"{what} may have changed this tensor too, which is a copy or a view of another "
                "one, as memory is laid out; write .clone() or .contiguous() where the copy is "
                "made, or do not write in place"
            )

    def _all_doubtful(self) -> list[Storage]:
        """Those that may share entries with this one, by way of others too."""
        found, open_ = [self], [self]
        while open_:
            new = [one for one in open_.pop().doubtful if one not in found]
            found += new
            open_ += new
        return found[1:]

    def may_share(self, other: Storage) -> None:
        """Say that two may share entries, or may not."""
        self.doubtful.append(other)
        other.doubtful.append(self)


class Fixed(Storage):
    """The entries of a weight, which views of it may be read of, and not written into."""

    __slots__ = ()

    def write(self, path: tuple[Operator, ...], new: SignalExpr, what: str) -> None:
        """Refuse it."""
        raise SymconvError(f"{what} changes a weight while the module runs, which is not followed")


def _put_back(operator: Operator, whole: SignalExpr, new: SignalExpr, what: str) -> SignalExpr:
    """The tensor of which a part is replaced."""
    match operator:
        case Flip():
            return new.apply(operator)
        case Rearrange(source, target, names, sizes):
            if {n for group in source for n in group} == {n for group in target for n in group}:
                return new.apply(Rearrange(target, source, names, sizes))
        case Pad(left, right, axis) if (-left).is_at_least(0) and (-right).is_at_least(0):
            n = size_along(whole, axis)
            parts = [new]
            if left != 0:
                parts.insert(0, _cropped(whole, Amount.of(0), n + left, axis))
            if right != 0:
                parts.append(_cropped(whole, n + right, Amount.of(0), axis))
            return concatenate(parts, axis) if len(parts) > 1 else new
        case Downsample(factor, axis) if factor.number and size_along(whole, axis).is_at_least(1):
            n = size_along(whole, axis)
            placed = new.apply(Dilate(factor, axis))
            after = Pad(Amount.of(0), n - size_along(placed, axis), axis)
            (u,) = indices_of(1)
            others = Piecewise((0, Eq(Mod(u, factor.number), 0)), (1, true))
            kept = Tensor.from_formula((u,), others, shape=(n,))
            behind = " 1" * (whole.ndim - axis - 1)
            beside = kept.rearrange(f"u -> u{behind}") if behind else kept
            return whole.multiply(beside) + placed.apply(after)
    raise SymconvError(
        f"{what} writes into a view that is not followed, as one with entries that are repeated; "
        "write into a .clone() of it"
    )


def _cropped(x: SignalExpr, first: Amount, last: Amount, axis: int) -> SignalExpr:
    return x.apply(Pad(-first, -last, axis))

"""Reversing the order of the entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symconv.language.arrays import Doubles
from symconv.language.operators.base import (
    ATOM,
    SUM,
    AlongAxis,
    Fixed,
    Index,
    InDoubles,
    Mathematics,
    NumPy,
    Operand,
    Rule,
    along,
    applied_along,
)
from symconv.language.operators.named import Named

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Flip", "FlipMethod"]


@dataclass(frozen=True, slots=True)
class Flip(AlongAxis):
    """See `FlipMethod.flip`."""

    axis: int = 0

    moves = True
    method = "flip"
    empty_by_operands_alone = True
    checked_as_kernel = True

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """x[n − 1 − u]."""
        last = node.lengths[self.axis] - 1
        return (yield node.operands[0], along(index, self.axis, last - index[self.axis]), inside)

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """The entries from the last to the first."""
        return entries[0][::-1]

    def fill(self, given: InDoubles, into: Doubles, *operands: Doubles) -> None:
        """The entries from the last to the first."""
        into[:] = operands[0][::-1]

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """In LaTeX a tilde above a name."""
        _, inner = self.alike(node)
        text, along_ = write.operand(inner, SUM), self.along(write, node)
        if not write.is_latex:
            return f"flip{along_}({text})", ATOM
        if along_ or not isinstance(inner.operator, Named):
            return rf"\operatorname{{flip}}{along_}\left({text}\right)", ATOM
        return rf"\tilde{{{text}}}", ATOM

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """A slice with a negative step."""
        return f"{write.operand(node.operands[0])}[{self.selected('::-1')}]"


class FlipMethod(Operand):
    """The method of signals."""

    __slots__ = ()

    def flip(self, *, axis: int | Sequence[int] | None = None) -> SignalExpr:
        """Reverse the order of the entries along an axis: entry u is x[n − 1 − u]."""
        return applied_along(self, axis, Flip)

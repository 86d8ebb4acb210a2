"""Reversing the order of the entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symconv.language.operators.base import (
    ATOM,
    SUM,
    Fixed,
    Index,
    Mathematics,
    Operand,
    Operator,
    Rule,
    along,
)
from symconv.language.operators.named import Named

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Flip", "FlipMethod"]


@dataclass(frozen=True, slots=True)
class Flip(Operator):
    """See `FlipMethod.flip`."""

    method = "flip"
    plain = "flip({0})"
    numpy = "{0}[::-1]"
    empty_by_operands_alone = True
    checked_as_kernel = True

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """x[n − 1 − u]."""
        last = node.lengths[self.axis] - 1
        return (yield node.operands[0], along(index, self.axis, last - index[self.axis]), inside)

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """The entries from the last to the first."""
        return entries[0][::-1]

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """In LaTeX a tilde above a name."""
        (inner,) = node.operands
        text = write.operand(inner, SUM)
        if not write.is_latex:
            return f"flip({text})", ATOM
        if not isinstance(inner.operator, Named):
            return rf"\operatorname{{flip}}\left({text}\right)", ATOM
        return rf"\tilde{{{text}}}", ATOM


class FlipMethod(Operand):
    """The method of signals."""

    __slots__ = ()

    def flip(self) -> SignalExpr:
        """Reverse the order of the entries: entry u is x[n − 1 − u]."""
        return self.apply(Flip())

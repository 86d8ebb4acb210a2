"""The larger of two tensors, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symconv.language.arrays import Array, Doubles
from symconv.language.functions import largest
from symconv.language.operators.base import (
    ATOM,
    Candidate,
    Code,
    Fixed,
    Index,
    InDoubles,
    Mathematics,
)
from symconv.language.operators.equal_shapes import Entrywise, place_in, spread_out
from symconv.language.scalars import REALS

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Maximum"]


@dataclass(frozen=True, slots=True)
class Maximum(Entrywise):
    """The larger of two entries; see `symconv.maximum`."""

    is_drawn = False
    is_opaque = True
    verb = "take the maximum of"
    call = "maximum(x, y)"
    empty_by_operands_alone = True
    numpy = "np.maximum({0}, {1})"

    def candidates(self, node: SignalExpr, index: Index, fresh: Iterator[int]) -> list[Candidate]:
        """The entry of each."""
        return [
            Candidate(operand, place_in(operand, index, node), (), ()) for operand in node.operands
        ]

    @property
    def ring(self) -> str:
        """The reals, which are ordered."""
        return REALS

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """The larger ones."""
        both = (spread_out(operand, shape) for operand in operands)
        return [largest(list(pair)) for pair in zip(*both, strict=True)]

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """The larger ones."""
        import numpy as np

        left, right = operands
        return np.asarray(np.maximum(left, right))

    @property
    def rounds(self) -> bool:
        """Entries are only chosen."""
        return False

    def code(self, write: Code, node: SignalExpr) -> str:
        """The call of the function."""
        return f"maximum({', '.join(map(write.text, node.operands))})"

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The maximum of both."""
        both = ", ".join(write.operand(operand, 0) for operand in node.operands)
        return (rf"\max\left({both}\right)" if write.is_latex else f"max({both})"), ATOM

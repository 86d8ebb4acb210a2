"""Operands that have to be of one length, as those of sums and products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from symconv.arithmetic.polynomials import equal
from symconv.errors import SymconvError
from symconv.language.operators.base import Requirement

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["are_equally_long", "check_equal_lengths", "check_equal_lengths_at"]


def check_equal_lengths(node: SignalExpr, verb: str) -> None:
    """Refuse operands whose lengths are different numbers.

    Raises:
        SymconvError: they are.
    """
    left, right = node.operands
    lengths = left.lengths[0].as_integer(), right.lengths[0].as_integer()
    if None not in lengths and lengths[0] != lengths[1]:
        raise SymconvError(
            f"cannot {verb} {left} and {right}: their lengths are "
            f"{lengths[0]} and {lengths[1]}; pad one of them"
        )


def are_equally_long(node: SignalExpr, verb: str) -> Iterator[Requirement]:
    """That both have one length, where that is not plain."""
    left, right = node.operands
    if left.lengths != right.lengths:
        yield Requirement(
            tuple(equal(a, b) for a, b in zip(left.lengths, right.lengths, strict=True)),
            lambda: (
                f"cannot {verb} {left} and {right}: their lengths {left.length} and "
                f"{right.length} could differ; pad one of them or add a hypothesis"
            ),
        )


def check_equal_lengths_at(node: SignalExpr, sizes: Sequence[int], verb: str) -> int:
    """The one length of operands, at fixed lengths.

    Raises:
        SymconvError: there are two.
    """
    left, right = node.operands
    if sizes[0] != sizes[1]:
        raise SymconvError(
            f"cannot {verb} {left} and {right}: their lengths are {sizes[0]} and {sizes[1]}"
        )
    return sizes[0]

"""The entrywise product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import mul
from typing import TYPE_CHECKING, Any

from symconv.language.assignments import Point
from symconv.language.operators.base import (
    POSTFIX,
    PRODUCT,
    Fixed,
    Index,
    Operand,
    Operator,
    Requirement,
    Rule,
    products,
)
from symconv.language.operators.equal_lengths import (
    are_equally_long,
    check_equal_lengths,
    check_equal_lengths_at,
)

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Multiply", "MultiplyMethod"]


@dataclass(frozen=True, slots=True)
class Multiply(Operator):
    """See `MultiplyMethod.multiply`."""

    method = "multiply"
    call = "x.multiply(h)"
    plain = "{0} ⊙ {1}"
    latex = r"{0} \odot {1}"
    numpy = "{0} * {1}"
    binding = PRODUCT
    least = POSTFIX
    multiplies = True
    empty_by_operands_alone = True
    parenthesised_in_numpy = True
    arity = 2

    def check(self, node: SignalExpr) -> None:
        """Refuse different lengths."""
        check_equal_lengths(node, "multiply")

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """The lengths are equal."""
        return are_equally_long(node, "multiply")

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """Each term of the one times each of the other."""
        left = yield node.operands[0], index, inside
        right = yield node.operands[1], index, inside
        return products(left, right, fresh)

    def size_at(self, at: Point, node: SignalExpr, sizes: Sequence[int]) -> int:
        """That of both."""
        return check_equal_lengths_at(node, sizes, "multiply")

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """The products."""
        return list(map(mul, *entries))


class MultiplyMethod(Operand):
    """The method of signals."""

    __slots__ = ()

    def multiply(self, other: SignalExpr) -> SignalExpr:
        """The entrywise product with a signal of the same length: entry u is x[u]·h[u]."""
        return self.apply(Multiply(), other)

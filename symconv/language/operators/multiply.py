"""The entrywise product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import mul
from typing import TYPE_CHECKING, Any, NoReturn

from symconv.errors import SymconvError
from symconv.language.arrays import Array, Doubles
from symconv.language.operators.base import (
    POSTFIX,
    PRODUCT,
    Fixed,
    Index,
    InDoubles,
    Operand,
    Rule,
    products,
)
from symconv.language.operators.equal_shapes import Entrywise, repeated, spread_out

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Multiply", "MultiplyMethod"]


@dataclass(frozen=True, slots=True)
class Multiply(Entrywise):
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
    verb = "multiply"

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """Each term of the one times each of the other."""
        one, other = node.operands
        left = yield from repeated(one, index, inside, node)
        right = yield from repeated(other, index, inside, node)
        return products(left, right, fresh)

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """The products."""
        return list(map(mul, *(spread_out(operand, shape) for operand in operands)))

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """The products."""
        left, right = operands
        return left * right


class MultiplyMethod(Operand):
    """The method of signals."""

    __slots__ = ()

    def multiply(self, other: SignalExpr) -> SignalExpr:
        """The entrywise product with a tensor of the same shape: entry u is x[u]·h[u].

        Of several axes, what has one entry along an axis is repeated there, as in NumPy.
        """
        return self.apply(Multiply(), other)

    def __matmul__(self, other: object) -> NoReturn:
        raise SymconvError(
            f"@ is not defined for {self}; write x.linear(w) for x wᵀ, or "
            "einsum('ij,jk->ik', x, w) for the product of matrices"
        )

    def __pow__(self, exponent: object) -> NoReturn:
        raise SymconvError(
            f"** is not defined for {self}; write x.multiply(x) for the square of each entry"
        )

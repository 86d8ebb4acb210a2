"""The entrywise sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import add
from typing import TYPE_CHECKING, Any

from symconv.errors import SymconvError, as_given
from symconv.language.arrays import Array, Doubles
from symconv.language.operators.base import (
    PRODUCT,
    SUM,
    Code,
    Fixed,
    Index,
    InDoubles,
    Mathematics,
    NumPy,
    Operand,
    Rule,
    signal_of,
)
from symconv.language.operators.equal_shapes import Entrywise, repeated, spread_out
from symconv.language.operators.scale import Scale

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Add", "AddMethods", "positive_part"]


@dataclass(frozen=True, slots=True)
class Add(Entrywise):
    """The sum of two tensors of one shape: entry u is x[u] + h[u]; see `Entrywise`."""

    parenthesised_in_code = True
    parenthesised_in_numpy = True
    verb = "add"

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """The terms of both."""
        one, other = node.operands
        left = yield from repeated(one, index, inside, node)
        right = yield from repeated(other, index, inside, node)
        return left + right

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """The sums."""
        return list(map(add, *(spread_out(operand, shape) for operand in operands)))

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """The sums."""
        left, right = operands
        return left + right

    def count_products(
        self, each: Sequence[int], size: int, sizes: Sequence[int]
    ) -> tuple[int, int]:
        """Those of both."""
        return sum(each), sum(each) * size

    def code(self, write: Code, node: SignalExpr) -> str:
        """A sum, or a difference where the second operand is a negative multiple."""
        left, right = node.operands
        subtracted = positive_part(right)
        sign, shown = ("+", right) if subtracted is None else ("-", subtracted)
        text = write.text(shown)
        return f"{write.text(left)} {sign} {f'({text})' if _is_sum(shown) else text}"

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """A sum, or a difference where the second operand is a negative multiple."""
        left, right = node.operands
        subtracted = positive_part(right)
        sign, shown = ("+", right) if subtracted is None else (write.minus, subtracted)
        return f"{write.operand(left, SUM)} {sign} {write.operand(shown, PRODUCT)}", SUM

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """A sum, or a difference."""
        left, right = node.operands
        match right.operator:
            case Scale(number) if number == -1:
                return f"{write.text(left)} - {write.operand(right.operands[0])}"
        return f"{write.text(left)} + {write.text(right)}"


def positive_part(signal: SignalExpr) -> SignalExpr | None:
    """What is subtracted by adding the tensor; None if nothing is."""
    match signal.operator:
        case Scale(number) if number < 0:
            (inner,) = signal.operands
            return inner if number == -1 else inner.apply(Scale(-number))
    return None


def _is_sum(signal: SignalExpr) -> bool:
    return isinstance(signal.operator, Add)


class AddMethods(Operand):
    """The signs between signals."""

    __slots__ = ()

    def __add__(self, other: object) -> SignalExpr:
        if not isinstance(other, Operand):
            raise SymconvError(f"cannot add {self} and {as_given(other)}: both must be signals")
        return self.apply(Add(), signal_of(other))

    def __radd__(self, other: object) -> SignalExpr:
        raise SymconvError(f"cannot add {as_given(other)} and {self}: both must be signals")

    def __sub__(self, other: object) -> SignalExpr:
        if not isinstance(other, Operand):
            raise SymconvError(
                f"cannot subtract {as_given(other)} from {self}: both must be signals"
            )
        return self.apply(Add(), other.apply(Scale.by(-1)))

    def __rsub__(self, other: object) -> SignalExpr:
        raise SymconvError(f"cannot subtract {self} from {as_given(other)}: both must be signals")

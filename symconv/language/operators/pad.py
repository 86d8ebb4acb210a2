"""Padding with zeros, and cropping."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from symconv.arithmetic.polynomials import (
    Polynomial,
    within,
    without_nonnegative_part,
)
from symconv.language.amounts import Amount, Whole, integer_argument
from symconv.language.arrays import Doubles
from symconv.language.assignments import Point
from symconv.language.operators.base import (
    AlongAxis,
    Fixed,
    Index,
    InDoubles,
    NumPy,
    Operand,
    Rule,
    along,
    applied_along,
    guarded,
    not_negative,
)
from symconv.language.operators.extend import Extend, Extension, pad_widths

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Pad", "PadMethod", "padding_along"]


@dataclass(frozen=True, slots=True)
class Pad(AlongAxis):
    """Zeros before and after a signal; negative amounts crop; see `PadMethod.pad`."""

    left: Amount
    right: Amount
    axis: int = 0

    moves = True
    method = "pad"
    plain = "pad{along}({0}; {left}, {right})"
    latex = r"\operatorname{{pad}}{along}\left({0};\, {left},\, {right}\right)"

    @property
    def crops(self) -> bool:
        """Whether one of the amounts could be negative."""
        return not (self.left.is_at_least(0) and self.right.is_at_least(0))

    @property
    def is_idle(self) -> bool:
        """Whether both amounts are 0."""
        return self.left == 0 and self.right == 0

    def size(self, node: SignalExpr) -> Polynomial:
        """max(0, n + left + right)."""
        inner = node.operands[0].lengths[self.axis]
        more = self.left.polynomial + self.right.polynomial
        if not self.crops:
            return inner + more
        if (-self.left).is_at_least(0) and (-self.right).is_at_least(0):
            inner = without_nonnegative_part(inner)
        return not_negative(inner + more, node)

    def shows_an_entry(self, node: SignalExpr) -> bool:
        """Whether the operand has one, or a zero is put there."""
        alone = node.operands[0].ndim == 1  # a zero along one axis needs entries along the others
        return not self.crops and (
            node.operands[0].is_nonempty
            or (alone and (self.left.is_at_least(1) or self.right.is_at_least(1)))
        )

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """x[u − left], which is zero beyond the signal by itself unless it is cropped."""
        u = index[self.axis]
        source = yield node.operands[0], along(index, self.axis, u - self.left.polynomial), False
        if inside or not self.crops:
            return source
        return guarded(source, within(u, node.lengths[self.axis]))

    def size_at(self, at: Point, node: SignalExpr, sizes: Sequence[int]) -> int:
        """max(0, n + left + right)."""
        return max(0, sizes[0] + self.left.at(at) + self.right.at(at))

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """Zeros, the entries, and zeros."""
        (x,) = entries
        left, right = self.left.at(fixed.at), self.right.at(fixed.at)
        places = range(-left, max(0, len(x) + left + right) - left)
        return [x[v] if 0 <= v < len(x) else fixed.zero for v in places]

    def fill(self, given: InDoubles, into: Doubles, *operands: Doubles) -> None:
        """The entries between zeros."""
        (x,) = operands
        left = self.left.at(given.at)
        start, end = max(left, 0), min(len(into), len(x) + left)
        if start < end:
            into[start:end] = x[start - left : end - left]

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """np.pad, and a slice where it crops."""
        (inner,) = node.operands
        left, right = self.left.at(write.at), self.right.at(write.at)
        text = write.operand(inner)
        before, after = max(left, 0), max(right, 0)
        if before or after:
            text = (
                f"np.pad({write.text(inner)}, {pad_widths(self.axis, inner.ndim, before, after)})"
            )
        if left >= 0 and right >= 0:
            return text
        start = max(-left, 0)
        end = start + max(0, write.shape(inner)[self.axis] + left + right)
        return f"{text}[{self.selected(f'{start}:{end}')}]"

    def place(self, taps: int) -> tuple[Fraction, Fraction]:
        """The row begins earlier by the left amount."""
        return Fraction(-int(self.left)), Fraction(1)


def padding_along(
    left: Amount, right: Amount, mode: Extension | Literal["zeros"], axis: int
) -> Pad | Extend:
    """The operator that pads along an axis in a mode."""
    return Pad(left, right, axis) if mode == "zeros" else Extend(left, right, mode, axis)


class PadMethod(Operand):
    """The method of signals."""

    __slots__ = ()

    def pad(
        self,
        left: Whole,
        right: Whole,
        mode: Extension | Literal["zeros"] = "zeros",
        *,
        axis: int | Sequence[int] | None = None,
    ) -> SignalExpr:
        """Put `left` zeros before and `right` zeros after the signal; negative amounts crop.

        Entry u is x[u − left]; the length is max(0, n + left + right).  In another mode
        the signal continues at its ends instead (with v = u − left, beyond 0 ≤ v < n):
        "reflect" has x[−v] and x[2n − 2 − v], "symmetric" x[−1 − v] and x[2n − 1 − v],
        "replicate" x[0] and x[n − 1], "circular" x[v + n] and x[v − n].  These take no
        negative amounts, and none beyond n; "reflect" none beyond n − 1 and "replicate" none for
        n = 0, except that 0 is always possible, which copies nothing.

        Of several axes, `axis` says along which; a tuple pads along each by the same amounts.
        """
        before = integer_argument(left, "the left padding", self)
        after = integer_argument(right, "the right padding", self)
        return applied_along(self, axis, lambda one: padding_along(before, after, mode, one))

"""Padding with what the signal itself has at its ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from symconv.arithmetic.polynomials import Polynomial, at_least, nonnegative_part, within
from symconv.errors import SymconvError, as_given
from symconv.language.amounts import Amount
from symconv.language.arrays import Doubles
from symconv.language.assignments import Point
from symconv.language.hints import about_mode
from symconv.language.operators.base import (
    AlongAxis,
    Fixed,
    Index,
    InDoubles,
    Kind,
    NumPy,
    Requirement,
    Rule,
    along,
    guarded,
    shown,
)

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Extend", "Extension", "check_mode", "pad_widths"]

Extension: TypeAlias = Literal["reflect", "symmetric", "replicate", "circular"]
"""What stands beyond the ends of a signal, where it is not zeros."""

_NUMPY = {
    "reflect": "reflect",
    "symmetric": "symmetric",
    "replicate": "edge",
    "circular": "wrap",
}


def check_mode(mode: str) -> None:
    """Refuse what is no way to continue a signal.

    Raises:
        SymconvError: it is none.
    """
    modes = get_args(Extension)
    if mode not in modes:
        hint = about_mode(mode)
        raise SymconvError(
            f"the mode of padding must be 'zeros', {', '.join(map(repr, modes))}, "
            f"got {as_given(mode)}{f'; {hint}' * bool(hint)}"
        )


@dataclass(frozen=True, slots=True)
class Extend(AlongAxis):
    """A signal that continues beyond its ends; see `PadMethod.pad`."""

    left: Amount
    right: Amount
    mode: Extension
    axis: int = 0

    moves = True
    method = "pad"
    plain = "pad{along}({0}; {left}, {right}; {mode})"
    latex = r"\operatorname{{pad}}{along}\left({0};\, {left},\, {right};\, \text{{{mode}}}\right)"

    @property
    def is_idle(self) -> bool:
        """Whether both amounts are 0."""
        return self.left == 0 and self.right == 0

    def check(self, node: SignalExpr) -> None:
        """Refuse unknown modes, and amounts that could be negative."""
        check_mode(self.mode)
        for amount in (self.left, self.right):
            if not amount.is_at_least(0):
                raise SymconvError(
                    f"{self.mode} padding of {node.operands[0]} needs amounts that are not "
                    f"negative, got {amount}; crop with pad(-1, -1), and declare symbols "
                    "nonnegative=True"
                )

    def size(self, node: SignalExpr) -> Polynomial:
        """N + left + right."""
        (signal,) = node.operands
        return signal.lengths[self.axis] + self.left.polynomial + self.right.polynomial

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """There are as many entries as are copied; where nothing is copied, none are needed."""
        (signal,) = node.operands
        size = signal.lengths[self.axis]
        enough = [at_least(size, self._needed(p)) for p in (self.left, self.right)]
        yield Requirement(
            tuple(enough),
            lambda: (
                f"{self.mode} padding by {self.left} and {self.right} needs more entries than "
                f"{signal} could have; add a hypothesis on its length {signal.shape[self.axis]}"
            ),
        )

    def _needed(self, amount: Amount) -> Polynomial:
        """How many entries there have to be, so that so many can be copied at an end."""
        p = amount.polynomial
        if self.mode in {"symmetric", "circular"}:
            return p
        least = Polynomial.constant(1)  # the smaller one of 1 and p
        if not amount.is_at_least(1):
            least -= nonnegative_part(1 - p)
        return least if self.mode == "replicate" else p + least

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """The entry of the signal, and the one that stands for it beyond either end."""
        (signal,) = node.operands
        size, u = signal.lengths[self.axis], index[self.axis]
        v = u - self.left.polynomial
        before, after = {
            "reflect": (-v, 2 * size - 2 - v),
            "symmetric": (-1 - v, 2 * size - 1 - v),
            "replicate": (Polynomial.constant(0), size - 1),
            "circular": (v + size, v - size),
        }[self.mode]
        middle = yield signal, along(index, self.axis, v), False
        left = yield signal, along(index, self.axis, before), False
        right = yield signal, along(index, self.axis, after), False
        terms = (
            *middle,
            *guarded(left, (at_least(-v, 1),)),
            *guarded(right, (at_least(v, size),)),
        )
        return guarded(terms, () if inside else within(u, node.lengths[self.axis]))

    def size_at(self, at: Point, node: SignalExpr, sizes: Sequence[int]) -> int:
        """N + left + right."""
        (n,), before, after = sizes, self.left.at(at), self.right.at(at)
        most = max(before, after)
        needed = {"reflect": most + 1, "replicate": 1}.get(self.mode, most) if most else 0
        if min(before, after) < 0 or n < needed:
            (inner,) = node.operands
            raise SymconvError(
                f"{node} would pad {n} entries by {before} and {after}: more than there are"
                + (
                    f"; add a hypothesis on {inner.shape[self.axis]}"
                    if inner.every_symbol()
                    else ""
                )
            )
        return n + before + after

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """NumPy's pads "reflect", "symmetric", "edge" and "wrap", within one copy."""
        (x,) = entries
        n, left, right = len(x), self.left.at(fixed.at), self.right.at(fixed.at)
        match self.mode:
            case "reflect":
                return x[1 : left + 1][::-1] + x + x[n - 1 - right : n - 1][::-1]
            case "symmetric":
                return x[:left][::-1] + x + x[n - right :][::-1]
            case "replicate":
                return x[:1] * left + x + x[-1:] * right
            case "circular":
                return x[n - left :] + x + x[:right]

    def fill(self, given: InDoubles, into: Doubles, *operands: Doubles) -> None:
        """The entries, and before and after them copies of those at the ends."""
        (x,) = operands
        n, left, right = len(x), self.left.at(given.at), self.right.at(given.at)
        into[left : left + n] = x
        before, after = into[:left], into[left + n :]
        match self.mode:
            case "reflect":
                before[:], after[:] = x[1 : left + 1][::-1], x[n - 1 - right : n - 1][::-1]
            case "symmetric":
                before[:], after[:] = x[:left][::-1], x[n - right :][::-1]
            case "replicate":
                before[:], after[:] = x[:1], x[-1:]
            case "circular":
                before[:], after[:] = x[n - left :], x[:right]

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """np.pad in the mode that NumPy calls otherwise."""
        (inner,) = node.operands
        left, right = self.left.at(write.at), self.right.at(write.at)
        amounts = pad_widths(self.axis, inner.ndim, left, right)
        return f'np.pad({write.text(inner)}, {amounts}, "{_NUMPY[self.mode]}")'

    def label(self, kernel: str) -> tuple[str, ...]:
        """The amounts, and below them the mode."""
        return f"pad({shown(self.left)}, {shown(self.right)})", self.mode

    def place(self, taps: int) -> tuple[Fraction, Fraction]:
        """The row begins earlier by the left amount."""
        return Fraction(-int(self.left)), Fraction(1)

    def kind(self, target: int, size: int) -> Kind:
        """Copies at the ends are a padding."""
        return "entry" if 0 <= target - int(self.left) < size else "padding"


def pad_widths(axis: int, ndim: int, left: int, right: int) -> str:
    """The amounts along one axis as np.pad takes them."""
    if ndim == 1:
        return f"({left}, {right})"
    widths = [(left, right) if one == axis else (0, 0) for one in range(ndim)]
    return f"({', '.join(map(str, widths))})"

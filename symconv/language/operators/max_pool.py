"""The largest entry of each window along an axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any

from symconv.arithmetic.limits import MOST_PHASES
from symconv.arithmetic.polynomials import Conjunction, Polynomial, at_least, within
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.arrays import Doubles
from symconv.language.assignments import Point
from symconv.language.functions import largest
from symconv.language.operators.base import (
    ATOM,
    AlongAxis,
    Candidate,
    Code,
    Fixed,
    Index,
    InDoubles,
    Mathematics,
    NumPy,
    Requirement,
    along,
    not_negative,
    positive_at,
    worded,
)
from symconv.language.operators.torch_code import torch_tensor
from symconv.language.operators.windows import count_of_windows, count_of_windows_at
from symconv.language.scalars import REALS

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["MaxPool"]


@dataclass(frozen=True, slots=True)
class MaxPool(AlongAxis):
    """The largest of those entries of each window that exist: what is padded does not count.

    Attributes:
        window: how many places a window has.
        stride: from one window to the next.
        dilation: from one place of a window to the next.
        left: how many places there are before the first entry.
        right: how many there are after the last one.
        axis: the axis along which it acts.
    """

    window: Amount
    stride: Amount
    dilation: Amount
    left: Amount
    right: Amount
    axis: int = 0

    is_drawn = False
    is_opaque = True
    may_be_torch = True
    method = "max_pool"

    def size(self, node: SignalExpr) -> Polynomial:
        """max(0, ⌊(n + l + r − d(c − 1) − 1)/s⌋ + 1)."""
        padded = node.operands[0].lengths[self.axis] + self.left.polynomial + self.right.polynomial
        windows = count_of_windows(padded, self.window.polynomial, self.stride, self.dilation)
        return not_negative(windows, node)

    def shows_an_entry(self, node: SignalExpr) -> bool:
        """Never: the input may be too short."""
        return False

    @property
    def _reach(self) -> Amount:
        """How far the last place of a window is from its first one, d(c − 1)."""
        return (self.window - 1) * self.dilation

    @property
    def _shortest(self) -> Amount:
        """How long an input is of which each window that begins before it has an entry.

        From −v before the input, the first place in it is v mod d.  There is window u where the
        input has at least d(c − 1) + 1 − l − r + s·u entries.
        """
        amounts = (self.window, self.stride, self.dilation, self.left, self.right)
        numbers = [amount.number for amount in amounts if amount.number is not None]
        if len(numbers) < len(amounts):
            return self.dilation
        c, s, d, l, r = numbers
        begins = range(-l, 0, s)[:d]  # after d windows the places are the same ones again
        if len(begins) > MOST_PHASES:
            return self.dilation
        fewest = d * (c - 1) + 1 - l - r
        needed = (v % d + 1 for u, v in enumerate(begins) if fewest + s * u <= v % d)
        return Amount.of(max(needed, default=0))

    def check(self, node: SignalExpr) -> None:
        """Refuse padding that is longer than a window.

        Raises:
            SymconvError: with how long a window is.
        """
        for padding in (self.left, self.right):
            if (padding - self._reach - 1).is_at_least(0):
                raise SymconvError(
                    f"the padding {padding} of a max pool is longer than a window reaches, which "
                    f"is {self._reach}, so that a window would have no entry"
                )

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """That windows have places, and that none lies in the padding alone, where there is any.

        Before the input it does not if l ≤ d(c − 1), and after it if the last window begins
        before the end; with a dilation, what the places of a window skip that begins before the
        input has to be shorter than the input.  With a stride and a dilation, some sizes are
        refused for which no window is in the way.
        """
        if not self.window.is_at_least(1):
            guard = at_least(self.window.polynomial, 1)
            yield Requirement((guard,), partial(_told_of_none, node, self))
        if self.left == 0 and self.right == 0:
            return
        n, symbols = node.operands[0].lengths[self.axis], node.names[1]
        reach, left = self._reach, self.left
        last = self.stride.polynomial * (self.size(node) - 1) - left.polynomial
        size, begins = Amount(n, symbols), Amount(last, symbols)
        fitting = [
            (at_least(reach.polynomial, left.polynomial), "first", f"{left} <= {reach}"),
            (at_least(n - 1, last), "last", f"{begins} < {size}"),
        ]
        if not (-left).is_at_least(0):
            shortest = self._shortest
            enough = at_least(n, shortest.polynomial)
            fitting.append((enough, "first", f"{size} >= {shortest}"))
        for guard, why, fits in fitting:
            yield Requirement((guard,), partial(_told, node, why, fits))

    def size_at(self, at: Point, node: SignalExpr, sizes: Sequence[int]) -> int:
        """max(0, ⌊(n + l + r − d(c − 1) − 1)/s⌋ + 1).

        Raises:
            SymconvError: a window has no entry.
        """
        window = positive_at(self.window, at, "size of a window")
        left, right = self.left.at(at), self.right.at(at)
        count = count_of_windows_at(at, sizes[0] + left + right, window, self.stride, self.dilation)
        for u in range(count):
            if not any(True for _ in self._places(at, u, sizes[0])):
                raise SymconvError(
                    f"window {u} of {node} has no entry, and so no largest one: its places are "
                    "all in the padding"
                )
        return count

    def _places(self, at: Point, u: int, n: int) -> Iterator[int]:
        """Where the entries of a window are."""
        first, d = self.stride.at(at) * u - self.left.at(at), self.dilation.at(at)
        return (v for v in range(first, first + d * self.window.at(at), d) if 0 <= v < n)

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """The largest of each window."""
        (x,) = entries
        left, right = self.left.at(fixed.at), self.right.at(fixed.at)
        count = count_of_windows_at(
            fixed.at, len(x) + left + right, self.window.at(fixed.at), self.stride, self.dilation
        )
        return [largest([x[v] for v in self._places(fixed.at, u, len(x))]) for u in range(count)]

    def fill(self, given: InDoubles, into: Doubles, *operands: Doubles) -> None:
        """The largest of whole rows, place by place; or window by window, where these are fewer."""
        import numpy as np

        (x,) = operands
        n, count, at = len(x), len(into), given.at
        stride, dilation, left = self.stride.at(at), self.dilation.at(at), self.left.at(at)
        reach = dilation * (self.window.at(at) - 1) + 1
        if self.window.at(at) > count:
            for u in range(count):
                begin = stride * u - left
                first = begin - dilation * (min(begin, 0) // dilation)  # the first place inside
                np.max(x[first : begin + reach : dilation], axis=0, out=into[u, ...])
            return
        into[:] = -np.inf
        for begin in range(-left, reach - left, dilation):
            # Place `begin` of the first window; so many windows later it is still inside.
            first, end = max(0, -(begin // stride)), min(count, -((begin - n) // stride))
            if first < end:
                places = slice(stride * first + begin, stride * (end - 1) + begin + 1, stride)
                np.maximum(into[first:end], x[places], out=into[first:end])

    @property
    def rounds(self) -> bool:
        """Entries are only chosen."""
        return False

    def work(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """Each window is looked at; there are no more entries in one than in the operand."""
        number = self.window.number
        return prod(shape) * (prod(shapes[0]) if number is None else max(number, 1))

    def candidates(self, node: SignalExpr, index: Index, fresh: Iterator[int]) -> list[Candidate]:
        """x[s·u + d·j − l] for 0 ≤ j < c, where that is an entry."""
        (signal,) = node.operands
        c, d = self.window, self.dilation
        first = self.stride.polynomial * index[self.axis] - self.left.polynomial

        def at(j: Polynomial, numbers: tuple[int, ...], bounds: Conjunction) -> Candidate:
            place = first + d.polynomial * j
            inside = within(place, signal.lengths[self.axis])
            return Candidate(signal, along(index, self.axis, place), numbers, (*bounds, *inside))

        if d.number is None and c.number is not None and c.number <= MOST_PHASES:
            # One by one, so that the dilation is not multiplied by an index.
            return [at(Polynomial.constant(j), (), ()) for j in range(c.number)]
        number = next(fresh)
        j = Polynomial.of(number)
        return [at(j, (number,), within(j, c.polynomial))]

    @property
    def ring(self) -> str:
        """The reals, which are ordered."""
        return REALS

    def arguments(self, write: Code, node: SignalExpr) -> list[str]:
        """The size, and what is not as it is by default; the axis where there are several."""
        found = [write.argument(self.window)]
        if self.stride != self.window:
            found.append(f"stride={write.argument(self.stride)}")
        if self.left == self.right:
            found += [f"padding={write.argument(self.left)}"] * (self.left != 0)
        else:
            pair = f"{write.argument(self.left)}, {write.argument(self.right)}"
            found.append(f"padding=(({pair}),)")
        found += write.unless_one(dilation=self.dilation)
        if node.operands[0].ndim > 1:
            found.append(f"axes={self.axis}")
        return found

    def code(self, write: Code, node: SignalExpr) -> str:
        """The call that applies it, axis by axis."""
        (inner,) = node.operands
        return f"{write.receiver(inner)}.max_pool({', '.join(self.arguments(write, node))})"

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The size, and what is not as it is by default."""
        (inner,) = node.operands
        told = [write.number(self.window)]
        told += [worded(write, "stride", write.number(self.stride))] * (self.stride != self.window)
        if self.left != 0 or self.right != 0:
            sides = f"{write.number(self.left)}, {write.number(self.right)}"
            told.append(worded(write, "padded by", sides))
        told += [worded(write, "dilation", write.number(self.dilation))] * (self.dilation != 1)
        told += [worded(write, "axis", str(self.axis))] * (inner.ndim > 1)
        operand, listed = write.operand(inner, 0), ", ".join(told)
        if write.is_latex:
            return rf"\operatorname{{maxpool}}\left({operand};\, {listed}\right)", ATOM
        return f"maxpool({operand}; {listed})", ATOM

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """The largest of each window, one by one, as NumPy has no padding that does not count."""
        (inner,) = node.operands
        shape, n = write.shape(node), write.shape(inner)[self.axis]
        if 0 in shape:
            return f"np.zeros({shape}, int)"
        layer = self._torch_code(write, node) if write.with_torch else ""
        if layer:
            return layer
        at = write.at
        s, d, c = self.stride.at(at), self.dilation.at(at), self.window.at(at)
        first = f"{s} * u - {self.left.at(at)}" if self.left.at(at) else f"{s} * u"
        places = f"[v for v in range({first}, {first} + {d * c}, {d}) if 0 <= v < {n}]"
        return (
            f"np.stack([np.take({write.text(inner)}, {places}, {self.axis}).max({self.axis}) "
            f"for u in range({shape[self.axis]})], {self.axis})"
        )

    def _torch_code(self, write: NumPy, node: SignalExpr) -> str:
        """PyTorch's layer for the last axes, where it has one; empty where it has none."""
        pools: list[MaxPool] = []
        inner = node
        while isinstance(pool := inner.operator, MaxPool) and pool.axis == node.ndim - 1 - len(
            pools
        ):
            pools.insert(0, pool)
            (inner,) = inner.operands
        if not pools:
            return ""
        at, count = write.at, len(pools)
        pads = [(pool.left.at(at), pool.right.at(at)) for pool in pools]
        windows = [pool.window.at(at) for pool in pools]
        is_even = all(
            left == right and 2 * left <= window
            for (left, right), window in zip(pads, windows, strict=True)
        )
        # A batch and channels stand before the axes, or channels alone.
        if node.ndim - count not in (1, 2) or not is_even or 0 in write.shape(inner):
            return ""
        arguments = [
            torch_tensor(write.text(inner), inner),
            f"{windows[0] if len(set(windows)) == 1 else tuple(windows)}",
        ]
        given = {
            "stride": ([pool.stride.at(at) for pool in pools], windows),
            "padding": ([left for left, _ in pads], [0] * count),
            "dilation": ([pool.dilation.at(at) for pool in pools], [1] * count),
        }
        for name, (amounts, by_default) in given.items():
            if amounts != by_default:
                same = len(set(amounts)) == 1
                arguments.append(f"{name}={amounts[0] if same else tuple(amounts)}")
        return f"torch.nn.functional.max_pool{count}d({', '.join(arguments)}).numpy()"


def _told_of_none(node: SignalExpr, pool: MaxPool) -> str:
    (inner,) = node.operands
    return (
        f"{inner} could have no entry along axis {pool.axis}, and so no largest one; add the "
        f"hypothesis {pool.window} >= 1"
    )


def _told(node: SignalExpr, which: str, fits: str) -> str:
    return (
        f"the {which} window of {node} could have no entry, and so no largest one; add the "
        f"hypothesis {fits}"
    )

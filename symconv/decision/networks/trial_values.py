"""The values of the nodes of a network on a small random input: which nodes may be equal.

They prove nothing.  Functions that are not exact are replaced by others that are, and that rise
where they do and are 0 where they are, so that what holds for such functions holds for the values.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import islice
from math import floor, prod
from typing import Any
from zlib import crc32

from sympy import Symbol

from symconv.arithmetic.limits import (
    LARGEST_TRIAL_STEP,
    MOST_TRIAL_STEPS,
    MOST_TRIAL_VALUES,
    MOST_TRIALS,
)
from symconv.arithmetic.work import allowed, spend
from symconv.decision.claims import Claim
from symconv.errors import SymconvError, Undecided
from symconv.language.arrays import Array
from symconv.language.assignments import Point, allows, leaf_shape
from symconv.language.functions import Function
from symconv.language.graph import walk
from symconv.language.operators import Apply, Named
from symconv.language.operators.base import Fixed
from symconv.language.signals import SignalExpr

__all__ = ["TrialValues"]

_VALUES = (2, 3, 4, 5, 6, 8, 1)
"""Of the symbols: small, and not all the same, since strides, sizes and amounts may be.

No limits: what is drawn bounds nothing, and which values they are decides only how much is seen.
"""


class TrialValues:
    """The values of nodes at one point, computed as they are asked for.

    Args:
        claim: whose symbols and hypotheses are looked at.
    """

    def __init__(self, claim: Claim) -> None:
        self._read: dict[SignalExpr, Array | None] = {}
        self._named: dict[str, Array] = {}  # which formulas look up by their names
        self._at = _point(claim)
        self._left = MOST_TRIAL_STEPS
        self._functions: dict[str, Callable[[Any], Any]] = {}

    def of(self, node: SignalExpr) -> Hashable | None:
        """The shape and the entries of a node, without axes of one; None where it is not known."""
        for one in _unread(node, self._read):
            self._read[one] = self._computed(one)
        found = self._read[node]
        if found is None:
            return None
        return tuple(size for size in found.shape if size != 1), tuple(found.entries)

    def _computed(self, node: SignalExpr) -> Array | None:
        operands = [self._read[operand] for operand in node.operands]
        known = [operand for operand in operands if operand is not None]
        if self._at is None or self._left < 0 or len(known) < len(operands):
            return None
        operator = node.operator
        with suppress(SymconvError, Undecided, ZeroDivisionError):
            shape = operator.shape_at(self._at, node, [one.shape for one in known])
            if isinstance(operator, Named):
                count = prod(shape)
                if count > self._left:  # a large kernel, which nothing could be computed of
                    return None
                self._left -= count
                spend(count)
                made = Array(shape, list(_entries(operator.name, count)))
                return self._named.setdefault(operator.name, made)
            work = operator.work(shape, [one.shape for one in known])
            self._left -= work
            if self._left < 0:
                return None
            spend(work)
            if isinstance(operator, Apply):
                self._choose(operator.function)
            fixed = Fixed(self._at, self._named, 0, self._functions)
            return Array(shape, operator.array(fixed, shape, *known))
        return None

    def _choose(self, function: Function) -> None:
        """What a function is that is not exact, wherever it comes from."""
        if function.meaning is None or not function.is_exact:
            self._functions.setdefault(function.name, _stand_in(function))


def _unread(node: SignalExpr, read: Mapping[SignalExpr, object]) -> list[SignalExpr]:
    """The node and those below it that have not been read, operands first."""
    found: dict[SignalExpr, None] = {}
    open_ = [(node, False)]
    while open_:
        one, is_done = open_.pop()
        if is_done:
            found[one] = None
        elif one not in found and one not in read:
            open_.append((one, True))
            open_ += [(operand, False) for operand in one.operands]
    return list(found)


def _entries(name: str, count: int) -> Iterator[int]:
    """The entries of a named tensor, at random and never 0.

    More are positive, so that ReLUs in a long chain do not make zeros of everything.
    """
    draw = random.Random(name).random
    for _ in range(count):
        number = 1 + int(9 * draw())
        yield number if draw() < 0.75 else -number


def _stand_in(function: Function) -> Callable[[Any], Any]:
    """An exact function in the place of another, of the same value at 0 where that is known.

    It rises if the other has a meaning, with a slope by the name, so that two functions differ.
    """
    slope = 1 + crc32(function.name.encode()) % 11
    known = function.at_zero
    at_zero = Fraction(slope % 5 + 1) if known is None else known
    if function.meaning is None:  # anything will do

        def anything(number: Any) -> Any:
            return at_zero + crc32(f"{number}".encode()) % MOST_TRIAL_VALUES if number else at_zero

        return anything

    def rising(number: Any) -> Any:
        steps = floor(3 * number)  # three to a unit, so that fractions are told apart
        return at_zero + slope * max(-LARGEST_TRIAL_STEP, min(LARGEST_TRIAL_STEP, steps))

    return rising


# --- where ---------------------------------------------------------------------------


def _point(claim: Claim) -> Point | None:
    """Small sizes that the hypotheses allow, at which as few tensors as possible are empty."""
    nodes = walk(*claim.signals)
    best: tuple[int, int] | None = None
    found: Point | None = None
    with suppress(Undecided), allowed(MOST_TRIAL_STEPS):
        for at in islice(_points(claim.symbols), MOST_TRIALS):
            spend(len(nodes))
            with suppress(SymconvError, ZeroDivisionError):
                if claim.contradicted(at) is None:
                    score = _score(nodes, at)
                    if best is None or score < best:
                        best, found = score, at
                    if not score[0]:
                        break
    return found


def _points(symbols: Sequence[Symbol]) -> Iterator[Point]:
    """Values for the symbols: the same for all, and then at random."""
    for value in _VALUES[:4]:
        yield {symbol: _allowed(symbol, value) for symbol in symbols}
    draw = random.Random(len(symbols))
    while True:
        yield {symbol: _allowed(symbol, draw.choice(_VALUES)) for symbol in symbols}


def _allowed(symbol: Symbol, value: int) -> int:
    """The value, or one near it that the assumptions of the symbol allow."""
    return next((v for v in (value, value + 1, -value, 0) if allows(symbol, v)), value)


def _score(nodes: Sequence[SignalExpr], at: Point) -> tuple[int, int]:
    """How many nodes are empty there, and how many entries there are in all."""
    shapes: dict[SignalExpr, tuple[int, ...]] = {}
    for node in nodes:
        operator = node.operator
        if isinstance(operator, Named):
            shapes[node] = leaf_shape(node, at)  # type: ignore[arg-type]  # a named tensor
        else:
            shapes[node] = operator.shape_at(at, node, [shapes[one] for one in node.operands])
        if min(shapes[node], default=0) < 0:
            raise SymconvError(f"{node} would have a negative size")
    sizes = list(map(prod, shapes.values()))
    return sizes.count(0), sum(sizes)

"""What a picture is asked for: lengths, outputs, a signal or both sides of a claim.

What cannot be drawn, or could not be read on a page, is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from symconv.arithmetic.limits import MOST_CELLS
from symconv.decision.claims import Claim
from symconv.errors import SymconvError
from symconv.language.assignments import Point, point, spell, whole
from symconv.language.graph import walk
from symconv.language.notation import plain
from symconv.language.signals import SignalExpr, substituted

__all__ = [
    "check_range",
    "check_signal",
    "chosen_outputs",
    "fixed_sides",
    "fixed_signal",
    "size_of",
]


def fixed_signal(signal: SignalExpr, at: Point) -> SignalExpr:
    """The signal at fixed lengths, if all of it is legible."""
    fixed = substituted(signal, at)
    for node in walk(fixed):
        if node.operator.is_opaque:
            raise SymconvError(
                f"a picture shows sums of products of entries, and {plain(node)} is a function or "
                "a maximum of them"
            )
        if node.ndim != 1 or not node.operator.is_drawn:
            raise SymconvError(
                f"a picture shows signals of one axis, and {plain(node)} is made with several"
            )
        size = size_of(node)
        if size > MOST_CELLS:
            raise SymconvError(
                f"{plain(node)} has {size} entries; a picture holds at most {MOST_CELLS} "
                "in a row: choose smaller lengths"
            )
    return fixed


def size_of(signal: SignalExpr) -> int:
    """How many entries a signal of fixed lengths has."""
    (size,) = signal.lengths
    return size.value({})


def fixed_sides(claim: object, lengths: Mapping[str, Any]) -> tuple[Point, SignalExpr, SignalExpr]:
    """The lengths, and both sides of a claim about signals at these lengths."""
    if not isinstance(claim, Claim):
        raise SymconvError(f"expected a claim, Claim(left, right), got {claim!r}")
    if not claim.signals:
        raise SymconvError(
            f"expected a claim about signals, got one about lengths or conditions: {claim}"
        )
    at = point(claim.symbols, lengths)
    claim.at(**lengths)  # checks the hypotheses
    left, right = (fixed_signal(side, at) for side in claim.signals)
    return at, left, right


def check_signal(signal: object) -> SignalExpr:
    """The signal; anything else is refused."""
    if not isinstance(signal, SignalExpr):
        raise SymconvError(f"expected a signal such as Signal('x', n), got {signal!r}")
    return signal


def chosen_outputs(outputs: object) -> tuple[int, ...]:
    """The indices of the outputs, in rising order, each once."""
    if not isinstance(outputs, Iterable) or isinstance(outputs, str | bytes | SignalExpr):
        raise SymconvError(f"outputs must be a sequence of indices such as (0, 1), got {outputs!r}")
    chosen = sorted({whole("an output's index", u) for u in outputs})
    if chosen and chosen[0] < 0:
        raise SymconvError(f"an output's index must be at least 0, got {chosen[0]}")
    return tuple(chosen)


def check_range(u: int, most: int, at: Point) -> None:
    """Refuse an output beyond the longest side."""
    if u >= most:
        there = f"expected one of 0 to {most - 1}" if most else "the output is empty"
        where = f" at {spell(at)}" if at else ""
        raise SymconvError(
            f"there is no output {u}{where}: {there}; outputs=() draws the rows without lines"
        )

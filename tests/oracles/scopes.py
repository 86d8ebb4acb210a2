"""For which sizes something is proved, as a verdict says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

__all__ = ["within"]

_BOUND = re.compile(r"(\w+(?:, \w+)*) from (-?\d+) to (-?\d+)")


def within(scope: str) -> Callable[[Mapping[str, int]], bool]:
    """Whether sizes are within the scope of a proof.

    A scope is "all lengths" or "all sizes", or it bounds some symbols:
    "s1, s2 from 1 to 4, and all other lengths".

    Raises:
        ValueError: it is none of these.
    """
    bounds = [
        (name, int(first), int(last))
        for names, first, last in _BOUND.findall(scope)
        for name in names.split(", ")
    ]
    if not bounds and scope not in ("all lengths", "all sizes"):
        raise ValueError(f"the scope {scope!r} is neither everything nor bounds on symbols")
    return lambda at: all(first <= at[name] <= last for name, first, last in bounds)

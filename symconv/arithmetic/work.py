"""How much work a decision may take; beyond, it ends as undecided, with that reason.

Everything that could grow with what a claim says, and not with how it is written, spends
from one allowance: monomials that are multiplied, terms that are expanded, entries that
are computed.  What isl does is counted by isl and spent here too.  The unit is about a
microsecond of Python; the count does not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from symconv.arithmetic import limits
from symconv.errors import Undecided

__all__ = ["WorkUsedUpError", "allowed", "left", "spend"]


class WorkUsedUpError(Undecided):
    """The work that a decision may take was used up."""


class _Allowance:
    __slots__ = ("left", "total")

    def __init__(self, total: int, left: int) -> None:
        self.total = total
        self.left = left


_current: ContextVar[_Allowance | None] = ContextVar("allowance", default=None)


def spend(units: int) -> None:
    """Spend from the allowance in force, if there is one.

    Raises:
        WorkUsedUpError: there is not enough left.
    """
    allowance = _current.get()
    if allowance is not None:
        allowance.left -= units
        if allowance.left < 0:
            raise WorkUsedUpError(
                f"the work that a decision may take ({allowance.total} steps) was used up"
            )


def left() -> int:
    """How much is left of the allowance in force; that of a decision where there is none."""
    allowance = _current.get()
    return limits.ALLOWANCE if allowance is None else max(allowance.left, 0)


@contextmanager
def allowed(units: int | None = None) -> Iterator[None]:
    """Let a block spend so much, `ALLOWANCE` unless given, and no more than is left outside.

    >>> with allowed(10):
    ...     with allowed(100):
    ...         spend(11)
    Traceback (most recent call last):
        ...
    symconv.arithmetic.work.WorkUsedUpError: the work that a decision may take (10 steps) was
    used up
    """
    units = limits.ALLOWANCE if units is None else units
    outer = _current.get()
    if outer is None:
        inner = _Allowance(units, units)
    elif outer.left <= units:
        inner = _Allowance(outer.total, outer.left)
    else:
        inner = _Allowance(units, units)
    before = inner.left
    token = _current.set(inner)
    try:
        yield
    finally:
        _current.reset(token)
        if outer is not None:
            outer.left -= before - inner.left

"""An end to what takes too long, on systems that have alarms."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["TooSlowError", "patience", "wake_up"]


class TooSlowError(BaseException):
    """One claim takes longer than it may; nothing but a runner is to catch this."""


def _give_up(number: int, frame: FrameType | None) -> None:
    raise TooSlowError


def wake_up() -> None:
    """Let alarms of this process raise `TooSlowError`, which by themselves would end it."""
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, _give_up)


@contextmanager
def patience(seconds: int) -> Iterator[None]:
    """A block that may take so many seconds; 0 are without an end.

    Raises:
        TooSlowError: it takes longer.
    """
    has_alarm = hasattr(signal, "SIGALRM")
    if has_alarm:
        signal.alarm(seconds)
    try:
        yield
    finally:
        if has_alarm:
            signal.alarm(0)

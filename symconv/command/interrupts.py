"""Ctrl-C: the process leaves at once, or raises KeyboardInterrupt where something has to be ended.

Python raises an exception wherever it happens to be.  Within an import or a callback from C,
that exception is printed and lost, or ends the process by an abort.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

__all__ = ["INTERRUPTED", "ignored_from_now_on", "leave_at_once", "raised", "withheld"]

INTERRUPTED = 130


def leave_at_once() -> None:
    """From now on, an interrupt ends the process, with a line on standard error."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where it is ignored
        signal.signal(signal.SIGINT, _leave)


def ignored_from_now_on() -> None:
    """The exit code is known, and Python only tidies up: an interrupt no longer changes it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def raised() -> Iterator[None]:
    """Within this, an interrupt raises KeyboardInterrupt: a child or a file is to be ended."""
    if signal.getsignal(signal.SIGINT) is not _leave:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, _leave)


@contextmanager
def withheld() -> Iterator[None]:
    """A process that is started within this gets no interrupts: its parent ends it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave(number: int, frame: FrameType | None) -> None:
    # No stream of Python's: the interrupt may have come while it was written to.
    with suppress(OSError):
        if os.name == "posix" and os.isatty(1):
            os.write(1, b"\r\x1b[2K\x1b[?25h")  # a spinner leaves its line, and hides the cursor
    with suppress(OSError):
        os.write(2, b"Interrupted\n")
    os._exit(INTERRUPTED)

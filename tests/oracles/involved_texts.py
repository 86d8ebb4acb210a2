"""Texts that could take long: they are refused at once, or read at once and decided soon."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from symconv import Claim, Proved, Refuted, Unknown
from symconv.reading.text import ParsedClaim
from symconv.reading.text.syntax import TextError

__all__ = ["check_refused_at_once", "claim_read_at_once", "decided_soon"]

AT_ONCE, SOON = 20, 90  # seconds of the clock, on a machine that does other things too
OWN_SECONDS = 3  # that this process may take to read a text


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Ends a block that takes longer, where signals can do that."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def late(*_: object) -> None:
        raise TimeoutError(f"it took more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def check_refused_at_once(read: Callable[[str], ParsedClaim], text: str) -> None:
    """A hostile text is refused, in few words."""
    start = time.process_time()
    with _within(AT_ONCE), pytest.raises(TextError) as caught:
        read(text)
    assert time.process_time() - start < OWN_SECONDS
    assert len(str(caught.value)) < 1000


def claim_read_at_once(read: Callable[[str], ParsedClaim], text: str) -> Claim | None:
    """The claim of an involved text; None where it is refused, in few words."""
    start = time.process_time()
    with _within(AT_ONCE):
        try:
            claim = read(text).claim
        except TextError as error:
            assert len(str(error)) < 1000  # noqa: PT017 - or it is read
            return None
    assert time.process_time() - start < OWN_SECONDS
    return claim


def decided_soon(claim: Claim) -> bool:
    """Whether it is decided, before the time is up."""
    with _within(SOON):
        return isinstance(claim.prove(), Proved | Refuted | Unknown)

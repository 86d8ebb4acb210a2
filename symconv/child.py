"""A command of symconv in a child process, which can be ended when its time is over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Ending", "run_child"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child process ended.

    Attributes:
        exit_code: the exit code; None if it gave none.
        output: what it wrote to standard output, if that was captured.
        reason: why there is no exit code.
    """

    exit_code: int | None
    output: str = ""
    reason: str = ""


def run_child(arguments: Sequence[str], seconds: float, *, capture: bool) -> Ending:
    """Run `symconv ARGUMENTS` for at most so many seconds, the start of Python included.

    Args:
        arguments: the arguments of the command.
        seconds: how long it may take; then the child, and nothing else, is killed.
        capture: whether its standard output is returned; otherwise it goes where ours goes.
    """
    process = subprocess.Popen(
        _command(arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if capture else None,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:replace"} if capture else None,
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return Ending(None, reason=f"no verdict within {seconds:g} s")
    finally:  # also when we are interrupted ourselves
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
    if process.returncode < 0:
        return Ending(None, reason=f"the computation was ended by signal {-process.returncode}")
    return Ending(process.returncode, (output or b"").decode("utf-8", "replace"))


def _command(arguments: Sequence[str]) -> list[str]:
    # The child finds the modules that we found: not those of the working directory, where
    # a file random.py would otherwise take the place of the library's.
    start = f"import sys; sys.path[:] = {sys.path!r}; from symconv.cli import main; main()"
    return [sys.executable, "-P", "-c", start, *arguments]

"""How the command ends: with the exit code of a verdict, or with one that is no verdict."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from traceback import print_exc
from typing import IO, Any

import click
from click.exceptions import Exit

from symconv.command.interrupts import INTERRUPTED

__all__ = [
    "EXIT",
    "GRADED",
    "Command",
    "Commands",
    "exhausted",
    "exit_code",
    "print_json",
    "worst",
]

EXIT = {
    **{"proved": 0, "refuted": 1, "error": 2, "unknown": 3},  # 2 is a usage error, by click
    **{"found": 0, "none": 1},
    "agree": 0,
}
GRADED = {
    **{"right": 0, "partly right": 1, "wrong": 1, "no answer": 1},
    **{"not read": 2, "not decided": 3},
}
_WORST_FIRST = (2, 1, 3, 0)
_DEFECT, _NO_OUTPUT, _NO_READER = 70, 74, 141  # none of them is a verdict


def exit_code(record: Mapping[str, Any]) -> int:
    """The exit code of a verdict.

    What is proved for some lengths only is open for the others, and a proof is not formal
    before Rocq has checked it.
    """
    everything = ("all lengths", "all sizes")  # verdicts.py is imported only when it is needed
    partly = record["verdict"] == "proved" and record.get("scope", "all lengths") not in everything
    unchecked = record.get("certificate", {}).get("verdict") == "unknown"
    code = EXIT[record["verdict"]]
    return EXIT["unknown"] if partly or (unchecked and code == EXIT["proved"]) else code


def worst(codes: Iterable[int]) -> int:
    """The exit code of several: one that is refuted decides before one that is unknown."""
    return min(codes, key=_WORST_FIRST.index, default=EXIT["error"])


def print_json(record: Any) -> None:
    """Print what was found, for scripts."""
    click.echo(json.dumps(record, ensure_ascii=False, indent=2))


class Command(click.Command):
    """Reports symconv's own errors as usage errors, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """As click does it."""
        try:
            return super().invoke(ctx)
        except ValueError as error:
            from symconv.errors import SymconvError

            if not isinstance(error, SymconvError):
                raise
            raise click.UsageError(str(error), ctx) from None


class Commands(click.Group):
    """Ends with an exit code that is no verdict where there is none.

    Python and click would take 1, which says refuted, for whatever they do not expect.
    """

    command_class = Command

    def main(self, *args: Any, **extra: Any) -> Any:
        """As click does it; the output is complete, or the exit code says that it is not."""
        code: Any = 0
        _replace_closed_streams()
        try:
            with _ending():  # for what click does after a command, such as showing its error
                return super().main(*args, **extra)
        except Exit as end:
            code = end.exit_code
        except SystemExit as end:
            code = end.code
        try:
            with _ending():
                for stream in filter(None, (sys.stdout, sys.stderr)):
                    stream.flush()
        except Exit as end:
            code = end.exit_code
        sys.exit(code)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """As click does it; --help is shown here."""
        with _ending():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """As click does it."""
        with _ending():
            return super().invoke(ctx)


@contextmanager
def _ending() -> Iterator[None]:
    """Turns every exception that click does not show into an exit code."""
    try:
        yield
    except (click.ClickException, Exit, click.Abort):
        raise
    except BrokenPipeError:
        _discard(sys.stdout)
        raise Exit(_NO_READER) from None
    except KeyboardInterrupt:
        _say("Interrupted")
        raise Exit(INTERRUPTED) from None
    except OSError as error:
        _discard(sys.stdout)
        where = f"{error.filename}: " if error.filename else ""
        _say(f"Error: cannot write or read: {where}{error.strerror or error}; this is no verdict")
        raise Exit(_NO_OUTPUT) from None
    except (RecursionError, MemoryError) as error:
        _say(f"Error: {exhausted(error)}, so there is no verdict")
        raise Exit(EXIT["unknown"]) from None
    except Exception:
        with suppress(OSError):
            print_exc()
        _say("This is a defect of symconv, and no verdict.")
        raise Exit(_DEFECT) from None


def exhausted(error: RecursionError | MemoryError) -> str:
    """What there was not enough of."""
    return (
        "the memory is used up"
        if isinstance(error, MemoryError)
        else "this is nested too deeply for Python's stack"
    )


def _replace_closed_streams() -> None:
    """Where a stream is closed, as by `2>&-`, read nothing and write to nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - stays


def _say(text: str) -> None:
    try:
        click.echo(text, err=True)
    except OSError:
        _discard(sys.stderr)


def _discard(stream: IO[str] | None) -> None:
    """Let what is still in the buffer go nowhere: Python would try again to write it."""
    with suppress(OSError):  # the stream of a test has no file
        if stream is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

"""Text in a terminal, or in a pipe: lines, paragraphs, and times at the right margin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from time import perf_counter
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from symconv.arithmetic.limits import MARGIN_OF_PROGRESS, WIDEST_TEXT

__all__ = [
    "console",
    "counting",
    "duration",
    "following",
    "line",
    "page",
    "paragraph",
    "row",
    "show",
    "timed",
    "working",
]

_T = TypeVar("_T")


class _Console(Console):
    """A console whose reader may leave: the command then ends, without a traceback."""

    def on_broken_pipe(self) -> None:
        """Leave the exit code to the command; rich would take 1, which says refuted."""
        raise BrokenPipeError


def console(*, quiet: bool = False) -> Console:
    """Standard output: with colours in a terminal, without in a pipe."""
    return _Console(quiet=quiet, highlight=False, markup=False, emoji=False)


def page(width: int, colours: str | None) -> Console:
    """Text that is shown later, in a terminal of that width with these colours, or in a pipe."""
    # It is no terminal itself, so that no spinner is in the text.
    return _Console(
        file=StringIO(),
        width=width,
        color_system=colours,  # type: ignore[arg-type]  # a name that rich gave
        force_terminal=False,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )


def show(out: Console, text: str) -> None:
    """Show what was written on a `page`."""
    if not out.quiet:
        out.file.write(text)
        out.file.flush()


@contextmanager
def working(out: Console, what: str) -> Iterator[None]:
    """A line that moves and tells the time, in a terminal, while something takes long."""
    with following(out, what):
        yield


@contextmanager
def following(out: Console, what: str) -> Iterator[Callable[[str], None]]:
    """The same; what is given is called with what is done, and how often is counted."""
    if not out.is_terminal or out.quiet:
        yield lambda done: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task(what, total=None)
        count = 0

        def tell(done: str) -> None:
            nonlocal count
            count += 1
            described = Text(f"{what}: {count} done, {done}")
            described.truncate(max(out.width - MARGIN_OF_PROGRESS, 1), overflow="ellipsis")
            progress.update(task, description=described.plain)

        yield tell


@contextmanager
def counting(out: Console, what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar that fills, in a terminal; what is given is called whenever one more is done."""
    if not out.is_terminal or out.quiet:
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    described = TextColumn("{task.description}", markup=False)
    columns = (described, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


def line(out: Console, text: str, style: str = "", *, indent: int = 2) -> None:
    """A line that is never broken, so that formulas can be copied."""
    out.print(" " * indent + text, style=style or None, soft_wrap=True)


def paragraph(out: Console, text: str, *, indent: int = 2, style: str = "") -> None:
    """Text in lines of at most `WIDEST_TEXT` characters."""
    for part in Text(text).wrap(out, max(min(out.width, WIDEST_TEXT) - indent, 1)):
        line(out, part.plain.rstrip(), style, indent=indent)


def row(out: Console, left: str, right: str, style: str = "") -> None:
    """A line with something at the right margin."""
    width = min(out.width, WIDEST_TEXT) - 2
    gap = width - len(left) - len(right)
    if gap >= 2:
        line(out, f"{left}{' ' * gap}{right}".rstrip(), style)
    else:
        for part in Text(left).wrap(out, max(width, 1)):
            line(out, part.plain.rstrip(), style)
        line(out, right.rjust(width), style)


def timed(action: Callable[[], _T]) -> tuple[_T, float]:
    """What an action gives, and how many seconds it took."""
    start = perf_counter()
    return action(), perf_counter() - start


def duration(seconds: float) -> str:
    """A time for people, such as 12 ms or 3.4 s."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"

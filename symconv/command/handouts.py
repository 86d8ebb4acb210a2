"""Many handouts at once, with what is being done shown in the terminal."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import get_args

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from symconv.command.terminal import console
from symconv.pages.handouts.execution import Kernels
from symconv.pages.handouts.formats import FORMATS, Format, build
from symconv.pages.handouts.notebooks import HandoutError, Source, Version

__all__ = ["build_all", "found_notebooks", "shown_progress"]


def build_all(
    paths: Sequence[str], versions: Iterable[str], formats: Iterable[str], output: str
) -> None:
    """Build handouts of notebooks, and of all notebooks in folders; print their names.

    Args:
        paths: files and folders.
        versions: none are all.
        formats: none are all.
        output: the folder to write to.

    Raises:
        HandoutError: a notebook of which no handout can be made.  The others are made.
    """
    sources = [Source.read(path) for path in found_notebooks(paths)]
    chosen = [v for v in get_args(Version) if v in versions] or list(get_args(Version))
    kinds = [f for f in FORMATS if f in formats] or list(FORMATS)
    out = console()
    kernels = Kernels()
    errors: list[str] = []
    with (
        shown_progress(out) as progress,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        jobs = [
            pool.submit(_job, source, chosen, kinds, Path(output), progress, kernels)
            for source in sources
        ]
        try:
            for job in jobs:
                _report(job, out, errors)
        except BaseException:  # Ctrl-C, or nobody reads
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.end()
            raise
    if errors:
        raise HandoutError("\n".join(errors))


def shown_progress(out: Console) -> Progress:
    """What is being done, in a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    return Progress(*columns, console=out, transient=True, disable=not out.is_terminal)


def found_notebooks(paths: Iterable[str]) -> Iterator[Path]:
    """The notebooks among files and in folders, each name once.

    Raises:
        HandoutError: a folder has none, or two have one name.
    """
    seen: dict[str, Path] = {}
    for path in map(Path, paths):
        found = sorted(path.glob("*.py")) if path.is_dir() else [path]
        if not found:
            raise HandoutError(f"{path}: there are no notebooks (*.py) in this folder")
        for one in found:
            other = seen.setdefault(one.stem, one)
            if other.resolve() != one.resolve():
                raise HandoutError(f"{other} and {one} would be written to the same files")
    yield from seen.values()


def _job(
    source: Source,
    versions: Sequence[Version],
    kinds: Sequence[Format],
    folder: Path,
    progress: Progress,
    kernels: Kernels,
) -> list[Path]:
    task = progress.add_task(f"{source.name}: starting")
    try:
        return build(
            source,
            versions,
            kinds,
            folder,
            lambda step: progress.update(task, description=f"{source.name}: {step}"),
            kernels,
        )
    finally:
        progress.remove_task(task)


def _report(job: Future[list[Path]], out: Console, errors: list[str]) -> None:
    try:
        for path in job.result():
            out.print(f"{path}  {path.stat().st_size / 1000:.0f} kB", soft_wrap=True)
    except HandoutError as error:
        errors.append(str(error))

"""Running a notebook in its versions: the student's one without what its solutions compute."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice, takewhile
from pathlib import Path
from threading import Timer
from typing import Any

from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from symconv.arithmetic.limits import (
    MOST_BYTES_BESIDE_NOTEBOOK,
    SECONDS_FOR_CELL,
    SECONDS_TO_END,
)
from symconv.pages.handouts.notebooks import STUB, Cell, HandoutError, Source, Version

__all__ = ["Kernels", "executed", "notebook"]

_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
# Notebooks run side by side, and a process that has threads cannot be copied.
_ONE_THREAD = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")


def notebook(source: Source, version: Version) -> Any:
    """The notebook of a version, without outputs; what is no solution is the same in both."""
    cells = [_cell(cell, version) for cell in source.cells]
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number}"  # the same in each build
    language = {"name": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": _KERNEL, "language_info": language})


def _cell(cell: Cell, version: Version) -> Any:
    text = cell.version(version)
    return new_code_cell(text) if cell.is_code else new_markdown_cell(text)


@dataclass
class Kernels:
    """The processes that notebooks run in, to be ended from another thread."""

    ended: bool = False
    _processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def add(self, process: subprocess.Popen[str]) -> None:
        """Remember a process."""
        self._processes.append(process)
        if self.ended:
            _kill(process)

    def remove(self, process: subprocess.Popen[str]) -> None:
        """Forget a process that is over: its number may become that of another."""
        self._processes.remove(process)

    def end(self) -> None:
        """Kill all of them; what they were running then fails."""
        self.ended = True
        for process in [*self._processes]:
            _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    """End a process and what it has started."""
    with suppress(OSError):  # it is over
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def executed(
    source: Source, versions: Iterable[Version], progress: Callable[[int], None], kernels: Kernels
) -> dict[Version, Any]:
    """The notebook of each version with its outputs.

    The student's version is run as students get it, so that no output can depend on a
    solution; its stubs fail, and nothing else may.

    Args:
        source: the notebook.
        versions: which versions to run.
        progress: called with the number of each cell that has run.
        kernels: where its processes are added.

    Raises:
        HandoutError: a cell fails that is no stub, or writes warnings.
    """
    runs = {version: _Run(source, version, progress) for version in versions}
    if not any(cell.is_code for cell in source.cells):
        pass
    elif len(runs) == 2:
        _go_both(source, runs["student"], runs["instructor"], kernels)
    else:
        for run in runs.values():
            with _started(source, kernels) as process:
                run.go(process)
    return {version: run.book for version, run in runs.items()}


def _go_both(source: Source, student: _Run, instructor: _Run, kernels: Kernels) -> None:
    """Run two versions; what both begin with is run once, where a process can be copied.

    The copy goes on with the student's version, before any solution was run.
    """
    pairs = zip(student.book.cells, instructor.book.cells, strict=True)
    alike = len([*takewhile(lambda pair: _does(pair[0]) == _does(pair[1]), pairs)])
    with _started(source, kernels) as process:
        student.go(process, stop=alike)
        if process.split():
            student.go(process, alike)
            process.join()
            instructor.take(student, alike)
            instructor.go(process, alike)
            return
        student.go(process, alike)
    with _started(source, kernels) as process:
        instructor.go(process)


def _does(cell: Any) -> str:
    """What a cell runs."""
    return cell.source if cell.cell_type == "code" else ""


class _Run:
    """A version of a notebook that is run, cell by cell."""

    def __init__(self, source: Source, version: Version, progress: Callable[[int], None]) -> None:
        self.book = notebook(source, version)
        self._source, self._version, self._progress = source, version, progress

    def go(self, process: _Process, start: int = 0, stop: int | None = None) -> None:
        """Run the cells from one to another."""
        pairs = zip(self._source.cells, self.book.cells, strict=True)
        for number, (cell, ran) in islice(enumerate(pairs, 1), start, stop):
            if cell.is_code and ran.source.strip():
                self._run(process, cell, ran)
                self._progress(number)

    def take(self, other: _Run, stop: int) -> None:
        """Take the outputs of the first cells of another run."""
        for ran, theirs in islice(zip(self.book.cells, other.book.cells, strict=True), stop):
            if ran.cell_type == "code":
                ran.outputs, ran.execution_count = theirs.outputs, theirs.execution_count

    def _run(self, process: _Process, cell: Cell, ran: Any) -> None:
        try:
            done = process.run(ran.source)
        except _EndedError as error:
            raise self._source.error(cell.line, str(error)) from None
        outputs = from_dict(done["outputs"])
        is_stub = self._version == "student" and cell.has_solution
        self._check(cell, outputs, is_stub=is_stub)
        ran.execution_count = done["count"]
        ran.outputs = [] if is_stub else outputs

    def _check(self, cell: Cell, outputs: Sequence[Any], *, is_stub: bool) -> None:
        for output in outputs:
            if output.output_type == "error" and not (is_stub and output.evalue == STUB):
                line = cell.line if is_stub else _line(cell, output)
                raise self._source.error(line, self._failure(output, is_stub=is_stub))
            if output.get("name") == "stderr":
                said = output.text.strip().splitlines()[-1]
                raise self._source.error(cell.line, f"the cell writes a warning: {said}")

    def _failure(self, error: Any, *, is_stub: bool) -> str:
        if is_stub:
            return (
                f"the student's cell should fail with its stub, but fails with {error.ename}: "
                f"{error.evalue}; what stands before a solution may not need one"
            )
        where = "" if self._version == "instructor" else " in the student's version"
        hint = ""
        if self._version == "student" and error.ename == "NameError":
            hint = "; it may use nothing that a solution defines"
        return f"the cell fails{where}, {error.ename}: {error.evalue}{hint}"


class _EndedError(Exception):
    """The process of a notebook has ended; the message says why."""


class _Process:
    """The process that a notebook runs in, see `symconv.pages.notebook_process`."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder = process, folder
        self._before = folder.with_name("before")

    def run(self, text: str) -> dict[str, Any]:
        """What a cell shows."""
        done = self._answer({"run": text})
        if "outputs" not in done:
            raise _EndedError("the Python process of the notebook has died")
        return done

    def split(self) -> bool:
        """Go on in a copy of the process and of its folder, if there can be one."""
        shutil.copytree(self._folder, self._before, symlinks=True)
        return bool(self._answer({"split": True})["split"])

    def join(self) -> None:
        """Go on where it was split."""
        self._answer({"end": True})
        for path in self._folder.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        shutil.copytree(self._before, self._folder, symlinks=True, dirs_exist_ok=True)

    def _answer(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        is_over = False

        def end() -> None:
            nonlocal is_over
            is_over = True
            _kill(self._process)

        timer = Timer(SECONDS_FOR_CELL, end)
        timer.start()
        line = ""
        try:
            with suppress(BrokenPipeError):
                self._process.stdin.write(f"{json.dumps(order)}\n")
                self._process.stdin.flush()
                line = self._process.stdout.readline()
        finally:
            timer.cancel()
        if is_over:
            raise _EndedError(f"the cell takes more than {SECONDS_FOR_CELL} seconds")
        if not line:
            raise _EndedError("the Python process of the notebook has died")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def _started(source: Source, kernels: Kernels) -> Iterator[_Process]:
    command = [sys.executable, "-m", "symconv.pages.notebook_process"]
    with (
        _workplace(source) as (folder, environment),
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        ) as process,
    ):
        kernels.add(process)
        try:
            yield _Process(process, folder)
            assert process.stdin is not None
            with suppress(BrokenPipeError, subprocess.TimeoutExpired):
                process.stdin.close()
                process.wait(SECONDS_TO_END)
        finally:
            _kill(process)  # with what it has started
            kernels.remove(process)


@contextmanager
def _workplace(source: Source) -> Iterator[tuple[Path, dict[str, str]]]:
    """A copy of the notebook's folder, and an environment, that no other run has seen.

    So nothing that a solution writes is there when the student's version is run.
    """
    with tempfile.TemporaryDirectory() as place:
        folder, settings = Path(place, "notebook"), Path(place, "ipython")
        settings.mkdir()
        beside = source.path.resolve().parent
        files = [p for p in beside.rglob("*") if p.is_file() and not _is_left_out(p, beside)]
        if sum(p.stat().st_size for p in files) > MOST_BYTES_BESIDE_NOTEBOOK:
            raise HandoutError(
                f"{source.path}: the files beside it have more than "
                f"{MOST_BYTES_BESIDE_NOTEBOOK // 10**6} MB, and it is run in a copy of its folder; "
                "put notebooks in a folder of their own"
            )
        folder.mkdir()
        for path in files:
            target = folder / path.relative_to(beside)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        yield folder, os.environ | _ONE_THREAD | {"IPYTHONDIR": str(settings)}


def _is_left_out(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    return any(part.startswith(".") or part in ("build", "__pycache__") for part in parts)


def _line(cell: Cell, error: Any) -> int:
    """The line of the source at which a cell fails."""
    return cell.line + int(next(iter(error.traceback), 0))

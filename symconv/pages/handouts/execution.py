"""Running a version of a notebook: the student's one without what its solutions compute."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from symconv.arithmetic.limits import MOST_BYTES_BESIDE_NOTEBOOK, SECONDS_FOR_CELL
from symconv.pages.handouts.notebooks import STUB, Cell, HandoutError, Source, Version

__all__ = ["Kernels", "executed", "notebook"]

_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has no SIGKILL
_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


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
    """The kernels that run, to be ended from another thread."""

    ended: bool = False
    _clients: list[NotebookClient] = field(default_factory=list)

    def add(self, client: NotebookClient) -> None:
        """Remember the kernel that a client starts."""
        self._clients.append(client)

    def end(self) -> None:
        """Kill all of them; what they were running then fails."""
        self.ended = True
        for client in self._clients:
            manager: Any = client.km
            with suppress(AttributeError, TypeError, OSError):  # it has not begun, or is over
                os.kill(manager.provisioner.pid, _KILL)


def executed(
    source: Source, version: Version, progress: Callable[[int], None], kernels: Kernels
) -> Any:
    """The notebook of a version with its outputs.

    The student's version is run as students get it, in a place of its own, so that no
    output can depend on a solution; its stubs fail, and nothing else may.

    Args:
        source: the notebook.
        version: which version to run.
        progress: called with the number of each cell that has run.
        kernels: where its kernel is added.

    Raises:
        HandoutError: a cell fails that is no stub, or writes warnings.
    """
    book = notebook(source, version)
    stubs = [version == "student" and c.is_code and c.has_solution for c in source.cells]
    for cell, is_stub in zip(book.cells, stubs, strict=True):
        if is_stub:
            cell.metadata.tags = ["raises-exception"]
    if not any(cell.is_code for cell in source.cells):
        return book
    with _workplace(source) as (folder, environment):
        client = NotebookClient(
            book,
            kernel_manager_class=_ThisPython,
            coalesce_streams=True,
            timeout=SECONDS_FOR_CELL,
            resources={"metadata": {"path": str(folder)}},
            on_cell_complete=lambda cell, cell_index: progress(cell_index + 1),
        )
        kernels.add(client)
        try:
            asyncio.run(client.async_execute(env=environment))  # its loop is closed
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            line = _failed(source, book, stubs)
            raise source.error(line, _failure(error, version)) from None
    for cell, ran, is_stub in zip(source.cells, book.cells, stubs, strict=True):
        _check_outputs(source, cell, ran.get("outputs", []), is_stub=is_stub)
        if is_stub:
            ran.outputs = []
            ran.metadata = {}
    return book


def _failure(error: Exception, version: Version) -> str:
    match error:
        case CellExecutionError():
            where = "" if version == "instructor" else " in the student's version"
            hint = ""
            if version == "student" and error.ename == "NameError":
                hint = "; it may use nothing that a solution defines"
            return f"the cell fails{where}, {error.ename}: {error.evalue}{hint}"
        case CellTimeoutError():
            return f"the cell takes more than {SECONDS_FOR_CELL} seconds"
    return "the Python process of the notebook has died"


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
        yield folder, os.environ | {"IPYTHONDIR": str(settings)}


def _is_left_out(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    return any(part.startswith(".") or part in ("build", "__pycache__") for part in parts)


class _ThisPython(AsyncKernelManager):
    """Runs a notebook in this Python, whichever kernels are installed for the user."""

    @property
    def kernel_spec(self) -> KernelSpec:
        quiet = "--IPKernelApp.log_level=ERROR"
        command = [sys.executable, "-m", "ipykernel_launcher", quiet, "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


def _failed(source: Source, book: Any, stubs: Sequence[bool]) -> int:
    """The line of the first cell that did not come to its end."""
    for cell, ran, is_stub in zip(source.cells, book.cells, stubs, strict=True):
        if cell.is_code and not is_stub:
            outputs = ran.get("outputs", [])
            if ran.execution_count is None or any(o.output_type == "error" for o in outputs):
                return cell.line
    return 1


def _check_outputs(source: Source, cell: Cell, outputs: Sequence[Any], *, is_stub: bool) -> None:
    for output in outputs:
        if output.output_type == "error" and not (is_stub and output.evalue == STUB):
            raise source.error(
                cell.line,
                f"the student's cell should fail with its stub, but fails with {output.ename}: "
                f"{output.evalue}; what stands before a solution may not need one",
            )
        if output.get("name") == "stderr":
            said = output.text.strip().splitlines()[-1]
            raise source.error(cell.line, f"the cell writes a warning: {said}")

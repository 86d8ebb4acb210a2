"""Running a version of a notebook: the student's one without what its solutions compute."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from symconv.handouts.sources import STUB, Cell, HandoutError, Source, Version

__all__ = ["executed", "notebook"]

_TIMEOUT = 60  # seconds for a cell
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


def executed(source: Source, version: Version, progress: Callable[[int], None]) -> Any:
    """The notebook of a version with its outputs.

    The student's version is run as students get it, so that no output can depend on a
    solution; its stubs fail, and nothing else may.

    Args:
        source: the notebook.
        version: which version to run.
        progress: called with the number of each cell that has run.

    Raises:
        HandoutError: a cell fails that is no stub, or writes warnings.
    """
    book = notebook(source, version)
    stubs = [version == "student" and c.is_code and c.has_solution for c in source.cells]
    for cell, is_stub in zip(book.cells, stubs, strict=True):
        if is_stub:
            cell.metadata.tags = ["raises-exception"]
    client = NotebookClient(
        book,
        kernel_manager_class=_ThisPython,
        coalesce_streams=True,
        timeout=_TIMEOUT,
        resources={"metadata": {"path": str(source.path.resolve().parent)}},
        on_cell_complete=lambda cell, cell_index: progress(cell_index + 1),
    )
    try:
        client.execute()
    except CellExecutionError as error:
        where = "fails" if version == "instructor" else "fails in the student's version"
        hint = ""
        if version == "student" and error.ename == "NameError":
            hint = "; it may use nothing that a solution defines"
        raise source.error(
            _failed(source, book, stubs), f"the cell {where}, {error.ename}: {error.evalue}{hint}"
        ) from None
    except CellTimeoutError:
        raise source.error(
            _failed(source, book, stubs), f"the cell takes more than {_TIMEOUT} seconds"
        ) from None
    except DeadKernelError:
        raise HandoutError(f"{source.path}: the Python process of the notebook has died") from None
    for cell, ran, is_stub in zip(source.cells, book.cells, stubs, strict=True):
        _check_outputs(source, cell, ran.get("outputs", []), is_stub=is_stub)
        if is_stub:
            ran.outputs = []
            ran.metadata = {}
    return book


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

"""The process that a notebook is run in: it runs cells, and may go on twice from where it is.

It is told what to do by lines of JSON, and answers each by one: `{"run": TEXT}` runs a cell;
`{"split": true}` makes a copy of the process, which answers from then on, until it is told to
end; then the process itself goes on as if nothing had happened since.

Jupyter's own kernel cannot be copied, as it has threads, and takes longer to start.  What is done
here as a kernel does it, `tests/pages/test_execution.py` tries.  The module stands beside the
handouts, as to import their package would take each notebook's process a second.
"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import IO, Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

__all__ = ["main"]


class _Outputs:
    """What a cell shows, in the order in which it does."""

    def __init__(self) -> None:
        self._shown: list[dict[str, Any]] = []
        self._named: dict[str, dict[str, Any]] = {}
        self._to_be_cleared = False

    def taken(self) -> list[dict[str, Any]]:
        """All of it; from then on there is nothing."""
        shown, self._shown = self._shown, []
        self._named.clear()
        return shown

    def add(self, kind: str, **content: Any) -> dict[str, Any]:
        """One more output, as Jupyter keeps them."""
        if self._to_be_cleared:
            self.clear(wait=False)
        output = {"output_type": kind, **content}
        self._shown.append(output)
        return output

    def add_text(self, name: str, text: str) -> None:
        """Text that is written: it continues what was written before."""
        last = self._shown[-1] if self._shown and not self._to_be_cleared else {}
        if last.get("name") == name:
            last["text"] += text
        elif text:
            self.add("stream", name=name, text=text)

    def add_error(self, error: BaseException) -> None:
        """An exception that ends a cell; of its traceback, the line of the cell is kept."""
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename.startswith("<ipython-input")]
        if isinstance(error, SyntaxError):
            lines = [error.lineno]
        told = [str(line) for line in lines[:1] if line is not None]
        self.add("error", ename=type(error).__name__, evalue=str(error), traceback=told)

    def show(self, data: Any, metadata: Any, name: str | None, *, update: bool) -> None:
        """What `display` is called with; an update replaces what has its name."""
        shown = {"data": _plain(data), "metadata": metadata or {}}
        if update and name in self._named:
            self._named[name].update(shown)
        elif not update:
            output = self.add("display_data", **shown)
            if name is not None:
                self._named[name] = output

    def clear(self, *, wait: bool) -> None:
        """Forget what was shown; or do so when there is something else."""
        self._to_be_cleared = wait
        if not wait:
            self._shown.clear()


_OUTPUTS = _Outputs()


class _Written(io.TextIOBase):
    """`sys.stdout` and `sys.stderr` of the notebook."""

    encoding = "utf-8"

    def __init__(self, name: str, descriptor: int) -> None:
        super().__init__()
        self._name, self._descriptor = name, descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor  # for processes that the notebook starts

    def write(self, text: str) -> int:
        _OUTPUTS.add_text(self._name, text)
        return len(text)


class _Publisher(DisplayPublisher):
    def publish(
        self,
        data: Any,
        metadata: Any = None,
        *_arguments: Any,
        transient: Any = None,
        update: bool = False,
        **_others: Any,
    ) -> None:
        _OUTPUTS.show(data, metadata, (transient or {}).get("display_id"), update=update)

    def clear_output(self, wait: bool = False) -> None:
        _OUTPUTS.clear(wait=wait)


class _Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        """Nothing: outputs have their numbers in the notebook."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        _OUTPUTS.add("execute_result", data=_plain(format_dict), metadata=md_dict or {})

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Shell(InteractiveShell):
    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)

    def init_virtualenv(self) -> None:
        """Nothing: the notebook is run in this Python, whichever environment is active."""

    def enable_gui(self, gui: Any = None) -> None:
        """Nothing: there are no windows."""

    def showtraceback(self, exc_tuple: Any = None, *_arguments: Any, **_others: Any) -> None:
        error = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        if error is not None:
            _OUTPUTS.add_error(error)

    def showsyntaxerror(self, *_arguments: Any, **_others: Any) -> None:
        self.showtraceback()

    def show_usage_error(self, exc: BaseException) -> None:
        _OUTPUTS.add_error(exc)


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """The forms of an output, pictures as text."""
    return {
        kind: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for kind, value in data.items()
    }


def _caught(descriptor: int) -> tuple[str, IO[bytes]]:
    """A file that gets what other processes and libraries write."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is open as long as the process lives
    os.dup2(file.fileno(), descriptor)
    return ("stdout" if descriptor == 1 else "stderr"), file


def _run(shell: InteractiveShell, text: str, caught: list[tuple[str, IO[bytes]]]) -> dict[str, Any]:
    number = shell.execution_count
    done = shell.run_cell(text, store_history=True)
    for name, file in caught:
        file.seek(0)
        _OUTPUTS.add_text(name, file.read().decode("utf-8", errors="replace"))
        file.seek(0)
        file.truncate()
    error = done.error_before_exec or done.error_in_exec
    outputs = _OUTPUTS.taken()
    if error is not None and not any(one["output_type"] == "error" for one in outputs):
        _OUTPUTS.add_error(error)
        outputs += _OUTPUTS.taken()
    for output in outputs:
        if output["output_type"] == "execute_result":
            output["execution_count"] = number
        elif output["output_type"] == "stream":
            output["text"] = _overwritten(output["text"])
    return {"outputs": outputs, "count": number}


def _overwritten(text: str) -> str:
    """What remains of a text in which carriage returns write lines anew, as progress bars do."""
    *lines, last = text.split("\n")
    lines = [line.rstrip("\r") for line in lines]
    return "\n".join(line.rpartition("\r")[2] for line in (*lines, last))


def _may_be_copied() -> bool:
    """Whether a copy of the process has all of it: a copy has one thread."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:  # not Linux; macOS does not allow copies everywhere
        return False


def _serve(shell: InteractiveShell, orders: IO[str], answers: IO[str]) -> None:
    caught = [_caught(descriptor) for descriptor in (1, 2)]

    def answer(content: dict[str, Any]) -> None:
        print(json.dumps(content, default=str), file=answers, flush=True)

    for line in iter(orders.readline, ""):
        order = json.loads(line)
        if "run" in order:
            answer(_run(shell, order["run"], caught))
        elif "end" in order:
            return
        elif not _may_be_copied():
            answer({"split": False})
        elif copy := os.fork():
            os.waitpid(copy, 0)
            answer({"joined": True})
        else:
            answer({"split": True})
            _serve_as_copy(orders, answer, lambda text: _run(shell, text, caught))


def _serve_as_copy(
    orders: IO[str],
    answer: Callable[[dict[str, Any]], None],
    run: Callable[[str], dict[str, Any]],
) -> None:
    try:
        for line in iter(orders.readline, ""):
            order = json.loads(line)
            if "run" not in order:
                break
            answer(run(order["run"]))
    finally:
        os._exit(0)  # what is to be cleaned up belongs to the process itself


def main() -> None:
    """Run cells until there are no more orders."""
    # No notebook may read the orders, or write between the answers.
    with (
        open(os.dup(0), encoding="utf-8", newline="\n") as orders,
        open(os.dup(1), "w", encoding="utf-8", newline="\n") as answers,
        open(os.devnull, "rb") as nothing,
    ):
        os.dup2(nothing.fileno(), 0)
        sys.path[0] = ""  # the notebook's folder
        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        settings = Config()
        settings.HistoryManager.enabled = False  # which would be a thread and a file
        shell = _Shell.instance(config=settings)
        sys.stdout, sys.stderr = _Written("stdout", 1), _Written("stderr", 2)
        _serve(shell, orders, answers)


if __name__ == "__main__":
    main()

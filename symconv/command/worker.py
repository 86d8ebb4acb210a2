"""A child process that decides claims or grades answers, and can be ended at any time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from threading import Timer
from types import TracebackType
from typing import Any, Literal, TypeAlias

from rich.console import Console

from symconv.arithmetic.limits import SECONDS_TO_END
from symconv.command.interrupts import raised, withheld
from symconv.command.typed_claims import TypedClaim

__all__ = ["Child", "NoAnswerError", "Task", "TimeIsOverError", "Work"]


class NoAnswerError(Exception):
    """The child has given no verdict; the message says why."""


class TimeIsOverError(NoAnswerError):
    """The child has given no verdict in time."""


Work: TypeAlias = Literal["theorem", "claim", "problem", "pair", "page", "answer", "step"]


@dataclass(frozen=True, slots=True)
class Task:
    """What a child does.

    Attributes:
        work: which of the things that a child can do.
        arguments: the keywords of the function that does it, as plain data.
    """

    work: Work
    arguments: Mapping[str, Any]


class Child:
    """Decides one task after another in a process of its own, which starts when it is needed.

    Starting takes longer than many a decision, so the process is kept until its time is over.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.end()

    @property
    def is_running(self) -> bool:
        """Whether the process has been started, and has not been ended."""
        return self._process is not None

    def report(self, task: Task, seconds: float, out: Console) -> tuple[dict[str, Any], str]:
        """The record of what was done, and the text that shows it.

        Args:
            task: what is done.
            seconds: how long it may take, the start of Python included if it has to start.
            out: where the text will be shown.

        Raises:
            TimeIsOverError: the time is over.
            NoAnswerError: there is no verdict for another reason, such as too little memory.
            SymconvError: the claim cannot be decided as it stands.
        """
        with raised():  # an interrupt ends the child too
            return self.report_in_thread(task, seconds, out)

    def report_in_thread(
        self, task: Task, seconds: float, out: Console
    ) -> tuple[dict[str, Any], str]:
        """The same, where the thread that started all sees to interrupts."""
        from symconv.errors import SymconvError

        request = {"task": asdict(task), "width": out.width, "colours": out.color_system}
        match answer := self._answer(json.dumps(request), seconds):
            case {"error": str(problem)}:
                raise SymconvError(problem)
            case {"exhausted": str(reason)}:
                raise NoAnswerError(reason)
            case {"record": dict(record), "text": str(text)}:
                return record, text
        raise RuntimeError(f"in the child process: {answer['defect']}")

    def _answer(self, request: str, seconds: float) -> dict[str, Any]:
        is_over = False

        def end() -> None:
            nonlocal is_over
            is_over = True
            process.kill()

        process = self._process = self._process or _started()
        assert process.stdin is not None
        assert process.stdout is not None
        timer = Timer(seconds, end)
        timer.start()
        line = ""
        try:
            with suppress(BrokenPipeError):  # the child has ended
                process.stdin.write(f"{request}\n")
                process.stdin.flush()
                line = process.stdout.readline()
            if not line.endswith("\n"):
                with suppress(subprocess.TimeoutExpired):  # its exit code says how it has ended
                    process.wait(SECONDS_TO_END)
        finally:
            timer.cancel()
            if is_over or not line.endswith("\n"):
                self.end()
        if line.endswith("\n"):
            answer: dict[str, Any] = json.loads(line)
            return answer
        if is_over:
            raise TimeIsOverError(f"no verdict within {seconds:g} s")
        if process.returncode < 0:
            raise NoAnswerError(f"the computation was ended by signal {-process.returncode}")
        return {"defect": f"it ended with exit code {process.returncode}"}

    def end(self) -> None:
        """Kill the process, and nothing else."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):  # a request that nobody reads
                if stream is not None:
                    stream.close()


def _started() -> subprocess.Popen[str]:
    with withheld():
        return subprocess.Popen(
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="ascii",
            # On Windows, a group of its own is what gets no interrupts.
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )


def _command() -> list[str]:
    # The child finds the modules that we found: not those of the working directory, where
    # a file random.py would otherwise take the place of the library's.
    start = (
        f"import sys; sys.path[:] = {sys.path!r}; from symconv.command.worker import serve; serve()"
    )
    return [sys.executable, "-P", "-c", start]


# --- in the child --------------------------------------------------------------------


def serve() -> None:
    """Answer the requests on standard input, each with a line on standard output."""
    answers, sys.stdout = sys.stdout, sys.stderr  # nothing else that is printed is an answer
    for line in sys.stdin:
        request = json.loads(line)
        answer = _performed(Task(**request["task"]), request["width"], request["colours"])
        print(json.dumps(answer), file=answers, flush=True)


def _performed(task: Task, width: int, colours: str | None) -> dict[str, Any]:
    from io import StringIO
    from traceback import format_exc

    from symconv.command.exit_codes import exhausted
    from symconv.command.terminal import page
    from symconv.errors import SymconvError

    out = page(width, colours)
    try:
        record = _reported(task, out)
    except SymconvError as error:
        return {"error": str(error)}
    except (RecursionError, MemoryError) as error:
        return {"exhausted": exhausted(error)}
    except Exception:
        return {"defect": format_exc()}
    assert isinstance(out.file, StringIO)
    return {"record": record, "text": out.file.getvalue()}


def _reported(task: Task, out: Console) -> dict[str, Any]:
    match task.work:  # each imports what it needs, and no more
        case "theorem":
            return _theorem(out, **task.arguments)
        case "claim":
            return _claim(out, **task.arguments)
        case "problem":
            return _problem(out, **task.arguments)
        case "pair":
            return _pair(out, **task.arguments)
        case "page":
            from symconv.command.exploring import page_record

            return page_record(**task.arguments)
        case "answer":
            from symconv.exercises.exercise import answer_graded

            return answer_graded(**task.arguments).record()
        case "step":
            from symconv.command.auditing import step_record

            return step_record(**task.arguments)


def _theorem(out: Console, name: str, points: Sequence[Mapping[str, int]]) -> dict[str, Any]:
    from symconv.command import arguments
    from symconv.command.reports import report_theorem

    return report_theorem(arguments.named(name), points, out)


def _claim(
    out: Console, typed: Mapping[str, Any], points: Sequence[Mapping[str, int]]
) -> dict[str, Any]:
    from symconv.command.reports import report
    from symconv.reading.text import read_claim

    said = TypedClaim(**typed)
    parsed = read_claim(said.passage, said.declared, said.name)
    return report(parsed.claim, points, out, typed=said.text, assumed=parsed.assumed)


def _problem(
    out: Console,
    typed: Mapping[str, Any],
    unknowns: Mapping[str, str | None],
    wanted: Mapping[str, Any],
) -> dict[str, Any]:
    from symconv.command.solving import Wanted, report_problem
    from symconv.reading.text import Passage, read_problem

    said = TypedClaim(**typed)
    shapes = {
        name: None if shape is None else Passage(shape, f"the shape of {name}")
        for name, shape in unknowns.items()
    }
    problem = read_problem(said.passage, said.declared, shapes)
    return report_problem(problem, Wanted(**wanted), out)


def _pair(out: Console, pair: Mapping[str, Any], saved: str, folder: str) -> dict[str, Any]:
    from symconv.command.comparing import report_comparison
    from symconv.reading.networks.sources import Pair

    return report_comparison(Pair(**pair), out, saved, folder)

"""A child process that decides claims or grades answers, and can be ended at any time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from threading import Timer
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rich.console import Console

from symconv.arithmetic.limits import SECONDS_TO_END
from symconv.command.interrupts import raised, withheld

if TYPE_CHECKING:  # each command imports what it needs, and no more
    from symconv.reading.text import Declarations

__all__ = ["Child", "NoAnswerError", "Task", "TimeIsOverError"]


class NoAnswerError(Exception):
    """The child has given no verdict; the message says why."""


class TimeIsOverError(NoAnswerError):
    """The child has given no verdict in time."""


@dataclass(frozen=True, slots=True)
class Task:
    """A claim that a child decides, as text.

    Attributes:
        claim: the claim; or the name of a theorem of the catalogue.
        is_theorem: whether it is the name of a theorem.
        points: the lengths of the instances.
        signals: the lengths of the named signals.
        given: the hypotheses.
        integers: the symbols that range over all integers.
        name: what the claim is called.
        tensors: the shapes of the named tensors.
        functions: the functions of which nothing is known, with the value at 0 or nothing.
        unknowns: what is looked for, by name, with its shape or None; nothing for a claim that is
            proved or refuted.
        wanted: what else is said of the unknowns.
        pair: two networks that are compared instead, as a `Pair`.
        saved: the file for inputs at which they differ.
        is_page: whether the record is that of a page to play with.
        graded: an answer to an exercise that is graded instead, as keywords of `answer_graded`.
        audited: a step of a derivation that is decided instead, as keywords of `step_record`.
    """

    claim: str
    is_theorem: bool = False
    points: Sequence[Mapping[str, int]] = ()
    signals: Mapping[str, str] = field(default_factory=dict)
    given: Sequence[str] = ()
    integers: Sequence[str] = ()
    name: str | None = None
    tensors: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    unknowns: Mapping[str, str | None] = field(default_factory=dict)
    wanted: Mapping[str, Any] = field(default_factory=dict)
    pair: Mapping[str, Any] = field(default_factory=dict)
    saved: str = ""
    is_page: bool = False
    graded: Mapping[str, Any] = field(default_factory=dict)
    audited: Mapping[str, Any] = field(default_factory=dict)

    def declared(self) -> Declarations:
        """What is declared, for a claim that was typed."""
        from symconv.reading.text import Declarations

        return Declarations.of(
            self.signals, self.given, self.integers, self.tensors, self.functions
        )


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
        """The record of a claim, and the text that shows it.

        Args:
            task: the claim.
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
    from symconv.command import arguments
    from symconv.command.reports import report, report_theorem
    from symconv.command.solving import Wanted, report_problem
    from symconv.reading.text import Passage, read_claim, read_problem

    if task.is_page:
        from symconv.command.exploring import page_record

        record: dict[str, Any] = page_record(task)
        return record
    if task.audited:
        from symconv.command.auditing import step_record

        return step_record(**task.audited)
    if task.pair:
        from symconv.command.comparing import report_comparison
        from symconv.reading.networks.sources import Pair

        return report_comparison(Pair(**task.pair), out, task.saved)
    if task.graded:
        from symconv.exercises.exercise import answer_graded

        return answer_graded(**task.graded).record()
    if task.is_theorem:
        return report_theorem(arguments.named(task.claim), task.points, out)
    declared = task.declared()
    passage = Passage(task.claim, "the claim")
    if task.unknowns:
        unknowns = {
            name: None if shape is None else Passage(shape, f"the shape of {name}")
            for name, shape in task.unknowns.items()
        }
        problem = read_problem(passage, declared, unknowns)
        return report_problem(problem, Wanted(**task.wanted), out)
    parsed = read_claim(passage, declared, task.name)
    return report(parsed.claim, task.points, out, typed=task.claim, assumed=parsed.assumed)

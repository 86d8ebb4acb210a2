"""Exercises graded: one answer, those of a whole course, or the file itself."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import click
from rich.console import Console

from symconv.arithmetic.limits import MOST_NAMED_IN_SUMMARY, MOST_PROCESSES, SECONDS_FOR_ANSWER
from symconv.command.answers import Submission, read_answers, results, write_results
from symconv.command.interrupts import raised
from symconv.command.terminal import counting, duration, following, line, paragraph, timed
from symconv.command.worker import Child, NoAnswerError, Task
from symconv.errors import SymconvError
from symconv.exercises.exercise import Exercise, Posed, marks_record
from symconv.exercises.grades import undecided, unread
from symconv.exercises.variants import Variant, same_student
from symconv.exercises.wording import written

__all__ = ["check_exercise", "check_output", "grade_answers", "grade_one", "show_question"]

Record = dict[str, Any]

_STYLES = {"right": "green", "wrong": "red", "no answer": "red", "partly right": "yellow"}


# --- the file itself -------------------------------------------------------------------


def check_exercise(exercise: Exercise, out: Console) -> Record:
    """Show the question, and whether each answer in the file is what it is said to be."""
    posed = exercise.posed()
    _show_question(posed, out)
    with following(out, "checking the answers in the file") as tell:
        found, seconds = timed(lambda: exercise.check(tell))
    variants = list(exercise.variants)
    out.print()
    for finding in found:
        paragraph(out, str(finding), style="yellow" if finding.is_open else "red")
    if exercise.parameters:
        shown = _shown(posed.variant)
        of = f"{len(variants)} of {exercise.number_of_variants}"
        paragraph(out, f"This is the variant with {shown}; {of} variants were checked.")
    if not found:
        paragraph(
            out,
            f"Right answers are right, and mistakes are wrong and all different "
            f"({duration(seconds)}).",
            style="green",
        )
    verdict = "proved"
    if found:
        verdict = "unknown" if all(one.is_open for one in found) else "refuted"
    return {
        **_question_record(exercise, posed),
        "verdict": verdict,
        "variants_checked": len(variants),
        "findings": [
            {"where": one.where, "problem": one.problem, "is_open": one.is_open} for one in found
        ],
    }


def show_question(exercise: Exercise, student: str, out: Console) -> Record:
    """Show the question as a student gets it."""
    posed = exercise.posed(exercise.variant(student))
    _show_question(posed, out)
    return {"student": student, **_question_record(exercise, posed)}


def _question_record(exercise: Exercise, posed: Posed) -> Record:
    return {
        "exercise": exercise.name,
        "variant": dict(posed.variant),
        "question": posed.text,
        "parts": {
            name: {"asks": part.asks, "points": written(part.points)}
            for name, part in posed.parts.items()
        },
    }


def _show_question(posed: Posed, out: Console) -> None:
    for text in posed.text.split("\n"):
        line(out, text, indent=0)


def _shown(variant: Variant) -> str:
    return ", ".join(f"{name} = {value}" for name, value in variant.items())


# --- one student -----------------------------------------------------------------------


def grade_one(
    exercise: Exercise,
    texts: Sequence[str],
    student: str | None,
    latex: bool | None,
    timeout: float | None,
    out: Console,
) -> Record:
    """Grade the answers of one student, and show what they are worth.

    Raises:
        SymconvError: there is no such part, or the file is wrong.
    """
    variant = exercise.variant(student) if student else None
    posed = exercise.posed(variant)
    answers = _by_part(texts, list(posed.parts))
    asked = [_Asked(exercise, posed.variant, name, text, latex) for name, text in answers.items()]
    graded = _graded(asked, timeout or SECONDS_FOR_ANSWER, out, one_by_one=timeout is None)
    if student:
        line(out, f"student {student}" + (f": {_shown(posed.variant)}" if variant else ""))
    for one in asked:
        _show(one.part, graded[one.key], out, is_alone=len(asked) == 1)
    parts = {one.part: graded[one.key] for one in asked}
    record = marks_record(exercise.name, student or "", posed.variant, parts)
    if len(parts) > 1:
        total = "not known yet" if record["total"] is None else record["total"]
        line(out, f"total: {total} of {record['out_of']}", indent=0)
    return record


def _by_part(texts: Sequence[str], parts: Sequence[str]) -> dict[str, str]:
    """The answers by part; `PART=TEXT`, or a text alone where there is one part."""
    found: dict[str, str] = {}
    for text in texts:
        before, equals, after = text.partition("=")
        name = before.strip()
        if not equals or name not in parts:
            if len(parts) > 1:
                raise click.UsageError(
                    f"--answer {text!r}: expected PART=TEXT, where PART is one of "
                    f"{', '.join(parts)}"
                )
            name, after = parts[0], text
        if name in found:
            raise click.UsageError(f"--answer: the part {name} is answered twice")
        found[name] = after
    return found


def _show(name: str, record: Record, out: Console, *, is_alone: bool) -> None:
    points = record["points"]
    worth = record["outcome"] if points is None else f"{points} of {record['out_of']}"
    if not is_alone:
        line(out, f"{name}: {worth}", _STYLES.get(record["outcome"], "yellow"), indent=0)
    if record["read_as"]["text"]:
        paragraph(out, f"Read as  {record['read_as']['text']}", style="cyan", indent=0)
    first, *more = record["feedback"].split("\n")
    for number, text in enumerate([first, *more]):
        if record["outcome"] == "not read":
            line(out, text, "yellow" if not number else "", indent=0)
        elif not text.startswith("Read as "):
            style = _STYLES.get(record["outcome"], "yellow") if not number else ""
            paragraph(out, text, style=style, indent=0)
    if is_alone and points is not None and record["outcome"] != "partly right":  # it says them
        line(out, f"{worth} {'point' if record['out_of'] == '1' else 'points'}", indent=0)


# --- a whole course --------------------------------------------------------------------

_COLUMNS = (
    *("student", "variant", "part", "answer", "read as", "outcome", "points", "out of"),
    *("feedback", "total"),
)


def grade_answers(
    exercise: Exercise,
    data: bytes,
    where: str,
    output: str | None,
    latex: bool | None,
    timeout: float | None,
    out: Console,
) -> list[Record]:
    """Grade a file of answers, and write the results.

    Each answer is decided in a process of its own that can be ended: one that fails is told in its
    row, and the rest goes on.  Equal answers to equal variants are decided once.

    Args:
        exercise: the exercise.
        data: the file of answers.
        where: its name.
        output: the file of results, or None for standard output.
        latex: whether the answers are LaTeX; None for whether they look like it.
        timeout: how many seconds each answer may take.
        out: where progress and the summary are shown.
    """
    parts = list(exercise.posed().parts)
    answers = read_answers(data, where, parts)
    submitted = [_Submitted(exercise, row, parts, latex) for row in answers.rows]
    for student in submitted:
        exercise.posed(student.variant)  # a file that is wrong in one of them is nobody's answer
    asked = [one for student in submitted for one in student.asked.values()]
    graded, seconds = timed(lambda: _graded(asked, timeout or SECONDS_FOR_ANSWER, out))
    records = [student.record(graded) for student in submitted]
    rows = [_COLUMNS, *(row for one in records for row in _rows(one))]
    text = results(rows, answers.delimiter, numbers=("points", "out of", "total"))
    again = _more_than_once(records)
    if output is None:
        if not out.quiet:
            click.echo(text, nl=False)
            if again:
                click.echo(again, err=True)
        return records
    write_results(output, text)
    _summarise(records, answers.ignored, seconds, out)
    if again:
        paragraph(out, again, style="yellow", indent=0)
    line(out, output, indent=0)
    return records


@dataclass(frozen=True, slots=True)
class _Asked:
    """One answer to one part."""

    exercise: Exercise
    variant: Variant
    part: str
    answer: str
    latex: bool | None

    @property
    def key(self) -> tuple[Any, ...]:
        """The same for answers that are the same."""
        return (*sorted(self.variant.items()), self.part, self.answer.strip())

    @property
    def task(self) -> Task:
        """What a child process is asked."""
        return Task(
            "answer",
            {
                "source": self.exercise.source,
                "where": self.exercise.where,
                "variant": dict(self.variant),
                "part": self.part,
                "answer": self.answer,
                "latex": self.latex,
            },
        )

    def failed(self, why: str) -> Record:
        """The record of an answer for which there is no verdict."""
        return undecided(self.exercise.posed(self.variant).parts[self.part], why).record()


class _Submitted:
    """A student, with what was answered.

    Attributes:
        variant: the student's variant.
        asked: the answers, by the names of the parts; none where the row cannot be read.
    """

    def __init__(
        self, exercise: Exercise, row: Submission, parts: Sequence[str], latex: bool | None
    ) -> None:
        self._exercise = exercise
        self._row = row
        self._problem = row.problem
        if exercise.parameters and not row.student:
            self._problem = self._problem or "there is no student's number, which draws the variant"
        self.variant = exercise.variant(row.student)
        self.asked: dict[str, _Asked] = {}
        if not self._problem:
            self.asked = {
                name: _Asked(exercise, self.variant, name, row.answers[name], latex)
                for name in parts
            }

    def record(self, graded: Mapping[tuple[Any, ...], Record]) -> Record:
        """What the student's answers are worth."""
        if self._problem:
            posed = self._exercise.posed(self.variant).parts
            parts = {name: unread(posed[name], self._problem, "row").record() for name in posed}
        else:
            parts = {name: dict(graded[one.key]) for name, one in self.asked.items()}
        for name, record in parts.items():
            record["answer"] = self._row.answers[name]
        return marks_record(self._exercise.name, self._row.student, self.variant, parts)


def _more_than_once(records: Sequence[Record]) -> str:
    """Which students have answered more than once, each time with a total of its own."""
    times = Counter(same_student(one["student"]) for one in records if one["student"])
    found = [f"{student} ({count} times)" for student, count in times.items() if count > 1]
    if not found:
        return ""
    more = f" and {len(found) - MOST_NAMED_IN_SUMMARY} more"
    shown = ", ".join(found[:MOST_NAMED_IN_SUMMARY])
    return f"graded more than once: {shown}{more if len(found) > MOST_NAMED_IN_SUMMARY else ''}"


def _rows(record: Record) -> Iterator[list[str]]:
    """The rows of one student; the total stands in the last one, so that the column adds up."""
    variant = " ".join(f"{name}={value}" for name, value in record["variant"].items())
    for number, (name, part) in enumerate(record["parts"].items(), start=1):
        is_last = number == len(record["parts"])
        yield [
            record["student"],
            variant,
            name,
            part["answer"],
            part["read_as"]["text"],
            part["outcome"],
            part["points"] or "",
            part["out_of"],
            _on_one_line(part),
            record["total"] or "" if is_last else "",
        ]


def _on_one_line(part: Record) -> str:
    """The feedback without the line that shows the place of an error."""
    lines = part["feedback"].split("\n")
    if part["outcome"] == "not read":
        lines = [one for one in lines if not one.startswith("  ")]
    return " ".join(one.strip() for one in lines)


def _summarise(
    records: Sequence[Record], ignored: Sequence[str], seconds: float, out: Console
) -> None:
    """Count the outcomes and the mistakes, and name what a person has to look at."""
    every = [(one["student"], name, p) for one in records for name, p in one["parts"].items()]
    outcomes = Counter(part["outcome"] for _, _, part in every)
    counts = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    students = f"{len(records)} {'student' if len(records) == 1 else 'students'}"
    totals = [Fraction(one["total"]) for one in records if one["total"] is not None]
    mean = ""
    if totals:
        mean = f", on average {float(sum(totals) / len(totals)):.3g} of {records[0]['out_of']}"
    paragraph(out, f"{students} in {duration(seconds)}{mean}: {counts}", indent=0)
    mistakes = Counter(part["mistake"]["name"] for _, _, part in every if "mistake" in part)
    for name, count in mistakes.most_common():
        line(out, f"{count:4} {name}")
    if ignored:
        paragraph(out, f"columns that are no part: {', '.join(ignored)}", indent=0)
    look = [f"{s or '(none)'} ({name})" for s, name, part in every if part["points"] is None]
    if look:
        shown = ", ".join(look[:MOST_NAMED_IN_SUMMARY])
        more = f" and {len(look) - MOST_NAMED_IN_SUMMARY} more"
        shown += more if len(look) > MOST_NAMED_IN_SUMMARY else ""
        paragraph(out, f"to be looked at by a person: {shown}", style="yellow", indent=0)


# --- deciding --------------------------------------------------------------------------


def _graded(
    asked: Sequence[_Asked], seconds: float, out: Console, *, one_by_one: bool = False
) -> dict[tuple[Any, ...], Record]:
    """What the answers are worth, each decided once.

    Args:
        asked: the answers.
        seconds: how long each may take.
        out: where progress is shown.
        one_by_one: whether they are decided here, without a limit on time.
    """
    different = {one.key: one for one in asked}
    found: dict[tuple[Any, ...], Record] = {}
    with counting(out, "grading", len(different)) as done:
        if one_by_one:
            for key, one in different.items():
                posed = one.exercise.posed(one.variant)
                found[key] = posed.grade(one.part, one.answer, latex=one.latex).record()
                done()
            return found
        with raised(), _Processes(min(_processors(), len(different))) as processes:
            for future, key in processes.all(different, seconds, out):
                found[key] = future.result()
                done()
    return found


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), MOST_PROCESSES)
    return min(os.cpu_count() or 1, MOST_PROCESSES)


class _Processes:
    """Some child processes that grade answers at the same time."""

    def __init__(self, number: int) -> None:
        self._children = [Child() for _ in range(max(number, 1))]
        self._idle: SimpleQueue[Child] = SimpleQueue()
        for child in self._children:
            self._idle.put(child)
        self._threads = ThreadPoolExecutor(len(self._children))

    def __enter__(self) -> _Processes:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in self._children:
            child.end()  # a thread that waits for it goes on
        self._threads.shutdown()
        for child in self._children:
            child.end()  # that a thread has started meanwhile

    def all(
        self, different: Mapping[tuple[Any, ...], _Asked], seconds: float, out: Console
    ) -> Iterator[tuple[Future[Record], tuple[Any, ...]]]:
        """The records, as they become known."""
        futures = {
            self._threads.submit(self._one, asked, seconds, out): key
            for key, asked in different.items()
        }
        for future in as_completed(futures):
            yield future, futures[future]

    def _one(self, asked: _Asked, seconds: float, out: Console) -> Record:
        child = self._idle.get()
        try:
            if not child.is_running:  # that Python starts, and reads the file, is not its fault
                nothing = replace(asked, answer="")
                child.report_in_thread(nothing.task, SECONDS_FOR_ANSWER, out)
            return child.report_in_thread(asked.task, seconds, out)[0]
        except (NoAnswerError, SymconvError) as error:
            return asked.failed(str(error))
        except RuntimeError as error:  # a defect of symconv, in this answer alone
            last = str(error).rstrip().rpartition("\n")[2]
            return asked.failed(f"a defect of symconv: {last}")
        finally:
            self._idle.put(child)


def check_output(path: str, others: Iterable[str]) -> None:
    """Refuse a file of results that would replace what is read.

    Raises:
        UsageError: with the reason.
    """
    file = Path(path)
    if not file.parent.is_dir():
        raise click.UsageError(f"there is no folder {str(file.parent)!r} for the results")
    for other in others:
        with suppress(OSError):
            if file.exists() and file.samefile(other):
                raise click.UsageError(f"{path} is read, and would be replaced by the results")

"""Files of students' answers, and of results, as spreadsheets write and read them."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from symconv.arithmetic.limits import MOST_ANSWERS_IN_FILE, MOST_BYTES_OF_ANSWERS
from symconv.command import arguments

__all__ = ["Answers", "Submission", "read_answers", "results", "write_results"]

_DELIMITERS = ",;\t"
_FORMULA = tuple("=+-@\t\r")


@dataclass(frozen=True, slots=True)
class Submission:
    """The answers of one student.

    Attributes:
        student: the student's number.
        answers: the answers, by the names of the parts.
        problem: why the row cannot be read; empty if it can.
    """

    student: str
    answers: dict[str, str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """A file of answers that was read.

    Attributes:
        rows: the students, in the order of the file.
        delimiter: what stands between cells.
        ignored: the columns that are no part.
    """

    rows: tuple[Submission, ...]
    delimiter: str
    ignored: tuple[str, ...]


def read_answers(data: bytes, where: str, parts: Sequence[str]) -> Answers:
    """Read a file of answers: a column `student`, and one for each part.

    Or `student`, `part` and `answer`, with a row for each part, as in a file of results.

    Args:
        data: the file.
        where: its name, for messages.
        parts: the names of the parts.  For one alone, the column may be called `answer`.

    Raises:
        UsageError: it is no such file.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # what spreadsheets call Unicode text
        data = data[: MOST_BYTES_OF_ANSWERS + 2].decode("utf-16", "replace").encode()
    text = arguments.decoded(data, where, MOST_BYTES_OF_ANSWERS)
    first, _, rest = text.partition("\n")
    named = re.fullmatch(r'"?sep=(.)"?\s*', first)
    if named:
        text = rest
    try:
        delimiter = named[1] if named else _delimiter(text)
        rows = _cells(text, delimiter, where, start=2 if named else 1)
    except TypeError as error:  # of a delimiter that is none
        raise click.UsageError(f"{where} is no CSV file: {error}") from None
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise click.UsageError(f"{where} is empty; expected a header: student,{','.join(parts)}")
    header = [cell.strip() for cell in rows[0]]
    if len(rows) - 1 > MOST_ANSWERS_IN_FILE:
        raise click.UsageError(f"{where} has more than {MOST_ANSWERS_IN_FILE} rows")
    is_long = {"part", "answer"} <= {name.casefold() for name in header}
    columns = _columns(header, where, ("part", "answer") if is_long else parts)
    found = [_row(row, header, columns) for row in rows[1:]]
    if is_long:
        return Answers(tuple(_gathered(found, parts)), delimiter, ())
    used = set(columns.values())
    ignored = tuple(name for at, name in enumerate(header) if at not in used and name)
    return Answers(tuple(found), delimiter, ignored)


def _cells(text: str, delimiter: str, where: str, start: int) -> list[list[str]]:
    """The cells of each row.

    A quotation mark that is never closed would take the rows below it into its cell, and their
    students would be missing in the results, so such a file is refused.
    """
    csv.field_size_limit(MOST_BYTES_OF_ANSWERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    begin = start
    try:
        for row in reader:
            rows.append(row)
            begin = start + reader.line_num
    except csv.Error as error:
        raise click.UsageError(
            f"{where} is no CSV file: in the row that begins in line {begin}, a quotation mark "
            f"stands where none can be, or is never closed ({error}); a cell with one begins and "
            "ends with a quotation mark, and it is written twice"
        ) from None
    return rows


def _gathered(rows: Iterable[Submission], parts: Sequence[str]) -> Iterator[Submission]:
    """The rows of one student after another, each with the answer to one part, in one."""
    folded = {name.casefold(): name for name in parts}
    student, answers, problem = "", dict.fromkeys(parts, ""), ""
    seen: set[str] = set()
    for row in rows:
        part = row.answers["part"].strip().casefold()
        if seen and (row.student != student or part in seen):
            yield Submission(student, answers, problem)
            answers, problem, seen = dict.fromkeys(parts, ""), "", set()
        student = row.student
        seen.add(part)
        problem = problem or row.problem
        if part in folded:
            answers[folded[part]] = row.answers["answer"]
        else:
            problem = problem or f"there is no part {part!r}; expected {', '.join(parts)}"
    if seen:
        yield Submission(student, answers, problem)


def _delimiter(text: str) -> str:
    """What stands between the cells of the header."""
    header = next(filter(str.strip, text.splitlines()), "")
    bare = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=bare.count)


def _columns(header: Sequence[str], where: str, parts: Sequence[str]) -> dict[str, int]:
    """The place of each column that is needed."""
    folded = [name.casefold() for name in header]
    columns = {}
    for name in ("student", *parts):
        wanted = [name.casefold()]
        if len(parts) == 1 and name != "student":
            wanted.append("answer")
        places = [at for at, one in enumerate(folded) if one in wanted]
        if len(places) != 1:
            problem = "is missing" if not places else "is there twice"
            raise click.UsageError(
                f"{where}: the column {name!r} {problem}; the header is "
                f"{', '.join(filter(None, header)) or 'empty'}"
            )
        columns[name] = places[0]
    return columns


def _row(row: Sequence[str], header: Sequence[str], columns: dict[str, int]) -> Submission:
    cells = [_bare(cell) for cell in row]
    cells += [""] * (len(header) - len(cells))
    answers = {name: cells[at] for name, at in columns.items() if name != "student"}
    problem = ""
    if any(cell.strip() for cell in cells[len(header) :]):
        problem = (
            f"the row has {len(row)} cells, and the header {len(header)}: a cell that holds what "
            "stands between cells is put in quotation marks"
        )
    return Submission(cells[columns["student"]].strip(), answers, problem)


def _bare(cell: str) -> str:
    """A cell without the apostrophe that keeps it from being a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith((*_FORMULA, "'")) else cell


def _safe(cell: str) -> str:
    """A cell that a spreadsheet shows, and does not compute.

    An apostrophe stands before it, which is taken off when it is read as an answer.
    """
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def results(rows: Sequence[Sequence[str]], delimiter: str, numbers: Collection[str] = ()) -> str:
    """Rows as a CSV file that spreadsheets read: nothing in it is a formula.

    Args:
        rows: the cells, from the header on.
        delimiter: what stands between them.  Where it is a semicolon, numbers have a comma.
        numbers: the columns in which these numbers are.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    comma = [delimiter == ";" and name in numbers for name in rows[0]]
    for row in rows:
        cells = (c.replace(".", ",") if own else c for c, own in zip(row, comma, strict=True))
        writer.writerow(map(_safe, cells))
    return out.getvalue()


def write_results(path: str, text: str) -> None:
    """Write a file at once, so that there is never half of it; a link stays a link.

    A device or a pipe, as /dev/stdout, is written to, and never replaced.

    Raises:
        UsageError: it cannot be written.
    """
    file = Path(path)
    try:
        if file.exists() and not file.is_file():
            file.write_text(text, encoding="utf-8-sig", newline="")
            return
        file = file.resolve()
        with NamedTemporaryFile(
            "w", dir=file.parent, prefix=file.name, encoding="utf-8-sig", newline="", delete=False
        ) as new:
            new.write(text)
        try:
            os.chmod(new.name, file.stat().st_mode if file.exists() else 0o666 & ~_umask())
            os.replace(new.name, file)
        except OSError:
            os.unlink(new.name)
            raise
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror or error}") from None


def _umask() -> int:
    before = os.umask(0)
    os.umask(before)
    return before

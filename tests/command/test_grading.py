"""Exercises graded by the command: one student, a whole course, and the file itself."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from symconv.command import worker
from symconv.command.answers import read_answers, results, write_results
from symconv.command.cli import main
from symconv.exercises import Exercise
from tests.project import ROOT

FILE = ROOT / "proofs" / "exercises" / "merging.toml"
MERGING = str(FILE)
HEADER = "student,kernel,length,symmetric\n"


def run(*arguments: str, typed: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["grade", *arguments], input=typed)


def graded(tmp_path: Path, content: str | bytes, *more: str, code: int = 0) -> list[dict[str, str]]:
    """The rows of the results."""
    answers, output = tmp_path / "answers.csv", tmp_path / "results.csv"
    answers.write_bytes(content.encode() if isinstance(content, str) else content)
    result = run(MERGING, "--answers", str(answers), "-o", str(output), *more)
    assert result.exit_code == code, result.output
    data = output.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")  # by which spreadsheets know UTF-8
    text = data.decode("utf-8-sig")
    delimiter = ";" if text.startswith("student;") else ","
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def of(s: int) -> str:
    """A student who has this stride."""
    exercise = Exercise.load(FILE)
    return next(str(n) for n in range(100, 200) if exercise.variant(str(n)) == {"s": s})


# --- the file itself -----------------------------------------------------------------------


def test_the_file_is_checked() -> None:
    result = run(MERGING)
    assert result.exit_code == 0
    assert "3 of 3 variants were checked" in result.output
    record = json.loads(run(MERGING, "--json").output)
    assert (record["verdict"], record["findings"]) == ("proved", [])
    assert record["parts"]["kernel"] == {"asks": "kernel", "points": "3"}


def test_a_file_that_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "e.toml"
    text = FILE.read_text(encoding="utf-8")
    file.write_text(text.replace('answer = "yes"', 'answer = "no"'), encoding="utf-8")
    result = run(str(file))
    assert result.exit_code == 1
    assert "s = 4, part symmetric, answer: it is not right" in " ".join(result.output.split())
    record = json.loads(run(str(file), "--json").output)
    assert len(record["findings"]) == 3
    file.write_text(text.replace('answer = "({s}', '# answer = "({s}'), encoding="utf-8")
    assert run(str(file)).exit_code == 2
    assert run(str(tmp_path / "none.toml")).exit_code == 2


def test_a_student_gets_a_question() -> None:
    for s in (2, 3, 4):
        result = run(MERGING, "--student", of(s))
        assert result.exit_code == 0
        assert f"A layer with stride {s} and the kernel" in result.output
        assert "k.convolve(k.dilate" not in result.output
        record = json.loads(run(MERGING, "--student", of(s), "--json").output)
        assert record["variant"] == {"s": s}


# --- one student ---------------------------------------------------------------------------


def test_one_student_is_graded() -> None:
    right = ["--answer", "length=4c - 3", "--answer", "symmetric = ja"]
    result = run(MERGING, "--student", of(3), "--answer", "kernel=k.dilate(3).convolve(k)", *right)
    assert result.exit_code == 0
    assert "total: 5 of 5" in result.output
    result = run(MERGING, "--student", of(3), "--answer", "kernel=k * k", *right)
    assert result.exit_code == 1
    assert "1 of 3 points, for this mistake." in result.output
    assert "total: 3 of 5" in result.output
    result = run(MERGING, "--student", of(3), "--answer", "kernel=k * (", *right)
    assert result.exit_code == 2
    assert "this ( is never closed" in result.output
    assert "total: not known yet of 5" in result.output


def test_one_student_for_scripts() -> None:
    answer = ["--answer", "kernel=K = k * k"]
    for more in ([], ["--timeout", "60"]):
        record = json.loads(run(MERGING, "--student", of(2), *answer, *more, "--json").output)
        assert record["variant"] == {"s": 2}
        part = record["parts"]["kernel"]
        assert (part["outcome"], part["points"], part["out_of"]) == ("partly right", "1", "3")
        assert part["read_as"]["text"] == "k ∗ k"
        assert part["mistake"]["name"] == "no dilation"
        assert part["counterexample"]["lengths"] == {"c": 2, "n": 3}
        assert (record["total"], record["out_of"]) == ("1", "3")


def test_a_part_alone_needs_no_name(tmp_path: Path) -> None:
    file = tmp_path / "e.toml"
    file.write_text('[[parts]]\nasks = "length"\nanswer = "7"\n[names]\n', encoding="utf-8")
    assert run(str(file), "--answer", "2*3 + 1").exit_code == 0
    assert run(str(file), "--answer", "length=7").exit_code == 0
    assert run(str(file), "--answer", "L = 7").exit_code == 0
    assert run(str(file), "--answer", "8").exit_code == 1
    assert run(str(file), "--answer", "").exit_code == 1
    (row,) = csv.DictReader(
        io.StringIO(run(str(file), "--answers", "-", typed=b"student,answer\n1,7\n").stdout)
    )
    assert (row["outcome"], row["total"]) == ("right", "1")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--student", "1"],
        [MERGING, "--typical"],
        [MERGING, "--answer", "k"],
        [MERGING, "--answer", "kern=k"],
        [MERGING, "--answer", "kernel=k", "--answer", "kernel=k"],
        [MERGING, "--answer", "kernel=k", "-o", "x.csv"],
        ["--answer", "k", "--timeout", "3"],
        ["--answer", "k", "--answer", "k"],
        ["--typical", "--latex"],
        [MERGING, "--latex"],
        [MERGING, "--timeout", "3"],
        [MERGING, "--student", "1", "--timeout", "3"],
        [MERGING, "--timeout", "0", "--answer", "kernel=k"],
    ],
    ids=str,
)
def test_arguments_that_make_no_sense(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


# --- a whole course ------------------------------------------------------------------------


def test_a_course_is_graded(tmp_path: Path) -> None:
    rows = graded(
        tmp_path,
        HEADER
        + f"{of(2)},k.convolve(k.dilate(2)),3c - 2,yes\n"
        + f'{of(3)},"Sum(k[i]*k[t - 3*i], i)",3*c - 2,yes\n'
        + f"{of(4)},k * k,,no\n",
    )
    assert [row["student"] for row in rows] == [of(s) for s in (2, 2, 2, 3, 3, 3, 4, 4, 4)]
    assert [row["outcome"] for row in rows] == [
        *("right", "right", "right"),
        *("right", "wrong", "right"),
        *("partly right", "no answer", "wrong"),
    ]
    assert [row["total"] for row in rows] == ["", "", "5", "", "", "4", "", "", "1"]
    assert [row["variant"] for row in rows[::3]] == ["s=2", "s=3", "s=4"]
    assert rows[3]["read as"] == "Sum(k[i]*k[t - 3*i], i)"
    assert rows[6]["points"] == "1"
    assert "it leads to" in rows[6]["feedback"]
    assert rows[6]["feedback"].endswith("1 of 3 points, for this mistake. Read as k ∗ k")
    # The columns add up: each total stands once.
    assert sum(int(row["points"]) for row in rows) == sum(int(r["total"] or 0) for r in rows)


def test_results_are_answers_too(tmp_path: Path) -> None:
    content = (
        HEADER
        + f'{of(2)},"=Sum(k[i]*k[t - 2*i], (i, 0, c - 1))",3c - 2,yes\n'
        + f"{of(2)},-k,,no\n"
        + f"{of(4)},k * (,,\n"
    )
    first = graded(tmp_path, content, code=3)
    again = graded(tmp_path, (tmp_path / "results.csv").read_bytes(), code=3)
    assert again == first
    assert first[3]["answer"] == "'-k"
    assert first[3]["read as"] == "'-1 k"


def test_answers_with_a_row_for_each_part() -> None:
    text = "Part,student,answer\nlength,1,c\nKERNEL,1,k\nkernel,1,2*k\nkernel,2,k\nkern,3,k\n"
    found = read_answers(text.encode(), "a.csv", ["kernel", "length"])
    assert [(row.student, row.answers) for row in found.rows] == [
        ("1", {"kernel": "k", "length": "c"}),
        ("1", {"kernel": "2*k", "length": ""}),
        ("2", {"kernel": "k", "length": ""}),
        ("3", {"kernel": "", "length": ""}),
    ]
    assert [row.problem for row in found.rows] == ["", "", "", found.rows[3].problem]
    assert "there is no part 'kern'; expected kernel, length" in found.rows[3].problem


def test_what_fails_does_not_stop_the_rest(tmp_path: Path) -> None:
    rows = graded(
        tmp_path,
        HEADER
        + f"{of(2)},k * (,3c - 2,yes\n"
        + f"{of(2)},k.pad(1, 1),3c - 2,yes\n"  # a comma without quotation marks
        + f"{of(3)},{'(' * 300},{'9' * 5000},{'x' * 9000}\n"
        + ",k,c,yes\n"
        + "\n , , , \n"
        + f"{of(2)}\n"
        + f"{of(2)},\x00,\u202e,\ud800\n".encode("utf-8", "replace").decode()
        + f"{of(4)},k.convolve(k.dilate(4)),5*c - 4,yes\n",
        code=3,
    )
    outcomes = [row["outcome"] for row in rows]
    assert outcomes[:3] == ["not read", "right", "right"]
    assert outcomes[3:12] == ["not read"] * 9
    assert "the row has 5 cells, and the header 4" in rows[3]["feedback"]
    assert "there is no student's number" in rows[9]["feedback"]
    assert outcomes[12:15] == ["no answer"] * 3
    assert outcomes[15:18] == ["not read"] * 3
    assert outcomes[18:] == ["right"] * 3
    assert [row["total"] for row in rows[2::3]] == ["", "", "", "", "0", "", "5"]
    assert all(row["points"] == "" for row in rows if row["outcome"] == "not read")


def test_the_summary_names_what_a_person_has_to_look_at(tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_text(
        "mail,"
        + HEADER
        + f"a@b,{of(2)},k * (,3c - 2,yes\na@c,{of(3)},k*k,2c - 1,yes\na@d,{of(3)},k*k,4c-3,\n"
    )
    result = run(MERGING, "--answers", str(answers), "-o", str(tmp_path / "results.csv"))
    said = " ".join(result.output.split())
    assert result.exit_code == 3
    assert ", on average 2 of 5: 4 right, 2 partly right, 1 not read, 1 wrong, 1 no answer" in said
    assert f"to be looked at by a person: {of(2)} (kernel)" in said
    assert "2 no dilation 1 the length of k ∗ k" in said
    assert "columns that are no part: mail" in said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_write_is_read(encoding: str, delimiter: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow([" Student ", "LENGTH", "kernel", ""])
    writer.writerow(["047", "3c − 2", "Sum(k[i]*k[t - 2*i], (i, 0, c - 1))", ""])
    writer.writerow(["48", "4c", 'k ∗ "k↑₃"; 1, 2', ""])
    found = read_answers(out.getvalue().encode(encoding), "a.csv", ["kernel", "length"])
    assert found.delimiter == delimiter
    assert [(row.student, row.answers) for row in found.rows] == [
        ("047", {"kernel": "Sum(k[i]*k[t - 2*i], (i, 0, c - 1))", "length": "3c − 2"}),
        ("48", {"kernel": 'k ∗ "k↑₃"; 1, 2', "length": "4c"}),
    ]


def test_where_semicolons_stand_between_cells_commas_stand_in_numbers(tmp_path: Path) -> None:
    content = f"student;length;symmetric;kernel\n0{of(2)};3c;ja;k ∗ k↑₂\n"
    rows = graded(tmp_path, content)
    assert [row["points"] for row in rows] == ["3", "0,5", "1"]
    assert rows[-1]["total"] == "4,5"
    assert [row["student"] for row in rows] == [f"0{of(2)}"] * 3


def test_commas_stand_in_no_number_that_a_student_wrote(tmp_path: Path) -> None:
    rows = graded(tmp_path, "student;kernel;length;symmetric\n1;k;1.5;no\n", code=3)
    assert rows[1]["answer"] == "1.5"


def test_an_answer_of_any_length_does_not_stop_the_others(tmp_path: Path) -> None:
    rows = graded(tmp_path, f"{HEADER}1,{'k' * 200_000},3c,yes\n{of(2)},k * k↑₂,3c,yes\n", code=3)
    assert [row["outcome"] for row in rows][:1] == ["not read"]
    assert [row["points"] for row in rows][3:] == ["3", "0.5", "1"]


def test_students_who_answered_more_than_once_are_told(tmp_path: Path) -> None:
    answers, output = tmp_path / "answers.csv", tmp_path / "results.csv"
    answers.write_text(f"{HEADER}7,k,c,no\n 007 ,k,c,no\n8,k,c,no\n7,k,c,yes\n")
    told = "graded more than once: 7 (3 times)\n"
    result = run(MERGING, "--answers", str(answers), "-o", str(output))
    assert told in result.output
    result = run(MERGING, "--answers", str(answers))
    assert result.stderr == told
    assert result.stdout == output.read_text(encoding="utf-8-sig")
    answers.write_text(f"{HEADER}7,k,c,no\n8,k,c,no\n")
    assert not run(MERGING, "--answers", str(answers)).stderr


def test_a_line_that_names_the_delimiter_is_no_header() -> None:
    found = read_answers(b"sep=;\nstudent;answer\n1;a, b\n", "a.csv", ["kernel"])
    assert found.delimiter == ";"
    assert found.rows[0].answers == {"kernel": "a, b"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty; expected a header: student,kernel,length,symmetric"),
        (b"student,kernel,length\n", "the column 'symmetric' is missing; the header is student, k"),
        (b"kernel,length,symmetric\n", "the column 'student' is missing"),
        (HEADER.encode().replace(b"length", b"kernel"), "the column 'kernel' is there twice"),
        (b"student,kernel\n1,\xff\n", "line 2: this is not UTF-8"),
        (
            HEADER.encode() + b'1,k,c,no\n2,"k,c,no\n' + b"3,k,c,no\n" * 20_000,
            "is no CSV file: in the row that begins in line 3, a quotation mark stands where none "
            "can be, or is never closed",
        ),
        # The next quotation mark closes it, and would hide the rows between.
        (
            HEADER.encode() + b'1,k,c,no\n2,"k,c,no\n3,k,c,no\n4,"k",c,no\n',
            "in the row that begins in line 3",
        ),
        (b"sep=,\n" + HEADER.encode() + b'1,k,c,"no\n', "in the row that begins in line 3"),
        (HEADER.encode() + b"1,2,3,4\n" * 20_001, "has more than 20000 rows"),
    ],
    ids=range(9),
)
def test_files_that_are_no_answers(tmp_path: Path, content: bytes, problem: str) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_bytes(content)
    result = run(MERGING, "--answers", str(answers))
    assert result.exit_code == 2
    assert problem in " ".join(result.output.split())


def test_a_file_that_is_wrong_in_one_variant_is_no_answers_fault(tmp_path: Path) -> None:
    file, answers = tmp_path / "e.toml", tmp_path / "answers.csv"
    file.write_text(
        'question = "{p}"\n[names]\nsignals = { k = "c" }\n[variants]\np = [1, -1]\n'
        '[[parts]]\nasks = "kernel"\nanswer = "k.dilate({p})"\n'
    )
    answers.write_text("student,answer\n" + "".join(f"{n},k\n" for n in range(20)))
    result = run(str(file), "--answers", str(answers))
    assert result.exit_code == 2
    assert "(in the variant with p = -1)" in result.output
    assert "[[parts]] 1 answer: the answer, line 1" in result.output


# --- cells that a spreadsheet would compute ----------------------------------------------------

DANGEROUS = ("=1+1", "+1", "-k[t]", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''", "=HYPERLINK('x')")


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    content = io.StringIO(newline="")
    cells = [[cell, cell, "c", ""] for cell in DANGEROUS]
    csv.writer(content).writerows([["student", "kernel", "length", "symmetric"], *cells])
    answers, output = tmp_path / "answers.csv", tmp_path / "results.csv"
    answers.write_bytes(content.getvalue().encode())
    run(MERGING, "--answers", str(answers), "-o", str(output))
    rows = list(csv.reader(io.StringIO(output.read_text(encoding="utf-8-sig"), newline="")))
    assert len(rows) == 1 + 3 * len(DANGEROUS)
    assert not any(one.startswith(("=", "+", "-", "@", "\t", "\r")) for r in rows for one in r)


@given(st.lists(st.text(max_size=8), min_size=1, max_size=4), st.sampled_from(",;\t"))
def test_results_are_read_as_they_were(cells: list[str], delimiter: str) -> None:
    cells = [cell.replace("\0", "") for cell in cells]
    cells = ["".join(c for c in cell if not "\ud800" <= c <= "\udfff") for cell in cells]
    names = [f"p{n}" for n in range(len(cells))]
    text = results([["student", *names], ["7", *cells]], delimiter)
    found = read_answers(text.encode("utf-8-sig"), "r.csv", names)
    assert found.delimiter == delimiter
    (row,) = found.rows
    assert [row.answers[name] for name in names] == cells
    assert not row.problem


# --- files that are written ----------------------------------------------------------------------


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe, file, link = tmp_path / "pipe", tmp_path / "results.csv", tmp_path / "link.csv"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_results(str(pipe), "student,total\n")
    assert os.read(reading, 99) == b"\xef\xbb\xbfstudent,total\n"
    os.close(reading)
    assert pipe.is_fifo()
    file.touch()
    link.symlink_to(file)
    write_results(str(link), "student\n")
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8-sig") == "student\n"
    with pytest.raises(click.UsageError, match="cannot be written: Is a directory"):
        write_results(str(tmp_path), "student\n")


def test_what_is_read_is_not_replaced(tmp_path: Path) -> None:
    answers, link = tmp_path / "answers.csv", tmp_path / "link.csv"
    answers.write_text(HEADER)
    link.symlink_to(answers)
    for path in (answers, link):
        result = run(MERGING, "--answers", str(answers), "-o", str(path))
        assert result.exit_code == 2
        assert "is read, and would be replaced" in " ".join(result.output.split())
    assert run(MERGING, "--answers", str(answers), "-o", "none/r.csv").exit_code == 2
    assert answers.read_text() == HEADER


def test_results_are_replaced_at_once(tmp_path: Path) -> None:
    graded(tmp_path, HEADER + f"{of(2)},k,c,yes\n")
    graded(tmp_path, HEADER + f"{of(2)},k*k,c,yes\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.csv", "results.csv"]
    assert (tmp_path / "results.csv").stat().st_mode & 0o077 == 0o077 & 0o666 & ~current_umask()


def current_umask() -> int:
    before = os.umask(0)
    os.umask(before)
    return before


def test_without_an_output_the_results_are_printed(tmp_path: Path) -> None:
    answers = (HEADER + f"{of(2)},k*k.dilate(2),3c-2,ja\n").encode()
    result = run(MERGING, "--answers", "-", typed=answers)
    assert result.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(result.stdout, newline="")))
    assert [row["outcome"] for row in rows] == ["right"] * 3
    (record,) = json.loads(run(MERGING, "--answers", "-", "--json", typed=answers).stdout)
    assert (record["student"], record["total"]) == (of(2), "5")


# --- processes ---------------------------------------------------------------------------------


@pytest.fixture
def unruly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Some answers make the process that grades them hang, end, or fail; each is noted."""
    note = tmp_path / "asked"
    code = f"""
import os, time, symconv.exercises.exercise as there
graded = there.answer_graded
def answer_graded(source, where, variant, part, answer, latex):
    with open({str(note)!r}, "a") as file:
        file.write(answer + "\\n")
    if answer == "hang":
        time.sleep(600)
    if answer == "end":
        os._exit(7)
    if answer == "kill":
        os.kill(os.getpid(), 9)
    if answer == "fail":
        raise KeyError("here")
    if answer == "memory":
        raise MemoryError
    if answer == "print":
        print("noise", flush=True)
    return graded(source, where, variant, part, "k" if answer == "print" else answer, latex)
there.answer_graded = answer_graded
"""
    command = worker._command()
    monkeypatch.setattr(worker, "_command", lambda: [*command[:-1], code + command[-1]])
    return note


def test_a_process_that_hangs_or_ends_is_told_in_its_row(unruly: Path, tmp_path: Path) -> None:
    texts = ["hang", "k*k", "end", "kill", "fail", "memory", "print", "k*k", "k"]
    content = HEADER + "".join(f"{of(2)},{text},3c - 2,yes\n" for text in texts)
    start = time.monotonic()
    rows = graded(tmp_path, content, "--timeout", "3", code=3)
    assert time.monotonic() - start < 120
    kernels = {row["answer"]: row for row in rows if row["part"] == "kernel"}
    for text, words in {
        "hang": "no verdict within 3 s",
        "end": "it ended with exit code 7",
        "kill": "the computation was ended by signal 9",
        "fail": "a defect of symconv: KeyError: 'here'",
        "memory": "the memory is used up",
    }.items():
        assert kernels[text]["outcome"] == "not decided"
        assert kernels[text]["points"] == ""
        assert words in kernels[text]["feedback"]
    assert [kernels[text]["points"] for text in ("k*k", "print", "k")] == ["1", "0", "0"]
    assert all(row["outcome"] == "right" for row in rows if row["part"] != "kernel")
    # Nothing that was asked once is asked again.
    asked = unruly.read_text().split()
    assert asked.count("k*k") == 1
    assert asked.count("3c") == 1


def test_an_interrupt_ends_all_processes(unruly: Path, tmp_path: Path) -> None:
    del unruly
    answers = tmp_path / "answers.csv"
    answers.write_text(HEADER + "".join(f"{n},hang,hang,hang\n" for n in range(3)))
    note = tmp_path / "children"
    code = f"""
import os, sys, time
from symconv.command import worker
command = worker._command()
command[-1] = '''
import os, time, symconv.exercises.exercise as there
def answer_graded(**_):
    with open({str(note)!r}, "a") as file:
        file.write(str(os.getpid()) + chr(10))
    time.sleep(600)
there.answer_graded = answer_graded
''' + command[-1]
worker._command = lambda: command
sys.argv = ["symconv", "grade", {MERGING!r}, "--answers", {str(answers)!r}]
from symconv.__main__ import main
main()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 60
    while not note.exists() or not note.read_text().endswith("\n"):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    output, error = process.communicate(timeout=60)
    assert (process.returncode, output, error) == (130, b"", b"Interrupted\n")
    for child in map(int, note.read_text().split()):
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def test_two_hundred_students_share_what_they_answered(tmp_path: Path, unruly: Path) -> None:
    kernels = ["k*k", "k.convolve(k.dilate(2))", "k.dilate(2)", "k", "0*k", "Sum(k[i]*k[t-2*i], i)"]
    content = io.StringIO(newline="")
    writer = csv.writer(content)
    writer.writerow(["student", "kernel", "length", "symmetric"])
    for n in range(200):
        writer.writerow([str(n), kernels[n % 6], f"{n % 4 + 2}c - {n % 4 + 1}", "yes"])
    rows = graded(tmp_path, content.getvalue())
    assert len(rows) == 600
    exercise = Exercise.load(FILE)
    for row in rows:
        s = exercise.variant(row["student"])["s"]
        assert row["variant"] == f"s={s}"
        if row["part"] == "length":
            assert (row["outcome"] == "right") == (row["answer"] == f"{int(s) + 1}c - {s}")
        if row["answer"] == "k.convolve(k.dilate(2))":
            assert (row["outcome"] == "right") == (s == 2)
    distinct: set[Any] = {(row["variant"], row["part"], row["answer"]) for row in rows}
    asked = [line for line in unruly.read_text().splitlines() if line]
    assert len(asked) == len(distinct)

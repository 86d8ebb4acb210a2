"""`symconv grade`, `audit` and `kernel`: students' answers, derivations, and taps of k₄."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import click

from symconv.arithmetic.limits import MOST_BYTES_OF_ANSWERS
from symconv.command import arguments
from symconv.command.exit_codes import EXIT, GRADED, Command, print_json, worst
from symconv.command.options import json_option, seconds_option

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["audit", "grade_answer", "kernel"]


@click.command("grade", cls=Command)
@click.argument("exercise", required=False, metavar="[EXERCISE.toml]")
@click.option(
    "--answer",
    "texts",
    multiple=True,
    metavar="[PART=]TEXT",
    help="An answer: a formula, operators, a length, a condition, yes or no, as the part asks for "
    "it.  Of several parts, each has its name before it.  May be repeated.",
)
@click.option("--student", metavar="NUMBER", help="The student's number, which draws the variant.")
@click.option(
    "--answers",
    type=click.File("rb"),
    metavar="FILE.csv",
    help="Grade the answers of a whole course: a column student, and one for each part.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE.csv",
    help="Write the results to a file, which is replaced; otherwise to standard output.",
)
@click.option("--latex", is_flag=True, help="Read the answers as LaTeX, whatever they look like.")
@click.option("--typical", is_flag=True, help="Show typical answers, wrong and right, in a table.")
@seconds_option(
    "--timeout",
    "Give up on an answer after so many seconds: it is then not decided.",
)
@json_option
@click.pass_context
def grade_answer(
    ctx: click.Context,
    exercise: str | None,
    texts: tuple[str, ...],
    student: str | None,
    answers: IO[bytes] | None,
    output: str | None,
    latex: bool,
    typical: bool,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Decide whether answers to an exercise are right, for all sizes, and what they are worth.

    \b
    An exercise is a small file with the question, what is right, typical
    mistakes, points and variants.  Without answers, the file is checked:
      symconv grade proofs/exercises/merging.toml
      symconv grade proofs/exercises/merging.toml --student 4711
      symconv grade proofs/exercises/merging.toml --student 4711
          --answer kernel="k.convolve(k)" --answer length="2c - 1"
      symconv grade proofs/exercises/merging.toml
          --answers answers.csv -o results.csv

    \b
    Without a file it is the exercise of two stride-2 layers.  An answer is a
    formula for k₄[t], or an expression in operators:
      symconv grade --answer "Sum(k[i]*k[t - 2*i], i)"
      symconv grade --answer "k4[t] = Sum(k[i]*k[t - 2*i], (i, 0, c - 1))"
      symconv grade --answer "k.convolve(k.dilate(2))"
      symconv grade --answer '\\sum_i k_2(i)\\, k_2(t - 2i)'
      symconv grade --answer '\\tilde{k}_4 = \\tilde{k}_2 * (\\tilde{k}_2 \\uparrow_2)'

    k, k2 and k_2 are the kernel of both layers, c is its length, and a tilde flips.  A sum
    over an index alone is over all integers.

    Exit codes: 0 right, 1 wrong, 2 usage error or an answer that cannot be read, 3 unknown.  For
    a file of answers: 0 all graded, 3 not all, as one is not decided or cannot be read.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    from symconv.command.terminal import console

    out = console(quiet=as_json)
    if not texts and answers is None and (latex or timeout is not None):
        raise click.UsageError("--latex and --timeout are for answers; add --answer or --answers")
    if exercise is None:
        if answers is not None or student is not None or output is not None:
            raise click.UsageError("--answers, --student and -o are for an exercise file")
        if (len(texts) != 1) == (not typical) or (typical and texts):
            raise click.UsageError("expected either --answer or --typical, or an exercise file")
        record, code = _first_exercise(texts, latex, timeout, out)
    else:
        _check_together(texts, student, answers, output, typical)
        record, code = _by_file(exercise, texts, student, answers, output, latex, timeout, out)
    if as_json:
        print_json(record)
    ctx.exit(code)


def _check_together(
    texts: tuple[str, ...],
    student: str | None,
    answers: IO[bytes] | None,
    output: str | None,
    typical: bool,
) -> None:
    """Refuse options that do not go together with an exercise file."""
    if typical or (texts and answers):
        raise click.UsageError("expected --answer, --answers, or neither, for an exercise file")
    if output is not None and answers is None:
        raise click.UsageError("-o is for the results of --answers")
    if answers is not None and student is not None:
        raise click.UsageError("in --answers, the students stand in a column")


def _first_exercise(
    texts: tuple[str, ...], latex: bool, timeout: float | None, out: Console
) -> tuple[Any, int]:
    """Grade an answer to the exercise of two stride-2 layers, or show typical ones."""
    from symconv.command.terminal import working
    from symconv.command.typical_answers import show_grade, show_typical
    from symconv.exercises.grading import grade

    if not texts:
        with working(out, "deciding typical answers"):
            return show_typical(out), 0
    if timeout is not None:
        raise click.UsageError("--timeout is for an exercise file")
    with working(out, "deciding"):
        found = grade(texts[0], latex=latex or None)
    record = show_grade(found, out)
    return record, EXIT[record["verdict"]]


def _by_file(
    path: str,
    texts: tuple[str, ...],
    student: str | None,
    answers: IO[bytes] | None,
    output: str | None,
    latex: bool,
    timeout: float | None,
    out: Console,
) -> tuple[Any, int]:
    """Grade by an exercise file, or check the file."""
    from symconv.command import grading
    from symconv.exercises.exercise import Exercise

    exercise = Exercise.load(path)
    record: Any
    if answers is not None:
        where = arguments.name_of(answers)
        if output is not None:
            grading.check_output(output, (path, where))
        data = answers.read(MOST_BYTES_OF_ANSWERS + 1)
        record = grading.grade_answers(exercise, data, where, output, latex or None, timeout, out)
        parts = [part for one in record for part in one["parts"].values()]
        code = 3 if any(part["points"] is None for part in parts) else 0
    elif texts:
        record = grading.grade_one(exercise, texts, student, latex or None, timeout, out)
        code = worst(GRADED[part["outcome"]] for part in record["parts"].values())
    elif student is not None:
        record, code = grading.show_question(exercise, student, out), 0
    else:
        record = grading.check_exercise(exercise, out)
        code = EXIT[record["verdict"]]
    return record, code


@click.command(cls=Command)
@click.argument("file", type=click.File("rb"), metavar="FILE")
@click.option("--markdown", is_flag=True, help="Print Markdown with formulas, for feedback.")
@seconds_option(
    "--timeout",
    "Give up on a step after so many seconds: it is then not decided.",
)
@json_option
@click.pass_context
def audit(
    ctx: click.Context, file: IO[bytes], markdown: bool, timeout: float | None, as_json: bool
) -> None:
    """Audit a derivation that is written in a FILE, step by step; - is standard input.

    \b
    A file declares signals, and has formulas, each equal to the one before it:
      signal x: n
      signal k: c
      given n >= 1
      index u
      start x.convolve(k).downsample(2)
      = Sum(x[m]*k[2*u - m], m)             [the entry of x * k at 2u]
      = Sum(x[m]*k[u - m], m % 2 == 0)      (because of the subsampling)
      = Sum(x[m]*k[2*u - m], m >= 0) for u >= 0

    \b
    Formulas may be LaTeX, also as an align environment that is pasted:
      \\begin{align*}
        y(u) &= \\sum_m x_m k_{2u-m} && \\text{definition} \\\\
             &= \\sum_{i + m = 2u} x_m k_i \\quad (i = 2u - m)
      \\end{align*}

    A derivation that starts with a signal speaks of its outputs, or with "for all u" behind the
    start, of every integer u; one that starts with a formula speaks of every integer u.  A line
    that cannot be read is told, and the others are audited all the same.

    Exit codes: 0 every step is right, 1 one is wrong or ill-formed, 2 a line cannot be read, or a
    usage error, 3 not every step is decided.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    from symconv.command.auditing import audit_text
    from symconv.command.terminal import console

    if markdown and as_json:
        raise click.UsageError("expected either --markdown or --json")
    text, where = arguments.text_of(file)
    out = console(quiet=as_json)
    records, code = audit_text(text, where, out, timeout=timeout, markdown=markdown)
    if as_json:
        print_json(records)
    ctx.exit(code)


@click.command(context_settings={"ignore_unknown_options": True}, cls=Command)
@click.argument("taps", nargs=-1, required=True, type=click.UNPROCESSED)
@json_option
def kernel(taps: tuple[str, ...], as_json: bool) -> None:
    """Print the taps of k₄ = k ∗ (k ↑2), for the TAPS of k.

    A tap is an integer, a fraction such as 1/3, a decimal such as 0.25 (taken exactly),
    or a symbol; for instance "symconv kernel 1 2 1" or "symconv kernel a b".
    """
    from symconv.decision.records import json_number
    from symconv.language.signals import Signal

    values = [arguments.tap(text) for text in taps]
    k = Signal("k", len(values))
    k4 = k.convolve(k.dilate(2)).evaluate(k=values)
    if as_json:
        print_json({"k": list(map(json_number, values)), "k4": list(map(json_number, k4))})
    else:
        click.echo(f"k4 = [{', '.join(map(str, k4))}]")

r"""A student's answer to the exercise, as text or LaTeX: right for all kernel lengths, or not.

The exercise asks for the kernel k₄ of one stride-4 layer that does what two stride-2 layers
with one kernel k, of length c, do: `two_layers.toml`.  An answer is a formula for its entries,
such as Sum(k[i]*k[t - 2*i], i), or an expression in operators, such as k * (k \uparrow_2).
"""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from symconv.arithmetic.limits import WIDEST_TEXT
from symconv.decision.records import counterexample_record
from symconv.decision.verdicts import Counterexample, Refuted, Unknown
from symconv.errors import SymconvError, as_given
from symconv.exercises.grades import Grade, graded
from symconv.exercises.kernels import is_formula, operators
from symconv.exercises.mistakes import KERNEL_PART, MISTAKES, UNUSUAL
from symconv.exercises.parts import Mistake, Reading, Unusual, given_by, vector
from symconv.language.signals import SignalExpr

__all__ = ["Grade", "Reading", "grade", "show_grade", "show_typical"]


def grade(answer: str, *, latex: bool | None = None) -> Grade:
    r"""Decide whether an answer for k₄ is right, for all kernel lengths c ≥ 1.

    A formula is compared with k₄ at every t with 0 ≤ t < 3c − 2, an operator expression
    with its length too.  The kernel is called k, k2 or k_2, and c is its length; the index is
    the one free letter.  An answer for the flipped kernel, \tilde{k}_4 = …, is compared with
    the flipped k₄; so is one without a left side, all of whose kernels are flipped.

    Any other exercise is graded by `symconv.exercises.Exercise`.

    Args:
        answer: the answer; nothing in it is evaluated.
        latex: whether it is LaTeX; without that, whether it looks like it.

    >>> print(grade("Sum(k[i]*k[t - 2*i], i)"))
    Right, for all kernel lengths.
    >>> print(grade(r"k_4 = k * (k \uparrow_2)"))
    Right, for all kernel lengths.
    >>> print(grade(r"\sum_i k(i)\, k(t - i)").sentence)
    Not right: for c = 2, k = [1, 1] it gives [1, 2, 1, 0] instead of [1, 1, 1, 1].

    Raises:
        TextError: the answer cannot be read; it says where.
    """
    if not isinstance(answer, str):
        raise SymconvError(f"an answer is a text, got {as_given(answer)}")
    return graded(KERNEL_PART, KERNEL_PART.read(answer, latex))


# --- showing ---------------------------------------------------------------------------


def show_grade(found: Grade, out: Console) -> dict[str, Any]:
    """Show a grade in a terminal or a pipe; the same as a record."""
    _indented(out, f"Read as  {found.read_as}", "cyan")
    style = {"Proved": "green", "Refuted": "red"}.get(type(found.verdict).__name__, "yellow")
    _indented(out, found.sentence, style)
    for sentence in filter(None, [found.hint, *found.remarks]):
        _indented(out, sentence)
    record: dict[str, Any] = {
        "read_as": {"text": found.read_as.text, "latex": found.read_as.latex},
        "verdict": type(found.verdict).__name__.lower(),
        "is_right": found.is_right,
        "sentence": found.sentence,
        "remarks": list(found.remarks),
    }
    match found.verdict:
        case Refuted(example):
            record["counterexample"] = counterexample_record(example, "answer", "expected")
        case Unknown(reason):
            record["reason"] = reason
    if found.mistake is not None:
        record["mistake"] = {"name": found.mistake.name, "misconception": found.hint}
    return record


def show_typical(out: Console) -> list[dict[str, Any]]:
    """Decide all typical answers, and show them in one table; the same as records."""
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0), show_edge=False, show_lines=True)
    table.add_column("Answer", width=20, overflow="fold")
    table.add_column("Verdict", width=7)
    table.add_column("Smallest counterexample", width=19)
    table.add_column("What was misunderstood, or why it is right")
    records = []
    answers: tuple[Mistake | Unusual, ...] = (*MISTAKES, *UNUSUAL)
    for typical in answers:
        verdict = typical.claim.prove()
        why = typical.misconception if isinstance(typical, Mistake) else typical.why
        record: dict[str, Any] = {
            "name": typical.name,
            "answer": typical.answer,
            "verdict": type(verdict).__name__.lower(),
            "comment": why,
        }
        example, style = "", "green"
        if isinstance(verdict, Refuted):
            style = "red"
            record["counterexample"] = counterexample_record(
                verdict.counterexample, "answer", "expected"
            )
            example = _example(verdict.counterexample)
        word = {"proved": "right", "refuted": "wrong"}.get(record["verdict"], "unknown")
        table.add_row(_shown(typical), Text(word, style), example, why)
        records.append(record)
    out.print(table, width=min(out.width, WIDEST_TEXT))
    return records


def _shown(typical: Mistake | Unusual) -> str:
    kernel = typical.claim.lhs
    if isinstance(kernel, SignalExpr) and not is_formula(kernel):
        return operators(kernel)
    return typical.answer


def _example(found: Counterexample) -> str:
    given = given_by(found).replace("], ", "]\n")
    return f"{given}:\n{vector(found.lhs)}\ninstead of\n{vector(found.rhs)}"


def _indented(out: Console, text: str, style: str = "") -> None:
    for line in Text(text).wrap(out, max(min(out.width, WIDEST_TEXT), 1)):
        out.print(line.plain.rstrip(), style=style or None, soft_wrap=True)

"""Answers to the exercise with which symconv began: one that was graded, and typical ones."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from symconv.arithmetic.limits import WIDEST_TEXT
from symconv.command.terminal import paragraph
from symconv.decision.records import counterexample_record
from symconv.decision.verdicts import Counterexample, Refuted
from symconv.exercises.grades import Grade
from symconv.exercises.mistakes import MISTAKES, UNUSUAL
from symconv.exercises.parts import Mistake, Unusual
from symconv.exercises.wording import given_by, is_formula, operators, vector
from symconv.language.signals import SignalExpr

__all__ = ["show_grade", "show_typical"]


def show_grade(found: Grade, out: Console) -> dict[str, Any]:
    """Show a grade in a terminal or a pipe; the same as a record."""
    paragraph(out, f"Read as  {found.read_as}", style="cyan", indent=0)
    style = {"Proved": "green", "Refuted": "red"}.get(type(found.verdict).__name__, "yellow")
    paragraph(out, found.sentence, style=style, indent=0)
    for sentence in filter(None, [found.hint, *found.remarks]):
        paragraph(out, sentence, indent=0)
    told = found.record()
    record: dict[str, Any] = {
        "read_as": told["read_as"],
        "verdict": type(found.verdict).__name__.lower(),
        "is_right": found.is_right,
        "sentence": found.sentence,
        "remarks": told["remarks"],
    }
    more = ("counterexample", "reason", "mistake")
    return record | {key: told[key] for key in more if key in told}


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

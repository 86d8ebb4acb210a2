"""Derivations of a file audited step by step, each within a time limit if there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console

from symconv.command.exit_codes import EXIT, exhausted, worst
from symconv.command.terminal import line, working
from symconv.command.worker import Child, NoAnswerError, Task

if TYPE_CHECKING:
    from symconv.exercises.auditing import StepReport, Typed

__all__ = ["audit_text", "step_record"]


def audit_text(
    text: str, where: str, out: Console, *, timeout: float | None, markdown: bool
) -> tuple[list[dict[str, Any]], int]:
    """Audit what a text holds and show it; the records, and the exit code.

    Args:
        text: the text of the file.
        where: its name, for messages.
        out: where it is shown.
        timeout: how many seconds a step may take.
        markdown: whether it is shown as Markdown.

    Raises:
        TextError: the text is too long, or holds no derivation.
    """
    from symconv.exercises.auditing import typed

    with working(out, f"reading {where}"):
        found = typed(text, where)
    records, codes = [], set()
    with Child() as child:
        for which, one in enumerate(found):
            asked = {"text": text, "where": where, "which": which}
            reports = list(_decided(one, asked, child, timeout, out))
            shown = one.markdown(reports) if markdown else one.text(reports)
            if which:
                line(out, "", indent=0)
            for part in shown.split("\n"):
                line(out, part, indent=0)
            records.append(one.record(reports))
            codes |= {_CODES[report.state] for report in reports}
            codes |= {EXIT["error"]} if one.unread else set()
    return records, worst(codes)


_CODES = {
    "right": EXIT["proved"],
    "wrong": EXIT["refuted"],
    "ill-formed": EXIT["refuted"],
    "open": EXIT["unknown"],
}


def _decided(
    one: Typed, asked: Mapping[str, Any], child: Child, timeout: float | None, out: Console
) -> Iterator[StepReport]:
    from symconv.exercises.auditing import StepReport

    ill_formed: list[int] = []
    for number in range(1, one.count + 1):
        try:
            with working(out, f"deciding step {number} of {one.count}"):
                if timeout is None:
                    report = one.step(number, ill_formed)
                else:
                    step = {**asked, "number": number, "ill_formed": ill_formed}
                    record, _ = child.report(Task("step", step), timeout, out)
                    report = StepReport(**record)
        except (RecursionError, MemoryError) as error:
            report = one.undecided(number, exhausted(error), ill_formed)
        except NoAnswerError as error:
            report = one.undecided(number, str(error), ill_formed)
        if report.state == "ill-formed":
            ill_formed.append(number)
        yield report


def step_record(
    text: str, where: str, which: int, number: int, ill_formed: list[int]
) -> dict[str, Any]:
    """What a child process finds about a step."""
    from symconv.exercises.auditing import typed

    return asdict(typed(text, where)[which].step(number, ill_formed))

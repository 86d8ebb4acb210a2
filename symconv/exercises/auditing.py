"""Derivations that were typed, made into derivations and audited step by step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy
from sympy import And
from sympy.logic.boolalg import Boolean

from symconv.decision.verdicts import Proved, Refuted
from symconv.derivations.audits import (
    Words,
    start_lines,
    start_markdown,
    start_record,
    step_lines,
    step_markdown,
    step_record,
    summary,
)
from symconv.derivations.steps import Audit, Derivation, IllFormed, Step
from symconv.errors import SymconvError
from symconv.language.notation import as_typed
from symconv.reading.text.derivations import Stated, TypedDerivation, read_derivations
from symconv.reading.text.syntax import TextError

__all__ = ["StepReport", "Typed", "audits", "typed"]


@dataclass(frozen=True, slots=True)
class StepReport:
    """A step of a typed derivation, decided, as it is shown.

    Attributes:
        number: from 1 on.
        state: "right", "wrong", "ill-formed", or "open" where it is not decided for all lengths.
        lines: for a terminal.
        markdown: the paragraphs, as Markdown.
        record: for scripts.
    """

    number: int
    state: str
    lines: Sequence[str]
    markdown: Sequence[str]
    record: dict[str, Any]


@dataclass(frozen=True)
class Typed:
    """A derivation that was typed.

    Attributes:
        title: what it is called; empty if it has no name.
        called: the left side, where that only names what is computed.
        derivation: the derivation; None if no line of it can be read.
        lines: the line of the file on which the start and each step stands.
        unread: the lines that cannot be read.
    """

    title: str
    called: str
    derivation: Derivation | None
    lines: tuple[int, ...]
    unread: tuple[TextError, ...]

    @property
    def count(self) -> int:
        """How many steps it has."""
        return max(len(self.lines) - 1, 0)

    def step(self, number: int, ill_formed: Collection[int] = ()) -> StepReport:
        """Decide a step; see `Derivation.audit_step`."""
        return self._report(self._derivation.audit_step(number, ill_formed))

    def undecided(self, number: int, reason: str, ill_formed: Collection[int] = ()) -> StepReport:
        """A step that was not decided."""
        return self._report(self._derivation.undecided_step(number, reason, ill_formed))

    def text(self, reports: Sequence[StepReport]) -> str:
        """The audit for a terminal, as `str(audit)`, with the title and what cannot be read."""
        called = [f"{self.called} is the name of what follows."] if self.called else []
        found = [*called, *start_lines(self._derivation)] if self.derivation else []
        found += [line for report in reports for line in report.lines]
        title = [self.title] if self.title else []
        return "\n".join([*title, *found, *map(str, self.unread), *self._ending(reports)])

    def markdown(self, reports: Sequence[StepReport]) -> str:
        """The audit as Markdown."""
        parts = [f"## {self.title}"] if self.title else []
        parts += start_markdown(self._derivation) if self.derivation else []
        parts += [part for report in reports for part in report.markdown]
        parts += [f"```\n{error}\n```" for error in self.unread]
        return "\n\n".join([*parts, *(f"**{sentence}**" for sentence in self._ending(reports))])

    def record(self, reports: Sequence[StepReport]) -> dict[str, Any]:
        """The audit for scripts: what `Audit.record` has, titles, lines and what is unread."""
        started = start_record(self._derivation) if self.derivation else {"start": None}
        return {
            "title": self.title or None,
            "called": self.called or None,
            **started,
            "line": self.lines[0] if self.lines else None,
            "first_wrong": _first_wrong(reports),
            "steps": [report.record for report in reports],
            "unread": [
                {"line": one.line, "column": one.column, "problem": one.problem}
                for one in self.unread
            ],
        }

    @property
    def _derivation(self) -> Derivation:
        assert self.derivation is not None
        return self.derivation

    def _ending(self, reports: Sequence[StepReport]) -> list[str]:
        ending = []
        if reports:
            all_right = all(report.state == "right" for report in reports)
            ending.append(summary(_first_wrong(reports), all_right=all_right))
        if self.unread:
            count = len(self.unread)
            ending.append(
                f"{count} line{'s' * (count > 1)} cannot be read, and the steps around "
                f"{'them are' if count > 1 else 'it are'} compared with each other."
                if reports
                else f"{count} line{'s' * (count > 1)} cannot be read."
            )
        return ending

    def _report(self, step: Step) -> StepReport:
        derivation = self._derivation
        record = {**step_record(derivation, step), "line": self.lines[step.number]}
        lines = step_lines(derivation, step, _TYPED)
        markdown = step_markdown(derivation, step, _TYPED)
        return StepReport(step.number, _state(step), lines, markdown, record)


class _Typed(Words):
    """How it is typed for which indices a derivation is claimed: after its start."""

    def outside(self, index: str) -> str:
        return f'"for all {index}"'

    def where(self, condition: Boolean) -> str:
        return f'"for {as_typed(condition)}" after the start'


_TYPED = _Typed()


def _first_wrong(reports: Sequence[StepReport]) -> int | None:
    wrong = (report.number for report in reports if report.state in ("wrong", "ill-formed"))
    return next(wrong, None)


def _state(step: Step) -> str:
    match step.verdict:
        case Proved() as verdict if verdict.is_complete:
            return "right"
        case Refuted():
            return "wrong"
        case IllFormed():
            return "ill-formed"
    return "open"


def audits(text: str, where: str = "the derivation") -> list[Audit]:
    """The audits of derivations that are typed; see `read_derivations` for how.

    Raises:
        TextError: a line cannot be read; the first such line.

    >>> audit, = audits('''
    ... signal x: n
    ... signal k: c
    ... start Sum(k[i]*x[u - i], i)
    ... = Sum(k[u - m]*x[m], m)    [m = u - i]
    ... = Sum(k[u + m]*x[m], m)    [the kernel is flipped]
    ... ''')
    >>> audit.first_wrong.because
    'the kernel is flipped'
    """
    found = typed(text, where)
    for one in found:
        for error in one.unread:
            raise error
    return [one.derivation.audit() for one in found if one.derivation is not None]


@lru_cache(maxsize=1)
def typed(text: str, where: str) -> tuple[Typed, ...]:
    """The derivations that a text holds; nothing is decided yet.

    Raises:
        TextError: the text is too long, or holds no derivation.
    """
    return tuple(map(_made, read_derivations(text, where)))


def _made(read: TypedDerivation) -> Typed:
    """The derivation; it begins with the first formula that can begin one."""
    unread = list(read.unread)
    formulas = list(read.formulas)
    derivation = None
    while formulas and derivation is None:
        start, *steps = formulas
        try:
            derivation = Derivation(
                start.value,
                index=read.index,
                where=start.where,
                outside=start.at_every_index,
                given=read.given,
                introduced=read.known,
                defined={**read.defined},
            )
        except SymconvError as error:
            unread.append(start.passage.error(str(error)))
            formulas = steps
            continue
        for step in [*steps]:
            _add(derivation, start, step, unread, formulas)
    unread.sort(key=lambda error: (error.line, error.column))
    lines = tuple(one.passage.error("").line for one in formulas)
    return Typed(read.title, read.called, derivation, lines, tuple(unread))


def _add(
    derivation: Derivation,
    start: Stated,
    step: Stated,
    unread: list[TextError],
    formulas: list[Stated],
) -> None:
    where = None if step.where == sympy.true else And(start.where, step.where)
    because = "; ".join(
        filter(None, [step.because, "for every index" if step.at_every_index else ""])
    )
    try:
        derivation.step(step.value, because, where=where)
    except SymconvError as error:
        unread.append(step.passage.error(str(error)))
        formulas.remove(step)

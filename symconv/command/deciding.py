"""Claims decided one after another, within a time limit if there is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from symconv.command.exit_codes import exhausted
from symconv.command.terminal import show, working
from symconv.command.typed_claims import TypedClaim
from symconv.command.worker import Child, NoAnswerError, Task, TimeIsOverError
from symconv.errors import SymconvError

if TYPE_CHECKING:  # each command imports what it needs, and no more
    from symconv.catalogue.theorems import Theorem
    from symconv.command.solving import Wanted
    from symconv.reading.networks.sources import Pair
    from symconv.reading.text import (
        ParsedAmounts,
        ParsedClaim,
        ParsedProblem,
    )

__all__ = ["Decider"]

Record = dict[str, Any]


class Decider:
    """Decides claims and shows what it finds; with a time limit, in a child process.

    Args:
        out: where it is shown.
        timeout: how many seconds a claim may take.
        total: how many seconds all claims together may take, from now on.
    """

    def __init__(
        self, out: Console, timeout: float | None = None, total: float | None = None
    ) -> None:
        self._out = out
        self._timeout = timeout
        self._total = total
        self._start = monotonic()
        self._child = Child()

    def __enter__(self) -> Decider:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._child.__exit__(kind, error, where)

    def theorem(self, theorem: Theorem, points: Sequence[Mapping[str, int]]) -> Record:
        """The record of a theorem of the catalogue."""
        from symconv.command.reports import report_theorem

        return self._record(
            lambda: report_theorem(theorem, points, self._out),
            Task("theorem", {"name": theorem.name, "points": points}),
            theorem.claim.name,
            str(theorem.claim),
            theorem.name,
        )

    def claim(
        self, parsed: ParsedClaim, points: Sequence[Mapping[str, int]], which: str = ""
    ) -> Record:
        """The record of a claim; an error in one of several is a record too.

        Args:
            parsed: the claim.
            points: the lengths of its instances.
            which: which one of several it is; empty for a claim that stands alone.

        Raises:
            SymconvError: the hypotheses exclude each other, or an operator is not defined
                somewhere; for a claim that stands alone.
        """
        from symconv.command.reports import report

        typed = parsed.passage.content
        said = TypedClaim.of(parsed.passage, parsed.declared, parsed.claim.name)
        task = Task("claim", {"typed": asdict(said), "points": points})
        try:
            return self._record(
                lambda: report(
                    parsed.claim, points, self._out, typed=typed, assumed=parsed.assumed
                ),
                task,
                parsed.claim.name,
                " ".join(typed.split()),
                f"claim {which}" if which else "the claim",
            )
        except SymconvError as error:
            if not which:
                raise
            click.echo(f"Error: {parsed.passage.error(str(error))}", err=True)
            return {"claim": str(parsed.claim), "verdict": "error", "reason": str(error)}

    def problem(self, problem: ParsedProblem | ParsedAmounts, wanted: Wanted) -> Record:
        """The record of what is found for unknowns.

        Raises:
            SymconvError: it cannot be asked in this way.
        """
        from symconv.command.solving import report_problem

        unknowns = {n: None if s is None else s.content for n, s in problem.unknowns.items()}
        text = " ".join(problem.passage.content.split())
        typed = asdict(TypedClaim.of(problem.passage, problem.declared))
        asked = {"typed": typed, "unknowns": unknowns, "wanted": wanted.record()}
        record = self._record(
            lambda: report_problem(problem, wanted, self._out),
            Task("problem", asked),
            None,
            text,
            f"what {' and '.join(unknowns)} is",
        )
        if "answer" in record:
            return record
        return {"problem": text, "answer": record["verdict"], "reason": record["reason"]}

    def pair(self, pair: Pair, saved: str, folder: str) -> Record:
        """The record of two networks that are compared; see `report_comparison`.

        Raises:
            SymconvError: they cannot be compared.
        """
        from symconv.command.comparing import report_comparison

        named = {"first": pair.first, "second": pair.second}
        record = self._record(
            lambda: report_comparison(pair, self._out, saved, folder),
            Task("pair", {"pair": asdict(pair), "saved": saved, "folder": folder}),
            None,
            f"{pair.first}  =  {pair.second}",
            f"whether {pair.first} and {pair.second} are equal",
        )
        if "first" in record:
            return record
        return {**named, "verdict": record["verdict"], "reason": record["reason"]}

    def _record(
        self, decide: Callable[[], Record], task: Task, name: str | None, text: str, what: str
    ) -> Record:
        try:
            if self._timeout is None and self._total is None:
                return decide()
            with working(self._out, f"deciding {what}"):
                record, shown = self._within_limits(task)
        except (RecursionError, MemoryError) as error:
            reason = exhausted(error)
        except NoAnswerError as error:
            reason = str(error)
        else:
            show(self._out, shown)
            return record
        from symconv.command.reports import report_unknown

        return report_unknown(text, reason, self._out, name=name)

    def _within_limits(self, task: Task) -> tuple[Record, str]:
        left = None if self._total is None else self._start + self._total - monotonic()
        all_of_it = f"the {self._total:g} s for all claims" if self._total is not None else ""
        if left is not None and left <= 0:
            raise NoAnswerError(f"not reached: {all_of_it} were over")
        if left is None or (self._timeout is not None and self._timeout <= left):
            assert self._timeout is not None
            return self._child.report(task, self._timeout, self._out)
        try:
            return self._child.report(task, left, self._out)
        except TimeIsOverError:
            raise NoAnswerError(f"no verdict before {all_of_it} were over") from None

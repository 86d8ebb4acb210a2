"""What was found for unknowns, as a person reads it in a terminal or a pipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from symconv.command.reports import (
    assumptions,
    show_statement,
    show_unknown,
    show_verdict,
)
from symconv.command.terminal import duration, line, paragraph, row, timed, working
from symconv.decision.solving.amounts.answers import Amounts
from symconv.decision.solving.kernels.obstacles import Obstacle
from symconv.decision.solving.kernels.solutions import Solution
from symconv.decision.solving.kernels.telling import (
    absence,
    candidate_sentence,
    conflict,
    entry_of,
    needs_table,
    uniqueness_sentence,
)
from symconv.decision.verdicts import Proved, Unknown
from symconv.decision.wording import quantifiers
from symconv.errors import SymconvError, Undecided
from symconv.language.notation import plain
from symconv.language.signals import SignalExpr, Tensor
from symconv.reading.text import Assumption, ParsedAmounts, ParsedProblem

__all__ = ["Wanted", "report_problem"]

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is said of unknowns beside the claim.

    Attributes:
        of: the tensors on which unknown tensors must not depend; by default, what they are
            multiplied with.
        for_all: the symbols for all of whose values unknown amounts shall serve; None for the
            sizes of the inputs.
        among: the numbers that are tried for symbols.
    """

    of: Sequence[str] = ()
    for_all: Sequence[str] | None = None
    among: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def record(self) -> Record:
        """The same as lists, for another process."""
        among = {name: list(numbers) for name, numbers in self.among.items()}
        return {"of": self.of, "for_all": self.for_all, "among": among}


def report_problem(problem: ParsedProblem | ParsedAmounts, wanted: Wanted, out: Console) -> Record:
    """Show what the unknowns are; the same as a record, with "found", "none" or "unknown".

    Raises:
        SymconvError: it cannot be asked in this way; nothing was shown then.
    """
    if isinstance(problem, ParsedProblem):
        return _report_tensors(problem, wanted, out)
    return _report_amounts(problem, wanted, out)


# --- tensors -------------------------------------------------------------------------


def _report_tensors(problem: ParsedProblem, wanted: Wanted, out: Console) -> Record:
    if wanted.among or wanted.for_all is not None:
        raise SymconvError(
            f"{' and '.join(problem.unknowns)} is an unknown tensor here, and --among and "
            "--for-all are about unknown integers"
        )
    with working(out, "looking for it"):
        found, seconds = timed(lambda: problem.solve(wanted.of))
        # Whether it is the only one, or what is in the way, is computed when it is asked for.
        record, more = timed(found.record)
    names = list(found.problem.unknowns)
    lhs, rhs = plain(found.problem.lhs), plain(found.problem.rhs)
    line(out, f"{lhs}  =  {rhs}", "cyan", indent=4)
    hidden = {*names, *(symbol.name for symbol in found.problem.open.values())}
    claim = found.claim
    if claim is None:
        claim = found.problem.claim(found.problem.unknowns)
    said = quantifiers(claim, unknown=hidden)
    paragraph(out, said, indent=4)
    told = _show_assumed(problem.assumed, out)
    out.print()
    out.print(f"{' and '.join(names)}, for all {_measures(found)}", style="bold")
    took = duration(seconds + more)
    if isinstance(found.verdict, Proved):
        _show_found(found, out)
        show_verdict(out, found.verdict, seconds + more, _measures(found))
    elif found.obstacle is not None:
        _show_none(found, found.obstacle, took, out)
    else:
        reason = found.verdict.reason if isinstance(found.verdict, Unknown) else ""
        show_unknown(
            out, reason or "what was read off fails; whether another serves is not known", took
        )
        _show_candidate(found, out)
        out.print()
    return {
        "problem": " ".join(problem.passage.content.split()),
        "mathematics": f"{lhs}  =  {rhs}",
        "quantifiers": said,
        **told,
        "answer": _answer(found),
        **record,
        "seconds": seconds + more,
    }


def _answer(found: Solution) -> str:
    if isinstance(found.verdict, Proved):
        return "found" if found.verdict.is_complete else "unknown"
    return "none" if found.exists is False else "unknown"


def _measures(found: Solution) -> str:
    return "lengths" if found.problem.lhs.ndim == 1 else "sizes"


def _show_found(found: Solution, out: Console) -> None:
    row(out, "FOUND", "", "green" if _answer(found) == "found" else "yellow")
    for name, kernel in found.kernels.items():
        entry = entry_of(found, name)
        if found.formulas[name] is not kernel:  # which has another form than its formula
            line(out, f"{name} = {plain(kernel)}", indent=4)
        if entry is not None and not isinstance(kernel, Tensor):
            at = ", ".join(map(str, entry[0]))
            line(out, f"{name}[{at}] = {plain(entry[1])}", indent=4)
        line(out, f"{name} is of {_measure(kernel)}", indent=4)
    paragraph(out, uniqueness_sentence(found))
    out.print()


def _measure(kernel: SignalExpr) -> str:
    sizes = ", ".join(map(plain, kernel.shape))
    return f"length {sizes}" if kernel.ndim == 1 else f"shape ({sizes})"


def _show_none(found: Solution, obstacle: Obstacle, took: str, out: Console) -> None:
    row(out, "THERE IS NONE", took, "red")
    if obstacle.needs:
        paragraph(out, f"There is {absence(found)}: {conflict(obstacle)}.", indent=4)
        _show_table(*needs_table(obstacle), out)
    else:
        paragraph(out, f"There is {absence(found)}: {obstacle}.", indent=4)
    _show_candidate(found, out)
    out.print()


def _show_candidate(found: Solution, out: Console) -> None:
    if sentence := candidate_sentence(found):
        paragraph(out, sentence)


def _show_table(head: Sequence[str], rows: Sequence[Sequence[str]], out: Console) -> None:
    """Columns, of which the last one may be as wide as it likes."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for number, cells in enumerate([head, *rows]):
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        line(out, "   ".join(padded).rstrip(), "" if number else "dim", indent=6)


def _show_assumed(assumed: Sequence[Assumption], out: Console) -> Record:
    if not assumed:
        return {}
    paragraph(out, assumptions(assumed), indent=4)
    return {"assumed": {a.name: f"{a}{f' ({a.why})' * bool(a.why)}" for a in assumed}}


# --- amounts -------------------------------------------------------------------------


def _report_amounts(problem: ParsedAmounts, wanted: Wanted, out: Console) -> Record:
    if wanted.of:
        raise SymconvError("--of is about unknown tensors, and what is unknown here are integers")
    names = " and ".join(problem.unknowns)
    if wanted.for_all is None and not problem.parsed.claim.signals:
        raise SymconvError(
            "the claim compares no tensors, so it has no input: say for which symbols it shall "
            "hold, such as --for-all n"
        )
    claim, typed = problem.parsed.claim, " ".join(problem.passage.content.split())
    found: Amounts | Undecided
    with working(out, f"looking for {names}"):
        found, seconds = timed(lambda: _amounts(problem, wanted))
    record: Record = {"problem": typed}
    record |= show_statement(out, claim, "", typed, unknown=problem.unknowns)
    record |= _show_assumed(problem.parsed.assumed, out)
    out.print()
    every = ", ".join(map(str, found.for_all)) if isinstance(found, Amounts) else ""
    out.print(f"{names}{f', for all {every}' * bool(every)}", style="bold")
    took = duration(seconds)
    if isinstance(found, Undecided):
        show_unknown(out, str(found), took)
        out.print()
        return record | {"answer": "unknown", "reason": str(found), "seconds": seconds}
    answer = _amounts_answer(found, wanted)
    title, style = {
        "found": ("FOUND", "green"),
        "none": ("THERE IS NONE", "red"),
        "unknown": ("FOUND IN PART" if found.kind != "none" else "UNKNOWN", "yellow"),
    }[answer]
    row(out, title, took, style)
    for said in str(found).splitlines():
        paragraph(out, said, indent=4)
    out.print()
    return record | {"answer": answer, **found.record(), "seconds": seconds}


def _amounts(problem: ParsedAmounts, wanted: Wanted) -> Amounts | Undecided:
    try:
        return problem.solve(wanted.for_all, wanted.among)
    except Undecided as reason:
        return reason


def _amounts_answer(found: Amounts, wanted: Wanted) -> str:
    """The answer is open where numbers that were asked for are left, or others were not tried."""
    if any(one.is_defined for one in found.left):
        return "unknown"
    beyond = {s.name for s in found.tried if s not in found.unknowns} - wanted.among.keys()
    if found.kind == "none":
        is_all = found.is_complete or {s.name for s in found.tried} <= wanted.among.keys()
        return "none" if is_all else "unknown"
    is_all = found.is_complete or not beyond or found.beyond is not None
    return "found" if is_all else "unknown"

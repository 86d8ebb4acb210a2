"""Results as a person reads them in a terminal or a pipe, and as records for scripts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sympy
from rich.console import Console

from symconv.catalogue.suites import SUITES
from symconv.catalogue.theorems import MAIN, QUARTER, SIZE, Theorem, one_layer, two_layers
from symconv.command.simplify_cost import check_workload
from symconv.command.terminal import duration, line, paragraph, row, timed, working
from symconv.decision.claims import Claim, Instance
from symconv.decision.counterexamples import DisagreementError
from symconv.decision.records import json_number, shown
from symconv.decision.solving.kernels.finding import solve
from symconv.decision.solving.kernels.solutions import Solution
from symconv.decision.verdict_records import verdict_record
from symconv.decision.verdicts import (
    ALL_LENGTHS,
    ALL_SIZES,
    Proved,
    Refuted,
    Unknown,
    Verdict,
)
from symconv.decision.wording import (
    content_sentence,
    differences_sentences,
    extent_sentences,
    quantifiers,
    sufficient_sentence,
)
from symconv.errors import Undecided
from symconv.language.graph import has_opaque
from symconv.language.notation import plain
from symconv.reading.text import Assumption

if TYPE_CHECKING:
    from symconv.catalogue.published import (
        Published,  # takes a second, and `symconv prove` has no need
    )
    from symconv.catalogue.searching import Listing

__all__ = [
    "assumptions",
    "report",
    "report_theorem",
    "report_unknown",
    "show_catalogue",
    "show_statement",
    "show_unknown",
    "show_verdict",
]

Record = dict[str, Any]


def assumptions(assumed: Sequence[Assumption]) -> str:
    """What is taken of symbols that were not declared, as a sentence; empty if there are none.

    >>> assumptions([Assumption("i", 1, "a kernel is not empty"), Assumption("n", 0)])
    'Not declared, so taken as integers: i ≥ 1 (a kernel is not empty), n ≥ 0.'
    """
    parts = [
        ", ".join(map(str, same)) + f" ({why})" * bool(why)
        for why, same in groupby(assumed, key=lambda assumption: assumption.why)
    ]
    return f"Not declared, so taken as integers: {', '.join(parts)}." if parts else ""


def report(
    claim: Claim,
    points: Sequence[Mapping[str, int]],
    out: Console,
    *,
    statement: str = "",
    typed: str = "",
    assumed: Sequence[Assumption] = (),
    solving: Callable[[], Solution] | None = None,
) -> Record:
    """Show a claim, its verdict for all lengths, and instances; the same as a record.

    Args:
        claim: the claim; its name is shown if it has one.
        points: the lengths of the instances.
        out: where it is shown.
        statement: the claim in words, if there are any.
        typed: the claim as it was typed; it is shown where lengths or conditions are compared,
            which are shown multiplied out below it.
        assumed: what is taken of symbols that were not declared.
        solving: finds a tensor in the claim, as if it were not known, before the claim is decided.

    Raises:
        SymconvError: the claim cannot be decided as it stands, or an instance is too large;
            nothing was shown then.
        DisagreementError: a claim that is proved does not hold at an instance.
    """
    instances = [claim.at(**lengths) for lengths in points]
    for instance in instances:
        check_workload(instance)
    # The verdict comes before anything is shown: an error then stands alone.
    found = None
    if solving is not None:
        with working(out, "looking for the kernel"):
            found = timed(solving)
    with working(out, "deciding"):
        verdict, seconds = timed(claim.prove)
    record: Record = {"name": claim.name} if claim.name else {}
    record |= {"statement": statement} if statement else {}
    record["claim"] = str(claim)
    record |= show_statement(out, claim, statement, typed)
    if claim.functions:
        values = claim.functions.items()
        record["functions"] = {name: None if v is None else json_number(v) for name, v in values}
    if assumed:
        paragraph(out, assumptions(assumed), indent=4)
        record["assumed"] = {a.name: f"{a}{f' ({a.why})' * bool(a.why)}" for a in assumed}
    out.print()
    if found is not None:
        record["found"] = _show_found(out, *found)
    show_verdict(out, verdict, seconds, claim.measures)
    record |= {"seconds": seconds} | verdict_record(verdict)
    if instances:
        record["instances"] = list(_show_instances(out, instances))
        failing = [i["lengths"] for i in record["instances"] if not i["holds"]]
        # A scope that is not all lengths may leave out an instance.
        if (
            failing
            and record["verdict"] == "proved"
            and record["scope"] in (ALL_LENGTHS, ALL_SIZES)
        ):
            raise DisagreementError(f"{claim} was proved, but does not hold at {failing[0]}")
    return record


def report_theorem(theorem: Theorem, points: Sequence[Mapping[str, int]], out: Console) -> Record:
    """Show a theorem as `report` shows a claim; of the exercise, also its kernel and output size.

    Without points, the instances are those of the catalogue; there are none with functions, which
    simplify does not know.
    """
    lengths = points or (() if has_opaque(*theorem.claim.signals) else theorem.instances)
    solving = partial(solve, two_layers, one_layer) if theorem is MAIN else None
    record = report(theorem.claim, lengths, out, statement=theorem.statement, solving=solving)
    if theorem.for_all and record["verdict"] == "refuted":
        record["condition_for_all"] = _show_condition_for_all(out, theorem)
    paragraph(out, f"{'Why' if theorem.is_true else 'What is wrong'}: {theorem.why}", indent=0)
    line(out, f"Source: {theorem.source}", indent=0)
    if theorem is MAIN:
        out.print()
        record["output_size"] = _show_output_size(out)
    return record | {"why": theorem.why, "source": theorem.source}


def _show_condition_for_all(out: Console, theorem: Theorem) -> str | None:
    names = ", ".join(symbol.name for symbol in theorem.for_all)
    with working(out, "looking for the exact condition"):
        try:
            condition = plain(theorem.claim.condition(for_all=theorem.for_all))
        except Undecided:
            return None
    never = condition == plain(sympy.false)
    how = "never" if never else f"exactly when {condition}"
    paragraph(out, f"For every {names}, it holds {how}.", indent=2)
    out.print()
    return condition


def report_unknown(claim: str, reason: str, out: Console, *, name: str | None = None) -> Record:
    """Show that there is no verdict on a claim, of which only the text is known."""
    if name:
        out.print(name, style="bold")
        out.print()
    line(out, claim, "cyan", indent=4)
    out.print()
    show_unknown(out, reason)
    out.print()
    record: Record = {"name": name} if name else {}
    return record | {"claim": claim, "verdict": "unknown", "reason": reason}


def show_catalogue(found: Listing, out: Console, *, part_of: Listing | None = None) -> Record:
    """List theorems and published statements, and return them as records.

    Args:
        found: what is listed.
        out: where it is shown.
        part_of: everything, if what is listed is not everything; the score is for that alone.
    """
    if found.theorems:
        _show_theorems(out, found.theorems)
    if found.theorems and found.published:
        out.print()
    if found.published:
        whose = "; ".join(suite.about for suite in found.suites)
        _show_published(out, found.published, whose or "Statements that people made in public")
    out.print()
    record: Record = {
        "theorems": list(map(_theorem_record, found.theorems)),
        "published": list(map(_published_record, found.published)),
    }
    if part_of is None:
        score = record["score"] = _score(found.published)
        summary = (
            f"{score['statements']} statements, {score['settled']} of them settled for all sizes "
            f"and {score['in_part']} in part: {score['true']} true, {score['conditional']} true "
            f"under conditions, {score['false']} false; by {score['claims']} claims."
        )
    else:
        theorems = f"{len(found.theorems)} of {len(part_of.theorems)} theorems, "
        statements = f"{len(found.published)} of {len(part_of.published)} statements."
        summary = f"{theorems * bool(part_of.theorems)}{statements}"
    paragraph(out, summary, indent=0)
    if part_of is None and not found.suites:
        record["suites"] = {suite.name: suite.about for suite in SUITES.values()}
        known = ", ".join(SUITES)
        shown = "'symconv list --suite NAME' shows one"
        paragraph(out, f"Suites of what other projects state: {known}; {shown}.", indent=0)
    return record


def _show_theorems(out: Console, theorems: Sequence[Theorem]) -> None:
    out.print("Theorems", style="bold")
    for theorem in theorems:
        _show_mark(out, *_MARKS[theorem.is_true], theorem.name)
        paragraph(out, theorem.statement, indent=7)


def _show_published(out: Console, published: Sequence[Published], title: str) -> None:
    out.print(title, style="bold")
    for statement in published:
        _show_mark(out, statement.verdict, _STYLES[statement.verdict], statement.topic)
        paragraph(out, statement.statement, indent=7)
        paragraph(out, f"It holds: {statement.condition}.", indent=7)
        if statement.unsettled:
            paragraph(out, f"Not covered: {statement.unsettled}", indent=7)
        for theorem in statement.theorems:
            mark, style = _MARKS[theorem.is_true]
            line(out, f"{mark:<7}{theorem.name}", style, indent=9)


_MARKS = {True: ("true", "green"), False: ("false", "red")}
_STYLES = {"true": "green", "conditional": "yellow", "false": "red"}


def _score(published: Sequence[Published]) -> dict[str, int]:
    """How many of the statements are settled; one with something left counts in part."""
    settled = sum(not p.unsettled for p in published)
    verdicts = {v: sum(p.verdict == v for p in published) for v in ("true", "conditional", "false")}
    claims = sum(len(p.theorems) for p in published)
    return {
        "statements": len(published),
        "settled": settled,
        "in_part": len(published) - settled,
        **verdicts,
        "claims": claims,
    }


def _published_record(statement: Published) -> Record:
    return {
        "topic": statement.topic,
        "verdict": statement.verdict,
        "condition": statement.condition,
        "statement": statement.statement,
        "source": statement.source,
        "settled": not statement.unsettled,
        "not_covered": [statement.unsettled] if statement.unsettled else [],
        "claims": list(map(_theorem_record, statement.theorems)),
    }


def _theorem_record(theorem: Theorem) -> Record:
    return {
        "name": theorem.name,
        "true": theorem.is_true,
        "statement": theorem.statement,
        "source": theorem.source,
    }


def _show_mark(out: Console, mark: str, style: str, name: str) -> None:
    out.print(f"{mark:<5}  ", style=style, end="")
    out.print(name, style="bold", soft_wrap=True)


def show_statement(
    out: Console, claim: Claim, statement: str, typed: str, *, unknown: Collection[str] = ()
) -> Record:
    """Show what is claimed; the same as a record."""
    sign = "iff" if claim.is_condition else "="
    mathematics = plain(claim.lhs)
    if claim.rhs is not sympy.true:  # otherwise the condition itself is the claim
        mathematics += f"  {sign}  {plain(claim.rhs)}"
    if claim.name:
        out.print(claim.name, style="bold")
        out.print()
    if statement:
        paragraph(out, statement)
        out.print()
    if typed and not claim.signals:
        line(out, " ".join(typed.split()), indent=4)
    line(out, mathematics, "cyan", indent=4)
    said = quantifiers(claim, unknown=unknown)
    paragraph(out, said, indent=4)
    return {"mathematics": mathematics, "quantifiers": said}


def _show_found(out: Console, found: Solution, seconds: float) -> Record:
    """Show a kernel that was found, before it is said to serve."""
    out.print("The kernel, found before it is proved", style="bold")
    (name,) = found.problem.unknowns
    line(out, f"{plain(found.problem.lhs)} = {plain(found.problem.rhs)}", indent=4)
    if name not in found.kernels:
        row(out, f"{name} was not found", duration(seconds), "yellow")
    else:
        row(out, f"{name} = {plain(found.kernel)}", duration(seconds), "green")
        taps = plain(found.kernel.length)
        only = ", and no others serve" * (found.is_unique is True)
        line(out, f"{taps} taps{only}", indent=4)
    out.print()
    return found.record()


def show_verdict(out: Console, verdict: Verdict, seconds: float, what: str) -> None:
    """Show a verdict, on all of what is measured: lengths or sizes."""
    out.print(f"For all {what}, by integer sets", style="bold")
    took = duration(seconds)
    match verdict:
        case Proved():
            _show_proof(out, verdict, took)
        case Refuted():
            _show_counterexample(out, verdict, took)
            _show_extent(out, verdict)
        case Unknown(reason):
            show_unknown(out, reason, took)
    out.print()


def _show_proof(out: Console, verdict: Proved, took: str) -> None:
    only = " only" * (not verdict.scope.endswith(" only"))
    result = "PROVED" if verdict.is_complete else f"PROVED{only} for {verdict.scope}"
    row(out, result + verdict.over, took, "green" if verdict.is_complete else "yellow")
    for evidence in verdict.evidence:
        line(out, str(evidence), indent=4)
        if evidence.indices and evidence.left is not None and evidence.right is not None:
            sums = f"Σ {plain(evidence.left)} = Σ {plain(evidence.right)}"
            line(out, sums, "dim", indent=6)


def _show_counterexample(out: Console, verdict: Refuted, took: str) -> None:
    # With functions, a few entries are tried at each of the smaller lengths.
    is_searched = has_opaque(*verdict.claim.signals)
    which = "the smallest counterexample" + " that was met" * is_searched
    row(out, f"REFUTED, and this is {which}", took, "red")
    found = verdict.counterexample
    if found.lengths:
        at = ", ".join(f"{name} = {value}" for name, value in found.lengths.items())
        line(out, at, indent=4)
    for name, vector in found.signals.items():
        line(out, f"{name} = {shown(vector)}", indent=4)
    for name, value in found.functions.items():
        line(out, f"{name}(v) = {value}", indent=4)
    if verdict.claim.rhs is sympy.true:
        line(out, "the condition is false", indent=4)
    else:
        line(out, f"left side  = {shown(found.lhs)}", indent=4)
        line(out, f"right side = {shown(found.rhs)}", indent=4)
    if found.index is not None:
        where = found.index if isinstance(found.index, int) else list(found.index)
        line(out, f"the first difference is at index {where}", indent=4)


def show_unknown(out: Console, reason: str, took: str = "") -> None:
    """Show that there is no verdict, and why."""
    row(out, "UNKNOWN", took, "yellow")
    paragraph(out, reason, indent=4)


def _show_extent(out: Console, verdict: Refuted) -> None:
    """Show where a refuted claim holds, where its sides differ, and how to see it in NumPy."""
    with working(out, "looking for the exact condition"):
        found = verdict.differences
        content = content_sentence(verdict)
        sufficient = sufficient_sentence(verdict)
    told = [content, *extent_sentences(verdict), sufficient, *differences_sentences(found)]
    for sentence in filter(None, told):
        paragraph(out, sentence)
    out.print()
    for code in verdict.reproduction.splitlines():
        line(out, code, "dim", indent=4)


def _show_instances(out: Console, instances: Sequence[Instance]) -> Iterator[Record]:
    signals = [side for instance in instances for side in instance.claim.signals]
    vectors = "symbol vectors" if all(side.ndim == 1 for side in signals) else "arrays of symbols"
    how = f"SymPy's simplify on {vectors}" if signals else "arithmetic"
    out.print(f"At fixed lengths, by {how}", style="bold")
    for instance in instances:
        with working(out, f"simplify at {instance}"):
            result, seconds = timed(lambda: _simplified(instance))  # noqa: B023 - called at once
        row(out, f"{instance!s:<34}{result}", duration(seconds))
        yield {
            "lengths": instance.lengths,
            "holds": instance.holds,
            "result": result,
            "seconds": seconds,
        }
    out.print()


def _simplified(instance: Instance) -> str:
    """What becomes of the difference of the sides."""
    if instance.claim.rhs is sympy.true:
        return f"the condition is {str(instance.lhs).lower()}"
    if not instance.claim.signals:
        return f"{instance.lhs} and {instance.rhs}"
    sides = instance.lhs, instance.rhs
    if isinstance(instance.lhs, list):
        counts = [len(side) for side in sides]
        if counts[0] != counts[1]:
            return f"{counts[0]} and {counts[1]} outputs"
        differences = instance.simplified
    else:
        counts = [side.size for side in sides]
        if instance.lhs.shape != instance.rhs.shape:
            return f"shapes {instance.lhs.shape} and {instance.rhs.shape}"
        differences = instance.simplified.reshape(-1)
    nonzero = sum(entry != 0 for entry in differences)
    if not counts[0]:
        return "no output on either side"
    outputs = f"{counts[0]} output{'s' * (counts[0] != 1)}"
    return f"{outputs}, {f'{nonzero} of them differ' if nonzero else 'every difference is 0'}"


def _show_output_size(out: Console) -> Record:
    condition, seconds = timed(lambda: plain(QUARTER.condition()))
    verdict, more = timed(SIZE.claim.prove)
    out.print("Output size", style="bold")
    row(out, f"Where 4 divides n, there are n/4 outputs iff {condition}", duration(seconds))
    row(out, f"{str(verdict).capitalize()}", duration(more), "green" if verdict else "red")
    return {"condition": condition, "seconds": seconds, "verdict": str(verdict)}

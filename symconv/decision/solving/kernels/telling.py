"""What was found for unknown tensors, as a record for scripts and as a table for notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from symconv.decision.records import shown
from symconv.decision.solving.kernels.obstacles import Need, Obstacle
from symconv.decision.verdict_records import verdict_record
from symconv.decision.verdicts import Proved, Refuted
from symconv.language.notation import latex, plain
from symconv.language.operators import Formula
from symconv.language.signals import SignalExpr

if TYPE_CHECKING:  # a solution tells itself with this module
    from symconv.decision.solving.kernels.solutions import Solution

__all__ = [
    "absence",
    "as_html",
    "as_record",
    "candidate_sentence",
    "conflict",
    "entry_of",
    "needs_table",
    "shape_of",
    "uniqueness_sentence",
]


def entry_of(found: Solution, name: str) -> tuple[tuple[Symbol, ...], Expr] | None:
    """The indices and the formula for the entries of an unknown; None where there is none."""
    formula = found.formulas[name].operator
    return (formula.indices, formula.spelled) if isinstance(formula, Formula) else None


def as_record(found: Solution) -> dict[str, Any]:
    """See `Solution.record`."""
    obstacle, condition = found.obstacle, found.condition
    return {
        "exists": found.exists,
        "is_unique": found.is_unique,
        "unknowns": {name: _unknown_record(found, name) for name in found.problem.unknowns},
        "claim": None if found.claim is None else str(found.claim),
        "for_all": [symbol.name for symbol in found.for_all],
        "verdict": verdict_record(found.verdict),
        "condition": None if condition is None else plain(condition),
        "obstacle": None if obstacle is None else obstacle.record(),
    }


def _unknown_record(found: Solution, name: str) -> dict[str, Any] | None:
    if name not in found.kernels:
        return None
    kernel, entry = found.kernels[name], entry_of(found, name)
    record = {
        "kernel": str(kernel),
        "mathematics": plain(kernel),
        "shape": [str(size) for size in kernel.shape],
    }
    if entry is not None:
        record |= {"indices": [str(index) for index in entry[0]], "entry": str(entry[1])}
    return record


def as_html(found: Solution) -> str:
    """The unknowns, whether they are the only ones, or the outputs that are in the way."""
    names = " and ".join(found.problem.unknowns)
    if isinstance(found.verdict, Proved):
        heads = ["unknown", "found", "entry", "shape"]
        rows = [list(_cells(found, name)) for name in found.kernels]
        told = [str(found.verdict), uniqueness_sentence(found)]
        return _table(f"What {names} is", heads, rows) + _paragraphs(told)
    obstacle = found.obstacle
    told = [sentence] if (sentence := candidate_sentence(found)) else []
    if obstacle is None:
        return _paragraphs([str(found).partition("\n")[0], *told])
    none = f"There is {absence(found)}"
    if not obstacle.needs:
        return _paragraphs([f"{none}: {obstacle}", *told])
    head, lines = needs_table(obstacle)
    rows = [[escape(cell) for cell in line] for line in lines]
    return _table(f"{none}: {conflict(obstacle)}", head, rows) + _paragraphs(told)


def _cells(found: Solution, name: str) -> Iterator[str]:
    kernel, entry = found.kernels[name], entry_of(found, name)
    yield escape(name)
    yield _mathematics(latex(kernel))
    indices, formula = entry if entry is not None else ((), None)
    at = ", ".join(map(str, indices))
    written = "" if formula is None else f"{latex(Symbol(name))}[{at}] = {latex(formula)}"
    yield _mathematics(written) if written else ""
    yield _mathematics(", ".join(map(latex, kernel.shape)))


def _mathematics(text: str) -> str:
    return escape(f"$\\displaystyle {text}$", quote=False)


def _table(caption: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    left = 'style="text-align:left"'
    heads = "".join(f'<th scope="col" {left}>{escape(title)}</th>' for title in head)
    body = "".join(f"<tr>{''.join(f'<td {left}>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _paragraphs(lines: Iterable[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


# --- sentences -----------------------------------------------------------------------


_FIELDS = "over fields of characteristic 0"
"""Where linear equations are solved: 2·K = 2·k has other solutions where 2 is 0."""


def uniqueness_sentence(found: Solution) -> str:
    """Whether other unknowns would serve as well."""
    several = len(found.problem.unknowns) > 1
    shape = "of these shapes" if several else "of that shape"
    match found.is_unique:
        case True:
            only = "They are the only ones" if several else "It is the only one"
            return f"{only} {shape} {_FIELDS}."
        case False:
            return f"Others {shape} serve as well."
    return f"Whether others {shape} serve is not known."


def absence(found: Solution) -> str:
    """What there is none of, as "no K of the shape (c,) over fields of characteristic 0".

    Where no shape was given, the number of axes of which there is none.
    """
    unknowns = found.problem.unknowns
    listed, several = " and ".join(unknowns), len(unknowns) > 1
    open_ = {name for name, _ in found.problem.open}
    if not open_:
        shapes = " and ".join(map(shape_of, unknowns.values()))
        return f"no {listed} of the shape{'s' * several} {shapes} {_FIELDS}"
    axes = [kernel.ndim for kernel in unknowns.values()]
    if axes == [1]:
        return f"no {listed} of one axis {_FIELDS}"
    return f"no {listed} of {' and '.join(map(str, axes))} axes {_FIELDS}"


def shape_of(kernel: SignalExpr) -> str:
    """The shape as Python writes it."""
    sizes = ", ".join(map(str, kernel.shape))
    return f"({sizes},)" if kernel.ndim == 1 else f"({sizes})"


def candidate_sentence(found: Solution, write: Callable[[Any], str] = plain) -> str:
    """When what was read off serves, though it does not serve always; empty where nothing was.

    Args:
        found: the solution.
        write: how kernels and conditions are written.
    """
    if not isinstance(found.verdict, Refuted) or not found.kernels:
        return ""
    made = " and ".join(f"{name} = {write(kernel)}" for name, kernel in found.kernels.items())
    condition, exact = found.condition, found.verdict.condition
    if condition is not None and condition != sympy.false:
        every = f" for all {', '.join(map(str, found.for_all))}" if found.for_all else ""
        return f"With {made} it holds{every} exactly when {write(condition)}."
    at = _sizes(found.verdict.counterexample.lengths)
    fails = f"With {made} it fails {f'at {at}' if at else 'there'}"
    if exact is None:
        return f"{fails}."
    how = "never holds" if exact == sympy.false else f"holds exactly when {write(exact)}"
    return f"{fails}; it {how}."


def conflict(obstacle: Obstacle) -> str:
    """What is wrong with the needs of an obstacle, in words."""
    one = obstacle.needs[0]
    problem = (
        "these outputs contradict each other"
        if len(obstacle.needs) > 1
        else "this output needs what cannot be"
        if one.unknown == "0"
        else "this output contradicts what others need"
    )
    sizes = _sizes(obstacle.lengths)
    return f"at {sizes}, {problem}" if sizes else problem


def needs_table(obstacle: Obstacle) -> tuple[list[str], list[list[str]]]:
    """The outputs that are in the way: the heads of the columns, and a row for each need."""
    apart = any(need.lengths != obstacle.lengths for need in obstacle.needs)
    head = [*["at"] * apart, "output", "before", "needs"]
    return head, [[*[_sizes(need.lengths)] * apart, *_row(need)] for need in obstacle.needs]


def _sizes(lengths: Mapping[str, int]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in lengths.items())


def _row(need: Need) -> list[str]:
    return [shown(list(need.output)), need.reads or "1", f"{need.unknown} = {need.value}"]

"""Results as a person reads them in a terminal or a pipe, and as records for scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import Any, TypeVar

import sympy
from rich.console import Console
from rich.text import Text

from symconv.claims import Claim, Counterexample, Instance, Proved, Refuted, Unknown
from symconv.counterexamples import DisagreementError
from symconv.errors import Undecided
from symconv.from_sympy import assumption_cases
from symconv.notation import plain
from symconv.theorems import MAIN, QUARTER, SIZE, Theorem
from symconv.to_sympy import condition_expression

__all__ = ["console", "json_value", "quantifiers", "report", "show_catalogue"]

_T = TypeVar("_T")
_LONG = 240  # characters of a condition that are still read

Record = dict[str, Any]


def json_value(value: Any) -> int | str:
    """A number as JSON can hold it exactly: an integer, or text such as 1/3."""
    return value if isinstance(value, int) else str(value)


def quantifiers(claim: Claim) -> str:
    """What a claim is about, in plain text: its symbols, hypotheses and signals.

    >>> from symconv import Signal
    >>> n, c = sympy.symbols("n c", integer=True, positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> print(quantifiers(Claim(x.convolve(k), k.convolve(x), given=[n >= c])))
    for all integers c ≥ 1, n ≥ 1 with n ≥ c, and all x of length n, k of length c
    """
    symbols = []
    for symbol in claim.symbols:
        bare = {symbol.name: sympy.Symbol(symbol.name, integer=True)}
        said = condition_expression(assumption_cases(symbol), bare)
        symbols.append(symbol.name if said == sympy.true else plain(said))
    signals = [f"{name} of length {plain(leaf.size)}" for name, leaf in claim.named.items()]
    parts = [f"all integers {', '.join(symbols)}"] if symbols else []
    if claim.given and parts:
        parts[-1] += f" with {' and '.join(map(plain, claim.given))}"
    parts += [f"all {', '.join(signals)}"] if signals else []
    return f"for {', and '.join(parts)}" if parts else "for these numbers"


def console(*, quiet: bool = False) -> Console:
    """Standard output: with colours in a terminal, without in a pipe."""
    return Console(quiet=quiet, highlight=False, markup=False, emoji=False)


def report(theorem: Theorem, points: Sequence[Mapping[str, int]], out: Console) -> Record:
    """Show a theorem, its verdict for all lengths, and instances; the same as a record.

    Args:
        theorem: the theorem.
        points: the lengths of the instances; those of the catalogue if there are none.
        out: where it is shown.

    Raises:
        DisagreementError: a claim that is proved does not hold at an instance.
    """
    claim = theorem.claim
    instances = [claim.at(**lengths) for lengths in points or theorem.instances]
    record: Record = {"name": claim.name, "statement": theorem.statement, "claim": str(claim)}
    record |= _show_statement(out, theorem) | _show_verdict(out, claim)
    if instances:
        record["instances"] = list(_show_instances(out, instances))
        failing = [i["lengths"] for i in record["instances"] if not i["holds"]]
        if failing and record["verdict"] == "proved":
            raise DisagreementError(f"{claim} was proved, but does not hold at {failing[0]}")
    if theorem is MAIN:
        record["output_size"] = _show_output_size(out)
    return record


def show_catalogue(theorems: Iterable[Theorem], out: Console) -> list[Record]:
    """List theorems, and return them as records."""
    for theorem in theorems:
        mark, style = ("true ", "green") if theorem.is_true else ("false", "red")
        out.print(f"{mark}  ", style=style, end="")
        out.print(theorem.name, style="bold")
        _paragraph(out, theorem.statement, indent=7)
    return [
        {"name": t.name, "true": t.is_true, "statement": t.statement, "source": t.source}
        for t in theorems
    ]


def _line(out: Console, text: str, style: str = "", *, indent: int = 2) -> None:
    """A line that is never broken, so that formulas can be copied."""
    out.print(" " * indent + text, style=style or None, soft_wrap=True)


def _paragraph(out: Console, text: str, *, indent: int = 2) -> None:
    for line in Text(text).wrap(out, min(out.width, 96) - indent):
        _line(out, line.plain.rstrip(), indent=indent)


def _row(out: Console, left: str, right: str, style: str = "") -> None:
    """A line with something at the right margin."""
    width = min(out.width, 96) - 2
    gap = max(2, width - len(left) - len(right))
    _line(out, f"{left}{' ' * gap}{right}", style)


def _timed(action: Callable[[], _T]) -> tuple[_T, float]:
    start = perf_counter()
    return action(), perf_counter() - start


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _show_statement(out: Console, theorem: Theorem) -> Record:
    claim = theorem.claim
    sign = "iff" if claim.is_condition else "="
    mathematics = f"{plain(claim.lhs)}  {sign}  {plain(claim.rhs)}"
    out.print(theorem.name, style="bold")
    out.print()
    _paragraph(out, theorem.statement)
    out.print()
    _line(out, mathematics, "cyan", indent=4)
    _paragraph(out, quantifiers(claim), indent=4)
    out.print()
    return {"mathematics": mathematics, "quantifiers": quantifiers(claim)}


def _show_verdict(out: Console, claim: Claim) -> Record:
    verdict, seconds = _timed(claim.prove)
    out.print("For all lengths, by integer sets", style="bold")
    record: Record = {"seconds": seconds}
    match verdict:
        case Proved():
            _row(out, "PROVED", _duration(seconds), "green")
            for evidence in verdict.evidence:
                _line(out, str(evidence), indent=4)
            record |= {"verdict": "proved", "scope": verdict.scope}
            record["evidence"] = [str(e) for e in verdict.evidence]
        case Refuted(found):
            _row(out, "REFUTED, and this is the smallest counterexample", _duration(seconds), "red")
            _line(
                out,
                ", ".join(f"{name} = {value}" for name, value in found.lengths.items()),
                indent=4,
            )
            for name, vector in found.signals.items():
                _line(out, f"{name} = {vector}", indent=4)
            _line(out, f"left side  = {found.lhs}", indent=4)
            _line(out, f"right side = {found.rhs}", indent=4)
            if found.index is not None:
                _line(out, f"the first difference is at index {found.index}", indent=4)
            record |= {"verdict": "refuted", "counterexample": _counterexample_json(found)}
            record["condition"] = _show_condition(out, claim)
        case Unknown(reason):
            _row(out, "UNKNOWN", _duration(seconds), "yellow")
            _paragraph(out, reason, indent=4)
            record |= {"verdict": "unknown", "reason": reason}
    out.print()
    return record


def _counterexample_json(found: Counterexample) -> Record:
    sides = {"lhs": found.lhs, "rhs": found.rhs}
    values = {
        name: [json_value(v) for v in side] if isinstance(side, list) else json_value(side)
        for name, side in sides.items()
    }
    return {"lengths": found.lengths, "signals": found.signals, "index": found.index, **values}


def _show_condition(out: Console, claim: Claim) -> str | None:
    with out.status("looking for the exact condition"):
        try:
            condition = plain(claim.condition())
        except Undecided:
            return None
    if len(condition) <= _LONG:
        _paragraph(out, f"It holds exactly when {condition}.", indent=2)
    else:
        _paragraph(out, "The exact condition under which it holds is long: see --json.")
    return condition


def _show_instances(out: Console, instances: Sequence[Instance]) -> Iterator[Record]:
    about_signals = all(isinstance(instance.lhs, list) for instance in instances)
    how = "SymPy's simplify on symbol vectors" if about_signals else "arithmetic"
    out.print(f"At fixed lengths, by {how}", style="bold")
    for instance in instances:
        with out.status(f"simplify at {instance}"):
            result, seconds = _timed(lambda: _simplified(instance))  # noqa: B023 - called at once
        _row(out, f"{instance!s:<34}{result}", _duration(seconds))
        yield {
            "lengths": instance.lengths,
            "holds": instance.holds,
            "result": result,
            "seconds": seconds,
        }
    out.print()


def _simplified(instance: Instance) -> str:
    """What becomes of the difference of the sides."""
    if not isinstance(instance.lhs, list):
        return f"{instance.lhs} and {instance.rhs}"
    if len(instance.lhs) != len(instance.rhs):
        return f"{len(instance.lhs)} and {len(instance.rhs)} outputs"
    nonzero = sum(entry != 0 for entry in instance.simplified)
    if not instance.lhs:
        return "no output on either side"
    outputs = f"{len(instance.lhs)} output{'s' * (len(instance.lhs) != 1)}"
    return f"{outputs}, {f'{nonzero} of them differ' if nonzero else 'every difference is 0'}"


def _show_output_size(out: Console) -> Record:
    condition, seconds = _timed(lambda: plain(QUARTER.condition()))
    verdict, more = _timed(SIZE.claim.prove)
    out.print("Output size", style="bold")
    _row(out, f"Where 4 divides n, there are n/4 outputs iff {condition}", _duration(seconds))
    _row(out, f"{str(verdict).capitalize()}", _duration(more), "green" if verdict else "red")
    return {"condition": condition, "seconds": seconds, "verdict": str(verdict)}

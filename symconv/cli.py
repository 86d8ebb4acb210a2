"""The command `symconv`.  SymPy and all else is imported only when a command runs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

    from symconv.claims import Claim, Counterexample, Instance
    from symconv.theorems import Theorem

PROVED, REFUTED, USAGE, UNKNOWN = 0, 1, 2, 3
_T = TypeVar("_T")
_NUMBER = r"[+-]?([0-9]{1,999}(/0*[1-9][0-9]{0,999})?|[0-9]{0,999}\.[0-9]{1,999})"
_LONG = 240  # characters of a condition that are still read
_EXIT = {"proved": PROVED, "refuted": REFUTED, "unknown": UNKNOWN}

_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


class _Commands(click.Group):
    """Reports symconv's own errors as usage errors, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ValueError as error:
            from symconv.errors import SymconvError

            if not isinstance(error, SymconvError):
                raise
            raise click.UsageError(str(error), ctx) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="symconv")
def main() -> None:
    """Claims about convolution layers, proved for every length or refuted.

    Exit codes: 0 proved, 1 refuted, 2 usage error, 3 unknown.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without ≤ gets ? and no traceback
            stream.reconfigure(errors="replace")


@main.command()
@click.argument("name", required=False)
@click.option(
    "--at",
    "points",
    multiple=True,
    metavar="LENGTHS",
    help="Check with simplify at these lengths, such as n=8,c=3,l=3,r=3.  May be repeated.",
)
@_json_option
@click.pass_context
def prove(ctx: click.Context, name: str | None, points: tuple[str, ...], as_json: bool) -> None:
    """Prove a theorem of the catalogue, by default that of the exercise.

    Shows the claim, the verdict for all lengths, and instances at fixed lengths through
    SymPy's simplify; `symconv list` has the names.
    """
    from symconv.theorems import MAIN

    theorem = MAIN if name is None else _named(name)
    claim = theorem.claim
    at = [_lengths(text) for text in points] or theorem.instances
    instances = [claim.at(**lengths) for lengths in at]
    out = _console(quiet=as_json)
    record: dict[str, Any] = {"name": claim.name, "statement": theorem.statement}
    record |= {"claim": str(claim), **_show_statement(out, theorem)}
    record |= _show_verdict(out, claim)
    if instances:
        record["instances"] = list(_show_instances(out, instances))
    if theorem is MAIN:
        record["output_size"] = _show_output_size(out)
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
    ctx.exit(_EXIT[record["verdict"]])


@main.command("list")
@_json_option
def list_theorems(as_json: bool) -> None:
    """List the claims of the catalogue, true and false."""
    from symconv.theorems import CATALOGUE

    if as_json:
        rows = [
            {"name": t.name, "true": t.is_true, "statement": t.statement, "source": t.source}
            for t in CATALOGUE.values()
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    out = _console()
    for theorem in CATALOGUE.values():
        mark, style = ("true ", "green") if theorem.is_true else ("false", "red")
        out.print(f"{mark}  ", style=style, end="")
        out.print(theorem.name, style="bold")
        _paragraph(out, theorem.statement, indent=7)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("taps", nargs=-1, required=True, type=click.UNPROCESSED)
@_json_option
def kernel(taps: tuple[str, ...], as_json: bool) -> None:
    """Print the taps of k₄ = k ∗ (k ↑2), for the TAPS of k.

    A tap is an integer, a fraction such as 1/3, a decimal such as 0.25 (taken exactly),
    or a symbol; for instance "symconv kernel 1 2 1" or "symconv kernel a b".
    """
    from symconv.signals import Signal

    values = [_tap(text) for text in taps]
    k = Signal("k", len(values))
    k4 = k.convolve(k.dilate(2)).evaluate(k=values)
    if as_json:
        click.echo(
            json.dumps({"k": [_plain_json(v) for v in values], "k4": list(map(_plain_json, k4))})
        )
    else:
        click.echo(f"k4 = [{', '.join(map(str, k4))}]")


# --- reading arguments ---------------------------------------------------------------


def _named(name: str) -> Theorem:
    from difflib import get_close_matches

    from symconv.theorems import CATALOGUE

    if name in CATALOGUE:
        return CATALOGUE[name]
    close = get_close_matches(name, CATALOGUE, n=3, cutoff=0.4)
    hint = f"did you mean {', '.join(close)}?" if close else "see 'symconv list'"
    raise click.UsageError(f"there is no claim named {name!r}; {hint}")


def _lengths(text: str) -> dict[str, int]:
    """`n=8,c=3` as a mapping."""
    result: dict[str, int] = {}
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\w+)\s*=\s*([+-]?[0-9]{1,9})\s*", part)
        if not found:
            raise click.UsageError(f"--at {text!r}: expected name=integer, got {part.strip()!r}")
        if found[1] in result:
            raise click.UsageError(f"--at {text!r}: {found[1]} is given twice")
        result[found[1]] = int(found[2])
    return result


def _tap(text: str) -> Any:
    from sympy import Symbol

    if re.fullmatch(
        r"[+-]?[0-9]{1,1000}(/0*[1-9][0-9]{0,999})?|[+-]?[0-9]{0,500}\.[0-9]{1,500}", text
    ):
        value = Fraction(text)
        return int(value) if value.denominator == 1 else value
    found = re.fullmatch(r"(-?)([^\W\d]\w{0,99})", text)
    if not found:
        raise click.UsageError(
            f"the tap {text!r} is not an integer, a fraction such as 1/3, a decimal, or a symbol"
        )
    return -Symbol(found[2]) if found[1] else Symbol(found[2])


def _plain_json(value: Any) -> int | str:
    return value if isinstance(value, int) else str(value)


# --- showing results -----------------------------------------------------------------


def _console(*, quiet: bool = False) -> Console:
    from rich.console import Console

    return Console(quiet=quiet, highlight=False, markup=False, emoji=False)


def _line(out: Console, text: str, style: str = "", *, indent: int = 2) -> None:
    """A line that is never broken, so that formulas can be copied."""
    out.print(" " * indent + text, style=style or None, soft_wrap=True)


def _paragraph(out: Console, text: str, *, indent: int = 2) -> None:
    from rich.text import Text

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


def _show_statement(out: Console, theorem: Theorem) -> dict[str, Any]:
    from symconv.notation import plain, quantifiers

    claim = theorem.claim
    sign = "iff" if theorem.is_condition else "="
    mathematics = f"{plain(claim.lhs)}  {sign}  {plain(claim.rhs)}"
    out.print(theorem.name, style="bold")
    out.print()
    _paragraph(out, theorem.statement)
    out.print()
    _line(out, mathematics, "cyan", indent=4)
    _paragraph(out, quantifiers(claim), indent=4)
    out.print()
    return {"mathematics": mathematics, "quantifiers": quantifiers(claim)}


def _show_verdict(out: Console, claim: Claim) -> dict[str, Any]:
    from symconv.claims import Proved, Refuted, Unknown

    verdict, seconds = _timed(claim.prove)
    out.print("For all lengths, by integer sets", style="bold")
    record: dict[str, Any] = {"seconds": seconds}
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


def _counterexample_json(found: Counterexample) -> dict[str, Any]:
    sides = {"lhs": found.lhs, "rhs": found.rhs}
    values = {
        name: [_plain_json(v) for v in side] if isinstance(side, list) else _plain_json(side)
        for name, side in sides.items()
    }
    return {"lengths": found.lengths, "signals": found.signals, "index": found.index, **values}


def _show_condition(out: Console, claim: Claim) -> str | None:
    from symconv.errors import Undecided
    from symconv.notation import plain

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


def _show_instances(out: Console, instances: Sequence[Instance]) -> Iterator[dict[str, Any]]:
    about_signals = all(isinstance(instance.lhs, list) for instance in instances)
    how = "SymPy's simplify on symbol vectors" if about_signals else "arithmetic"
    out.print(f"At fixed lengths, by {how}", style="bold")
    for instance in instances:
        with out.status(f"simplify at {instance}"):
            result, seconds = _timed(lambda: _simplified(instance))  # noqa: B023 - called at once
        _row(out, f"{instance!s:<32}{result}", _duration(seconds))
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


def _show_output_size(out: Console) -> dict[str, Any]:
    from symconv.notation import plain
    from symconv.theorems import QUARTER, SIZE

    condition, seconds = _timed(lambda: plain(QUARTER.condition()))
    verdict, more = _timed(SIZE.claim.prove)
    out.print("Output size", style="bold")
    _row(out, f"Where 4 divides n, there are n/4 outputs iff {condition}", _duration(seconds))
    _row(out, f"{str(verdict).capitalize()}", _duration(more), "green" if verdict else "red")
    return {"condition": condition, "seconds": seconds, "verdict": str(verdict)}


if __name__ == "__main__":
    main()

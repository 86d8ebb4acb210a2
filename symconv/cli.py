"""The command `symconv`.  SymPy and all else is imported only when a command runs."""

from __future__ import annotations

import json
import re
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from symconv.theorems import Theorem

_NUMBER = r"[+-]?([0-9]{1,999}(/0*[1-9][0-9]{0,999})?|[0-9]{0,999}\.[0-9]{1,999})"
_EXIT = {"proved": 0, "refuted": 1, "unknown": 3}  # 2 is a usage error, by click

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
    from symconv.reports import console, report
    from symconv.theorems import MAIN

    theorem = MAIN if name is None else _named(name)
    record = report(theorem, list(map(_lengths, points)), console(quiet=as_json))
    if as_json:
        _print_json(record)
    ctx.exit(_EXIT[record["verdict"]])


@main.command("list")
@_json_option
def list_theorems(as_json: bool) -> None:
    """List the claims of the catalogue, true and false."""
    from symconv.reports import console, show_catalogue
    from symconv.theorems import CATALOGUE

    rows = show_catalogue(CATALOGUE.values(), console(quiet=as_json))
    if as_json:
        _print_json(rows)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("taps", nargs=-1, required=True, type=click.UNPROCESSED)
@_json_option
def kernel(taps: tuple[str, ...], as_json: bool) -> None:
    """Print the taps of k₄ = k ∗ (k ↑2), for the TAPS of k.

    A tap is an integer, a fraction such as 1/3, a decimal such as 0.25 (taken exactly),
    or a symbol; for instance "symconv kernel 1 2 1" or "symconv kernel a b".
    """
    from symconv.reports import json_value
    from symconv.signals import Signal

    values = [_tap(text) for text in taps]
    k = Signal("k", len(values))
    k4 = k.convolve(k.dilate(2)).evaluate(k=values)
    if as_json:
        _print_json({"k": list(map(json_value, values)), "k4": list(map(json_value, k4))})
    else:
        click.echo(f"k4 = [{', '.join(map(str, k4))}]")


def _print_json(record: Any) -> None:
    click.echo(json.dumps(record, ensure_ascii=False, indent=2))


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


if __name__ == "__main__":
    main()

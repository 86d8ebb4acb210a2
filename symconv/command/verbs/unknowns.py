"""`symconv solve`: what is unknown in a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from symconv.command import arguments, interrupts
from symconv.command.exit_codes import EXIT, Command, print_json
from symconv.command.options import (
    certificate_option,
    declaring,
    formal_option,
    json_option,
    timeout_option,
)

if TYPE_CHECKING:
    from symconv.reading.text import Declarations

__all__ = ["solve"]


@click.command(cls=Command)
@click.argument("claim")
@click.option(
    "--unknown",
    "unknowns",
    multiple=True,
    required=True,
    metavar="NAME[:SIZE,...]",
    help="What is looked for: a tensor, of whatever shape serves, or of the given one; or an "
    "integer such as a padding.  May be repeated.",
)
@declaring
@click.option(
    "--of",
    "of",
    multiple=True,
    metavar="NAME",
    help="An input: no unknown tensor may depend on it or on its size.  By default, all that it is "
    "multiplied with.  May be repeated.",
)
@click.option(
    "--for-all",
    "for_all",
    multiple=True,
    metavar="SYMBOL",
    help="A symbol for all of whose values an unknown integer has to serve; by default, the sizes "
    "of the inputs; '' for none.  May be repeated.",
)
@click.option(
    "--among",
    "among",
    multiple=True,
    metavar="SYMBOL:FIRST..LAST",
    help="Numbers that are tried one by one, such as s:1..8 or s:1,2,4, for an unknown integer or "
    "any other.  May be repeated.",
)
@formal_option
@certificate_option
@timeout_option
@json_option
@click.pass_context
def solve(
    ctx: click.Context,
    claim: str,
    unknowns: tuple[str, ...],
    declared: Declarations,
    of: tuple[str, ...],
    for_all: tuple[str, ...],
    among: tuple[str, ...],
    formal: bool,
    certificate_file: str | None,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Find what is unknown in a CLAIM, so that it holds for all inputs of all sizes.

    \b
    A tensor stands on one side only, and enters linearly:
      symconv solve "x.correlate(k, stride=2).correlate(k, stride=2) ==
                     x.correlate(K, stride=4)" --unknown K --signal x:n --signal k:c
      symconv solve "x.conv(w, padding=1) + x.conv(v) == x.conv(K, padding=1)"
          --unknown K:O,C,3,3 --tensor x:C,H,W --tensor w:O,C,3,3 --tensor v:O,C,1,1

    \b
    An integer is a padding, a stride or a length:
      symconv solve "x.pad(p, p).correlate(k).pad(q, q).correlate(k) ==
                     x.pad(P, P).correlate(k.convolve(k))" --unknown P
          --signal x:n --signal k:c
      symconv solve "x.correlate(k, stride=2).correlate(k, stride=2) ==
                     x.correlate(k.convolve(k.dilate(2)), stride=s)" --unknown s
          --among s:1..8 --signal x:n --signal k:c

    What is found is proved, and it is said whether it is the only one; where there is none,
    which outputs are in the way at the smallest sizes.  `symconv check --help` has the
    words of the language.

    A certificate states of the kernel of one layer, on an input that may be padded, that it
    serves and that it is the only one of its shape.

    Exit codes: 0 found and proved, 1 there is none, 2 usage error, 3 not known, or with
    --certificate or --formal, no certificate, or one that Rocq did not check.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    from symconv.command.deciding import Decider
    from symconv.command.solving import Wanted
    from symconv.command.terminal import console
    from symconv.reading.text import ParsedProblem, Passage, read_problem

    for function in declared.functions.values():
        raise click.UsageError(
            f"--function {function.text!r}: what is unknown is found in sums of products of "
            "entries, and a function is none"
        )
    every = tuple(filter(None, for_all)) if for_all else None
    wanted = Wanted(of, every, arguments.among(among))
    asked = arguments.unknowns(unknowns)
    problem = read_problem(Passage(claim, "the claim"), declared, asked)
    wants_certificate = formal or certificate_file is not None
    if wants_certificate and not isinstance(problem, ParsedProblem):
        raise click.UsageError(
            "--certificate and --formal are about unknown tensors, and what is unknown here are "
            "integers: put those that are found into the claim, and use symconv check"
        )
    if certificate_file is not None:
        from symconv.command.certificates import check_destination

        check_destination(certificate_file)
    out = console(quiet=as_json)
    with Decider(out, timeout) as decider:
        record = decider.problem(problem, wanted)
    code = EXIT[record["answer"]]
    if wants_certificate and isinstance(problem, ParsedProblem) and record["answer"] == "found":
        from symconv.command.certificates import report_kernel_certificate

        with interrupts.raised():
            certified = report_kernel_certificate(
                problem.solve(of), certificate_file, out, check=formal, timeout=timeout
            )
        record["certificate"] = certified
        if certified.get("verdict") == "unknown":
            code = EXIT["unknown"]
    if as_json:
        print_json(record)
    ctx.exit(code)

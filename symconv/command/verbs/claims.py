"""`symconv prove`, `check` and `list`: claims of the catalogue, and of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import IO, TYPE_CHECKING, Any

import click

from symconv.catalogue.suites import SUITES
from symconv.command import arguments, interrupts
from symconv.command.exit_codes import Command, exit_code, print_json, worst
from symconv.command.options import (
    at_option,
    certificate_option,
    claim_names,
    declaring,
    formal_option,
    json_option,
    seconds_option,
    timeout_option,
)

if TYPE_CHECKING:
    from rich.console import Console

    from symconv.decision.claims import Claim
    from symconv.reading.text import Declarations, ParsedClaim

__all__ = ["check", "list_theorems", "prove"]


@click.command(cls=Command)
@click.argument("name", required=False, shell_complete=claim_names)
@at_option
@formal_option
@certificate_option
@timeout_option
@json_option
@click.pass_context
def prove(
    ctx: click.Context,
    name: str | None,
    points: tuple[str, ...],
    formal: bool,
    certificate_file: str | None,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Prove a theorem of the catalogue, by default that of the exercise.

    Shows the claim, the verdict for all lengths, and instances at fixed lengths through
    SymPy's simplify; `symconv list` has the names.

    With --formal and no NAME, Rocq checks the formal proof of the exercise and all theorems
    around it; with a NAME or --certificate, it checks the certificate of that one claim.
    Where coqc is not installed, the exit code is 3.
    """
    from symconv.catalogue.theorems import MAIN
    from symconv.command.deciding import Decider
    from symconv.command.terminal import console

    theorem = MAIN if name is None else arguments.named(name)
    lengths = list(map(arguments.lengths, points))
    out = console(quiet=as_json)
    if formal and name is None and certificate_file is None:
        if points:
            raise click.UsageError("--at is for the instances of a claim; leave out --formal")
        from symconv.command.certificates import report_theory

        with interrupts.raised():
            record = report_theory(out, timeout)
        if as_json:
            print_json(record)
        ctx.exit(exit_code(record))
    _check_destination(certificate_file)
    with Decider(out, timeout) as decider:
        record = decider.theorem(theorem, lengths)
    record |= _certified(theorem.claim, record, certificate_file, formal, timeout, out)
    if as_json:
        print_json(record)
    ctx.exit(exit_code(record))


class _WithWords(Command):
    """A command whose help ends with the words of the language."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from symconv.reading.text.help_words import sections

        for title, rows in sections():
            with formatter.section(title):
                formatter.write_dl([(_wrapped(form), meaning) for form, meaning in rows])


def _wrapped(form: str) -> str:
    """A form in lines that fit in a terminal; click would leave it in one."""
    return "\n".join(wrap(form, 76, subsequent_indent=" " * 6, break_long_words=False))


@click.command(cls=_WithWords)
@click.argument("claim", required=False)
@declaring
@click.option("--name", help="What the claim is called.")
@click.option(
    "--file",
    "file",
    type=click.File("rb"),
    help="Read claims from a file, one on each line; - is standard input.",
)
@at_option
@formal_option
@certificate_option
@timeout_option
@seconds_option(
    "--total-timeout",
    "Give up after so many seconds, for all claims of a --file together: the verdict on "
    "what was not reached is then unknown.",
)
@json_option
@click.pass_context
def check(
    ctx: click.Context,
    claim: str | None,
    declared: Declarations,
    name: str | None,
    file: IO[bytes] | None,
    points: tuple[str, ...],
    formal: bool,
    certificate_file: str | None,
    timeout: float | None,
    total_timeout: float | None,
    as_json: bool,
) -> None:
    """Prove or refute a CLAIM of your own.

    \b
    A claim is lhs == rhs, iff(condition, condition), or a condition that always holds:
      symconv check "x.pad(1, 1).correlate(k).length == n" --signal x:n --signal k:3
      symconv check "x.convolve(k) == k.convolve(x)" --signal x:n --signal k:c
      symconv check "iff(n % 4 == 0, (n + 4) % 4 == 0)"
      symconv check "x.correlate(k).length <= n" --signal x:n --signal k:c
      symconv check "x.conv(w, padding=1).shape[2] == W" --tensor x:C,H,W --tensor w:O,C,3,3
      symconv check "f(x).max_pool(2) == f(x.max_pool(2))" --signal x:n --function f

    A signal has one axis, a tensor several: channels, height, width and so on.  x.conv(w) is
    a layer over channels, as PyTorch's conv1d, conv2d and conv3d; axis=1 says along which
    axis an operator acts.

    Names that are not declared are integers ≥ 0, or ≥ 1 where an operator needs that.
    Write -- before a claim that begins with a minus sign.

    \b
    In a file, a line is a declaration, a claim, or a claim with a name:
      signal x: n
      tensor y: C, H, W
      function f
      given n >= 4
      integer t
      flipped_twice: x.flip().flip() == x  # a comment

    An indented line continues the one above.  Of several claims, one that is refuted
    decides the exit code before one that is unknown.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    from symconv.command.deciding import Decider
    from symconv.command.terminal import console

    if (claim is None) == (file is None):
        raise click.UsageError("expected either a claim or --file")
    if file is not None and (points or name or formal or certificate_file):
        raise click.UsageError(
            "--at, --name, --formal and --certificate are for one claim; --file may hold several"
        )
    _check_destination(certificate_file)
    lengths = list(map(arguments.lengths, points))
    out = console(quiet=as_json)
    records = []
    with Decider(out, timeout, total_timeout) as decider:
        parsed = _read(claim, declared, name) if file is None else _read_file(file, declared, out)
        for number, one in enumerate(parsed, start=1):
            if number > 1:
                out.rule(style="dim")
            which = f"{number} of {len(parsed)}" if file is not None else ""
            records.append(decider.claim(one, lengths, which))
    if file is None and (formal or certificate_file):
        limit = min(filter(None, (timeout, total_timeout)), default=None)
        records[0] |= _certified(parsed[0].claim, records[0], certificate_file, formal, limit, out)
    if as_json:
        print_json(records[0] if file is None else records)
    ctx.exit(worst(map(exit_code, records)))


@click.command("list", cls=Command)
@click.argument("words", nargs=-1)
@click.option(
    "--verdict",
    type=click.Choice(["true", "false", "conditional"]),
    help="Only theorems that are true or false, and published statements with this verdict.",
)
@click.option(
    "--suite",
    type=click.Choice([*SUITES, "all"]),
    help="What the tests or rules of another project state, instead of the catalogue.",
)
@click.option("--names", is_flag=True, help="Only the names of claims, one on each line.")
@click.option(
    "--certificates",
    is_flag=True,
    help="Which true claims have a certificate that Rocq has accepted, and why others have none.",
)
@json_option
def list_theorems(
    words: tuple[str, ...],
    verdict: str | None,
    suite: str | None,
    names: bool,
    certificates: bool,
    as_json: bool,
) -> None:
    """List the claims of the catalogue, true and false, and what they settle.

    \b
    With WORDS, only what has all of them in a name, topic, statement, condition,
    reason or source:
      symconv list padding --verdict false
      symconv list stride 3 --json
      symconv list dilation --suite xla
      symconv list --certificates --suite all

    With --certificates, it says what was found when all certificates were checked last;
    `symconv prove NAME --formal` has one checked now.

    The exit code is 0 also where nothing is found: that is no verdict.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    if names and as_json:
        raise click.UsageError("--names and --json are two forms of output; leave out one")
    if names and certificates:
        raise click.UsageError("--names shows no certificates; leave out one")
    from symconv.catalogue.published import PUBLISHED
    from symconv.catalogue.searching import Listing
    from symconv.catalogue.theorems import THEOREMS
    from symconv.command.reports import show_catalogue
    from symconv.command.terminal import console

    chosen = [one for name, one in SUITES.items() if suite in (name, "all")]
    everything = Listing(THEOREMS, PUBLISHED) if suite is None else Listing.of_suites(chosen)
    found = everything.search(words, verdict or "")
    if not found:
        click.echo(everything.nothing(words, verdict or ""), err=as_json or names)
    if names:
        click.echo("".join(f"{name}\n" for name in found.names), nl=False)
    elif certificates:
        from symconv.command.certified_claims import show_certificates

        record = show_certificates(found, console(quiet=as_json or not found))
        if as_json:
            print_json(record)
    elif found or as_json:
        is_part = bool(words or verdict)
        record = show_catalogue(
            found, console(quiet=as_json), part_of=everything if is_part else None
        )
        if as_json:
            print_json(record)


def _read(claim: str | None, declared: Declarations, name: str | None) -> list[ParsedClaim]:
    from symconv.reading.text import Passage, read_claim

    return [read_claim(Passage(claim or "", "the claim"), declared, name)]


def _read_file(file: IO[bytes], declared: Declarations, out: Console) -> list[ParsedClaim]:
    from symconv.command.terminal import working
    from symconv.reading.text import read_claims

    text, where = arguments.text_of(file)
    with working(out, f"reading {where}"):
        return read_claims(text, where, declared)


def _check_destination(path: str | None) -> None:
    if path is not None:
        from symconv.command.certificates import check_destination

        check_destination(path)


def _certified(
    claim: Claim,
    record: Mapping[str, Any],
    path: str | None,
    formal: bool,
    timeout: float | None,
    out: Console,
) -> dict[str, Any]:
    """The record of a certificate, if one was asked for and the claim was proved."""
    if record["verdict"] != "proved" or not (formal or path):
        return {}
    from symconv.command.certificates import report_certificate

    out.print()
    with interrupts.raised():
        record = report_certificate(claim, path, out, check=formal, timeout=timeout)
    return {"certificate": record}

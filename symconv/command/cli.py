"""The command `symconv`.  SymPy and all else is imported only when a command runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import wrap
from typing import IO, TYPE_CHECKING, Any

import click

from symconv.arithmetic.limits import (
    LONGEST_TIMEOUT,
    MOST_BYTES_OF_ANSWERS,
    MOST_BYTES_OF_FILE,
)
from symconv.catalogue.suites import SUITES
from symconv.command import arguments, interrupts
from symconv.command.exit_codes import EXIT, GRADED, WORST_FIRST, Command, Commands

if TYPE_CHECKING:
    from rich.console import Console

    from symconv.decision.claims import Claim
    from symconv.reading.text import Declarations, ParsedClaim


_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
_at_option = click.option(
    "--at",
    "points",
    multiple=True,
    metavar="LENGTHS",
    help="Check with simplify at these lengths, such as n=8,c=3,l=3,r=3.  May be repeated.",
)


def _seconds(ctx: click.Context, option: click.Parameter, value: float | None) -> float | None:
    if value is not None and not 0 < value <= LONGEST_TIMEOUT:  # so nan is refused too
        raise click.BadParameter(
            f"expected a number of seconds, more than 0 and at most {LONGEST_TIMEOUT}; "
            f"got {value:g}",
            ctx,
            option,
        )
    return value


_timeout_option = click.option(
    "--timeout",
    type=float,
    callback=_seconds,
    metavar="SECONDS",
    help="Give up on a claim after so many seconds: the verdict is then unknown.",
)


_signal_option = click.option(
    "--signal",
    "signals",
    multiple=True,
    metavar="NAME:LENGTH",
    help="Declare a signal, of one axis, such as x:n.  May be repeated.",
)
_tensor_option = click.option(
    "--tensor",
    "tensors",
    multiple=True,
    metavar="NAME:SIZE,SIZE,...",
    help="Declare a tensor by its shape, such as x:N,C,H,W or w:O,C,3,3.  May be repeated.",
)
_function_option = click.option(
    "--function",
    "functions",
    multiple=True,
    metavar="NAME[:VALUE]",
    help="Declare a function of which nothing is known, such as f, or g:0 where g(0) = 0.  "
    "May be repeated.",
)
_given_option = click.option(
    "--given",
    multiple=True,
    metavar="CONDITION",
    help="A hypothesis, such as 'n >= i', or 'w == w.flip()' about the entries of a signal or "
    "tensor.  May be repeated.",
)
_integer_option = click.option(
    "--integer",
    "integers",
    multiple=True,
    metavar="SYMBOL",
    help="A symbol that may be negative.  May be repeated.",
)


_formal_option = click.option(
    "--formal",
    is_flag=True,
    help="Have Rocq check the proof; needs coqc.  --timeout then bounds Rocq too.",
)
_certificate_option = click.option(
    "--certificate",
    "certificate_file",
    metavar="FILE.v",
    help="Write the claim and its proof as a file that Rocq's coqc checks.",
)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="symconv")
def main() -> None:
    """Claims about convolution layers, proved for all sizes at once or refuted.

    \b
    Exit codes: 0 proved, 1 refuted, 2 usage error, 3 unknown.  No verdict at all:
    70 a defect of symconv, 74 the output cannot be written, 130 interrupted,
    141 the reader of the output left.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without ≤ gets ? and no traceback
            stream.reconfigure(errors="replace")


def _names(ctx: click.Context, argument: click.Parameter, begun: str) -> list[str]:
    """The names of claims, for completion: a file, because importing them takes a second."""
    names = Path(__file__).with_name("claim_names.txt").read_text(encoding="utf-8").split()
    return [name for name in names if name.startswith(begun)]


@main.command()
@click.argument("name", required=False, shell_complete=_names)
@_at_option
@_formal_option
@_certificate_option
@_timeout_option
@_json_option
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
            _print_json(record)
        ctx.exit(_exit_code(record))
    _check_destination(certificate_file)
    with Decider(out, timeout) as decider:
        record = decider.theorem(theorem, lengths)
    record |= _certified(theorem.claim, record, certificate_file, formal, timeout, out)
    if as_json:
        _print_json(record)
    ctx.exit(_exit_code(record))


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


@main.command(cls=_WithWords)
@click.argument("claim", required=False)
@_signal_option
@_tensor_option
@_function_option
@_given_option
@_integer_option
@click.option("--name", help="What the claim is called.")
@click.option(
    "--file",
    "file",
    type=click.File("rb"),
    help="Read claims from a file, one on each line; - is standard input.",
)
@_at_option
@_formal_option
@_certificate_option
@_timeout_option
@click.option(
    "--total-timeout",
    type=float,
    callback=_seconds,
    metavar="SECONDS",
    help="Give up after so many seconds, for all claims of a --file together: the verdict on "
    "what was not reached is then unknown.",
)
@_json_option
@click.pass_context
def check(
    ctx: click.Context,
    claim: str | None,
    signals: tuple[str, ...],
    tensors: tuple[str, ...],
    functions: tuple[str, ...],
    given: tuple[str, ...],
    integers: tuple[str, ...],
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
    declared = arguments.declared(signals, given, integers, tensors, functions)
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
        _print_json(records[0] if file is None else records)
    codes = set(map(_exit_code, records))
    ctx.exit(next((code for code in WORST_FIRST if code in codes), max(codes)))


@main.command()
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
@_signal_option
@_tensor_option
@_function_option
@_given_option
@_integer_option
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
@_timeout_option
@_json_option
@click.pass_context
def solve(
    ctx: click.Context,
    claim: str,
    unknowns: tuple[str, ...],
    signals: tuple[str, ...],
    tensors: tuple[str, ...],
    functions: tuple[str, ...],
    given: tuple[str, ...],
    integers: tuple[str, ...],
    of: tuple[str, ...],
    for_all: tuple[str, ...],
    among: tuple[str, ...],
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

    Exit codes: 0 found and proved, 1 there is none, 2 usage error, 3 not known.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    from symconv.command.deciding import Decider
    from symconv.command.solving import Wanted
    from symconv.command.terminal import console
    from symconv.reading.text import Passage, read_problem

    if functions:
        raise click.UsageError(
            f"--function {functions[0]!r}: what is unknown is found in sums of products of "
            "entries, and a function is none"
        )
    declared = arguments.declared(signals, given, integers, tensors)
    every = tuple(filter(None, for_all)) if for_all else None
    wanted = Wanted(of, every, arguments.among(among))
    asked = arguments.unknowns(unknowns)
    problem = read_problem(Passage(claim, "the claim"), declared, asked)
    with Decider(console(quiet=as_json), timeout) as decider:
        record = decider.problem(problem, wanted)
    if as_json:
        _print_json(record)
    ctx.exit(EXIT[record["answer"]])


@main.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="NAME:SIZE,SIZE,...",
    help="The shape of an input, such as x:N,3,H,W, in which names are positive integers; it frees "
    "sizes that are numbers in a file.  Needed for modules alone, in the order in which they take "
    "their inputs.  May be repeated.",
)
@click.option(
    "--given",
    multiple=True,
    metavar="CONDITION",
    help="A hypothesis about the sizes, such as 'H >= 32'; 'H == 224' gives a number.  May be "
    "repeated.",
)
@click.option(
    "--tolerance",
    type=float,
    metavar="NUMBER",
    help="How far a weight may be from what it has to be, relative to the largest entry of its "
    "tensor; by default 17 times the precision of its numbers, 2e-6 in single precision.",
)
@click.option(
    "--save-inputs",
    "saved",
    metavar="FILE.npz",
    help="Write the smallest inputs at which the two differ, for NumPy.",
)
@_timeout_option
@_json_option
@click.pass_context
def compare(
    ctx: click.Context,
    first: str,
    second: str,
    inputs: tuple[str, ...],
    given: tuple[str, ...],
    tolerance: float | None,
    saved: str | None,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Decide whether two networks A and B compute the same, for all sizes.

    \b
    Each is an ONNX file, or a module of PyTorch as package.module:attribute or
    file.py:attribute, where the attribute is the module, or a class or function that makes
    it without arguments:
      symconv compare net.onnx optimized.onnx
      symconv compare net.onnx optimized.onnx --input x:N,3,H,W --given "H >= 32"
      symconv compare models.net:Net net.onnx
      symconv compare models/net.py:before models/net.py:after --input x:N,3,H,W

    What is named after a colon is imported, so this code RUNS, and all that it imports; the
    working directory is searched last.  Modules are compared in evaluation mode.  Nothing in
    an ONNX file is run, and for two files nothing is imported.

    Weights that are equal are free, so that what is proved holds for all weights; of others,
    as of kernels into which a batch norm was folded, it is found what they have to be, and
    the numbers are compared.  Where the networks differ, it is shown in which layers, and at
    the smallest sizes, with lines of Python that run both.

    Inputs are paired by position where each network has one, and by name otherwise; a module
    whose parameters have other names takes them in the order of --input.

    Exit codes: 0 the same, 1 different, 2 usage error or a network that is not read, 3 not
    known.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    from symconv.command.comparing import check_destination
    from symconv.command.deciding import Decider
    from symconv.command.terminal import console
    from symconv.reading.networks.sources import Pair

    if tolerance is not None and not 0 <= tolerance < 1:
        raise click.UsageError(f"--tolerance: expected a number from 0 to 1, got {tolerance:g}")
    if saved is not None:
        check_destination(saved)
    pair = Pair(first, second, inputs, given, tolerance)
    with Decider(console(quiet=as_json), timeout) as decider:
        record = decider.pair(pair, saved or "")
    if as_json:
        _print_json(record)
    ctx.exit(_exit_code(record))


@main.command("list")
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
@_json_option
def list_theorems(
    words: tuple[str, ...], verdict: str | None, suite: str | None, names: bool, as_json: bool
) -> None:
    """List the claims of the catalogue, true and false, and what they settle.

    \b
    With WORDS, only what has all of them in a name, topic, statement, condition,
    reason or source:
      symconv list padding --verdict false
      symconv list stride 3 --json
      symconv list dilation --suite xla

    The exit code is 0 also where nothing is found: that is no verdict.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    if names and as_json:
        raise click.UsageError("--names and --json are two forms of output; leave out one")
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
    elif found or as_json:
        is_part = bool(words or verdict)
        record = show_catalogue(
            found, console(quiet=as_json), part_of=everything if is_part else None
        )
        if as_json:
            _print_json(record)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("taps", nargs=-1, required=True, type=click.UNPROCESSED)
@_json_option
def kernel(taps: tuple[str, ...], as_json: bool) -> None:
    """Print the taps of k₄ = k ∗ (k ↑2), for the TAPS of k.

    A tap is an integer, a fraction such as 1/3, a decimal such as 0.25 (taken exactly),
    or a symbol; for instance "symconv kernel 1 2 1" or "symconv kernel a b".
    """
    from symconv.decision.records import json_number
    from symconv.language.signals import Signal

    values = [arguments.tap(text) for text in taps]
    k = Signal("k", len(values))
    k4 = k.convolve(k.dilate(2)).evaluate(k=values)
    if as_json:
        _print_json({"k": list(map(json_number, values)), "k4": list(map(json_number, k4))})
    else:
        click.echo(f"k4 = [{', '.join(map(str, k4))}]")


@main.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--student", is_flag=True, help="Only the student's version: no solutions.")
@click.option("--instructor", is_flag=True, help="Only the instructor's version.")
@click.option(
    "--to",
    "formats",
    multiple=True,
    type=click.Choice(["pdf", "html", "ipynb"]),
    help="Only this format.  May be repeated.",
)
@click.option(
    "--site",
    is_flag=True,
    help="A site of static pages instead: the notebooks, claims to play with, the reference.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False),
    help="The folder to write to.  [default: build/handouts, or build/site]",
)
def handout(
    sources: tuple[str, ...],
    student: bool,
    instructor: bool,
    formats: tuple[str, ...],
    site: bool,
    output: str | None,
) -> None:
    """Make handouts of proof notebooks: for students, and for instructors.

    \b
    SOURCES are notebooks in jupytext's percent format, or folders of them:
      symconv handout proofs
      symconv handout proofs/01_index_argument.py --student --to pdf
      symconv handout proofs --site

    Without options, both versions are written as PDF, HTML and Jupyter notebook.  A cell
    with the tag "solution", and the lines of a code cell between ### BEGIN SOLUTION and
    ### END SOLUTION, are in the instructor's version only.  A Markdown cell with the tag
    "hint" is folded, and in the PDF it stands at the end.  A site has one version, the
    student's one if nothing else is said.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    try:
        from symconv.command.handouts import build_all
        from symconv.command.sites import build_site
    except ModuleNotFoundError as error:
        raise click.UsageError(
            f"handouts need the package {error.name}: pip install 'symconv[handouts]'"
        ) from None

    versions = [v for v, chosen in (("student", student), ("instructor", instructor)) if chosen]
    if site and (formats or len(versions) == 2):
        raise click.UsageError("a site has one version, and is HTML: leave out --to, and a version")
    with interrupts.raised():
        if site:
            version: Any = next(iter(versions), "student")
            build_site(sources, version, output or "build/site")
        else:
            build_all(sources, versions, formats, output or "build/handouts")


@main.command()
@click.argument("claim", metavar="[CLAIM or NAME]", required=False, shell_complete=_names)
@_signal_option
@_tensor_option
@_function_option
@_given_option
@_integer_option
@click.option(
    "-o",
    "--output",
    default="explore.html",
    show_default=True,
    metavar="FILE.html",
    help="The file to write, which is replaced.",
)
@_timeout_option
def explore(
    claim: str | None,
    signals: tuple[str, ...],
    tensors: tuple[str, ...],
    functions: tuple[str, ...],
    given: tuple[str, ...],
    integers: tuple[str, ...],
    output: str,
    timeout: float | None,
) -> None:
    """Make a page on which a claim can be played with, in a browser.

    \b
    The claim is one of your own, as for `symconv check`, or one that `symconv list` names;
    without it, that of the exercise:
      symconv explore
      symconv explore -o layers.html two_stride_2_layers_are_one_stride_4_layer
      symconv explore "x.pad(1, 1).correlate(k).length == n" --signal x:n --signal k:c

    The page is one file and needs no network.  Lengths, strides, paddings and taps are
    changed on it; both sides are drawn, with the entries in which they differ, and what each
    entry reads.  It has the verdict, the exact condition and the smallest counterexample, and
    its address keeps what is seen.  Tensors of several axes are drawn as planes.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    from symconv.command.exploring import write_page
    from symconv.command.terminal import console

    declared = arguments.declared(signals, given, integers, tensors, functions)
    write_page(claim, declared, output, timeout, console())


@main.command()
@click.argument("file", type=click.File("rb"), metavar="FILE")
@click.option("--markdown", is_flag=True, help="Print Markdown with formulas, for feedback.")
@click.option(
    "--timeout",
    type=float,
    callback=_seconds,
    metavar="SECONDS",
    help="Give up on a step after so many seconds: it is then not decided.",
)
@_json_option
@click.pass_context
def audit(
    ctx: click.Context, file: IO[bytes], markdown: bool, timeout: float | None, as_json: bool
) -> None:
    """Audit a derivation that is written in a FILE, step by step; - is standard input.

    \b
    A file declares signals, and has formulas, each equal to the one before it:
      signal x: n
      signal k: c
      given n >= 1
      index u
      start x.convolve(k).downsample(2)
      = Sum(x[m]*k[2*u - m], m)             [the entry of x * k at 2u]
      = Sum(x[m]*k[u - m], m % 2 == 0)      (because of the subsampling)
      = Sum(x[m]*k[2*u - m], m >= 0) for u >= 0

    \b
    Formulas may be LaTeX, also as an align environment that is pasted:
      \\begin{align*}
        y(u) &= \\sum_m x_m k_{2u-m} && \\text{definition} \\\\
             &= \\sum_{i + m = 2u} x_m k_i \\quad (i = 2u - m)
      \\end{align*}

    A derivation that starts with a signal speaks of its outputs, or with "for all u" behind the
    start, of every integer u; one that starts with a formula speaks of every integer u.  A line
    that cannot be read is told, and the others are audited all the same.

    Exit codes: 0 every step is right, 1 one is wrong or ill-formed, 2 a line cannot be read, or a
    usage error, 3 not every step is decided.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    from symconv.command.auditing import audit_text
    from symconv.command.terminal import console

    if markdown and as_json:
        raise click.UsageError("expected either --markdown or --json")
    text, where = _text_of(file)
    out = console(quiet=as_json)
    records, code = audit_text(text, where, out, timeout=timeout, markdown=markdown)
    if as_json:
        _print_json(records)
    ctx.exit(code)


@main.command("grade")
@click.argument("exercise", required=False, metavar="[EXERCISE.toml]")
@click.option(
    "--answer",
    "texts",
    multiple=True,
    metavar="[PART=]TEXT",
    help="An answer: a formula, operators, a length, a condition, yes or no, as the part asks for "
    "it.  Of several parts, each has its name before it.  May be repeated.",
)
@click.option("--student", metavar="NUMBER", help="The student's number, which draws the variant.")
@click.option(
    "--answers",
    type=click.File("rb"),
    metavar="FILE.csv",
    help="Grade the answers of a whole course: a column student, and one for each part.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE.csv",
    help="Write the results to a file, which is replaced; otherwise to standard output.",
)
@click.option("--latex", is_flag=True, help="Read the answers as LaTeX, whatever they look like.")
@click.option("--typical", is_flag=True, help="Show typical answers, wrong and right, in a table.")
@click.option(
    "--timeout",
    type=float,
    callback=_seconds,
    metavar="SECONDS",
    help="Give up on an answer after so many seconds: it is then not decided.",
)
@_json_option
@click.pass_context
def grade_answer(
    ctx: click.Context,
    exercise: str | None,
    texts: tuple[str, ...],
    student: str | None,
    answers: IO[bytes] | None,
    output: str | None,
    latex: bool,
    typical: bool,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Decide whether answers to an exercise are right, for all sizes, and what they are worth.

    \b
    An exercise is a small file with the question, what is right, typical
    mistakes, points and variants.  Without answers, the file is checked:
      symconv grade proofs/exercises/merging.toml
      symconv grade proofs/exercises/merging.toml --student 4711
      symconv grade proofs/exercises/merging.toml --student 4711
          --answer kernel="k.convolve(k)" --answer length="2c - 1"
      symconv grade proofs/exercises/merging.toml
          --answers answers.csv -o results.csv

    \b
    Without a file it is the exercise of two stride-2 layers.  An answer is a
    formula for k₄[t], or an expression in operators:
      symconv grade --answer "Sum(k[i]*k[t - 2*i], i)"
      symconv grade --answer "k4[t] = Sum(k[i]*k[t - 2*i], (i, 0, c - 1))"
      symconv grade --answer "k.convolve(k.dilate(2))"
      symconv grade --answer '\\sum_i k_2(i)\\, k_2(t - 2i)'
      symconv grade --answer '\\tilde{k}_4 = \\tilde{k}_2 * (\\tilde{k}_2 \\uparrow_2)'

    k, k2 and k_2 are the kernel of both layers, c is its length, and a tilde flips.  A sum
    over an index alone is over all integers.

    Exit codes: 0 right, 1 wrong, 2 usage error or an answer that cannot be read, 3 unknown.  For
    a file of answers: 0 all graded, 3 not all, as one is not decided or cannot be read.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    from symconv.command.terminal import console

    out = console(quiet=as_json)
    if exercise is None:
        if answers is not None or student is not None or output is not None:
            raise click.UsageError("--answers, --student and -o are for an exercise file")
        if (len(texts) != 1) == (not typical) or (typical and texts):
            raise click.UsageError("expected either --answer or --typical, or an exercise file")
        ctx.exit(_first_exercise(texts, latex, timeout, out, as_json))
    if typical or (texts and answers):
        raise click.UsageError("expected --answer, --answers, or neither, for an exercise file")
    if output is not None and answers is None:
        raise click.UsageError("-o is for the results of --answers")
    if answers is not None and student is not None:
        raise click.UsageError("in --answers, the students stand in a column")
    ctx.exit(
        _graded_by_file(exercise, texts, student, answers, output, latex, timeout, out, as_json)
    )


def _first_exercise(
    texts: tuple[str, ...], latex: bool, timeout: float | None, out: Console, as_json: bool
) -> int:
    """Grade an answer to the exercise of two stride-2 layers, or show typical ones."""
    from symconv.command.terminal import working
    from symconv.command.typical_answers import show_grade, show_typical
    from symconv.exercises.grading import grade

    if not texts:
        with working(out, "deciding typical answers"):
            records = show_typical(out)
        if as_json:
            _print_json(records)
        return 0
    if timeout is not None:
        raise click.UsageError("--timeout is for an exercise file")
    with working(out, "deciding"):
        found = grade(texts[0], latex=latex or None)
    record = show_grade(found, out)
    if as_json:
        _print_json(record)
    return EXIT[record["verdict"]]


def _graded_by_file(
    path: str,
    texts: tuple[str, ...],
    student: str | None,
    answers: IO[bytes] | None,
    output: str | None,
    latex: bool,
    timeout: float | None,
    out: Console,
    as_json: bool,
) -> int:
    """Grade by an exercise file, or check the file."""
    from symconv.command import grading
    from symconv.exercises.exercise import Exercise

    exercise = Exercise.load(path)
    record: Any
    if answers is not None:
        name = str(getattr(answers, "name", "-"))
        where = "standard input" if name in ("-", "<stdin>") else name
        if output is not None:
            grading.check_output(output, (path, name))
        data = answers.read(MOST_BYTES_OF_ANSWERS + 1)
        record = grading.grade_answers(exercise, data, where, output, latex or None, timeout, out)
        parts = [part for one in record for part in one["parts"].values()]
        code = 3 if any(part["points"] is None for part in parts) else 0
    elif texts:
        record = grading.grade_one(exercise, texts, student, latex or None, timeout, out)
        codes = {GRADED[part["outcome"]] for part in record["parts"].values()}
        code = next(code for code in WORST_FIRST if code in codes)
    elif student is not None:
        record, code = grading.show_question(exercise, student, out), 0
    else:
        record = grading.check_exercise(exercise, out)
        code = EXIT[record["verdict"]]
    if as_json:
        _print_json(record)
    return code


def _read(claim: str | None, declared: Declarations, name: str | None) -> list[ParsedClaim]:
    from symconv.reading.text import Passage, read_claim

    return [read_claim(Passage(claim or "", "the claim"), declared, name)]


def _read_file(file: IO[bytes], declared: Declarations, out: Console) -> list[ParsedClaim]:
    from symconv.command.terminal import working
    from symconv.reading.text import read_claims

    text, where = _text_of(file)
    with working(out, f"reading {where}"):
        return read_claims(text, where, declared)


def _text_of(file: IO[bytes]) -> tuple[str, str]:
    """The text of a file, and its name for messages."""
    name = getattr(file, "name", "-")
    where = "standard input" if name in ("-", "<stdin>") else str(name)
    return arguments.decoded(file.read(MOST_BYTES_OF_FILE + 1), where), where


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


def _exit_code(record: Mapping[str, Any]) -> int:
    """The exit code of a verdict.

    What is proved for some lengths only is open for the others, and a proof is not formal
    before Rocq has checked it.
    """
    everything = ("all lengths", "all sizes")  # verdicts.py is imported only when it is needed
    partly = record["verdict"] == "proved" and record.get("scope", "all lengths") not in everything
    unchecked = record.get("certificate", {}).get("verdict") == "unknown"
    return EXIT["unknown" if partly or unchecked else record["verdict"]]


def _print_json(record: Any) -> None:
    click.echo(json.dumps(record, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()

"""`symconv compare`: two networks."""

from __future__ import annotations

import click

from symconv.command import interrupts
from symconv.command.exit_codes import Command, exit_code, print_json
from symconv.command.options import json_option, timeout_option

__all__ = ["compare"]


@click.command(cls=Command)
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
@click.option(
    "--certificate",
    "folder",
    metavar="FOLDER",
    help="Write what was proved of layers as files that Rocq's coqc checks, into a folder that is "
    "new or empty, with an index that tells what is left to numbers.",
)
@click.option(
    "--formal",
    is_flag=True,
    help="Have Rocq check these certificates; needs coqc.  --timeout then bounds each of them too.",
)
@timeout_option
@json_option
@click.pass_context
def compare(
    ctx: click.Context,
    first: str,
    second: str,
    inputs: tuple[str, ...],
    given: tuple[str, ...],
    tolerance: float | None,
    saved: str | None,
    folder: str | None,
    formal: bool,
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
      symconv compare net.onnx folded.onnx --certificate proofs --formal

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
    known, or with --formal not checked: Rocq did not accept a certificate or is not there, or
    something that was proved of layers has none.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    from symconv.command.comparing import check_destination
    from symconv.command.deciding import Decider
    from symconv.command.terminal import console
    from symconv.reading.networks.sources import Pair

    if tolerance is not None and not 0 <= tolerance < 1:
        raise click.UsageError(f"--tolerance: expected a number from 0 to 1, got {tolerance:g}")
    if saved is not None:
        check_destination(saved)
    if folder is not None:
        from symconv.formal.compared import check_folder

        check_folder(folder)
    elif formal:
        raise click.UsageError("--formal checks certificates: say where, as --certificate FOLDER")
    pair = Pair(first, second, inputs, given, tolerance)
    out = console(quiet=as_json)
    with Decider(out, timeout) as decider:
        record = decider.pair(pair, saved or "", folder or "")
    if formal and "certificate" in record:
        from symconv.command.certificates import report_checks

        with interrupts.raised():
            record["certificate"] |= report_checks(record["certificate"], out, timeout)
    if as_json:
        print_json(record)
    ctx.exit(exit_code(record))

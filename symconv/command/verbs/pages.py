"""`symconv explore` and `handout`: pages to play with, handouts, a site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from symconv.command import interrupts
from symconv.command.exit_codes import Command
from symconv.command.options import claim_names, declaring, timeout_option

if TYPE_CHECKING:
    from symconv.reading.text import Declarations

__all__ = ["explore", "handout"]


@click.command(cls=Command)
@click.argument("claim", metavar="[CLAIM or NAME]", required=False, shell_complete=claim_names)
@declaring
@click.option(
    "-o",
    "--output",
    default="explore.html",
    show_default=True,
    metavar="FILE.html",
    help="The file to write, which is replaced.",
)
@timeout_option
def explore(
    claim: str | None,
    declared: Declarations,
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

    write_page(claim, declared, output, timeout, console())


@click.command(cls=Command)
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

"""A page to play with, of a claim by name or of one that was typed."""

from __future__ import annotations

import re
from pathlib import Path

import click
from rich.console import Console

from symconv.catalogue.theorems import MAIN
from symconv.command import arguments
from symconv.command.exit_codes import exhausted
from symconv.command.terminal import working
from symconv.decision.claims import Claim
from symconv.decision.verdicts import Unknown, Verdict
from symconv.pages.explore import page
from symconv.reading.text import Declarations, Passage, read_claim

__all__ = ["write_page"]


def write_page(text: str | None, declared: Declarations, path: str, out: Console) -> None:
    """Decide a claim and write its page; print the name of the file.

    Args:
        text: the claim, or the name of one; None for that of the exercise.
        declared: what is declared, for a claim that was typed.
        path: where the page is written.
        out: where the name is printed.

    Raises:
        SymconvError: the claim cannot be read, or a page cannot show it.
        UsageError: there is no claim of this name, or the file cannot be written.
    """
    statement = why = ""
    if text is None or re.fullmatch(r"\w+", text):
        theorem = MAIN if text is None else arguments.named(text)
        claim, statement, why = theorem.claim, theorem.statement, theorem.why
    else:
        claim = read_claim(Passage(text, "the claim"), declared).claim
    with working(out, "deciding"):
        content = page(claim, _decided(claim), statement=statement, why=why)
    try:
        Path(path).write_text(content, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None
    out.print(f"{path}  {len(content.encode()) / 1000:.0f} kB", soft_wrap=True)


def _decided(claim: Claim) -> Verdict:
    try:
        return claim.prove()
    except (RecursionError, MemoryError) as error:
        return Unknown(exhausted(error))

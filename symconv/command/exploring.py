"""A page to play with, of a claim by name or of one that was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from symconv.catalogue.theorems import MAIN
from symconv.command import arguments
from symconv.command.exit_codes import exhausted
from symconv.command.terminal import working
from symconv.command.typed_claims import TypedClaim
from symconv.command.worker import Child, NoAnswerError, Task
from symconv.decision.claims import Claim
from symconv.decision.verdicts import Unknown
from symconv.pages.explore import Page
from symconv.pages.explore.records import claim_record
from symconv.reading.text import Declarations, Passage, read_claim

__all__ = ["page_record", "write_page"]


def write_page(
    text: str | None, declared: Declarations, path: str, timeout: float | None, out: Console
) -> None:
    """Decide a claim and write its page; print the name of the file.

    Args:
        text: the claim, or the name of one; None for that of the exercise.
        declared: what is declared, for a claim that was typed.
        path: where the page is written.
        timeout: how many seconds the decision may take; after that the page has no verdict.
        out: where the name is printed.

    Raises:
        SymconvError: the claim cannot be read, or a page has no room for it.
        UsageError: there is no claim of this name, or the file cannot be written.
    """
    if text is None or re.fullmatch(r"\w+", text):
        asked: dict[str, Any] = {"name": text or MAIN.name}
        arguments.named(asked["name"])
    else:
        asked = {"typed": asdict(TypedClaim.of(Passage(text, "the claim"), declared))}
    with working(out, "deciding"):
        content = Page(_record(asked, timeout, out)).html
    try:
        Path(path).write_text(content, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None
    out.print(f"{path}  {len(content.encode()) / 1000:.0f} kB", soft_wrap=True)


def _record(asked: Mapping[str, Any], timeout: float | None, out: Console) -> dict[str, Any]:
    try:
        if timeout is None:
            return page_record(**asked)
        with Child() as child:
            record, _ = child.report(Task("page", asked), timeout, out)
        return record
    except (RecursionError, MemoryError) as error:
        return page_record(**asked, undecided=exhausted(error))
    except NoAnswerError as error:
        return page_record(**asked, undecided=str(error))


def page_record(
    name: str | None = None, typed: Mapping[str, Any] | None = None, undecided: str = ""
) -> dict[str, Any]:
    """What a page holds of a claim of the catalogue, or of one that was typed.

    Args:
        name: its name in the catalogue.
        typed: what was typed, as a `TypedClaim`.
        undecided: why it is not decided; without that, it is.

    Raises:
        SymconvError: the claim cannot be read, or a page has no room for it.
    """
    statement = why = ""
    claim: Claim
    if name is not None:
        theorem = arguments.named(name)
        claim, statement, why = theorem.claim, theorem.statement, theorem.why
    else:
        assert typed is not None
        said = TypedClaim(**typed)
        claim = read_claim(said.passage, said.declared).claim
    verdict = Unknown(undecided) if undecided else claim.prove()
    record: dict[str, Any] = claim_record(claim, verdict, statement=statement, why=why)
    return record

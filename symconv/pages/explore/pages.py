"""A page to play with, as one file that needs no network."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from symconv.decision.claims import Claim
from symconv.decision.verdicts import Verdict
from symconv.pages.explore.records import claim_record

__all__ = ["page", "written"]


def page(claim: Claim, verdict: Verdict, *, statement: str = "", why: str = "") -> str:
    """The HTML of a page on which lengths, amounts and taps of a claim are changed.

    Args:
        claim: the claim.
        verdict: what was decided; it stands on the page.
        statement: the claim in words, if there are any.
        why: what makes it true, or what is wrong.

    Raises:
        SymconvError: a page has no room for its cells.
    """
    return written(claim_record(claim, verdict, statement=statement, why=why))


def written(record: Any) -> str:
    """The page of what `claim_record` has said of a claim."""
    # "<" would end the script, or begin a comment, inside of a text.
    data = json.dumps(record, ensure_ascii=False, separators=(",", ":")).replace("<", r"\u003c")
    return Template(_file("page.html")).substitute(
        title=escape(record["statement"] or record["claim"]),
        style=_file("page.css"),
        claim=data,
        script=_file("operators.js") + _file("page.js"),
    )


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")

"""A page to play with, as one file that needs no network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path
from string import Template
from typing import Any

from symconv.decision.claims import Claim
from symconv.decision.verdicts import Verdict
from symconv.errors import SymconvError
from symconv.pages.explore.records import claim_record

__all__ = ["MEDIA_TYPE", "Page", "explore", "page"]

MEDIA_TYPE = "application/vnd.symconv.page+json"
"""As what a notebook keeps a page, so that a handout can hold it."""


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """A page on which lengths, amounts and taps of a claim are changed.

    In a notebook it shows itself.

    Attributes:
        record: what it shows, as `symconv.pages.explore.records` says.
    """

    record: Any

    @property
    def html(self) -> str:
        """The page as one file that needs no network."""
        # "<" would end the script, or begin a comment, inside of a text.
        data = json.dumps(self.record, ensure_ascii=False, separators=(",", ":"))
        return Template(_file("page.html")).substitute(
            title=escape(self.record["statement"] or self.record["claim"]),
            style=_file("page.css"),
            claim=data.replace("<", r"\u003c"),
            script=_file("operators.js") + _file("page.js"),
        )

    @property
    def frame(self) -> str:
        """The page in a frame of another one, which it cannot reach."""
        title = escape(f"A page to play with: {self.record['claim']}")
        return (
            f'<iframe title="{title}" sandbox="allow-scripts" loading="lazy" '
            'style="width:100%;height:44rem;border:1px solid #999" '
            f'srcdoc="{escape(self.html)}"></iframe>'
        )

    def save(self, path: str | PathLike[str]) -> None:
        """Write the page into a file, which is replaced.

        Raises:
            SymconvError: the file cannot be written.
        """
        try:
            Path(path).write_text(self.html, encoding="utf-8")
        except OSError as error:
            raise SymconvError(f"{path} cannot be written: {error.strerror}") from None

    def __repr__(self) -> str:
        return f"A page to play with: {self.record['claim']}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {MEDIA_TYPE: self.record, "text/html": self.frame, "text/plain": repr(self)}


def explore(claim: Claim, /, **sizes: int) -> Page:
    """A page on which a claim can be played with, in a notebook or in a browser.

    Lengths, strides, paddings and taps are changed on it; both sides are drawn, with the entries
    in which they differ, and what each entry reads.

    Args:
        claim: the claim, which is decided.
        sizes: values of its integer symbols to begin with; without any, some that show something.

    >>> from symconv import Signal, integers
    >>> n, c = integers("n c", positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> explore(x.correlate(k) == x.convolve(k.flip()), n=8, c=3)
    A page to play with: x ⋆ k = x ∗ flip(k)

    Raises:
        SymconvError: a page has no room for its cells, or a size is not allowed.
    """
    found = page(claim, claim.prove())
    if sizes:
        claim.at(**sizes)  # says what is wrong with them, if anything is
        found.record["start"] = {name: int(size) for name, size in sizes.items()}
    return found


def page(claim: Claim, verdict: Verdict, *, statement: str = "", why: str = "") -> Page:
    """The page of a claim that was decided.

    Args:
        claim: the claim.
        verdict: what was decided; it stands on the page.
        statement: the claim in words, if there are any.
        why: what makes it true, or what is wrong.

    Raises:
        SymconvError: a page has no room for its cells.
    """
    return Page(claim_record(claim, verdict, statement=statement, why=why))


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")

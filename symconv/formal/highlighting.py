"""Rocq sources in a notebook, with the words coloured."""

from __future__ import annotations

__all__ = ["Listing"]


class Listing:
    """A piece of Rocq source that shows itself: coloured in Jupyter, and as a code block elsewhere.

    >>> Listing("Definition flip x : seq R := rev x.")
    Definition flip x : seq R := rev x.
    """

    def __init__(self, text: str) -> None:
        self.text = text.strip("\n")

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import get_lexer_by_name

        return str(highlight(self.text, get_lexer_by_name("coq"), HtmlFormatter(noclasses=True)))

    def _repr_markdown_(self) -> str:
        # Few programs know Rocq's keywords; its comments and capitals look like OCaml's.
        return f"```ocaml\n{self.text}\n```"

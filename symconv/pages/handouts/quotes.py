"""Typographic quotes and apostrophes in prose; code and formulas keep theirs."""

from __future__ import annotations

from typing import Any

from pandocfilters import Str, walk

__all__ = ["with_curled_quotes"]

_CURLED = {'"': ("“", "”"), "'": ("‘", "’")}
_OPENS_AFTER = " ([{“‘–—/-"


def with_curled_quotes(blocks: list[Any]) -> list[Any]:
    """Blocks as pandoc reads them, with a curled quote or apostrophe for each straight one.

    It opens at the start of a text and behind a space or a bracket, and closes elsewhere;
    before a digit it is an apostrophe, as in '90.
    """
    last = " "  # the character before, as far as quotes ask for it

    def curl(kind: str, value: Any, _format: str, _meta: Any) -> Any:
        nonlocal last
        match kind:
            case "Para" | "Plain" | "Header" | "Space" | "SoftBreak" | "LineBreak":
                last = " "
            case "Math" | "Code":
                last = "x"
            case "Str":
                found = ""
                for mark, after in zip(value, value[1:] + " ", strict=True):
                    found += _curled(mark, last, after) if mark in _CURLED else mark
                    last = found[-1]
                return Str(found) if found != value else None
        return None

    curled: list[Any] = walk(blocks, curl, "", {})
    return curled


def _curled(mark: str, before: str, after: str) -> str:
    opening, closing = _CURLED[mark]
    is_apostrophe = mark == "'" and after.isdigit()
    return opening if before in _OPENS_AFTER and not is_apostrophe else closing

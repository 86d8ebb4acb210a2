"""What marks a solution or a hint, and what only looks as if it did.

A solution must not slip through because of a typing error, so whatever resembles a marker
or a tag is one, or an error.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Literal, TypeAlias, get_args

__all__ = ["BEGIN", "END", "Marker", "MarkerError", "Tag", "marker", "tag"]

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"

Marker: TypeAlias = Literal["begin", "end"]
Tag: TypeAlias = Literal["solution", "hint"]

_EXPECTED = f"expected '{BEGIN}' or '{END}'"
_SWITCHES = r"begin|end|start|stop|region|endregion|tags|hidden|active"
_LIKE_A_MARKER = re.compile(
    rf"\b({_SWITCHES})\b.*solution|solution.*\b({_SWITCHES})\b|\b(begin|end)\b.*\bhidden tests"
)


class MarkerError(Exception):
    """What resembles a marker or the tag, and is none."""


def marker(line: str, *, is_code: bool) -> Marker | None:
    """Which marker a line of a cell is, if any.

    Raises:
        MarkerError: the line resembles a marker.
    """
    stripped = line.strip(" \t")
    if stripped in (BEGIN, END):
        if not is_code:
            raise MarkerError('a marker in Markdown; expected tags=["solution"]')
        return "begin" if stripped == BEGIN else "end"
    comment = re.search(r"#.*" if is_code else r"^#.*", _as_seen(line))
    magic = re.search(r"^%.*", _as_seen(line))
    suspicious = (found for found in (comment, magic) if found)
    if any(_LIKE_A_MARKER.search(found[0]) for found in suspicious) or BEGIN in line or END in line:
        raise MarkerError(f"{_EXPECTED}, got {stripped!r}")
    return None


def tag(header: str, metadata: Any) -> Tag | None:
    """The tag of a cell, if it has one.

    Args:
        header: the line that begins the cell.
        metadata: the same as jupytext reads it.

    Raises:
        MarkerError: there are other tags, or the line resembles one with a tag.
    """
    tags = metadata.get("tags", [])
    expected = 'expected the tag tags=["solution"] or tags=["hint"], or none'
    if tags and (len(tags) > 1 or tags[0] not in get_args(Tag)):
        raise MarkerError(f"the tags {tags!r} mean nothing here; {expected}")
    seen = _as_seen(header)
    if seen.count("tags") > 1 or ("tags" in seen and "tags" not in metadata):
        raise MarkerError(f"the tags cannot be read; {expected}")
    if not tags and ("tag" in metadata or re.search(r"sol[a-z]*tion|\bhint", seen)):
        raise MarkerError(
            f"this looks like a {'hint' if 'hint' in seen else 'solution'}; {expected}"
        )
    found: Tag | None = tags[0] if tags else None
    return found


def _as_seen(text: str) -> str:
    """The text without what a reader does not see, in small letters."""
    plain = unicodedata.normalize("NFKC", text).lower()
    visible = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", visible).strip()

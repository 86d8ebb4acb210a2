"""Text in pictures: small digits, lists, how wide a text is, and where it is broken."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["SIZE", "SMALL", "listed", "subscript", "superscript", "text_width", "wrapped"]

SIZE = 13.0
"""The size of text in pixels, where nothing else is said."""

SMALL = 11.0
"""The size of labels and notes."""

_SUBSCRIPTS = str.maketrans("0123456789-", "₀₁₂₃₄₅₆₇₈₉₋")
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")

# Widths in thousandths of the font's size, between those of Libertinus Serif and of Times;
# 500 for any other letter.
_WIDTHS = {
    letter: width
    for width, letters in {
        240: " .,;:·′",
        275: "ijl",
        305: "t₀₁₂₃₄₅₆₇₈₉₋⁰¹²³⁴⁵⁶⁷⁸⁹⁻",
        320: "/()|",
        345: "fr[]-I",
        385: "sJ",
        430: "acez∗",
        480: "0123456789↑↓",
        550: "+=−<>≠≤≥⋆FPS",
        590: "ELTZ",
        650: "BCR",
        700: "wADGHKNOQUVXY",
        780: "m",
        860: "M…",
        940: "W",
    }.items()
    for letter in letters
}


def subscript(number: int) -> str:
    """The number in subscript digits.

    >>> subscript(12)
    '₁₂'
    """
    return str(number).translate(_SUBSCRIPTS)


def superscript(number: int) -> str:
    """The number in superscript digits.

    >>> superscript(12)
    '¹²'
    """
    return str(number).translate(_SUPERSCRIPTS)


def text_width(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """How wide a text is set, in pixels: about as wide as such fonts have it."""
    width = size * sum(_WIDTHS.get(letter, 500) for letter in text) / 1000
    return 1.08 * width if bold else width


def wrapped(text: str, width: float, size: float = SIZE) -> list[str]:
    """The text in lines of at most that width, broken at spaces.

    >>> wrapped("w₀ = 1, w₁ = 2", 40)
    ['w₀ = 1,', 'w₁ = 2']
    """
    # A sum or an equation is not broken.
    words = re.split(r"(?<=[,;:.]) ", text)
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def listed(parts: Sequence[str]) -> str:
    """The parts in a row, with "and" before the last one.

    >>> listed(["x₀", "x₁", "x₂"])
    'x₀, x₁ and x₂'
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))

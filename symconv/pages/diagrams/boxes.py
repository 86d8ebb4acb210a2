"""Boxes that hold a sum, a term on each line; shaded, unless it is 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from symconv.arithmetic.limits import MOST_TERMS_OF_TAP
from symconv.pages.diagrams.lettering import text_width
from symconv.pages.diagrams.svg import HEIGHT, SHADE, Canvas

__all__ = ["Lines", "box_size", "draw_box", "shortened"]

Lines: TypeAlias = Sequence[str]
"""What stands in a box."""


def shortened(texts: Sequence[str]) -> Lines:
    """The terms, one on each line; of many the first ones."""
    left_out = len(texts) - MOST_TERMS_OF_TAP
    if left_out <= 0:
        return list(texts)
    return [*texts[:MOST_TERMS_OF_TAP], f"… {left_out} more"]


def box_size(boxes: Iterable[Lines]) -> tuple[float, float]:
    """The width and the height in which each of them has room."""
    boxes = list(boxes)
    width = max([30.0, *(text_width(text) + 10 for lines in boxes for text in lines)])
    height = max([HEIGHT, *(len(lines) * 16 + 8 for lines in boxes)])
    return width, height


def draw_box(canvas: Canvas, x: float, y: float, width: float, height: float, lines: Lines) -> None:
    """A box, by its upper left corner."""
    canvas.rect(x, y, width, height, fill="white" if list(lines) == ["0"] else SHADE)
    top = y + height / 2 - 16 * (len(lines) - 1) / 2
    for number, text in enumerate(lines):
        canvas.text(x + width / 2, top + 16 * number, text)

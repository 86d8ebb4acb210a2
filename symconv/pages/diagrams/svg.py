"""Pictures as SVG: text, cells, lines and marks, on a page that grows with what is drawn.

Only plain elements are used (`rect`, `line`, `circle`, `polygon`, `text`), with attributes
instead of style sheets, so that every reader of SVG shows the same, and a page into which a
picture is pasted keeps its own look.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from xml.etree import ElementTree

from symconv.pages.diagrams.lettering import SIZE, text_width

__all__ = ["DARK", "GREY", "HALO", "HEIGHT", "PALE", "SHADE", "Canvas", "Diagram", "Shape"]

HEIGHT = 24.0
"""The height of a cell."""

GREY, PALE, SHADE, DARK = "#444444", "#888888", "#d5e1f0", "#44668c"
"""Colours of what stands back, of outlines in the background, of what stands out, and of cells
that are told from white ones by nothing else."""

HALO = 1.2
"""The height of the white rectangle below a text, in sizes of its font."""

Shape: TypeAlias = Literal["dot", "circle", "square", "diamond"]
"""Marks that can be told apart without colours."""

_MARGIN = 8.0
_FONT = "Libertinus Serif, STIX Two Text, Times New Roman, serif"

# A single letter is a variable; words such as "stride" stand upright.
_VARIABLE = re.compile(r"(?<![A-Za-zΑ-ω_])([A-Za-zΑ-ω])(?![A-Za-zΑ-ω_])")

# One reader of SVG sets a whole run of text in another font where a letter is missing in the
# first one; this one is missing in many, and stands in a run of its own.
_ALONE = re.compile("(⋆)")


@dataclass(frozen=True, slots=True)
class Diagram:
    """A picture, and what it shows in words.

    Attributes:
        svg: the picture, an SVG document that needs nothing else.
        description: the text alternative, for a terminal and for readers who do not see.
    """

    svg: str
    description: str

    def _repr_svg_(self) -> str:
        return self.svg

    def __str__(self) -> str:
        return self.description

    def __repr__(self) -> str:
        return self.description


@dataclass
class Canvas:
    """What has been drawn, and the rectangle that holds it."""

    elements: list[ElementTree.Element] = field(default_factory=list)
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "white",
        stroke: str = "black",
        thickness: float = 1.0,
        dashes: str = "",
    ) -> None:
        """A rectangle, by its upper left corner."""
        dashed = {"stroke-dasharray": dashes} if dashes else {}
        self._shape(
            "rect",
            (x, y, x + width, y + height),
            {"x": x, "y": y, "width": width, "height": height},
            {"fill": fill, "stroke": stroke, **dashed},
            thickness,
        )

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        stroke: str = "black",
        thickness: float = 1.0,
    ) -> None:
        """A straight line."""
        (x1, y1), (x2, y2) = start, end
        self._shape(
            "line",
            (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)),
            {"x1": x1, "y1": y1, "x2": x2, "y2": y2},
            {"stroke": stroke},
            thickness,
        )

    def circle(self, x: float, y: float, radius: float, *, fill: str = "black") -> None:
        """A circle, by its centre."""
        box = (x - radius, y - radius, x + radius, y + radius)
        self._shape(
            "circle",
            box,
            {"cx": x, "cy": y, "r": radius},
            {"fill": fill, "stroke": "black"},
            1.4,
        )

    def polygon(self, points: list[tuple[float, float]], *, fill: str = "white") -> None:
        """A closed polygon."""
        xs, ys = zip(*points, strict=True)
        text = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
        attributes = {"points": text, "fill": fill, "stroke": "black"}
        self._shape("polygon", (min(xs), min(ys), max(xs), max(ys)), {}, attributes, 1.4)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = SIZE,
        anchor: str = "middle",
        colour: str = "black",
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """Text whose middle is at the height y; single letters are set in italics.

        Args:
            x: where it starts, has its middle or ends, as the anchor says.
            y: the height of its middle.
            text: one line.
            size: the size of the font.
            anchor: "start", "middle" or "end".
            colour: its colour.
            bold: whether it is bold.
            halo: whether a white rectangle lies below it.
        """
        width = text_width(text, size, bold=bold)
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        if halo:
            height = HALO * size  # subscripts hang below the line
            self.rect(left - 1, y - 0.52 * size, width + 2, height, stroke="none", thickness=0)
        self._grow(left, y - 0.7 * size, left + width, y + 0.7 * size)
        pieces = [piece for piece in _ALONE.split(text) if piece]
        for piece in pieces:
            advance = text_width(piece, size, bold=bold)
            if _ALONE.fullmatch(piece) and len(pieces) > 1:
                self._run(piece, left + advance / 2, y, size, "middle", colour, bold)
            elif len(pieces) > 1:
                indent = text_width(piece[: len(piece) - len(piece.lstrip())], size, bold=bold)
                self._run(piece.strip(), left + indent, y, size, "start", colour, bold)
            else:
                self._run(piece, x, y, size, anchor, colour, bold)
            left += advance

    def cell(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        *,
        fill: str = "white",
        stroke: str = "black",
        dashes: str = "",
        colour: str = "black",
    ) -> None:
        """A rectangle with a text in its middle, by its upper left corner."""
        self.rect(x, y, width, HEIGHT, fill=fill, stroke=stroke, dashes=dashes)
        self.text(x + width / 2, y + HEIGHT / 2, text, colour=colour)

    def mark(self, shape: Shape, x: float, y: float) -> None:
        """A mark in a plane, by its centre."""
        match shape:
            case "dot":
                self.circle(x, y, 4.2)
            case "circle":
                self.circle(x, y, 5, fill="white")
            case "square":
                corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
                self.polygon([(x + 4.6 * a, y + 4.6 * b) for a, b in corners])
            case "diamond":
                corners = ((0, -1), (1, 0), (0, 1), (-1, 0))
                self.polygon([(x + 6.4 * a, y + 6.4 * b) for a, b in corners], fill="#bbbbbb")

    def _run(
        self, text: str, x: float, y: float, size: float, anchor: str, colour: str, bold: bool
    ) -> None:
        attributes = {
            "x": _number(x),
            "y": _number(y + 0.33 * size),
            "font-family": _FONT,
            "font-size": _number(size),
            "text-anchor": anchor,
            "fill": colour,
            **({"font-weight": "bold"} if bold else {}),
        }
        if len(text) > 2 or anchor == "start":
            # Whichever font there is, the text is as wide as there is room for it.
            length = _number(text_width(text, size, bold=bold))
            attributes |= {"textLength": length, "lengthAdjust": "spacingAndGlyphs"}
        element = ElementTree.Element("text", attributes)
        for i, part in enumerate(_VARIABLE.split(text)):
            if part:
                style = {"font-style": "italic"} if i % 2 else {}
                ElementTree.SubElement(element, "tspan", style).text = part
        self.elements.append(element)

    def diagram(self, title: str, description: str) -> Diagram:
        """The finished picture, on white, with a margin around it."""
        x, y = self.left - _MARGIN, self.top - _MARGIN
        width, height = self.right - x + _MARGIN, self.bottom - y + _MARGIN
        box = [_number(value) for value in (x, y, width, height)]
        root = ElementTree.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": " ".join(box),
                "width": box[2],
                "height": box[3],
                "role": "img",
            },
        )
        ElementTree.SubElement(root, "title").text = title
        ElementTree.SubElement(root, "desc").text = description
        page = dict(zip(("x", "y", "width", "height"), box, strict=True))
        ElementTree.SubElement(root, "rect", {**page, "fill": "white"})
        root.extend(self.elements)
        return Diagram(ElementTree.tostring(root, encoding="unicode"), description)

    def _shape(
        self,
        tag: str,
        box: tuple[float, float, float, float],
        numbers: dict[str, float],
        attributes: dict[str, str],
        thickness: float,
    ) -> None:
        half = thickness / 2
        self._grow(box[0] - half, box[1] - half, box[2] + half, box[3] + half)
        places = {name: _number(value) for name, value in numbers.items()}
        stroke = {"stroke-width": _number(thickness)} if thickness else {}
        self.elements.append(ElementTree.Element(tag, {**places, **attributes, **stroke}))

    def _grow(self, left: float, top: float, right: float, bottom: float) -> None:
        self.left, self.top = min(self.left, left), min(self.top, top)
        self.right, self.bottom = max(self.right, right), max(self.bottom, bottom)


def _number(value: float) -> str:
    """A coordinate with at most two decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text

"""Pictures: those that cells show, and files beside the notebook that its text shows."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from symconv.arithmetic.limits import MOST_BYTES_OF_A_PICTURE

__all__ = [
    "KINDS",
    "Figure",
    "PictureError",
    "addresses",
    "embedded",
    "from_file",
    "outside",
]

KINDS = {"image/svg+xml": "svg", "image/png": "png"}

_BEGINS = {"svg": re.compile(rb"\s*(<\?xml|<!--|<svg)"), "png": re.compile(rb"\x89PNG\r\n\x1a\n")}
_OUTSIDE = re.compile(
    r"<script|<foreignObject|@import|(href\s*=\s*[\"']|url\()\s*(?!#|data:)", re.IGNORECASE
)
_IN_TEXT = re.compile(r"^([ ]{0,3}!\[[^\]\n]*\]\()([^)\s<>]+)(\)[ ]*)$", re.MULTILINE)


class PictureError(Exception):
    """A picture that cannot be put into a page."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that a cell shows.

    Attributes:
        name: of a file for it.
        data: its bytes.
        alternative: what it shows, in words.
    """

    name: str
    data: bytes
    alternative: str

    @property
    def address(self) -> str:
        """The picture itself, as an address for a page."""
        kind = next(kind for kind, ending in KINDS.items() if self.name.endswith(ending))
        return f"data:{kind};base64,{base64.b64encode(self.data).decode()}"


def outside(svg: str) -> str | None:
    """What in a drawing is not in it, or runs; None if it is self-contained."""
    found = _OUTSIDE.search(svg)
    return found[0] if found else None


def from_file(address: str, alternative: str, folder: Path, number: int) -> Figure:
    """The picture in a file, by its address from a folder, in which it has to be.

    Raises:
        PictureError: there is no such file in the folder, or it is no SVG or PNG, or large; or
            nothing says in words what it shows.
    """
    path = (folder / unquote(address)).resolve()
    ending = path.suffix.lower().removeprefix(".")
    expected = "expected an SVG or PNG file in the folder of the notebook, or below it"
    if ":" in address or not path.is_relative_to(folder.resolve()) or ending not in _BEGINS:
        raise PictureError(f"a picture {address!r}; {expected}")
    if not alternative.strip():
        raise PictureError(
            f"the picture {address!r} says nothing in words; write ![words]({address})"
        )
    try:
        if path.stat().st_size > MOST_BYTES_OF_A_PICTURE:
            most = MOST_BYTES_OF_A_PICTURE // 10**6
            raise PictureError(f"the picture {address!r} has more than {most} MB")
        data = path.read_bytes()
    except OSError as error:
        raise PictureError(f"the picture {address!r} cannot be read: {error.strerror}") from None
    if not _BEGINS[ending].match(data):
        raise PictureError(f"{address!r} is no {ending.upper()} file; {expected}")
    if ending == "svg" and (found := outside(data.decode("utf-8", "replace"))):
        raise PictureError(f"the picture {address!r} has {found!r}: it is not self-contained")
    return Figure(f"figure-{number}.{ending}", data, alternative)


def addresses(text: str) -> list[str]:
    """The addresses of the pictures that Markdown shows, each on a line of its own."""
    return [address for _, address, _ in _IN_TEXT.findall(text)]


def embedded(text: str, folder: Path) -> str:
    """Markdown with its pictures in it.

    They stand in the text itself: JupyterLab does not show drawings that are attachments.

    Raises:
        PictureError: as for each picture.
    """
    return _IN_TEXT.sub(
        lambda found: found[1] + from_file(found[2], found[1][2:], folder, 0).address + found[3],
        text,
    )

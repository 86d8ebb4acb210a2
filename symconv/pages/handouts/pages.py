"""A notebook with its outputs as a document: the tree of blocks that pandoc writes from.

Cells and outputs become blocks of pandoc's; a solution, a hint, an output, a figure, a page to play
with and the ruled space for an answer are Divs with that class, which `formats` knows how to set.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import pypandoc
from pandocfilters import CodeBlock, Div, Header, Math, Para, stringify, walk

from symconv.arithmetic.limits import MOST_RULED_LINES
from symconv.pages.explore.pages import MEDIA_TYPE
from symconv.pages.handouts.notebooks import Cell, HandoutError, Source, Version
from symconv.pages.handouts.pictures import (
    KINDS,
    Figure,
    PictureError,
    addresses,
    from_file,
    outside,
)
from symconv.pages.handouts.quotes import with_curled_quotes
from symconv.pages.handouts.tex import problem, tidied

__all__ = ["Block", "Document", "Figure", "div", "document", "kind_of", "pandoc"]

Block: TypeAlias = dict[str, Any]

# Markdown as Jupyter reads it.
_MARKDOWN = "gfm+tex_math_dollars-autolink_bare_uris-emoji-alerts"
_COLUMNS = "--columns=1000"  # tables with longer lines get columns of one width


@dataclass(frozen=True, slots=True)
class Document:
    """A version of a notebook, to be written in any format."""

    source: Source
    version: Version
    title: str
    blocks: tuple[Block, ...]
    figures: tuple[Figure, ...]
    api_version: tuple[int, ...]

    def json(self, blocks: Iterable[Block]) -> str:
        """What pandoc reads as a document of these blocks."""
        return _json(blocks, self.api_version)


def pandoc(arguments: Sequence[str], text: str, where: str) -> str:
    """What pandoc makes of a text; what it warns of is an error."""
    command = [pypandoc.get_pandoc_path(), "--fail-if-warnings", *arguments]
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise HandoutError(f"{where}: pandoc says: {done.stderr.strip()}")
    return done.stdout


def document(source: Source, version: Version, book: Any) -> Document:
    """The document of a notebook that was run.

    Raises:
        HandoutError: something in it cannot be set; the message names the cell's line.
    """
    figures: list[Figure] = []
    blocks: list[Block] = []
    room, rows = -1, 0  # where the ruled lines for this exercise are, and how many
    for cell, ran in zip(source.cells, book.cells, strict=True):
        if cell.tag is None and not cell.is_code:
            room, rows = -1, 0
        blocks += _of_cell(source, cell, version, figures)
        if version == "student" and cell.has_solution:
            if room >= 0:
                del blocks[room]
            room = len(blocks)
            rows += sum(part.rows for part in cell.parts if part.is_solution)
            blocks.append(div("ruled", [], rows=str(min(rows, MOST_RULED_LINES))))
        for output in ran.get("outputs", []):
            blocks += _of_output(source, cell, output, figures)
    api_version = _tree(source, "", 1)["pandoc-api-version"]
    title = _title(source, blocks, api_version)
    return Document(source, version, title, tuple(blocks), tuple(figures), api_version)


def _json(blocks: Iterable[Block], api_version: Sequence[int]) -> str:
    return json.dumps({"pandoc-api-version": api_version, "meta": {}, "blocks": list(blocks)})


def _title(source: Source, blocks: Iterable[Block], api_version: Sequence[int]) -> str:
    """The first heading, as plain text."""
    for block in blocks:
        if block["t"] == "Header" and block["c"][0] == 1:
            line = {"t": "Plain", "c": block["c"][2]}
            arguments = ["-f", "json", "-t", "plain", "--wrap=none"]
            return pandoc(arguments, _json([line], api_version), str(source.path)).strip()
    raise source.error(1, "there is no title; expected a Markdown cell with '# Title'")


# --- Markdown ------------------------------------------------------------------------


def _tree(source: Source, text: str, line: int) -> Any:
    return json.loads(_read(text, f"{source.path}, line {line}"))


@cache
def _read(text: str, where: str) -> str:
    """What pandoc reads; most cells are the same in both versions."""
    return pandoc(["-f", _MARKDOWN, "-t", "json", _COLUMNS], text, where)


def _parsed(source: Source, cell: Cell, text: str, figures: list[Figure]) -> list[Block]:
    """Markdown as blocks.  Each cell is read alone, as in Jupyter: no reference leaves it."""
    found: list[Block] = _tree(source, text, cell.line)["blocks"]
    blocks = [_figure_of(source, cell, block, figures) or block for block in found]
    return with_curled_quotes(_checked(source, cell, blocks))


def _figure_of(source: Source, cell: Cell, block: Block, figures: list[Figure]) -> Block | None:
    """The figure that a paragraph is, if there is a picture in it and nothing else."""
    if block["t"] != "Para" or [inline["t"] for inline in block["c"]] != ["Image"]:
        return None
    _, words, (address, _) = block["c"][0]["c"]
    try:
        figure = from_file(address, stringify(words), source.path.parent, len(figures))
        if address not in addresses(cell.text):
            raise PictureError(f"the picture {address!r}; expected a line ![words](file)")
    except PictureError as error:
        raise source.error(_line(cell, address), str(error)) from None
    figures.append(figure)
    return div("figure", [], number=str(len(figures) - 1))


def _line(cell: Cell, part: str) -> int:
    """The line of the source in which a part of a cell begins."""
    first = next(iter(part.strip().splitlines()), "")
    if first not in cell.text:
        return cell.line  # an output, say
    return cell.line + 1 + cell.text[: cell.text.index(first)].count("\n")


def _checked(source: Source, cell: Cell, blocks: list[Block]) -> list[Block]:
    """The blocks of a cell, if all that is in them can be set."""

    def error(part: str, message: str) -> HandoutError:
        return source.error(_line(cell, part), message)

    def check(kind: str, value: Any, _format: str, _meta: Any) -> Any:
        if kind == "Math" and (reason := problem(value[1])):
            raise error(value[1], f"in the formula {value[1].strip()}: {reason}")
        if kind in ("RawInline", "RawBlock"):
            raise error(value[1], f"{value[1].strip()!r} is {value[0]}; expected Markdown")
        if kind == "Image":
            raise error(
                value[2][0], "a picture within a text; expected it in a paragraph of its own"
            )
        if kind == "Link" and not re.match(r"https?:|mailto:", value[2][0]):
            raise error(value[2][0], f"a link to {value[2][0]!r}; expected an address in the web")
        if kind == "Str" and (found := re.search(r"\\[A-Za-z]+|\$", value)):
            raise error(value, f"{found[0]!r} in {value!r} is not within dollar signs or backticks")
        if kind == "OrderedList" and value[0][0] != 1 and "OrderedList" in str(value[1]):
            part = f"{value[0][0]}{'.' if value[0][2]['t'] == 'Period' else ')'}"
            raise error(part, "a list that does not begin with 1 holds another one")
        if kind == "Header":
            return Header(value[0], ["", [], []], value[2])  # nothing refers to it
        return None

    checked: list[Block] = walk(blocks, check, "", {})
    return checked


# --- cells and outputs -----------------------------------------------------------------


def div(kind: str, blocks: Sequence[Block], **attributes: str) -> Block:
    """A Div of a kind that `formats` knows how to set."""
    block: Block = Div(["", [kind], list(attributes.items())], list(blocks))
    return block


def kind_of(block: Block) -> str:
    """The kind of our Divs that a block is, or nothing."""
    return str(block["c"][0][1][0]) if block["t"] == "Div" else ""


def _of_cell(source: Source, cell: Cell, version: Version, figures: list[Figure]) -> list[Block]:
    if cell.hint_to is not None:
        parsed = _parsed(source, cell, cell.text, figures)
        return [div("hint", parsed, name=cell.hint_to)]
    if version == "student" and cell.has_solution:
        text = cell.on_paper().strip("\n")
        return [CodeBlock(["", ["python"], []], text)] if text else []
    blocks: list[Block] = []
    for part in cell.parts:
        if cell.is_code:
            text = part.text.strip("\n")
            content = [CodeBlock(["", ["python"], []], text)] if text else []
        else:
            content = _parsed(source, cell, part.text, figures)
        blocks += [div("solution", content)] if part.is_solution else content
    return blocks


_FORMS = ("image/svg+xml", "image/png", "text/latex", "text/markdown", "text/plain")


def _of_output(source: Source, cell: Cell, output: Any, figures: list[Figure]) -> list[Block]:
    if output.output_type == "stream":
        return [div("output", [_printed(source, cell, output.text.rstrip("\n"))])]
    if record := output.get("data", {}).get(MEDIA_TYPE):
        return [div("page", [], record=json.dumps(record))]
    form = next((form for form in _FORMS if form in output.get("data", {})), None)
    plain = output.get("data", {}).get("text/plain", "")
    if form is None or (form == "text/plain" and len(output.data) > 1 and plain.startswith("<")):
        shown = ", ".join(sorted({*output.get("data", {})} - {"text/plain"}))
        raise source.error(
            cell.line,
            f"the cell shows {shown or 'nothing'}, which cannot be set; expected "
            "text, LaTeX, Markdown, SVG or PNG",
        )
    data = output.data[form]
    if form in KINDS:
        return [_figure(source, cell, data, form, plain, figures)]
    if form == "text/latex":
        formula = tidied(data)
        if reason := problem(formula):
            raise source.error(cell.line, f"in the output {formula}: {reason}")
        return [div("output", [Para([Math({"t": "DisplayMath"}, formula)])])]
    if form == "text/markdown":
        return [div("output", _parsed(source, cell, data, figures))]
    return [div("output", [_printed(source, cell, data)])]


def _printed(source: Source, cell: Cell, text: str) -> Block:
    if found := re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
        raise source.error(
            cell.line, f"the cell prints the control character {found[0]!r}; expected plain text"
        )
    block: Block = CodeBlock(["", [], []], text)
    return block


def _figure(
    source: Source, cell: Cell, data: str, form: str, plain: str, figures: list[Figure]
) -> Block:
    number = len(figures)
    if form == "image/svg+xml" and (found := outside(data)):
        raise source.error(cell.line, f"the SVG has {found!r}: it is not self-contained")
    content = base64.b64decode(data) if form == "image/png" else data.encode()
    alternative = "A figure." if plain.startswith("<") else plain
    figures.append(Figure(f"figure-{number}.{KINDS[form]}", content, alternative))
    return div("figure", [], number=str(number))

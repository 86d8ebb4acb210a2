"""A notebook with its outputs as a document: the tree of blocks that pandoc writes from.

Cells and outputs become blocks of pandoc's; a solution, an output, a figure and the ruled
space for an answer are Divs with that class, which `formats` knows how to set.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pypandoc
from pandocfilters import CodeBlock, Div, Math, Para, walk

from symconv.handouts.sources import MOST_ROWS, Cell, HandoutError, Source, Version
from symconv.handouts.tex import problem, tidied

__all__ = ["Block", "Document", "Figure", "document", "pandoc"]

Block: TypeAlias = dict[str, Any]

# Markdown as Jupyter reads it.
_MARKDOWN = "gfm+tex_math_dollars-autolink_bare_uris-emoji-alerts"
_BETWEEN = "between-two-cells-of-the-notebook"
_FIGURES = {"image/svg+xml": "svg", "image/png": "png"}


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
    pairs = list(zip(source.cells, book.cells, strict=True))
    texts = [(cell.line, text) for cell, ran in pairs for text in _markdown(cell, ran)]
    trees, api_version = _parsed(source, [text for _, text in texts])
    checked = (
        _checked(source, line, blocks) for (line, _), blocks in zip(texts, trees, strict=True)
    )

    def next_markdown() -> list[Block]:
        return next(checked)

    blocks: list[Block] = []
    for cell, ran in pairs:
        for block in _of_cell(cell, version, next_markdown):
            _put(blocks, block)
        for output in ran.get("outputs", []):
            blocks += _of_output(source, cell, output, figures, next_markdown)
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


def _markdown(cell: Cell, ran: Any) -> Iterator[str]:
    """The Markdown texts of a cell and its outputs."""
    if not cell.is_code:
        yield cell.text
    for output in ran.get("outputs", []):
        if _best(output) == "text/markdown":
            yield output.data["text/markdown"]


def _parsed(source: Source, texts: Sequence[str]) -> tuple[list[list[Block]], tuple[int, ...]]:
    """Each text as blocks.  Pandoc takes longer to start than to read them all."""
    joined = f"\n\n{_BETWEEN}\n\n".join(texts)
    tree = json.loads(pandoc(["-f", _MARKDOWN, "-t", "json"], joined, str(source.path)))
    trees: list[list[Block]] = [[]]
    for block in tree["blocks"]:
        if block == {"t": "Para", "c": [{"t": "Str", "c": _BETWEEN}]}:
            trees.append([])
        else:
            trees[-1].append(block)
    if len(trees) != len(texts):
        raise HandoutError(f"{source.path}: a Markdown cell has a ``` or $$ that is not closed")
    return trees, tuple(tree["pandoc-api-version"])


def _checked(source: Source, line: int, blocks: list[Block]) -> list[Block]:
    """The blocks of a cell, if all that is in them can be set."""

    def check(kind: str, value: Any, _format: str, _meta: Any) -> None:
        if kind == "Math" and (reason := problem(value[1])):
            raise source.error(line, f"in the formula {value[1].strip()}: {reason}")
        if kind in ("RawInline", "RawBlock"):
            raise source.error(line, f"{value[1].strip()!r} is {value[0]}; expected Markdown")
        if kind == "Image":
            raise source.error(line, "a picture in Markdown; expected one that a code cell shows")
        if kind == "Str" and (found := re.search(r"\\[A-Za-z]+|\$", value)):
            raise source.error(line, f"{found[0]!r} in {value!r} is not within dollar signs")

    walk(blocks, check, "", {})
    return blocks


# --- cells and outputs -----------------------------------------------------------------


def _div(kind: str, blocks: Sequence[Block], **attributes: str) -> Block:
    block: Block = Div(["", [kind], list(attributes.items())], list(blocks))
    return block


def _of_cell(cell: Cell, version: Version, next_markdown: Callable[[], list[Block]]) -> list[Block]:
    blocks: list[Block] = []
    shown = None if cell.is_code else next_markdown()
    for part in cell.parts:
        if part.is_solution and version == "student":
            blocks.append(_ruled(part.rows))
            continue
        if shown is not None:
            content = shown
        else:
            text = part.text.strip("\n")
            content = [CodeBlock(["", ["python"], []], text)] if text else []
        blocks += [_div("solution", content)] if part.is_solution else content
    return blocks


def _put(blocks: list[Block], block: Block) -> None:
    """Append a block; the room for an answer that takes several cells is one."""
    rows = [_rows(one) for one in (*blocks[-1:], block)]
    if len(rows) == 2 and all(rows):
        blocks.pop()
        block = _ruled(min(sum(rows), MOST_ROWS))
    blocks.append(block)


def _ruled(rows: int) -> Block:
    return _div("ruled", [], rows=str(rows))


def _rows(block: Block) -> int:
    if block["t"] != "Div" or block["c"][0][1] != ["ruled"]:
        return 0
    return int(dict(block["c"][0][2])["rows"])


def _best(output: Any) -> str | None:
    """The form of an output that is set."""
    if output.output_type not in ("display_data", "execute_result"):
        return None
    forms = ("image/svg+xml", "image/png", "text/latex", "text/markdown", "text/plain")
    return next((form for form in forms if form in output.data), None)


def _of_output(
    source: Source,
    cell: Cell,
    output: Any,
    figures: list[Figure],
    next_markdown: Callable[[], list[Block]],
) -> list[Block]:
    if output.output_type == "stream":
        return [_div("output", [CodeBlock(["", [], []], output.text.rstrip("\n"))])]
    form = _best(output)
    if form is None:
        raise source.error(
            cell.line, f"the cell shows {', '.join(output.get('data', {}))}, which cannot be set"
        )
    data = output.data[form]
    if form in _FIGURES:
        number = len(figures)
        content = base64.b64decode(data) if form == "image/png" else data.encode()
        figures.append(
            Figure(f"figure-{number}.{_FIGURES[form]}", content, output.data.get("text/plain", ""))
        )
        return [_div("figure", [], number=str(number))]
    if form == "text/latex":
        formula = tidied(data)
        if reason := problem(formula):
            raise source.error(cell.line, f"in the output {formula}: {reason}")
        return [_div("output", [Para([Math({"t": "DisplayMath"}, formula)])])]
    if form == "text/markdown":
        return [_div("output", next_markdown())]
    return [_div("output", [CodeBlock(["", [], []], data)])]

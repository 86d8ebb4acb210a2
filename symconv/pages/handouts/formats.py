"""Handouts as files: PDF through Typst, HTML in one file, Jupyter notebooks.

HTML has no scripts but those of the pages to play with, which are in frames of their own.
"""

from __future__ import annotations

import base64
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from importlib.metadata import distribution
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import nbformat
import typst
from fontTools import subset
from fontTools.ttLib import TTFont
from pandocfilters import Math, RawBlock, RawInline, Str, walk
from pypdf import PdfReader

from symconv.arithmetic.limits import MOST_CHARACTERS_UNBROKEN
from symconv.pages.explore import Page
from symconv.pages.handouts.execution import Kernels, executed, notebook
from symconv.pages.handouts.notebooks import HandoutError, Source, Version
from symconv.pages.handouts.pages import Block, Document, document, pandoc
from symconv.pages.handouts.paper import on_paper
from symconv.pages.handouts.pictures import Figure, PictureError, embedded
from symconv.pages.handouts.tex import broken, spaced

__all__ = ["FORMATS", "Format", "build", "html_parts", "html_style"]

Format: TypeAlias = Literal["pdf", "html", "ipynb"]
FORMATS: tuple[Format, ...] = get_args(Format)

_BODY = "\n<!-- what follows is the body -->\n"
_NO_GLYPH = re.compile(rb"(\\000|\x00){2}")  # glyph 0 is the box; some others have such bytes too
_SIGNS = re.compile(r"(-(?=[-?\d])|\.(?=\.))")  # of which Typst would make other characters
_APPLIED = '<mspace width="0.167em"></mspace>'
_WITH_SIGNS = re.compile(r'([(\[“‘]*)(<math display="inline".*?</math>)([^\s<]{0,12})', re.DOTALL)
_TITLES = {"student": "student’s version", "instructor": "instructor’s version"}


def build(
    source: Source,
    versions: Sequence[Version],
    formats: Sequence[Format],
    folder: Path,
    progress: Callable[[str], None] = lambda step: None,
    kernels: Kernels | None = None,
) -> list[Path]:
    """Write versions of a notebook into a folder, as `NAME-VERSION.FORMAT`.

    Args:
        source: the notebook.
        versions: "student", with stubs and blank space in place of solutions, or "instructor".
        formats: "pdf", "html" or "ipynb".
        folder: where to; it is made if it is not there.
        progress: called with what is being done.
        kernels: where the notebook's processes are added; nothing is written once they are ended.

    Returns:
        The files, in the order of the versions and formats.

    Raises:
        HandoutError: a cell fails, or something cannot be set.  No file is written then.
    """
    total = len(source.cells)
    kernels = Kernels() if kernels is None else kernels

    def ran(cell: int) -> None:
        progress(f"running, {cell} of {total} cells done")

    shown = executed(source, versions, ran, kernels)
    written: dict[str, bytes] = {}
    for version in versions:
        paged = document(source, version, shown[version]) if {*formats} - {"ipynb"} else None
        for kind in formats:
            progress(f"writing {version}’s {kind}")
            name = f"{source.name}-{version}.{kind}"
            if kind == "ipynb":
                written[name] = _jupyter(source, version, shown[version])
            elif paged is not None:
                written[name] = _pdf(paged) if kind == "pdf" else _html(paged)
    if kernels.ended:
        raise HandoutError(f"{source.path}: ended before it was done")
    return [_write(folder, name, content) for name, content in written.items()]


def _write(folder: Path, name: str, content: bytes) -> Path:
    """The file, which is there as a whole or not at all."""
    path, part = folder / name, folder / f".{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise HandoutError(f"{path} cannot be written: {error.strerror}") from None
    return path


def _jupyter(source: Source, version: Version, shown: Any) -> bytes:
    """The student's notebook is to be run, so it has no outputs, and one cell for each answer."""
    book = shown
    if version == "student":
        book = notebook(source, version)
        pairs = zip(source.cells, book.cells, strict=True)
        book.cells = [written for cell, written in pairs if not cell.is_spare]
    for cell in book.cells:
        if cell.cell_type == "markdown":
            cell.source = _with_pictures(cell.source, source)
    text: str = nbformat.writes(book)
    return f"{text}\n".encode()


def _with_pictures(text: str, source: Source) -> str:
    try:
        return embedded(text, source.path.parent)
    except PictureError as error:
        raise HandoutError(f"{source.path}: {error}") from None


# --- PDF -------------------------------------------------------------------------------


def _pdf(paged: Document) -> bytes:
    where = str(paged.source.path)
    blocks = list(_replaced(on_paper(paged.blocks), paged, _typst_div))
    blocks = walk(blocks, _typst_inline, "typst", {})
    body = pandoc(["-f", "json", "-t", "typst-smart", "--wrap=none"], paged.json(blocks), where)
    names = {"title": paged.title, "version": _TITLES[paged.version]}
    head = "".join(f"#let handout-{name} = {_quoted(text)}\n" for name, text in names.items())
    with tempfile.TemporaryDirectory() as folder:
        main = Path(folder, "main.typ")
        main.write_text(head + _data("page.typ") + body, encoding="utf-8")
        for figure in paged.figures:
            Path(folder, figure.name).write_bytes(figure.data)
        content, warnings = _compiled(main, where)
        if warnings and "converge" in str(warnings[0]):  # where pictures go, which may do without
            content, warnings = _compiled(main, where, floats="no")
    if warnings:
        raise HandoutError(f"{where}: the PDF cannot be set: {warnings[0]}")
    _check_glyphs(content, where)
    result: bytes = content
    return result


def _compiled(main: Path, where: str, **inputs: str) -> Any:
    try:
        return typst.compile_with_warnings(
            main, ignore_system_fonts=True, format="pdf", timestamp=0, sys_inputs=inputs
        )
    except typst.TypstError as error:
        raise HandoutError(f"{where}: the PDF cannot be set: {error}") from None


def _check_glyphs(content: bytes, where: str) -> None:
    """Characters that no font has come out as boxes, and Typst does not say so."""
    for number, page in enumerate(PdfReader(BytesIO(content)).pages, 1):
        if not any(_NO_GLYPH.search(data) for data in _drawn(page, page.get_contents())):
            continue  # reading the text would take longer than setting it
        text = page.extract_text()
        if "\0" in text:
            around = text[max(0, text.index("\0") - 30) : text.index("\0")].split("\n")[-1]
            raise HandoutError(
                f"{where}: on page {number} a character is in none of the fonts, after {around!r}"
            )


def _drawn(holder: Any, stream: Any) -> Iterator[bytes]:
    """How a page is drawn, and what is put on it as a whole."""
    if stream is not None:
        yield stream.get_data()
    for part in holder.get("/Resources", {}).get("/XObject", {}).values():
        form = part.get_object()
        if form.get("/Subtype") == "/Form":
            yield from _drawn(form, form)


def _quoted(text: str) -> str:
    """A text as Typst writes it."""
    return json.dumps(text, ensure_ascii=False)


def _typst_inline(kind: str, value: Any, _format: str, _meta: Any) -> Any:
    """What pandoc does not escape, and what it does not space."""
    if kind == "Math":
        return Math(value[0], spaced(value[1]))
    if kind == "Str" and len(parts := _SIGNS.split(value)) > 1:
        return [RawInline("typst", f"\\{p}") if p in ("-", ".") else Str(p) for p in parts if p]
    return None


def _typst_div(kind: str, attributes: dict[str, str], inner: list[Block], paged: Document) -> Any:
    match kind:
        case "ruled":
            return [RawBlock("typst", f"#ruled({attributes['rows']})")]
        case "figure":
            figure = paged.figures[int(attributes["number"])]
            number = attributes["number"]
            arguments = f"{_quoted(figure.name)}, {_quoted(figure.alternative)}, {number}"
            return [RawBlock("typst", f"#picture({arguments})")]
        case "page":
            return [RawBlock("typst", "#where-page")]
        case _:
            arguments = ", ".join(map(_quoted, attributes.values()))
            call = f"#{kind}({arguments})" if arguments else f"#{kind}"
            return [RawBlock("typst", f"{call}["), *inner, RawBlock("typst", "]")]


# --- HTML ------------------------------------------------------------------------------


def _html(paged: Document) -> bytes:
    body, style = html_parts(paged)
    title, version = escape(paged.title), _TITLES[paged.version]
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}, {version}</title>\n<style>\n{html_style([body], style)}\n</style>\n"
        f"</head>\n<body>\n"
        f'<header class="version">{version.capitalize()}</header>\n{body}\n</body>\n</html>\n'
    ).encode()


def html_style(bodies: Iterable[str], highlighting: str) -> str:
    """The style sheet of pages, with a font for their formulas.

    Args:
        bodies: what the pages hold, as `html_parts` writes it.
        highlighting: the style sheet of their code.
    """
    return f"{_math_font(''.join(bodies))}\n{_data('page.css')}\n{highlighting}"


def html_parts(paged: Document) -> tuple[str, str]:
    """What the page of a document holds, as HTML, and the style sheet of its code.

    Raises:
        HandoutError: something cannot be set.
    """
    where = str(paged.source.path)
    blocks = walk(list(_replaced(paged.blocks, paged, _html_div)), _html_inline, "html", {})
    arguments = ["-f", "json", "-t", "html5", "--mathml", "--standalone", "--template"]
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder, "template.html")
        template.write_text(f"$highlighting-css${_BODY}$body$", encoding="utf-8")
        made = pandoc([*arguments, str(template)], paged.json(blocks), where)
    highlighting, body = made.split(_BODY)
    body = re.sub(
        r"<mo>([↑↓])</mo>", r'<mo stretchy="false" lspace="0.15em" rspace="0">\1</mo>', body
    )
    body = body.replace("<mtable>", '<mtable displaystyle="true">')
    # A thin space after a named function, unless a bracket follows.
    body = re.sub(r"<mo>(&#8289;|\u2061)</mo>(?!\s*</mrow>\s*<mrow>\s*<mo[^>]*>\()", _APPLIED, body)
    body = _WITH_SIGNS.sub(_kept, body)
    body = re.sub("(<table.*?</table>)", r'<div class="wide">\1</div>', body, flags=re.DOTALL)
    return body, highlighting


def _html_inline(kind: str, value: Any, _format: str, _meta: Any) -> Any:
    """Browsers do not break formulas: a long one becomes several."""
    if (
        kind == "Math"
        and value[0]["t"] == "InlineMath"
        and len(value[1]) > MOST_CHARACTERS_UNBROKEN
    ):
        return [Math(value[0], part) for part in broken(value[1])]
    return None


def _kept(found: re.Match[str]) -> str:
    """A formula with the signs that touch it, which must not stand alone on the next line."""
    return f'<span class="keep">{found[0]}</span>' if found[1] or found[3] else found[0]


def _html_div(kind: str, attributes: dict[str, str], inner: list[Block], paged: Document) -> Any:
    match kind:
        case "ruled":
            rows = "<div></div>" * int(attributes["rows"])
            label = "space for your solution"
            return [
                RawBlock("html", f'<div class="ruled" role="img" aria-label="{label}">{rows}</div>')
            ]
        case "figure":
            return [RawBlock("html", _html_figure(paged.figures[int(attributes["number"])]))]
        case "page":
            frame = Page(json.loads(attributes["record"])).frame
            begin = '<details class="page"><summary>Play with it</summary>'
            return [RawBlock("html", f"{begin}{frame}</details>")]
        case "hint":
            begin = '<details class="hint"><summary>Hint</summary>'
            return [RawBlock("html", begin), *inner, RawBlock("html", "</details>")]
        case _:
            return [RawBlock("html", f'<div class="{kind}">'), *inner, RawBlock("html", "</div>")]


def _html_figure(figure: Figure) -> str:
    alternative = escape(figure.alternative)
    return f'<figure><img src="{figure.address}" alt="{alternative}"></figure>'


def _math_font(body: str) -> str:
    """STIX Two Math, with no more characters than the formulas need.

    Many systems have no font for mathematics, and without one sums and brackets do not grow.
    """
    formulas = "".join(re.findall(r"<math.*?</math>", body, re.DOTALL))
    used = {ord(character) for character in re.sub(r"<[^>]*>", "", formulas)}
    # Browsers set single letters as mathematical italics, and draw roots themselves.
    italics = {*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C), 0x221A}
    path = distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")
    font = TTFont(str(path), recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = ["*"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=used | italics)
    subsetter.subset(font)
    font.flavor = "woff"
    file = BytesIO()
    font.save(file)
    data = base64.b64encode(file.getvalue()).decode()
    return (
        '@font-face { font-family: "Handout Math"; '
        f'src: url(data:font/woff;base64,{data}) format("woff"); }}'
    )


# --- both ------------------------------------------------------------------------------


def _data(name: str) -> str:
    return files("symconv.pages.handouts").joinpath(name).read_text(encoding="utf-8")


def _replaced(
    blocks: Iterable[Block],
    paged: Document,
    of_div: Callable[[str, dict[str, str], list[Block], Document], Any],
) -> Iterator[Block]:
    """The blocks with our Divs in the terms of a format; they are nowhere but outside."""
    for block in blocks:
        if block["t"] != "Div":
            yield block
            continue
        (_, (kind,), attributes), inner = block["c"]
        yield from of_div(kind, dict(attributes), list(_replaced(inner, paged, of_div)), paged)

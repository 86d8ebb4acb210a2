"""What is around the pages of a site, and the pages that lead to others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

__all__ = [
    "Group",
    "Notebook",
    "Row",
    "claims_page",
    "course_page",
    "index_page",
    "style",
    "with_way_back",
]

_BACK = (
    '<nav aria-label="Site" style="padding:0.2rem 0 1rem">'
    '<a href="{address}" style="color:inherit">← {text}</a></nav>'
)


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as a page.

    Attributes:
        name: that of its file, without an ending.
        title: its title, as plain text.
        body: its cells and outputs, as HTML.
    """

    name: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Row:
    """A claim in the list of all.

    Attributes:
        name: by which symconv knows it.
        statement: the claim in words.
        verdict: what was decided, in words; nothing if it has no page.
    """

    name: str
    statement: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Group:
    """Claims about one thing.

    Attributes:
        title: what they are about.
        source: where it was said, or nothing.
        rows: the claims.
    """

    title: str
    source: str
    rows: Sequence[Row]


def style(*more: str) -> str:
    """The style sheet of all pages but the claims' own.

    Args:
        more: the style sheet of the handouts, and what goes before and after it.
    """
    own = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
    return "\n".join([*more, own])


def index_page(notebooks: Sequence[Notebook], version: str, claims: int) -> str:
    """The first page.

    Args:
        notebooks: the course, in its order.
        version: "student" or "instructor".
        claims: how many have a page.
    """
    items = "".join(
        f'<li><a href="course/{escape(one.name)}.html">{escape(one.title)}</a></li>\n'
        for one in notebooks
    )
    solutions = "with solutions" if version == "instructor" else "without solutions"
    body = (
        f"<h1>Convolutions, and what is true of them</h1>\n"
        f'<h2 id="course">The course</h2>\n'
        f"<p>Notebooks with figures and exercises, {solutions}.</p>\n<ol>\n{items}</ol>\n"
        f"<h2>Claims to play with</h2>\n"
        f'<p><a href="claims/index.html">{claims} claims</a>, each on a page on which sizes and '
        "entries are changed.</p>\n<h2>Reference</h2>\n"
        '<p><a href="api/index.html">All modules, classes and functions</a> of symconv.</p>\n'
    )
    return _page("Convolutions, and what is true of them", body, "")


def course_page(notebooks: Sequence[Notebook], number: int, version: str) -> str:
    """The page of a notebook, with links to the one before and the one after."""
    one = notebooks[number]
    turn = ""
    if number:
        turn += _turn("prev", notebooks[number - 1], "← {}")
    if number + 1 < len(notebooks):
        turn += _turn("next", notebooks[number + 1], "{} →")
    body = (
        f'<p class="version">{escape(version.capitalize())}’s version</p>\n{one.body}\n'
        f'<nav class="turn" aria-label="Course">{turn}</nav>'
    )
    return _page(one.title, body, "../")


def _turn(relation: str, other: Notebook, text: str) -> str:
    title = escape(text.format(other.title))
    return f'<a rel="{relation}" href="{escape(other.name)}.html">{title}</a>'


def claims_page(groups: Iterable[Group]) -> str:
    """The list of all claims; those that have a page are links."""
    parts = ["<h1>Claims</h1>\n<p>A click on one that is a link opens a page to play with.</p>\n"]
    for group in groups:
        parts.append(f"<section><h2>{escape(group.title)}</h2>\n")
        if group.source:
            parts.append(f'<p class="source">{escape(group.source)}</p>\n')
        parts += ["<ul>\n", *map(_item, group.rows), "</ul></section>\n"]
    return _page("Claims", "".join(parts), "../")


def _item(row: Row) -> str:
    statement = escape(row.statement)
    if not row.verdict:
        return f"<li>{statement} <code>{escape(row.name)}</code></li>\n"
    link = f'<a href="{escape(row.name)}.html">{statement}</a>'
    return f'<li>{link} <span class="said">{escape(row.verdict)}</span></li>\n'


def _page(title: str, body: str, up: str) -> str:
    links = (
        ("index.html", "Contents"),
        ("claims/index.html", "Claims"),
        ("api/index.html", "Reference"),
    )
    menu = "".join(f'<a href="{up}{address}">{text}</a>' for address, text in links)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        f'<link rel="stylesheet" href="{up}style.css">\n</head>\n<body>\n'
        f'<nav class="site" aria-label="Site">{menu}</nav>\n'
        f"<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def with_way_back(page: str, after: str, address: str, text: str) -> str:
    """A page that was made elsewhere, with a link that leads to where it is listed.

    Args:
        page: its HTML.
        after: a tag that it has, after which the link stands.
        address: where the link leads.
        text: what it says.
    """
    before, tag, rest = page.partition(after)
    return f"{before}{tag}{_BACK.format(address=escape(address), text=escape(text))}{rest}"

"""A course as a site of static pages, which works from a disk: no page asks for anything else.

- `layout`: what is around the pages, and the pages that lead to others.
- `style.css`: their look; the notebooks' own is that of the handouts.
- `reference`: how pdoc makes the reference.
"""

from __future__ import annotations

from symconv.pages.site.layout import (
    Group,
    Notebook,
    Row,
    claims_page,
    course_page,
    index_page,
    style,
    with_way_back,
)

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

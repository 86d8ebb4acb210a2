"""Handouts from proof notebooks: for students and for instructors, from one source.

- `markers`, `notebooks`: what marks a solution or a hint; a notebook that is read.
- `execution`: its versions, run; `symconv.pages.notebook_process` is what they are run in.
- `tex`, `quotes`, `pictures`: which formulas can be set, typographic quotes, what can be shown.
- `pages`, `paper`: a document of cells and outputs, and what paper needs besides.
- `formats`: the document as PDF, HTML or Jupyter notebook; with `page.typ` and `page.css`.
"""

from __future__ import annotations

from symconv.pages.handouts.formats import FORMATS, Format, build
from symconv.pages.handouts.notebooks import HandoutError, Source, Version

__all__ = ["FORMATS", "Format", "HandoutError", "Source", "Version", "build"]

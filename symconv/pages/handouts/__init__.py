"""Handouts from proof notebooks: for students and for instructors, from one source.

`sources` reads a notebook and its solutions, `execution` runs one version of it, `tex` says
which formulas can be set, `pages` makes a document of cells and outputs, and `formats`
writes it as PDF, HTML or Jupyter notebook.
"""

from __future__ import annotations

from symconv.pages.handouts.formats import FORMATS, Format, build
from symconv.pages.handouts.notebooks import HandoutError, Source, Version

__all__ = ["FORMATS", "Format", "HandoutError", "Source", "Version", "build"]

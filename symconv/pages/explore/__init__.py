"""Pages to play with: a claim at sizes that the reader chooses, computed in the browser.

- `records`: a claim as plain data.
- `operators.js`: the operators once more, and what follows from their definitions.
- `page.js`, `page.css`, `page.html`: what is seen.
- `pages`: all of it as one file.
"""

from __future__ import annotations

from symconv.pages.explore.pages import Page, explore, page

__all__ = ["Page", "explore", "page"]

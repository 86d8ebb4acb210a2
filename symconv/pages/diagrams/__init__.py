"""Pictures of signals and claims at fixed sizes, each with a text alternative.

What is drawn is computed first, as rows of cells and the wires between them, as columns of
products, or as sets of monomials; the drawing primitives know nothing of signals.  A later
module imports earlier ones:

- `lettering`, `svg`, `labels`, `boxes`: text and how wide it is; a page to draw on; labelled
  lines; boxes with a sum in them.
- `entries`, `arguments`, `cells`: entries as polynomials; what is asked for, and refused;
  what a cell holds.
- `network_layout`, `alt_text`: what is connected in a network; the same in words.
- `network_drawing`, `long_multiplication`, `counterexample_drawing`, `monomial_planes`,
  `kernel_taps`, `grid_drawing`: the pictures, `network` and `networks`, `products`,
  `counterexample`, `monomials`, `taps` and `grids`; none of these six imports another.
"""

from __future__ import annotations

from symconv.pages.diagrams.counterexample_drawing import counterexample
from symconv.pages.diagrams.grid_drawing import grids
from symconv.pages.diagrams.kernel_taps import taps
from symconv.pages.diagrams.long_multiplication import products
from symconv.pages.diagrams.monomial_planes import monomials
from symconv.pages.diagrams.network_drawing import network, networks
from symconv.pages.diagrams.svg import Diagram

__all__ = [
    "Diagram",
    "counterexample",
    "grids",
    "monomials",
    "network",
    "networks",
    "products",
    "taps",
]

"""Statements about convolution that people made in public, and what symconv finds of them.

Each is transcribed with symbolic lengths: the claims that settle it stand beside the
smallest counterexample and the exact condition, where it is not simply true.
"""

from __future__ import annotations

from symconv.catalogue.published.lengths import LENGTHS
from symconv.catalogue.published.merging import MERGING
from symconv.catalogue.published.multirate import MULTIRATE
from symconv.catalogue.published.padding import PADDING
from symconv.catalogue.published.pooling import POOLING
from symconv.catalogue.published.reordering import REORDERING
from symconv.catalogue.published.rewriting import REWRITING
from symconv.catalogue.published.statements import Outcome, Published
from symconv.catalogue.published.transposed import TRANSPOSED

__all__ = ["PUBLISHED", "Outcome", "Published"]

PUBLISHED: tuple[Published, ...] = (
    *MERGING,
    *REORDERING,
    *REWRITING,
    *PADDING,
    *LENGTHS,
    *POOLING,
    *TRANSPOSED,
    *MULTIRATE,
)
"""All statements, by subject."""

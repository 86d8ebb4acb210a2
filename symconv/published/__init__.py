"""Statements about convolution that people made in public, and what symconv finds of them.

Each is transcribed with symbolic lengths: the claims that settle it stand beside the
smallest counterexample and the exact condition, where it is not simply true.
"""

from __future__ import annotations

from symconv.published.lengths import LENGTHS
from symconv.published.merging import MERGING
from symconv.published.multirate import MULTIRATE
from symconv.published.padding import PADDING
from symconv.published.pooling import POOLING
from symconv.published.reordering import REORDERING
from symconv.published.rewriting import REWRITING
from symconv.published.statements import Outcome, Published
from symconv.published.transposed import TRANSPOSED

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

"""Statements about convolution that people made in public, and what symconv finds of them.

Each is transcribed with symbolic sizes, channels and axes among them: the claims that settle it
stand beside the smallest counterexample and the exact condition, where it is not simply true.
"""

from __future__ import annotations

from symconv.catalogue.published.biases import BIASES
from symconv.catalogue.published.branches import BRANCHES
from symconv.catalogue.published.dilation import DILATION
from symconv.catalogue.published.factors import FACTORS
from symconv.catalogue.published.groups import GROUPS
from symconv.catalogue.published.lengths import LENGTHS
from symconv.catalogue.published.merging import MERGING
from symconv.catalogue.published.multirate import MULTIRATE
from symconv.catalogue.published.output_padding import OUTPUT_PADDING
from symconv.catalogue.published.padding import PADDING
from symconv.catalogue.published.patches import PATCHES
from symconv.catalogue.published.pixel_shuffle import PIXEL_SHUFFLE
from symconv.catalogue.published.pooling import POOLING
from symconv.catalogue.published.receptive_fields import RECEPTIVE_FIELDS
from symconv.catalogue.published.reordering import REORDERING
from symconv.catalogue.published.rewriting import REWRITING
from symconv.catalogue.published.statements import Outcome, Published
from symconv.catalogue.published.transposed import TRANSPOSED
from symconv.catalogue.published.upsampling import UPSAMPLING

__all__ = ["PUBLISHED", "Outcome", "Published"]

PUBLISHED: tuple[Published, ...] = (
    *MERGING,
    *FACTORS,
    *BIASES,
    *BRANCHES,
    *GROUPS,
    *REORDERING,
    *REWRITING,
    *DILATION,
    *PATCHES,
    *PADDING,
    *LENGTHS,
    *RECEPTIVE_FIELDS,
    *POOLING,
    *TRANSPOSED,
    *OUTPUT_PADDING,
    *UPSAMPLING,
    *PIXEL_SHUFFLE,
    *MULTIRATE,
)
"""All statements, by subject."""

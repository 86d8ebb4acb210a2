"""The catalogue: all claims that symconv knows by name."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.catalogue.published import PUBLISHED
from symconv.catalogue.theorems import THEOREMS, Theorem

__all__ = ["CATALOGUE"]

CATALOGUE: Mapping[str, Theorem] = {
    theorem.name: theorem
    for theorem in (*THEOREMS, *(t for published in PUBLISHED for t in published.theorems))
}
"""The theorems about the exercise first, then those that settle published statements."""

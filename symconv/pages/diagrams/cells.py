"""Cells of a row: what is written in them, and what kind of entry they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symconv.language.operators.base import Kind

__all__ = ["DASHES", "Cell", "Kind"]

DASHES: Mapping[Kind, str] = {"entry": "", "padding": "4 2.5", "inserted": "1.2 2.2"}
"""How the outline of a kind is dashed."""


@dataclass(frozen=True, slots=True)
class Cell:
    """An entry of a row: what is written in it, and whether an operator has put it there."""

    text: str
    kind: Kind = "entry"

"""Derivations, audited step by step."""

from __future__ import annotations

from symconv.derivations.steps import Audit, Derivation, IllFormed, Step, such_that

__all__ = ["Audit", "Derivation", "IllFormed", "Step", "such_that"]

"""Typical answers to the exercise: mistakes, each refuted, and unusual ones that are right.

The exercise asks for the kernel k₄ of one stride-4 layer that does what two stride-2 layers
with one kernel k do.  It is an exercise file, `two_layers.toml`.  Each answer is a claim, which
symconv decides; the tests hold it to the verdict and the smallest counterexample that stand there.
"""

from __future__ import annotations

from pathlib import Path

from symconv.exercises.exercise import Exercise
from symconv.exercises.kernels import KernelPart
from symconv.exercises.parts import Mistake, Unusual
from symconv.language.signals import Signal, SignalExpr

__all__ = ["K4", "KERNEL", "KERNEL_PART", "MISTAKES", "TWO_LAYERS", "UNUSUAL", "Mistake", "Unusual"]

_FILE = Path(__file__).with_name("two_layers.toml")

TWO_LAYERS = Exercise(_FILE.read_text(encoding="utf-8"), _FILE.name)
"""The exercise."""


def _kernel_part() -> KernelPart:
    part = TWO_LAYERS.posed().parts["kernel"]
    assert isinstance(part, KernelPart)
    return part


KERNEL_PART = _kernel_part()
"""The part that asks for k₄."""


def _signal(value: SignalExpr | None) -> SignalExpr:
    assert value is not None
    return value


KERNEL: Signal = KERNEL_PART.signals["k"]
"""The kernel k of both layers, of length c."""

K4: SignalExpr = _signal(KERNEL_PART.right)
"""The kernel k₄."""

_PARTS = TWO_LAYERS.posed().parts.values()

MISTAKES: tuple[Mistake, ...] = tuple(one for part in _PARTS for one in part.mistakes)
"""Typical mistakes."""

UNUSUAL: tuple[Unusual, ...] = tuple(one for part in _PARTS for one in part.unusual)
"""Unusual answers that are right."""

"""Exercises, and what is said of answers."""

from __future__ import annotations

from symconv.exercises.checking import UnreadableAnswer, WrongAnswer, check

__all__ = ["UnreadableAnswer", "WrongAnswer", "check"]

"""Exercises, and what is said of answers."""

from __future__ import annotations

from symconv.exercises.checking import UnreadableAnswer, WrongAnswer, check
from symconv.exercises.exercise import Exercise, Marks
from symconv.exercises.grades import Grade

__all__ = ["Exercise", "Grade", "Marks", "UnreadableAnswer", "WrongAnswer", "check"]

"""Tests of symconv.exercises."""

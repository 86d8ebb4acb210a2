"""Tests of symconv.language."""

"""Tests of symconv.arithmetic."""

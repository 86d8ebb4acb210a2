"""Tests of symconv.decision."""

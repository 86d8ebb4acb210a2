"""Tests of symconv.formal."""

"""Tests of symconv.catalogue."""

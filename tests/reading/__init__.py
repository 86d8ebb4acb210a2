"""Tests of symconv.reading."""

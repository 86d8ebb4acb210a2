"""Tests of symconv.reading.text."""

"""Tests of symconv.text."""

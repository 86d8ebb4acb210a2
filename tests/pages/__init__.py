"""Tests of symconv.pages."""

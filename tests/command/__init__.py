"""Tests of symconv.command."""

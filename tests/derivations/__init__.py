"""Tests of symconv.derivations."""

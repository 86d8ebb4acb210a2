"""Tests of symconv.decision.solving.merging."""

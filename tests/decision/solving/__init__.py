"""Tests of symconv.decision.solving."""

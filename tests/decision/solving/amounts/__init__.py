"""Tests of symconv.decision.solving.amounts."""

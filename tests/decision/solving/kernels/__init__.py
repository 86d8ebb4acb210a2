"""Tests of symconv.decision.solving.kernels."""

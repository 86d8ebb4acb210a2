"""Tests of what is found: kernels, amounts, merged layers."""

"""Signals and their operators, and the readings of them."""

"""Integers as polynomials, sums over them, and sets of them."""

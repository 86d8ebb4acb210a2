"""Tests of networks of functions and maxima."""

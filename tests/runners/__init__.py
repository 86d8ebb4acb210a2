"""Checks without an end, to be run from the shell as `python -m tests.runners.…`."""

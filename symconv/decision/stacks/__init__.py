"""A layer that is applied a number of times, which may be a symbol."""

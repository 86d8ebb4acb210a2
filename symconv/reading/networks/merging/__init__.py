"""Which layers of a network are one layer, in the terms of its framework and in numbers."""

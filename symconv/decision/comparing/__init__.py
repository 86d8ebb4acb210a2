"""Two networks compared: the same for all sizes and all weights, or where they are not."""

"""Two computations of tensors by layers, compared: equal for all sizes, or where they differ."""

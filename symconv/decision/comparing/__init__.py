"""Two computations of tensors by layers, compared: equal for all sizes and weights, or where not."""

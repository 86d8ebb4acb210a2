"""Finding what is not known yet in a claim: kernels, amounts, and the layer that a chain is."""

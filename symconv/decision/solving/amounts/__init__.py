"""Unknown amounts, as paddings and strides: those with which a claim holds."""

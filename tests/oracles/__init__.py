"""Second answers, which know nothing of how symconv finds the first: what tests hold it against."""

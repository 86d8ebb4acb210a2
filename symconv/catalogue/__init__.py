"""The claims that are known by name."""

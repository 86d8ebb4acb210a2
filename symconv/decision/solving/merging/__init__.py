"""The one layer that a chain of linear layers is, and what it saves."""

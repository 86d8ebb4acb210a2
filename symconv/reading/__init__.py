"""What others have written, read as tensors and claims: text, and networks of PyTorch."""

"""Unknown kernels: read off, proved to serve, or shown not to be there."""

"""Tests of symconv.reading.networks.merging."""

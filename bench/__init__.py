"""Benchmarks against named peers, one command each: `make bench NAME=population`."""

"""Benchmarks, one command each; what they print and write is for people."""

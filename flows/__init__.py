"""Flows, settings and the `gfn` command."""

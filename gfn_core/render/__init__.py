"""Rendering: one resampling per frame."""

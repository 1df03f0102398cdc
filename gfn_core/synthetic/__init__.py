"""Scenes that the project draws itself, with known camera motion."""

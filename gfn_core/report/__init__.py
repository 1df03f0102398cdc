"""Pages that show what was done: one per clip, one for the archive. Plain HTML, no network."""

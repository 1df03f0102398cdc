"""The media edge: probing, reading and writing video files."""

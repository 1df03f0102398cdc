"""Training: synthetic scenes, teachers, losses, loops."""

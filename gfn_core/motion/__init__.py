"""Global motion: its model, its estimation from tracks, its composition."""

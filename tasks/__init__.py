"""One thin Prefect task per stage."""

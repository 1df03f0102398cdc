"""Measures of stability, fidelity and accuracy, independent of the pipeline."""

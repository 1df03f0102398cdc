"""The subspaces of a low-pass filter, by name; apart from them, so that naming one is quick."""

from enum import StrEnum


class Subspace(StrEnum):
    """What a low-pass filter lets through."""

    DCT = "dct"  # each channel for itself
    BASES_DCT = "bases+dct"  # horizontal and vertical flow together

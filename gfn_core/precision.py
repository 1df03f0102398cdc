"""How exactly networks reckon, by name; apart from torch, so that naming it does not load it."""

from enum import StrEnum


class Precision(StrEnum):
    """What users call the numbers that a network works with."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"  # quicker where the hardware has it; tracks make the motion exact

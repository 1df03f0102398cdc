"""Where networks run, by name; apart from torch, so that naming a device does not load it."""

from enum import StrEnum


class DeviceName(StrEnum):
    """What users call a device."""

    AUTO = "auto"  # a GPU where there is one
    CPU = "cpu"
    CUDA = "cuda"

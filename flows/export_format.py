"""What `gfn export` writes; apart from it, so that naming a format loads nothing."""

from enum import StrEnum


class ExportFormat(StrEnum):
    """What is written for each clip."""

    CSV = "csv"
    JSON = "json"
    TRF = "trf"
    STMAP = "stmap"

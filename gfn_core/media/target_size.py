"""How large an output is to be."""

import re
from dataclasses import dataclass

from gfn_core.errors import SettingsError

UNITS = {"": 1, "K": 1e3, "M": 1e6, "G": 1e9}
LEAST_BITS_PER_SECOND = 16_000
CONTAINER_SHARE = 0.01  # of the size goes into the container's own tables


@dataclass(frozen=True)
class TargetSize:
    """A share of each source's size, or a size of its own."""

    share: float = 0.0
    size_bytes: int = 0

    @classmethod
    def parse(cls, text: str) -> "TargetSize":
        """Read "60%" or "25M"; raises `SettingsError`."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%|B|[KMG]B?)", text.strip(), re.IGNORECASE)
        if not found or not float(found[1]):
            raise SettingsError(f"target size {text!r}: give a share like 60%, or a size like 25M")
        value, unit = float(found[1]), found[2].upper().removesuffix("B")
        return cls(share=value / 100) if unit == "%" else cls(size_bytes=int(value * UNITS[unit]))

    def __str__(self) -> str:
        return f"{self.share * 100:g}%" if self.share else f"{self.size_bytes}B"

    def bits_per_second(self, source_bytes: int, other_bytes: int, seconds: float) -> int:
        """Bit rate of the picture, beside `other_bytes` of sound and the like that are copied."""
        whole = (self.size_bytes or self.share * source_bytes) * (1 - CONTAINER_SHARE)
        return max(LEAST_BITS_PER_SECOND, int(8 * (whole - other_bytes) / max(seconds, 0.1)))

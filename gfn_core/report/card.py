"""A clip in brief: what the archive's page shows of it, carried inside the clip's own page."""

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Card:
    """One clip; all of it plain JSON."""

    video: str
    frames: int
    seconds: float
    shots: int
    treatment: str  # as `gfn_core.smoothing.trajectory.Treatment`
    crop: float  # least width shown, share of the frame
    confidence: float  # mean
    shake_before_px: float  # mean acceleration, px (of 1920) a frame squared
    shake_after_px: float
    spark_before: list[float]
    spark_after: list[float]
    findings: list[dict[str, Any]]  # as `Finding.as_row`
    thumbnail: str  # data address; empty where no frame could be decoded

    def to_json(self) -> str:
        """Return JSON that may stand inside a `<script>` element."""
        return script_safe(json.dumps(asdict(self), separators=(",", ":")))

    @classmethod
    def from_json(cls, text: str) -> "Card":
        """Invert `to_json`; raises `ValueError` or `TypeError` where it is not one."""
        return cls(**json.loads(text))


def script_safe(text: str) -> str:
    """Escape JSON so that nothing in it ends the `<script>` element around it."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

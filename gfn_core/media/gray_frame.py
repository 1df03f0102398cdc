"""A frame for analysis, and the protocol of those who read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class GrayFrame:
    """The luma of one frame, scaled for analysis."""

    index: int  # from 0, in the order of presentation
    pts: int  # in ticks of the stream's time base
    pts_seconds: float
    luma: NDArray[np.uint8]  # (H, W), 0 to 255 whatever the range of the source


class FrameReader(Protocol):
    """Reads a video once, from its first frame to its last, holding few frames in memory."""

    @property
    def name(self) -> str:
        """Which decoder reads: "decord" or "pyav"."""

    @property
    def has_failed(self) -> bool:
        """Whether frames read so far came from another decoder, because this one gave up."""

    def __iter__(self) -> Iterator[GrayFrame]: ...

    def frames_from(self, first: int) -> Iterator[GrayFrame]:
        """Iterate from frame `first` on, from a key frame before it; raises FramesDiffer."""

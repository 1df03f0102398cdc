"""What smoothing decides: for each frame, which part of the source the output shows."""

from dataclasses import dataclass

import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.similarity import Similarity


@dataclass(frozen=True)
class Trajectory:
    """Corrections of one video; entry t takes points of the output window to source frame t.

    The output frame is the window of `window` times the frame, so the whole warp of frame t from
    output to source is `correction[t]` after a scaling by `window`.
    """

    geometry: FrameGeometry
    window: float  # nominal width of what is shown / frame width, at most 1
    correction: Similarity  # (N,)

    def __len__(self) -> int:
        return len(self.correction.linear)

    @property
    def shown(self) -> FloatArray:
        """Width of what each frame shows / frame width, (N,): the window, zoomed."""
        return self.window * np.abs(self.correction.linear)

    @property
    def output_to_source(self) -> Similarity:
        """Warp (N,) from points of the output frame to points of the source frame."""
        return Similarity(self.correction.linear * self.window, self.correction.translation)

"""A frame on which motion is found: prepared once for each purpose that it serves."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.alignment_frame import AlignmentFrame, alignment_frame
from gfn_core.motion.bases import OrthonormalBases
from gfn_core.motion.tracks import TrackedFrame, TrackingSettings, prepare


@dataclass(frozen=True, eq=False)
class AnalysisFrame:
    """Second frame of one pair and first of the next; `bases` belong to all frames of a video."""

    luma: NDArray[np.uint8]  # (H, W)
    geometry: FrameGeometry  # of the luma
    bases: OrthonormalBases
    tracking: TrackingSettings

    @cached_property
    def tracked(self) -> TrackedFrame:
        """Ready for tracks."""
        return prepare(self.luma, self.tracking)

    @cached_property
    def alignment(self) -> AlignmentFrame:
        """Ready for image alignment, which most pairs do without."""
        return alignment_frame(self.luma, self.geometry, self.bases)

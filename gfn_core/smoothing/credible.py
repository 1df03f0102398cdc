"""What stage 1 believes of a motion, and how much of its corrections is kept."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.rest import at_rest, scaled_back
from gfn_core.smoothing.stage_one import frame_rate, shots
from gfn_core.smoothing.trajectory import Trajectory
from gfn_core.smoothing.trust import FOR_MOVING, believed, bridged, long_doubt, pair_trust


@dataclass(frozen=True)
class Credible:
    """The motion of a video with what is doubtful in it bridged."""

    motion: Motion
    steps: Similarity  # (N,) its similarity, which stage 1 smooths
    kept: FloatArray  # (N,) share of stage 1's corrections

    @classmethod
    def of(cls, found: Motion) -> Self:
        """Judge the motion that was found."""
        rate, all_shots = frame_rate(found.pts_seconds), shots(found.shot_start)
        trust = believed(found, pair_trust(found, FOR_MOVING), all_shots, rate)
        steps = bridged(found, trust, all_shots, rate)
        doubtful = (trust < 1)[:, None, None]
        homography = np.where(doubtful, steps.matrix, found.homography)
        return cls(
            replace(found, homography=homography), steps, 1 - long_doubt(trust, all_shots, rate)
        )

    def corrected(self, moved: Trajectory) -> Trajectory:
        """Return stage 1's corrections as they are used where nothing is bent."""
        return at_rest(scaled_back(moved, self.kept), shots(self.motion.shot_start))

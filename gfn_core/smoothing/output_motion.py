"""How the picture of the output moves, if the motion of the source is true."""

import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.motion.homography import inverse
from gfn_core.motion.model import Motion
from gfn_core.smoothing.trajectory import Trajectory


def output_motion(motion: Motion, trajectory: Trajectory) -> FloatArray:
    """Return motions (N, 3, 3) from each output frame to the next; identity where a shot starts."""
    warp, moved = trajectory.output_to_source, motion.homography.copy()
    moved[1:] = inverse(warp[1:]) @ moved[1:] @ warp[:-1]
    moved[motion.shot_start] = np.eye(3)
    return moved

"""Both stages of smoothing: frames are moved, then bent in the room that is left."""

from gfn_core.motion.model import Motion
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.stage_one import frame_rate, smooth
from gfn_core.smoothing.stage_two import bent
from gfn_core.smoothing.trajectory import Trajectory


def smooth_motion(motion: Motion, settings: StageOneSettings) -> Trajectory:
    """Smooth the camera path of one video."""
    rate = frame_rate(motion.pts_seconds)
    moved = smooth(motion.similarity, motion.shot_start, motion.geometry, rate, settings)
    return bent(motion, moved, rate, settings.bend)

"""All of smoothing: frames are moved, then bent in the room that is left; when in doubt, less."""

from gfn_core.motion.model import Motion
from gfn_core.smoothing.credible import Credible
from gfn_core.smoothing.rest import at_rest, scaled_back
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.stage_one import frame_rate, shots, smooth
from gfn_core.smoothing.stage_two import bent
from gfn_core.smoothing.trajectory import Trajectory


def smooth_motion(motion: Motion, settings: StageOneSettings) -> Trajectory:
    """Smooth the camera path of one video."""
    rate, credible = frame_rate(motion.pts_seconds), Credible.of(motion)
    moved = smooth(credible.steps, motion.shot_start, motion.geometry, rate, settings)
    moved = scaled_back(moved, credible.kept)
    return at_rest(bent(motion, moved, rate, settings.bend), shots(motion.shot_start))

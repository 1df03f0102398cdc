"""All of smoothing: frames are moved, then bent in the room that is left; when in doubt, less."""

from gfn_core.motion.model import Motion
from gfn_core.smoothing.rest import at_rest, scaled_back
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.stage_one import frame_rate, shots, smooth
from gfn_core.smoothing.stage_two import bent
from gfn_core.smoothing.trajectory import Trajectory
from gfn_core.smoothing.trust import FOR_MOVING, believed, bridged, long_doubt, pair_trust


def smooth_motion(motion: Motion, settings: StageOneSettings) -> Trajectory:
    """Smooth the camera path of one video."""
    rate, all_shots = frame_rate(motion.pts_seconds), shots(motion.shot_start)
    pairs = believed(motion, pair_trust(motion, FOR_MOVING), all_shots, rate)
    credible = bridged(motion, pairs, all_shots)
    moved = smooth(credible, motion.shot_start, motion.geometry, rate, settings)
    moved = scaled_back(moved, 1 - long_doubt(pairs, all_shots, rate))
    return at_rest(bent(motion, moved, rate, settings.bend), all_shots)

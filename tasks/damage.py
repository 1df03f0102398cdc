"""How much of a source could be decoded, against what it says it holds."""

import numpy as np

from gfn_core.media.video_info import VideoInfo
from gfn_core.motion.model import Motion

MISSING_SECONDS, MISSING_SHARE = 0.5, 0.02  # of the declared duration; less is rounding
MISSING_FRAMES = 1  # or that share; some codecs have packets without a frame


def damage(motion: Motion, info: VideoInfo) -> str:
    """Say what is lost; empty where all is there.

    A broken tail ends the frames long before the container's own duration; damage within costs the
    frames of the packets that it hit.
    """
    decoded = float(np.ptp(motion.pts_seconds)) + float(1 / info.frame_rate)
    declared = info.declared_seconds or 0.0
    if decoded <= declared * (1 - MISSING_SHARE) - MISSING_SECONDS:
        return f"damaged: only {decoded:.1f} s of {declared:.1f} s can be decoded"
    if len(motion) < info.frame_count - max(MISSING_FRAMES, MISSING_SHARE * info.frame_count):
        return f"damaged: only {len(motion)} of {info.frame_count} frames can be decoded"
    return ""

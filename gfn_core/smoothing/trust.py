"""How far each frame's correction can rely on the motion that was found.

A blank wall, darkness, a whip pan or one object that fills the frame leave motions that are no
camera's; corrections made from them would be new shake.
"""

from collections.abc import Iterable

import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.motion.model import Motion

DOUBTFUL, SURE = 0.1, 0.5  # confidence of a motion that is worth nothing, and everything
RULED, SHARED = 0.1, 0.35  # background's share of a frame that an object rules, and shares
REACH_SECONDS = 0.25  # a frame this close to a doubtful motion is doubtful itself


def pair_trust(motion: Motion) -> FloatArray:
    """Trust (N,), 0 to 1, in the motion from each frame's predecessor; 1 where a shot starts."""
    known = _step(motion.confidence, DOUBTFUL, SURE)
    seen = _step(motion.background_share, RULED, SHARED)
    return np.where(motion.shot_start, 1.0, known * seen)


def frame_trust(pairs: FloatArray, shots: Iterable[slice], frame_rate: float) -> FloatArray:
    """Trust (N,) in the corrections of frames: the least of all motions near, faded in and out.

    The same forward and backward in time.
    """
    reach = max(1, round(REACH_SECONDS * frame_rate))
    trust = np.ones(len(pairs))
    for shot in shots:
        inner = pairs[shot.start + 1 : shot.stop]  # between the frames
        if len(inner) == 0 or inner.min() == 1:
            continue
        both = np.concatenate([np.ones(reach), inner, np.ones(reach)])
        least = np.lib.stride_tricks.sliding_window_view(both, 2 * reach).min(axis=-1)
        fade = np.hanning(2 * reach + 1)
        faded = np.pad(least, reach, mode="edge")
        trust[shot] = np.convolve(faded, fade / fade.sum(), mode="valid")
    return trust


def _step(values: FloatArray, low: float, high: float) -> FloatArray:
    """From 0 at `low` to 1 at `high`, smoothly."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))

"""Paths: motion accumulated over the frames of each shot."""

import numpy as np
from numpy.typing import NDArray

from gfn_core.motion.similarity import Similarity


def accumulate(motion: Similarity, shot_start: NDArray[np.bool_]) -> Similarity:
    """Compose frame-to-frame motion (N,) into the path (N,) from each shot's first frame.

    path[t] = motion[t] after path[t-1]; a shot starts anew at the identity.
    """
    linear = np.ones(len(shot_start), complex)
    translation = np.zeros(len(shot_start), complex)
    for t in range(1, len(shot_start)):
        if not shot_start[t]:
            linear[t] = motion.linear[t] * linear[t - 1]
            translation[t] = motion.linear[t] * translation[t - 1] + motion.translation[t]
    return Similarity(linear, translation)


def stabilized_path(path: Similarity, correction: Similarity) -> Similarity:
    """Path of the output: what is left of `path` once each frame is shown through `correction`."""
    return correction.inverse() @ path

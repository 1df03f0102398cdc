"""What needs no correction gets none.

Motion is known to a fraction of a pixel only. A shot whose corrections are no larger than that
stands still, or moves as it was meant to: its frames are shown whole, as they are. All of a shot or
none of it, so that the window never breathes.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.motion.residual import RESIDUAL
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.output_path import radius
from gfn_core.smoothing.trajectory import Trajectory

RESTING = 1e-3  # half-widths, root mean square over frames: 1 px of 1920
RESTING_AT_MOST = 2.5e-3


def displacement(trajectory: Trajectory) -> FloatArray:
    """Root mean square way (N,) of the frame's points under both stages, half-widths."""
    turned = np.abs(trajectory.correction.linear - 1) * radius(trajectory.geometry)
    moved = np.abs(trajectory.correction.translation)
    parts = np.column_stack([turned, moved, trajectory.residual])
    return np.asarray(np.linalg.norm(parts, axis=1))


def scaled_back(trajectory: Trajectory, share: FloatArray) -> Trajectory:
    """Leave only `share` (N,), 0 to 1, of each correction.

    The window stays inside the frame: corrections that keep it so are a convex set with the
    identity in it.
    """
    correction = trajectory.correction
    linear = 1 + share * (correction.linear - 1)
    return replace(trajectory, correction=Similarity(linear, share * correction.translation))


def at_rest(trajectory: Trajectory, shots: Iterable[slice]) -> Trajectory:
    """Show shots in which nothing is to be corrected as they are: neither cut nor resampled."""
    size = displacement(trajectory)
    linear, translation = (
        trajectory.correction.linear.copy(),
        trajectory.correction.translation.copy(),
    )
    residual = trajectory.residual.copy()
    for shot in shots:
        if np.sqrt(np.mean(size[shot] ** 2)) < RESTING and size[shot].max() < RESTING_AT_MOST:
            linear[shot], translation[shot] = 1 / trajectory.window, 0
            residual[shot] = np.zeros(RESIDUAL)
    return replace(trajectory, correction=Similarity(linear, translation), residual=residual)

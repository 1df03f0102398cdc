"""How strange a doubtful motion is: how far from what the sure ones before and after it foretell.

Where the camera shakes they foretell little. A blurred frame's own motion, for all its doubt, is
then nearer to the truth than one interpolated, which would put the shake into the output.
"""

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.output_path import radius

FEWEST_SURE = 8
LEAST_USUAL = 5e-4  # half-widths: 0.5 px of 1920, what estimates err by
USUAL_QUANTILE = 0.75


def strangeness(
    motion: Similarity, is_sure: NDArray[np.bool_], geometry: FrameGeometry, reach: int
) -> FloatArray:
    """Return how far each motion (n,) is from what is foretold, in times of what is usual (n,).

    What is usual is how far sure motions lie from what their own neighbours foretell, over `reach`
    of them on both sides. Infinite where too few are sure.
    """
    n, sure = len(is_sure), np.flatnonzero(is_sure)
    if len(sure) < FEWEST_SURE:
        return np.full(n, np.inf)
    ways = _in_half_widths(motion, geometry)
    before, here, after = sure[:-2], sure[1:-1], sure[2:]
    share = ((here - before) / (after - before))[:, None]
    away = np.linalg.norm(ways[here] - (1 - share) * ways[before] - share * ways[after], axis=1)
    around = np.lib.stride_tricks.sliding_window_view(
        np.pad(away, reach, mode="edge"), 2 * reach + 1
    )
    usual = np.quantile(around, USUAL_QUANTILE, axis=-1).clip(LEAST_USUAL)
    frames = np.arange(n)
    foretold = np.stack([np.interp(frames, sure, way) for way in ways[sure].T], axis=-1)
    distance = np.linalg.norm(ways - foretold, axis=1)
    return np.asarray(distance / np.interp(frames, here, usual))


def _in_half_widths(motion: Similarity, geometry: FrameGeometry) -> FloatArray:
    """Parameters (n, 4) as root mean square ways over the frame."""
    turned = np.stack([motion.rotation_rad, motion.log_scale], axis=-1) * radius(geometry)
    return np.column_stack([motion.translation.real, motion.translation.imag, turned])

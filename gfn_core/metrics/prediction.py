"""What a stabilized video will measure, predicted from stored motion without rendering it.

The figures are those of `metrics.stability`, of the path that the output's picture takes if the
stored motion is true: W[t]^-1 motion[t] W[t-1], where W takes the output to the source.
"""

import math
from dataclasses import dataclass

import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.metrics.stability import (
    HALF_WIDTH_PX,
    POINT_COLUMNS,
    POINT_ROWS,
    STILL_PX,
    jitter,
    mean_acceleration,
    point_motion,
    slow_share,
)
from gfn_core.metrics.tracked_path import CELL_COLUMNS, CELL_ROWS, TrackedPath
from gfn_core.motion.homography import inverse
from gfn_core.motion.model import Motion
from gfn_core.motion.residual import RESIDUAL
from gfn_core.motion.residual_flow import cosines
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.output_motion import output_motion
from gfn_core.smoothing.trajectory import Trajectory


@dataclass(frozen=True)
class Prediction:
    """Figures of one video at one setting; lengths in px of a frame 1920 px wide."""

    window: float  # width of what is shown / width of the frame
    jitter_px: float
    acceleration_px: float  # a frame squared
    flow_stability: float  # share of the whole global flow's path that is slow, 0 to 1
    largest_correction_px: float  # shift of the window
    lost_view: float  # share of the frame's area that is not shown, mean over the frames


def predict(motion: Motion, window: float, correction: Similarity) -> Prediction:
    """Predict the figures of the video shown through `correction` (N,) at `window`."""
    path = output_path(motion, window, correction)
    moved = point_motion(path)
    shift = np.abs(correction.translation).max(initial=0)
    return Prediction(
        window,
        jitter(moved) * HALF_WIDTH_PX,
        mean_acceleration(moved, path) * HALF_WIDTH_PX,
        flow_stability(motion, _seen_through(motion, window, correction)),
        float(shift * HALF_WIDTH_PX),
        float(1 - np.mean((window * np.abs(correction.linear)) ** 2)),
    )


def flow_stability(motion: Motion, shown: Trajectory) -> float:
    """Score the stored global flow, DCT part included, as the output `shown` shows it.

    Points spread over the output are carried by the flow from frame to frame; of their paths, added
    up, the share of energy in the lowest frequencies (docs/measures.md).
    """
    points = motion.geometry.grid(POINT_COLUMNS, POINT_ROWS).reshape(-1, 2)
    warp = shown.output_to_source
    source = _projected(warp[:-1], np.tile(points, (len(warp) - 1, 1, 1)))
    moved = _projected(motion.homography[1:], source)
    if motion.dct.shape[1]:
        coefficients = motion.dct[1:].reshape(len(moved), 2, -1)
        waves = cosines(source.reshape(-1, 2), motion.geometry, math.isqrt(coefficients.shape[-1]))
        moved += np.einsum("npk,nck->npc", waves.reshape(*source.shape[:2], -1), coefficients)
    step = _projected(inverse(warp[1:]), moved) - points
    step[motion.shot_start[1:]] = 0
    path = np.vstack([np.zeros(points.size), step.reshape(-1, points.size).cumsum(axis=0)])
    return slow_share(path, STILL_PX / HALF_WIDTH_PX * len(points) ** 0.5)


def _projected(homographies: FloatArray, points: FloatArray) -> FloatArray:
    """Take `points` (N, P, 2) through `homographies` (N, 3, 3), one for each N."""
    moved = np.einsum("nij,npj->npi", homographies[..., :2], points) + homographies[:, None, :, 2]
    return np.asarray(moved[..., :2] / moved[..., 2:])


def output_path(motion: Motion, window: float, correction: Similarity) -> TrackedPath:
    """Path of the output's picture, in the form in which paths are measured."""
    count = len(motion)
    inside = ~motion.shot_start & (np.arange(count) > 0)
    step = np.where(
        inside[:, None, None],
        output_motion(motion, _seen_through(motion, window, correction)),
        np.eye(3),
    )
    residual = np.zeros((count, CELL_ROWS, CELL_COLUMNS, 2))
    return TrackedPath(motion.geometry, step, inside, residual)


def _seen_through(motion: Motion, window: float, correction: Similarity) -> Trajectory:
    return Trajectory(motion.geometry, window, correction, np.zeros((len(motion), RESIDUAL)))

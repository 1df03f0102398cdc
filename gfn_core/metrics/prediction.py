"""What a stabilized video will measure, predicted from stored motion without rendering it.

The figures are those of `metrics.stability`, of the path that the output's picture takes if the
stored motion is true: W[t]^-1 motion[t] W[t-1], where W takes the output to the source.
"""

from dataclasses import dataclass

import numpy as np

from gfn_core.metrics.stability import (
    HALF_WIDTH_PX,
    jitter,
    mean_acceleration,
    point_motion,
)
from gfn_core.metrics.tracked_path import CELL_COLUMNS, CELL_ROWS, TrackedPath
from gfn_core.motion.model import Motion
from gfn_core.motion.residual import RESIDUAL
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.output_motion import output_motion
from gfn_core.smoothing.trajectory import Trajectory


@dataclass(frozen=True)
class Prediction:
    """Figures of one video at one setting; lengths in px of a frame 1920 px wide."""

    window: float  # width of what is shown / width of the frame
    jitter_px: float
    acceleration_px: float  # a frame squared
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
        float(shift * HALF_WIDTH_PX),
        float(1 - np.mean((window * np.abs(correction.linear)) ** 2)),
    )


def output_path(motion: Motion, window: float, correction: Similarity) -> TrackedPath:
    """Path of the output's picture, in the form in which paths are measured."""
    count = len(motion)
    seen_through = Trajectory(motion.geometry, window, correction, np.zeros((count, RESIDUAL)))
    inside = ~motion.shot_start & (np.arange(count) > 0)
    step = np.where(inside[:, None, None], output_motion(motion, seen_through), np.eye(3))
    residual = np.zeros((count, CELL_ROWS, CELL_COLUMNS, 2))
    return TrackedPath(motion.geometry, step, inside, residual)

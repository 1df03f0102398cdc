"""How much a picture shakes, by its stored motion alone: no frame is looked at."""

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import ComplexArray, Similarity
from gfn_core.smoothing.trajectory import Trajectory

HALF_WIDTH_PX = 960.0  # px of a frame 1920 px wide, as in docs/measures.md
POINT_COLUMNS, POINT_ROWS = 5, 3


def source_steps(motion: Motion) -> ComplexArray:
    """Way (N, P) of points all over the frame from each frame to the next, half-widths."""
    return _steps(motion.similarity, motion)


def output_steps(motion: Motion, trajectory: Trajectory) -> ComplexArray:
    """The same in the stabilized video."""
    correction = trajectory.correction
    before = correction[np.maximum(np.arange(len(motion)) - 1, 0)]
    seen = correction.inverse() @ motion.similarity @ before
    return _steps(seen, motion)


def mean_acceleration_px(steps: ComplexArray, shot_start: NDArray[np.bool_]) -> float:
    """Mean magnitude of the change of `steps` (N, P) within shots, px of a frame 1920 px wide."""
    inside = ~(shot_start[1:] | shot_start[:-1])
    change = np.abs(np.diff(steps, axis=0))[inside]
    return float(change.mean() * HALF_WIDTH_PX) if change.size else 0.0


def shake_px(motion: Motion, trajectory: Trajectory) -> tuple[float, float]:
    """Mean acceleration of the source and of the output."""
    return (
        mean_acceleration_px(source_steps(motion), motion.shot_start),
        mean_acceleration_px(output_steps(motion, trajectory), motion.shot_start),
    )


def local_median(values: FloatArray, reach: int) -> FloatArray:
    """Median (N, ...) of `values` (N, ...) over `reach` frames on either side."""
    padded = np.pad(values, [(reach, reach)] + [(0, 0)] * (values.ndim - 1), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)
    return np.asarray(np.median(windows, axis=-1))


def _steps(similarity: Similarity, motion: Motion) -> ComplexArray:
    points = motion.geometry.grid(POINT_COLUMNS, POINT_ROWS).reshape(-1, 2) @ np.array([1, 1j])
    steps = (similarity.linear - 1)[:, None] * points + similarity.translation[:, None]
    return np.asarray(np.where(motion.shot_start[:, None], 0, steps))

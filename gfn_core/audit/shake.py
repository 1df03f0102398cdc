"""How much a picture shakes, by its stored motion alone: no frame is looked at."""

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray
from gfn_core.motion.homography import transform
from gfn_core.motion.model import Motion
from gfn_core.smoothing.output_motion import output_motion
from gfn_core.smoothing.trajectory import Trajectory

HALF_WIDTH_PX = 960.0  # px of a frame 1920 px wide, as in docs/measures.md
POINT_COLUMNS, POINT_ROWS = 5, 3


def source_steps(motion: Motion) -> FloatArray:
    """Way (N, P, 2) of points all over the frame from each frame to the next, half-widths."""
    return _steps(motion.homography, motion)


def output_steps(motion: Motion, trajectory: Trajectory) -> FloatArray:
    """The same in the stabilized video, in the source's scale: not magnified by the crop."""
    to_source_scale = np.diag([trajectory.window, trajectory.window, 1])
    moved = to_source_scale @ output_motion(motion, trajectory) @ np.linalg.inv(to_source_scale)
    return _steps(moved, motion)


def source_warps(trajectory: Trajectory) -> FloatArray:
    """Warps (N, 3, 3) from points of the window, in the source's scale, to the source frame."""
    to_output = np.diag([1 / trajectory.window, 1 / trajectory.window, 1])
    return trajectory.output_to_source @ to_output


def mean_acceleration_px(steps: FloatArray, shot_start: NDArray[np.bool_]) -> float:
    """Mean magnitude of the change of `steps` (N, P, 2) within shots; px, of 1920."""
    inside = ~(shot_start[1:] | shot_start[:-1])
    change = accelerations_px(steps)[1:][inside]
    return float(change.mean()) if change.size else 0.0


def accelerations_px(steps: FloatArray) -> FloatArray:
    """Magnitude (N,) of the change of `steps` (N, P, 2), px of a frame 1920 px wide."""
    change = np.diff(steps, axis=0, prepend=steps[:1])
    return np.asarray(np.linalg.norm(change, axis=-1).mean(axis=-1) * HALF_WIDTH_PX)


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


def _steps(homography: FloatArray, motion: Motion) -> FloatArray:
    points = motion.geometry.grid(POINT_COLUMNS, POINT_ROWS).reshape(-1, 2)
    steps = transform(homography, points) - points
    return np.asarray(np.where(motion.shot_start[:, None, None], 0.0, steps))

"""The course of a clip over time, as its page draws it."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gfn_core.audit.shake import accelerations_px, output_steps, source_steps, source_warps
from gfn_core.geometry import FloatArray
from gfn_core.motion.homography import transform
from gfn_core.motion.model import Motion
from gfn_core.motion.path import accumulate, stabilized_path
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.trajectory import Trajectory

SIDES = ("left", "right", "top", "bottom")
SPARK_BINS = 48


@dataclass(frozen=True)
class Course:
    """Motion and trajectory of one clip of N frames, and what follows from both."""

    motion: Motion
    trajectory: Trajectory

    @property
    def pts_seconds(self) -> FloatArray:
        """Time of each frame, (N,)."""
        return self.motion.pts_seconds

    @property
    def raw(self) -> Similarity:
        """The camera's path, (N,)."""
        return accumulate(self.motion.similarity, self.motion.shot_start)

    @property
    def smooth(self) -> Similarity:
        """The output's path, (N,)."""
        return stabilized_path(self.raw, self.trajectory.correction)

    @property
    def cut_seconds(self) -> FloatArray:
        """Times at which shots begin, but for the first."""
        return np.asarray(self.pts_seconds[1:][self.motion.shot_start[1:]])

    @property
    def corners(self) -> FloatArray:
        """Corners (N, 4, 2) of what the output shows, in the source frame, half-widths."""
        window = CropWindow(self.trajectory.geometry, self.trajectory.window)
        return transform(source_warps(self.trajectory), window.corners)

    @property
    def room(self) -> FloatArray:
        """Room (N, 4) between the window and each side of the frame, shares of its width."""
        limit_x, limit_y = CropWindow(self.trajectory.geometry, 1.0).frame_half_size
        x, y = self.corners[..., 0], self.corners[..., 1]
        rooms = (x.min(-1) + limit_x, limit_x - x.max(-1), y.min(-1) + limit_y, limit_y - y.max(-1))
        return np.stack(rooms, axis=-1) / 2

    def most_corrected(self, among: NDArray[np.bool_]) -> int:
        """Frame, `among` (N,) some, whose window is furthest from the middle.

        Among all where there are none; 0 where nothing is corrected.
        """
        window = CropWindow(self.trajectory.geometry, self.trajectory.window)
        away = np.linalg.norm(self.corners - window.corners, axis=-1).max(axis=-1)
        return int((away * among if among.any() else away).argmax()) if len(away) else 0

    def line(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Times and `values` (N,) as a line that breaks at cuts, thinned for drawing."""
        cuts = np.flatnonzero(self.motion.shot_start[1:]) + 1
        times = self.pts_seconds
        return thinned(np.insert(times, cuts, times[cuts]), np.insert(values, cuts, np.nan))

    def spark(self) -> tuple[list[float], list[float]]:
        """Shake over time in at most 48 bins, px (of 1920) a frame squared: before and after."""
        before = accelerations_px(source_steps(self.motion))
        after = accelerations_px(output_steps(self.motion, self.trajectory))
        start = self.motion.shot_start
        inside = ~(start | np.concatenate([start[:1], start[:-1]]))
        return _binned(before, inside), _binned(after, inside)


def thinned(
    times: FloatArray, values: FloatArray, columns: int = 1000
) -> tuple[FloatArray, FloatArray]:
    """Keep least and greatest of `values` (N,) in each of `columns`: a plot looks the same."""
    count = len(values)
    if count <= 2 * columns:
        return times, values
    bounds = np.linspace(0, count, columns + 1).astype(int)
    kept = [
        first + at
        for first, end in pairwise(bounds)
        for at in sorted({int(values[first:end].argmin()), int(values[first:end].argmax())})
    ]
    return times[kept], values[kept]


def _binned(values: FloatArray, known: NDArray[np.bool_]) -> list[float]:
    bounds = np.linspace(0, len(values), min(SPARK_BINS, len(values)) + 1).astype(int)
    bins = (slice(a, b) for a, b in pairwise(bounds))
    means = (values[bin_][known[bin_]] for bin_ in bins)
    return [round(float(mean.mean()), 2) if mean.size else 0.0 for mean in means]

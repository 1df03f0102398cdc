"""How steady a video is: figures of its tracked path. Formulas and pitfalls: docs/measures.md.

Lengths are px of a frame 1920 px wide; times are counted in frames.
"""

from dataclasses import dataclass

import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.metrics.tracked_path import TrackedPath
from gfn_core.motion.similarity import ComplexArray

HALF_WIDTH_PX = 960.0
JITTER_SIGMA_FRAMES = 10.0  # half of the amplitude is kept at 0.0187 cycles a frame
POINT_COLUMNS, POINT_ROWS = 5, 3  # where the motion of the whole frame is looked at
NUS_LOWEST_BINS = 5  # the 2nd to 6th of the spectrum, the first being its constant part
STILL_PX, STILL_RAD = 0.1, 1e-4  # a path that strays less has no motion to speak of


@dataclass(frozen=True)
class StabilityFigures:
    """Figures of one video; the lower the steadier, but for the two scores, which go to 1."""

    acceleration_px: float  # a frame squared, all four parameters
    acceleration_translation_px: float
    jitter_px: float  # all four parameters
    jitter_translation_px: float
    local_jitter_px: float  # what differs from place to place
    nus_translation: float  # 0 to 1
    nus_rotation: float  # 0 to 1
    failures: int  # frames whose motion could not be found

    @property
    def nus_minimum(self) -> float:
        """The worse of the two scores."""
        return min(self.nus_translation, self.nus_rotation)

    @property
    def nus_average(self) -> float:
        """The mean of the two scores."""
        return (self.nus_translation + self.nus_rotation) / 2


def stability(path: TrackedPath, sigma_frames: float = JITTER_SIGMA_FRAMES) -> StabilityFigures:
    """Return all figures of one tracked video."""
    everywhere = point_motion(path)
    center = path.similarity.translation[:, None]
    translation, rotation = nus_scores(path)
    return StabilityFigures(
        mean_acceleration(everywhere, path) * HALF_WIDTH_PX,
        mean_acceleration(center, path) * HALF_WIDTH_PX,
        jitter(everywhere, sigma_frames) * HALF_WIDTH_PX,
        jitter(center, sigma_frames) * HALF_WIDTH_PX,
        local_jitter(path, sigma_frames) * HALF_WIDTH_PX,
        translation,
        rotation,
        path.failures,
    )


def point_motion(path: TrackedPath) -> ComplexArray:
    """Motion (N, P) of points spread over the frame under the frame's similarity, half-widths."""
    points = path.geometry.grid(POINT_COLUMNS, POINT_ROWS).reshape(-1, 2) @ np.array([1, 1j])
    return path.similarity.flow(points)


def mean_acceleration(motion: ComplexArray, path: TrackedPath) -> float:
    """Mean magnitude of the path's second difference; `motion` (N, P) is its first.

    Only where both motions are known; 0 where they are nowhere.
    """
    known = path.tracked[2:] & path.tracked[1:-1]
    change = np.abs(np.diff(motion[1:], axis=0))[known]
    return float(change.mean()) if change.size else 0.0


def jitter(motion: ComplexArray, sigma_frames: float = JITTER_SIGMA_FRAMES) -> float:
    """Root mean square of the path less its Gaussian mean; `motion` (N, P) is its difference."""
    swing = high_passed(np.cumsum(motion, axis=0), sigma_frames)
    return float(np.sqrt(np.mean(np.abs(swing) ** 2)))


def local_jitter(path: TrackedPath, sigma_frames: float = JITTER_SIGMA_FRAMES) -> float:
    """Jitter of the frame's cells once the frame's own similarity is taken out of each motion.

    A cell without tracks is taken not to move. 0 where nothing was tracked.
    """
    left_over = path.residual.reshape(len(path), -1, 2) @ np.array([1, 1j])  # (N, cells)
    seen = np.isfinite(left_over)
    swing = high_passed(np.cumsum(np.where(seen, left_over, 0), axis=0), sigma_frames)
    energy = np.abs(swing[seen]) ** 2
    return float(np.sqrt(energy.mean())) if energy.size else 0.0


def nus_scores(path: TrackedPath) -> tuple[float, float]:
    """Return how much of the path's energy is slow: of translation and of rotation, 0 to 1."""
    motion = path.similarity
    center = np.cumsum(motion.translation)
    rotation = np.cumsum(motion.rotation_rad)
    return (
        slow_share(np.stack([center.real, center.imag], -1), STILL_PX / HALF_WIDTH_PX),
        slow_share(rotation[:, None], STILL_RAD),
    )


def high_passed(path: ComplexArray, sigma_frames: float) -> ComplexArray:
    """Take from `path` (N, P) its Gaussian mean over time.

    The path goes on beyond its ends as its image under a point reflection, so that a straight one
    leaves nothing.
    """
    reach = max(1, round(4 * sigma_frames))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma_frames) ** 2)
    kernel /= kernel.sum()
    if len(path) < 2:
        return np.zeros_like(path)
    extended = np.pad(path, ((reach, reach), (0, 0)), mode="reflect", reflect_type="odd")
    mean = np.stack([np.convolve(column, kernel, mode="valid") for column in extended.T], axis=-1)
    return np.asarray(path - mean)


def slow_share(path: FloatArray, still: float) -> float:
    """Energy of bins 1 to 5 as a share of all but the constant part; path (N, D)."""
    moved = path - path.mean(axis=0)
    if np.sqrt((moved**2).sum(axis=-1).mean()) < still:
        return 1.0
    energy = (np.abs(np.fft.rfft(moved, axis=0)) ** 2).sum(axis=-1)[1:]
    return float(energy[:NUS_LOWEST_BINS].sum() / energy.sum())

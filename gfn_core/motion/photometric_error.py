"""How alike a motion, and a change of exposure, make two frames where they show background.

Points count by their background weight and, robustly, by their residual.
"""

from dataclasses import dataclass, replace

import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.motion.alignment_frame import AlignmentLevel, SingleArray
from gfn_core.motion.fitting import geman_mcclure

MAD_TO_DEVIATION = 1.4826

LevelPair = tuple[AlignmentLevel, AlignmentLevel, SingleArray]  # both frames, background weight


@dataclass(frozen=True)
class AlignmentSettings:
    """How an alignment weighs, stops and gives up."""

    iterations: int = 8  # a level, at most
    outlier_deviations: float = 3.0  # scale of the robust weight / deviation of the residuals
    least_deviation: float = 0.7  # gray levels: what 8-bit luma and its blur leave at best
    converged_px: float = 0.01  # root mean square flow of a step, px of the level
    start_deviation: float = 5e-3  # half-widths: how far off a start is, 1.6 px at 640 px width
    noise_inflation: float = 4.0  # residuals are neither independent nor only noise
    farthest: float = 0.1  # half-widths from start to result, root mean square
    least_weight: float = 20.0  # points


@dataclass(frozen=True)
class Estimate:
    """Motion and luma change so far."""

    homography: FloatArray
    gain: float = 1.0
    bias: float = 0.0


@dataclass(frozen=True)
class PhotometricError:
    """How well an estimate explains a level."""

    residual: SingleArray  # (N,) gray levels
    weight: SingleArray  # (N,) prior times robust weight; 0 outside the second frame
    prior: SingleArray  # (N,)
    deviation: float

    @property
    def cost(self) -> float:
        """Share of the prior weight that the robust weight refuses, 0 to 1."""
        return float(1 - self.weight.sum() / max(self.prior.sum(), np.finfo(float).tiny))

    @property
    def mean_square(self) -> float:
        """Of the residuals, whether robust weights believe them or not; gray levels squared."""
        return float(self.prior @ self.residual**2 / max(self.prior.sum(), np.finfo(float).tiny))


def photometric_error(
    here: AlignmentLevel,
    there: AlignmentLevel,
    prior: SingleArray,
    estimate: Estimate,
    settings: AlignmentSettings,
    *,
    deviation: float | None = None,
) -> PhotometricError:
    """Residuals and weights; `deviation` is estimated where not given."""
    sampled, inside = _sampled(there, here.points, estimate.homography)
    residual = sampled - (np.float32(estimate.gain) * here.gray + np.float32(estimate.bias))
    visible = prior * inside
    if deviation is None:
        counted = np.abs(residual[visible > visible.max(initial=0) / 2])
        deviation = MAD_TO_DEVIATION * float(np.median(counted)) if len(counted) else 0.0
        deviation = max(deviation, settings.least_deviation)
    robust = geman_mcclure(residual, settings.outlier_deviations * deviation)
    return PhotometricError(residual, (visible * robust).astype(np.float32), visible, deviation)


def matched_luma(
    here: AlignmentLevel,
    there: AlignmentLevel,
    prior: SingleArray,
    estimate: Estimate,
    settings: AlignmentSettings,
) -> Estimate:
    """Fit gain and bias alone, so that a change of exposure does not look like motion."""
    for _ in range(2):
        agreement = photometric_error(here, there, prior, estimate, settings)
        total = agreement.weight.sum()
        if total < settings.least_weight:
            return estimate
        mean = (agreement.weight @ here.gray) / total
        centred = here.gray - mean
        spread = agreement.weight @ (centred * centred)
        slope = (agreement.weight @ (centred * agreement.residual)) / max(spread, 1.0)
        offset = (agreement.weight @ agreement.residual) / total - slope * mean
        estimate = replace(
            estimate, gain=float(estimate.gain + slope), bias=float(estimate.bias + offset)
        )
    return estimate


def _sampled(
    level: AlignmentLevel, points: SingleArray, homography: FloatArray
) -> tuple[SingleArray, SingleArray]:
    """Luma (N,) where `homography` takes `points` (N, 3), and 1 for those inside the frame.

    Bilinear by hand: OpenCV's remap rounds places to 1/32 px.
    """
    x, y, w = (level.geometry.to_pixels @ homography).astype(np.float32) @ points.T
    x, y = x / w, y / w
    rows, columns = level.luma.shape
    inside = (x >= 0) & (x <= columns - 1) & (y >= 0) & (y <= rows - 1) & (w > 0)
    left = np.clip(x, 0, columns - 2).astype(np.int32)
    top = np.clip(y, 0, rows - 2).astype(np.int32)
    right_share, lower_share = x - left, y - top
    flat, corner = level.luma.ravel(), top * columns + left
    upper = flat[corner]
    upper += right_share * (flat[corner + 1] - upper)
    corner += columns
    lower = flat[corner]
    lower += right_share * (flat[corner + 1] - lower)
    return np.where(inside, upper + lower_share * (lower - upper), 0), inside.astype(np.float32)

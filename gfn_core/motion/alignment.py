"""Exact global motion from an approximate one, by aligning the images where they show background.

Inverse compositional Gauss-Newton (Baker & Matthews, IJCV 2004) on the homography group, with the
eight flow bases as its generators, and a gain and a bias of the luma. Since the derivatives belong
to the first frame they are made once. Points count by their background weight and, robustly, by
their residual. Coarse to fine; a level ends when its steps have become small.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.motion.alignment_frame import AlignmentFrame, AlignmentLevel, SingleArray
from gfn_core.motion.bases import BASES, OrthonormalBases
from gfn_core.motion.fitting import geman_mcclure
from gfn_core.motion.homography import normalized

MAD_TO_DEVIATION = 1.4826
LEAST_GAIN = 0.1


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
class Alignment:
    """Result of an alignment, or its start where the images did not support a better one."""

    homography: FloatArray  # (3, 3) half-widths, first to second frame
    improved: bool  # False: `homography` is the start
    gain: float  # second luma = gain * first + bias
    bias: float  # gray levels
    deviation: float  # of the residuals at the points, gray levels, robust
    inlier_share: float  # of the background's weight, 0 to 1
    uncertainty: float  # expected root mean square error over the frame, half-widths


_LevelPair = tuple[AlignmentLevel, AlignmentLevel, SingleArray]  # both frames, background weight


@dataclass(frozen=True)
class _Estimate:
    """Motion and luma change so far."""

    homography: FloatArray
    gain: float = 1.0
    bias: float = 0.0

    @classmethod
    def of(cls, alignment: Alignment) -> "_Estimate":
        """What an alignment found."""
        return cls(alignment.homography, alignment.gain, alignment.bias)


@dataclass(frozen=True)
class _Agreement:
    """How well an estimate explains a level."""

    residual: SingleArray  # (N,) gray levels
    weight: SingleArray  # (N,) prior times robust weight; 0 outside the second frame
    prior: SingleArray  # (N,)
    deviation: float

    @property
    def cost(self) -> float:
        """Share of the prior weight that the robust weight refuses, 0 to 1."""
        return float(1 - self.weight.sum() / max(self.prior.sum(), np.finfo(float).tiny))


def align(
    first: AlignmentFrame,
    second: AlignmentFrame,
    starts: Sequence[FloatArray],
    background: FloatArray,
    settings: AlignmentSettings,
) -> Alignment:
    """Improve each of `starts` (3, 3), in half-widths, and keep the one that explains most.

    They take points of the `first` frame to the `second`. `background` (rows, columns) weighs
    places of the first frame, 0 to 1, on any grid.
    """
    priors = [_prior(level, background) for level in first.levels]
    pairs = list(zip(first.levels, second.levels, priors, strict=True))
    found = [_aligned_through(pairs, first.bases, start, settings) for start in starts]
    if len(found) == 1:
        return found[0]
    deviation = min(alignment.deviation for alignment in found)
    costs = [
        _agreement(*pairs[-1], _Estimate.of(alignment), settings, deviation=deviation).cost
        for alignment in found
    ]
    return found[int(np.argmin(costs))]


def _aligned_through(
    pairs: Sequence[_LevelPair],
    bases: OrthonormalBases,
    homography: FloatArray,
    settings: AlignmentSettings,
) -> Alignment:
    """Align from one start, from the coarsest level to the finest."""
    start = _matched_luma(*pairs[0], _Estimate(homography), settings)
    estimate, uncertainty = start, settings.start_deviation
    for pair in pairs:
        estimate, uncertainty = _aligned(pair, bases, estimate, start, settings)
    after = _agreement(*pairs[-1], estimate, settings)
    unmoved = replace(estimate, homography=start.homography)
    before = _agreement(*pairs[-1], unmoved, settings, deviation=after.deviation)
    improved = after.cost < before.cost and _distance(start, estimate, bases) < settings.farthest
    kept, agreement = (estimate, after) if improved else (unmoved, before)
    return Alignment(
        kept.homography,
        improved,
        kept.gain,
        kept.bias,
        agreement.deviation,
        1 - agreement.cost,
        uncertainty if improved else settings.start_deviation,
    )


def _aligned(
    pair: _LevelPair,
    bases: OrthonormalBases,
    estimate: _Estimate,
    start: _Estimate,
    settings: AlignmentSettings,
) -> tuple[_Estimate, float]:
    """Gauss-Newton on one level: estimate and its uncertainty in half-widths."""
    converged = settings.converged_px * 2 / pair[0].geometry.width
    uncertainty = settings.start_deviation
    for _ in range(settings.iterations):
        agreement = _agreement(*pair, estimate, settings)
        moved = np.linalg.inv(estimate.homography) @ start.homography
        offset = bases.weights_of(normalized(moved))
        step, uncertainty = _solved(pair[0].design, agreement, offset, settings)
        if not np.linalg.norm(step[:BASES]) < settings.farthest:  # nor if it is no number
            break
        back = bases.homography_of(step[:BASES] / estimate.gain)
        estimate = _Estimate(
            normalized(estimate.homography @ np.linalg.inv(back)),
            max(LEAST_GAIN, estimate.gain + step[BASES]),
            estimate.bias + step[BASES + 1],
        )
        if np.linalg.norm(step[:BASES]) < converged:
            break
    return estimate, uncertainty


def _solved(
    design: SingleArray, agreement: _Agreement, offset: FloatArray, settings: AlignmentSettings
) -> tuple[FloatArray, float]:
    """Most likely step (10,), and the expected error of the motion after it.

    The start is itself a measurement, from which the motion is `offset` (8,) away by now; it
    decides where the images say little, and is overruled wherever they show texture.
    """
    weighted = design * agreement.weight[:, None]
    information = (weighted.T @ design).astype(np.float64)
    right = (weighted.T @ agreement.residual).astype(np.float64)
    noise = settings.noise_inflation * agreement.deviation
    trust = BASES * (noise / settings.start_deviation) ** 2  # the deviation is that of 8 weights
    motion = np.arange(BASES)
    information[motion, motion] += trust
    right[:BASES] -= trust * offset
    information[[BASES, BASES + 1], [BASES, BASES + 1]] += 1.0  # without points, no change of luma
    covariance = np.linalg.inv(information)
    return covariance @ right, noise * float(np.sqrt(np.trace(covariance[:BASES, :BASES])))


def _agreement(
    here: AlignmentLevel,
    there: AlignmentLevel,
    prior: SingleArray,
    estimate: _Estimate,
    settings: AlignmentSettings,
    *,
    deviation: float | None = None,
) -> _Agreement:
    """Residuals and weights; `deviation` is estimated where not given."""
    sampled, inside = _sampled(there, here.points, estimate.homography)
    residual = sampled - (np.float32(estimate.gain) * here.gray + np.float32(estimate.bias))
    visible = prior * inside
    if deviation is None:
        counted = np.abs(residual[visible > visible.max(initial=0) / 2])
        deviation = MAD_TO_DEVIATION * float(np.median(counted)) if len(counted) else 0.0
        deviation = max(deviation, settings.least_deviation)
    robust = geman_mcclure(residual, settings.outlier_deviations * deviation)
    return _Agreement(residual, (visible * robust).astype(np.float32), visible, deviation)


def _matched_luma(
    here: AlignmentLevel,
    there: AlignmentLevel,
    prior: SingleArray,
    estimate: _Estimate,
    settings: AlignmentSettings,
) -> _Estimate:
    """Fit gain and bias alone, so that a change of exposure does not look like motion."""
    for _ in range(2):
        agreement = _agreement(here, there, prior, estimate, settings)
        total = agreement.weight.sum()
        if total < settings.least_weight:
            return estimate
        mean = (agreement.weight @ here.gray) / total
        centred = here.gray - mean
        spread = agreement.weight @ (centred * centred)
        slope = (agreement.weight @ (centred * agreement.residual)) / max(spread, 1.0)
        offset = (agreement.weight @ agreement.residual) / total - slope * mean
        estimate = _Estimate(
            estimate.homography, float(estimate.gain + slope), float(estimate.bias + offset)
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


def _prior(level: AlignmentLevel, background: FloatArray) -> SingleArray:
    """Background weight (N,) at the points of a level."""
    size = (level.luma.shape[1], level.luma.shape[0])
    weights = cv2.resize(background.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    rows, columns = level.pixels.T
    return np.asarray(weights[rows, columns], np.float32)


def _distance(before: _Estimate, after: _Estimate, bases: OrthonormalBases) -> float:
    """Root mean square flow, in half-widths, between two motions."""
    difference = after.homography @ np.linalg.inv(before.homography)
    return float(np.linalg.norm(bases.weights_of(normalized(difference))))

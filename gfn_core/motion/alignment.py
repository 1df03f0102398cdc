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
from gfn_core.motion.homography import normalized
from gfn_core.motion.photometric_error import (
    AlignmentSettings,
    Estimate,
    LevelPair,
    PhotometricError,
    matched_luma,
    photometric_error,
)

LEAST_GAIN = 0.1


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
    explained: float  # share of the background's change of luma that the motion accounts for

    @property
    def estimate(self) -> Estimate:
        """Motion and luma change."""
        return Estimate(self.homography, self.gain, self.bias)


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
        photometric_error(*pairs[-1], alignment.estimate, settings, deviation=deviation).cost
        for alignment in found
    ]
    return found[int(np.argmin(costs))]


def _aligned_through(
    pairs: Sequence[LevelPair],
    bases: OrthonormalBases,
    homography: FloatArray,
    settings: AlignmentSettings,
) -> Alignment:
    """Align from one start, from the coarsest level to the finest."""
    start = matched_luma(*pairs[0], Estimate(homography), settings)
    estimate, uncertainty = start, settings.start_deviation
    for pair in pairs:
        estimate, uncertainty = _aligned(pair, bases, estimate, start, settings)
    after = photometric_error(*pairs[-1], estimate, settings)
    unmoved = replace(estimate, homography=start.homography)
    before = photometric_error(*pairs[-1], unmoved, settings, deviation=after.deviation)
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
        _explained(pairs[-1], kept, settings),
    )


def _aligned(
    pair: LevelPair,
    bases: OrthonormalBases,
    estimate: Estimate,
    start: Estimate,
    settings: AlignmentSettings,
) -> tuple[Estimate, float]:
    """Gauss-Newton on one level: estimate and its uncertainty in half-widths."""
    converged = settings.converged_px * 2 / pair[0].geometry.width
    uncertainty = settings.start_deviation
    for _ in range(settings.iterations):
        agreement = photometric_error(*pair, estimate, settings)
        moved = np.linalg.inv(estimate.homography) @ start.homography
        offset = bases.weights_of(normalized(moved))
        step, uncertainty = _solved(pair[0].design, agreement, offset, settings)
        if not np.linalg.norm(step[:BASES]) < settings.farthest:  # nor if it is no number
            break
        back = bases.homography_of(step[:BASES] / estimate.gain)
        estimate = Estimate(
            normalized(estimate.homography @ np.linalg.inv(back)),
            max(LEAST_GAIN, estimate.gain + step[BASES]),
            estimate.bias + step[BASES + 1],
        )
        if np.linalg.norm(step[:BASES]) < converged:
            break
    return estimate, uncertainty


def _explained(pair: LevelPair, estimate: Estimate, settings: AlignmentSettings) -> float:
    """How much of the difference between the frames is gone once the first has moved, 0 to 1."""
    at_rest = replace(estimate, homography=np.eye(3))
    moved, unmoved = (photometric_error(*pair, each, settings) for each in (estimate, at_rest))
    left_over = moved.mean_square / max(unmoved.mean_square, settings.least_deviation**2)
    return max(0.0, 1 - left_over)


def _solved(
    design: SingleArray,
    agreement: PhotometricError,
    offset: FloatArray,
    settings: AlignmentSettings,
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


def _prior(level: AlignmentLevel, background: FloatArray) -> SingleArray:
    """Background weight (N,) at the points of a level."""
    size = (level.luma.shape[1], level.luma.shape[0])
    weights = cv2.resize(background.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    rows, columns = level.pixels.T
    return np.asarray(weights[rows, columns], np.float32)


def _distance(before: Estimate, after: Estimate, bases: OrthonormalBases) -> float:
    """Root mean square flow, in half-widths, between two motions."""
    difference = after.homography @ np.linalg.inv(before.homography)
    return float(np.linalg.norm(bases.weights_of(normalized(difference))))

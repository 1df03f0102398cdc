"""Robust fit of a homography to point correspondences, in the subspace of the flow bases.

Iteratively reweighted Gauss-Newton, compositional (Baker & Matthews, IJCV 2004): with the motion so
far, each step is one weighted least squares for the flow that is left, in the orthonormal bases.
Weights are Geman-McClure's, whose scale is annealed down to the noise of the inliers (graduated
non-convexity: Black & Rangarajan, IJCV 1996). The fit takes the largest group of motions that the
points determine: homography, affinity, similarity, translation, identity.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray
from gfn_core.motion.bases import BASES, OrthonormalBases
from gfn_core.motion.homography import normalized, transform

GROUPS = (8, 6, 4, 2)  # degrees of freedom: leading columns of the orthonormal bases
WEIGHT_AT_SCALE = 0.25  # Geman & McClure
RIVAL_DISTANCE = 1e-2  # half-widths: a point this far from a motion may support another
RAYLEIGH_MEDIAN = 1.1774  # median length of a 2-D Gaussian vector / its deviation a coordinate


@dataclass(frozen=True)
class FitSettings:
    """How a fit weighs and stops; lengths in half-widths."""

    iterations: int = 20
    anneal: float = 0.3  # factor of the scale from one iteration to the next
    outlier_deviations: float = 3.0  # scale of the robust weight / deviation of the inliers
    finest_scale: float = 3e-4  # the robust weight is never sharper: 0.1 px at 640 px width
    coarsest_scale: float = 6e-3  # starts are compared at this scale: 2 px at 640 px width
    largest_amplification: float = 1.5  # error over the frame / noise of a point
    converged: float = 3e-6  # root mean square flow of a step that ends the iteration


@dataclass(frozen=True)
class Fit:
    """A motion from source to target points, and how well they agree with it."""

    homography: FloatArray  # (3, 3), half-widths
    inlier_weights: FloatArray  # (N,) robust weight of each point, 0 to 1
    residual: float  # robust deviation of the inliers, a coordinate, half-widths
    uncertainty: float  # expected root mean square error over the frame, half-widths
    freedom: int  # degrees of freedom that the points determined: 8, 6, 4, 2 or 0

    @property
    def agrees(self) -> NDArray[np.bool_]:
        """Which points (N,) lie within the scale."""
        return self.inlier_weights > WEIGHT_AT_SCALE


def fit_homography(
    source: FloatArray,
    target: FloatArray,
    bases: OrthonormalBases,
    *,
    weights: FloatArray | None = None,
    starts: Sequence[FloatArray] = (),
    settings: FitSettings | None = None,
) -> Fit:
    """Fit the motion that takes `source` (N, 2) to `target` (N, 2), in half-widths.

    `weights` (N,) are prior: a weight of 2 counts as the point given twice. Of the `starts`
    (3, 3), the one that most of the weighted points support is refined; without any, a MAGSAC
    consensus of the points is.
    """
    settings = settings or FitSettings()
    prior = np.ones(len(source)) if weights is None else np.asarray(weights, np.float64)
    candidates = [*starts] or [consensus(source, target)]
    support = [
        (prior * geman_mcclure(distances(start, source, target), settings.coarsest_scale)).sum()
        for start in candidates
    ]
    start = candidates[int(np.argmax(support))]
    return refine(start, source, target, bases, prior=prior, settings=settings)


def refine(
    homography: FloatArray,
    source: FloatArray,
    target: FloatArray,
    bases: OrthonormalBases,
    *,
    prior: FloatArray,
    settings: FitSettings,
) -> Fit:
    """Improve `homography` by robust Gauss-Newton steps until it no longer changes."""
    scale, settled = settings.coarsest_scale, False
    freedom, amplification = 0, np.inf
    for _ in range(settings.iterations):
        moved = transform(homography, source)
        left = target - moved  # (N, 2)
        distance = np.hypot(left[:, 0], left[:, 1])
        if not settled:
            scale, settled = annealed(scale, distance, prior, settings)
        weight = prior * geman_mcclure(distance, scale)
        step, amplification = solve_step(bases.at(moved), left, weight, settings)
        freedom = len(step)
        homography = normalized(bases.homography_of(step) @ homography)
        if freedom < BASES:  # nor may the start move in ways that the points do not determine
            homography = bases.homography_of(bases.weights_of(homography)[:freedom])
        if settled and np.linalg.norm(step) < settings.converged:
            break
    distance = distances(homography, source, target)
    inlier = geman_mcclure(distance, scale)
    residual = weighted_median(distance, prior * (distance < scale)) / RAYLEIGH_MEDIAN
    uncertainty = residual * amplification if freedom else np.inf
    return Fit(homography, inlier, residual, uncertainty, freedom)


def annealed(
    scale: float, distance: FloatArray, prior: FloatArray, settings: FitSettings
) -> tuple[float, bool]:
    """Return the next scale of the robust weight, and whether the noise allows no finer one."""
    # Only what agrees so far tells the noise: the rest may be more than half.
    noise = weighted_median(distance, prior * (distance < scale)) / RAYLEIGH_MEDIAN
    finest = max(settings.outlier_deviations * noise, settings.finest_scale)
    return max(min(scale, finest), scale * settings.anneal), scale * settings.anneal <= finest


def solve_step(
    bases: FloatArray, left: FloatArray, weight: FloatArray, settings: FitSettings
) -> tuple[FloatArray, float]:
    """Solve `bases` (N, 2, 8) @ step = `left` (N, 2) in the largest group that is determined.

    Returns the step (k,) and its noise amplification: as the bases are orthonormal over the frame,
    the trace of the inverse information is the mean variance of the flow over the whole frame.
    """
    design = bases.reshape(-1, bases.shape[-1])
    weighted = design * np.repeat(weight, 2)[:, None]
    information = weighted.T @ design
    right = weighted.T @ left.ravel()
    # Points share the noise of their weights: n equal ones of any weight leave 1 / n of variance.
    unit = (weight**2).sum() / max(weight.sum(), np.finfo(float).tiny)
    for freedom in GROUPS:
        values, vectors = np.linalg.eigh(information[:freedom, :freedom])
        if values[0] <= np.finfo(float).eps * values[-1]:
            continue
        amplification = float(np.sqrt(unit * (1 / values).sum()))
        if amplification < settings.largest_amplification:
            return vectors @ (vectors.T @ right[:freedom] / values), amplification
    return np.zeros(0), np.inf


def consensus(source: FloatArray, target: FloatArray, threshold: float = 3e-3) -> FloatArray:
    """Homography (3, 3) that most points agree with (MAGSAC++, CVPR 2020); identity if none."""
    nominal_px = 320.0  # OpenCV's inner tolerances take points for pixels
    if len(source) >= 4:
        found, _ = cv2.findHomography(
            source * nominal_px, target * nominal_px, cv2.USAC_MAGSAC, threshold * nominal_px
        )
        if found is not None and abs(found[2, 2]) > np.finfo(float).eps:
            shrink = np.array([1 / nominal_px, 1 / nominal_px, 1])
            return normalized(np.asarray(found, np.float64) * np.outer(shrink, 1 / shrink))
    return np.eye(3)


def rival_motions(source: FloatArray, target: FloatArray, count: int) -> list[FloatArray]:
    """Consensus of the points, then of those that disagree with it, and so on: `count` (3, 3)."""
    motions: list[FloatArray] = []
    for _ in range(count):
        motions.append(consensus(source, target))
        others = distances(motions[-1], source, target) > RIVAL_DISTANCE
        source, target = source[others], target[others]
    return motions


def distances(homography: FloatArray, source: FloatArray, target: FloatArray) -> FloatArray:
    """Distance (N,) of each target from where `homography` takes its source."""
    left = target - transform(homography, source)
    return np.hypot(left[:, 0], left[:, 1])


def geman_mcclure(distance: FloatArray, scale: float) -> FloatArray:
    """Robust weight: 1 at distance 0, 1/4 at `scale`, vanishing beyond."""
    return 1 / (1 + (distance / scale) ** 2) ** 2


def weighted_median(values: FloatArray, weights: FloatArray) -> float:
    """Smallest value that half of the weight does not exceed; 0 without weight."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    if len(total) == 0 or total[-1] <= 0:
        return 0.0
    return float(values[order][np.searchsorted(total, total[-1] / 2)])

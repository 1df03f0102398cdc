"""Motion of one video out of the motions of many small fields, as another program found them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.fitting import geman_mcclure
from gfn_core.motion.homography import transform
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import ComplexArray, Similarity

FEWEST = 4  # fields of a frame
COARSEST_PX, FINEST_PX, ANNEAL = 16.0, 1.0, 0.7  # of the robust weight; fields are in whole px
INLIER_WEIGHT = 0.25  # Geman-McClure's at its scale


@dataclass(frozen=True)
class _Fit:
    similarity: Similarity
    inlier_share: float
    residual: float


def motion_from_fields(
    fields: Sequence[tuple[FloatArray, FloatArray]],
    geometry: FrameGeometry,
    pts: NDArray[np.int64],
    pts_seconds: FloatArray,
) -> Motion:
    """Fit a similarity to each frame's `fields`: before (M, 2) and here (M, 2), in px.

    Frames with too few of them hold the identity at confidence 0. The first starts the only shot:
    such fields say nothing of cuts.
    """
    fits = [_fit(before, here, geometry) for before, here in fields]
    inliers = np.array([fit.inlier_share for fit in fits])
    if len(inliers):
        inliers[0] = 1.0
    count = len(fits)
    return Motion(
        geometry=geometry,
        pts=pts,
        pts_seconds=pts_seconds,
        homography=np.array([fit.similarity.matrix for fit in fits]).reshape(count, 3, 3),
        shot_start=np.arange(count) == 0,
        confidence=inliers,
        background_share=inliers,
        inlier_share=inliers,
        residual=np.array([fit.residual for fit in fits]),
        sharpness=np.zeros(count),
        luminance_change=np.zeros(count),
        dct=np.zeros((count, 0)),
    )


def _fit(before: FloatArray, here: FloatArray, geometry: FrameGeometry) -> _Fit:
    """Iteratively reweighted least squares, from a wide scale to a narrow one."""
    found = Similarity.identity()
    if len(here) < FEWEST:
        return _Fit(found, 0.0, 0.0)
    start, end = (_complex(transform(geometry.from_pixels, each)) for each in (before, here))
    shift = np.median((end - start).real) + 1j * np.median((end - start).imag)
    found = Similarity(np.asarray(1 + 0j), np.asarray(shift))
    scale_px = COARSEST_PX
    while True:
        distance = np.abs(found.linear * start + found.translation - end)
        weight = geman_mcclure(distance, scale_px * 2 / geometry.width)
        if scale_px < FINEST_PX:
            break
        found = _weighted(start, end, weight)
        scale_px *= ANNEAL
    inlier = weight > INLIER_WEIGHT
    residual = np.sqrt(np.mean(distance[inlier] ** 2) / 2) if inlier.any() else 0.0
    return _Fit(found, float(inlier.mean()), float(residual))


def _weighted(start: ComplexArray, end: ComplexArray, weight: FloatArray) -> Similarity:
    total = weight.sum() + 1e-12
    middle, target = (weight @ start) / total, (weight @ end) / total
    spread = weight @ np.abs(start - middle) ** 2 + 1e-12
    linear = (weight * (start - middle).conj()) @ (end - target) / spread
    return Similarity(np.asarray(linear), np.asarray(target - linear * middle))


def _complex(points: FloatArray) -> ComplexArray:
    return np.asarray(points @ np.array([1, 1j]))

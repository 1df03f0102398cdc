"""What a similarity leaves of a motion: stretch, shear and two perspectives.

Parallax of a tilted scene, a turning camera's perspective and the rows of a rolling shutter show in
these four of the eight flow bases (`gfn_core.motion.bases`); their weights are root mean square
displacements over the frame, in half-widths.
"""

import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.bases import BASES, orthonormal_bases
from gfn_core.motion.homography import inverse
from gfn_core.motion.similarity import Similarity

SIMILAR = 4  # leading bases, which span the similarities
RESIDUAL = BASES - SIMILAR
STRAIN_COLUMNS, STRAIN_ROWS = 16, 9
RESIDUAL_NAMES = ("stretch", "shear", "perspective_x", "perspective_y")


def residual_of(homography: FloatArray, geometry: FrameGeometry) -> FloatArray:
    """Return weights (..., 4) of what the nearest similarity leaves of `homography` (..., 3, 3).

    Seen half-way between the frames, so that backwards in time they only change their sign.
    """
    half = Similarity.from_homography(homography, geometry).half().inverse().matrix
    left_over = half @ homography @ half
    bases = orthonormal_bases(geometry)
    there, back = bases.weights_of(left_over), bases.weights_of(inverse(left_over))
    return np.asarray((there - back)[..., SIMILAR:] / 2)


def residual_homography(weights: FloatArray, geometry: FrameGeometry) -> FloatArray:
    """Return the homography (..., 3, 3) of weights (..., 4), without any similarity."""
    similar = np.zeros((*weights.shape[:-1], SIMILAR))
    return orthonormal_bases(geometry).homography_of(np.concatenate([similar, weights], axis=-1))


def evenness(homography: FloatArray) -> FloatArray:
    """Return the smaller over the larger singular value (...) of each derivative at the centre.

    1 where the middle of the picture keeps its shape, whatever its size and turn.
    """
    centered = homography / homography[..., 2:, 2:]
    derivative = centered[..., :2, :2] - centered[..., :2, 2:] * centered[..., 2:, :2]
    (a, b), (c, d) = np.moveaxis(derivative, (-2, -1), (0, 1))
    alike, mirrored = np.hypot(a + d, c - b), np.hypot(a - d, c + b)
    return np.asarray((alike - mirrored) / (alike + mirrored))


def strain(geometry: FrameGeometry) -> FloatArray:
    """Return the strain (4,) of each weight's unit: root mean square derivative of its flow.

    Per half-width; how much a picture bent so changes its local areas and angles.
    """
    points, step = geometry.grid(STRAIN_COLUMNS, STRAIN_ROWS), np.eye(2) / 2
    bases = orthonormal_bases(geometry)
    derivatives = [bases.at(points + d) - bases.at(points - d) for d in step]  # exact: quadratic
    squared = sum((part[..., SIMILAR:] ** 2).sum(axis=-2) for part in derivatives)
    return np.asarray(np.sqrt(np.mean(squared, axis=(0, 1))))

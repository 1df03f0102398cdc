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

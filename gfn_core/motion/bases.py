"""Global motion as a flow in a small subspace: eight homography flow bases.

Convention: points (x, y) and flows (u, v) in half-widths, see `gfn_core.geometry`. To first order
the flow of a homography is sum_i h_i * H_i(x, y) with the bases H_i of BasesHomo (Ye et al., ICCV
2021, sec. 3.2). They are the generators of the homography group: I + sum_i h_i * G_i has exactly
that flow to first order, so a weighted least squares in the bases is one Gauss-Newton step.
"""

from dataclasses import dataclass

import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.homography import normalized

BASES = 8

# The order in which bases are made orthogonal, as columns over those of `flow_bases`. Its first
# 2, 4, 6 and 8 columns span translations, similarities, affinities and homographies.
NESTED = np.array(
    [
        # tx ty zoom turn  stretch shear  px py
        [1, 0, 0, 0, 0, 0, 0, 0],  # (1, 0)
        [0, 1, 0, 0, 0, 0, 0, 0],  # (0, 1)
        [0, 0, 1, 0, 1, 0, 0, 0],  # (x, 0)
        [0, 0, 0, 1, 0, 1, 0, 0],  # (0, x)
        [0, 0, 0, -1, 0, 1, 0, 0],  # (y, 0)
        [0, 0, 1, 0, -1, 0, 0, 0],  # (0, y)
        [0, 0, 0, 0, 0, 0, 1, 0],  # (x^2, xy)
        [0, 0, 0, 0, 0, 0, 0, 1],  # (xy, y^2)
    ],
    dtype=np.float64,
)


def flow_bases(points: FloatArray) -> FloatArray:
    """Evaluate the bases at `points` (..., 2): (..., 2, 8), in the order of `NESTED`'s rows."""
    x, y = points[..., 0], points[..., 1]
    bases = np.zeros((*points.shape[:-1], 2, BASES))
    bases[..., 0, 0] = bases[..., 1, 1] = 1
    bases[..., 0, 2] = bases[..., 1, 3] = x
    bases[..., 0, 4] = bases[..., 1, 5] = y
    bases[..., 0, 6] = x * x
    bases[..., 1, 6] = bases[..., 0, 7] = x * y
    bases[..., 1, 7] = y * y
    return bases


def homography_of(weights: FloatArray) -> FloatArray:
    """Return the homography (..., 3, 3) I + sum_i weights_i * G_i, of weights (..., 8)."""
    homography = np.zeros((*weights.shape[:-1], 9))
    homography[..., [2, 5, 0, 3, 1, 4]] = weights[..., :6]
    # Dividing by 1 - px x displaces x by + px x^2 to first order.
    homography[..., [6, 7]] = -weights[..., 6:]
    homography[..., [0, 4, 8]] += 1
    return homography.reshape(*weights.shape[:-1], 3, 3)


def weights_of(homography: FloatArray) -> FloatArray:
    """Return weights (..., 8) of a homography (..., 3, 3): the exact inverse of `homography_of`."""
    difference = normalized(homography) - np.eye(3)
    columns = [(0, 2), (1, 2), (0, 0), (1, 0), (0, 1), (1, 1)]
    parts = [difference[..., row, column] for row, column in columns]
    return np.stack([*parts, -difference[..., 2, 0], -difference[..., 2, 1]], axis=-1)


@dataclass(frozen=True)
class OrthonormalBases:
    """The bases, orthonormal over a frame: a weight is the root mean square flow that it causes.

    Leading columns span the smaller groups: 2 translations, 4 similarities, 6 affinities.
    """

    flow: FloatArray  # (rows, columns, 2, 8) on the cell centres of the grid
    mixing: FloatArray  # (8, 8) orthonormal bases = flow_bases @ mixing

    def at(self, points: FloatArray) -> FloatArray:
        """Evaluate at `points` (..., 2): (..., 2, 8)."""
        return flow_bases(points) @ self.mixing

    def homography_of(self, weights: FloatArray) -> FloatArray:
        """Return the homography (..., 3, 3) of weights (..., k); missing ones are zero."""
        return homography_of(weights @ self.mixing[:, : weights.shape[-1]].T)

    def weights_of(self, homography: FloatArray) -> FloatArray:
        """Return weights (..., 8) of a homography: the exact inverse of `homography_of`."""
        raw = weights_of(homography)[..., None]
        return np.asarray(np.linalg.solve(self.mixing, raw)[..., 0], np.float64)


def orthonormal_bases(
    geometry: FrameGeometry, columns: int = 32, rows: int = 18
) -> OrthonormalBases:
    """Orthonormalise the bases by QR over a columns x rows grid of the frame."""
    nested = flow_bases(geometry.grid(columns, rows)) @ NESTED  # (rows, columns, 2, 8)
    orthogonal, upper = np.linalg.qr(nested.reshape(-1, BASES))
    # One sign, and a mean rather than a sum over cells, so that weights do not depend on the grid.
    size = np.sign(np.diag(upper)) * np.sqrt(columns * rows)
    flow = (orthogonal * size).reshape(nested.shape)
    return OrthonormalBases(flow, NESTED @ np.linalg.inv(upper) * size)

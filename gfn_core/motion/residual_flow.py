"""What of the global motion a homography cannot hold: a few low frequencies of flow.

GlobalFlowNet's own subspace (WACV 2023, sec. 3.2), fitted to what the tracks leave over: parallax,
lens and rolling shutter bend the frame smoothly.
"""

import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry

FREQUENCIES = 3  # on each axis: 0, 1 and 2
PRIOR_DEVIATION = 1e-3  # half-widths of a coefficient; noise beyond it is not followed
NOISE = 3e-4  # half-widths of a track
LEAST_TRACKS = 40


def cosines(points: FloatArray, geometry: FrameGeometry, frequencies: int) -> FloatArray:
    """Evaluate cos(pi v (y + h) / 2h) cos(pi u (x + 1) / 2) at `points` (N, 2): (N, K*K), v first.

    h is the frame's half height; all in half-widths.
    """
    k = np.arange(frequencies)
    across = np.cos(np.pi / 2 * k * (points[:, :1] + 1))
    down = np.cos(np.pi / 2 * k * (points[:, 1:] / geometry.half_height + 1))
    return (down[:, :, None] * across[:, None, :]).reshape(len(points), -1)


def residual_dct(
    points: FloatArray, left: FloatArray, weights: FloatArray, geometry: FrameGeometry
) -> FloatArray:
    """Coefficients (2*K*K,), horizontal first, of the flow `left` (N, 2) over at `points` (N, 2).

    The most likely ones under noisy tracks and small coefficients; zeros where tracks are few.
    """
    if np.count_nonzero(weights > 1 / 4) < LEAST_TRACKS:
        return np.zeros(2 * FREQUENCIES**2)
    design = cosines(points, geometry, FREQUENCIES)
    weighted = design * weights[:, None]
    ridge = (NOISE / PRIOR_DEVIATION) ** 2 * np.eye(design.shape[1])
    coefficients = np.linalg.solve(weighted.T @ design + ridge, weighted.T @ left)
    return np.asarray(coefficients.T.ravel(), np.float64)

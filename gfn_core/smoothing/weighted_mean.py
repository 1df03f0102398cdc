"""The weighted mean of GlobalFlowNet's second stage (WACV 2023, sec. 3.4).

Each frame moves to the mean of its neighbours' places, as seen from its own: Gaussian in time, and
Gaussian in how doubtful the motion between is, where the paper takes the difference of the frames'
pixels, which no stored motion holds.
"""

import numpy as np

from gfn_core.geometry import FloatArray

TOLERATED_DOUBT = 0.5  # deviation of the Gaussian, in pairs without any trust


def distance_from_mean(path: FloatArray, pair_trust: FloatArray, reach: int) -> FloatArray:
    """Return how far each entry of `path` (n, k) lies from the mean of `reach` on both sides.

    `pair_trust` (n,) is that in the step to each entry from the one before. Neighbours count in
    pairs, so that the ends of a straight path lie in their mean.
    """
    n = len(path)
    doubt = np.cumsum(1 - pair_trust)
    total, pull = np.ones(n), np.zeros_like(path)
    for away in range(1, min(reach, (n - 1) // 2) + 1):
        inner = slice(away, n - away)
        before, after = slice(0, n - 2 * away), slice(2 * away, n)
        between = np.maximum(doubt[inner] - doubt[before], doubt[after] - doubt[inner])
        weight = np.exp(-2 * (away / reach) ** 2 - 0.5 * (between / TOLERATED_DOUBT) ** 2)
        pull[inner] += weight[:, None] * (2 * path[inner] - path[before] - path[after])
        total[inner] += 2 * weight
    return pull / total[:, None]

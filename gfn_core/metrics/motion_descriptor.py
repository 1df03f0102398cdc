"""A clip's motion as one vector: histograms of oriented flow (Laptev et al., CVPR 2008).

Over the whole frame and its four quarters, in two halves of the clip; the same for any flow, so
that local and mixed motion compare at equal dimension.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray

DIRECTIONS = 8
HALVES = 2
REST_SPEED = 0.05  # half-widths / s: slower cells count as resting
REGIONS = (  # top, bottom, left, right
    (0.0, 1.0, 0.0, 1.0),
    *((top, top + 0.5, left, left + 0.5) for top in (0.0, 0.5) for left in (0.0, 0.5)),
)
DIMENSION = HALVES * len(REGIONS) * (DIRECTIONS + 2)  # directions, share at rest, mean speed


def motion_descriptor(velocities: Sequence[FloatArray]) -> FloatArray:
    """Describe velocities (h, w, 2), half-widths / s, of the frames of a clip: (DIMENSION,)."""
    halves = np.array_split(np.arange(len(velocities)), HALVES)
    parts = [_histogram(velocities, half, region) for half in halves for region in REGIONS]
    return np.concatenate(parts)


def _histogram(
    velocities: Sequence[FloatArray],
    frames: NDArray[np.intp],
    region: tuple[float, float, float, float],
) -> FloatArray:
    """Share of each direction, of rest, and mean speed, over some frames and part of them."""
    if len(frames) == 0:
        return np.zeros(DIRECTIONS + 2)
    rows, columns = velocities[0].shape[:2]
    top, bottom, left, right = region
    inside = (
        slice(round(top * rows), round(bottom * rows)),
        slice(round(left * columns), round(right * columns)),
    )
    seen = np.stack([velocities[int(frame)][inside] for frame in frames])
    speed = np.linalg.norm(seen, axis=-1).ravel()
    angle = np.arctan2(seen[..., 1], seen[..., 0]).ravel() / (2 * np.pi) * DIRECTIONS
    moving = np.where(speed > REST_SPEED, speed, 0)
    lower = np.floor(angle)
    histogram = np.zeros(DIRECTIONS)
    for step, share in ((0, 1 - (angle - lower)), (1, angle - lower)):
        histogram += np.bincount(
            ((lower + step) % DIRECTIONS).astype(int), moving * share, DIRECTIONS
        )
    total = histogram.sum()
    directions = histogram / total if total > 0 else histogram
    rest = np.mean(moving == 0)
    return np.concatenate([np.sqrt(directions), [rest, np.log1p(speed.mean())]])

"""The homography behind a dense global flow."""

import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.bases import OrthonormalBases
from gfn_core.motion.homography import normalized, transform

STEPS = 3  # each squares the error; the first is exact to first order already


def homography_of_flow(
    flow: FloatArray, geometry: FrameGeometry, bases: OrthonormalBases
) -> FloatArray:
    """Least-squares homography (3, 3) of `flow` (rows, columns, 2), both in half-widths.

    The flow lies on the cell centres of a grid over the frame and is global already, so every
    cell counts alike.
    """
    rows, columns = flow.shape[:2]
    points = geometry.grid(columns, rows).reshape(-1, 2)
    target = points + flow.reshape(-1, 2)
    homography = np.eye(3)
    for _ in range(STEPS):
        moved = transform(homography, points)
        design = bases.at(moved).reshape(-1, bases.mixing.shape[1])
        step = np.linalg.lstsq(design, (target - moved).ravel(), rcond=None)[0]
        homography = normalized(bases.homography_of(np.asarray(step)) @ homography)
    return homography

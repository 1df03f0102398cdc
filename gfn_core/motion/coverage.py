"""Points weighed by the area that they stand for, so that a busy object outvotes nobody."""

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray

CELL = 0.25  # half-widths: 8 cells over the width
WITNESSES = 12  # cells that testify, at least: a few marks on a blank wall are not the frame


def cells_of(points: FloatArray) -> NDArray[np.intp]:
    """Return the number (N,) of the cell of each of `points` (N, 2): from 0, without gaps."""
    if len(points) == 0:
        return np.zeros(0, np.intp)
    # Homogeneous background may lie at any distance, so cells are numbered by what occurs.
    keys = np.floor(points / CELL).astype(np.int64) @ np.array([1, 1 << 20])
    return np.asarray(np.unique(keys, return_inverse=True)[1].ravel(), np.intp)


def coverage_weights(points: FloatArray) -> FloatArray:
    """Weights (N,) of mean 1 that give each occupied cell the same sum."""
    cells = cells_of(points)
    count = np.bincount(cells)[cells] if len(cells) else np.zeros(0)
    return np.asarray(len(points) / (count * max(1, cells.max(initial=-1) + 1)), np.float64)


def border_weights(points: FloatArray, half_height: float) -> FloatArray:
    """Weights (N,) of points from 0.3 at the frame's centre, where subjects are, to 1.3."""
    towards_border = np.maximum(np.abs(points[:, 0]), np.abs(points[:, 1]) / half_height)
    return np.asarray(0.3 + towards_border**2, np.float64)


def area_share(points: FloatArray, belongs: FloatArray) -> float:
    """Share 0 to 1 of the occupied area that belongs, where each point (N, 2) says 0 to 1 (N,).

    Where less than `WITNESSES` cells are occupied, the others up to that number do not belong.
    """
    cells = cells_of(points)
    shares = np.bincount(cells, belongs) / np.bincount(cells)
    return float(shares.sum() / max(len(shares), WITNESSES))

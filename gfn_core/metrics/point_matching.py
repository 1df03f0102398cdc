"""Point matching error of homographies, as the DHE benchmark (CA-Homo, ECCV 2020) counts it."""

from collections.abc import Iterable

import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.motion.homography import transform


def point_matching_error(homography_px: FloatArray, points: FloatArray) -> float:
    """Mean distance, px, of points taken by `homography_px` (3, 3) from their partners (N, 2, 2).

    The smaller of both directions for each point: those who marked the points had no fixed order.
    """
    first, second = points[:, 0], points[:, 1]
    ways = ((first, second), (second, first))
    errors = [np.linalg.norm(transform(homography_px, a) - b, axis=1) for a, b in ways]
    return float(np.minimum(*errors).mean())


def by_class(errors: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Mean error of each class, and `mean` over the classes: each counts alike, however large."""
    gathered: dict[str, list[float]] = {}
    for scene, error in errors:
        gathered.setdefault(scene, []).append(error)
    means = {scene: float(np.mean(values)) for scene, values in gathered.items()}
    return means | {"mean": float(np.mean(list(means.values())))} if means else {}

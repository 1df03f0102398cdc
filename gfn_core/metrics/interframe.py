"""How alike successive frames are. Formulas and pitfalls: docs/measures.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.metrics.tracked_path import GrayArray, scaled_for_tracking

PSNR_CEILING_DB = 100.0  # for equal frames
WINDOW_PX, WINDOW_SIGMA_PX = 11, 1.5
Plane = NDArray[np.float32]
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


@dataclass(frozen=True)
class InterframeFigures:
    """Means over all pairs of successive frames; higher is steadier, and also blurrier."""

    psnr_db: float
    ssim: float


def interframe(frames: Iterable[GrayArray]) -> InterframeFigures:
    """Compare each frame (H, W), scaled down for tracking, with the one before.

    A single frame counts as still.
    """
    pairs = pairwise(scaled_for_tracking(frame) for frame in frames)
    figures = np.array([(psnr_db(a, b), ssim(a, b)) for a, b in pairs])
    if not len(figures):
        return InterframeFigures(PSNR_CEILING_DB, 1.0)
    return InterframeFigures(float(figures[:, 0].mean()), float(figures[:, 1].mean()))


def psnr_db(first: GrayArray, second: GrayArray) -> float:
    """Peak signal-to-noise ratio of two 8-bit frames, at most `PSNR_CEILING_DB`."""
    error = np.mean((first.astype(np.float64) - second) ** 2)
    if error == 0:
        return PSNR_CEILING_DB
    return float(min(PSNR_CEILING_DB, 10 * np.log10(255**2 / error)))


def ssim(first: GrayArray, second: GrayArray) -> float:
    """Structural similarity (Wang 2004): Gaussian window of 11 px, sigma 1.5; -1 to 1."""
    a, b = first.astype(np.float32), second.astype(np.float32)
    mean_a, mean_b = _local_mean(a), _local_mean(b)
    variance_a = _local_mean(a * a) - mean_a**2
    variance_b = _local_mean(b * b) - mean_b**2
    covariance = _local_mean(a * b) - mean_a * mean_b
    likeness = (2 * mean_a * mean_b + C1) * (2 * covariance + C2)
    likeness /= (mean_a**2 + mean_b**2 + C1) * (variance_a + variance_b + C2)
    return float(likeness.mean())


def _local_mean(plane: Plane) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (WINDOW_PX, WINDOW_PX), WINDOW_SIGMA_PX), np.float32)

"""Random smooth fields: the stuff that masks, clouds, water and drawn photographs are made of."""

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]  # (H, W)


def smooth_noise(rng: np.random.Generator, width: int, height: int, cell_px: float) -> Image:
    """Return noise (H, W) in about -1 to 1 whose features are `cell_px` wide."""
    columns, rows = (max(2, int(np.ceil(side / cell_px)) + 1) for side in (width, height))
    coarse = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))


def fractal_noise(
    rng: np.random.Generator, width: int, height: int, cell_px: float, roughness: float = 0.6
) -> Image:
    """Return noise (H, W), about -1 to 1, of octaves from `cell_px` down to 2 px.

    Each octave is `roughness` times as strong as the next coarser one.
    """
    total = np.zeros((height, width), np.float32)
    weight, norm = 1.0, 0.0
    while cell_px >= 2:
        total += np.float32(weight) * smooth_noise(rng, width, height, cell_px)
        norm += weight
        weight *= roughness
        cell_px /= 2
    return total / np.float32(max(norm, 1.0))

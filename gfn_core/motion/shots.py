"""Where a hard cut separates two frames."""

import cv2
import numpy as np
from numpy.typing import NDArray

LEVELS = 32


def luma_histogram(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Shares (32,) of the luma levels of a picture (H, W)."""
    counts = cv2.calcHist([picture], [0], None, [LEVELS], [0, 256]).ravel()
    return np.asarray(counts / picture.size, np.float64)


def histogram_change(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Least work to turn one histogram into the other, 0 to 1 (earth mover's distance, 1-D)."""
    return float(np.abs(np.cumsum(first - second)).mean())

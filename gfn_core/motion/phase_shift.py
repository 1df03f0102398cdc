"""The one shift that carries most of a picture to the next, however far: phase correlation.

Kuglin & Hines, 1975. It needs neither corners nor a start, and blur leaves its peak where it is.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray


def phase_shift(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> FloatArray:
    """Return the shift between two pictures (H, W) as a homography (3, 3) on half-widths.

    To about a pixel of theirs.
    """
    height, width = first.shape
    window = cv2.createHanningWindow((width, height), cv2.CV_32F)
    (x_px, y_px), _ = cv2.phaseCorrelate(
        first.astype(np.float32), second.astype(np.float32), window
    )
    return np.array([[1, 0, x_px * 2 / width], [0, 1, y_px * 2 / width], [0, 0, 1.0]])

"""The one shift that carries most of a picture to the next: phase correlation.

Kuglin & Hines, 1975. It needs neither corners nor a start, and blur leaves its peak where it is.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray


def phase_shift_px(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> FloatArray:
    """Return the shift (2,) px between two pictures (H, W), to about a px.

    Up to a quarter of their sides; from half of them on it comes out as one to the other side.
    """
    window = cv2.createHanningWindow(first.shape[::-1], cv2.CV_32F)
    shift, _ = cv2.phaseCorrelate(first.astype(np.float32), second.astype(np.float32), window)
    return np.asarray(shift)

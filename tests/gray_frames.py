"""Frames as a reader yields them, of pictures at hand."""

import numpy as np
from numpy.typing import NDArray

from gfn_core.media.gray_frame import GrayFrame

TICKS_A_FRAME = 512


def gray_frame(index: int, luma: NDArray[np.uint8], frame_rate: float = 25.0) -> GrayFrame:
    return GrayFrame(index, index * TICKS_A_FRAME, index / frame_rate, luma)

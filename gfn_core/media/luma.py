"""Luma of decoded frames, scaled down by averaging."""

from typing import Any

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from gfn_core.geometry import FrameGeometry
from gfn_core.media.color_names import FULL_RANGE
from gfn_core.media.pixel_format import PixelFormat, nearest_planar, planes_of

BLACK, WHITE = 16 / 256, 235 / 256  # of limited range, as shares of all codes


def scaled_luma(frame: VideoFrame, size: FrameGeometry) -> NDArray[np.uint8]:
    """Return the luma (H, W) of a frame at `size`, 0 to 255 whatever its range and bit depth.

    Formats with luma in a plane of its own are read in place; RGB and packed ones are converted.
    """
    is_full = int(frame.color_range) == FULL_RANGE or frame.format.name.startswith("yuvj")
    if frame.format.is_rgb or frame.format.name != nearest_planar(frame.format.name):
        frame, is_full = frame.reformat(format="gray", dst_color_range="JPEG"), True
    pixel_format = PixelFormat.of(nearest_planar(frame.format.name))
    luma: NDArray[Any] = planes_of(frame, pixel_format)[0]
    if luma.shape != (size.height, size.width):
        luma = cv2.resize(luma, (size.width, size.height), interpolation=cv2.INTER_AREA)
    codes = float(1 << pixel_format.bit_depth)
    black, white = (0.0, codes - 1) if is_full else (BLACK * codes, WHITE * codes)
    gain = 255 / (white - black)
    luma = np.maximum(luma, round(black))
    return np.asarray(cv2.convertScaleAbs(luma, alpha=gain, beta=-black * gain), np.uint8)

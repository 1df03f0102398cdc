"""Warping planes of a frame: one resampling, in the plane's own bit depth.

Planes are subsampled and sited differently (chroma of 4:2:0 lies between luma rows), so a warp
given on half-widths becomes a different matrix for each plane.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.homography import normalized

Plane = NDArray[Any]  # (H, W) uint8 or uint16

# Offset of the first chroma sample from the first luma sample, in luma px, for one subsampled axis:
# ffmpeg's names of chroma locations, and H.264's default where a file names none.
CHROMA_OFFSET_PX = {
    "left": (0.0, 0.5),
    "center": (0.5, 0.5),
    "topleft": (0.0, 0.0),
    "top": (0.5, 0.0),
    "bottomleft": (0.0, 1.0),
    "bottom": (0.5, 1.0),
}
DEFAULT_CHROMA_LOCATION = "left"


def plane_to_luma(
    log2_subsampling: tuple[int, int], chroma_location: str | None = None
) -> FloatArray:
    """Matrix (3, 3) from pixel indices of a plane to those of the luma plane."""
    offset = CHROMA_OFFSET_PX.get(chroma_location or "", CHROMA_OFFSET_PX[DEFAULT_CHROMA_LOCATION])
    scale_x, scale_y = (float(1 << log2) for log2 in log2_subsampling)
    offset_x, offset_y = (
        first * (scale - 1) for first, scale in zip(offset, (scale_x, scale_y), strict=True)
    )
    return np.array([[scale_x, 0, offset_x], [0, scale_y, offset_y], [0, 0, 1.0]])


def plane_warp(
    output_to_source: FloatArray, geometry: FrameGeometry, to_luma: FloatArray
) -> FloatArray:
    """Express a warp (3, 3) on half-widths as one on pixel indices of a plane."""
    to_half_widths = geometry.from_pixels @ to_luma
    return normalized(np.linalg.inv(to_half_widths) @ output_to_source @ to_half_widths)


def warp_plane(plane: Plane, output_to_source_px: FloatArray) -> Plane:
    """Resample `plane` (H, W) bicubically: output pixel p shows source point warp(p).

    Kernel taps beyond the edge repeat it; the points themselves lie inside, which the crop window
    guarantees and `gfn_core.render.border` checks.
    """
    height, width = plane.shape
    return cv2.warpAffine(
        plane,
        output_to_source_px[:2],
        (width, height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )

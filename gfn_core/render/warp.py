"""Warping planes of a frame: one interpolation, in the plane's own bit depth.

Planes are subsampled and sited differently (chroma of 4:2:0 lies between luma rows), so a warp
given on half-widths becomes a different matrix for each plane.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.homography import normalized, transform

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

# Undoes, on average over all phases, what the cubic doubling and the linear warp blur: chosen on
# photographs, against quintic splines.
SHARPENING = np.array([0.02, -0.08, 1.12, -0.08, 0.02], np.float32)
REACH_PX = 5  # of all kernels together
NOTHING_PX = 1e-3  # no warp that anyone would see


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


def warp_plane(plane: Plane, output_to_source_px: FloatArray, bit_depth: int = 8) -> Plane:
    """Resample `plane` (H, W): output pixel p shows source point warp(p), a homography (3, 3).

    Linearly, from the part of the plane that is seen, which has been sharpened and doubled before.
    That is nearer to the ideal than the bicubic kernel, and in less time: docs/decisions/0013. A
    warp that moves nothing returns the plane itself. Kernel taps beyond the edge repeat it; the
    points themselves lie inside, which `gfn_core.render.renderer.check_border` sees to.
    """
    height, width = plane.shape
    corners = np.array([[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]], float)
    seen = transform(output_to_source_px, corners)
    if np.abs(seen - corners).max() < NOTHING_PX:
        return plane
    left, top = np.maximum(np.floor(seen.min(axis=0)).astype(int) - REACH_PX, 0)
    right, bottom = np.ceil(seen.max(axis=0)).astype(int) + REACH_PX + 1
    doubled = _doubled(plane[top:bottom, left:right])
    to_doubled = np.array([[2, 0, 0.5 - 2 * left], [0, 2, 0.5 - 2 * top], [0, 0, 1.0]])
    warped = _warped_linearly(doubled, normalized(to_doubled @ output_to_source_px), width, height)
    white = (1 << bit_depth) - 1
    return warped if white == np.iinfo(plane.dtype).max else np.minimum(warped, white, out=warped)


def warp_fields(plane: Plane, warps_px: FloatArray, bit_depth: int = 8) -> Plane:
    """Resample the two fields woven into `plane` (H, W), each by itself, and weave them again.

    `warps_px` (2, 3, 3) are those of the rows 0, 2, 4... and 1, 3, 5..., each as for `warp_plane`.
    """
    woven = np.empty_like(plane)
    for first_row, warp in enumerate(warps_px):
        to_plane = np.array([[1, 0, 0], [0, 2, first_row], [0, 0, 1.0]])  # from a field's indices
        of_field = normalized(np.linalg.inv(to_plane) @ warp @ to_plane)
        woven[first_row::2] = warp_plane(plane[first_row::2], of_field, bit_depth)
    return woven


def _doubled(plane: Plane) -> Plane:
    """Twice as many samples each way: index i of the plane is 2 i + 0.5 of what is returned."""
    sharp = cv2.sepFilter2D(plane, -1, SHARPENING, SHARPENING, borderType=cv2.BORDER_REPLICATE)
    return cv2.resize(sharp, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)


def _warped_linearly(plane: Plane, warp: FloatArray, width: int, height: int) -> Plane:
    is_affine = np.array_equal(warp[2], [0, 0, 1])
    warp_with = cv2.warpAffine if is_affine else cv2.warpPerspective
    return warp_with(
        plane,
        warp[:2] if is_affine else warp,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )

"""Pictures inside a page: as data, since a page needs no other file."""

import base64
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray

Picture = NDArray[np.uint8]  # (H, W, 3) RGB

STILL_QUALITY, THUMBNAIL_QUALITY, THUMBNAIL_PX = 78, 55, 112
OUTLINE_RGB, SHADOW_RGB = (255, 255, 255), (0, 0, 0)


@dataclass(frozen=True)
class StillPair:
    """The same moment before and after, upright."""

    seconds: float
    before: Picture
    after: Picture

    @property
    def thumbnail(self) -> str:
        """The picture after, small, as a data address."""
        height, width = self.after.shape[:2]
        scale = min(1.0, THUMBNAIL_PX / max(height, width))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(self.after, size, interpolation=cv2.INTER_AREA)
        return as_data(np.asarray(small, np.uint8), THUMBNAIL_QUALITY)


def as_data(picture: Picture, quality: int = STILL_QUALITY) -> str:
    """Return `picture` as an address that holds it, WebP."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, quality])
    return "data:image/webp;base64," + base64.b64encode(data.tobytes()).decode()


def with_outline(picture: Picture, corners: FloatArray) -> Picture:
    """Draw the window whose corners (4, 2) are in half-widths on a picture of square pixels."""
    height, width = picture.shape[:2]
    points = corners * width / 2 + np.array([width - 1, height - 1]) / 2
    ring = points[[0, 1, 3, 2]]  # as `CropWindow.corners` lists them
    drawn = np.ascontiguousarray(picture)
    for color, thickness in ((SHADOW_RGB, 3), (OUTLINE_RGB, 1)):
        cv2.polylines(drawn, [np.round(ring).astype(np.int32)], True, color, thickness, cv2.LINE_AA)
    return drawn

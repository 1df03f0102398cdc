"""Whether two frames show the same place at all: told by their thumbnails."""

import cv2
import numpy as np
from numpy.typing import NDArray

THUMBNAIL_PX = 80  # longer side
BLANK_DEVIATION = 1.5  # of luma in a thumbnail, 0 to 255: below, nothing is to be seen
CENTRAL_SHARE = 0.6  # of each side: what is sought; the rest is how far it may have moved


def thumbnail(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Shrink a picture (H, W) to at most 80 px."""
    height, width = picture.shape
    scale = min(1.0, THUMBNAIL_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def is_blank(small: NDArray[np.uint8]) -> bool:
    """Whether nothing is to be seen in a thumbnail (H, W): a fade, a flash, the lens cap."""
    return bool(small.std() < BLANK_DEVIATION)


def likeness(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """How well the centre of each thumbnail (H, W) is found in the other, the worse of the two.

    Normalized cross-correlation at the best shift, at most 1: a change of exposure or contrast
    leaves it as it is. It stays under 0.5 at hard cuts and above through the fastest pans. Blank
    frames (a fade, the lens cap) say nothing, and are taken to be alike.
    """
    if is_blank(first) or is_blank(second):
        return 1.0
    return min(found_in(first, second), found_in(second, first))


def found_in(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Best correlation of the centre of the first with any part of the second."""
    top, left = (int(side * (1 - CENTRAL_SHARE) / 2) for side in first.shape)
    centre = first[top : first.shape[0] - top, left : first.shape[1] - left]
    return float(cv2.matchTemplate(second, centre, cv2.TM_CCOEFF_NORMED).max())

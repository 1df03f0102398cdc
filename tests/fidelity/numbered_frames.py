"""Frames that know which they are: a shaky view of a textured wall with a number written on it.

The number is four squares, black or white, in the middle of the wall; they survive any codec, any
crop that is still a window, and a turn of the display.
"""

from collections.abc import Iterator

import cv2
import numpy as np

BITS = 4
MARGIN = 8  # shares of the frame that the wall goes beyond it, as one part in so many


def numbered_frames(width: int, height: int, count: int, *, shakes: bool = True) -> Iterator[bytes]:
    """Yield `count` pictures (H, W, 3) RGB as bytes; at most 2 ** BITS of them differ."""
    rng = np.random.default_rng(width * height)
    margin = max(2, width // MARGIN)
    coarse = rng.integers(40, 216, (12, 16, 3), np.uint8)
    fine = rng.integers(-40, 40, (48, 64, 3))
    size = (width + 2 * margin, height + 2 * margin)
    wall = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC).astype(int)
    wall += cv2.resize(fine.astype(np.float32), size, interpolation=cv2.INTER_NEAREST).astype(int)
    wall = np.clip(wall, 16, 235).astype(np.uint8)
    reach = max(1, width // 40) if shakes else 0
    for index in range(count):
        left, top = margin + rng.integers(-reach, reach + 1, 2)
        numbered = wall.copy()
        for bit, (x, y, side) in enumerate(_squares(size[0], size[1], width)):
            shade = 235 if index >> bit & 1 else 16
            numbered[y - side : y + side, x - side : x + side] = shade if shakes else 128
        yield numbered[top : top + height, left : left + width].tobytes()


def number_of(gray: np.ndarray) -> int:
    """Read the number off a picture (H, W) whose black is darker than its white."""
    height, width = gray.shape
    middle = (int(gray.min()) + int(gray.max())) / 2
    number = 0
    for bit, (x, y, side) in enumerate(_squares(width, height, width)):
        core = max(1, side // 3)
        patch = gray[y - core : y + core, x - core : x + core]
        number |= int(patch.mean() > middle) << bit
    return number


def _squares(width: int, height: int, frame_width: int) -> Iterator[tuple[int, int, int]]:
    """Centre and half the side of each square, px."""
    side = max(2, frame_width // 16)
    for bit in range(BITS):
        yield width // 2 + (2 * bit - BITS + 1) * side, height // 2, side

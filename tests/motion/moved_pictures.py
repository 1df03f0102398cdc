"""Textured pictures under a known motion."""

import cv2
import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.homography import flow, in_pixels

GEOMETRY = FrameGeometry(640, 360)


def texture(seed: int, height: int = 360, width: int = 640) -> FloatArray:
    rng = np.random.default_rng(seed)
    picture = sum(
        cv2.GaussianBlur(rng.normal(0, 1, (height, width)), None, s) * s for s in (2, 5, 15)
    )
    return np.clip(120 + 45 * picture / picture.std(), 0, 255)


def moved(picture: FloatArray, motion: FloatArray) -> FloatArray:
    return cv2.warpPerspective(
        picture,
        in_pixels(motion, GEOMETRY),
        (640, 360),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT,
    )


def smeared(picture: FloatArray) -> FloatArray:
    """Blur as a camera does that moves by 31 px to the side while it exposes."""
    return cv2.filter2D(picture, -1, np.full((1, 31), 1 / 31))


def error_px(found: FloatArray, true: FloatArray) -> float:
    """Mean endpoint error over the frame."""
    grid = GEOMETRY.grid(32, 18).reshape(-1, 2)
    return float(np.hypot(*(flow(found, grid) - flow(true, grid)).T).mean() * 320)

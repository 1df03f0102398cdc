"""Where a stabilized frame comes from: the homography from its source frame, found on pictures."""

from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np

from gfn_core.geometry import SQUARE, FloatArray, FrameGeometry
from gfn_core.metrics.tracked_path import (
    GrayArray,
    matched_corners,
    robust_homography,
    scaled_for_tracking,
    shown_in,
)
from gfn_core.motion.homography import normalized

FEATURES = 1500
RATIO = 0.8  # of the best match's distance to the second best's (Lowe 2004)
COARSE_INLIER_PX = 3.0


@dataclass(frozen=True)
class Registration:
    """How a stabilized frame shows its source frame."""

    source: FrameGeometry
    stabilized: FrameGeometry
    homography: FloatArray  # (3, 3) source to stabilized, each in its own half-widths

    @property
    def linear(self) -> FloatArray:
        """Derivative (2, 2) of the map at the stabilized frame's centre."""
        back = np.linalg.inv(self.homography)
        back = back / back[2, 2]
        x, y = back[:2, 2]
        h = self.homography
        scale = h[2] @ (x, y, 1)
        image = h[:2] @ (x, y, 1) / scale
        return np.asarray((h[:2, :2] - np.outer(image, h[2, :2])) / scale)


def register(
    source: GrayArray,
    stabilized: GrayArray,
    source_aspect: Fraction = SQUARE,
    stabilized_aspect: Fraction = SQUARE,
) -> Registration | None:
    """Find the homography between two frames (H, W); None where they do not match.

    The aspects are those of their pixels.

    Binary features give the start, tracks between the two pictures laid over each other the rest.
    """
    small_source, small = scaled_for_tracking(source), scaled_for_tracking(stabilized)
    coarse = _coarse(small_source, small)
    if coarse is None:
        return None
    size = (small.shape[1], small.shape[0])
    laid_over = cv2.warpPerspective(small_source, coarse, size, flags=cv2.INTER_CUBIC)
    start, end = matched_corners(np.asarray(laid_over, np.uint8), small)
    fine = robust_homography(start, end)
    if fine is None:
        return None
    there, here = shown_in(source, source_aspect), shown_in(stabilized, stabilized_aspect)
    to_pixels = there.scaled(small_source.shape[1], small_source.shape[0]).to_pixels
    from_pixels = here.scaled(small.shape[1], small.shape[0]).from_pixels
    return Registration(there, here, normalized(from_pixels @ fine @ coarse @ to_pixels))


def _coarse(source: GrayArray, stabilized: GrayArray) -> FloatArray | None:
    detector = cv2.ORB.create(FEATURES, fastThreshold=7)
    points, descriptors = detector.detectAndCompute(source, None)
    other_points, other_descriptors = detector.detectAndCompute(stabilized, None)
    if descriptors is None or other_descriptors is None or len(other_points) < 2:
        return None
    matches = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(descriptors, other_descriptors, k=2)
    good = [first for first, second in matches if first.distance < RATIO * second.distance]
    if len(good) < 8:
        return None
    start = np.array([points[match.queryIdx].pt for match in good])
    end = np.array([other_points[match.trainIdx].pt for match in good])
    homography, _ = cv2.findHomography(start, end, cv2.USAC_MAGSAC, COARSE_INLIER_PX)
    return None if homography is None else np.asarray(homography, np.float64)

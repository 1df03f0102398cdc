"""Ways to estimate the motion between two frames alone, each as a homography on half-widths."""

from collections.abc import Callable

import cv2
import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.media.gray_frame import GrayFrame
from gfn_core.motion.bases import orthonormal_bases
from gfn_core.motion.estimator import MotionEstimator
from gfn_core.motion.guided_estimator import GuidedEstimator, Luma, shrunk
from gfn_core.motion.homography import from_pixels

PairMethod = Callable[[Luma, Luma], FloatArray]

CORNERS, CORNER_QUALITY, CORNER_DISTANCE_PX = 400, 0.01, 8
RANSAC_PX = 1.0
LOWE_RATIO = 0.75


def identity(first: Luma, second: Luma) -> FloatArray:
    """No motion."""
    del first, second
    return np.eye(3)


def sift_ransac(first: Luma, second: Luma) -> FloatArray:
    """OpenCV's textbook recipe: SIFT, Lowe's ratio test, RANSAC; identity where it fails."""
    sift = cv2.SIFT.create()
    found = [sift.detectAndCompute(luma, None) for luma in (first, second)]
    if any(described is None or len(described) < 2 for _, described in found):
        return np.eye(3)
    (corners, first_features), (others, second_features) = found
    pairs = cv2.BFMatcher().knnMatch(first_features, second_features, k=2)
    good = [best for best, next_best in pairs if best.distance < LOWE_RATIO * next_best.distance]
    source = np.array([corners[match.queryIdx].pt for match in good]).reshape(-1, 2)
    target = np.array([others[match.trainIdx].pt for match in good]).reshape(-1, 2)
    return _consensus(source, target, first, cv2.RANSAC)


def lk_homography(first: Luma, second: Luma, consensus: int = cv2.RANSAC) -> FloatArray:
    """Corners tracked by Lucas-Kanade, RANSAC; identity where it fails."""
    source, target = lk_points(first, second)
    return _consensus(source, target, first, consensus)


def lk_points(first: Luma, second: Luma) -> tuple[FloatArray, FloatArray]:
    """Corners of the first frame and where they are found in the second, (N, 2) px each."""
    corners = cv2.goodFeaturesToTrack(first, CORNERS, CORNER_QUALITY, CORNER_DISTANCE_PX)
    if corners is None:
        return np.zeros((0, 2)), np.zeros((0, 2))  # type: ignore[unreachable]  # OpenCV's stubs err
    found, status, _ = cv2.calcOpticalFlowPyrLK(first, second, corners, np.empty(0, np.float32))
    kept = status.ravel() == 1
    return (
        np.asarray(corners[kept].reshape(-1, 2), np.float64),
        np.asarray(found[kept].reshape(-1, 2), np.float64),
    )


def estimated(estimator: MotionEstimator) -> PairMethod:
    """The motion of a clip of two frames, as the pipeline estimates it."""

    def method(first: Luma, second: Luma) -> FloatArray:
        geometry = FrameGeometry(first.shape[1], first.shape[0])
        frames = [GrayFrame(i, i, float(i), luma) for i, luma in enumerate((first, second))]
        return list(estimator.pair_motions(frames, geometry))[-1].homography

    return method


def network_alone(estimator: GuidedEstimator) -> PairMethod:
    """What a network says before tracks and alignment make it exact."""

    def method(first: Luma, second: Luma) -> FloatArray:
        geometry = FrameGeometry(first.shape[1], first.shape[0])
        small = geometry.fitted(estimator.settings.longest_px)
        lumas = [shrunk(luma, small) for luma in (first, second)]
        return estimator.guides(lumas, [1], geometry, orthonormal_bases(geometry))[0].homography

    return method


def _consensus(source: FloatArray, target: FloatArray, frame: Luma, consensus: int) -> FloatArray:
    if len(source) < 4:
        return np.eye(3)
    found, _ = cv2.findHomography(source, target, consensus, RANSAC_PX)
    if found is None or abs(found[2, 2]) < np.finfo(float).eps:
        return np.eye(3)
    geometry = FrameGeometry(frame.shape[1], frame.shape[0])
    return from_pixels(np.asarray(found, np.float64), geometry)

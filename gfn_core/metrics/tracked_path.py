"""The path that a video's picture takes, measured on its frames alone.

The ruler behind every figure of stability. It shares no estimator with the pipeline: corners by
Shi and Tomasi, pyramidal Lucas-Kanade with a check backwards, homography by MAGSAC++, all OpenCV's.
Whoever made a video is measured in the same way; no stored parameter is looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gfn_core.geometry import SQUARE, FloatArray, FrameGeometry
from gfn_core.motion.homography import flow, from_pixels, transform
from gfn_core.motion.similarity import Similarity

GrayArray = NDArray[np.uint8]
BoolArray = NDArray[np.bool_]

LONGEST_PX = 640  # frames are tracked at this size; LK's error of 0.03 px is 0.1 px at 1920
CORNER_QUALITY, CORNER_DISTANCE_PX = 0.005, 9
BACKWARD_PX = 0.5
INLIER_PX = 1.0
SPREAD_CELLS = (12, 24, 48)  # along the longer side of what the tracks cover
NEAR_PX = 4.0  # of the motion of the whole picture
FLAT_PX = 10.0  # rms from a line; matches nearer to one tell nothing of what is across it
LOCAL_LIMIT = 0.0125  # halves of the longer side, 4 px of 640; what differs more is an object
LEAST_INLIERS, LEAST_INLIER_SHARE = 12, 0.15
LEAST_SPREAD = 16  # cells that hold a track, or they are halved
CELL_COLUMNS, CELL_ROWS = 8, 5


@dataclass(frozen=True)
class Effort:
    """How much is tracked, and how far; the default measures, less will do to compare."""

    corners: int = 600
    window_px: int = 21
    levels: int = 4


MEASURING = Effort()


@dataclass(frozen=True)
class TrackedPath:
    """Motion of the picture; entry t takes points of frame t-1 to frame t, in half-widths.

    Frame 0 and frames whose motion could not be found (cuts, black, blur) hold the identity.
    """

    geometry: FrameGeometry
    homography: FloatArray  # (N, 3, 3)
    tracked: BoolArray  # (N,) False in frame 0 and wherever too few tracks agreed
    residual: FloatArray  # (N, CELL_ROWS, CELL_COLUMNS, 2) median motion left over the similarity;
    # NaN in a cell without tracks

    def __len__(self) -> int:
        return len(self.tracked)

    @property
    def similarity(self) -> Similarity:
        """Similarity (N,) nearest to each homography over the whole frame."""
        return Similarity.from_homography(self.homography, self.geometry)

    @property
    def failures(self) -> int:
        """Number of frames, but for the first, whose motion could not be found."""
        return int(np.count_nonzero(~self.tracked[1:]))


@dataclass(frozen=True)
class _Step:
    homography: FloatArray  # (3, 3)
    tracked: bool
    residual: FloatArray  # (CELL_ROWS, CELL_COLUMNS, 2)


def tracked_path(
    frames: Iterable[GrayArray],
    effort: Effort = MEASURING,
    pixel_aspect: Fraction = SQUARE,
) -> TrackedPath:
    """Measure the motion between successive `frames`, each (H, W) luma 0 to 255.

    Frames are looked at one after the other and scaled down to `LONGEST_PX`. Raises ValueError
    where there is no frame, or where their size changes.
    """
    steps: list[_Step] = []
    before: GrayArray | None = None
    shape: tuple[int, ...] | None = None
    geometry = FrameGeometry(1, 1)
    for frame in frames:
        if shape is not None and frame.shape != shape:
            raise ValueError(f"frames of two sizes: {shape} and {frame.shape}")
        shape = frame.shape
        after = scaled_for_tracking(frame)
        geometry = shown_in(frame, pixel_aspect).scaled(after.shape[1], after.shape[0])
        steps.append(_lost() if before is None else _step(before, after, geometry, effort))
        before = after
    if not steps:
        raise ValueError("no frame to track")
    return TrackedPath(
        geometry,
        np.stack([step.homography for step in steps]),
        np.array([step.tracked for step in steps]),
        np.stack([step.residual for step in steps]),
    )


def shown_in(frame: GrayArray, pixel_aspect: Fraction) -> FrameGeometry:
    """Geometry of a frame (H, W) whose pixels have this shape."""
    return FrameGeometry(frame.shape[1], frame.shape[0], pixel_aspect)


def scaled_for_tracking(frame: GrayArray) -> GrayArray:
    """Scale a frame down so that its longer side is at most `LONGEST_PX`."""
    size = shown_in(frame, SQUARE).fitted(LONGEST_PX)
    if (size.height, size.width) == frame.shape:
        return frame
    scaled = cv2.resize(frame, (size.width, size.height), interpolation=cv2.INTER_AREA)
    return np.asarray(scaled, np.uint8)


def matched_corners(
    before: GrayArray, after: GrayArray, effort: Effort = MEASURING
) -> tuple[FloatArray, FloatArray]:
    """Return corners (N, 2) of `before` and where LK finds them in `after`, px."""
    corners = cast(
        "NDArray[np.float32] | None",
        cv2.goodFeaturesToTrack(before, effort.corners, CORNER_QUALITY, CORNER_DISTANCE_PX),
    )
    if corners is None:
        return np.empty((0, 2)), np.empty((0, 2))
    start = np.asarray(corners, np.float32).reshape(-1, 1, 2)
    window = (effort.window_px, effort.window_px)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 0.01)
    end, found, _ = cv2.calcOpticalFlowPyrLK(
        before, after, start, start.copy(), None, None, window, effort.levels, criteria
    )
    back, found_back, _ = cv2.calcOpticalFlowPyrLK(
        after, before, end, end.copy(), None, None, window, effort.levels, criteria
    )
    returned = np.linalg.norm(np.asarray(back) - start, axis=-1).ravel() < BACKWARD_PX
    kept = returned & (found.ravel() == 1) & (found_back.ravel() == 1)
    return (
        start.reshape(-1, 2)[kept].astype(np.float64),
        np.asarray(end, np.float64).reshape(-1, 2)[kept],
    )


def robust_homography(start: FloatArray, end: FloatArray) -> FloatArray | None:
    """Fit a homography (3, 3) to matches (N, 2) in px; None where too few agree.

    One match from each part of the picture decides which motion is the picture's, lest an object
    with many corners does; then all that move nearly so say it more exactly.
    """
    spread = _spread(start)
    coarse = _consensus(start[spread], end[spread])
    if coarse is None:
        return None
    near = np.linalg.norm(transform(coarse, start) - end, axis=-1) < NEAR_PX
    fine = _consensus(start[near], end[near])
    return coarse if fine is None else fine


def _spread(points: FloatArray) -> NDArray[np.intp]:
    """Index of the first of `points` (N, 2) in each square cell of what they cover.

    Corners come in the order of their strength: the first is the strongest. Cells are halved until
    enough hold one: a few stray points may make what is covered look large.
    """
    from_corner = points - points.min(axis=0, initial=np.inf)
    share = from_corner / max(1.0, from_corner.max(initial=0))
    for cells in SPREAD_CELLS:
        cell = np.minimum(np.floor(share * cells), cells - 1)
        first = np.unique(cell, axis=0, return_index=True)[1]
        if len(first) >= LEAST_SPREAD:
            break
    return first


def _consensus(start: FloatArray, end: FloatArray) -> FloatArray | None:
    """Homography (3, 3) that the most matches (N, 2) agree on; None where they are too few."""
    if len(start) < LEAST_INLIERS:
        return None
    homography = None
    if not _is_flat(start):
        homography, inlier = cv2.findHomography(
            start, end, cv2.USAC_MAGSAC, INLIER_PX, None, 2000, 0.999
        )
    if homography is None or not _enough(inlier):
        # Few or flat matches: four parameters may still be had where eight are not.
        affine, inlier = cv2.estimateAffinePartial2D(
            start, end, method=cv2.RANSAC, ransacReprojThreshold=INLIER_PX
        )
        if affine is None or not _enough(inlier):
            return None
        homography = np.vstack([affine, [0, 0, 1]])
    return np.asarray(homography, np.float64)


def _is_flat(points: FloatArray) -> bool:
    """Whether `points` (N, 2) lie within `FLAT_PX` (rms) of a line."""
    across = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)[-1]
    return bool(across < FLAT_PX * np.sqrt(len(points)))


def _step(before: GrayArray, after: GrayArray, geometry: FrameGeometry, effort: Effort) -> _Step:
    if np.array_equal(before, after):
        return _Step(np.eye(3), True, np.zeros((CELL_ROWS, CELL_COLUMNS, 2)))
    start, end = matched_corners(before, after, effort)
    homography_px = robust_homography(start, end)
    if homography_px is None:
        return _lost()
    homography = from_pixels(homography_px, geometry)
    to_half_widths = geometry.from_pixels
    points, moved = (p @ to_half_widths[:2, :2].T + to_half_widths[:2, 2] for p in (start, end))
    similarity = Similarity.from_homography(homography, geometry).matrix
    left_over = moved - points - flow(similarity, points)
    # Not the inliers alone: what wobbles is no inlier.
    near = np.linalg.norm(left_over, axis=-1) < LOCAL_LIMIT * max(1.0, geometry.half_height)
    return _Step(homography, True, _by_cell(points[near], left_over[near], geometry))


def _by_cell(points: FloatArray, values: FloatArray, geometry: FrameGeometry) -> FloatArray:
    """Median of `values` (N, 2) in each cell of a grid over the frame."""
    share = points / np.array([2, 2 * geometry.half_height]) + 0.5
    size = np.array([CELL_COLUMNS, CELL_ROWS])
    column, row = np.clip((share * size).astype(int), 0, size - 1).T
    medians = pd.DataFrame(values).groupby(row * CELL_COLUMNS + column).median()
    cells = np.full((CELL_ROWS * CELL_COLUMNS, 2), np.nan)
    cells[medians.index] = medians.to_numpy()
    return cells.reshape(CELL_ROWS, CELL_COLUMNS, 2)


def _enough(inlier: object) -> bool:
    mask = np.asarray(inlier)
    return bool(mask.sum() >= max(LEAST_INLIERS, LEAST_INLIER_SHARE * mask.size))


def _lost() -> _Step:
    return _Step(np.eye(3), False, np.full((CELL_ROWS, CELL_COLUMNS, 2), np.nan))

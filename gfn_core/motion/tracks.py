"""Sparse tracks: corners of one frame found again in the next, by Lucas-Kanade.

Each frame is prepared once (its smaller pictures and its corners) and then serves both of its
pairs. Tracking has two steps: `coarse_tracks` follows a few corners through the pyramid;
`fine_tracks` starts all of them at a known motion, at full size only, and checks each by tracking
it back. A start from a network makes the first step unnecessary.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.homography import in_pixels, inverse, transform
from gfn_core.motion.shots import thumbnail

Luma = NDArray[np.uint8]


@dataclass(frozen=True)
class TrackingSettings:
    """Where corners are sought and how they are followed; lengths in px of the analysis frame."""

    cell_px: int = 20  # at most one corner in each cell
    corners: int = 400
    coarse_corners: int = 150
    corner_window_px: int = 10
    relative_quality: float = 1e-3  # of a corner / of the frame's 99th percentile
    least_quality: float = 2e-7  # below it, a corner is sensor noise
    window_px: int = 11
    flatten_px: int = 31  # exposure is levelled over this; about twice the window
    pyramid_levels: int = 4  # below the half-size picture
    return_error_px: float = 0.5  # of a corner tracked forward and back


@dataclass(frozen=True)
class TrackedFrame:
    """A frame prepared for tracking."""

    luma: Luma  # (H, W)
    relief: Luma  # (H, W) luma less its local mean
    half: Luma  # (H/2, W/2) half the relief: pixel i lies at its pixel 2 i
    thumbnail: Luma
    corners: NDArray[np.float32]  # (N, 2) px of `luma`, best first


@dataclass(frozen=True)
class Tracks:
    """Matched points, in half-widths."""

    source: FloatArray  # (N, 2) in the first frame
    target: FloatArray  # (N, 2) in the second
    lost: FloatArray  # (M, 2) in the first, expected within the second but not found there


NO_TRACKS = Tracks(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((0, 2)))


def prepare(luma: Luma, settings: TrackingSettings) -> TrackedFrame:
    """Shrink a frame and find its corners."""
    relief = flattened(luma, settings.flatten_px)
    half = np.asarray(cv2.pyrDown(relief), np.uint8)
    return TrackedFrame(luma, relief, half, thumbnail(luma), find_corners(half, settings) * 2)


def flattened(luma: Luma, window_px: int) -> Luma:
    """Subtract the local mean, so that a change of exposure is not taken for motion."""
    local_mean = cv2.blur(luma, (window_px, window_px))
    return np.asarray(cv2.addWeighted(luma, 1, local_mean, -1, 128), np.uint8)


def find_corners(picture: Luma, settings: TrackingSettings) -> NDArray[np.float32]:
    """Best corner (Shi & Tomasi, CVPR 1994) of each cell of a half-size picture, best first.

    Returns (N, 2) px of the picture. A fixed grid spreads the corners over the frame, so that one
    busy region cannot hold them all; a threshold relative to the frame adapts to low contrast.
    """
    quality = cv2.cornerMinEigenVal(picture, settings.corner_window_px // 2, ksize=3)
    cell = settings.cell_px // 2
    margin = min(cell // 2, *(side // 4 for side in picture.shape))
    inner = quality[margin : picture.shape[0] - margin, margin : picture.shape[1] - margin]
    rows, columns = inner.shape[0] // cell, inner.shape[1] // cell
    if rows == 0 or columns == 0:
        return np.zeros((0, 2), np.float32)
    blocks = inner[: rows * cell, : columns * cell].reshape(rows, cell, columns, cell)
    cells = blocks.swapaxes(1, 2).reshape(rows * columns, cell * cell)
    best = cells.argmax(axis=1)
    value = cells[np.arange(len(cells)), best]
    x = margin + np.arange(rows * columns) % columns * cell + best % cell
    y = margin + np.arange(rows * columns) // columns * cell + best // cell
    strong = max(settings.relative_quality * np.percentile(value, 99), settings.least_quality)
    order = np.argsort(-value, kind="stable")
    order = order[value[order] > strong][: settings.corners]
    return np.stack([x[order], y[order]], axis=-1).astype(np.float32)


def coarse_tracks(
    first: TrackedFrame, second: TrackedFrame, geometry: FrameGeometry, settings: TrackingSettings
) -> Tracks:
    """Follow a few corners from rest, through the pyramid of the half-size pictures."""
    spread = max(1, len(first.corners) // settings.coarse_corners)
    corners = first.corners[::spread]
    if len(corners) == 0:
        return NO_TRACKS
    found, tracked = follow(
        first.half,
        second.half,
        corners / 2,
        corners / 2,
        levels_below=settings.pyramid_levels - 1,
        window_px=settings.window_px,
        precision_px=0.05,
    )
    kept = tracked & inside(found, second.half)
    return matched(corners, found * 2, kept, ~kept, geometry)


def fine_tracks(
    first: TrackedFrame,
    second: TrackedFrame,
    geometry: FrameGeometry,
    settings: TrackingSettings,
    start: FloatArray,
) -> Tracks:
    """Follow all corners at full size from where `start` (3, 3) takes them, forward and back."""
    corners = first.corners
    if len(corners) == 0:
        return NO_TRACKS
    expected = transform(in_pixels(start, geometry), corners.astype(np.float64))
    at_one_size = partial(follow, levels_below=0, window_px=settings.window_px)
    found, forward = at_one_size(first.relief, second.relief, corners, expected, precision_px=0.01)
    # The way back only tells true tracks from false ones, for which half the size will do.
    back = transform(in_pixels(inverse(start), geometry), found.astype(np.float64))
    returned, backward = at_one_size(
        second.half, first.half, found / 2, back / 2, precision_px=0.05
    )
    error = np.hypot(*(returned * 2 - corners).T)
    kept = forward & backward & inside(found, second.relief) & (error < settings.return_error_px)
    return matched(corners, found, kept, ~kept & inside(expected, second.relief), geometry)


def follow(
    first: Luma,
    second: Luma,
    points: NDArray[np.floating[Any]],
    expected: NDArray[np.floating[Any]],
    *,
    levels_below: int,
    window_px: int,
    precision_px: float,
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Track `points` (N, 2) px from near `expected` (N, 2) px; tell where to and whether found."""
    found, status, _ = cv2.calcOpticalFlowPyrLK(
        first,
        second,
        points.astype(np.float32),
        expected.astype(np.float32),
        winSize=(window_px, window_px),
        maxLevel=levels_below,
        criteria=(cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 20, precision_px),
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return np.asarray(found, np.float32), np.asarray(status).ravel() == 1


def inside(points: NDArray[np.floating[Any]], picture: Luma) -> NDArray[np.bool_]:
    """Whether points (N, 2) px lie in the picture."""
    height, width = picture.shape
    x, y = points[:, 0], points[:, 1]
    within = (x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1)
    return np.asarray(within, np.bool_)


def matched(
    source: NDArray[np.float32],
    target: NDArray[np.float32],
    kept: NDArray[np.bool_],
    lost: NDArray[np.bool_],
    geometry: FrameGeometry,
) -> Tracks:
    """Express the kept points (N, 2) px as tracks in half-widths."""
    to_half_widths = geometry.from_pixels
    parts = (source[kept], target[kept], source[lost])
    return Tracks(*(transform(to_half_widths, part.astype(np.float64)) for part in parts))

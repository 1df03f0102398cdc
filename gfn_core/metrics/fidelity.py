"""What a stabilized video keeps of its source. Formulas and pitfalls: docs/measures.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np

from gfn_core.geometry import SQUARE, FloatArray
from gfn_core.metrics.registration import Registration, register
from gfn_core.metrics.tracked_path import BoolArray, GrayArray
from gfn_core.motion.homography import normalized

BORDER_TOLERANCE = 0.005  # half-widths; the registration is exact to about a tenth of it
BLACK = 4  # luma, 0 to 255; an encoder leaves black a little off


@dataclass(frozen=True)
class FidelityFigures:
    """Figures of one video, over the frames that were looked at."""

    cropping_ratio: float  # mean over frames; width shown / width of the source, 1 is all
    cropping_ratio_least: float
    distortion: float  # mean over frames; 1 is none
    distortion_least: float
    sharpness: float  # 1 is as sharp as the source, resampled once
    outside_share: float  # of the pixels: those that show what lies outside the source frame
    black_border_share: float  # of the pixels
    unmatched: int  # frames that could not be laid over their source
    compared: int


def fidelity(
    pairs: Iterable[tuple[GrayArray, GrayArray]],
    source_aspect: Fraction = SQUARE,
    stabilized_aspect: Fraction = SQUARE,
) -> FidelityFigures:
    """Compare frames (H, W) of a source with the stabilized frames made from them.

    The aspects are those of their pixels.
    Raises ValueError where no pair is given or none can be matched.
    """
    rows, unmatched = [], 0
    for source, stabilized in pairs:
        registration = register(source, stabilized, source_aspect, stabilized_aspect)
        if registration is None:
            unmatched += 1
            continue
        beyond = outside(registration)
        rows.append(
            (
                cropping_ratio(registration),
                distortion(registration),
                sharpness_ratio(source, stabilized, registration, ~beyond),
                beyond.mean(),
                black_border(stabilized).mean(),
            )
        )
    if not rows:
        raise ValueError(f"none of {unmatched} frames matches its source")
    crop, bend, sharp, beyond, black = np.array(rows, np.float64).T
    return FidelityFigures(
        float(crop.mean()),
        float(crop.min()),
        float(bend.mean()),
        float(bend.min()),
        float(np.median(sharp)),
        float(beyond.mean()),
        float(black.mean()),
        unmatched,
        len(rows) + unmatched,
    )


def cropping_ratio(registration: Registration) -> float:
    """Width that the stabilized frame shows, as a share of the source's."""
    return float(abs(np.linalg.det(registration.linear)) ** -0.5)


def distortion(registration: Registration) -> float:
    """Smaller over larger singular value of the map's linear part; 1 for any similarity."""
    large, small = np.linalg.svd(registration.linear, compute_uv=False)
    return float(small / large)


def sharpness_ratio(
    source: GrayArray, stabilized: GrayArray, registration: Registration, inside: BoolArray
) -> float:
    """Mean |Laplacian| of the stabilized frame over that of the source resampled to it.

    Only where `inside` (H, W) and all pixels around are.
    """
    to_stabilized_px = normalized(
        registration.stabilized.to_pixels
        @ registration.homography
        @ registration.source.from_pixels
    )
    size = (stabilized.shape[1], stabilized.shape[0])
    resampled = cv2.warpPerspective(source, to_stabilized_px, size, flags=cv2.INTER_LANCZOS4)
    inside = cv2.erode(inside.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    reference = _sharpness(np.asarray(resampled, np.uint8), inside)
    return _sharpness(stabilized, inside) / reference if reference > 0 else 1.0


def outside(registration: Registration) -> BoolArray:
    """Which pixels (H, W) of the stabilized frame show what lies outside the source frame."""
    frame = registration.stabilized
    points = frame.grid(frame.width, frame.height)
    back = np.asarray(np.linalg.inv(registration.homography), np.float64)
    seen = np.abs(cv2.perspectiveTransform(points, back))
    limit = np.array([1.0, registration.source.half_height]) + BORDER_TOLERANCE
    return np.asarray((seen > limit).any(axis=-1))


def black_border(frame: GrayArray) -> BoolArray:
    """Which pixels (H, W) are black and joined to the frame's edge through black ones."""
    dark = np.pad((frame <= BLACK).astype(np.uint8), 1, constant_values=1)
    _, labels = cv2.connectedComponents(dark, connectivity=4)
    return np.asarray((labels == labels[0, 0])[1:-1, 1:-1])


def _sharpness(frame: GrayArray, inside: BoolArray) -> float:
    if not inside.any():
        return 0.0
    laplacian: FloatArray = np.abs(cv2.Laplacian(frame.astype(np.float64), cv2.CV_64F))
    return float(laplacian[inside].mean())

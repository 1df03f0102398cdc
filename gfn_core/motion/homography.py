"""Homographies as arrays (..., 3, 3) on half-widths; see `gfn_core.geometry` for the convention."""

import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry


def normalized(homography: FloatArray) -> FloatArray:
    """Scale (..., 3, 3) so that the last entry is 1."""
    return homography / homography[..., 2:, 2:]


def inverse(homography: FloatArray) -> FloatArray:
    """Return the inverses of (..., 3, 3)."""
    return normalized(np.asarray(np.linalg.inv(homography), np.float64))


def transform(homography: FloatArray, points: FloatArray) -> FloatArray:
    """Take `points` (..., N, 2) through `homography` (..., 3, 3)."""
    mapped = points @ np.swapaxes(homography[..., :2], -1, -2) + homography[..., None, :, 2]
    return mapped[..., :2] / mapped[..., 2:]


def in_pixels(homography: FloatArray, geometry: FrameGeometry) -> FloatArray:
    """Express a homography on half-widths as one on pixel indices of `geometry`."""
    return normalized(geometry.to_pixels @ homography @ geometry.from_pixels)


def from_pixels(homography_px: FloatArray, geometry: FrameGeometry) -> FloatArray:
    """Express a homography on pixel indices of `geometry` as one on half-widths."""
    return normalized(geometry.from_pixels @ homography_px @ geometry.to_pixels)


def flow(homography: FloatArray, points: FloatArray) -> FloatArray:
    """Displacement of `points` (..., N, 2) under `homography`, in half-widths."""
    return transform(homography, points) - points


def flow_px(homography: FloatArray, geometry: FrameGeometry, columns: int, rows: int) -> FloatArray:
    """Flow (..., rows, columns, 2) at the cells of a grid over a frame, in px of `geometry`."""
    moved = flow(homography, geometry.grid(columns, rows).reshape(-1, 2))
    in_px = moved * np.diag(geometry.to_pixels)[:2]
    return np.asarray(in_px.reshape(*homography.shape[:-2], rows, columns, 2))

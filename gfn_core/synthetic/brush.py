"""Ways to put paint on a picture: anti-aliased polygons, surfaces with texture, fractal noise.

A picture is an array (H, W, 3), uint8 RGB; positions are px, (x, y). Everything random comes from
the generator passed in, so that a seed decides every pixel.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Plane = NDArray[np.float32]
Color = Sequence[float]
Points = Sequence[Sequence[float]] | Sequence[NDArray[np.float64]] | NDArray[np.float64]

SUBPIXEL_BITS = 4


def fractal_noise(
    rng: np.random.Generator, width: int, height: int, coarsest_px: float, octaves: int = 5
) -> Plane:
    """Return smooth noise (H, W) from 0 to 1 whose largest blobs measure about `coarsest_px`."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        cell_px = max(1.0, coarsest_px / 2**octave)
        shape = (int(height / cell_px) + 3, int(width / cell_px) + 3)
        coarse = rng.random(shape, dtype=np.float32)
        total += _magnified(coarse, cell_px, width, height) * np.float32(0.5**octave)
    low, high = np.quantile(total, (0.005, 0.995))
    return np.asarray(np.clip((total - low) / (high - low), 0, 1), np.float32)


def shaded(color: Color, brightness: Plane) -> Picture:
    """Return a surface (H, W, 3) of one color under a `brightness` (H, W) around 1."""
    surface = np.asarray(color, np.float32) * brightness[..., None]
    return np.asarray(np.clip(surface, 0, 255), np.uint8)


def fill(picture: Picture, outline: Points, color: Color) -> None:
    """Paint a polygon in one color."""
    cv2.fillPoly(picture, [_subpixel(outline)], tuple(color), cv2.LINE_AA, SUBPIXEL_BITS)


def line(picture: Picture, points: Points, color: Color, thickness_px: int = 1) -> None:
    """Draw an open line through `points`."""
    cv2.polylines(
        picture, [_subpixel(points)], False, tuple(color), thickness_px, cv2.LINE_AA, SUBPIXEL_BITS
    )


def disc(picture: Picture, center: Sequence[float], radius_px: float, color: Color) -> None:
    """Paint a disc."""
    scale = 1 << SUBPIXEL_BITS
    x, y = (round(coordinate * scale) for coordinate in center)
    cv2.circle(
        picture, (x, y), round(radius_px * scale), tuple(color), -1, cv2.LINE_AA, SUBPIXEL_BITS
    )


def box(left: float, top: float, right: float, bottom: float) -> Points:
    """Return the outline of an upright rectangle."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def cover(picture: Picture, outline: Points, surface: Picture) -> None:
    """Cover a polygon with `surface`, whose corner lies at that of the polygon's bounding box."""
    corner = np.floor(np.min(outline, axis=0)).astype(int)
    height, width = surface.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [_subpixel(outline - corner)], (255,), cv2.LINE_AA, SUBPIXEL_BITS)
    blend(picture, surface, np.asarray(mask / 255, np.float32), (int(corner[0]), int(corner[1])))


def blend(picture: Picture, surface: Picture, alpha: Plane, corner: tuple[int, int]) -> None:
    """Lay `surface` (h, w, 3) over the picture at `corner`, as opaque as `alpha` (h, w) says."""
    height, width = picture.shape[:2]
    left, top = (max(0, -coordinate) for coordinate in corner)
    right = min(alpha.shape[1], width - corner[0])
    bottom = min(alpha.shape[0], height - corner[1])
    if right <= left or bottom <= top:
        return
    part = (slice(top, bottom), slice(left, right))
    under = picture[corner[1] + top : corner[1] + bottom, corner[0] + left : corner[0] + right]
    opacity = alpha[part][..., None]
    mixed = under + opacity * (surface[part].astype(np.float32) - under)
    under[...] = np.rint(mixed).astype(np.uint8)


def darken(picture: Picture, outline: Points, strength: float, softness_px: float) -> None:
    """Cast a soft shadow in the shape of a polygon; `strength` from 0 to 1."""
    margin = int(3 * softness_px) + 1
    corner = np.floor(np.min(outline, axis=0)).astype(int) - margin
    width, height = np.ceil(np.max(outline, axis=0)).astype(int) - corner + margin
    mask = np.zeros((int(height), int(width)), np.uint8)
    cv2.fillPoly(mask, [_subpixel(outline - corner)], (255,), cv2.LINE_AA, SUBPIXEL_BITS)
    soft = np.asarray(cv2.GaussianBlur(mask, (0, 0), softness_px) / 255, np.float32)
    shade = np.broadcast_to(np.array((28, 30, 52), np.uint8), (*soft.shape, 3))
    blend(picture, shade, np.asarray(soft * strength, np.float32), (int(corner[0]), int(corner[1])))


def varied(
    rng: np.random.Generator, color: Color, lightness: float, hue: float | None = None
) -> tuple[float, ...]:
    """Return a color near `color`, by up to a share of `lightness` and of `hue` (a third of it)."""
    tint = lightness / 3 if hue is None else hue
    factor = (1 + rng.uniform(-lightness, lightness)) * (1 + rng.uniform(-tint, tint, 3))
    return tuple(float(v) for v in np.clip(np.asarray(color) * factor, 0, 255))


def _subpixel(points: Points) -> NDArray[np.int32]:
    return np.asarray(np.rint(np.asarray(points, float) * (1 << SUBPIXEL_BITS)), np.int32)


def _magnified(coarse: Plane, cell_px: float, width: int, height: int) -> Plane:
    """Interpolate `coarse` so that one of its cells measures `cell_px`; cut to (height, width)."""
    to_coarse = np.array([[1 / cell_px, 0, 0.5], [0, 1 / cell_px, 0.5]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(coarse, to_coarse, (width, height), flags=flags), np.float32)

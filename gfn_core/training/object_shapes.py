"""Shapes for moving objects: blobs, polygons and the limbs of a walking figure, as pictures."""

from dataclasses import dataclass

import cv2
import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene_layer import rimmed
from gfn_core.training.texture_noise import Image, smooth_noise

RIM_TEXELS = 2  # transparent rim, so that a repeated border stays transparent
SHAPE_SIDE = 128
POLYGON_SIDE = 384  # straight edges show their texels sooner


@dataclass(frozen=True)
class Sprite:
    """A picture with an outline."""

    texture: Image  # (h, w) gray levels
    alpha: Image  # (h, w), 0 to 1

    def coarse(self, width: int) -> "Sprite":
        """Return a stand-in `width` texels wide, for measuring areas."""
        height = max(2, round(width * self.alpha.shape[0] / self.alpha.shape[1]))
        alpha = cv2.resize(self.alpha, (width, height), interpolation=cv2.INTER_AREA)
        coarse = rimmed(np.asarray(alpha, np.float32))
        return Sprite(coarse, coarse)


@dataclass(frozen=True)
class Limb:
    """A part of an articulated figure, in the figure's half-widths."""

    joint: tuple[float, float]  # where it hangs
    direction_rad: float  # where it points at rest
    length: float
    width: float


def figure_limbs(rng: np.random.Generator) -> list[Limb]:
    """Draw the build of a figure: trunk and head first, then arms and legs (or fins, or legs)."""
    down = np.pi / 2
    trunk_width = rng.uniform(0.28, 0.45)
    limb_width = rng.uniform(0.1, 0.18)
    spread = rng.uniform(0.1, 0.25)
    head = rng.uniform(0.2, 0.3)
    return [
        Limb((spread, 0.1), down, rng.uniform(0.6, 0.9), limb_width),
        Limb((-spread, 0.1), down, rng.uniform(0.6, 0.9), limb_width),
        Limb((0.0, -0.55), down, 0.8, trunk_width),
        Limb((0.0, -0.5), -down, head * 1.2, head),
        Limb((spread, -0.45), down, rng.uniform(0.5, 0.8), limb_width),
        Limb((-spread, -0.45), down, rng.uniform(0.5, 0.8), limb_width),
    ]


def limb_placement(limb: Limb, swing_rad: float) -> FloatArray:
    """Matrix (3, 3) from the limb's own half-widths to the figure's, turned about its joint.

    The limb's picture is `length` wide (its x axis) and hangs at its left end.
    """
    angle = limb.direction_rad + swing_rad
    half = limb.length / 2
    a, b = half * np.cos(angle), half * np.sin(angle)
    x, y = limb.joint
    return np.array([[a, -b, x + a], [b, a, y + b], [0, 0, 1]])


def limb_sprite(rng: np.random.Generator, library: PhotoLibrary, limb: Limb) -> Sprite:
    """Cover a limb with a piece of a photograph, rounded at its ends."""
    width = SHAPE_SIDE
    height = max(16, round(SHAPE_SIDE * limb.width / limb.length))
    alpha = np.zeros((height, width), np.float32)
    middle = (width // 2, height // 2)
    axes = (width // 2 - RIM_TEXELS - 1, height // 2 - RIM_TEXELS - 1)
    cv2.ellipse(alpha, middle, axes, 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    return Sprite(photo_piece(rng, library, width, height), alpha)


def cutout_sprite(rng: np.random.Generator, library: PhotoLibrary) -> Sprite:
    """Take a cut-out, mirrored half the time."""
    cutout = library.cutouts[rng.integers(len(library.cutouts))]
    gray, alpha = (
        cv2.copyMakeBorder(image, *(RIM_TEXELS,) * 4, border, value=0).astype(np.float32)
        for image, border in (
            (cutout.gray, cv2.BORDER_REPLICATE),
            (cutout.alpha, cv2.BORDER_CONSTANT),
        )
    )
    if rng.uniform() < 0.5:
        gray, alpha = gray[:, ::-1].copy(), alpha[:, ::-1].copy()
    return Sprite(gray, alpha / np.float32(255))


def shape_sprite(rng: np.random.Generator, library: PhotoLibrary, detail_px: int) -> Sprite:
    """Cut a random smooth or angular shape out of a photograph, `detail_px` texels wide."""
    is_blob = rng.uniform() < 0.7
    outline = blob_alpha(rng, SHAPE_SIDE) if is_blob else polygon_alpha(rng, POLYGON_SIDE)
    height = round(detail_px * rng.uniform(0.5, 1.0))
    alpha = cv2.resize(outline, (detail_px, height), interpolation=cv2.INTER_LINEAR)
    return Sprite(photo_piece(rng, library, detail_px, height), np.asarray(alpha, np.float32))


def blob_alpha(rng: np.random.Generator, side: int) -> Image:
    """Outline (side, side) of a smooth blob: a circle whose radius wanders, roughened by noise."""
    y, x = np.mgrid[:side, :side].astype(np.float32) / np.float32(side) * 2 - 1
    angle = np.arctan2(y, x)
    radius = np.full_like(x, 0.68)
    for order in range(2, 6):
        amplitude = np.float32(rng.normal(0, 0.22 / order))
        radius += amplitude * np.cos(order * angle + np.float32(rng.uniform(0, 2 * np.pi)))
    radius += np.float32(rng.uniform(0, 0.15)) * smooth_noise(rng, side, side, side / 8)
    softness = np.float32(rng.uniform(0.01, 0.04))
    inside = (np.clip(radius, 0.3, 0.93) - np.hypot(x, y)) / softness
    return np.asarray(np.clip(inside + 0.5, 0, 1), np.float32)


def polygon_alpha(rng: np.random.Generator, side: int) -> Image:
    """Outline (side, side) of a convex polygon or a rectangle."""
    corners = int(rng.integers(3, 8))
    start = rng.uniform(0, 2 * np.pi)
    angles = start + (np.arange(corners) + rng.uniform(-0.2, 0.2, corners)) * 2 * np.pi / corners
    points = side / 2 + 0.45 * side * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    alpha = np.zeros((side, side), np.float32)
    cv2.fillConvexPoly(alpha, points.round().astype(np.int32), 1.0, cv2.LINE_AA)
    return alpha


def photo_piece(rng: np.random.Generator, library: PhotoLibrary, width: int, height: int) -> Image:
    """Return a random piece (height, width) of a random photograph, as sharp as it comes."""
    photo = library.photographs[rng.integers(len(library.photographs))]
    fit = min(photo.shape[1] / width, photo.shape[0] / height)
    scale = fit * rng.uniform(0.4, 1.0)
    piece_height = max(2, int(height * scale))
    piece_width = max(2, int(width * scale))
    top = int(rng.integers(photo.shape[0] - piece_height + 1))
    left = int(rng.integers(photo.shape[1] - piece_width + 1))
    piece = photo[top : top + piece_height, left : left + piece_width]
    order = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(piece, (width, height), interpolation=order), np.float32)

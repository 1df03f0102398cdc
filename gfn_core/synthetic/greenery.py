"""Trees: a trunk with branches under thousands of leaves, lit from the upper left."""

import cv2
import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.synthetic.brush import Picture, darken, line

LEAVES = ((74, 124, 52), (96, 140, 48), (58, 104, 62), (138, 146, 52))
BARK = (92, 72, 56)
CLUMPS, LEAVES_A_CLUMP = 22, 250
SUN = np.array([-0.5, -0.8])  # where the light comes from


def paint_tree(
    picture: Picture, rng: np.random.Generator, foot_x: float, foot_y: float, height_px: float
) -> None:
    """Paint one tree standing at (foot_x, foot_y)."""
    crown_y, radius = foot_y - 0.64 * height_px, 0.3 * height_px
    shadow = cv2.ellipse2Poly(
        (int(foot_x + 0.25 * height_px), int(foot_y + 6)),
        (int(radius * 1.1), int(radius * 0.16)),
        0,
        0,
        360,
        10,
    )
    darken(picture, np.array(shadow, float), 0.55, 7)
    _paint_trunk(picture, rng, foot_x, foot_y, height_px)
    _paint_crown(picture, rng, foot_x, crown_y, radius)


def _paint_trunk(
    picture: Picture, rng: np.random.Generator, foot_x: float, foot_y: float, height_px: float
) -> None:
    fork_y = foot_y - 0.42 * height_px
    thickness = max(3, int(height_px * 0.035))
    line(picture, [(foot_x, foot_y), (foot_x + 3, fork_y)], BARK, thickness)
    line(
        picture,
        [(foot_x - thickness / 4, foot_y), (foot_x, fork_y)],
        [1.35 * c for c in BARK],
        thickness // 3,
    )
    for _ in range(9):
        start = (foot_x + 2, fork_y + rng.uniform(-0.1, 0.12) * height_px)
        end = (
            foot_x + rng.uniform(-0.22, 0.22) * height_px,
            fork_y - rng.uniform(0.1, 0.3) * height_px,
        )
        line(picture, [start, end], BARK, thickness // 3)


def _paint_crown(
    picture: Picture, rng: np.random.Generator, x: float, y: float, radius: float
) -> None:
    green = np.array(LEAVES[rng.integers(len(LEAVES))], float)
    angles = rng.uniform(0, 2 * np.pi, CLUMPS)
    reach = radius * np.sqrt(rng.uniform(0.02, 0.75, CLUMPS))
    clumps = np.stack([x + reach * np.cos(angles), y + 0.9 * reach * np.sin(angles)], -1)
    for clump in clumps[np.argsort(clumps @ SUN)]:  # the lit ones come in front
        offsets = rng.normal(0, 0.5, (LEAVES_A_CLUMP, 2))
        offsets = offsets[np.hypot(*offsets.T) < 1.25]
        offsets = offsets[np.argsort(offsets @ SUN)]
        places = clump + radius * rng.uniform(0.26, 0.42) * offsets
        light = 0.86 + 0.28 * offsets @ SUN + 0.3 * (places - (x, y)) @ SUN / radius
        light = np.clip(light, 0.38, 1.55)[:, None] * rng.uniform(0.87, 1.13, (len(light), 1))
        paint = np.clip(green * light * rng.uniform(0.95, 1.05, (len(light), 3)), 0, 255)
        _paint_leaves(picture, rng, places, paint)


def _paint_leaves(
    picture: Picture, rng: np.random.Generator, places: FloatArray, paint: FloatArray
) -> None:
    axes = rng.integers((3, 2), (7, 4), (len(places), 2))
    angles = rng.uniform(0, 180, len(places))
    for (x, y), (long, short), angle, color in zip(
        np.rint(places).astype(int).tolist(),
        axes.tolist(),
        angles.tolist(),
        paint.tolist(),
        strict=True,
    ):
        cv2.ellipse(picture, (x, y), (long, short), angle, 0, 360, color, -1, cv2.LINE_AA)

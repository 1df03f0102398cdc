"""The street before the houses: pavement, cobbles in perspective, lamps and bunting."""

import cv2
import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.synthetic.brush import Picture, box, disc, fill, fractal_noise, line, shaded, varied

SLAB, COBBLE, KERB = (196, 188, 174), (140, 132, 128), (214, 208, 196)
IRON = (44, 48, 54)
FLAGS = ((206, 70, 62), (240, 190, 80), (80, 136, 176), (240, 236, 224), (104, 152, 92))


def paint_street(picture: Picture, rng: np.random.Generator, ground_px: int) -> None:
    """Paint the paved foreground from `ground_px` down to the picture's lower edge."""
    height, width = picture.shape[:2]
    kerb = ground_px + int(0.07 * height)
    vanishing = ground_px - 0.22 * height
    slabs = _laid(rng, (1800, 360), (60, 60), color=SLAB, variety=0.12, joint_px=3)
    _paint_ground(picture, slabs, ground_px, kerb, vanishing)
    cobbles = _laid(rng, (2200, 1500), (40, 24), color=COBBLE, variety=0.26, joint_px=5)
    _paint_ground(picture, cobbles, kerb, height, vanishing)
    stone = 0.8 + 0.3 * fractal_noise(rng, width, 14, 30, octaves=4)
    picture[kerb - 4 : kerb + 10] = shaded(KERB, stone)
    line(picture, [(0, kerb + 11), (width, kerb + 11)], (78, 74, 74), 3)
    for x in range(0, width, 96):
        line(picture, [(x, kerb - 4), (x, kerb + 9)], (150, 144, 134), 2)
    _shade_ground(picture, rng, ground_px)


def paint_lamp(picture: Picture, x: float, foot_y: float, height_px: float) -> None:
    """Paint one iron street lamp."""
    top = foot_y - height_px
    line(picture, [(x, foot_y), (x, top)], IRON, 8)
    fill(picture, box(x - 11, foot_y - 46, x + 11, foot_y), IRON)
    line(picture, [(x - 34, top + 26), (x + 34, top + 26)], IRON, 4)
    for side in (-34, 34):
        pane = [(-12, 0), (12, 0), (8, 36), (-8, 36)]
        fill(picture, [(x + side + dx, top - 12 + dy) for dx, dy in pane], (250, 238, 200))
        cap = [(-15, 0), (15, 0), (0, -16)]
        fill(picture, [(x + side + dx, top - 12 + dy) for dx, dy in cap], IRON)
    disc(picture, (x, top), 7, IRON)


def paint_bunting(
    picture: Picture, rng: np.random.Generator, start: tuple[int, int], end: tuple[int, int]
) -> None:
    """Hang a string of coloured flags between two points."""
    share = np.linspace(0, 1, 25)
    sag = 0.12 * (end[0] - start[0])
    x = start[0] + share * (end[0] - start[0])
    y = start[1] + share * (end[1] - start[1]) + 4 * sag * share * (1 - share)
    string = np.stack([x, y], -1)
    for index, (left, right) in enumerate(zip(string[:-1:2], string[1::2], strict=True)):
        tip = (left + right) / 2 + (0, 0.95 * (right - left)[0])
        fill(picture, [left, right, tip], varied(rng, FLAGS[index % len(FLAGS)], 0.08))
    line(picture, string.tolist(), (70, 62, 58), 2)


def _laid(
    rng: np.random.Generator,
    size: tuple[int, int],
    stone: tuple[int, int],
    *,
    color: tuple[int, int, int],
    variety: float,
    joint_px: int,
) -> Picture:
    """Return stones laid in rows as seen from above."""
    width, height = size
    ground = shaded([0.42 * c for c in color], np.ones((height, width), np.float32))
    for row, top in enumerate(range(0, height, stone[1])):
        for left in range(-(row % 2) * stone[0] // 2, width, stone[0]):
            wobble = rng.uniform(-1.5, 1.5, (4, 2))
            inner = box(left + joint_px, top + joint_px, left + stone[0], top + stone[1])
            fill(ground, np.asarray(inner) + wobble, varied(rng, color, variety, hue=0.06))
    grain = 0.78 + 0.44 * fractal_noise(rng, width, height, 7, octaves=3)
    grain *= 0.86 + 0.28 * fractal_noise(rng, width, height, 260, octaves=3)
    return np.asarray(np.clip(ground * grain[..., None], 0, 255), np.uint8)


def _paint_ground(
    picture: Picture, plan: Picture, top: int, bottom: int, vanishing_y: float
) -> None:
    """Lay a plan view down in perspective between two rows of the picture."""
    width = picture.shape[1]
    middle = width / 2
    spread = (bottom - vanishing_y) / (top - vanishing_y)
    far, near = middle * 1.02, middle * 1.02 * spread
    corners: FloatArray = np.array(
        [
            (middle - far, top),
            (middle + far, top),
            (middle + near, bottom),
            (middle - near, bottom),
        ]
    )
    plan_height, plan_width = plan.shape[:2]
    plan_corners = np.array(box(0, 0, plan_width, plan_height), np.float32)
    to_picture = cv2.getPerspectiveTransform(
        plan_corners, np.asarray(corners - np.array((0, top)), np.float32)
    )
    laid = cv2.warpPerspective(
        plan, to_picture, (width, bottom - top), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT
    )
    picture[top:bottom] = laid


def _shade_ground(picture: Picture, rng: np.random.Generator, ground_px: int) -> None:
    """Darken the ground under the houses, brighten it towards the viewer, add passing clouds."""
    ground = picture[ground_px:]
    height, width = ground.shape[:2]
    contact = 1 - 0.55 * np.exp(-np.arange(height, dtype=np.float32) / 16)[:, None]
    clouds = 0.8 + 0.34 * fractal_noise(rng, width, height, 520, octaves=3)
    warm = np.array((1.06, 1.0, 0.92), np.float32)
    lit = ground * (contact * clouds)[..., None] * warm
    ground[...] = np.clip(lit, 0, 255).astype(np.uint8)

"""What moves through the scene on its own: walkers, a van and a balloon.

Each is drawn as a small picture with opacity ("sprite") at an instant, and has a place in the
scene. They are why global motion is not the same as all motion.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.synthetic.brush import Picture, Plane, box, disc, fill, line

Sprite = tuple[Picture, Plane]  # colors (h, w, 3) and opacity (h, w) from 0 to 1
SKIN = (226, 178, 146)
DARK = (36, 36, 44)


@dataclass(frozen=True)
class PasserBy:
    """One moving object; places in half-widths of the frame, scene origin at its centre."""

    draw: Callable[[float], Sprite]  # at a time in seconds
    start_x: float
    speed_x: float  # half-widths a second
    foot_y: float
    height: float  # half-widths
    rise: float = 0.0  # half-widths a second, upwards

    def foot(self, time_seconds: float) -> tuple[float, float]:
        """Return where the middle of its lower edge is."""
        return (
            self.start_x + self.speed_x * time_seconds,
            self.foot_y - self.rise * time_seconds,
        )


def town_passers_by() -> tuple[PasserBy, ...]:
    """Return those of the demo clip, the furthest first."""
    return (
        PasserBy(draw_balloon, 0.85, -0.09, -0.34, 0.30, 0.012),
        PasserBy(_walker((178, 58, 52), (52, 60, 92), 1), -1.0, 0.19, 0.405, 0.19),
        PasserBy(_walker((236, 188, 84), (70, 62, 58), -1), 1.1, -0.16, 0.425, 0.195),
        PasserBy(draw_van, -2.6, 0.62, 0.525, 0.28),
        PasserBy(_walker((70, 122, 110), (60, 54, 66), -1), 1.5, -0.25, 0.575, 0.24),
    )


def draw_balloon(time_seconds: float) -> Sprite:
    """Draw a hot-air balloon; its burner flares at every full second, when the chime sounds."""
    colors, mask = _canvas(240, 320)
    stripes = ((206, 62, 56), (248, 226, 172))
    for layer in (colors, mask):
        white = layer is mask
        disc(layer, (120, 118), 112, (255,) * 3 if white else stripes[0])
        envelope = ((20, 168), (220, 168), (146, 262), (94, 262))
        fill(layer, envelope, (255,) * 3 if white else stripes[0])
        fill(layer, box(98, 286, 142, 316), (255,) * 3 if white else (132, 92, 58))
        for x in (98, 142):
            line(layer, [(x, 262), (x, 288)], (255,) * 3 if white else DARK, 2)
    for half, stripe in ((78, 1), (40, 0), (13, 1)):
        crown = cv2.ellipse2Poly((120, 118), (half, 112), 0, 180, 360, 5)
        foot = np.array([(120 + 0.27 * half, 262), (120 - 0.27 * half, 262)])
        fill(colors, np.vstack([crown, foot]).tolist(), stripes[stripe])
    if time_seconds % 1.0 < 0.15:
        for layer, paint in ((colors, (255, 224, 120)), (mask, (255,) * 3)):
            fill(layer, ((108, 284), (132, 284), (120, 250)), paint)
    shade = np.linspace(1.12, 0.72, 240, dtype=np.float32)[None, :, None]
    return np.clip(colors * shade, 0, 255).astype(np.uint8), _opacity(mask)


def draw_van(time_seconds: float) -> Sprite:
    """Draw a delivery van with turning wheels, heading right."""
    colors, mask = _canvas(520, 260)
    body = ((14, 36), (340, 36), (420, 118), (500, 136), (508, 214), (14, 214))
    fill(mask, body, (255,) * 3)
    fill(colors, body, (226, 226, 214))
    fill(colors, box(14, 150, 508, 214), (62, 112, 150))
    fill(colors, ((352, 56), (404, 116), (316, 116), (316, 56)), (88, 112, 132))
    line(colors, [(306, 44), (306, 210)], (150, 150, 142), 2)
    cv2.putText(colors, "BAKERY", (44, 118), cv2.FONT_HERSHEY_DUPLEX, 1.7, (176, 74, 52), 3, 16)
    disc(colors, (494, 156), 9, (255, 240, 190))
    turn = 2.1 * 2 * np.pi * time_seconds
    for x in (104, 414):
        for layer, paint in ((colors, DARK), (mask, (255,) * 3)):
            disc(layer, (x, 212), 40, paint)
        disc(colors, (x, 212), 23, (176, 178, 182))
        hub = np.array((x, 212.0))
        for spoke in turn + np.arange(3) * np.pi / 3:
            end = 22 * np.array((np.cos(spoke), np.sin(spoke)))
            line(colors, hub + np.stack([-end, end]), (96, 98, 104), 4)
    return colors, _opacity(mask)


def _walker(
    coat: tuple[int, int, int], trousers: tuple[int, int, int], heading: int
) -> Callable[[float], Sprite]:
    """Return a drawer of one person walking right (heading 1) or left (-1)."""

    def draw(time_seconds: float) -> Sprite:
        colors, mask = _canvas(150, 300)
        swing = np.sin(2 * np.pi * 0.95 * time_seconds)
        for layer in (colors, mask):
            white = (255,) * 3 if layer is mask else None
            for side in (-1, 1):
                foot = 75 + side * 34 * swing
                knee = (75 + foot) / 2 + 7 * heading
                leg = [(75, 170), (knee, 228), (foot, 286), (foot + 14 * heading, 288)]
                line(layer, leg, white or [c * (1 + 0.18 * side) for c in trousers], 20)
            torso = ((52, 78), (98, 78), (104, 186), (46, 186))
            fill(layer, torso, white or coat)
            hand = (75 - 34 * swing, 156)
            line(layer, [(75, 86), hand], white or [0.8 * c for c in coat], 15)
            disc(layer, hand, 8, white or SKIN)
            disc(layer, (75 + 3 * heading, 50), 23, white or SKIN)
            cv2.ellipse(layer, (75, 44), (25, 22), 0, 170, 370, white or (72, 50, 40), -1, 16)
        return colors, _opacity(mask)

    return draw


def _canvas(width: int, height: int) -> tuple[Picture, Picture]:
    return np.zeros((height, width, 3), np.uint8), np.zeros((height, width, 3), np.uint8)


def _opacity(mask: NDArray[np.uint8]) -> Plane:
    return np.asarray(mask[..., 0] / 255, np.float32)

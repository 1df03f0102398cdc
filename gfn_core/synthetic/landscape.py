"""Sky, clouds and hills: what lies behind the town."""

import cv2
import numpy as np

from gfn_core.synthetic.brush import Picture, Plane, fractal_noise

ZENITH, HORIZON = (84, 140, 208), (246, 226, 200)
CLOUD_LIGHT, CLOUD_SHADE = (255, 250, 242), (172, 184, 208)
HILLS = (
    # height above the skyline and roughness, shares of the picture's height; color; haze
    (0.30, 0.15, (96, 132, 166), 0.32),
    (0.20, 0.12, (88, 136, 104), 0.18),
    (0.08, 0.09, (92, 138, 68), 0.06),
)


def paint_sky(picture: Picture, rng: np.random.Generator) -> None:
    """Paint the whole picture as a late afternoon's sky with soft clouds."""
    height, width = picture.shape[:2]
    depth = np.linspace(0, 1, height, dtype=np.float32)[:, None, None] ** 0.8
    sky = np.array(ZENITH, np.float32) * (1 - depth) + np.array(HORIZON, np.float32) * depth
    # Clouds are wider than high, and lit from the upper left.
    noise = cv2.resize(
        fractal_noise(rng, width // 2, height, height * 0.33, octaves=6), (width, height)
    )
    density = np.clip((noise - 0.36) / 0.36, 0, 1)
    lifted = np.roll(cv2.GaussianBlur(noise, (0, 0), 6), (26, 18), (0, 1))
    light = np.clip(0.55 + 2.4 * (noise - lifted), 0, 1)[..., None]
    cloud = (
        np.array(CLOUD_SHADE, np.float32) * (1 - light) + np.array(CLOUD_LIGHT, np.float32) * light
    )
    opacity = (density * density * (3 - 2 * density))[..., None] * 0.94
    picture[...] = np.rint(sky + opacity * (cloud - sky)).astype(np.uint8)


def paint_hills(picture: Picture, rng: np.random.Generator, skyline_px: int) -> None:
    """Paint three ridges, the further the hazier, from around `skyline_px` to the lower edge."""
    height, width = picture.shape[:2]
    haze = np.array(HORIZON, np.float32)
    for rise, roughness, color, haziness in HILLS:
        ridge = skyline_px - height * (rise + roughness * (_ridge(rng, width) - 0.5))
        band = picture[max(0, int(ridge.min())) :]
        rows = np.arange(height - len(band), height, dtype=np.float32)[:, None]
        woods = 0.8 + 0.4 * fractal_noise(rng, width, len(band), 46, octaves=5)
        surface = np.array(color, np.float32) * woods[..., None]
        surface += haziness * (haze - surface)
        below = np.clip(rows - ridge, 0, 1)[..., None]
        band[...] = np.rint(band + below * (surface - band)).astype(np.uint8)


def _ridge(rng: np.random.Generator, width: int) -> Plane:
    return np.asarray(fractal_noise(rng, width, 8, width / 4, octaves=6)[4])

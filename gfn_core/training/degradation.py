"""What camera and encoder do to perfect frames; drawn once a scene, applied frame by frame."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.training.scene_settings import DegradationSettings, heavy_tailed
from gfn_core.training.texture_noise import Image

REFERENCE_WIDTH_PX = 320


@dataclass(frozen=True)
class Degradation:
    """How the frames of one scene are degraded; gray levels of 255."""

    noise: float  # standard deviation at mid-gray
    defocus_px: float  # standard deviation, at REFERENCE_WIDTH_PX
    shutter: float  # exposure as a share of the time between frames
    vignette: float  # darkening at the corners
    jpeg_quality: int | None
    exposures: tuple["Exposure", ...]  # (N,)


@dataclass(frozen=True)
class Exposure:
    """Brightness of one frame: 255 * (level / 255) ** gamma * gain + bias."""

    gain: float
    bias: float
    gamma: float


def random_degradation(
    rng: np.random.Generator, settings: DegradationSettings, frames: int
) -> Degradation:
    """Draw how `frames` frames are degraded; the first frame keeps its brightness."""
    drawn = Exposure(
        rng.uniform(*settings.gain), rng.uniform(*settings.bias), rng.uniform(*settings.gamma)
    )
    neutral = Exposure(1.0, 0.0, 1.0)
    blurred = rng.uniform() < settings.blur_chance
    defocus_px, shutter = rng.uniform(*settings.defocus_px), rng.uniform(*settings.shutter)
    jpeg_quality = int(rng.uniform(*settings.jpeg_quality))
    return Degradation(
        noise=heavy_tailed(rng, settings.noise, 2.0),
        defocus_px=float(defocus_px) if blurred else 0.0,
        shutter=float(shutter) if blurred else 0.0,
        vignette=float(rng.uniform(*settings.vignette)),
        jpeg_quality=jpeg_quality if rng.uniform() < settings.jpeg_chance else None,
        # brightness swings to and fro, so that it stays in range in a long sequence
        exposures=tuple(drawn if t % 2 else neutral for t in range(frames)),
    )


def degraded(
    rng: np.random.Generator, frame: Image, degradation: Degradation, t: int
) -> NDArray[np.uint8]:
    """Return frame `t` (H, W) as a camera would deliver it."""
    height, width = frame.shape
    sigma = degradation.defocus_px * width / REFERENCE_WIDTH_PX
    if sigma > 0.2:
        frame = np.asarray(cv2.GaussianBlur(frame, (0, 0), sigma), np.float32)
    if degradation.vignette:
        frame = frame * _vignette(width, height, degradation.vignette)
    frame = _exposed(frame, degradation.exposures[t])
    if degradation.noise:
        frame = frame + _noise(rng, frame, degradation.noise)
    image = cv2.convertScaleAbs(np.clip(frame, 0, 255))
    if degradation.jpeg_quality is not None:
        _, encoded = cv2.imencode(
            ".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, degradation.jpeg_quality]
        )
        return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return np.asarray(image, np.uint8)


def _vignette(width: int, height: int, strength: float) -> Image:
    x = np.linspace(-1, 1, width, dtype=np.float32)
    y = np.linspace(-1, 1, height, dtype=np.float32)
    return 1 - np.float32(strength / 2) * (x * x + (y * y)[:, None])


def _exposed(frame: Image, exposure: Exposure) -> Image:
    if exposure == Exposure(1.0, 0.0, 1.0):
        return frame
    level = np.clip(frame, 0, 255) / np.float32(255)
    if exposure.gamma != 1.0:
        level = level ** np.float32(exposure.gamma)
    return np.asarray(level * np.float32(255 * exposure.gain) + np.float32(exposure.bias))


def _noise(rng: np.random.Generator, frame: Image, sigma: float) -> Image:
    """Return sensor noise (H, W): its variance grows with the light, half of it at mid-gray."""
    strength = np.float32(sigma) * np.sqrt(0.5 + np.clip(frame, 0, 255) / np.float32(255))
    return np.asarray(strength * rng.standard_normal(frame.shape, dtype=np.float32))

"""Many pairs from one: symmetries, and a camera that moves once more.

A scene takes a tenth of a second to render, a step of training sees eight pairs in less than a
second; so each is seen several times, never twice the same.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.bases import homography_of
from gfn_core.motion.homography import in_pixels, transform
from gfn_core.training.batch import TRUTH_STRIDE, CompactPair

SPREAD = np.array([0.03, 0.03, 0.015, 0.015, 0.015, 0.015, 0.006, 0.006])  # of the eight weights


@dataclass(frozen=True)
class AugmentationSettings:
    """How often and how strongly pairs are changed."""

    shaken_chance: float = 0.5
    shake: float = 1.0  # times `SPREAD`, in half-widths
    contrast: float = 0.1  # deviation of the logarithm of gain, and of the bias


def augmented(
    pair: CompactPair, rng: np.random.Generator, settings: AugmentationSettings
) -> CompactPair:
    """Change a pair at random; its size stays."""
    if rng.uniform() < settings.shaken_chance:
        weights = rng.normal(0, SPREAD * settings.shake * rng.uniform())
        rows, columns = pair.frames.shape[1:]
        pair = shaken(pair, in_pixels(homography_of(weights), FrameGeometry(columns, rows)))
    horizontally, vertically = rng.uniform(size=2) < (0.5, 0.2)
    pair = mirrored(pair, bool(horizontally), bool(vertically))
    gain, bias = np.exp(rng.normal(0, settings.contrast)), rng.normal(0, 128 * settings.contrast)
    second = np.clip(pair.frames[1] * gain + bias, 0, 255).astype(np.uint8)
    return replace(pair, frames=np.stack([pair.frames[0], second]))


def shaken(
    pair: CompactPair, homography_px: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> CompactPair:
    """Move the camera by `homography_px` (3, 3), on pixel indices, before the second frame."""
    rows, columns = pair.frames.shape[1:]
    second = cv2.warpPerspective(
        pair.frames[1], homography_px, (columns, rows), borderMode=cv2.BORDER_REPLICATE
    )
    truth = pair.truth.copy()
    height, width = truth.shape[1:]
    x = (np.arange(width) + 0.5) * TRUTH_STRIDE - 0.5
    y = (np.arange(height) + 0.5) * TRUTH_STRIDE - 0.5
    cells = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    for channels in (slice(0, 2), slice(2, 4)):
        target = cells + truth[channels].reshape(2, -1).T.astype(np.float64)
        moved = transform(homography_px, target) - cells
        truth[channels] = moved.T.reshape(2, height, width)
    return CompactPair(np.stack([pair.frames[0], np.asarray(second, np.uint8)]), truth)


def mirrored(pair: CompactPair, horizontally: bool, vertically: bool) -> CompactPair:
    """Mirror frames and flows."""
    axes = tuple(axis for axis, asked in ((2, horizontally), (1, vertically)) if asked)
    sign = np.ones((5, 1, 1), np.float32)
    sign[[0, 2]] = -1 if horizontally else 1
    sign[[1, 3]] = -1 if vertically else 1
    return CompactPair(np.flip(pair.frames, axes), np.flip(pair.truth, axes) * sign)


def transposed(pair: CompactPair) -> CompactPair:
    """Swap x and y: a portrait pair of a landscape one."""
    truth = pair.truth[[1, 0, 3, 2, 4]]
    return CompactPair(pair.frames.transpose(0, 2, 1), truth.transpose(0, 2, 1))

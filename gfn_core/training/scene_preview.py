"""A contact sheet of synthetic scenes: look at it before training on them.

One row a scene: both frames, mixed flow, global flow, background mask, and what is left when the
second frame is taken back by the global flow (gray = nothing; the movers stand out).
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.errors import SettingsError
from gfn_core.training.scene import ScenePair

RgbImage = NDArray[np.uint8]  # (H, W, 3)

GAP_PX = 4
DIFFERENCE_GAIN = 2


def contact_sheet(pairs: Sequence[ScenePair], scenes_across: int = 1) -> RgbImage:
    """Arrange `pairs` of one size as rows of pictures, `scenes_across` of them side by side.

    Both flows of a scene share one scale: its fastest point has full color.
    Raises SettingsError where there are no pairs.
    """
    if not pairs:
        raise SettingsError("a contact sheet needs at least one scene")
    rows = [_row(pair) for pair in pairs]
    rows += [np.zeros_like(rows[0])] * (-len(rows) % scenes_across)
    lines = [
        np.concatenate(rows[i : i + scenes_across], axis=1)
        for i in range(0, len(rows), scenes_across)
    ]
    return np.concatenate(lines)


def flow_colors(flow: NDArray[np.float32], fastest_px: float) -> RgbImage:
    """Draw `flow` (H, W, 2) on the color wheel: hue is direction, saturation is speed."""
    angle = np.arctan2(flow[..., 1], flow[..., 0])
    speed = np.hypot(flow[..., 0], flow[..., 1]) / max(fastest_px, 1e-6)
    hue = (angle / np.pi + 1) * 90
    saturation = np.clip(speed, 0, 1) * 255
    hsv = np.stack([hue, saturation, np.full_like(hue, 255)], axis=-1).astype(np.uint8)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.uint8)


def taken_back(image: NDArray[np.uint8], flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sample `image` (H, W) at p + flow(p) for each pixel p: the second frame seen as the first."""
    height, width = image.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    warped = cv2.remap(
        image.astype(np.float32), x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR
    )
    return np.asarray(warped, np.float32)


def _row(pair: ScenePair) -> RgbImage:
    height, width = pair.first.shape
    mixed, steady = (_enlarged(flow, width, height) for flow in (pair.mixed_flow, pair.global_flow))
    fastest_px = float(max(np.hypot(*np.moveaxis(flow, -1, 0)).max() for flow in (mixed, steady)))
    mask = _enlarged(pair.background, width, height)
    difference = taken_back(pair.second, steady) - pair.first
    pictures = (
        _gray(pair.first),
        _gray(pair.second),
        flow_colors(mixed, fastest_px),
        flow_colors(steady, fastest_px),
        _gray(255 * mask),
        _gray(128 + DIFFERENCE_GAIN * difference),
    )
    framed = [np.pad(picture, ((0, GAP_PX), (0, GAP_PX), (0, 0))) for picture in pictures]
    return np.concatenate(framed, axis=1)


def _enlarged(cells: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    size = (width, height)
    return np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_NEAREST), np.float32)


def _gray(image: NDArray[np.uint8] | NDArray[np.float32]) -> RgbImage:
    levels = np.clip(image, 0, 255).astype(np.uint8)
    return np.repeat(levels[..., None], 3, axis=-1)

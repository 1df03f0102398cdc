"""Layers put together: what each frame shows, and what truly moved where."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FrameGeometry
from gfn_core.training.layer_map import Points
from gfn_core.training.scene_layer import (
    Layer,
    Shadow,
    alpha_at,
    covered,
    layer_flow,
    screen_points,
    seen_at,
)
from gfn_core.training.texture_noise import Image

SHADOW_SHRINK = 4  # soft shadows are computed at a quarter of the size


@dataclass(frozen=True)
class Truth:
    """What moved between frames t and t + 1, at the centres of h x w cells of frame t."""

    mixed_flow: NDArray[np.float32]  # (h, w, 2) px, of whatever is seen
    global_flow: NDArray[np.float32]  # (h, w, 2) px, of the background, also where it is hidden
    background: Image  # (h, w) 1 = background


def draw_frame(layers: list[Layer], t: int, geometry: FrameGeometry, shutter: float) -> Image:
    """Draw frame `t` (H, W), gray levels; `shutter` is the exposure's share of the frame time."""
    points = screen_points(geometry)
    backdrop, *movers = layers
    image, _ = seen_at(backdrop, t, points)
    image = _streaked(image, _streak_px(backdrop, t, geometry, shutter))
    for layer in movers:
        if layer.shadow is not None:
            image *= _shade(layer, layer.shadow, t, geometry)
        streak_px = _streak_px(layer, t, geometry, shutter)
        region = covered(layer, t, geometry, float(np.abs(streak_px).max()) / 2)
        seen = np.ascontiguousarray(points[(slice(None), *region)])
        if seen.size == 0:
            continue
        texture, alpha = seen_at(layer, t, seen)
        colored = _streaked(alpha * texture, streak_px)
        image[region] += colored - _streaked(alpha, streak_px) * image[region]
    return image


def true_motion(layers: list[Layer], t: int, geometry: FrameGeometry, stride: int = 1) -> Truth:
    """Tell what moved from frame `t` to the next, at the centres of cells of `stride` px."""
    cells = geometry.scaled(geometry.width // stride, geometry.height // stride)
    points = screen_points(cells)
    backdrop, *movers = layers
    global_flow = layer_flow(backdrop, t, points)
    mixed_flow = global_flow.copy()
    background = np.ones(points.shape[1:], np.float32)
    for layer in movers:
        if layer.is_veil:
            continue
        region = covered(layer, t, cells)
        seen = np.ascontiguousarray(points[(slice(None), *region)])
        if seen.size == 0:
            continue
        alpha = alpha_at(layer, t, seen)
        background[region] *= 1 - alpha
        both = (slice(None), *region)
        mixed_flow[both] = np.where(alpha > 0.5, layer_flow(layer, t, seen), mixed_flow[both])
    return Truth(_in_pixels(mixed_flow, geometry), _in_pixels(global_flow, geometry), background)


def background_through(layers: list[Layer], points: Points) -> Image:
    """Share (h, w) of the background that `layers` let through at frame 0's `points` (2, h, w)."""
    through = np.ones(points.shape[1:], np.float32)
    for layer in layers:
        through *= 1 - alpha_at(layer, 0, points)
    return through


def _in_pixels(flow: Points, geometry: FrameGeometry) -> NDArray[np.float32]:
    half_width_px = np.float32(geometry.width / 2)
    return np.ascontiguousarray(np.moveaxis(flow, 0, -1)) * half_width_px


def _shade(layer: Layer, shadow: Shadow, t: int, geometry: FrameGeometry) -> Image:
    """Factor (H, W) by which the layer's shadow darkens the picture."""
    coarse = geometry.scaled(
        max(1, geometry.width // SHADOW_SHRINK), max(1, geometry.height // SHADOW_SHRINK)
    )
    offset = np.array(shadow.offset, np.float32)[:, None, None]
    alpha = alpha_at(layer, t, screen_points(coarse) - offset)
    soft = cv2.GaussianBlur(alpha, (0, 0), max(0.3, shadow.softness * coarse.width / 2))
    size = (geometry.width, geometry.height)
    full = np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR), np.float32)
    return 1 - np.float32(shadow.strength) * full


def _streak_px(layer: Layer, t: int, geometry: FrameGeometry, shutter: float) -> Points:
    """Motion (2,) of the layer's middle while the shutter is open, px."""
    if shutter == 0.0:
        return np.zeros(2, np.float32)
    earlier = min(t, len(layer.surface) - 2)  # the last frame moves on as the one before
    middle = np.zeros((2, 1), np.float32)
    if layer.alpha is not None:
        middle = layer.outline[earlier].to_screen(middle)
    motion = layer_flow(layer, earlier, middle)[:, 0]
    return np.asarray(motion * np.float32(shutter * geometry.width / 2), np.float32)


def _streaked(image: Image, streak_px: Points) -> Image:
    """Average `image` along a centred line: 2^n shifted copies by n pairs of shifts."""
    length = float(np.hypot(*streak_px))
    step = np.asarray(streak_px / 4, np.float32)
    while length > 1.0:
        image = np.asarray((_shifted(image, step) + _shifted(image, -step)) / 2, np.float32)
        step, length = np.asarray(step / 2, np.float32), length / 2
    return image


def _shifted(image: Image, shift_px: Points) -> Image:
    matrix = np.array([[1, 0, shift_px[0]], [0, 1, shift_px[1]]], np.float32)
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.warpAffine(image, matrix, size, borderMode=cv2.BORDER_REPLICATE))

"""One layer of a scene (the background, a part of an object, water) and how frames show it."""

from dataclasses import dataclass

import cv2
import numpy as np

from gfn_core.geometry import FrameGeometry
from gfn_core.training.layer_map import LayerMap, Points, flow_between
from gfn_core.training.texture_noise import Image

ROUGH_STEPS = 3  # of the inverse map, where a pixel more or less does not matter
BORDER_STEPS = 9  # points a side at which a layer's outline is followed to find its rectangle
MARGIN_PX = 3
FEWEST_TEXELS = 8  # a side, so that the smallest objects keep a shape


@dataclass(frozen=True)
class Shadow:
    """A soft shadow that a layer throws on what lies below it."""

    offset: tuple[float, float]  # half-widths of the frame
    strength: float  # 0 to 1
    softness: float  # standard deviation, half-widths


@dataclass(frozen=True)
class Layer:
    """A textured surface in N frames; later layers of a scene cover earlier ones.

    `outline` and `surface` say where its alpha and its texture lie. They differ only where a
    texture moves inside a fixed outline, as water does.
    """

    texture: Image  # (h, w) gray levels
    alpha: Image | None  # (h', w'), 0 to 1; None covers everything
    outline: tuple[LayerMap, ...]  # (N,)
    surface: tuple[LayerMap, ...]  # (N,)
    shadow: Shadow | None = None

    @property
    def is_veil(self) -> bool:
        """Whether what lies behind is what is seen: haze, a faint reflection."""
        return self.alpha is not None and float(self.alpha.max()) < 0.5


def screen_points(geometry: FrameGeometry) -> Points:
    """Screen points (2, H, W) of all pixel centres, half-widths."""
    grid = geometry.grid(geometry.width, geometry.height)
    return np.ascontiguousarray(np.moveaxis(grid, -1, 0), np.float32)


def sampled(image: Image, layer_points: Points, border: int) -> Image:
    """Read `image` (h, w) at `layer_points` (2, H, W), half-widths of the image.

    Linear, on a fine texture (see `textured`): OpenCV's cubic kernel (a = -0.75) shifts even smooth
    pictures by up to 0.045 px, more than truth may be wrong.
    """
    height, width = image.shape
    scale = np.float32(width / 2)
    x = layer_points[0] * scale + np.float32((width - 1) / 2)
    y = layer_points[1] * scale + np.float32((height - 1) / 2)
    return np.asarray(cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=border), np.float32)


def alpha_at(layer: Layer, t: int, points: Points) -> Image:
    """Opacity (H, W) of `layer` at screen `points` (2, H, W) of frame `t`."""
    if layer.alpha is None:
        return np.ones(points.shape[1:], np.float32)
    layer_points = layer.outline[t].to_layer(points)
    return sampled(layer.alpha, layer_points, cv2.BORDER_REPLICATE)


def seen_at(layer: Layer, t: int, points: Points) -> tuple[Image, Image]:
    """Gray levels and opacity, both (H, W), of `layer` at screen `points` (2, H, W)."""
    layer_points = layer.surface[t].to_layer(points)
    texture = sampled(layer.texture, layer_points, cv2.BORDER_REFLECT_101)
    if layer.alpha is None or layer.outline is not layer.surface:
        return texture, alpha_at(layer, t, points)
    return texture, sampled(layer.alpha, layer_points, cv2.BORDER_REPLICATE)


def layer_flow(layer: Layer, t: int, points: Points) -> Points:
    """Displacement (2, H, W), half-widths, of the surface seen at `points` from t to t + 1."""
    return flow_between(layer.surface[t], layer.surface[t + 1], points)


def covered(
    layer: Layer, t: int, geometry: FrameGeometry, grow_px: float = 0.0
) -> tuple[slice, slice]:
    """Rows and columns of the frame that hold all of `layer` in frame `t`; may be empty."""
    if layer.alpha is None:
        return slice(0, geometry.height), slice(0, geometry.width)
    half_height = layer.alpha.shape[0] / layer.alpha.shape[1]
    rim = layer.outline[t].to_screen(_rim(half_height), ROUGH_STEPS)
    to_pixels = geometry.to_pixels
    x, y = (to_pixels[i, i] * rim[i] + to_pixels[i, 2] for i in (0, 1))
    margin = MARGIN_PX + grow_px
    return (
        _within(y.min() - margin, y.max() + margin, geometry.height),
        _within(x.min() - margin, x.max() + margin, geometry.width),
    )


def fitted_to_screen(image: Image, width_px: float) -> Image:
    """Shrink `image` to a texel a pixel, all that a frame can show of it at `width_px` wide."""
    height, width = image.shape
    scale = width_px / width
    if scale > 0.8:
        return image
    size = tuple(max(FEWEST_TEXELS, round(side * scale)) for side in (width, height))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)


def textured(image: Image, width_px: float) -> Image:
    """Make a texture of `image`: what a frame can show of it, on texels half that size.

    The kernel is symmetric about old and new texels alike, so it shifts nothing, and what it
    leaves is so smooth that linear sampling shifts detail of 6 px by 0.003 px at most.
    """
    return np.asarray(cv2.pyrUp(fitted_to_screen(image, width_px)), np.float32)


def rimmed(alpha: Image) -> Image:
    """Return `alpha` with a transparent border, so that its repetition is transparent too."""
    rimmed = np.zeros_like(alpha)
    rimmed[1:-1, 1:-1] = alpha[1:-1, 1:-1]
    return rimmed


def _rim(half_height: float) -> Points:
    side = np.linspace(-1, 1, BORDER_STEPS, dtype=np.float32)
    one = np.ones_like(side)
    x = np.concatenate([side, side, one, -one])
    y = np.concatenate([one, -one, side, side]) * np.float32(half_height)
    return np.stack([x, y])


def _within(low: float, high: float, size: int) -> slice:
    start, stop = np.clip((np.floor(low), np.ceil(high) + 1), 0, size).astype(int)
    return slice(int(start), int(stop))

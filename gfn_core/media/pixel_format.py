"""Pixel formats as the renderer sees them: planes of one component each."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from av import VideoFormat
from av.codec import find_best_pix_fmt_of_list
from av.video.format import names as all_formats  # type: ignore[attr-defined]
from av.video.frame import VideoFrame
from numpy.typing import NDArray

PlaneArray = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True)
class PixelFormat:
    """A planar pixel format: each component has a plane of its own, of whole bytes."""

    name: str
    bit_depth: int  # of each sample; above 8 a sample takes two bytes, little endian
    log2_subsampling: tuple[tuple[int, int], ...]  # of each plane, (x, y)
    alpha_plane: int | None
    is_rgb: bool

    @classmethod
    def of(cls, name: str) -> "PixelFormat":
        """Describe the planar format `name`.

        Raises:
            ValueError: its components share planes; see `nearest_planar`.
        """
        return _described(name)

    @property
    def plane_count(self) -> int:
        """Number of planes."""
        return len(self.log2_subsampling)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a sample."""
        return np.dtype("u1") if self.bit_depth <= 8 else np.dtype("<u2")

    def plane_shape(self, plane: int, width: int, height: int) -> tuple[int, int]:
        """Return (rows, columns) of a plane of a frame of width x height px."""
        shift_x, shift_y = self.log2_subsampling[plane]
        return -(-height >> shift_y), -(-width >> shift_x)


@cache
def nearest_planar(name: str) -> str:
    """Return the planar format that loses least of `name`; itself if it is planar already.

    Semi-planar and packed formats only move their samples: nv12 becomes yuv420p, p010le becomes
    yuv420p10le, yuyv422 becomes yuv422p, rgb24 becomes gbrp, bgra becomes gbrap. A palette becomes
    gbrap, since its colours may be transparent.
    """
    plain = name.replace("yuvj", "yuv")  # yuvj420p is yuv420p whose range is full
    if plain in _planar_formats():
        return plain
    layout = VideoFormat(plain)
    has_alpha = layout.has_palette or any(c.is_alpha for c in layout.components)
    best, _ = find_best_pix_fmt_of_list(_planar_formats(), plain, has_alpha)
    return best.name if best else plain


@cache
def _planar_formats() -> tuple[str, ...]:
    return tuple(sorted(name for name in all_formats if _is_planar(name)))


def _is_planar(name: str) -> bool:
    layout = VideoFormat(name)
    components = layout.components
    depths = {component.bits for component in components}
    one_plane_each = len({component.plane for component in components}) == len(components)
    odd = ("f16", "f32", "msb", "440p1", "yuvj")  # floats, shifted samples, no raw tag, an alias
    return (
        one_plane_each
        and len(depths) == 1
        and 8 <= min(depths) <= 16
        and not (layout.is_big_endian or layout.is_bit_stream or layout.has_palette)
        and not any(part in name for part in odd)
    )


@cache
def _described(name: str) -> PixelFormat:
    if name not in _planar_formats():
        raise ValueError(f"not a planar pixel format: {name}")
    side = 256  # any size that every subsampling divides
    components = sorted(VideoFormat(name, side, side).components, key=lambda c: c.plane)
    return PixelFormat(
        name=name,
        bit_depth=components[0].bits,
        log2_subsampling=tuple(
            ((side // c.width).bit_length() - 1, (side // c.height).bit_length() - 1)
            for c in components
        ),
        alpha_plane=next((c.plane for c in components if c.is_alpha), None),
        is_rgb=VideoFormat(name).is_rgb,
    )


def planes_of(frame: VideoFrame, pixel_format: PixelFormat) -> tuple[PlaneArray, ...]:
    """View the planes (rows, columns) of a frame in place; valid while the frame is."""
    return tuple(
        _plane_view(frame, plane, pixel_format) for plane in range(pixel_format.plane_count)
    )


def _plane_view(frame: VideoFrame, plane: int, pixel_format: PixelFormat) -> PlaneArray:
    rows, columns = pixel_format.plane_shape(plane, frame.width, frame.height)
    source = frame.planes[plane]
    sample_bytes = pixel_format.dtype.itemsize
    view: PlaneArray = np.ndarray(
        (rows, columns),
        pixel_format.dtype,
        memoryview(source),
        strides=(source.line_size, sample_bytes),
    )
    return view

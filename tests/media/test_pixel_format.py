"""Pixel formats as planes."""

import numpy as np
import pytest
from av import VideoFormat, VideoFrame

from gfn_core.media.pixel_format import PixelFormat, nearest_planar, planes_of


@pytest.mark.parametrize(
    ("name", "planar"),
    [
        ("yuv420p", "yuv420p"),
        ("yuvj422p", "yuv422p"),
        ("nv12", "yuv420p"),
        ("nv16", "yuv422p"),
        ("p010le", "yuv420p10le"),
        ("yuyv422", "yuv422p"),
        ("rgb24", "gbrp"),
        ("bgra", "gbrap"),
        ("pal8", "gbrap"),
        ("yuv422p12be", "yuv422p12le"),
        ("gray10le", "gray10le"),
    ],
)
def test_nearest_planar(name, planar):
    assert nearest_planar(name) == planar


def test_describes_subsampling_depth_and_alpha():
    wide = PixelFormat.of("yuva422p10le")
    assert wide.log2_subsampling == ((0, 0), (1, 0), (1, 0), (0, 0))
    assert (wide.bit_depth, wide.alpha_plane, wide.dtype) == (10, 3, np.dtype("<u2"))
    assert [wide.plane_shape(p, 65, 33) for p in range(4)] == [
        (33, 65),
        (33, 33),
        (33, 33),
        (33, 65),
    ]
    assert PixelFormat.of("gbrp").is_rgb
    with pytest.raises(ValueError, match="nv12"):
        PixelFormat.of("nv12")


@pytest.mark.parametrize("name", ["yuv420p", "yuv422p10le", "gray", "gbrap12le", "yuv411p"])
def test_planes_are_views_of_the_frame(name):
    width, height = 70, 38
    frame = VideoFrame(width, height, name)
    planes = planes_of(frame, PixelFormat.of(name))
    sizes = {c.plane: (c.height, c.width) for c in VideoFormat(name, width, height).components}
    assert [plane.shape for plane in planes] == [sizes[p] for p in sorted(sizes)]
    for value, plane in enumerate(planes):
        plane[...] = value + 1
    assert [int(p.max()) for p in planes_of(frame, PixelFormat.of(name))] == [
        value + 1 for value in range(len(planes))
    ]

"""Full frames are those that ffmpeg decodes, bit for bit."""

import numpy as np
import pytest

from gfn_core.media.pixel_format import nearest_planar
from gfn_core.media.plane_reader import read_planes
from gfn_core.media.probe import probe


def joined(frame):
    return np.concatenate([np.ascontiguousarray(p).view(np.uint8).ravel() for p in frame.planes])


@pytest.mark.parametrize(
    "name",
    ["yuv420p", "yuv422p", "yuv444p10le", "gray", "gbrp", "yuva420p", "yuv420p12le", "yuv410p"],
)
@pytest.mark.parametrize("size", ["160x96", "162x98"])
def test_planes_are_ffmpegs(make_video, raw_frames, name, size):
    path = make_video("film.mkv", "-c:v", "ffv1", "-pix_fmt", name, seconds=0.2, size=size)
    frames = [joined(frame) for frame in read_planes(path, probe(path), threads=1)]
    assert np.array_equal(frames, raw_frames(path, name))


@pytest.mark.parametrize("name", ["rgb24", "yuyv422", "bgra", "nv12", "pal8"])
def test_packed_formats_are_taken_apart(make_video, raw_frames, name):
    path = make_video("film.nut", "-c:v", "rawvideo", "-pix_fmt", name, seconds=0.2)
    info = probe(path)
    assert info.pixel_format == name
    frames = [joined(frame) for frame in read_planes(path, info, threads=1)]
    assert np.array_equal(frames, raw_frames(path, nearest_planar(name)))


@pytest.mark.parametrize(
    "clip",
    [
        "oddities/reschange_ff_400x300_to_200x150.mp4",
        "oddities/reschange_ff_400x300_to_200x150.webm",
    ],
)
def test_a_change_of_resolution_keeps_the_first(real_clip, clip):
    path = real_clip(clip)
    info = probe(path)
    shapes = {frame.planes[0].shape for frame in read_planes(path, info)}
    assert shapes == {(info.geometry.height, info.geometry.width)}


def test_renderer_and_analysis_see_the_same_times(real_clip):
    from gfn_core.media.frame_reader import open_reader

    path = real_clip("shaky/nus_regular2.m4v")
    info = probe(path)
    small = [(f.index, f.pts) for f in open_reader(path, info, info.geometry.fitted(64), 1)]
    assert [(f.index, f.pts) for f in read_planes(path, info)] == small

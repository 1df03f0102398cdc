"""One contract for every reader of frames for analysis."""

import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.media.frame_reader import open_reader
from gfn_core.media.probe import probe

READERS = ["decord", "pyav"]


def read(path, name, longest_px=160):
    info = probe(path)
    size = info.geometry.fitted(longest_px)
    reader = open_reader(path, info, size, threads=1, allow_decord=name == "decord")
    assert reader.name == name
    return list(reader)


@pytest.fixture
def film(make_video):
    return make_video("film.mp4", "-c:v", "libx264", "-bf", "2", seconds=2, size="320x192")


@pytest.mark.parametrize("name", READERS)
def test_every_frame_once_in_order(film, ffmpeg, name):
    frames = read(film, name)
    listing = ffmpeg("-i", film, "-map", "0:v", "-c", "copy", "-f", "framecrc", "-").decode()
    rows = [line.split(",") for line in listing.splitlines() if not line.startswith("#")]
    info = probe(film)
    assert [frame.pts for frame in frames] == sorted(int(row[2]) for row in rows)
    assert [frame.index for frame in frames] == list(range(len(rows)))
    assert frames[7].pts_seconds == pytest.approx(frames[7].pts * float(info.time_base))
    assert all(frame.luma.shape == (96, 160) for frame in frames)
    assert all(frame.luma.dtype == np.uint8 for frame in frames)


@pytest.mark.parametrize("name", READERS)
def test_can_be_read_twice(film, name):
    info = probe(film)
    reader = open_reader(film, info, info.geometry.fitted(160), 1, name == "decord")
    first, second = ([frame.luma.mean() for frame in reader] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv420p10le", "yuv444p"])
def test_limited_range_is_stretched(make_video, name, pixel_format):
    # grey 32 of full-range RGB is luma 43 of limited range, whatever depth it is coded in
    path = make_video(
        "gray.mkv",
        *("-vf", f"format=gbrp,scale=out_range=tv,format={pixel_format}"),
        *("-c:v", "ffv1"),
        picture="color=c=0x202020",
        seconds=0.2,
    )
    # decord's conversions to RGB truncate, which costs up to two codes
    assert read(path, name)[0].luma.mean() == pytest.approx(32, abs=2.5)


def test_full_range_and_rgb_are_not_stretched(make_video):
    for pixel_format in ("yuvj420p", "gbrp", "gray"):
        path = make_video(
            f"{pixel_format}.mkv",
            *("-vf", f"format=gbrp,scale=out_range=pc,format={pixel_format}", "-c:v", "ffv1"),
            picture="color=c=0x404040",
            seconds=0.2,
        )
        info = probe(path)
        reader = open_reader(path, info, info.geometry.fitted(160), 1, allow_decord=False)
        assert next(iter(reader)).luma.mean() == pytest.approx(64, abs=1.5)


@pytest.mark.parametrize(
    "clip", ["linyihao_path.mp4", "foreman_cif.mp4", "zhangyilang_butterfly.avi"]
)
def test_readers_agree_on_real_clips(real_clip, clip):
    path = real_clip(f"shaky/{clip}")
    for one, other in zip(read(path, "decord", 320), read(path, "pyav", 320), strict=True):
        assert (one.index, one.pts) == (other.index, other.pts)
        # two filters for the scaling and, with decord, a trip through RGB
        assert np.abs(one.luma.astype(float) - other.luma).mean() < 3


@pytest.mark.parametrize(
    "clip",
    [
        "shaky/nus_regular2.m4v",  # two frames with one timestamp
        "shaky/cotracker_teddy.mp4",  # an edit list cuts a frame away
        "shaky/swapnil_card.avi",  # timestamps that do not rise
        "oddities/multistream_2video_2audio_2subs_torchcodec_nasa_13013.mp4",
        "oddities/rotation_ff_four-colors-rotate-90.mp4",
        "oddities/fullrange_torchcodec_bt709.mp4",
        "oddities/startoffset_ff_bug1718709_low_res.mp4",
    ],
)
def test_decord_is_not_trusted_where_it_is_wrong(real_clip, raw_frames, clip):
    path = real_clip(clip)
    info = probe(path)
    size = FrameGeometry(64, 48)
    reader = open_reader(path, info, size, threads=1)
    assert reader.name == "pyav"
    frames = list(reader)
    assert len(frames) == len(raw_frames(path, "gray"))
    assert np.all(np.diff([frame.pts for frame in frames]) > 0)


def test_a_broken_tail_loses_and_repeats_nothing(make_video, tmp_path):
    whole = make_video("whole.mkv", "-c:v", "libx264", "-g", "10", seconds=4, size="320x192")
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    info = probe(broken)
    reference = read(whole, "pyav")
    for allow_decord in (True, False):
        reader = open_reader(broken, info, info.geometry.fitted(160), 1, allow_decord)
        frames = list(reader)
        assert 20 < len(frames) < len(reference)
        assert [frame.pts for frame in frames] == [f.pts for f in reference[: len(frames)]]
        for frame, intact in zip(frames[:-1], reference, strict=False):
            assert np.abs(frame.luma.astype(float) - intact.luma).mean() < 3


@pytest.mark.parametrize("longest_px", [16, 32, 46, 100])
def test_narrow_frames_are_read_right(film, longest_px):
    # decord pads rows of some narrow frames without saying so
    for one, other in zip(
        read(film, "decord", longest_px), read(film, "pyav", longest_px), strict=True
    ):
        assert one.luma.shape == other.luma.shape
        assert np.abs(one.luma.astype(float) - other.luma).mean() < 6

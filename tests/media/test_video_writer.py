"""What goes in comes out: frames, times, sound, tags."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from gfn_core.errors import EncodingFailed
from gfn_core.media.container import main_video_stream, open_container
from gfn_core.media.encoding import Encoding
from gfn_core.media.plane_reader import read_planes
from gfn_core.media.probe import probe
from gfn_core.media.timeline import Timeline
from gfn_core.media.verify import packet_digests, verify_output
from gfn_core.media.video_writer import VideoWriter

TONE = ("-f", "lavfi", "-i", "sine=duration=1")
LOSSLESS = Encoding("ffv1")


def frame_times(path):
    with open_container(path) as container:
        stream = main_video_stream(container, path)
        return Timeline.of(container, stream).frame_pts * float(stream.time_base)


def assert_same_times(source, output):
    info = probe(source)
    verify_output(output, frame_times(source), float(info.time_base))


def psnr(one, other, peak):
    error = np.mean((one.astype(float) - other) ** 2)
    return np.inf if error == 0 else 10 * np.log10(peak**2 / error)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize(
    "options",
    [
        ("-c:v", "libx264", "-bf", "3"),
        ("-c:v", "libx264", "-pix_fmt", "yuv422p10le"),
        ("-c:v", "mpeg4", "-bf", "2"),
    ],
    ids=["b-frames", "10-bit", "mpeg4"],
)
def test_same_frames_times_and_sound(make_video, copy_through, suffix, options):
    source = make_video(f"film{suffix}", *options, "-c:a", "aac", inputs=TONE)
    output, left_out = copy_through(source)
    assert_same_times(source, output)
    assert packet_digests(output) == packet_digests(source)
    assert left_out == ()
    before, after = probe(source), probe(output)
    assert [s.kind for s in after.streams] == [s.kind for s in before.streams]
    one_frame = float(1 / before.frame_rate)
    assert after.duration_seconds == pytest.approx(before.duration_seconds, abs=one_frame)


@pytest.mark.parametrize("name", ["yuv420p", "yuv422p10le", "yuv444p", "gray"])
def test_identity_keeps_the_picture(make_video, copy_through, name):
    source = make_video("film.mkv", "-c:v", "ffv1", "-pix_fmt", name, seconds=0.4)
    output, _ = copy_through(source, encoding=Encoding(quality=4))
    pairs = zip(read_planes(source, probe(source)), read_planes(output, probe(output)), strict=True)
    for before, after in pairs:
        peak = (1 << before.pixel_format.bit_depth) - 1
        assert before.pixel_format.bit_depth == after.pixel_format.bit_depth
        # H.264 without chroma is decoded as 4:2:0 with grey chroma
        for one, other in zip(before.planes, after.planes, strict=name != "gray"):
            assert psnr(one, other, peak) > 45


@pytest.mark.parametrize(
    "name",
    [
        *("yuv410p", "yuv411p", "yuv420p9le", "yuv420p16le", "yuv440p", "yuva420p", "gray16le"),
        *("gbrp", "gbrap", "gbrp10le", "gbrp16le", "gray10le", "yuva444p10le", "yuv440p12le"),
    ],
)
def test_lossless_codec_keeps_every_bit(make_video, copy_through, raw_frames, name):
    source = make_video("film.mkv", "-c:v", "ffv1", "-pix_fmt", name, seconds=0.2)
    output, _ = copy_through(source, encoding=LOSSLESS)
    kept = probe(output).pixel_format
    assert np.array_equal(raw_frames(source, kept), raw_frames(output, kept))


def test_real_variable_frame_rate(real_clip, copy_through):
    source = real_clip("shaky/nus_regular2.m4v")
    output, _ = copy_through(source, encoding=Encoding(preset="ultrafast"))
    assert_same_times(source, output)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("offset", ["2.5", "-0.4"])
def test_start_times_are_kept(make_video, ffmpeg, copy_through, tmp_path, suffix, offset):
    plain = make_video("plain.mp4", "-c:a", "aac", "-bf", "2", inputs=TONE)
    source = tmp_path / f"late{suffix}"
    ffmpeg("-itsoffset", offset, "-i", plain, "-map", "0:v", "-copyts", "-c", "copy", source)
    output, _ = copy_through(source)
    assert_same_times(source, output)


def test_negative_times_are_kept(make_video, copy_through, ffmpeg, tmp_path):
    source = tmp_path / "early.nut.mov"
    plain = make_video("plain.mov", "-bf", "0")
    ffmpeg(
        *("-itsoffset", "-0.4", "-i", plain, "-copyts", "-c", "copy", "-use_editlist", "0", source)
    )
    output, _ = copy_through(source)
    assert_same_times(source, output)


def test_sound_stays_in_step(make_video, copy_through):
    source = make_video("film.mp4", "-c:a", "aac", inputs=("-itsoffset", "0.3", *TONE))
    output, _ = copy_through(source)

    def sound_start(path):
        with open_container(path) as container:
            stream = container.streams.audio[0]
            return stream.start_time * float(stream.time_base)

    assert sound_start(output) == pytest.approx(sound_start(source), abs=1e-3)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_tags_are_kept(make_video, copy_through, suffix):
    tags = "setsar=16/11,setparams=range=tv:color_primaries=bt709:colorspace=bt709:color_trc=bt709"
    source = make_video(
        f"film{suffix}", "-vf", tags, "-metadata", "title=Holiday", "-metadata:s:v", "language=fra"
    )
    output, _ = copy_through(source)
    before, after = probe(source), probe(output)
    assert after.color == before.color
    assert after.geometry == before.geometry
    with open_container(output) as container:
        assert container.metadata["title"] == "Holiday"
        assert container.streams.video[0].metadata["language"] == "fra"


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("flip", [(), ("-display_vflip",)])
def test_orientation_is_a_tag_and_stays_one(
    make_video, ffmpeg, copy_through, tmp_path, suffix, degrees, flip
):
    source = tmp_path / f"turned{suffix}"
    plain = make_video("plain.mp4")
    ffmpeg("-display_rotation", degrees, *flip, "-i", plain, "-c", "copy", source)
    output, _ = copy_through(source)
    before, after = probe(source), probe(output)
    assert (after.rotation_degrees, after.is_mirrored) == (
        before.rotation_degrees,
        before.is_mirrored,
    )
    assert after.geometry == before.geometry


def test_streams_keep_their_order_and_chapters_stay(make_video, ffmpeg, copy_through, tmp_path):
    film = make_video("film.mkv", "-c:a", "flac", inputs=TONE)
    chapters = tmp_path / "chapters.txt"
    chapters.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/10\nSTART=2\nEND=9\ntitle=One\n")
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,100 --> 00:00:00,900\nWords\n")
    source = tmp_path / "all.mkv"
    ffmpeg(
        *("-i", film, "-i", words, "-i", chapters, "-map", "0:a", "-map", "0:v", "-map", "1"),
        *("-c", "copy", "-map_chapters", "2", source),
    )
    output, left_out = copy_through(source)
    assert left_out == ()
    assert [s.kind for s in probe(output).streams] == ["audio", "video", "subtitle"]
    assert packet_digests(output, "subtitle") == packet_digests(source, "subtitle")
    with open_container(output) as container:
        assert [chapter["metadata"]["title"] for chapter in container.chapters()] == ["One"]


def test_what_a_container_cannot_carry_is_named(make_video, ffmpeg, copy_through, tmp_path):
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,100 --> 00:00:00,900\nWords\n")
    source = tmp_path / "words.mp4"
    film = make_video("film.mp4")
    ffmpeg("-i", film, "-i", words, "-c:v", "copy", "-c:s", "mov_text", source)
    _, left_out = copy_through(source, ".mkv")
    assert left_out == ("stream 1 (subtitle, mov_text): not for matroska",)


def test_rgb_is_converted_where_the_codec_takes_none(make_video, raw_frames, copy_through):
    source = make_video("film.mkv", "-c:v", "ffv1", "-pix_fmt", "gbrp10le", seconds=0.2)
    output, left_out = copy_through(source, encoding=Encoding(quality=1))
    assert left_out == ("pixel format gbrp10le: encoded as yuv444p10le",)
    before, after = raw_frames(source, "rgb24"), raw_frames(output, "rgb24")
    assert np.abs(before.astype(float) - after).mean() < 2


def test_a_killed_encoder_is_reported(make_video, tmp_path):
    source = make_video("film.mp4", seconds=4, size="640x360")
    info = probe(source)
    with (
        pytest.raises(EncodingFailed, match=r"film\.mp4: .*signal 9"),
        VideoWriter(tmp_path / "out.mp4", source, info, Encoding()) as writer,
    ):
        for frame in read_planes(source, info):
            writer.write(frame.pts, frame.planes)
            if frame.index == 5:
                os.kill(writer.process_id, signal.SIGKILL)


def test_ffmpegs_own_words_are_passed_on(make_video, tmp_path):
    source = make_video("film.mp4")
    info = probe(source)
    nowhere = tmp_path / "missing" / "out.mp4"
    with (
        pytest.raises(EncodingFailed, match="No such file"),
        VideoWriter(nowhere, source, info, Encoding()) as writer,
    ):
        for frame in read_planes(source, info):
            writer.write(frame.pts, frame.planes)


def test_an_error_of_the_caller_ends_ffmpeg(make_video, tmp_path):
    source = make_video("film.mp4")
    with (
        pytest.raises(KeyError),
        VideoWriter(tmp_path / "out.mp4", source, probe(source), Encoding()) as writer,
    ):
        raise KeyError
    with pytest.raises(ProcessLookupError):
        os.kill(writer.process_id, 0)


PEAK_OF_A_COPY = """
import re, sys
from pathlib import Path
from gfn_core.media.plane_reader import read_planes
from gfn_core.media.probe import probe
from gfn_core.media.encoding import Encoding
from gfn_core.media.video_writer import VideoWriter
source, output = map(Path, sys.argv[1:])
info = probe(source)
with VideoWriter(output, source, info, Encoding(preset="ultrafast", threads=1)) as writer:
    for frame in read_planes(source, info):
        writer.write(frame.pts, frame.planes)
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_length(make_video, tmp_path):
    def peak_kib(seconds):  # in a process of its own: other tests' leavings blur the figure
        source = make_video("film.mp4", seconds=seconds, size="640x360")
        command = [sys.executable, "-c", PEAK_OF_A_COPY, source, tmp_path / "copy.mp4"]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    assert peak_kib(20) - peak_kib(2) < 20 * 640 * 360 * 1.5 / 1024  # 20 frames, of 450 more

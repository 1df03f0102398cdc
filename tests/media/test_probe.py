"""What a file holds, and clear words for what is no video."""

import json
import os
from fractions import Fraction

import pytest

from gfn_core.errors import NotAVideo, SourceError
from gfn_core.media.probe import probe
from gfn_core.media.video_info import VideoInfo

TONE = ("-f", "lavfi", "-i", "sine=duration=1")


def test_describes_a_plain_video(make_video):
    path = make_video("plain.mp4", "-c:v", "libx264", "-bf", "2", "-c:a", "aac", inputs=TONE)
    info = probe(path)
    assert (info.geometry.width, info.geometry.height) == (160, 96)
    assert (info.frame_count, info.frame_rate) == (25, 25)
    assert info.duration_seconds == pytest.approx(1.0)
    assert info.timestamps_rise
    assert [(s.kind, s.codec) for s in info.streams] == [("video", "h264"), ("audio", "aac")]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_is_clockwise(make_video, ffmpeg, tmp_path, degrees):
    turned = tmp_path / "turned.mp4"
    # ffmpeg counts the rotation anticlockwise
    ffmpeg("-display_rotation", -degrees, "-i", make_video("up.mp4"), "-c", "copy", turned)
    info = probe(turned)
    assert (info.rotation_degrees, info.is_mirrored) == (degrees, False)
    assert (info.geometry.width, info.geometry.height) == (160, 96)  # as coded


def test_pixel_aspect_and_colors_are_read(make_video):
    tags = "setsar=16/11,setparams=range=tv:color_primaries=bt2020:colorspace=bt2020nc"
    path = make_video("tags.mp4", "-vf", f"{tags}:color_trc=smpte2084", "-pix_fmt", "yuv420p10le")
    info = probe(path)
    assert info.geometry.pixel_aspect == Fraction(16, 11)
    assert info.color.matrix == "bt2020nc"
    assert info.color.primaries == "bt2020"
    assert info.color.transfer == "smpte2084"
    assert info.pixel_format == "yuv420p10le"


def test_cover_art_is_not_the_video(make_video, ffmpeg, tmp_path):
    cover, video = make_video("cover.png", "-frames:v", "1", size="64x64"), make_video("film.mp4")
    both = tmp_path / "both.mp4"
    ffmpeg(
        *("-i", cover, "-i", video, "-map", "0", "-map", "1", "-c", "copy"),
        *("-disposition:v:0", "attached_pic", both),
    )
    info = probe(both)
    assert info.codec == "h264"
    assert [stream.is_cover for stream in info.streams].count(True) == 1


def test_survives_json(make_video):
    info = probe(make_video("plain.mkv", "-vf", "setsar=4/3"))
    assert VideoInfo.from_dict(json.loads(json.dumps(info.to_dict()))) == info


def test_empty_file(tmp_path):
    path = tmp_path / "empty.mp4"
    path.touch()
    with pytest.raises(NotAVideo, match=r"empty\.mp4: .*empty"):
        probe(path)


def test_text_file(tmp_path):
    path = tmp_path / "text.mp4"
    path.write_text("This is no video, whatever its name says.\n" * 50)
    with pytest.raises(NotAVideo, match=r"text\.mp4"):
        probe(path)


def test_folder_and_pipe_and_missing_file(tmp_path):
    (tmp_path / "folder.mp4").mkdir()
    os.mkfifo(tmp_path / "fifo.mp4")
    with pytest.raises(NotAVideo, match=r"folder\.mp4: a folder"):
        probe(tmp_path / "folder.mp4")
    with pytest.raises(NotAVideo, match=r"fifo\.mp4: not a regular file"):
        probe(tmp_path / "fifo.mp4")
    with pytest.raises(SourceError, match=r"gone\.mp4: No such file"):
        probe(tmp_path / "gone.mp4")


def test_sound_alone(ffmpeg, tmp_path):
    path = tmp_path / "sound.mp4"
    ffmpeg("-f", "lavfi", "-i", "sine=duration=1", path)
    with pytest.raises(NotAVideo, match="no video stream"):
        probe(path)


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{0}\n#EXT-X-ENDLIST\n"),
        ("list.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{0}\n#EXT-X-ENDLIST\n"),
        ("list.ffconcat", "ffconcat version 1.0\nfile {0}\n"),
        ("list.mkv", "ffconcat version 1.0\nfile {0}\n"),
    ],
)
def test_scripts_that_name_other_files_are_refused(make_video, tmp_path, name, script):
    other = make_video("other.ts")
    path = tmp_path / name
    path.write_text(script.format(other.name))
    with pytest.raises(SourceError):
        probe(path)


def test_name_like_a_pattern_or_an_option(make_video):
    for name in ("-i %03d.mp4", "http:x.mp4", "a'b\"c.mp4"):
        path = make_video("plain.mp4", seconds=0.2)
        assert probe(path.rename(path.with_name(name))).frame_count == 5


def test_messages_are_one_line(tmp_path):
    path = tmp_path / "noise.mp4"
    path.write_bytes(os.urandom(5000))
    with pytest.raises(SourceError) as caught:
        probe(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)

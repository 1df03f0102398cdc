"""What is not carried is named: by reading what was written."""

from dataclasses import replace
from fractions import Fraction

import pytest

from gfn_core.media.contents import Contents, telling
from gfn_core.media.encoding import Encoding
from gfn_core.media.losses import _picture_losses
from gfn_core.media.probe import probe

TONE = ("-f", "lavfi", "-i", "sine=duration=1")
MASTERING = (
    "hdr10=1:repeat-headers=1:max-cll=1000,400:log-level=none:"
    "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
)
PQ = ("-pix_fmt", "yuv420p10le", "-color_trc", "smpte2084", "-color_primaries", "bt2020")


def test_mastering_metadata_is_read_as_ffmpeg_writes_it(make_video):
    source = make_video("pq.mp4", "-c:v", "libx265", "-x265-params", MASTERING, *PQ, seconds=0.2)
    color = probe(source).color
    assert color.mastering_display == MASTERING.partition("master-display=")[2]
    assert color.content_light == "1000,400"


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [(".mp4", "libx264"), (".mp4", "libx265"), (".mov", "prores_ks"), (".mkv", "ffv1")],
)
def test_mastering_metadata_is_carried_by_every_codec(make_video, copy_through, suffix, codec):
    source = make_video("pq.mp4", "-c:v", "libx265", "-x265-params", MASTERING, *PQ, seconds=0.2)
    output, _ = copy_through(source, suffix, Encoding(codec, preset="ultrafast"))
    before, after = probe(source).color, probe(output).color
    assert after.mastering_display == before.mastering_display
    assert after.content_light == before.content_light


@pytest.mark.parametrize("location", ["topleft", "center", "bottomleft"])
def test_chroma_location_is_read_and_carried(make_video, copy_through, location):
    source = make_video("film.mp4", "-vf", f"setparams=chroma_location={location}", seconds=0.2)
    assert probe(source).color.chroma_location == location
    output, left_out = copy_through(source)
    assert probe(output).color.chroma_location == location
    assert left_out == ()


def test_a_siting_that_a_codec_cannot_tell_is_named(make_video, copy_through):
    source = make_video("film.mp4", "-vf", "setparams=chroma_location=topleft", seconds=0.2)
    _, left_out = copy_through(source, ".mkv", Encoding("mjpeg"))
    assert "chroma location topleft: center" in left_out


@pytest.mark.parametrize(
    ("tick", "hidden", "named"),
    [(Fraction(1, 16000), 0.00006, 0.0005), (Fraction(1, 1000), 0.0014, 0.0016)],
)
def test_a_last_frame_is_named_where_it_is_off_by_more_than_a_tick(make_video, tick, hidden, named):
    before = replace(probe(make_video("film.mp4", seconds=0.2)), time_base=tick)

    def lost(seconds):
        after = replace(before, duration_seconds=before.duration_seconds + seconds)
        return [*_picture_losses(before, after)]

    assert lost(hidden) == lost(-hidden) == []
    assert lost(named) == [f"time of the last frame: {named} s longer"]
    assert lost(-named) == [f"time of the last frame: {named} s shorter"]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_tags_of_any_name_are_kept(make_video, copy_through, suffix):
    tags = ("-metadata", "anything=at all", "-metadata", "creation_time=2019-05-04T03:02:01Z")
    source = make_video(f"film{suffix}", *tags, "-movflags", "use_metadata_tags", seconds=0.2)
    output, left_out = copy_through(source)
    before, after = telling(Contents.of(source).tags), telling(Contents.of(output).tags)
    assert after["anything"] == before["anything"] == "at all"
    assert after["creation_time"].startswith("2019-05-04T03:02:01")
    assert left_out == ()


@pytest.mark.parametrize("suffix", [".mov", ".mkv"])
def test_tags_of_streams_are_kept(make_video, copy_through, suffix):
    about_sound = ("-metadata:s:a", "language=ger", "-metadata:s:a", "title=Ton")
    source = make_video(
        f"film{suffix}", "-c:a", "pcm_s16le", *about_sound, inputs=TONE, seconds=0.2
    )
    output, left_out = copy_through(source)
    sound = [telling(s.tags) for s in Contents.of(output).streams if s.kind == "audio"]
    assert sound[0]["title"] == "Ton"
    assert sound[0]["language"] in ("ger", "deu")
    assert left_out == ()


def test_counts_of_what_is_encoded_anew_are_not_copied(make_video, copy_through):
    counted = ("-metadata:s:v", "BPS=123456", "-metadata:s:v", "NUMBER_OF_FRAMES=99")
    source = make_video("film.mkv", *counted, seconds=0.2)
    output, left_out = copy_through(source)
    assert not {"BPS", "NUMBER_OF_FRAMES"} & set(Contents.of(output).streams[0].tags)
    assert left_out == ()


def test_a_lost_tag_and_a_lost_mark_are_named(make_video, copy_through):
    marks = ("-disposition:a:0", "lyrics+default", "-metadata:s:a", "anything=at all")
    source = make_video("film.mkv", "-c:a", "aac", *marks, inputs=TONE, seconds=0.2)
    _, left_out = copy_through(source, ".mp4")
    assert "tag anything of stream 1" in left_out


def test_alpha_beside_the_pictures_is_named(make_video, copy_through):
    options = ("-c:v", "libvpx-vp9", "-cpu-used", "5", "-pix_fmt", "yuva420p")
    source = make_video("film.webm", *options, seconds=0.2)
    output, left_out = copy_through(source, ".mkv")
    assert "alpha channel: not decoded" in left_out
    assert not Contents.of(output).streams[0].has_alpha_beside


@pytest.mark.parametrize("name", ["editlist_bframes_ff_bipbop.mp4"])
def test_captions_in_the_pictures_are_named(real_clip, name):
    assert "A53_CC" in Contents.of(real_clip(f"oddities/{name}")).frame_data

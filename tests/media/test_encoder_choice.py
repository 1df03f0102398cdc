"""Which encoder writes a clip in the end."""

from dataclasses import replace
from pathlib import Path

import pytest

from gfn_core.media import encoder_choice
from gfn_core.media.codec_traits import CODECS, SAME_ENCODERS
from gfn_core.media.encoder_choice import EncoderChoice
from gfn_core.media.encoding import Encoding
from gfn_core.media.probe import probe
from gfn_core.media.stream_plan import output_suffix


@pytest.fixture
def info(make_video):
    return probe(make_video("film.mp4", seconds=0.2))


def chosen(encoding, info, suffix=".mkv"):
    return EncoderChoice.of(encoding, info, Path(f"out{suffix}"))


@pytest.mark.parametrize("codec", SAME_ENCODERS)
def test_same_is_the_sources_codec(info, codec):
    choice = chosen(Encoding("same"), replace(info, codec=codec))
    assert choice.encoding.encoder == SAME_ENCODERS[codec]
    assert choice.notes == ()


def test_same_of_what_is_written_no_more_is_said(info):
    choice = chosen(Encoding("same"), replace(info, codec="cinepak"))
    assert choice.encoding.encoder == "libx264"
    assert choice.notes == ("codec cinepak: cannot be written to .mkv; encoded by libx264",)


@pytest.mark.parametrize(("codec", "least", "most"), [("av1", 0, 63), ("mjpeg", 1, 31)])
def test_a_quality_is_carried_over_to_the_codecs_scale(info, codec, least, most):
    of = {q: chosen(Encoding("same", q), replace(info, codec=codec)) for q in (0, 20, 51)}
    qualities = [of[quality].encoding.quality for quality in (0, 20, 51)]
    assert qualities[0] == least
    assert qualities[-1] == most
    assert least < qualities[1] < most


@pytest.mark.parametrize("runs", [False, True])
def test_hardware_that_is_absent_is_stood_in_for(info, monkeypatch, runs):
    monkeypatch.setattr(encoder_choice, "runs", lambda encoder: runs)
    choice = chosen(Encoding("hevc_nvenc"), info)
    assert choice.encoding.encoder == ("hevc_nvenc" if runs else "libx265")
    assert choice.notes == (
        () if runs else ("hevc_nvenc: not on this machine; encoded by libx265",)
    )


@pytest.mark.parametrize("codec", CODECS)
def test_a_stand_in_can_be_held_by_the_same_files(codec):
    stand_in = CODECS[codec].stand_in
    if stand_in:
        assert set(CODECS[codec].suffixes) <= set(CODECS[stand_in].suffixes)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("word", ["ultrafast", "medium", "placebo"])
def test_words_for_effort_hold_for_every_codec(codec, word):
    traits = CODECS[codec]
    given = Encoding(codec, preset=word).options().get(traits.preset_option)
    assert given is None if not traits.presets else given in traits.presets


@pytest.mark.parametrize(
    ("name", "codec", "suffix"),
    [
        ("a.mp4", "libx264", ".mp4"),
        ("a.MOV", "prores", ".mov"),
        ("a.mp4", "prores", ".mkv"),
        ("a.webm", "libx264", ".mkv"),
        ("a.webm", "av1", ".webm"),
        ("a.webm", "same", ".webm"),
        ("a.avi", "same", ".mkv"),
    ],
)
def test_the_container_holds_the_codec(name, codec, suffix):
    assert output_suffix(Path(name), Encoding(codec)) == suffix

"""Sizes that are asked for."""

import pytest

from gfn_core.errors import SettingsError
from gfn_core.media.encoding import Encoding
from gfn_core.media.target_size import TargetSize


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("60%", TargetSize(share=0.6)),
        ("25M", TargetSize(size_bytes=25_000_000)),
        ("1.5GB", TargetSize(size_bytes=1_500_000_000)),
        ("700B", TargetSize(size_bytes=700)),
    ],
)
def test_words(text, meant):
    assert TargetSize.parse(text) == meant
    assert TargetSize.parse(str(meant)) == meant


@pytest.mark.parametrize("text", ["", "0", "-3M", "big", "10X", "%", "60"])
def test_nonsense_is_refused(text):
    with pytest.raises(SettingsError):
        TargetSize.parse(text)


def test_sound_is_counted():
    with_sound = TargetSize(share=0.5).bits_per_second(10_000_000, 1_000_000, 10)
    without = TargetSize(share=0.5).bits_per_second(10_000_000, 0, 10)
    assert without - with_sound == pytest.approx(8 * 1_000_000 / 10, rel=1e-6)


@pytest.mark.parametrize("codec", ["ffv1", "prores"])
def test_codecs_without_a_bit_rate_refuse_one(codec):
    with pytest.raises(SettingsError):
        Encoding(codec, target=TargetSize(share=0.5))


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["x264", "x265"])
def test_the_size_is_met(make_video, copy_through, codec):
    source = make_video("film.mp4", "-qp", "10", "-c:a", "aac", seconds=8, inputs=TONE)
    target = TargetSize(share=0.4)
    output, _ = copy_through(source, encoding=Encoding(codec, preset="veryfast", target=target))
    assert output.stat().st_size == pytest.approx(0.4 * source.stat().st_size, rel=0.15)


TONE = ("-f", "lavfi", "-i", "sine=duration=8")

"""Settings of the encoder."""

import av
import pytest

from gfn_core.errors import SettingsError
from gfn_core.media.codec_traits import CODECS
from gfn_core.media.encoding import Encoding


@pytest.mark.parametrize(
    "wrong",
    [
        {"codec": "divx"},
        {"quality": 52},
        {"quality": -1},
        {"preset": "sluggish"},
        {"threads": -1},
        {"codec": "svtav1", "preset": "14"},
    ],
)
def test_wrong_settings_are_refused(wrong):
    with pytest.raises(SettingsError):
        Encoding(**wrong)


def test_short_names():
    assert Encoding("x265").encoder == "libx265"
    assert Encoding("svtav1").options()["preset"] == "6"


@pytest.mark.parametrize(
    ("codec", "source", "coded"),
    [
        ("libx264", "yuv420p", "yuv420p"),
        ("libx264", "yuv422p10le", "yuv422p10le"),
        ("libx264", "yuv420p9le", "yuv420p10le"),
        ("libx265", "yuv420p12le", "yuv420p12le"),
        ("ffv1", "gbrap12le", "gbrap12le"),
        ("prores_ks", "yuv420p", "yuv422p10le"),
        ("libsvtav1", "yuv444p", "yuv420p"),
    ],
)
def test_nearest_coded_format(codec, source, coded):
    assert Encoding(codec, quality=20).pixel_format_for(source, 160, 120) == coded


@pytest.mark.parametrize(
    ("codec", "source", "size", "coded"),
    [
        ("libx264", "yuv420p", (161, 119), "yuv444p"),
        ("libx264", "yuv422p10le", (160, 119), "yuv422p10le"),
        ("libx265", "yuv420p10le", (160, 119), "yuv422p10le"),
        ("libvpx-vp9", "yuv420p", (161, 119), "yuv420p"),
    ],
)
def test_odd_sides_get_finer_chroma_where_they_must(codec, source, size, coded):
    assert Encoding(codec, quality=20).pixel_format_for(source, *size) == coded


@pytest.mark.parametrize("codec", [name for name in CODECS if CODECS[name].stand_in is None])
def test_every_codec_encodes_into_every_container_that_can_hold_it(make_video, copy_through, codec):
    source = make_video("film.mp4", seconds=0.2)
    for suffix in CODECS[codec].suffixes:
        output, _ = copy_through(source, suffix, Encoding(codec, preset="ultrafast"))
        with av.open(str(output)) as container:
            assert container.streams.video[0].codec_context.codec.name
            assert len(list(container.decode(video=0))) == 5

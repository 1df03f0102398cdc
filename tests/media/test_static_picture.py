"""A picture that stands still comes out of every encoder as it went in: no slip of range or siting.

As ffmpeg's own `psnr` filter measures it, which compares the planes as they are coded.
"""

import re

import pytest

from gfn_core.media.encoding import Encoding

LEAST_DB = 45
STILL = "smptebars"


@pytest.fixture
def psnr_db(ffmpeg):
    """The worst frame's PSNR of each plane."""

    def measure(source, output):
        stats = ffmpeg(
            *("-i", source, "-i", output, "-lavfi", "[0:v][1:v]psnr=stats_file=-:stats_version=1"),
            *("-f", "null", "-"),
        ).decode()
        planes = re.findall(r"psnr_([yuvrgba])[: ](\S+)", stats)
        return {plane: min(float(v) for p, v in planes if p == plane) for plane, _ in planes}

    return measure


@pytest.mark.parametrize(
    ("codec", "pixel_format"),
    [
        ("libx264", "yuv420p"),
        ("libx264", "yuv422p10le"),
        ("libx264", "yuv444p"),
        ("libx265", "yuv420p10le"),
        ("libsvtav1", "yuv420p"),
        ("libvpx-vp9", "yuv420p"),
        ("prores_ks", "yuv422p10le"),
        ("mjpeg", "yuvj420p"),
        ("ffv1", "gbrp"),
    ],
)
def test_every_codec_at_its_own_quality(make_video, copy_through, psnr_db, codec, pixel_format):
    options = ("-c:v", "ffv1", "-pix_fmt", pixel_format)
    source = make_video("still.mkv", *options, picture=STILL, seconds=0.2)
    output, _ = copy_through(source, encoding=Encoding(codec, preset="veryfast"))
    measured = psnr_db(source, output)
    assert len(measured) == 3
    assert min(measured.values()) > LEAST_DB, measured


@pytest.mark.parametrize("scale", ["tv", "pc"])
@pytest.mark.parametrize("matrix", ["smpte170m", "bt709", "bt2020nc"])
def test_every_range_and_matrix(make_video, copy_through, psnr_db, scale, matrix):
    converted = f"scale=out_color_matrix={matrix}:out_range={scale}"
    tagged = f"{converted},format=yuv420p,setparams=colorspace={matrix}:range={scale}"
    source = make_video("still.mkv", "-vf", tagged, "-qp", "0", picture=STILL, seconds=0.2)
    output, left_out = copy_through(source, encoding=Encoding(preset="veryfast"))
    assert min(psnr_db(source, output).values()) > LEAST_DB
    assert left_out == ()

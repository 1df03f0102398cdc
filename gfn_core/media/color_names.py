"""ffmpeg's names for the code points of ITU-T H.273, and its notation for HDR metadata."""

import struct
from fractions import Fraction
from typing import cast

from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from gfn_core.media.video_info import ColorTags

FULL_RANGE = 2
RANGES = {1: "tv", FULL_RANGE: "pc"}

MATRICES = {
    0: "gbr",
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    11: "smpte2085",
    12: "chroma-derived-nc",
    13: "chroma-derived-c",
    14: "ictcp",
}

PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
    22: "ebu3213",
}

TRANSFERS = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    9: "log100",
    10: "log316",
    11: "iec61966-2-4",
    12: "bt1361e",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    17: "smpte428",
    18: "arib-std-b67",
}


CHROMATICITY_STEPS = 50_000  # steps of the notation for a mastering display, as in its SEI message
LUMINANCE_STEPS = 10_000  # of a cd/m2


def color_tags(
    stream: VideoStream, first: VideoFrame, chroma_location: str | None = None
) -> ColorTags:
    """Read the colour description of a stream; unknown code points count as no description."""
    codec = stream.codec_context
    return ColorTags(
        range=RANGES.get(int(codec.color_range)),
        matrix=MATRICES.get(int(codec.colorspace)),
        primaries=PRIMARIES.get(int(codec.color_primaries)),
        transfer=TRANSFERS.get(int(codec.color_trc)),
        chroma_location=chroma_location,
        mastering_display=_mastering_display(first),
        content_light=_content_light(first),
    )


def _mastering_display(frame: VideoFrame) -> str | None:
    """Volume of the display that the picture was graded on, in the notation of its ffmpeg option.

    The layout is FFmpeg's AVMasteringDisplayMetadata: red, green, blue, white, least and most
    luminance as fractions, then whether there are chromaticities and luminances.
    """
    data = frame.side_data.get("MASTERING_DISPLAY_METADATA")
    if data is None:
        return None
    *terms, has_chromaticities, has_luminances = struct.unpack(
        "<22i", bytes(cast(SideData, data))[:88]
    )
    if not (has_chromaticities and has_luminances and all(terms[1::2])):
        return None
    values = [Fraction(*pair) for pair in zip(terms[::2], terms[1::2], strict=True)]
    red_x, red_y, green_x, green_y, blue_x, blue_y, white_x, white_y = (
        round(value * CHROMATICITY_STEPS) for value in values[:8]
    )
    least, most = (round(value * LUMINANCE_STEPS) for value in values[8:])
    return (
        f"G({green_x},{green_y})B({blue_x},{blue_y})R({red_x},{red_y})"
        f"WP({white_x},{white_y})L({most},{least})"
    )


def _content_light(frame: VideoFrame) -> str | None:
    data = frame.side_data.get("CONTENT_LIGHT_LEVEL")
    if data is None:
        return None
    brightest_pixel, brightest_frame = struct.unpack("<2I", bytes(cast(SideData, data))[:8])
    return f"{brightest_pixel},{brightest_frame}"

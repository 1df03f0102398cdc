"""ffmpeg's names for the code points of ITU-T H.273 (colour description)."""

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


def color_tags(stream: VideoStream) -> ColorTags:
    """Read the colour description of a stream; unknown code points count as no description."""
    codec = stream.codec_context
    return ColorTags(
        range=RANGES.get(int(codec.color_range)),
        matrix=MATRICES.get(int(codec.colorspace)),
        primaries=PRIMARIES.get(int(codec.color_primaries)),
        transfer=TRANSFERS.get(int(codec.color_trc)),
    )

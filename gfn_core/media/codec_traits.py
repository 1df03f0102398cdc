"""The encoders that are known here: what each understands, and what stands in for it."""

from dataclasses import dataclass, field

X26X_PRESETS = (
    *("ultrafast", "superfast", "veryfast", "faster", "fast"),
    *("medium", "slow", "slower", "veryslow", "placebo"),
)
WOVEN = {"flags": "+ilme+ildct"}  # motion and transform by fields
QUICKTIME = (".mp4", ".m4v", ".mov", ".mkv")
WEB_FILES = (".mp4", ".m4v", ".mkv", ".webm")


@dataclass(frozen=True)
class CodecTraits:
    """What ffmpeg's encoder of one codec understands."""

    quality_option: str | None  # None: lossless
    qualities: range  # values of that option; the least is best
    quality: int = 0  # by default: no loss that one sees at normal distance
    presets: tuple[str, ...] = ()  # from fast to slow
    preset_option: str = "preset"
    suffixes: tuple[str, ...] = QUICKTIME  # of files that can hold it
    fixed: dict[str, str | int] = field(default_factory=dict)  # options always given
    field_options: dict[str, str] | None = None  # to keep woven fields; None: it cannot
    takes_bit_rate: bool = True
    takes_odd_sides: bool = True  # where chroma is coarser than luma
    deepest_bits: int = 16  # that it codes; some take deeper samples and drop bits in silence
    stand_in: str | None = None  # what encodes where this machine lacks the hardware


def _speeds(fastest: int) -> tuple[str, ...]:
    return tuple(str(speed) for speed in range(fastest, -1, -1))


def _nvenc(
    worst: int, quality: int, bits: int, stand_in: str, suffixes: tuple[str, ...] = QUICKTIME
) -> CodecTraits:
    presets = tuple(f"p{effort}" for effort in range(1, 8))
    constant: dict[str, str | int] = {"rc": "vbr", "b": 0}
    return CodecTraits(
        *("cq", range(1, worst + 1), quality, presets),
        suffixes=suffixes,
        fixed=constant,
        deepest_bits=bits,
        stand_in=stand_in,
    )


CODECS = {
    "libx264": CodecTraits(
        "crf", range(52), 18, X26X_PRESETS, field_options=WOVEN, takes_odd_sides=False
    ),
    "libx265": CodecTraits("crf", range(52), 20, X26X_PRESETS, takes_odd_sides=False),
    "libsvtav1": CodecTraits("crf", range(64), 24, _speeds(13), suffixes=WEB_FILES),
    "prores_ks": CodecTraits(
        *("qscale", range(1, 33), 9),
        suffixes=(".mov", ".mkv"),
        field_options=WOVEN,
        takes_bit_rate=False,
    ),
    "ffv1": CodecTraits(
        *(None, range(0)),
        suffixes=(".mov", ".mkv"),
        field_options={},
        takes_bit_rate=False,
    ),
    "libvpx-vp9": CodecTraits(
        *("crf", range(64), 24, _speeds(5), "cpu-used"),
        suffixes=WEB_FILES,
        fixed={"b": 0, "row-mt": 1},
    ),
    "libvpx": CodecTraits(
        *("crf", range(4, 64), 8, _speeds(5), "cpu-used"),
        suffixes=(".mkv", ".webm"),
        fixed={"b": "100M"},  # at most, by which it means constant quality
    ),
    "mjpeg": CodecTraits("qscale", range(1, 32), 2),
    "h264_nvenc": _nvenc(51, 19, 8, "libx264"),
    "hevc_nvenc": _nvenc(51, 21, 10, "libx265"),
    "av1_nvenc": _nvenc(63, 26, 10, "libsvtav1", WEB_FILES),
}
ALIASES = {
    "x264": "libx264",
    "h264": "libx264",
    "x265": "libx265",
    "hevc": "libx265",
    "svtav1": "libsvtav1",
    "av1": "libsvtav1",
    "prores": "prores_ks",
    "vp9": "libvpx-vp9",
    "vp8": "libvpx",
    "nvenc": "h264_nvenc",
}
SAME = "same"  # the codec that the source has
SAME_ENCODERS = {  # MPEG-2 and MPEG-4 part 2 are not: their clocks cannot hold any frame's time
    "h264": "libx264",
    "hevc": "libx265",
    "av1": "libsvtav1",
    "vp9": "libvpx-vp9",
    "vp8": "libvpx",
    "mjpeg": "mjpeg",
    "prores": "prores_ks",
    "ffv1": "ffv1",
}

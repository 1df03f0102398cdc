"""What this machine can read and write: asked of the libraries that are here, not remembered."""

from dataclasses import dataclass

import av
from av import VideoFormat
from av.codec import Codec

from gfn_core.media.codec_traits import CODECS
from gfn_core.media.encoder_choice import runs
from gfn_core.media.encoding import Encoding
from gfn_core.media.ffmpeg_binary import DEMUXERS

# Codecs that archives hold, by FFmpeg's names.
ARCHIVED_CODECS = (
    *("h264", "hevc", "vvc", "av1", "vp8", "vp9", "mpeg1video", "mpeg2video", "mpeg4", "h263"),
    *("msmpeg4v2", "msmpeg4v3", "wmv1", "wmv2", "wmv3", "vc1", "theora", "mjpeg", "mjpegb"),
    *("jpeg2000", "prores", "prores_raw", "dnxhd", "cfhd", "apv", "dvvideo", "ffv1", "huffyuv"),
    *("ffvhuff", "utvideo", "magicyuv", "rawvideo", "v210", "qtrle", "cinepak", "svq1", "svq3"),
    *("indeo3", "indeo5", "rv10", "rv20", "rv30", "rv40", "flv", "gif", "png", "apng", "webp"),
)


@dataclass(frozen=True)
class WritableCodec:
    """An encoder that gfn knows, and what of it works here."""

    encoder: str
    works: bool
    suffixes: tuple[str, ...]
    qualities: str  # "0 to 51, 18 by default"; empty: lossless
    deepest_bits: int
    has_alpha: bool
    keeps_fields: bool
    stand_in: str = ""  # what encodes in its place


@dataclass(frozen=True)
class Formats:
    """What can be read and written."""

    reads: tuple[str, ...]  # codecs, by FFmpeg's names
    lacks: tuple[str, ...]  # codecs of archives that these libraries cannot decode
    demuxers: tuple[str, ...]
    writes: tuple[WritableCodec, ...]


def formats() -> Formats:
    """Find out; tries each encoder that needs hardware."""
    there = tuple(name for name in ARCHIVED_CODECS if _decodes(name))
    return Formats(
        reads=there,
        lacks=tuple(name for name in ARCHIVED_CODECS if name not in there),
        demuxers=tuple(name for name in DEMUXERS.split(",") if name in av.formats_available),
        writes=tuple(_writable(encoder) for encoder in CODECS),
    )


def _decodes(name: str) -> bool:
    try:
        Codec(name, "r")
    except ValueError:
        return False
    return True


def _writable(encoder: str) -> WritableCodec:
    traits, taken = CODECS[encoder], Encoding(encoder).pixel_formats
    components = [component for name in taken for component in VideoFormat(name).components]
    scale = traits.qualities
    return WritableCodec(
        encoder=encoder,
        works=bool(taken) and (traits.stand_in is None or runs(encoder)),
        suffixes=traits.suffixes,
        qualities=f"{scale[0]} to {scale[-1]}, {traits.quality} by default" if scale else "",
        deepest_bits=max((component.bits for component in components), default=0),
        has_alpha=any(c.is_alpha for c in components) and not traits.stand_in,
        keeps_fields=traits.field_options is not None,
        stand_in=traits.stand_in or "",
    )

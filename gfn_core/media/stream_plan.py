"""Which streams of a source its output can carry."""

from dataclasses import dataclass
from pathlib import Path

from gfn_core.media.video_info import StreamInfo, VideoInfo

MUXERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}
OTHER_SUFFIX = ".mkv"

# codecs that ffmpeg copies into a container (libavformat/movenc.c, matroskaenc.c)
MP4_AUDIO = frozenset("aac ac3 eac3 mp2 mp3 alac opus flac dts truehd mp4als".split())
MP4_SUBTITLES = frozenset(["mov_text", "dvd_subtitle"])
MATROSKA_SUBTITLES = frozenset(
    "subrip srt ass ssa text webvtt dvd_subtitle dvb_subtitle hdmv_pgs_subtitle arib_caption".split()
)
COVER_CODECS = frozenset(["mjpeg", "png"])


def output_suffix(source: Path) -> str:
    """Return the file suffix of the output: the source's if it can be written, else ".mkv"."""
    suffix = source.suffix.lower()
    return suffix if suffix in MUXERS else OTHER_SUFFIX


@dataclass(frozen=True)
class StreamPlan:
    """Streams of the source in the order of the output, and those left out."""

    muxer: str  # ffmpeg's name
    streams: tuple[StreamInfo, ...]  # the stabilized one among them
    left_out: tuple[str, ...]  # one line each: what, and why

    @classmethod
    def of(cls, info: VideoInfo, output: Path) -> "StreamPlan":
        """Plan what to put into `output`, whose suffix decides the container."""
        muxer = MUXERS.get(output.suffix.lower(), MUXERS[OTHER_SUFFIX])
        kept = [s for s in info.streams if _is_main(s, info) or _can_carry(muxer, s)]
        left_out = tuple(
            f"stream {s.index} ({s.kind}, {s.codec}): {muxer} cannot carry it"
            for s in info.streams
            if s not in kept
        )
        return cls(muxer, tuple(kept), left_out)

    def position(self, info: VideoInfo) -> int:
        """Return the index of the stabilized stream in the output."""
        return next(i for i, stream in enumerate(self.streams) if _is_main(stream, info))


def _is_main(stream: StreamInfo, info: VideoInfo) -> bool:
    return stream.index == info.stream_index


def _can_carry(muxer: str, stream: StreamInfo) -> bool:
    is_matroska = muxer == "matroska"
    match stream.kind:
        case "video":
            return stream.codec in COVER_CODECS if stream.is_cover else stream.codec != "unknown"
        case "audio" if is_matroska:
            return stream.codec != "unknown"
        case "audio":
            is_pcm = stream.codec.startswith("pcm_")
            return stream.codec in MP4_AUDIO or is_pcm or (muxer == "mov" and "adpcm" in stream.codec)
        case "subtitle":
            return stream.codec in (MATROSKA_SUBTITLES if is_matroska else MP4_SUBTITLES)
        case "attachment":
            return is_matroska
    return False

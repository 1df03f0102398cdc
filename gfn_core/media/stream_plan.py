"""Which streams of a source its output can carry."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import ffmpeg

from gfn_core.media.child_process import succeeds
from gfn_core.media.codec_traits import SAME
from gfn_core.media.encoding import Encoding
from gfn_core.media.ffmpeg_binary import PROBE_OPTIONS, ffmpeg_path, file_argument
from gfn_core.media.video_info import StreamInfo, VideoInfo

MUXERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}
FILTERS = {"aac": "aac_adtstoasc"}  # of packets, to leave a transport stream; else they pass
OTHER_SUFFIX = ".mkv"
TRIAL_SECONDS = 1  # of a stream are copied to learn whether the container takes it
TRIAL_DEADLINE_SECONDS = 60


def output_suffix(source: Path, encoding: Encoding) -> str:
    """Return the file suffix of the output: the source's if it can hold the codec, else ".mkv"."""
    suffix = source.suffix.lower()
    holding = tuple(MUXERS) if encoding.encoder == SAME else encoding.traits.suffixes
    return suffix if suffix in holding else OTHER_SUFFIX


def output_name(video: str, encoding: Encoding) -> str:
    """Return the path of the output below OUT.

    A container that cannot hold the result becomes another, named after both, so that `a.avi` and
    `a.mp4` do not meet.
    """
    own, written = PurePosixPath(video).suffix, output_suffix(Path(video), encoding)
    return video if own.lower() == written else f"{video}{written}"


@dataclass(frozen=True)
class StreamPlan:
    """Streams of the source in the order of the output, and those left out."""

    muxer: str  # ffmpeg's name
    streams: tuple[StreamInfo, ...]  # the stabilized one among them
    left_out: tuple[str, ...]  # one line each

    @classmethod
    def of(cls, info: VideoInfo, source: Path, output: Path) -> "StreamPlan":
        """Plan what to put into `output`, whose suffix decides the container.

        A container's own rules decide: of each stream a second is copied to nowhere.
        """
        muxer = MUXERS.get(output.suffix.lower(), MUXERS[OTHER_SUFFIX])
        others = [s for s in info.streams if s.index != info.stream_index]
        refused = {s.index for s in others if not _can_copy(source, s, muxer)}
        left_out = (s for s in others if s.index in refused and not _is_written_anew(s, muxer))
        return cls(
            muxer,
            tuple(s for s in info.streams if s.index not in refused),
            tuple(f"stream {s.index} ({s.kind}, {s.codec}): not for {muxer}" for s in left_out),
        )

    def position(self, info: VideoInfo) -> int:
        """Return the index of the stabilized stream in the output."""
        return [stream.index for stream in self.streams].index(info.stream_index)

    def filters(self, encoded: int | None = None) -> dict[str, str]:
        """Return ffmpeg's options for the packets that are copied: all but those `encoded`."""
        return {
            f"bsf:{place}": FILTERS[stream.codec]
            for place, stream in enumerate(self.streams)
            if stream.codec in FILTERS and stream.index != encoded
        }


def is_lost_sound(line: str) -> bool:
    """Whether a line of `left_out` names a stream of sound."""
    return re.match(r"stream \d+ \(audio,", line) is not None


def _is_written_anew(stream: StreamInfo, muxer: str) -> bool:
    """Whether ffmpeg makes the track itself, out of the video's metadata."""
    return stream.codec == "timecode" and muxer in ("mp4", "mov")


def _can_copy(source: Path, stream: StreamInfo, muxer: str) -> bool:
    options = {"bsf": FILTERS[stream.codec]} if stream.codec in FILTERS else {}
    trial = ffmpeg.input(file_argument(source), **PROBE_OPTIONS)[str(stream.index)].output(
        "/dev/null", format=muxer, codec="copy", t=TRIAL_SECONDS, loglevel="quiet", **options
    )
    command = ffmpeg.compile(trial, cmd=[ffmpeg_path(), "-nostdin"], overwrite_output=True)
    return succeeds(command, TRIAL_DEADLINE_SECONDS)

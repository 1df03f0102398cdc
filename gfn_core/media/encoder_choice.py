"""Which encoder writes a clip: the one asked for, its source's, or one that stands in."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import ffmpeg

from gfn_core.media.child_process import succeeds
from gfn_core.media.codec_traits import CODECS, SAME, SAME_ENCODERS
from gfn_core.media.container import open_container
from gfn_core.media.encoding import Encoding
from gfn_core.media.ffmpeg_binary import ffmpeg_path
from gfn_core.media.video_info import VideoInfo

TRIAL_SIZE = "256x256"  # hardware refuses much smaller frames
TRIAL_DEADLINE_SECONDS = 30
X264_WORST = CODECS["libx264"].qualities[-1]


@dataclass(frozen=True)
class EncoderChoice:
    """An encoding whose codec is settled, and what is to be said about it."""

    encoding: Encoding
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, encoding: Encoding, info: VideoInfo, output: Path) -> "EncoderChoice":
        """Settle on an encoder that `output` can hold and this machine can run."""
        choice = cls(encoding)
        if encoding.encoder == SAME:
            choice = _same(encoding, info, output)
        stand_in = choice.encoding.traits.stand_in
        if stand_in is None or runs(choice.encoding.encoder):
            return choice
        note = f"{choice.encoding.encoder}: not on this machine; encoded by {stand_in}"
        return cls(replace(choice.encoding, codec=stand_in), (*choice.notes, note))


def _same(encoding: Encoding, info: VideoInfo, output: Path) -> EncoderChoice:
    name = SAME_ENCODERS.get(info.codec)
    if name is None or output.suffix.lower() not in CODECS[name].suffixes:
        note = f"codec {info.codec}: cannot be written to {output.suffix}; encoded by libx264"
        return EncoderChoice(replace(encoding, codec="libx264"), (note,))
    scale, quality = CODECS[name].qualities, encoding.quality
    if quality is not None and scale:  # given on x264's scale
        place = round(quality / X264_WORST * (len(scale) - 1))
        quality = scale[place]
    return EncoderChoice(replace(encoding, codec=name, quality=quality))


@cache
def runs(encoder: str) -> bool:
    """Whether this machine can encode with `encoder`: a frame is tried."""
    trial = ffmpeg.input(f"color=size={TRIAL_SIZE}:duration=0.04", format="lavfi").output(
        "-", format="null", vcodec=encoder, pix_fmt="yuv420p", loglevel="quiet"
    )
    command = ffmpeg.compile(trial, cmd=[ffmpeg_path(), "-nostdin"])
    return succeeds(command, TRIAL_DEADLINE_SECONDS)


def bits_per_second(encoding: Encoding, source: Path, info: VideoInfo) -> int | None:
    """Bit rate at which a clip reaches its target size; None where it has none."""
    if encoding.target is None:
        return None
    other_bytes = 0
    with open_container(source) as container:
        for packet in container.demux():
            other_bytes += packet.size if packet.stream_index != info.stream_index else 0
    size = source.stat().st_size
    return encoding.target.bits_per_second(size, other_bytes, info.duration_seconds)

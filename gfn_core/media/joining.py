"""Puts encoded segments together, packet by packet, beside the source's other streams."""

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from gfn_core.errors import EncodingFailed
from gfn_core.media.child_process import Child
from gfn_core.media.contents import Contents
from gfn_core.media.ffmpeg_binary import file_argument
from gfn_core.media.losses import losses
from gfn_core.media.output_command import output_command, picture_input
from gfn_core.media.stream_plan import StreamPlan
from gfn_core.media.video_info import VideoInfo

PtsArray = NDArray[np.int64]


def join_segments(
    segments: Sequence[Path],
    pts: Sequence[PtsArray],
    source: Path,
    info: VideoInfo,
    output: Path,
) -> tuple[str, ...]:
    """Write `output` of `segments`, whose frames come at `pts`; returns what was left out.

    Raises:
        EncodingFailed: the segments do not fit together, or ffmpeg fails.
    """
    picture = output.with_name(f"{output.stem}-picture")
    try:
        try:
            _join_pictures(segments, pts, info, picture)
        except (av.FFmpegError, ValueError) as error:
            raise EncodingFailed(f"{source}: its segments cannot be joined: {error}") from error
        plan, contents = StreamPlan.of(info, source, output), Contents.of(source)
        frames = picture_input(file_argument(picture), info, -int(pts[0][0]))
        options = {"codec": "copy"}
        child = Child(
            output_command(frames, frames["v:0"], options, source, info, contents, plan, output)
        )
        code, complaint = child.finish()
        if code != 0:
            raise EncodingFailed(f"{source}: ffmpeg could not write the output: {complaint}")
        return losses(info, contents, plan, output)
    finally:
        picture.unlink(missing_ok=True)


def _join_pictures(
    segments: Sequence[Path], pts: Sequence[PtsArray], info: VideoInfo, picture: Path
) -> None:
    presented = np.concatenate(
        [_packet_times(path, expected) for path, expected in zip(segments, pts, strict=True)]
    )
    presented -= pts[0][0]
    order = iter(zip(presented.tolist(), decoding_times(presented).tolist(), strict=True))
    options = {"video_track_timescale": str(info.time_base.denominator)}
    with av.open(str(picture), "w", format=_muxer(segments[0]), options=options) as joined:
        stream, extradata = None, None
        for path in segments:
            with av.open(str(path)) as segment:
                track = segment.streams.video[0]
                if stream is None:
                    stream = joined.add_stream_from_template(track, opaque=True)
                    stream.time_base = info.time_base
                    extradata = track.codec_context.extradata
                if track.codec_context.extradata != extradata:
                    raise EncodingFailed(f"{path}: is encoded otherwise than the one before it")
                for packet in segment.demux(track):
                    if packet.size:
                        packet.pts, packet.dts = next(order)
                        packet.time_base, packet.stream = info.time_base, stream
                        joined.mux(packet)


def decoding_times(presented: PtsArray) -> PtsArray:
    """Times (N,) at which packets are to be decoded that are presented at `presented` (N,).

    They rise, and none is later than its packet's presentation.
    """
    in_order = np.sort(presented)
    rank = np.searchsorted(in_order, presented)
    delay = int(np.max(np.arange(len(presented)) - rank, initial=0))
    before = in_order[0] + np.arange(-delay, 0)
    return np.concatenate([before, in_order[: len(presented) - delay]])


def _muxer(segment: Path) -> str:
    """Container that holds the codec and keeps times exactly; Matroska rounds them."""
    with av.open(str(segment)) as container:
        codec = container.streams.video[0].codec_context.codec.canonical_name
    return {"ffv1": "matroska", "av1": "mp4"}.get(codec, "mov")


def _packet_times(path: Path, expected: PtsArray) -> PtsArray:
    """Times (N,) of a segment's packets, in their order: those `expected`, by the order shown."""
    with av.open(str(path)) as segment:
        track = segment.streams.video[0]
        shown = np.array([packet.pts for packet in segment.demux(track) if packet.size], np.int64)
    if len(shown) != len(expected):
        raise EncodingFailed(f"{path}: holds {len(shown)} frames, not {len(expected)}; run again")
    return expected[np.argsort(np.argsort(shown))]

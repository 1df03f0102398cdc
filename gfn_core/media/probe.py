"""Finds out what a file holds: its packets are counted, its first frames decoded."""

from fractions import Fraction
from itertools import islice, pairwise
from math import atan2, degrees
from pathlib import Path
from typing import cast

import numpy as np
from av.container import InputContainer
from av.sidedata.sidedata import SideData
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from gfn_core.errors import DamagedVideo
from gfn_core.geometry import SQUARE, FrameGeometry
from gfn_core.media.chroma_location import chroma_location
from gfn_core.media.color_names import color_tags
from gfn_core.media.container import (
    LARGEST_SIDE_PX,
    decoded_frames,
    main_video_stream,
    open_container,
    prepare_decoder,
)
from gfn_core.media.timeline import Timeline, holds_timestamps
from gfn_core.media.video_info import ColorTags, StreamInfo, VideoInfo

FIRST_FRAMES = 17  # the deepest reordering of any codec is 16 frames
FIELD_ORDERS = {2: "tff", 3: "bff", 4: "tff", 5: "bff"}  # FFmpeg's AVFieldOrder; 4, 5: woven
NTSC_LINES = 480  # whose lower field comes first where nothing is said, as in all of DV
STRANGEST_ASPECT = 16  # pixels wider or taller than this are a damaged header


def probe(path: Path) -> VideoInfo:
    """Describe the video in `path`.

    Raises:
        SourceError: the file is missing or unreadable.
        NotAVideo: it is no media file, or holds no video stream.
        DamagedVideo: it holds a video stream of which no frame can be decoded.
    """
    with open_container(path) as container:
        stream = main_video_stream(container, path)
        timeline = Timeline.of(container, stream)
    with open_container(path) as container:
        stream = main_video_stream(container, path)
        _refuse_absurd_sizes(path, stream.width, stream.height)
        prepare_decoder(stream, threads=1)
        frames = list(islice(decoded_frames(container, stream), FIRST_FRAMES))
        if not frames or not len(timeline.packet_pts):
            raise DamagedVideo(f"{path}: no frame can be decoded; check the file in a player")
        color = color_tags(stream, frames[0], chroma_location(path, stream.index))
        return _describe(container, stream, timeline, frames, color)


def _refuse_absurd_sizes(path: Path, width: int, height: int) -> None:
    if max(width, height) > LARGEST_SIDE_PX:
        raise DamagedVideo(
            f"{path}: frames of {width} x {height} px; at most {LARGEST_SIDE_PX} a side can be read"
        )


def _describe(
    container: InputContainer,
    stream: VideoStream,
    timeline: Timeline,
    frames: list[VideoFrame],
    color: ColorTags,
) -> VideoInfo:
    first, pts = frames[0], timeline.frame_pts
    time_base = stream.time_base or Fraction(1, 1000)
    ticks = int(pts[-1] - pts[0]) + timeline.last_duration
    rotation_degrees, is_mirrored = _display_orientation(first)
    return VideoInfo(
        container=container.format.name,
        stream_index=stream.index,
        codec=_codec_name(stream),
        pixel_format=first.format.name,
        geometry=FrameGeometry(first.width, first.height, _pixel_aspect(stream)),
        frame_count=len(pts),
        time_base=time_base,
        frame_rate=stream.average_rate or Fraction(len(pts), max(1, ticks)) / time_base,
        start_pts=int(pts[0]),
        duration_seconds=float(ticks * time_base),
        rotation_degrees=rotation_degrees,
        color=color,
        streams=_streams(container),
        is_mirrored=is_mirrored,
        timestamps_rise=holds_timestamps(container) and _rise([frame.pts for frame in frames]),
        field_order=_field_order(stream, frames),
        declared_seconds=_declared_seconds(stream, time_base),
    )


def _declared_seconds(stream: VideoStream, time_base: Fraction) -> float | None:
    """Return the stream's own duration; the container's may be that of longer sound."""
    if stream.duration:
        return float(stream.duration * time_base)
    try:  # Matroska: "00:00:04.021000000"
        hours, minutes, seconds = stream.metadata.get("DURATION", "").split(":")
        return 3600 * int(hours) + 60 * int(minutes) + float(seconds)
    except ValueError:
        return None


def _field_order(stream: VideoStream, frames: list[VideoFrame]) -> str | None:
    if not any(frame.interlaced_frame for frame in frames):
        return None
    is_dv = frames[0].height == NTSC_LINES or _codec_name(stream) == "dvvideo"
    unsaid = "bff" if is_dv else "tff"
    return FIELD_ORDERS.get(int(stream.codec_context.field_order), unsaid)


def _rise(pts: list[int | None]) -> bool:
    return all(a is not None and b is not None and a < b for a, b in pairwise(pts))


def _pixel_aspect(stream: VideoStream) -> Fraction:
    aspect = stream.sample_aspect_ratio or SQUARE
    is_sane = aspect * STRANGEST_ASPECT >= 1 and aspect <= STRANGEST_ASPECT
    return aspect if is_sane else SQUARE


def _display_orientation(frame: VideoFrame) -> tuple[int, bool]:
    """Split the display matrix into a mirroring (upside down) and a rotation, clockwise degrees."""
    side_data = frame.side_data.get("DISPLAYMATRIX")
    if side_data is None:
        return 0, False
    matrix = np.frombuffer(bytes(cast(SideData, side_data)), "<i4").reshape(3, 3).astype(float)
    is_mirrored = bool(np.linalg.det(matrix[:2, :2]) < 0)
    y = -matrix[0, 1] if is_mirrored else matrix[0, 1]
    return round(degrees(atan2(y, matrix[0, 0]))) % 360, is_mirrored


def _streams(container: InputContainer) -> tuple[StreamInfo, ...]:
    return tuple(
        StreamInfo(
            index=stream.index,
            kind=stream.type,
            codec=_codec_name(stream),
            is_cover=bool(stream.disposition & Disposition.attached_pic),
            is_default=bool(stream.disposition & Disposition.default),
        )
        for stream in container.streams
    )


def _codec_name(stream: Stream) -> str:
    if stream.codec_context:
        return stream.codec_context.codec.canonical_name
    return "timecode" if "timecode" in stream.metadata else "unknown"

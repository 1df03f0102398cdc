"""One frame of a video as people see it: square pixels, upright, RGB."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray
from gfn_core.media.container import (
    decoded_frames,
    main_video_stream,
    open_container,
    prepare_decoder,
    video_stream,
)
from gfn_core.media.video_info import VideoInfo

Picture = NDArray[np.uint8]  # (H, W, 3) RGB

NEAR_SECONDS = (0.15, 0.65)  # after a key frame is decoded, which may be 0.15 s before it is shown


@dataclass(frozen=True)
class StillSize:
    """Size of a still before it is turned upright, px; its pixels are square."""

    width: int
    height: int

    @classmethod
    def of(cls, info: VideoInfo, longest_px: int) -> "StillSize":
        """Fit the frames of a video into a square of `longest_px`; never enlarge them."""
        geometry = info.geometry
        width, height = geometry.width * float(geometry.pixel_aspect), float(geometry.height)
        scale = min(1.0, longest_px / max(width, height))
        return cls(max(1, round(width * scale)), max(1, round(height * scale)))


def still(
    path: Path, seconds: float, size: StillSize, stream_index: int | None, threads: int = 0
) -> Picture:
    """Decode the frame shown at `seconds`, as coded; the main stream where no index is given.

    `threads` 0 is as many as cores. Black where no frame can be decoded. Raises `SourceError` when
    the file cannot be read.
    """
    with open_container(path) as container:
        stream = _stream(container, path, stream_index)
        prepare_decoder(stream, threads)
        pts = round(seconds / stream.time_base) if stream.time_base else 0
        _seek(container, stream, pts)
        last = None
        for frame in decoded_frames(container, stream, from_pts=pts):
            last = frame
            if frame.pts is None or frame.pts >= pts:
                break
        if last is None:
            return np.zeros((size.height, size.width, 3), np.uint8)
        return np.asarray(last.to_ndarray(width=size.width, height=size.height, format="rgb24"))


def soon_after_key_frame(
    path: Path, pts_seconds: FloatArray, stream_index: int | None
) -> NDArray[np.bool_]:
    """Which frames (N,) a still is quickly made of; none where the file has no index."""
    with open_container(path) as container:
        stream = _stream(container, path, stream_index)
        _seek(container, stream, 0)  # Matroska's index is read by then
        keys = [entry.timestamp for entry in stream.index_entries if entry.is_keyframe]
        if not keys or not stream.time_base:
            return np.zeros(len(pts_seconds), np.bool_)
        key_seconds = np.sort(keys) * float(stream.time_base)
    last = np.searchsorted(key_seconds, pts_seconds - NEAR_SECONDS[0], side="right") - 1
    away = pts_seconds - key_seconds[last.clip(0)]
    return np.asarray((last >= 0) & (away <= NEAR_SECONDS[1]))


def upright(picture: Picture, info: VideoInfo) -> Picture:
    """Turn a coded frame as its file says it is to be shown."""
    flipped = picture[::-1] if info.is_mirrored else picture
    return np.ascontiguousarray(np.rot90(flipped, -(info.rotation_degrees // 90)))


def _stream(
    container: av.container.InputContainer, path: Path, index: int | None
) -> av.video.stream.VideoStream:
    return main_video_stream(container, path) if index is None else video_stream(container, index)


def _seek(
    container: av.container.InputContainer, stream: av.video.stream.VideoStream, pts: int
) -> None:
    try:
        container.seek(pts, stream=stream)
    except av.FFmpegError:  # a file without an index is read from its start
        return

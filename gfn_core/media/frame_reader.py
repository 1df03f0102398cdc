"""Opens the reader that yields a video's frames for analysis: decord where it is right."""

from pathlib import Path

import decord

from gfn_core.geometry import FrameGeometry
from gfn_core.media.container import open_container, video_stream
from gfn_core.media.decord_reader import DecordReader
from gfn_core.media.gray_frame import FrameReader, GrayFrame
from gfn_core.media.pyav_reader import PyAVReader
from gfn_core.media.timeline import Timeline
from gfn_core.media.video_info import VideoInfo

__all__ = ["FrameReader", "GrayFrame", "open_reader"]


def open_reader(
    path: Path, info: VideoInfo, size: FrameGeometry, threads: int = 0, allow_decord: bool = True
) -> FrameReader:
    """Open `path`, probed as `info`, for analysis at `size`; `threads` 0 is as many as cores.

    Iteration raises FramesDiffer if decord turns out, in a damaged file, to have passed over a
    frame; open it again without `allow_decord` then.
    """
    with open_container(path) as container:
        timeline = Timeline.of(container, video_stream(container, info.stream_index))
    if allow_decord and _decord_may_read(info):
        try:
            reader = DecordReader(path, info, size, timeline, threads)
        except (decord.DECORDError, RuntimeError, AssertionError, UnicodeEncodeError):
            pass  # decord knows fewer formats
        else:
            if reader.agrees:
                return reader
    return PyAVReader(path, info, size, timeline, threads)


def _decord_may_read(info: VideoInfo) -> bool:
    """Whether decord reads such a video right.

    Of several video streams it may pick another; it rotates frames for display; frames of full
    range it takes for BT.601 whatever their matrix; it sorts frames by their timestamps; and it
    gives woven fields as they are.
    """
    videos = [stream for stream in info.streams if stream.kind == "video"]
    is_upright = info.rotation_degrees == 0 and not info.is_mirrored
    is_full_range = info.color.range == "pc"
    is_plain = info.timestamps_rise and info.field_order is None
    return len(videos) == 1 and is_upright and not is_full_range and is_plain

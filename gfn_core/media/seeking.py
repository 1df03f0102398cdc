"""Decoding from the middle of a video: from a key frame before the frame that is wanted."""

from collections.abc import Iterator
from pathlib import Path

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from gfn_core.errors import FramesDiffer
from gfn_core.media.container import decoded_frames, open_container, prepare_decoder, video_stream
from gfn_core.media.timeline import Timeline
from gfn_core.media.video_info import VideoInfo

FIRST_MARGIN_FRAMES = 16  # the deepest reordering of any codec


def frames_after_seek(
    path: Path, info: VideoInfo, timeline: Timeline, first: int, threads: int
) -> Iterator[tuple[int, VideoFrame]]:
    """Yield times and frames of a video from the one of index `first` on.

    Raises:
        FramesDiffer: timestamps do not say which frame is which.
    """
    if not info.timestamps_rise or first >= len(timeline.frame_pts):
        raise FramesDiffer(f"{path}: its times do not tell frame {first}; read it from the start")
    with open_container(path) as container:
        stream = video_stream(container, info.stream_index)
        prepare_decoder(stream, threads)
        wanted = int(timeline.frame_pts[first])
        last: int | None = None
        for frame in _from_key_frame(container, stream, timeline, first):
            if last is None and frame.pts is not None and frame.pts < wanted:
                continue
            if frame.pts is None or (frame.pts <= last if last is not None else frame.pts > wanted):
                raise FramesDiffer(f"{path}: its times do not tell the frames after {first}")
            last = frame.pts
            yield frame.pts, frame


def _from_key_frame(
    container: InputContainer, stream: VideoStream, timeline: Timeline, first: int
) -> Iterator[VideoFrame]:
    """Decode from the latest key frame that is not presented after the wanted frame.

    Containers seek by decoding times, so the key frame may lie behind: then from further back.
    What is presented before the key frame refers to frames that were not decoded, and is dropped.
    """
    wanted, margin = int(timeline.frame_pts[first]), FIRST_MARGIN_FRAMES
    while True:
        begin = max(0, first - margin)
        container.seek(int(timeline.frame_pts[begin]), stream=stream)
        frames = decoded_frames(container, stream)
        key = next((frame for frame in frames if frame.key_frame), None)
        if begin == 0 or (key is not None and key.pts is not None and key.pts <= wanted):
            break
        margin *= 4
    if key is not None:
        yield key
        yield from frames

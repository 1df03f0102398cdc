"""Whole pictures out of frames that are woven of two fields.

Lines of a woven frame were filmed at two moments; a warp of all of them at once tears whatever
moved. So each frame that says it is interlaced is replaced by the picture at the moment of its
first field, once, as it is decoded; others pass as they are. As many frames come out as go in.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction

import av
from av.filter import Graph
from av.video.frame import VideoFrame

DEINTERLACER = "bwdif"  # sharper than yadif at the same speed; looks a frame ahead and back
DEINTERLACER_OPTIONS = "mode=send_frame:parity=auto:deint=interlaced"
TICK = Fraction(1, 1000)  # of the deinterlacer's own clock, which nobody else sees


def whole_pictures(frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
    """Yield `frames` in their order, those of two fields as one picture of their first field."""
    graph: _Deinterlacer | None = None
    for frame in frames:
        if graph is not None and not graph.takes(frame):
            yield from graph.rest()
            graph = None
        if graph is None and frame.interlaced_frame:
            graph = _Deinterlacer(frame)
        if graph is None:
            yield frame
        else:
            yield from graph.after(frame)
    if graph is not None:
        yield from graph.rest()


class _Deinterlacer:
    """Feeds frames of one size and format through ffmpeg's filter, and gives back their times."""

    def __init__(self, first: VideoFrame) -> None:
        self._kind = _kind(first)
        self._graph = Graph()
        source = self._graph.add_buffer(
            width=first.width, height=first.height, format=first.format, time_base=TICK
        )
        deinterlacer = self._graph.add(DEINTERLACER, DEINTERLACER_OPTIONS)
        same_format = self._graph.add("format", first.format.name)
        sink = self._graph.add("buffersink")
        source.link_to(deinterlacer)
        deinterlacer.link_to(same_format)
        same_format.link_to(sink)
        self._graph.configure()
        self._times: deque[tuple[int | None, Fraction | None]] = deque()
        self._count = 0

    def takes(self, frame: VideoFrame) -> bool:
        """Whether `frame` is of the size and format that the filter was set up for."""
        return _kind(frame) == self._kind

    def after(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        """Put in `frame`; yield what is complete."""
        self._times.append((frame.pts, frame.time_base))
        frame.pts, frame.time_base = self._count, TICK
        self._count += 1
        self._graph.push(frame)
        yield from self._finished()

    def rest(self) -> Iterator[VideoFrame]:
        """Yield what is left after the last frame."""
        self._graph.push(None)
        yield from self._finished()

    def _finished(self) -> Iterator[VideoFrame]:
        while self._times:
            try:
                frame = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            assert isinstance(frame, VideoFrame)  # noqa: S101 - the graph has no sound
            pts, time_base = self._times.popleft()
            frame.pts = pts
            if time_base is not None:
                frame.time_base = time_base
            yield frame


def _kind(frame: VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name

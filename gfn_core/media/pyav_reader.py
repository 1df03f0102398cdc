"""Reads frames for analysis through PyAV: right for every file that ffmpeg can decode."""

from collections.abc import Iterator
from pathlib import Path

from gfn_core.errors import FramesDiffer
from gfn_core.geometry import FrameGeometry
from gfn_core.media.container import decoded_frames, open_container, prepare_decoder, video_stream
from gfn_core.media.deinterlacing import whole_pictures
from gfn_core.media.gray_frame import GrayFrame
from gfn_core.media.luma import scaled_luma
from gfn_core.media.seeking import frames_after_seek
from gfn_core.media.timeline import FrameClock, Timeline
from gfn_core.media.video_info import VideoInfo


class PyAVReader:
    """Decodes every frame and averages its luma down to `size`."""

    name = "pyav"
    has_failed = False

    def __init__(
        self,
        path: Path,
        info: VideoInfo,
        size: FrameGeometry,
        timeline: Timeline,
        threads: int = 0,
    ) -> None:
        self._path, self._info, self._size = path, info, size
        self._timeline, self._threads = timeline, threads

    def __iter__(self) -> Iterator[GrayFrame]:
        return self.frames_past(0)

    def frames_from(self, first: int) -> Iterator[GrayFrame]:
        """Iterate from the frame of index `first`, from a key frame before it.

        Raises:
            FramesDiffer: the decoder does not find it there.
        """
        if first == 0:
            yield from self.frames_past(0)
            return
        decoded = frames_after_seek(self._path, self._info, self._timeline, first, self._threads)
        for index, (pts, frame) in enumerate(decoded, start=first):
            seconds = float(pts * self._info.time_base)
            yield GrayFrame(index, pts, seconds, scaled_luma(frame, self._size))

    def frames_past(self, first: int) -> Iterator[GrayFrame]:
        """Iterate from the frame of index `first`; those before it are decoded and dropped.

        Raises:
            FramesDiffer: a frame before `first` is not the one that the timeline has there.
        """
        clock = FrameClock(self._timeline, self._info.timestamps_rise)
        with open_container(self._path) as container:
            stream = video_stream(container, self._info.stream_index)
            prepare_decoder(stream, self._threads)
            frames = whole_pictures(decoded_frames(container, stream))
            for index, frame in enumerate(frames):
                pts = clock.stamp(frame.pts)
                if index < first and pts != self._timeline.frame_pts[index]:
                    raise FramesDiffer(f"{self._path}: frame {index} is lost; read it with PyAV")
                if index >= first:
                    seconds = float(pts * self._info.time_base)
                    yield GrayFrame(index, pts, seconds, scaled_luma(frame, self._size))

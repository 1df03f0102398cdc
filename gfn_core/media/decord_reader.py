"""Reads frames for analysis through decord, which scales them inside the decoder.

decord numbers frames by packets and knows no edit lists, so it is only to be used where its frames
are those of the container (`agrees`).
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import decord
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FrameGeometry
from gfn_core.media.gray_frame import GrayFrame
from gfn_core.media.pyav_reader import PyAVReader
from gfn_core.media.timeline import Timeline
from gfn_core.media.video_info import VideoInfo

# shares of red, green and blue in luma, by colour matrix; the rest is green
RED_BLUE_SHARES = {"bt709": (0.2126, 0.0722), "bt2020nc": (0.2627, 0.0593)}
BT601_SHARES = (0.299, 0.114)
NO_FRAME = np.empty(0, np.uint8)
FIRST_FAULT = 1e-9  # tolerated share of frames that decord would replace by copies of others


class DecordReader:
    """Reads small RGB frames from decord and weighs them back to luma.

    Where decord fails or ends early, PyAV goes on from the next frame. If it finds that decord had
    passed over a damaged frame before, so that the times given out were wrong, iteration raises
    FramesDiffer: read again with PyAV then.
    """

    name = "decord"

    def __init__(
        self,
        path: Path,
        info: VideoInfo,
        size: FrameGeometry,
        timeline: Timeline,
        threads: int = 0,
    ) -> None:
        self._reader = decord.VideoReader(
            str(path.absolute()),
            width=size.width,
            height=size.height,
            num_threads=threads,
            fault_tol=FIRST_FAULT,
        )
        self._info, self._timeline = info, timeline
        self._shape = (size.height, size.width, 3)
        self._fallback = PyAVReader(path, info, size, timeline, threads)
        red, blue = RED_BLUE_SHARES.get(info.color.matrix or "", BT601_SHARES)
        self._luma_weights = np.array([[red, 1 - red - blue, blue]], np.float32)
        self.has_failed = False

    @property
    def agrees(self) -> bool:
        """Whether decord's frames are the container's: as many, at times half a tick apart."""
        expected = self._timeline.packet_pts
        if len(self._reader) != len(expected):
            return False
        times = self._reader.get_frame_timestamp(range(len(expected)))[:, 0]
        late = times / float(self._info.time_base) - expected
        return bool(np.all(np.abs(late) <= 0.5))

    def __iter__(self) -> Iterator[GrayFrame]:
        return self.frames_from(0)

    def frames_from(self, first: int) -> Iterator[GrayFrame]:
        """Iterate from the frame of index `first`."""
        try:
            self._reader.seek_accurate(first) if first else self._reader.seek(0)
        except (decord.DECORDError, RuntimeError, IndexError):
            self.has_failed = True
            yield from self._fallback.frames_past(first)
            return
        for index, pts in enumerate(self._timeline.frame_pts[first:].tolist(), start=first):
            try:
                frame = self._reader.next().asnumpy()
            except (StopIteration, decord.DECORDError, decord.DECORDLimitReachedError):
                frame = NO_FRAME
            if frame.shape != self._shape:  # decord does not always say that it has failed
                self.has_failed = True
                yield from self._fallback.frames_past(index)
                return
            yield GrayFrame(index, pts, float(pts * self._info.time_base), self._luma(frame))

    def _luma(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return cv2.transform(rgb, self._luma_weights).astype(np.uint8, copy=False)

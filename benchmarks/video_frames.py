"""A reader for measuring: PyAV on its own, so that no fault of the product's readers hides."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import SQUARE
from gfn_core.metrics.evaluation import Video


class GrayFrames:
    """Luma of a file's first video stream, 0 to 255; each iteration decodes it anew."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        with av.open(str(self._path)) as container:
            container.streams.video[0].thread_type = "AUTO"
            for frame in container.decode(video=0):
                yield np.asarray(frame.to_ndarray(format="gray"), np.uint8)


def open_video(path: Path) -> Video:
    """Read the times of a file's frames; its pixels are read when they are looked at."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        aspect = stream.sample_aspect_ratio or SQUARE
        seconds = [frame.time for frame in container.decode(stream)]
    if None in seconds:
        raise ValueError(f"{path}: frames without a timestamp cannot be compared")
    return Video(GrayFrames(path), np.array(seconds, np.float64), aspect)

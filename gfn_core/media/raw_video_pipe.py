"""Raw frames with exact timestamps through a pipe, as a NUT stream.

NUT carries a time base and a timestamp for each frame, so that a variable frame rate survives the
pipe; its packets are the planes one after the other, without padding.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import IO, Any

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray


class RawVideoPipe:
    """Writes planes into an open pipe; `pts` must rise and not be negative."""

    def __init__(
        self,
        pipe: IO[bytes],
        size: tuple[int, int],  # (width, height), px
        pixel_format: str,
        time_base: Fraction,
        frame_rate: Fraction,
    ) -> None:
        self._container = av.open(pipe, "w", format="nut")
        stream = self._container.add_stream("rawvideo", rate=frame_rate)
        assert isinstance(stream, VideoStream)  # noqa: S101 - narrows the type
        stream.width, stream.height = size
        stream.pix_fmt = pixel_format
        stream.time_base = stream.codec_context.time_base = time_base
        self._stream = stream

    def write(self, pts: int, planes: Sequence[NDArray[Any]]) -> None:
        """Send one frame."""
        packet = av.Packet(b"".join(np.ascontiguousarray(plane).data for plane in planes))
        packet.stream, packet.time_base = self._stream, self._stream.codec_context.time_base
        packet.pts = packet.dts = pts
        packet.is_keyframe = True
        self._container.mux(packet)

    def close(self) -> None:
        """Finish the stream."""
        self._container.close()

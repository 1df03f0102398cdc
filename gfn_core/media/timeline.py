"""When each frame of a video is presented.

The rule, for every reader: frames come in the order in which the decoder puts them out, which is
the order of presentation. A frame's time is the timestamp that the container gave it. Some
containers give timestamps that do not rise in that order (AVI with B-frames, clumsy cutters); in
such a video the k-th frame takes the k-th smallest timestamp. Bare streams (.h264, .m2v) have none:
their frames follow one another evenly. Times rise strictly: of two frames with one timestamp the
second comes a tick later.
"""

from dataclasses import dataclass, field

import av
import numpy as np
from av.container import InputContainer
from av.format import Flags
from av.video.stream import VideoStream
from numpy.typing import NDArray

from gfn_core.errors import DamagedVideo

PtsArray = NDArray[np.int64]

MOST_FRAMES = 10_000_000  # two days at 60 a second; more are a trap, or not one video


@dataclass(frozen=True)
class Timeline:
    """Timestamps of the packets that will be presented, in ticks of the stream's time base."""

    packet_pts: PtsArray  # (N,) sorted, as the container has them
    last_duration: int  # of the last packet, in ticks; 0 if unknown

    @property
    def frame_pts(self) -> PtsArray:
        """Times (N,) of the frames, strictly rising."""
        if not len(self.packet_pts):
            return self.packet_pts
        steps = np.arange(len(self.packet_pts))
        return np.maximum.accumulate(self.packet_pts - steps) + steps

    @classmethod
    def of(cls, container: InputContainer, stream: VideoStream) -> "Timeline":
        """Read all packets of a stream without decoding them; leaves the container at its end.

        Raises `DamagedVideo` where there is no end of them.
        """
        has_times = holds_timestamps(container)
        pts: list[int] = []
        next_pts, last = 0, (0, 0)
        try:
            for packet in container.demux(stream):
                if not packet.size:
                    continue
                # without a timestamp: the decoding time, else the end of the packet before
                own = (packet.pts, packet.dts) if has_times else ()
                time = next(t for t in (*own, next_pts) if t is not None)
                next_pts = time + max(1, packet.duration or 1)
                if not packet.is_discard:  # cut away by an edit list
                    pts.append(time)
                    last = max(last, (time, packet.duration or 0))
                if len(pts) > MOST_FRAMES:
                    raise DamagedVideo(f"{container.name}: holds more than {MOST_FRAMES} frames")
        except av.FFmpegError:
            pass  # a broken tail: the video ends here
        return cls(np.sort(np.array(pts, np.int64)), last[1])


def holds_timestamps(container: InputContainer) -> bool:
    """Whether times come from the file; those of a bare stream are the reader's guess."""
    return not Flags(container.format.flags) & Flags.no_timestamps


@dataclass
class FrameClock:
    """Gives each frame that the decoder puts out its time, by the rule of this module."""

    timeline: Timeline
    timestamps_rise: bool
    _last: int = field(default=-(2**62), init=False)

    def __post_init__(self) -> None:
        self._frame_pts = self.timeline.frame_pts

    def stamp(self, decoded_pts: int | None) -> int:
        """Return the time of the next frame, whose own timestamp is `decoded_pts`."""
        if self.timestamps_rise and decoded_pts is not None and decoded_pts > self._last:
            self._last = decoded_pts
        else:
            place = int(np.searchsorted(self._frame_pts, self._last, side="right"))
            beyond = self._last + max(1, self.timeline.last_duration)
            self._last = int(self._frame_pts[place]) if place < len(self._frame_pts) else beyond
        return self._last

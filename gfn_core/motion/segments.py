"""A long video's motion, estimated in segments side by side: the same, bit for bit, as in one go.

An estimator carries little from frame to frame: the frame before, how the camera moved last (a
start of the next fit), the last frame on which anything was seen, the network's latest guide. A
segment therefore begins with a warm-up, the end of the segment before, after which it should carry
the same; what it carries is compared, not assumed, and a seam that does not hold is closed by a
longer warm-up. From a seam that holds, all that follows is the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from gfn_core.motion.estimator import GrayFrame
from gfn_core.motion.model import Motion
from gfn_core.motion.shots import is_blank, thumbnail

Frame = TypeVar("Frame", bound=GrayFrame)

GRAIN_FRAMES = 24  # a network sees batches of this; segments begin where a batch does
SEGMENT_FRAMES = 100 * GRAIN_FRAMES
MOST_SEGMENTS = 32  # each reads the container's index anew
UNTIL_THE_END = 2**31 - 1


@dataclass(frozen=True)
class Segment:
    """Frames `first` to `stop` (excluded) of a video, analysed from `start` on."""

    start: int
    first: int
    stop: int

    @property
    def has_earlier_start(self) -> bool:
        """Whether more of the video could come before it."""
        return self.start > 0

    def warmed_up_longer(self) -> "Segment":
        """Return the same with a warm-up of twice the length, or from the video's beginning."""
        return replace(self, start=max(0, self.first - 2 * (self.first - self.start)))


@dataclass(frozen=True)
class AnalysedSegment:
    """What was found of a segment, its warm-up included: N frames from `segment.start`."""

    segment: Segment
    motion: Motion  # (N,)
    digests: NDArray[np.uint32]  # (N,) of the frames' luma
    sees: NDArray[np.bool_]  # (N,) whether anything is to be seen on the frame


def segments_of(frame_count: int, segment_frames: int = SEGMENT_FRAMES) -> tuple[Segment, ...]:
    """Divide a video into segments of about equal length; a short one has none.

    The last has no end: containers may hold more frames than they say.
    """
    count = min(MOST_SEGMENTS, frame_count // segment_frames)
    if count < 2:
        return ()
    length = frame_count // count // GRAIN_FRAMES * GRAIN_FRAMES
    firsts = [number * length for number in range(count)]
    stops = [*firsts[1:], UNTIL_THE_END]
    return tuple(
        Segment(max(0, first - GRAIN_FRAMES), first, stop)
        for first, stop in zip(firsts, stops, strict=True)
    )


class FrameNotes:
    """Notes digest and sight of the frames that pass."""

    def __init__(self) -> None:
        self._digests: list[int] = []
        self._sees: list[bool] = []

    def passing(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Yield `frames`."""
        for frame in frames:
            self._digests.append(crc32(np.ascontiguousarray(frame.luma).data))
            self._sees.append(not is_blank(thumbnail(frame.luma)))
            yield frame

    def analysed(self, segment: Segment, motion: Motion) -> AnalysedSegment:
        """Put together what was found; `motion` is that of the frames that passed."""
        digests, sees = np.array(self._digests, np.uint32), np.array(self._sees, np.bool_)
        return AnalysedSegment(segment, motion, digests, sees)


def seam_holds(before: AnalysedSegment, after: AnalysedSegment) -> bool:
    """Whether `after` goes on from its first frame exactly as `before` would have.

    Both saw the same frames, both found the same motion at the last of them, which is all of
    a motion that the next one depends on, and both know the last frame on which anything was seen.
    """
    first = after.segment.first
    start = max(before.segment.start, after.segment.start)
    there = slice(start - before.segment.start, first - before.segment.start)
    here = slice(start - after.segment.start, first - after.segment.start)
    if len(before.digests[there]) != first - start or len(after.digests) <= here.stop:
        return False
    same_frames = np.array_equal(before.digests[there], after.digests[here])
    same_times = np.array_equal(before.motion.pts[there], after.motion.pts[here])
    if not after.segment.has_earlier_start:
        return same_frames and same_times
    last = here.stop - 1
    same_motion = np.array_equal(
        before.motion.homography[there.stop - 1], after.motion.homography[last]
    )
    return bool(same_frames and same_times and same_motion and after.sees[here].any())


def joined(segments: Sequence[AnalysedSegment]) -> Motion:
    """Put the motions of segments whose seams hold together, warm-ups left out."""
    parts = [_without_warm_up(segment) for segment in segments]
    width = max(part.dct.shape[1] for part in parts)
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Motion)
        if field.name not in ("geometry", "dct")
    }
    dct = np.concatenate([_widened(part.dct, width) for part in parts])
    return Motion(geometry=parts[0].geometry, dct=dct, **columns)


def _without_warm_up(analysed: AnalysedSegment) -> Motion:
    begin = analysed.segment.first - analysed.segment.start
    end = analysed.segment.stop - analysed.segment.start
    columns = {
        field.name: getattr(analysed.motion, field.name)[begin:end]
        for field in fields(Motion)
        if field.name != "geometry"
    }
    return Motion(geometry=analysed.motion.geometry, **columns)


def _widened(dct: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Fill up with zeros: a segment without motion has no coefficients at all."""
    return np.pad(dct, ((0, 0), (0, width - dct.shape[1])))

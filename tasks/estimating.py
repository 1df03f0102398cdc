"""Estimating motion of a source: all of it in one go, or a segment."""

from collections.abc import Iterable
from itertools import islice

from gfn_core.errors import FramesDiffer
from gfn_core.media.frame_reader import FrameReader, GrayFrame, open_reader
from gfn_core.media.video_info import VideoInfo
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.model import Motion
from gfn_core.motion.segments import AnalysedSegment, FrameNotes, Segment
from gfn_core.work_ahead import work_ahead
from tasks.clip import Clip
from tasks.estimators import estimator_of
from tasks.making import counted
from tasks.supervisor import Progress

FRAMES_AHEAD = 8


def whole_motion(clip: Clip, info: VideoInfo, progress: Progress) -> tuple[Motion, str]:
    """Estimate the motion of all frames; also returns the decoder's name."""
    try:
        return _whole_motion(clip, info, progress, allow_decord=True)
    except FramesDiffer:  # a damaged file in which decord passes over frames
        return _whole_motion(clip, info, progress, allow_decord=False)


def segment_motion(
    clip: Clip, info: VideoInfo, segment: Segment, progress: Progress
) -> tuple[AnalysedSegment, str]:
    """Estimate the motion of a segment and its warm-up; also returns the decoder's name.

    Raises FramesDiffer where its frames are not sure to be those of the whole.
    """
    reader, notes = _reader(clip, info), FrameNotes()
    frames = islice(reader.frames_from(segment.start), segment.stop - segment.start)
    motion = _estimated(clip, notes.passing(frames), info, progress)
    if reader.has_failed:
        raise FramesDiffer(f"{clip.source}: damaged after frame {segment.start}")
    return notes.analysed(segment, motion), reader.name


def _whole_motion(
    clip: Clip, info: VideoInfo, progress: Progress, *, allow_decord: bool
) -> tuple[Motion, str]:
    reader = _reader(clip, info, allow_decord)
    return _estimated(clip, reader, info, progress), reader.name


def _reader(clip: Clip, info: VideoInfo, allow_decord: bool = True) -> FrameReader:
    size = info.geometry.fitted(clip.settings.motion.longest_px)
    return open_reader(clip.source, info, size, clip.threads, allow_decord)


def _estimated(
    clip: Clip, frames: Iterable[GrayFrame], info: VideoInfo, progress: Progress
) -> Motion:
    ahead = work_ahead(counted(frames, progress), FRAMES_AHEAD)  # decoding takes half the time
    return estimate_motion(ahead, estimator_of(clip), info.geometry)

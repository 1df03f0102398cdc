"""Rendering a segment of a long video, and putting segments together without a seam."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from gfn_core.errors import FramesDiffer
from gfn_core.media.encoding import Encoding
from gfn_core.media.plane_reader import PlanarFrame, read_planes
from gfn_core.media.video_info import VideoInfo
from gfn_core.media.video_writer import VideoWriter
from gfn_core.render.renderer import FRAMES_AHEAD, Watch, check_border, warped_frames
from gfn_core.smoothing.trajectory import Trajectory
from gfn_core.work_ahead import work_ahead


@dataclass
class SeamNotes:
    """Digests of a segment's first frame and of the next one's, each of which is decoded twice."""

    first: int = 0
    next: int = 0
    left_out: tuple[str, ...] = ()
    is_whole: bool = True  # all of its frames were written


def render_segment(
    source: Path,
    info: VideoInfo,
    pts: NDArray[np.int64],
    trajectory: Trajectory,
    bounds: tuple[int, int],
    destination: Path,
    encoding: Encoding,
    *,
    progress: Callable[[int], None],
    watch: Watch,
) -> SeamNotes:
    """Write the picture of the frames from `bounds[0]` to `bounds[1]` (excluded), times from 0.

    Raises `FramesDiffer` and `EncodingFailed` as `render_video` does.
    """
    check_border(trajectory)
    (first, stop), notes = bounds, SeamNotes()
    decoded = _noted(read_planes(source, info, encoding.threads, first), first, stop, notes)
    ahead, warps = work_ahead(decoded, FRAMES_AHEAD), trajectory.output_to_source[None]
    warped = work_ahead(warped_frames(ahead, pts, warps, source, info, watch), FRAMES_AHEAD)
    count = 0
    with (
        closing(warped),
        VideoWriter(destination, source, info, encoding, int(pts[first])) as writer,
    ):
        for count, frame in enumerate(warped, start=1):
            writer.write(frame.pts, frame.planes)
            progress(count)
        if count != stop - first:
            raise FramesDiffer(f"{source}: {count} frames after {first}, not {stop - first}")
    notes.left_out = writer.left_out
    return notes


def check_seams(source: Path, notes: Sequence[SeamNotes]) -> None:
    """Raise `FramesDiffer` unless each segment begins with the frame that followed the last."""
    if not all(each.is_whole for each in notes):
        raise FramesDiffer(f"{source}: cannot be decoded from its middle")
    for before, after in pairwise(notes):
        if before.next != after.first:
            raise FramesDiffer(f"{source}: decoded otherwise from its middle")


def _noted(
    frames: Generator[PlanarFrame, None, None], first: int, stop: int, notes: SeamNotes
) -> Generator[PlanarFrame, None, None]:
    with closing(frames):
        for frame in islice(frames, stop - first + 1):
            if frame.index == first:
                notes.first = _digest(frame)
            if frame.index == stop:
                notes.next = _digest(frame)
                return
            yield frame


def _digest(frame: PlanarFrame) -> int:
    return crc32(np.ascontiguousarray(frame.planes[0]).data)

"""The segments of a long video's motion: made side by side, kept until they are joined."""

from dataclasses import replace
from pathlib import Path

from gfn_core.errors import FramesDiffer, GfnError
from gfn_core.media.video_info import VideoInfo
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.model import Motion
from gfn_core.motion.segments import (
    AnalysedSegment,
    FrameNotes,
    Segment,
    joined,
    seam_holds,
    segments_of,
)
from gfn_core.motion.tracks_estimator import TracksEstimator
from gfn_core.store.keys import ArtifactRef, Stage
from gfn_core.store.probed import ProbedSource
from gfn_core.store.provenance import read_provenance
from gfn_core.store.segment_table import load_segment, save_segment
from tasks.clip import Clip, Made
from tasks.confinement import GPU_DRIVER
from tasks.estimating import segment_motion
from tasks.making import Notes, make, probed_source
from tasks.stage_task import segment_task
from tasks.supervisor import Progress

MOTION_SEGMENT = Stage("motion-segment", version=1, suffix=".parquet")
NO_DECODER = "none"  # of a segment whose frames cannot be told for sure
DEADLINE_SECONDS = 120.0
SLOWEST_SECONDS_A_FRAME = 2.0


def segments(clip: Clip) -> list[Clip]:
    """Return `clip` once for each segment whose motion is still to be estimated."""
    probed = probed_source(clip)
    if clip.archive.has(clip.chain(probed.sha256).motion):
        return []
    return [replace(clip, segment=segment) for segment in _segments(clip, probed)]


@segment_task(MOTION_SEGMENT, segments)
def motion_segment(clip: Clip) -> Made:
    """Estimate the camera's motion in one segment of a long video."""
    segment = clip.segment
    assert segment is not None  # noqa: S101 - `segments` has set it
    probed = probed_source(clip)
    frames = min(segment.stop, probed.info.frame_count) - segment.start
    deadline = DEADLINE_SECONDS + SLOWEST_SECONDS_A_FRAME * frames
    artifact = _artifact(clip, probed.sha256, segment)
    whole = probed.info.frame_count
    return make(
        clip,
        artifact,
        _estimate,
        deadline_seconds=deadline,
        frame_count=whole,
        is_confined=not GPU_DRIVER.exists(),
    )


def motion_of_segments(
    clip: Clip, probed: ProbedSource, progress: Progress
) -> tuple[Motion, str] | None:
    """Join the stored segments, and return the decoder's name with them.

    None where there are none, or where they cannot be what one go over the video would give.
    """
    stored = _stored(clip, probed)
    if not stored:
        return None
    decoders = {str(read_provenance(path).get("decoder", NO_DECODER)) for _, path in stored}
    if len(decoders) != 1 or NO_DECODER in decoders:
        return None
    try:
        analysed = [load_segment(path, segment) for segment, path in stored]
        for number in range(1, len(analysed)):
            before, after = analysed[number - 1 : number + 1]
            analysed[number] = _closed(clip, probed.info, before, after, progress)
    except GfnError:
        return None
    return joined(analysed), decoders.pop()


def discard_segments(clip: Clip, probed: ProbedSource) -> None:
    """Remove segments that have been joined."""
    for segment in _segments(clip, probed):
        clip.archive.discard(_artifact(clip, probed.sha256, segment))


def _segments(clip: Clip, probed: ProbedSource) -> tuple[Segment, ...]:
    if not probed.info.may_be_split:
        return ()
    return segments_of(probed.info.frame_count, clip.segment_frames)


def _stored(clip: Clip, probed: ProbedSource) -> list[tuple[Segment, Path]]:
    """All segments, or none of them."""
    wanted = [(s, _artifact(clip, probed.sha256, s)) for s in _segments(clip, probed)]
    if not all(clip.archive.has(artifact) for _, artifact in wanted):
        return []
    return [(segment, clip.archive.fetched(artifact)) for segment, artifact in wanted]


def _artifact(clip: Clip, sha256: str, segment: Segment) -> ArtifactRef:
    return MOTION_SEGMENT.artifact(clip.chain(sha256).motion.key, settings=segment)


def _estimate(clip: Clip, unfinished: Path, progress: Progress) -> Notes:
    assert clip.segment is not None  # noqa: S101 - `segments` has set it
    info = probed_source(clip).info
    try:
        analysed, decoder = segment_motion(clip, info, clip.segment, progress)
    except GfnError:  # whatever it is, one go over the whole will tell
        nothing = estimate_motion((), TracksEstimator(), info.geometry)
        analysed, decoder = FrameNotes().analysed(clip.segment, nothing), NO_DECODER
    save_segment(unfinished, analysed, {"decoder": decoder})
    return ()


def _closed(
    clip: Clip,
    info: VideoInfo,
    before: AnalysedSegment,
    after: AnalysedSegment,
    progress: Progress,
) -> AnalysedSegment:
    """Return `after`, estimated with longer and longer warm-ups until its seam holds."""
    while not seam_holds(before, after):
        if not after.segment.has_earlier_start:
            raise FramesDiffer(f"{clip.source}: decoded otherwise from its middle")
        longer = after.segment.warmed_up_longer()
        after, _ = segment_motion(clip, info, longer, progress)
    return after

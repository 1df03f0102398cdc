"""Cross-check: a second look at some frames of a clip whose motion is stored."""

from collections.abc import Iterator
from dataclasses import replace

import cv2

from gfn_core.audit.cross_check import SecondLook, disagreements, stretches_to_check
from gfn_core.audit.finding import Finding
from gfn_core.errors import FramesDiffer, GfnError, SourceError
from gfn_core.media.frame_reader import GrayFrame, open_reader
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.motion.model import Motion
from gfn_core.settings import MotionSettings
from gfn_core.store.motion_table import load_motion
from gfn_core.store.provenance import read_provenance
from tasks.clip import Clip
from tasks.confinement import confine
from tasks.estimators import estimator_of
from tasks.making import probed_source
from tasks.memory_limit import limit_memory
from tasks.staging import stage_in
from tasks.supervisor import Progress, supervised

DEADLINE_SECONDS = 300.0
SLOWEST_SECONDS_A_FRAME = 0.5  # the frames between those looked at are decoded, too


def cross_check(clip: Clip, estimator: EstimatorName) -> list[Finding]:
    """Look again at a sample of frames, by `estimator`, and by their own one backward in time.

    `clip.analysed` names the stored motion.
    """
    try:
        frames = probed_source(clip).info.frame_count
        return supervised(
            _looked_again,
            clip,
            estimator,
            label=f"{clip.video}: cross-check",
            deadline_seconds=DEADLINE_SECONDS + SLOWEST_SECONDS_A_FRAME * frames,
        )
    except GfnError as error:
        return [Finding("not-checked", clip.video, " ".join(str(error).split()))]
    finally:
        if clip.origin is not None:
            clip.source.unlink(missing_ok=True)


def _looked_again(clip: Clip, estimator: EstimatorName, *, progress: Progress) -> list[Finding]:
    confine(clip.archive.root, may_connect=clip.archive.is_remote)
    limit_memory()
    cv2.setNumThreads(clip.threads)
    if clip.analysed is None or clip.analysed.sha256 != probed_source(clip).sha256:
        raise SourceError(f"{clip.source}: is not the file whose motion is stored")
    stage_in(clip, "cross-check")
    table = clip.archive.fetched(clip.analysed.motion)
    motion, made_by = load_motion(table), read_provenance(table).get("estimator", "")
    found: list[Finding] = []
    for stretch, frames in _stretches(clip, motion):
        stored = motion[stretch]
        seen = _motion_of(clip, frames, estimator)
        found += disagreements(clip.video, stored, SecondLook.by(estimator, seen))
        if made_by in list(EstimatorName):
            back = _motion_of(clip, frames[::-1], EstimatorName(made_by))
            found += disagreements(clip.video, stored, SecondLook.backward(back))
        progress(stretch.stop)
    return found


def _stretches(clip: Clip, motion: Motion) -> Iterator[tuple[slice, list[GrayFrame]]]:
    """Yield stretches of the clip with their frames; raises `FramesDiffer`."""
    info = probed_source(clip).info
    size = info.geometry.fitted(clip.settings.motion.longest_px)
    reader = iter(open_reader(clip.source, info, size, clip.threads, allow_decord=False))
    for stretch in stretches_to_check(len(motion)):
        frames = [f for f in _until(reader, stretch.stop) if f.index >= stretch.start]
        if [frame.pts for frame in frames] != motion.pts[stretch].tolist():
            raise FramesDiffer(f"{clip.source}: its frames are not those that were analysed")
        yield stretch, frames


def _until(reader: Iterator[GrayFrame], stop: int) -> Iterator[GrayFrame]:
    for frame in reader:
        yield frame
        if frame.index + 1 == stop:
            return


def _motion_of(clip: Clip, frames: list[GrayFrame], estimator: EstimatorName) -> Motion:
    """Estimate anew, as if these were a whole clip."""
    chosen = replace(clip, settings=replace(clip.settings, motion=MotionSettings(estimator)))
    numbered = [replace(frame, index=place) for place, frame in enumerate(frames)]
    return estimate_motion(numbered, estimator_of(chosen), probed_source(clip).info.geometry)

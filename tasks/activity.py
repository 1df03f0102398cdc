"""Activity: what moves by itself in each frame, where it was asked for."""

from pathlib import Path

from gfn_core import __version__
from gfn_core.errors import FramesDiffer
from gfn_core.media.frame_reader import open_reader
from gfn_core.motion.activity import Activity
from gfn_core.motion.model import Motion
from gfn_core.store.activity_table import save_activity
from gfn_core.store.motion_table import load_motion
from gfn_core.work_ahead import work_ahead
from tasks.clip import ACTIVITY, Clip, Made
from tasks.confinement import GPU_DRIVER
from tasks.estimators import activity_meter_of
from tasks.making import Notes, counted, make, probed_source, reading_seconds
from tasks.stage_task import segment_task
from tasks.supervisor import Progress

SLOWEST_SECONDS_A_FRAME = 2.0
SLOWEST_FRAMES = 60  # decoded and looked at before the next is told of
READINGS = 3  # of the whole source: its packets, by each of two decoders, and its frames
FRAMES_AHEAD = 8


def asked_for(clip: Clip) -> tuple[Clip, ...]:
    """All of `clip`, where its local motion was asked for."""
    return (clip,) if clip.settings.local_motion else ()


@segment_task(ACTIVITY, asked_for)
def activity(clip: Clip) -> Made:
    """Measure what moves by itself, the camera's motion removed."""
    probed = probed_source(clip)
    artifact = clip.chain(probed.sha256).activity
    assert artifact is not None  # noqa: S101 - it was asked for
    frames = probed.info.frame_count
    reading = READINGS * reading_seconds(clip)
    return make(
        clip,
        artifact,
        _measure,
        deadline_seconds=reading + SLOWEST_SECONDS_A_FRAME * frames,
        silence_seconds=reading + SLOWEST_SECONDS_A_FRAME * SLOWEST_FRAMES,
        frame_count=frames,
        is_confined=not GPU_DRIVER.exists(),
    )


def _measure(clip: Clip, unfinished: Path, progress: Progress) -> Notes:
    probed = probed_source(clip)
    chain = clip.chain(probed.sha256)
    motion = load_motion(clip.archive.fetched(chain.motion))
    found = _measured(clip, motion, progress)
    provenance = {
        "software": f"gfn {__version__}",
        "source_sha256": probed.sha256,
        "motion_key": chain.motion.key,
        "weights_sha256": clip.settings.activity_weights_digest,
    }
    probed_source(clip)
    save_activity(unfinished, found, provenance)
    return ()


def _measured(clip: Clip, motion: Motion, progress: Progress) -> Activity:
    try:
        return _measured_with(clip, motion, progress, allow_decord=True)
    except FramesDiffer:  # a damaged file in which decord passes over frames
        return _measured_with(clip, motion, progress, allow_decord=False)


def _measured_with(
    clip: Clip, motion: Motion, progress: Progress, *, allow_decord: bool
) -> Activity:
    info = probed_source(clip).info
    size = info.geometry.fitted(clip.settings.motion.longest_px)
    reader = open_reader(clip.source, info, size, clip.threads, allow_decord)
    frames = work_ahead(counted(reader, progress), FRAMES_AHEAD)
    return activity_meter_of(clip).measure(frames, motion)

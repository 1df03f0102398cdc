"""Motion: how the camera moved from each frame to the next."""

from collections.abc import Generator, Iterable
from pathlib import Path

import numpy as np

from gfn_core import __version__
from gfn_core.errors import FramesDiffer
from gfn_core.media.frame_reader import GrayFrame, open_reader
from gfn_core.media.video_info import VideoInfo
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.model import Motion
from gfn_core.store.keys import plain
from gfn_core.store.motion_table import save_motion
from gfn_core.work_ahead import work_ahead
from tasks.clip import MOTION, Clip, Made
from tasks.estimators import estimator_of
from tasks.making import Notes, make, probed_source
from tasks.stage_task import stage_task
from tasks.supervisor import Progress

DEADLINE_SECONDS = 120.0
SLOWEST_SECONDS_A_FRAME = 2.0
FRAMES_AHEAD = 8
MISSING_SECONDS, MISSING_SHARE = 0.5, 0.02  # of the declared duration; less is rounding


@stage_task(MOTION)
def motion(clip: Clip) -> Made:
    """Estimate the camera's motion between successive frames."""
    probed = probed_source(clip)
    frames = probed.info.frame_count
    deadline = DEADLINE_SECONDS + SLOWEST_SECONDS_A_FRAME * frames
    artifact = clip.chain(probed.sha256).motion
    return make(clip, artifact, _estimate, deadline_seconds=deadline, frame_count=frames)


def _estimate(clip: Clip, unfinished: Path, progress: Progress) -> Notes:
    probed = probed_source(clip)
    settings = clip.settings.motion
    try:
        estimated, decoder = _estimate_with(clip, probed.info, progress, allow_decord=True)
    except FramesDiffer:  # a damaged file in which decord passes over frames
        estimated, decoder = _estimate_with(clip, probed.info, progress, allow_decord=False)
    provenance = {
        "software": f"gfn {__version__}",
        "source_sha256": probed.sha256,
        "estimator": settings.estimator,
        "weights_sha256": "".join(settings.weights_digests),
        "settings": plain(settings),
        "decoder": decoder,
        "time_base": str(probed.info.time_base),
    }
    save_motion(unfinished, estimated, provenance)
    return _damage(estimated, probed.info)


def _estimate_with(
    clip: Clip, info: VideoInfo, progress: Progress, *, allow_decord: bool
) -> tuple[Motion, str]:
    size = info.geometry.fitted(clip.settings.motion.longest_px)
    reader = open_reader(clip.source, info, size, clip.threads, allow_decord)
    frames = work_ahead(_counted(reader, progress), FRAMES_AHEAD)  # decoding takes half the time
    motion = estimate_motion(frames, estimator_of(clip), info.geometry)
    return motion, reader.name


def _damage(motion: Motion, info: VideoInfo) -> Notes:
    """Say so when the frames end long before the container's own duration."""
    decoded = float(np.ptp(motion.pts_seconds)) + float(1 / info.frame_rate)
    declared = info.declared_seconds or 0.0
    if decoded > declared * (1 - MISSING_SHARE) - MISSING_SECONDS:
        return ()
    return (f"damaged: only {decoded:.1f} s of {declared:.1f} s can be decoded",)


def _counted(frames: Iterable[GrayFrame], progress: Progress) -> Generator[GrayFrame, None, None]:
    for count, frame in enumerate(frames, start=1):
        progress(count)
        yield frame
